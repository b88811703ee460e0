package stock

import (
	"fmt"
	"testing"
	"time"

	"cubby/locker/visit"
	"cubby/locker/wall"
)

func TestWhatIsCommittedDamagedOrKeptIsNotPromised(t *testing.T) {
	s := newSite()
	s.has(t, "A", Shelf, 10)
	s.must(t, hold("c", Line{SKU: "A", Quantity: 3}))
	s.must(t, commit("c", "SO-1"))
	s.must(t, SetPlan{"A", Plan{Safety: 2}})
	s.must(t, moving{Moved{SKU: "A", From: Shelf, To: Damaged, Quantity: 1, Cause: "broken"}})
	if l := s.level("A"); l.Here() != 10 || l.Committed != 3 || s.atp("A") != 4 {
		t.Errorf("of %+v %d may be promised", l, s.atp("A"))
	}
	s.refuses(t, "not-enough", hold("d", Line{SKU: "A", Quantity: 5}))
	s.must(t, hold("d", Line{SKU: "A", Quantity: 4}))
}

func TestThePromiseIsTheLeastOfWhatWillBeThere(t *testing.T) {
	day := 24 * time.Hour
	changes := []Expected{
		{Ref: "wed", Quantity: -5, At: monday.Add(2 * day)},
		{Ref: "mon", Quantity: -1, At: monday.Add(-time.Hour)},
		{Ref: "tue", Quantity: 6, At: monday.Add(day)},
		{Ref: "thu", Quantity: -3, At: monday.Add(3 * day)},
	}
	then, promise := Project(monday, 4, changes)
	if fmt.Sprint(then) != "[3 9 4 1]" || promise != 1 {
		t.Errorf("projected %v, promised %d", then, promise)
	}
	late := []Expected{{Quantity: 6, At: monday.Add(-time.Minute)}}
	if then, promise := Project(monday, 4, late); fmt.Sprint(then) != "[4]" || promise != 4 {
		t.Errorf("with a delivery that is late: %v, %d", then, promise)
	}
	s := newSite()
	s.has(t, "A", Shelf, 4)
	for _, c := range changes {
		s.must(t, Expect{"A", c})
		s.must(t, Expect{"A", c})
	}
	if got := s.atp("A"); got != 1 {
		t.Errorf("%d may be promised", got)
	}
	s.refuses(t, "not-enough", hold("c", Line{SKU: "A", Quantity: 2}))
	s.must(t, Expect{"A", Expected{Ref: "thu"}})
	if got := s.atp("A"); got != 3 {
		t.Errorf("without Thursday %d may be promised", got)
	}
	s.must(t, moving{Moved{SKU: "A", To: Warehouse, Quantity: 4, Cause: Received, Ref: "tue"}})
	if all, _ := Expecting.Get(s.state(), "A"); len(all) != 3 || all[2].Quantity != 2 || s.atp("A") != 4 {
		t.Errorf("after a part has come: %+v, %d", all, s.atp("A"))
	}
	s.refuses(t, "at", Expect{"A", Expected{Ref: "x", Quantity: 1}})
	s.refuses(t, "ref", Expect{"A", Expected{Quantity: 1, At: monday}})
}

func TestLinesOfOneCartAreCheckedTogether(t *testing.T) {
	s := newSite("1")
	s.has(t, "A", Shelf, 5)
	s.has(t, "B", Shelf, 1)
	three := Line{SKU: "A", Quantity: 3}
	s.refuses(t, "not-enough", hold("c", three, three))
	s.refuses(t, "not-enough", hold("c", three, Line{SKU: "B", Quantity: 2}))
	if l := s.level("A"); l.Reserved != 0 {
		t.Errorf("a cart that was refused holds %d", l.Reserved)
	}
	s.must(t, hold("c", three, Line{SKU: "A", Quantity: 2}, Line{SKU: "B", Quantity: 1}))
	if s.atp("A") != 0 || s.atp("B") != 0 {
		t.Errorf("%d and %d may be promised", s.atp("A"), s.atp("B"))
	}
	many := make([]Line, MostLines+1)
	for i := range many {
		many[i] = Line{SKU: "A", Quantity: 1}
	}
	s.refuses(t, "too-many", hold("d", many...))
	s.refuses(t, "out-of-range", hold("d", Line{SKU: "A"}))
	s.refuses(t, "sku", hold("d", Line{Quantity: 1}))
	s.refuses(t, "id", hold("", three))
}

func TestNobodyIsBlockedByTheirOwnHold(t *testing.T) {
	s := newSite()
	s.has(t, "A", Shelf, 2)
	s.must(t, hold("c", Line{SKU: "A", Quantity: 2}))
	s.must(t, hold("c", Line{SKU: "A", Quantity: 2}))
	s.refuses(t, "not-enough", hold("d", Line{SKU: "A", Quantity: 1}))
	s.must(t, hold("c", Line{SKU: "A", Quantity: 1}))
	s.must(t, hold("d", Line{SKU: "A", Quantity: 1}))
	s.must(t, hold("c"))
	if l := s.level("A"); l.Reserved != 1 || s.atp("A") != 1 {
		t.Errorf("after the cart was emptied: %+v", l)
	}
}

