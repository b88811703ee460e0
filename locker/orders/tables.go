package orders

import (
	"encoding/json"
	"strings"
	"time"

	"cubby/locker/label"
	"cubby/locker/ledger"
)

// Tables of orders. A store has a hundred thousand of them a year: none is kept in memory,
// each is read when it is asked for.
var (
	Orders = ledger.NewTable("orders", "id",
		ledger.Document(func(o Order) ([]byte, error) { return json.Marshal(o) },
			ledger.Column[Order]{Name: "shop", Of: func(o Order) any { return o.Shop }},
			ledger.Column[Order]{Name: "ended", Of: func(o Order) any { return o.Ended().Unix() }}),
		ledger.WithSide("order_keys", "order_id", []string{"key", "ordered"}, entries,
			func(o Order) bool { return o.Rev == 1 }))

	// byKey finds the newest orders that something scanned may mean.
	byKey = ledger.NewIndex(Orders, "key", func(_ string, o Order) []string { return o.keys() },
		"id IN (SELECT order_id FROM order_keys WHERE key = ?1 ORDER BY ordered DESC LIMIT 50)")

	// Customers are what is known of whoever has bought, by order. They are not in the log.
	Customers = ledger.NewTable("order_customers", "order_id",
		ledger.Logged(func(c Customer) (Customer, bool) { return c, false }))
)

// MostFound bounds how many orders a scan finds.
const MostFound = 50

// Kinds of what orders are found by; a key begins with one, so that an SKU is never taken
// for a receipt.
const (
	keyOrder   = "o" // beside the order's own id: what receipts and gift receipts say
	keyArticle = "a" // GTIN
	keySKU     = "k"
	keySerial  = "s"
)

// keys are what the order is found by.
func (o Order) keys() (all []string) {
	seen := map[string]bool{}
	add := func(kind, text string) {
		if key := keyOf(kind, text); key != "" && !seen[key] {
			seen[key] = true
			all = append(all, key)
		}
	}
	add(keyOrder, o.ID)
	add(keyOrder, o.Receipt)
	add(keyOrder, o.GiftReceipt)
	for _, l := range o.Lines {
		add(keyArticle, article(l.GTIN))
		add(keySKU, l.SKU)
		for _, serial := range l.Serials {
			add(keySerial, serial)
		}
	}
	return all
}

// keyOf is how a text is looked for: people and scanners differ in case and spaces.
func keyOf(kind, text string) string {
	text = strings.ToUpper(strings.Join(strings.Fields(text), ""))
	if text == "" || strings.Contains(text, "\x00") {
		return ""
	}
	return kind + ":" + text
}

// article is a GTIN in 14 digits, so that one is found however long it is written.
func article(gtin string) string {
	if !label.IsGTIN(gtin) {
		return ""
	}
	return strings.Repeat("0", 14-len(gtin)) + gtin
}

func entries(o Order) (rows [][]any) {
	for _, key := range o.keys() {
		rows = append(rows, []any{key, o.Ordered.Unix()})
	}
	return rows
}

// Get reads an order and what is known of its customer.
func Get(s *ledger.State, id string) (Order, bool) {
	o, ok := Orders.Get(s, id)
	if ok {
		o.Customer, _ = Customers.Get(s, id)
	}
	return o, ok
}

// Ended is when the last of the order was delivered, or when it was ordered while that is
// not known.
func (o Order) Ended() time.Time {
	last := o.Ordered
	if o.Delivered != nil && o.Delivered.After(last) {
		last = *o.Delivered
	}
	for _, l := range o.Lines {
		if l.Delivered != nil && l.Delivered.After(last) {
			last = *l.Delivered
		}
	}
	return last
}
