package shop

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/money"
	"cubby/locker/plain"
	"cubby/locker/shop/payment"
	"cubby/locker/stock"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// A way is a place with why it is not offered; empty: it is.
type way struct {
	Place
	Value string
	Why   string
}

// ways are how what is in a cart can be had, each with the moment that is promised.
func ways(s stateOf, v visit.Visit, env visit.Env, n note) (all []way) {
	set := SettingsOf(env)
	age := n.ages(set)
	at := func(more time.Duration) *time.Time {
		ready := set.Hours.Add(env.Now, set.Pick).Add(more).Round(0).UTC().Truncate(time.Minute)
		return &ready
	}
	add := func(w way) {
		if age > 0 && w.Why == "" && w.Kind != Counter && w.Kind != Kerbside {
			w.Why = "age"
		}
		w.Value = cmp.Or(w.Value, string(w.Kind))
		all = append(all, w)
	}
	now := way{Place: Place{Kind: LockerNow}}
	if _, ok := doorsFor(s, v, n); !ok {
		now.Why = "not_all"
	}
	add(now)
	if set.Counter {
		add(way{Place: Place{Kind: Counter, Ready: at(0)}})
	}
	if set.Later {
		later := way{Place: Place{Kind: LockerLater, Ready: at(0)}}
		if !slices.ContainsFunc(wall.Compartments.All(s), wall.Compartment.Offerable) {
			later.Why = "no_door"
		}
		add(later)
	}
	if set.Kerbside {
		add(way{Place: Place{Kind: Kerbside, Ready: at(0)}})
	}
	for _, o := range set.Others {
		add(way{Value: string(LockerOther) + ":" + o.Station,
			Place: Place{Kind: LockerOther, Station: o.Station, Name: o.Name, Ready: at(set.Transfer)}})
	}
	if set.HomeWindow > 0 {
		from := at(set.Home)
		until := from.Add(set.HomeWindow)
		add(way{Place: Place{Kind: ShipHome, Ready: from, Until: &until}})
	}
	return all
}

// doorsFor finds doors of this wall that have all of a cart, and nothing else of it: what
// lies behind a door is given whole.
func doorsFor(s stateOf, v visit.Visit, n note) (lines []stock.Line, ok bool) {
	own, _ := stock.Reservations.Get(s, v.ID)
	for _, i := range n.Items {
		doors, _ := stock.Where(s, i.SKU)
		need := i.Quantity
		slices.SortStableFunc(doors, func(a, b stock.Goods) int {
			return cmp.Compare(b.Quantity,
				a.Quantity)
		})
		for _, g := range doors {
			mine := slices.ContainsFunc(own.Lines, func(l stock.Line) bool { return l.Door == g.Door })
			if g.Quantity > need || g.Free() < g.Quantity && !mine || !inOrder(s, g.Door) {
				continue
			}
			lines = append(lines, stock.Line{SKU: i.SKU, Quantity: g.Quantity, Door: g.Door})
			need -= g.Quantity
		}
		if need > 0 {
			return nil, false
		}
	}
	return lines, len(n.Items) > 0
}

// inOrder reports whether the door of goods can be opened.
func inOrder(s stateOf, door string) bool {
	c, ok := wall.Compartments.Get(s, door)
	why, _ := c.Fault()
	return ok && c.Allocation == wall.ForSale && why == ""
}

func checkout(t *visit.Turn) {
	n := noteOf(t.Visit)
	if why := take(t, n); why != view.ReasonNone {
		show(t, n, view.StepShopCart, why)
		return
	}
	q := quote(t.Env, n)
	if q == nil || len(q.Lines) != len(n.Items) {
		show(t, n, view.StepShopCart, view.ReasonPriceMoved)
		return
	}
	n.Total, n.Place = q.Total, nil
	why := view.ReasonNone
	if n.ages(SettingsOf(t.Env)) > 0 {
		why = view.ReasonAge
	}
	show(t, n, view.StepShopPlace, why)
}