func TestHoldsLapseAndFailedPaymentsKeepTheirs(t *testing.T) {
	s := newSite()
	s.has(t, "A", Shelf, 1)
	one := Line{SKU: "A", Quantity: 1}
	s.must(t, hold("c", one))
	s.wait(t, CartHold-time.Second)
	s.refuses(t, "not-enough", hold("d", one))
	s.wait(t, time.Second)
	s.must(t, hold("d", one))
	s.refuses(t, "lapsed", keep("c", s.now.Add(time.Minute)))
	s.refuses(t, "lapsed", commit("c", "SO-1"))

	// the QR code of a payment lives five minutes, the cart's hold is longer: it is not cut
	s.must(t, keep("d", s.now.Add(5*time.Minute+PaymentMargin)))
	s.wait(t, CartHold-time.Second)
	s.refuses(t, "not-enough", hold("c", one)) // the payment has failed, and may be tried again
	s.must(t, keep("d", s.now.Add(15*time.Minute+PaymentMargin)))
	s.wait(t, 16*time.Minute)
	s.refuses(t, "not-enough", hold("c", one))
	s.wait(t, time.Minute)
	s.must(t, hold("c", one))
	if l := s.level("A"); l.Reserved != 1 || l.Committed != 0 {
		t.Errorf("in the end: %+v", l)
	}
	s.must(t, do(func(t *visit.Turn) error { return Commit(t, "c", "SO-2", s.now.Add(time.Hour)) }))
	s.refuses(t, "bought", hold("c", one))
	s.refuses(t, "bought", keep("c", s.now))
	s.refuses(t, "bought", commit("c", "SO-3"))
	s.must(t, commit("c", "SO-2"))
	s.wait(t, time.Hour)
	if l := s.level("A"); l.Committed != 0 || s.atp("A") != 1 {
		t.Errorf("after the pickup window: %+v", l)
	}
}

func TestGoodsAreSoldFromDoors(t *testing.T) {
	s := newSite("1", "2")
	put := func(sku, door string, n int) moving {
		return moving{Moved{SKU: sku, To: Door, ToDoor: door, Quantity: n, Cause: Received}}
	}
	s.must(t, put("A", "1", 2))
	s.refuses(t, "door-not-free", put("B", "1", 1))
	s.refuses(t, "no-such-compartment", put("A", "9", 1))
	s.refuses(t, "door", put("A", "", 1))
	if box, _ := wall.Compartments.Get(s.state(), "1"); box.Allocation != wall.ForSale {
		t.Errorf("the door is %+v", box)
	}
	s.has(t, "A", Shelf, 1)
	doors, l := Where(s.state(), "A")
	if len(doors) != 1 || doors[0] != (Goods{Door: "1", SKU: "A",
		Quantity: 2}) || l.Doors != 2 || l.Here() != 3 {
		t.Errorf("they are at %+v, %+v", doors, l)
	}
	at := func(n int) Line { return Line{SKU: "A", Quantity: n, Door: "1"} }
	s.refuses(t, "not-enough", hold("c", at(3)))
	s.must(t, hold("c", at(1)))
	s.refuses(t, "not-enough", hold("d", at(2)))
	s.must(t, hold("d", at(1), Line{SKU: "A", Quantity: 1}))
	s.refuses(t, "promised", moving{Moved{SKU: "A", From: Door, FromDoor: "1", To: Shelf, Quantity: 1,
		Cause: "tidied"}})
	s.must(t, commit("c", "SO-1"))
	s.must(t, take("c", "1"))
	s.refuses(t, "not-held", take("c", "1"))
	if l := s.level("A"); l.Committed != 0 || l.Doors != 1 || s.atp("A") != 0 {
		t.Errorf("after one was taken: %+v", l)
	}
	s.must(t, take("d", "1"))
	s.must(t, do(func(t *visit.Turn) error { return HandOver(t, "d", "A", Shelf, 1) }))
	if box, _ := wall.Compartments.Get(s.state(), "1"); box.Allocation != wall.Free {
		t.Errorf("the door is %+v", box)
	}
	if l := s.level("A"); l.Here() != 0 || l.Reserved != 0 || len(Reservations.All(s.state())) != 0 {
		t.Errorf("in the end: %+v", l)
	}
}

func TestADoorWithGoodsComesBackToThem(t *testing.T) {
	s := newSite("1")
	s.must(t, moving{Moved{SKU: "A", To: Door, ToDoor: "1", Quantity: 2, Cause: Received}})
	s.must(t, do(func(t *visit.Turn) error {
		t.Emit(&wall.DoorOutOfService{OfDoor: wall.OfDoor{Compartment: "1"}})
		box, _ := wall.Compartments.Get(t.State, "1")
		t.Doubt(box, "door_forced")
		done, err := t.Restore(box, "looked", "s-1")
		if !done {
			return fmt.Errorf("the goods do not get it back: %w", err)
		}
		return err
	}))
	if box, _ := wall.Compartments.Get(s.state(), "1"); box.Allocation != wall.ForSale {
		t.Errorf("the door is %+v", box)
	}
	if all := Tasks(s.state()); len(all) != 1 || all[0].Kind != Recount || all[0].Door != "1" {
		t.Errorf("the tasks are %+v", all)
	}
	s.must(t, CountPlace{SKU: "A", Place: Door, Door: "1", Counted: 0, Post: true})
	if all := Tasks(s.state()); len(all) != 0 || s.level("A").Here() != 0 {
		t.Errorf("after it was counted: %+v, %+v", all, s.level("A"))
	}
}

// What somebody has in their hands is sold, whatever is known: staff are asked to count.
func TestWhatIsInHandIsSold(t *testing.T) {
	s := newSite()
	s.must(t, do(func(t *visit.Turn) error { return Sell(t, "A", Shelf, 1) }))
	if all := Tasks(s.state()); len(all) != 1 || all[0].Kind != Missing || all[0].Units != -1 {
		t.Fatalf("the tasks are %+v", all)
	}
	s.must(t, CountPlace{SKU: "A", Place: Shelf, Counted: 3, Post: true})
	if all := Tasks(s.state()); len(all) != 0 || s.atp("A") != 3 {
		t.Errorf("after it was counted: %+v, %d", all, s.atp("A"))
	}
}
