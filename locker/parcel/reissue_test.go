package parcel

import (
	"testing"
	"time"

	"cubby/locker/door"
	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// credential is the live one of a kind; empty: there is none.
func (s *stage) credential(id string, kind CredentialKind) (hash string) {
	for _, c := range s.CredentialsOf(id) {
		if c.Kind == kind && c.State == Live {
			hash = c.Hash
		}
	}
	return hash
}

// reissue gives parcel p another code.
func (s *stage) reissue(t *testing.T) {
	t.Helper()
	s.ids++ // for another secret
	var now Parcel
	s.do(t, ReissueCode{ID: "p", Reason: "it was lost", Now: &now})
	if now.Rev != s.parcels["p"].Rev {
		t.Fatalf("answered with %+v", now)
	}
}

func (s *stage) typePIN(t *testing.T, hash string) {
	t.Helper()
	s.act(t, view.ActStartPickup)
	s.do(t, visit.TypePIN{Visit: s.visit.ID, PINHash: hash, CourierHash: "x"})
}

func TestANewCodeOpensAndTheOneBeforeDoesNot(t *testing.T) {
	s := twoBoxes()
	s.announce(t, "p", nil)
	s.refusedAs(t, ReissueCode{ID: "p"}, "no-code-yet")
	s.refusedAs(t, RevokeCode{ID: "p"}, "no-code-yet")
	number, before := s.deposit(t, "p")
	pinBefore := s.credential("p", ByPIN)
	s.reissue(t)
	now := s.parcels["p"]
	told := last[*CodeReissued](t, s)
	if told.Compartment != number || told.Clear == nil || told.Reason != "it was lost" ||
		!told.Deadline.Equal(*now.Deadline) {
		t.Errorf("told as %+v", told)
	}
	if now.Code == nil || now.Code.Revoked || len(now.Code.Reissued) != 1 || now.State != Stored {
		t.Fatalf("it is %+v", now)
	}
	s.scan(t, before)
	s.at(t, view.StepPickupRefused, view.ReasonReplaced)
	if f := last[*PickupRefused](t, s); f.Why != "revoked" {
		t.Errorf("refused as %+v", f)
	}
	s.act(t, view.ActBack)
	s.typePIN(t, pinBefore)
	s.at(t, view.StepPickupRefused, view.ReasonReplaced)
	s.act(t, view.ActBack)
	orders := len(s.orders)
	s.scan(t, s.credential("p", ByCode))
	if o := s.order(t); len(s.orders) != orders+1 || o.Compartment != number {
		t.Fatal("the new code opens nothing")
	}
	s.refusedAs(t, ReissueCode{ID: "p"}, "door-in-use") // somebody has it open with the one they have
	s.refusedAs(t, RevokeCode{ID: "p"}, "door-in-use")
	s.ended(t, door.ConfirmedOpen)
	s.see(t, number, door.Closed, door.PresenceUnknown)
	s.refusedAs(t, ReissueCode{ID: "p"}, "collected-already")
	s.refusedAs(t, RevokeCode{ID: "p"}, "collected-already")
}

func TestNothingOpensWhatWasRevokedBeforeANewCode(t *testing.T) {
	s := twoBoxes()
	s.announce(t, "p", nil)
	_, code := s.deposit(t, "p")
	pin := s.credential("p", ByPIN)
	s.do(t, RevokeCode{ID: "p"})
	s.do(t, RevokeCode{ID: "p"})
	if p := s.parcels["p"]; s.told("parcel.code_revoked") != 1 || !p.Code.Revoked {
		t.Fatalf("revoked %d times; it is %+v", s.told("parcel.code_revoked"), p.Code)
	}
	orders := len(s.orders)
	s.scan(t, code)
	s.at(t, view.StepPickupRefused, view.ReasonReplaced)
	s.act(t, view.ActBack)
	s.typePIN(t, pin)
	s.at(t, view.StepPickupRefused, view.ReasonReplaced)
	s.act(t, view.ActBack)
	if len(s.orders) != orders {
		t.Fatal("a door was ordered open")
	}
	s.reissue(t)
	if p := s.parcels["p"]; p.Code.Revoked {
		t.Fatalf("it is %+v", p.Code)
	}
	s.scan(t, s.credential("p", ByCode))
	if len(s.orders) != orders+1 {
		t.Fatal("the new code opens nothing")
	}
}

func TestNewCodesOfADayAreCounted(t *testing.T) {
	s := twoBoxes()
	s.announce(t, "p", nil)
	s.deposit(t, "p")
	for range MostReissues {
		s.now = s.now.Add(time.Hour)
		s.reissue(t)
	}
	s.now = s.now.Add(time.Hour)
	s.do(t, RevokeCode{ID: "p"}) // ends none of what was counted
	s.refusedAs(t, ReissueCode{ID: "p"}, "too-many-codes")
	s.now = s.now.Add(19*time.Hour - time.Minute) // a day after the first of them is in a minute
	s.refusedAs(t, ReissueCode{ID: "p"}, "too-many-codes")
	s.now = s.now.Add(time.Minute)
	s.reissue(t)
	s.refusedAs(t, ReissueCode{ID: "p"}, "too-many-codes")
	s.now = s.now.Add(-3 * 24 * time.Hour) // a clock that was set back
	s.reissue(t)
	if n := len(s.parcels["p"].Code.Reissued); n != MostReissues {
		t.Errorf("%d are kept", n)
	}
}

func TestWhoWaitsAtADoorThatDidNotOpenNeedsTheNewCode(t *testing.T) {
	s := twoBoxes()
	s.announce(t, "p", nil)
	number, code := s.deposit(t, "p")
	s.scan(t, code)
	s.ended(t, door.Stuck)
	s.ended(t, door.Stuck)
	s.at(t, view.StepNoOpen, view.ReasonStuck)
	s.do(t, RevokeCode{ID: "p"})
	s.at(t, view.StepPickupRefused, view.ReasonNotValid)
	if _, err := s.try(visit.Do{Action: view.Action{Visit: s.visit.ID, Name: view.ActTryAgain}}); err == nil {
		t.Errorf("door %s can be tried again", number)
	}
}

func TestWhoseCodeMayBeRenewed(t *testing.T) {
	s := twoBoxes()
	s.announce(t, "p", nil)
	number, code := s.deposit(t, "p")
	s.staff["s1"] = people.EmployeeRecord{Employee: people.Employee{ID: "s1", Role: people.Associate}}
	s.staff["s2"] = people.EmployeeRecord{Employee: people.Employee{ID: "s2", Role: people.Supervisor}}
	if _, err := s.try(ReissueCode{
		By: people.Doer{ID: "s1"}, ID: "p",
	}); ledger.CodeOf(err) != ledger.NotAllowed {
		t.Errorf("an associate: %v", err)
	}
	rev := s.parcels["p"].Rev - 1
	s.refusedAs(t, ReissueCode{ID: "p", Condition: ledger.Condition{IfMatch: &rev}}, "changed-meanwhile")
	s.refusedAs(t, ReissueCode{ID: "q"}, "no-such-parcel")
	s.refusedAs(t, RevokeCode{ID: "q"}, "no-such-parcel")
	s.refusedAs(t, ReissueCode{ID: "p", Reason: "a\u202eb"}, "reason")

	s.now = s.parcels["p"].Deadline.Add(time.Minute)
	s.refusedAs(t, ReissueCode{ID: "p"}, "expired-already") // before the clock has told
	s.do(t, visit.Tick{})
	s.refusedAs(t, ReissueCode{ID: "p"}, "expired-already")
	s.do(t, TakeToCounter{Parcel: "p", Reason: "expired"})
	s.ids++
	s.do(t, ReissueCode{By: people.Doer{ID: "s2"}, ID: "p"}) // for the counter
	if f := last[*CodeReissued](t, s); f.Compartment != "" || f.Deadline != nil || f.By != "s2" {
		t.Errorf("told as %+v", f)
	}
	s.refusedAs(t, HandOver{CodeHash: code}, "no-such-code")
	s.do(t, HandOver{CodeHash: s.credential("p", ByCode)})
	if box := s.compartments[number]; box.Parcel != "" {
		t.Errorf("door %s has %s", number, box.Parcel)
	}
}

func TestTokensOfBeforeEndWithTheCode(t *testing.T) {
	s := twoBoxes()
	s.announce(t, "p", nil)
	s.deposit(t, "p")
	if s.parcels["p"].EndsToken(s.now.Add(-time.Hour)) {
		t.Error("a token ends with no code")
	}
	s.do(t, RevokeCode{ID: "p"})
	if p := s.parcels["p"]; !p.EndsToken(s.now.Add(-time.Second)) || p.EndsToken(s.now) {
		t.Error("a token of before counts, or one of after does not")
	}
}
