package parcel

import (
	"testing"
	"time"

	"cubby/locker/door"
	"cubby/locker/upkeep"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// unheard ends the last opening as its board does that falls silent with the
// pulse: its doors become unknown first.
func (s *stage) unheard(t *testing.T) {
	t.Helper()
	s.see(t, s.order(t).Compartment, door.Unknown, door.PresenceUnknown)
	s.lost(t)
}

// noCrime holds that nothing is told as force and the other doors go on.
func (s *stage) noCrime(t *testing.T) {
	t.Helper()
	if n := s.told("door.forced_open"); n > 0 {
		t.Errorf("told %d times that a door was forced", n)
	}
	for n, c := range s.compartments {
		if c.Forced || c.BankAlarm {
			t.Errorf("door %s: forced %t, alarm %t", n, c.Forced, c.BankAlarm)
		}
	}
}

// begun brings a courier with parcel p before a door whose lock was driven.
func begun(t *testing.T, s *stage) (number string) {
	t.Helper()
	s.announce(t, "p", small())
	s.announce(t, "q", small())
	s.do(t, visit.Present{BadgeHash: "badge-k1", Presented: "badge"})
	s.do(t, visit.Present{Label: "L-p", Presented: "label"})
	return s.order(t).Compartment
}

// A door that was driven and never read closed since is adopted, however late it
// is read open, and whatever its courier has done meanwhile.
func TestADrivenDoorThatIsReadOpenLateIsNotForced(t *testing.T) {
	restart := func(s *stage, t *testing.T) { s.do(t, visit.Start{Boot: "b"}) }
	for _, c := range []struct {
		name string
		then func(*testing.T, *stage)
	}{
		{"back", func(t *testing.T, s *stage) { s.act(t, view.ActBack) }},
		{"another door", func(t *testing.T, s *stage) { s.act(t, view.ActOtherDoor) }},
		{"the next label", func(t *testing.T, s *stage) { s.do(t, visit.Present{Label: "L-q", Presented: "label"}) }},
		{"they go away", func(t *testing.T, s *stage) { s.now = s.now.Add(time.Hour); s.do(t, visit.Tick{}) }},
		{"back, and the core is killed", func(t *testing.T, s *stage) { s.act(t, view.ActBack); restart(s, t) }},
		{"back, and staff restore it", func(t *testing.T, s *stage) {
			n := s.order(t).Compartment
			s.act(t, view.ActBack)
			s.do(t, upkeep.RestoreDoor{Compartment: n, Reason: "looked"})
		}},
		{"the centre cancels it", func(t *testing.T, s *stage) {
			s.act(t, view.ActBack)
			s.do(t, Cancel{ID: "p"})
		}},
	} {
		for _, after := range []time.Duration{time.Second, 10 * time.Second, time.Hour} {
			t.Run(c.name+", after "+after.String(), func(t *testing.T) {
				s := newStage(box("1", 400, 110, 500), box("2", 400, 110, 500), box("3", 400, 110, 500))
				number := begun(t, s)
				s.unheard(t)
				s.at(t, view.StepCourierNoOpen, view.ReasonUnknown)
				c.then(t, s)
				s.now = s.now.Add(after)
				before := s.parcels["p"]
				s.see(t, number, door.Open, door.PresenceUnknown)
				s.noCrime(t)
				if n := s.told("opening.adopted"); n != 1 {
					t.Errorf("adopted %d times", n)
				}
				if p := s.parcels["p"]; p.State != before.State || p.Compartment != before.Compartment {
					t.Errorf("parcel p was %s at %q and is %s at %q", before.State, before.Compartment, p.State,
						p.Compartment)
				}
				if b := s.compartments[number]; b.Allocation != wall.Quarantine || b.Contents != wall.ContentsUnknown ||
					!b.LeftOpen {
					t.Errorf("the door that stands open: %+v", b)
				}
				s.see(t, number, door.Closed, door.PresenceUnknown)
				if b := s.compartments[number]; b.Allocation != wall.Quarantine || b.LeftOpen || b.Offerable() {
					t.Errorf("after it has closed: %+v", b)
				}
				s.now = s.now.Add(time.Minute)
				s.see(t, number, door.Open, door.PresenceUnknown)
				if s.told("door.forced_open") != 1 {
					t.Error("it opens again without an order, and nobody is told")
				}
			})
		}
	}
}

func TestADepositGoesOnWhoseBoardIsHeardWhileTheCourierWaits(t *testing.T) {
	s := twoBoxes()
	number := begun(t, s)
	s.unheard(t)
	s.now = s.now.Add(30 * time.Second)
	s.see(t, number, door.Open, door.PresenceUnknown)
	s.at(t, view.StepCourierOpen, view.ReasonNone)
	s.see(t, number, door.Closed, door.PresenceUnknown)
	s.noCrime(t)
	if p := s.parcels["p"]; p.State != Stored || p.Compartment != number {
		t.Errorf("parcel p is %s at %q", p.State, p.Compartment)
	}
}

// A core that is killed 0.2 s after the pulse reads the door closed at its start,
// and the latch lets go 1.5 s after the pulse.
func TestAStiffLatchAndAKilledCoreAreNoBurglary(t *testing.T) {
	for _, c := range []struct {
		name string
		then func(*testing.T, *stage)
		want State
		step view.Step
		box  wall.Allocation
	}{
		{"they wait", func(*testing.T, *stage) {}, Depositing, view.StepCourierOpen, wall.Reserved},
		{"back", func(t *testing.T, s *stage) { s.act(t, view.ActBack) }, DepositFailed, view.StepCourierReady,
			wall.Quarantine},
		{"the centre cancels it", func(t *testing.T, s *stage) { s.do(t, Cancel{ID: "p"}) }, Cancelled,
			view.StepCourierNoOpen, wall.Quarantine},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := twoBoxes()
			number := begun(t, s)
			s.now = s.now.Add(200 * time.Millisecond)
			s.do(t, visit.Start{Boot: "b"})
			s.do(t, visit.SeeDoor{Seen: door.Seen{Compartment: number, State: door.Closed, At: s.now}})
			s.at(t, view.StepCourierNoOpen, view.ReasonUnknown)
			c.then(t, s)
			s.now = s.now.Add(1300 * time.Millisecond)
			s.see(t, number, door.Open, door.PresenceUnknown)
			s.noCrime(t)
			p, b := s.parcels["p"], s.compartments[number]
			if p.State != c.want || s.visit.Step != c.step || b.Allocation != c.box {
				t.Errorf("parcel p is %s on %s, its compartment %s; want %s on %s, %s",
					p.State, s.visit.Step, b.Allocation, c.want, c.step, c.box)
			}
		})
	}
}

