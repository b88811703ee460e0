package stock

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"cubby/locker/ledger"
	"cubby/locker/visit"
)

// moving is the command of the tests: another room's decision that moves goods.
type moving struct{ Moved }

func (m moving) Decide(t *visit.Turn) error { return Move(t, m.Moved) }

// A shelf is a station with stock alone.
type shelf struct {
	rules *visit.Rules
	*ledger.Memory
}

func newShelf() shelf { return shelf{visit.NewRules(Room), ledger.NewMemory(nil)} }

func (s shelf) move(m Moved) error {
	d, err := s.rules.Decide(s.Memory, moving{m}, visit.Env{Now: time.Unix(1772000000, 0).UTC()})
	if err == nil {
		s.Merge(d.Changes)
	}
	return err
}

func (s shelf) level(sku string) Level { return Of(ledger.NewState(s.Memory), sku) }

func TestARestockedItemIsAvailableAtOnceAndAQuarantinedOneIsNot(t *testing.T) {
	s := newShelf()
	for _, step := range []struct {
		m                         Moved
		available, quarantine, it int
	}{
		{Moved{To: Quarantine, Quantity: 2}, 0, 2, 0},
		{Moved{From: Quarantine, To: OnHand, Quantity: 1}, 1, 1, 0},
		{Moved{From: Quarantine, To: InTransit, Quantity: 1}, 1, 0, 1},
		{Moved{From: InTransit, Quantity: 1}, 1, 0, 0},
		{Moved{From: OnHand, Quantity: 3, Cause: Counted}, -2, 0, 0},
		{Moved{To: OnHand, Quantity: 5, Cause: Counted}, 3, 0, 0},
	} {
		step.m.SKU = "TS-M"
		if step.m.Cause == "" {
			step.m.Cause = "returned"
		}
		if err := s.move(step.m); err != nil {
			t.Fatalf("%+v: %v", step.m, err)
		}
		l := s.level("TS-M")
		if l.Available() != step.available || l.Quarantine != step.quarantine || l.InTransit != step.it {
			t.Fatalf("after %+v it is %+v", step.m, l)
		}
	}
	if l := s.level("nothing"); l.Available() != 0 || l.SKU != "nothing" || l.Rev != 0 {
		t.Errorf("what nobody has told of is %+v", l)
	}
}

func TestMovesThatCannotBeAreRefused(t *testing.T) {
	s := newShelf()
	if err := s.move(Moved{SKU: "A", To: OnHand, Quantity: 1, Cause: "returned"}); err != nil {
		t.Fatal(err)
	}
	for name, m := range map[string]Moved{
		"more than there are": {SKU: "A", From: OnHand, To: Recycle, Quantity: 2, Cause: "graded"},
		"from an empty place": {SKU: "A", From: Quarantine, To: OnHand, Quantity: 1, Cause: "graded"},
		"nothing":             {SKU: "A", From: OnHand, To: Recycle, Quantity: 0, Cause: "graded"},
		"less than nothing":   {SKU: "A", From: OnHand, To: Recycle, Quantity: -1, Cause: "graded"},
		"too many":            {SKU: "A", To: OnHand, Quantity: 100_001, Cause: Counted},
		"no article":          {To: OnHand, Quantity: 1, Cause: "returned"},
		"no place":            {SKU: "A", To: "moon", Quantity: 1, Cause: "returned"},
		"to where it is":      {SKU: "A", From: OnHand, To: OnHand, Quantity: 1, Cause: "returned"},
		"without a cause":     {SKU: "A", To: OnHand, Quantity: 1},
	} {
		err := s.move(m)
		if code := ledger.CodeOf(err); err == nil || code == ledger.Internal {
			t.Errorf("%s: %v", name, err)
		}
	}
	if l := s.level("A"); l.OnHand != 1 || l.Rev != 1 {
		t.Errorf("afterwards it is %+v", l)
	}
}

// Whatever is moved, nothing appears and nothing is lost: what places have is what came in
// less what went out, and no place has less than nothing unless somebody has counted.
func TestNothingIsLostInAnyHistory(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, inside, counted := newShelf(), map[string]int{}, map[string]bool{}
		everywhere := append([]Place{Outside}, Places...)
		for range rapid.IntRange(1, 40).Draw(t, "moves") {
			m := Moved{
				SKU:      rapid.SampledFrom([]string{"A", "B"}).Draw(t, "sku"),
				From:     rapid.SampledFrom(everywhere).Draw(t, "from"),
				To:       rapid.SampledFrom(everywhere).Draw(t, "to"),
				Quantity: rapid.IntRange(0, 5).Draw(t, "quantity"),
				Cause:    rapid.SampledFrom([]string{"returned", "graded", Counted}).Draw(t, "cause"),
			}
			before := s.level(m.SKU)
			if err := s.move(m); err != nil {
				if s.level(m.SKU) != before {
					t.Fatalf("%+v was refused and has moved: %+v, %+v", m, before, s.level(m.SKU))
				}
				continue
			}
			if m.From == Outside {
				inside[m.SKU] += m.Quantity
			}
			if m.To == Outside {
				inside[m.SKU] -= m.Quantity
			}
			counted[m.SKU] = counted[m.SKU] || m.Cause == Counted
			l, sum := s.level(m.SKU), 0
			for _, p := range Places {
				sum += l.At(p)
				if l.At(p) < 0 && !counted[m.SKU] {
					t.Fatalf("%d at %s after %+v", l.At(p), p, m)
				}
			}
			if sum != inside[m.SKU] {
				t.Fatalf("places have %d after %+v, and %d came in", sum, m, inside[m.SKU])
			}
		}
	})
}
