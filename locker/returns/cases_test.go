package returns_test

import (
	"maps"
	"testing"
	"time"

	"cubby/locker/orders"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/returns"
	"cubby/locker/returns/policy"
	"cubby/locker/stock"
)

var (
	ann = people.Doer{ID: "ann"}
	sue = people.Doer{ID: "sue"}
	sam = people.Doer{ID: "sam"}
)

// brought is a case over the counter, taken in.
func (s *site) brought(t *testing.T, order string, asks ...returns.Ask) returns.Case {
	t.Helper()
	var c returns.Case
	for i := range asks {
		if asks[i].Reason == "" {
			asks[i].Reason = "changed_mind"
		}
		if asks[i].Quantity == 0 {
			asks[i].Quantity = 1
		}
	}
	s.do(t, returns.Request{By: ann, Channel: returns.AtCounter, Order: order, Items: asks, Now: &c})
	s.do(t, returns.Drop{By: ann, Case: c.ID, Now: &c})
	return c
}

func (s *site) settled(t *testing.T, c returns.Case, item int, g returns.Grade, d returns.Decision) {
	t.Helper()
	note := ""
	if g.NeedsNote() {
		note = "seen"
	}
	s.do(t, returns.Grading{By: ann, Case: c.ID, Item: item, Result: g, Note: note})
	s.do(t, returns.Settle{By: ann, Case: c.ID, Item: item, Decision: d})
}

func wantAmounts(t *testing.T, s *site, want map[string]int64) {
	t.Helper()
	if got := amounts(t, s); !maps.Equal(got, want) {
		t.Errorf("paid back are %v, want %v", got, want)
	}
}

// Cases 1 and 2 of the table: A gives 18 and 36, then B 12 and 24.
func TestATenderGetsItsShareOfEachItem(t *testing.T) {
	s := newSite("s1")
	s.put(t, "O-1", orderR("s1"))
	s.settled(t, s.brought(t, "O-1", returns.Ask{Line: "A"}), 1, returns.LikeNew, returns.RefundOriginal)
	wantAmounts(t, s, map[string]int64{"gift_card": 1800, "card": 3600})
	s.settled(t, s.brought(t, "O-1", returns.Ask{Line: "B"}), 1, returns.LikeNew, returns.RefundOriginal)
	wantAmounts(t, s, map[string]int64{"gift_card": 3000, "card": 6000})
}

// Case 3: A once more at another station that is offline.
func TestALineWhoseLeaseIsElsewhereIsRefusedOffline(t *testing.T) {
	one, two := newSite("s1"), newSite("s2")
	for _, s := range []*site{one, two} {
		s.put(t, "O-1", orderR("s1"))
	}
	one.brought(t, "O-1", returns.Ask{Line: "A"})
	ask := returns.Request{By: ann, Channel: returns.AtCounter, Order: "O-1",
		Items: []returns.Ask{{Line: "A", Quantity: 1, Reason: "changed_mind"}}}
	two.refused(t, ask, "leased-elsewhere")
	one.refused(t, ask, "back-already")

	// With the centre in reach it is taken on condition, and no money before the answer.
	two.centre = true
	var c returns.Case
	ask.Now = &c
	two.do(t, ask)
	if !c.Conditional || c.State != returns.Requested {
		t.Fatalf("the case is %s, conditional %t", c.State, c.Conditional)
	}
	two.do(t, returns.Drop{By: ann, Case: c.ID})
	two.do(t, returns.Grading{By: ann, Case: c.ID, Item: 1, Result: returns.LikeNew})
	two.refused(t, returns.Settle{
		By: ann, Case: c.ID, Item: 1, Decision: returns.RefundOriginal,
	}, "centre-undecided")
	two.do(t, returns.Answer{Case: c.ID, Reason: "came back at s1"})
	if len(two.refunds()) != 0 {
		t.Error("money follows from what was declined")
	}
	if c, _ = returns.Cases.Get(two.state(), c.ID); c.Items[0].Decision != returns.GiveBack ||
		c.Items[0].Disposition != returns.BackTo {
		t.Errorf("what was declined is given back, not %+v", c.Items[0])
	}
	two.do(t, returns.End{By: ann, Case: c.ID, State: returns.Closed})
}

