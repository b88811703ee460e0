package parcel

import (
	"testing"
	"time"

	"cubby/locker/door"
	"cubby/locker/upkeep"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

func TestADoorThatOpensWithoutAnOrderIsForced(t *testing.T) {
	s := twoBoxes()
	s.see(t, "2", door.Open, door.PresenceUnknown)
	if c := s.compartments["2"]; !c.Forced || c.Allocation != wall.Quarantine || s.told("door.forced_open") != 1 {
		t.Errorf("forced %t, %s", c.Forced, c.Allocation)
	}
	s.see(t, "2", door.Closed, door.PresenceUnknown)
	if c := s.compartments["2"]; c.Offerable() {
		t.Error("it is offered again before anybody has looked")
	}
	s.do(t, upkeep.RestoreDoor{Compartment: "2", Reason: "looked inside"})
	if c := s.compartments["2"]; !c.Offerable() {
		t.Errorf("after staff have looked it is not offered: %+v", c)
	}
}

func TestAForcedDoorStopsDepositsIntoItsBankOnly(t *testing.T) {
	s := twoBoxes()
	other := s.compartments["1"]
	other.Number, other.Bank = "9", "annex"
	s.compartments["9"] = other
	s.numbers = append(s.numbers, "9")
	s.announce(t, "p", small())
	number, code := s.deposit(t, "p")
	s.see(t, number, door.Open, door.PresenceUnknown)
	s.see(t, number, door.Closed, door.PresenceUnknown)
	for n, want := range map[string]bool{"1": false, "2": false, "9": true} {
		if n != number && s.compartments[n].Offerable() != want {
			t.Errorf("after door %s was forced, door %s of bank %q is offered: %t", number, n,
				s.compartments[n].Bank, !want)
		}
	}
	s.do(t, upkeep.RestoreDoor{Compartment: number, Reason: "the parcel is there, the latch holds"})
	if p := s.parcels["p"]; p.State != Stored || p.Compartment != number || s.told("door.alarm_cleared") != 1 {
		t.Errorf("the parcel is %s at door %q, told %d times", p.State, p.Compartment, s.told("door.alarm_cleared"))
	}
	for n, c := range s.compartments {
		if n != number && !c.Offerable() || c.Forced || c.BankAlarm {
			t.Errorf("after staff have looked, door %s: %+v", n, c)
		}
	}
	s.do(t, visit.Present{CodeHash: code})
	if p := s.parcels["p"]; p.State != Collecting {
		t.Errorf("the code of a parcel to be checked does not open its door: %s", p.State)
	}
}

// After a power cut the clock may be behind the last opening: how long ago that
// failed nobody knows, so a door that opens now is not taken for it.
func TestADoorThatOpensAfterTheClockWasSetBackIsForced(t *testing.T) {
	s := twoBoxes()
	s.announce(t, "p", small())
	number, code := s.deposit(t, "p")
	s.do(t, visit.Present{CodeHash: code})
	s.ended(t, door.Stuck)
	s.ended(t, door.Stuck)
	s.act(t, view.ActBack)
	s.now = s.now.Add(-10 * time.Minute)
	s.do(t, visit.Start{Boot: "b"})
	s.see(t, number, door.Closed, door.PresenceUnknown)
	s.now = s.now.Add(5 * time.Minute)
	s.see(t, number, door.Open, door.PresenceUnknown)
	s.now = s.now.Add(20 * time.Second)
	s.see(t, number, door.Closed, door.Empty)
	if p := s.parcels["p"]; s.told("door.forced_open") != 1 || p.State != Stored || !p.ToCheck {
		t.Errorf("forced told %d times, the parcel is %s, to check %t", s.told("door.forced_open"), p.State, p.ToCheck)
	}
}
