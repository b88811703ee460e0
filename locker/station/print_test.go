package station

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"cubby/locker/health"
	"cubby/locker/parcel"
	"cubby/locker/view"
)

// paper is a printer that keeps what it is given.
type paper struct {
	mu     sync.Mutex // guards what follows
	given  []Receipt
	forgot []string
	refuse error
}

func (p *paper) Print(r Receipt) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.given = append(p.given, r)
	return p.refuse
}

func (p *paper) Forget(jobs ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.forgot = append(p.forgot, jobs...)
}

func (p *paper) last() (Receipt, []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.given) == 0 {
		return Receipt{}, p.forgot
	}
	return p.given[len(p.given)-1], p.forgot
}

// shows waits for a view that is as wanted.
func (r *rig) shows(what string, is func(view.View) bool) view.View {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var last view.View
	for v := range r.Views(ctx, "") {
		if last = v; is(v) {
			return v
		}
	}
	r.t.Fatalf("the screen never showed %s; it shows %+v", what, last)
	return last
}

func TestAReceiptIsPrintedWithItsCodeAndForgottenWithItsVisit(t *testing.T) {
	p := &paper{}
	r := startWith(t, t.TempDir(), p)
	r.closed()
	r.DeviceChanged(health.Device{Name: "printer", Kind: health.Printer, State: "working"})
	r.courierAtReceipt("p1")
	v := r.shows("a receipt that can be printed", func(v view.View) bool {
		return v.Step == view.StepCourierReceipt && v.Allows(view.ActPrint)
	})
	r.act(view.ActPrint, "")
	got, _ := p.last()
	if got.Code != v.OfCourier().Code || got.PIN != v.OfCourier().PIN || got.Code == "" || got.Door != "1" ||
		got.Station != "Test" ||
		got.Language != "en" || got.Deadline.IsZero() || got.Copy {
		t.Errorf("printed is %+v", got)
	}
	r.Printed("some-other-job", parcel.PrintedReceipt)
	r.Printed(got.Job, parcel.PrintedReceipt)
	r.Printed(got.Job, parcel.LostReceipt) // said twice, heard once
	r.shows("that it is printed", func(v view.View) bool { return v.OfCourier().Print == view.PrintDone })

	r.DeviceChanged(health.Device{Name: "printer", Kind: health.Printer, State: "paper_out"})
	v = r.shows("that there is no paper", func(v view.View) bool {
		return slices.Contains(v.Notices, view.NoticeNoPrinter)
	})
	if v.Allows(view.ActPrint) {
		t.Error("printing is offered without paper")
	}
	r.DeviceChanged(health.Device{Name: "printer", Kind: health.Printer, State: "paper_low"})
	r.shows("that it can be printed", func(v view.View) bool { return v.Allows(view.ActPrint) })

	p.refuse = errors.New("full")
	r.act(view.ActPrint, "")
	r.shows("that it was not printed", func(v view.View) bool { return v.OfCourier().Print == view.PrintFailed })
	if got, _ := p.last(); !got.Copy {
		t.Error("the second one is no copy")
	}
	r.act(view.ActBack, "")
	r.act(view.ActFinish, "")
	r.act(view.ActFinish, "")
	r.until(view.StepIdle)
	if _, forgot := p.last(); len(forgot) != 2 || !slices.Contains(forgot, got.Job) {
		t.Error("the printer may keep the code of a visit that is over")
	}
}

func TestWithoutAPrinterNothingIsSaidOfPaper(t *testing.T) {
	r := start(t, t.TempDir())
	r.closed()
	r.DeviceChanged(health.Device{Name: "printer", Kind: health.Printer, State: "working"})
	r.courierAtReceipt("p1")
	v := r.until(view.StepCourierReceipt)
	if v.Allows(view.ActPrint) || len(v.Notices) > 0 {
		t.Errorf("the page offers %v and says %v", v.Actions, v.Notices)
	}
}
