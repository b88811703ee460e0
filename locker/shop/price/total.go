package price

import (
	"cmp"
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
	Goods    int64        `json:"goods"`              // before promotions
	Off      int64        `json:"off,omitempty"`      // what they take off, shipping too
	Tax      int64        `json:"tax"`                // in Total
	Total    int64        `json:"total"`              // to pay
	Offers   []Offer      `json:"offers,omitempty"`   // all promotions of the snapshot that can be told of
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

// Back is what n units of a line give back after from others came back: their share of what
// was paid for the line. It is the later refund to the minor unit, before anything is bought.
func (q Quote) Back(line, from, n int) int64 {
	if line < 0 || line >= len(q.Lines) {
		return 0
	}
	l := q.Lines[line]
	amount := l.Total
	if !q.Method.Inclusive {
		amount += q.Method.Tax([]money.Taxed{{Unit: l.Total, Quantity: 1, Rate: l.Rate}})
	}
	return money.UnitsShare(amount, int64(from), int64(n), int64(l.Quantity))
}

// An Offer says what became of a promotion, and why.
type Offer struct {
	Promotion string `json:"promotion"`
	Won       bool   `json:"won,omitempty"`
	Off       int64  `json:"off,omitempty"`
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

// searched is up to how many promotions all sets are tried.
const searched = 10

// Total is what a cart costs. Items without a price are refused by Check before; here they
// cost nothing and are left out.
func (s *Snapshot) Total(items []Item, shipping int64, c Context) Quote {
	w := work{s: s, c: c, shipping: shipping}
	for _, item := range items {
		p, ok := s.Of(item.SKU, c)
		if !ok || item.Quantity < 1 {
			continue
		}
		w.lines = append(w.lines, Line{
			SKU: item.SKU, Quantity: item.Quantity, Unit: p.Minor, Class: p.Class, Rate: s.Classes[p.Class],
		})
		w.items = append(w.items, item)
	}
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
	best := w.best(may)
	q := best.quote(s)
	for _, p := range may {
		o := Offer{Promotion: p.ID, Off: best.off[p.ID]}
		if o.Won = o.Off > 0; !o.Won {
			o.Why, o.By = w.lost(p, best)
		}
		offers[p.ID] = o
	}
	for _, p := range s.Promotions {
		q.Offers = append(q.Offers, offers[p.ID])
	}
	for _, shown := range c.Coupons {
		if best.off[shown.Promotion] > 0 && !slices.Contains(q.Coupons, shown) {
			q.Coupons = append(q.Coupons, shown)
		}
	}
	return q
}

// before orders promotions: by class, then the highest priority, then the lowest id.
func before(a, b *Promotion) int {
	return cmp.Or(cmp.Compare(slices.Index(Classes, a.Class), slices.Index(Classes, b.Class)),
		cmp.Compare(b.Priority, a.Priority), cmp.Compare(a.ID, b.ID))
}

// work is a cart that promotions are tried on.
type work struct {
	s        *Snapshot
	c        Context
	items    []Item
	lines    []Line
	shipping int64
}

// barred is why a promotion cannot be had, whatever others do; Why is empty when it can.
func (w work) barred(p *Promotion) (o Offer) {
	o.Promotion = p.ID
	switch {
	case !p.From.IsZero() && w.c.At.Before(p.From):
		o.Why = Early
	case !p.Until.IsZero() && !w.c.At.Before(p.Until):
		o.Why = Over
	case len(p.Channels) > 0 && !slices.Contains(p.Channels, w.c.Channel):
		o.Why = Elsewhere
	case p.Member && !w.c.Member:
		o.Why = Members
	case p.Coupon != nil && !slices.ContainsFunc(w.c.Coupons, func(s Shown) bool { return s.Promotion == p.ID }):
		o.Why = NeedsCode
	}
	if o.Why != "" {
		return o
	}
	units, goods := 0, int64(0)
	for i, l := range w.lines {
		if p.covers(w.items[i]) {
			units += l.Quantity
			goods += l.Unit * int64(l.Quantity)
		}
	}
	need := p.needs()
	switch {
	case units == 0 && p.Class != OfShipping:
		o.Why = NoGoods
	case p.Kind == Bundle && p.missing(w.items) > 0:
		o.Why, o.Count = Units, p.missing(w.items)
	case p.Kind != Bundle && units < need:
		o.Why, o.Count = Units, need-units
	case p.Kind == FreeGift && w.goods() < p.Spend:
		o.Why, o.More = Spend, p.Spend-w.goods()
	case p.Kind != FreeGift && goods < p.Spend:
		o.Why, o.More = Spend, p.Spend-goods
	}
	return o
}

func (w work) goods() (sum int64) {
	for _, l := range w.lines {
		sum += l.Unit * int64(l.Quantity)
	}
	return sum
}

// covers reports whether a promotion is for an item.
func (p *Promotion) covers(i Item) bool {
	if len(p.SKUs) == 0 && len(p.Categories) == 0 && len(p.Parts) == 0 {
		return true
	}
	return slices.Contains(p.SKUs, i.SKU) ||
		slices.ContainsFunc(p.Categories, func(c string) bool { return slices.Contains(i.Categories, c) }) ||
		slices.ContainsFunc(p.Parts, func(part Part) bool { return part.SKU == i.SKU })
}

// needs is how many units have to be bought.
func (p *Promotion) needs() int {
	switch p.Kind {
	case BuyGet:
		return p.Buy + p.Get
	case Cheapest:
		return max(p.Buy, 1)
	case Tiered:
		if len(p.Tiers) > 0 {
			return p.Tiers[0].From
		}
	}
	return 1
}

// missing is how many units are missing for one bundle.
func (p *Promotion) missing(items []Item) (units int) {
	for _, part := range p.Parts {
		have := 0
		for _, i := range items {
			if i.SKU == part.SKU {
				have += i.Quantity
			}
		}
		units += max(0, part.Quantity-have)
	}
	return units
}

// meet reports whether two promotions of one class may take something off one line.
func meet(a, b *Promotion) bool {
	names := func(tags, with []string) bool {
		return slices.ContainsFunc(with, func(t string) bool { return slices.Contains(tags, t) })
	}
	return names(a.Tags, b.With) && names(b.Tags, a.With)
}

// allowed reports whether a set of promotions may be given together.
func allowed(set []*Promotion) bool {
	for i, a := range set {
		if a.Exclusive && len(set) > 1 {
			return false
		}
		for _, b := range set[:i] {
			if a.Class == b.Class && a.Class != OfProducts && !meet(a, b) {
				return false
			}
		}
	}
	return true
}

// best is the cheapest outcome over the sets of promotions that are allowed. Of equal ones
// it is that of fewer promotions, then of the lowest ids.
func (w work) best(may []*Promotion) outcome {
	if len(may) > searched {
		return w.greedy(may)
	}
	best := w.apply(nil)
	for set := 1; set < 1<<len(may); set++ {
		var chosen []*Promotion
		for i, p := range may {
			if set&(1<<i) != 0 {
				chosen = append(chosen, p)
			}
		}
		if !allowed(chosen) {
			continue
		}
		if o := w.apply(chosen); o.better(best) {
			best = o
		}
	}
	return best
}

// greedy takes promotions by their order, each that makes it cheaper.
func (w work) greedy(may []*Promotion) outcome {
	best := w.apply(nil)
	for _, p := range may {
		set := append(slices.Clone(best.set), p)
		if !allowed(set) {
			continue
		}
		if o := w.apply(set); o.total < best.total {
			best = o
		}
	}
	for _, p := range may { // an exclusive one may be better than all others together
		if o := w.apply([]*Promotion{p}); o.total < best.total {
			best = o
		}
	}
	return best
}

// lost is why a promotion that could be had takes nothing off.
func (w work) lost(p *Promotion, best outcome) (Why, string) {
	if w.apply([]*Promotion{p}).off[p.ID] == 0 {
		return Nothing, ""
	}
	why := Better
	if p.Exclusive || slices.ContainsFunc(best.set, func(o *Promotion) bool { return o.Exclusive }) {
		why = Alone
	}
	for _, o := range best.set {
		if best.off[o.ID] > 0 && (why == Alone || o.Class == p.Class) {
			return why, o.ID
		}
	}
	return why, ""
}
