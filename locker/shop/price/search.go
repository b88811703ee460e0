package price

import (
	"cmp"
	"slices"
)

// searched is up to how many promotions all sets are tried.
const searched = 10

// An outcome is a cart with a set of promotions.
type outcome struct {
	set   []int   // places in work.may, ascending
	total int64   // of lines and shipping, before tax that comes on top
	taken []int64 // by promotion
}

// better is cheaper; of equal ones that of fewer promotions, then that of the lowest ids.
func (w *work) better(o, than outcome) bool {
	if o.total != than.total {
		return o.total < than.total
	}
	a, b := w.winners(o), w.winners(than)
	return cmp.Or(cmp.Compare(len(a), len(b)), slices.Compare(a, b)) < 0
}

func (w *work) winners(o outcome) (ids []string) {
	for i, taken := range o.taken {
		if taken > 0 {
			ids = append(ids, w.may[i].ID)
		}
	}
	slices.Sort(ids)
	return ids
}

// try makes ready for promotions that can be had.
func (w *work) try(may []*Promotion) {
	n := len(may)
	w.may, w.units, w.groups = may, make([]int, n), map[string][][]int{}
	w.on, w.left, w.by = make([][]int, len(w.lines)), make([]int64, len(w.lines)), make([][]int, len(w.lines))
	w.set, w.off = make([]bool, n), make([][]int64, n)
	w.covers, w.meet = make([][]bool, n), make([][]bool, n)
	for i, p := range may {
		w.off[i], w.covers[i] = make([]int64, len(w.lines)), make([]bool, len(w.lines))
		w.meet[i] = make([]bool, n)
		covers := p.covering()
		for line, item := range w.items {
			if w.covers[i][line] = covers(item); !w.covers[i][line] {
				continue
			}
			w.units[i] += item.Quantity
			if p.byLine() {
				w.on[line] = append(w.on[line], i)
			}
		}
		for j, other := range may[:i] {
			m := p.Class != other.Class || meets(p, other)
			w.meet[i][j], w.meet[j][i] = m, m
		}
	}
	if n <= searched {
		w.picks = make([][]int, len(w.lines)<<n)
	}
}

// allowed reports whether promotions may be given together. Those of products that do not
// meet may be, on different lines.
func (w *work) allowed(set []int) bool {
	for i, a := range set {
		if w.may[a].Exclusive && len(set) > 1 {
			return false
		}
		for _, b := range set[:i] {
			if w.may[a].Class != OfProducts && !w.meet[a][b] {
				return false
			}
		}
	}
	return true
}

// best is the cheapest outcome over the sets of promotions that are allowed.
func (w *work) best() outcome {
	if len(w.may) > searched {
		return w.greedy()
	}
	best := w.apply(nil)
	var set []int
	for bits := 1; bits < 1<<len(w.may); bits++ {
		set = set[:0]
		for i := range w.may {
			if bits&(1<<i) != 0 {
				set = append(set, i)
			}
		}
		if !w.allowed(set) {
			continue
		}
		if o := w.apply(set); w.better(o, best) {
			o.set = slices.Clone(set)
			best = o
		}
	}
	return best
}

// greedy takes promotions by their order, each that makes it cheaper. One by itself that is
// better than all those together is taken instead.
func (w *work) greedy() outcome {
	best := w.apply(nil)
	single, none := best, best.total
	for i := range w.may {
		o := w.apply([]int{i})
		if o.total == none {
			continue
		}
		if o.total < single.total {
			single = o
		}
		set := append(slices.Clone(best.set), i)
		if w.allowed(set) {
			if o := w.apply(set); o.total < best.total {
				best = o
			}
		}
	}
	if single.total < best.total {
		return single
	}
	return best
}

// lost is why a promotion that could be had takes nothing off.
func (w *work) lost(i int, best outcome) Offer {
	p := w.may[i]
	o := Offer{Promotion: p.ID, Alone: w.apply([]int{i}).taken[i]}
	if o.Alone == 0 {
		o.Why = Nothing
		return o
	}
	o.Why = Better
	lone := p.Exclusive
	for j, taken := range best.taken {
		lone = lone || taken > 0 && w.may[j].Exclusive
	}
	if lone {
		o.Why = Alone
	}
	for j, taken := range best.taken {
		shared := func(line int) bool { return w.covers[i][line] && w.covers[j][line] }
		rivals := !w.meet[i][j] && (p.Class != OfProducts || slices.ContainsFunc(w.each(), shared))
		if taken > 0 && (lone || rivals) {
			o.By = w.may[j].ID
			return o
		}
	}
	return o
}

func (w *work) each() []int {
	all := make([]int, len(w.lines))
	for i := range all {
		all[i] = i
	}
	return all
}

// picked are the promotions of a set that a line gets, of those computed for it by itself:
// of all that may be on it together, the ones that leave the least to pay.
func (w *work) picked(line int) []int {
	var list []int
	bits := 0
	for _, i := range w.on[line] {
		if w.set[i] {
			bits |= 1 << (i % 64)
		}
	}
	if bits == 0 {
		return nil
	}
	known := -1
	if w.picks != nil {
		known = line<<len(w.may) | bits
		if got := w.picks[known]; got != nil {
			return got
		}
	}
	key := make([]byte, 0, 2*len(w.on[line]))
	for _, i := range w.on[line] {
		if w.set[i] {
			list = append(list, i)
			key = append(key, byte(i), byte(i>>8))
		}
	}
	groups, ok := w.groups[string(key)]
	if !ok {
		groups = w.together(list)
		w.groups[string(key)] = groups
	}
	best, least := groups[0], w.leaves(line, groups[0])
	for _, group := range groups[1:] {
		if left := w.leaves(line, group); left < least {
			best, least = group, left
		}
	}
	if known >= 0 {
		w.picks[known] = best
	}
	return best
}

// leaves is what is left of a line when it gets promotions one after the other.
func (w *work) leaves(line int, group []int) int64 {
	full := w.full(line)
	left := full
	for _, i := range group {
		base := left
		if w.may[i].Initial {
			base = full
		}
		left -= min(left, w.may[i].perLine(w.lines[line].Quantity, base, w.units[i]))
	}
	return left
}

// together are the largest groups of promotions that may all be on one line: all of them
// up to ten promotions, else one that begins with each.
func (w *work) together(list []int) (groups [][]int) {
	if len(list) > searched {
		for _, first := range list {
			group := []int{first}
			for _, i := range list {
				if i != first && !slices.ContainsFunc(group, func(g int) bool { return !w.meet[i][g] }) {
					group = append(group, i)
				}
			}
			slices.Sort(group)
			if !slices.ContainsFunc(groups, func(g []int) bool { return slices.Equal(g, group) }) {
				groups = append(groups, group)
			}
		}
		return groups
	}
	var grow func(group, rest []int)
	grow = func(group, rest []int) {
		if len(rest) > 0 {
			if !slices.ContainsFunc(group, func(g int) bool { return !w.meet[rest[0]][g] }) {
				grow(append(slices.Clone(group), rest[0]), rest[1:])
			}
			grow(group, rest[1:])
			return
		}
		for _, i := range list { // one that could be added makes a larger group
			if !slices.Contains(group, i) && !slices.ContainsFunc(group, func(g int) bool { return !w.meet[i][g] }) {
				return
			}
		}
		groups = append(groups, group)
	}
	grow(nil, list)
	return groups
}
