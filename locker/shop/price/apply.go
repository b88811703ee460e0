package price

import (
	"cmp"
	"slices"
	"strings"

	"cubby/locker/money"
)

// An outcome is a cart with a set of promotions.
type outcome struct {
	set      []*Promotion
	lines    []Line
	shipping int64
	total    int64            // of lines and shipping, before tax that comes on top
	off      map[string]int64 // by promotion
}

func (o outcome) better(than outcome) bool {
	if o.total != than.total {
		return o.total < than.total
	}
	if len(o.off) != len(than.off) {
		return len(o.off) < len(than.off)
	}
	return strings.Join(o.ids(), " ") < strings.Join(than.ids(), " ")
}

func (o outcome) ids() (all []string) {
	for _, p := range o.set {
		if o.off[p.ID] > 0 {
			all = append(all, p.ID)
		}
	}
	slices.Sort(all)
	return all
}

// apply has promotions take something off, in their order.
func (w work) apply(set []*Promotion) outcome {
	o := outcome{set: set, lines: slices.Clone(w.lines), shipping: w.shipping, off: map[string]int64{}}
	left := make([]int64, len(o.lines))   // of the lines
	on := make([][]*Promotion, len(left)) // that have taken something off the line
	for i := range o.lines {
		o.lines[i].Shares = nil
		left[i] = o.lines[i].Unit * int64(o.lines[i].Quantity)
	}
	for _, p := range set {
		if p.Class == OfShipping {
			off := min(o.shipping, p.ofAmount(w.shipping, o.shipping))
			o.shipping -= off
			if off > 0 {
				o.off[p.ID] += off
			}
			continue
		}
		free := func(i int) bool {
			return p.covers(w.items[i]) && left[i] > 0 && (p.Class == OfOrder ||
				!slices.ContainsFunc(on[i], func(other *Promotion) bool { return !meet(p, other) }))
		}
		base := func(i int) int64 {
			if p.Initial {
				return o.lines[i].Unit * int64(o.lines[i].Quantity)
			}
			return left[i]
		}
		for i, off := range w.takes(p, o.lines, free, base) {
			if off = min(off, left[i]); off <= 0 {
				continue
			}
			o.lines[i].Shares = append(o.lines[i].Shares, Share{p.ID, off})
			left[i] -= off
			o.off[p.ID] += off
			if p.Class == OfProducts {
				on[i] = append(on[i], p)
			}
		}
	}
	for i := range o.lines {
		o.lines[i].Total = left[i]
		o.total += left[i]
	}
	o.total += o.shipping
	return o
}

// ofAmount is what a promotion takes off one amount; first is what it was before others.
func (p *Promotion) ofAmount(first, left int64) int64 {
	base := left
	if p.Initial {
		base = first
	}
	switch p.Kind {
	case Percent:
		return p.Rate.On(base, money.HalfUp)
	case Fixed:
		return max(0, base-p.Minor)
	}
	return p.Minor
}

// takes is what a promotion takes off each line. free are the lines it may, base what they
// cost for it.
func (w work) takes(p *Promotion, lines []Line, free func(int) bool, base func(int) int64) []int64 {
	off := make([]int64, len(lines))
	if p.Class == OfOrder && p.Kind != FreeGift {
		weights, sum, now := make([]int64, len(lines)), int64(0), int64(0)
		for i := range lines {
			if free(i) {
				weights[i] = base(i)
				sum += base(i)
			}
		}
		if sum == 0 || sum < p.Spend && !p.Initial {
			return off
		}
		now = min(sum, p.ofAmount(sum, sum))
		if now <= 0 {
			return off
		}
		return money.Allocate(now, weights)
	}
	switch p.Kind {
	case Percent, Amount, Fixed, Tiered:
		units := 0
		for i, l := range lines {
			if free(i) {
				units += l.Quantity
			}
		}
		for i, l := range lines {
			if free(i) {
				off[i] = p.perLine(l, base(i), units)
			}
		}
	case BuyGet, Cheapest, FreeGift:
		w.cheapest(p, lines, free, base, off)
	case Bundle:
		w.bundle(p, lines, free, base, off)
	}
	return off
}

