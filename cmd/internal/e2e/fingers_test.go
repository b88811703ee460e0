package e2e

import (
	"fmt"
	"image"
	"strconv"
	"testing"
	"time"

	"cubby/locker"
	"cubby/locker/view"
)

// twice taps a button of the page that is shown, and once more at the same place
// some time after, on whatever is there then.
func (w *window) twice(after time.Duration, name view.ActionName) {
	w.t.Helper()
	v, _ := w.now()
	w.tap(w.button(v, "", name, ""), after)
}

func (w *window) tap(at image.Point, after time.Duration) {
	w.t.Helper()
	down := []string{"mousedown", "1", "mouseup", "1"}
	args := append([]string{"mousemove", strconv.Itoa(at.X), strconv.Itoa(at.Y)}, down...)
	args = append(args, "sleep", fmt.Sprintf("%.3f", after.Seconds()))
	w.pointer(append(args, down...)...)
	w.park()
}

// settled waits until the page that is shown takes touches: its language can be
// changed and changed back.
func (w *window) settled(what string, v view.View) view.View {
	w.t.Helper()
	w.shows(what, v, "")
	for _, tag := range []string{"zh-Hans", "en"} {
		w.press(view.ActLanguage, tag)
		v = w.until("the language is "+tag, func(v view.View) bool { return v.Language == tag })
		w.shows(what+" "+tag, v, "")
	}
	return v
}

// Impatient fingers: what a second tap does that comes 120 to 500 ms after the
// first. The pages that follow have their buttons where the last ones were.
func TestASecondTapOfAnImpatientFingerDoesNothing(t *testing.T) {
	s := newStation(t)
	s.courier = s.newCourier("Ada")
	w := s.openWindow("fingers")
	w.page(view.StepIdle)
	for n, after := range []time.Duration{120 * time.Millisecond, 250 * time.Millisecond, 500 * time.Millisecond} {
		stays := func(what string, step view.Step) view.View {
			t.Helper()
			v := s.step(step)
			time.Sleep(after + time.Second) // a tap that counted would have led on by now
			if now, _ := s.now(); now.Step != step {
				t.Fatalf("%s, a second tap after %s: the screen is on %s", what, after, describe(now))
			}
			return w.settled(fmt.Sprintf("%s %d", step, after.Milliseconds()), v)
		}
		w.settled("idle", s.step(view.StepIdle))
		w.twice(after, view.ActStartCourier)
		stays("courier sign-in", view.StepCourierEnter)
		w.enter(s.courier.pin)

		id := fmt.Sprintf("p-%d", n)
		s.announce(id)
		w.settled("ready", s.step(view.StepCourierReady))
		s.scan(fmt.Sprintf("P-%d", n))
		left := w.settled("put it in", s.step(view.StepCourierOpen)).Door
		w.twice(after, view.ActBroken)
		v := stays("door is broken", view.StepCourierRetake)
		if open := s.openDoors(); len(open) != 1 || open[0] != left || v.Door != left {
			t.Fatalf("doors %v stand open, want only %s", open, left)
		}
		w.twice(after, view.ActOtherDoor)
		stays("another door", view.StepCourierLeave)
		w.press(view.ActBack, "")
		s.step(view.StepCourierRetake)
		w.press(view.ActBack, "") // it was a mistake
		s.step(view.StepCourierOpen)
		s.isParcel(id, locker.Depositing, left)

		s.sim("door", left, "close") // and the sensor sees nothing inside
		w.settled("asked", s.step(view.StepCourierCheck))
		w.twice(after, view.ActInside)
		if v := stays("it is inside", view.StepCourierReady); v.Code != "" || v.PIN != "" {
			t.Fatalf("code and PIN are shown: %s", describe(v))
		}
		e := s.stored(id)
		s.sim("put", left) // it was inside indeed
		w.press(view.ActFinish, "")
		w.settled("done", s.step(view.StepCourierDone))
		w.twice(after, view.ActFinish)
		stays("close", view.StepIdle)

		s.scan(e.Data.Code)
		s.opens(left)
		s.step(view.StepPickupOpen)
		s.sim("door", left, "close") // with the parcel inside
		w.settled("asked", s.step(view.StepPickupCheck))
		s.sim("take", left)
		w.twice(after, view.ActTaken)
		stays("I have everything", view.StepPickupDone)
		if open := s.openDoors(); len(open) != 0 {
			t.Fatalf("doors %v stand open with nobody there", open)
		}
		w.twice(after, view.ActFinish)
		stays("close", view.StepIdle)
		s.isParcel(id, locker.Collected, "")
	}
	w.close()
}
