package shop_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"cubby/locker"
	"cubby/locker/calendar"
	"cubby/locker/door"
	"cubby/locker/ledger"
	"cubby/locker/money"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/shop"
	"cubby/locker/shop/catalogue"
	"cubby/locker/shop/payment"
	"cubby/locker/shop/price"
	"cubby/locker/stock"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"

	"pgregory.net/rapid"
)

// dawn is a Tuesday.
var dawn = time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)

const payFor = 5 * time.Minute

// A shelf is a small catalogue in memory.
type shelf []catalogue.Product

func (all shelf) Product(sku string) (catalogue.Product, bool) {
	for _, p := range all {
		if _, ok := p.Variant(sku); ok {
			return p, true
		}
	}
	return catalogue.Product{}, false
}

func (all shelf) WithGTIN(gtin string) (string, bool) {
	for _, p := range all {
		for _, v := range p.Variants {
			if slices.Contains(v.GTINs, gtin) {
				return v.SKU, true
			}
		}
	}
	return "", false
}

var categories = []catalogue.Category{
	{ID: "food", Title: catalogue.Words{"en": "Food"}},
	{ID: "tea", Parent: "food", Title: catalogue.Words{"en": "Tea"}},
	{ID: "bulk", Title: catalogue.Words{"en": "Bulk"}},
}

func (all shelf) Categories(parent string) (parts []shop.Part) {
	for _, c := range categories {
		if _, n := all.Search(shop.Query{Category: c.ID, Count: 1}); c.Parent == parent {
			parts = append(parts, shop.Part{Category: c, Products: n})
		}
	}
	return parts
}

func (all shelf) Category(id string) (c catalogue.Category, path []string, ok bool) {
	for _, one := range categories {
		if one.ID == id {
			path = []string{id}
			if one.Parent != "" {
				path = append(path, one.Parent)
			}
			return one, path, true
		}
	}
	return c, nil, false
}

func (all shelf) Search(q shop.Query) (skus []string, found int) {
	for _, p := range all {
		_, path, _ := all.Category(p.Categories[0])
		if q.Category != "" && !slices.Contains(path, q.Category) ||
			!strings.Contains(strings.ToLower(p.Title.In("en")), strings.ToLower(q.Text)) {
			continue
		}
		if found++; found > q.From && len(skus) < q.Count {
			skus = append(skus, p.Variants[0].SKU)
		}
	}
	return skus, found
}

// product is one with variants.
func product(category, title string, age int, skus ...string) catalogue.Product {
	p := catalogue.Product{
		ID: skus[0], Title: catalogue.Words{"en": title}, Categories: []string{category}, Age: age,
	}
	for _, sku := range skus {
		v := catalogue.Variant{SKU: sku, GTINs: []string{gtins[sku]}}
		if len(skus) > 1 {
			v.Options = map[string]string{"size": sku}
		}
		p.Variants = append(p.Variants, v)
	}
	return p
}

var gtins = map[string]string{"TEA": "04006381333931"}

// goodsForSale are tea in two sizes, a mug, rum for adults, and 31 things in bulk.
func goodsForSale() (all shelf, prices *price.Snapshot) {
	all = shelf{
		product("tea", "Green tea", 0, "TEA", "TEA-L"), product("food", "Mug", 0, "MUG"),
		product("food", "Rum", 18, "RUM"),
	}
	prices = &price.Snapshot{
		Version: "1", Issued: dawn.AddDate(0, 0, -1), Until: dawn.AddDate(0, 0, 30), Currency: "EUR",
		Tax:     money.Method{Per: money.PerLine, How: money.HalfUp, Inclusive: true},
		Classes: map[string]money.Rate{"full": 190_000},
		Promotions: []price.Promotion{{
			ID: "five", Title: map[string]string{"en": "Five off"}, Class: price.OfOrder, Kind: price.Amount,
			Minor: 500, Coupon: &price.Coupon{Codes: []string{price.CodeHash("FIVE")}, Limit: 1},
		}},
	}
	minor := map[string]int64{"TEA": 1000, "TEA-L": 1500, "MUG": 800, "RUM": 2000}
	for i := range 31 {
		sku := fmt.Sprintf("BULK-%02d", i)
		all = append(all, product("bulk", "Bulk "+sku, 0, sku))
		minor[sku] = 100
	}
	for sku, m := range minor {
		prices.Prices = append(prices.Prices, price.Price{SKU: sku, Minor: m, Class: "full"})
	}
	slices.SortFunc(prices.Prices, func(a, b price.Price) int { return strings.Compare(a.SKU, b.SKU) })
	return all, prices
}

