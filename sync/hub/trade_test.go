package hub

import (
	"strings"
	"testing"

	"cubby/locker/returns"
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
		if now := a.case_(r.ID); now.State != returns.Authorised || now.Conditional {
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
		if now := a.case_(r.ID); now.State != returns.Closed {
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
