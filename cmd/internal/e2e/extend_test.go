package e2e

import (
	"fmt"
	"net/http"
	"testing"

	"cubby/locker/parcel"
	"cubby/locker/view"
)

// While every door of its size is taken a parcel gets no more time, at the kiosk or by the
// endpoint, and no door is opened by asking. When somebody has collected, it does.
func TestMoreTimeIsRefusedWhileTheWallIsFull(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	type door struct{ Number, Size, Allocation string }
	doors := func() (all []door) {
		var page struct{ Compartments []door }
		s.asks("GET", "/v1/compartments", "", http.StatusOK, &page)
		return page.Compartments
	}
	var size, at, code, others string
	for n := 0; ; n++ {
		id := fmt.Sprint("p-", n)
		s.announceSized(id, 180, 90, 60)
		e := s.deposit(id)
		s.leave()
		if n == 0 {
			at, code = e.Data.Compartment, e.Data.Code
		} else {
			others = e.Data.Code
		}
		free := 0
		for _, d := range doors() {
			if d.Number == at {
				size = d.Size
			}
		}
		for _, d := range doors() {
			if d.Size == size && d.Allocation == "free" {
				free++
			}
		}
		if free == 0 {
			break
		}
	}
	asks := func() view.View {
		t.Helper()
		s.touch(view.ActStartBearer, "")
		s.step(view.StepBearerEnter)
		s.scan(code)
		s.step(view.StepBearerParcel)
		s.touch(view.ActAskTime, "")
		return s.step(view.StepBearerExtend)
	}
	frames := s.unlocks()
	if v := asks(); v.OfBearer().NoTime != parcel.DoorNeeded || v.Allows(view.ActYes) {
		t.Fatalf("with a full wall %s", describe(v))
	}
	s.leave()
	const extensions = "/v1/parcels/p-0/extensions"
	if status, answer, _ := s.call("POST", extensions, ""); status != http.StatusConflict {
		t.Errorf("by the endpoint: %d %s", status, answer)
	}
	s.unlocked(frames...)
	s.scan(others)
	v := s.step(view.StepPickupOpen)
	s.take(v.Door())
	s.step(view.StepPickupDone)
	s.leave()

	v = asks()
	offer := v.OfBearer().MoreTime
	if offer == nil || offer.Hours != 24 {
		t.Fatalf("with a free door %s", describe(v))
	}
	before := s.told()
	s.crash()
	s.restart(before)
	s.touch(view.ActYes, "")
	v = s.step(view.StepBearerParcel)
	if chosen := v.OfBearer().Chosen; v.Reason != view.ReasonMoreTime || !chosen.Deadline.Equal(offer.Until) {
		t.Errorf("after it was given: %s until %v", describe(v), chosen.Deadline)
	}
	s.leave()
	told := 0
	for _, e := range s.told() {
		if e.Type == "parcel.extended" {
			told++
		}
	}
	if told != 1 {
		t.Errorf("it was told %d times to be extended", told)
	}
	if status, answer, _ := s.call("POST", extensions, ""); status != http.StatusConflict {
		t.Errorf("a second time: %d %s", status, answer)
	}
}
