package hub

import (
	"strings"
	"testing"
	"time"

	"cubby/locker/centre"
	"cubby/locker/orders"
	"cubby/locker/returns"
	"cubby/locker/wall"
	"cubby/sync/db/dbtest"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// An order put at the hub arrives at its stations; what comes back there is shown, answered
// and paid.
func TestAnOrderGoesDownAndItsReturnComesUp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, at string) {
		s := openShop(t, at, "a", "b")
		a, b := s.at["a"], s.at["b"]
		must(t, s.PutOrder(s.ctx, "user:ann", "SO-1", orderOf(2, 1), []string{"a", "b"}))
		must(t, s.meet("a", "b"))
		o, err := s.Order(s.ctx, "SO-1")
		must(t, err)
		if o.Total != 30000 || len(o.Lines) != 2 || len(o.Stations) != 2 || o.Stations[0].Taken == nil ||
			o.Lines[0].Lease != nil {
			t.Fatalf("the order is %+v", o)
		}
		if strings.Contains(string(o.Body), "MARKER") || strings.Contains(string(o.Body), "10115") {
			t.Errorf("says who the customer is: %s", o.Body)
		}
		r, err := a.back("SO-1", "1", 2)
		must(t, err)
		if !r.Conditional {
			t.Fatalf("taken without asking: %+v", r)
		}
		must(t, s.meet("a"))
		if now := a.returned(r.ID); now.State != returns.Authorised || now.Conditional {
			t.Fatalf("at the station it is %+v", now)
		}
		shown, err := s.Return(s.ctx, "a", r.ID)
		must(t, err)
		if shown.State != returns.Authorised || shown.Answer != agreed || shown.AnsweredBy != "rule" || shown.Waiting {
			t.Errorf("shown as %+v", shown)
		}
		must(t, a.take(r.ID))
		must(t, s.meet("a"))
		waiting, _, err := s.Refunds(s.ctx, RefundFilter{State: "waiting"})
		must(t, err)
		if len(waiting) != 1 || waiting[0].Amount != 20000 || !waiting[0].Waiting || waiting[0].Over {
			t.Fatalf("refunds: %+v", waiting)
		}
		id := waiting[0].ID
		must(t, s.SettleRefund(s.ctx, "user:ann", "a", id, "approved", ""))
		must(t, s.SettleRefund(s.ctx, "user:ann", "a", id, "completed", "paid"))
		must(t, s.SettleRefund(s.ctx, "user:ann", "a", id, "completed", "paid"))
		if got := slug(s.SettleRefund(s.ctx, "user:ann", "a", id, "failed", "no")); got != "refund-final" {
			t.Errorf("paid and then failed: %s", got)
		}
		must(t, s.meet("a", "b"))
		if now := a.returned(r.ID); now.State != returns.Closed {
			t.Fatalf("at the station it is %+v", now)
		}
		if _, err := b.back("SO-1", "1", 1); slug(err) != "back-already" {
			t.Errorf("at the other station: %v", err)
		}
		o, err = s.Order(s.ctx, "SO-1")
		must(t, err)
		if l := o.Lines[0]; l.Back != 2 || l.At["a"] != 2 || l.Over != 0 || len(o.Returns) != 1 || len(o.Refunds) != 1 {
			t.Errorf("line %+v of %+v", l, o)
		}
		if list, _, err := s.Orders(s.ctx, OrderFilter{Text: "SO"}); err != nil || len(list) != 1 {
			t.Errorf("%v %v", list, err)
		}
	})
}

// A station that cannot take an answer because somebody has a door open for the return is
// given it again, with its next fact.
func TestAnAnswerThatCameWhileADoorWasOpenIsGivenAgain(t *testing.T) {
	s := openShop(t, dbtest.SQLite(t), "a", "b")
	a := s.at["a"]
	must(t, s.PutOrder(s.ctx, "user:ann", "SO-1", orderOf(1), []string{"a", "b"}))
	must(t, s.meet("a"))
	must(t, s.GrantLease(s.ctx, "user:ann", "SO-1", "1", "b"))
	r, err := a.back("SO-1", "1", 1)
	must(t, err)
	must(t, a.push(100))
	must(t, s.AnswerReturn(s.ctx, "user:ann", "a", r.ID, false, "not ours"))
	page, err := s.Changes(s.ctx, "a", a.cursor, 100)
	must(t, err)
	last := page.Changes[len(page.Changes)-1]
	must(t, a.try(emits{&centre.ChangeRefused{
		Change: centre.Change{Collection: last.Collection, ID: last.ID, Rev: last.Rev}, Slug: "at-the-door",
		Reason: "a door is open",
	}}))
	a.cursor = page.Next
	must(t, a.push(100))
	got, err := s.Return(s.ctx, "a", r.ID)
	must(t, err)
	if got.Refused != "a door is open" || got.Answer != declined {
		t.Fatalf("refused: %+v", got)
	}
	if kinds := s.kinds(t); kinds["refused"] != 0 {
		t.Errorf("somebody has to see to what goes by itself: %v", kinds)
	}
	must(t, a.try(emits{&wall.DoorClosed{OfDoor: wall.OfDoor{Compartment: "1"}}}))
	must(t, s.meet("a"))
	if now := a.returned(r.ID); now.State != returns.Declined {
		t.Errorf("at the station it is %+v", now)
	}
	if got, err = s.Return(s.ctx, "a", r.ID); err != nil || got.Refused != "" || got.AnsweredBy != "user:ann" {
		t.Errorf("at the hub it is %+v %v", got, err)
	}
}

