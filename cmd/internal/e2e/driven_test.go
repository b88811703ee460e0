package e2e

import (
	"os"
	"slices"
	"strings"
	"testing"

	"cubby/locker/parcel"
	"cubby/locker/view"
)

// begin brings a courier to the moment at which the lock for a parcel was driven.
func (s *station) begin(id string) (door string) {
	s.t.Helper()
	s.announce(id)
	s.scanPicture(s.newCourier("driven").picture)
	s.step(view.StepCourierReady)
	s.nextUnlock(len(s.unlocks()), func() { s.scan(strings.ToUpper(id)) })
	all := s.unlocks()
	return all[len(all)-1]
}

// noCrime holds that nobody was told of force, and that the other doors go on.
func (s *station) noCrime(door string) {
	s.t.Helper()
	for _, e := range s.told() {
		if e.Type == "door.forced_open" {
			s.t.Errorf("a door that was driven is told as forced: %+v", e)
		}
	}
	offered := 0
	for number, b := range s.boxes() {
		if b.Forced {
			s.t.Errorf("door %s: %+v", number, b)
		}
		if number != door && b.Offerable {
			offered++
		}
	}
	if offered == 0 {
		s.t.Error("no other door is offered any more")
	}
}

// boardOf is the board on which a door hangs, as faults name it.
func (s *station) boardOf(number string) string {
	s.t.Helper()
	for _, d := range s.doors() {
		if d.Number == number {
			return "main/" + string(rune('0'+d.Board))
		}
	}
	s.t.Fatalf("there is no door %s", number)
	return ""
}

// A board goes unheard right after the pulse and is heard again with the door
// open, after the courier has gone on.
func TestADoorDrivenBehindASilentBoardIsNoBurglary(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		then view.ActionName
		kill bool
	}{
		{"back", view.ActBack, false}, {"another door", view.ActOtherDoor, false},
		{"back, and a kill", view.ActBack, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newStation(t, openSoon)
			board := s.boardOf("13")
			s.announceSized("p-1", 380, 600, 480) // only doors 13 and 20 are so large, on two boards
			s.scanPicture(s.newCourier("driven").picture)
			s.step(view.StepCourierReady)
			s.nextUnlock(0, func() { s.scan("P-1") })
			s.fault("silent-board", board, "on")
			s.step(view.StepCourierNoOpen, view.ReasonUnknown)
			s.touch(c.then, "")
			if c.then == view.ActBack {
				s.step(view.StepCourierReady)
			} else {
				s.step(view.StepCourierOpen)
			}
			if c.kill {
				s.crash()
				s.startCore()
			}
			s.opens("13")
			s.fault("silent-board", board, "off")
			s.becomes("13", "open", func(b box) bool { return b.Door == "open" })
			s.noCrime("13")
			s.becomes("13", "left to staff", func(b box) bool { return b.Allocation == "quarantine" && b.LeftOpen })
			s.sim("door", "13", "close")
			s.becomes("13", "closed", func(b box) bool { return b.Door == "closed" && !b.Offerable })
			s.restore("13")
			s.sim("door", "13", "open-by-force")
			s.hears("that it was forced", func(f event) bool {
				return f.Type == "door.forced_open" && f.Data.Compartment == "13"
			})
		})
	}
}

// A pickup whose board is silent for more than 10 s, also over a kill.
func TestAPickupBehindASilentBoardIsNoBurglary(t *testing.T) {
	t.Parallel()
	for _, kill := range []bool{false, true} {
		t.Run(map[bool]string{false: "the core lives", true: "the core is killed"}[kill], func(t *testing.T) {
			t.Parallel()
			s := newStation(t, openSoon)
			e := s.store("p-1")
			door := e.Data.Compartment
			board := s.boardOf(door)
			s.nextUnlock(1, func() { s.scan(e.Data.Code) })
			s.fault("silent-board", board, "on")
			if kill {
				s.crash()
				s.startCore()
				s.step(view.StepToCheck)
			} else {
				s.step(view.StepNoOpen, view.ReasonUnknown)
			}
			s.touch(view.ActBack, "")
			s.step(view.StepIdle)
			s.opens(door)
			s.fault("silent-board", board, "off")
			s.hears("that the door is adopted", func(f event) bool {
				return f.Type == "opening.adopted" && f.Data.Compartment == door
			})
			s.noCrime(door)
			s.until("the screen asks to close it", func(v view.View) bool {
				return slices.Contains(v.Notices, view.NoticeCloseTheDoor) && v.OpenDoor() == door
			})
			s.sim("door", door, "close")
			s.becomes(door, "closed", func(b box) bool { return b.Door == "closed" })
			s.isParcel("p-1", parcel.Stored, door)
			if p := s.parcel("p-1"); !p.ToCheck {
				t.Error("nobody is asked to look whether it is there")
			}
			s.collect(e.Data.Code, door)
		})
	}
}

// A latch that lets go 1.5 s late, and a core that is killed 0.2 s after the pulse.
func TestAStiffLatchOverAKillIsNoBurglary(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	s.fault("slow", "*", "1500ms")
	door := s.begin("p-1")
	s.crash()
	s.startCore()
	s.becomes(door, "open", func(b box) bool { return b.Door == "open" })
	s.noCrime(door)
	s.step(view.StepCourierOpen)
	s.put(door)
	s.step(view.StepCourierReady)
	s.isParcel("p-1", parcel.Stored, door)
	s.unlocked(door)
}

// A pickup at a board whose contacts are the other way round than configured
// raises no alarm for its other doors, also over a kill.
func TestAPickupAtABoardWithInvertedContactsRaisesNoAlarm(t *testing.T) {
	t.Parallel()
	s := newStation(t, openSoon)
	e := s.store("p-1")
	door := e.Data.Compartment
	s.core.stop(t)
	text, err := os.ReadFile(s.config)
	if err != nil {
		t.Fatal(err)
	}
	board := strings.TrimPrefix(s.boardOf(door), "main/")
	inverted := strings.Replace(string(text), "address  = "+board+"\n", "address  = "+board+"\ninvert_hook = true\n", 1)
	if inverted == string(text) {
		t.Fatal("the configuration has no such board any more")
	}
	if err := os.WriteFile(s.config, []byte(inverted), 0o600); err != nil {
		t.Fatal(err)
	}
	suspects := func() (n int) {
		for _, e := range s.told() {
			if e.Type == "device.changed" && e.Data.Device == "bus main board "+board && e.Data.Condition == "suspect" {
				n++
			}
		}
		return n
	}
	s.startCore()
	eventually(t, "the board is suspect", func() (bool, string) { return suspects() == 1, s.core.tail() })
	s.scan(e.Data.Code)
	s.step(view.StepNoOpen, view.ReasonUnknown)
	s.opens(door)
	s.noCrime(door)
	s.crash()
	s.startCore()
	eventually(t, "the board is suspect again", func() (bool, string) { return suspects() == 2, s.core.tail() })
	s.noCrime(door)
	if b := s.boxes()[door]; b.Door != "unknown" {
		t.Errorf("its door is %s", b.Door)
	}
}
