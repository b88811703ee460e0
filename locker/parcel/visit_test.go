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
	"cubby/locker/wall"
)

func small() *wall.Dimensions { return &wall.Dimensions{Length: 100, Width: 100, Height: 50} }

func twoBoxes() *stage { return newStage(box("1", 400, 110, 500), box("2", 400, 390, 500)) }

func TestAParcelGoesInAndItsBearerGetsItByCodeAlone(t *testing.T) {
	s := twoBoxes()
	s.announce(t, "p", small())
	number, code := s.deposit(t, "p")
	if number != "1" {
		t.Errorf("stored in %s, want the smallest that fits", number)
	}
	s.do(t, visit.Present{CodeHash: code, Presented: "code"})
	s.at(t, view.StepPickupOpening, "")
	s.ended(t, door.ConfirmedOpen)
	s.at(t, view.StepPickupOpen, "")
	s.see(t, number, door.Closed, door.Empty)
	s.at(t, view.StepPickupDone, "")
	if p := s.parcels["p"]; p.State != Collected || p.Compartment != "" {
		t.Errorf("after the pickup the parcel is %s in %q", p.State, p.Compartment)
	}
	if c := s.compartments[number]; c.Allocation != wall.Free || c.Evidence != wall.BySensor {
		t.Errorf("after the pickup the compartment is %s by %s", c.Allocation, c.Evidence)
	}
}

func TestEveryCodeThatDoesNotOpenHereOpensNothing(t *testing.T) {
	cases := []struct {
		name    string
		prepare func(s *stage, code string) visit.Present
		why     string
		told    view.Reason
	}{
		{"wrong", func(s *stage, _ string) visit.Present {
			return visit.Present{CodeHash: "nobody's", Presented: "code"}
		}, "unknown", view.ReasonNotValid},
		{"unreadable", func(s *stage, _ string) visit.Present {
			return visit.Present{Presented: "unreadable"}
		},
			"unreadable", view.ReasonNotValid},
		{"a label", func(s *stage, _ string) visit.Present {
			return visit.Present{Label: "L-p", Presented: "label"}
		},
			"unreadable", view.ReasonNotValid},
		{"used", func(s *stage, code string) visit.Present {
			s.do(t, visit.Present{CodeHash: code})
			s.ended(t, door.ConfirmedOpen)
			s.see(t, "1", door.Closed, door.Empty)
			return visit.Present{CodeHash: code, Presented: "code"}
		}, "used", view.ReasonCollected},
		{"expired", func(s *stage, code string) visit.Present {
			s.now = s.now.Add(49 * time.Hour)
			return visit.Present{CodeHash: code, Presented: "code"}
		}, "expired", view.ReasonExpired},
		{"a PIN's hash as a code", func(s *stage, code string) visit.Present {
			for _, c := range s.CredentialsOf("p") {
				if c.Kind == ByPIN {
					return visit.Present{CodeHash: c.Hash, Presented: "code"}
				}
			}
			return visit.Present{}
		}, "unknown", view.ReasonNotValid},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := twoBoxes()
			s.announce(t, "p", small())
			_, code := s.deposit(t, "p")
			p := c.prepare(s, code)
			before := len(s.orders)
			s.do(t, p)
			s.at(t, view.StepPickupRefused, c.told)
			if len(s.orders) != before {
				t.Error("a door was ordered open")
			}
			v := station.ViewOf(s, s.env())
			if v.Parcel() != "" || v.Door() != "" {
				t.Errorf("the refusal shows parcel %q, door %q", v.Parcel(), v.Door())
			}
			var last *PickupRefused
			for _, f := range s.facts {
				if r, ok := f.(*PickupRefused); ok {
					last = r
				}
			}
			if last == nil || last.Why != c.why {
				t.Errorf("the log says %+v, want why %q", last, c.why)
			}
		})
	}
}

