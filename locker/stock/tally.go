package stock

import (
	"time"

	"cubby/locker/ledger"
	"cubby/locker/plain"
	"cubby/locker/visit"
)

// Count says how many of an article are at this site, as somebody has counted them. Repeating
// it changes nothing.
type Count struct {
	SKU    string
	OnHand int
}

// Decide moves what is too much outside, and what is missing in.
func (c Count) Decide(t *visit.Turn) error {
	if c.OnHand < 0 || c.OnHand > mostCounted {
		return ledger.Refuse(ledger.Invalid, "out-of-range", "0 to %d may be on hand",
			mostCounted).At("/on_hand")
	}
	return adjust(t, c.SKU, OnHand, "", c.OnHand-Of(t.State, c.SKU).Here(), "")
}

// adjust moves a difference that was counted in, or out.
func adjust(t *visit.Turn, sku string, at Place, door string, by int, count string) error {
	for by != 0 {
		m := Moved{SKU: sku, To: at, ToDoor: door, Quantity: by, Cause: Counted, Count: count}
		if by < 0 {
			m.From, m.FromDoor, m.To, m.ToDoor, m.Quantity = at, door, Outside, "", -by
		}
		m.Quantity = min(m.Quantity, mostMoved)
		if err := Move(t, m); err != nil {
			return err
		}
		if by < 0 {
			by += m.Quantity
		} else {
			by -= m.Quantity
		}
	}
	return nil
}

// A Tally is what somebody has counted at one place and not posted yet. What is sold
// meanwhile changes nothing of the difference that was found.
type Tally struct {
	Count   string    `json:"count"` // its number
	SKU     string    `json:"sku"`
	Place   Place     `json:"place"`
	Door    string    `json:"door,omitempty"`
	Counted int       `json:"counted"`
	Book    int       `json:"book"` // how many were known to be there when it was counted
	By      string    `json:"by,omitempty"`
	At      time.Time `json:"at"`
}

// Difference is what posting it adds.
func (y Tally) Difference() int { return y.Counted - y.Book }

// mostTallies bounds the counts that are not posted.
const mostTallies = 10_000

// Tallies are the counts that are not posted yet.
var Tallies = ledger.NewTable("stock_tallies", "count", ledger.InMemory[Tally]())

// CountPlace notes what somebody has just counted at a place. With Post it is posted at once.
type CountPlace struct {
	SKU     string
	Place   Place
	Door    string // with Place Door: which
	Counted int
	Post    bool
	By      string
	Into    *Tally // nil: nobody asks
}

// Decide notes the count beside what is known.
func (c CountPlace) Decide(t *visit.Turn) error {
	book, err := c.book(t)
	if err != nil {
		return err
	}
	y := Tally{
		Count: t.NewID(), SKU: c.SKU, Place: c.Place, Door: c.Door, Counted: c.Counted, Book: book,
		By: c.By, At: t.Now,
	}
	if len(Tallies.Keys(t.State)) >= mostTallies {
		return ledger.Refuse(ledger.Conflict, "too-many", "%d counts wait to be posted; post them first",
			mostTallies)
	}
	t.Emit(&Tallied{y})
	if c.Into != nil {
		*c.Into = y
	}
	if !c.Post {
		return nil
	}
	return PostCount{Count: y.Count, By: c.By}.Decide(t)
}

// book is how many are known to be at the place.
func (c CountPlace) book(t *visit.Turn) (int, error) {
	switch {
	case !validSKU(c.SKU):
		return 0, refuseSKU()
	case !plain.Text(c.By, 0, maxSKU):
		return 0, ledger.Refuse(ledger.Invalid, "by", "name who has counted in at most %d characters", maxSKU)
	case c.Counted < 0 || c.Counted > mostCounted:
		return 0, ledger.Refuse(ledger.Invalid, "out-of-range",
			"0 to %d may be counted", mostCounted).At("/counted")
	case new(Level).at(c.Place) == nil:
		return 0, ledger.Refuse(ledger.Invalid, "place", "there is no such place as %q", c.Place).At("/place")
	case (c.Place == Door) != (c.Door != ""):
		return 0, ledger.Refuse(ledger.Invalid, "door",
			"say behind which door of the wall, and only of a door").
			At("/door")
	case c.Place != Door:
		return Of(t.State, c.SKU).At(c.Place), nil
	}
	if g, is := Behind.Get(t.State, c.Door); is && g.SKU == c.SKU {
		return g.Quantity, nil
	}
	return 0, doorsOf(t, Moved{SKU: c.SKU, To: Door, ToDoor: c.Door})
}

// PostCount posts a count: the difference that was found is moved. Posting it again changes
// nothing. With Discard it is thrown away.
type PostCount struct {
	Count   string
	Discard bool
	By      string
}

// Decide moves the difference.
func (c PostCount) Decide(t *visit.Turn) error {
	y, ok := Tallies.Get(t.State, c.Count)
	if !ok {
		return ledger.Refuse(ledger.NotFound, "no-such-count", "this count was posted, or there is none")
	}
	if !c.Discard {
		by := y.Difference()
		if g, _ := Behind.Get(t.State, y.Door); y.Door != "" {
			by = max(by, -g.Quantity)
		}
		if err := adjust(t, y.SKU, y.Place, y.Door, by, y.Count); err != nil {
			return err
		}
		closeTask(t, Task{Kind: Recount, SKU: y.SKU, Door: y.Door})
	}
	t.Emit(&TallyEnded{OfArticle{y.SKU}, y.Count, !c.Discard, c.By})
	weigh(t, y.SKU)
	return nil
}
