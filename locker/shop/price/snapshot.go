// Package price says what things cost: price lists, taxes and promotions as one signed
// snapshot, and the total of a cart by it. The same snapshot gives the same total at a
// kiosk, at a desk and at the hub, with or without a network.
//
// It is pure. What a promotion takes off is shared over the lines when the total is made;
// who sells keeps the shares, and what comes back is paid by them and never priced anew.
package price

import (
	"slices"
	"strings"
	"time"

	"cubby/locker/money"
)

// Bounds of a snapshot.
const (
	MostPrices     = 200_000
	MostPromotions = 1_000
	MostMinor      = 1_000_000_000_000 // of one unit, in minor units
	MostLines      = 200               // of a cart
	MostUnits      = 10_000            // of a line
	MostHistory    = 400_000
)

// A Snapshot is everything that a total follows from.
type Snapshot struct {
	Version  string       `json:"version"` // of the centre's own; 1 to 64 characters
	Issued   time.Time    `json:"issued"`
	Until    time.Time    `json:"until"`    // sold by no longer
	Currency string       `json:"currency"` // ISO 4217
	Tax      money.Method `json:"tax"`
	// Classes are the rates of tax by the name of their class.
	Classes map[string]money.Rate `json:"classes"`
	// Sending is the class of what sending costs; empty: no tax is on it.
	Sending string `json:"sending,omitempty"`
	// Prices are sorted by SKU, and so is History: Read and Write see to it.
	Prices     []Price     `json:"prices"`
	Promotions []Promotion `json:"promotions,omitempty"`
	// History is what things have cost: 60 days or more, so that stated reductions are true.
	History []Past `json:"history,omitempty"`
}

// A Price is what one unit of an article costs. Of several that hold, a member's goes before
// others, then that of a channel, then the lowest.
type Price struct {
	SKU   string `json:"sku"`
	Minor int64  `json:"minor"`
	Class string `json:"class"` // of its tax
	// Currency is the snapshot's where it is said at all.
	Currency string    `json:"currency,omitempty"`
	Channel  string    `json:"channel,omitempty"` // "kiosk", "desk", "web"; empty: all
	Member   bool      `json:"member,omitempty"`  // for members alone
	Free     bool      `json:"free,omitempty"`    // it may cost nothing
	From     time.Time `json:"from,omitzero"`     // zero: always
	Until    time.Time `json:"until,omitzero"`    // not at this moment any more; zero: no end
	// Reduced: it is told as a reduction. The lowest price of the 30 days before From has to
	// be higher.
	Reduced bool `json:"reduced,omitempty"`
}

// Past is what an article has cost from one moment to another.
type Past struct {
	SKU     string    `json:"sku"`
	Channel string    `json:"channel,omitempty"`
	Minor   int64     `json:"minor"`
	From    time.Time `json:"from"`
	Until   time.Time `json:"until"`
}

// Class is what a promotion takes off.
type Class string

// The classes, in the order in which they take something off.
const (
	OfProducts Class = "product"  // of the lines it is for
	OfOrder    Class = "order"    // of all that is bought
	OfShipping Class = "shipping" // of what sending costs
)

// Classes are all of them, in their order.
var Classes = []Class{OfProducts, OfOrder, OfShipping}

// Kind is how a promotion takes something off.
type Kind string

// The kinds.
const (
	Percent  Kind = "percent"   // Rate of the price
	Amount   Kind = "amount"    // Minor: of each unit of a product, or once of an order
	Fixed    Kind = "fixed"     // each unit costs Minor
	BuyGet   Kind = "buy_get"   // of Buy+Get units the Get cheapest have Rate off
	Cheapest Kind = "cheapest"  // the cheapest unit of Buy or more has Rate off, once
	Bundle   Kind = "bundle"    // the parts together cost Minor
	Tiered   Kind = "tier"      // from so many units on a rate or a price
	FreeGift Kind = "free_gift" // one unit of SKUs is free with what is bought of Spend or more
)

// Kinds are all of them.
var Kinds = []Kind{Percent, Amount, Fixed, BuyGet, Cheapest, Bundle, Tiered, FreeGift}

