package returns_test

import (
	"testing"

	"cubby/locker/parcel"
	"cubby/locker/returns"
)

// A new item that costs more waits until the old one is in and the centre says that the
// difference was paid, whichever comes first.
func TestADearerNewItemWaitsUntilTheDifferenceIsPaid(t *testing.T) {
	for name, paidFirst := range map[string]bool{"paid, then brought": true, "brought, then paid": false} {
		t.Run(name, func(t *testing.T) {
			s := newSite("s1")
			s.put(t, "O-1", orderR("s1"))
			var c returns.Case
			s.do(t, returns.Request{
				Channel: returns.Asked, Order: "O-1", Prefer: "exchange", Agreed: true, Now: &c,
				Items: []returns.Ask{{Line: "A", Quantity: 1, Reason: "too_small"}},
			})
			dearer := returns.Swap{SKU: "A-XL", Title: "the same, larger", Price: 3000, ToPay: 1000}
			s.do(t, returns.TellSwap{Case: c.ID, Swap: dearer})
			s.do(t, parcel.Announce{ID: "P-2", Announcement: parcel.Announcement{ExchangeOf: c.ID}})
			held := func() bool {
				p, _ := parcel.Parcels.Get(s.state(), "P-2")
				return p.OnHold != nil
			}
			paid := dearer
			paid.Settled = true
			steps := []func(){
				func() { s.do(t, returns.TellSwap{Case: c.ID, Swap: paid}) },
				func() { s.do(t, returns.Drop{By: ann, Case: c.ID}) },
			}
			if !paidFirst {
				steps[0], steps[1] = steps[1], steps[0]
			}
			for _, step := range steps {
				if !held() {
					t.Fatal("the new item may be had too early")
				}
				step()
			}
			if held() {
				t.Error("the old one is in and the new one paid, and it is held still")
			}
			before := len(s.facts)
			s.do(t, returns.TellSwap{Case: c.ID, Swap: paid})
			if len(s.facts) != before {
				t.Errorf("told again: %v", s.facts[before:])
			}
			s.refused(t, returns.TellSwap{Case: c.ID, Swap: dearer}, "paid-already")
		})
	}
}

func TestAnExchangeThatCannotBeIsRefused(t *testing.T) {
	s := newSite("s1")
	s.put(t, "O-1", orderR("s1"))
	var c returns.Case
	s.do(t, returns.Request{
		Channel: returns.Asked, Order: "O-1", Agreed: true, Now: &c,
		Items: []returns.Ask{{Line: "A", Quantity: 1, Reason: "too_small"}},
	})
	for slug, swap := range map[string]returns.Swap{
		"amount": {Title: "x", Price: -1}, "title": {Price: 1}, "card-number": {Title: "4111111111111111"},
	} {
		s.refused(t, returns.TellSwap{Case: c.ID, Swap: swap}, slug)
	}
	s.refused(t, returns.TellSwap{Case: "R-0000-0000", Swap: returns.Swap{Title: "x"}}, "no-such-return")
	s.do(t, returns.End{Case: c.ID, State: returns.Cancelled})
	s.refused(t, returns.TellSwap{Case: c.ID, Swap: returns.Swap{Title: "x"}}, "wrong-state")
}
