package bearer

import (
	"errors"

	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// offered is what the visit keeps of the time that was offered on a page, or why there is none.
type offered struct {
	Offer parcel.Extension `json:"offer"`
	Why   string           `json:"why,omitempty"` // slug of the refusal
}

const offeredName = "more_time"

// extendSteps are the pages on which somebody asks for more time to collect a parcel.
func extendSteps() map[view.Step]visit.Step {
	return map[view.Step]visit.Step{
		view.StepBearerExtend: {
			Acts: []visit.Act{
				{
					Name: view.ActYes, Do: takeTime,
					When: func(_ *ledger.State, v visit.Visit, _ visit.Env) bool { return asked(v).Why == "" },
				},
				{Name: view.ActBack, Do: toParcel},
			},
			Shows: func(_ *ledger.State, v visit.Visit, out *view.View) {
				o := asked(v)
				if o.Why != "" {
					out.Bearer.NoTime = o.Why
					return
				}
				out.Bearer.MoreTime = &view.BearerTime{Until: o.Offer.Deadline, Hours: o.Offer.Hours}
				if o.Offer.Amount > 0 {
					out.Bearer.MoreTime.Price = &view.Money{Minor: o.Offer.Amount, Currency: o.Offer.Currency}
				}
			},
		},
	}
}

func asked(v visit.Visit) offered { return visit.DataAs[offered](v, offeredName) }

func mayAskTime(_ *ledger.State, p parcel.Parcel, _ parcel.Right, env visit.Env) bool {
	return parcel.CanBeExtended(p, env.Policy)
}

// askTime shows what more time means, or why there is none now.
func askTime(t *visit.Turn, p parcel.Parcel, _ parcel.Right) {
	t.KeepAs(offeredName, offerFor(t, p))
	showTime(t)
}

func showTime(t *visit.Turn) { t.Show(view.StepBearerExtend, view.ReasonNone) }

func offerFor(t *visit.Turn, p parcel.Parcel) (o offered) {
	offer, err := parcel.MayExtend(t, p)
	var why *ledger.Refusal
	if errors.As(err, &why) {
		o.Why = why.Slug
	}
	o.Offer = offer
	return o
}

// takeTime gives the time that the page has told. What is offered by now may be another, or
// nothing: then the page is shown anew.
func takeTime(t *visit.Turn) {
	p, _, ok := chosen(t.State, t.Visit)
	if !ok {
		return
	}
	now, told := offerFor(t, p), asked(t.Visit)
	same := now.Offer.Deadline.Equal(told.Offer.Deadline) && now.Offer.Amount == told.Offer.Amount &&
		now.Offer.Currency == told.Offer.Currency
	if now.Why != "" || !same {
		t.KeepAs(offeredName, now)
		showTime(t)
		return
	}
	parcel.AddTime(t, p, now.Offer, "kiosk")
	t.Show(view.StepBearerParcel, view.ReasonMoreTime)
}