func TestOpeningsThatOpenNothingHandNothingOver(t *testing.T) {
	cases := []struct {
		name    string
		results []door.Result
		reason  view.Reason
		checked bool
	}{
		{"stuck, and stuck again on the one automatic repeat", []door.Result{door.Stuck, door.Stuck},
			view.ReasonStuck, false},
		{"the board is silent", []door.Result{door.Unanswered}, view.ReasonUnanswered, false},
		{"the line broke in the middle", []door.Result{door.Uncertain}, view.ReasonUnknown, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := twoBoxes()
			s.announce(t, "p", small())
			number, code := s.deposit(t, "p")
			s.do(t, visit.Present{CodeHash: code})
			for _, r := range c.results {
				s.ended(t, r)
			}
			s.at(t, view.StepNoOpen, c.reason)
			if p := s.parcels["p"]; p.State != Stored || p.ToCheck != c.checked {
				t.Errorf("parcel is %s, to check %t", p.State, p.ToCheck)
			}
			if b := s.compartments[number]; b.Parcel != "p" || b.Allocation != wall.Occupied {
				t.Errorf("compartment is %s for %q", b.Allocation, b.Parcel)
			}
			s.now = s.now.Add(time.Hour)
			s.do(t, visit.Tick{})
			s.at(t, view.StepIdle, "")
			s.do(t, visit.Present{CodeHash: code})
			s.at(t, view.StepPickupOpening, "")
			s.ended(t, door.ConfirmedOpen)
			s.see(t, number, door.Closed, door.PresenceUnknown)
			if p := s.parcels["p"]; p.State != Collected {
				t.Errorf("with the same code later the parcel is %s", p.State)
			}
		})
	}
}

func TestADoorThatOpensLateIsNotForced(t *testing.T) {
	s := twoBoxes()
	s.announce(t, "p", small())
	number, code := s.deposit(t, "p")
	s.do(t, visit.Present{CodeHash: code})
	s.ended(t, door.Stuck)
	s.ended(t, door.Stuck)
	s.now = s.now.Add(2 * time.Second)
	s.see(t, number, door.Open, door.PresenceUnknown)
	s.at(t, view.StepPickupOpen, "")
	s.see(t, number, door.Closed, door.PresenceUnknown)
	if s.parcels["p"].State != Collected || s.told("door.forced_open") != 0 {
		t.Errorf("parcel %s, forced %d times", s.parcels["p"].State, s.told("door.forced_open"))
	}
}

func TestADoorPriedOpenAfterAFailedPickupIsForced(t *testing.T) {
	s := twoBoxes()
	s.announce(t, "p", small())
	number, code := s.deposit(t, "p")
	s.do(t, visit.Present{CodeHash: code})
	s.ended(t, door.Unanswered)
	s.act(t, view.ActBack) // the person has gone
	s.now = s.now.Add(10 * time.Second)
	s.see(t, number, door.Open, door.PresenceUnknown)
	s.see(t, number, door.Closed, door.PresenceUnknown)
	if p := s.parcels["p"]; p.State != Stored || !p.ToCheck || s.told("door.forced_open") != 1 {
		t.Errorf("parcel %s, to check %t, forced %d times", p.State, p.ToCheck, s.told("door.forced_open"))
	}
}

func TestADoorThatOpensLateForNobodyHandsNothingOver(t *testing.T) {
	s := twoBoxes()
	s.announce(t, "p", small())
	number, code := s.deposit(t, "p")
	s.do(t, visit.Present{CodeHash: code})
	s.ended(t, door.Unanswered)
	s.act(t, view.ActBack)
	s.now = s.now.Add(time.Second)
	s.see(t, number, door.Open, door.PresenceUnknown)
	s.see(t, number, door.Closed, door.PresenceUnknown)
	if p := s.parcels["p"]; p.State != Stored || !p.ToCheck {
		t.Errorf("parcel %s, to check %t", p.State, p.ToCheck)
	}
}

func TestASensorThatStillSeesSomethingAsksFirst(t *testing.T) {
	s := twoBoxes()
	s.announce(t, "p", small())
	number, code := s.deposit(t, "p")
	open := func() {
		s.do(t, visit.Present{CodeHash: code})
		s.ended(t, door.ConfirmedOpen)
		s.see(t, number, door.Closed, door.Present)
		s.at(t, view.StepPickupCheck, "")
	}
	open()
	s.now = s.now.Add(2 * time.Minute)
	s.do(t, visit.Tick{})
	if s.parcels["p"].State != Stored {
		t.Fatalf("nobody answered, and the parcel is %s", s.parcels["p"].State)
	}
	open()
	s.act(t, view.ActTaken)
	if s.parcels["p"].State != Collected || s.compartments[number].Allocation != wall.Free {
		t.Errorf("parcel %s, compartment %s", s.parcels["p"].State, s.compartments[number].Allocation)
	}
}