// A Promotion is an offer, as data.
type Promotion struct {
	ID         string            `json:"id"`
	Title      map[string]string `json:"title"` // by language
	Class      Class             `json:"class"`
	Kind       Kind              `json:"kind"`
	SKUs       []string          `json:"skus,omitempty"`       // it is for these; with Categories empty: for all
	Categories []string          `json:"categories,omitempty"` // ids
	Rate       money.Rate        `json:"rate,omitempty"`       // millionths
	Minor      int64             `json:"minor,omitempty"`
	Buy        int               `json:"buy,omitempty"`
	Get        int               `json:"get,omitempty"`
	Parts      []Part            `json:"parts,omitempty"` // of a bundle
	Tiers      []Tier            `json:"tiers,omitempty"` // from few to many
	Spend      int64             `json:"spend,omitempty"` // minor units of the goods it is for, at least
	Channels   []string          `json:"channels,omitempty"`
	Member     bool              `json:"member,omitempty"` // for members alone
	From       time.Time         `json:"from,omitzero"`
	Until      time.Time         `json:"until,omitzero"`
	Coupon     *Coupon           `json:"coupon,omitempty"` // nil: it needs none
	// Tags and With let promotions of one class meet on a line: both name a tag of the other.
	Tags      []string `json:"tags,omitempty"`
	With      []string `json:"with,omitempty"`
	Exclusive bool     `json:"exclusive,omitempty"` // with no other, of any class
	// Initial: computed on the price before other promotions; else on what is left of it.
	Initial  bool `json:"initial,omitempty"`
	Priority int  `json:"priority,omitempty"` // the highest first
}

// A Part is so many units of an article in a bundle.
type Part struct {
	SKU      string `json:"sku"`
	Quantity int    `json:"quantity"`
}

// A Tier holds from a number of units on.
type Tier struct {
	From  int        `json:"from"`
	Rate  money.Rate `json:"rate,omitempty"`
	Minor int64      `json:"minor,omitempty"` // price of a unit; 0: by the rate
}

// A Coupon says by which codes a promotion is had.
type Coupon struct {
	// Codes are SHA-256, in hexadecimal, of codes in capital letters that everybody may use;
	// Limit is how many uses a station may give without asking, 0: none.
	Codes []string `json:"codes,omitempty"`
	Limit int      `json:"limit,omitempty"`
	// Signed: codes that the centre has signed, each good once (ReadCoupon).
	Signed bool `json:"signed,omitempty"`
	// Online: a use has to be asked of the centre.
	Online bool `json:"online,omitempty"`
}

// valid reports whether a span holds a moment.
func valid(from, until, at time.Time) bool {
	return (from.IsZero() || !at.Before(from)) && (until.IsZero() || at.Before(until))
}

// Of is the price of an article for whoever asks in a context; false: it has none.
func (s *Snapshot) Of(sku string, c Context) (p Price, ok bool) {
	best := func(a, b Price) bool { // a before b
		if a.Member != b.Member {
			return a.Member
		}
		if (a.Channel != "") != (b.Channel != "") {
			return a.Channel != ""
		}
		return a.Minor < b.Minor
	}
	of := func(p Price) string { return p.SKU }
	for _, one := range span(s.Prices, sku, of) {
		if one.Member && !c.Member || one.Channel != "" && one.Channel != c.Channel ||
			!valid(one.From, one.Until, c.At) {
			continue
		}
		if !ok || best(one, p) {
			p, ok = one, true
		}
	}
	return p, ok
}

// span is what is about one article, of a list that is sorted by it.
func span[T any](all []T, sku string, of func(T) string) []T {
	by := func(one T, sku string) int { return strings.Compare(of(one), sku) }
	from, _ := slices.BinarySearchFunc(all, sku, by)
	to := from
	for to < len(all) && of(all[to]) == sku {
		to++
	}
	return all[from:to]
}

// reductionDays is how long before a reduction its price is compared with: article 6a of
// directive 98/6/EC.
const reductionDays = 30 * 24 * time.Hour

// Before is the lowest price of the 30 days before a reduction; false: nobody knows of one.
func (s *Snapshot) Before(sku, channel string, from time.Time) (minor int64, ok bool) {
	return lowestBefore(span(s.History, sku, func(h Past) string { return h.SKU }), channel, from)
}

// Reduction is by how many whole percent a price is lower than the lowest of the 30 days
// before it: 0 when it is not lower, or nobody knows.
func (s *Snapshot) Reduction(p Price, channel string) int {
	before, ok := s.Before(p.SKU, channel, p.From)
	if !ok || before <= p.Minor || before == 0 {
		return 0
	}
	return int((before - p.Minor) * 100 / before)
}
