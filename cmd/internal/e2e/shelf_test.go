package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/view"
)

// A parcel that no free door takes goes to a place of the shelf, before somebody of the staff.
// Its code opens nothing, says where it is, and is good at the counter.
func TestAParcelThatNoDoorTakesIsHandedOverFromTheShelf(t *testing.T) {
	t.Parallel()
	s := newStation(t, change{"[policy]\n", "[pickup]\nshelf = [\"B1\", \"B2\"]\n\n[policy]\n"})
	ada := s.hire("Ada", people.Associate)
	s.courier = s.newCourier("Kim")
	w := s.openWindow("shelf")
	w.page(view.StepIdle)
	s.scan(s.courier.badge)
	s.step(view.StepCourierReady)
	id := ""
	for n := 0; ; n++ {
		id = fmt.Sprint("p-", n)
		s.announceSized(id, 450, 380, 600) // the largest doors alone are high enough
		s.scan(strings.ToUpper(id))
		v := s.until("a door or the shelf", func(v view.View) bool {
			return v.Step == view.StepCourierOpen || v.Step == view.StepCourierShelf
		})
		if v.Step == view.StepCourierShelf {
			w.shows("courier_shelf", v, "")
			break
		}
		s.put(v.Door())
		s.until("the deposit is done", func(n view.View) bool {
			return n.Step == view.StepCourierReady && n.OfCourier().LastAt == v.Door()
		})
		if n == 40 {
			t.Fatal("the wall is never full")
		}
	}
	frames := s.unlocks()
	s.scan(ada.badge) // who stands there takes it
	s.step(view.StepCourierReady)
	e := s.hears("that it is on the shelf", func(e event) bool {
		return e.Type == "parcel.shelved" && e.Data.Parcel == id
	})
	if e.Data.Code == "" {
		t.Fatalf("nobody can tell its customer the code: %+v", e)
	}
	s.leave()
	s.isParcel(id, parcel.CounterHeld, "")
	before := s.told()
	s.crash()
	s.restart(before)
	s.scan(e.Data.Code)
	v := s.step(view.StepPickupRefused, view.ReasonAtCounter)
	w.shows("at_counter", v, "")
	s.leave()
	s.unlocked(frames...)
	if status, answer := s.by(ada, "POST", "/v1/hand-over",
		`{"code":"`+e.Data.Code+`"}`); status != http.StatusOK {
		t.Fatalf("handed over: %d %s", status, answer)
	}
	s.isParcel(id, parcel.Collected, "")
}
