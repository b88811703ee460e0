package money

import (
	"math"
	"slices"
)

// Allocate splits an amount by weights, so that the shares add up to it: each gets its
// whole part, and the minor units that are left go to the largest remainders, of equal ones
// to the first. Weights are not negative and add
// up to less than 2^63; when all are zero, or there is none, the first
// share gets all.
func Allocate(total int64, weights []int64) []int64 {
	shares := make([]int64, len(weights))
	if len(weights) == 0 {
		return shares
	}
	if total < 0 {
		for i, s := range Allocate(-max(total, -math.MaxInt64), weights) {
			shares[i] = -s
		}
		return shares
	}
	var all int64
	for _, w := range weights {
		all += w
	}
	if all == 0 {
		shares[0] = total
		return shares
	}
	left := total
	rests := make([]int64, len(weights))
	order := make([]int, len(weights))
	for i, w := range weights {
		shares[i], rests[i] = scaled(total, w, all)
		left -= shares[i]
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case rests[a] > rests[b]:
			return -1
		case rests[a] < rests[b]:
			return 1
		}
		return 0
	})
	for _, i := range order[:left] {
		shares[i]++
	}
	return shares
}

// UnitShare is the part of a line's amount that its k-th unit of n bears, k from 1: the
// units add up to the amount, in whatever order they come back.
func UnitShare(total int64, k, n int64) int64 {
	upTo := func(k int64) int64 { return round(total, k, n, HalfUp) }
	return upTo(k) - upTo(k-1)
}

// UnitsShare is the part of a line's amount that its units from+1 to from+n of all bear:
// what UnitShare gives each of them, added up. Units that the line does not have bear nothing.
func UnitsShare(total, from, n, all int64) int64 {
	if all < 1 {
		return 0
	}
	upTo := func(k int64) int64 { return round(total, min(max(k, 0), all), all, HalfUp) }
	return upTo(from+max(n, 0)) - upTo(from)
}

// Part is total·n/of, a half going away from zero. n is not more than of.
func Part(total, n, of int64) int64 { return round(total, n, of, HalfUp) }
