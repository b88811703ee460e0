package pay

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"cubby/locker/shop/payment"
)

// A Command is what was heard of an attempt, for the rules.
type Command struct {
	Order   string
	Attempt string
	Input   payment.Input
}

// Config describes a worker.
type Config struct {
	Providers map[payment.Tender]Provider // of those that are asked; cash is not
	// Tell has the rules decide a command, and returns when that is committed or refused:
	// a refusal of the rules is no error. An error has it told again later. It may call Set.
	Tell func(ctx context.Context, c Command) error
	// Find is the errand of an attempt that has none any more, when a provider speaks of
	// it: a DoGet with the attempt as it is. May be nil.
	Find func(ctx context.Context, attempt string) (payment.Errand, bool)
	// Trouble hears how a provider is when that changes. May be nil.
	Trouble func(t payment.Tender, now Trouble, detail string)
	Log     *slog.Logger // nil: nowhere
}

// Worker runs the errands of all payments, each attempt's one at a time.
type Worker struct {
	cfg  Config
	wake chan struct{}

	mu      sync.Mutex // guards what follows
	jobs    map[string]*job
	lines   map[payment.Tender]*line
	running int
}

// A job is the errand of one attempt.
type job struct {
	payment.Errand
	due     time.Time
	tries   int
	running bool
	hinted  bool          // while it ran
	untold  payment.Input // was heard, and the rules do not know it
	gone    bool          // it has no errand any more
}

const (
	mostAtOnce = 8
	retell     = time.Second // after the rules did not take a command
)

// NewWorker makes a worker without errands. It does nothing before Run.
func NewWorker(cfg Config) *Worker {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	w := &Worker{cfg: cfg, wake: make(chan struct{}, 1), jobs: map[string]*job{}}
	w.lines = map[payment.Tender]*line{}
	for t := range cfg.Providers {
		w.lines[t] = &line{}
	}
	return w
}

// Set says which errands an order has now: those of Payment.Errands, after each commit
// that changed it, and once for each order after a start. It does not block.
func (w *Worker) Set(order string, errands []payment.Errand) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now, named := time.Now(), map[string]bool{}
	for _, e := range errands {
		if _, ok := w.lines[e.Attempt.Tender]; ok {
			named[e.Attempt.ID] = true
			w.set(e, now)
		}
	}
	for id, j := range w.jobs {
		if j.Order == order && !named[id] {
			w.drop(id, j)
		}
	}
	w.awake()
}

func (w *Worker) set(e payment.Errand, now time.Time) {
	j, known := w.jobs[e.Attempt.ID]
	if !known {
		j = &job{}
		w.jobs[e.Attempt.ID] = j
	}
	before := j.Errand
	j.Errand, j.gone = e, false
	same := known && before.Do == e.Do && before.Attempt.State == e.Attempt.State && before.At.Equal(e.At) &&
		before.Attempt.Refund.ID == e.Attempt.Refund.ID
	if same {
		return
	}
	j.tries, j.due = 0, now
	switch {
	case e.At.After(now):
		j.due = e.At
	case known && e.Do == payment.DoGet:
		j.due = now.Add(e.Wait(1, true)) // somebody was asked just now
	}
}

// drop forgets a job; one that runs is forgotten when it ends.
func (w *Worker) drop(id string, j *job) {
	j.gone = true
	if !j.running && j.untold == nil {
		delete(w.jobs, id)
	}
}

// Hint has an attempt asked for now: its provider has something to say. It does not block.
func (w *Worker) Hint(attempt string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	j, ok := w.jobs[attempt]
	switch {
	case !ok:
		j = &job{Errand: payment.Errand{Attempt: payment.Attempt{ID: attempt}}, gone: true, hinted: true}
		w.jobs[attempt] = j
		fallthrough
	case !j.running:
		j.due = time.Now()
	default:
		j.hinted = true
	}
	w.awake()
}

// State is how the provider of a tender is: where it is not Working nobody is offered to
// pay so. A tender that nobody is asked for is Unreachable.
func (w *Worker) State(t payment.Tender) Trouble {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch l, ok := w.lines[t]; {
	case !ok:
		return Unreachable
	case l.trouble == "":
		return Working
	default:
		return l.trouble
	}
}

func (w *Worker) awake() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// Run works until the context ends, and returns when nothing runs any more.
func (w *Worker) Run(ctx context.Context) {
	var all sync.WaitGroup
	defer all.Wait()
	for {
		next := w.dispatch(ctx, &all)
		timer := time.NewTimer(next)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-w.wake:
			timer.Stop()
		case <-timer.C:
		}
	}
}