// perLine is what is taken off a line by itself; units are all that the promotion is for.
func (p *Promotion) perLine(l Line, base int64, units int) int64 {
	n := int64(l.Quantity)
	switch p.Kind {
	case Percent:
		return p.Rate.On(base, money.HalfUp)
	case Amount:
		return min(base, p.Minor*n)
	case Fixed:
		return max(0, base-p.Minor*n)
	}
	var best Tier
	for _, t := range p.Tiers {
		if units >= t.From {
			best = t
		}
	}
	switch {
	case best.From == 0:
		return 0
	case best.Minor > 0:
		return max(0, base-best.Minor*n)
	}
	return best.Rate.On(base, money.HalfUp)
}

// cheapest has the cheapest units of groups cost less.
func (w work) cheapest(p *Promotion, lines []Line, free func(int) bool, base func(int) int64, off []int64) {
	type unit struct {
		line  int
		minor int64
	}
	var all []unit
	for i, l := range lines {
		if !free(i) {
			continue
		}
		for k := range int64(l.Quantity) {
			all = append(all, unit{i, money.UnitShare(base(i), k+1, int64(l.Quantity))})
		}
	}
	slices.SortStableFunc(all, func(a, b unit) int { return cmp.Compare(b.minor, a.minor) }) // the dearest first
	rate := p.Rate
	if rate == 0 {
		rate = 1_000_000
	}
	take := func(u unit) { off[u.line] += rate.On(u.minor, money.HalfUp) }
	switch p.Kind {
	case BuyGet:
		for group := p.Buy + p.Get; len(all) >= group && p.Get > 0; all = all[group:] {
			for _, u := range all[p.Buy:group] {
				take(u)
			}
		}
	default:
		if len(all) >= max(p.Buy, 1) {
			take(all[len(all)-1])
		}
	}
}

// bundle has the parts of as many bundles as there are cost less, shared by their prices.
func (w work) bundle(p *Promotion, lines []Line, free func(int) bool, base func(int) int64, off []int64) {
	times := -1
	for _, part := range p.Parts {
		have := 0
		for i, l := range lines {
			if l.SKU == part.SKU && free(i) {
				have += l.Quantity
			}
		}
		if n := have / max(part.Quantity, 1); times < 0 || n < times {
			times = n
		}
	}
	if times < 1 {
		return
	}
	weights, sum := make([]int64, len(lines)), int64(0)
	for _, part := range p.Parts {
		need := part.Quantity * times
		for i, l := range lines {
			if l.SKU != part.SKU || !free(i) || need == 0 {
				continue
			}
			n := min(need, l.Quantity)
			need -= n
			weights[i] += money.UnitsShare(base(i), 0, int64(n), int64(l.Quantity))
		}
	}
	for _, weight := range weights {
		sum += weight
	}
	if now := sum - p.Minor*int64(times); now > 0 {
		copy(off, money.Allocate(now, weights))
	}
}

// quote is the outcome with its tax.
func (o outcome) quote(s *Snapshot) Quote {
	q := Quote{
		Version: s.Version, Currency: s.Currency, Method: s.Tax, Lines: o.lines, Shipping: o.shipping,
	}
	var taxed []money.Taxed
	for _, l := range o.lines {
		q.Goods += l.Unit * int64(l.Quantity)
		taxed = append(taxed, taxedLine(l))
	}
	for _, off := range o.off {
		q.Off += off
	}
	q.Tax = s.Tax.Tax(taxed)
	if q.Total = o.total; !s.Tax.Inclusive {
		q.Total += q.Tax
	}
	return q
}

// taxedLine is a line for its tax: by unit where it divides, else as one.
func taxedLine(l Line) money.Taxed {
	if n := int64(l.Quantity); n > 0 && l.Total%n == 0 {
		return money.Taxed{Unit: l.Total / n, Quantity: n, Rate: l.Rate}
	}
	return money.Taxed{Unit: l.Total, Quantity: 1, Rate: l.Rate}
}
