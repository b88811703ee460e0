package locker

import (
	"testing"
	"time"

	"cubby/locker/door"
	"cubby/locker/view"
)

// A contact that reads open for a moment, as under a pulse that is longer than
// it was thought to be, hands nothing over by itself.
func TestADepositBehindADoorThatOnlyRattledIsAskedFor(t *testing.T) {
	s := twoBoxes()
	s.announce(t, "p", small())
	s.do(t, Present{BadgeHash: "badge-k1", Presented: "badge"})
	s.do(t, Present{Label: "L-p", Presented: "label"})
	s.ended(t, door.ConfirmedOpen)
	s.now = s.now.Add(800 * time.Millisecond)
	s.do(t, SeeDoor{door.Seen{Compartment: s.visit.Compartment, State: door.Closed, At: s.now}})
	s.at(t, view.StepCourierCheck, view.ReasonNotSeen)
	if p := s.parcels["p"]; p.State != Depositing {
		t.Fatalf("the courier was not asked: the parcel is %s", p.State)
	}
	s.act(t, view.ActInside)
	if p := s.parcels["p"]; p.State != Stored {
		t.Errorf("he said that it is inside: it is %s", p.State)
	}
}

func TestAParcelBehindADoorThatOnlyRattledIsNotCollected(t *testing.T) {
	for _, c := range []struct {
		name   string
		open   time.Duration
		sensor door.Presence
		step   view.Step
		want   ParcelState
	}{
		{"a moment, no sensor", 200 * time.Millisecond, door.PresenceUnknown, view.StepPickupCheck, Collecting},
		{"a little longer", tooBrief - time.Millisecond, door.PresenceUnknown, view.StepPickupCheck, Collecting},
		{"long enough", tooBrief, door.PresenceUnknown, view.StepPickupDone, Collected},
		{"a moment, and the sensor sees nothing", 200 * time.Millisecond, door.Empty, view.StepPickupDone, Collected},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := twoBoxes()
			s.announce(t, "p", small())
			number, code := s.deposit(t, "p")
			s.do(t, Present{CodeHash: code})
			s.ended(t, door.ConfirmedOpen)
			s.now = s.now.Add(c.open)
			s.do(t, SeeDoor{door.Seen{Compartment: number, State: door.Closed, Presence: c.sensor, At: s.now}})
			s.at(t, c.step, map[bool]view.Reason{true: view.ReasonNotSeen}[c.want == Collecting])
			if p := s.parcels["p"]; p.State != c.want {
				t.Errorf("the parcel is %s, want %s", p.State, c.want)
			}
		})
	}
}
