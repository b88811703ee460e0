package desk

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"cubby/locker/health"
	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/shop"
	"cubby/locker/shop/payment"
	"cubby/locker/stock"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// toPicking is the value of the line of the queue that leads to all that has to be fetched,
// and saleValue what stands before the number of one sale.
const (
	toPicking = "picking"
	saleValue = "sale "
	aDoor     = "door " // and before the number of a door
)

// salesOf are the sales that need somebody: those to fetch as one matter, those whose
// customer waits at a bay, and those whose money has to be looked at.
func salesOf(s *ledger.State, now time.Time) (all []Matter) {
	if toPick := shop.ToPick(s); len(toPick) > 0 {
		m := Matter{
			Kind: "picking", Harm: health.Notice, count: len(toPick), Since: toPick[0].Ordered,
			ToDo: "Fetch what was bought, and put it on the shelf or behind a door.",
		}
		for _, one := range toPick {
			if one.Ordered.Before(m.Since) {
				m.Since = one.Ordered
			}
			if one.Late(now) {
				m.Harm = health.Warning
			}
		}
		all = append(all, m)
	}
	for _, one := range shop.Open(s) {
		if one.Bay != "" && !one.State.Over() {
			all = append(all, Matter{
				Kind: "bay", Harm: health.Warning, Parcel: one.Parcel, Reason: one.Bay, sale: one.ID,
				ToDo: "The customer of " + one.ID + " waits at bay " + one.Bay + ": bring it there.",
			})
		}
		if a, is := one.ForStaff(); is {
			all = append(all, Matter{
				Kind: "sale_money", Harm: health.Warning, Parcel: one.Parcel, Reason: string(a.Tasked),
				Since: cmp.Or(a.Refund.Since, a.Created), sale: one.ID,
				ToDo: "Look at the money of " + one.ID + ".",
			})
		}
	}
	return all
}

// itemOfSale is a matter about sales on the page.
func itemOfSale(m Matter, item view.StaffItem) view.StaffItem {
	if m.Kind == toPicking {
		item.Value, item.Count = toPicking, m.count
		return item
	}
	data := map[string]string{"Sale": m.sale, "Bay": m.Reason}
	item.Value, item.Title.Data, item.Detail.Data = saleValue+m.sale, data, data
	if m.Kind == "sale_money" {
		item.Detail = word("money", m.Reason)
	}
	return item
}

func units(l shop.Line) string { return unitsOf(l.Quantity, l.Title) }

func showPicking(s *ledger.State, _ visit.Visit, env visit.Env, out *view.View) {
	for _, one := range shop.ToPick(s) {
		n := 0
		for _, l := range one.Lines {
			n += l.Quantity
		}
		item := view.StaffItem{
			Value: saleValue + one.ID, Kind: "sale", Title: *text(one.ID), Detail: list(
				view.Message{ID: "things", Data: map[string]string{"Count": strconv.Itoa(n)}},
				*word("way", string(one.Place.Kind)),
			),
		}
		if one.Place.Ready != nil {
			item.Detail.Parts = append(item.Detail.Parts, promised(*one.Place.Ready))
		}
		if one.Late(env.Now) {
			item.Harm = string(health.Warning)
		}
		out.Staff.Items = append(out.Staff.Items, item)
	}
}

func promised(at time.Time) view.Message {
	return view.Message{ID: "promised", Times: map[string]time.Time{"At": at}}
}

func saleOf(s *ledger.State, v visit.Visit) (shop.Sale, bool) {
	return shop.Sales.Get(s, noteOf(v).at().Sale)
}

// showSale shows one sale with its lines and what can be done now.
func showSale(s *ledger.State, v visit.Visit, env visit.Env, out *view.View) {
	sale, ok := saleOf(s, v)
	if !ok {
		return
	}
	out.Staff.Parcel = sale.ID
	var f facts
	f.text("order", sale.ID)
	f.add("sale_state", word("sale_state", string(sale.State)))
	f.add("way", word("way", string(sale.Place.Kind)))
	if sale.Place.Ready != nil {
		at := promised(*sale.Place.Ready)
		f.add("ready", &at)
	}
	f.text("bay", sale.Bay)
	if sale.Age > 0 {
		f.text("age", strconv.Itoa(sale.Age))
	}
	f.add("total", paid(sale.Total, sale.Currency))
	if a, is := sale.AtTheTill(); is {
		f.add("to_pay", paid(a.Amount.Minor, a.Amount.Currency))
	}
	if a, is := sale.ForStaff(); is {
		f.add("money", word("money", string(a.Tasked)))
		if a.Refund.Amount > 0 {
			f.add("goes_back", paid(a.Refund.Amount, a.Got.Currency))
		}
	}
	p, _ := parcel.Parcels.Get(s, sale.Parcel)
	f.text("place", p.Shelf)
	f.text("door", p.Compartment)
	if sale.State == shop.Picking && sale.Left() == 0 {
		f.add("next", word("next", string(sale.Place.Kind)))
	}
	out.Staff.Facts, out.Staff.Ops = f, opsOfSale(s, v, env.Policy, sale)
	for _, l := range sale.Lines {
		item := view.StaffItem{
			Value: l.ID, Kind: "line", Title: *text(units(l)), Detail: list(*word("line_state", string(l.State))),
		}
		if l.State == shop.LinePicking {
			item.Detail.Parts = append(item.Detail.Parts, lies(s, l)...)
		}
		out.Staff.Items = append(out.Staff.Items, item)
	}
}

