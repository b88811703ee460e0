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

// doorOpen plays a visit up to an open door: a customer's, or a courier's.
func doorOpen(t *testing.T, courier bool) *stage {
	t.Helper()
	s := newStage(box("1", 400, 110, 500), box("2", 400, 110, 500))
	s.announce(t, "p", small())
	if courier {
		s.do(t, visit.Present{BadgeHash: "badge-k1", Presented: "badge"})
		s.do(t, visit.Present{Label: "L-p", Presented: "label"})
	} else {
		_, code := s.deposit(t, "p")
		s.do(t, visit.Present{CodeHash: code, Presented: "code"})
	}
	s.ended(t, door.ConfirmedOpen)
	return s
}

// What a courier says of an open door counts when the door closes, or when it
// is said once more. Until then it can be taken back.
func TestWhatACourierSaysOfADoorCanBeTakenBack(t *testing.T) {
	for _, say := range []view.ActionName{view.ActBroken, view.ActOccupied, view.ActTooBig, view.ActUndo} {
		t.Run(string(say), func(t *testing.T) {
			s := doorOpen(t, true)
			orders := len(s.orders)
			s.act(t, say)
			if a := s.compartments["1"].Allocation; a != wall.Reserved {
				t.Fatalf("before the door has closed it is %s", a)
			}
			if say == view.ActBroken {
				s.act(t, view.ActOtherDoor)
				s.at(t, view.StepCourierLeave, view.ReasonBroken)
				s.act(t, view.ActBack)
				s.at(t, view.StepCourierRetake, view.ReasonBroken)
			}
			s.act(t, view.ActBack)
			s.at(t, view.StepCourierOpen, "")
			if len(s.orders) != orders {
				t.Error("another door was opened")
			}
			s.see(t, "1", door.Closed, door.PresenceUnknown)
			if p, b := s.parcels["p"], s.compartments["1"]; p.State != Stored || b.Allocation != wall.Occupied {
				t.Errorf("the parcel is %s, the compartment %s", p.State, b.Allocation)
			}
			if s.told("door.out_of_service")+s.told("parcel.deposit_failed")+s.told("compartment.quarantined") > 0 {
				t.Error("something followed from what was taken back")
			}
		})
	}
}

// "Give it back" opens the door of a parcel that is stored; it can stay there.
func TestAParcelThatWasToBeGivenBackCanStay(t *testing.T) {
	for _, c := range []struct {
		name   string
		sensor door.Presence
		want   State
		count  int
	}{
		{"it is left inside", door.Present, Stored, 1},
		{"no sensor says so", door.PresenceUnknown, Stored, 1},
		{"it has been taken out all the same", door.Empty, DepositFailed, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := doorOpen(t, true)
			s.see(t, "1", door.Closed, door.Present)
			s.act(t, view.ActUndo)
			s.ended(t, door.ConfirmedOpen)
			s.at(t, view.StepCourierRetake, view.ReasonUndo)
			s.act(t, view.ActBack)
			s.at(t, view.StepCourierOpen, "")
			s.see(t, "1", door.Closed, c.sensor)
			s.at(t, view.StepCourierReady, "")
			if p := s.parcels["p"]; p.State != c.want || s.visit.Count != c.count {
				t.Errorf("the parcel is %s, %d stored", p.State, s.visit.Count)
			}
		})
	}
}

func TestADoorCalledBrokenIsOutOfServiceHoweverTheVisitEnds(t *testing.T) {
	for name, end := range map[string]func(t *testing.T, s *stage){
		"it closes": func(t *testing.T, s *stage) { s.see(t, "1", door.Closed, door.PresenceUnknown) },
		"it closes when asked": func(t *testing.T, s *stage) {
			s.act(t, view.ActOtherDoor)
			s.see(t, "1", door.Closed, door.PresenceUnknown)
		},
		"it stays open": func(t *testing.T, s *stage) {
			s.act(t, view.ActOtherDoor)
			s.act(t, view.ActOtherDoor)
		},
		"nobody is there":         func(t *testing.T, s *stage) { s.idleAway(t) },
		"nobody is there to tell": func(t *testing.T, s *stage) { s.act(t, view.ActOtherDoor); s.idleAway(t) },
	} {
		t.Run(name, func(t *testing.T) {
			s := doorOpen(t, true)
			s.act(t, view.ActBroken)
			end(t, s)
			if a := s.compartments["1"].Allocation; a != wall.OutOfService || s.told("door.out_of_service") != 1 {
				t.Errorf("it is %s, told %d times", a, s.told("door.out_of_service"))
			}
		})
	}
}

// idleAway lets all time pass that a page has.
func (s *stage) idleAway(t *testing.T) {
	t.Helper()
	for range 20 {
		if s.visit.ID == "" {
			return
		}
		s.now = station.NextTick(s, s.env())
		s.do(t, visit.Tick{})
	}
	t.Fatalf("the page %s stays", s.visit.Step)
}