// The contacts said open before the lock was driven: that they say closed later
// shows nothing, so nobody is taken to have got anything.
func TestADoorThatReadOpenBeforeProvesNothing(t *testing.T) {
	s := twoBoxes()
	s.announce(t, "p", small())
	number, code := s.deposit(t, "p")
	s.see(t, number, door.Open, door.PresenceUnknown) // forced, or a cable
	if !s.parcels["p"].ToCheck {
		t.Error("nobody is told to look after the parcel behind the forced door")
	}
	s.do(t, visit.Present{CodeHash: code})
	o := s.order(t)
	s.do(t, visit.EndOpening{Ended: door.Ended{
		Opening: o.Opening, Compartment: number, Result: door.ConfirmedOpen, Pulsed: true,
	}})
	s.see(t, number, door.Closed, door.PresenceUnknown)
	s.at(t, view.StepPickupCheck, view.ReasonNotSeen)
	if s.parcels["p"].State != Collecting {
		t.Fatalf("the parcel is %s", s.parcels["p"].State)
	}
	s.act(t, view.ActTaken)
	if s.parcels["p"].State != Collected {
		t.Errorf("its bearer says that it was taken, and the parcel is %s", s.parcels["p"].State)
	}
}

func TestADepositWhoseSensorSeesNothingAsksFirst(t *testing.T) {
	start := func(t *testing.T) *stage {
		s := newStage(box("1", 400, 110, 500))
		s.announce(t, "p", small())
		s.do(t, visit.Present{BadgeHash: "badge-k1"})
		s.do(t, visit.Present{Label: "L-p"})
		s.ended(t, door.ConfirmedOpen)
		s.see(t, "1", door.Closed, door.Empty)
		s.at(t, view.StepCourierCheck, "")
		if s.parcels["p"].State != Depositing {
			t.Fatalf("before anybody has answered the parcel is %s", s.parcels["p"].State)
		}
		return s
	}
	for _, c := range []struct {
		name  string
		then  func(t *testing.T, s *stage)
		state State
		door  wall.Allocation
		step  view.Step
	}{
		{"it is in", func(t *testing.T, s *stage) { s.act(t, view.ActInside) }, Stored, wall.Occupied,
			view.StepCourierReady},
		{"open again, and now it is", func(t *testing.T, s *stage) {
			s.act(t, view.ActOpenAgain)
			s.ended(t, door.ConfirmedOpen)
			s.see(t, "1", door.Closed, door.Present)
		}, Stored, wall.Occupied, view.StepCourierReady},
		{"open again, and it does not", func(t *testing.T, s *stage) {
			s.act(t, view.ActOpenAgain)
			s.ended(t, door.Unanswered)
			s.act(t, view.ActBack)
		}, DepositFailed, wall.Quarantine, view.StepCourierReady},
		{"the courier has kept it", func(t *testing.T, s *stage) { s.act(t, view.ActUndo) },
			DepositFailed, wall.Free,
			view.StepCourierReady},
		{"nobody answers", func(t *testing.T, s *stage) {
			s.now = s.now.Add(3 * time.Minute)
			s.do(t, visit.Tick{})
		}, DepositFailed, wall.Quarantine, view.StepIdle},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := start(t)
			c.then(t, s)
			s.at(t, c.step, s.visit.Reason)
			if p := s.parcels["p"].State; p != c.state {
				t.Errorf("the parcel is %s, want %s", p, c.state)
			}
			if a := s.compartments["1"].Allocation; a != c.door {
				t.Errorf("the compartment is %s, want %s", a, c.door)
			}
		})
	}
}

func TestACourierWhoseParcelDoesNotFitGetsABiggerDoor(t *testing.T) {
	s := newStage(box("1", 400, 110, 500), box("2", 400, 110, 500), box("3", 400, 390, 500))
	s.announce(t, "p", nil)
	s.do(t, visit.Present{BadgeHash: "badge-k1"})
	s.do(t, visit.Present{Label: "L-p"})
	s.ended(t, door.ConfirmedOpen)
	s.act(t, view.ActTooBig)
	s.at(t, view.StepCourierRetake, view.ReasonTooBig)
	s.see(t, "1", door.Closed, door.Empty)
	if o := s.order(t); o.Compartment != "3" {
		t.Fatalf("door %s opens next, want the bigger one", o.Compartment)
	}
	s.ended(t, door.ConfirmedOpen)
	s.see(t, "3", door.Closed, door.Present)
	s.at(t, view.StepCourierReady, "")
	if p := s.parcels["p"]; p.State != Stored || p.Compartment != "3" {
		t.Errorf("parcel %s in %s", p.State, p.Compartment)
	}
	if c := s.compartments["1"]; !c.Offerable() {
		t.Errorf("the door that was too small is %s (%s)", c.Allocation, c.Reason)
	}
}

