package e2e

import (
	"encoding/json"
	"slices"
	"testing"

	"cubby/locker/parcel"
	"cubby/locker/view"
)

// caseNow reads a case over REST.
func (s *station) caseNow(number string) (c struct {
	Kind   string `json:"kind"`
	State  string `json:"state"`
	Parcel string `json:"parcel_id"`
	Door   string `json:"compartment"`
}) {
	s.t.Helper()
	status, body, _ := s.call("GET", "/v1/cases/"+number, "")
	if status != 200 || json.Unmarshal(body, &c) != nil {
		s.t.Fatalf("case %s: %d %s", number, status, body)
	}
	return c
}

// A lock that never lets go: each step of the help, then a case, and the parcel is stored
// all the while. The touches stand for a person who does not wait.
func TestADoorThatStaysClosedIsHandedOverWithACase(t *testing.T) {
	t.Parallel()
	s := newStation(t, openSoon)
	e := s.store("p-1")
	door := e.Data.Compartment
	s.fault("stuck", door, "on")
	s.scan(e.Data.Code)
	s.step(view.StepNoOpen, view.ReasonStuck)
	v := s.until("no more is tried", func(v view.View) bool {
		return v.Step == view.StepNoOpen && v.Reason == view.ReasonHandedOver
	})
	if c := s.caseNow(v.Pickup.Case); c.Kind != "stuck" || c.State != "open" || c.Parcel != "p-1" || c.Door != door {
		t.Errorf("the case is %+v", c)
	}
	s.isParcel("p-1", parcel.Stored, door)
	if p := s.parcel("p-1"); p.Paused == nil || p.Paused.Reason != "lock_jammed" {
		t.Errorf("its clock is %+v", p.Paused)
	}
	steps := map[string]bool{}
	for _, told := range s.told() {
		if told.Type == "parcel.collected" {
			t.Error("the parcel is told to be collected; its door never opened")
		}
		steps[told.Type] = true
	}
	if !steps["parcel.door_stuck"] || !steps["case.opened"] || !steps["parcel.clock_paused"] {
		t.Errorf("told were %v", steps)
	}
}

func TestAnEmptyDoorBecomesACaseAndNoCollectedParcel(t *testing.T) {
	t.Parallel()
	s := withPaper(t)
	s.status("printer", "working")
	e := s.store("p-1")
	door := e.Data.Compartment
	s.scan(e.Data.Code)
	s.step(view.StepPickupOpen)
	s.touch(view.ActReport, "")
	s.step(view.StepCareReport)
	s.touch(view.ActEmpty, "")
	s.step(view.StepCareClose)
	s.sim("door", door, "close")
	v := s.step(view.StepCareCase)
	number := v.Pickup.Case
	if c := s.caseNow(number); c.Kind != "empty" || c.State != "open" || c.Parcel != "p-1" || c.Door != door {
		t.Errorf("the case is %+v", c)
	}
	s.isParcel("p-1", parcel.Stored, door)
	if p := s.parcel("p-1"); p.Disputed == nil || p.Disputed.Case != number || !p.ToCheck {
		t.Errorf("it is %+v", p)
	}
	s.until("the number can be printed", func(v view.View) bool { return v.Allows(view.ActPrint) })
	s.touch(view.ActPrint, "")
	s.until("it is on paper", func(v view.View) bool { return v.OfPickup().Print == view.PrintDone })
	if p := s.printed("printer").Pieces; len(p) != 1 || !slices.Equal(p[0].Codes, []string{number}) {
		t.Errorf("printed is %+v", p)
	}
	s.leave()
	s.scan(e.Data.Code)
	if v := s.step(view.StepPickupRefused, view.ReasonDisputed); v.Pickup.Case != number {
		t.Errorf("its bearer is told of %q", v.Pickup.Case)
	}
	if status, body, _ := s.call("POST", "/v1/cases/"+number+"/close", `{"note":"found beside it"}`); status != 200 {
		t.Fatalf("%d %s", status, body)
	}
	s.leave()
	s.collect(e.Data.Code, door)
	s.isParcel("p-1", parcel.Collected, "")
}