// "The door does not close" leads to a page that says what happens now. For some
// seconds it can be taken back; then the next person is served.
func TestADoorThatDoesNotCloseIsLeftToStaff(t *testing.T) {
	left := func(t *testing.T) *stage {
		s := doorOpen(t, false)
		s.now = s.now.Add(15 * time.Second)
		s.do(t, visit.Tick{})
		s.act(t, view.ActFinish)
		s.at(t, view.StepPickupLeft, "")
		if s.told("opening.abandoned") != 0 {
			t.Fatal("it cannot be taken back any more")
		}
		return s
	}
	t.Run("and the page ends by itself", func(t *testing.T) {
		s := left(t)
		from := s.now
		s.idleAway(t)
		if d := s.now.Sub(from); d < visit.TellLeft || s.told("opening.abandoned") != 1 {
			t.Errorf("the page stayed %s; abandoned %d times", d, s.told("opening.abandoned"))
		}
	})
	t.Run("and is closed with a touch", func(t *testing.T) {
		s := left(t)
		s.act(t, view.ActFinish)
		s.at(t, view.StepIdle, "")
		if s.told("opening.abandoned") != 1 {
			t.Error("the door is not left to staff")
		}
	})
	t.Run("and it is taken back", func(t *testing.T) {
		s := left(t)
		s.act(t, view.ActBack)
		s.at(t, view.StepPickupOpen, "")
		if s.visit.LeftOpen != 1 || s.told("opening.abandoned") != 0 {
			t.Errorf("stage %d, abandoned %d times", s.visit.LeftOpen, s.told("opening.abandoned"))
		}
		s.idleAway(t)
	})
	t.Run("and it closes after all", func(t *testing.T) {
		s := left(t)
		s.see(t, s.visit.Compartment, door.Closed, door.PresenceUnknown)
		s.at(t, view.StepPickupDone, "")
		if s.parcels["p"].State != Collected {
			t.Errorf("the parcel is %s", s.parcels["p"].State)
		}
	})
	t.Run("and the next customer comes", func(t *testing.T) {
		s := left(t)
		s.do(t, visit.Present{BadgeHash: "badge-k1", Presented: "badge"})
		s.at(t, view.StepCourierReady, "")
		if s.told("opening.abandoned") != 1 {
			t.Error("the door is not left to staff")
		}
		s.announce(t, "q", small())
		s.do(t, visit.Present{Label: "L-q", Presented: "label"})
		s.at(t, view.StepCourierOpening, "")
	})
	t.Run("and the core is killed", func(t *testing.T) {
		s := left(t)
		s.do(t, visit.Start{Boot: "b"})
		s.at(t, view.StepPickupLeft, "")
		s.now = s.now.Add(time.Hour)
		s.do(t, visit.Start{Boot: "b"})
		s.at(t, view.StepIdle, "")
		if s.told("opening.abandoned") != 1 {
			t.Error("the door is not left to staff")
		}
	})
}

// The third reminder is shown for lastCall before the visit ends, also where
// the machine stood still when it was due.
func TestTheLastReminderIsShownBeforeTheVisitEnds(t *testing.T) {
	for _, timeout := range []time.Duration{time.Minute, 2 * time.Minute, 15 * time.Minute} {
		for _, late := range []time.Duration{0, time.Second, 14 * time.Second, time.Hour} {
			s := doorOpen(t, false)
			s.policy.DoorTimeout = timeout
			s.now = s.now.Add(timeout - visit.LastCall + late)
			s.do(t, visit.Tick{})
			if s.visit.LeftOpen != 3 || s.visit.Step != view.StepPickupOpen {
				t.Fatalf("%s, %s late: stage %d on %q", timeout, late, s.visit.LeftOpen, s.visit.Step)
			}
			shown := s.now
			// changes nothing of it
			s.do(t, visit.Do{Action: view.Action{Visit: s.visit.ID, Name: view.ActLanguage, Value: "zh-Hans"}})
			s.idleAway(t)
			if d := s.now.Sub(shown); d < visit.LastCall {
				t.Errorf("%s, %s late: the last reminder was shown for %s", timeout, late, d)
			}
		}
	}
}

