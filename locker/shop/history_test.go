package shop_test

import (
	"fmt"
	"testing"
	"time"

	"cubby/locker/bearer"
	"cubby/locker/care"
	"cubby/locker/centre"
	"cubby/locker/customers"
	"cubby/locker/desk"
	"cubby/locker/door"
	"cubby/locker/ledger"
	"cubby/locker/members"
	"cubby/locker/orders"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/remote"
	"cubby/locker/returns"
	"cubby/locker/shop"
	"cubby/locker/shop/payment"
	"cubby/locker/stock"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"

	"pgregory.net/rapid"
)

// A till is what a provider knows of one attempt. It keeps its word; the line to it does not.
type till struct {
	sale               string
	status             payment.Status
	captured, refunded int64
	captures           int
	refunds            map[string]int64
}

// A play is a store with two kiosks, and what was done there.
type play struct {
	*store
	t     *rapid.T
	first map[string]int // units that there were
	tills map[string]*till
	begun map[string]int // attempts by sale
	cash  map[string]int64
	moved int // orders of doors that were carried out
}

func newPlay(t *rapid.T, rules *visit.Rules) *play {
	p := &play{
		store: newStore(t), t: t, first: map[string]int{}, tills: map[string]*till{}, begun: map[string]int{},
		cash: map[string]int64{},
	}
	p.rules = rules
	for _, g := range []stock.Moved{
		{SKU: "TEA", To: stock.Door, ToDoor: "1", Quantity: 2},
		{SKU: "TEA", To: stock.Door, ToDoor: "2", Quantity: 1},
		{SKU: "MUG", To: stock.Door, ToDoor: "4", Quantity: 1}, {SKU: "MUG", To: stock.Shelf, Quantity: 1},
	} {
		p.put(t, g.SKU, g.To, g.ToDoor, g.Quantity)
		p.first[g.SKU] += g.Quantity
	}
	return p
}

// pick draws one of what there is.
func pick[T any](p *play, name string, all ...T) (one T, ok bool) {
	if len(all) == 0 {
		return one, false
	}
	return rapid.SampledFrom(all).Draw(p.t, name), true
}

// touches acts on the page at a kiosk, as its screen offers it.
func (p *play) touches() {
	v := p.view()
	name, ok := pick(p, "action", v.Actions...)
	if !ok || name == view.ActLanguage || name == view.ActCallStaff || name == view.ActHelp {
		return
	}
	values := []string{""}
	if s := v.Shop; s != nil && name != view.ActType {
		switch v.Step {
		case view.StepShopHome:
			values = []string{"food", "tea"}
		case view.StepShopList, view.StepShopSearch:
			values = []string{"TEA", "MUG"}
		case view.StepShopProduct:
			values = []string{"TEA"}
		case view.StepShopCart:
			values = []string{"TEA", "MUG"}
		case view.StepShopPlace:
			values = nil
			for _, place := range s.Places {
				values = append(values, place.Value)
			}
		case view.StepShopPay:
			values = s.Tenders
		}
	}
	for _, i := range v.OfPickup().List {
		values = append(values, i.Value)
	}
	if name == view.ActType {
		values = []string{"tea", "mug", "five"}
	}
	value, _ := pick(p, "value", values...)
	_ = p.try(p.touch(v, name, value))
}

// buysOn does what somebody does who really wants something.
func (p *play) buysOn() {
	v := p.view()
	next := map[view.Step]struct {
		name  view.ActionName
		value string
	}{
		view.StepIdle: {view.ActStartShop, ""}, view.StepShopProduct: {view.ActAdd, ""},
		view.StepShopCart: {view.ActCheckout, ""},
	}
	if name, ok := pick(p, "unpaid", view.ActTryAgain, view.ActCart); ok && v.Step == view.StepShopUnpaid {
		_ = p.try(p.touch(v, name, ""))
		return
	}
	switch a, ok := next[v.Step]; {
	case ok:
		_ = p.try(p.touch(v, a.name, a.value))
	case v.Step == view.StepShopHome:
		sku, _ := pick(p, "wanted", "TEA", "MUG")
		n := p.touch(v, view.ActPick, "food")
		_ = p.try(n)
		_ = p.try(p.touch(p.view(), view.ActPick, sku))
	case v.Step == view.StepShopPlace:
		place, _ := pick(p, "place", v.Shop.Places...)
		_ = p.try(p.touch(v, view.ActPick, place.Value))
	case v.Step == view.StepShopPay:
		tender, _ := pick(p, "tender", v.Shop.Tenders...)
		_ = p.try(p.touch(v, view.ActPick, tender))
	}
}

