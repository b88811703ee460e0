package parcel

import (
	"time"

	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// Facts about goods that lie behind doors for sale. They are parcels that have neither code
// nor deadline until they are sold; the room of the shop says when they come about.

// ShopClient is who has announced what the station's own shop has sold: what belongs to one
// order is collected together.
const ShopClient = "shop"

// GoodsStored: the door has closed on goods for sale.
type GoodsStored struct {
	OfParcel
	SKU         string        `json:"sku"`
	Quantity    int           `json:"quantity"`
	Compartment string        `json:"compartment"`
	Size        string        `json:"size"`
	Evidence    wall.Evidence `json:"evidence"` // that they are inside
	By          string        `json:"by,omitempty"`
}

func (GoodsStored) Type() string { return "parcel.goods_stored" }

func (f *GoodsStored) Apply(s *ledger.State, at time.Time) {
	changeParcel(s, f.ParcelID, func(p *Parcel) {
		p.State, p.Compartment, p.StoredAt = Stored, f.Compartment, &at
	})
	wall.Change(s, f.Compartment, func(c *wall.Compartment) {
		c.Allocation, c.Reason, c.Parcel = wall.Occupied, "", f.ParcelID
		c.Contents, c.Evidence, c.Sealed = wall.ContentsPresent, f.Evidence, true
	})
}

// GoodsSold: goods behind a door belong to an order from now on. ParcelStored follows, with
// the code and the deadline.
type GoodsSold struct {
	OfParcel
	Compartment string `json:"compartment"`
	PickupHours int    `json:"pickup_hours"`
}

func (GoodsSold) Type() string { return "parcel.goods_sold" }

func (f *GoodsSold) Apply(s *ledger.State, _ time.Time) {
	changeParcel(s, f.ParcelID, func(p *Parcel) {
		p.Direction, p.OrderID, p.AnnouncedBy, p.PickupHours = LastMile, f.OrderID, ShopClient, f.PickupHours
	})
}

// GoodsUnsold: the order is no more, and the goods are for sale again.
type GoodsUnsold struct {
	OfParcel
	Compartment string `json:"compartment"`
}

func (GoodsUnsold) Type() string { return "parcel.goods_unsold" }

func (f *GoodsUnsold) Apply(s *ledger.State, _ time.Time) {
	changeParcel(s, f.ParcelID, func(p *Parcel) {
		p.State, p.Direction, p.OrderID, p.AnnouncedBy = Stored, ForSale, "", ""
		p.Deadline, p.Paused, p.RescueUntil, p.Code, p.OnHold = nil, nil, nil, nil, nil
	})
	endCredentials(s, f.ParcelID, Revoked)
}

// GoodsOut: staff have taken goods that were not sold out of their door.
type GoodsOut struct {
	OfParcel
	Compartment string `json:"compartment"`
	By          string `json:"by,omitempty"`
}

func (GoodsOut) Type() string { return "parcel.goods_out" }

func (f *GoodsOut) Apply(s *ledger.State, at time.Time) {
	changeParcel(s, f.ParcelID, func(p *Parcel) {
		p.State, p.Compartment, p.EndedAt, p.OnHold, p.ToCheck = Received, "", &at, nil, false
	})
	wall.Unbind(s, f.Compartment, f.ParcelID)
}

// Sell makes goods behind a door the parcel of an order that is paid, with a code of its
// own. It uses up the secret of the decision: one parcel in each.
func Sell(t *visit.Turn, p Parcel, order string, pickupHours int) {
	t.KeepCalendar()
	box, _ := wall.Compartments.Get(t.State, p.Compartment)
	of := OfParcel{ParcelID: p.ID, OrderID: order, Label: p.Label}
	t.Emit(&GoodsSold{of, p.Compartment, pickupHours})
	p, _ = Parcels.Get(t.State, p.ID)
	fresh, tail, form := codesFor(t, p, t.Fresh)
	t.Emit(&ParcelStored{
		OfParcel: of, Compartment: p.Compartment, Size: box.Size, Evidence: box.Evidence,
		Deadline: settings(t.Policy).Hours.Add(t.Today(), hours(pickupHours)),
		Hashes:   StoredHashes{fresh.CodeHash, fresh.PINHash}, Clear: fresh, Tail: tail, PINForm: form,
	})
}

// Unsell makes the parcel of an order that is no more goods again, if it still lies there.
func Unsell(t *visit.Turn, p Parcel) bool {
	if p.AnnouncedBy != ShopClient || p.State != Stored && p.State != Expired || p.Disputed != nil ||
		doorAtRest(t, p) != nil {
		return false
	}
	t.Emit(&GoodsUnsold{of(p), p.Compartment})
	turnAwayBearers(t, p)
	return true
}

// Order announces the parcel in which goods of an order are made ready for its customer.
func Order(t *visit.Turn, id, order string, pickupHours int, size *wall.Dimensions, accessible bool) {
	t.Emit(&ParcelAnnounced{
		OfParcel:    OfParcel{ParcelID: id, OrderID: order, Label: id},
		PickupHours: pickupHours, AnnouncedBy: ShopClient, Dimensions: size, Accessible: accessible,
	})
}

// BySale is how a bearer comes who has shown the code of what was bought at this station.
const BySale CredentialKind = "sale"

// ForSaleAt is the goods for sale behind a door; false: there are none, or they cannot be had.
func ForSaleAt(s *ledger.State, compartment string) (Parcel, bool) {
	box, _ := wall.Compartments.Get(s, compartment)
	p, ok := Parcels.Get(s, box.Parcel)
	return p, ok && p.Direction == ForSale && p.State == Stored && !p.ToCheck && p.OnHold == nil
}

// TakeGoodsOut has staff take goods that are not sold out of their door. The error is a
// *ledger.Refusal.
func TakeGoodsOut(t *visit.Turn, by people.Doer, p Parcel, reason string) error {
	if err := by.Must(t.State, people.TakeToCounter); err != nil {
		return err
	}
	if p.Direction != ForSale || p.State != Stored {
		return notHere(p)
	}
	if err := doorAtRest(t, p); err != nil {
		return err
	}
	box, _ := wall.Compartments.Get(t.State, p.Compartment)
	t.Emit(&GoodsOut{of(p), p.Compartment, by.ID})
	giveBack(t, box, reason, by.ID, "the goods in it were taken out")
	return nil
}
