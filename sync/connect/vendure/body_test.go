package vendure

import (
	"encoding/json"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"cubby/locker/orders"
	api "cubby/sync/api/orders"
	"cubby/sync/api/parcels"
)

// bought is an order as the shop tells of it, changed.
func bought(t *testing.T, change func(o map[string]any)) *order {
	t.Helper()
	o := map[string]any{
		"id": "7", "code": "ABCD1234EFGH5678", "state": paid, "orderPlacedAt": "2026-03-01T10:00:00.500Z",
		"currencyCode": "EUR", "totalWithTax": 11248, "shippingWithTax": 0,
		"customer": map[string]any{"id": "3", "firstName": "Zebedee", "lastName": "Marker",
			"emailAddress": "z@example.org", "phoneNumber": "+49 170 5550123"},
		"shippingAddress": map[string]any{"postalCode": "10115", "countryCode": "DE"},
		"shippingLines":   []any{map[string]any{"shippingMethod": map[string]any{"code": "high-street"}}},
		"lines": []any{
			line("11", "JACKET-1", "Jacket", 2, 4999, 9998), line("12", "SCARF-1", "Scarf", 1, 1250, 1250)},
		"payments": []any{map[string]any{"id": "5", "method": "card", "state": settled, "transactionId": "pi_1",
			"amount": 11248, "refunds": []any{}}},
	}
	if change != nil {
		change(o)
	}
	text, err := json.Marshal(o)
	must(t, err)
	read := new(order)
	must(t, json.Unmarshal(text, read))
	return read
}

func line(id, sku, name string, quantity, unit, whole int) map[string]any {
	return map[string]any{"id": id, "quantity": quantity, "unitPriceWithTax": unit,
		"proratedLinePriceWithTax": whole, "taxRate": 20,
		"productVariant": map[string]any{"sku": sku, "name": name}}
}

