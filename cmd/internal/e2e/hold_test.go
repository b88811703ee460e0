package e2e

import (
	"strings"
	"testing"

	"cubby/locker/parcel"
	"cubby/locker/view"
)

// A shop takes back its word: the code that was sent opens nothing until it is released,
// and staff see why.
func TestAHeldParcelSendsItsBearerToTheShop(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	stored := s.store("p-1")
	door, code := stored.Data.Compartment, stored.Data.Code
	hold := func(what, body string, want int) {
		t.Helper()
		if status, answer, _ := s.call("POST", "/v1/parcels/p-1/"+what, body); status != want {
			t.Fatalf("%s: %d, want %d: %s", what, status, want, answer)
		}
	}
	hold("hold", `{"reason":"the order was refunded"}`, 200)
	if h := s.parcel("p-1").OnHold; h == nil || h.Reason != "the order was refunded" {
		t.Errorf("the parcel is held as %+v", h)
	}
	if list := s.ctl("", "parcels"); !strings.Contains(list, "the order was refunded") {
		t.Errorf("staff see\n%s", list)
	}
	frames := s.unlocks()
	s.scan(code, "--fast")
	s.step(view.StepPickupRefused, view.ReasonOnHold)
	s.leave()
	s.crash()
	s.startCore()
	s.step(view.StepIdle)
	s.allDoorsKnown()
	s.scan(code, "--fast")
	s.step(view.StepPickupRefused, view.ReasonOnHold)
	s.leave()
	s.touch(view.ActStartPickup, "")
	s.step(view.StepPickupEnter)
	s.touch(view.ActPIN, stored.Data.PIN)
	s.step(view.StepPickupRefused, view.ReasonOnHold)
	s.leave()
	s.unlocked(frames...)

	s.ctl("", "release", "p-1", "paid again")
	s.scan(code, "--fast")
	s.step(view.StepPickupOpen)
	hold("hold", "", 409) // its door is open
	s.take(door)
	s.step(view.StepPickupDone)
	s.isParcel("p-1", parcel.Collected, "")
	s.hears("the hold", func(e event) bool { return e.Type == "parcel.held" })
	s.hears("the release", func(e event) bool { return e.Type == "parcel.released" })
}