// A return of an order that the hub does not know waits for a person.
func TestAReturnOfAnOrderThatTheHubDoesNotKnowWaitsForAPerson(t *testing.T) {
	dbtest.Each(t, aReturnOfAnOrderThatTheHubDoesNotKnowWaitsForAPerson)
}

func aReturnOfAnOrderThatTheHubDoesNotKnowWaitsForAPerson(t *testing.T, at string) {
	s := openShop(t, at, "a")
	a := s.at["a"]
	must(t, s.PutOrder(s.ctx, "user:ann", "SO-1", orderOf(1), []string{"a"}))
	must(t, s.meet("a"))
	o, _ := orders.Get(a.state(), "SO-1")
	o.ID, o.Lines[0].Lease = "SO-2", nil
	must(t, a.try(orders.Put{ID: "SO-2", Order: o}))
	r, err := a.back("SO-2", "1", 1)
	must(t, err)
	must(t, s.meet("a"))
	waiting, _, err := s.Returns(s.ctx, ReturnFilter{Waiting: true})
	if err != nil || len(waiting) != 1 || waiting[0].Why != WaitsForPerson {
		t.Fatalf("waiting: %+v %v", waiting, err)
	}
	if kinds := s.kinds(t); kinds["return_waits"] != 1 {
		t.Errorf("troubles: %v", kinds)
	}
	if got := slug(s.AnswerReturn(s.ctx, "user:ann", "a", r.ID, false, "")); got != "reason" {
		t.Errorf("declined without a reason: %s", got)
	}
	must(t, s.AnswerReturn(s.ctx, "user:ann", "a", r.ID, true, ""))
	must(t, s.AnswerReturn(s.ctx, "user:ann", "a", r.ID, true, ""))
	must(t, s.meet("a"))
	if now := a.returned(r.ID); now.State != returns.Authorised || now.Conditional {
		t.Errorf("at the station it is %+v", now)
	}
	if got := slug(s.AnswerReturn(s.ctx, "user:ann", "a", r.ID, false, "no")); got != "wrong-state" {
		t.Errorf("declined afterwards: %s", got)
	}
}

// Changes are told at the place of their newest form: a lease must not come before an
// order that was put again.
func TestAnOrderThatIsPutAgainBeforeItWasFetchedHasItsLease(t *testing.T) {
	for _, to := range [][]string{{"a"}, nil} {
		s := openShop(t, dbtest.SQLite(t), "a", "b")
		a := s.at["a"]
		must(t, s.PutOrder(s.ctx, "user:ann", "SO-1", orderOf(1), to))
		must(t, s.GrantLease(s.ctx, "user:ann", "SO-1", "1", "a"))
		must(t, s.PutOrder(s.ctx, "user:ann", "SO-1", orderOf(2), nil))
		for more := true; more; { // one change at a time
			var err error
			more, err = a.pull(1)
			must(t, err)
		}
		r, err := a.back("SO-1", "1", 2)
		must(t, err)
		if r.Conditional {
			t.Errorf("to %v: it was taken on condition", to)
		}
		must(t, s.meet("a"))
		if l := s.orderLine(t).Lease; l == nil || l.Station != "a" {
			t.Errorf("to %v: the lease is %+v", to, l)
		}
	}
}

// kinds counts the troubles there are.
func (s *shop) kinds(t *testing.T) map[string]int {
	t.Helper()
	all, err := s.Troubles(s.ctx, "")
	must(t, err)
	kinds := map[string]int{}
	for _, one := range all {
		kinds[one.Kind]++
	}
	return kinds
}

func (s *shop) orderLine(t *testing.T) OrderLine {
	t.Helper()
	o, err := s.Order(s.ctx, "SO-1")
	must(t, err)
	return o.Lines[0]
}

