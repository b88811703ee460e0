package price

import (
	"cmp"
	"slices"

	"cubby/locker/money"
)

// CheckCart names everything that is wrong in a cart: the error is a *Mistakes.
func (s *Snapshot) CheckCart(items []Item, shipping int64, c Context) error {
	m := Mistakes{Of: "cart"}
	if len(items) > MostLines {
		m.refuse(at("items"), "are %d; a cart has at most %d lines", len(items), MostLines)
		return m.err()
	}
	sum := int64(0)
	for i, item := range items {
		p, ok := s.Of(item.SKU, c)
		switch {
		case !ok:
			m.refuse(at("items", i, "sku"), "is %s, which has no price here and now", cut(item.SKU))
		case item.Quantity < 1 || item.Quantity > MostUnits:
			m.refuse(at("items", i, "quantity"), "is %d; it must be 1 to %d", item.Quantity, MostUnits)
		default:
			sum += p.Minor * int64(item.Quantity)
		}
	}
	if shipping < 0 || shipping > MostMinor {
		m.refuse(at("shipping"), "is %d; it must be 0 to %d minor units", shipping, int64(MostMinor))
	} else if sum += shipping; sum > money.Most {
		m.refuse("", "the cart costs %d; at most %d minor units", sum, int64(money.Most))
	}
	return m.err()
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

	may    []*Promotion // that can be had, in the order in which they take something off
	covers [][]bool     // by promotion: the lines it is for
	meet   [][]bool     // by promotion: those it may be on a line with
	units  []int        // by promotion: units that it is for
	on     [][]int      // by line: promotions that are computed for each line by itself
	groups map[string][][]int
	picks  [][]int // by line and set of promotions: which of them it gets; nil: not known
	set    []bool  // scratch of apply
	off    [][]int64
	left   []int64
	by     [][]int
}

func newWork(s *Snapshot, items []Item, shipping int64, c Context) *work {
	w := &work{s: s, c: c, shipping: min(max(shipping, 0), MostMinor)}
	for _, item := range items {
		p, ok := s.Of(item.SKU, c)
		if !ok || item.Quantity < 1 || item.Quantity > MostUnits || len(w.lines) == MostLines {
			continue
		}
		w.lines = append(w.lines, Line{
			SKU: item.SKU, Quantity: item.Quantity, Unit: p.Minor, Class: p.Class, Rate: s.Classes[p.Class],
		})
		w.items = append(w.items, item)
	}
	return w
}

// full is what a line costs before promotions.
func (w *work) full(line int) int64 { return w.lines[line].Unit * int64(w.lines[line].Quantity) }

// place is where among those that can be had a promotion stands; -1: it does not.
func (w *work) place(id string) int {
	return slices.IndexFunc(w.may, func(p *Promotion) bool { return p.ID == id })
}

// barred is why a promotion cannot be had, whatever others do; Why is empty when it can.
func (w *work) barred(p *Promotion) (o Offer) {
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
	case p.Coupon != nil && !w.c.shown(p.ID):
		o.Why = NeedsCode
	}
	if o.Why != "" {
		return o
	}
	units, goods, all, gift := 0, int64(0), int64(0), int64(-1)
	covers := p.covering()
	for i, l := range w.lines {
		all += w.full(i)
		if !covers(w.items[i]) {
			continue
		}
		units += l.Quantity
		goods += w.full(i)
		if gift < 0 || l.Unit < gift {
			gift = l.Unit
		}
	}
	if p.Kind == FreeGift { // what is given does not count towards it
		goods = all - max(gift, 0)
	}
	need := p.needs()
	switch {
	case units == 0 && p.Class != OfShipping:
		o.Why = NoGoods
	case p.Kind == Bundle && p.missing(w.items) > 0:
		o.Why, o.Count = Units, p.missing(w.items)
	case p.Kind != Bundle && units < need && p.Class != OfShipping:
		o.Why, o.Count = Units, need-units
	case goods < p.Spend:
		o.Why, o.More = Spend, p.Spend-goods
	}
	return o
}

// shown reports whether the coupon of a promotion was.
func (c Context) shown(promotion string) bool {
	return slices.ContainsFunc(c.Coupons, func(s Shown) bool { return s.Promotion == promotion })
}

// covering is a test whether a promotion is for an item, made once for many.
func (p *Promotion) covering() func(Item) bool {
	if len(p.SKUs) == 0 && len(p.Categories) == 0 && len(p.Parts) == 0 {
		return func(Item) bool { return true }
	}
	skus := make(map[string]bool, len(p.SKUs)+len(p.Parts))
	for _, sku := range p.SKUs {
		skus[sku] = true
	}
	for _, part := range p.Parts {
		skus[part.SKU] = true
	}
	return func(i Item) bool {
		return skus[i.SKU] ||
			slices.ContainsFunc(i.Categories, func(c string) bool { return slices.Contains(p.Categories, c) })
	}
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

// byLine reports whether a promotion is computed for each line by itself.
func (p *Promotion) byLine() bool {
	return p.Class == OfProducts &&
		(p.Kind == Percent || p.Kind == Amount || p.Kind == Fixed || p.Kind == Tiered)
}

// meets reports whether two promotions of one class may be given on one thing: each
// names a tag of the other.
func meets(a, b *Promotion) bool {
	names := func(tags, with []string) bool {
		return slices.ContainsFunc(with, func(t string) bool { return slices.Contains(tags, t) })
	}
	return names(a.Tags, b.With) && names(b.Tags, a.With)
}