func TestWhatACourierReportsDecidesWhatBecomesOfTheDoor(t *testing.T) {
	cases := []struct {
		say   view.ActionName
		want  wall.Allocation
		after view.Step
	}{
		{view.ActBroken, wall.OutOfService, view.StepCourierOpening},
		{view.ActOccupied, wall.Quarantine, view.StepCourierOpening},
		{view.ActTooBig, wall.Free, view.StepCourierReady}, // the other is no bigger
		{view.ActUndo, wall.Free, view.StepCourierReady},
	}
	for _, c := range cases {
		t.Run(string(c.say), func(t *testing.T) {
			s := newStage(box("1", 400, 110, 500), box("2", 400, 110, 500))
			s.announce(t, "p", small())
			s.do(t, visit.Present{BadgeHash: "badge-k1"})
			s.do(t, visit.Present{Label: "L-p"})
			s.ended(t, door.ConfirmedOpen)
			s.act(t, c.say)
			s.see(t, "1", door.Closed, door.PresenceUnknown)
			if got := s.compartments["1"].Allocation; got != c.want {
				t.Errorf("door 1 is %s, want %s", got, c.want)
			}
			if s.visit.Step != c.after {
				t.Errorf("the screen is on %s, want %s", s.visit.Step, c.after)
			}
		})
	}
}

func TestABrokenDoorThatClosesLaterTouchesNothingElse(t *testing.T) {
	s := newStage(box("1", 400, 110, 500), box("2", 400, 110, 500))
	s.announce(t, "p", small())
	s.do(t, visit.Present{BadgeHash: "badge-k1"})
	s.do(t, visit.Present{Label: "L-p"})
	s.ended(t, door.ConfirmedOpen)
	s.act(t, view.ActBroken)
	s.act(t, view.ActOtherDoor)
	// a second door while the first is open: asked once more
	s.at(t, view.StepCourierLeave, view.ReasonBroken)
	s.act(t, view.ActOtherDoor)
	s.ended(t, door.ConfirmedOpen)
	s.see(t, "1", door.Closed, door.PresenceUnknown) // somebody pushes it shut after all
	s.at(t, view.StepCourierOpen, "")
	if a := s.compartments["1"].Allocation; a != wall.OutOfService {
		t.Errorf("the broken door is %s", a)
	}
	s.see(t, "2", door.Closed, door.PresenceUnknown)
	if p := s.parcels["p"]; p.State != Stored || p.Compartment != "2" {
		t.Errorf("parcel %s in %q", p.State, p.Compartment)
	}
}

func TestRefusalsWithoutEndCostTheLogLittle(t *testing.T) {
	s := twoBoxes()
	for range 600 { // ten a second
		s.now = s.now.Add(100 * time.Millisecond)
		s.do(t, visit.Present{CodeHash: "wrong", Presented: "code"})
	}
	if n := s.told("parcel.pickup_refused"); n < visit.RefusalsTold || n > 12 {
		t.Errorf("600 refusals in a minute are told %d times", n)
	}
	if len(s.facts) > 40 {
		t.Errorf("they cost %d facts", len(s.facts))
	}
	s.announce(t, "p", small())
	s.now = s.now.Add(2 * time.Minute)
	s.do(t, visit.Tick{})
	_, code := s.deposit(t, "p")
	for range 9 {
		s.do(t, visit.Present{CodeHash: "wrong", Presented: "code"})
	}
	s.do(t, visit.Present{CodeHash: code, Presented: "code"})
	s.at(t, view.StepPickupOpening, "")
}

func TestACustomerNeedNotWaitForACourierWhoForgotToFinish(t *testing.T) {
	s := twoBoxes()
	s.announce(t, "p", small())
	_, code := s.deposit(t, "p")
	s.do(t, visit.Present{BadgeHash: "badge-k1"})
	s.at(t, view.StepCourierReady, "")
	s.do(t, visit.Present{CodeHash: code, Label: "ABCDEFGHIJKLMNOPQRSTUVWXYZ", Presented: "code"})
	s.at(t, view.StepPickupOpening, "")
	if s.visit.Kind != PickupVisit || s.visit.Count != 0 {
		t.Errorf("the customer is in the courier's visit: %+v", s.visit)
	}
}

