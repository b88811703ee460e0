package parcel

import (
	"slices"
	"testing"
	"time"

	"cubby/locker/door"
	"cubby/locker/ledger"
	"cubby/locker/upkeep"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// A page that offers to try again may stay until the parcel behind the door has
// expired. Nobody would know any more who has it.
func TestADoorIsNotTriedAgainForAParcelThatHasExpiredMeanwhile(t *testing.T) {
	s := newStage(box("1", 400, 110, 500))
	s.announce(t, "p1", nil)
	_, code := s.deposit(t, "p1")
	s.now = s.parcels["p1"].Deadline.Add(-time.Second)
	s.do(t, visit.Present{CodeHash: code, Presented: "code"})
	s.ended(t, door.Stuck)
	s.ended(t, door.Stuck)
	s.at(t, view.StepNoOpen, view.ReasonStuck)
	offered := func() bool { return slices.Contains(station.ViewOf(s, s.env()).Actions, view.ActTryAgain) }
	if !offered() {
		t.Error("it cannot be tried again in time")
	}
	late := visit.Do{Action: view.Action{Visit: s.visit.ID, Name: view.ActTryAgain}}
	s.now = s.now.Add(time.Second)
	s.do(t, visit.Tick{})
	orders := len(s.orders)
	if _, err := s.try(late); ledger.CodeOf(err) != ledger.Stale || offered() || len(s.orders) > orders {
		t.Errorf("parcel %s: offered %v, refused with %v, page %s, %d orders", s.parcels["p1"].State, offered(), err,
			s.visit.Step, len(s.orders)-orders)
	}
	s.act(t, view.ActBack)
	s.do(t, visit.Present{CodeHash: code, Presented: "code"})
	s.at(t, view.StepPickupRefused, view.ReasonExpired)
}

// The page that offers another door stays while the centre cancels the parcel.
func TestACancelledParcelIsTakenBehindNoOtherDoor(t *testing.T) {
	s := newStage(box("1", 400, 110, 500), box("2", 400, 190, 500))
	s.announce(t, "p1", nil)
	s.do(t, visit.Present{BadgeHash: "badge-k1", Presented: "badge"})
	s.do(t, visit.Present{Label: "L-p1", Presented: "label"})
	s.order(t)
	s.do(t, visit.Start{})
	for _, n := range s.numbers {
		s.see(t, n, door.Closed, door.PresenceUnknown)
	}
	s.at(t, view.StepCourierNoOpen, view.ReasonUnknown)
	s.do(t, Cancel{ID: "p1"})
	orders := len(s.orders)
	s.act(t, view.ActOtherDoor)
	if p := s.parcels["p1"]; p.State != Cancelled || len(s.orders) > orders {
		t.Errorf("it is %s, and %d doors were opened for it", p.State, len(s.orders)-orders)
	}
	s.at(t, view.StepCourierReady, view.ReasonCancelled)
}

// A customer who looks into the compartment again gives back what staff have withdrawn.
func TestADoorThatStaffHaveWithdrawnIsNotTriedAgain(t *testing.T) {
	s := newStage(box("1", 400, 110, 500))
	s.announce(t, "p1", nil)
	_, code := s.deposit(t, "p1")
	s.do(t, visit.Present{CodeHash: code, Presented: "code"})
	s.ended(t, door.ConfirmedOpen)
	s.see(t, "1", door.Closed, door.PresenceUnknown)
	s.act(t, view.ActOpenAgain)
	s.ended(t, door.Refused)
	s.at(t, view.StepNoOpen, view.ReasonUnanswered)
	late := visit.Do{Action: view.Action{Visit: s.visit.ID, Name: view.ActTryAgain}}
	if !slices.Contains(station.ViewOf(s, s.env()).Actions, view.ActTryAgain) {
		t.Error("it cannot be tried again before")
	}
	s.do(t, upkeep.TakeOutOfService{Compartment: "1", Reason: "its hinge is loose"})
	if _, err := s.try(late); ledger.CodeOf(err) != ledger.Stale {
		s.ended(t, door.ConfirmedOpen)
		s.see(t, "1", door.Closed, door.PresenceUnknown)
		t.Errorf("tried again: %v; the compartment is %s", err, s.compartments["1"].Allocation)
	}
}