// asks runs one errand at the provider; the question or the answer may be lost.
func (p *play) asks(lost string) {
	var all []payment.Errand
	for _, sale := range p.sales() {
		all = append(all, p.asked[sale.ID]...)
	}
	if e, ok := pick(p, "errand", all...); ok {
		p.run(e, lost)
	}
}

func (p *play) run(e payment.Errand, lost string) {
	hear := func(in payment.Input) {
		_ = p.try(shop.Hear{By: people.Tools, Sale: e.Order, Attempt: e.Attempt.ID, In: in})
	}
	if e.At.After(p.now) {
		return
	}
	if lost == "question" {
		hear(payment.Silent{})
		return
	}
	at := p.tills[e.Attempt.ID]
	if at == nil && e.Do == payment.DoCreate {
		at = &till{sale: e.Order, status: payment.AtOpen, refunds: map[string]int64{}}
		p.tills[e.Attempt.ID] = at
	}
	if e.Do == payment.DoClose && at != nil && at.status == payment.AtOpen {
		at.status = payment.AtClosed
	}
	if e.Do == payment.DoRefund {
		r := e.Attempt.Refund
		if _, again := at.refunds[r.ID]; !again {
			at.refunds[r.ID] = r.Amount
			at.refunded += r.Amount
		}
		if lost == "" {
			hear(payment.RefundSaid{ID: r.ID, Status: payment.BackDone, Amount: r.Amount, Currency: "EUR"})
		}
		return
	}
	switch {
	case lost == "answer":
		hear(payment.Silent{})
	case at == nil:
		hear(payment.Said{Status: payment.AtAbsent})
	default:
		hear(payment.Said{
			Status: at.status, Remote: "r", Page: "https://pay.example/1", Currency: "EUR",
			Captured: at.captured, Captures: at.captures, Refunded: at.refunded,
		})
	}
}

// pays is what a customer does at the page of the provider, also one that is closed.
func (p *play) pays() {
	for _, sale := range p.sales() {
		for _, a := range sale.Payment.Attempts {
			at := p.tills[a.ID]
			if at == nil || rapid.IntRange(0, 2).Draw(p.t, "this") > 0 {
				continue
			}
			how, _ := pick(p, "how", "right", "right", "right", "less", "no")
			if at.status != payment.AtOpen && rapid.IntRange(0, 5).Draw(p.t, "after all") > 0 {
				continue
			}
			amount := a.Amount.Minor
			switch how {
			case "no":
				if at.captured == 0 {
					at.status = payment.AtDeclined
				}
				continue
			case "less":
				amount--
			}
			at.status, at.captured, at.captures = payment.AtPaid, at.captured+amount, at.captures+1
		}
	}
}

// moves carries out what doors were ordered, and closes those that are open.
func (p *play) moves() {
	if p.moved < len(p.orders) {
		o := p.orders[p.moved]
		p.moved++
		if p.now.After(o.NotAfter) {
			_ = p.try(visit.EndOpening{Ended: door.Ended{
				Opening: o.Opening, Compartment: o.Compartment, Result: door.Refused, At: p.now,
			}})
			return
		}
		p.ajar[o.Compartment] = true
		_ = p.try(visit.EndOpening{Ended: door.Ended{
			Opening: o.Opening, Compartment: o.Compartment, Result: door.ConfirmedOpen, Pulsed: true,
			At: p.now,
		}})
		return
	}
	for _, n := range []string{"1", "2", "3", "4", "5", "6"} {
		if p.ajar[n] {
			delete(p.ajar, n)
			p.now = p.now.Add(wall.TooBrief)
			_ = p.try(visit.SeeDoor{Seen: door.Seen{
				Compartment: n, State: door.Closed, Presence: door.Empty, At: p.now,
			}})
		}
	}
}

// staff take cash, fetch what was bought, and hand it over.
func (p *play) staff() {
	for _, sale := range p.sales() {
		if a, waits := sale.Payment.Waits(); waits && a.Tender == payment.Cash {
			if p.try(shop.Hear{
				By: people.Tools, Sale: sale.ID, Attempt: a.ID, In: paid(a.Amount.Minor),
			}) == nil {
				p.cash[sale.ID] += a.Amount.Minor
			}
		}
		if sale.State == shop.Picking {
			for _, place := range []string{"A1", "A2", "A3", "A4"} {
				_ = p.try(parcel.Shelve{
					By: people.Tools, Parcel: sale.Parcel, Place: place, Fresh: p.env().Fresh,
				})
			}
		}
		if sale.State == shop.Ready && sale.Parcel != "" {
			_ = p.try(parcel.HandOver{By: people.Tools, CodeHash: sale.Code})
		}
	}
}

