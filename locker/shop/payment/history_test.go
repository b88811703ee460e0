package payment

import (
	"flag"
	"fmt"
	"os"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cubby/locker/money"
)

// A till is a provider that keeps its word, behind a line that does not.
type till struct {
	status   Status
	currency string
	captured int64
	captures int
	refunded int64
	refunds  map[string]int64
	page     bool // somebody has its page
}

// A play is one order, what providers know of it, and what was done with it.
type play struct {
	t      *rapid.T
	p      Payment
	now    time.Time
	tills  map[string]*till
	goods  bool
	serves int
	back   int64 // ordered back
	hand   int64 // paid back by hand
	moody  bool  // a provider may take money for what it has closed
}

func (p *play) step(id string, in Input) {
	after, news, err := p.p.Step(id, in, p.now, p.goods)
	if err != nil {
		p.t.Fatalf("%T: %v", in, err)
	}
	p.p = after
	p.hear(news)
}

func (p *play) hear(news []News) {
	for _, n := range news {
		if n.What == Serve {
			p.serves++
			if !p.goods {
				p.t.Fatal("goods were promised that are not there")
			}
		}
	}
}

// run runs one errand; lost says whether the question or the answer is.
func (p *play) run(e Errand, lost string) {
	id := e.Attempt.ID
	if lost == "question" {
		p.silent(e)
		return
	}
	at := p.tills[id]
	if at == nil && e.Do == DoCreate {
		at = &till{status: AtOpen, currency: e.Attempt.Amount.Currency, refunds: map[string]int64{}}
		p.tills[id] = at
	}
	var said RefundSaid
	switch {
	case e.Do == DoClose && at != nil && at.status == AtOpen:
		at.status = AtClosed
	case e.Do == DoRefund:
		said = p.refund(at, e.Attempt.Refund)
	}
	switch {
	case lost == "answer":
		p.silent(e)
	case e.Do == DoRefund:
		p.step(id, said)
	case at == nil:
		p.step(id, Said{Status: AtAbsent})
	default:
		at.page = at.page || at.status == AtOpen
		p.step(id, Said{
			Status: at.status, Remote: "r" + id, Page: "https://pay.example", Currency: at.currency,
			Captured: at.captured, Captures: at.captures, Refunded: at.refunded,
		})
	}
}

func (p *play) silent(e Errand) {
	if e.Do != DoRefund {
		p.step(e.Attempt.ID, Silent{})
	}
}

func (p *play) refund(at *till, r Refund) RefundSaid {
	amount, known := at.refunds[r.ID]
	if !known {
		if at.refunded+r.Amount > at.captured {
			p.t.Fatalf("%d are paid back of %d, with %d before", r.Amount, at.captured, at.refunded)
		}
		amount = r.Amount
		if rapid.IntRange(0, 9).Draw(p.t, "refused") == 0 {
			amount = 0
		}
		at.refunds[r.ID] = amount
		at.refunded += amount
	}
	if amount == 0 {
		return RefundSaid{ID: r.ID, Status: BackRefused}
	}
	return RefundSaid{ID: r.ID, Status: BackDone, Amount: amount, Currency: at.currency}
}

// pay is what a customer does with a page.
func (p *play) pay(a Attempt) {
	at := p.tills[a.ID]
	if at == nil || !at.page || at.status != AtOpen && !p.moody {
		return
	}
	amount := a.Amount.Minor
	switch rapid.SampledFrom([]string{"", "", "", "", "declined", "less", "dollars"}).Draw(p.t, "how") {
	case "declined":
		if at.captured == 0 {
			at.status = AtDeclined
		}
		return
	case "less":
		amount = max(amount-1, 1)
	case "dollars":
		if at.captured == 0 {
			at.currency = "USD"
		}
	}
	at.status, at.captured, at.captures = AtPaid, at.captured+amount, at.captures+1
}

