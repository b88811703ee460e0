// Package stock is the room of where goods are: how many of an article lie where at this
// site, how many of them are promised to somebody, and how many may still be promised.
//
// Goods move from place to place (Move), and every number is the sum of the moves. Who wants
// to buy holds units (Hold), all lines of a cart checked together; what was paid for is
// committed (Commit) and leaves with its move (Take, HandOver). Goods of the centre are
// promised from a lease that the centre has granted (Lease), so that stations without a
// network cannot promise the same unit twice.
package stock

import (
	"time"

	"cubby/locker/ledger"
	"cubby/locker/plain"
	"cubby/locker/visit"
)

// Place is where goods are. The empty place is outside: with customers, or not counted yet.
type Place string

// The places of a site.
const (
	Outside    Place = ""
	OnHand     Place = "on_hand"     // in the store; where exactly nobody has told
	Shelf      Place = "shelf"       // on the shelf, for customers to take
	Door       Place = "door"        // behind a door of the wall: see Goods
	Warehouse  Place = "warehouse"   // in the back room
	Damaged    Place = "damaged"     // here, and not to be sold
	Quarantine Place = "quarantine"  // nobody has decided what becomes of it
	InTransit  Place = "in_transit"  // on its way to another place of the shop
	OtherStore Place = "other_store" // at another store of the shop
	Refurbish  Place = "refurbish"
	Recycle    Place = "recycle"
	Vendor     Place = "vendor" // given back to whoever has supplied it
)

// Places are all but the outside, in the order in which they are told.
var Places = []Place{
	OnHand, Shelf, Door, Warehouse, Damaged, Quarantine, InTransit, OtherStore, Refurbish, Recycle, Vendor,
}

// Causes of moves that the rules know. Others may have their own words.
const (
	Counted  = "count"    // somebody has counted: it may take more from a place than was known to be there
	Sold     = "sold"     // handed over to whoever has bought it
	Received = "received" // it has come from a supplier, or from another place of the shop
)

// mostMoved bounds one move, and mostThere what a place has.
const (
	mostMoved = 100_000
	mostThere = 1_000_000_000

	mostCounted = 1_000_000 // by Count, which is many moves when it is far off
	maxSKU      = 64
)

// A Level is how many of an article are where, and what is asked of its stock.
type Level struct {
	SKU        string `json:"sku"`
	OnHand     int    `json:"on_hand"` // at the place OnHand; all that is here is Here
	Shelf      int    `json:"shelf,omitempty"`
	Doors      int    `json:"doors,omitempty"`
	Warehouse  int    `json:"warehouse,omitempty"`
	Damaged    int    `json:"damaged,omitempty"`
	Quarantine int    `json:"quarantine"`
	InTransit  int    `json:"in_transit"`
	OtherStore int    `json:"other_store,omitempty"`
	Refurbish  int    `json:"refurbish"`
	Recycle    int    `json:"recycle"`
	Vendor     int    `json:"vendor"`

	Reserved  int `json:"reserved,omitempty"`  // held by carts and payments
	Committed int `json:"committed,omitempty"` // bought, and not handed over yet
	Plan

	Changed time.Time `json:"changed"`
	Rev     int64     `json:"rev"` // grows with every change; the ETag
}

// Plan is what is asked of the stock of an article, in units; 0: nothing is.
type Plan struct {
	Safety int `json:"safety,omitempty"` // not promised to anybody
	Low    int `json:"low,omitempty"`    // a task to order more, when no more than these are available
	Refill int `json:"refill,omitempty"` // a task to refill from the warehouse, when no more are in front
}

// Here is how many are at this site, to be sold or damaged.
func (l Level) Here() int { return l.OnHand + l.Shelf + l.Doors + l.Warehouse + l.Damaged }

// Front is how many are where customers can be given them without the back room.
func (l Level) Front() int { return l.OnHand + l.Shelf + l.Doors }

// Available is what may be promised of what is here now. Below zero, more was promised, or
// somebody has counted less.
func (l Level) Available() int { return l.Here() - l.Damaged - l.Reserved - l.Committed - l.Safety }