func TestAnExpiredParcelLeavesItsDoorThroughStaff(t *testing.T) {
	s := twoBoxes()
	s.announce(t, "p", small())
	number, code := s.deposit(t, "p")
	if _, err := s.try(upkeep.RestoreDoor{
		Compartment: number, Reason: "looked",
	}); ledger.CodeOf(err) != ledger.Conflict {
		t.Fatalf("a parcel that may still be collected was written off: %v", err)
	}
	s.now = s.now.Add(49 * time.Hour)
	s.do(t, visit.Tick{})
	s.do(t, upkeep.RestoreDoor{Compartment: number, Reason: "taken to the counter"})
	if p, c := s.parcels["p"], s.compartments[number]; p.State != CounterHeld || !c.Offerable() {
		t.Errorf("parcel %s, door %s", p.State, c.Allocation)
	}
	s.do(t, visit.Present{CodeHash: code})
	s.at(t, view.StepPickupRefused, view.ReasonAtCounter)
}

func TestADoorIsLookedIntoAgainOnceAndNothingIsLeftThere(t *testing.T) {
	for sensor, want := range map[door.Presence]wall.Allocation{
		door.Empty: wall.Free, door.Present: wall.Quarantine,
	} {
		s := twoBoxes()
		s.announce(t, "p", small())
		number, code := s.deposit(t, "p")
		s.do(t, visit.Present{CodeHash: code})
		s.ended(t, door.ConfirmedOpen)
		s.see(t, number, door.Closed, door.Empty)
		s.act(t, view.ActOpenAgain)
		s.ended(t, door.ConfirmedOpen)
		s.see(t, number, door.Closed, sensor)
		if a := s.compartments[number].Allocation; a != want {
			t.Errorf("closed with %s the compartment is %s, want %s", sensor, a, want)
		}
		if station.ViewOf(s, s.env()).Allows(view.ActOpenAgain) {
			t.Error("it is offered once more")
		}
	}
}

func TestUndoGivesTheLastParcelBackAndItsCodeDies(t *testing.T) {
	s := twoBoxes()
	s.announce(t, "p", small())
	s.do(t, visit.Present{BadgeHash: "badge-k1"})
	s.do(t, visit.Present{Label: "L-p"})
	s.ended(t, door.ConfirmedOpen)
	s.see(t, "1", door.Closed, door.Present)
	code := ""
	for _, c := range s.CredentialsOf("p") {
		if c.Kind == ByCode {
			code = c.Hash
		}
	}
	s.act(t, view.ActUndo)
	s.ended(t, door.ConfirmedOpen)
	s.at(t, view.StepCourierRetake, view.ReasonUndo)
	s.see(t, "1", door.Closed, door.Empty)
	if p := s.parcels["p"]; p.State != DepositFailed || s.visit.Count != 0 {
		t.Fatalf("parcel %s, count %d", p.State, s.visit.Count)
	}
	s.act(t, view.ActFinish)
	s.do(t, visit.Present{CodeHash: code})
	s.at(t, view.StepPickupRefused, view.ReasonNotHere)
}

func TestCouriersAreToldExactlyWhatIsWrongWithALabel(t *testing.T) {
	s := newStage(box("1", 900, 900, 900))
	s.announce(t, "large", &wall.Dimensions{Length: 900, Width: 900, Height: 900})
	s.compartments["1"] = box("1", 400, 110, 500) // the wall was rebuilt meanwhile
	s.announce(t, "stored", small())
	s.deposit(t, "stored")
	s.announce(t, "cancelled", small())
	s.do(t, Cancel{ID: "cancelled"})
	s.announce(t, "late", small())
	s.do(t, visit.Present{BadgeHash: "badge-k1"})
	for _, c := range []struct {
		label string
		want  view.Reason
	}{
		{"L-nobody", view.ReasonUnknownLabel}, {"", view.ReasonNotLabel},
		{"L-stored", view.ReasonAlreadyStored},
		{"L-cancelled", view.ReasonCancelled}, {"L-large", view.ReasonTooLarge},
		{"L-late", view.ReasonNoDoor},
	} {
		s.do(t, visit.Present{Label: c.label})
		s.at(t, view.StepCourierReady, c.want)
	}
}