// dies has the core end and start again in whatever it was doing.
func (p *play) dies() {
	p.restarts(p.t)
	p.moved = len(p.orders) // what was not carried out is lost
	p.reads(p.t)
}

func (p *play) act() {
	p.terminal, _ = pick(p, "kiosk", "", "kiosk-2")
	lost, _ := pick(p, "lost", "", "", "question", "answer")
	p.now = p.now.Add(time.Second)
	switch what, _ := pick(p, "act", "touch", "buy", "buy", "buy", "ask", "ask", "ask", "pay",
		"pay", "wait", "wait", "tick", "tick", "doors", "doors", "doors", "code", "staff", "dies"); what {
	case "touch":
		p.touches()
	case "buy":
		for range rapid.IntRange(1, 8).Draw(p.t, "pages") {
			p.buysOn()
		}
	case "ask":
		p.asks(lost)
	case "pay":
		p.pays()
	case "wait":
		seconds, _ := pick(p, "seconds", 1, 10, 30, 60, 120, 300, 420, 900, 7200)
		p.now = p.now.Add(time.Duration(seconds) * time.Second)
		_ = p.try(visit.Tick{})
	case "tick":
		_ = p.try(visit.Tick{})
	case "doors":
		p.moves()
	case "code":
		if sale, ok := pick(p, "sale", p.sales()...); ok {
			_ = p.try(visit.Present{CodeHash: sale.Code, Presented: "code"})
		}
	case "staff":
		p.staff()
	case "dies":
		if rapid.Bool().Draw(p.t, "really") {
			p.dies()
		}
	}
}

// judge says what is wrong after a step; nil: nothing.
func (p *play) judge() error {
	sold, given := map[string]int{}, map[string]int{}
	once := map[string]bool{}
	for _, e := range p.log {
		key := ""
		switch f := e.fact.(type) {
		case *stock.Moved:
			if f.Cause == stock.Sold {
				sold[f.SKU] += f.Quantity
			}
		case *shop.SalePaid:
			key = "paid " + f.Sale
		case *parcel.ParcelCollected:
			key = "given " + f.ParcelID
			given[f.OrderID]++
		case *parcel.ParcelHandedOver:
			key = "given " + f.ParcelID
			given[f.OrderID]++
		}
		if once[key] && key != "" {
			return fmt.Errorf("twice: %s", key)
		}
		once[key] = true
	}
	for sku, n := range p.first {
		l := p.level(sku)
		if sold[sku]+l.Here() != n || l.Here() < 0 || l.Reserved+l.Committed > l.Here() {
			return fmt.Errorf("%d of %s there were, %d are sold: %+v", n, sku, sold[sku], l)
		}
	}
	for _, sale := range p.sales() {
		if given[sale.ID] > 0 && (sale.PaidAt == nil || sale.State == shop.Cancelled) {
			return fmt.Errorf("given and not paid: %+v", sale)
		}
		if sale.PaidAt != nil && sale.Payment.Paid() != sale.Total {
			return fmt.Errorf("paid without a record of its money: %+v", sale)
		}
		if err := p.attempts(sale); err != nil {
			return err
		}
	}
	return nil
}

func (p *play) attempts(sale shop.Sale) error {
	open := 0
	for i, a := range sale.Payment.Attempts {
		if a.Open() {
			open++
		}
		begun := i >= p.begun[sale.ID]
		for _, before := range sale.Payment.Attempts[:i] {
			if at := p.tills[before.ID]; begun && at != nil && at.status == payment.AtOpen {
				return fmt.Errorf("%s can be paid, and another attempt began", before.ID)
			}
		}
	}
	p.begun[sale.ID] = len(sale.Payment.Attempts)
	if open > 1 {
		return fmt.Errorf("%d attempts are open: %+v", open, sale.Payment)
	}
	return nil
}

