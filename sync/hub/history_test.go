package hub

import (
	"errors"
	options "flag"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cubby/locker/ledger"
	"cubby/locker/orders"
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

func (p *played) begin() error {
	for range 1 + p.pick("lines", 4)/3 {
		p.bought = append(p.bought, 1+p.pick("units", 2))
	}
	var to []string
	if p.pick("named", 2) == 0 {
		to = p.stations[:2]
	}
	err := p.PutOrder(p.ctx, "user:x", p.order, orderOf(p.bought...), to)
	if err == nil && p.pick("lease", 2) == 0 {
		err = p.GrantLease(p.ctx, "user:x", p.order, "1", p.stations[p.pick("to", 2)])
	}
	if err == nil && p.pick("meet", 4) > 0 {
		err = p.meet(p.stations...)
	}
	return err
}

// The steps of a history, each as often as it is likely.
var steps = strings.Fields("back back back back take take take cancel grow push pull meet meet meet lease lease " +
	"time offline answer order")

func (p *played) step() (err error) {
	o := p.at[p.stations[p.pick("at", len(p.stations))]]
	line := fmt.Sprint(1 + p.pick("line", len(p.bought)))
	var open []returns.Case
	for _, c := range o.cases(p.order) {
		if !c.State.Over() {
			open = append(open, c)
		}
	}
	what := rapid.SampledFrom(steps).Draw(p.t, "step")
	if len(open) == 0 && slices.Contains([]string{"take", "cancel", "grow", "answer"}, what) {
		what = "meet"
	}
	one := returns.Case{}
	if len(open) > 0 {
		one = open[p.pick("return", len(open))]
	}
	switch what {
	case "back":
		_, err = o.back(p.order, line, 1+p.pick("n", 2))
	case "take":
		err = o.take(one.ID)
	case "cancel":
		err = o.try(returns.End{By: people.Tools, Case: one.ID, State: returns.Cancelled, Reason: "no"})
	case "grow": // more of it comes back in the same return
		if err = fine(o.try(returns.Drop{By: people.Tools, Case: one.ID})); err == nil {
			err = o.try(returns.Request{
				By: people.Tools, Channel: returns.AtCounter, Order: p.order, Into: one.ID,
				Items: []returns.Ask{{Line: line, Quantity: 1, Reason: "faulty", Text: "broken"}},
			})
		}
	case "push":
		err = o.push(1 + p.pick("facts", 3))
	case "pull":
		_, err = o.pull(1 + p.pick("changes", 3))
	case "meet":
		err = p.meet(o.id)
	case "lease":
		to := append(slices.Clone(p.stations), "")
		err = p.GrantLease(p.ctx, "user:x", p.order, line, to[p.pick("to", len(to))])
	case "time":
		p.now = p.now.Add(time.Duration(p.pick("days", 20)) * 24 * time.Hour)
	case "offline":
		o.online = false
	case "answer":
		err = p.AnswerReturn(p.ctx, "user:x", o.id, one.ID, p.pick("agree", 2) == 0, "no")
	case "order": // told anew, with more of a line; or that it is cancelled
		if p.pick("cancels", 3) == 0 {
			err = p.CancelOrder(p.ctx, "user:x", p.order)
			break
		}
		more := slices.Clone(p.bought)
		more[0]++
		if err = p.PutOrder(p.ctx, "user:x", p.order, orderOf(more...), nil); err == nil {
			p.bought = more
		}
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
			if err != nil || r.State != c.State || r.Waiting || len(r.Case.Items) != len(c.Items) ||
				r.Case.Rev != c.Rev {
				return fmt.Sprintf("%s at %s: the hub has %+v (%v), the station %+v", c.ID, id, r, err, c)
			}
		}
	}
	o, err := p.Order(p.ctx, p.order)
	if err != nil {
		return err.Error()
	}
	for i, l := range o.Lines {
		if l.Over > 0 || l.Waiting > 0 {
			return fmt.Sprintf("line %+v", l)
		}
		for _, id := range p.stations {
			st := p.at[id].state()
			known, has := orders.Get(st, p.order)
			if away := l.Back - l.At[id]; has && !o.Cancelled && known.Lines[i].ReturnedElsewhere != away &&
				away+returns.Claimed(st, p.order, l.ID) <= l.Quantity {
				return fmt.Sprintf("%s knows of %d of line %s elsewhere, not of %d: %s", id,
					known.Lines[i].ReturnedElsewhere, l.ID, away, p.trail(id))
			}
		}
	}
	return ""
}

// trail is what a station has told of the order, and what the hub keeps of it.
func (p *played) trail(id string) (out string) {
	var deal string
	if err := p.db.QueryRow(p.ctx, "SELECT deal FROM orders WHERE id = ?", p.order).Scan(&deal); err != nil {
		return err.Error()
	}
	for _, e := range p.at[id].log {
		if text := string(e); strings.Contains(text, p.order+"\"") || strings.Contains(text, p.order+"/") {
			out += "\n" + text[strings.Index(text, `"data"`):]
		}
	}
	return deal + out
}

// Whatever people try at two or three stations, whenever the lines are cut and in whatever
// order their facts arrive: nothing comes back more often than it was bought, and when all
// have been heard everything is answered.
func TestNothingComesBackTwiceInAnyHistory(t *testing.T) {
	stations := []string{"a", "b", "c"}
	s := openShop(t, dbtest.SQLite(t), stations...)
	s.refunds = Automatic
	fewer(t, "60")
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		p := &played{shop: s, t: t, order: fmt.Sprint("SO-", n)}
		p.stations = stations[:2+p.pick("third", 4)/3]
		if err := p.begin(); err != nil {
			t.Fatal(err)
		}
		for range 5 + p.pick("steps", 20) {
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

// fewer has a test play so many histories unless it was said how many: each commits dozens
// of times.
func fewer(t *testing.T, histories string) {
	t.Helper()
	const name = "rapid.checks"
	checks := options.Lookup(name)
	if checks.Value.String() != checks.DefValue {
		return
	}
	must(t, options.Set(name, histories))
	t.Cleanup(func() { must(t, options.Set(name, checks.DefValue)) })
}