func (p *play) begin() {
	left := max(p.p.Left(), 1)
	amount := left
	if rapid.IntRange(0, 3).Draw(p.t, "part") == 0 {
		amount = rapid.Int64Range(1, left).Draw(p.t, "amount")
	}
	id := fmt.Sprintf("attempt-%010d", len(p.p.Attempts))
	tender := rapid.SampledFrom([]Tender{Phone, Terminal, Cash}).Draw(p.t, "tender")
	after, err := p.p.Begin(id, tender, amount, p.now, life)
	if err != nil {
		return
	}
	for id, at := range p.tills {
		if at.status == AtOpen {
			p.t.Fatalf("%s can be paid still, and another attempt began", id)
		}
	}
	for _, a := range p.p.Attempts {
		if a.Got.Minor != a.Kept+a.Refunded {
			p.t.Fatalf("another attempt began, and of %s money is here that pays for nothing", a.ID)
		}
	}
	p.p = after
}

func (p *play) tick() {
	if at, id := p.p.Deadline(); !at.IsZero() {
		if at.After(p.now) {
			p.now = at
		}
		p.step(id, Tick{})
	}
}

func (p *play) act() {
	lost := rapid.SampledFrom([]string{"", "", "question", "answer"}).Draw(p.t, "lost")
	switch rapid.SampledFrom([]string{
		"begin", "run", "run", "run", "pay", "pay", "tick", "wait", "leave", "drop", "back", "goods", "cash",
	}).Draw(p.t, "act") {
	case "begin":
		p.begin()
	case "run":
		if all := p.p.Errands(); len(all) > 0 {
			p.run(rapid.SampledFrom(all).Draw(p.t, "errand"), lost)
		}
	case "pay", "leave", "cash":
		if len(p.p.Attempts) == 0 {
			return
		}
		a := rapid.SampledFrom(p.p.Attempts).Draw(p.t, "attempt")
		switch {
		case a.Tender == Cash && a.State == Shown && rapid.Bool().Draw(p.t, "counted"):
			p.step(a.ID, Said{Status: AtPaid, Currency: "EUR", Captured: a.Amount.Minor, Captures: 1})
		case a.Tender != Cash && lost != "question":
			p.pay(a)
		default:
			p.step(a.ID, Leave{})
		}
	case "tick":
		p.tick()
	case "wait":
		p.now = p.now.Add(time.Duration(rapid.IntRange(0, 400).Draw(p.t, "seconds")) * time.Second)
	case "drop":
		if rapid.IntRange(0, 4).Draw(p.t, "really") == 0 {
			after, news := p.p.Drop(p.now)
			p.p = after
			p.hear(news)
		}
	case "back":
		if kept := p.p.Paid(); p.p.Served && kept > 0 {
			amount := rapid.Int64Range(1, kept).Draw(p.t, "back")
			after, news, err := p.p.GiveBack(amount, p.now)
			if err != nil {
				p.t.Fatal(err)
			}
			p.p, p.back = after, p.back+amount
			p.hear(news)
		}
	case "goods":
		p.goods = !p.goods
	}
}

// finish lets the line work and time go by until nothing is left to do.
func (p *play) finish() {
	for range 1000 {
		todo := p.p.Errands()
		for _, e := range todo {
			if e.At.After(p.now) {
				p.now = e.At
			}
			p.run(e, "")
		}
		at, _ := p.p.Deadline()
		if !at.IsZero() {
			p.tick()
		}
		hands := 0
		for _, a := range p.p.Attempts {
			if a.State == RefundFailed || a.Tender == Cash && a.Refund.ID != "" {
				before := a.Refunded
				p.step(a.ID, ByHand{})
				p.hand += p.p.Attempts[p.p.find(a.ID)].Refunded - before
				hands++
			}
		}
		if len(todo) == 0 && at.IsZero() && hands == 0 {
			return
		}
	}
	p.t.Fatalf("it does not end: %+v", p.p)
}

