package returns_test

import (
	"fmt"
	"testing"
	"time"

	"cubby/locker/door"
	"cubby/locker/orders"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/returns"
	"cubby/locker/view"
)

// asked begins a return of one unit of a line by the centre.
func (s *site) asked(t *testing.T, order, line, prefer string) (c returns.Case) {
	t.Helper()
	return s.askedAt(t, returns.Asked, order, line, prefer)
}

func (s *site) askedAt(t *testing.T, by returns.Channel, order, line, prefer string) (c returns.Case) {
	t.Helper()
	s.do(t, returns.Request{Channel: by, Order: order, Prefer: prefer, Agreed: true, Now: &c,
		Items: []returns.Ask{{Line: line, Quantity: 1, Reason: "changed_mind"}}})
	return c
}

func (s *site) announce(t *testing.T, id, exchangeOf string) {
	t.Helper()
	s.do(t, parcel.Announce{ID: id, Announcement: parcel.Announcement{ExchangeOf: exchangeOf}})
}

func (s *site) held(id string) bool {
	p, _ := parcel.Parcels.Get(s.state(), id)
	return p.OnHold != nil
}

// Whoever gets a new item gets no money for the old one, in whichever order it is tried.
func TestNobodyGetsTheNewItemAndTheMoney(t *testing.T) {
	money := func(c returns.Case) returns.Settle {
		return returns.Settle{Case: c.ID, Item: 1, Decision: returns.RefundOriginal}
	}
	t.Run("the new item first", func(t *testing.T) {
		s := newSite("s1")
		s.put(t, "O-1", orderR("s1"))
		c := s.asked(t, "O-1", "A", "exchange")
		s.announce(t, "P-1", c.ID)
		s.refused(t, parcel.Announce{ID: "P-2", Announcement: parcel.Announcement{ExchangeOf: c.ID}}, "no-such-return")
		s.do(t, returns.Drop{By: ann, Case: c.ID})
		s.do(t, returns.Grading{By: ann, Case: c.ID, Item: 1, Result: returns.LikeNew})
		s.refused(t, money(c), "exchanged")
		atCounter := returns.Settle{Case: c.ID, Item: 1, Decision: returns.Exchange, Swap: &returns.Swap{
			Title: "another", Price: 5400, Settled: true}}
		s.refused(t, atCounter, "exchanged")
		// It is held: nobody gets it any more, and money is possible.
		s.do(t, parcel.HoldParcel{ID: "P-1", Reason: "the customer wants money"})
		s.do(t, money(c))
		s.refused(t, parcel.ReleaseParcel{ID: "P-1"}, "exchange-waits")
	})
	t.Run("the exchange decided", func(t *testing.T) {
		s := newSite("s1")
		s.put(t, "O-1", orderR("s1"))
		c := s.asked(t, "O-1", "A", "exchange")
		s.announce(t, "P-1", c.ID)
		s.do(t, returns.Drop{By: ann, Case: c.ID})
		s.do(t, returns.Grading{By: ann, Case: c.ID, Item: 1, Result: returns.LikeNew})
		s.do(t, returns.Settle{Case: c.ID, Item: 1, Decision: returns.Exchange})
		if c = s.cases()[0]; c.State != returns.Closed || s.held("P-1") || len(s.refunds()) > 0 {
			t.Errorf("the case is %s, the new item held: %v; refunds: %v", c.State, s.held("P-1"), s.refunds())
		}
	})
	t.Run("the money first", func(t *testing.T) {
		s := newSite("s1")
		s.put(t, "O-1", orderR("s1"))
		c := s.asked(t, "O-1", "A", "")
		s.do(t, returns.Drop{By: ann, Case: c.ID})
		s.do(t, returns.Grading{By: ann, Case: c.ID, Item: 1, Result: returns.LikeNew})
		s.do(t, money(c))
		s.refused(t, parcel.Announce{ID: "P-1", Announcement: parcel.Announcement{ExchangeOf: c.ID}}, "no-such-return")
	})
}