func TestWithoutALeaseItIsTakenOnConditionAndPaidWhenTheCentreAgrees(t *testing.T) {
	s := newSite("s1")
	s.settings.Rules = usual(10_000)
	s.put(t, "O-1", orderR(""))
	c := s.brought(t, "O-1", returns.Ask{Line: "A"})
	if !c.Conditional || len(s.refunds()) != 0 {
		t.Fatalf("conditional %t, refunds %v", c.Conditional, s.refunds())
	}
	s.do(t, returns.Answer{Case: c.ID, Agree: true})
	s.do(t, returns.Grading{By: ann, Case: c.ID, Item: 1, Result: returns.LikeNew})
	s.do(t, returns.Settle{By: ann, Case: c.ID, Item: 1, Decision: returns.RefundOriginal})
	wantAmounts(t, s, map[string]int64{"gift_card": 1800, "card": 3600})
}

// An answer is about what the centre knew: more that was added since is not agreed to with
// it. What is over is not answered any more.
func TestAnAnswerIsAboutWhatTheCentreKnew(t *testing.T) {
	s := newSite("s1")
	s.settings.Rules = usual(10_000)
	s.put(t, "O-1", orderR(""))
	c := s.brought(t, "O-1", returns.Ask{Line: "A"}, returns.Ask{Line: "B"})
	s.refused(t, returns.Answer{Case: c.ID, Agree: true, Units: 1}, "return-grown")
	s.do(t, returns.Answer{Case: c.ID, Agree: true, Units: 2})
	other := orderR("")
	other.Receipt, other.GiftReceipt = "RC-2", ""
	s.put(t, "O-2", other)
	ask := returns.Request{By: ann, Channel: returns.AtCounter, Order: "O-2", Now: &c,
		Items: []returns.Ask{{Line: "B", Quantity: 1, Reason: "changed_mind"}}}
	s.do(t, ask)
	s.do(t, returns.End{By: ann, Case: c.ID, State: returns.Cancelled})
	s.refused(t, returns.Answer{Case: c.ID, Agree: true}, "wrong-state")
	s.refused(t, returns.Answer{Case: c.ID, Reason: "it came back elsewhere"}, "wrong-state")
	if c, _ = returns.Cases.Get(s.state(), c.ID); c.State != returns.Cancelled {
		t.Errorf("it is %s", c.State)
	}
}

// What the rules gave when it was asked for stands when they have changed since. How it
// was found counts all the same.
func TestRulesThatChangeTakeNothingThatWasPromised(t *testing.T) {
	for grade, want := range map[returns.Grade]bool{returns.LikeNew: true, returns.WrongItem: false} {
		s := newSite("s1")
		s.settings.Rules, s.settings.Sole = usual(0), true
		o := orderR("")
		o.Channel, o.Contract = orders.InStore, orders.OnPremises // the law gives no second thoughts
		s.put(t, "O-1", o)
		c := s.brought(t, "O-1", returns.Ask{Line: "A"})
		promised := c.Items[0].Refund
		stricter := usual(0)
		for shop, rules := range stricter {
			rules.Windows = nil
			stricter[shop] = rules
		}
		s.settings.Rules = stricter
		s.do(t, returns.Grading{By: ann, Case: c.ID, Item: 1, Result: grade, Note: "looked at"})
		c, _ = returns.Cases.Get(s.state(), c.ID)
		if got := c.Items[0].Refund; promised == 0 || (got == promised) != want {
			t.Errorf("%s: %d was promised, and %d comes back", grade, promised, got)
		}
	}
}

// Case 25: with a limit of 50 money for A comes after grading; with one of 60 at once.
func TestMoneyComesAtOnceUpToTheLimit(t *testing.T) {
	for limit, want := range map[int64]int{5000: 0, 5399: 0, 5400: 2, 6000: 2} {
		s := newSite("s1")
		s.settings.Rules = usual(limit)
		s.put(t, "O-1", orderR("s1"))
		var c returns.Case
		s.do(t, returns.Request{Channel: returns.AtLocker, Order: "O-1", Now: &c,
			Items: []returns.Ask{{Line: "A", Quantity: 1, Reason: "changed_mind"}}})
		s.do(t, returns.Drop{By: ann, Case: c.ID})
		if got := len(s.refunds()); got != want {
			t.Errorf("limit %d: %d refunds at the drop, want %d", limit, got, want)
			continue
		}
		if want > 0 { // it is graded all the same, and never paid twice
			s.do(t, returns.Grading{By: ann, Case: c.ID, Item: 1, Result: returns.Damaged, Note: "torn"})
			s.refused(t, returns.Settle{
				By: ann, Case: c.ID, Item: 1, Decision: returns.RefundOriginal,
			}, "wrong-state")
			s.pays(t)
			wantAmounts(t, s, map[string]int64{"gift_card": 1800, "card": 3600})
			if c, _ = returns.Cases.Get(s.state(), c.ID); c.State != returns.Closed {
				t.Errorf("the case is %s", c.State)
			}
		}
	}
}

