package desk

import (
	"slices"
	"testing"
	"time"

	"cubby/locker/door"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/returns"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// lies has a return of one item lie behind a door.
func (b *bench) lies(t testing.TB, order, line, number string) string {
	t.Helper()
	var c returns.Case
	b.do(t, "", returns.Request{By: people.Tools, Channel: returns.AtLocker, Order: order, Now: &c,
		Items: []returns.Ask{{Line: line, Quantity: 1, Reason: "changed_mind"}}})
	bag := c.ID + "-1"
	b.do(t, "", happens{func(t *visit.Turn) {
		of := parcel.OfParcel{ParcelID: bag, OrderID: order, Label: bag}
		t.Emit(&parcel.ParcelAnnounced{
			OfParcel: of, Direction: parcel.BroughtBack, Case: c.ID, PickupHours: 72,
		})
		t.Emit(&parcel.ParcelBooked{OfParcel: of, Compartment: number})
		t.Emit(&parcel.DepositStarted{OfParcel: of, Compartment: number})
		t.Emit(&parcel.BagStored{OfParcel: of, Case: c.ID, Compartment: number, Evidence: wall.BySensor})
		t.Emit(&returns.BagDropped{
			OfCase: returns.OfCase{
				Case: c.ID, Order: order, Shop: c.Shop,
			}, Bag: returns.Bag{Parcel: bag, Door: number},
		})
		t.Emit(&returns.AllDropped{OfCase: returns.OfCase{Case: c.ID, Order: order, Shop: c.Shop}})
	}})
	return bag
}

// round has somebody stand at the page of the round, with bags behind doors 3 and 4.
func (b *bench) round(t testing.TB, role string) (bags []string) {
	t.Helper()
	b.sells(t, "O-1", nil)
	bags = []string{b.lies(t, "O-1", "A", "3"), b.lies(t, "O-1", "B", "4")}
	b.serves(t, role)
	b.must(t, atDesk, view.ActPick, "return_round")
	b.wants(t, atDesk, view.StepStaffReturnRound)
	return bags
}

func (b *bench) closes(t testing.TB, number string, sees door.Presence) {
	t.Helper()
	b.pass(5 * time.Second)
	b.do(t, "", visit.SeeDoor{Seen: door.Seen{
		Compartment: number, State: door.Closed, Presence: sees, At: b.now,
	}})
}

// Door after door: a touch and a look each, no reason, no second person.
func TestARoundTakesOutBagAfterBag(t *testing.T) {
	b := newBench(t)
	bags := b.round(t, "associate")
	if v := b.view(atDesk); !slices.Equal(valuesOf(v.Staff.Items), []string{"3", "4"}) {
		t.Fatalf("%+v", v.Staff.Items)
	}
	for i, number := range []string{"3", "4"} {
		b.must(t, atDesk, view.ActOp, view.OpReturnNext)
		b.wants(t, atDesk, view.StepStaffOpening)
		if at := b.opens(t); at != number {
			t.Fatalf("door %s opens, want %s", at, number)
		}
		b.wants(t, atDesk, view.StepStaffOpen)
		b.closes(t, number, door.PresenceUnknown)
		if v := b.wants(t, atDesk, view.StepStaffReturnRound); saidOf(v) != view.OpReturnNext ||
			len(v.Staff.Items) != 1-i {
			t.Errorf("said %q, %d left", saidOf(v), len(v.Staff.Items))
		}
		if p, c := b.parcel(bags[i]), b.door(number); p.State != parcel.CounterHeld ||
			c.Allocation != wall.Free {
			t.Errorf("bag %s, door %s", p.State, c.Allocation)
		}
	}
	if b.told("desk.opened") != 2 || len(b.view(atDesk).Staff.Ops) != 0 {
		t.Errorf("%d doors were allowed, offers %v", b.told("desk.opened"), b.view(atDesk).Staff.Ops)
	}
	b.scans(t, bags[0]) // it is graded on the same case
	b.wants(t, atDesk, view.StepStaffReturnCase)
	b.must(t, atDesk, view.ActOp, view.OpReturnGrade)
	if v := b.view(atDesk); !slices.Contains(valuesOf(v.Staff.Items), "missing") {
		t.Error("nothing can be missing in a bag")
	}
	b.must(t, atDesk, view.ActPick, "like_new")
	b.must(t, atDesk, view.ActPick, "refund_original")
	if p := b.parcel(bags[0]); p.State != parcel.Received {
		t.Errorf("the bag is %s after it was opened", p.State)
	}
}

// What the sensor sees still is asked about; what nobody says stays to be checked.
func TestABagThatIsSeenStillIsAskedAbout(t *testing.T) {
	for answer, want := range map[string]struct {
		state   parcel.State
		toCheck bool
	}{
		view.OpToCounter:  {parcel.CounterHeld, false},
		view.OpStillThere: {parcel.Stored, false},
		view.OpNothing:    {parcel.Stored, true},
		"back":            {parcel.Stored, true},
		"time":            {parcel.Stored, true},
		"leave":           {parcel.Stored, true},
	} {
		b := newBench(t)
		bags := b.round(t, "associate")
		b.must(t, atDesk, view.ActPick, "3")
		b.opens(t)
		b.closes(t, "3", door.Present)
		v := b.wants(t, atDesk, view.StepStaffLooked)
		if !slices.Equal(v.Staff.Ops, []string{view.OpStillThere, view.OpToCounter, view.OpNothing}) {
			t.Errorf("offers %v", v.Staff.Ops)
		}
		switch answer {
		case "back":
			b.must(t, atDesk, view.ActBack, "")
			b.wants(t, atDesk, view.StepStaffReturnRound)
		case "leave":
			b.must(t, atDesk, view.ActLeave, "")
		case "time":
			b.pass(6 * time.Minute)
			b.do(t, "", visit.Tick{})
		default:
			b.must(t, atDesk, view.ActOp, answer)
			b.wants(t, atDesk, view.StepStaffReturnRound)
		}
		if p := b.parcel(bags[0]); p.State != want.state || p.ToCheck != want.toCheck {
			t.Errorf("%s: the bag is %s, to check %t", answer, p.State, p.ToCheck)
		}
	}
}

// However an opening of a round goes wrong: nothing is assumed, and the bag stays bound.
func TestAnInterruptedRoundAssumesNothing(t *testing.T) {
	for name, c := range map[string]struct {
		goes    func(*bench)
		toCheck bool
	}{
		"stuck": {func(b *bench) { b.ends(t, door.Stuck); b.ends(t, door.Stuck) }, false},
		"unanswered": {func(b *bench) {
			b.ends(t, door.Unanswered)
			b.wants(t, atDesk, view.StepStaffNoOpen)
			b.must(t, atDesk, view.ActBack, "")
			b.wants(t, atDesk, view.StepStaffReturnRound)
		}, false},
		"silent": {func(b *bench) {
			for _, e := range slices.Backward(b.sent) {
				if o, ok := e.(door.Order); ok {
					b.do(t, "", visit.EndOpening{Ended: door.Ended{
						Opening: o.Opening, Compartment: o.Compartment, Result: door.Unanswered,
						Pulsed: true, At: b.now,
					}})
					return
				}
			}
		}, true},
		"left open": {func(b *bench) {
			b.opens(t)
			for range 4 {
				b.pass(time.Minute)
				b.do(t, "", visit.Tick{})
			}
			b.closes(t, "3", door.Empty)
		}, true},
		"signed out": {func(b *bench) {
			b.opens(t)
			b.must(t, atDesk, view.ActLeave, "")
			b.closes(t, "3", door.Empty)
		}, true},
		"removed": {func(b *bench) {
			b.opens(t)
			b.do(t, "", people.RemoveEmployee{By: people.Tools, ID: "supervisor"})
			b.closes(t, "3", door.Empty)
		}, true},
		"restarted": {func(b *bench) {
			b.do(t, "", visit.Start{Boot: "2"})
			b.see(t, "3", door.Closed)
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			bags := b.round(t, "supervisor")
			b.must(t, atDesk, view.ActOp, view.OpReturnNext)
			c.goes(b)
			if p := b.parcel(bags[0]); p.State != parcel.Stored || p.Compartment != "3" ||
				p.ToCheck != c.toCheck {
				t.Errorf("the bag is %s behind door %q, to check %t", p.State, p.Compartment, p.ToCheck)
			}
		})
	}
}

func TestADoorOfARoundIsTriedAgain(t *testing.T) {
	b := newBench(t)
	bags := b.round(t, "associate")
	b.must(t, atDesk, view.ActOp, view.OpReturnNext)
	b.ends(t, door.Stuck)
	b.ends(t, door.Stuck)
	b.wants(t, atDesk, view.StepStaffNoOpen)
	b.must(t, atDesk, view.ActTryAgain, "")
	b.opens(t)
	b.closes(t, "3", door.Empty)
	b.wants(t, atDesk, view.StepStaffReturnRound)
	if p := b.parcel(bags[0]); p.State != parcel.CounterHeld {
		t.Errorf("the bag is %s", p.State)
	}
	b.must(t, atDesk, view.ActOp, view.OpReturnNext)
	b.ends(t, door.Unanswered)
	b.must(t, atDesk, view.ActBack, "")
	b.do(t, atDesk, visit.Tick{})
	b.must(t, atDesk, view.ActOp, view.OpReturnNext) // the same: there is no other
	if b.told("opening.intended") != 5 {
		t.Errorf("%d openings", b.told("opening.intended"))
	}
}

// A technician sees no bags, and no touch opens one.
func TestARoundIsForWhoTakesReturns(t *testing.T) {
	b := newBench(t)
	b.sells(t, "O-1", nil)
	b.lies(t, "O-1", "A", "3")
	b.badge(t, atDesk, "technician")
	b.at(t, place{Step: view.StepStaffReturnRound})
	_ = b.act(atDesk, view.ActOp, view.OpReturnNext)
	_ = b.act(atDesk, view.ActPick, "3")
	if b.told("opening.intended") != 0 {
		t.Error("a technician opens a door with a return, alone")
	}
}

func TestATotesWayFromItsLabelToItsManifest(t *testing.T) {
	b := newBench(t)
	b.ready = true
	b.sells(t, "O-1", nil)
	gone, stays := b.brought(t, "O-1", "A", returns.Damaged), b.brought(t, "O-1", "B", returns.LikeNew)
	b.do(t, "", returns.Settle{
		By: people.Tools, Case: gone, Item: 1, Decision: returns.RefundOriginal,
		Disposition: returns.ToVendor,
	})
	b.do(t, "", returns.Settle{
		By: people.Tools, Case: stays, Item: 1, Decision: returns.RefundOriginal,
		Disposition: returns.RestockHere,
	})
	b.serves(t, "associate")
	b.must(t, atDesk, view.ActPick, "return_totes")
	b.scans(t, gone) // a bag is no tote
	if b.last.Heard != view.HeardNotValid || len(returns.Totes.All(b.state())) != 0 {
		t.Errorf("heard %q of a bag where a tote is asked for", b.last.Heard)
	}
	b.scans(t, "TOTE-7")
	v := b.wants(t, atDesk, view.StepStaffReturnTote)
	if slices.Contains(v.Staff.Ops, view.OpReturnSeal) {
		t.Error("an empty tote can be sealed")
	}
	b.scans(t, stays)
	if v := b.view(atDesk); saidOf(v) != "refused_not-for-tote" {
		t.Errorf("what stays goes in: %q", saidOf(v))
	}
	b.must(t, atDesk, view.ActOp, view.OpReturnType)
	b.must(t, atDesk, view.ActType, "text="+gone)
	v = b.wants(t, atDesk, view.StepStaffReturnTote)
	if !slices.Equal(valuesOf(v.Staff.Items), []string{gone + " 1"}) {
		t.Fatalf("%+v", v.Staff.Items)
	}
	b.scans(t, gone)
	if v := b.view(atDesk); saidOf(v) != "refused_not-for-tote" || len(v.Staff.Items) != 1 {
		t.Errorf("the same goes in twice: %q", saidOf(v))
	}
	b.must(t, atDesk, view.ActPick, gone+" 1")
	b.scans(t, gone)
	b.must(t, atDesk, view.ActOp, view.OpReturnSeal)
	b.wants(t, atDesk, view.StepStaffReturnTotes)
	p := b.sent[len(b.sent)-1].(returns.Print)
	if m := p.Paper.Manifest; m == nil || m.Tote != "TOTE-7" || m.To != "to_vendor" || len(m.Contents) != 1 ||
		m.By != "Name of associate" {
		t.Errorf("%+v", p)
	}
	if b.told("return.tote_sealed") != 1 || len(b.view(atDesk).Staff.Items) != 0 {
		t.Errorf("%+v", b.view(atDesk).Staff.Items)
	}
	b.do(t, "", happens{func(t *visit.Turn) {
		if (returns.FillTote{By: people.Tools, Tote: "TOTE-7", Case: gone}).Decide(t) == nil {
			panic("a sealed tote is filled")
		}
	}})
}
