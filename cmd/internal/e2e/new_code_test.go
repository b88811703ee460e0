package e2e

import (
	"strings"
	"testing"

	"cubby/locker/parcel"
	"cubby/locker/view"
)

// A customer's code was seen by others: the shop has another one made. The old one opens
// nothing from that moment on, over a killed core too, and the new one opens the door.
func TestANewCodeOpensAndTheOldOneOpensNothing(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	stored := s.store("p-1")
	door, old := stored.Data.Compartment, stored.Data.Code
	code := func(method, body string, want int) {
		t.Helper()
		status, answer, _ := s.call(method, "/v1/parcels/p-1/code", body)
		if status != want || strings.Contains(string(answer), old) {
			t.Fatalf("%s: %d, want %d: %s", method, status, want, answer)
		}
	}
	frames := s.unlocks()
	refused := func(code string) {
		t.Helper()
		s.scan(code, "--fast")
		s.step(view.StepPickupRefused, view.ReasonReplaced)
		s.leave()
	}
	code("DELETE", "", 200)
	if shown := s.shown(s.token); len(shown) > 0 {
		t.Errorf("the code of %v is still passed on", shown)
	}
	refused(old)
	code("DELETE", "", 200) // repeating it is no error
	if c := s.parcel("p-1").Code; c == nil || !c.Revoked {
		t.Errorf("of its code it says %+v", c)
	}
	code("POST", `{"reason":"others have seen it"}`, 200)
	made := s.hears("the new code", func(e event) bool { return e.Type == "parcel.code_reissued" })
	if made.Data.Code == "" || made.Data.Code == old || made.Data.PIN == "" {
		t.Fatalf("told as %+v", made)
	}
	refused(old)
	s.crash()
	s.startCore()
	s.step(view.StepIdle)
	s.allDoorsKnown()
	refused(old)
	s.touch(view.ActStartPickup, "")
	s.step(view.StepPickupEnter)
	s.touch(view.ActPIN, stored.Data.PIN)
	s.step(view.StepPickupRefused, view.ReasonReplaced)
	s.leave()
	s.unlocked(frames...)

	s.scan(made.Data.Code, "--fast")
	s.step(view.StepPickupOpen)
	code("POST", "", 409) // its door is open
	s.take(door)
	s.step(view.StepPickupDone)
	s.isParcel("p-1", parcel.Collected, "")
	if story := s.ctl("", "story", "parcel", "p-1"); !strings.Contains(story, "got a new code") {
		t.Errorf("its story is\n%s", story)
	}
	if told := s.ctl("", "config"); !strings.Contains(told, "policy.pickup_hours") ||
		!strings.Contains(told, `"set"`) || strings.Contains(told, s.config) {
		t.Errorf("the station goes by\n%s", told)
	}
}