// A full outbox refuses what would lead to more facts, and hands out what is inside.
func TestAFullOutboxTakesNoDepositsAndHandsOut(t *testing.T) {
	s := newStage(box("1", 400, 110, 500), box("2", 400, 110, 500))
	s.announce(t, "inside", small())
	s.announce(t, "late", small())
	number, code := s.deposit(t, "inside")
	s.full = true
	before := len(s.orders)
	s.do(t, visit.Present{BadgeHash: "badge-k1"})
	s.do(t, visit.Present{Label: "L-late"})
	s.at(t, view.StepCourierReady, view.ReasonFull)
	if s.parcels["late"].State != Announced || len(s.orders) != before {
		t.Errorf("the parcel is %s, and a door was ordered: %v", s.parcels["late"].State, len(s.orders) != before)
	}
	s.act(t, view.ActFinish)
	s.do(t, visit.Present{CodeHash: code, Presented: "code"})
	if o := s.order(t); o.Compartment != number {
		t.Errorf("door %s was ordered, and not %s", o.Compartment, number)
	}
	s.full = false
}

func TestASenderIsToldOnceThatThereWasNoDoorForAParcel(t *testing.T) {
	s := newStage(box("1", 400, 110, 500))
	s.announce(t, "first", small())
	s.announce(t, "late", small())
	s.deposit(t, "first")
	from := len(s.facts)
	s.do(t, visit.Present{BadgeHash: "badge-k1"})
	for range 3 {
		s.do(t, visit.Present{Label: "L-late"})
		s.at(t, view.StepCourierReady, view.ReasonNoDoor)
	}
	var told []string
	for _, f := range s.facts[from:] {
		if f, ok := f.(*DepositFailure); ok {
			told = append(told, f.ParcelID+" "+f.Compartment+" "+f.Reason)
		}
	}
	if !slices.Equal(told, []string{"late  no_door"}) {
		t.Errorf("told %q", told)
	}
	if p := s.parcels["late"]; p.State != DepositFailed || p.FailedReason != "no_door" {
		t.Errorf("the parcel is %s for %q", p.State, p.FailedReason)
	}
	s.compartments["1"] = box("1", 400, 110, 500) // emptied
	s.do(t, visit.Present{Label: "L-late"})
	s.at(t, view.StepCourierOpening, "")
}

func TestADoorLeftOpenIsRemindedOfAndInTheEndLeftToStaff(t *testing.T) {
	s := twoBoxes()
	s.announce(t, "p", small())
	number, code := s.deposit(t, "p")
	s.do(t, visit.Present{CodeHash: code})
	s.ended(t, door.ConfirmedOpen)
	start := s.now
	for _, c := range []struct {
		after time.Duration
		stage int
	}{{14 * time.Second, 0}, {15 * time.Second, 1}, {45 * time.Second, 2}, {104 * time.Second, 2},
		{105 * time.Second, 3},
		{119 * time.Second, 3}} {
		s.now = start.Add(c.after)
		s.do(t, visit.Tick{})
		if s.visit.LeftOpen != c.stage {
			t.Errorf("after %s the stage is %d, want %d", c.after, s.visit.LeftOpen, c.stage)
		}
		s.at(t, view.StepPickupOpen, "")
	}
	s.now = start.Add(2 * time.Minute)
	s.do(t, visit.Tick{})
	s.at(t, view.StepIdle, "")
	s.see(t, number, door.Closed, door.PresenceUnknown)
	if p, c := s.parcels["p"], s.compartments[number]; p.State != Collected ||
		c.Allocation != wall.Quarantine {
		t.Errorf("parcel %s, compartment %s", p.State, c.Allocation)
	}
}

func TestABearerComesBackToTheDoorThatWasLeftOpen(t *testing.T) {
	s := twoBoxes()
	s.announce(t, "p", small())
	_, code := s.deposit(t, "p")
	s.do(t, visit.Present{CodeHash: code})
	s.ended(t, door.ConfirmedOpen)
	s.now = s.now.Add(3 * time.Minute)
	s.do(t, visit.Tick{})
	before := len(s.orders)
	s.do(t, visit.Present{CodeHash: code})
	s.at(t, view.StepPickupOpen, "")
	if len(s.orders) != before {
		t.Error("the open door was driven again")
	}
}
