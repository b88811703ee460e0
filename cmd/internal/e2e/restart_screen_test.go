package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"cubby/locker/view"
)

// comesBack kills the touchscreen on a step and starts it again: the visit goes
// on and the page is the same in every pixel. When the screen asks louder to
// close a door meanwhile, which it does twice, that page must come back too.
func (w *window) comesBack(step view.Step, why ...view.Reason) {
	w.t.Helper()
	for {
		v := w.step(step, why...)
		before := w.shows(string(step), v, "")
		w.kill()
		began := time.Now()
		w.start()
		after := w.shows(string(step)+" again", v, "")
		w.t.Logf("%s: back after %s", step, time.Since(began).Round(10*time.Millisecond))
		now, _ := w.now()
		if now.LeftOpen() > v.LeftOpen() {
			continue
		}
		w.same(string(step), before, after)
		if now.Visit != v.Visit || stranger(now) != stranger(v) {
			w.t.Errorf("the view was\n%s\nbefore the screen was killed and is now\n%s", describe(v), describe(now))
		}
		return
	}
}

func TestTheScreenMayDieAtEachStepOfAPickup(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	e := s.store("p-1")
	door := e.Data.Compartment
	w := s.openWindow("pickup-killed")
	w.comesBack(view.StepIdle)
	w.press(view.ActStartPickup, "")
	w.comesBack(view.StepPickupEnter)
	s.scan("ABCDEFGHIJKLMNOPQRSTUVWXY2")
	w.comesBack(view.StepPickupRefused)
	s.fault("stuck", door, "on") // keeps the opening under way
	s.scan(e.Data.Code)
	w.comesBack(view.StepPickupOpening)
	s.sim("door", door, "open-by-force") // somebody helps the latch
	w.comesBack(view.StepPickupOpen)
	s.fault("stuck", door, "off")
	s.sim("door", door, "close")
	w.comesBack(view.StepPickupCheck)
	w.press(view.ActOpenAgain, "")
	s.step(view.StepPickupOpen)
	s.take(door)
	w.comesBack(view.StepPickupDone)
	w.press(view.ActFinish, "")
	w.page(view.StepIdle)
	s.unlocked(door, door, door)
	w.close()
}

func TestTheScreenMayDieAtEachStepOfADeposit(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	s.courier = s.newCourier("Ada")
	s.announce("p-1")
	w := s.openWindow("deposit-killed")
	w.page(view.StepIdle)
	w.press(view.ActStartCourier, "")
	w.comesBack(view.StepCourierEnter)
	s.scan("B:ABCDEFGHIJKLMNOPQRSTUVWXY2")
	w.comesBack(view.StepCourierRefused)
	s.scan(s.courier.badge)
	w.comesBack(view.StepCourierReady)
	s.fault("stuck", "7", "on")
	s.scan("P-1")
	w.comesBack(view.StepCourierOpening)
	s.sim("door", "7", "open-by-force")
	w.comesBack(view.StepCourierOpen)
	s.fault("stuck", "7", "off")
	w.press(view.ActTooBig, "")
	w.comesBack(view.StepCourierRetake)
	s.sim("door", "7", "close")
	door := s.until("another door opens", func(v view.View) bool {
		return v.Step == view.StepCourierOpen && v.Door() != "7"
	}).Door()
	s.put(door)
	v := s.step(view.StepCourierReady)
	w.shows("deposited", v, "")
	w.press(view.ActReceipt, "")
	w.comesBack(view.StepCourierReceipt)
	w.press(view.ActBack, "")
	w.page(view.StepCourierReady)
	w.press(view.ActFinish, "")
	w.comesBack(view.StepCourierDone)
	s.unlocked("7", door)
	w.close()
}

// A stranger cannot tell from the screen why a code does not open, and a person
// whose core is gone for a moment is told so and finds the page again.
func TestTheWindowTellsStrangersNothingAndOutlivesTheCore(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	e := s.store("p-1")
	door := e.Data.Compartment
	w := s.openWindow("refused")
	idle := w.page(view.StepIdle)
	w.press(view.ActStartPickup, "")
	s.scan("ABCDEFGHIJKLMNOPQRSTUVWXY2")
	refused := w.page(view.StepPickupRefused)
	for n, text := range []string{e.Data.Code[:25], strings.Repeat("LONGCODE", 75), `\x1d\x00\xff\x1b[2J`, "P-1"} {
		w.press(view.ActBack, "")
		w.same("the idle page", idle, w.page(view.StepIdle))
		flags := []string{"--fast"}
		if strings.Contains(text, `\x`) {
			flags = append(flags, "--raw")
		}
		s.scan(text, flags...)
		w.same(fmt.Sprintf("the answer to code %d", n), refused, w.page(view.StepPickupRefused))
	}
	s.unlocked(door)

	s.scan(e.Data.Code)
	open := w.page(view.StepPickupOpen)
	s.crash()
	v, _ := s.now()
	v.Station, v.Language, v.Languages = "Cubby Demo", "en", []string{"en", "zh-Hans"} // the screen remembers them
	// and needs nobody to change the language
	v.Actions = []view.ActionName{view.ActLanguage}
	w.shows("the core is missing", v, "")
	s.startCore()
	w.same("the page after the core came back", open, w.page(view.StepPickupOpen))
	s.take(door)
	w.page(view.StepPickupDone)
	w.press(view.ActFinish, "")
	w.same("the idle page", idle, w.page(view.StepIdle))
	s.unlocked(door, door)
	w.close()
}

// A toolkit that has forgotten the page, as after a clock that was set, is handed
// it anew. It forgets after a minute; here it is told to after twenty seconds, in
// which the slowest machine draws a page.
func TestTheWindowGoesOnAfterItsProgramWasHalted(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	w := &window{station: s, on: newDisplay(t, panelWidth, panelHeight), name: "halted"}
	w.env = []string{"FYNE_CACHE=20s"}
	w.start()
	idle := w.page(view.StepIdle)
	w.press(view.ActStartPickup, "")
	w.page(view.StepPickupEnter)
	w.enter("12345678")
	w.page(view.StepPickupRefused)
	w.press(view.ActBack, "")
	w.page(view.StepIdle)
	w.program.halt(t, 25*time.Second)
	// It has missed what the core says every five seconds and takes it for gone: a
	// finger would come down on that page. What is shown next it has heard anew.
	s.touch(view.ActLanguage, "zh-Hans")
	v := s.until("the language changes", func(v view.View) bool { return v.Language == "zh-Hans" })
	w.shows("idle in Chinese", v, "")
	s.touch(view.ActLanguage, "en")
	s.until("the language changes back", func(v view.View) bool { return v.Language == "en" })
	w.page(view.StepIdle)
	w.press(view.ActStartPickup, "")
	w.page(view.StepPickupEnter)
	w.press(view.ActBack, "")
	w.same("the idle page", idle, w.page(view.StepIdle))
	w.close()
}
