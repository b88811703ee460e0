package store

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/orders"
	"cubby/locker/stock"
)

// soldOn is an order of an article, delivered on a day of March.
func soldOn(id string, day int) orders.Order {
	at := time.Date(2026, 3, day, 9, 0, 0, 0, time.UTC)
	return orders.Order{
		ID: id, Shop: "acme", Currency: "EUR", Ordered: at, Receipt: "R-" + id, Rev: 1,
		Lines: []orders.Line{
			{ID: "1", SKU: "TS-M", GTIN: "4006381333931", Quantity: 1, Serials: []string{"SN-" + id}},
		},
		Customer: orders.Customer{},
	}
}

// Orders are not in memory: the writer finds them in the file as a decision would.
func TestOrdersAreFoundInTheFile(t *testing.T) {
	s := open(t, t.TempDir())
	ch := ledger.NewState(ledger.NewMemory(nil))
	for i := range 60 {
		o := soldOn(fmt.Sprintf("SO-%02d", i), 1)
		o.Ordered = o.Ordered.Add(time.Duration(i) * time.Minute)
		orders.Orders.Put(ch, o.ID, o)
		orders.Customers.Put(ch, o.ID, orders.Customer{CustomerRef: "C"})
	}
	inOne(t, s, func(tx *Tx) { tx.Save(ch.Changes()) })
	found := func(scan string) (ids []string) {
		for _, o := range orders.Find(ledger.NewState(ledger.NewMemory(s.Rows())), scan) {
			ids = append(ids, o.ID)
		}
		return ids
	}
	for scan, want := range map[string]string{
		"so-07": "SO-07", "R-SO-08": "SO-08", "sn-so-09": "SO-09", "SO-99": "",
	} {
		if got := strings.Join(found(scan), " "); got != want {
			t.Errorf("%s finds %q, want %q", scan, got, want)
		}
	}
	for _, scan := range []string{"TS-M", "4006381333931"} {
		if got := found(scan); len(got) != orders.MostFound || got[0] != "SO-59" || got[49] != "SO-10" {
			t.Errorf("%s finds %d, from %v", scan, len(got), got)
		}
	}
	// What is told anew is found by what it says now, and what is forgotten by nothing.
	ch = ledger.NewState(ledger.NewMemory(s.Rows()))
	changed, _ := orders.Get(ch, "SO-07")
	changed.Receipt, changed.Rev = "NEW-7", 2
	orders.Orders.Put(ch, changed.ID, changed)
	orders.Orders.Delete(ch, "SO-08")
	inOne(t, s, func(tx *Tx) { tx.Save(ch.Changes()) })
	for scan, want := range map[string]int{"NEW-7": 1, "R-SO-07": 0, "R-SO-08": 0, "SN-SO-08": 0} {
		if got := found(scan); len(got) != want {
			t.Errorf("%s finds %v", scan, got)
		}
	}
}

