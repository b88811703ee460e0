package desk

import (
	"testing"

	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// valuableAtCounter is a bench whose parcel p1 is valuable, and at the counter.
func valuableAtCounter(t *testing.T) *bench {
	b := newBench(t)
	b.known = true // and so there are keyed hashes
	b.do(t, "", happens{func(t *visit.Turn) {
		p, _ := parcel.Parcels.Get(t.State, "p1")
		of := parcel.OfParcel{ParcelID: p.ID, OrderID: p.OrderID, Label: p.Label}
		t.Emit(&parcel.ParcelAnnounced{
			OfParcel: of, Changed: true, PickupHours: 72, Valuable: true,
			Tail: t.Mark("parcel.phone", "p1\x004567"),
		})
		t.Emit(&parcel.ParcelCounterHeld{OfParcel: of, Compartment: "1", Reason: "x", KeepsCode: true})
	}})
	b.badge(t, atDesk, "associate")
	b.do(t, atDesk, visit.Present{CodeHash: "code-p1", Presented: "code"}) // on any page: it is found
	b.wants(t, atDesk, view.StepStaffParcel)
	b.must(t, atDesk, view.ActOp, view.OpHandOver)
	return b
}

func (b *bench) digits(t *testing.T, tail string) {
	v := b.view(atDesk)
	b.do(t, atDesk, visit.TypePIN{Visit: v.Visit, Step: v.Step, PINHash: "typed", Tail: tail})
}

func TestStaffAskForThePhoneOfAValuableParcel(t *testing.T) {
	for name, show := range map[string]func(b *bench){
		"code": func(b *bench) { b.do(t, atDesk, visit.Present{CodeHash: "code-p1", Presented: "code"}) },
		"pin":  func(b *bench) { b.pin(t, atDesk, "pin-p1") },
	} {
		b := valuableAtCounter(t)
		show(b)
		if v := b.wants(t, atDesk, view.StepStaffCounter); v.Reason != view.ReasonSecond || v.PINDigits() != 4 {
			t.Fatalf("%s: asked %s with %d digits", name, v.Reason, v.PINDigits())
		}
		b.digits(t, "0000")
		if v := b.wants(t, atDesk, view.StepStaffCounter); v.Reason != view.ReasonSecondWrong {
			t.Fatalf("%s: told %s of wrong digits", name, v.Reason)
		}
		if n := b.told("parcel.factor_tried"); n != 1 || b.parcel("p1").State != parcel.CounterHeld {
			t.Fatalf("%s: %d tries were counted, the parcel is %s", name, n, b.parcel("p1").State)
		}
		b.digits(t, "4567")
		b.wants(t, atDesk, view.StepStaffParcel)
		if p := b.parcel("p1"); p.State != parcel.Collected {
			t.Errorf("%s: the parcel is %s", name, p.State)
		}
	}
}

func TestTooManyWrongPhonesAtTheCounter(t *testing.T) {
	b := valuableAtCounter(t)
	b.do(t, atDesk, visit.Present{CodeHash: "code-p1", Presented: "code"})
	for range 10 {
		b.digits(t, "0000")
	}
	b.digits(t, "4567")
	if v := b.wants(t, atDesk, view.StepStaffParcel); v.Staff.Said == nil ||
		v.Staff.Said.ID != "refused_second-factor-locked" {
		t.Errorf("told %+v", v.Staff.Said)
	}
	g := people.PINGuard.Read(b.state())
	if g.Customer.Waiting(b.now) > 0 || b.parcel("p1").State != parcel.CounterHeld {
		t.Errorf("the PINs of others wait %v; the parcel is %s", g.Customer.Waiting(b.now), b.parcel("p1").State)
	}
}
