package pay

import (
	"context"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"cubby/locker/money"
	"cubby/locker/shop/payment"
	"cubby/sync/pay/paysim"
)

const (
	testKey    = "sk_sim_4eC39HqLyjWDarjtT1zdp7dc"
	testSecret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"
	life       = 5 * time.Minute
)

// memory is a network in memory, so that time may be made up.
type memory struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newMemory() *memory { return &memory{conns: make(chan net.Conn), closed: make(chan struct{})} }

func (m *memory) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case m.conns <- there:
		return here, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-m.closed:
		return nil, net.ErrClosed
	}
}

func (m *memory) Accept() (net.Conn, error) {
	select {
	case c := <-m.conns:
		return c, nil
	case <-m.closed:
		return nil, net.ErrClosed
	}
}

func (m *memory) Close() error   { m.once.Do(func() { close(m.closed) }); return nil }
func (m *memory) Addr() net.Addr { return &net.TCPAddr{} }

// A world is a station with one order, and a simulated provider behind HTTP and TCP.
type world struct {
	sim     *paysim.Provider
	hosted  *Hosted
	device  *Terminal
	notices *Notices

	mu      sync.Mutex // guards what follows
	p       payment.Payment
	worker  *Worker
	goods   bool
	serves  int
	tasks   map[payment.Reason]int
	hand    int64  // paid back by hand
	planted bool   // a time that is over is taken for a closed payment
	twice   string // who was asked to pay again while a payment was open
	liar    bool   // a provider says closed of what is open
}

func newWorld(t *testing.T, due int64, seed uint64) *world {
	t.Helper()
	w := &world{p: payment.New("order-1", money.Of(due, "EUR")), goods: true, tasks: map[payment.Reason]int{}}
	key := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(key, []byte(testKey+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	ours, theirs, device := newMemory(), newMemory(), newMemory()
	toUs := &http.Transport{DialContext: ours.dial}
	toThem := &http.Transport{DialContext: theirs.dial}
	w.notices = &Notices{Secret: testSecret, Hint: func(id string) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.worker.Hint(id)
	}}
	w.sim = paysim.New(paysim.Config{
		Key: testKey, Secret: testSecret, Notify: "http://127.0.0.1:1/", Address: "http://127.0.0.1:2", Seed: seed,
		Via: toUs,
	})
	station, provider := &http.Server{Handler: http.HandlerFunc(w.notice)},
		&http.Server{Handler: w.sim.Handler()}
	var all sync.WaitGroup
	all.Go(func() { station.Serve(ours) })
	all.Go(func() { provider.Serve(theirs) })
	all.Go(func() {
		if err := w.sim.ServeTerminal(device); err != nil {
			t.Error(err)
		}
	})
	var err error
	if w.hosted, err = NewHosted(HostedConfig{
		URL: "http://127.0.0.1:2", KeyFile: key, Shop: "Test shop", Via: toThem,
	}); err != nil {
		t.Fatal(err)
	}
	if w.device, err = NewTerminal(TerminalConfig{Address: "terminal:1", Dial: device.dial}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		toUs.CloseIdleConnections()
		toThem.CloseIdleConnections()
		station.Close()
		provider.Close()
		device.Close()
		all.Wait()
	})
	return w
}

// notice is the station's route for what a provider posts.
func (w *world) notice(answer http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err == nil {
		err = w.notices.Take(r.Header, body)
	}
	if err != nil {
		http.Error(answer, err.Error(), http.StatusForbidden)
	}
}

// start begins a worker, as after a start of the process; stop ends it.
func (w *world) start() (stop func()) {
	worker := NewWorker(Config{
		Providers: map[payment.Tender]Provider{payment.Phone: w.hosted, payment.Terminal: w.device},
		Tell:      w.tell, Find: w.find,
	})
	w.mu.Lock()
	w.worker = worker
	worker.Set(w.p.Order, w.p.Errands())
	w.mu.Unlock()
	ctx, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	all.Go(func() { worker.Run(ctx) })
	return func() { cancel(); all.Wait() }
}