func TestAPickupWhoseBoardWasSilentIsNoBurglary(t *testing.T) {
	for _, c := range []struct {
		name string
		kill bool
		then func(*testing.T, *stage)
		step view.Step
	}{
		{"they wait", false, func(*testing.T, *stage) {}, view.StepPickupOpen},
		{"they go", false, func(t *testing.T, s *stage) { s.act(t, view.ActBack) }, view.StepIdle},
		{"a kill, they wait", true, func(*testing.T, *stage) {}, view.StepPickupOpen},
		{"a kill, they go", true, func(t *testing.T, s *stage) { s.act(t, view.ActBack) }, view.StepIdle},
		{"they go, and show the code in vain", false, func(t *testing.T, s *stage) {
			s.act(t, view.ActBack)
			for range 4 { // more than are remembered
				s.do(t, visit.Present{CodeHash: s.codeOf("p"), Presented: "code"})
				s.ended(t, door.Unanswered)
				s.act(t, view.ActBack)
			}
		}, view.StepIdle},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := twoBoxes()
			s.announce(t, "p", small())
			number, code := s.deposit(t, "p")
			s.do(t, visit.Present{CodeHash: code, Presented: "code"})
			if c.kill {
				s.now = s.now.Add(200 * time.Millisecond)
				s.do(t, visit.Start{Boot: "b"})
				s.now = s.now.Add(wall.SettleAfter)
				s.do(t, visit.Tick{})
				s.at(t, view.StepToCheck, view.ReasonNone)
			} else {
				s.now = s.now.Add(4 * time.Second)
				s.unheard(t)
			}
			c.then(t, s)
			s.now = s.now.Add(10 * time.Second)
			s.see(t, number, door.Open, door.PresenceUnknown)
			s.noCrime(t)
			step := s.visit.Step
			if s.visit.ID == "" {
				step = view.StepIdle
			}
			if p := s.parcels["p"]; step != c.step || p.State != Collecting || !p.ToCheck {
				t.Errorf("on %s the parcel is %s, to check %t", step, p.State, p.ToCheck)
			}
			s.see(t, number, door.Closed, door.PresenceUnknown)
			want := Stored // nobody was seen to take it
			if c.step == view.StepPickupOpen {
				want = Collected
			}
			if p := s.parcels["p"]; p.State != want || want == Stored && !p.ToCheck {
				t.Errorf("after it has closed the parcel is %s, to check %t", p.State, p.ToCheck)
			}
		})
	}
}