func pickPlace(t *visit.Turn, value string) error {
	n := noteOf(t.Visit)
	for _, w := range ways(t.State, t.Visit, t.Env, n) {
		if w.Value == value && w.Why == "" {
			place := w.Place
			n.Place = &place
			show(t, n, view.StepShopPay, payAway(SettingsOf(t.Env)))
			return nil
		}
	}
	return stale()
}

// away reports whether nobody can pay so now, because the provider cannot be reached.
func (s Settings) away(t payment.Tender) bool { return s.Away != nil && s.Away(t) }

// payAway is told on the page of tenders when one of them is away.
func payAway(set Settings) view.Reason {
	if slices.ContainsFunc(set.Tenders, set.away) {
		return view.ReasonPayAway
	}
	return view.ReasonNone
}

// tenders are those by which can be paid for a place.
func tenders(set Settings, p *Place) (all []string) {
	for _, one := range set.Tenders {
		if set.away(one) {
			continue
		}
		if one != payment.Cash {
			all = append(all, string(one))
		} else if p != nil && (p.Kind == Counter || p.Kind == Kerbside) {
			all = append(all, "counter")
		}
	}
	return all
}

// pay makes a sale of the cart, and begins to be paid for it.
func pay(t *visit.Turn, value string) error {
	n, set := noteOf(t.Visit), SettingsOf(t.Env)
	if n.Place == nil || !slices.Contains(tenders(set, n.Place), value) {
		return stale()
	}
	tender := payment.Tender(value)
	if value == "counter" {
		tender = payment.Cash
	}
	q := quote(t.Env, n)
	if q == nil || q.Total != n.Total || len(q.Lines) != len(n.Items) {
		show(t, n, view.StepShopCart, view.ReasonPriceMoved)
		return nil
	}
	for _, c := range q.Coupons {
		if usedUp(t.State, set.prices(t.Now), c) { // by somebody else meanwhile
			n.Coupons = nil
			show(t, n, view.StepShopCart, view.ReasonPriceMoved)
			return nil
		}
	}
	lines := n.held()
	doors := map[string][]string{}
	if n.Place.Kind == LockerNow {
		found, ok := doorsFor(t.State, t.Visit, n)
		if !ok {
			show(t, n, view.StepShopPlace, view.ReasonNoneLeft)
			return nil
		}
		lines = found
		for _, l := range found {
			doors[l.SKU] = append(doors[l.SKU], l.Door)
		}
	}
	if stock.Hold(t, t.Visit.ID, lines) != nil {
		show(t, n, view.StepShopCart, view.ReasonNoneLeft)
		return nil
	}
	sale := Sale{
		ID: newNumber(t), Shop: set.Shop, State: Placed, Channel: channel(t.Env), Currency: q.Currency,
		Method:  q.Method,
		Version: q.Version, Total: q.Total, Tax: q.Tax, Off: q.Off, Coupons: q.Coupons, Gift: n.Gift,
		Age: n.ages(set), Place: *n.Place, Language: language(t.Visit, t.Env), Cart: t.Visit.ID,
	}
	for i, l := range q.Lines {
		p, v, _ := thing(set, l.SKU)
		line := Line{
			ID: strconv.Itoa(i + 1), SKU: l.SKU, Title: titled(p, v, sale.Language), Picture: picture(p),
			Quantity: l.Quantity, Unit: l.Unit, Class: l.Class, Rate: l.Rate, Shares: l.Shares,
			Total: l.Total,
			State: LinePlaced, Doors: doors[l.SKU], WeightG: v.Weight,
		}
		if len(v.GTINs) > 0 {
			line.GTIN = v.GTINs[0]
		}
		if len(p.Categories) > 0 {
			line.Category = p.Categories[0]
		}
		sale.Lines = append(sale.Lines, line)
	}
	sale.Payment = payment.New(sale.ID, money.Of(sale.Total, sale.Currency))
	if t.Fresh != nil {
		sale.Code = t.Fresh.CodeHash
	}
	t.Emit(&Ordered{
		OfSale: of(sale), Channel: sale.Channel, Currency: sale.Currency, Total: sale.Total, Tax: sale.Tax,
		Prices: sale.Version, Lines: sale.Lines, Place: sale.Place, Whole: sale, Clear: t.Fresh,
	})
	n.Sale = sale.ID
	t.KeepAs(noteName, n)
	begin(t, sale.ID, tender)
	return nil
}

