package core

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"cubby/cmd/internal/config"
	"cubby/hardware/camera"
	"cubby/hardware/printer"
	"cubby/locker/care"
	"cubby/locker/health"
	"cubby/locker/ledger"
	"cubby/locker/returns"
	"cubby/locker/station"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/sync/refund"
)

// returning is what returns need of the outside: money, pictures and paper. Its methods do
// not block; what has become of something goes back to the station.
type returning struct {
	station *station.Station // set before there is anybody to ask
	health  *health.Registry
	papers  *papers
	log     *slog.Logger
	ctx     context.Context // ends with the core

	payments *payments
	photos   *photos
	cameras  map[string]*camera.Camera // by the name of the device
	jobs     sync.Map                  // print job -> terminal, of what is at a printer
	working  sync.WaitGroup
	cfg      *config.Config
}

func newReturning(ctx context.Context, cfg *config.Config, v vault, p *papers, h *health.Registry,
	log *slog.Logger) (*returning, error) {
	paid, err := newPayments(ctx, cfg, log)
	if err != nil {
		return nil, err
	}
	return &returning{
		health: h, papers: p, log: log, ctx: ctx, payments: paid, cfg: cfg, cameras: map[string]*camera.Camera{},
		photos: &photos{folder: filepath.Join(cfg.Station.DataDir, "photos"), vault: v},
	}, nil
}

// open begins to look after cameras and providers.
func (r *returning) open(told sink) error {
	r.station = told.station
	r.payments.note, r.payments.answered = told.note, r.answered
	r.payments.open(r.cfg)
	for _, one := range r.cfg.Snapshots() {
		opened, err := camera.Open(one, told)
		if err != nil {
			return err
		}
		r.cameras[one.Device] = opened
	}
	return nil
}

// close waits for what is under way. The context has ended before.
func (r *returning) close() (err error) {
	for _, c := range r.cameras {
		err = errors.Join(err, c.Close())
	}
	r.payments.working.Wait()
	r.working.Wait()
	return err
}

// CameraChanged takes the status of a camera.
func (s sink) CameraChanged(c camera.Report) { s.note(c.Device, string(c.State), c.Detail, c.At) }

// effects are what the rules of returns ask for.
func (r *returning) effects() map[string]func(ledger.Effect) {
	return map[string]func(ledger.Effect){
		returns.Pay{}.Kind():         func(e ledger.Effect) { r.pay(e.(returns.Pay)) },
		returns.TakePhoto{}.Kind():   func(e ledger.Effect) { r.begin(func() { r.photograph(e.(returns.TakePhoto)) }) },
		returns.ErasePhotos{}.Kind(): func(e ledger.Effect) { r.begin(func() { r.erase(e.(returns.ErasePhotos)) }) },
		returns.Print{}.Kind():       func(e ledger.Effect) { r.begin(func() { r.print(e.(returns.Print)) }) },
		care.Print{}.Kind():          func(e ledger.Effect) { r.begin(func() { r.printCase(e.(care.Print)) }) },
	}
}

func (r *returning) begin(do func()) { r.working.Go(do) }

func (r *returning) pay(e returns.Pay) {
	r.payments.pay(refund.Order{
		ID: e.ID, Case: e.Case, OrderID: e.Order, Tender: e.Tender, Kind: e.Refund.Kind, Reference: e.Reference,
		Given: e.Answer, Amount: e.Amount, Currency: e.Currency, Attempt: e.Attempts, Ordered: e.Ordered,
	})
}

// answered passes on what a provider has said. An answer that gets lost is asked for again
// with the same key.
func (r *returning) answered(o refund.Order, provider string, a refund.Answer) {
	said := returns.AnswerRefund{
		ID: o.ID, State: string(a.State), Provider: provider, Answer: a.Reference, Detail: a.Detail,
	}
	switch a.State {
	case refund.Completed:
		said.Amount = &a.Amount
	case refund.Unknown, refund.Approved:
		said.Again = max(refund.Wait(o.Attempt), a.After)
	}
	ctx, cancel := context.WithTimeout(r.ctx, atWork)
	defer cancel()
	if err := r.station.Settle(ctx, said); err != nil && r.ctx.Err() == nil {
		r.log.Warn("what a provider has said of a refund is not kept; it is asked for again", "refund", o.ID,
			"state", a.State, "error", err)
	}
}

