package returns_test

import (
	"maps"
	"testing"

	"cubby/locker/door"
	"cubby/locker/people"
	"cubby/locker/returns"
	"cubby/locker/stock"
	"cubby/locker/view"
)

// A return at the locker, from the receipt to the closed case.
func TestAReturnAtTheLockerIsAScanFourTouchesAndAClosedDoor(t *testing.T) {
	s := newSite("s1")
	s.put(t, "O-1", orderR("s1"))
	s.scan(t, "RC-1001")
	v := s.at(t, view.StepReturnLines)
	if len(v.Return.Lines) != 2 || !v.Return.Lines[0].Eligible || v.Return.Lines[0].Each.Minor != 5400 {
		t.Fatalf("the lines are %+v", v.Return.Lines)
	}
	s.act(t, view.ActPick, "A")
	s.at(t, view.StepReturnReason)
	s.act(t, view.ActPick, "changed_mind")
	v = s.at(t, view.StepReturnOffer)
	if v.Return.Total.Minor != 5400 || len(v.Return.Ways) == 0 || v.Return.Ways[0].Value != "original" {
		t.Fatalf("the offer is %+v", v.Return)
	}
	if tenders := v.Return.Ways[0].Tenders; len(tenders) != 2 || tenders[0].Amount.Minor != 1800 ||
		tenders[1].Amount.Minor != 3600 {
		t.Errorf("it goes back as %+v, want 18.00 and 36.00", tenders)
	}
	s.act(t, view.ActPick, "original")
	s.at(t, view.StepReturnOpening)
	n := s.opens(t)
	s.at(t, view.StepReturnOpen)
	s.closes(t, n, door.Present)
	v = s.at(t, view.StepReturnDone)
	if v.Return.Case == "" || len(v.Return.Bags) != 1 || v.Return.Bags[0].Door != n {
		t.Fatalf("the receipt says %+v", v.Return)
	}
	c := s.cases()[0]
	if c.State != returns.DroppedOff || len(s.refunds()) != 0 {
		t.Fatalf("the case is %s with refunds %v; above the limit money waits for grading", c.State, s.refunds())
	}
	grading := returns.Grading{By: people.Doer{ID: "ann"}, Case: c.ID, Item: 1, Result: returns.LikeNew}
	s.refused(t, grading, "behind-door")
	s.collect(t, c)
	s.do(t, grading)
	s.do(t, returns.Settle{By: people.Doer{ID: "ann"}, Case: c.ID, Item: 1, Decision: returns.RefundOriginal})
	if got, want := amounts(t, s), map[string]int64{"gift_card": 1800, "card": 3600}; !maps.Equal(got, want) {
		t.Errorf("refunds are %v, want %v", got, want)
	}
	if l := stock.Of(s.state(), "SHIRT"); l.OnHand != 1 {
		t.Errorf("the stock is %+v: what is like new can be sold", l)
	}
	s.pays(t)
	if c = s.cases()[0]; c.State != returns.Closed {
		t.Errorf("the case is %s, want closed", c.State)
	}
}

// What has been picked is not lost on the way to another item and back.
func TestLookingForAnotherItemKeepsWhatWasPicked(t *testing.T) {
	s := newSite("s1")
	s.put(t, "O-1", orderR("s1"))
	s.scan(t, "RC-1001")
	if s.at(t, view.StepReturnLines).Allows(view.ActYes) {
		t.Error("nothing is picked, and that is said to be all")
	}
	s.act(t, view.ActPick, "A")
	s.act(t, view.ActPick, "changed_mind")
	for _, way := range []view.ActionName{view.ActBack, view.ActYes} {
		s.at(t, view.StepReturnOffer)
		s.act(t, view.ActMore, "")
		s.at(t, view.StepReturnLines)
		s.act(t, way, "")
	}
	if v := s.at(t, view.StepReturnOffer); len(v.Return.Items) != 1 {
		t.Errorf("the offer is about %+v", v.Return.Items)
	}
}

// Whoever asks for another door for the rest is asked no more: it follows.
func TestAnotherDoorForTheRestIsAskedForOnce(t *testing.T) {
	s := newSite("s1")
	s.put(t, "O-1", orderR("s1"))
	s.scan(t, "RC-1001")
	for _, line := range []string{"A", "B"} {
		s.act(t, view.ActPick, line)
		s.act(t, view.ActPick, "changed_mind")
		if line == "A" {
			s.act(t, view.ActMore, "")
		}
	}
	s.act(t, view.ActPick, "original")
	n := s.opens(t)
	s.act(t, view.ActOtherDoor, "")
	if s.at(t, view.StepReturnOpen).Allows(view.ActOtherDoor) {
		t.Error("it is offered still")
	}
	s.closes(t, n, door.Present)
	s.at(t, view.StepReturnOpening)
	s.opens(t)
	if !s.at(t, view.StepReturnOpen).Allows(view.ActOtherDoor) {
		t.Error("a third door cannot be asked for")
	}
}
