package e2e

import (
	"slices"
	"testing"

	"cubby/locker/parcel"
	"cubby/locker/view"
)

func TestAParcelBehindAStuckLockStaysThereUntilItOpens(t *testing.T) {
	t.Parallel()
	s := newStation(t, openSoon)
	e := s.store("p-1")
	door := e.Data.Compartment
	s.fault("stuck", door, "on")
	s.scan(e.Data.Code)
	if v := s.step(view.StepNoOpen, view.ReasonStuck); v.Door() != door {
		t.Errorf("the screen names door %q, want %s", v.Door(), door)
	}
	s.isParcel("p-1", parcel.Stored, door)
	s.unlocked(door, door, door) // the deposit, the pickup, and one repeat against a door known to be closed
	if b := s.boxes()[door]; b.Lock != "jammed" || b.Allocation != "occupied" || b.Offerable {
		t.Errorf("the compartment is %+v", b)
	}
	s.leave()
	for _, told := range s.told() {
		if told.Type == "parcel.collected" {
			t.Fatal("the parcel is told to be collected; its door never opened")
		}
	}
	s.fault("stuck", door, "off")
	s.scan(e.Data.Code)
	v := s.until("the door opens, or its lock must rest", func(v view.View) bool {
		return v.Step == view.StepPickupOpen || v.Step == view.StepNoOpen && v.Reason == view.ReasonRest
	})
	if v.Step == view.StepNoOpen { // three pulses in half a minute are all a coil gets
		s.until("the lock has rested", func(v view.View) bool {
			return v.Allows(view.ActTryAgain) || v.Step == view.StepPickupOpening || v.Step == view.StepPickupOpen
		})
		if v, _ := s.now(); v.Allows(view.ActTryAgain) {
			s.touch(view.ActTryAgain, "")
		}
		s.step(view.StepPickupOpen)
	}
	s.take(door)
	s.step(view.StepPickupDone)
	s.isParcel("p-1", parcel.Collected, "")
	s.unlocked(door, door, door, door)
}

func TestASilentBoardStopsItsOwnDoorsOnly(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	// Only the largest doors fit, and each hangs on another board.
	for _, id := range []string{"p-1", "p-2"} {
		s.announceSized(id, 380, 600, 480)
	}
	first, second := s.deposit("p-1"), s.deposit("p-2")
	s.leave()
	if first.Data.Compartment != "13" || second.Data.Compartment != "20" {
		t.Fatalf("the parcels are at %s and %s, not at 13 on board 0 and 20 on board 1", first.Data.Compartment,
			second.Data.Compartment)
	}
	s.fault("silent-board", "main/0", "on")
	for _, d := range s.doors() {
		if d.Board == 0 {
			s.becomes(d.Number, "unknown", func(b box) bool { return b.Door == "unknown" && !b.Offerable })
		}
	}
	for _, d := range s.doors() {
		if b := s.boxes()[d.Number]; (b.Door == "unknown") != (d.Board == 0) {
			t.Errorf("door %s on board %d is %s", d.Number, d.Board, b.Door)
		}
	}
	s.until("the idle page says that doors are out of reach", func(v view.View) bool {
		return v.Step == view.StepIdle && slices.Contains(v.Notices, view.NoticeSomeDoors)
	})
	s.collect(second.Data.Code, "20")
	s.leave()
	s.scan(first.Data.Code)
	s.step(view.StepNoOpen, view.ReasonUnanswered)
	s.isParcel("p-1", parcel.Stored, "13")
	s.unlocked("13", "20", "20") // nothing is sent to a board that does not answer
	s.leave()
	s.fault("silent-board", "main/0", "off")
	s.allDoorsKnown()
	s.collect(first.Data.Code, "13")
	s.unlocked("13", "20", "20", "13")
}

func TestNoiseAndTornRepliesHurtNobody(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	s.fault("noise", "main", "0.03")
	s.fault("split", "main", "on")
	s.announce("p-1")
	e := s.deposit("p-1")
	s.leave()
	s.scan(e.Data.Code)
	s.step(view.StepPickupOpen)
	if open := s.openDoors(); !slices.Equal(open, []string{e.Data.Compartment}) {
		t.Fatalf("doors %v stand open, want only %s", open, e.Data.Compartment)
	}
	s.take(e.Data.Compartment)
	s.step(view.StepPickupDone)
	s.unlocked(e.Data.Compartment, e.Data.Compartment)
	for _, told := range s.told() {
		if told.Type == "door.forced_open" {
			t.Errorf("noise was taken for a forced door: %+v", told)
		}
	}
}

func TestADoorLeftOpenIsRemindedOfAndLeftToStaff(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	e := s.store("p-1")
	door := e.Data.Compartment
	s.fault("left-open", door, "on")
	s.scan(e.Data.Code)
	v := s.step(view.StepPickupOpen)
	if v.LeftOpen() != 0 || v.Allows(view.ActFinish) {
		t.Errorf("the page complains at once: %s", describe(v))
	}
	s.opens(door)
	s.sim("take", door)
	s.sim("door", door, "close") // it springs open again
	s.until("the screen asks to close the door", func(v view.View) bool {
		return v.LeftOpen() == 1 && v.Door() == door
	})
	s.hears("that it is left open", func(f event) bool {
		return f.Type == "door.left_open" && f.Data.Compartment == door && f.Data.Stage == 1
	})
	s.touch(view.ActFinish, "")
	idle := s.step(view.StepIdle)
	if !slices.Contains(idle.Notices, view.NoticeCloseTheDoor) || idle.OpenDoor() != door {
		t.Errorf("the idle page says %v about door %q, want %s", idle.Notices, idle.OpenDoor(), door)
	}
	s.isParcel("p-1", parcel.Collecting, door)
	s.fault("left-open", door, "off")
	s.sim("door", door, "close")
	s.becomes(door, "quarantined", func(b box) bool {
		return b.Door == "closed" && b.Allocation == "quarantine" && !b.Offerable
	})
	s.isParcel("p-1", parcel.Collected, "")
	s.unlocked(door, door)
}

func TestAnAdapterPulledDuringAnOpeningLeavesNothingToGuess(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	e := s.store("p-1")
	door := e.Data.Compartment
	s.fault("stuck", door, "on") // the line is gone before the door is seen open
	s.nextUnlock(1, func() { s.scan(e.Data.Code) })
	s.fault("unplug", "main", "on")
	s.step(view.StepNoOpen, view.ReasonUnknown)
	s.sim("door", door, "open-by-force") // somebody helps the latch
	if p := s.parcel("p-1"); p.State != parcel.Stored || !p.ToCheck {
		t.Errorf("the parcel is %s, to check %t; nobody can say whether the door opened", p.State, p.ToCheck)
	}
	s.becomes(door, "unknown", func(b box) bool { return b.Door == "unknown" })
	s.fault("unplug", "main", "off")
	s.step(view.StepPickupOpen) // the next reading tells
	s.take(door)
	s.step(view.StepPickupDone)
	s.isParcel("p-1", parcel.Collected, "")
	s.unlocked(door, door)
}

func TestADoorForcedOpenIsToldAndTakenOutOfUse(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	s.sim("door", "9", "open-by-force")
	s.hears("that it was forced", func(f event) bool {
		return f.Type == "door.forced_open" && f.Data.Compartment == "9"
	})
	s.becomes("9", "quarantined", func(b box) bool { return b.Forced && b.Allocation == "quarantine" && !b.Offerable })
	s.sim("door", "9", "close")
	s.becomes("9", "closed", func(b box) bool { return b.Door == "closed" && b.Forced && !b.Offerable })
	s.unlocked()
}
