package hub

import (
	"fmt"
	"testing"
	"time"

	"cubby/locker/returns"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// ruled builds what the rule decides on: one order of line 1.
func ruled(quantity int, holder string, places ...string) *deal {
	d := &deal{Lines: []*dealLine{{ID: "1", Quantity: quantity, Holder: holder}}}
	if holder != "" {
		d.Lines[0].Until = noon.Add(time.Hour)
	}
	for _, p := range places {
		d.place(p)
	}
	return d
}

func asking(station string, minute, units int) *claim {
	return &claim{station: station, id: fmt.Sprint("R-", station, minute), asked: noon.Add(time.Duration(minute) *
		time.Minute), units: map[string]int{"1": units}, conditional: true, state: returns.Requested}
}

func holding(station string, units int, state returns.State) *claim {
	return &claim{station: station, id: "F-" + station, units: map[string]int{"1": units}, state: state}
}

func TestTheRuleAnswersReturns(t *testing.T) {
	here := map[string]bool{"a": true, "b": true}
	for name, c := range map[string]struct {
		deal *deal
		all  []*claim
		want string // answers, or why there is none
	}{
		"nobody has a lease": {ruled(1, "", "a", "b"), []*claim{asking("a", 1, 1)}, "agreed"},
		"the oldest goes first": {ruled(1, "", "a", "b"), []*claim{asking("b", 2, 1), asking("a", 1, 1)},
			"declined agreed"},
		"as many as there are": {ruled(2, "", "a", "b"), []*claim{asking("b", 2, 1), asking("a", 1, 1)},
			"agreed agreed"},
		"another is about to bring it": {ruled(1, "", "a", "b"),
			[]*claim{asking("a", 1, 1), holding("b", 1, returns.Authorised)}, "declined"},
		"another has brought it": {ruled(1, "", "a", "b"),
			[]*claim{asking("a", 1, 1), holding("b", 1, returns.Closed)}, "declined"},
		"another has the lease":         {ruled(1, "b", "a", "b"), []*claim{asking("a", 1, 1)}, "lease"},
		"nothing is left, lease or not": {ruled(1, "b", "a", "b"), []*claim{asking("a", 1, 2)}, "declined"},
		"its own station has the lease": {ruled(1, "a", "a", "b"), []*claim{asking("a", 1, 1)}, "agreed"},
		"the order is cancelled": {&deal{Cancelled: true, Lines: ruled(1, "").Lines},
			[]*claim{asking("a", 1, 1)}, "declined"},
		"the order has no such line": {&deal{}, []*claim{asking("a", 1, 1)}, "person"},
		"its station was removed":    {ruled(1, "", "a", "b"), []*claim{asking("gone", 1, 1)}, "person"},
		"what came back past all": {&deal{Lines: []*dealLine{{ID: "1", Quantity: 2, Past: 1}}},
			[]*claim{asking("a", 1, 2)}, "declined"},
		"a removed holder within the day": {gone(-time.Hour), []*claim{asking("a", 1, 1)}, "lease"},
		"a removed holder after it":       {gone(-25 * time.Hour), []*claim{asking("a", 1, 1)}, "agreed"},
	} {
		t.Run(name, func(t *testing.T) {
			c.deal.decide(c.all, here, noon)
			got := ""
			for i, one := range c.all {
				if one.conditional {
					if i > 0 {
						got += " "
					}
					if one.answer != "" {
						got += one.answer
					} else {
						got += one.why
					}
				}
			}
			if got != c.want {
				t.Errorf("%s; want %s", got, c.want)
			}
			if todo := c.deal.decide(c.all, here, noon); len(todo) > 0 {
				t.Errorf("decides once more %v without anything new", todo)
			}
		})
	}
}

// gone is a deal whose lease is with a removed station, until some time from noon.
func gone(until time.Duration) *deal {
	d := ruled(1, "gone", "a")
	d.Lines[0].Until = noon.Add(until)
	return d
}

func TestALeaseMovesOnlyWhenItsHolderHasSaidThatItKnows(t *testing.T) {
	here := map[string]bool{"a": true, "b": true}
	d := ruled(2, "a", "a", "b")
	l := d.Lines[0]
	l.Next = "b"
	todo := d.decide(nil, here, noon)
	if len(todo) != 1 || todo[0].what != tellLease || l.Holder != "a" || !l.Ending {
		t.Fatalf("%v, %+v", todo, l)
	}
	far := noon.AddDate(1, 0, 0) // that it has lapsed says nothing of what was done before
	if todo := d.decide(nil, here, far); len(todo) > 0 || l.Holder != "a" {
		t.Fatalf("lapsed: %v, %+v", todo, l)
	}
	first := l.Ended
	l.free()
	if todo := d.decide(nil, here, noon); len(todo) != 1 || l.Holder != "b" || l.Ending || l.Next != "" {
		t.Fatalf("%v, %+v", todo, l)
	}
	l.end(noon)
	if l.Ended == first {
		t.Error("two leases end alike: the word about one would be taken for the other")
	}
}

func TestALeaseIsGrantedToWhoeverKnowsAllThatIsNotItsOwn(t *testing.T) {
	here := map[string]bool{"a": true, "b": true}
	d := ruled(2, "", "a", "b")
	l, open := d.Lines[0], holding("a", 1, returns.Authorised)
	l.Next = "b"
	all := []*claim{open}
	if d.decide(all, here, noon); l.Holder != "" {
		t.Fatal("b would take back what a may")
	}
	open.state = returns.Closed
	todo := d.decide(all, here, noon)
	if len(todo) != 1 || todo[0] != (tell{"b", tellCame, "1", false}) || l.Holder != "" {
		t.Fatalf("%v, holder %q", todo, l.Holder)
	}
	d.Places["b"].Came["1"] = came{Told: 1, Knows: 1}
	if d.decide(all, here, noon); l.Holder != "b" {
		t.Fatal("b knows of it")
	}
}

func TestWhatAStationHasRefusedItIsToldAgainWhenItCanTakeIt(t *testing.T) {
	here := map[string]bool{"a": true, "b": true}
	d := ruled(1, "", "a", "b")
	mine := holding("b", 1, returns.Authorised)
	all := []*claim{holding("a", 1, returns.Closed), mine}
	if todo := d.decide(all, here, noon); len(todo) > 0 {
		t.Fatalf("tells %v of what b would refuse", todo)
	}
	mine.state, mine.units = returns.Expired, nil
	if todo := d.decide(all, here, noon); len(todo) != 1 || todo[0].what != tellCame {
		t.Fatalf("%v", todo)
	}
	p := d.Places["b"]
	p.Came["1"] = came{Told: 1, Again: true} // it had begun one meanwhile, and refused
	if todo := d.decide(all, here, noon); len(todo) != 1 || !todo[0].again {
		t.Fatalf("%v", todo)
	}
	p.Again = true
	if todo := d.decide(all, here, noon); len(todo) != 1 || todo[0].what != tellOrder {
		t.Fatalf("%v", todo)
	}
	mine.state = returns.Requested
	p.Again = true
	if todo := d.decide(all, here, noon); len(todo) != 0 {
		t.Fatalf("%v while a return is open", todo)
	}
}
