package e2e

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"cubby/hardware/sim/panel"
	"cubby/locker/health"
	"cubby/locker/parcel"
	"cubby/locker/view"
)

// withPaper is a demo station with a receipt printer, a label printer and a
// cooled bank.
func withPaper(t *testing.T) *station {
	t.Helper()
	return newStation(t, change{"[scanner]\n", `[printer]
port = "run/printer"
baud = 115200
[label_printer]
port = "run/label"
baud = 115200
[[climate]]
name = "cooled"
port = "run/climate"
min_c = 2
max_c = 8
delay_min = 0
[scanner]
`})
}

// printed is what has come out of a printer.
func (s *station) printed(printer string) panel.Paper {
	s.t.Helper()
	var p panel.Paper
	s.ask("/paper/"+printer, &p)
	return p
}

// status waits until a device is in a state, as everybody can ask for.
func (s *station) status(device, state string) health.Device {
	s.t.Helper()
	var last []health.Device
	look := time.NewTicker(100 * time.Millisecond)
	defer look.Stop()
	for limit := time.After(patience); ; {
		all, err := s.screen.Devices(s.t.Context())
		if err != nil {
			s.t.Fatal(err)
		}
		last = slices.DeleteFunc(all, func(d health.Device) bool { return d.Name != device })
		if len(last) == 1 && last[0].State == state {
			return last[0]
		}
		select {
		case <-look.C:
		case <-limit:
			s.t.Fatalf("%s never was %s: %+v", device, state, last)
		}
	}
}

func TestACourierPrintsAReceiptAndItsCodeOpensTheDoor(t *testing.T) {
	t.Parallel()
	s := withPaper(t)
	s.status("printer", "working")
	s.announce("p-1")
	stored := s.deposit("p-1")
	s.touch(view.ActReceipt, "")
	v := s.until("the receipt can be printed", func(v view.View) bool {
		return v.Step == view.StepCourierReceipt && v.Allows(view.ActPrint)
	})
	s.touch(view.ActPrint, "")
	s.until("it is printed", func(v view.View) bool { return v.OfCourier().Print == view.PrintDone })
	paper := s.printed("printer")
	if len(paper.Pieces) != 1 || paper.Pieces[0].Cut == "" ||
		!slices.Equal(paper.Pieces[0].Codes, []string{v.OfCourier().Code}) {
		t.Fatalf("%d pieces came out, or with other codes than the screen's", len(paper.Pieces))
	}
	for _, want := range []string{"Cubby Demo", "Door " + v.Door(),
		v.OfCourier().PIN[:4] + " " + v.OfCourier().PIN[4:]} {
		if !strings.Contains(paper.Pieces[0].Text, want) {
			t.Errorf("the receipt does not say %q", want)
		}
	}
	ended := s.hears("what became of the receipt", func(e event) bool { return e.Type == "parcel.receipt_ended" })
	if ended.Subject != "parcels/p-1" {
		t.Errorf("it is told of %s", ended.Subject)
	}

	s.sim("fault", "paper-out", "printer", "on")
	v = s.until("no printing without paper", func(v view.View) bool {
		return slices.Contains(v.Notices, view.NoticeNoPrinter)
	})
	if v.Allows(view.ActPrint) {
		t.Error("printing is offered without paper")
	}
	if d := s.status("printer", "paper_out"); d.Severity != health.Warning || d.ToDo == "" {
		t.Errorf("the printer: %+v", d)
	}
	s.sim("fault", "paper-out", "printer", "off")
	s.until("printing is back", func(v view.View) bool { return v.Allows(view.ActPrint) })
	s.leave()
	if kept, _ := filepath.Glob(filepath.Join(s.dir, "data", "print", "receipts", "*")); len(kept) > 0 {
		t.Errorf("a receipt with a code is on disk: %v", kept)
	}

	s.collect(paper.Pieces[0].Codes[0], stored.Data.Compartment)
	s.isParcel("p-1", parcel.Collected, "")
}

func TestARollThatEndsInAReceiptGivesAWholeOneFromTheNextRoll(t *testing.T) {
	t.Parallel()
	s := withPaper(t)
	s.status("printer", "working")
	s.announce("p-1")
	s.deposit("p-1")
	s.sim("fault", "forgets", "printer", "on")
	s.sim("fault", "paper-left", "printer", "15")
	s.touch(view.ActReceipt, "")
	v := s.until("the receipt can be printed", func(v view.View) bool { return v.Allows(view.ActPrint) })
	s.touch(view.ActPrint, "")
	s.until("it waits for paper", func(v view.View) bool {
		return v.OfCourier().Print == view.PrintBusy && slices.Contains(v.Notices, view.NoticeNoPrinter)
	})
	s.sim("paper", "--tear-off")
	s.sim("fault", "paper-left", "printer", "off")
	s.until("it is printed", func(v view.View) bool { return v.OfCourier().Print == view.PrintDone })
	pieces := s.printed("printer").Pieces
	whole := pieces[len(pieces)-1]
	if !strings.Contains(whole.Text, "COPY") || !slices.Equal(whole.Codes, []string{v.OfCourier().Code}) {
		t.Errorf("what came out last is no whole copy: %d pieces", len(pieces))
	}
}

func TestTestPagesAndTemperaturesReachTheStaff(t *testing.T) {
	t.Parallel()
	s := withPaper(t)
	for _, device := range []string{"printer", "label printer", "climate cooled"} {
		s.status(device, "working")
	}
	said := s.ctl("", "print", "test")
	for _, want := range []string{"printer: sent whole", "label printer: sent whole"} {
		if !strings.Contains(said, want) {
			t.Errorf("the tool says\n%s", said)
		}
	}
	for _, printer := range []string{"printer", "label"} {
		if p := s.printed(printer); len(p.Pieces) != 1 || len(p.Pieces[0].Codes) != 1 {
			t.Errorf("%s: %+v", printer, p.Pieces)
		}
	}
	if said := s.ctl("", "print", "jobs"); strings.Count(said, "test page") != 2 {
		t.Errorf("the jobs are\n%s", said)
	}
	s.sim("climate", "12.5", "60")
	if d := s.status("climate cooled", "too_warm"); d.Severity != health.Alarm {
		t.Errorf("the bank: %+v", d)
	}
	if said := s.ctl("", "devices"); !strings.Contains(said, "The compartments are too warm") ||
		!strings.Contains(said, "12.5 °C") {
		t.Errorf("the tool says\n%s", said)
	}
	s.sim("climate", "5", "60")
	s.status("climate cooled", "working")
	s.sim("fault", "head-open", "label", "on")
	s.status("label printer", "silent")
}
