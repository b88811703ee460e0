package desk

import (
	"slices"
	"testing"
	"time"

	"cubby/locker/door"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// leaves has somebody stand at the page of the round, with p1 recalled and p2 expired.
func (b *bench) leaves(t testing.TB, role string) {
	t.Helper()
	b.do(t, "", parcel.Recall{ID: "p1", Reason: "sold twice"})
	b.badge(t, atDesk, role)
	b.must(t, atDesk, view.ActPick, "queue")
	b.must(t, atDesk, view.ActPick, toRound)
	b.wants(t, atDesk, view.StepStaffLeaving)
}

// next opens the next door of the round and closes it, with a second person where one is
// asked for.
func (b *bench) next(t testing.TB, asks bool, number string) {
	t.Helper()
	b.must(t, atDesk, view.ActOp, view.OpLeavingNext)
	if asks {
		b.wants(t, atDesk, view.StepStaffSecond)
		b.badge(t, atDesk, "associate")
	}
	if at := b.opens(t); at != number {
		t.Fatalf("door %s opens, want %s", at, number)
	}
	b.wants(t, atDesk, view.StepStaffOpen)
	b.closes(t, number, door.PresenceUnknown)
	b.wants(t, atDesk, view.StepStaffLooked)
}

func TestWhatMustLeaveIsTakenOutDoorByDoor(t *testing.T) {
	b := newBench(t)
	b.keeps.Shelf = []string{"B1"}
	b.leaves(t, "supervisor")
	v := b.view(atDesk)
	if !slices.Equal(valuesOf(v.Staff.Items), []string{"2", "1"}) || v.Staff.Items[0].Detail.Parts[1].ID !=
		"leaves.expired" || v.Staff.Items[1].Detail.Parts[1].ID != "leaves.sender" {
		t.Fatalf("%+v", v.Staff.Items)
	}
	b.next(t, true, "2")
	want := []string{view.OpStillThere, view.OpToCounter, view.OpGiveAway, view.OpNothing}
	if v := b.view(atDesk); !slices.Equal(v.Staff.Ops, want) {
		t.Errorf("offers %v", v.Staff.Ops)
	}
	b.must(t, atDesk, view.ActOp, view.OpGiveAway)
	if v := b.wants(t, atDesk, view.StepStaffLeaving); saidOf(v) != view.OpGiveAway || len(v.Staff.Items) != 1 {
		t.Errorf("said %q, %+v", saidOf(v), v.Staff.Items)
	}
	b.next(t, false, "1") // the second person stands there still
	b.must(t, atDesk, view.ActOp, view.OpToCounter)
	if p := b.parcel("p2"); p.State != parcel.Returned || b.door("2").Allocation != wall.Free {
		t.Errorf("the expired parcel is %s", p.State)
	}
	if p, c := b.parcel("p1"), b.door("1"); p.State != parcel.CounterHeld || p.Leaving == nil ||
		c.Allocation != wall.Free {
		t.Errorf("the recalled parcel is %+v, its door %s", p, c.Allocation)
	}
	v = b.wants(t, atDesk, view.StepStaffLeaving)
	if len(v.Staff.Ops) != 0 || !slices.Equal(valuesOf(v.Staff.Items), []string{atCounter + "p1"}) {
		t.Fatalf("offers %v of %+v", v.Staff.Ops, v.Staff.Items)
	}
	b.must(t, atDesk, view.ActPick, atCounter+"p1")
	b.must(t, atDesk, view.ActOp, view.OpShelve)
	if v := b.wants(t, atDesk, view.StepStaffShelf); !slices.Equal(valuesOf(v.Staff.Items), []string{"B1"}) {
		t.Fatalf("%+v", v.Staff.Items)
	}
	b.must(t, atDesk, view.ActPick, "B1")
	v = b.wants(t, atDesk, view.StepStaffParcel)
	if p := b.parcel("p1"); saidOf(v) != view.OpShelve || p.Shelf != "B1" {
		t.Fatalf("said %q of %+v", saidOf(v), p)
	}
	b.must(t, atDesk, view.ActOp, view.OpGiveAway)
	b.wants(t, atDesk, view.StepStaffConfirm)
	b.must(t, atDesk, view.ActYes, "")
	if p := b.parcel("p1"); p.State != parcel.Returned || p.Shelf != "" || b.told("desk.opened") != 2 ||
		b.told("parcel.removed") != 2 {
		t.Errorf("%+v, %d doors were allowed", p, b.told("desk.opened"))
	}
	b.must(t, atDesk, view.ActBack, "")
	if v := b.wants(t, atDesk, view.StepStaffLeaving); len(v.Staff.Items) != 0 {
		t.Errorf("there is still %+v", v.Staff.Items)
	}
}

// While a rescue runs nobody is asked to take the parcel out; afterwards it is.
func TestARescuedParcelIsNotInTheRoundBeforeItsTimeIsOver(t *testing.T) {
	b := newBench(t)
	b.keeps.Rescue = 24 * time.Hour
	b.do(t, "", happens{func(t *visit.Turn) {
		p, _ := parcel.Parcels.Get(t.State, "p1")
		until := t.Today().Add(24 * time.Hour)
		t.Emit(&parcel.ParcelExpired{OfParcel: parcel.OfParcel{ParcelID: "p1"}, Compartment: "1",
			Deadline: *p.Deadline, RescueUntil: &until})
	}})
	listed := func() bool {
		return slices.ContainsFunc(Queue(b.state(), b.env(atDesk).Policy, b.now), func(m Matter) bool {
			return m.Parcel == "p1"
		})
	}
	if listed() || kindAt(b, "1") != "occupied" {
		t.Errorf("it is to be taken out in its rescue; its door is %s", kindAt(b, "1"))
	}
	b.do(t, "", happens{func(t *visit.Turn) {
		t.Emit(&parcel.RescueEnded{OfParcel: parcel.OfParcel{ParcelID: "p1"}, Compartment: "1"})
	}})
	if !listed() || kindAt(b, "1") != "expired" {
		t.Errorf("nobody takes it out; its door is %s", kindAt(b, "1"))
	}
}

func kindAt(b *bench, number string) string {
	b.badge(quiet{}, atDesk, "associate")
	b.must(quiet{}, atDesk, view.ActPick, "wall")
	for _, d := range b.view(atDesk).Staff.Doors {
		if d.Number == number {
			b.must(quiet{}, atDesk, view.ActLeave, "")
			return d.Kind
		}
	}
	return ""
}

func TestARoundOfWhatLeavesIsForTwoWhoMay(t *testing.T) {
	b := newBench(t)
	b.leaves(t, "associate")
	if v := b.view(atDesk); len(v.Staff.Ops) != 0 || len(v.Staff.Items) != 2 {
		t.Errorf("an associate is offered %v", v.Staff.Ops)
	}
	if b.act(atDesk, view.ActOp, view.OpLeavingNext) == nil {
		t.Error("an associate opens the next door")
	}
	b.badge(t, atDesk, "supervisor")
	b.must(t, atDesk, view.ActPick, "queue")
	b.must(t, atDesk, view.ActPick, toRound)
	b.must(t, atDesk, view.ActOp, view.OpLeavingNext)
	b.badge(t, atDesk, "supervisor")
	if v := b.wants(t, atDesk, view.StepStaffSecond); v.Reason != view.ReasonSamePerson {
		t.Errorf("told %s", v.Reason)
	}
	b.badge(t, atDesk, "technician")
	b.opens(t)
	b.closes(t, "2", door.PresenceUnknown)
	b.must(t, atDesk, view.ActOp, view.OpStillThere)
	for n, c := range []struct {
		after time.Duration
		gone  bool
		asks  bool
	}{{4 * time.Minute, false, false}, {4 * time.Minute, false, false}, {4 * time.Minute, false, true},
		{time.Minute, true, true}} {
		b.pass(c.after)
		if c.gone {
			b.do(t, "", people.RemoveEmployee{By: people.Tools, ID: "associate"})
		}
		b.must(t, atDesk, view.ActOp, view.OpLeavingNext)
		if asks := b.view(atDesk).Step == view.StepStaffSecond; asks != c.asks {
			t.Fatalf("%d: a second person is asked for %t, want %t", n, asks, c.asks)
		}
		if c.asks {
			b.badge(t, atDesk, map[bool]string{true: "technician", false: "associate"}[c.gone])
		}
		number := b.opens(t)
		if want := []string{"1", "2"}[n%2]; number != want {
			t.Errorf("door %s opens, want %s", number, want)
		}
		b.closes(t, number, door.PresenceUnknown)
		b.must(t, atDesk, view.ActOp, view.OpStillThere)
		b.wants(t, atDesk, view.StepStaffLeaving)
	}
	b.must(t, atDesk, view.ActBack, "") // leaving the round ends it
	b.must(t, atDesk, view.ActPick, toRound)
	b.must(t, atDesk, view.ActOp, view.OpLeavingNext)
	b.wants(t, atDesk, view.StepStaffSecond)
	b.must(t, atDesk, view.ActBack, "")
	b.wants(t, atDesk, view.StepStaffLeaving)
}

func TestWhatIsForTheCounterIsNotGivenAway(t *testing.T) {
	b := newBench(t)
	b.do(t, "", parcel.Redirect{ID: "p1", To: parcel.Counter})
	b.badge(t, atDesk, "supervisor")
	b.must(t, atDesk, view.ActPick, "queue")
	b.must(t, atDesk, view.ActPick, toRound)
	b.next(t, true, "1")
	if v := b.view(atDesk); slices.Contains(v.Staff.Ops, view.OpGiveAway) {
		t.Errorf("offers %v", v.Staff.Ops)
	}
	b.must(t, atDesk, view.ActOp, view.OpToCounter)
	if p := b.parcel("p1"); p.State != parcel.CounterHeld || p.Leaving != nil {
		t.Errorf("%+v", p)
	}
}
