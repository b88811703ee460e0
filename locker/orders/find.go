package orders

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"cubby/locker/ledger"
)

// Find reads the orders that something scanned or typed may mean: an order's id, the code
// of a receipt or gift receipt, a GTIN, an SKU, a serial number, or a link or QR code
// that names an order. Those found by their own id or receipt come first, then the newest;
// at most MostFound.
func Find(s *ledger.State, scan string) []Order {
	var all []Order
	seen := map[string]bool{}
	for _, keys := range Keys(scan) {
		var found []Order
		for _, key := range keys {
			for _, o := range byKey.Find(s, key) {
				if !seen[o.ID] {
					seen[o.ID] = true
					found = append(found, o)
				}
			}
		}
		slices.SortFunc(found, func(a, b Order) int {
			return cmp.Or(b.Ordered.Compare(a.Ordered), cmp.Compare(a.ID, b.ID))
		})
		all = append(all, found...)
	}
	all = all[:min(len(all), MostFound)]
	for i := range all {
		all[i].Customer, _ = Customers.Get(s, all[i].ID)
	}
	return all
}

// longestScan bounds what is looked for, in bytes.
const longestScan = 512

// Keys are what orders are looked for by when something was scanned: first as an order or a
// receipt, then as an article or a serial number.
func Keys(scan string) (orders [2][]string) {
	scan = strings.TrimSpace(scan)
	if scan == "" || len(scan) > longestScan {
		return orders
	}
	id, isOrder := OrderIn(scan)
	if isOrder {
		scan = id
	}
	add := func(to *[]string, kind, text string) {
		if key := keyOf(kind, text); key != "" {
			*to = append(*to, key)
		}
	}
	add(&orders[0], keyOrder, scan)
	if !isOrder {
		add(&orders[1], keyArticle, article(scan))
		add(&orders[1], keySKU, scan)
		add(&orders[1], keySerial, scan)
	}
	return orders
}

// OrderIn is the id of the order that a QR code names: "order:ID", or a link of which the
// last part of the path is the id.
func OrderIn(scan string) (id string, ok bool) {
	const prefix = "order:"
	if len(scan) > len(prefix) && strings.EqualFold(scan[:len(prefix)], prefix) {
		return strings.TrimSpace(scan[len(prefix):]), true
	}
	if u, err := url.Parse(scan); err == nil && u.Host != "" && strings.EqualFold(u.Scheme, "https") {
		path := strings.TrimRight(u.Path, "/")
		if id := path[strings.LastIndexByte(path, '/')+1:]; id != "" {
			return id, true
		}
	}
	return "", false
}
