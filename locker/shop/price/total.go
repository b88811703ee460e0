package price

import (
	"maps"
	"slices"
	"time"

	"cubby/locker/money"
)

// A Context is who asks for a total, where and when.
type Context struct {
	At      time.Time
	Channel string
	Member  bool
	Coupons []Shown // that were shown, and may be used
}

// Shown is a coupon as it was shown: its promotion, and what tells uses apart.
type Shown struct {
	Promotion string `json:"promotion"`
	Serial    string `json:"serial"`
}

// An Item is a number of equal things in a cart.
type Item struct {
	SKU        string   `json:"sku"`
	Quantity   int      `json:"quantity"`
	Categories []string `json:"categories,omitempty"` // that it is in, and those above them
}

// A Quote is what a cart costs by a snapshot. Amounts are minor units of Currency.
type Quote struct {
	Version  string       `json:"version"` // of the snapshot
	Currency string       `json:"currency"`
	Method   money.Method `json:"method"`
	Lines    []Line       `json:"lines"`
	Shipping int64        `json:"shipping,omitempty"` // after promotions
	ShipTax  int64        `json:"ship_tax,omitempty"` // of Shipping: in it, or on top of it
	Goods    int64        `json:"goods"`              // before promotions
	Off      int64        `json:"off,omitempty"`      // what they take off, shipping too
	Tax      int64        `json:"tax"`                // in Total: that of all lines and of sending
	Total    int64        `json:"total"`              // to pay
	Offers   []Offer      `json:"offers,omitempty"`   // what became of every promotion of the snapshot
	Coupons  []Shown      `json:"coupons,omitempty"`  // that are used by it
}

// A Line is a line of a quote.
type Line struct {
	SKU      string     `json:"sku"`
	Quantity int        `json:"quantity"`
	Unit     int64      `json:"unit"`
	Class    string     `json:"class,omitempty"`
	Rate     money.Rate `json:"rate"`
	Shares   []Share    `json:"shares,omitempty"` // what promotions take off, for good
	Total    int64      `json:"total"`            // Unit times Quantity, less the shares
	Tax      int64      `json:"tax,omitempty"`    // of the line: in Total, or on top of it
}

// A Share is what a promotion takes off a line.
type Share struct {
	Promotion string `json:"promotion"`
	Minor     int64  `json:"minor"`
}

// Off is what promotions take off the line.
func (l Line) Off() (sum int64) {
	for _, s := range l.Shares {
		sum += s.Minor
	}
	return sum
}

// Paid is what was paid for the line, with its tax.
func (q Quote) Paid(line int) int64 {
	if line < 0 || line >= len(q.Lines) {
		return 0
	}
	l := q.Lines[line]
	if q.Method.Inclusive {
		return l.Total
	}
	return l.Total + l.Tax
}

// Back is what n units of a line give back after from others came back: their share of what
// was paid for the line. It is the later refund to the minor unit, before anything is bought.
func (q Quote) Back(line, from, n int) int64 {
	if line < 0 || line >= len(q.Lines) {
		return 0
	}
	return money.UnitsShare(q.Paid(line), int64(from), int64(n), int64(q.Lines[line].Quantity))
}

// An Offer says what became of a promotion, and why.
type Offer struct {
	Promotion string `json:"promotion"`
	Won       bool   `json:"won,omitempty"`
	Off       int64  `json:"off,omitempty"`   // what it takes off
	Alone     int64  `json:"alone,omitempty"` // better, alone: what it would take off by itself
	Why       Why    `json:"why,omitempty"`
	By        string `json:"by,omitempty"`    // better, exclusive: the other promotion
	More      int64  `json:"more,omitempty"`  // spend: so much more is needed
	Count     int    `json:"count,omitempty"` // units: so many more are needed
}

// Why is why a promotion takes nothing off.
type Why string

// Why promotions lose.
const (
	Early     Why = "early"     // it begins later
	Over      Why = "over"      // its time is over
	Elsewhere Why = "elsewhere" // for another channel
	Members   Why = "members"   // for members alone
	NeedsCode Why = "coupon"    // its coupon was not shown
	NoGoods   Why = "no_goods"  // nothing of what it is for is bought
	Spend     Why = "spend"     // More has to be bought
	Units     Why = "units"     // Count more units have to be bought
	Better    Why = "better"    // another is better, and both are not given
	Alone     Why = "alone"     // an exclusive one is better, or it is exclusive itself
	Nothing   Why = "nothing"   // it would take nothing off
)

