package station

import (
	"context"
	"slices"
	"testing"

	"cubby/locker/health"
	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/view"
)

// at waits for a page of a terminal.
func (r *rig) at(terminal string, step view.Step, is func(view.View) bool) view.View {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var last view.View
	for v := range r.Views(ctx, terminal) {
		if last = v; v.Step == step && is(v) {
			return v
		}
	}
	r.t.Fatalf("the terminal %s never came to %s; it is on %s (%s)", terminal, step, last.Step, last.Reason)
	return last
}

func anyPage(view.View) bool { return true }

// touch does something on the page of a terminal.
func (r *rig) touch(terminal string, name view.ActionName) {
	r.t.Helper()
	v := r.View(terminal)
	a := view.Action{
		Terminal: terminal, Visit: v.Visit, Name: name, Step: v.Step, Door: v.Door(), Parcel: v.Parcel(),
	}
	if err := r.Act(context.Background(), a); err != nil {
		r.t.Fatalf("%s: %v", name, err)
	}
}

// receiptAt has a courier store a parcel at a terminal and ask for its receipt.
func (r *rig) receiptAt(terminal, id string) view.View {
	r.t.Helper()
	ctx := context.Background()
	told := parcel.Announcement{Label: "L-" + id}
	if _, _, err := r.Announce(ctx, id, told, ledger.Condition{}, "key:test"); err != nil {
		r.t.Fatal(err)
	}
	c, err := r.AddCourier(ctx, people.Tools, "Courier of "+id, nil, "staff")
	if err != nil {
		r.t.Fatal(err)
	}
	r.Scanned(terminal, []byte(c.Badge))
	r.at(terminal, view.StepCourierReady, anyPage)
	r.Scanned(terminal, []byte("L-"+id))
	o := r.opens()
	r.at(terminal, view.StepCourierOpen, anyPage)
	r.closes(o)
	r.at(terminal, view.StepCourierReady, func(v view.View) bool { return v.OfCourier().Count == 1 })
	r.touch(terminal, view.ActReceipt)
	return r.at(terminal, view.StepCourierReceipt, anyPage)
}

func TestWhoeverLeavesATerminalTakesNoReceiptFromTheOther(t *testing.T) {
	p := &paper{}
	r := startOn(t, newMachine(), t.TempDir(), p,
		Terminal{Name: "kiosk", Scanner: "scanner", Printer: "printer"},
		Terminal{Name: "desk", Scanner: "scanner desk", Printer: "printer"})
	r.closed()
	r.DeviceChanged(health.Device{Name: "printer", Kind: health.Printer, State: "working"})
	jobs := map[string]string{}
	for _, at := range []string{"kiosk", "desk"} {
		shown := r.receiptAt(at, "p-"+at)
		r.touch(at, view.ActPrint)
		r.at(at, view.StepCourierReceipt, func(v view.View) bool { return v.OfCourier().Print == view.PrintBusy })
		got, _ := p.last()
		if jobs[at] = got.Job; got.Code != shown.OfCourier().Code {
			t.Errorf("at the %s another code is printed than shown", at)
		}
	}
	r.touch("desk", view.ActBack)
	r.touch("desk", view.ActFinish)
	r.touch("desk", view.ActFinish)
	r.at("desk", view.StepIdle, anyPage)
	if _, forgot := p.last(); !slices.Equal(forgot, []string{jobs["desk"]}) {
		t.Errorf("jobs %v are taken back, want that of the desk, %s", forgot, jobs["desk"])
	}
	r.Printed(jobs["kiosk"], parcel.PrintedReceipt)
	r.at("kiosk", view.StepCourierReceipt, func(v view.View) bool {
		return v.OfCourier().Print == view.PrintDone && v.OfCourier().Code != ""
	})
}

func TestEachTerminalSaysHowItsOwnReaderAndPrinterAre(t *testing.T) {
	r := startOn(t, newMachine(), t.TempDir(), &paper{},
		Terminal{Name: "kiosk", Scanner: "scanner", Printer: "printer"},
		Terminal{Name: "desk", Scanner: "scanner desk", Away: true}, Terminal{Name: "shelf"})
	r.closed()
	told := func(terminal string) bool { return slices.Contains(r.View(terminal).Notices, view.NoticeNoScanner) }
	r.DeviceChanged(health.Device{Name: "printer", Kind: health.Printer, State: "working"})
	r.DeviceChanged(health.Device{Name: "scanner desk", Kind: health.Scanner, State: "gone"})
	without := func(v view.View) bool { return slices.Contains(v.Notices, view.NoticeNoScanner) }
	r.at("desk", view.StepIdle, without)
	if r.View("kiosk").Wall.Screen.WidthMM == 0 || r.View("desk").Wall.Screen.WidthMM != 0 {
		t.Error("a desk says that it is on the wall, or the kiosk that it is not")
	}
	if told("kiosk") || !told("shelf") {
		t.Errorf("the kiosk says that its reader is gone: %v; the shelf, which has none: %v",
			told("kiosk"), told("shelf"))
	}
	r.DeviceChanged(health.Device{Name: "scanner", Kind: health.Scanner, State: "gone"})
	r.DeviceChanged(health.Device{Name: "scanner desk", Kind: health.Scanner, State: "working"})
	r.at("desk", view.StepIdle, func(v view.View) bool { return !without(v) })
	if !told("kiosk") {
		t.Error("the kiosk does not say that its reader is gone")
	}
	v := r.receiptAt("desk", "p")
	if v.Allows(view.ActPrint) || slices.Contains(v.Notices, view.NoticeNoPrinter) {
		t.Errorf("a terminal without a printer offers %v and says %v", v.Actions, v.Notices)
	}
}