// dispatch starts what is due, and says when the next is.
func (w *Worker) dispatch(ctx context.Context, all *sync.WaitGroup) (next time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	next = time.Hour
	now := time.Now()
	for id, j := range w.jobs {
		l := w.lines[j.Attempt.Tender]
		due := j.due
		if l != nil && j.untold == nil {
			due = l.free(due)
		}
		switch {
		case j.running:
		case due.After(now):
			next = min(next, due.Sub(now))
		case w.running >= mostAtOnce, l != nil && j.untold == nil && !l.take():
			// whoever ends wakes us
		default:
			j.running, j.hinted = true, false
			w.running++
			e, untold, gone := j.Errand, j.untold, j.gone
			all.Go(func() { w.run(ctx, id, e, untold, gone) })
		}
	}
	return next
}

// run runs one errand, or tells what was heard before.
func (w *Worker) run(ctx context.Context, id string, e payment.Errand, heard payment.Input, gone bool) {
	answered := heard != nil
	found := true
	if heard == nil {
		if gone {
			e, found = w.find(ctx, id)
		}
		if found {
			heard, answered = w.ask(ctx, e)
		}
	}
	var err error
	if heard != nil && ctx.Err() == nil {
		err = w.cfg.Tell(ctx, Command{e.Order, id, heard})
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	defer w.awake()
	w.running--
	j := w.jobs[id]
	j.running = false
	now := time.Now()
	switch {
	case err != nil:
		w.cfg.Log.Warn("what a payment provider said cannot be decided yet", "error", err)
		j.untold, j.due, j.Order = heard, now.Add(retell), e.Order
		return
	case j.gone && !(found && j.hinted):
		delete(w.jobs, id)
		return
	}
	j.untold = nil
	if j.Do == e.Do && j.Attempt.State == e.Attempt.State && !gone { // Set has said nothing new
		j.tries++
		j.due = now.Add(e.Wait(j.tries, answered))
		if e.At.After(j.due) {
			j.due = e.At
		}
	}
	if j.hinted {
		j.due = now
	}
}

func (w *Worker) find(ctx context.Context, id string) (payment.Errand, bool) {
	if w.cfg.Find == nil {
		return payment.Errand{}, false
	}
	e, ok := w.cfg.Find(ctx, id)
	e.Do = payment.DoGet
	return e, ok && w.cfg.Providers[e.Attempt.Tender] != nil
}

// ask asks the provider. What changes nothing is not handed on; answered is true all the
// same.
func (w *Worker) ask(ctx context.Context, e payment.Errand) (heard payment.Input, answered bool) {
	p := w.cfg.Providers[e.Attempt.Tender]
	var err error
	switch e.Do {
	case payment.DoRefund:
		var said payment.RefundSaid
		said, err = p.Refund(ctx, e)
		heard = said
	default:
		ask := map[payment.Do]func(context.Context, payment.Errand) (payment.Said, error){
			payment.DoCreate: p.Create, payment.DoGet: p.Get, payment.DoClose: p.Close,
		}[e.Do]
		var said payment.Said
		said, err = ask(ctx, e)
		heard = said
	}
	if ctx.Err() != nil { // of the end of the process nothing follows
		return nil, false
	}
	w.heard(e.Attempt.Tender, err)
	if err != nil {
		w.cfg.Log.Info("a payment provider has not answered", "asked", e.Do, "tender", e.Attempt.Tender, "why", err)
		heard = payment.Silent{}
	}
	after, news, refusal := e.Attempt.Step(heard, time.Now(), payment.World{})
	if refusal == nil && after == e.Attempt && len(news) == 0 {
		return nil, err == nil
	}
	return heard, err == nil
}

// heard keeps in mind how the provider of a tender is.
func (w *Worker) heard(t payment.Tender, err error) {
	var f *Failure
	if err != nil && !errors.As(err, &f) {
		f = &Failure{Trouble: Unreachable, Detail: err.Error()}
	}
	w.mu.Lock()
	changed := w.lines[t].heard(f, time.Now())
	now := w.lines[t].trouble
	w.mu.Unlock()
	if changed && w.cfg.Trouble != nil {
		detail := ""
		if f != nil {
			detail = f.Detail
		}
		w.cfg.Trouble(t, now, detail)
	}
}
