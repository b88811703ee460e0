package desk

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// codeShown takes a customer's code at the counter. A badge does what it does on every
// page.
func codeShown(c visit.Present, t *visit.Turn) error {
	if _, staff := people.EmployeeWith(t.State, c.BadgeHash); staff {
		return scanned(c, t)
	}
	if ofSale(t, c.CodeHash) {
		return nil
	}
	over := parcel.HandOver{By: who(t.Visit), CodeHash: c.CodeHash, Token: c.Token, Rotating: c.Rotating}
	if c.Presented == "member" {
		over.Member, over.Parcel = true, noteOf(t.Visit).at().Parcel
		if found := parcel.AtCounterFor(t, c.CodeHash); len(found) > 1 && over.Parcel == "" {
			show(t, found) // each is handed over from its page
			return nil
		}
	}
	again := t.RefusedAlready(view.StepStaffCounter, view.ReasonNoCode)
	if right := handOver(t, over); !right && again {
		t.Heard = view.HeardNotValid // the page looks the same
	}
	return nil
}

// pinTyped takes a customer's PIN at the counter; wrong ones have to wait, as at the
// kiosk.
func pinTyped(c visit.TypePIN, t *visit.Turn) error {
	if s := noteOf(t.Visit).Shown; s != nil && asksSecond(t.Visit) {
		give(t, parcel.HandOver{
			By: who(t.Visit), CodeHash: s.CodeHash, PINHash: s.PINHash, Token: s.Token, Live: true, Tail: c.Tail,
			Member: s.Member, Parcel: s.Parcel,
		})
		return nil
	}
	return people.OfCustomers.Try(t, func() (bool, error) {
		return handOver(t, parcel.HandOver{By: who(t.Visit), PINHash: c.PINHash, Tail: c.Tail}), nil
	}, func(until time.Time, _ bool) {
		t.Show(view.StepStaffCounter, view.ReasonWait)
		t.Visit.RetryAt = until
	})
}

// shown is the right credential of a valuable parcel, while the digits of a phone are asked
// for.
type shown struct {
	CodeHash string       `json:"code,omitempty"`
	PINHash  string       `json:"pin,omitempty"`
	Token    *visit.Token `json:"token,omitempty"`
	Member   bool         `json:"member,omitempty"` // it is a customer's own code
	Parcel   string       `json:"parcel,omitempty"` // the one that it was shown for
}

func asksSecond(v visit.Visit) bool {
	return v.Step == view.StepStaffCounter && (v.Reason == view.ReasonSecond ||
		v.Reason == view.ReasonSecondWrong)
}

// rightButNot are refusals of a code that is right.
var rightButNot = []string{"on-hold", "second-factor-locked", "not-live"}

// handOver gives a parcel at the counter to whoever has shown its code. Where its customer has
// to be of an age, somebody says so first.
func handOver(t *visit.Turn, c parcel.HandOver) (right bool) {
	if asksAge(t, c) {
		return true
	}
	return give(t, c)
}

func give(t *visit.Turn, c parcel.HandOver) (right bool) {
	c.Now = new(parcel.Parcel)
	if c.CodeHash == "" && c.PINHash == "" {
		t.Show(view.StepStaffCounter, view.ReasonNoCode)
		return false
	}
	err := c.Decide(t)
	var r *ledger.Refusal
	switch {
	case err == nil:
		n := noteOf(t.Visit)
		n.Said = &view.Message{ID: view.OpHandOver, Data: map[string]string{"Parcel": c.Now.ShortRef()}}
		n.Trail = append(n.Trail, place{Step: view.StepStaffParcel, Parcel: c.Now.ID})
		arriveAt(t, n)
		return true
	case errors.As(err, &r) && r.Slug == "second-factor":
		n := noteOf(t.Visit)
		n.Shown = &shown{c.CodeHash, c.PINHash, c.Token, c.Member, c.Parcel}
		t.Keep(n)
		why := view.ReasonSecond
		if c.Tail != "" {
			why = view.ReasonSecondWrong
		}
		t.Show(view.StepStaffCounter, why)
		return true
	case errors.As(err, &r) && slices.Contains(rightButNot, r.Slug):
		id, _ := parcel.Shown(t, visit.Present{CodeHash: cmp.Or(c.PINHash, c.CodeHash), Token: c.Token})
		n := noteOf(t.Visit)
		n.Said = whyRefused(r, "")
		n.Trail = append(n.Trail, place{Step: view.StepStaffParcel, Parcel: id})
		arriveAt(t, n)
		t.Visit.Reason = view.ReasonRefused
		return true
	case ledger.CodeOf(err) == ledger.NotAllowed:
		say(t, view.Message{ID: "refused", Text: err.Error()})
	default:
		t.Show(view.StepStaffCounter, view.ReasonNoCode)
	}
	return false
}
