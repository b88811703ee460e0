package pay

import (
	"context"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"cubby/locker/shop/payment"
	"cubby/sync/pay/paysim"
)

// The faults that payment providers are known for, one by one, and what becomes of each
// payment of 25.00. The customer pays after 20 s.
func TestEachFaultOfAProvider(t *testing.T) {
	phone, terminal := payment.Phone, payment.Terminal
	fault := func(on, kind string) []paysim.Fault { return []paysim.Fault{{On: on, Kind: kind, Times: 1}} }
	after := func(on, kind string, d time.Duration) []paysim.Fault {
		return []paysim.Fault{{On: on, Kind: kind, AfterMS: d.Milliseconds()}}
	}
	for _, c := range []struct {
		name   string
		tender payment.Tender
		faults []paysim.Fault
		again  bool // the money has gone back at once, and the customer may pay again
		gone   bool // the goods, when the time of the payment is over
		back   bool // the order is given up after the payment

		state  payment.State // an hour later
		serves int
		kept   int64
		back1  int64 // what the provider has paid back
		task   payment.Reason
	}{
		{name: "none", tender: phone, state: "PAID", serves: 1, kept: 2500},
		{name: "none at the terminal", tender: terminal, state: "PAID", serves: 1, kept: 2500},
		{name: "the answer comes when nobody waits, and the payment is there", tender: phone,
			faults: after("create", "slow", 15*time.Second), state: "PAID", serves: 1, kept: 2500},
		{name: "the answer is lost", tender: phone, faults: fault("create", "lost-answer"),
			state: "PAID", serves: 1, kept: 2500},
		{name: "a gateway answers", tender: phone, faults: fault("create", "error-after"),
			state: "PAID", serves: 1, kept: 2500},
		{name: "the first question does nothing", tender: phone, faults: fault("create", "error"),
			state: "PAID", serves: 1, kept: 2500},
		{name: "the terminal's answer is lost", tender: terminal, faults: fault("create", "lost-answer"),
			state: "PAID", serves: 1, kept: 2500},
		{name: "no notice comes", tender: phone, faults: []paysim.Fault{{On: "notice", Kind: "lost"}},
			state: "PAID", serves: 1, kept: 2500},
		{name: "each notice comes twice", tender: phone, faults: []paysim.Fault{{On: "notice", Kind: "twice"}},
			state: "PAID", serves: 1, kept: 2500},
		{name: "notices come in another order", tender: phone, faults: append(fault("notice", "late"),
			after("pay", "late", 10*time.Second)...), state: "PAID", serves: 1, kept: 2500},
		{name: "paid after the time", tender: phone, faults: after("pay", "late", 10*time.Minute),
			state: "PAID_LATE", serves: 1, kept: 2500},
		{name: "timed out, but completed", tender: terminal, faults: after("pay", "late", 10*time.Minute),
			state: "PAID_LATE", serves: 1, kept: 2500},
		{name: "paid after the time, and the goods are gone", tender: phone, gone: true,
			faults: after("pay", "late", 10*time.Minute), state: "REFUND_DONE", back1: 2500},
		{name: "never", tender: phone, faults: fault("pay", "never"), state: "UNKNOWN", task: payment.LongUnknown},
		{name: "twice", tender: phone, faults: fault("pay", "twice"), state: "REFUND_DONE", serves: 1, kept: 2500,
			back1: 2500},
		{name: "another amount", tender: phone, faults: fault("pay", "wrong-amount"), again: true,
			state: "REFUND_DONE", back1: 2499, task: payment.WrongMoney},
		{name: "another currency", tender: phone, faults: fault("pay", "wrong-currency"), again: true,
			state: "REFUND_DONE", back1: 2500, task: payment.WrongMoney},
		{name: "the refund is refused", tender: phone, faults: fault("refund", "refused"), back: true, serves: 1,
			state: "REFUND_FAILED", task: payment.Refused},
		{name: "the refund takes its time", tender: phone, faults: after("refund", "pending", 20*time.Minute),
			back: true, serves: 1, state: "REFUND_DONE", back1: 2500},
		{name: "the answer to the refund is lost", tender: phone, faults: fault("refund", "lost-answer"),
			back:   true,
			serves: 1, state: "REFUND_DONE", back1: 2500},
		{name: "the answer to the refund is lost at the terminal", tender: terminal, back: true,
			faults: fault("refund", "lost-answer"), serves: 1, state: "REFUND_DONE", back1: 2500},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, 2500, 1)
				if err := w.sim.Misbehave(c.faults); err != nil {
					t.Fatal(err)
				}
				stop := w.start()
				w.begin(c.tender, 2500)
				time.Sleep(20 * time.Second)
				if n := len(w.sim.Payments()); n != 1 {
					t.Fatalf("there are %d payments at the provider", n)
				}
				if err := w.sim.Pay("attempt-0000000000", false); err != nil {
					t.Fatal(err)
				}
				time.Sleep(5 * time.Second)
				if again := w.begin(c.tender, 2500); again != c.again {
					t.Errorf("the customer was asked to pay again: %t", again)
				}
				w.mu.Lock()
				w.goods = !c.gone
				if c.back {
					w.p, _ = w.p.Drop(time.Now())
					w.worker.Set(w.p.Order, w.p.Errands())
				}
				w.mu.Unlock()
				for range 60 {
					time.Sleep(time.Minute)
					w.tick()
				}
				w.mu.Lock()
				defer func() { w.mu.Unlock(); stop() }()
				a, sum := w.p.Attempts[0], int64(0)
				for _, o := range w.sim.Payments() {
					sum += o.Refunded
				}
				if a.State != c.state || w.serves != c.serves || a.Kept != c.kept || sum != c.back1 {
					t.Errorf("it is %s, served %d times, %d kept, %d paid back; want %s, %d, %d, %d", a.State,
						w.serves, a.Kept, sum, c.state, c.serves, c.kept, c.back1)
				}
				if n := len(w.tasks); (n > 0) != (c.task != "") || c.task != "" && w.tasks[c.task] != 1 {
					t.Errorf("staff have %v, want one of %q", w.tasks, c.task)
				}
			})
		})
	}
}

