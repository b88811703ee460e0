package orders

import (
	"reflect"
	"testing"
	"time"

	"cubby/locker/ledger"
)

// put is the command that tells of an order; its outcome goes to o.
func put(o Order, outcome *Outcome) Put { return Put{ID: o.ID, Order: o, Outcome: outcome} }

func TestAnOrderIsPutOnceAndNotToldAgain(t *testing.T) {
	s, outcome := newShop(), Outcome("")
	s.must(t, put(some(), &outcome))
	if outcome != Created || len(s.facts) != 1 || s.facts[0].Type() != "order.accepted" {
		t.Fatalf("%s, %v", outcome, s.facts)
	}
	first := s.get(t, "SO-1")
	if first.Rev != 1 || !first.Put.Equal(today) || first.CustomerRef != "C-1" || first.Total() != 12093 {
		t.Errorf("kept as %+v", first)
	}
	s.now = today.Add(time.Hour)
	same := some()
	berlin := time.FixedZone("", 3600)
	same.Ordered = same.Ordered.In(berlin) // the same moment, told otherwise
	s.must(t, put(same, &outcome))
	if outcome != Unchanged || len(s.facts) != 0 || !reflect.DeepEqual(s.get(t, "SO-1"), first) {
		t.Errorf("%s, %v, %+v", outcome, s.facts, s.get(t, "SO-1"))
	}
	other := some()
	other.Delivered = at(13)
	s.must(t, put(other, &outcome))
	if now := s.get(t, "SO-1"); outcome != Changed || s.facts[0].Type() != "order.changed" || now.Rev != 2 ||
		!now.Put.Equal(today) || !now.Delivered.Equal(*at(13)) {
		t.Errorf("%s, %v, %+v", outcome, s.facts, now)
	}
	one := int64(1)
	stale := Put{ID: "SO-1", Order: some(), Condition: ledger.Condition{IfMatch: &one}}
	refusedAs(t, s.do(stale), ledger.Precondition, "changed-meanwhile", "")
	onlyNew := Put{ID: "SO-1", Order: some(), Condition: ledger.Condition{IfNoneMatchAny: true}}
	refusedAs(t, s.do(onlyNew), ledger.Precondition, "exists-already", "")
	refusedAs(t, s.do(Put{ID: "a/b", Order: some()}), ledger.Invalid, "order-id", "")
}

// What the centre has told meanwhile is not taken back by an order that is sent again.
func TestAnOrderSentAgainTakesNothingBack(t *testing.T) {
	s, outcome := newShop(), Outcome("")
	s.must(t, put(some(), nil))
	lease := Lease{Site: "berlin-01", Until: today.Add(24 * time.Hour)}
	s.must(t, ToldReturnedElsewhere{Order: "SO-1", Line: "1", Quantity: 1})
	s.must(t, GrantLease{Order: "SO-1", Line: "2", Lease: lease})
	before := s.get(t, "SO-1")
	s.must(t, put(some(), &outcome))
	now := s.get(t, "SO-1")
	if outcome != Unchanged || !reflect.DeepEqual(now, before) || now.Lines[0].ReturnedElsewhere != 1 ||
		*now.Lines[1].Lease != lease {
		t.Errorf("%s: %+v", outcome, now)
	}
	more := some()
	more.Lines[0].ReturnedElsewhere, more.Lines[1].Lease = 2, &Lease{Site: "hamburg-02", Until: today}
	more.Tenders[0].RefundedElsewhere = 500
	s.must(t, put(more, &outcome))
	s.must(t, put(some(), &outcome))
	if now := s.get(t, "SO-1"); outcome != Unchanged || now.Lines[0].ReturnedElsewhere != 2 ||
		now.Lines[1].Lease.Site != "hamburg-02" || now.Tenders[0].RefundedElsewhere != 500 {
		t.Errorf("%s: %+v", outcome, now)
	}
}

