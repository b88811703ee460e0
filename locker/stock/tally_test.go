package stock

import (
	"testing"

	"cubby/locker/visit"
)

// Book 100; two are sold, 97 counted, five sold before it is posted: 92, not 97 and not 90.
func TestWhatIsSoldBetweenCountingAndPostingIsNotLost(t *testing.T) {
	s := newSite()
	sell := func(n int) {
		t.Helper()
		s.must(t, do(func(t *visit.Turn) error { return Sell(t, "A", Shelf, n) }))
	}
	s.has(t, "A", Shelf, 100)
	sell(2)
	var y Tally
	s.must(t, CountPlace{SKU: "A", Place: Shelf, Counted: 97, By: "s-1", Into: &y})
	if y.Difference() != -1 || y.Book != 98 || s.level("A").Shelf != 98 {
		t.Errorf("counted %+v", y)
	}
	sell(5)
	s.must(t, PostCount{Count: y.Count})
	if l := s.level("A"); l.Shelf != 92 {
		t.Errorf("in the end %d are there", l.Shelf)
	}
	s.refuses(t, "no-such-count", PostCount{Count: y.Count})

	s.must(t, CountPlace{SKU: "A", Place: Shelf, Counted: 0, Into: &y})
	s.must(t, PostCount{Count: y.Count, Discard: true})
	if l := s.level("A"); l.Shelf != 92 || len(Tallies.All(s.state())) != 0 {
		t.Errorf("after a count was thrown away %+v", l)
	}
	s.refuses(t, "place", CountPlace{SKU: "A", Place: "moon", Counted: 1})
	s.refuses(t, "door", CountPlace{SKU: "A", Place: Door, Counted: 1})
	s.refuses(t, "no-such-compartment", CountPlace{SKU: "A", Place: Door, Door: "9", Counted: 1})
	s.refuses(t, "out-of-range", CountPlace{SKU: "A", Place: Shelf, Counted: -1})
}

func TestACountBehindADoorPutsGoodsThere(t *testing.T) {
	s := newSite("1")
	s.must(t, CountPlace{SKU: "A", Place: Door, Door: "1", Counted: 3, Post: true})
	if doors, l := Where(s.state(), "A"); len(doors) != 1 || doors[0].Quantity != 3 || l.Doors != 3 {
		t.Errorf("there is %+v, %+v", doors, l)
	}
	s.refuses(t, "door-not-free", CountPlace{SKU: "B", Place: Door, Door: "1", Counted: 1})
	// of three that are counted away two were taken meanwhile
	var y Tally
	s.must(t, CountPlace{SKU: "A", Place: Door, Door: "1", Counted: 0, Into: &y})
	s.must(t, hold("c", Line{SKU: "A", Quantity: 2, Door: "1"}))
	s.must(t, take("c", "1"))
	s.must(t, PostCount{Count: y.Count})
	if doors, l := Where(s.state(), "A"); len(doors) != 0 || l.Doors != 0 {
		t.Errorf("there is %+v, %+v", doors, l)
	}
}

func TestTasksComeAndGoWithWhatThereIs(t *testing.T) {
	s := newSite()
	kinds := func() (all string) {
		for _, k := range Tasks(s.state()) {
			all += string(k.Kind) + " "
		}
		return all
	}
	s.must(t, SetPlan{"A", Plan{Low: 3, Refill: 1}})
	if got := kinds(); got != "low " {
		t.Errorf("with none there are %q", got)
	}
	s.has(t, "A", Warehouse, 4)
	if got := kinds(); got != "refill " {
		t.Errorf("with four in the warehouse there are %q", got)
	}
	s.must(t, moving{Moved{SKU: "A", From: Warehouse, To: Shelf, Quantity: 2, Cause: "refilled"}})
	if got := kinds(); got != "" {
		t.Errorf("with two in front there are %q", got)
	}
	s.must(t, hold("c", Line{SKU: "A", Quantity: 1}))
	if got := kinds(); got != "low " {
		t.Errorf("with three available there are %q", got)
	}
	s.must(t, release("c"))
	s.must(t, SetPlan{"A", Plan{Low: 3, Refill: 2}})
	if got := kinds(); got != "refill " {
		t.Errorf("with another plan there are %q", got)
	}
	s.refuses(t, "out-of-range", SetPlan{"A", Plan{Low: -1}})
}
