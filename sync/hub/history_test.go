package hub

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/locker/returns"
	"cubby/sync/db/dbtest"
)

// fine passes over what rules refuse.
func fine(err error) error {
	if _, refused := errors.AsType[*ledger.Refusal](err); refused {
		return nil
	}
	return err
}

// A played is a history of people who bring things back at several stations, while the
// line to each comes and goes, and somebody at the hub moves leases.
type played struct {
	*shop
	t        *rapid.T
	order    string
	bought   []int
	stations []string
}

func (p *played) pick(what string, n int) int { return rapid.IntRange(0, n-1).Draw(p.t, what) }

func (p *played) begin(named bool) error {
	for range 1 + p.pick("lines", 2) {
		p.bought = append(p.bought, 1+p.pick("units", 3))
	}
	var to []string
	if named {
		to = p.stations[:1+p.pick("stations", len(p.stations))]
	}
	return p.PutOrder(p.ctx, "user:x", p.order, orderOf(p.bought...), to)
}

func (p *played) step() (err error) {
	o := p.at[p.stations[p.pick("at", len(p.stations))]]
	line := fmt.Sprint(1 + p.pick("line", len(p.bought)))
	var open []returns.Case
	for _, c := range o.cases(p.order) {
		if !c.State.Over() {
			open = append(open, c)
		}
	}
	switch p.pick("what", 14) {
	case 0, 1, 2:
		_, err = o.back(p.order, line, 1+p.pick("n", 2))
	case 3, 4, 5:
		if len(open) > 0 {
			err = o.take(open[p.pick("return", len(open))].ID)
		}
	case 6:
		if len(open) > 0 {
			c := open[p.pick("return", len(open))]
			err = o.try(returns.End{By: people.Tools, Case: c.ID, State: returns.Cancelled, Reason: "no"})
		}
	case 7: // more of it comes back in the same return
		if len(open) > 0 {
			err = o.try(returns.Drop{By: people.Tools, Case: open[0].ID})
			if fine(err) == nil {
				err = o.try(returns.Request{
					By: people.Tools, Channel: returns.AtCounter, Order: p.order, Into: open[0].ID,
					Items: []returns.Ask{{Line: line, Quantity: 1, Reason: "faulty", Text: "broken"}},
				})
			}
		}
	case 8:
		err = o.push(1 + p.pick("facts", 3))
	case 9:
		_, err = o.pull(1 + p.pick("changes", 3))
	case 10:
		o.online = !o.online
		p.now = p.now.Add(time.Duration(p.pick("days", 20)) * 24 * time.Hour)
	case 11:
		err = p.GrantLease(p.ctx, "user:x", p.order, line, append(slices.Clone(p.stations), "")[p.pick("to",
			len(p.stations)+1)])
	case 12:
		if len(open) > 0 {
			err = p.AnswerReturn(p.ctx, "user:x", o.id, open[0].ID, p.pick("agree", 2) == 0, "no")
		}
	default:
		err = p.meet(o.id)
	}
	return fine(err)
}

// agrees says where the hub and the stations differ when all have been heard.
func (p *played) agrees() string {
	for _, id := range p.stations {
		for _, c := range p.at[id].cases(p.order) {
			if c.Conditional && !c.State.Over() {
				r, err := p.Return(p.ctx, id, c.ID)
				return fmt.Sprintf("%s at %s waits still: %+v %v", c.ID, id, r, err)
			}
			r, err := p.Return(p.ctx, id, c.ID)
			if err != nil || r.State != c.State || r.Waiting || len(r.Case.Items) != len(c.Items) || r.Case.Rev != c.Rev {
				return fmt.Sprintf("%s at %s: the hub has %+v (%v), the station %+v", c.ID, id, r, err, c)
			}
		}
	}
	o, err := p.Order(p.ctx, p.order)
	if err != nil {
		return err.Error()
	}
	for _, l := range o.Lines {
		if l.Over > 0 || l.Waiting > 0 {
			return fmt.Sprintf("line %+v", l)
		}
	}
	return ""
}

// Whatever people try at two or three stations, whenever the lines are cut and in whatever
// order their facts arrive: nothing comes back more often than it was bought, and when all
// have been heard everything is answered.
func TestNothingComesBackTwiceInAnyHistory(t *testing.T) {
	stations := []string{"a", "b", "c"}
	s := openShop(t, dbtest.SQLite(t), stations...)
	s.refunds = Automatic
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		p := &played{shop: s, t: t, order: fmt.Sprint("SO-", n), stations: stations[:2+rapid.IntRange(0, 1).Draw(t, "third")]}
		if err := p.begin(rapid.Bool().Draw(t, "named")); err != nil {
			t.Fatal(err)
		}
		if rapid.Bool().Draw(t, "meet") {
			if err := p.meet(p.stations...); err != nil {
				t.Fatal(err)
			}
		}
		for range rapid.IntRange(1, 25).Draw(t, "steps") {
			if err := p.step(); err != nil {
				t.Fatal(err)
			}
			if what := s.tooMuch(p.order, p.bought...); what != "" {
				t.Fatal(what)
			}
		}
		if err := p.meet(p.stations...); err != nil {
			t.Fatal(err)
		}
		if what := s.tooMuch(p.order, p.bought...) + p.agrees(); what != "" {
			t.Fatal(what)
		}
	})
}