func TestMoreNeverComesBackThanWasBought(t *testing.T) {
	s := newShop()
	s.must(t, put(some(), nil))
	told := func(line string, n int) error {
		return s.do(ToldReturnedElsewhere{Order: "SO-1", Line: line, Quantity: n})
	}
	refusedAs(t, told("1", 3), ledger.Invalid, "out-of-range", "/quantity")
	refusedAs(t, told("9", 1), ledger.Invalid, "unknown-line", "/line")
	refusedAs(t, s.do(ToldReturnedElsewhere{Order: "no", Line: "1"}), ledger.NotFound, "no-such-order", "")
	s.claimed["1"] = 1
	refusedAs(t, told("1", 2), ledger.Conflict, "quantity-claimed", "/quantity")
	if err := told("1", 1); err != nil || len(s.facts) != 1 {
		t.Error(err)
	}
	if err := told("1", 1); err != nil || len(s.facts) != 0 {
		t.Errorf("told again: %v, %v", err, s.facts)
	}
	refusedAs(t, told("1", 0), ledger.Conflict, "never-less", "/quantity")
}

// Two are bought. What cases here have settled stays as it was sold.
func TestAPutTakesNothingFromACase(t *testing.T) {
	fewer := func(n int) Order {
		o := some()
		o.Lines[0].Quantity, o.Lines[0].Discount, o.Tenders[0].Amount = n, 200*int64(
			n,
		), 11093-3598+1799*int64(
			n,
		)
		return o
	}
	for name, c := range map[string]struct {
		change      func() Order
		claimed     int
		repaid      int64
		busy        bool
		slug, place string
	}{
		"fewer than claimed": {
			func() Order { return fewer(1) }, 2, 0, false, "quantity-claimed", "/lines/0/quantity",
		},
		"as many as claimed":      {func() Order { return fewer(1) }, 1, 0, false, "", ""},
		"more":                    {func() Order { return fewer(3) }, 2, 0, false, "", ""},
		"fewer, and none claimed": {func() Order { return fewer(1) }, 0, 0, true, "", ""},
		"fewer than here and elsewhere": {
			func() Order { o := fewer(1); o.Lines[0].ReturnedElsewhere = 1; return o },
			1, 0, false, "quantity-claimed", "/lines/0/quantity",
		},
		"another price": {func() Order {
			o := some()
			o.Lines[0].UnitPrice, o.Lines[1].UnitPrice = 1899, 8200
			return o
		}, 1, 0, false, "price-settled", "/lines/0/unit_price"},
		"without the line": {func() Order {
			o := some()
			o.Lines, o.Tenders[0].Amount = o.Lines[1:], 11093-3598
			return o
		}, 1, 0, false, "quantity-claimed", "/lines"},
		"less paid than repaid": {
			func() Order { return fewer(1) }, 0, 9295, false, "tender-repaid", "/tenders/0/amount",
		},
		"as much paid": {func() Order { return fewer(1) }, 0, 9294, false, "", ""},
		"without the tender": {func() Order {
			o := some()
			o.Tenders[0].ID = "t9"
			return o
		}, 0, 1, false, "tender-repaid", "/tenders"},
		"another currency": {
			func() Order { o := some(); o.Currency = "CHF"; return o },
			0, 0, true, "price-settled", "/currency",
		},
		"another currency, with no case": {
			func() Order { o := some(); o.Currency = "CHF"; return o }, 0, 0, false, "", "",
		},
		"delivered later": {
			func() Order { o := some(); o.Delivered = at(20); return o }, 2, 11093, true, "", "",
		},
	} {
		s := newShop()
		s.must(t, put(some(), nil))
		s.claimed["1"], s.repaid["t1"], s.busy = c.claimed, c.repaid, c.busy
		err := s.do(put(c.change(), nil))
		if c.slug == "" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		t.Run(name, func(t *testing.T) { refusedAs(t, err, ledger.Conflict, c.slug, c.place) })
	}
}

func TestACancelledOrderStaysCancelled(t *testing.T) {
	s, outcome := newShop(), Outcome("")
	s.must(t, put(some(), nil))
	s.busy = true
	refusedAs(t, s.do(Cancel{Order: "SO-1"}), ledger.Conflict, "case-open", "")
	refusedAs(t, s.do(Forget{Order: "SO-1"}), ledger.Conflict, "case-open", "")
	s.busy = false
	s.must(t, Cancel{Order: "SO-1"})
	s.must(t, Cancel{Order: "SO-1"})
	if len(s.facts) != 0 || !s.get(t, "SO-1").Cancelled {
		t.Error("cancelled twice, or not")
	}
	s.must(t, put(some(), &outcome))
	if outcome != Unchanged || !s.get(t, "SO-1").Cancelled {
		t.Errorf("the order sent again: %s", outcome)
	}
	other := some()
	other.Delivered = at(13)
	refusedAs(t, s.do(put(other, nil)), ledger.Conflict, "order-cancelled", "")
	s.must(t, Forget{Order: "SO-1"})
	refusedAs(t, s.do(Forget{Order: "SO-1"}), ledger.NotFound, "no-such-order", "")
}