// Cases 26 and 27: A for another size, for C at 65, for D at 50.
func TestAnExchangeCountsTheOldItemForWhatWasPaid(t *testing.T) {
	for _, c := range []struct {
		name        string
		price, paid int64
		back        map[string]int64
	}{
		{"another size", 5400, 0, map[string]int64{}},
		{"C at 65", 6500, 1100, map[string]int64{}},
		{"D at 50", 5000, 0, map[string]int64{"gift_card": 133, "card": 267}},
	} {
		s := newSite("s1")
		s.put(t, "O-1", orderR("s1"))
		r := s.brought(t, "O-1", returns.Ask{Line: "A"})
		s.do(t, returns.Grading{By: ann, Case: r.ID, Item: 1, Result: returns.LikeNew})
		swap := returns.Swap{SKU: "NEW", Title: "New one", Price: c.price}
		settle := returns.Settle{By: ann, Case: r.ID, Item: 1, Decision: returns.Exchange, Swap: &swap}
		if c.paid > 0 {
			s.refused(t, settle, "to-pay")
			swap.Settled = true
		}
		s.do(t, settle)
		r, _ = returns.Cases.Get(s.state(), r.ID)
		if r.Swap == nil || max(0, r.Swap.ToPay) != c.paid {
			t.Errorf("%s: to pay %+v, want %d", c.name, r.Swap, c.paid)
		}
		wantAmounts(t, s, c.back)
	}
}

// Case 28: by the gift receipt, 54 as a credit to whoever brings it.
func TestAGiftGivesCreditAndThePayerNothing(t *testing.T) {
	s := newSite("s1")
	s.put(t, "O-1", orderR("s1"))
	var c returns.Case
	s.do(t, returns.Request{By: ann, Channel: returns.AtCounter, Order: "O-1", Gift: true, Now: &c,
		Items: []returns.Ask{{Line: "A", Quantity: 1, Reason: "changed_mind"}}})
	s.do(t, returns.Drop{By: ann, Case: c.ID})
	s.do(t, returns.Grading{By: ann, Case: c.ID, Item: 1, Result: returns.LikeNew})
	s.refused(t, returns.Settle{
		By: ann, Case: c.ID, Item: 1, Decision: returns.RefundOriginal,
	}, "credit-only")
	s.do(t, returns.Settle{By: ann, Case: c.ID, Item: 1, Decision: returns.RefundGiftCard})
	wantAmounts(t, s, map[string]int64{"gift_card": 5400})
	if r := s.refunds()[0]; r.Tender != "" {
		t.Errorf("it goes to the payer's tender %s", r.Tender)
	}
}