// ends lets the line work, staff do their work and everybody collect, until nothing is left.
func (p *play) ends() error {
	for range 100 {
		for _, sale := range p.sales() {
			for _, e := range p.asked[sale.ID] {
				p.run(e, "")
			}
			if sale.State == shop.Ready {
				p.terminal = ""
				_ = p.try(visit.Present{CodeHash: sale.Code, Presented: "code"})
				for _, item := range p.view().OfPickup().List {
					if v := p.view(); v.Step == view.StepPickupChoose && !item.Done {
						_ = p.try(p.touch(v, view.ActPick, item.Value))
					}
				}
			}
			for range 3 {
				p.moves()
			}
		}
		p.staff()
		p.byHand()
		p.now = p.now.Add(40 * time.Minute)
		for range 4 {
			_ = p.try(visit.Tick{})
		}
		if err := p.judge(); err != nil {
			return err
		}
	}
	return p.over()
}

// byHand has staff pay cash back that came too late.
func (p *play) byHand() {
	for _, sale := range p.sales() {
		for _, a := range sale.Payment.Attempts {
			if a.Tender == payment.Cash && a.Refund.ID != "" {
				back := a.Refund.Amount
				if p.try(shop.Hear{
					By: people.Tools, Sale: sale.ID, Attempt: a.ID, In: payment.ByHand{},
				}) == nil {
					p.cash[sale.ID] -= back
				}
			}
		}
	}
}

// over says what is wrong at the end.
func (p *play) over() error {
	if held := p.held(); len(held) != 0 {
		return fmt.Errorf("held for ever: %+v", held)
	}
	gone := map[string]int{}
	for _, sale := range p.sales() {
		if !sale.State.Over() || !sale.Payment.Settled() || !sale.Payment.Over() {
			return fmt.Errorf("it does not end: %+v", sale)
		}
		got := p.cash[sale.ID]
		for _, at := range p.tills {
			if at.sale == sale.ID {
				got += at.captured - at.refunded
			}
		}
		want := int64(0)
		if sale.State == shop.HandedOver {
			want = sale.Total
			for _, l := range sale.Lines {
				gone[l.SKU] += l.Quantity
			}
		}
		if got != want || sale.Payment.Paid() != want {
			return fmt.Errorf("the provider has %d, the payment says %d, due are %d: %+v",
				got, sale.Payment.Paid(), want, sale)
		}
	}
	for sku, n := range p.first {
		if p.level(sku).Here() != n-gone[sku] {
			return fmt.Errorf("%d of %s are gone: %+v", gone[sku], sku, p.level(sku))
		}
	}
	return nil
}

// history plays one, and says what was wrong with it.
func history(t *rapid.T, rules *visit.Rules, steps int) (p *play, wrong error) {
	p = newPlay(t, rules)
	for range rapid.IntRange(steps/2, steps).Draw(t, "steps") {
		p.act()
		if err := p.judge(); err != nil {
			return p, err
		}
	}
	return p, p.ends()
}

func rulesWith(more ...visit.Room) *visit.Rules {
	return visit.NewRules(append([]visit.Room{
		people.Room, desk.Room, returns.Room, members.Room, shop.Room, parcel.Room, orders.Room, stock.Room,
		centre.Room, remote.Room, customers.Room, bearer.Room, care.Room,
	}, more...)...)
}

// Whatever customers, the provider, staff and time do, and wherever the core dies: no unit is
// sold twice or given twice, all money is kept for goods or has gone back, and nothing is
// held for ever.
func TestRandomHistoriesOfTwoKiosks(t *testing.T) {
	rules, ended := rulesWith(), map[shop.State]int{}
	rapid.Check(t, func(t *rapid.T) {
		p, wrong := history(t, rules, 80)
		if wrong != nil {
			t.Fatal(wrong)
		}
		for _, sale := range p.sales() {
			ended[sale.State]++
		}
	})
	if ended[shop.HandedOver] == 0 || ended[shop.Cancelled] == 0 {
		t.Errorf("the histories do not go through both ends: %v", ended)
	}
}

// A mistake in the rules would be found: here, units that were paid for are not kept.
func TestHistoriesFindUnitsThatAreNotKept(t *testing.T) {
	rules := rulesWith(visit.Room{
		Module: ledger.Module{Name: "faulty"},
		After: func(t *visit.Turn) {
			for _, f := range t.Facts {
				if f, ok := f.(*stock.Committed); ok {
					_ = stock.Release(t, f.Reservation, "a mistake")
				}
			}
		},
	})
	found := 0
	rapid.Check(t, func(t *rapid.T) {
		if found > 0 {
			return
		}
		if _, wrong := history(t, rules, 80); wrong != nil {
			found++
		}
	})
	if found == 0 {
		t.Error("nobody has seen it")
	}
}