func TestALeaseGoesToOneSite(t *testing.T) {
	s := newShop()
	s.must(t, put(some(), nil))
	grant := func(site string, until time.Time) error {
		return s.do(GrantLease{Order: "SO-1", Line: "1", Lease: Lease{site, until}})
	}
	for i, site := range []string{"a", "a", "b"} {
		if err := grant(site, today); err != nil || len(s.facts) != []int{1, 0, 1}[i] {
			t.Errorf("to %s: %v, %v", site, err, s.facts)
		}
	}
	if l := s.get(t, "SO-1").Lines[0].Lease; l.Site != "b" {
		t.Errorf("the lease is %+v", l)
	}
	refusedAs(t, grant("", today), ledger.Invalid, "missing-member", "/site")
	refusedAs(t, grant("a", time.Time{}), ledger.Invalid, "missing-member", "/until")
}

// The reference to the customer goes 30 days after the last delivery; the order itself when
// its days are over. Neither while a case is open.
func TestWhatIsOverIsForgotten(t *testing.T) {
	s := newShop()
	s.policy.OrderDays = 100
	s.must(t, put(some(), nil)) // delivered on 12 February
	over := func(days int, want string) {
		t.Helper()
		for _, early := range []time.Duration{-time.Second, 0} {
			s.now = at(12).AddDate(0, 0, days).Add(early)
			forget, reference := DueBefore(s.policy, s.now)
			s.must(t, Tidy{Orders: []string{"SO-1", "none"}})
			due := map[string]bool{"order.forgotten": !forget.Before(*at(12)),
				"order.customer_erased": !reference.Before(*at(12))}[want]
			if told := len(s.facts) == 1 && s.facts[0].Type() == want; told != (early == 0) || due != told {
				t.Errorf("after %d days and %v: %v, looked for: %t", days, early, s.facts, due)
			}
		}
	}
	s.busy = true
	s.now = today.AddDate(1, 0, 0)
	s.must(t, Tidy{Orders: []string{"SO-1"}})
	if len(s.facts) != 0 {
		t.Errorf("an order with an open case: %v", s.facts)
	}
	s.busy = false
	over(30, "order.customer_erased")
	if o := s.get(t, "SO-1"); o.CustomerRef != "" || o.Rev != 2 {
		t.Errorf("kept as %+v", o)
	}
	outcome := Outcome("")
	s.must(t, put(some(), &outcome)) // by a centre that sends it again
	if outcome != Unchanged || s.get(t, "SO-1").CustomerRef != "" {
		t.Errorf("the reference came back: %s", outcome)
	}
	over(100, "order.forgotten")
	if _, ok := Get(ledger.NewState(s.Memory), "SO-1"); ok {
		t.Error("it is there still")
	}
	s.must(t, put(some(), &outcome))
	if outcome != Created || s.get(t, "SO-1").Rev != 1 {
		t.Errorf("put anew: %s", outcome)
	}
}

func TestNothingOfTheCustomerIsInTheLog(t *testing.T) {
	s := newShop()
	o := some()
	o.Prove(func(kind, text string) string { return "mark of " + text }, Proof{
		Postcode: "10115 b", Phone: "+49 30 123456",
	})
	s.must(t, put(o, nil))
	f := s.facts[0].(*Accepted)
	if f.Order.Customer != (Customer{}) || f.Customer == nil {
		t.Errorf("the fact has %+v", f)
	}
	kept := s.get(t, "SO-1")
	if kept.PostcodeHash != "mark of SO-1\x0010115B" || kept.PhoneHash != "mark of SO-1\x003456" {
		t.Errorf("kept as %+v", kept.Customer)
	}
}

func TestAnOrderOfAnotherShopIsRefused(t *testing.T) {
	s := newShop()
	s.policy.Shops = []string{"elsewhere"}
	refusedAs(t, s.do(put(some(), nil)), ledger.Invalid, "other-shop", "/shop")
	s.policy.Shops = append(s.policy.Shops, some().Shop)
	s.must(t, put(some(), nil))
}
