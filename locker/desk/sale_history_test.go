package desk

import (
	"pgregory.net/rapid"

	"cubby/locker/shop"
	"cubby/locker/stock"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// fetch is somebody who is paid for a sale, fetches it and hands it over, as far as the page
// lets one.
func (h *history) fetch(t *rapid.T) {
	at := terminals.Draw(t, "terminal")
	if h.view(at).Step != view.StepStaffMenu {
		h.command(t, at, visit.Present{BadgeHash: "badge-" + names.Draw(t, "whose"), Presented: "badge"})
	}
	h.touchIf(t, at, view.ActPick, rapid.SampledFrom([]string{"counter", "queue", toPicking}).Draw(t, "place"))
	h.touchIf(t, at, view.ActPick, rapid.SampledFrom([]string{toPicking, saleValue + someSale}).Draw(t, "line"))
	h.touchIf(t, at, view.ActPick, saleValue+someSale)
	for range rapid.IntRange(1, 6).Draw(t, "steps") {
		v := h.view(at)
		values := valuesOf(v.OfStaff().Items)
		switch {
		case v.Step == view.StepStaffCounter:
			h.fresh = nil
			h.command(t, at, visit.Present{CodeHash: "code-sale", Presented: "code"})
		case v.Step != view.StepStaffSale && v.Step != view.StepStaffSaleLine && v.Step != view.StepStaffShelf:
			return
		case rapid.Bool().Draw(t, "operates") && len(v.OfStaff().Ops) > 0:
			h.fresh = &visit.Secret{CodeHash: "code-of-it", PINHash: "pin-of-it"}
			h.touchIf(t, at, view.ActOp, rapid.SampledFrom(v.OfStaff().Ops).Draw(t, "op"))
		case len(values) > 0:
			h.fresh = &visit.Secret{CodeHash: "code-of-it", PINHash: "pin-of-it"}
			h.touchIf(t, at, view.ActPick, rapid.SampledFrom(values).Draw(t, "picked"))
		}
		h.fresh = nil
	}
}

// checkSale: money that was got is kept or goes back, nothing is given without it, and what
// has left the stock is what was fetched or not found.
func (h *history) checkSale(t *rapid.T) {
	sale := h.sale()
	a := sale.Payment.Attempts[0]
	if owed := a.Got.Minor - a.Kept - a.Refunded; owed != a.Refund.Amount {
		t.Fatalf("%d are got, %d kept, %d given back and %d on their way", a.Got.Minor, a.Kept, a.Refunded,
			a.Refund.Amount)
	}
	kept := int64(0)
	for _, l := range sale.Lines {
		left, there := 5, stock.Of(h.state(), l.SKU)
		switch l.State {
		case shop.LineReady, shop.LineHandedOver, shop.LineShort:
			left -= l.Quantity
		}
		if there.Here() != left {
			t.Fatalf("line %s is %s, and %d of it are here, not %d", l.ID, l.State, there.Here(), left)
		}
		if l.State != shop.LineShort {
			kept += l.Total
		}
	}
	if sale.PaidAt != nil && a.Kept != kept || sale.PaidAt == nil && a.Kept != 0 {
		t.Fatalf("the sale is %s, and %d are kept of what is worth %d", sale.State, a.Kept, kept)
	}
	if sale.State == shop.HandedOver && sale.PaidAt == nil {
		t.Fatal("handed over, and nobody has paid")
	}
}
