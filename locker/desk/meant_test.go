package desk

import (
	"net/url"
	"testing"
	"time"

	"cubby/locker/door"
	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// asksToOpen has a supervisor open a door, with a second person where it is occupied.
func (b *bench) asksToOpen(t testing.TB, terminal, number string) {
	t.Helper()
	b.badge(t, terminal, "supervisor")
	b.must(t, terminal, view.ActPick, "wall")
	b.must(t, terminal, view.ActPick, number)
	b.must(t, terminal, view.ActOp, view.OpOpen)
	b.must(t, terminal, view.ActPick, "cleaning")
	if b.view(terminal).Step == view.StepStaffSecond {
		b.badge(t, terminal, "associate")
	}
	b.wants(t, terminal, view.StepStaffOpening)
}

// looksInto is the same until the door has closed again.
func (b *bench) looksInto(t testing.TB, terminal, number string) {
	t.Helper()
	b.asksToOpen(t, terminal, number)
	b.opens(t)
	b.pass(5 * time.Second)
	b.see(t, number, door.Closed)
	b.wants(t, terminal, view.StepStaffLooked)
}

// exchange has a parcel leave its door, and another come to lie behind it.
func (b *bench) exchange(t testing.TB, number, gone, come string) {
	t.Helper()
	b.do(t, "", parcel.Announce{ID: come, Announcement: parcel.Announcement{OrderID: "order-" + come},
		Outcome: new(parcel.Outcome), Now: new(parcel.Parcel)})
	b.do(t, "", happens{func(t *visit.Turn) {
		p, _ := parcel.Parcels.Get(t.State, gone)
		of := parcel.OfParcel{ParcelID: p.ID}
		t.Emit(&parcel.ParcelCollected{OfParcel: of, Compartment: number})
		t.Emit(&wall.DoorRestored{OfDoor: wall.OfDoor{Compartment: number}, Reason: "x"})
		of = parcel.OfParcel{ParcelID: come}
		t.Emit(&parcel.ParcelBooked{OfParcel: of, Compartment: number})
		t.Emit(&parcel.DepositStarted{OfParcel: of, Compartment: number})
		t.Emit(&parcel.ParcelStored{OfParcel: of, Compartment: number, Deadline: b.now.Add(72 * time.Hour),
			Hashes: parcel.StoredHashes{Code: "code-" + come, PIN: "pin-" + come}})
	}})
}

// goesFromLooked are the ways in which somebody goes from a door that was looked behind,
// without saying what was there.
var goesFromLooked = map[string]func(testing.TB, *bench){
	"out": func(t testing.TB, b *bench) { b.must(t, atDesk, view.ActLeave, "") },
	"by time": func(t testing.TB, b *bench) {
		b.pass(6 * time.Minute)
		b.do(t, "", visit.Tick{})
	},
	"by the own badge": func(t testing.TB, b *bench) { b.badge(t, atDesk, "supervisor") },
	"for another":      func(t testing.TB, b *bench) { b.badge(t, atDesk, "manager") },
	"to what is scanned": func(t testing.TB, b *bench) {
		b.do(t, atDesk, visit.Present{Label: "p2", Presented: "label"})
	},
	"removed": func(t testing.TB, b *bench) {
		b.do(t, "", people.RemoveEmployee{By: people.Tools, ID: "supervisor"})
	},
	"by a restart": func(t testing.TB, b *bench) { b.do(t, "", visit.Start{Boot: "2"}) },
}

func TestAParcelIsToBeCheckedHoweverSomebodyGoesFromTheQuestion(t *testing.T) {
	for name, goes := range goesFromLooked {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.looksInto(t, atDesk, "1")
			b.must(t, atDesk, view.ActOp, view.OpWriteOff)
			b.wants(t, atDesk, view.StepStaffConfirm)
			goes(t, b)
			if !b.parcel("p1").ToCheck {
				t.Errorf("on %s, and nobody is to look after the parcel", b.view(atDesk).Step)
			}
		})
	}
}

