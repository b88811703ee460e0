package parcel

import (
	"testing"

	"cubby/locker/door"
	"cubby/locker/upkeep"
	"cubby/locker/visit"
)

func TestADoorThatOpenedInCommissioningIsNotForcedAfterwards(t *testing.T) {
	for _, tc := range []struct {
		name                 string
		driven, said, opened string
		forced               bool
	}{
		{"its lock was driven", "2", "", "2", false},
		{"its lock was driven, and somebody said that it opened", "2", "2", "2", false},
		{"somebody said that it opened when another lock was driven", "1", "2", "2", false},
		{"another lock was driven, and nobody said so", "1", "", "2", true},
		{"a lock was driven that belongs to no door", "", "", "2", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := twoBoxes()
			for _, n := range []string{"1", "2"} {
				s.see(t, n, door.Closed, door.PresenceUnknown)
			}
			s.do(t, upkeep.DriveLock{Line: "main", Board: 0, Lock: 2, Compartment: tc.driven})
			if s.told("lock.driven") != 1 {
				t.Error("the pulse is not told")
			}
			if tc.said != "" {
				s.do(t, upkeep.SayOpened{Compartment: tc.said})
			}
			s.do(t, visit.Start{Boot: "b", Version: "v"})
			s.see(t, tc.opened, door.Open, door.PresenceUnknown)
			if c := s.compartments[tc.opened]; c.Forced != tc.forced {
				t.Errorf("%+v", c)
			}
			s.see(t, tc.opened, door.Closed, door.PresenceUnknown)
			s.see(t, tc.opened, door.Open, door.PresenceUnknown)
			if c := s.compartments[tc.opened]; !c.Forced {
				t.Errorf("once it was closed it may be opened by force for ever: %+v", c)
			}
		})
	}
}

func TestAParcelWhoseDoorOpenedInCommissioningIsToBeChecked(t *testing.T) {
	s := twoBoxes()
	s.announce(t, "p", small())
	number, code := s.deposit(t, "p")
	s.do(t, upkeep.SayOpened{Compartment: number})
	s.do(t, upkeep.SayOpened{Compartment: number})
	s.do(t, upkeep.SayOpened{Compartment: "no door of this wall"})
	if p := s.parcels["p"]; p.State != Stored || !p.ToCheck || s.told("parcel.to_check") != 1 {
		t.Errorf("%+v, told %d times", p, s.told("parcel.to_check"))
	}
	s.do(t, visit.Present{CodeHash: code})
	if p := s.parcels["p"]; p.State != Collecting {
		t.Errorf("its code does not open: %s", p.State)
	}
}
