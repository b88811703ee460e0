package payment

import (
	"testing"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/money"
)

// counted is cash that staff have got.
func counted(minor int64) Said {
	return Said{Status: AtPaid, Currency: "EUR", Captured: minor, Captures: 1}
}

func TestCashIsWhatStaffSayAndNobodyIsAskedForIt(t *testing.T) {
	begun := func() Payment {
		p, err := New("order-1", money.Of(2500, "EUR")).Begin(firstID, Cash, 2500, begin, life)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	step := func(p Payment, in Input, now time.Time) (Payment, string) {
		after, news, err := p.Step(firstID, in, now, true)
		if err != nil {
			t.Fatal(err)
		}
		if len(after.Errands()) > 0 {
			t.Errorf("%T: somebody is asked for cash: %+v", in, after.Errands())
		}
		return after, short(after.Attempts[0], news)
	}
	for _, c := range []struct {
		in   Input
		now  time.Time
		want string
	}{
		{counted(2500), begin, "PAID 2500/0/0 accepted serve"},
		{counted(2500), begin.Add(life), "PAID 2500/0/0 accepted serve"},
		{counted(2500), begin.Add(life + 1), "PAID_LATE 2500/0/0 accepted serve"},
		{counted(2400), begin,
			"REFUND_PENDING 0/0/2400 task:wrong_money refunding:wrong_money task:pay_at_counter"},
		{Leave{}, begin, "CANCELLED 0/0/0 closed"},
		{Tick{}, begin.Add(life - 1), "SHOWN 0/0/0"},
		{Tick{}, begin.Add(life), "EXPIRED 0/0/0 closed"},
		{Silent{}, begin, "SHOWN 0/0/0"},
		{Said{Status: AtClosed}, begin, "SHOWN 0/0/0"},
	} {
		if _, got := step(begun(), c.in, c.now); got != c.want {
			t.Errorf("%+v after %v: %s, want %s", c.in, c.now.Sub(begin), got, c.want)
		}
	}
	p, _ := step(begun(), Tick{}, begin.Add(life))
	if _, got := step(p, counted(2500), begin.Add(2*life)); got != "PAID_LATE 2500/0/0 accepted serve" {
		t.Errorf("counted after it was called off: %s", got)
	}

	p, _ = step(begun(), counted(2500), begin)
	p, news, err := p.GiveBack(1000, begin)
	got := short(p.Attempts[0], news)
	if err != nil || got != "REFUND_PENDING 1500/0/1000 refunding:returned task:pay_at_counter" {
		t.Fatalf("%s, %v", got, err)
	}
	if _, _, err := p.Step(firstID, Retry{}, begin, true); ledger.CodeOf(err) != ledger.Conflict {
		t.Errorf("cash is ordered back again: %v", err)
	}
	p, got = step(p, ByHand{}, begin)
	if got != "REFUND_DONE 1500/1000/0 refund_made:returned" || !p.Settled() {
		t.Errorf("paid at the counter: %s", got)
	}
	if _, _, err := p.Step(firstID, ByHand{}, begin, true); ledger.CodeOf(err) != ledger.Conflict {
		t.Errorf("cash is paid back twice: %v", err)
	}
}

func TestAnAttemptThatCannotBeIsRefused(t *testing.T) {
	p := New("order-1", money.Of(2500, "EUR"))
	for name, c := range map[string]struct {
		id     string
		tender Tender
		amount int64
		life   time.Duration
		slug   string // empty: it begins
	}{
		"all of it": {firstID, Phone, 2500, life, ""}, "a minor unit": {firstID, Phone, 1, life, ""},
		"nothing": {firstID, Phone, 0, life, "amount"}, "too much": {firstID, Phone, 2501, life, "amount"},
		"a short life": {firstID, Phone, 1, ShortestLife - 1, "attempt-life"},
		"the shortest": {firstID, Phone, 1, ShortestLife, ""}, "the longest": {firstID, Phone, 1, LongestLife, ""},
		"a long life":        {firstID, Phone, 1, LongestLife + 1, "attempt-life"},
		"a short id":         {firstID[:15], Phone, 1, life, "attempt-id"},
		"a way that is none": {firstID, "iou", 1, life, "tender"},
	} {
		_, err := p.Begin(c.id, c.tender, c.amount, begin, c.life)
		r, refused := err.(*ledger.Refusal)
		if refused != (c.slug != "") || refused && r.Slug != c.slug {
			t.Errorf("%s: %v, want %q", name, err, c.slug)
		}
	}
	if New("order-1", money.Of(0, "EUR")).Served != true {
		t.Error("an order of nothing has to be paid")
	}
}

func TestNobodyIsAskedToPayWhileMoneyMayComeOrIsGoingBack(t *testing.T) {
	wrong := Said{Status: AtPaid, Currency: "EUR", Captured: 2400, Captures: 1}
	back := RefundSaid{ID: firstID + "-r1", Status: BackDone, Amount: 2400, Currency: "EUR"}
	refused := RefundSaid{ID: firstID + "-r1", Status: BackRefused}
	for name, c := range map[string]struct {
		heard []Input
		slug  string // empty: an attempt may begin
	}{
		"asked":                {nil, "payment-open"},
		"silent":               {[]Input{Silent{}}, "payment-open"},
		"left":                 {[]Input{Leave{}}, "payment-open"},
		"closed":               {[]Input{Leave{}, Said{Status: AtClosed}}, ""},
		"declined":             {[]Input{Said{Status: AtDeclined}}, ""},
		"paid":                 {[]Input{counted(2500)}, "order-paid"},
		"another amount":       {[]Input{wrong}, "money-going-back"},
		"it has gone back":     {[]Input{wrong, back}, ""},
		"it cannot go back":    {[]Input{wrong, refused}, "money-going-back"},
		"paid back by hand":    {[]Input{wrong, refused, ByHand{}}, ""},
		"closed, paid at last": {[]Input{Said{Status: AtClosed}, counted(2500)}, "order-paid"},
	} {
		p, err := New("order-1", money.Of(2500, "EUR")).Begin(firstID, Phone, 2500, begin, life)
		for _, in := range c.heard {
			if err == nil {
				p, _, err = p.Step(firstID, in, begin, true)
			}
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		r, no := p.Ready().(*ledger.Refusal)
		if no != (c.slug != "") || no && r.Slug != c.slug {
			t.Errorf("%s: %v, want %q", name, r, c.slug)
		}
	}
	p, _ := New("order-1", money.Of(2500, "EUR")).Drop(begin)
	if r, no := p.Ready().(*ledger.Refusal); !no || r.Slug != "order-given-up" {
		t.Errorf("%v", r)
	}
}

func TestAPaymentIsOverADayAfterItsEnd(t *testing.T) {
	p, err := New("order-1", money.Of(2500, "EUR")).Begin(firstID, Phone, 2500, begin, life)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		after         time.Duration
		settled, over bool
	}{
		{0, true, false}, {15 * time.Minute, true, false}, {24*time.Hour - 1, true, false},
		{24 * time.Hour, true, true},
	} {
		if p.Over() {
			t.Error("it is over before its time")
		}
		if p, _, err = p.Step(firstID, counted(2500), begin.Add(c.after), true); err != nil {
			t.Fatal(err)
		}
		if p.Settled() != c.settled || p.Over() != c.over {
			t.Errorf("after %v: settled %t, over %t", c.after, p.Settled(), p.Over())
		}
	}
}