func newNumber(t *visit.Turn) string {
	for {
		number := plain.Number('S', t.NewID())
		if _, taken := Sales.Get(t.State, number); !taken {
			return number
		}
	}
}

// begin begins an attempt to pay for a sale, and shows it.
func begin(t *visit.Turn, id string, tender payment.Tender) {
	sale, _ := Sales.Get(t.State, id)
	life := SettingsOf(t.Env).PayFor[tender]
	if sale.Payment.Served { // it costs nothing
		show(t, noteOf(t.Visit), view.StepShopPaying, view.ReasonNone)
		served(t, id)
		return
	}
	attempt := t.NewID()
	next, err := sale.Payment.Begin(attempt, tender, sale.Payment.Left(), t.Now.Round(0).UTC(), life)
	if err == nil {
		err = stock.Keep(t, sale.Cart, t.Today().Add(life+stock.PaymentMargin))
	}
	if err != nil {
		show(t, noteOf(t.Visit), view.StepShopUnpaid, view.ReasonNoneLeft)
		return
	}
	moved(t, sale, attempt, next)
	if tender == payment.Cash {
		show(t, noteOf(t.Visit), view.StepShopDone, view.ReasonNone)
		return
	}
	show(t, noteOf(t.Visit), view.StepShopPaying, view.ReasonNone)
}

// moved tells what is known of the money now, and has the provider asked what it must be.
func moved(t *visit.Turn, sale Sale, attempt string, now payment.Payment) {
	f := &PaymentMoved{OfSale: of(sale), Attempt: attempt, Currency: sale.Currency, Payment: now}
	for _, a := range now.Attempts {
		if a.ID == attempt {
			f.Tender, f.State, f.Amount, f.Got, f.Kept, f.Refunded = a.Tender, a.State, a.Amount.Minor,
				a.Got.Minor,
				a.Kept, a.Refunded
		}
	}
	t.Emit(f)
	t.Order(Ask{sale.ID, now.Errands()})
}

// Ask has providers asked about the payments of a sale.
type Ask struct {
	Sale    string
	Errands []payment.Errand
}

// Kind names the effect.
func (Ask) Kind() string { return "sale.ask" }

func mayPayAgain(s *ledger.State, v visit.Visit, _ visit.Env) bool {
	sale, ok := Sales.Get(s, noteOf(v).Sale)
	return ok && sale.State == Placed && sale.Payment.Ready() == nil && v.Reason != view.ReasonNoneLeft
}

// payAgain begins another attempt. The provider has closed the one before.
func payAgain(t *visit.Turn) {
	sale, _ := Sales.Get(t.State, noteOf(t.Visit).Sale)
	if n := len(sale.Payment.Attempts); n > 0 {
		begin(t, sale.ID, sale.Payment.Attempts[n-1].Tender)
	}
}

// backToCart gives the sale up, and goes on with the cart.
func backToCart(t *visit.Turn) {
	n := noteOf(t.Visit)
	cancel(t, n.Sale, "changed")
	n.Sale, n.Place = "", nil
	take(t, n)
	show(t, n, view.StepShopCart, view.ReasonNone)
}

func leave(t *visit.Turn) {
	giveUp(t)
	t.Finish()
}

func giveUp(t *visit.Turn) { cancel(t, noteOf(t.Visit).Sale, "left") }

// callOff has the provider close the attempt: it may be paid until it says so.
func callOff(t *visit.Turn) {
	sale, _ := Sales.Get(t.State, noteOf(t.Visit).Sale)
	if a, waits := sale.Payment.Waits(); waits {
		hear(t, sale, a.ID, payment.Leave{})
	}
}
