package parcel

import (
	"testing"
	"time"

	"cubby/locker/door"
	"cubby/locker/people"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// delegated is a stage where parcels may be collected by others, with parcel p behind a
// door and its own code.
func delegated(t *testing.T) (s *stage, number, code string) {
	t.Helper()
	s = hired(t)
	s.policy.Rooms = map[string]any{"parcel": Settings{Delegates: true, DelegateTime: 24 * time.Hour}}
	s.announce(t, "p", small())
	number, code = s.deposit(t, "p")
	return s, number, code
}

// send has a code made for somebody else, and gives its hash and that of its PIN.
func (s *stage) send(t *testing.T, id string) (code, pin string) {
	t.Helper()
	s.fresh++ // for another secret
	fresh := *s.env().Fresh
	s.do(t, DelegateParcel{Parcel: id, Fresh: &fresh})
	return fresh.CodeHash, fresh.PINHash
}

func TestADelegateOpensOneDoorAndEitherCodeEndsBoth(t *testing.T) {
	for _, shown := range []struct {
		name string
		do   func(s *stage, own, code, pin string)
		by   string
	}{
		{"the delegate's code", func(s *stage, _, code, _ string) { s.scan(t, code) }, Delegate},
		{"the delegate's PIN", func(s *stage, _, _, pin string) { s.typePIN(t, pin) }, Delegate},
		{"its own code", func(s *stage, own, _, _ string) { s.scan(t, own) }, ""},
	} {
		t.Run(shown.name, func(t *testing.T) {
			s, number, own := delegated(t)
			code, pin := s.send(t, "p")
			shown.do(s, own, code, pin)
			if o := s.order(t); o.Compartment != number {
				t.Fatalf("it opens door %s", o.Compartment)
			}
			s.ended(t, door.ConfirmedOpen)
			s.see(t, number, door.Closed, door.PresenceUnknown)
			s.at(t, view.StepPickupDone, view.ReasonNone)
			if f := last[*ParcelCollected](t, s); f.By != shown.by || s.parcels["p"].By != shown.by {
				t.Errorf("told as %+v of %+v", f, s.parcels["p"])
			}
			if len(s.delegations) != 0 {
				t.Errorf("goes on: %+v", s.delegations)
			}
			s.act(t, view.ActFinish)
			orders := len(s.orders)
			for _, hash := range []string{own, code} {
				s.scan(t, hash)
				s.at(t, view.StepPickupRefused, view.ReasonCollected)
				s.act(t, view.ActBack)
			}
			if len(s.orders) != orders {
				t.Error("a code opened once more")
			}
		})
	}
}

func TestADelegationIsReplacedWithdrawnAndOver(t *testing.T) {
	s, _, own := delegated(t)
	first, _ := s.send(t, "p")
	second, pin := s.send(t, "p")
	if f := last[*DelegationEnded](t, s); f.Reason != "replaced" || s.told("parcel.delegated") != 2 {
		t.Errorf("ended as %+v", f)
	}
	refused := func(hash, why string, says view.Reason) {
		t.Helper()
		orders := len(s.orders)
		s.scan(t, hash)
		s.at(t, view.StepPickupRefused, says)
		if f := last[*PickupRefused](t, s); f.Why != why || len(s.orders) != orders {
			t.Errorf("refused as %+v", f)
		}
		s.act(t, view.ActBack)
	}
	refused(first, "revoked", view.ReasonReplaced)
	d := s.delegations["p"]
	if d.Through != "shop" || d.Until == nil || !d.Until.Equal(s.now.Add(24*time.Hour)) {
		t.Errorf("it is %+v", d)
	}
	s.do(t, EndDelegation{Parcel: "p", ID: "another"})
	if len(s.delegations) != 1 {
		t.Error("another id ended it")
	}
	s.do(t, EndDelegation{Parcel: "p", ID: d.ID})
	s.do(t, EndDelegation{Parcel: "p", ID: d.ID})
	refused(second, "revoked", view.ReasonReplaced)
	s.typePIN(t, pin)
	s.at(t, view.StepPickupRefused, view.ReasonReplaced)
	s.act(t, view.ActBack)
	third, _ := s.send(t, "p")
	s.now = s.now.Add(24*time.Hour - time.Second)
	s.do(t, visit.Tick{})
	if s.told("parcel.delegation_ended") != 2 {
		t.Error("it ended too early")
	}
	s.now = s.now.Add(time.Second)
	refused(third, "over", view.ReasonReplaced) // before anybody has looked at the clock
	s.do(t, visit.Tick{})
	if f := last[*DelegationEnded](t, s); f.Reason != "over" || len(s.delegations) != 0 {
		t.Errorf("ended as %+v", f)
	}
	refused(third, "revoked", view.ReasonReplaced)
	orders := len(s.orders)
	s.scan(t, own)
	if len(s.orders) != orders+1 {
		t.Error("its own code opens nothing any more")
	}
}

func TestADelegateCollectsAtTheCounterToo(t *testing.T) {
	s, _, _ := delegated(t)
	code, _ := s.send(t, "p")
	s.do(t, TakeToCounter{By: by(people.Associate), Parcel: "p", Reason: "its door has to be repaired"})
	s.do(t, HandOver{By: by(people.Associate), CodeHash: code})
	if p := s.parcels["p"]; p.State != Collected || p.By != Delegate ||
		last[*ParcelHandedOver](t, s).Credential != ByDelegate {
		t.Errorf("it is %+v", p)
	}
}

func TestWhenNobodyElseCanBeSent(t *testing.T) {
	s, _, _ := delegated(t)
	fresh := *s.env().Fresh
	send := DelegateParcel{Parcel: "p", Fresh: &fresh}
	s.refusedAs(t, DelegateParcel{Parcel: "q", Fresh: &fresh}, "no-such-parcel")
	s.announce(t, "later", nil)
	s.refusedAs(t, DelegateParcel{Parcel: "later", Fresh: &fresh}, "not-here-yet")
	to := send
	to.Contact = &Recipient{Email: "ana@example.org"}
	s.refusedAs(t, to, "no-messages")
	s.policy.Rooms["parcel"] = Settings{Delegates: true, Writes: true}
	to.Contact = &Recipient{}
	s.refusedAs(t, to, "contact")
	to.Contact = &Recipient{Email: "ana"}
	s.refusedAs(t, to, "email")
	s.do(t, HoldParcel{ID: "p"})
	s.refusedAs(t, send, "on-hold")
	s.do(t, ReleaseParcel{ID: "p"})
	s.do(t, RevokeCode{ID: "p"})
	s.refusedAs(t, send, "code-ended")
	s.reissue(t)
	s.policy.Rooms["parcel"] = Settings{}
	s.refusedAs(t, send, "delegates-not-allowed")
	s.policy.Rooms["parcel"] = Settings{Delegates: true}
	s.refusedAs(t, send, PINTaken)
	code, _ := s.send(t, "p")
	if d := s.delegations["p"]; d.Until != nil {
		t.Errorf("it is %+v", d)
	}
	s.scan(t, code)
	s.fresh++
	fresh = *s.env().Fresh
	s.refusedAs(t, send, "door-in-use")
	s.refusedAs(t, EndDelegation{Parcel: "p", ID: s.delegations["p"].ID}, "door-in-use")
	s.ended(t, door.Stuck)
	s.ended(t, door.Stuck) // tried once more by itself
	if p := s.parcels["p"]; p.State != Stored || len(s.delegations) != 1 {
		t.Errorf("it is %+v after a door that did not open", p)
	}
	s.act(t, view.ActBack)
	s.expire(t)
	s.refusedAs(t, send, "expired-already")
	s.do(t, WriteOff{Parcel: "p", Reason: "gone"})
	s.do(t, TakeToCounter{Parcel: "p", Reason: "found"})
	s.refusedAs(t, send, "code-ended") // its own is dead
}

// A new code of the parcel ends the delegate's as well, and so does the end of all codes.
func TestWhatEndsTheCodesOfAParcelEndsTheDelegates(t *testing.T) {
	s, _, _ := delegated(t)
	for _, end := range []visit.Command{ReissueCode{ID: "p"}, RevokeCode{ID: "p"}} {
		code, _ := s.send(t, "p")
		s.fresh++
		s.do(t, end)
		if c := s.credentials[code]; c.State != Revoked || len(s.delegations) != 0 {
			t.Errorf("after %T: %+v, %+v", end, c, s.delegations)
		}
	}
}
