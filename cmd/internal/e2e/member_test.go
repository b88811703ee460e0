package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cubby/locker/parcel"
	"cubby/locker/view"
)

// Somebody asks at the kiosk to be remembered, gets a QR code of their own, collects with it,
// sees what is kept, and has it erased. The core is killed while the code is on the screen.
func TestAMemberIsKnownCollectsAndIsForgotten(t *testing.T) {
	t.Parallel()
	s := withPaper(t)
	announced := `{"label":"P-1","recipient":{"email":"ana@example.org"}}`
	if status, answer, _ := s.call("PUT", "/v1/parcels/p-1", announced); status != 201 {
		t.Fatalf("announced: %d %s", status, answer)
	}
	stored := s.deposit("p-1")
	s.leave()
	door := stored.Data.Compartment
	s.touch(view.ActStartBearer, "")
	s.step(view.StepBearerEnter)
	frames := s.unlocks()
	s.scan(stored.Data.Code)
	s.step(view.StepBearerParcel)
	s.touch(view.ActKnown, "")
	if v := s.step(view.StepMemberAsk); v.OfMember().Contact != "a…@example.org" {
		t.Errorf("known by %q", v.OfMember().Contact)
	}
	s.touch(view.ActYes, "")
	s.step(view.StepMemberKnown)
	s.touch(view.ActPick, "wish more_time")
	s.touch(view.ActNewQR, "")
	first := s.step(view.StepMemberQR).OfMember().QR
	s.crash()
	s.startCore()
	s.allDoorsKnown()
	if v := s.step(view.StepMemberQR); v.OfMember().QR != "" || !strings.HasPrefix(first, "M:") {
		t.Errorf("shown is %q after a restart, and %q before", v.OfMember().QR, first)
	}
	s.touch(view.ActBack, "")
	s.step(view.StepMemberKnown)
	s.touch(view.ActNewQR, "")
	code := s.until("another code is shown", func(v view.View) bool { return v.OfMember().QR != "" }).OfMember().QR
	s.leave()
	s.scan(first)
	s.step(view.StepPickupRefused, view.ReasonNotValid)
	s.leave()
	s.unlocked(frames...)

	s.scan(code)
	if v := s.step(view.StepPickupOpen); v.Door() != door {
		t.Fatalf("door %s is open", v.Door())
	}
	s.take(door)
	s.step(view.StepPickupDone)
	s.isParcel("p-1", parcel.Collected, "")
	s.hears("by which code", func(e event) bool {
		return e.Type == "parcel.pickup_authorised" && e.Data.Credential == "member"
	})
	s.leave()
	s.scan(code)
	s.step(view.StepMember)
	s.touch(view.ActKnown, "")
	s.step(view.StepMemberKnown)
	s.touch(view.ActHistory, "")
	s.until("all that is kept is shown", func(v view.View) bool {
		return v.Step == view.StepMemberHistory && !v.OfMember().Loading && v.Allows(view.ActPrint)
	})
	s.touch(view.ActPrint, "")
	s.until("it is on paper", func(v view.View) bool { return v.OfMember().Print == view.PrintDone })
	for _, want := range []string{"ana@example.org", "record (kiosk)", "more_time"} {
		if p := s.printed("printer").Pieces; len(p) != 1 || !strings.Contains(p[0].Text, want) {
			t.Errorf("%q is not printed: %+v", want, p)
		}
	}
	s.touch(view.ActBack, "")
	s.step(view.StepMemberKnown)
	s.touch(view.ActPick, "erase")
	s.step(view.StepMemberErase)
	s.touch(view.ActYes, "")
	s.step(view.StepMemberGone)
	s.leave()
	s.scan(code)
	s.step(view.StepPickupRefused, view.ReasonNotValid)
	for _, file := range []string{"station.db", "station.db-wal"} {
		text, err := os.ReadFile(filepath.Join(s.dir, "data", file))
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range []string{first, code, first[2:], code[2:]} {
			if strings.Contains(string(text), one) {
				t.Errorf("%s has a QR code in clear", file)
			}
		}
	}
	if strings.Contains(s.core.said(), code[2:]) {
		t.Error("the log has it")
	}
}