// A touch counts on the page it was made on.
func TestATouchMeantForAnotherPageDoesNothing(t *testing.T) {
	s := doorOpen(t, true)
	v := station.ViewOf(s, s.env())
	meant := view.Action{Visit: v.Visit, Name: view.ActBroken, Step: v.Step, Door: v.Door(), Parcel: v.Parcel()}
	for name, change := range map[string]func(*view.Action){
		"another step":   func(a *view.Action) { a.Step = view.StepCourierCheck },
		"another door":   func(a *view.Action) { a.Door = "2" },
		"no door":        func(a *view.Action) { a.Door = "" },
		"another parcel": func(a *view.Action) { a.Parcel = "L-q" },
		"another visit":  func(a *view.Action) { a.Visit = "other" },
	} {
		a := meant
		change(&a)
		if _, err := s.try(visit.Do{Action: a}); ledger.CodeOf(err) != ledger.Stale {
			t.Errorf("%s: %v", name, err)
		}
	}
	s.do(t, visit.Do{Action: meant})
	s.at(t, view.StepCourierRetake, view.ReasonBroken)
	if _, err := s.try(visit.TypePIN{
		Visit: s.visit.ID, Step: view.StepPickupEnter,
	}); ledger.CodeOf(err) != ledger.Stale {
		t.Errorf("a PIN for another page: %v", err)
	}
}

// Whoever comes next finds the station's own language, however the visit begins.
func TestALanguageStaysWithItsVisit(t *testing.T) {
	for name, next := range map[string]func(t *testing.T, s *stage, code string){
		"a code from the thank-you page": func(t *testing.T, s *stage, code string) {
			s.do(t, visit.Present{CodeHash: code, Presented: "code"})
		},
		"a wrong code from there": func(t *testing.T, s *stage, _ string) {
			s.do(t, visit.Present{CodeHash: "wrong", Presented: "code"})
		},
		"a badge from there": func(t *testing.T, s *stage, _ string) {
			s.do(t, visit.Present{BadgeHash: "badge-k1", Presented: "badge"})
		},
		"a code after the idle page": func(t *testing.T, s *stage, code string) {
			s.idleAway(t)
			s.do(t, visit.Present{CodeHash: code, Presented: "code"})
		},
		"a touch after the idle page": func(t *testing.T, s *stage, _ string) {
			s.act(t, view.ActFinish)
			s.act(t, view.ActStartPickup)
		},
		"a courier, and then a colleague": colleagues,
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(box("1", 400, 110, 500), box("2", 400, 110, 500))
			s.couriers["k2"] = people.CourierRecord{
				Courier: people.Courier{ID: "k2", Name: "South"}, BadgeHash: "badge-k2",
			}
			s.announce(t, "p", small())
			s.announce(t, "q", small())
			number, code := s.deposit(t, "p")
			_, other := s.deposit(t, "q")
			s.do(t, visit.Present{CodeHash: code, Presented: "code"})
			s.ended(t, door.ConfirmedOpen)
			s.do(t, visit.Do{Action: view.Action{Visit: s.visit.ID, Name: view.ActLanguage, Value: "zh-Hans"}})
			s.see(t, number, door.Closed, door.Empty)
			s.at(t, view.StepPickupDone, "")
			if got := station.ViewOf(s, s.env()).Language; got != "zh-Hans" {
				t.Fatalf("within the visit it is %s", got)
			}
			next(t, s, other)
			if got := station.ViewOf(s, s.env()).Language; s.visit.ID == "" || got != "en" {
				t.Errorf("on %s the next visit is in %s", s.visit.Step, got)
			}
		})
	}
}

func colleagues(t *testing.T, s *stage, _ string) {
	t.Helper()
	s.do(t, visit.Present{BadgeHash: "badge-k1", Presented: "badge"})
	s.do(t, visit.Do{Action: view.Action{Visit: s.visit.ID, Name: view.ActLanguage, Value: "zh-Hans"}})
	s.do(t, visit.Present{BadgeHash: "badge-k2", Presented: "badge"})
}

// Somebody who has chosen a language before showing a code keeps it.
func TestALanguageChosenOnTheIdlePageIsThatOfTheVisit(t *testing.T) {
	s := newStage(box("1", 400, 110, 500))
	s.announce(t, "p", small())
	_, code := s.deposit(t, "p")
	s.do(t, visit.Do{Action: view.Action{Name: view.ActLanguage, Value: "zh-Hans"}})
	s.do(t, visit.Present{CodeHash: code, Presented: "code"})
	if got := station.ViewOf(s, s.env()).Language; got != "zh-Hans" {
		t.Errorf("the visit is in %s", got)
	}
}

// A deposit that was given up over a restart begins anew with the same label, at
// another door.
func TestAParcelThatWasGivenUpIsTakenByItsLabelAgain(t *testing.T) {
	s := newStage(box("1", 400, 110, 500), box("2", 400, 110, 500))
	number := begun(t, s)
	s.do(t, visit.Start{Boot: "b"})
	for _, n := range s.numbers {
		s.do(t, visit.SeeDoor{Seen: door.Seen{Compartment: n, State: door.Closed, At: s.now}})
	}
	s.at(t, view.StepCourierNoOpen, view.ReasonUnknown)
	s.do(t, visit.Present{Label: "L-p", Presented: "label"})
	s.at(t, view.StepCourierOpening, view.ReasonNone)
	if other := s.order(t).Compartment; other == number {
		t.Errorf("door %s is offered again", number)
	}
}
