package parcel

import (
	"testing"
	"time"

	"cubby/locker/door"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

func TestAnInterruptedUndoIsLookedAfter(t *testing.T) {
	s := twoBoxes()
	s.announce(t, "p", small())
	s.do(t, visit.Present{BadgeHash: "badge-k1"})
	s.do(t, visit.Present{Label: "L-p"})
	s.ended(t, door.ConfirmedOpen)
	s.see(t, "1", door.Closed, door.PresenceUnknown)
	s.act(t, view.ActUndo)
	s.do(t, visit.Start{Boot: "b"})
	s.see(t, "1", door.Closed, door.PresenceUnknown)
	if p := s.parcels["p"]; p.State != Stored || !p.ToCheck {
		t.Errorf("parcel %s, to check %t", p.State, p.ToCheck)
	}
}

// After a crash at each step of a pickup and of a deposit, with the door found
// open or closed or its board silent: nothing is pulsed, and what cannot be
// known is said to be so.
func TestARestartPulsesNothingAndAssumesNothing(t *testing.T) {
	type found struct {
		state    door.State
		parcel   State
		toCheck  bool
		step     view.Step
		allotted wall.Allocation
	}
	cases := []struct {
		name  string
		until func(t *testing.T, s *stage, code string) // plays up to the crash
		found []found
	}{
		{"pickup: committed, outcome not known", func(t *testing.T, s *stage, code string) {
			s.do(t, visit.Present{CodeHash: code})
		}, []found{
			{door.Open, Collecting, false, view.StepPickupOpen, wall.Occupied},
			{door.Closed, Stored, true, view.StepToCheck, wall.Occupied},
			{door.Unknown, Stored, true, view.StepToCheck, wall.Occupied},
		}},
		{"pickup: door open", func(t *testing.T, s *stage, code string) {
			s.do(t, visit.Present{CodeHash: code})
			s.ended(t, door.ConfirmedOpen)
		}, []found{
			{door.Open, Collecting, false, view.StepPickupOpen, wall.Occupied},
			{door.Closed, Collected, false, view.StepPickupDone, wall.Free},
			{door.Unknown, Collecting, false, view.StepPickupOpen, wall.Occupied},
		}},
		{"deposit: committed, outcome not known", func(t *testing.T, s *stage, _ string) {
			s.announce(t, "q", small())
			s.do(t, visit.Present{BadgeHash: "badge-k1"})
			s.do(t, visit.Present{Label: "L-q"})
		}, []found{
			{door.Open, Depositing, false, view.StepCourierOpen, wall.Reserved},
			{door.Closed, DepositFailed, false, view.StepCourierNoOpen, wall.Quarantine},
			{door.Unknown, DepositFailed, false, view.StepCourierNoOpen, wall.Quarantine},
		}},
		{"deposit: door open", func(t *testing.T, s *stage, _ string) {
			s.announce(t, "q", small())
			s.do(t, visit.Present{BadgeHash: "badge-k1"})
			s.do(t, visit.Present{Label: "L-q"})
			s.ended(t, door.ConfirmedOpen)
		}, []found{
			{door.Open, Depositing, false, view.StepCourierOpen, wall.Reserved},
			{door.Closed, Stored, false, view.StepCourierReady, wall.Occupied},
			{door.Unknown, Depositing, false, view.StepCourierOpen, wall.Reserved},
		}},
	}
	for _, c := range cases {
		for _, f := range c.found {
			t.Run(c.name+", found "+f.state.String(), func(t *testing.T) {
				s := newStage(box("1", 400, 110, 500), box("2", 400, 110, 500))
				s.announce(t, "p", small())
				_, code := s.deposit(t, "p")
				c.until(t, s, code)
				o := s.order(t)
				orders := len(s.orders)

				s.now = s.now.Add(3 * time.Second)
				s.do(t, visit.Start{Boot: "b"})
				if f.state != door.Unknown {
					s.see(t, o.Compartment, f.state, door.PresenceUnknown)
				}
				s.now = s.now.Add(wall.SettleAfter)
				s.do(t, visit.Tick{})

				p := s.parcels[s.openings[o.Opening].Parcel]
				if p.State != f.parcel || p.ToCheck != f.toCheck {
					t.Errorf("parcel is %s (to check %t), want %s (%t)", p.State, p.ToCheck, f.parcel, f.toCheck)
				}
				if s.visit.Step != f.step {
					t.Errorf("the screen is on %s, want %s", s.visit.Step, f.step)
				}
				if a := s.compartments[o.Compartment].Allocation; a != f.allotted {
					t.Errorf("the compartment is %s, want %s", a, f.allotted)
				}
				if len(s.orders) != orders {
					t.Error("a door was ordered open by a restart")
				}
			})
		}
	}
}
