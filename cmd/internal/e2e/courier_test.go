package e2e

import (
	"net/http"
	"strings"
	"testing"

	"cubby/locker/parcel"
	"cubby/locker/view"
)

func TestEachCourierIsKnownByBadgeAndByPIN(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	ada, bob := s.newCourier("Ada"), s.newCourier("Bob")
	s.announce("p-1")
	s.announce("p-2")

	s.touch(view.ActStartCourier, "")
	s.step(view.StepCourierEnter)
	s.scan("B:ABCDEFGHIJKLMNOPQRSTUVWXY2")
	s.step(view.StepCourierRefused, view.ReasonNotValid)
	s.touch(view.ActStartCourier, "")
	s.step(view.StepCourierEnter)
	s.touch(view.ActPIN, other(ada.pin, bob.pin))
	s.step(view.StepCourierRefused, view.ReasonNotValid)
	s.touch(view.ActStartCourier, "")
	s.step(view.StepCourierEnter)
	s.touch(view.ActPIN, bob.pin)
	s.step(view.StepCourierReady)
	s.courier = bob
	second := s.deposit("p-2")
	s.leave()
	s.courier = ada
	first := s.deposit("p-1") // with the badge
	s.leave()

	for _, c := range []struct {
		parcel  string
		courier courier
		door    string
	}{{"p-1", ada, first.Data.Compartment}, {"p-2", bob, second.Data.Compartment}} {
		e := s.hears("for whom the door was opened", func(e event) bool {
			return e.Type == "opening.intended" && e.Data.Parcel == c.parcel
		})
		if e.Data.Actor != "courier:"+c.courier.id || e.Data.Compartment != c.door {
			t.Errorf("%s: door %s was opened for %q, want %s for courier %s", c.parcel, e.Data.Compartment,
				e.Data.Actor, c.door, c.courier.id)
		}
	}
	s.ctl("", "courier", "remove", bob.id)
	s.touch(view.ActStartCourier, "")
	s.step(view.StepCourierEnter)
	s.touch(view.ActPIN, bob.pin)
	refused := s.step(view.StepCourierRefused, view.ReasonNotValid)
	s.scan(bob.badge)
	s.changes(refused)
	s.step(view.StepCourierRefused, view.ReasonNotValid)
	s.leave()
	s.unlocked(second.Data.Compartment, first.Data.Compartment)
}

// other gives eight digits that are nobody's PIN.
func other(pins ...string) string {
	for _, guess := range []string{"00000000", "11111111", "22222222"} {
		if guess != pins[0] && guess != pins[1] {
			return guess
		}
	}
	return ""
}

func TestACourierIsToldWhatIsWrongWithALabel(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	s.announce("p-1")
	s.announce("p-2")
	status, answer, _ := s.call("PUT", "/v1/parcels/p-3", `{"dimensions_mm":{"length":4000,"width":10,"height":10}}`)
	if status != http.StatusUnprocessableEntity || !strings.Contains(string(answer), "fits-no-door") {
		t.Fatalf("a parcel that no door can take: %d %s", status, answer)
	}
	if status, answer, _ := s.call("POST", "/v1/parcels/p-2/cancel", ""); status != http.StatusOK {
		t.Fatalf("cancel: %d %s", status, answer)
	}
	e := s.deposit("p-1")
	for label, why := range map[string]view.Reason{
		"NOBODYS": view.ReasonUnknownLabel, "P-1": view.ReasonAlreadyStored, "P-2": view.ReasonCancelled,
		"P-3": view.ReasonUnknownLabel, "two words": view.ReasonNotLabel,
		"RR132456785GB":     view.ReasonMisread, // two digits of a postal number swapped
		"RR 132 456 785 GB": view.ReasonMisread,
	} {
		s.scan(label)
		s.step(view.StepCourierReady, why)
	}
	s.leave()
	s.collect(e.Data.Code, e.Data.Compartment)
	s.leave()
	s.scan(s.courier.badge)
	s.step(view.StepCourierReady)
	s.scan("P-1")
	s.step(view.StepCourierReady, view.ReasonEnded)
	s.unlocked(e.Data.Compartment, e.Data.Compartment)
}

func TestADepositThatGoesWrongLeavesTheCompartmentAsItIs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		act   view.ActionName
		after func(box) bool // the compartment that was left
		moves bool           // another door opens by itself
	}{
		{"the parcel is too big", view.ActTooBig, func(b box) bool { return b.Allocation == "free" && b.Offerable },
			true},
		{"something is inside already", view.ActOccupied, func(b box) bool {
			return b.Allocation == "quarantine" && b.Contents == "present" && !b.Offerable
		}, true},
		{"the door is broken", view.ActBroken, func(b box) bool {
			return b.Allocation == "out_of_service" && !b.Offerable
		}, true},
		{"the courier wants it back after all", view.ActUndo, func(b box) bool {
			return b.Allocation == "free" && b.Offerable
		}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newStation(t)
			s.courier = s.newCourier("Ada")
			s.announce("p-1")
			s.scan(s.courier.badge)
			s.step(view.StepCourierReady)
			s.scan("P-1")
			left := s.step(view.StepCourierOpen).Door()
			s.opens(left)
			s.touch(c.act, "")
			s.step(view.StepCourierRetake)
			s.sim("door", left, "close")
			door := left
			if c.moves {
				door = s.until("another door opens", func(v view.View) bool {
					return v.Step == view.StepCourierOpen && v.Door() != left
				}).Door()
				s.put(door)
			} else {
				s.step(view.StepCourierReady)
				s.isParcel("p-1", parcel.DepositFailed, "")
				s.scan("P-1") // and changes it again
				door = s.step(view.StepCourierOpen).Door()
				s.put(door)
			}
			e := s.stored("p-1")
			s.isParcel("p-1", parcel.Stored, door)
			if door != left {
				if b := s.boxes()[left]; !c.after(b) {
					t.Errorf("the compartment that was left is %+v", b)
				}
				was, is := s.size(left), s.size(door)
				if c.act == view.ActTooBig && is <= was {
					t.Errorf("door %s of %d mm³ after %s of %d mm³", door, is, left, was)
				}
				if !s.boxes()[left].Offerable {
					s.restore(left)
				}
			}
			s.leave()
			s.collect(e.Data.Code, door)
			s.unlocked(left, door, door)
		})
	}
}

// size is the room behind a door in cubic millimetres.
func (s *station) size(number string) int64 {
	s.t.Helper()
	all, err := s.screen.Compartments(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	for _, c := range all {
		if c.Number == number {
			return c.Inner.Volume()
		}
	}
	s.t.Fatalf("there is no door %s", number)
	return 0
}

// restore has the operator return a compartment to use.
func (s *station) restore(number string) {
	s.t.Helper()
	if status, answer, _ := s.call("POST", "/v1/compartments/"+number+"/restore",
		`{"reason":"looked into it"}`); status != http.StatusOK {
		s.t.Fatalf("restore door %s: %d %s", number, status, answer)
	}
	s.becomes(number, "free", func(b box) bool { return b.Allocation == "free" && b.Offerable })
}