func TestOrdersAreListedInPages(t *testing.T) {
	s := open(t, t.TempDir())
	ch := ledger.NewState(ledger.NewMemory(nil))
	for i := range 5 {
		o := soldOn(fmt.Sprintf("SO-%d", i), 1)
		o.Shop = []string{"acme", "other"}[i%2]
		orders.Orders.Put(ch, o.ID, o)
		stock.Levels.Put(ch, o.ID, stock.Level{SKU: o.ID, OnHand: i})
	}
	orders.Customers.Put(ch, "SO-1", orders.Customer{CustomerRef: "C"})
	inOne(t, s, func(tx *Tx) { tx.Save(ch.Changes()) })
	list := func(f orders.Filter) (ids []string, next string) {
		page, next, err := s.Orders(t.Context(), f)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range page {
			ids = append(ids, o.ID)
		}
		return ids, next
	}
	for _, c := range []struct {
		f    orders.Filter
		want string
	}{
		{orders.Filter{Limit: 2}, "SO-0 SO-1; SO-1"},
		{orders.Filter{Limit: 2, After: "SO-1"}, "SO-2 SO-3; SO-3"},
		{orders.Filter{Limit: 2, After: "SO-3"}, "SO-4; "},
		{orders.Filter{Limit: 9, Shop: "other"}, "SO-1 SO-3; "},
		{orders.Filter{Limit: 9, Scan: "sn-so-2"}, "SO-2; "},
		{orders.Filter{Limit: 9, Scan: "TS-M", Shop: "acme"}, "SO-0 SO-2 SO-4; "},
		{orders.Filter{Limit: 9, Scan: "nothing"}, "; "},
		{orders.Filter{Limit: 9, Scan: " "}, "; "},
	} {
		ids, next := list(c.f)
		if got := strings.Join(ids, " ") + "; " + next; got != c.want {
			t.Errorf("%+v lists %q, want %q", c.f, got, c.want)
		}
	}
	if o, err := s.Order(t.Context(), "SO-1"); err != nil || o.CustomerRef != "C" || o.Receipt != "R-SO-1" {
		t.Errorf("read %+v, %v", o, err)
	}
	if _, err := s.Order(t.Context(), "SO-9"); ledger.CodeOf(err) != ledger.NotFound {
		t.Errorf("an order that is not here: %v", err)
	}
	if l, err := s.Stock(t.Context(), "SO-3"); err != nil || l.OnHand != 3 {
		t.Errorf("read %+v, %v", l, err)
	}
	if page, next, err := s.StockLevels(t.Context(), "SO-1", 2); err != nil || len(page) != 2 ||
		next != "SO-3" {
		t.Errorf("listed %v, %q, %v", page, next, err)
	}
}

func TestOrdersWhoseTimeIsOverAreFound(t *testing.T) {
	s := open(t, t.TempDir())
	ch := ledger.NewState(ledger.NewMemory(nil))
	for id, day := range map[string]int{"old": 1, "erased": 2, "recent": 5, "new": 9} {
		orders.Orders.Put(ch, id, soldOn(id, day))
		c := orders.Customer{CustomerRef: "C", PhoneHash: "h"}
		if id == "erased" {
			c.CustomerRef = ""
		}
		orders.Customers.Put(ch, id, c)
	}
	inOne(t, s, func(tx *Tx) { tx.Save(ch.Changes()) })
	on := func(day int) time.Time { return time.Date(2026, 3, day, 9, 0, 0, 0, time.UTC) }
	for _, c := range []struct {
		forget, reference time.Time
		want              []string
	}{
		{on(1), on(5), []string{"old", "recent"}},
		{on(2), on(1), []string{"erased", "old"}},
		{time.Time{}, on(1).Add(-time.Second), nil},
		{time.Time{}, time.Time{}, nil},
	} {
		ids, err := s.EndedOrders(t.Context(), c.forget, c.reference)
		slices.Sort(ids)
		if err != nil || !reflect.DeepEqual(ids, c.want) {
			t.Errorf("before %v and %v: %v, %v; want %v", c.forget, c.reference, ids, err, c.want)
		}
	}
}

// A hundred thousand orders are never looked through: each question has its index.
func TestQuestionsAboutOrdersAreAnsweredByIndexes(t *testing.T) {
	s := open(t, t.TempDir())
	scans, keys := scanned("TS-M")
	find := findIn(orders.Orders.Spec, "key")
	for name, c := range map[string]struct {
		query string
		args  []any
	}{
		"by what a decision scans": {find, []any{"k:TS-M"}},
		"by what the endpoint scans": {
			"SELECT id FROM orders WHERE id > '' AND " + scans + " ORDER BY id LIMIT 101", keys,
		},
		"by shop": {"SELECT id FROM orders WHERE id > '' AND shop = 'acme' ORDER BY id LIMIT 101", nil},
		"ended":   {"SELECT id FROM orders WHERE ended <= 5 ORDER BY ended LIMIT 500", nil},
		"of somebody": {
			"SELECT o.id FROM order_customers c CROSS JOIN orders o ON o.id = c.order_id " +
				"WHERE o.ended <= 5 AND c.doc->>'customer_ref' <> '' ORDER BY o.ended LIMIT 500", nil,
		},
	} {
		for step := range strings.Lines(plan(t, s, c.query, c.args...)) {
			if strings.HasPrefix(step, "SCAN o") || strings.HasPrefix(step, "SCAN c") &&
				!strings.Contains(step, "order_customers_named") {
				t.Errorf("%s: %s", name, step)
			}
		}
	}
}
