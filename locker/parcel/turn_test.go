package parcel

import (
	"slices"
	"testing"
	"time"

	"cubby/locker/door"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// valuable announces a valuable parcel and has it brought.
func (s *stage) valuable(t *testing.T, id string, w forWhom) {
	t.Helper()
	s.do(t, Announce{ID: id, Client: w.client, Announcement: Announcement{
		Label: "L-" + id, Valuable: true, Recipient: &Recipient{Email: w.email, Phone: w.phone},
	}})
	s.deposit(t, id)
}

// threeInTurn has a valuable parcel before two others, and its bearer open all in turn.
func threeInTurn(t *testing.T) *stage {
	s := house()
	s.policy.Rooms["parcel"] = Settings{Nearest: []string{"2", "1", "3", "4"}, Tries: 3}
	ada := forWhom{"key:a", "ada@example.org", "+49 30 1234567", ""}
	code := s.stands(t, "p", ada)
	s.valuable(t, "v", ada)
	s.stands(t, "q", ada)
	s.scan(t, code)
	s.at(t, view.StepPickupChoose, view.ReasonNone)
	if got := s.listed(); !slices.Equal(got, []string{"v", "p", "q"}) {
		t.Fatalf("listed as %v", got)
	}
	if one := station.ViewOf(s, s.env()).OfPickup().List; !one[0].Second || one[1].Second {
		t.Errorf("which of them asks for digits is shown as %+v", one)
	}
	s.act(t, view.ActOpenAll)
	s.at(t, view.StepPickupSecond, view.ReasonNone)
	return s
}

func TestATurnGoesOnWithoutAParcelWhosePhoneNobodyKnows(t *testing.T) {
	s := threeInTurn(t)
	s.act(t, view.ActBack)
	s.takesOut(t)
	s.takesOut(t)
	s.at(t, view.StepPickupChoose, view.ReasonNone) // it can be tried once more
	if got := s.listed(); !slices.Equal(got, []string{"v", "p done", "q done"}) {
		t.Errorf("listed as %v", got)
	}
	s.pick(t, "v")
	s.do(t, visit.TypePIN{Visit: s.visit.ID, Tail: "4567"})
	s.takesOut(t)
	s.at(t, view.StepPickupDone, view.ReasonNone)
}

func TestATurnGoesOnWithoutAParcelThatIsLocked(t *testing.T) {
	s := threeInTurn(t)
	for range 3 {
		s.at(t, view.StepPickupSecond, s.visit.Reason)
		s.do(t, visit.TypePIN{Visit: s.visit.ID, Tail: "0000"})
	}
	if f := last[*PickupRefused](t, s); f.Parcel != "v" || f.Why != string(view.ReasonLocked) {
		t.Errorf("told as %+v", f)
	}
	s.takesOut(t)
	s.takesOut(t)
	s.at(t, view.StepPickupChoose, view.ReasonNone)
	if got := s.listed(); !slices.Equal(got, []string{"v locked", "p done", "q done"}) {
		t.Errorf("listed as %v", got)
	}
	if v := station.ViewOf(s, s.env()); v.Allows(view.ActPick) || v.Pickup.Taken != 2 || v.Pickup.Total != 2 {
		t.Errorf("shown as %v, %+v", v.Actions, v.Pickup)
	}
}

func TestATurnGoesOnWithoutAParcelThatHasJustExpired(t *testing.T) {
	s := house()
	ada := forWhom{"key:a", "ada@example.org", "", ""}
	s.stands(t, "p", ada)
	s.now = s.now.Add(time.Hour)
	code := s.stands(t, "q", ada)
	s.stands(t, "r", ada)
	s.scan(t, code)
	s.act(t, view.ActOpenAll)
	s.ended(t, door.ConfirmedOpen)
	s.now = s.parcels["p"].Deadline.Add(time.Second) // while a door stands open
	s.see(t, s.order(t).Compartment, door.Closed, door.PresenceUnknown)
	s.takesOut(t)
	s.at(t, view.StepPickupChoose, view.ReasonNone)
	if got := s.listed(); !slices.Equal(got, []string{"r done", "q done", "p expired"}) {
		t.Errorf("listed as %v", got)
	}
}

func TestATurnGoesOnWithoutAParcelThatIsHeldMeanwhile(t *testing.T) {
	s := threeInTurn(t)
	s.do(t, HoldParcel{ID: "p"})
	s.do(t, visit.TypePIN{Visit: s.visit.ID, Tail: "4567"})
	s.takesOut(t)
	s.takesOut(t)
	s.at(t, view.StepPickupChoose, view.ReasonNone)
	if got := s.listed(); !slices.Equal(got, []string{"v done", "p on_hold", "q done"}) {
		t.Errorf("listed as %v", got)
	}
}
