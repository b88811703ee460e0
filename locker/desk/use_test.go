package desk

import (
	"testing"
	"time"

	"cubby/locker/door"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// While somebody is asked whether they have taken their parcel, or brings one, nobody
// else opens that door.
func TestADoorIsInUseWhileSomebodyIsAskedAboutIt(t *testing.T) {
	b := newBench(t)
	b.do(t, "", visit.Present{CodeHash: "code-p1", Presented: "code"})
	b.opens(t)
	b.do(t, "", visit.SeeDoor{Seen: door.Seen{
		Compartment: "1", State: door.Closed, Presence: door.Present, At: b.now,
	}})
	b.wants(t, "", view.StepPickupCheck)
	b.badge(t, atDesk, "supervisor")
	b.must(t, atDesk, view.ActPick, "wall")
	b.must(t, atDesk, view.ActPick, "1")
	b.must(t, atDesk, view.ActOp, view.OpOpen)
	b.must(t, atDesk, view.ActPick, "cleaning")
	b.badge(t, atDesk, "associate")
	if v := b.wants(t, atDesk, view.StepStaffDoor); v.Staff.Said.ID != "refused_door-in-use" {
		t.Errorf("said %+v", v.Staff.Said)
	}
	id := ""
	if err := b.try("", OpenDoor{
		By: people.Doer{ID: "supervisor"}, Second: "badge-associate", Compartment: "1", Reason: "x", Opening: &id,
	}); err == nil {
		t.Error("it is opened from outside")
	}
	b.must(t, "", view.ActTaken, "")
	b.wants(t, "", view.StepPickupDone)
}

func TestACustomerDoesNotTryADoorAgainThatStaffHaveOpen(t *testing.T) {
	b := newBench(t)
	b.do(t, "", visit.Present{CodeHash: "code-p1", Presented: "code"})
	b.ends(t, door.Stuck)
	b.ends(t, door.Stuck)
	b.wants(t, "", view.StepNoOpen)
	b.asksToOpen(t, atDesk, "1")
	sent := len(b.sent)
	b.must(t, "", view.ActTryAgain, "")
	if b.wants(t, "", view.StepNoOpen); len(b.sent) != sent || b.last.Heard != view.HeardBusy {
		t.Errorf("it is opened twice; told %q", b.last.Heard)
	}
}

func TestACourierTakesNothingBackFromADoorThatStaffHaveOpen(t *testing.T) {
	b := newBench(t)
	b.do(t, "", people.AddCourier{By: people.Tools, Record: people.CourierRecord{
		Courier: people.Courier{ID: "c", Name: "Cora"}, BadgeHash: "badge-courier", PINHash: "pin-courier",
	}})
	b.do(t, "", parcel.Announce{
		ID: "p3", Announcement: parcel.Announcement{OrderID: "o3"}, Outcome: new(parcel.Outcome),
		Now: new(parcel.Parcel),
	})
	b.do(t, "", visit.Present{BadgeHash: "badge-courier", Presented: "badge"})
	b.do(t, "", visit.Present{Label: "p3", Presented: "label"})
	number := b.opens(t)
	b.pass(time.Second)
	b.fresh = &visit.Secret{Code: "c", PIN: "p", CodeHash: "code-p3", PINHash: "pin-p3"}
	b.see(t, number, door.Closed)
	if b.view("").Step == view.StepCourierCheck { // how the bench opens doors nothing is seen to move
		b.must(t, "", view.ActInside, "")
	}
	b.wants(t, "", view.StepCourierReady)
	b.asksToOpen(t, atDesk, number)
	sent := len(b.sent)
	b.must(t, "", view.ActUndo, "")
	if v := b.wants(t, "", view.StepCourierReady); len(b.sent) != sent || v.Reason != view.ReasonDoorTaken {
		t.Errorf("it is opened twice; told %s", v.Reason)
	}
}