// lies says where the things of a line are, as far as is known.
func lies(s *ledger.State, l shop.Line) (all []view.Message) {
	say := func(id, door string, n int) {
		all = append(all, view.Message{
			ID: "lies." + id, Data: map[string]string{"Door": door, "Count": strconv.Itoa(n)},
		})
	}
	doors, level := stock.Where(s, l.SKU)
	for _, p := range shelves {
		if n := level.At(p); n > 0 {
			say(string(p), "", n)
		}
	}
	for _, g := range doors {
		if g.Free() > 0 || slices.Contains(l.Doors, g.Door) {
			say("door", g.Door, g.Quantity)
		}
	}
	return all
}

// shelves are the places of the store from which staff fetch.
var shelves = []stock.Place{stock.OnHand, stock.Shelf, stock.Warehouse}

func opsOfSale(s *ledger.State, v visit.Visit, policy visit.Policy, sale shop.Sale) (ops []string) {
	offer := func(op string, needs people.Action, is bool) {
		if is && may(s, v, needs) {
			ops = append(ops, op)
		}
	}
	p, _ := parcel.Parcels.Get(s, sale.Parcel)
	_, till := sale.AtTheTill()
	a, money := sale.ForStaff()
	byHand := people.SettleRefunds
	if a.Tender == payment.Cash {
		byHand = people.HandOver
	}
	refused := a.State == payment.RefundFailed
	here := p.State == parcel.CounterHeld
	shown := noteOf(v).at().Shown
	offer(view.OpSaleCash, people.HandOver, till)
	offer(view.OpSaleAge, people.HandOver, here && shown)
	offer(view.OpHandOver, people.HandOver, here && !shown)
	offer(view.OpShelve, people.TakeToCounter, len(parcel.FreePlaces(s, policy)) > 0 &&
		sale.State == shop.Picking && sale.Left() == 0 && p.State == parcel.Announced)
	offer(view.OpSalePaidBack, byHand, money && (refused || a.Tender == payment.Cash && a.Refund.ID != ""))
	offer(view.OpSaleBackOnce, people.SettleRefunds, money && refused)
	offer(view.OpParcel, people.FindParcel, p.ID != "")
	return ops
}

func operateSale(t *visit.Turn, op string) error {
	sale, ok := saleOf(t.State, t.Visit)
	if !ok || !slices.Contains(opsOfSale(t.State, t.Visit, t.Policy, sale), op) {
		return stale()
	}
	n := noteOf(t.Visit)
	switch op {
	case view.OpShelve:
		n.Op, n.Parcel = op, sale.Parcel
		question(t, view.StepStaffShelf, n)
		return nil
	case view.OpParcel:
		goTo(t, place{Step: view.StepStaffParcel, Parcel: sale.Parcel})
		return nil
	case view.OpHandOver:
		goTo(t, place{Step: view.StepStaffCounter, Parcel: sale.Parcel})
		return nil
	case view.OpSaleAge:
		return confirmAge(t, n)
	}
	money, _ := sale.ForStaff()
	hear := shop.Hear{By: who(t.Visit), Sale: sale.ID, Attempt: money.ID, In: payment.ByHand{}}
	amount := paid(money.Refund.Amount, money.Got.Currency)
	switch op {
	case view.OpSaleCash:
		a, _ := sale.AtTheTill()
		hear.Attempt, amount = a.ID, paid(a.Amount.Minor, a.Amount.Currency)
		hear.In = payment.Said{
			Status: payment.AtPaid, Currency: a.Amount.Currency, Captured: a.Amount.Minor, Captures: 1,
		}
	case view.OpSaleBackOnce:
		hear.In = payment.Retry{}
	}
	done, err := do(t, hear)
	if done {
		say(t, view.Message{ID: op, Data: map[string]string{"Sale": sale.ID}, Money: amount.Money})
	}
	return err
}

// ofSale goes to the sale whose code was shown at the counter, when it cannot be handed over
// with that alone: it is not paid or not fetched, or the customer's age is asked for.
func ofSale(t *visit.Turn, hash string) bool {
	sale, ok := shop.WithCode(t.State, hash)
	if !ok {
		return false
	}
	p, _ := parcel.Parcels.Get(t.State, sale.Parcel)
	if p.State == parcel.CounterHeld {
		return false
	}
	goTo(t, place{Step: view.StepStaffSale, Sale: sale.ID})
	return true
}

// asksAge shows the sale of a parcel for which the customer has to be of an age, before it is
// handed over.
func asksAge(t *visit.Turn, c parcel.HandOver) bool {
	id := c.Parcel
	if found, ok := parcel.Shown(t, visit.Present{
		CodeHash: cmp.Or(c.PINHash, c.CodeHash), Token: c.Token,
	}); ok {
		id = found
	}
	p, _ := parcel.Parcels.Get(t.State, id)
	sale, ok := shop.Sales.Get(t.State, p.OrderID)
	if !ok || sale.Age == 0 || p.State != parcel.CounterHeld || !may(t.State, t.Visit, people.HandOver) {
		return false
	}
	n := noteOf(t.Visit)
	n.Shown = &shown{c.CodeHash, c.PINHash, c.Token, c.Member, cmp.Or(c.Parcel, p.ID)}
	t.Keep(n)
	goTo(t, place{Step: view.StepStaffSale, Sale: sale.ID, Shown: true})
	return true
}

// confirmAge hands over what was shown for, now that somebody has looked at the customer.
func confirmAge(t *visit.Turn, n note) error {
	s := n.Shown
	if s == nil {
		return stale()
	}
	give(t, parcel.HandOver{
		By: who(t.Visit), CodeHash: s.CodeHash, PINHash: s.PINHash, Token: s.Token, Live: true, Member: s.Member,
		Parcel: s.Parcel,
	})
	return nil
}