func (r *returning) photograph(e returns.TakePhoto) {
	ctx, cancel := context.WithTimeout(r.ctx, 2*time.Minute) // a camera has a time of its own
	defer cancel()
	taken := returns.PhotoTaken{Visit: e.Visit, ID: e.ID}
	at, _ := r.cfg.TerminalNamed(e.Terminal)
	if camera := r.cameras[at.CameraDevice()]; camera == nil {
		taken.Failed = "this terminal has no camera"
	} else if picture, err := camera.Take(ctx); err != nil {
		taken.Failed = err.Error()
	} else if err := r.photos.keep(e.ID, picture); err != nil {
		r.log.Error("a picture cannot be kept", "error", err)
		taken.Failed = "the picture cannot be kept"
	}
	r.station.Tell(e.Terminal, taken)
}

func (r *returning) erase(e returns.ErasePhotos) {
	if err := r.photos.erase(e.Photos...); err != nil {
		r.log.Error("pictures of a return are not erased; it is tried again within the hour", "case", e.Case,
			"error", err)
	}
}

func (r *returning) print(e returns.Print) {
	r.jobs.Store(e.Job, e.Terminal)
	if err := r.papers.document(e.Terminal, e.Job, e.Paper); err != nil {
		r.log.Warn("nothing is printed", "what", e.Paper.Title(), "error", err)
		r.printed(e.Job, view.PrintFailed)
	}
}

// printed tells whoever waits for a paper how it went; others' papers are not known here.
func (r *returning) printed(job string, result view.Printing) {
	if terminal, ours := r.jobs.LoadAndDelete(job); ours {
		r.station.Tell(terminal.(string), returns.Printed{Job: job, Result: result})
	}
}

// printSink tells whoever waits for the paper of a return, too.
type printSink struct {
	sink
	back *returning
}

// JobEnded takes the end of a printed job.
func (s printSink) JobEnded(e printer.Ended) {
	result := view.PrintFailed
	if e.Result == printer.Printed || e.Result == printer.Sent {
		result = view.PrintDone
	}
	s.back.printed(e.Job, result)
	s.sink.JobEnded(e)
}

const (
	// surveyEvery is how often the core looks at what waits.
	surveyEvery = time.Minute
	// refundLate is for how long a refund may wait before staff are told.
	refundLate = time.Hour
	// photoKept is for how long a picture is kept that no return has yet: somebody may be
	// describing what comes back.
	photoKept = time.Hour
)

// watch looks after refunds that wait and pictures that nobody has a use for.
func (r *returning) watch(ctx context.Context) error {
	look := time.NewTimer(0)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case now := <-look.C:
			r.survey(ctx, now)
			look.Reset(surveyEvery)
		}
	}
}

func (r *returning) survey(ctx context.Context, now time.Time) {
	ctx, cancel := context.WithTimeout(ctx, atWork)
	defer cancel()
	found := new(returns.Surveyed)
	if err := r.station.Settle(ctx, returns.Survey{Found: found}); err != nil {
		if ctx.Err() == nil {
			r.log.Warn("nobody knows what waits", "error", err)
		}
		return
	}
	state, detail := "working", ""
	if late := lateRefunds(found.Waiting, now); late > 0 {
		oldest := found.Waiting[0].Ordered.UTC().Format(time.RFC3339)
		state, detail = "waiting", fmt.Sprintf("%d wait, the oldest since %s", late, oldest)
	}
	r.payments.note(health.Refunds, state, detail, now)
	err := r.photos.sweep(func(id string) bool { return found.Photos[id] }, now.Add(-photoKept))
	if err != nil {
		r.log.Error("pictures that nobody has a use for cannot be removed", "error", err)
	}
}

// lateRefunds counts those that nobody has agreed to for too long.
func lateRefunds(all []returns.Refund, now time.Time) (n int) {
	for _, one := range all {
		if one.State == returns.Pending && now.Sub(one.Ordered) > refundLate {
			n++
		}
	}
	return n
}

// idleReturns carries out what returns ask for in a practice: nothing is paid, and nothing
// comes out.
func idleReturns(tell func(terminal string, c visit.Command)) map[string]func(ledger.Effect) {
	return map[string]func(ledger.Effect){
		returns.Pay{}.Kind():         func(ledger.Effect) {},
		returns.ErasePhotos{}.Kind(): func(ledger.Effect) {},
		returns.TakePhoto{}.Kind(): func(e ledger.Effect) {
			p := e.(returns.TakePhoto)
			tell(p.Terminal, returns.PhotoTaken{Visit: p.Visit, ID: p.ID, Failed: "practice"})
		},
		returns.Print{}.Kind(): func(e ledger.Effect) {
			p := e.(returns.Print)
			tell(p.Terminal, returns.Printed{Job: p.Job, Result: view.PrintDone})
		},
		care.Print{}.Kind(): func(e ledger.Effect) {
			p := e.(care.Print)
			tell(p.Terminal, returns.Printed{Job: p.Job, Result: view.PrintDone})
		},
	}
}