// No hand releases the new item before the old one is in, and a parcel does not become or
// cease to be a new item once it is told of.
func TestTheNewItemIsReleasedByNoHand(t *testing.T) {
	s := newSite("s1")
	s.put(t, "O-1", orderR("s1"))
	c := s.asked(t, "O-1", "A", "exchange")
	s.announce(t, "P-1", c.ID)
	for _, by := range []people.Doer{{}, {ID: "sue"}} {
		s.refused(t, parcel.ReleaseParcel{By: by, ID: "P-1", Reason: "please"}, "exchange-waits")
	}
	s.refused(t, parcel.Announce{ID: "P-1"}, "exchange-settled")
	s.announce(t, "P-2", "")
	s.refused(t, parcel.Announce{ID: "P-2", Announcement: parcel.Announcement{ExchangeOf: c.ID}}, "exchange-settled")
	s.announce(t, "P-1", c.ID) // the same again
	s.do(t, returns.End{Case: c.ID, State: returns.Cancelled})
	if s.refused(t, parcel.ReleaseParcel{ID: "P-1"}, "exchange-waits"); !s.held("P-1") {
		t.Error("nothing has come back, and the new item may be had")
	}
}

// What was free comes back like everything else, and its return ends.
func TestWhatWasFreeIsGradedAndItsReturnCloses(t *testing.T) {
	s := newSite("s1")
	s.settings.Rules = usual(5000)
	o := orderR("s1")
	o.Lines[0].Discount, o.Tenders = 6000, o.Tenders[1:]
	o.Tenders[0].Amount = 3600
	s.put(t, "O-1", o)
	c := s.asked(t, "O-1", "A", "")
	s.scan(t, c.ID)
	s.act(t, view.ActPick, "original")
	s.closes(t, s.opens(t), door.Present)
	if c = s.cases()[0]; c.State != returns.DroppedOff || c.Items[0].Decision == "" || !c.Items[0].ToGrade() {
		t.Fatalf("the case is %s with %+v", c.State, c.Items[0])
	}
	s.collect(t, c)
	s.do(t, returns.Grading{By: ann, Case: c.ID, Item: 1, Result: returns.LikeNew})
	if c = s.cases()[0]; c.State != returns.Closed || len(s.refunds()) > 0 {
		t.Errorf("the case is %s, refunds: %v", c.State, s.refunds())
	}
	s.refused(t, returns.Grading{By: ann, Case: c.ID, Item: 1, Result: returns.Opened}, "wrong-state")
}

// What sending has cost is paid back once, also when something that was given back then
// comes once more.
func TestSendingIsPaidBackOnce(t *testing.T) {
	s := newSite("s1")
	o := orderR("s1")
	o.Shipping = orders.Shipping{Standard: 490, Paid: 490}
	o.Tenders[1].Amount += 490
	s.put(t, "O-1", o)
	settle := func(line string, d returns.Decision) {
		c := s.askedAt(t, returns.AtCounter, "O-1", line, "")
		s.do(t, returns.Drop{By: ann, Case: c.ID})
		s.do(t, returns.Grading{By: ann, Case: c.ID, Item: 1, Result: returns.LikeNew})
		s.do(t, returns.Settle{Case: c.ID, Item: 1, Decision: d})
	}
	first := s.asked(t, "O-1", "A", "")
	settle("B", returns.RefundOriginal)
	s.do(t, returns.End{Case: first.ID, State: returns.Cancelled})
	settle("A", returns.RefundGiftCard)
	sum := int64(0)
	for _, r := range s.refunds() {
		sum += r.Amount
	}
	if sum != 9490 {
		t.Errorf("of 9490 paid %d come back", sum)
	}
}

// Receipts are guessed by the reader as little as by the keyboard.
func TestReceiptsAreNotGuessedByTheReader(t *testing.T) {
	s := newSite("s1")
	s.put(t, "O-1", orderR("s1"))
	for i := range 20 {
		s.scan(t, fmt.Sprintf("RC-%d", i))
	}
	s.scan(t, "RC-1001")
	if v := s.view(); v.Step == view.StepReturnLines {
		t.Error("after twenty guesses another one opens the order")
	}
	s.act(t, view.ActBack, "")
	s.act(t, view.ActStartReturn, "")
	s.scan(t, "RC-1001")
	if v := s.view(); v.Reason != view.ReasonWait {
		t.Errorf("the page is %s %s", v.Step, v.Reason)
	}
	s.now = s.now.Add(time.Hour)
	s.scan(t, "RC-1001")
	s.at(t, view.StepReturnLines)
}