// Case 31: asked for 3, arrived 2. Case 32: another serial number.
func TestOnlyWhatArrivedIsPaid(t *testing.T) {
	s := newSite("s1")
	o := orderR("s1")
	o.Lines[0].Quantity, o.Lines[0].UnitPrice, o.Lines[0].Serials = 3, 2000, []string{"SN1", "SN2", "SN3"}
	s.put(t, "O-1", o)
	c := s.brought(t, "O-1", returns.Ask{Line: "A", Quantity: 3})
	s.do(t, returns.Grading{By: ann, Case: c.ID, Item: 1, Quantity: 2, Result: returns.LikeNew, Now: &c})
	if len(c.Items) != 2 || c.Items[0].Share != 3600 || c.Items[1].Share != 1800 || c.Items[1].Quantity != 1 {
		t.Fatalf("split into %+v", c.Items)
	}
	s.settled(t, c, 2, returns.NotThere, returns.GiveBack)
	s.do(t, returns.Settle{By: ann, Case: c.ID, Item: 1, Decision: returns.RefundOriginal})
	wantAmounts(t, s, map[string]int64{"gift_card": 1200, "card": 2400})
	if got := returns.Claimed(s.state(), "O-1", "A"); got != 2 {
		t.Errorf("%d units count as come back, want 2", got)
	}

	c = s.brought(t, "O-1", returns.Ask{Line: "A"})
	s.do(t, returns.Grading{By: ann, Case: c.ID, Item: 1, Result: returns.LikeNew, Serial: "SN9", Now: &c})
	if c.Items[0].Result != returns.WrongItem || c.Items[0].Refund != 0 {
		t.Errorf("another serial number: %+v", c.Items[0])
	}
	s.do(t, returns.Settle{By: ann, Case: c.ID, Item: 1, Decision: returns.GiveBack})
	if got := returns.Claimed(s.state(), "O-1", "A"); got != 2 {
		t.Errorf("what was given back counts as come back: %d", got)
	}
}

// Case 33: 5.00 was points. Case 34: the card is closed.
func TestPointsComeBackAsPointsAndAClosedCardTakesNothing(t *testing.T) {
	s := newSite("s1")
	o := orderR("s1")
	o.Tenders = []orders.Tender{
		{ID: "t1", Kind: orders.GiftCard, Amount: 4000}, {ID: "t2", Kind: orders.Points, Amount: 1000},
		{ID: "t3", Kind: orders.Card, Amount: 4000, Closed: true},
	}
	s.put(t, "O-1", o)
	c := s.brought(t, "O-1", returns.Ask{Line: "A"}, returns.Ask{Line: "B"})
	for i := range 2 {
		s.do(t, returns.Grading{By: ann, Case: c.ID, Item: i + 1, Result: returns.LikeNew})
	}
	s.refused(t, returns.Settle{
		By: ann, Case: c.ID, Item: 1, Decision: returns.RefundOriginal,
	}, "tender-closed")
	s.do(t, returns.Settle{By: ann, Case: c.ID, Item: 2, Decision: returns.RefundOriginal})
	wantAmounts(t, s, map[string]int64{"gift_card": 2880, "points": 720})
	s.do(t, returns.Settle{By: ann, Case: c.ID, Item: 1, Decision: returns.RefundGiftCard})
	wantAmounts(t, s, map[string]int64{"gift_card": 2880 + 5400, "points": 720})
}

// "20 gift + 5 points + 25 card, 30 refunded pro rata": 12, 3, 15.
func TestAnAmountIsSharedInProportion(t *testing.T) {
	s := newSite("s1")
	o := orderR("s1")
	o.Tenders = []orders.Tender{
		{ID: "a", Kind: orders.GiftCard, Amount: 2000}, {ID: "b", Kind: orders.Points, Amount: 500},
		{ID: "c", Kind: orders.Card, Amount: 2500},
	}
	want := []int64{1200, 300, 1500}
	for i, p := range returns.Split(s.state(), o, 3000) {
		if p.Amount != want[i] {
			t.Errorf("%s gets %d, want %d", p.Tender.ID, p.Amount, want[i])
		}
	}
}

// Case 15: everything comes back, and the standard delivery with it.
func TestAllBackGivesTheStandardDeliveryToo(t *testing.T) {
	s := newSite("s1")
	o := orderR("s1")
	o.Shipping = orders.Shipping{Standard: 495, Paid: 995}
	o.Tenders[1].Amount += 995
	s.put(t, "O-1", o)
	c := s.brought(t, "O-1", returns.Ask{Line: "A"}, returns.Ask{Line: "B"})
	s.settled(t, c, 1, returns.LikeNew, returns.RefundOriginal)
	s.settled(t, c, 2, returns.LikeNew, returns.RefundOriginal)
	var sum int64
	for _, amount := range amounts(t, s) {
		sum += amount
	}
	if sum != 9000+495 {
		t.Errorf("%d comes back, want 94.95", sum)
	}
}

