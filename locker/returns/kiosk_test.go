package returns_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"cubby/locker/door"
	"cubby/locker/orders"
	"cubby/locker/people"
	"cubby/locker/returns"
	"cubby/locker/stock"
	"cubby/locker/view"
	"cubby/locker/wall"
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
	s.act(t, view.ActFinish, "")
	s.scan(t, c.ID) // its code once more
	if v = s.at(t, view.StepReturnRefused); v.Reason != view.ReasonOver {
		t.Errorf("the code is refused with %s", v.Reason)
	}
	if c = s.cases()[0]; !slices.Equal(c.Signals, []string{"label_again"}) {
		t.Errorf("signals are %v", c.Signals)
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

// A tote is scanned, laid behind a door, and its points are told.
func TestPackagingComesBackForPoints(t *testing.T) {
	s := newSite("s1")
	s.settings.Points = map[string]int{"box": 10, "tote": 25}
	s.act(t, view.ActStartReturn, "")
	s.act(t, view.ActStartPackaging, "")
	v := s.at(t, view.StepPackaging)
	if len(v.Return.Reasons) != 2 || v.Return.Reasons[0].Value != "box" || v.Return.Reasons[1].Value != "tote" {
		t.Errorf("it takes %+v", v.Return.Reasons)
	}
	s.scan(t, "TOTE-17")
	n := s.opens(t)
	s.at(t, view.StepReturnOpen)
	s.closes(t, n, door.PresenceUnknown)
	if v = s.at(t, view.StepPackagingDone); v.Return.Points != 25 {
		t.Errorf("%d points", v.Return.Points)
	}
	for _, f := range s.facts {
		if f, ok := f.(*returns.PackagingTaken); ok && (f.Code != "TOTE-17" || f.Points != 25 || f.Door != n) {
			t.Errorf("told %+v", f)
		}
	}
}

// Whoever changes their mind before the door is shut has the item, and no return.
func TestAMindIsChangedUntilTheDoorIsShut(t *testing.T) {
	s := newSite("s1")
	s.put(t, "O-1", orderR("s1"))
	s.scan(t, "RC-1001")
	s.act(t, view.ActPick, "A")
	s.act(t, view.ActPick, "changed_mind")
	s.act(t, view.ActPick, "original")
	n := s.opens(t)
	s.act(t, view.ActChangeMind, "")
	s.at(t, view.StepReturnRetake)
	s.act(t, view.ActBack, "") // and again
	s.at(t, view.StepReturnOpen)
	s.act(t, view.ActChangeMind, "")
	s.closes(t, n, door.Empty)
	s.at(t, view.StepIdle)
	if c := s.cases()[0]; c.State != returns.Cancelled || returns.Claimed(s.state(), "O-1", "A") != 0 {
		t.Errorf("the case is %s", c.State)
	}
	box, _ := wall.Compartments.Get(s.state(), n)
	if box.Allocation != wall.Free || box.Parcel != "" {
		t.Errorf("the door is %s with %q", box.Allocation, box.Parcel)
	}
}

// The order's number alone opens nothing: the postcode or the phone's last digits prove it,
// and whoever guesses waits.
func TestAnOrdersNumberTakesASecondFact(t *testing.T) {
	s := newSite("s1")
	o := orderR("s1")
	o.ID = "O-1"
	o.Prove(s.env().Mark, orders.Proof{Postcode: "10115", Phone: "+49 30 901 820 4711"})
	s.put(t, "O-1", o)
	s.act(t, view.ActStartReturn, "")
	s.act(t, view.ActType, "text=O-1")
	if v := s.at(t, view.StepReturnSecond); v.Return.Hint != "both" || v.Return.Order != "" {
		t.Errorf("the page says %+v", v.Return)
	}
	s.act(t, view.ActType, "text=9999")
	if v := s.at(t, view.StepReturnRefused); v.Reason != view.ReasonNotValid {
		t.Errorf("refused with %s", v.Reason)
	}
	// A number that nobody has is asked for the same.
	s.act(t, view.ActStartReturn, "")
	s.act(t, view.ActType, "text=O-999")
	if v := s.at(t, view.StepReturnSecond); v.Return.Hint != "both" {
		t.Errorf("the page says %+v", v.Return)
	}
	s.act(t, view.ActType, "text=4711")
	s.at(t, view.StepReturnRefused)
	for range 6 {
		if v := s.view(); v.Reason == view.ReasonWait {
			break
		}
		s.act(t, view.ActStartReturn, "")
		s.act(t, view.ActType, "text=O-1")
		if s.view().Step == view.StepReturnSecond {
			s.act(t, view.ActType, "text=0000")
		}
	}
	if v := s.view(); v.Reason != view.ReasonWait {
		t.Errorf("after six guesses the page is %s %s", v.Step, v.Reason)
	}
	s.now = s.now.Add(time.Hour)
	s.act(t, view.ActStartReturn, "")
	s.act(t, view.ActType, "text=O-1")
	s.act(t, view.ActType, "text=4711")
	s.at(t, view.StepReturnLines)
}

// Whoever finds no door in time loses no day by it.
func TestTheClockStandsStillForWhoIsTurnedAway(t *testing.T) {
	s := newSite("s1")
	o := orderR("s1")
	o.Country, o.Channel, o.Contract = "", orders.InStore, orders.OnPremises
	s.put(t, "O-1", o)
	for _, n := range []string{"1", "2", "3"} {
		state := s.state()
		wall.Change(state, n, func(c *wall.Compartment) { c.Allocation = wall.OutOfService })
		s.merge(state.Changes())
	}
	s.now = at("2026-12-31 12:00") // 30 days from 2 December end with 1 January
	s.scan(t, "RC-1001")
	s.act(t, view.ActPick, "A")
	s.act(t, view.ActPick, "changed_mind")
	s.act(t, view.ActPick, "original")
	if v := s.at(t, view.StepReturnCounter); v.Reason != view.ReasonNoDoor {
		t.Errorf("the page says %s", v.Reason)
	}
	s.act(t, view.ActFinish, "")
	s.now = at("2027-01-05 12:00")
	s.scan(t, "RC-1001")
	if v := s.at(t, view.StepReturnLines); !v.Return.Lines[0].Eligible {
		t.Errorf("too late for who was turned away: %+v", v.Return.Lines[0])
	}
	s.brought(t, "O-1", returns.Ask{Line: "A"})
	s.refused(t, returns.Request{By: ann, Channel: returns.AtCounter, Order: "O-1", Items: []returns.Ask{{
		Line: "B", Quantity: 1, Reason: "changed_mind",
	}}}, "not-returnable")
}

// Whoever keeps the rest gets no money for it: nobody knows what is in before somebody has
// looked.
func TestWhatIsKeptAtTheSecondDoorIsNotPaid(t *testing.T) {
	s := newSite("s1")
	o := orderR("s1")
	for i := range o.Lines {
		o.Lines[i].UnitPrice, o.Lines[i].Discount = 1000, 0
	}
	o.Tenders = []orders.Tender{{ID: "t1", Kind: orders.Card, Amount: 2000, Reference: "pi_1"}}
	s.put(t, "O-1", o)
	s.scan(t, "RC-1001")
	for _, line := range []string{"A", "B"} {
		s.act(t, view.ActPick, line)
		s.act(t, view.ActPick, "changed_mind")
		if line == "A" {
			s.act(t, view.ActMore, "")
		}
	}
	if v := s.at(t, view.StepReturnOffer); v.Return.When != "at_drop" {
		t.Fatalf("the money comes %s: this order shows nothing", v.Return.When)
	}
	s.act(t, view.ActPick, "original")
	n := s.opens(t)
	s.act(t, view.ActOtherDoor, "")
	s.closes(t, n, door.Present)
	n = s.opens(t)
	s.act(t, view.ActChangeMind, "")
	s.closes(t, n, door.Empty)
	v := s.at(t, view.StepReturnDone)
	if v.Return.Total != nil || v.Return.When != "after_grading" {
		t.Errorf("the receipt promises %v, %s", v.Return.Total, v.Return.When)
	}
	if got := s.refunds(); len(got) != 0 {
		t.Errorf("refunds are %+v, and one item has stayed with the customer", got)
	}
	if c := s.cases()[0]; c.State != returns.DroppedOff || !slices.Contains(c.Signals, "partly") {
		t.Errorf("the case is %s with the signals %v", c.State, c.Signals)
	}
}

// A customer's word against the sensor's opens no till: somebody looks first.
func TestWhatTheSensorDoesNotSeeIsNotPaidAtOnce(t *testing.T) {
	for _, prefer := range []string{"original", "exchange"} {
		s := newSite("s1")
		o := orderR("s1")
		o.Lines, o.Tenders = o.Lines[:1], []orders.Tender{{ID: "t1", Kind: orders.Card, Amount: 1000}}
		o.Lines[0].UnitPrice, o.Lines[0].Discount = 1000, 0
		s.put(t, "O-1", o)
		s.scan(t, "RC-1001")
		s.act(t, view.ActPick, "changed_mind")
		s.act(t, view.ActPick, prefer)
		s.closes(t, s.opens(t), door.Empty)
		s.at(t, view.StepReturnCheck)
		s.act(t, view.ActInside, "")
		if v := s.at(t, view.StepReturnDone); v.Return.When != "after_grading" {
			t.Errorf("%s: the receipt promises it %s", prefer, v.Return.When)
		}
		if got := s.refunds(); len(got) != 0 {
			t.Errorf("refunds are %+v, and the sensor has seen nothing", got)
		}
		if c := s.cases()[0]; !slices.Contains(c.Signals, "not_seen") {
			t.Errorf("the case has the signals %v", c.Signals)
		}
	}
}

// A set that comes back whole only is picked whole, and put back whole.
func TestASetIsPickedWhole(t *testing.T) {
	s := newSite("s1")
	o := orderR("s1")
	for i := range o.Lines {
		o.Lines[i].Bundle, o.Lines[i].BundleWhole = "SET", true
	}
	s.put(t, "O-1", o)
	s.scan(t, "RC-1001")
	s.act(t, view.ActPick, "B")
	s.act(t, view.ActPick, "changed_mind")
	if v := s.at(t, view.StepReturnOffer); len(v.Return.Items) != 2 || v.Return.Total.Minor != 9000 {
		t.Fatalf("the offer is about %+v", v.Return.Items)
	}
	s.act(t, view.ActBack, "")
	if v := s.at(t, view.StepReturnLines); len(v.Return.Items) != 0 {
		t.Errorf("there are still %+v", v.Return.Items)
	}
}

// Nothing is here when it is collected at home, and no money is on its way.
func TestCollectingAtHomePromisesNoMoneyAtOnce(t *testing.T) {
	s := newSite("s1")
	s.settings.Rules = usual(10000)
	s.put(t, "O-1", orderR("s1"))
	s.scan(t, "RC-1001")
	s.act(t, view.ActPick, "A")
	s.act(t, view.ActPick, "changed_mind")
	if v := s.at(t, view.StepReturnOffer); v.Return.When != "at_drop" {
		t.Fatalf("behind a door the money comes %s", v.Return.When)
	}
	s.act(t, view.ActHome, "")
	if v := s.at(t, view.StepReturnHome); v.Return.When != "after_grading" || v.Return.Total == nil {
		t.Errorf("the page says %v, %s", v.Return.Total, v.Return.When)
	}
	s.act(t, view.ActYes, "")
	if v := s.at(t, view.StepReturnDone); v.Return.When != "after_grading" || len(s.refunds()) != 0 {
		t.Errorf("the receipt says %s, refunds are %+v", v.Return.When, s.refunds())
	}
}
