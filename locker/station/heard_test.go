package station

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/view"
)

// Each page takes the touch of a screen that names it, also after a restart of
// the core, and none that names another.
func TestATouchNamesThePageThatIsShown(t *testing.T) {
	dir := t.TempDir()
	r := start(t, dir)
	r.closed()
	code, _ := r.deposit("p1")
	r.Scanned("", []byte(code))
	o := r.opens()
	r.until(view.StepPickupOpen)
	r.closes(o)
	v := r.until(view.StepPickupDone)
	late := view.Action{
		Visit: v.Visit, Name: view.ActFinish, Step: view.StepPickupOpen, Door: v.Door(), Parcel: v.Parcel(),
	}
	if err := r.Act(t.Context(), late); ledger.CodeOf(err) != ledger.Stale {
		t.Errorf("a touch on the page before: %v", err)
	}
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	r = start(t, dir)
	if again := r.until(view.StepPickupDone); again.Parcel() != v.Parcel() || again.Door() != v.Door() {
		t.Errorf("the page is about %q at door %q, and was about %q at %q", again.Parcel(), again.Door(),
			v.Parcel(), v.Door())
	}
	r.act(view.ActFinish, "")
	r.until(view.StepIdle)
}

// An answer to a scan is shown for some seconds, and not written down.
func TestAnAnswerToAScanGoesByItself(t *testing.T) {
	r := start(t, t.TempDir())
	r.closed()
	if err := r.Act(context.Background(), view.Action{Name: view.ActStartPickup}); err != nil {
		t.Fatal(err)
	}
	enter := r.until(view.StepPickupEnter)
	for range 8 { // told three times, and answered each time
		r.Scanned("", []byte("4006381333931"))
	}
	heard := r.shows("the answer", func(v view.View) bool { return v.Heard == view.HeardNotValid })
	if heard.Step != enter.Step || heard.HeardInMs < 1 || heard.HeardInMs > heardFor.Milliseconds() {
		t.Errorf("%+v", heard)
	}
	r.act(view.ActBack, "")
	if v := r.until(view.StepIdle); v.Heard != "" {
		t.Errorf("the answer has outlived its page: %q", v.Heard)
	}
}

func TestTheSameAnswerIsNotShownTooOftenAndEndsWithItsPage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var h heard
		v := view.View{Visit: "a", Step: view.StepPickupOpen, Pickup: &view.Pickup{AtDoor: view.AtDoor{Door: "1"}}}
		show := func() (view.Heard, int64) {
			v.Heard, v.HeardInMs = "", 0
			h.show(&v, time.Now())
			return v.Heard, v.HeardInMs
		}
		if !h.note(view.HeardFirst, time.Now()) {
			t.Error("the first answer is nothing new")
		}
		if a, left := show(); a != view.HeardFirst || left != heardFor.Milliseconds() {
			t.Errorf("%q for %d ms", a, left)
		}
		if h.note(view.HeardFirst, time.Now()) {
			t.Error("the same answer at once is new")
		}
		if !h.note(view.HeardRead, time.Now()) {
			t.Error("another answer is nothing new")
		}
		show()
		time.Sleep(heardAgain)
		if !h.note(view.HeardRead, time.Now()) {
			t.Error("the same answer after a while is nothing new")
		}
		show()
		time.Sleep(heardFor)
		if a, left := show(); a != "" || left != 0 {
			t.Errorf("%q for %d ms after its time", a, left)
		}
		h.note(view.HeardRead, time.Now())
		show()
		v.Step = view.StepPickupDone
		if a, _ := show(); a != "" {
			t.Errorf("%q on the next page", a)
		}
		if !h.note(view.HeardRead, time.Now()) {
			t.Error("an answer on the next page is nothing new")
		}
	})
}