func TestARuleIsOverriddenByWhoMayOnceInACaseAndUpToTheCeiling(t *testing.T) {
	s := newSite("s1")
	o := orderR("s1")
	for i := range o.Lines {
		o.Lines[i].FinalSale = true
	}
	o.Channel, o.Contract = orders.InStore, orders.OnPremises
	s.put(t, "O-1", o)
	ask := func(by people.Doer, asks ...returns.Ask) returns.Request {
		return returns.Request{By: by, Channel: returns.AtCounter, Order: "O-1", Items: asks}
	}
	a := returns.Ask{Line: "A", Quantity: 1, Reason: "changed_mind"}
	b := returns.Ask{Line: "B", Quantity: 1, Reason: "changed_mind"}
	s.refused(t, ask(sue, a), "not-returnable")
	a.Override = "the tag was torn off by us"
	b.Override = a.Override
	s.refused(t, ask(ann, a), "not-permitted")
	s.refused(t, ask(people.Doer{}, a), "name-a-person")
	s.refused(t, ask(sue, a, b), "overridden-once")
	r := policy.Default()
	r.OverrideCeiling = 5399
	s.settings.Rules = map[string]policy.Rules{"acme": r}
	s.refused(t, ask(sue, a), "above-ceiling")
	r.OverrideCeiling = 5400
	s.settings.Rules["acme"] = r
	s.do(t, ask(sue, a))
	c := s.cases()[0]
	s.do(t, returns.Drop{By: ann, Case: c.ID})
	s.settled(t, c, 1, returns.LikeNew, returns.RefundOriginal)
	wantAmounts(t, s, map[string]int64{"gift_card": 1800, "card": 3600})
}

func TestMoreThanTheRulesGiveTakesAColleagueAndAReason(t *testing.T) {
	s := newSite("s1")
	s.put(t, "O-1", orderR("s1"))
	c := s.brought(t, "O-1", returns.Ask{Line: "A"})
	s.do(t, returns.Grading{
		By: ann, Case: c.ID, Item: 1, Result: returns.Used, Note: "worn", Loss: 30, Now: &c,
	})
	if c.Items[0].Refund != 3780 {
		t.Fatalf("worn by 30 %% gives %d, want 37.80", c.Items[0].Refund)
	}
	whole, above := int64(5400), int64(5401)
	settle := returns.Settle{
		By: ann, Case: c.ID, Item: 1, Decision: returns.RefundOriginal, Amount: &whole, Reason: "kind",
	}
	s.refused(t, settle, "not-permitted")
	settle.By = sue
	settle.Amount = &above
	s.refused(t, settle, "above-paid")
	settle.Amount = &whole
	settle.Reason = ""
	if err := s.try(settle); err == nil {
		t.Error("more is paid without a reason")
	}
	settle.Reason = "kind"
	s.do(t, settle)
	wantAmounts(t, s, map[string]int64{"gift_card": 1800, "card": 3600})
}

func TestWithoutAnOrderThereIsCreditUpToTheCeilingAlone(t *testing.T) {
	s := newSite("s1")
	r := returns.Request{By: ann, Channel: returns.AtCounter, Shop: "acme", Currency: "EUR",
		Items: []returns.Ask{{Title: "Scarf", SKU: "SCARF", Quantity: 1, Reason: "gift", Amount: 2000}}}
	s.refused(t, r, "not-permitted")
	r.By = people.Doer{}
	s.refused(t, r, "missing-member")
	r.By = sue
	r.Items[0].Amount = 10_001
	s.refused(t, r, "above-ceiling")
	r.Items[0].Amount = 2000
	var c returns.Case
	r.Now = &c
	s.do(t, r)
	s.do(t, returns.Drop{By: sue, Case: c.ID})
	s.do(t, returns.Grading{By: sue, Case: c.ID, Item: 1, Result: returns.LikeNew})
	s.refused(t, returns.Settle{
		By: sue, Case: c.ID, Item: 1, Decision: returns.RefundOriginal,
	}, "credit-only")
	s.do(t, returns.Settle{By: sue, Case: c.ID, Item: 1, Decision: returns.RefundGiftCard})
	wantAmounts(t, s, map[string]int64{"gift_card": 2000})
	if l := stock.Of(s.state(), "SCARF"); l.OnHand != 0 || l.Quarantine != 1 {
		t.Errorf("the stock is %+v: nobody knows where it came from", l)
	}
}