// An entry is a fact as the log keeps it.
type entry struct {
	at   time.Time
	fact ledger.Fact
}

// A store is a station that sells. Doors 1 to 6 are of two banks.
type store struct {
	*ledger.Memory
	rules    *visit.Rules
	terminal string
	now      time.Time
	set      shop.Settings
	prices   *price.Snapshot
	ids      int
	log      []entry
	orders   []door.Order
	ajar     map[string]bool             // doors that stand open
	asked    map[string][]payment.Errand // what providers are to be asked, by sale
}

func seeded() *ledger.Memory {
	m := ledger.NewMemory(nil)
	s := ledger.NewState(m)
	for i := range 6 {
		n := fmt.Sprint(i + 1)
		wall.Compartments.Put(s, n, wall.Compartment{
			Number: n, Size: "m", Inner: wall.Box{Width: 400, Height: 300, Depth: 500},
			Bank: []string{"a", "b"}[i/3],
			Door: door.Closed, LastKnown: door.Closed, Lock: wall.LockIdle, Allocation: wall.Free,
			Contents: wall.ContentsEmpty,
		})
	}
	people.Staff.Put(s, "ann", people.EmployeeRecord{
		Employee: people.Employee{ID: "ann", Name: "Ann", Role: people.Associate}, BadgeHash: "badge-ann",
	})
	m.Merge(s.Changes())
	return m
}

