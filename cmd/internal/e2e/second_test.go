package e2e

import (
	"encoding/base32"
	"fmt"
	"strings"
	"testing"
	"time"

	"cubby/locker/parcel"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// A valuable parcel needs its code and the phone, also when the core dies in between; a code
// that changes opens as it is now, and its picture does not; six digits go with the phone.
func TestTwoFactorsACodeThatChangesAndSixDigits(t *testing.T) {
	t.Parallel()
	s := newStation(t,
		change{"[policy]\n", "[pickup]\npin = \"6_digits_and_phone\"\nrotating = true\n\n[policy]\n"})
	brings := func(id, more string) event {
		t.Helper()
		if status, answer, _ := s.call("PUT", "/v1/parcels/"+id, fmt.Sprintf(
			`{"label":%q,"recipient":{"phone":"+49 30 %s4567"}%s}`, strings.ToUpper(id), id[2:]+"11",
			more)); status != 201 {
			t.Fatalf("announced: %d %s", status, answer)
		}
		e := s.deposit(id)
		s.leave()
		return e
	}
	taken := func(id, door string) {
		t.Helper()
		if v := s.step(view.StepPickupOpen); v.Door() != door {
			t.Fatalf("door %s is open, want %s", v.Door(), door)
		}
		s.take(door)
		s.step(view.StepPickupDone)
		s.isParcel(id, parcel.Collected, "")
		s.leave()
	}

	one := brings("p-1", `,"valuable":true`)
	frames := s.unlocks()
	s.scan(one.Data.Code, "--fast")
	s.step(view.StepPickupSecond)
	before := s.told()
	s.crash()
	s.restart(before)
	s.step(view.StepPickupSecond)
	s.touch(view.ActPIN, "0000")
	s.step(view.StepPickupSecond, view.ReasonNotValid)
	s.unlocked(frames...)
	s.touch(view.ActPIN, "4567")
	taken("p-1", one.Data.Compartment)

	two := brings("p-2", `,"rotating":true`)
	frames = s.unlocks()
	s.scan(two.Data.Code, "--fast")
	s.step(view.StepPickupRefused, view.ReasonNotLive)
	s.leave()
	s.unlocked(frames...)
	key, err := base32.StdEncoding.DecodeString(two.Data.Rotating)
	if err != nil || len(key) != 20 {
		t.Fatalf("the key of its tails is %q, %v", two.Data.Rotating, err)
	}
	s.scan(two.Data.Code+"."+visit.TailOf(key, time.Now().Unix()/30), "--fast")
	taken("p-2", two.Data.Compartment)

	three := brings("p-3", "")
	if len(three.Data.PIN) != parcel.ShortPIN {
		t.Fatalf("its PIN is %q", three.Data.PIN)
	}
	for _, tail := range []string{"0000", "4567"} {
		s.touch(view.ActStartPickup, "")
		s.step(view.StepPickupEnter)
		s.touch(view.ActPIN, three.Data.PIN+tail)
		if tail == "0000" {
			s.step(view.StepPickupRefused, view.ReasonNotValid)
			s.leave()
		}
	}
	taken("p-3", three.Data.Compartment)
	s.sound()
}