func TestBackFromADoorThatWasLookedBehind(t *testing.T) {
	b := newBench(t)
	b.looksInto(t, atDesk, "1")
	b.must(t, atDesk, view.ActOp, view.OpWriteOff)
	b.wants(t, atDesk, view.StepStaffConfirm)
	b.must(t, atDesk, view.ActBack, "") // to another answer
	b.wants(t, atDesk, view.StepStaffLooked)
	if b.parcel("p1").ToCheck {
		t.Error("it was not gone from yet")
	}
	b.must(t, atDesk, view.ActBack, "")
	b.wants(t, atDesk, view.StepStaffDoor)
	if !b.parcel("p1").ToCheck {
		t.Error("nobody is to look after the parcel")
	}
	b = newBench(t)
	b.looksInto(t, atDesk, "3")
	b.must(t, atDesk, view.ActBack, "")
	if c := b.door("3"); c.Allocation != wall.Quarantine {
		t.Errorf("the door stays %s", c.Allocation)
	}
}

func TestAnAnswerIsAboutTheParcelThatWasThere(t *testing.T) {
	for _, op := range []string{view.OpWriteOff, view.OpToCounter, view.OpStillThere, view.OpNothing} {
		b := newBench(t)
		b.looksInto(t, atDesk, "1")
		b.exchange(t, "1", "p1", "p9")
		b.must(t, atDesk, view.ActOp, op)
		if op == view.OpWriteOff {
			b.must(t, atDesk, view.ActYes, "")
		}
		if p := b.parcel("p9"); p.State != parcel.Stored || p.ToCheck {
			t.Errorf("%s: the parcel that came is %s, to check %t", op, p.State, p.ToCheck)
		}
		v := b.wants(t, atDesk, view.StepStaffDoor)
		if op != view.OpNothing && v.Staff.Said.ID != "refused_changed" {
			t.Errorf("%s: said %+v", op, v.Staff.Said)
		}
	}
}

func TestWhatIsAskedIsAboutTheParcelThatWasShown(t *testing.T) {
	for _, op := range []string{view.OpWriteOff, view.OpToCounter, view.OpOpen} {
		b := newBench(t)
		b.badge(t, atDesk, "supervisor")
		b.must(t, atDesk, view.ActPick, "wall")
		b.must(t, atDesk, view.ActPick, "1")
		b.must(t, atDesk, view.ActOp, op)
		b.exchange(t, "1", "p1", "p9")
		if p := b.wants(t, atDesk, view.StepStaffReason).Staff.Parcel; p != "p1" {
			t.Errorf("%s: the question is about %s now", op, p)
		}
		b.must(t, atDesk, view.ActPick, reasons[op][0])
		switch op {
		case view.OpWriteOff:
			b.must(t, atDesk, view.ActYes, "")
		case view.OpOpen:
			b.badge(t, atDesk, "associate")
		}
		v := b.wants(t, atDesk, view.StepStaffDoor)
		if p := b.parcel("p9"); p.State != parcel.Stored || v.Staff.Said.ID != "refused_changed" {
			t.Errorf("%s: the parcel that came is %s; said %+v", op, p.State, v.Staff.Said)
		}
	}
}

func TestATouchOnADoorIsMeantForWhatWasBehindIt(t *testing.T) {
	b := newBench(t)
	b.badge(t, atDesk, "supervisor")
	b.must(t, atDesk, view.ActPick, "wall")
	b.must(t, atDesk, view.ActPick, "1")
	v := b.wants(t, atDesk, view.StepStaffDoor)
	b.exchange(t, "1", "p1", "p9")
	if err := b.try(atDesk, visit.Do{Action: view.Action{
		Terminal: atDesk, Visit: v.Visit, Name: view.ActOp, Value: view.OpToCounter, Step: v.Step,
		Door:   v.Door(),
		Parcel: v.Parcel(),
	}}); ledger.CodeOf(err) != ledger.Stale {
		t.Errorf("%v", err)
	}
}

