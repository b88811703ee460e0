package parcel

import (
	"slices"
	"testing"
	"time"

	"cubby/locker/door"
	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// withShelf is a stage with staff, two doors and two places at the counter.
func withShelf(t *testing.T) *stage {
	s := hired(t)
	s.settle(Settings{
		Station: "here", Shelf: []string{"B1", "B2"}, PauseAfter: 10 * time.Minute, ResumeGrace: time.Hour,
	})
	return s
}

func (s *stage) settle(set Settings) { s.policy.Rooms = map[string]any{"parcel": set} }

func (s *stage) badge(t *testing.T, hash string) {
	t.Helper()
	s.do(t, visit.Present{BadgeHash: hash, Presented: "badge"})
}

func (s *stage) label(t *testing.T, text string) {
	t.Helper()
	s.do(t, visit.Present{Label: text, Presented: "label"})
}

func TestARecalledParcelOpensForNobodyAndLeavesByStaff(t *testing.T) {
	s := withShelf(t)
	s.announce(t, "p", small())
	s.refusedAs(t, Recall{ID: "p"}, "not-here-yet")
	number, code := s.deposit(t, "p")
	s.do(t, Recall{ID: "p", Reason: "sold twice"})
	now := s.parcels["p"]
	if l := now.Leaving; l == nil || l.Why != ToSender || l.Reason != "sold twice" || now.State != Stored ||
		now.Paused == nil || now.Paused.Reason != ToSender {
		t.Fatalf("recalled as %+v", now)
	}
	orders := len(s.orders)
	s.scan(t, code)
	s.at(t, view.StepPickupRefused, view.ReasonRecalled)
	s.act(t, view.ActBack)
	s.now = s.now.Add(100 * time.Hour)
	s.do(t, visit.Tick{})
	if p := s.parcels["p"]; p.State != Stored {
		t.Errorf("its time went on: %+v", p)
	}
	s.refusedAs(t, ReissueCode{ID: "p"}, "leaving")

	s.do(t, Stay{ID: "p", Why: ToElsewhere}) // it is not redirected: nothing changes
	if s.parcels["p"].Leaving == nil {
		t.Fatal("the end of a redirection ended a recall")
	}
	s.do(t, Stay{ID: "p", Why: ToSender})
	now = s.parcels["p"]
	if now.Leaving != nil || now.Paused != nil || now.Deadline.Before(s.now.Add(47*time.Hour)) {
		t.Fatalf("it stays as %+v", now)
	}
	s.scan(t, code)
	if o := s.order(t); len(s.orders) != orders+1 || o.Compartment != number {
		t.Fatalf("its code does not open again: %+v", s.orders[orders:])
	}
}

func TestWhatLeavesIsGivenAwayOnce(t *testing.T) {
	s := withShelf(t)
	s.announce(t, "p", small())
	number, code := s.deposit(t, "p")
	s.refusedAs(t, Remove{By: by(people.Associate), Parcel: "p"}, "still-waits")
	s.do(t, Recall{ID: "p"})
	var now Parcel
	s.do(t, Remove{By: by(people.Associate), Parcel: "p", Now: &now})
	s.do(t, Remove{By: by(people.Associate), Parcel: "p"})
	if now.State != Returned || now.Compartment != "" || now.EndedAt == nil || s.told("parcel.removed") != 1 ||
		s.compartments[number].Allocation != wall.Free {
		t.Fatalf("removed as %+v, door %+v", now, s.compartments[number])
	}
	for _, c := range s.CredentialsOf("p") {
		if c.State != Revoked {
			t.Errorf("its %s is %s", c.Kind, c.State)
		}
	}
	s.scan(t, code)
	if s.visit.Step != view.StepPickupRefused {
		t.Errorf("the page is %s", s.visit.Step)
	}
	for _, c := range []visit.Command{
		Recall{ID: "p"}, Stay{ID: "p", Why: ToSender}, Cancel{ID: "p"},
		HoldParcel{ID: "p"}, Redirect{ID: "p", To: "there"},
		TakeToCounter{By: by(people.Associate), Parcel: "p", Reason: "found"},
	} {
		s.refusedAs(t, c, "returned-already")
	}
}

func TestAParcelGoesToAnotherStation(t *testing.T) {
	s := withShelf(t)
	for _, c := range []struct {
		to, slug string
	}{{"", "place"}, {"no place", "place"}, {"here", "same-place"}} {
		s.announce(t, "p", small())
		s.refusedAs(t, Redirect{ID: "p", To: c.to}, c.slug)
	}
	var now Parcel
	s.do(t, Redirect{ID: "p", To: "there", Name: "North Gate", Now: &now})
	if now.State != Redirected || now.EndedAt == nil {
		t.Fatalf("before it came: %+v", now)
	}
	s.badge(t, "badge-k1")
	s.label(t, "L-p")
	s.at(t, view.StepCourierElsewhere, view.ReasonRedirected)
	s.act(t, view.ActBack)
	s.at(t, view.StepCourierReady, view.ReasonNone)

	s.announce(t, "q", small())
	_, code := s.deposit(t, "q")
	s.do(t, Redirect{ID: "q", To: "there", Bearer: true, Now: &now})
	if now.State != Stored || now.Leaving == nil || now.Leaving.To != "there" {
		t.Fatalf("behind its door: %+v", now)
	}
	s.scan(t, code)
	s.at(t, view.StepPickupRefused, view.ReasonRedirected)
	s.do(t, TakeToCounter{By: by(people.Associate), Parcel: "q", Reason: "redirected"})
	s.refusedAs(t, HandOver{By: by(people.Associate), CodeHash: code}, "leaving")
	s.do(t, Remove{By: by(people.Associate), Parcel: "q", Now: &now})
	if now.State != Redirected || now.Leaving.To != "there" {
		t.Fatalf("away: %+v", now)
	}
}

func TestAParcelRedirectedToTheCounterIsHandedOverThere(t *testing.T) {
	s := withShelf(t)
	s.announce(t, "p", small())
	_, code := s.deposit(t, "p")
	s.do(t, Redirect{ID: "p", To: Counter})
	s.scan(t, code)
	s.at(t, view.StepPickupRefused, view.ReasonRedirected)
	s.refusedAs(t, Remove{By: by(people.Associate), Parcel: "p"}, "for-the-counter")
	s.do(t, TakeToCounter{By: by(people.Associate), Parcel: "p", Reason: "redirected"})
	if p := s.parcels["p"]; p.Leaving != nil || p.State != CounterHeld {
		t.Fatalf("at the counter: %+v", p)
	}
	s.do(t, Shelve{By: by(people.Associate), Parcel: "p", Place: "b2"})
	s.scan(t, code)
	s.at(t, view.StepPickupRefused, view.ReasonAtCounter)
	s.do(t, HandOver{By: by(people.Associate), CodeHash: code})
	if p := s.parcels["p"]; p.State != Collected || p.Shelf != "" || len(s.shelf) != 0 {
		t.Fatalf("handed over as %+v, shelf %v", p, s.shelf)
	}
}

// hire gives somebody of the staff a badge.
func (s *stage) hire(t *testing.T, id string, role people.Role) {
	t.Helper()
	s.do(t, people.AddEmployee{By: people.Tools, Record: people.EmployeeRecord{
		Employee: people.Employee{ID: id, Name: "Ada", Role: role}, BadgeHash: "badge-" + id, PINHash: "pin-" + id,
	}})
}

func TestWhatNoDoorTakesGoesToTheCounterWithItsOwnCode(t *testing.T) {
	s := withShelf(t)
	s.hire(t, "ada", people.Associate)
	for _, id := range []string{"a", "b"} {
		s.announce(t, id, nil)
		s.deposit(t, id)
	}
	s.announce(t, "p", nil)
	s.badge(t, "badge-k1")
	s.label(t, "L-p")
	s.at(t, view.StepCourierShelf, view.ReasonNoDoor)
	s.act(t, view.ActOtherPlace)
	s.label(t, "B1")
	s.act(t, view.ActBack) // the courier keeps it
	s.at(t, view.StepCourierReady, view.ReasonNoDoor)
	if p := s.parcels["p"]; p.State != DepositFailed || p.FailedReason != "no_door" {
		t.Fatalf("kept as %+v", p)
	}
	s.label(t, "L-p")
	s.act(t, view.ActOtherPlace)
	s.badge(t, "badge-ada")
	s.at(t, view.StepCourierReady, view.ReasonNone)
	p := s.parcels["p"]
	if p.State != CounterHeld || p.Shelf != "B2" || p.FailedReason != "" || p.StoredAt == nil || s.visit.Count != 1 {
		t.Fatalf("on the shelf as %+v", p)
	}
	s.announce(t, "q", nil)
	s.refusedAs(t, Shelve{By: by(people.Associate), Parcel: "q", Place: "B2"}, "place-taken")
	s.refusedAs(t, Shelve{By: by(people.Associate), Parcel: "q", Place: "Z"}, "no-such-place")
	s.do(t, Shelve{By: by(people.Associate), Parcel: "q", Place: "shelf:b1"}) // at the desk
	if free := FreePlaces(ledger.NewState(s.plainWorld), s.policy); len(free) != 0 {
		t.Errorf("%v are free", free)
	}
	s.announce(t, "r", nil)
	s.label(t, "L-r")
	s.at(t, view.StepCourierReady, view.ReasonNoDoor) // the shelf is full
	s.act(t, view.ActFinish)
	s.act(t, view.ActFinish)
	code := s.codeOf("p")
	s.scan(t, code)
	s.at(t, view.StepPickupRefused, view.ReasonAtCounter)
	s.do(t, HandOver{By: by(people.Associate), CodeHash: code})
	if free := FreePlaces(ledger.NewState(s.plainWorld), s.policy); !slices.Equal(free, []string{"B2"}) {
		t.Errorf("%v are free", free)
	}
}

func TestAnExpiredParcelIsRescuedForAsLongAsThePolicySays(t *testing.T) {
	s := withShelf(t)
	s.settle(Settings{Rescue: 24 * time.Hour, RescueYields: true})
	s.announce(t, "p", nil)
	_, code := s.deposit(t, "p")
	s.expire(t)
	p := s.parcels["p"]
	if p.State != Expired || p.RescueUntil == nil || !p.RescueUntil.Equal(s.now.Add(24*time.Hour)) {
		t.Fatalf("expired as %+v", p)
	}
	if MustLeave(ledger.NewState(s.plainWorld), s.policy, p) {
		t.Error("staff are to take out what can still be collected")
	}
	s.refusedAs(t, Remove{By: by(people.Associate), Parcel: "p"}, "still-waits")
	s.announce(t, "q", nil)
	s.deposit(t, "q")
	if !MustLeave(ledger.NewState(s.plainWorld), s.policy, p) {
		t.Error("no other door is free, and it stays")
	}
	orders := len(s.orders)
	s.scan(t, code)
	if len(s.orders) != orders+1 || s.parcels["p"].State != Collecting {
		t.Fatalf("its code does not open: %+v", s.parcels["p"])
	}
	s.ended(t, door.Stuck)
	s.now = s.now.Add(25 * time.Hour)
	for range 3 { // the second try, the end of the visit, its time
		s.do(t, visit.Tick{})
	}
	if p := s.parcels["p"]; p.State != Expired || p.RescueUntil != nil ||
		!MustLeave(ledger.NewState(s.plainWorld), s.policy, p) {
		t.Fatalf("its rescue went on: %+v", p)
	}
	s.scan(t, code)
	s.at(t, view.StepPickupRefused, view.ReasonExpired)
	s.do(t, Remove{By: by(people.Associate), Parcel: "p"})
	if p := s.parcels["p"]; p.State != Returned {
		t.Fatalf("removed as %+v", p)
	}
	s.act(t, view.ActBack)
	s.scan(t, code)
	s.at(t, view.StepPickupRefused, view.ReasonGoneBack)
}

func TestAHoldSaysWhatItIsFor(t *testing.T) {
	s := hired(t)
	s.announce(t, "p", nil)
	_, code := s.deposit(t, "p")
	s.refusedAs(t, HoldParcel{ID: "p", Kind: "tax"}, "hold-kind")
	for kind, want := range map[string]view.Reason{
		ForCustoms: view.ReasonHeldCustoms, ForFee: view.ReasonHeldFee, ForIdentity: view.ReasonHeldIdentity,
	} {
		s.do(t, HoldParcel{ID: "p", Kind: kind})
		s.scan(t, code)
		s.at(t, view.StepPickupRefused, want)
		if kind == ForIdentity {
			s.do(t, ReleaseParcel{By: by(people.Manager), ID: "p"}) // staff have seen who it is
			continue
		}
		s.refusedAs(t, ReleaseParcel{By: by(people.Manager), ID: "p"}, "not-paid")
		s.do(t, ReleaseParcel{ID: "p"})
	}
	s.do(t, HoldParcel{ID: "p", Kind: ForShop})
	s.scan(t, code)
	s.at(t, view.StepPickupRefused, view.ReasonOnHold)
}
