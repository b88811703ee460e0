package e2e

import (
	"path/filepath"
	"strings"
	"testing"

	"cubby/locker/parcel"
	"cubby/locker/view"
)

// Without --core the touchscreen is the whole station in one process.
func TestTheTouchscreenAloneIsAWholeStation(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	e := s.store("p-1")
	s.core.stop(t)
	s.until("the screen notices", func(v view.View) bool { return v.Reason == view.ReasonCoreMissing })
	w := &window{station: s, on: newDisplay(t, panelWidth, panelHeight), name: "alone"}
	w.startWith("--config", s.config)
	s.until("its doors are known", func(v view.View) bool { return v.Step == view.StepIdle && len(v.Notices) == 0 })
	w.page(view.StepIdle)
	s.scan(e.Data.Code)
	w.page(view.StepPickupOpen)
	s.take(e.Data.Compartment)
	w.page(view.StepPickupDone)
	w.press(view.ActFinish, "")
	w.page(view.StepIdle)
	s.unlocked(e.Data.Compartment, e.Data.Compartment)
	w.close()
	s.startCore() // what it wrote is there for the other program
	s.isParcel("p-1", parcel.Collected, "")
}

// Two cores on one station would drive the doors twice.
func TestASecondCoreIsTurnedAway(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	e := s.store("p-1")
	out, err := try("", filepath.Join(programs, "cubbyd"), "--config", s.config)
	if err == nil || strings.Contains(out, "core is serving") || strings.Contains(out, "panic") ||
		!strings.HasPrefix(out, "cubbyd: ") {
		t.Fatalf("a second core ends with %v and says\n%s", err, out)
	}
	t.Logf("the second core says: %s", strings.TrimSpace(out))
	s.unlocked(e.Data.Compartment)
	s.collect(e.Data.Code, e.Data.Compartment) // the first is none the worse
}