func TestADoorIsTriedAgainByTwoWhoAreThere(t *testing.T) {
	stuck := func() *bench {
		b := newBench(t)
		b.asksToOpen(t, atDesk, "1")
		b.ends(t, door.Stuck) // it is tried once more by itself
		b.ends(t, door.Stuck)
		b.wants(t, atDesk, view.StepStaffNoOpen)
		return b
	}
	b := stuck()
	b.must(t, atDesk, view.ActTryAgain, "")
	b.wants(t, atDesk, view.StepStaffOpening)

	b = stuck()
	b.do(t, "", people.RemoveEmployee{By: people.Tools, ID: "associate"})
	b.must(t, atDesk, view.ActTryAgain, "")
	b.wants(t, atDesk, view.StepStaffSecond)
	b.badge(t, atDesk, "technician")
	b.wants(t, atDesk, view.StepStaffOpening)

	b = stuck()
	b.pass(-time.Hour)
	b.must(t, atDesk, view.ActTryAgain, "")
	b.wants(t, atDesk, view.StepStaffSecond)

	b = stuck()
	b.pass(vouchedFor)
	b.must(t, atDesk, view.ActTryAgain, "")
	b.wants(t, atDesk, view.StepStaffSecond)
	b.badge(t, atDesk, "supervisor")
	if v := b.wants(t, atDesk, view.StepStaffSecond); v.Reason != view.ReasonSamePerson {
		t.Errorf("told %s", v.Reason)
	}
	b.badge(t, atDesk, "associate")
	b.wants(t, atDesk, view.StepStaffOpening)

	b = stuck()
	b.exchange(t, "1", "p1", "p9")
	b.must(t, atDesk, view.ActTryAgain, "")
	if v := b.wants(t, atDesk, view.StepStaffDoor); v.Staff.Said.ID != "refused_changed" {
		t.Errorf("said %+v", v.Staff.Said)
	}
}

func TestAHeldParcelAtTheCounterIsToldOf(t *testing.T) {
	for _, typed := range []bool{false, true} {
		b := newBench(t)
		b.do(t, "", parcel.HoldParcel{By: people.Tools, ID: "p1", Reason: "fraud"})
		b.do(t, "", takeToCounter("p1"))
		b.badge(t, atDesk, "associate")
		b.must(t, atDesk, view.ActPick, "counter")
		if typed {
			b.pin(t, atDesk, "pin-p1")
		} else {
			b.do(t, atDesk, visit.Present{CodeHash: "code-p1", Presented: "code"})
		}
		v := b.wants(t, atDesk, view.StepStaffParcel)
		if v.Staff.Said == nil || v.Staff.Said.ID != "refused_on-hold" ||
			b.parcel("p1").State != parcel.CounterHeld {
			t.Errorf("said %+v", v.Staff.Said)
		}
		if b.told("guard.changed") > 0 {
			t.Error("a right PIN counts as a wrong one")
		}
	}
}

func TestAReasonIsAText(t *testing.T) {
	for _, bad := range []string{
		"text=%ff%fe", "text=a%c2%85b", "text=a%e2%80%aeb", "text=%e2%80%8b", "text=%20%20",
		"text=4111111111111111",
	} {
		b := newBench(t)
		b.badge(t, atDesk, "supervisor")
		b.must(t, atDesk, view.ActPick, "wall")
		b.must(t, atDesk, view.ActPick, "3")
		b.must(t, atDesk, view.ActOp, view.OpOpen)
		b.must(t, atDesk, view.ActPick, "other")
		if err := b.act(atDesk, view.ActType, bad); ledger.CodeOf(err) != ledger.Invalid {
			t.Errorf("%q is a reason: %v", bad, err)
		}
		b.must(t, atDesk, view.ActType, "text="+url.QueryEscape(`it's "50%"_ wet`))
		b.wants(t, atDesk, view.StepStaffOpening)
	}
}
