package locker

import (
	"testing"

	"cubby/locker/door"
)

func TestADoorThatOpenedInCommissioningIsNotForcedAfterwards(t *testing.T) {
	for _, tc := range []struct {
		name string
		said bool
	}{
		{"somebody said that it opened", true},
		{"nobody said so", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := twoBoxes()
			s.do(t, DriveLock{Line: "main", Board: 0, Lock: 2, Compartment: "2"})
			if s.told("lock.driven") != 1 {
				t.Error("the pulse is not told")
			}
			if tc.said {
				s.do(t, SayOpened{"2"})
			}
			s.do(t, Start{Boot: "b", Version: "v"})
			s.see(t, "2", door.Open, door.PresenceUnknown)
			if c := s.compartments["2"]; c.Forced == tc.said || s.told("parcel.to_check") != 0 {
				t.Errorf("%+v", c)
			}
		})
	}
}

func TestAParcelWhoseDoorOpenedInCommissioningIsToBeChecked(t *testing.T) {
	s := twoBoxes()
	s.announce(t, "p", small())
	number, code := s.deposit(t, "p")
	s.do(t, SayOpened{number})
	s.do(t, SayOpened{number})
	s.do(t, SayOpened{"no door of this wall"})
	if p := s.parcels["p"]; p.State != Stored || !p.ToCheck || s.told("parcel.to_check") != 1 {
		t.Errorf("%+v, told %d times", p, s.told("parcel.to_check"))
	}
	s.do(t, Present{CodeHash: code})
	if p := s.parcels["p"]; p.State != Collecting {
		t.Errorf("its code does not open: %s", p.State)
	}
}