// Something is in, and its customer leaves while the door for the rest is open: what is in
// comes to staff, however that door ends, and the centre takes nothing from under somebody's
// hands.
func TestWhatIsInComesToStaffWhenItsCustomerLeaves(t *testing.T) {
	for name, sensor := range map[string]door.Presence{"empty": door.Empty, "present": door.Present} {
		t.Run(name, func(t *testing.T) {
			s := newSite("s1")
			s.centre = true
			s.put(t, "O-1", orderR(""))
			s.scan(t, "RC-1001")
			for _, line := range []string{"A", "B"} {
				s.act(t, view.ActPick, line)
				s.act(t, view.ActPick, "changed_mind")
				if line == "A" {
					s.act(t, view.ActMore, "")
				}
			}
			s.act(t, view.ActPick, "original")
			s.at(t, view.StepReturnAsking)
			s.now = s.now.Add(10 * time.Second)
			s.tick(t)
			s.closes(t, s.opens(t), door.Present)
			s.at(t, view.StepReturnMore)
			c := s.cases()[0]
			no := returns.Answer{Case: c.ID, Reason: "it came back elsewhere"}
			s.refused(t, no, "at-the-door")
			s.act(t, view.ActMore, "")
			second := s.opens(t)
			s.refused(t, no, "at-the-door")
			for range 5 {
				s.now = s.now.Add(5 * time.Minute)
				s.tick(t)
			}
			s.at(t, view.StepIdle)
			s.closes(t, second, sensor)
			if c = s.cases()[0]; !c.Here() {
				t.Fatalf("the case is %s with %v", c.State, c.Bags)
			}
			s.do(t, no)
			if c = s.cases()[0]; c.State != returns.Decided || c.Items[0].Decision != returns.GiveBack {
				t.Errorf("declined, the case is %s with %+v", c.State, c.Items)
			}
		})
	}
}

// What has gone back already comes back another way as little as the same way.
func TestAnOrderNeverGivesMoreThanWasPaidForIt(t *testing.T) {
	s := newSite("s1")
	o := orderR("s1")
	o.Tenders = []orders.Tender{{ID: "t1", Kind: orders.Card, Amount: 9000, RefundedElsewhere: 5000}}
	s.put(t, "O-1", o)
	c := s.askedAt(t, returns.AtCounter, "O-1", "A", "")
	s.do(t, returns.Drop{By: ann, Case: c.ID})
	s.do(t, returns.Grading{By: ann, Case: c.ID, Item: 1, Result: returns.LikeNew})
	for _, d := range []returns.Decision{returns.RefundOriginal, returns.RefundGiftCard, returns.RefundPoints} {
		s.refused(t, returns.Settle{Case: c.ID, Item: 1, Decision: d}, "above-paid")
	}
	rest := int64(4000)
	s.do(t, returns.Settle{Case: c.ID, Item: 1, Decision: returns.RefundGiftCard, Amount: &rest})
	wantAmounts(t, s, map[string]int64{"gift_card": 4000})
	c = s.askedAt(t, returns.AtLocker, "O-1", "B", "gift_card")
	s.scan(t, c.ID)
	if ways := s.at(t, view.StepReturnOffer).Return.Ways; len(ways) == 0 || ways[0].Amount.Minor != 0 {
		t.Errorf("nothing is left, and offered is %+v", ways)
	}
}

// A parcel that somebody has announced by the name of a bag is no bag.
func TestAParcelByTheNameOfABagIsNone(t *testing.T) {
	s := newSite("s1")
	s.put(t, "O-1", orderR("s1"))
	c := s.asked(t, "O-1", "A", "")
	s.announce(t, c.ID+"-1", "")
	s.scan(t, c.ID)
	s.act(t, view.ActPick, "original")
	n := s.opens(t)
	s.refused(t, returns.Drop{By: ann, Case: c.ID}, "at-the-door")
	s.closes(t, n, door.Present)
	if c = s.cases()[0]; len(c.Bags) != 1 || c.Bags[0].Parcel != c.ID+"-2" {
		t.Errorf("the bags are %v", c.Bags)
	}
	other := s.asked(t, "O-1", "B", "")
	s.announce(t, other.ID+"-1", "")
	s.do(t, returns.Drop{By: ann, Case: other.ID})
}
