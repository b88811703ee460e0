package payment

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/money"
)

var begin = time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)

const (
	firstID = "attempt-0000000001"
	life    = 5 * time.Minute
)

// at is an attempt of 25.00 EUR by phone in a state that histories lead to.
func at(t *testing.T, s State) Attempt {
	t.Helper()
	a := Attempt{
		ID: firstID, Tender: Phone, Amount: money.Of(2500, "EUR"), State: Created, Created: begin,
		Expires: begin.Add(life),
	}
	shown := Said{Status: AtOpen, Remote: "p1", Page: "https://pay.example/p1"}
	paid := Said{Status: AtPaid, Remote: "p1", Currency: "EUR", Captured: 2500, Captures: 1}
	refused := RefundSaid{ID: firstID + "-r1", Status: BackRefused}
	done := RefundSaid{ID: firstID + "-r1", Status: BackDone, Amount: 2500, Currency: "EUR"}
	way := map[State][]Input{
		Created: nil, Shown: {shown}, Pending: {shown, Said{Status: AtProcessing}}, Paid: {shown, paid},
		Failed: {shown, Said{Status: AtDeclined}}, Expired: {shown, Said{Status: AtExpired}},
		Cancelled: {shown, Leave{}, Said{Status: AtClosed}}, Unknown: {shown, Leave{}},
		PaidLate: {shown, Leave{}, paid}, Duplicate: {shown, paid, twice(paid)},
		RefundPending: {shown, paid, GiveBack{2500}}, RefundDone: {shown, paid, GiveBack{2500}, done},
		RefundFailed: {shown, paid, GiveBack{2500}, refused},
	}
	for _, in := range way[s] {
		var err error
		if a, _, err = a.Step(in, begin.Add(time.Minute), World{Goods: true}); err != nil {
			t.Fatal(err)
		}
	}
	if a.State != s {
		t.Fatalf("%s was reached instead of %s", a.State, s)
	}
	return a
}

func twice(o Said) Said {
	o.Captured, o.Captures = 2*o.Captured, 2*o.Captures
	return o
}

