package desk

import (
	"slices"
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

func TestSigningInAndOut(t *testing.T) {
	b := newBench(t)
	b.badge(t, atDesk, "associate")
	v := b.wants(t, atDesk, view.StepStaffMenu)
	if v.Staff.Name != "Name of associate" || v.Staff.Role != "associate" || v.Kind != view.KindStaff {
		t.Errorf("%+v", v.Staff)
	}
	if v := b.wants(t, "", view.StepIdle); v.Staff != nil {
		t.Error("the kiosk shows somebody of the desk")
	}
	b.must(t, atDesk, view.ActLeave, "")
	b.wants(t, atDesk, view.StepIdle)

	b.must(t, atDesk, view.ActStartStaff, "")
	b.wants(t, atDesk, view.StepStaffEnter)
	b.pin(t, atDesk, "staff-pin-manager")
	b.wants(t, atDesk, view.StepStaffMenu)
	b.badge(t, atDesk, "manager") // shown again
	b.wants(t, atDesk, view.StepIdle)

	b.badge(t, "", "technician") // at the kiosk too
	b.pass(59 * time.Second)
	b.do(t, "", visit.Tick{})
	b.wants(t, "", view.StepStaffMenu)
	b.pass(2 * time.Second)
	b.do(t, "", visit.Tick{})
	b.wants(t, "", view.StepIdle)

	b.badge(t, atDesk, "technician")
	b.pass(299 * time.Second)
	b.do(t, "", visit.Tick{})
	b.wants(t, atDesk, view.StepStaffMenu)
	b.pass(2 * time.Second)
	b.do(t, "", visit.Tick{})
	b.wants(t, atDesk, view.StepIdle)

	b.badge(t, atDesk, "associate")
	b.badge(t, atDesk, "supervisor") // the next shift
	if v := b.wants(t, atDesk, view.StepStaffMenu); v.Staff.Role != "supervisor" {
		t.Errorf("%+v", v.Staff)
	}
	if in, out := b.told("staff.signed_in"), b.told("staff.signed_out"); in != 6 || out != 5 {
		t.Errorf("%d times in, %d out", in, out)
	}
}

func TestTheKioskHasNoButtonForStaffOnItsIdlePage(t *testing.T) {
	b := newBench(t)
	if b.view("").Allows(view.ActStartStaff) || !b.view(atDesk).Allows(view.ActStartStaff) {
		t.Error("the button belongs to the desk")
	}
	if b.view("").Idle.Desk || !b.view(atDesk).Idle.Desk {
		t.Error("a desk is not told from a kiosk")
	}
	b.must(t, "", view.ActStartCourier, "")
	b.must(t, "", view.ActStartStaff, "")
	b.wants(t, "", view.StepStaffEnter)
	b.must(t, "", view.ActBack, "")
	b.wants(t, "", view.StepIdle)
}

// Whoever shows a code where staff sign in is served.
func TestWhereStaffSignInCustomersAreServed(t *testing.T) {
	b := newBench(t)
	b.must(t, atDesk, view.ActStartStaff, "")
	b.do(t, atDesk, visit.Present{CodeHash: "code-p1", Presented: "code"})
	b.wants(t, atDesk, view.StepPickupOpening)
	b = newBench(t)
	b.must(t, atDesk, view.ActStartStaff, "")
	b.do(t, atDesk, visit.Present{CodeHash: "code-none", Presented: "code"})
	if v := b.wants(t, atDesk, view.StepStaffRefused); v.Reason != view.ReasonNotValid || v.Staff.Name != "" {
		t.Errorf("%s %+v", v.Reason, v.Staff)
	}
}

func TestWrongPINsWaitAndABadgeNever(t *testing.T) {
	b := newBench(t)
	b.must(t, atDesk, view.ActStartStaff, "")
	for range 6 {
		b.pin(t, atDesk, "staff-pin-nobody")
		if v := b.wants(t, atDesk, view.StepStaffRefused); v.Reason == view.ReasonWait {
			break
		}
		b.must(t, atDesk, view.ActStartStaff, "")
	}
	v := b.wants(t, atDesk, view.StepStaffRefused)
	if v.Reason != view.ReasonWait || v.RetryInMs <= 0 {
		t.Fatalf("%s, %d ms", v.Reason, v.RetryInMs)
	}
	if g := people.PINGuard.Read(b.state()); g.Staff.Failures == 0 || g.Customer != (people.Guard{}) ||
		g.Courier != (people.Guard{}) {
		t.Errorf("PINs of the staff are guarded by %+v", g)
	}
	b.must(t, atDesk, view.ActStartStaff, "")
	b.pin(t, atDesk, "staff-pin-manager") // the right one waits too
	b.wants(t, atDesk, view.StepStaffRefused)
	b.badge(t, atDesk, "manager")
	b.wants(t, atDesk, view.StepStaffMenu)
}

func TestARemovedAccountIsOutAtOnce(t *testing.T) {
	for _, step := range []struct {
		name string
		to   func(b *bench)
	}{
		{"menu", func(*bench) {}},
		{"a door", func(b *bench) {
			b.must(t, atDesk, view.ActPick, "wall")
			b.must(t, atDesk, view.ActPick, "3")
		}},
		{"an open door", func(b *bench) {
			b.must(t, atDesk, view.ActPick, "wall")
			b.must(t, atDesk, view.ActPick, "3")
			b.must(t, atDesk, view.ActOp, view.OpOpen)
			b.must(t, atDesk, view.ActPick, "cleaning")
			b.opens(t)
			b.wants(t, atDesk, view.StepStaffOpen)
		}},
	} {
		t.Run(step.name, func(t *testing.T) {
			b := newBench(t)
			b.badge(t, atDesk, "supervisor")
			step.to(b)
			b.do(t, "", people.RemoveEmployee{By: people.Tools, ID: "supervisor"})
			b.wants(t, atDesk, view.StepIdle)
			b.badge(t, atDesk, "supervisor")
			if v := b.view(atDesk); v.Kind == view.KindStaff {
				t.Errorf("the badge still shows %s", v.Step)
			}
			if step.name == "an open door" {
				b.see(t, "3", door.Closed)
				if c := b.door("3"); c.Allocation != wall.Quarantine {
					t.Errorf("door 3 is %s: nobody said what is behind it", c.Allocation)
				}
			}
		})
	}
}

func TestARestartSignsEverybodyOut(t *testing.T) {
	b := newBench(t)
	b.badge(t, atDesk, "supervisor")
	b.badge(t, "", "manager")
	b.must(t, "", view.ActPick, "wall")
	b.must(t, "", view.ActPick, "3")
	b.must(t, "", view.ActOp, view.OpOpen)
	b.must(t, "", view.ActPick, "cleaning")
	orders := len(b.sent)
	b.do(t, "", visit.Start{Boot: "2"})
	b.wants(t, "", view.StepIdle)
	b.wants(t, atDesk, view.StepIdle)
	b.see(t, "3", door.Closed)
	if len(b.sent) != orders || b.door("3").Allocation != wall.Quarantine {
		t.Errorf("%d further orders, door 3 is %s", len(b.sent)-orders, b.door("3").Allocation)
	}
}

func TestAnOccupiedDoorTakesASecondPerson(t *testing.T) {
	b := newBench(t)
	b.badge(t, atDesk, "supervisor")
	b.must(t, atDesk, view.ActPick, "wall")
	b.must(t, atDesk, view.ActPick, "1")
	b.must(t, atDesk, view.ActOp, view.OpOpen)
	if v := b.wants(t, atDesk, view.StepStaffReason); len(v.Staff.Items) < 3 {
		t.Errorf("%+v", v.Staff.Items)
	}
	b.must(t, atDesk, view.ActPick, "customer_asks")
	b.wants(t, atDesk, view.StepStaffSecond)
	for _, c := range []struct {
		badge string
		why   view.Reason
	}{{"nobody", view.ReasonNotValid}, {"supervisor", view.ReasonSamePerson}} {
		b.badge(t, atDesk, c.badge)
		if v := b.wants(t, atDesk, view.StepStaffSecond); v.Reason != c.why {
			t.Errorf("%s: %s", c.badge, v.Reason)
		}
	}
	b.pin(t, atDesk, "staff-pin-supervisor")
	if v := b.wants(t, atDesk, view.StepStaffSecond); v.Reason != view.ReasonSamePerson {
		t.Errorf("the own PIN: %s", v.Reason)
	}
	if b.told("opening.intended") != 0 {
		t.Fatal("a door was opened")
	}
	b.badge(t, atDesk, "technician")
	b.wants(t, atDesk, view.StepStaffOpening)
	i := slices.IndexFunc(b.facts, func(f ledger.Fact) bool { return f.Type() == "desk.opened" })
	if f := b.facts[i].(*OpeningAllowed); f.By != "supervisor" || f.Second != "technician" ||
		f.Parcel != "p1" ||
		f.Reason != "customer_asks" {
		t.Errorf("%+v", f)
	}
	b.opens(t)
	b.wants(t, atDesk, view.StepStaffOpen)
	b.pass(5 * time.Second)
	b.see(t, "1", door.Closed)
	v := b.wants(t, atDesk, view.StepStaffLooked)
	if want := []string{
		view.OpStillThere, view.OpToCounter, view.OpWriteOff, view.OpNothing,
	}; !slices.Equal(v.Staff.Ops, want) {
		t.Errorf("offers %v, want %v", v.Staff.Ops, want)
	}
	b.must(t, atDesk, view.ActOp, view.OpStillThere)
	if v := b.wants(t, atDesk, view.StepStaffDoor); v.Staff.Said.ID != view.OpStillThere ||
		b.parcel("p1").ToCheck {
		t.Errorf("%+v", v.Staff.Said)
	}
}

func TestWhoSaysNothingOfADoorLeavesItToBeChecked(t *testing.T) {
	b := newBench(t)
	b.badge(t, "", "supervisor")
	b.must(t, "", view.ActPick, "wall")
	b.must(t, "", view.ActPick, "1")
	b.must(t, "", view.ActOp, view.OpOpen)
	b.must(t, "", view.ActPick, "customer_asks")
	b.badge(t, "", "associate")
	b.opens(t)
	b.pass(5 * time.Second)
	b.see(t, "1", door.Closed)
	b.wants(t, "", view.StepStaffLooked)
	b.pass(61 * time.Second)
	b.do(t, "", visit.Tick{})
	b.wants(t, "", view.StepIdle)
	if !b.parcel("p1").ToCheck {
		t.Error("nobody is to look after the parcel")
	}
}

func TestAnExpiredParcelGoesToTheCounterAndToItsCustomer(t *testing.T) {
	b := newBench(t)
	b.badge(t, atDesk, "supervisor")
	b.must(t, atDesk, view.ActPick, "queue")
	v := b.wants(t, atDesk, view.StepStaffQueue)
	i := slices.IndexFunc(v.Staff.Items, func(i view.StaffItem) bool { return i.Kind == "leave" })
	if i < 0 || v.Staff.Items[i].Value != toRound || v.Staff.Items[i].Count != 1 || v.Staff.Items[i].At == nil {
		t.Fatalf("%+v", v.Staff.Items)
	}
	b.must(t, atDesk, view.ActPick, toRound)
	b.must(t, atDesk, view.ActPick, "2")
	b.must(t, atDesk, view.ActOp, view.OpOpen)
	b.must(t, atDesk, view.ActPick, "expired")
	b.pin(t, atDesk, "staff-pin-associate")
	b.opens(t)
	b.pass(5 * time.Second)
	b.see(t, "2", door.Closed)
	b.must(t, atDesk, view.ActOp, view.OpToCounter)
	b.wants(t, atDesk, view.StepStaffDoor)
	if p, c := b.parcel("p2"), b.door("2"); p.State != parcel.CounterHeld || c.Allocation != wall.Free {
		t.Fatalf("parcel %s, door %s", p.State, c.Allocation)
	}
	b.do(t, "", visit.Present{CodeHash: "code-p2", Presented: "code"}) // at the kiosk: it opens nothing
	if v := b.wants(t, "", view.StepPickupRefused); v.Reason != view.ReasonAtCounter {
		t.Errorf("told %s", v.Reason)
	}
	b.must(t, atDesk, view.ActLeave, "")
	b.badge(t, atDesk, "associate")
	b.do(t, atDesk, visit.Present{CodeHash: "code-p2", Presented: "code"}) // on any page: it is found
	b.wants(t, atDesk, view.StepStaffParcel)
	b.must(t, atDesk, view.ActOp, view.OpHandOver)
	b.do(t, atDesk, visit.Present{CodeHash: "code-p1", Presented: "code"}) // it is behind its door
	if v := b.wants(t, atDesk, view.StepStaffCounter); v.Reason != view.ReasonNoCode {
		t.Errorf("told %s", v.Reason)
	}
	b.do(t, atDesk, visit.Present{CodeHash: "code-p1", Presented: "code"})
	if b.last.Heard != view.HeardNotValid {
		t.Errorf("told %q of the same code again", b.last.Heard)
	}
	b.pin(t, atDesk, "pin-p2")
	if v := b.wants(t, atDesk, view.StepStaffParcel); v.Staff.Said == nil ||
		v.Staff.Said.ID != view.OpHandOver {
		t.Errorf("%+v", v.Staff.Said)
	}
	if p := b.parcel("p2"); p.State != parcel.Collected {
		t.Errorf("parcel %s", p.State)
	}
}

func TestAParcelThatIsGoneIsWrittenOff(t *testing.T) {
	b := newBench(t)
	b.badge(t, atDesk, "supervisor")
	b.must(t, atDesk, view.ActPick, "find")
	b.must(t, atDesk, view.ActType, "text=p1")
	b.wants(t, atDesk, view.StepStaffParcel)
	b.must(t, atDesk, view.ActOp, view.OpWriteOff)
	b.must(t, atDesk, view.ActPick, "other")
	b.wants(t, atDesk, view.StepStaffWhy)
	b.must(t, atDesk, view.ActType, "text=seen+on+video")
	v := b.wants(t, atDesk, view.StepStaffConfirm)
	if v.Staff.Doing != view.OpWriteOff || b.parcel("p1").State != parcel.Stored {
		t.Errorf("%+v", v.Staff)
	}
	b.must(t, atDesk, view.ActYes, "")
	v = b.wants(t, atDesk, view.StepStaffParcel)
	if p, c := b.parcel("p1"), b.door("1"); p.State != parcel.Missing || c.Allocation != wall.Quarantine ||
		v.Staff.Said.ID != view.OpWriteOff {
		t.Errorf("parcel %s, door %s, %+v", p.State, c.Allocation, v.Staff.Said)
	}
	b.do(t, "", visit.Present{CodeHash: "code-p1", Presented: "code"})
	if v := b.view(""); v.Reason != view.ReasonMissing {
		t.Errorf("its code leads to %s %s", v.Step, v.Reason)
	}
}

func TestAForcedDoorIsFoundInTheQueueAndEnded(t *testing.T) {
	b := newBench(t)
	b.see(t, "1", door.Open)
	b.badge(t, atDesk, "supervisor")
	b.must(t, atDesk, view.ActPick, "queue")
	if first := b.view(atDesk).Staff.Items[0]; first.Kind != "forced" || first.Value != "1" ||
		first.Harm != "alarm" {
		t.Fatalf("first comes %+v", first)
	}
	b.must(t, atDesk, view.ActPick, "1")
	b.see(t, "1", door.Closed)
	b.must(t, atDesk, view.ActOp, view.OpEndAlarm)
	b.must(t, atDesk, view.ActPick, "looked_into")
	if c, p := b.door("1"), b.parcel("p1"); c.Forced || !p.ToCheck {
		t.Errorf("forced %t, to check %t", c.Forced, p.ToCheck)
	}
	b.must(t, atDesk, view.ActOp, view.OpStillThere)
	b.must(t, atDesk, view.ActBack, "")
	for _, item := range b.wants(t, atDesk, view.StepStaffQueue).Staff.Items {
		if item.Value == "1" {
			t.Errorf("still waits: %+v", item)
		}
	}
}

func TestEveryLookAtACustomerIsAFact(t *testing.T) {
	b := newBench(t)
	b.badge(t, atDesk, "associate")
	b.must(t, atDesk, view.ActPick, "find")
	b.must(t, atDesk, view.ActType, "text=p1")
	for n := 1; n <= 2; n++ {
		b.must(t, atDesk, view.ActOp, view.OpCustomer)
		v := b.wants(t, atDesk, view.StepStaffCustomer)
		if len(v.Staff.Facts) != 2 || v.Staff.Facts[0].Value.Text != "Ada Quill" ||
			b.told("parcel.recipient_seen") != n {
			t.Errorf("%+v after %d looks", v.Staff.Facts, b.told("parcel.recipient_seen"))
		}
		b.must(t, atDesk, view.ActBack, "")
		b.wants(t, atDesk, view.StepStaffParcel)
	}
}

func TestATextFindsAParcelHereOrIsLookedForElsewhere(t *testing.T) {
	b := newBench(t)
	b.badge(t, atDesk, "associate")
	b.must(t, atDesk, view.ActPick, "find")
	b.must(t, atDesk, view.ActType, "text=r-p1")
	if v := b.wants(t, atDesk, view.StepStaffFind); !v.Staff.Loading {
		t.Error("nobody looks")
	}
	seek := b.sent[len(b.sent)-1].(Seek)
	if seek.Text != "r-p1" || seek.Terminal != atDesk {
		t.Errorf("%+v", seek)
	}
	b.do(t, atDesk, Answer{Terminal: seek.Terminal, Visit: "another", Found: []string{"p1"}})
	b.wants(t, atDesk, view.StepStaffFind)
	b.do(t, atDesk, Answer{Terminal: seek.Terminal, Visit: seek.Visit})
	if v := b.wants(t, atDesk, view.StepStaffFind); v.Staff.Loading || v.Staff.Said.ID != "found_nothing" {
		t.Errorf("%+v", v.Staff)
	}
	b.do(t, atDesk, Answer{Terminal: seek.Terminal, Visit: seek.Visit, Found: []string{"p1", "p2"}})
	b.wants(t, atDesk, view.StepStaffFind) // an answer that comes late
	b.must(t, atDesk, view.ActType, "text=r-p1")
	b.do(t, atDesk, Answer{Terminal: seek.Terminal, Visit: seek.Visit, Found: []string{"p1", "p2"}})
	if v := b.wants(t, atDesk, view.StepStaffFound); len(v.Staff.Items) != 2 {
		t.Errorf("%+v", v.Staff.Items)
	}
	if b.act(atDesk, view.ActPick, "p9") == nil {
		t.Error("a parcel is picked that was not found")
	}
	b.must(t, atDesk, view.ActPick, "p2")
	b.wants(t, atDesk, view.StepStaffParcel)
	for range 3 {
		b.must(t, atDesk, view.ActBack, "")
	}
	b.wants(t, atDesk, view.StepStaffMenu)
	b.do(t, atDesk, visit.Present{Label: "p1", Presented: "label"}) // a scan finds on every page
	b.wants(t, atDesk, view.StepStaffParcel)
	for _, bad := range []string{"", "text=", "text=%00", "text=%zz", "other=1"} {
		b.must(t, atDesk, view.ActLeave, "")
		b.badge(t, atDesk, "associate")
		b.must(t, atDesk, view.ActPick, "find")
		if b.act(atDesk, view.ActType, bad) == nil {
			t.Errorf("%q is looked for", bad)
		}
	}
}

func TestWhoHoldsAParcelIsNamed(t *testing.T) {
	b := newBench(t)
	b.badge(t, atDesk, "supervisor")
	b.do(t, atDesk, visit.Present{Label: "p1", Presented: "label"})
	for _, op := range []string{view.OpHold, view.OpRelease} {
		b.must(t, atDesk, view.ActOp, op)
		b.must(t, atDesk, view.ActPick, "shop_asks")
		var by string
		switch f := b.facts[len(b.facts)-2].(type) { // the last is the step of the visit
		case *parcel.ParcelHeld:
			by = f.By
		case *parcel.ParcelReleased:
			by = f.By
		}
		if by != "supervisor" {
			t.Errorf("%s was done by %q: %+v", op, by, b.facts[len(b.facts)-2])
		}
	}
}

func TestStaffGiveAParcelAnotherCode(t *testing.T) {
	b := newBench(t)
	b.badge(t, atDesk, "supervisor")
	b.do(t, atDesk, visit.Present{Label: "p1", Presented: "label"})
	for code, ready := range map[string]bool{"c-1": false, "c-2": true} { // a printer
		b.ready, b.fresh = ready, &visit.Secret{CodeHash: code, PINHash: "pin of " + code}
		b.must(t, atDesk, view.ActOp, view.OpNewCode)
		b.must(t, atDesk, view.ActPick, "code_seen")
		b.must(t, atDesk, view.ActYes, "")
		var made *parcel.CodeReissued
		for _, f := range b.last.Facts {
			if f, ok := f.(*parcel.CodeReissued); ok {
				made = f
			}
		}
		if made == nil || made.By != "supervisor" || made.Reason != "code_seen" || made.Hashes.Code != code {
			t.Errorf("told as %+v", made)
		}
		if printed := visit.EffectsOf[parcel.PrintOrder](b.last); (len(printed) == 1) != ready {
			t.Errorf("printed %+v", printed)
		}
	}
}