func newStore(t rapid.TB) *store {
	all, prices := goodsForSale()
	hours, _, err := calendar.NewHours([]string{"mon-sat 09:00-19:00"}, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	w := &store{
		Memory: seeded(), rules: locker.Station, now: dawn, prices: prices,
		asked: map[string][]payment.Errand{}, ajar: map[string]bool{},
		set: shop.Settings{
			Open: true, Station: "north", Shop: "acme", Country: "DE", Catalogue: all,
			Tenders: []payment.Tender{payment.Phone, payment.Terminal, payment.Cash},
			PayFor: map[payment.Tender]time.Duration{
				payment.Phone: payFor, payment.Terminal: payFor, payment.Cash: 2 * time.Hour,
			},
			PickupHours: 48, Pick: 2 * time.Hour, Hours: hours, Counter: true, Later: true, Kerbside: true,
		},
	}
	w.set.Prices = func() *price.Snapshot { return w.prices }
	return w
}

// put has units of an article at a place.
func (w *store) put(t rapid.TB, sku string, at stock.Place, behind string, n int) {
	t.Helper()
	w.do(t, stock.MoveGoods{Moved: stock.Moved{
		SKU: sku, To: at, ToDoor: behind, Quantity: n, Cause: stock.Received,
	}})
}

func (w *store) env() visit.Env {
	w.ids++
	return visit.Env{
		Now: w.now, Terminal: w.terminal,
		Clock: calendar.Reading{Wall: w.now, Boot: "b", Uptime: w.now.Sub(dawn) + time.Hour, Synced: true},
		Policy: visit.Policy{
			PickupHours: 48, FreePINTries: 3, PageTimeout: time.Minute, CourierTimeout: time.Minute,
			StaffTimeout: time.Minute, DeskTimeout: time.Minute, DoorTimeout: 2 * time.Minute,
			Thanks: 10 * time.Second, MaxExtensions: 10, RecipientDays: 30, Languages: []string{"en"},
			Desks: []string{"desk"},
			Rooms: map[string]any{
				"shop": w.set, "parcel": parcel.Settings{Shelf: []string{"A1", "A2", "A3", "A4"}},
			},
		},
		NewID: func() string { w.ids++; return fmt.Sprintf("id-%020d", w.ids) },
		Mark:  func(kind, text string) string { return kind + "|" + text },
		Fresh: &visit.Secret{
			Code: fmt.Sprint("c", w.ids), CodeHash: fmt.Sprint("code-", w.ids), PIN: fmt.Sprint("p", w.ids),
			PINHash: fmt.Sprint("pin-", w.ids),
		},
	}
}

func (w *store) try(c visit.Command) error {
	d, err := w.rules.Decide(w.Memory, c, w.env())
	if err != nil {
		return err
	}
	w.Merge(d.Changes)
	for _, f := range d.Facts {
		w.log = append(w.log, entry{w.now, f})
	}
	for _, e := range d.Effects {
		switch e := e.(type) {
		case door.Order:
			w.orders = append(w.orders, e)
		case shop.Ask:
			w.asked[e.Sale] = e.Errands
		}
	}
	return nil
}

func (w *store) do(t rapid.TB, c visit.Command) {
	t.Helper()
	if err := w.try(c); err != nil {
		t.Fatalf("%T %+v: %v", c, c, err)
	}
}

func (w *store) refused(t rapid.TB, c visit.Command, slug string) {
	t.Helper()
	err := w.try(c)
	if r, ok := errors.AsType[*ledger.Refusal](err); !ok || r.Slug != slug {
		t.Fatalf("%T: %v, want the refusal %s", c, err, slug)
	}
}

func (w *store) state() *ledger.State { return ledger.NewState(w.Memory) }
func (w *store) view() view.View      { return w.rules.ViewOf(w.Memory, w.env()) }

func (w *store) at(t rapid.TB, step view.Step, why view.Reason) view.View {
	t.Helper()
	v := w.view()
	if v.Step != step || v.Reason != why {
		t.Fatalf("the page is %s (%s), want %s (%s)", v.Step, v.Reason, step, why)
	}
	return v
}

// act touches what the page offers; what it does not offer is a mistake of the test.
func (w *store) act(t rapid.TB, name view.ActionName, value string) {
	t.Helper()
	v := w.view()
	if !v.Allows(name) {
		t.Fatalf("the page %s (%s) does not offer %s but %v", v.Step, v.Reason, name, v.Actions)
	}
	w.now = w.now.Add(time.Second)
	w.do(t, w.touch(v, name, value))
}

// touch is a touch on a page as a screen sends it.
func (w *store) touch(v view.View, name view.ActionName, value string) visit.Do {
	return visit.Do{Action: view.Action{
		Terminal: w.terminal, Visit: v.Visit, Step: v.Step, Door: v.Door(), Parcel: v.Parcel(),
		Name: name, Value: value,
	}}
}

func (w *store) shows(t rapid.TB, hash string) {
	t.Helper()
	w.do(t, visit.Present{CodeHash: hash, Presented: "code"})
}

// wait lets time pass and what is due happen.
func (w *store) wait(t rapid.TB, d time.Duration) {
	t.Helper()
	for end := w.now.Add(d); w.now.Before(end); {
		next := w.rules.NextTick(w.Memory, w.env())
		if next.IsZero() || next.After(end) {
			next = end
		}
		if !next.After(w.now) {
			next = w.now.Add(time.Second)
		}
		w.now = next
		w.do(t, visit.Tick{})
	}
}

// ticks lets the doors of a sale become parcels of it.
func (w *store) ticks(t rapid.TB) {
	t.Helper()
	for range 5 {
		w.do(t, visit.Tick{})
	}
}

// opens lets the hardware open the door that was ordered last.
func (w *store) opens(t rapid.TB) string {
	t.Helper()
	if len(w.orders) == 0 {
		t.Fatal("no door was ordered")
	}
	return w.ends(t, door.Ended{Result: door.ConfirmedOpen, Pulsed: true})
}

// ends tells how the last order has ended.
func (w *store) ends(t rapid.TB, how door.Ended) string {
	t.Helper()
	o := w.orders[len(w.orders)-1]
	w.now = w.now.Add(time.Second)
	how.Opening, how.Compartment, how.At = o.Opening, o.Compartment, w.now
	w.ajar[o.Compartment] = how.Result == door.ConfirmedOpen
	w.do(t, visit.EndOpening{Ended: how})
	return o.Compartment
}

func (w *store) closes(t rapid.TB, number string, presence door.Presence) {
	t.Helper()
	w.now = w.now.Add(8 * time.Second)
	delete(w.ajar, number)
	w.do(t, visit.SeeDoor{Seen: door.Seen{
		Compartment: number, State: door.Closed, Presence: presence, At: w.now,
	}})
}

// sales are those that were made, the oldest first.
func (w *store) sales() (all []shop.Sale) {
	for _, e := range w.log {
		if f, ok := e.fact.(*shop.Ordered); ok {
			one, _ := shop.Sales.Get(w.state(), f.Sale)
			all = append(all, one)
		}
	}
	return all
}

func (w *store) sale(t rapid.TB) shop.Sale {
	t.Helper()
	all := w.sales()
	if len(all) == 0 {
		t.Fatal("there is no sale")
	}
	return all[len(all)-1]
}

// last is the newest attempt to pay for the newest sale.
func (w *store) last(t rapid.TB) payment.Attempt {
	t.Helper()
	a := w.sale(t).Payment.Attempts
	if len(a) == 0 {
		t.Fatal("nobody was asked to pay")
	}
	return a[len(a)-1]
}

// says is what the provider says of the newest attempt.
func (w *store) says(t rapid.TB, in payment.Input) {
	t.Helper()
	w.do(t, shop.Hear{By: people.Tools, Sale: w.sale(t).ID, Attempt: w.last(t).ID, In: in})
}

// paid is a provider that has got so much.
func paid(minor int64) payment.Said {
	return payment.Said{Status: payment.AtPaid, Remote: "r", Currency: "EUR", Captured: minor, Captures: 1}
}

// into puts units of articles into the cart of somebody who comes to the kiosk.
func (w *store) into(t rapid.TB, skus ...string) {
	t.Helper()
	w.act(t, view.ActStartShop, "")
	for i, sku := range skus {
		if i > 0 {
			w.act(t, view.ActShopHome, "")
		}
		w.do(t, visit.Present{Text: gtinOf(sku), Presented: "label"})
		if w.view().Step != view.StepShopProduct { // it has no number: looked for by its name
			w.act(t, view.ActSearch, "")
			p, _ := w.set.Catalogue.Product(sku)
			w.act(t, view.ActType, p.Title.In("en"))
			w.act(t, view.ActPick, sku)
		}
		w.act(t, view.ActAdd, "")
	}
	w.at(t, view.StepShopCart, view.ReasonNone)
}

func gtinOf(sku string) string { return strings.TrimPrefix(gtins[sku], "0") }

// buys goes on from the cart until the money is awaited.
func (w *store) buys(t rapid.TB, place, tender string) {
	t.Helper()
	w.act(t, view.ActCheckout, "")
	w.act(t, view.ActPick, place)
	w.act(t, view.ActPick, tender)
}

// held are the reservations that hold something.
func (w *store) held() []stock.Reservation { return stock.Reservations.All(w.state()) }

func (w *store) level(sku string) stock.Level { return stock.Of(w.state(), sku) }

// reread is the log replayed over an empty station, from what is written of each fact.
func (w *store) reread(t rapid.TB) *ledger.Memory {
	t.Helper()
	m := seeded()
	for _, e := range w.log {
		data, err := json.Marshal(e.fact)
		if err != nil {
			t.Fatal(err)
		}
		var private []byte
		if p, ok := e.fact.(ledger.PrivatePart); ok {
			if private, err = json.Marshal(p.Private()); err != nil {
				t.Fatal(err)
			}
		}
		f, err := w.rules.Ledger.Read(e.fact.Type(), data, private)
		if err != nil {
			t.Fatal(err)
		}
		s := ledger.NewState(m)
		f.Apply(s, e.at)
		m.Merge(s.Changes())
	}
	return m
}

// restarts has the core die and come back: all that it knows then is its log.
func (w *store) restarts(t rapid.TB) {
	t.Helper()
	again := w.reread(t)
	was, are := w.state(), ledger.NewState(again)
	same(t, "sales", shop.Sales.All(was), shop.Sales.All(are))
	same(t, "coupons", shop.Uses.All(was), shop.Uses.All(are))
	same(t, "levels", stock.Levels.All(was), stock.Levels.All(are))
	same(t, "goods", stock.Behind.All(was), stock.Behind.All(are))
	same(t, "reservations", stock.Reservations.All(was), stock.Reservations.All(are))
	same(t, "visits", visit.Visits.All(was), visit.Visits.All(are))
	same(t, "parcels", parcel.Parcels.All(was), parcel.Parcels.All(are))
	w.Memory = again
	w.asked = map[string][]payment.Errand{}
	w.do(t, visit.Start{Boot: "b", Version: "test"})
}

// reads has the hardware read all doors, as it does after a start.
func (w *store) reads(t rapid.TB) {
	t.Helper()
	for _, n := range wall.Compartments.Keys(w.state()) {
		seen := door.Seen{Compartment: n, State: door.Closed, Presence: door.PresenceUnknown, At: w.now}
		if w.ajar[n] {
			seen.State = door.Open
		}
		w.do(t, visit.SeeDoor{Seen: seen})
	}
}

// same fails where rows, in whatever order, are others by the log than they were.
func same[T any](t rapid.TB, what string, was, are []T) {
	t.Helper()
	text := func(rows []T) string {
		var all []string
		for _, row := range rows {
			one, err := json.Marshal(row)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, string(one))
		}
		slices.Sort(all)
		return strings.Join(all, "\n")
	}
	if a, b := text(was), text(are); a != b {
		t.Fatalf("%s by the log:\n%s\nand they were:\n%s", what, b, a)
	}
}