// at is the number at a place; nil for the outside.
func (l *Level) at(p Place) *int {
	switch p {
	case OnHand:
		return &l.OnHand
	case Shelf:
		return &l.Shelf
	case Door:
		return &l.Doors
	case Warehouse:
		return &l.Warehouse
	case Damaged:
		return &l.Damaged
	case Quarantine:
		return &l.Quarantine
	case InTransit:
		return &l.InTransit
	case OtherStore:
		return &l.OtherStore
	case Refurbish:
		return &l.Refurbish
	case Recycle:
		return &l.Recycle
	case Vendor:
		return &l.Vendor
	}
	return nil
}

// At is how many are at a place.
func (l Level) At(p Place) int {
	if n := l.at(p); n != nil {
		return *n
	}
	return 0
}

// Levels are by article. A store has tens of thousands: each is read when it is asked for.
var Levels = ledger.NewTable[Level]("stock", "sku")

// Of is how many of an article are where; none anywhere when nobody has told.
func Of(s *ledger.State, sku string) Level {
	l, ok := Levels.Get(s, sku)
	if !ok {
		l.SKU = sku
	}
	return l
}

// change changes the level of an article, also of one that nobody has told of.
func change(s *ledger.State, sku string, at time.Time, do func(*Level)) {
	l := Of(s, sku)
	do(&l)
	l.Changed = at
	l.Rev++
	Levels.Put(s, sku, l)
}

func (l Level) after(m Moved, at time.Time) Level {
	l.SKU, l.Changed = m.SKU, at
	l.Rev++
	if from := l.at(m.From); from != nil {
		*from -= m.Quantity
	}
	if to := l.at(m.To); to != nil {
		*to += m.Quantity
	}
	return l
}

// Move moves goods. It is refused when fewer are there, unless somebody has counted; also
// what is promised to somebody may be moved, but not from behind the door it is promised at.
func Move(t *visit.Turn, m Moved) error { return move(t, m, m.Cause == Counted) }

// move moves goods; below: a place may come to have less than nothing.
func move(t *visit.Turn, m Moved, below bool) error {
	known := func(p Place) bool { return p == Outside || new(Level).at(p) != nil }
	refuse := ledger.Refuse
	switch {
	case !validSKU(m.SKU):
		return refuseSKU()
	case !known(m.From) || !known(m.To):
		return refuse(ledger.Invalid, "place", "there is no such place as %q or %q", m.From, m.To)
	case m.From == m.To && (m.From != Door || m.FromDoor == m.ToDoor):
		return refuse(ledger.Invalid, "place", "it is there already")
	case m.Quantity < 1 || m.Quantity > mostMoved:
		return refuse(ledger.Invalid, "out-of-range", "1 to %d are moved at once", mostMoved)
	case m.Cause == "" || !plain.Text(m.Cause, 1, 64):
		return refuse(ledger.Invalid, "cause", "say why they are moved, in 1 to 64 characters")
	}
	if err := doorsOf(t, m); err != nil {
		return err
	}
	is := Of(t.State, m.SKU)
	then := is.after(m, t.Now)
	if m.From != m.To && then.At(m.From) < 0 && !below {
		return refuse(
			ledger.Conflict,
			"not-there",
			"%d of %s are to leave %s, where %d are known to be; count them",
			m.Quantity,
			m.SKU,
			m.From,
			is.At(m.From),
		)
	}
	if then.At(m.To) > mostThere || then.At(m.From) < -mostThere {
		return refuse(ledger.Conflict, "out-of-range", "nobody has that many of %s", m.SKU)
	}
	m.OnHand = then.Here()
	t.Emit(&m)
	allot(t, m)
	weigh(t, m.SKU)
	return nil
}

func validSKU(sku string) bool { return sku != "" && plain.Text(sku, 1, maxSKU) }

func refuseSKU() *ledger.Refusal {
	return ledger.Refuse(ledger.Invalid, "sku", "say which article it is, in 1 to %d characters", maxSKU)
}