// The new item of an exchange opens for nobody before the old one is in.
func TestTheNewItemWaitsUntilTheOldOneIsIn(t *testing.T) {
	s := newSite("s1")
	s.put(t, "O-1", orderR("s1"))
	s.refused(t, parcel.Announce{
		ID: "P-2", Announcement: parcel.Announcement{ExchangeOf: "R-0000-0000"},
	}, "no-such-return")
	var c returns.Case
	s.do(t, returns.Request{Channel: returns.Asked, Order: "O-1", Prefer: "exchange", Agreed: true, Now: &c,
		Items: []returns.Ask{{Line: "A", Quantity: 1, Reason: "too_small"}}})
	s.do(t, parcel.Announce{ID: "P-2", Announcement: parcel.Announcement{ExchangeOf: c.ID}})
	p, _ := parcel.Parcels.Get(s.state(), "P-2")
	if p.OnHold == nil || p.OnHold.Reason != parcel.ForExchange {
		t.Fatalf("the new item is held by %+v", p.OnHold)
	}
	s.do(t, returns.Drop{By: ann, Case: c.ID})
	if p, _ = parcel.Parcels.Get(s.state(), "P-2"); p.OnHold != nil {
		t.Error("the old one is in, and the new one is held still")
	}
}

// Of an order that a centre has told of, that centre alone agrees: a client that may ask for
// returns is not it, unless the station has the lease.
func TestOnlyTheCentreAgreesForItsOrders(t *testing.T) {
	for _, x := range []struct {
		told        bool
		site        string // that has the lease
		conditional bool
	}{{false, "", false}, {true, "", true}, {true, "s1", false}} {
		s := newSite("s1")
		s.put(t, "O-1", orderR(x.site))
		s.told = map[string]bool{"orders/O-1": x.told}
		var c returns.Case
		s.do(t, returns.Request{Channel: returns.Asked, Order: "O-1", Agreed: true, Now: &c,
			Items: []returns.Ask{{Line: "A", Quantity: 1, Reason: "changed_mind"}}})
		if c.Conditional != x.conditional {
			t.Errorf("told of by the centre %v, leased to %q: on condition is %v", x.told, x.site, c.Conditional)
		}
	}
}

func TestWhatIsNeverBroughtLapsesAndClaimsNothing(t *testing.T) {
	s := newSite("s1")
	s.put(t, "O-1", orderR("s1"))
	var c returns.Case
	s.do(t, returns.Request{Channel: returns.Asked, Order: "O-1", Agreed: true, Now: &c,
		Items: []returns.Ask{{Line: "A", Quantity: 1, Reason: "changed_mind"}}})
	s.now = s.now.Add(14*24*time.Hour - time.Second)
	s.tick(t)
	if c, _ = returns.Cases.Get(s.state(), c.ID); c.State != returns.Authorised {
		t.Fatalf("a second before its time it is %s", c.State)
	}
	s.now = s.now.Add(time.Second)
	s.tick(t)
	if c, _ = returns.Cases.Get(s.state(), c.ID); c.State != returns.Expired {
		t.Fatalf("after its time it is %s", c.State)
	}
	if got := returns.Claimed(s.state(), "O-1", "A"); got != 0 {
		t.Errorf("it claims %d", got)
	}
}

// What had failed and was paid another way may be paid by the provider after all: that is
// told, and not swallowed.
func TestMoneyThatIsOutTwiceIsTold(t *testing.T) {
	s := newSite("s1")
	s.put(t, "O-1", orderR("s1"))
	s.settled(t, s.brought(t, "O-1", returns.Ask{Line: "A"}), 1, returns.LikeNew, returns.RefundOriginal)
	r := s.refunds()[0]
	s.do(t, returns.AnswerRefund{ID: r.ID, State: "failed", Detail: "closed"})
	s.do(t, returns.RedirectRefund{By: sue, ID: r.ID, Kind: "cash"})
	s.do(t, returns.AnswerRefund{ID: r.ID, State: "completed"})
	s.do(t, returns.AnswerRefund{ID: r.ID, State: "completed"}) // said again
	if r, _ = returns.Refunds.Get(s.state(), r.ID); !r.Twice || r.State != returns.Completed {
		t.Errorf("the refund is %+v", r)
	}
	if c := s.cases()[0]; len(c.Signals) != 1 || c.Signals[0] != "paid_twice" {
		t.Errorf("the case says %v", c.Signals)
	}
}
