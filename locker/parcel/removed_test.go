package parcel

import (
	"testing"

	"cubby/locker/door"
	"cubby/locker/people"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// A courier who is removed in the middle of a visit gets no further door. The
// one that is open may be closed; then the visit ends.
func TestARemovedCourierGetsNoFurtherDoor(t *testing.T) {
	badge := func(t *testing.T, s *stage) { s.do(t, visit.Present{BadgeHash: "badge-k1", Presented: "badge"}) }
	label := func(t *testing.T, s *stage) { s.do(t, visit.Present{Label: "L-p", Presented: "label"}) }
	ends := func(r door.Result) func(*testing.T, *stage) {
		return func(t *testing.T, s *stage) { s.ended(t, r) }
	}
	closes := func(p door.Presence) func(*testing.T, *stage) {
		return func(t *testing.T, s *stage) { s.see(t, "1", door.Closed, p) }
	}
	act := func(a view.ActionName) func(*testing.T, *stage) {
		return func(t *testing.T, s *stage) { s.act(t, a) }
	}
	removed := func(t *testing.T, s *stage) { s.do(t, people.RemoveCourier{ID: "k1"}) }
	type play []func(*testing.T, *stage)
	for _, c := range []struct {
		name     string
		before   play
		under    view.Step // what is shown until the door has ended; empty: the visit ends at once
		after    play
		parcel   State
		allotted wall.Allocation
	}{
		{"between parcels", play{badge}, "", nil, Announced, wall.Free},
		{"after a deposit that could be undone", play{
			badge, label, ends(door.ConfirmedOpen), closes(door.PresenceUnknown),
		},
			"", nil, Stored, wall.Occupied},
		{"reading a receipt", play{
			badge, label, ends(door.ConfirmedOpen), closes(door.PresenceUnknown), act(view.ActReceipt),
		}, "", nil, Stored, wall.Occupied},
		{"before a door that did not open", play{badge, label, ends(door.Unanswered)}, "", nil,
			DepositFailed, wall.Free},
		{"asked whether the parcel is in", play{badge, label, ends(door.ConfirmedOpen), closes(door.Empty)}, "", nil,
			DepositFailed, wall.Quarantine},
		{"the door is open", play{badge, label, ends(door.ConfirmedOpen)}, view.StepCourierOpen,
			play{closes(door.PresenceUnknown)}, Stored, wall.Occupied},
		{"the door is open, and nothing is in it", play{badge, label, ends(door.ConfirmedOpen)}, view.StepCourierOpen,
			play{closes(door.Empty)}, DepositFailed, wall.Quarantine},
		{"the door is about to open", play{badge, label}, view.StepCourierOpening,
			play{ends(door.ConfirmedOpen), closes(door.PresenceUnknown)}, Stored, wall.Occupied},
		{"the door is stuck", play{badge, label}, view.StepCourierOpening, play{ends(door.Stuck)},
			DepositFailed, wall.Free},
		{"the parcel is too big", play{badge, label, ends(door.ConfirmedOpen), act(view.ActTooBig)},
			view.StepCourierRetake, play{closes(door.PresenceUnknown)}, DepositFailed, wall.Free},
		{"the door does not close", play{badge, label, ends(door.ConfirmedOpen), act(view.ActBroken)},
			view.StepCourierRetake, play{act(view.ActOtherDoor), act(view.ActOtherDoor)}, DepositFailed,
			wall.OutOfService},
		{"a parcel is taken back", play{
			badge, label, ends(door.ConfirmedOpen), closes(door.PresenceUnknown), act(view.ActUndo),
			ends(door.ConfirmedOpen),
		},
			view.StepCourierRetake, play{closes(door.PresenceUnknown)}, DepositFailed, wall.Free},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := twoBoxes()
			s.announce(t, "p", small())
			for _, step := range c.before {
				step(t, s)
			}
			orders := len(s.orders)
			removed(t, s)
			if c.under != "" {
				s.at(t, c.under, s.visit.Reason)
			}
			for _, step := range c.after {
				step(t, s)
			}
			s.at(t, view.StepIdle, "")
			if p, b := s.parcels["p"], s.compartments["1"]; p.State != c.parcel || b.Allocation != c.allotted {
				t.Errorf("the parcel is %s and the compartment %s, want %s and %s", p.State, b.Allocation,
					c.parcel, c.allotted)
			}
			if len(s.orders) != orders {
				t.Errorf("door %s was ordered open for them", s.order(t).Compartment)
			}
		})
	}
	t.Run("a colleague is not sent away", func(t *testing.T) {
		s := twoBoxes()
		s.couriers["k2"] = people.CourierRecord{
			Courier: people.Courier{
				ID: "k2", Name: "South",
			}, BadgeHash: "badge-k2", PINHash: "pin-k2", CardHash: "card-k2",
		}
		badge(t, s)
		s.do(t, people.RemoveCourier{ID: "k2"})
		s.at(t, view.StepCourierReady, "")
	})
}
