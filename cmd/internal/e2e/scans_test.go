package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"cubby/locker/parcel"
	"cubby/locker/view"
)

// hears scans a text and waits until it is answered on the page and the window
// shows that. On a machine that draws too slowly for the answer it scans again.
func (w *window) hears(what, text string, answer view.Heard, typed string) {
	w.t.Helper()
	picture := w.on.capture(w.t)
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		// The same answer makes no new view when it has been shown a moment ago.
		eventually(w.t, "no answer is shown", func() (bool, string) {
			v, _ := w.now()
			return v.Heard == "", string(v.Heard)
		})
		before, _ := w.now()
		w.scan(text)
		v := w.until(what, func(v view.View) bool { return v.Rev > before.Rev && v.Heard != "" })
		if v.Step != before.Step || v.Heard != answer {
			w.t.Fatalf("%s is answered %q: %s", what, v.Heard, describe(v))
		}
		want := w.on.drawn(w.t, v, typed).picture
		for v.Heard != "" {
			if picture = w.on.capture(w.t); apart(picture, want) <= similar {
				w.shots++
				keep(w.t, fmt.Sprintf("%s-%02d-%s", w.name, w.shots, strings.ReplaceAll(what, " ", "-")), picture)
				return
			}
			v, _ = w.now()
		}
	}
	keep(w.t, w.name+"-got", picture)
	w.t.Fatalf("%s: the window does not show the answer", what)
}

func (w *window) language() string {
	v, _ := w.now()
	return v.Language
}

// Whatever is scanned, the page answers, and nothing is taken for something else:
// with a door open, with a PIN half typed, and where a courier's door did not open.
func TestEveryScanIsAnsweredInTheWindow(t *testing.T) {
	t.Parallel()
	s := newStation(t, openSoon)
	s.courier = s.newCourier("Ada")
	s.announce("p-2")
	mine, other := s.store("p-1"), s.store("p-3")
	w := s.openWindow("scans")
	w.page(view.StepIdle)

	s.scan(mine.Data.Code)
	w.page(view.StepPickupOpen)
	for what, text := range map[string]string{
		"a badge": s.courier.badge, "a label": "P-2", "another's code": other.Data.Code, "anything": "4006381333931",
	} {
		w.hears(what+" at a customer's door", text, view.HeardFirst, "")
		w.touch(view.ActLanguage, map[string]string{"en": "zh-Hans", "zh-Hans": "en"}[w.language()]) // in both
	}
	w.hears("the door's own code", mine.Data.Code, view.HeardRead, "")
	s.take(mine.Data.Compartment)
	w.page(view.StepPickupDone)
	w.press(view.ActFinish, "")
	w.page(view.StepIdle)

	w.press(view.ActStartPickup, "")
	v := w.step(view.StepPickupEnter)
	w.typeOn(v, "half a PIN", other.Data.PIN[:4])
	w.hears("a barcode while a PIN is typed", "4006381333931", view.HeardNotValid, other.Data.PIN[:4])
	for _, digit := range other.Data.PIN[4:] {
		now, _ := w.now()
		w.finger(w.on.drawn(t, now, "").keys[byte(digit)])
	}
	v = w.step(view.StepPickupEnter)
	w.shows("the whole PIN", v, other.Data.PIN)
	w.pressOn(other.Data.PIN, view.ActPIN, "")
	w.page(view.StepPickupOpen)
	s.take(other.Data.Compartment)
	w.page(view.StepPickupDone)
	w.press(view.ActFinish, "")

	last := s.store("p-4")
	s.scan(s.courier.badge)
	s.step(view.StepCourierReady)
	for _, d := range s.doors() { // whichever is chosen
		if d.Number != last.Data.Compartment {
			s.fault("stuck", d.Number, "on")
		}
	}
	s.scan("P-2")
	s.step(view.StepCourierNoOpen)
	w.hears("a customer's code where a courier's door did not open", last.Data.Code, view.HeardLater, "")
	if p := s.parcel("p-2"); p.State != parcel.Booked {
		t.Errorf("the courier's parcel is %s", p.State)
	}
	w.hears("a barcode there", "4006381333931", view.HeardFirst, "")
	s.touch(view.ActBack, "")
	s.step(view.StepCourierReady)
	s.scan(last.Data.Code)
	w.until("the customer is served", func(v view.View) bool {
		return v.Step == view.StepPickupOpen && v.Door() == last.Data.Compartment
	})
	s.take(last.Data.Compartment)
	w.close()
}
