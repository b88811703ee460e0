package parcel

import (
	"testing"
	"time"

	"cubby/locker/door"
	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// twoTerminals is a wall of two banks with parcels p, q and r: p and q behind
// doors of the bank main, r behind one of the bank side.
func twoTerminals(t *testing.T) (s *stage, codes map[string]string) {
	side := box("9", 900, 110, 500)
	side.Bank = "side"
	s = newStage(box("1", 400, 110, 500), box("2", 400, 110, 500), box("3", 400, 110, 500), side)
	codes = map[string]string{}
	for _, id := range []string{"p", "q"} {
		s.announce(t, id, small())
		_, codes[id] = s.deposit(t, id)
	}
	s.announce(t, "r", &wall.Dimensions{Length: 800, Width: 100, Height: 90})
	number, code := s.deposit(t, "r")
	if codes["r"] = code; number != "9" {
		t.Fatalf("parcel r went behind door %s", number)
	}
	s.facts, s.orders = nil, nil
	return s, codes
}

// on has what follows happen at a terminal.
func (s *stage) on(terminal string) *stage {
	s.terminal = terminal
	return s
}

// shows holds what a terminal shows.
func (s *stage) shows(t *testing.T, terminal string, step view.Step, why view.Reason) view.View {
	t.Helper()
	env := s.env()
	env.Terminal = terminal
	v := station.ViewOf(s, env)
	if v.Step != step || v.Reason != why {
		t.Fatalf("terminal %q shows %s (%q), want %s (%q)", terminal, v.Step, v.Reason, step, why)
	}
	return v
}

func TestTwoPeopleAreServedAtTwoTerminals(t *testing.T) {
	s, codes := twoTerminals(t)
	s.on("desk").do(t, visit.Present{BadgeHash: "badge-k1", Presented: "badge"})
	s.on("").scan(t, codes["r"])
	s.shows(t, "desk", view.StepCourierReady, "")
	s.shows(t, "", view.StepPickupOpening, "")
	s.announce(t, "n", small())
	s.on("desk").do(t, visit.Present{Label: "L-n", Presented: "label"}) // in the other bank
	deposit := s.order(t)
	s.ended(t, door.ConfirmedOpen)
	s.shows(t, "desk", view.StepCourierOpen, "")
	s.shows(t, "", view.StepPickupOpening, "")

	pickup := s.orders[0]
	s.on("").see(t, pickup.Compartment, door.Open, door.PresenceUnknown)
	s.do(t, visit.EndOpening{Ended: door.Ended{
		Opening: pickup.Opening, Compartment: pickup.Compartment, Result: door.ConfirmedOpen,
		Pulsed: true, At: s.now,
	}})
	s.shows(t, "", view.StepPickupOpen, "")
	s.see(t, deposit.Compartment, door.Closed, door.PresenceUnknown)
	if v := s.shows(t, "desk", view.StepCourierReady, ""); v.OfCourier().Count != 1 {
		t.Errorf("the courier sees %d parcels", v.OfCourier().Count)
	}
	s.see(t, pickup.Compartment, door.Closed, door.PresenceUnknown)
	s.shows(t, "", view.StepPickupDone, "")
	if s.parcels["n"].State != Stored || s.parcels["r"].State != Collected {
		t.Errorf("n is %s, r is %s", s.parcels["n"].State, s.parcels["r"].State)
	}
}

func TestTheSecondOfTwoAtOneBankWaitsAndIsToldWhy(t *testing.T) {
	s, codes := twoTerminals(t)
	s.on("").scan(t, codes["p"])
	s.ended(t, door.ConfirmedOpen)
	first := s.order(t).Compartment
	s.on("desk").scan(t, codes["q"])
	if v := s.shows(t, "desk", view.StepPickupRefused, view.ReasonDoorTaken); v.OpenDoor() != first ||
		len(s.orders) != 1 {
		t.Errorf("it names door %q of %v", v.OpenDoor(), s.orders)
	}
	s.on("desk").scan(t, codes["p"]) // the very code whose door is open at the kiosk
	s.shows(t, "desk", view.StepPickupRefused, view.ReasonDoorTaken)
	s.shows(t, "", view.StepPickupOpen, "")
	s.on("").see(t, first, door.Closed, door.PresenceUnknown)
	s.on("desk").scan(t, codes["q"])
	s.shows(t, "desk", view.StepPickupOpening, "")
}

func TestTryingAgainWaitsForTheDoorOfSomebodyElse(t *testing.T) {
	s, codes := twoTerminals(t)
	s.on("desk").scan(t, codes["q"])
	s.ended(t, door.Stuck)
	s.ended(t, door.Stuck)
	s.shows(t, "desk", view.StepNoOpen, view.ReasonStuck)
	s.on("").scan(t, codes["p"])
	s.ended(t, door.ConfirmedOpen)
	before := len(s.orders)
	desk, _ := visit.Visits.Get(ledger.NewState(s), "desk")
	d := s.on("desk").do(t, visit.Do{Action: view.Action{Visit: desk.ID, Name: view.ActTryAgain}})
	if d.Heard != view.HeardBusy || len(s.orders) != before {
		t.Errorf("it is answered %q, and ordered %v", d.Heard, s.orders[before:])
	}
	s.on("").see(t, s.orders[before-1].Compartment, door.Closed, door.PresenceUnknown)
	s.on("desk").do(t, visit.Do{Action: view.Action{Visit: desk.ID, Name: view.ActTryAgain}})
	s.shows(t, "desk", view.StepPickupOpening, "")
}

// Whoever is told that a door did not open is not offered it again when the
// parcel has gone another way meanwhile.
func TestWhatIsTakenAtOneTerminalIsNotOfferedAtTheOther(t *testing.T) {
	s, codes := twoTerminals(t)
	s.on("desk").scan(t, codes["q"])
	s.ended(t, door.Stuck)
	s.ended(t, door.Stuck)
	s.on("").scan(t, codes["q"])
	s.ended(t, door.ConfirmedOpen)
	s.see(t, s.order(t).Compartment, door.Closed, door.PresenceUnknown)
	s.shows(t, "", view.StepPickupDone, "")
	if v := s.shows(t, "desk", view.StepNoOpen, view.ReasonStuck); v.Allows(view.ActTryAgain) {
		t.Error("a door whose parcel has gone is offered again")
	}
}

func TestEachVisitEndsByItsOwnClockAndLivesOverARestart(t *testing.T) {
	s, codes := twoTerminals(t)
	s.on("desk").do(t, visit.Present{BadgeHash: "badge-k1", Presented: "badge"})
	s.on("").scan(t, codes["p"])
	s.ended(t, door.ConfirmedOpen)
	s.on("").do(t, visit.Start{Boot: "b"})
	s.shows(t, "desk", view.StepCourierReady, "")
	s.shows(t, "", view.StepPickupOpen, "")
	s.now = s.now.Add(s.policy.CourierTimeout)
	s.do(t, visit.Tick{})
	s.shows(t, "desk", view.StepIdle, "")
	s.now = s.now.Add(10 * time.Second)
	s.shows(t, "", view.StepPickupOpen, "")
	s.do(t, visit.Present{BadgeHash: "badge-k1", Presented: "badge"})
	s.shows(t, "", view.StepPickupOpen, "") // a door is open: first things first
	s.on("desk").do(t, visit.Present{BadgeHash: "badge-k1", Presented: "badge"})
	s.do(t, people.RemoveCourier{ID: "k1"})
	s.shows(t, "desk", view.StepIdle, "")
}

// Two who have the same code: what one is asked about is not opened for the other.
func TestADoorThatSomebodyIsAskedAboutIsNotOpenedElsewhere(t *testing.T) {
	s, codes := twoTerminals(t)
	s.on("").scan(t, codes["p"])
	s.ended(t, door.ConfirmedOpen)
	number := s.order(t).Compartment
	s.see(t, number, door.Closed, door.Present)
	s.shows(t, "", view.StepPickupCheck, "")
	orders := len(s.orders)
	s.on("desk").scan(t, codes["p"])
	if v := s.shows(t, "desk", view.StepPickupRefused, view.ReasonDoorOpen); len(s.orders) != orders {
		t.Errorf("door %s was ordered open, and the desk shows %+v", number, v)
	}
	s.on("").act(t, view.ActTaken)
	if p := s.parcels["p"]; p.State != Collected {
		t.Errorf("it is %+v", p)
	}
}

// A lock that is stuck gets no second pulse while somebody is back at another door of the
// bank: one supply opens one door at a time.
func TestAStuckLockWaitsForADoorThatSomebodyIsBackAt(t *testing.T) {
	s, codes := twoTerminals(t)
	s.on("desk").scan(t, codes["q"])
	s.ended(t, door.ConfirmedOpen)
	for range 30 { // they go, and leave it open
		s.now = s.now.Add(time.Minute)
		s.do(t, visit.Tick{})
	}
	s.shows(t, "desk", view.StepIdle, "")
	s.on("").scan(t, codes["p"])
	s.shows(t, "", view.StepPickupOpening, "")
	order := s.order(t)
	s.on("desk").scan(t, codes["q"])
	s.shows(t, "desk", view.StepPickupOpen, "")
	s.on("").do(t, visit.EndOpening{Ended: door.Ended{
		Opening: order.Opening, Compartment: order.Compartment, Result: door.Stuck, Pulsed: true, At: s.now,
	}})
	s.shows(t, "", view.StepNoOpen, view.ReasonStuck)
	if again := s.order(t); again != order {
		t.Errorf("door %s got another pulse", again.Compartment)
	}
}