func (s *stage) codeOf(parcel string) string {
	for _, c := range s.CredentialsOf(parcel) {
		if c.Kind == ByCode {
			return c.Hash
		}
	}
	return ""
}

// What was driven is excused until its door has been read closed, and no longer.
func TestADoorReadClosedAfterThePulseIsForcedAfterwards(t *testing.T) {
	closed := func(t *testing.T, s *stage, number string) { s.see(t, number, door.Closed, door.PresenceUnknown) }
	for _, c := range []struct {
		name string
		ends func(t *testing.T, s *stage, number string)
	}{
		{"silent, then read closed", func(t *testing.T, s *stage, number string) {
			s.unheard(t)
			closed(t, s, number)
		}},
		{"silent for so short that the door was never unknown", func(t *testing.T, s *stage, number string) {
			s.lost(t)
			closed(t, s, number)
		}},
		{"stuck twice", func(t *testing.T, s *stage, _ string) { s.ended(t, door.Stuck); s.ended(t, door.Stuck) }},
		{"refused by its board after the pulse", func(t *testing.T, s *stage, number string) {
			id := s.order(t).Opening
			s.do(t, visit.EndOpening{Ended: door.Ended{
				Opening: id, Compartment: number, Result: door.Refused, Pulsed: true, At: s.now,
			}})
		}},
		{"killed, then read closed", func(t *testing.T, s *stage, number string) {
			s.do(t, visit.Start{Boot: "b"})
			closed(t, s, number)
		}},
		{"killed and silent, then read closed", func(t *testing.T, s *stage, number string) {
			s.do(t, visit.Start{Boot: "b"})
			s.now = s.now.Add(wall.SettleAfter)
			s.do(t, visit.Tick{})
			closed(t, s, number)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := twoBoxes()
			number := begun(t, s)
			c.ends(t, s, number)
			s.act(t, view.ActBack)
			s.now = s.now.Add(wall.LateAlone + time.Second)
			s.see(t, number, door.Open, door.PresenceUnknown)
			if b := s.compartments[number]; s.told("door.forced_open") != 1 || !b.Forced {
				t.Errorf("told %d times that it was forced: %+v", s.told("door.forced_open"), b)
			}
		})
	}
	t.Run("an order that was never sent", func(t *testing.T) {
		s := twoBoxes()
		number := begun(t, s)
		s.ended(t, door.Unanswered) // no unlock frame was written
		s.see(t, number, door.Open, door.PresenceUnknown)
		if s.told("door.forced_open") != 1 {
			t.Error("nobody drove its lock, and it is not forced")
		}
	})
}

// A parcel that was to be given back, behind a door that opened when its courier
// had gone on: nobody knows who has it.
func TestAParcelGivenBackUnseenStaysToBeChecked(t *testing.T) {
	s := twoBoxes()
	number := begun(t, s)
	s.ended(t, door.ConfirmedOpen)
	s.see(t, number, door.Closed, door.PresenceUnknown)
	s.act(t, view.ActUndo)
	s.unheard(t)
	s.act(t, view.ActBack)
	s.now = s.now.Add(time.Minute)
	s.see(t, number, door.Open, door.PresenceUnknown)
	s.see(t, number, door.Closed, door.PresenceUnknown)
	s.noCrime(t)
	if p := s.parcels["p"]; p.State != Stored || !p.ToCheck || s.compartments[number].Allocation != wall.Occupied {
		t.Errorf("the parcel is %s, to check %t; its compartment is %s", p.State, p.ToCheck,
			s.compartments[number].Allocation)
	}
}

// A compartment that staff withdraw while a customer waits before it stays withdrawn.
func TestALookBackThatOpensLateGivesNothingBackThatStaffHaveWithdrawn(t *testing.T) {
	s := twoBoxes()
	s.announce(t, "p", small())
	number, code := s.deposit(t, "p")
	s.do(t, visit.Present{CodeHash: code, Presented: "code"})
	s.ended(t, door.ConfirmedOpen)
	s.see(t, number, door.Closed, door.PresenceUnknown)
	s.act(t, view.ActOpenAgain)
	s.unheard(t)
	s.do(t, upkeep.TakeOutOfService{Compartment: number, Reason: "its hinge is loose"})
	s.see(t, number, door.Open, door.PresenceUnknown)
	s.see(t, number, door.Closed, door.PresenceUnknown)
	s.noCrime(t)
	if b := s.compartments[number]; b.Allocation != wall.OutOfService {
		t.Errorf("it is %s", b.Allocation)
	}
}
