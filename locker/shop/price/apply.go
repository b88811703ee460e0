package price

import (
	"cmp"
	"slices"

	"cubby/locker/money"
)

// everything is the rate of what costs nothing.
const everything = money.Rate(1_000_000)

// apply has promotions take something off, in their order: of products, of the order, of
// what sending costs. What each takes off each line is in w.off until the next one.
func (w *work) apply(set []int) outcome {
	o := outcome{set: set, taken: make([]int64, len(w.may))}
	for i := range w.lines {
		w.left[i], w.by[i] = w.full(i), w.by[i][:0]
	}
	clear(w.set)
	for _, i := range set {
		w.set[i] = true
	}
	picks := make([][]int, len(w.lines))
	for line := range w.lines {
		picks[line] = w.picked(line)
	}
	shipping := w.shipping
	for _, i := range set {
		p := w.may[i]
		off := w.off[i]
		clear(off)
		switch {
		case p.Class == OfShipping:
			o.taken[i] = min(shipping, max(0, p.ofAmount(w.shipping, shipping)))
			shipping -= o.taken[i]
			continue
		case p.Class == OfOrder:
			w.ofOrder(i, off)
		case p.byLine():
			for line := range w.lines {
				if slices.Contains(picks[line], i) && w.free(i, line) {
					off[line] = p.perLine(w.lines[line].Quantity, w.base(i, line), w.units[i])
				}
			}
		case p.Kind == Bundle:
			w.bundle(i, off)
		default:
			w.counted(i, off)
		}
		for line := range off {
			if off[line] = min(off[line], w.left[line]); off[line] <= 0 {
				off[line] = 0
				continue
			}
			w.left[line] -= off[line]
			o.taken[i] += off[line]
			if p.Class == OfProducts {
				w.by[line] = append(w.by[line], i)
			}
		}
	}
	o.total = shipping
	for _, left := range w.left {
		o.total += left
	}
	return o
}

// shares is what each promotion of an outcome takes off each line.
func (w *work) shares(o outcome) [][]int64 {
	for i := range w.off {
		clear(w.off[i])
	}
	w.apply(o.set)
	off := make([][]int64, len(w.off))
	for i := range off {
		off[i] = slices.Clone(w.off[i])
	}
	return off
}

// free reports whether a promotion may take something off a line.
func (w *work) free(i, line int) bool {
	if !w.covers[i][line] || w.left[line] <= 0 {
		return false
	}
	if w.may[i].Class == OfProducts {
		for _, other := range w.by[line] {
			if !w.meet[i][other] {
				return false
			}
		}
	}
	return true
}

// base is what a line costs for a promotion.
func (w *work) base(i, line int) int64 {
	if w.may[i].Initial {
		return w.full(line)
	}
	return w.left[line]
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
		return base - p.Minor
	}
	return p.Minor
}

// ofOrder shares what an order gets over its lines, by what they cost. No line bears more
// than is left of it; others bear the rest.
func (w *work) ofOrder(i int, off []int64) {
	p := w.may[i]
	weights, sum, most := make([]int64, len(off)), int64(0), int64(0)
	for line := range off {
		if w.free(i, line) {
			weights[line] = w.base(i, line)
			sum += weights[line]
			most += w.left[line]
		}
	}
	if sum < p.Spend {
		return
	}
	now := min(most, p.ofAmount(sum, sum))
	for now > 0 {
		shared := money.Allocate(now, weights)
		for line, share := range shared {
			room := min(share, w.left[line]-off[line])
			off[line] += room
			if now -= room; off[line] == w.left[line] {
				weights[line] = 0
			}
		}
		if !slices.ContainsFunc(weights, func(n int64) bool { return n > 0 }) {
			return
		}
	}
}

// perLine is what is taken off a line of n things by itself; units are all that the
// promotion is for.
func (p *Promotion) perLine(n int, base int64, units int) int64 {
	switch p.Kind {
	case Percent:
		return p.Rate.On(base, money.HalfUp)
	case Amount:
		return min(base, p.Minor*int64(n))
	case Fixed:
		return max(0, base-p.Minor*int64(n))
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
		return max(0, base-best.Minor*int64(n))
	}
	return best.Rate.On(base, money.HalfUp)
}

// A run is units of a line that cost the same.
type run struct {
	line  int
	minor int64
	n     int
}

// runs are the units that a promotion is for, the dearest first.
func (w *work) runs(i int) (all []run, units int) {
	for line, l := range w.lines {
		if !w.free(i, line) {
			continue
		}
		base, n := w.base(i, line), int64(l.Quantity)
		units += l.Quantity
		if more := base % n; more > 0 {
			all = append(all, run{line, base/n + 1, int(more)})
		}
		all = append(all, run{line, base / n, int(n - base%n)})
	}
	slices.SortStableFunc(all, func(a, b run) int { return cmp.Compare(b.minor, a.minor) })
	return all, units
}

// counted has the cheapest units of groups cost less. What it takes off is shared over all
// units of the groups by their prices, so that nobody returns the paid ones alone; a gift
// bears it by itself.
func (w *work) counted(i int, off []int64) {
	p := w.may[i]
	rate := p.Rate
	if rate == 0 {
		rate = everything
	}
	all, units := w.runs(i)
	if units < p.needs() {
		return
	}
	counts, reach := func(n int) int { return max(0, n-units+1) }, units // the last one
	if p.Kind == BuyGet {
		size := p.Buy + p.Get
		counts, reach = func(n int) int { return n/size*p.Get + max(0, n%size-p.Buy) }, units/size*size
	}
	weights, now, from := make([]int64, len(off)), int64(0), 0
	for _, r := range all {
		to := min(from+r.n, reach)
		got := counts(to) - counts(from)
		now += int64(got) * rate.On(r.minor, money.HalfUp)
		if p.Kind == FreeGift {
			weights[r.line] += int64(got) * r.minor
		} else {
			weights[r.line] += int64(to-from) * r.minor
		}
		from = to
	}
	if now > 0 {
		copy(off, money.Allocate(now, weights))
	}
}

// bundle has the parts of as many bundles as there are cost less, shared by their prices.
func (w *work) bundle(i int, off []int64) {
	p := w.may[i]
	times := -1
	for _, part := range p.Parts {
		have := 0
		for line, l := range w.lines {
			if l.SKU == part.SKU && w.free(i, line) {
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
	weights, sum := make([]int64, len(off)), int64(0)
	for _, part := range p.Parts {
		need := part.Quantity * times
		for line, l := range w.lines {
			if l.SKU != part.SKU || need == 0 || !w.free(i, line) {
				continue
			}
			n := min(need, l.Quantity)
			need -= n
			weights[line] = money.UnitsShare(w.base(i, line), 0, int64(n), int64(l.Quantity))
			sum += weights[line]
		}
	}
	if now := sum - p.Minor*int64(times); now > 0 {
		copy(off, money.Allocate(now, weights))
	}
}
