package stock

import (
	"cmp"
	"slices"

	"cubby/locker/ledger"
	"cubby/locker/visit"
)

// Now is all that is known of an article.
type Now struct {
	Level    Level
	ATP      int
	Doors    []Goods
	Expected []Expected
	Holds    []Reservation // with the lines of other articles
	Lease    Lease
}

// LookUp tells all that is known of an article.
type LookUp struct {
	SKU  string
	Into *Now
}

// Decide changes nothing.
func (c LookUp) Decide(t *visit.Turn) error {
	doors, l := Where(t.State, c.SKU)
	now := Now{Level: l, ATP: ATP(t.State, c.SKU, t.Today()), Doors: doors, Lease: LeaseOf(t.State, c.SKU)}
	now.Expected, _ = Expecting.Get(t.State, c.SKU)
	for _, r := range Reservations.All(t.State) {
		if r.Of(c.SKU, false)+r.Of(c.SKU, true) > 0 {
			now.Holds = append(now.Holds, r)
		}
	}
	slices.SortFunc(now.Holds, func(a, b Reservation) int {
		return cmp.Or(a.Since.Compare(b.Since), cmp.Compare(a.ID, b.ID))
	})
	if l.Rev == 0 && now.Lease.Number == 0 && now.Lease.Offer == nil && len(now.Expected) == 0 {
		return ledger.Refuse(ledger.NotFound, "no-such-article",
			"nobody has told of an article with this number here")
	}
	*c.Into = now
	return nil
}

// Work is what staff have to do about articles.
type Work struct {
	Tasks  []Task
	Counts []Tally // that are not posted, the oldest first
}

// ListWork tells it.
type ListWork struct{ Into *Work }

// Decide changes nothing.
func (c ListWork) Decide(t *visit.Turn) error {
	all := Tallies.All(t.State)
	slices.SortFunc(all, func(a, b Tally) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Count,
			b.Count))
	})
	*c.Into = Work{Tasks(t.State), all}
	return nil
}

// MoveGoods moves goods, as somebody says who has moved them.
type MoveGoods struct{ Moved }

// Decide moves them. What is sold or counted has commands of its own.
func (c MoveGoods) Decide(t *visit.Turn) error {
	if c.Cause == Counted || c.Cause == Sold || c.Held != "" || c.Count != "" {
		return ledger.Refuse(ledger.Invalid, "cause",
			"%q is no cause of a move that is told; post a count, or sell",
			c.Cause).At("/cause")
	}
	return Move(t, c.Moved)
}

// Then carries a command out and tells what is known afterwards.
type Then struct {
	visit.Command
	LookUp
}

// Decide does both.
func (c Then) Decide(t *visit.Turn) error {
	if err := c.Command.Decide(t); err != nil {
		return err
	}
	if err := c.LookUp.Decide(t); ledger.CodeOf(err) != ledger.NotFound {
		return err
	}
	return nil
}
