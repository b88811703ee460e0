package parcel

import (
	"time"

	"cubby/locker/ledger"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// ShopClient is who announces what the station's own shop has sold: what belongs to one order
// is collected together.
const ShopClient = "shop"

// BySale is how a bearer comes who has shown the code of what was bought here.
const BySale CredentialKind = "sale"

// ForOrder announces the parcel in which goods of an order of the station's own shop are made
// ready for whoever has bought them. size is nil where nobody knows.
func ForOrder(t *visit.Turn, id, order string, pickupHours int, size *wall.Dimensions) {
	t.Emit(&ParcelAnnounced{
		OfParcel:    OfParcel{ParcelID: id, OrderID: order, Label: id},
		PickupHours: pickupHours, AnnouncedBy: ShopClient, Dimensions: size,
	})
}

// SoldAt makes goods that lie behind a door already the parcel of an order. It uses up the
// secret of the decision: one parcel in each. The door has to be free of anything else.
func SoldAt(t *visit.Turn, id, order, compartment string, pickupHours int) {
	ForOrder(t, id, order, pickupHours, nil)
	t.KeepCalendar()
	p, _ := Parcels.Get(t.State, id)
	box, _ := wall.Compartments.Get(t.State, compartment)
	fresh, tail, form := codesFor(t, p, t.Fresh)
	t.Emit(&ParcelStored{
		OfParcel: of(p), Compartment: compartment, Size: box.Size, Evidence: wall.ByHuman,
		Deadline: settings(t.Policy).Hours.Add(t.Today(), hours(pickupHours)),
		Hashes:   StoredHashes{fresh.CodeHash, fresh.PINHash}, Clear: fresh, Tail: tail, PINForm: form,
	})
}

// CodePromised: the code of what was bought is good for this parcel, too, also before it is
// there. It ends when the parcel is collected or handed over.
type CodePromised struct {
	OfParcel
	Hash string `json:"-"`
}

func (CodePromised) Type() string { return "parcel.code_promised" }

// Private is the hash.
func (f *CodePromised) Private() any { return &f.Hash }

// Apply keeps it.
func (f *CodePromised) Apply(s *ledger.State, _ time.Time) {
	Credentials.Put(s, f.Hash, Credential{f.Hash, BySale, f.ParcelID, Live})
}

// Promise has the code of what was bought open the parcel of an order.
func Promise(t *visit.Turn, id, hash string) {
	if p, ok := Parcels.Get(t.State, id); ok {
		t.Emit(&CodePromised{of(p), hash})
	}
}