// Total is what a cart costs. It leaves out what CheckCart refuses. Before tax that comes on
// top, no other set of promotions that may be given together makes it cheaper, where up to
// ten can be had; of more they are taken by their priority.
func (s *Snapshot) Total(items []Item, shipping int64, c Context) Quote {
	w := newWork(s, items, shipping, c)
	offers := map[string]Offer{}
	var may []*Promotion
	for i := range s.Promotions {
		p := &s.Promotions[i]
		if why := w.barred(p); why.Why != "" {
			offers[p.ID] = why
			continue
		}
		may = append(may, p)
	}
	slices.SortStableFunc(may, before)
	w.try(may)
	best := w.best()
	q := w.quote(best)
	for i, p := range w.may {
		o := Offer{Promotion: p.ID, Off: best.taken[i]}
		if o.Won = o.Off > 0; !o.Won {
			o = w.lost(i, best)
		}
		offers[p.ID] = o
	}
	for _, id := range slices.Sorted(maps.Keys(offers)) {
		q.Offers = append(q.Offers, offers[id])
	}
	for _, shown := range c.Coupons {
		if i := w.place(shown.Promotion); i >= 0 && best.taken[i] > 0 && !slices.Contains(q.Coupons, shown) {
			q.Coupons = append(q.Coupons, shown)
		}
	}
	return q
}

// quote is the outcome with its tax.
func (w *work) quote(o outcome) Quote {
	s := w.s
	lines, off := w.lines, w.shares(o)
	q := Quote{
		Version: s.Version, Currency: s.Currency, Method: s.Tax, Lines: lines, Shipping: w.shipping,
	}
	for i := range lines {
		l := &lines[i]
		l.Total = l.Unit * int64(l.Quantity)
		q.Goods += l.Total
		for j, p := range w.may {
			if minor := off[j][i]; minor > 0 {
				l.Shares = append(l.Shares, Share{p.ID, minor})
				l.Total -= minor
			}
		}
		q.Total += l.Total
	}
	for j, taken := range o.taken {
		q.Off += taken
		if w.may[j].Class == OfShipping {
			q.Shipping -= taken
		}
	}
	q.taxes(s.Classes[s.Sending])
	q.Total += q.Shipping
	if !s.Tax.Inclusive {
		q.Total += q.Tax
	}
	return q
}

// taxes gives each line its tax for good, so that what comes back takes its own with it.
func (q *Quote) taxes(sending money.Rate) {
	if q.Method.Per != money.PerOrder {
		for i := range q.Lines {
			q.Lines[i].Tax = q.Method.Tax(taxed(q.Lines[i], q.Method.Per))
			q.Tax += q.Lines[i].Tax
		}
		q.ShipTax = q.Method.Tax([]money.Taxed{{Unit: q.Shipping, Quantity: 1, Rate: sending}})
		q.Tax += q.ShipTax
		return
	}
	byRate := map[money.Rate][]int64{}
	for i, l := range q.Lines {
		if byRate[l.Rate] == nil {
			byRate[l.Rate] = make([]int64, len(q.Lines)+1)
		}
		byRate[l.Rate][i] = l.Total
	}
	if byRate[sending] == nil {
		byRate[sending] = make([]int64, len(q.Lines)+1)
	}
	byRate[sending][len(q.Lines)] = q.Shipping
	for rate, weights := range byRate {
		sum := int64(0)
		for _, weight := range weights {
			sum += weight
		}
		tax := q.Method.Tax([]money.Taxed{{Unit: sum, Quantity: 1, Rate: rate}})
		if q.Tax += tax; tax == 0 {
			continue
		}
		for i, share := range money.Allocate(tax, weights) {
			if i < len(q.Lines) {
				q.Lines[i].Tax += share
			} else {
				q.ShipTax += share
			}
		}
	}
}

// taxed is a line for its tax: as a whole, or its units, of which some cost a minor unit more
// than others where the total cannot be divided.
func taxed(l Line, per money.Per) []money.Taxed {
	n := int64(l.Quantity)
	if per != money.PerUnit {
		return []money.Taxed{{Unit: l.Total, Quantity: 1, Rate: l.Rate}}
	}
	each, more := l.Total/n, l.Total%n
	if more == 0 {
		return []money.Taxed{{Unit: each, Quantity: n, Rate: l.Rate}}
	}
	return []money.Taxed{
		{Unit: each + 1, Quantity: more, Rate: l.Rate}, {Unit: each, Quantity: n - more, Rate: l.Rate},
	}
}
