package desk

import (
	"pgregory.net/rapid"

	"cubby/locker/orders"
	"cubby/locker/returns"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// scan shows something of an order, a return or a tote to a terminal.
func (h *history) scan(t *rapid.T) {
	texts := []string{"RC-O-1", "O-2", "GR-O-1", "SHIRT", "SN-1", "SN-9", "TOTE-1", "nothing", h.bag}
	for _, c := range returns.Open(h.state()) {
		texts = append(texts, c.ID)
	}
	text := rapid.SampledFrom(texts).Draw(t, "text")
	h.command(t, terminals.Draw(t, "terminal"), visit.Present{Text: text, Label: text, Presented: "label"})
}

// serve is somebody who takes something back as far as the page lets one.
func (h *history) serve(t *rapid.T) {
	at := terminals.Draw(t, "terminal")
	if h.view(at).Step != view.StepStaffMenu {
		h.command(t, at, visit.Present{BadgeHash: "badge-" + names.Draw(t, "whose"), Presented: "badge"})
	}
	if h.view(at).Step != view.StepStaffMenu {
		return
	}
	h.touchIf(t, at, view.ActPick, "returns")
	h.command(t, at, visit.Present{Text: "RC-O-1", Label: "RC-O-1", Presented: "label"})
	h.touchIf(t, at, view.ActPick, rapid.SampledFrom([]string{"A", "B"}).Draw(t, "line"))
	for range rapid.IntRange(0, 5).Draw(t, "steps") {
		v := h.view(at)
		items := valuesOf(v.OfStaff().Items)
		if len(items) == 0 || v.Step == view.StepStaffReturnCase || v.Step == view.StepStaffReturnOrder {
			return
		}
		h.touchIf(t, at, view.ActPick, rapid.SampledFrom(items).Draw(t, "picked"))
		h.touchIf(t, at, view.ActType, "text=12.50")
	}
}

// pay has whoever pays answer a refund.
func (h *history) pay(t *rapid.T) {
	for _, o := range []string{"O-1", "O-2"} {
		for _, r := range h.refundsOf(o) {
			if r.State == returns.Pending {
				h.command(t, "", returns.AnswerRefund{
					ID: r.ID, State: rapid.SampledFrom([]string{"completed", "failed", "pending"}).Draw(t, "answer"),
				})
				return
			}
		}
	}
}

func (h *history) refundsOf(order string) (all []returns.Refund) {
	for _, f := range h.facts {
		if f, ok := f.(*returns.RefundOrdered); ok && f.Order == order {
			r, _ := returns.Refunds.Get(h.state(), f.Refund)
			all = append(all, r)
		}
	}
	return all
}

// checkReturns: nothing comes back more often than it was bought, and no tender gives more
// than was paid with it.
func (h *history) checkReturns(t *rapid.T) {
	for _, id := range []string{"O-1", "O-2"} {
		o, _ := orders.Get(h.state(), id)
		for _, l := range o.Lines {
			if n := returns.Claimed(h.state(), id, l.ID); n > l.Quantity {
				t.Fatalf("%d of line %s of %s have come back, and %d were bought", n, l.ID, id, l.Quantity)
			}
		}
		total := int64(0)
		for _, r := range h.refundsOf(id) {
			if r.Counts() {
				total += r.Amount
			}
		}
		if total > 9000 {
			t.Fatalf("%d is paid back of an order of 9000", total)
		}
		for _, p := range o.Tenders {
			if back := returns.Refunded(h.state(), id, p.ID); back > p.Amount {
				t.Fatalf("%d is paid back on %s, which has paid %d", back, p.ID, p.Amount)
			}
		}
	}
}
