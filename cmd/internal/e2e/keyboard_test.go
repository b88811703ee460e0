package e2e

import (
	"slices"
	"testing"
	"time"

	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/view"
)

// A typist uses a window with its keyboard alone.
type typist struct {
	*window
	ring bool // is shown
}

func (w *typist) keys(names ...string) {
	w.t.Helper()
	w.pointer(append([]string{"key"}, names...)...)
}

// does goes with Tab to what sends an action, and presses Enter until something
// follows: a page takes no key at first.
func (w *typist) does(name view.ActionName, value string) {
	w.t.Helper()
	v, _ := w.now()
	page := w.on.drawn(w.t, v, "")
	to := slices.Index(page.order, view.Action{Name: name, Value: value})
	if to < 0 {
		w.t.Fatalf("nothing on the page %s sends %s %s", describe(v), name, value)
	}
	steps := (to - page.first + len(page.order)) % len(page.order)
	if !w.ring {
		steps++ // the first key shows the ring
	}
	for range steps {
		w.keys("Tab")
	}
	w.ring = true
	w.sends(v, "Return")
}

// sends presses a key until the page of a view has changed.
func (w *typist) sends(v view.View, key string) {
	w.t.Helper()
	eventually(w.t, key+" leads on from "+describe(v), func() (bool, string) {
		w.keys(key)
		time.Sleep(300 * time.Millisecond)
		n, _ := w.now()
		return n.Rev != v.Rev, "nothing follows"
	})
}

// types writes a text where the page has room for one, as soon as it takes keys, and
// sends it.
func (w *typist) types(text string) {
	w.t.Helper()
	v, _ := w.now()
	time.Sleep(time.Second) // a page takes no key at first, and nobody says when it was painted
	w.pointer("type", "--delay", "30", text)
	w.ring = false
	w.sends(v, "Return")
}

// page waits for a step and until the window shows it; its ring is that of this window.
func (w *typist) page(step view.Step) view.View {
	w.t.Helper()
	v := w.until("the page is there", func(n view.View) bool { return n.Step == step && !n.OfStaff().Loading })
	if step == view.StepIdle {
		w.ring = false
	}
	return v
}

// From signing in to signing out, an occupied door and a second person between, nobody
// touches the desk.
func TestTheDeskIsUsedWithTheKeyboardAlone(t *testing.T) {
	t.Parallel()
	s := newStation(t, withDesk)
	ada, ben := s.hire("Ada Quill", people.Supervisor), s.hire("Ben Moor", people.Associate)
	number := s.store("p-1").Data.Compartment
	s.allDoorsKnown()
	other := s.at("desk")
	w := &typist{window: other.openWindowOn(newDisplay(t, 1280, 800), "keyboard")}
	w.window.page(view.StepIdle)
	w.pointer("search", "--name", "Cubby", "windowfocus")

	w.does(view.ActStartStaff, "")
	w.page(view.StepStaffEnter)
	w.types(ada.pin)
	w.page(view.StepStaffMenu)
	w.does(view.ActPick, "find")
	w.page(view.StepStaffFind)
	w.types("p-1")
	w.page(view.StepStaffParcel)
	w.does(view.ActOp, view.OpDoor)
	w.page(view.StepStaffDoor)
	w.does(view.ActOp, view.OpOpen)
	w.page(view.StepStaffReason)
	w.does(view.ActPick, "customer_asks")
	w.page(view.StepStaffSecond)
	w.types(ben.pin)
	w.page(view.StepStaffOpen)
	s.opens(number)
	s.sim("door", number, "close")
	w.page(view.StepStaffLooked)
	w.does(view.ActOp, view.OpStillThere)
	v := w.page(view.StepStaffDoor)
	s.isParcel("p-1", parcel.Stored, number)
	w.sends(v, "Escape")
	w.page(view.StepStaffParcel)
	w.does(view.ActLeave, "")
	w.page(view.StepIdle)
	s.says("door", number, "Ada Quill", "Ben Moor")
	w.close()
	s.sound()
}
