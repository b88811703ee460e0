package stock

import (
	"testing"
	"time"

	"cubby/locker/visit"
)

func granted(sku string, number int64, units int, until time.Time, confirmed bool) Grant {
	return Grant{SKU: sku, Offer: Offer{number, units, until}, Confirmed: confirmed}
}

// lease gives a site units as the centre does: offered, and confirmed when it has answered.
func (s *site) lease(t testing.TB, sku string, number int64, units int, until time.Time) {
	t.Helper()
	s.must(t, granted(sku, number, units, until, false))
	s.must(t, granted(sku, number, units, until, true))
}

func afar(n int) Line { return Line{SKU: "A", Quantity: n, Afar: true} }

// Two stations have leases of 4 and 3: the fifth at the first is refused, though the other has three.
func TestAPromiseComesFromTheStationsOwnLease(t *testing.T) {
	a, b := newSite(), newSite()
	a.lease(t, "A", 1, 4, monday.Add(time.Hour))
	b.lease(t, "A", 1, 3, monday.Add(time.Hour))
	for i, cart := range []string{"1", "2", "3", "4"} {
		a.must(t, hold(cart, afar(1)))
		a.must(t, commit(cart, "SO-"+cart))
		if l := LeaseOf(a.state(), "A"); l.Left != 3-i || l.Sold != int64(i+1) || l.Promised != 0 {
			t.Errorf("the lease is %+v", l)
		}
	}
	a.refuses(t, "ask-centre", hold("5", afar(1)))
	a.must(t, do(func(t *visit.Turn) error { return Want(t, "A", 1) }))
	b.must(t, hold("6", afar(3)))
	a.must(t, do(func(t *visit.Turn) error { return Sent(t, "1", "A", 1) }))
	a.refuses(t, "not-held", do(func(t *visit.Turn) error { return Sent(t, "1", "A", 1) }))
}

func TestAnOfferCountsWhenTheCentreHasHeardTheAnswer(t *testing.T) {
	s, until := newSite(), monday.Add(time.Hour)
	s.must(t, granted("A", 1, 4, until, false))
	s.refuses(t, "ask-centre", hold("c", afar(1)))
	facts := len(s.facts)
	s.must(t, granted("A", 1, 4, until, false))
	if len(s.facts) != facts {
		t.Error("an offer that came twice was answered twice")
	}
	s.must(t, Grant{SKU: "A", Withdrawn: true})
	s.must(t, granted("A", 1, 4, until, true)) // it does not know the offer any more: it answers anew
	s.refuses(t, "ask-centre", hold("c", afar(1)))
	s.must(t, granted("A", 1, 4, until, true))
	s.must(t, granted("A", 1, 4, until, true))
	s.must(t, hold("c", afar(4)))
	if l := LeaseOf(s.state(), "A"); l.Left != 0 || l.Promised != 4 {
		t.Errorf("the lease is %+v", l)
	}
	s.refuses(t, "out-of-range", granted("A", 2, 0, until, false))

	s.must(t, granted("A", 2, 3, until, false))
	s.wait(t, time.Hour)
	s.must(t, granted("A", 2, 3, until, true))
	if l := LeaseOf(s.state(), "A"); l.Left != 0 || l.Number != 2 || l.Offer != nil {
		t.Errorf("a lease that came too late is %+v", l)
	}
}

func TestALeaseEndsAndWhatWasPromisedStays(t *testing.T) {
	s, until := newSite(), monday.Add(time.Hour)
	s.lease(t, "A", 1, 4, until)
	s.must(t, hold("c", afar(2)))
	s.must(t, commit("c", "SO-1"))
	s.must(t, hold("d", afar(1)))
	s.must(t, keep("d", until.Add(time.Minute)))
	s.wait(t, time.Hour-time.Second)
	s.must(t, hold("e", afar(1)))
	s.must(t, release("e"))
	s.wait(t, time.Second)
	if l := LeaseOf(s.state(), "A"); l.Left != 0 || l.Promised != 1 || l.Sold != 2 {
		t.Errorf("after its end the lease is %+v", l)
	}
	s.refuses(t, "ask-centre", hold("e", afar(1)))
	s.must(t, hold("d", afar(1)))
	s.must(t, release("d"))
	s.must(t, release("c"))
	if l := LeaseOf(s.state(), "A"); l.Left != 0 || l.Promised != 0 || l.Sold != 0 {
		t.Errorf("after all was released the lease is %+v", l)
	}
}
