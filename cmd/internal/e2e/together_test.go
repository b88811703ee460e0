package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"cubby/locker/parcel"
	"cubby/locker/view"
)

// Three parcels of one person are collected with the code of one of them, and the core is
// killed at every step. A parcel that another shop has announced to the same person stays.
func TestSeveralParcelsAreCollectedThroughTheDeathOfTheCore(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	doors, codes := map[string]string{}, map[string]string{}
	brings := func(id string) {
		t.Helper()
		if status, answer, _ := s.call("PUT", "/v1/parcels/"+id, fmt.Sprintf(
			`{"label":%q,"recipient":{"email":"ada@example.org","language":"en"}}`,
			strings.ToUpper(id))); status != 201 {
			t.Fatalf("announced: %d %s", status, answer)
		}
		e := s.deposit(id)
		s.leave()
		doors[id], codes[id] = e.Data.Compartment, e.Data.Code
	}
	for _, id := range []string{"p-1", "p-2", "p-3"} {
		brings(id)
	}
	own := s.token
	s.token = lastWord(s.ctl("", "key", "add", "another", "parcels:read,parcels:write,events:read,codes:read"))
	brings("foreign")
	s.token = own

	dies := func() {
		t.Helper()
		before := s.told()
		s.crash()
		s.restart(before)
	}
	listed := func(taken, total int) view.View {
		t.Helper()
		v := s.step(view.StepPickupChoose)
		dies()
		again := s.step(view.StepPickupChoose)
		p := again.OfPickup()
		if again.Visit != v.Visit || p.Taken != taken || p.Total != total || len(p.List) != 3 {
			t.Fatalf("listed after the restart: %+v", p)
		}
		return again
	}
	frames := s.unlocks()
	s.scan(codes["p-1"], "--fast")
	v := listed(0, 3)
	s.unlocked(frames...)
	first := v.OfPickup().List[0] // the nearest, whose pulse the core does not outlive
	s.fault("stuck", first.Door, "on")
	s.nextUnlock(len(frames), func() { s.touch(view.ActPick, first.Value) })
	before := s.told()
	s.crash()
	s.helped(first.Door)
	s.restart(before)
	if v := s.step(view.StepPickupOpen); v.Door() != first.Door {
		t.Fatalf("door %s is open, want %s", v.Door(), first.Door)
	}
	s.take(first.Door)
	v = listed(1, 3)
	var left []view.PickupItem
	for _, one := range v.OfPickup().List {
		if !one.Done {
			left = append(left, one)
		}
	}
	s.touch(view.ActOpenAll, "")
	if v := s.step(view.StepPickupOpen); v.Door() != left[0].Door || v.OfPickup().Next != left[1].Door {
		t.Fatalf("shown is %+v, want the doors of %+v", v.OfPickup(), left)
	}
	dies()
	s.step(view.StepPickupOpen)
	frames = s.unlocks()
	s.take(left[0].Door)
	listed(2, 3)
	s.unlocked(frames...) // after a restart nothing opens by itself
	s.touch(view.ActPick, left[1].Value)
	s.step(view.StepPickupOpen)
	s.take(left[1].Door)
	s.step(view.StepPickupDone)
	for id := range doors {
		if id != "foreign" {
			s.isParcel(id, parcel.Collected, "")
		}
	}
	s.isParcel("foreign", parcel.Stored, doors["foreign"])
	if n := len(slices.DeleteFunc(s.told(), func(e event) bool {
		return e.Type != "parcel.collected"
	})); n != 3 {
		t.Errorf("%d were told to be collected", n)
	}
	s.leave()
	s.scan(codes["p-2"], "--fast") // something was left behind
	if v := s.step(view.StepPickupOpen); v.Door() != doors["p-2"] || len(v.OfPickup().List) > 0 {
		t.Errorf("the used code opens door %s and lists %+v", v.Door(), v.OfPickup().List)
	}
	s.sim("door", doors["p-2"], "close")
	s.sound()
}
