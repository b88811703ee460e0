package stock

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"cubby/locker/calendar"
	"cubby/locker/ledger"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

var monday = time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)

// do is the command of the tests: what another room decides of stock.
type do func(t *visit.Turn) error

func (d do) Decide(t *visit.Turn) error { return d(t) }

// A site is a station with stock and some doors.
type site struct {
	shelf
	now   time.Time
	ids   int
	facts []ledger.Fact // all, as they were emitted
}

func newSite(doors ...string) *site {
	s := &site{shelf: newShelf(), now: monday}
	for _, n := range doors {
		s.Set(wall.Compartments.Spec, ledger.Row{Key: n,
			Value: wall.NewCompartment(wall.Compartment{Number: n})})
	}
	return s
}

func (s *site) decide(c visit.Command) error {
	d, err := s.rules.Decide(s.Memory, c, visit.Env{
		Now: s.now,
		Clock: calendar.Reading{Wall: s.now, Boot: "b", Uptime: s.now.Sub(monday.Add(-time.Hour)),
			Synced: true},
		NewID: func() string { s.ids++; return fmt.Sprintf("id-%d", s.ids) },
	})
	if err == nil {
		s.Merge(d.Changes)
		s.facts = append(s.facts, d.Facts...)
	}
	return err
}

func (s *site) must(t testing.TB, c visit.Command) {
	t.Helper()
	if err := s.decide(c); err != nil {
		t.Fatal(err)
	}
}

// refuses decides a command that is refused for a reason, and changes nothing.
func (s *site) refuses(t testing.TB, slug string, c visit.Command) {
	t.Helper()
	before := len(s.facts)
	err := s.decide(c)
	if r, ok := errors.AsType[*ledger.Refusal](err); !ok || r.Slug != slug || len(s.facts) != before {
		t.Fatalf("refused with %v, not with %q", err, slug)
	}
}

// wait lets time pass, and has become done what is due.
func (s *site) wait(t testing.TB, d time.Duration) {
	t.Helper()
	s.now = s.now.Add(d)
	s.must(t, visit.Tick{})
}

func (s *site) state() *ledger.State { return ledger.NewState(s.Memory) }

func (s *site) atp(sku string) int { return ATP(s.state(), sku, s.now) }

func (s *site) has(t testing.TB, sku string, at Place, n int) {
	t.Helper()
	s.must(t, moving{Moved{SKU: sku, To: at, Quantity: n, Cause: Received}})
}

func hold(cart string, lines ...Line) do {
	return func(t *visit.Turn) error { return Hold(t, cart, lines) }
}

func commit(cart, order string) do {
	return func(t *visit.Turn) error { return Commit(t, cart, order, time.Time{}) }
}

func release(cart string) do {
	return func(t *visit.Turn) error { return Release(t, cart, "cancelled") }
}

func take(cart, door string) do { return func(t *visit.Turn) error { return Take(t, cart, door) } }

func keep(cart string, until time.Time) do {
	return func(t *visit.Turn) error { return Keep(t, cart, until) }
}