// A provider that says closed and takes the money all the same: the second attempt pays
// for the goods, and what the first brought goes back.
func TestMoneyForWhatWasClosedGoesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, 2500, 1)
		if err := w.sim.Misbehave([]paysim.Fault{
			{On: "close", Kind: "open-still", Times: 1}, {On: "notice", Kind: "lost"},
		}); err != nil {
			t.Fatal(err)
		}
		stop := w.start()
		w.begin(payment.Phone, 2500)
		time.Sleep(10 * time.Second)
		w.mu.Lock()
		w.step("attempt-0000000000", payment.Leave{})
		w.mu.Unlock()
		time.Sleep(10 * time.Second)
		if !w.begin(payment.Phone, 2500) {
			t.Fatal("the provider has said closed, and nobody may pay")
		}
		time.Sleep(10 * time.Second)
		for i := range 2 {
			if err := w.sim.Pay("attempt-000000000"+strconv.Itoa(1-i), false); err != nil {
				t.Fatal(err)
			}
			time.Sleep(10 * time.Second)
		}
		time.Sleep(2 * time.Hour)
		w.mu.Lock()
		first, second := w.p.Attempts[0], w.p.Attempts[1]
		if first.State != payment.RefundDone || first.Refunded != 2500 || second.State != payment.Paid ||
			w.serves != 1 {
			t.Errorf("%+v\n%+v, served %d times", first, second, w.serves)
		}
		w.mu.Unlock()
		stop()
	})
}

// A question that arrives when its payment was closed already, without having been there,
// makes none that can be paid.
func TestAQuestionThatComesLateMakesNoPayment(t *testing.T) {
	for _, tender := range []payment.Tender{payment.Phone, payment.Terminal} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, 2500, 1)
			held := paysim.Fault{On: "create", Kind: "held", Times: 1, AfterMS: 60_000}
			slower := paysim.Fault{On: "create", Kind: "held", Reference: "nobody", AfterMS: 60_000}
			if err := w.sim.Misbehave([]paysim.Fault{held, slower}); err != nil {
				t.Fatal(err)
			}
			stop := w.start()
			w.begin(tender, 2500)
			time.Sleep(5 * time.Second)
			w.mu.Lock()
			w.step("attempt-0000000000", payment.Leave{})
			w.mu.Unlock()
			time.Sleep(10 * time.Second)
			if !w.begin(payment.Phone, 2500) {
				t.Fatal("the provider knows of no payment, and nobody may pay")
			}
			time.Sleep(5 * time.Second)
			if err := w.sim.Pay("attempt-0000000001", false); err != nil {
				t.Fatal(err)
			}
			time.Sleep(45 * time.Second) // before it is looked at again
			all := w.sim.Payments()
			if len(all) != 2 || slices.ContainsFunc(all, func(o paysim.Payment) bool { return o.Status == "open" }) {
				t.Errorf("the payments are %+v", all)
			}
			time.Sleep(3 * time.Minute)
			if wrong := w.wrong(); wrong != "" || w.serves != 1 {
				t.Errorf("%s, served %d times", wrong, w.serves)
			}
			stop()
		})
	}
}

// told is a provider that has the same to say to everything.
type told struct {
	out
	said payment.Said
}

func (p *told) Get(context.Context, payment.Errand) (payment.Said, error) {
	p.asked.Add(1)
	return p.said, nil
}

// A notice has the payment asked for at once: one that is asked for seldom, and one that
// nobody asks for any more.
func TestANoticeHasThePaymentAskedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &told{said: payment.Said{Status: payment.AtOpen, Remote: "r"}}
		settled := errand()
		settled.Attempt.ID, settled.Attempt.State = "attempt-settled", payment.Expired
		commands := make(chan Command, 10)
		w := NewWorker(Config{
			Providers: map[payment.Tender]Provider{payment.Phone: p},
			Tell:      func(_ context.Context, c Command) error { commands <- c; return nil },
			Find: func(_ context.Context, id string) (payment.Errand, bool) {
				return settled, id == settled.Attempt.ID
			},
		})
		later := errand()
		later.Attempt.State, later.Attempt.Remote, later.Do = payment.Paid, "r", payment.DoGet
		later.Attempt.Checked = 3
		later.At = time.Now().Add(24 * time.Hour)
		w.Set("order-1", []payment.Errand{later})
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan struct{})
		go func() { w.Run(ctx); close(done) }()
		for i, c := range []struct {
			id    string
			asked int32
		}{{"", 0}, {later.Attempt.ID, 1}, {"attempt-unknown", 1}, {settled.Attempt.ID, 2}} {
			if c.id != "" {
				w.Hint(c.id)
			}
			time.Sleep(time.Hour)
			if got := p.asked.Load(); got != c.asked {
				t.Errorf("after step %d it was asked %d times, want %d", i, got, c.asked)
			}
		}
		if c := <-commands; c.Attempt != settled.Attempt.ID || c.Order != "order-1" {
			t.Errorf("told was %+v", c)
		}
		cancel()
		<-done
	})
}
