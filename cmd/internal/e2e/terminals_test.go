package e2e

import (
	"path/filepath"
	"strings"
	"testing"

	"cubby/locker/parcel"
	"cubby/locker/view"
)

// withDesk has a station a second terminal with a reader of its own.
var withDesk = change{`suffix = "any"`, `suffix = "any"

[[terminal]]
name = "kiosk"

[[terminal]]
name = "desk"
kind = "desk"
[terminal.scanner]
port = "run/scanner-desk"
idle_gap_ms = 2000
same_code_ms = 0
[terminal.badge]
port = "run/badge-desk"`}

// at is the same station, watched, touched and read at another terminal.
func (s *station) at(terminal string) *station {
	s.t.Helper()
	o := &station{
		t: s.t, dir: s.dir, config: s.config, site: s.site, panel: s.panel, token: s.token, courier: s.courier,
		coded: map[string]event{}, news: make(chan struct{}), terminal: terminal,
	}
	o.watch()
	s.status("scanner "+terminal, "working")
	o.step(view.StepIdle)
	return o
}

// deposited waits until the page says that a door was filled.
func (s *station) deposited(door string) {
	s.t.Helper()
	s.until("the deposit is done", func(v view.View) bool {
		return v.Step == view.StepCourierReady && v.OfCourier().LastAt == door
	})
}

// die kills the core and then each of the screens, and fails unless every one comes
// back on its own page.
func die(kiosk, desk *window) {
	kiosk.t.Helper()
	k, _ := kiosk.now()
	d, _ := desk.now()
	dieAs(kiosk, desk, func() {}, k, d)
}

// dieAs is die where something happens at the wall while no core runs, so that the
// visits go on at other pages.
func dieAs(kiosk, desk *window, meanwhile func(), after ...view.View) {
	kiosk.t.Helper()
	told := kiosk.told()
	windows := []*window{kiosk, desk}
	for _, w := range windows {
		v, _ := w.now()
		w.shows(string(v.Step), v, "")
	}
	kiosk.crash()
	desk.until("the desk's screen notices", func(v view.View) bool { return v.Reason == view.ReasonCoreMissing })
	meanwhile()
	kiosk.restart(told)
	for i, w := range windows {
		want := after[i]
		v := w.until("the page comes back", func(v view.View) bool {
			return v.Step == want.Step && v.Visit == want.Visit && v.Door() == want.Door() &&
				v.OpenDoor() == want.OpenDoor() && v.Reason == want.Reason
		})
		w.shows(string(v.Step)+" of another core", v, "")
	}
	for i, w := range windows {
		w.comesBack(after[i].Step, after[i].Reason)
	}
}

// A courier deposits at a desk while a customer types a PIN at the kiosk. Both want
// doors of one bank: the second is told to wait, whoever that is. The core and both
// screens are killed in the middle of it, time and again.
func TestTwoPeopleAreServedAtTwoTerminalsWhateverDies(t *testing.T) {
	t.Parallel()
	s := newStation(t, withDesk)
	e := s.store("p-1")
	first := e.Data.Compartment
	s.announce("p-2")
	s.announce("p-3")
	other := s.at("desk")
	kiosk, desk := s.openWindow("two-kiosk"), other.openWindowOn(newDisplay(t, 1280, 800), "two-desk")
	kiosk.page(view.StepIdle)
	desk.page(view.StepIdle)

	other.scan(s.courier.badge)
	desk.page(view.StepCourierReady)
	kiosk.page(view.StepIdle)
	die(kiosk, desk)
	kiosk.press(view.ActStartPickup, "")
	kiosk.page(view.StepPickupEnter)
	other.scan("P-2")
	second := other.step(view.StepCourierOpen).Door()
	desk.page(view.StepCourierOpen)
	die(kiosk, desk)

	kiosk.enter(e.Data.PIN) // while the courier has a door of this bank open
	kiosk.page(view.StepPickupRefused, view.ReasonDoorTaken)
	if v, _ := s.now(); v.OpenDoor() != second {
		t.Errorf("the customer is told of door %q, and %s is open", v.OpenDoor(), second)
	}
	die(kiosk, desk)
	s.unlocked(first, second)
	other.put(second)
	other.deposited(second)
	s.isParcel("p-2", parcel.Stored, second)

	kiosk.press(view.ActStartPickup, "")
	kiosk.page(view.StepPickupEnter)
	kiosk.enter(e.Data.PIN)
	kiosk.page(view.StepPickupOpen)
	other.scan("P-3") // while the customer has one open
	desk.page(view.StepCourierReady, view.ReasonDoorTaken)
	if v, _ := other.now(); v.OpenDoor() != first {
		t.Errorf("the courier is told of door %q, and %s is open", v.OpenDoor(), first)
	}
	die(kiosk, desk)
	s.unlocked(first, second, first)
	s.take(first)
	kiosk.page(view.StepPickupDone)
	s.isParcel("p-1", parcel.Collected, "")

	other.scan("P-3")
	third := other.step(view.StepCourierOpen).Door()
	die(kiosk, desk)
	other.put(third)
	other.deposited(third)
	desk.press(view.ActFinish, "")
	desk.page(view.StepCourierDone)
	kiosk.press(view.ActFinish, "")
	kiosk.page(view.StepIdle)
	s.unlocked(first, second, first, third)
	kiosk.close()
	desk.close()
	s.sound()
}

// A screen of a terminal that is not there says so, and its program as well.
func TestAScreenOfNoTerminalSaysSo(t *testing.T) {
	t.Parallel()
	s := newStation(t, withDesk)
	c := s.screen.At("shelf")
	if _, err := c.View(t.Context()); err == nil ||
		!strings.Contains(err.Error(), `there is no terminal "shelf" here`) {
		t.Errorf("the core says %v", err)
	}
	w := &window{station: s, on: newDisplay(t, panelWidth, panelHeight), name: "no-terminal"}
	w.startWith("--core", "unix:"+filepath.Join(w.dir, "run", "core.sock"), "--terminal", "shelf")
	w.shows("that it is not there", view.View{
		Step: view.StepUnavailable, Reason: view.ReasonNoTerminal, Language: "en",
		Languages: []string{"en", "zh-Hans"}, Actions: []view.ActionName{view.ActLanguage},
	}, "")
	eventually(t, "the program says it", func() (bool, string) {
		return strings.Contains(w.program.said(), `there is no terminal "shelf" here`), w.program.said()
	})
	w.close()
	out, err := try("", filepath.Join(programs, "cubby"), "--config", s.config, "--terminal", "shelf")
	if err == nil || !strings.Contains(out, `there is no terminal "shelf"`) {
		t.Errorf("with a core of its own it says %q, %v", out, err)
	}
}
