package hub

import (
	"context"
	"slices"
	"strconv"

	"cubby/locker/ledger"
	"cubby/locker/plain"
	"cubby/locker/returns"
	"cubby/sync/db"
)

func (r *keptReturn) shown() Return {
	return Return{
		Station: r.station, ID: r.Case.ID, Order: r.Case.Order, Shop: r.Case.Shop, State: r.Case.State,
		Conditional: r.Case.Conditional, Waiting: r.waits(), Why: r.Why, For: r.For, Answer: r.Answer,
		AnsweredBy: r.By, Reason: r.Reason, Answered: r.Answered.UTC(), Refused: r.Refused,
		Requested: r.Case.Requested.UTC(), Changed: r.Changed.UTC(), Rev: r.Rev, Case: r.Case,
	}
}

// Returns reads a page of returns.
func (h *Hub) Returns(ctx context.Context, f ReturnFilter) (list []Return, next string, err error) {
	where, args, order := "n < ?", []any{before(f.After)}, "DESC"
	if f.Waiting {
		n, _ := strconv.ParseInt(f.After, 10, 64)
		where, args, order = "n > ? AND waiting = 1", []any{n}, "ASC"
	}
	where, args = both(where, args, "station", f.Station)
	where, args = both(where, args, "order_id", f.Order)
	where, args = both(where, args, "state", f.State)
	limit := page(f.Limit)
	r, err := h.db.Query(ctx, "SELECT "+returnColumns+" FROM returns WHERE "+where+" ORDER BY n "+order+" LIMIT ?",
		append(args, limit+1)...)
	all, err := rows(r, err, scanReturn)
	if err != nil {
		return nil, "", err
	}
	for i, one := range all {
		if i == limit {
			return list, strconv.FormatInt(all[i-1].n, 10), nil
		}
		list = append(list, one.shown())
	}
	return list, "", nil
}

// both adds a condition when it restricts.
func both(where string, args []any, column, value string) (string, []any) {
	if value == "" {
		return where, args
	}
	return where + " AND " + column + " = ?", append(args, value)
}

// Return reads one return, with its refunds.
func (h *Hub) Return(ctx context.Context, station, id string) (Return, error) {
	r, err := h.db.Query(ctx, "SELECT "+returnColumns+" FROM returns WHERE station = ? AND id = ?", station, id)
	all, err := rows(r, err, scanReturn)
	if err != nil {
		return Return{}, err
	}
	if len(all) == 0 {
		return Return{}, refuseUnknown("return")
	}
	out := all[0].shown()
	r, err = h.db.Query(ctx, "SELECT station, n, doc FROM refunds WHERE station = ? AND case_id = ? ORDER BY n",
		station, id)
	refunds, err := rows(r, err, scanRefund)
	for _, one := range refunds {
		out.Refunds = append(out.Refunds, one.shown())
	}
	return out, err
}

// mostReason bounds why a return is declined, in characters, as stations do.
const mostReason = 300

// AnswerReturn answers a return that was taken on condition. Agreeing is refused where
// something could come back more often than it was bought.
func (h *Hub) AnswerReturn(ctx context.Context, by, station, id string, agree bool, reason string) error {
	if !agree {
		if err := plain.Check(reason, mostReason, "reason", "/reason"); err != nil {
			return err
		}
	}
	answer, what := agreed, "return agreed to"
	if !agree {
		answer, what = declined, "return declined"
	}
	err := h.act(ctx, by, what, "returns/"+id, "at "+station, func(tx *db.Tx) error {
		r, err := h.loadReturn(tx, station, id)
		if err != nil {
			return err
		}
		if r == nil {
			return refuseUnknown("return")
		}
		switch {
		case r.Answer == answer && (r.Case.Conditional || agree != (r.Case.State == returns.Declined)):
			return nil // said already
		case !r.Case.Conditional, r.Case.State.Over(), r.Answer != "":
			return ledger.Refuse(ledger.Conflict, "wrong-state", "this return waits for no answer")
		}
		all, err := h.loadReturns(tx, r.Case.Order)
		if err != nil {
			return err
		}
		b, err := h.loadOrder(tx, r.Case.Order)
		if err != nil {
			return err
		}
		if b != nil && agree {
			if err := b.mayAgree(r, claims(all)); err != nil {
				return err
			}
		}
		r.Answer, r.By, r.Reason, r.Answered = answer, by, reason, h.now()
		for i, one := range all {
			if one.station == station && one.Case.ID == id {
				all[i] = r
			}
		}
		if b == nil {
			b = &book{ID: r.Case.Order}
			return h.answersWith(tx, b, all, r)
		}
		if err := h.answersWith(tx, b, all, r); err != nil {
			return err
		}
		return h.saveOrder(tx, b)
	})
	if err == nil {
		h.told.happen()
	}
	return err
}

// mayAgree says why a person may not agree to a return that waits.
func (b *book) mayAgree(r *keptReturn, all []*claim) error {
	if b.Cancelled {
		return ledger.Refuse(ledger.Conflict, "order-cancelled", "the order is cancelled")
	}
	me := all[slices.IndexFunc(all, func(c *claim) bool { return c.station == r.station && c.id == r.Case.ID })]
	for id, n := range me.units {
		l := b.line(id)
		switch {
		case l == nil: // which somebody knows of who knows the order
		case b.firm(l, all, me)+n > l.Quantity:
			return ledger.Refuse(ledger.Conflict, "back-already", "line %s has come back at another place", id)
		case l.Holder != "" && l.Holder != r.station:
			return ledger.Refuse(ledger.Conflict, "leased-elsewhere",
				"station %s may have taken line %s back and has not been heard; wait for it, or remove it",
				l.Holder, id)
		}
	}
	return nil
}

func (k *keptRefund) shown() Refund {
	return Refund{
		Station: k.station, Refund: k.Refund, Waiting: k.waits(), Told: k.Told, By: k.By, Refused: k.Refused,
		Over: k.Over, Changed: k.Changed.UTC(),
	}
}