// Every state and every input: what becomes of it. An input that is not in a row changes
// neither the state nor anybody's money.
func TestEveryStateAndEveryInput(t *testing.T) {
	soon, late := begin.Add(2*time.Minute), begin.Add(life)
	said := func(s Status) Said { return Said{Status: s, Remote: "p1"} }
	paid := Said{Status: AtPaid, Remote: "p1", Currency: "EUR", Captured: 2500, Captures: 1}
	wrong := Said{Status: AtPaid, Remote: "p1", Currency: "EUR", Captured: 2400, Captures: 1}
	dollars := Said{Status: AtPaid, Remote: "p1", Currency: "USD", Captured: 2500, Captures: 1}
	back := Said{Status: AtPaid, Remote: "p1", Currency: "EUR", Captured: 2500, Captures: 1, Refunded: 2500}
	answer := func(s RefundStatus, amount int64) RefundSaid {
		return RefundSaid{ID: firstID + "-r1", Status: s, Amount: amount, Currency: "EUR"}
	}
	inputs := []struct {
		name  string
		in    Input
		now   time.Time
		world World
	}{
		{"open", said(AtOpen), soon, World{}}, {"processing", said(AtProcessing), soon, World{}},
		{"declined", said(AtDeclined), soon, World{}}, {"expired", said(AtExpired), soon, World{}},
		{"closed", said(AtClosed), soon, World{}}, {"absent", said(AtAbsent), soon, World{}},
		{"absent for an hour", said(AtAbsent), late.Add(Forget), World{}},
		{"paid nothing", said(AtPaid), soon, World{}},
		{"paid", paid, soon, World{Goods: true}}, {"paid after its time", paid, late.Add(1), World{Goods: true}},
		{"paid at the last moment", paid, late, World{Goods: true}},
		{"paid, no goods", paid, soon, World{}}, {"paid late, no goods", paid, late.Add(1), World{}},
		{"paid, covered", paid, soon, World{Goods: true, Covered: true}},
		{"paid twice", twice(paid), soon, World{Goods: true}},
		{"wrong amount", wrong, soon, World{Goods: true}}, {"wrong currency", dollars, soon, World{Goods: true}},
		{"paid back elsewhere", back, soon, World{Goods: true}},
		{"silent", Silent{}, soon, World{}}, {"early tick", Tick{}, late.Add(-1), World{}},
		{"tick", Tick{}, late, World{}}, {"late tick", Tick{}, late.Add(TellRefund), World{}},
		{"leave", Leave{}, soon, World{}},
		{"refund done", answer(BackDone, 2500), soon, World{}},
		{"refund pending", answer(BackPending, 2500), soon, World{}},
		{"refund refused", answer(BackRefused, 0), soon, World{}},
		{"refund of another amount", answer(BackDone, 2400), soon, World{}},
		{"another refund", RefundSaid{ID: "other", Status: BackDone, Amount: 2500, Currency: "EUR"}, soon, World{}},
		{"retry", Retry{}, soon, World{}}, {"by hand", ByHand{}, soon, World{}},
		{"give back", GiveBack{1000}, soon, World{}}, {"give too much back", GiveBack{2501}, soon, World{}},
	}
	// State, kept/refunded/on the way back, and the news; "-" is a refusal.
	money := map[string]string{
		"paid": "PAID 2500/0/0 accepted", "paid after its time": "PAID_LATE 2500/0/0 accepted",
		"paid at the last moment": "PAID 2500/0/0 accepted",
		"paid, no goods":          "REFUND_PENDING 0/0/2500 refunding:no_goods",
		"paid late, no goods":     "PAID_LATE 0/0/2500 refunding:no_goods",
		"paid, covered":           "DUPLICATE 0/0/2500 refunding:paid_twice",
		"paid twice":              "DUPLICATE 2500/0/2500 accepted refunding:paid_twice",
		"wrong amount":            "REFUND_PENDING 0/0/2400 task:wrong_money refunding:wrong_money",
		"wrong currency":          "REFUND_PENDING 0/0/2500 task:wrong_money refunding:wrong_money",
		"paid back elsewhere":     "REFUND_DONE 0/2500/0 task:elsewhere",
	}
	waiting := with(money, map[string]string{
		"declined": "FAILED 0/0/0 closed", "expired": "EXPIRED 0/0/0 closed", "closed": "CANCELLED 0/0/0 closed",
		"absent": "UNKNOWN 0/0/0", "absent for an hour": "EXPIRED 0/0/0 task:forgotten closed",
		"paid nothing": "UNKNOWN 0/0/0", "tick": "UNKNOWN 0/0/0", "late tick": "UNKNOWN 0/0/0",
		"leave": "UNKNOWN 0/0/0", "open": "SHOWN 0/0/0", "processing": "PENDING 0/0/0",
	})
	lately := with(money, map[string]string{
		"paid": "PAID_LATE 2500/0/0 accepted", "paid at the last moment": "PAID_LATE 2500/0/0 accepted",
		"paid, no goods": "PAID_LATE 0/0/2500 refunding:no_goods",
	})
	closed := with(lately, map[string]string{"open": "UNKNOWN 0/0/0", "processing": "UNKNOWN 0/0/0"})
	twiceMore := "DUPLICATE 2500/0/2500 refunding:paid_twice"
	elsewhere := "REFUND_DONE 0/2500/0 task:elsewhere refund_made:elsewhere"
	kept := map[string]string{
		"paid twice": twiceMore, "paid back elsewhere": elsewhere, "wrong currency": "",
		"give back": "REFUND_PENDING 1500/0/1000 refunding:returned",
	}
	underWay := map[string]string{
		"refund done": "REFUND_DONE 0/2500/0 refund_made:returned", "refund pending": "REFUND_PENDING 0/0/2500",
		"refund refused":           "REFUND_FAILED 0/0/2500 task:refused",
		"refund of another amount": "REFUND_FAILED 0/0/2500 task:contradicted",
		"late tick":                "REFUND_PENDING 0/0/2500 task:slow_refund",
		"paid twice":               "REFUND_PENDING 0/0/2500",
	}
	table := map[State]map[string]string{
		Created: with(waiting, map[string]string{
			"absent": "", "absent for an hour": "", "silent": "UNKNOWN 0/0/0",
		}),
		Shown: waiting, Pending: waiting,
		Unknown: with(waiting, with(lately, map[string]string{
			"open": "", "processing": "", "leave": "", "tick": "", "late tick": "UNKNOWN 0/0/0 task:long_unknown",
		})),
		Failed: closed, Expired: closed, Cancelled: closed, Paid: kept, PaidLate: kept,
		Duplicate: {
			"refund done":              "REFUND_DONE 2500/2500/0 refund_made:paid_twice",
			"refund pending":           "REFUND_PENDING 2500/0/2500",
			"refund refused":           "REFUND_FAILED 2500/0/2500 task:refused",
			"refund of another amount": "REFUND_FAILED 2500/0/2500 task:contradicted",
			"late tick":                "DUPLICATE 2500/0/2500 task:slow_refund",
			"give back":                "DUPLICATE 1500/0/2500",
		},
		RefundPending: underWay,
		RefundDone:    {"paid twice": "DUPLICATE 0/2500/2500 refunding:paid_twice"},
		RefundFailed: {
			"retry": "REFUND_PENDING 0/0/2500 refunding:returned", "paid twice": "REFUND_FAILED 0/0/2500",
			"by hand": "REFUND_DONE 0/2500/0 refund_made:returned", "paid back elsewhere": "REFUND_DONE 0/2500/0 " +
				"refund_made:elsewhere",
		},
	}
	names := map[string]bool{}
	for _, state := range States {
		for _, i := range inputs {
			names[i.name] = true
			a := at(t, state)
			want := table[state][i.name]
			if want == "" {
				want = short(a, nil)
			}
			after, news, err := a.Step(i.in, i.now, i.world)
			people := slices.Contains([]string{"retry", "by hand", "give back", "give too much back"}, i.name)
			if refused := people && table[state][i.name] == ""; refused != (err != nil) {
				t.Errorf("%s, %s: %v", state, i.name, err)
			}
			if err != nil && ledger.CodeOf(err) != ledger.Conflict {
				t.Errorf("%s, %s: %v", state, i.name, err)
			}
			if got := short(after, news); got != want {
				t.Errorf("%s, %s:\n got %s\nwant %s", state, i.name, got, want)
			}
		}
	}
	for state, row := range table {
		for name := range row {
			if !names[name] {
				t.Errorf("%s has a row for %q, which is no input", state, name)
			}
		}
	}
}

func with(rows ...map[string]string) map[string]string {
	all := map[string]string{}
	for _, r := range rows {
		for k, v := range r {
			all[k] = v
		}
	}
	return all
}

func short(a Attempt, news []News) string {
	s := fmt.Sprintf("%s %d/%d/%d", a.State, a.Kept, a.Refunded, a.Refund.Amount)
	for _, n := range news {
		s += " " + strings.TrimSuffix(string(n.What)+":"+string(n.Why), ":")
	}
	return s
}
