package e2e

import (
	"strings"
	"testing"
	"time"

	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// outlived ends the time of a parcel so long ago that its rescue is over too.
type outlived struct{ id string }

func (c outlived) Decide(t *visit.Turn) error {
	p, _ := parcel.Parcels.Get(t.State, c.id)
	ended := t.Now.Add(-25 * time.Hour)
	until := ended.Add(24 * time.Hour)
	of := parcel.OfParcel{ParcelID: p.ID, OrderID: p.OrderID, Label: p.Label}
	t.Emit(&parcel.DeadlineMoved{OfParcel: of, Deadline: ended, Reason: parcel.ClockCorrected})
	t.Emit(&parcel.ParcelExpired{OfParcel: of, Compartment: p.Compartment, Deadline: ended, RescueUntil: &until})
	return nil
}

// Within the day of its rescue an expired parcel is collected by its code, and nobody is asked
// to take it out. One whose rescue is over too leaves at the desk's round, by two people.
func TestAnExpiredParcelIsRescuedAtTheKioskAndLaterLeavesAtTheDesk(t *testing.T) {
	t.Parallel()
	s := newStation(t, withDesk)
	ada, ben := s.hire("Ada Quill", people.Supervisor), s.hire("Ben Moor", people.Associate)
	first, second := s.store("p-1"), s.store("p-2")
	s.meanwhile(overdue{"p-1"}, outlived{"p-2"})
	s.startCore()
	s.allDoorsKnown()
	other := s.at("desk")
	kiosk, desk := s.openWindow("rescue-kiosk"), other.openWindowOn(newDisplay(t, 1280, 800), "rescue-desk")
	kiosk.page(view.StepIdle)
	desk.page(view.StepIdle)
	for id, rescued := range map[string]bool{"p-1": true, "p-2": false} {
		eventually(t, "parcel "+id+" has expired", func() (bool, string) {
			p := s.parcel(id)
			return p.State == parcel.Expired && (p.RescueUntil != nil) == rescued, string(p.State)
		})
	}
	number := second.Data.Compartment
	queue := s.ctl("", "queue")
	if strings.Count(queue, "expired") != 1 || !strings.Contains(queue, number) {
		t.Errorf("what needs somebody while a rescue runs:\n%s", queue)
	}

	s.scan(first.Data.Code)
	kiosk.page(view.StepPickupOpen)
	s.take(first.Data.Compartment)
	kiosk.page(view.StepPickupDone)
	s.isParcel("p-1", parcel.Collected, "")
	kiosk.press(view.ActFinish, "")
	unlocks := s.unlocks()
	s.scan(second.Data.Code)
	kiosk.page(view.StepPickupRefused, view.ReasonExpired)
	s.unlocked(unlocks...)

	other.scan(ada.badge)
	desk.page(view.StepStaffMenu)
	desk.goes(view.StepStaffQueue, view.ActPick, "queue")
	v := desk.goes(view.StepStaffLeaving, view.ActPick, "leaving")
	if items := v.Staff.Items; len(items) != 1 || items[0].Value != number {
		t.Fatalf("the round is %+v", items)
	}
	desk.press(view.ActOp, view.OpLeavingNext)
	desk.step(view.StepStaffSecond) // the keys of its pad are in an order of their own
	other.scan(ben.badge)
	desk.page(view.StepStaffOpen)
	desk.opens(number)
	s.sim("take", number)
	s.sim("door", number, "close")
	desk.page(view.StepStaffLooked)
	desk.goes(view.StepStaffLeaving, view.ActOp, view.OpGiveAway)
	s.isParcel("p-2", parcel.Returned, "")
	s.becomes(number, "free", func(b box) bool { return b.Allocation == "free" })
	s.says("parcel", "p-2", "Ada Quill", "Ben Moor")
	gone := s.hears("that p-2 has left", func(e event) bool {
		return e.Type == "parcel.removed" && e.Data.Parcel == "p-2"
	})
	if gone.Actor != "staff:"+ada.id {
		t.Errorf("it was given away by %s", gone.Actor)
	}
	kiosk.press(view.ActBack, "")
	unlocks = s.unlocks()
	s.scan(second.Data.Code)
	kiosk.page(view.StepPickupRefused, view.ReasonGoneBack)
	s.unlocked(unlocks...)
}