func (p *play) judge() {
	var captured, refunded, cash int64
	for _, at := range p.tills {
		captured, refunded = captured+at.captured, refunded+at.refunded
	}
	for _, a := range p.p.Attempts {
		if a.Tender == Cash {
			cash += a.Got.Minor
		}
		if !a.Settled() || a.Kept < 0 || a.Kept > a.Amount.Minor {
			p.t.Fatalf("stuck: %+v", a)
		}
	}
	if !p.p.Over() {
		p.t.Fatalf("it is not over: %+v", p.p)
	}
	kept := p.p.Paid()
	if captured+cash-refunded-p.hand != kept {
		p.t.Fatalf("%d and %d came, %d and %d went back, %d is for goods: %+v", captured, cash, refunded, p.hand,
			kept,
			p.p)
	}
	switch {
	case p.serves > 1 || p.p.Served != (p.serves == 1):
		p.t.Fatalf("goods were promised %d times: %+v", p.serves, p.p)
	case p.p.Served && !p.p.Dropped && kept != p.p.Due.Minor-p.back:
		p.t.Fatalf("goods for %d, of which %d went back, keep %d: %+v", p.p.Due.Minor, p.back, kept, p.p)
	case p.p.Dropped && kept != 0:
		p.t.Fatalf("an order that was given up keeps %d", kept)
	}
}

func TestWhateverHappensGoodsAreGivenOnceAndMoneyIsAccountedFor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := &play{
			t: t, p: New("order-1", money.Of(rapid.Int64Range(1, 9999).Draw(t, "due"), "EUR")), now: begin,
			tills: map[string]*till{}, goods: true, moody: rapid.IntRange(0, 3).Draw(t, "moody") == 0,
		}
		for range rapid.IntRange(1, 80).Draw(t, "acts") {
			p.act()
		}
		p.finish()
		p.judge()
	})
}

func TestARefundIsSharedByWhatEachTenderHasPaid(t *testing.T) {
	p := New("order-1", money.Of(5000, "EUR"))
	for i, part := range []struct {
		tender Tender
		amount int64
	}{{Gift, 2000}, {Points, 500}, {Terminal, 2500}} {
		id := fmt.Sprintf("attempt-%010d", i)
		var err error
		if p, err = p.Begin(id, part.tender, part.amount, begin, life); err != nil {
			t.Fatal(err)
		}
		if _, err := p.Begin("attempt-another01", Phone, 1, begin, life); err == nil {
			t.Error("a second attempt began while the first is open")
		}
		said := Said{Status: AtPaid, Currency: "EUR", Captured: part.amount, Captures: 1}
		var news []News
		if p, news, err = p.Step(id, said, begin, true); err != nil {
			t.Fatal(err)
		}
		if served := news[len(news)-1].What == Serve; served != (i == 2) {
			t.Errorf("after %d of three: %v", i+1, news)
		}
	}
	for _, c := range []struct{ back, gift, points, terminal int64 }{
		{3000, 1200, 300, 1500}, {1999, 800, 200, 999}, {1, 0, 0, 1},
	} {
		before := p
		after, _, err := p.GiveBack(c.back, begin)
		if err != nil {
			t.Fatal(err)
		}
		p = after
		for i, want := range []int64{c.gift, c.points, c.terminal} {
			if got := before.Attempts[i].Kept - p.Attempts[i].Kept; got != want {
				t.Errorf("%d of %d went to tender %d, want %d", got, c.back, i, want)
			}
		}
	}
	if _, _, err := p.GiveBack(1, begin); err == nil {
		t.Error("more went back than was paid")
	}
}

func TestAnErrandWaitsLongerWithEachTry(t *testing.T) {
	e := Errand{Attempt: Attempt{State: Unknown}, Do: DoGet}
	for i, want := range []int{2, 4, 8, 16, 32, 60, 60} {
		if got := e.Wait(i+1, false); got != time.Duration(want)*time.Second {
			t.Errorf("after try %d: %v, want %d s", i+1, got, want)
		}
	}
	e.Attempt.State = Shown
	if got := e.Wait(100, true); got != 2*time.Second {
		t.Errorf("a customer before a page waits %v", got)
	}
}

// TestMain plays more histories than rapid does by itself; they are cheap.
func TestMain(m *testing.M) {
	flag.Parse()
	if checks := flag.Lookup("rapid.checks"); checks.Value.String() == checks.DefValue {
		if err := checks.Value.Set("1000"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}