func TestWhatTheHubRefusesOfOrders(t *testing.T) {
	dbtest.Each(t, whatTheHubRefusesOfOrders)
}

func whatTheHubRefusesOfOrders(t *testing.T, at string) {
	s := openShop(t, at, "a", "b")
	put := func(id string, stations ...string) string {
		return slug(s.PutOrder(s.ctx, "user:ann", id, orderOf(1), stations))
	}
	grant := func(line, station string) string {
		return slug(s.GrantLease(s.ctx, "user:ann", "SO-1", line, station))
	}
	for _, c := range []struct{ got, want string }{
		{put("a b"), "order-id"},
		{put("SO-1", "nowhere"), "no-such-station"},
		{slug(s.PutOrder(s.ctx, "user:ann", "SO-1", []byte(`{"shop":"acme"}`), nil)), "missing-member"},
		{slug(s.CancelOrder(s.ctx, "user:ann", "SO-1")), "no-such-order"},
		{grant("1", "a"), "no-such-order"},
		{put("SO-1", "a"), "<nil>"},
		{grant("7", "a"), "unknown-line"},
		{grant("1", "b"), "not-there"},
		{put("SO-1", "b"), "<nil>"}, // one more station
		{grant("1", "b"), "<nil>"},
		{slug(s.CancelOrder(s.ctx, "user:ann", "SO-1")), "<nil>"},
		{slug(s.CancelOrder(s.ctx, "user:ann", "SO-1")), "<nil>"},
		{put("SO-1"), "order-cancelled"},
		{grant("1", "a"), "order-cancelled"},
		{slug(s.AnswerReturn(s.ctx, "user:ann", "a", "R-1", true, "")), "no-such-return"},
		{slug(s.SettleRefund(s.ctx, "user:ann", "a", "rf-1", "completed", "")), "no-such-refund"},
		{slug(s.SettleRefund(s.ctx, "user:ann", "a", "rf-1", "lost", "")), "state"},
		{slug(s.SettleRefund(s.ctx, "user:ann", "a", "rf-1", "failed", "")), "reference"},
	} {
		if c.got != c.want {
			t.Errorf("%s; want %s", c.got, c.want)
		}
	}
	for _, err := range []error{func() error { _, err := s.Order(s.ctx, "SO-9"); return err }(),
		func() error { _, err := s.Return(s.ctx, "a", "R-9"); return err }()} {
		if !strings.HasPrefix(slug(err), "no-such-") {
			t.Errorf("what is not there: %v", err)
		}
	}
}

// Refunds beyond what was paid are not paid by themselves.
func TestARefundBeyondWhatWasPaidIsLeftToAPerson(t *testing.T) {
	dbtest.Each(t, aRefundBeyondWhatWasPaidIsLeftToAPerson)
}

func aRefundBeyondWhatWasPaidIsLeftToAPerson(t *testing.T, at string) {
	s := openShop(t, at, "a")
	s.refunds = Automatic
	must(t, s.PutOrder(s.ctx, "user:ann", "SO-1", orderOf(1), []string{"a"}))
	must(t, s.meet("a"))
	ordered := func(id, tender string) *returns.RefundOrdered {
		return &returns.RefundOrdered{
			OfRefund: returns.OfRefund{Refund: id, Case: "R-1", Order: "SO-1", Shop: "acme"}, Tender: tender,
			Kind: "card", Amount: 10000, Currency: "EUR",
		}
	}
	lapses := s.now.Add(time.Hour)
	must(t, s.at["a"].try(emits{
		&returns.CaseRequested{
			OfCase: returns.OfCase{Case: "R-1", Order: "SO-1", Shop: "acme"}, State: returns.Authorised,
			Currency: "EUR",
			Items:    []returns.Item{{N: 1, Line: "1", Quantity: 2, Title: "a thing"}}, Lapses: &lapses,
		},
		ordered("rf-1", "t1"), ordered("rf-2", "t1"), ordered("rf-3", "t9"),
	}))
	must(t, s.at["a"].push(100))
	all, _, err := s.Refunds(s.ctx, RefundFilter{Order: "SO-1"})
	must(t, err)
	got := map[string]string{}
	for _, r := range all {
		got[r.ID] = r.Told
	}
	if len(all) != 3 || got["rf-1"] != "completed" || got["rf-2"]+got["rf-3"] != "" {
		t.Errorf("told: %v", got)
	}
	if kinds := s.kinds(t); kinds["refund_over"] != 2 || kinds["returned_twice"] != 1 {
		t.Errorf("troubles: %v", kinds)
	}
}
