// Package stock is the room of where goods are: how many of an article this site has on
// hand, in quarantine, on their way, and given to others, as moves from one place to another.
//
// It is the beginning of stock: only what comes back is told so far, and a count.
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
	OnHand     Place = "on_hand"    // may be sold
	Quarantine Place = "quarantine" // nobody has decided what becomes of it
	InTransit  Place = "in_transit" // on its way to another place of the shop
	Refurbish  Place = "refurbish"
	Recycle    Place = "recycle"
	Vendor     Place = "vendor" // given back to whoever has supplied it
)

// Places are all but the outside, in the order in which they are told.
var Places = []Place{OnHand, Quarantine, InTransit, Refurbish, Recycle, Vendor}

// Counted is the cause of a move that says what somebody has counted: it alone may take more
// from a place than was known to be there.
const Counted = "count"

// mostMoved bounds one move, and what a place has.
const (
	mostMoved = 100_000
	mostThere = 1_000_000_000

	mostCounted = 1_000_000 // by Count, which is many moves when it is far off
)

// A Level is how many of an article are where.
type Level struct {
	SKU        string    `json:"sku"`
	OnHand     int       `json:"on_hand"`
	Quarantine int       `json:"quarantine"`
	InTransit  int       `json:"in_transit"`
	Refurbish  int       `json:"refurbish"`
	Recycle    int       `json:"recycle"`
	Vendor     int       `json:"vendor"`
	Changed    time.Time `json:"changed"`
	Rev        int64     `json:"rev"` // grows with every move; the ETag
}

// Available is what may be sold.
func (l Level) Available() int { return l.OnHand }

// at is the number at a place; nil for the outside.
func (l *Level) at(p Place) *int {
	switch p {
	case OnHand:
		return &l.OnHand
	case Quarantine:
		return &l.Quarantine
	case InTransit:
		return &l.InTransit
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

// Moved: goods have gone from one place to another.
type Moved struct {
	SKU      string `json:"sku"`
	From     Place  `json:"from,omitempty"` // empty: from outside
	To       Place  `json:"to,omitempty"`   // empty: outside
	Quantity int    `json:"quantity"`
	Cause    string `json:"cause"` // "returned", "restocked", "count" ...
	Case     string `json:"case,omitempty"`
	OnHand   int    `json:"on_hand"` // afterwards; what is available
}

// Type is the fact's name.
func (Moved) Type() string { return "stock.moved" }

// Subject is the article.
func (m Moved) Subject() string { return "stock/" + m.SKU }

// Published: the feed tells it, so that shops know what they can sell.
func (Moved) Published() bool { return true }

// Apply moves them.
func (m *Moved) Apply(s *ledger.State, at time.Time) {
	l, _ := Levels.Get(s, m.SKU)
	Levels.Put(s, m.SKU, l.after(*m, at))
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

// Of is how many of an article are where; none anywhere when nobody has told.
func Of(s *ledger.State, sku string) Level {
	l, ok := Levels.Get(s, sku)
	if !ok {
		l.SKU = sku
	}
	return l
}

// Move moves goods. It is refused when fewer are there, unless somebody has counted.
func Move(t *visit.Turn, m Moved) error {
	known := func(p Place) bool { return p == Outside || new(Level).at(p) != nil }
	refuse := func(code ledger.Code, slug, format string, args ...any) error {
		return ledger.Refuse(code, slug, format, args...)
	}
	switch {
	case m.SKU == "" || !plain.Text(m.SKU, 1, 64):
		return refuse(ledger.Invalid, "sku", "say which article it is, in 1 to 64 characters")
	case !known(m.From) || !known(m.To):
		return refuse(ledger.Invalid, "place", "there is no such place as %q or %q", m.From, m.To)
	case m.From == m.To:
		return refuse(ledger.Invalid, "place", "it is there already")
	case m.Quantity < 1 || m.Quantity > mostMoved:
		return refuse(ledger.Invalid, "out-of-range", "1 to %d are moved at once", mostMoved)
	case m.Cause == "":
		return refuse(ledger.Invalid, "cause", "say why they are moved")
	}
	is := Of(t.State, m.SKU)
	then := is.after(m, t.Now)
	if then.At(m.From) < 0 && m.Cause != Counted {
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
	m.OnHand = then.OnHand
	t.Emit(&m)
	return nil
}

// Count says how many of an article are on hand, as somebody has counted them. Repeating it
// changes nothing.
type Count struct {
	SKU    string
	OnHand int
}

// Decide moves what is too much outside, and what is missing in.
func (c Count) Decide(t *visit.Turn) error {
	if c.OnHand < 0 || c.OnHand > mostCounted {
		return ledger.Refuse(ledger.Invalid, "out-of-range", "0 to %d may be on hand", mostCounted).At("/on_hand")
	}
	for {
		m := Moved{SKU: c.SKU, To: OnHand, Quantity: c.OnHand - Of(t.State, c.SKU).OnHand, Cause: Counted}
		if m.Quantity < 0 {
			m.From, m.To, m.Quantity = OnHand, Outside, -m.Quantity
		}
		if m.Quantity == 0 {
			return nil
		}
		m.Quantity = min(m.Quantity, mostMoved)
		if err := Move(t, m); err != nil {
			return err
		}
	}
}

// Room is stock. It has no pages and no doors.
var Room = visit.Room{Module: ledger.Module{
	Name: "stock", Facts: []ledger.Fact{&Moved{}}, Tables: []*ledger.Spec{Levels.Spec},
}}
