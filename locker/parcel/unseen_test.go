package parcel

import (
	"testing"
	"time"

	"cubby/locker/door"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// A lock was driven and its board fell silent with the pulse, or the line broke:
// the door may have opened, been used and closed again before anybody looks.
func TestWhatNobodyCouldSeeIsLeftToStaff(t *testing.T) {
	silent := func(t *testing.T, s *stage) { s.lost(t) }
	broken := func(t *testing.T, s *stage) { s.ended(t, door.Uncertain) }
	for _, c := range []struct {
		name string
		ends func(*testing.T, *stage)
	}{{"the board fell silent with the pulse", silent}, {"the line broke", broken}} {
		t.Run(c.name, func(t *testing.T) {
			t.Run("a pickup", func(t *testing.T) {
				s := twoBoxes()
				s.announce(t, "p", small())
				number, code := s.deposit(t, "p")
				s.do(t, visit.Present{CodeHash: code})
				c.ends(t, s)
				s.at(t, view.StepNoOpen, view.ReasonUnknown)
				if p := s.parcels["p"]; p.State != Stored || !p.ToCheck {
					t.Errorf("the parcel is %s, to check %t", p.State, p.ToCheck)
				}
				if _, err := s.try(visit.Do{Action: view.Action{
					Visit: s.visit.ID, Name: view.ActTryAgain,
				}}); err == nil {
					t.Error("a second pulse is offered, blindly")
				}
				if b := s.compartments[number]; b.Allocation != wall.Occupied {
					t.Errorf("the compartment is %s", b.Allocation)
				}
			})
			for _, then := range []struct {
				name string
				do   func(*testing.T, *stage)
			}{
				{"the courier goes on", func(t *testing.T, s *stage) { s.act(t, view.ActBack) }},
				{"the courier wants another door", func(t *testing.T, s *stage) { s.act(t, view.ActOtherDoor) }},
				{"the courier scans the next label", func(t *testing.T, s *stage) {
					s.announce(t, "q", small())
					s.do(t, visit.Present{Label: "L-q", Presented: "label"})
				}},
				{"nobody is there any more", func(t *testing.T, s *stage) {
					s.now = s.now.Add(time.Hour)
					s.do(t, visit.Tick{})
				}},
			} {
				t.Run("a deposit, and "+then.name, func(t *testing.T) {
					s := twoBoxes()
					s.announce(t, "p", small())
					s.do(t, visit.Present{BadgeHash: "badge-k1", Presented: "badge"})
					s.do(t, visit.Present{Label: "L-p", Presented: "label"})
					number := s.order(t).Compartment
					c.ends(t, s)
					s.at(t, view.StepCourierNoOpen, view.ReasonUnknown)
					if _, err := s.try(visit.Do{Action: view.Action{
						Visit: s.visit.ID, Name: view.ActTryAgain,
					}}); err == nil {
						t.Error("a second pulse is offered, blindly")
					}
					then.do(t, s)
					if b := s.compartments[number]; b.Allocation != wall.Quarantine ||
						b.Contents != wall.ContentsUnknown || b.Offerable() {
						t.Errorf("compartment %s is %s, its contents %s", number, b.Allocation, b.Contents)
					}
				})
			}
			t.Run("a parcel given back", func(t *testing.T) {
				s := twoBoxes()
				s.announce(t, "p", small())
				s.do(t, visit.Present{BadgeHash: "badge-k1", Presented: "badge"})
				s.do(t, visit.Present{Label: "L-p", Presented: "label"})
				number := s.order(t).Compartment
				s.ended(t, door.ConfirmedOpen)
				s.now = s.now.Add(5 * time.Second)
				s.see(t, number, door.Closed, door.PresenceUnknown)
				s.act(t, view.ActUndo)
				c.ends(t, s)
				if p := s.parcels["p"]; p.State != Stored || !p.ToCheck {
					t.Errorf("the parcel is %s, to check %t", p.State, p.ToCheck)
				}
			})
		})
	}
}