// Every order of a shop becomes one that stations take, of the same sum.
func TestAnOrderOfTheShopIsOneOfTheHub(t *testing.T) {
	for name, c := range map[string]struct {
		change func(o map[string]any)
		lines  string // what is paid for each
		wrong  string
	}{
		"as it is": {nil, "9998 1250", ""},
		"a discount that does not divide": {func(o map[string]any) {
			o["lines"] = []any{line("1", "A", "A", 3, 1000, 2500)}
			total(o, 2500)
		}, "2500", ""},
		"dearer than its units, by rounding": {func(o map[string]any) {
			o["lines"] = []any{line("1", "A", "A", 3, 1000, 3001)}
			total(o, 3001)
		}, "3001", ""},
		"taken off by a surcharge": {func(o map[string]any) {
			o["surcharges"] = []any{map[string]any{"id": "1", "description": "Voucher", "priceWithTax": -1001}}
			total(o, 10247)
		}, "9108 1139", ""},
		"a surcharge": {func(o map[string]any) {
			o["surcharges"] = []any{map[string]any{"id": "1", "description": "Wrapping", "priceWithTax": 300}}
			total(o, 11548)
		}, "9998 1250 300", ""},
		"a cent by rounding": {func(o map[string]any) { total(o, 11249) }, "9999 1250", ""},
		"shipping is paid": {func(o map[string]any) {
			o["shippingWithTax"] = 500
			total(o, 11748)
		}, "9998 1250", ""},
		"a line was taken out": {func(o map[string]any) {
			o["lines"] = []any{line("11", "JACKET-1", "Jacket", 0, 4999, 0), line("12", "S", "Scarf", 1, 1250, 1250)}
			o["totalWithTax"] = 1250
			o["payments"].([]any)[0].(map[string]any)["refunds"] = []any{
				map[string]any{"id": "1", "state": "Settled", "total": 9998},
				map[string]any{"id": "2", "state": "Failed", "total": 77},
			}
		}, "1250", ""},
		"a card in its reference": {func(o map[string]any) {
			o["payments"].([]any)[0].(map[string]any)["transactionId"] = "4111111111111111"
		}, "9998 1250", ""},
		"strange texts": {func(o map[string]any) {
			name := "Ja\u202ecket\n\u200d \x00" + strings.Repeat("é", 300)
			o["lines"] = []any{line("11", "JACKET-1", name, 2, 4999, 9998),
				line("12", "SCARF-1", "Scarf", 1, 1250, 1250)}
			o["shippingAddress"] = map[string]any{"postalCode": strings.Repeat("1", 21), "countryCode": "Germany",
				"phoneNumber": "4111 1111 1111 1111"}
			o["customer"] = nil
		}, "9998 1250", ""},
		"paid less than it costs": {func(o map[string]any) { o["totalWithTax"] = 12000 }, "",
			"mend it at the shop"},
		"nothing is left": {func(o map[string]any) {
			o["lines"] = []any{}
			total(o, 5)
		}, "", "mend it at the shop"},
	} {
		o := bought(t, c.change)
		text, err := body("acme", "de", o, time.Time{})
		if c.wrong != "" {
			if err == nil || !strings.Contains(err.Error(), c.wrong) {
				t.Errorf("%s: %s %v", name, text, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		read, proof, err := api.ReadOrder(text)
		if err != nil || read.Total() != o.TotalWithTax {
			t.Errorf("%s: %d, not %d, %v\n%s", name, read.Total(), o.TotalWithTax, err, text)
			continue
		}
		var costs []string
		for _, l := range read.Lines {
			costs = append(costs, jsonOf(l.UnitPrice*int64(l.Quantity)-l.Discount))
		}
		if got := strings.Join(costs, " "); got != c.lines {
			t.Errorf("%s: the lines cost %s, want %s", name, got, c.lines)
		}
		tender := orders.Tender{ID: "5", Kind: orders.Card, Amount: 11248, Reference: "pi_1"}
		if name == "as it is" && (read.Tenders[0] != tender || proof.Postcode != "10115" ||
			read.Country != "DE" || read.Lines[0].TaxRate != 200_000) {
			t.Errorf("it is %s", text)
		}
		a, err := announcement("de", o)
		must(t, err)
		if _, err := parcels.ReadAnnouncement(a); err != nil {
			t.Errorf("%s: %v %s", name, err, a)
		}
	}
}

func jsonOf(v any) string {
	text, _ := json.Marshal(v)
	return string(text)
}

// total sets what an order costs, all of it paid.
func total(o map[string]any, amount int) {
	o["totalWithTax"] = amount
	o["payments"].([]any)[0].(map[string]any)["amount"] = amount
}

func TestAnOrderIsDeliveredWhenItWasCollectedAndNotBeforeItWasPlaced(t *testing.T) {
	o := bought(t, nil)
	for _, c := range []struct{ collected, want string }{
		{"2026-03-02T09:00:00Z", "2026-03-02T09:00:00Z"},
		{"2026-02-01T09:00:00Z", "2026-03-01T10:00:00.5Z"}, // by a clock that was wrong
	} {
		at, err := time.Parse(time.RFC3339, c.collected)
		must(t, err)
		text, err := body("acme", "", o, at)
		must(t, err)
		var b struct{ Delivered string }
		must(t, json.Unmarshal(text, &b))
		if b.Delivered != c.want {
			t.Errorf("collected at %s: delivered at %s", c.collected, b.Delivered)
		}
	}
}

// Whatever the amounts are: what is made of an order has its sum, or there is an error.
func TestTheSumIsThatOfTheShopWhateverItTakesOff(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	taken := 0
	for range 1000 {
		o := &order{Code: "A", CurrencyCode: "EUR", OrderPlacedAt: new(time.Now().Add(-time.Hour))}
		for i := range 1 + random.IntN(4) {
			l := orderLine{ID: strconv.Itoa(i), Quantity: 1 + random.IntN(9)}
			l.ProductVariant.SKU, l.ProductVariant.Name = "A", "A"
			l.UnitPriceWithTax = random.Int64N(1 << random.IntN(30))
			l.ProratedLinePriceWithTax = random.Int64N(l.UnitPriceWithTax*int64(l.Quantity) + 9)
			o.Lines = append(o.Lines, l)
			o.TotalWithTax += l.ProratedLinePriceWithTax
		}
		o.TotalWithTax += random.Int64N(2001) - 1000
		o.Payments = []payment{{ID: "1", State: settled, Amount: o.TotalWithTax}}
		text, err := body("acme", "en", o, time.Time{})
		if err != nil {
			continue
		}
		taken++
		if read, _, err := api.ReadOrder(text); err != nil || read.Total() != o.TotalWithTax {
			t.Fatalf("%d, not %d: %v\n%s", read.Total(), o.TotalWithTax, err, text)
		}
	}
	if taken < 800 {
		t.Errorf("only %d of 1000 orders are taken", taken)
	}
}
