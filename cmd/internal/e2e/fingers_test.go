package e2e

import (
	"fmt"
	"image"
	"strconv"
	"testing"
	"time"

	"cubby/locker/parcel"
	"cubby/locker/view"
)

// twice taps a button of a page that takes touches, and once more at the same
// place some time after, on whatever is there then.
func (w *window) twice(after time.Duration, step view.Step, name view.ActionName) {
	w.t.Helper()
	v := w.settled(w.step(step))
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

// settled waits until a page takes touches: its language can be changed.
func (w *window) settled(v view.View) view.View {
	w.t.Helper()
	w.shows(string(v.Step), v, "")
	other := map[string]string{"en": "zh-Hans", "zh-Hans": "en"}[v.Language]
	w.press(view.ActLanguage, other)
	v = w.until("the language is "+other, func(v view.View) bool { return v.Language == other })
	w.shows(string(v.Step)+" "+other, v, "")
	return v
}

// Impatient fingers: what a second tap does that comes 120 to 500 ms after the
// first. The pages that follow have their buttons where the last ones were.
func TestASecondTapOfAnImpatientFingerDoesNothing(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	s.courier = s.newCourier("Ada")
	w := s.openWindow("fingers")
	w.page(view.StepIdle)
	for n, after := range []time.Duration{120 * time.Millisecond, 250 * time.Millisecond, 500 * time.Millisecond} {
		twice := func(step view.Step, name view.ActionName, next view.Step) view.View {
			t.Helper()
			w.twice(after, step, name)
			v := s.step(next)
			w.shows(fmt.Sprintf("%s after %d", next, after.Milliseconds()), v, "")
			if now, _ := s.now(); now.Step != next { // drawing it took longer than the second tap
				t.Fatalf("%s on %s, a second tap after %s: the screen is on %s", name, step, after, describe(now))
			}
			return v
		}
		twice(view.StepIdle, view.ActStartCourier, view.StepCourierEnter)
		w.enter(s.courier.pin)
		w.page(view.StepCourierReady)

		id := fmt.Sprintf("p-%d", n)
		s.announce(id)
		s.scan(fmt.Sprintf("P-%d", n))
		left := s.step(view.StepCourierOpen).Door()
		twice(view.StepCourierOpen, view.ActBroken, view.StepCourierRetake)
		if open := s.openDoors(); len(open) != 1 || open[0] != left {
			t.Fatalf("doors %v stand open, want only %s", open, left)
		}
		twice(view.StepCourierRetake, view.ActOtherDoor, view.StepCourierLeave)
		w.press(view.ActBack, "")
		w.page(view.StepCourierRetake)
		w.press(view.ActBack, "") // it was a mistake
		w.page(view.StepCourierOpen)
		s.isParcel(id, parcel.Depositing, left)

		s.sim("door", left, "close") // and the sensor sees nothing inside
		if v := twice(view.StepCourierCheck, view.ActInside, view.StepCourierReady); v.OfCourier().Code != "" ||
			v.OfCourier().PIN != "" {
			t.Fatalf("code and PIN are shown: %s", describe(v))
		}
		e := s.stored(id)
		w.press(view.ActFinish, "")
		twice(view.StepCourierDone, view.ActFinish, view.StepIdle)

		s.scan(e.Data.Code)
		s.step(view.StepPickupOpen)
		s.put(left) // the sensor sees something
		twice(view.StepPickupCheck, view.ActTaken, view.StepPickupDone)
		if open := s.openDoors(); len(open) != 0 {
			t.Fatalf("doors %v stand open with nobody there", open)
		}
		w.press(view.ActOpenAgain, "")
		s.step(view.StepPickupOpen)
		s.take(left)
		twice(view.StepPickupDone, view.ActFinish, view.StepIdle)
		s.isParcel(id, parcel.Collected, "")
	}
	w.close()
}

// A customer whose door does not close says so, reads what happens now, and may
// take it back; the next one is served meanwhile.
func TestADoorThatDoesNotCloseIsLeftWithAPageThatSaysSo(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	mine, other := s.store("p-1"), s.store("p-2")
	w := s.openWindow("does-not-close")
	s.scan(mine.Data.Code)
	s.opens(mine.Data.Compartment)
	s.sim("take", mine.Data.Compartment)
	s.until("it is asked to close the door", func(v view.View) bool { return v.LeftOpen() > 0 })
	w.page(view.StepPickupOpen)
	w.press(view.ActFinish, "")
	w.page(view.StepPickupLeft)
	w.press(view.ActLanguage, "zh-Hans")
	v := w.until("the language changes", func(v view.View) bool { return v.Language == "zh-Hans" })
	w.shows("left in Chinese", v, "")
	w.press(view.ActBack, "")
	w.page(view.StepPickupOpen)
	w.press(view.ActFinish, "")
	w.page(view.StepPickupLeft)
	s.scan(other.Data.Code) // of the same bank
	v = s.until("the next customer is served", func(v view.View) bool {
		return v.Step == view.StepPickupOpen && v.Door() == other.Data.Compartment
	})
	if v.Language != "en" {
		t.Errorf("in the language of the one before: %s", v.Language)
	}
	s.take(other.Data.Compartment)
	w.page(view.StepPickupDone)
	s.sim("door", mine.Data.Compartment, "close")
	s.becomes(mine.Data.Compartment, "kept for staff", func(b box) bool { return b.Allocation == "quarantine" })
	w.close()
}
