package desk

import (
	"errors"
	"slices"
	"testing"
	"time"

	"cubby/locker/door"
	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// alone has somebody try to open a door for whom nobody vouches, and returns why not.
func (b *bench) alone(who, number string) string {
	id := ""
	err := b.try("", OpenDoor{By: people.Doer{ID: who}, Compartment: number, Reason: "why not", Opening: &id})
	var r *ledger.Refusal
	if errors.As(err, &r) {
		return r.Slug
	}
	return ""
}

// Nobody talks a parcel out of its door: as long as that has not been open, it is opened
// by two people.
func TestADoorThatWasEmptiedByWordAloneTakesTwoPeople(t *testing.T) {
	for name, says := range map[string]func(*bench) visit.Command{
		"to the counter": func(*bench) visit.Command {
			return parcel.TakeToCounter{By: people.Doer{ID: "associate"}, Parcel: "p1", Reason: "x"}
		},
		"written off": func(*bench) visit.Command {
			return parcel.WriteOff{By: people.Doer{ID: "supervisor"}, Parcel: "p1", Reason: "x"}
		},
	} {
		for _, looked := range []bool{false, true} { // and it was there
			b := newBench(t)
			if looked {
				b.looksInto(t, atDesk, "1")
				b.must(t, atDesk, view.ActOp, view.OpStillThere)
				if b.told("parcel.still_there") != 1 {
					t.Error("nobody has said that it is there")
				}
				b.must(t, atDesk, view.ActLeave, "")
			}
			b.do(t, "", says(b))
			if holds(b.door("1")) {
				t.Fatal("it is bound to its door still")
			}
			a, s := b.alone("associate", "1"), b.alone("supervisor", "1")
			if a != "not-permitted" || s != "second-person" {
				t.Errorf("%s, looked %t: an associate alone: %q, a supervisor: %q", name, looked, a, s)
			}
			b.badge(t, atDesk, "associate")
			b.must(t, atDesk, view.ActPick, "wall")
			b.must(t, atDesk, view.ActPick, "1")
			if slices.Contains(b.view(atDesk).Staff.Ops, view.OpOpen) {
				t.Errorf("%s, looked %t: an associate is offered to open it", name, looked)
			}
			b.looksInto(t, atDesk, "1")
			b.must(t, atDesk, view.ActOp, view.OpRestore)
			if a := b.alone("associate", "1"); a != "" {
				t.Errorf("%s, looked %t: afterwards: %q", name, looked, a)
			}
		}
	}
	b := newBench(t)
	b.looksInto(t, atDesk, "1")
	b.must(t, atDesk, view.ActOp, view.OpToCounter)
	if a := b.alone("associate", "1"); a != "" {
		t.Errorf("taken out by two: %q", a)
	}
}

// A customer who comes to a door that staff have left open, and goes without an answer,
// leaves the parcel to be checked.
func TestACustomerAtADoorThatStaffHadOpened(t *testing.T) {
	for _, taken := range []bool{true, false} {
		b := newBench(t)
		id := ""
		b.do(t, "", OpenDoor{
			By: people.Doer{ID: "supervisor"}, Second: "badge-associate", Compartment: "1", Reason: "x", Opening: &id,
		})
		b.opens(t)
		b.do(t, "", visit.Present{CodeHash: "code-p1", Presented: "code"})
		b.wants(t, "", view.StepPickupOpen)
		b.pass(3 * time.Second)
		b.see(t, "1", door.Closed)
		b.wants(t, "", view.StepPickupCheck)
		if taken {
			b.must(t, "", view.ActTaken, "")
		} else {
			b.pass(10 * time.Minute)
			b.do(t, "", visit.Tick{})
		}
		p := b.parcel("p1")
		if taken && p.State != parcel.Collected || !taken && (p.State != parcel.Stored || !p.ToCheck) {
			t.Errorf("taken %t: it is %s, to check %t", taken, p.State, p.ToCheck)
		}
	}
}