func (w *world) find(_ context.Context, id string) (payment.Errand, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, a := range w.p.Attempts {
		if a.ID == id {
			return payment.Errand{Order: w.p.Order, Attempt: a}, true
		}
	}
	return payment.Errand{}, false
}

// tell is the writer: it decides and commits, and sets the errands that follow.
func (w *world) tell(_ context.Context, c Command) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.step(c.Attempt, c.Input)
	return nil
}

func (w *world) step(id string, in payment.Input) {
	if _, ok := in.(payment.Tick); ok && w.planted {
		in = payment.Said{Status: payment.AtClosed} // as if the provider had said so
	}
	after, news, err := w.p.Step(id, in, time.Now(), w.goods)
	if err != nil {
		return
	}
	w.p = after
	for _, n := range news {
		switch n.What {
		case payment.Serve:
			w.serves++
		case payment.Task:
			w.tasks[n.Why]++
		}
	}
	w.worker.Set(w.p.Order, w.p.Errands())
}

// tick lets the deadlines pass that have come.
func (w *world) tick() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for range 2 * len(w.p.Attempts) {
		if at, id := w.p.Deadline(); !at.IsZero() && !at.After(time.Now()) {
			w.step(id, payment.Tick{})
		}
	}
}

func (w *world) begin(t payment.Tender, amount int64) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	id := fmt.Sprintf("attempt-%010d", len(w.p.Attempts))
	after, err := w.p.Begin(id, t, amount, time.Now(), life)
	if err != nil {
		return false
	}
	for _, o := range w.sim.Payments() {
		if (o.Status == "open" || o.Status == "processing") && !w.liar {
			w.twice = o.Reference
		}
	}
	w.p = after
	w.worker.Set(w.p.Order, w.p.Errands())
	return true
}

// hands are staff who pay back what the provider does not.
func (w *world) hands() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i, a := range w.p.Attempts {
		if a.State == payment.RefundFailed {
			w.step(a.ID, payment.ByHand{})
			w.hand += w.p.Attempts[i].Refunded - a.Refunded
		}
	}
}

// wrong is what has gone wrong by the end, if anything.
func (w *world) wrong() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var captured, refunded int64
	for _, o := range w.sim.Payments() {
		captured, refunded = captured+o.Captured, refunded+o.Refunded
		if o.Status == "open" || o.Status == "processing" {
			return fmt.Sprintf("%s can be paid still", o.Reference)
		}
	}
	for _, a := range w.p.Attempts {
		if !a.Settled() {
			return fmt.Sprintf("%s is not settled: %+v", a.ID, a)
		}
	}
	kept := w.p.Paid()
	switch {
	case w.twice != "":
		return fmt.Sprintf("the customer was asked to pay again while %s was open", w.twice)
	case captured-refunded-w.hand != kept:
		return fmt.Sprintf("%d was taken, %d and %d by hand went back, %d pays for goods", captured, refunded,
			w.hand,
			kept)
	case w.serves > 1 || w.p.Served != (w.serves == 1):
		return fmt.Sprintf("goods were promised %d times", w.serves)
	case w.p.Served && !w.p.Dropped && kept != w.p.Due.Minor:
		return fmt.Sprintf("goods for %d were promised, and %d is kept", w.p.Due.Minor, kept)
	case w.p.Dropped && kept != 0:
		return fmt.Sprintf("the order was given up, and %d is kept", kept)
	}
	return ""
}

// misbehave draws some faults.
func misbehave(dice *rand.Rand) (all []paysim.Fault) {
	for _, on := range slices.Sorted(maps.Keys(paysim.Kinds)) {
		for _, kind := range paysim.Kinds[on] {
			if dice.IntN(4) == 0 {
				all = append(all, paysim.Fault{
					On: on, Kind: kind, Rate: 0.1 + 0.5*dice.Float64(), AfterMS: 1 + dice.Int64N(600_000),
				})
			}
		}
	}
	return all
}
