package parcel

import (
	"errors"
	"slices"
	"testing"
	"time"

	"cubby/locker/door"
	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/locker/upkeep"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// refusedAs decides a command that must be refused with a slug.
func (s *stage) refusedAs(t *testing.T, c visit.Command, slug string) {
	t.Helper()
	before := len(s.facts)
	_, err := s.try(c)
	var r *ledger.Refusal
	if !errors.As(err, &r) || r.Slug != slug || len(s.facts) != before {
		t.Fatalf("%T: %v, want %s", c, err, slug)
	}
}

// last is the newest fact of a type.
func last[F ledger.Fact](t *testing.T, s *stage) F {
	t.Helper()
	for _, f := range slices.Backward(s.facts) {
		if f, ok := f.(F); ok {
			return f
		}
	}
	t.Fatal("there is no such fact")
	panic("not reached")
}

func (s *stage) scan(t *testing.T, code string) {
	t.Helper()
	s.do(t, visit.Present{CodeHash: code, Presented: "code"})
}

func TestTheCodeOfAHeldParcelOpensNothing(t *testing.T) {
	s := twoBoxes()
	s.announce(t, "p", nil)
	number, code := s.deposit(t, "p")
	var now Parcel
	s.do(t, HoldParcel{ID: "p", Reason: "the order was refunded", Now: &now})
	if now.OnHold == nil || now.OnHold.Reason != "the order was refunded" || !now.OnHold.Since.Equal(s.now) ||
		now.State != Stored {
		t.Fatalf("held as %+v", now)
	}
	orders := len(s.orders)
	s.scan(t, code)
	s.at(t, view.StepPickupRefused, view.ReasonOnHold)
	if f := last[*PickupRefused](t, s); f.Why != "on_hold" || f.Parcel != "p" || f.Presented != "code" {
		t.Errorf("told as %+v", f)
	}
	s.act(t, view.ActStartPickup)
	pin := ""
	for _, c := range s.CredentialsOf("p") {
		if c.Kind == ByPIN {
			pin = c.Hash
		}
	}
	s.do(t, visit.TypePIN{Visit: s.visit.ID, PINHash: pin, CourierHash: "x"})
	s.at(t, view.StepPickupRefused, view.ReasonOnHold)
	if s.guard != (people.Guards{}) {
		t.Errorf("a right PIN counts as a wrong one: %+v", s.guard)
	}
	s.act(t, view.ActBack)
	s.scan(t, "wrong")
	s.at(t, view.StepPickupRefused, view.ReasonNotValid) // whoever has no code of it learns nothing
	s.act(t, view.ActBack)

	s.do(t, visit.Present{BadgeHash: "badge-k1", Presented: "badge"})
	s.scan(t, code) // the customer comes while the courier's page stands
	s.at(t, view.StepPickupRefused, view.ReasonOnHold)
	s.act(t, view.ActBack)
	if len(s.orders) != orders {
		t.Fatalf("a door was ordered open: %+v", s.orders[orders:])
	}
	s.do(t, ReleaseParcel{ID: "p", Reason: "paid again", Now: &now})
	if now.OnHold != nil {
		t.Fatalf("released as %+v", now)
	}
	s.scan(t, code)
	if o := s.order(t); len(s.orders) != orders+1 || o.Compartment != number {
		t.Fatal("a released parcel's code opens nothing")
	}
}

func TestHoldingAndReleasingCanBeRepeated(t *testing.T) {
	s := twoBoxes()
	s.announce(t, "p", nil)
	s.do(t, ReleaseParcel{ID: "p"})
	s.do(t, HoldParcel{ID: "p", Reason: "refunded"})
	since := s.now
	rev := s.parcels["p"].Rev
	s.now = s.now.Add(time.Hour)
	s.do(t, HoldParcel{ID: "p"})
	s.do(t, HoldParcel{ID: "p", Reason: "refunded"})
	if p := s.parcels["p"]; p.Rev != rev || s.told("parcel.held") != 1 {
		t.Errorf("repeating it changed %+v", p)
	}
	s.do(t, HoldParcel{ID: "p", Reason: "fraud"})
	if h := s.parcels["p"].OnHold; h.Reason != "fraud" || !h.Since.Equal(since) || s.told("parcel.held") != 2 {
		t.Errorf("with another reason it is %+v", h)
	}
	s.refusedAs(t, HoldParcel{ID: "p", Condition: ledger.Condition{IfMatch: &rev}}, "changed-meanwhile")
	s.refusedAs(t, ReleaseParcel{ID: "p", Condition: ledger.Condition{IfNoneMatchAny: true}}, "exists-already")
	s.refusedAs(t, HoldParcel{ID: "q"}, "no-such-parcel")
	s.refusedAs(t, ReleaseParcel{ID: "q"}, "no-such-parcel")
	s.refusedAs(t, HoldParcel{ID: "p", Reason: "a\u202eb"}, "reason")
	s.refusedAs(t, HoldParcel{ID: "p", Reason: "card 4111111111111111"}, "card-number")
	s.do(t, ReleaseParcel{ID: "p"})
	s.do(t, ReleaseParcel{ID: "p"})
	if s.told("parcel.released") != 1 {
		t.Error("told twice")
	}
}

func TestAParcelIsNotHeldWhileItsDoorMoves(t *testing.T) {
	s := twoBoxes()
	s.announce(t, "p", nil)
	s.do(t, visit.Present{BadgeHash: "badge-k1", Presented: "badge"})
	s.do(t, visit.Present{Label: "L-p", Presented: "label"})
	s.refusedAs(t, HoldParcel{ID: "p"}, "door-in-use") // about to open for the deposit
	s.ended(t, door.ConfirmedOpen)
	s.refusedAs(t, HoldParcel{ID: "p"}, "door-in-use")
	number := s.order(t).Compartment
	s.see(t, number, door.Closed, door.PresenceUnknown)
	code := last[*ParcelStored](t, s).Hashes.Code
	s.act(t, view.ActFinish)
	s.act(t, view.ActFinish)

	s.scan(t, code)
	s.refusedAs(t, HoldParcel{ID: "p"}, "door-in-use") // about to open for its bearer
	s.ended(t, door.ConfirmedOpen)
	s.refusedAs(t, HoldParcel{ID: "p"}, "door-in-use")
	s.see(t, number, door.Closed, door.Present)
	s.at(t, view.StepPickupCheck, view.ReasonNone)
	s.refusedAs(t, HoldParcel{ID: "p"}, "door-in-use") // its bearer is asked whether it was taken
	s.act(t, view.ActTaken)
	s.refusedAs(t, HoldParcel{ID: "p"}, "collected-already")
	s.do(t, ReleaseParcel{ID: "p"}) // is not held, and that is all that is asked

	s.announce(t, "q", nil)
	s.do(t, Cancel{ID: "q"})
	s.refusedAs(t, HoldParcel{ID: "q"}, "cancelled-already")
}

func TestADoorThatStandsOpenKeepsItsParcelAsItIs(t *testing.T) {
	s := twoBoxes()
	s.announce(t, "p", nil)
	number, _ := s.deposit(t, "p")
	s.see(t, number, door.Open, door.PresenceUnknown) // forced
	s.refusedAs(t, HoldParcel{ID: "p"}, "door-in-use")
	s.see(t, number, door.Closed, door.PresenceUnknown)
	s.do(t, HoldParcel{ID: "p"})
	s.see(t, number, door.Open, door.PresenceUnknown)
	s.do(t, HoldParcel{ID: "p"}) // as it is already
	s.refusedAs(t, ReleaseParcel{ID: "p"}, "door-in-use")
}

func TestAHoldBeforeTheDepositStays(t *testing.T) {
	s := twoBoxes()
	s.announce(t, "p", nil)
	s.do(t, HoldParcel{ID: "p", Reason: "not paid"})
	s.do(t, Announce{ID: "p", Announcement: Announcement{Label: "L-p", PickupHours: 3}})
	_, code := s.deposit(t, "p")
	if s.parcels["p"].OnHold == nil {
		t.Fatal("the deposit ended the hold")
	}
	s.scan(t, code)
	s.at(t, view.StepPickupRefused, view.ReasonOnHold)
	s.act(t, view.ActBack)

	// Its courier may take it back: it goes to the shop and to nobody else.
	s.announce(t, "q", nil)
	s.do(t, HoldParcel{ID: "q"})
	s.do(t, visit.Present{BadgeHash: "badge-k1", Presented: "badge"})
	s.do(t, visit.Present{Label: "L-q", Presented: "label"})
	s.ended(t, door.ConfirmedOpen)
	s.see(t, s.order(t).Compartment, door.Closed, door.PresenceUnknown)
	s.act(t, view.ActUndo)
	s.ended(t, door.ConfirmedOpen)
	s.see(t, s.order(t).Compartment, door.Closed, door.PresenceUnknown)
	if q := s.parcels["q"]; q.State != DepositFailed || q.OnHold == nil {
		t.Fatalf("after it was given back it is %+v", q)
	}
	s.do(t, Cancel{ID: "q"})
	if s.parcels["q"].OnHold != nil {
		t.Error("a cancelled parcel is held still")
	}
}

func TestTheClockOfAHeldParcelGoesOn(t *testing.T) {
	s := twoBoxes()
	s.announce(t, "p", nil)
	_, code := s.deposit(t, "p")
	deadline := *s.parcels["p"].Deadline
	s.do(t, HoldParcel{ID: "p"})
	s.now = deadline
	s.do(t, visit.Tick{})
	if p := s.parcels["p"]; p.State != Expired || p.OnHold == nil || !p.Deadline.Equal(deadline) {
		t.Fatalf("past its deadline it is %+v", p)
	}
	s.do(t, HoldParcel{ID: "p", Reason: "late"})
	s.do(t, ReleaseParcel{ID: "p"})
	if p := s.parcels["p"]; p.State != Expired || p.OnHold != nil {
		t.Fatalf("after its release it is %+v", p)
	}
	s.scan(t, code)
	s.at(t, view.StepPickupRefused, view.ReasonExpired)
	s.do(t, upkeep.RestoreDoor{Compartment: s.parcels["p"].Compartment, Reason: "taken to the counter"})
	s.refusedAs(t, HoldParcel{ID: "p"}, "with-staff")
}

// TestAPageThatOffersToTryAgainOpensNoHeldParcel plays the hold between two tries.
func TestAPageThatOffersToTryAgainOpensNoHeldParcel(t *testing.T) {
	s := twoBoxes()
	s.announce(t, "p", nil)
	_, code := s.deposit(t, "p")
	s.scan(t, code)
	s.ended(t, door.Stuck)
	s.ended(t, door.Stuck)
	s.at(t, view.StepNoOpen, view.ReasonStuck)
	touch := visit.Do{Action: view.Action{Visit: s.visit.ID, Name: view.ActTryAgain}}
	s.do(t, HoldParcel{ID: "p"})
	s.at(t, view.StepPickupRefused, view.ReasonOnHold)
	orders := len(s.orders)
	s.refusedAs(t, touch, "stale-page")
	s.scan(t, code)
	s.at(t, view.StepPickupRefused, view.ReasonOnHold)
	if len(s.orders) != orders {
		t.Fatal("a held parcel's door was ordered open")
	}
}

// TestAStiffLatchThatOpensAHeldParcelsDoorIsTold: the pulse was given before, so what
// is seen is true; nothing more is opened.
func TestAStiffLatchThatOpensAHeldParcelsDoorIsTold(t *testing.T) {
	s := twoBoxes()
	s.announce(t, "p", nil)
	number, code := s.deposit(t, "p")
	s.scan(t, code)
	s.ended(t, door.Stuck)
	s.ended(t, door.Stuck)
	s.do(t, HoldParcel{ID: "p"})
	orders := len(s.orders)
	s.see(t, number, door.Open, door.PresenceUnknown)
	s.see(t, number, door.Closed, door.Present)
	s.at(t, view.StepPickupCheck, view.ReasonNone)
	s.refusedAs(t, visit.Do{Action: view.Action{Visit: s.visit.ID, Name: view.ActOpenAgain}}, "stale-page")
	s.now = s.now.Add(2 * time.Minute)
	s.do(t, visit.Tick{})
	if p := s.parcels["p"]; p.State != Stored || p.OnHold == nil || len(s.orders) != orders {
		t.Fatalf("it is %+v, after %d orders", p, len(s.orders)-orders)
	}
}

func TestACodeHeldBeforeTheReaderCostsTheLogLittle(t *testing.T) {
	s := twoBoxes()
	s.announce(t, "p", nil)
	_, code := s.deposit(t, "p")
	s.do(t, HoldParcel{ID: "p"})
	for range 100 {
		s.now = s.now.Add(10 * time.Millisecond)
		s.scan(t, code)
	}
	if n := s.told("parcel.pickup_refused"); n != visit.RefusalsTold {
		t.Errorf("told %d times", n)
	}
}
