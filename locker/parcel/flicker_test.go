package parcel

import (
	"testing"
	"time"

	"cubby/locker/door"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// A contact that reads open for a moment, as under a pulse that is longer than
// it was thought to be, hands nothing over by itself.
func TestADepositBehindADoorThatOnlyRattledIsAskedFor(t *testing.T) {
	s := twoBoxes()
	s.announce(t, "p", small())
	s.do(t, visit.Present{BadgeHash: "badge-k1", Presented: "badge"})
	s.do(t, visit.Present{Label: "L-p", Presented: "label"})
	s.ended(t, door.ConfirmedOpen)
	s.now = s.now.Add(800 * time.Millisecond)
	s.do(t, visit.SeeDoor{Seen: door.Seen{Compartment: s.visit.Compartment, State: door.Closed, At: s.now}})
	s.at(t, view.StepCourierCheck, view.ReasonNotSeen)
	if p := s.parcels["p"]; p.State != Depositing {
		t.Fatalf("the courier was not asked: the parcel is %s", p.State)
	}
	s.act(t, view.ActInside)
	if p := s.parcels["p"]; p.State != Stored {
		t.Errorf("the courier said that it is inside: it is %s", p.State)
	}
}

func TestAParcelBehindADoorThatOnlyRattledIsNotCollected(t *testing.T) {
	for _, c := range []struct {
		name   string
		open   time.Duration
		sensor door.Presence
		step   view.Step
		want   State
	}{
		{"a moment, no sensor", 200 * time.Millisecond, door.PresenceUnknown, view.StepPickupCheck, Collecting},
		{"a little longer", wall.TooBrief - time.Millisecond, door.PresenceUnknown, view.StepPickupCheck, Collecting},
		{"long enough", wall.TooBrief, door.PresenceUnknown, view.StepPickupDone, Collected},
		{"a moment, and the sensor sees nothing", 200 * time.Millisecond, door.Empty, view.StepPickupDone, Collected},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := twoBoxes()
			s.announce(t, "p", small())
			number, code := s.deposit(t, "p")
			s.do(t, visit.Present{CodeHash: code})
			s.ended(t, door.ConfirmedOpen)
			s.now = s.now.Add(c.open)
			s.do(t, visit.SeeDoor{Seen: door.Seen{
				Compartment: number, State: door.Closed, Presence: c.sensor, At: s.now,
			}})
			s.at(t, c.step, map[bool]view.Reason{true: view.ReasonNotSeen}[c.want == Collecting])
			if p := s.parcels["p"]; p.State != c.want {
				t.Errorf("the parcel is %s, want %s", p.State, c.want)
			}
		})
	}
}

// A door that rattled and stands open again has to close before anybody says that the parcel
// was taken out of it.
func TestNobodySaysOfAnOpenDoorThatItWasEmptied(t *testing.T) {
	s := twoBoxes()
	s.announce(t, "p", small())
	number, code := s.deposit(t, "p")
	s.do(t, visit.Present{CodeHash: code})
	s.ended(t, door.ConfirmedOpen)
	for _, state := range []door.State{door.Closed, door.Open} { // sooner than anybody can be
		s.do(t, visit.SeeDoor{Seen: door.Seen{Compartment: number, State: state, At: s.now}})
	}
	s.at(t, view.StepPickupCheck, view.ReasonNotSeen)
	says := visit.Do{Action: view.Action{Visit: s.visit.ID, Name: view.ActTaken}}
	if _, err := s.try(says); err == nil || s.parcels["p"].State != Collecting {
		t.Fatalf("the door is open, and the parcel is %s: %v", s.parcels["p"].State, err)
	}
	s.see(t, number, door.Closed, door.PresenceUnknown)
	s.do(t, says)
	if p := s.parcels["p"]; p.State != Collected {
		t.Errorf("the door is closed and it was taken: %s", p.State)
	}
}

// How long a door stood open is told by the hardware's times, whenever the
// readings are decided.
func TestHowLongADoorStoodOpenIsWhatTheHardwareSaw(t *testing.T) {
	for _, c := range []struct {
		name   string
		open   time.Duration // between the two readings
		commit time.Duration // between deciding the first and the second
		step   view.Step
		want   State
	}{
		{"a flicker, and a commit as slow as a hand", 200 * time.Millisecond, 2 * time.Second,
			view.StepPickupCheck, Collecting},
		{"a real opening, all decided at once", 4 * time.Second, 0, view.StepPickupDone, Collected},
		{"a clock set back meanwhile", -time.Minute, 4 * time.Second, view.StepPickupCheck, Collecting},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := twoBoxes()
			s.announce(t, "p", small())
			number, code := s.deposit(t, "p")
			s.do(t, visit.Present{CodeHash: code})
			opened := s.now
			s.ended(t, door.ConfirmedOpen)
			s.now = opened.Add(c.commit)
			s.do(t, visit.SeeDoor{Seen: door.Seen{Compartment: number, State: door.Closed, At: opened.Add(c.open)}})
			if p := s.parcels["p"]; s.visit.Step != c.step || p.State != c.want {
				t.Errorf("the parcel is %s on %s, want %s on %s", p.State, s.visit.Step, c.want, c.step)
			}
		})
	}
	t.Run("a flicker under a deposit", func(t *testing.T) {
		s := twoBoxes()
		s.announce(t, "p", small())
		s.do(t, visit.Present{BadgeHash: "badge-k1", Presented: "badge"})
		s.do(t, visit.Present{Label: "L-p", Presented: "label"})
		opened := s.now
		s.ended(t, door.ConfirmedOpen)
		s.now = opened.Add(2 * time.Second)
		s.do(t, visit.SeeDoor{Seen: door.Seen{
			Compartment: s.visit.Compartment, State: door.Closed, At: opened.Add(200 * time.Millisecond),
		}})
		s.at(t, view.StepCourierCheck, view.ReasonNotSeen)
	})
	t.Run("a sensor or a board that changes its mind while it is open", func(t *testing.T) {
		s := twoBoxes()
		s.announce(t, "p", small())
		number, code := s.deposit(t, "p")
		s.do(t, visit.Present{CodeHash: code})
		s.ended(t, door.ConfirmedOpen)
		s.now = s.now.Add(4 * time.Second)
		for _, seen := range []door.Seen{
			{State: door.Open, Presence: door.Present}, {State: door.Unknown}, {State: door.Open}, {State: door.Closed},
		} {
			seen.Compartment, seen.At = number, s.now
			s.do(t, visit.SeeDoor{Seen: seen})
			s.now = s.now.Add(100 * time.Millisecond)
		}
		s.at(t, view.StepPickupDone, "")
	})
}

// A door that opens late for somebody whose code was taken back meanwhile asks them nothing: the
// parcel is stored still, and staff look.
func TestALateDoorAsksNobodyWhoseCodeWasTakenBack(t *testing.T) {
	s := twoBoxes()
	s.announce(t, "p", small())
	number, code := s.deposit(t, "p")
	s.scan(t, code)
	s.now = s.now.Add(20 * time.Second)
	s.do(t, visit.Tick{}) // no outcome comes
	s.do(t, RevokeCode{ID: "p"})
	s.do(t, visit.Start{Boot: "b"})
	s.see(t, number, door.Open, door.PresenceUnknown)
	s.see(t, number, door.Closed, door.PresenceUnknown)
	if p := s.parcels["p"]; p.State != Stored || !p.ToCheck {
		t.Errorf("it is %s, to check %t", p.State, p.ToCheck)
	}
}
