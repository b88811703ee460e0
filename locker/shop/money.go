package shop

import (
	"time"

	"cubby/locker/ledger"
	"cubby/locker/orders"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/shop/payment"
	"cubby/locker/stock"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// Hear is what is heard of an attempt to pay: from its provider, or from staff at the
// counter who say what they have got.
type Hear struct {
	By            people.Doer
	Sale, Attempt string
	In            payment.Input
	Now           *Sale // set to the sale as it is afterwards when not nil
}

// Decide goes on with it. The error is a *ledger.Refusal.
func (c Hear) Decide(t *visit.Turn) error {
	if err := c.By.Must(t.State, people.HandOver); err != nil {
		return err
	}
	sale, ok := Sales.Get(t.State, c.Sale)
	if !ok {
		return NoSuchSale()
	}
	err := hear(t, sale, c.Attempt, c.In)
	if c.Now != nil {
		*c.Now, _ = Sales.Get(t.State, c.Sale)
	}
	return err
}

// NoSuchSale is the refusal of a number that no sale has.
func NoSuchSale() *ledger.Refusal {
	return ledger.Refuse(ledger.NotFound, "no-such-sale",
		"there is no order of the shop with this number here")
}

// goods reports whether the units of a sale are there for it: held, or free still, and then
// held anew.
func goods(t *visit.Turn, sale Sale) bool {
	if sale.PaidAt != nil {
		return true
	}
	if sale.State.Over() {
		return false
	}
	if _, held := stock.Reservations.Get(t.State, sale.Cart); held {
		return true
	}
	lines, there := sale.held(t.State)
	return there && stock.Hold(t, sale.Cart, lines) == nil
}

// held are the lines of a sale as stock is held for them; false: behind its doors lies
// something else by now.
func (s Sale) held(state stateOf) (lines []stock.Line, there bool) {
	for _, l := range s.Lines {
		rest := l.Quantity
		for _, door := range l.Doors {
			g, _ := stock.Behind.Get(state, door)
			if g.SKU != l.SKU {
				return nil, false
			}
			lines = append(lines, stock.Line{SKU: l.SKU, Quantity: g.Quantity, Door: door})
			rest -= g.Quantity
		}
		switch {
		case rest != 0 && len(l.Doors) > 0:
			return nil, false
		case rest > 0:
			lines = append(lines, stock.Line{SKU: l.SKU, Quantity: rest})
		}
	}
	return lines, true
}

// brings reports whether something that was heard says that money has come.
func brings(in payment.Input) bool {
	said, is := in.(payment.Said)
	return is && said.Captured > 0
}

func hear(t *visit.Turn, sale Sale, attempt string, in payment.Input) error {
	after, news, err := sale.Payment.Step(attempt, in, t.Now.Round(0).UTC(),
		brings(in) && goods(t, sale))
	if err != nil {
		return err
	}
	moved(t, sale, attempt, after)
	for _, n := range news {
		switch n.What {
		case payment.Serve:
			served(t, sale.ID)
		case payment.Refunding:
			if n.Why == payment.NoGoods {
				end(t, sale.ID, "gone")
			}
		case payment.Task:
			t.Emit(&NeedsStaff{OfSale: of(sale), Attempt: attempt, Why: n.Why, Amount: n.Amount})
		}
	}
	if _, waits := after.Waits(); !waits {
		unpaid(t, sale.ID, attempt)
	}
	showMoney(t, sale.ID)
	return nil
}

// buys reports whether a visit waits for the money of a sale.
func buys(v visit.Visit, sale string) bool {
	switch v.Step {
	case view.StepShopPaying, view.StepShopLimbo, view.StepShopUnpaid:
		return noteOf(v).Sale == sale
	}
	return false
}

// showMoney brings the pages of whoever waits for the money of a sale up to date.
func showMoney(t *visit.Turn, id string) {
	sale, _ := Sales.Get(t.State, id)
	a, waits := sale.Payment.Waits()
	limbo := waits && a.State == payment.Unknown
	t.EveryVisit(func() {
		switch {
		case !buys(t.Visit, id):
		case limbo && t.Visit.Step == view.StepShopPaying:
			show(t, noteOf(t.Visit), view.StepShopLimbo, view.ReasonNone)
		case waits && !limbo && t.Visit.Step == view.StepShopLimbo:
			show(t, noteOf(t.Visit), view.StepShopPaying, view.ReasonNone)
		case sale.State == Cancelled && t.Visit.Step != view.StepShopUnpaid:
			show(t, noteOf(t.Visit), view.StepShopUnpaid, view.ReasonNoneLeft)
		}
	})
}

// unpaid tells whoever waits that no money came that pays for it, and that none will. When
// nobody waits, the sale is over.
func unpaid(t *visit.Turn, id, attempt string) {
	sale, _ := Sales.Get(t.State, id)
	if sale.State != Placed {
		return
	}
	why := view.ReasonPayGone
	for _, a := range sale.Payment.Attempts {
		if a.ID == attempt {
			switch a.State {
			case payment.Failed:
				why = view.ReasonPayDeclined
			case payment.Expired:
				why = view.ReasonPayOver
			}
			if a.Got.Minor > 0 {
				why = view.ReasonPayAmount
			}
		}
	}
	waits := false
	t.EveryVisit(func() {
		if buys(t.Visit, id) {
			waits = true
			if t.Visit.Step != view.StepShopUnpaid {
				show(t, noteOf(t.Visit), view.StepShopUnpaid, why)
			}
		}
	})
	if !waits {
		cancel(t, id, "unpaid")
	}
}

// served: all of it is paid. What lies behind doors is made parcels of it with the next ticks.
func served(t *visit.Turn, id string) {
	sale, _ := Sales.Get(t.State, id)
	if sale.State != Placed {
		return
	}
	t.Emit(&SalePaid{OfSale: of(sale), Total: sale.Total, Currency: sale.Currency})
	_ = stock.Commit(t, sale.Cart, sale.ID, time.Time{}) // goods has held it in this decision
	sale, _ = Sales.Get(t.State, id)
	_ = orders.Put{ID: sale.ID, Order: sale.order(t)}.Decide(t)
	if sale.Place.Kind != LockerNow {
		fetch(t, sale)
	}
	t.EveryVisit(func() {
		if buys(t.Visit, id) && sale.Place.Kind != LockerNow {
			show(t, noteOf(t.Visit), view.StepShopDone, view.ReasonNone)
		}
	})
}

// order is the sale as an order: what comes back is judged and paid by it.
func (s Sale) order(t *visit.Turn) orders.Order {
	o := orders.Order{
		Shop: s.Shop, Currency: s.Currency, Channel: orders.AtKiosk, Country: SettingsOf(t.Env).Country,
		Ordered: t.Now, Tax: s.Method, Language: s.Language, Receipt: s.ID,
	}
	for _, l := range s.Lines {
		line := orders.Line{
			ID: l.ID, SKU: l.SKU, GTIN: l.GTIN, Title: l.Title, Category: l.Category, Quantity: l.Quantity,
			UnitPrice: l.Unit, TaxRate: l.Rate, Gift: s.Gift, WeightG: l.WeightG,
		}
		for _, share := range l.Shares {
			line.Discount += share.Minor
		}
		o.Lines = append(o.Lines, line)
	}
	kinds := map[payment.Tender]orders.TenderKind{
		payment.Cash: orders.Cash, payment.Gift: orders.GiftCard, payment.Points: orders.Points,
		payment.Terminal: orders.Card, payment.Phone: orders.Other,
	}
	for _, a := range s.Payment.Attempts {
		if a.Kept > 0 {
			o.Tenders = append(o.Tenders, orders.Tender{ID: a.ID, Kind: kinds[a.Tender], Amount: a.Kept,
				Reference: a.Remote})
		}
	}
	return o
}

// cancel gives a sale up that is not paid: its units are free, and what comes late goes back.
func cancel(t *visit.Turn, id, why string) {
	sale, ok := Sales.Get(t.State, id)
	if !ok || sale.State != Placed {
		return
	}
	after, news := sale.Payment.Drop(t.Now.Round(0).UTC())
	last := ""
	if n := len(after.Attempts); n > 0 {
		last = after.Attempts[n-1].ID
	}
	moved(t, sale, last, after)
	for _, n := range news {
		if n.What == payment.Task {
			t.Emit(&NeedsStaff{OfSale: of(sale), Attempt: last, Why: n.Why, Amount: n.Amount})
		}
	}
	end(t, id, why)
}

// end ends a sale without its goods.
func end(t *visit.Turn, id, why string) {
	sale, _ := Sales.Get(t.State, id)
	if sale.State.Over() {
		return
	}
	_ = stock.Release(t, sale.Cart, why)
	t.Emit(&SaleMoved{OfSale: of(sale), State: Cancelled, Reason: why})
}

// takeUp has providers asked again after a start: what they had said may be lost.
func takeUp(t *visit.Turn, _ bool) {
	for _, sale := range Open(t.State) {
		if all := sale.Payment.Errands(); len(all) > 0 {
			t.Order(Ask{sale.ID, all})
		}
	}
}

// tick goes on with sales whose moment has come: one door in each, because each needs a code.
func tick(t *visit.Turn) {
	for _, sale := range due.Until(t.State, t.Now) {
		if sale.toSell() {
			if t.Fresh != nil {
				sellNext(t, sale)
				t.Fresh = nil
			}
			continue
		}
		if _, id := sale.Payment.Deadline(); id != "" {
			_ = hear(t, sale, id, payment.Tick{})
		}
	}
}

func next(s *ledger.State, _ visit.Env) time.Time { return due.Next(s) }

// sellNext makes what lies behind the next door of a sale a parcel of it. Where that cannot
// be, staff fetch it.
func sellNext(t *visit.Turn, sale Sale) {
	for _, l := range sale.Lines {
		if len(l.Parcels) >= len(l.Doors) {
			continue
		}
		door := l.Doors[len(l.Parcels)]
		if !inOrder(t.State, door) || stock.Take(t, sale.Cart, door) != nil {
			fetch(t, sale)
			t.EveryVisit(func() {
				if buys(t.Visit, sale.ID) {
					show(t, noteOf(t.Visit), view.StepShopDone, view.ReasonNone)
				}
			})
			return
		}
		id := sale.ID + "-" + l.ID
		if len(l.Doors) > 1 {
			id += "-" + door
		}
		parcel.SoldAt(t, id, sale.ID, door, SettingsOf(t.Env).PickupHours)
		if sale.first() {
			parcel.Promise(t, id, sale.Code)
		}
		state := l.State
		if len(l.Parcels)+1 == len(l.Doors) {
			state = LineReady
		}
		t.Emit(&LineMoved{OfSale: of(sale), Line: l.ID, State: state, Parcel: id})
		break
	}
	sale, _ = Sales.Get(t.State, sale.ID)
	if sale.toSell() {
		return
	}
	t.Emit(&SaleMoved{OfSale: of(sale), State: Ready})
	t.EveryVisit(func() {
		if buys(t.Visit, sale.ID) {
			parcel.Admit(t, parcel.Right{Parcel: sale.parcels()[0], By: parcel.BySale})
		}
	})
}

// first reports whether none of its parcels was made yet.
func (s Sale) first() bool { return len(s.parcels()) == 0 }

// parcels are those in which it is had.
func (s Sale) parcels() (all []string) {
	for _, l := range s.Lines {
		all = append(all, l.Parcels...)
	}
	if s.Parcel != "" {
		all = append(all, s.Parcel)
	}
	return all
}

// fetch has staff fetch what was bought, or the centre where it is not had here.
func fetch(t *visit.Turn, sale Sale) {
	id := ""
	switch sale.Place.Kind {
	case ShipHome, LockerOther:
	default:
		id = sale.ID
		parcel.ForOrder(t, id, sale.ID, SettingsOf(t.Env).PickupHours, nil)
		parcel.Promise(t, id, sale.Code)
	}
	for _, l := range sale.Lines {
		if l.State == LinePlaced {
			t.Emit(&LineMoved{OfSale: of(sale), Line: l.ID, State: LinePicking})
		}
	}
	t.Emit(&SaleMoved{OfSale: of(sale), State: Picking, Parcel: id})
}
