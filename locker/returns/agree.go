package returns

import (
	"slices"

	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/locker/plain"
	"cubby/locker/visit"
)

type (
	// Answer is the shop's word on a case that has to be agreed to: the centre's, where
	// something was taken on condition.
	Answer struct {
		By        people.Doer
		Case      string
		Agree     bool
		Units     int    // of the order's lines that are agreed to; 0: all that it holds
		Reason    string // of a refusal
		Condition ledger.Condition
		Now       *Case
	}
	// Drop: staff have taken what comes back over the counter.
	Drop struct {
		By   people.Doer
		Case string
		Now  *Case
	}
	// End closes or cancels a case.
	End struct {
		By        people.Doer
		Case      string
		State     State // Closed or Cancelled
		Reason    string
		Condition ledger.Condition
		Now       *Case
	}
	// KeepPhoto notes a picture of an item.
	KeepPhoto struct {
		Case  string
		Item  int
		Photo string
	}
)

// Decide gives the shop's word.
func (c Answer) Decide(t *visit.Turn) error {
	r, err := open(t, c.By, people.DecideReturns, c.Case, c.Condition)
	if err != nil {
		return err
	}
	defer setNow(t, c.Case, c.Now)
	switch {
	case r.State.Over(), r.State != Requested && !r.Conditional:
		if r.State == Declined && !c.Agree || r.State != Declined && c.Agree && !r.State.Over() {
			return nil // said already
		}
		return wrongState(r, "it waits for no answer")
	case c.Agree && c.Units > 0 && r.units() > c.Units:
		return ledger.Refuse(ledger.Conflict, "return-grown",
			"more has been added to the return since; the answer was about %d of %d", c.Units, r.units())
	case c.Agree:
		t.Emit(&CaseAuthorised{r.of(), c.By.ID})
		return nil
	}
	if err := plain.Check(c.Reason, mostNote, "reason", "/reason"); err != nil {
		return err
	}
	if lyingIn(t, r) || r.awaited() && len(r.Bags) > 0 { // the rest of it follows, or is over soon
		return atDoorNow()
	}
	t.Emit(&CaseDeclined{r.of(), c.Reason, c.By.ID})
	return nil
}

// Decide takes it over the counter.
func (c Drop) Decide(t *visit.Turn) error {
	r, err := open(t, c.By, people.TakeReturns, c.Case, ledger.Condition{})
	if err != nil {
		return err
	}
	defer setNow(t, c.Case, c.Now)
	switch {
	case r.Here():
		return nil
	case r.State != Authorised && !(r.State == Requested && r.Conditional):
		return wrongState(r, "it cannot be taken in")
	case lyingIn(t, r):
		return atDoorNow()
	}
	t.Emit(&AllDropped{OfCase: r.of(), By: c.By.ID})
	return nil
}

// Decide closes what is settled, or cancels what was never brought.
func (c End) Decide(t *visit.Turn) error {
	r, err := open(t, c.By, people.TakeReturns, c.Case, c.Condition)
	if err != nil {
		return err
	}
	defer setNow(t, c.Case, c.Now)
	if r.State == c.State {
		return nil
	}
	if c.Reason != "" {
		if err := plain.Check(c.Reason, mostNote, "reason", "/reason"); err != nil {
			return err
		}
	}
	switch {
	case c.State == Closed && (r.State == Decided || r.State == Settling && paidUp(t.State, r)):
	case c.State == Closed && r.State == Settling:
		return wrongState(r, "wait until its refunds are paid")
	case c.State == Closed && r.State == SettleFailed:
		return wrongState(r, "a refund has failed: try it again, or pay it another way, first")
	case c.State == Cancelled && r.MayCancel() && !lyingIn(t, r):
	case c.State == Cancelled:
		return wrongState(r, "what has been brought is graded, and given back if need be")
	default:
		return wrongState(r, "it cannot be closed before everything is decided")
	}
	t.Emit(&CaseEnded{r.of(), c.State, c.Reason, c.By.ID})
	return nil
}

func paidUp(s *ledger.State, c Case) bool {
	return !slices.ContainsFunc(refundsOfCase.Find(s, c.ID), func(r Refund) bool {
		return r.State != Completed && r.State != Replaced
	})
}

// Decide notes the picture.
func (c KeepPhoto) Decide(t *visit.Turn) error {
	r, ok := Cases.Get(t.State, c.Case)
	i, has := r.Item(c.Item)
	switch {
	case !ok:
		return noSuchCase()
	case !has:
		return noSuchItem()
	case len(i.Photos) >= 8:
		return ledger.Refuse(ledger.Conflict, "photos", "an item has at most 8 pictures")
	case r.State.Over():
		return wrongState(r, "its pictures are erased")
	}
	t.Emit(&PhotoKept{r.of(), c.Item, c.Photo})
	return nil
}
