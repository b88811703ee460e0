package e2e

import (
	"fmt"
	"strings"
	"testing"

	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/view"
)

// laysIn brings one line of an order back at the kiosk, and says what the bag is and where.
func (s *station) laysIn(order, line string) (bag, door string) {
	s.t.Helper()
	s.step(view.StepIdle)
	s.scan("RC-" + order)
	s.step(view.StepReturnLines)
	s.touch(view.ActPick, line)
	s.step(view.StepReturnReason)
	s.touch(view.ActPick, "changed_mind")
	s.step(view.StepReturnOffer)
	s.touch(view.ActPick, "original")
	door = s.step(view.StepReturnOpen).Door()
	s.opens(door)
	s.sim("put", door)
	s.sim("door", door, "close")
	v := s.step(view.StepReturnDone)
	bag = v.OfReturn().Bags[0].Code
	s.touch(view.ActFinish, "")
	s.step(view.StepIdle)
	return bag, door
}

// Two returns lie behind doors. Somebody goes round: a touch and an open door for each. They
// are graded on the same cases; one of them leaves in a tote; the day's money is listed.
func TestARoundEmptiesTheDoorsAndATotesFilled(t *testing.T) {
	t.Parallel()
	s := newStation(t, withDesk)
	s.bought("O-1", "demo")
	sue := s.hire("Sue", people.Supervisor)
	bags, doors := make([]string, 2), make([]string, 2)
	for i, line := range []string{"A", "B"} {
		bags[i], doors[i] = s.laysIn("O-1", line)
	}
	other := s.at("desk")
	desk := other.openWindowOn(newDisplay(t, 1280, 800), "returns-round")
	desk.page(view.StepIdle)
	other.scan(sue.badge)
	desk.page(view.StepStaffMenu)
	v := desk.goes(view.StepStaffReturns, view.ActPick, "returns")
	if i := v.Staff.Items[1]; i.Value != "return_round" || i.Count != 2 {
		t.Errorf("%+v wait behind doors", i)
	}
	desk.goes(view.StepStaffReturnRound, view.ActPick, "return_round")
	for i := range doors {
		desk.press(view.ActOp, view.OpReturnNext)
		v := desk.step(view.StepStaffOpen)
		number := v.Door()
		desk.take(number)
		v = desk.until("the next door is offered", func(v view.View) bool {
			return v.Step == view.StepStaffReturnRound && len(v.Staff.Items) == 1-i
		})
		desk.shows("round", v, "")
		s.becomes(number, "free", func(b box) bool { return b.Allocation == "free" })
	}
	for _, bag := range bags {
		if p := s.parcel(bag); p.State != parcel.CounterHeld {
			t.Errorf("bag %s is %s after the round", bag, p.State)
		}
	}

	cases := make([]string, 2)
	for i, bag := range bags {
		other.scan(bag)
		v := desk.until("the return is shown", func(v view.View) bool {
			return v.Step == view.StepStaffReturnCase && strings.HasPrefix(bag, v.Parcel()+"-")
		})
		desk.shows("case", v, "")
		cases[i] = v.Parcel()
		desk.goes(view.StepStaffReturnGrade, view.ActOp, view.OpReturnGrade)
		if i == 0 {
			desk.goes(view.StepStaffReturnDecide, view.ActPick, "like_new")
			v = desk.goes(view.StepStaffReturnCase, view.ActPick, "refund_original")
		} else { // it was cheap, and paid for when it was laid in
			v = desk.goes(view.StepStaffReturnCase, view.ActPick, "like_new")
		}
		if len(v.Staff.Items) != 3 { // the item, and a refund on each tender
			t.Errorf("%+v", v.Staff.Items)
		}
	}
	desk.goes(view.StepStaffReturnDispose, view.ActOp, view.OpReturnDispose)
	desk.goes(view.StepStaffReturnCase, view.ActPick, "restock_other")
	for desk.until("a page", func(view.View) bool { return true }).Step != view.StepStaffReturns {
		desk.press(view.ActBack, "")
	}
	desk.goes(view.StepStaffReturnTotes, view.ActPick, "return_totes")
	other.scan("TOTE-0007")
	desk.page(view.StepStaffReturnTote)
	other.scan(bags[1])
	v = desk.until("it lies in the tote", func(v view.View) bool { return len(v.OfStaff().Items) == 1 })
	desk.shows("tote", v, "")
	desk.goes(view.StepStaffReturnTotes, view.ActOp, view.OpReturnSeal)
	e := s.hears("a tote is sealed", func(e event) bool { return e.Type == "return.tote_sealed" })
	if e.Actor != "staff:"+sue.id {
		t.Errorf("sealed by %s", e.Actor)
	}
	desk.goes(view.StepStaffReturns, view.ActBack, "")
	v = desk.goes(view.StepStaffReturnMoney, view.ActPick, "return_money")
	if len(v.Staff.Items) != 5 { // another day, and four refunds
		t.Errorf("the refunds of the day are %+v", v.Staff.Items)
	}
	desk.goes(view.StepStaffReturns, view.ActBack, "")
	v = desk.goes(view.StepStaffReturnFigures, view.ActPick, "return_figures")
	if len(v.Staff.Charts) < 3 || fmt.Sprint(v.Staff.Facts) == "[]" {
		t.Errorf("the figures are %+v, %+v", v.Staff.Facts, v.Staff.Charts)
	}
	desk.close()
	s.sound()
}
