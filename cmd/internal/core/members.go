package core

import (
	"context"

	"cubby/locker/customers"
	"cubby/locker/ledger"
	"cubby/locker/members"
	"cubby/locker/station"
	"cubby/locker/view"
)

// recall has a member's page show all that is known of them. It is kept nowhere.
func (w *deskWork) recall(e ledger.Effect) {
	r := e.(members.Recall)
	w.begin(func(ctx context.Context) {
		if w.everything == nil { // of a practice, where nobody is kept
			return
		}
		all, err := w.everything(ctx, r.Customer)
		if err != nil && ctx.Err() == nil {
			w.log.Error("what is known of a customer cannot be read", "error", err)
		}
		lines := linesOf(all)
		w.station.AttachView(station.Page{Visit: r.Visit, Step: view.StepMemberHistory}, func(v *view.View) {
			v.Member.Loading = false
			v.Member.Lines = append(v.Member.Lines, lines...)
		})
	})
}

// linesOf are the lines of what is kept beside the record.
func linesOf(all customers.Everything) (lines []view.MemberLine) {
	for _, p := range all.Parcels {
		at := p.Announced
		if p.Ended != nil {
			at = *p.Ended
		} else if p.Stored != nil {
			at = *p.Stored
		}
		lines = append(lines, view.MemberLine{Kind: "parcel", Text: p.ID, Name: p.State, At: &at})
	}
	for _, o := range all.Orders {
		lines = append(lines, view.MemberLine{Kind: "order", Text: o.ID, Name: o.Shop, At: &o.Ordered})
	}
	for _, r := range all.Returns {
		lines = append(lines, view.MemberLine{Kind: "return", Text: r.ID, Name: r.State, At: &r.Requested})
	}
	for _, m := range all.Messages {
		lines = append(lines, view.MemberLine{Kind: "message", Text: m.Kind + " (" + m.Channel + ")", Name: m.State,
			At: &m.Queued})
	}
	return lines
}
