package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"cubby/sync/hub"
)

// A return that was taken on condition is answered here, and its refund settled.
func TestAReturnIsAnsweredAndItsRefundSettled(t *testing.T) {
	w := newWorld(t)
	item := map[string]any{"n": 1, "line": "1", "title": "Mug", "sku": "MUG-1", "quantity": 1, "from": 0,
		"reason": "faulty", "share": 1990, "refund": 1990}
	const id = "R-7K3M-90QX"
	w.happen(north, "return.requested", "returns/"+id, "case_id", id, "order_id", "SO-UNKNOWN", "shop", "acme",
		"channel", "locker", "state", "authorised", "conditional", true, "currency", "EUR", "items", []any{item})
	c := consoleOf(t, w, Options{})
	b := newClient(t, c)
	b.is(hub.Operator)
	page := at("stations", w.ids[north], "returns", id)
	has := func(path string, want ...string) {
		t.Helper()
		answer := b.send("GET", path, nil)
		all := text(answer)
		for _, one := range want {
			if answer.StatusCode != http.StatusOK || !strings.Contains(all, one) {
				t.Errorf("%s: %d, without %q", path, answer.StatusCode, one)
			}
		}
	}
	has("/returns", id, "waits for you", "1 × Mug")
	has(page, "faulty", "€19.90", "Agree")
	has("/troubles", id)
	if answer := b.send("POST", page+"/decline", nil); answer.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("declined without a reason: %d", answer.StatusCode)
	}
	if answer := b.send("POST", page+"/agree", nil); answer.StatusCode != http.StatusSeeOther {
		t.Fatalf("agree: %d %s", answer.StatusCode, text(answer))
	}
	has(page, "Agreed to", "user:operator", "is agreed to")
	w.happen(north, "return.authorised", "returns/"+id, "case_id", id, "order_id", "SO-UNKNOWN", "shop", "acme")
	w.happen(north, "refund.ordered", "refunds/F-1", "refund_id", "F-1", "case_id", id, "order_id", "SO-UNKNOWN",
		"shop", "acme", "items", []int{1}, "kind", "card", "amount", 1990, "currency", "EUR")
	has("/refunds", "F-1", "€19.90", "Settle")
	has(page, "F-1")
	answer := b.send("POST", at("stations", w.ids[north], "refunds", "F-1", "settle"),
		url.Values{"state": {"completed"}, "reference": {"bank 7"}})
	if answer.StatusCode != http.StatusSeeOther {
		t.Fatalf("settle: %d %s", answer.StatusCode, text(answer))
	}
	has("/refunds?state=", "F-1", "The hub has said", "user:operator")
}

// A test order is placed by its fields, changed as JSON, and cancelled.
func TestATestOrderIsPlacedChangedAndCancelled(t *testing.T) {
	w := newWorld(t)
	b := newClient(t, consoleOf(t, w, Options{}))
	b.is(hub.Operator)
	for _, form := range []url.Values{
		{"id": {"T-1"}, "station": {w.ids[north]}, "shop": {"demo"}, "currency": {"eur"}, "title": {"Mug"},
			"sku": {"MUG-1"}, "quantity": {"2"}, "price": {"19,90"}, "receipt": {"REC-T-1"}},
		{"id": {"T-1"}, "json": {`{"shop":"demo","currency":"EUR","channel":"online",` +
			`"ordered":"2026-03-01T10:00:00Z","delivered":"2026-03-02T10:00:00Z",` +
			`"lines":[{"id":"1","sku":"MUG-1","title":"Mug","quantity":3,` +
			`"unit_price":1990}],"tenders":[{"id":"t1","kind":"card","amount":5970}]}`}},
	} {
		if answer := b.send("POST", "/orders", form); answer.StatusCode != http.StatusSeeOther {
			t.Fatalf("%d %s", answer.StatusCode, text(answer))
		}
	}
	o, err := w.Order(t.Context(), "T-1")
	if err != nil || o.Total != 5970 || len(o.Lines) != 1 || o.Lines[0].Lease == nil ||
		o.Lines[0].Lease.Station != w.ids[north] {
		t.Fatalf("the order is %+v, %v", o, err)
	}
	if page := text(b.send("GET", "/orders/T-1", nil)); !strings.Contains(page, north) ||
		!strings.Contains(page, "€59.70") {
		t.Error("the order's page does not tell of it")
	}
	b.send("POST", "/orders/T-1/do/lease", url.Values{"line": {"1"}, "station": {w.ids["Museum"]}})
	b.send("POST", "/orders/T-1/do/cancel", nil)
	if o, err = w.Order(t.Context(), "T-1"); err != nil || !o.Cancelled {
		t.Errorf("cancelled: %v, %v", o.Cancelled, err)
	}
}

func TestAmountsAreReadAsPeopleTypeThem(t *testing.T) {
	for _, c := range []struct {
		text, currency string
		want           int64
		ok             bool
	}{
		{"19.90", "EUR", 1990, true}, {"19,9", "EUR", 1990, true}, {"19", "EUR", 1900, true},
		{"1500", "JPY", 1500, true}, {"1.500", "KWD", 1500, true}, {"0", "EUR", 0, true},
		{"19.999", "EUR", 0, false}, {"1.5", "JPY", 0, false}, {"-1", "EUR", 0, false}, {"", "EUR", 0, false},
		{"1 000", "EUR", 0, false}, {"10", "XXY", 0, false}, {"99999999999", "EUR", 0, false},
	} {
		if got, ok := minorUnits(c.text, c.currency); got != c.want || ok != c.ok {
			t.Errorf("%q %s: %d, %v; want %d, %v", c.text, c.currency, got, ok, c.want, c.ok)
		}
	}
}
