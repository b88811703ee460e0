package money

import (
	"maps"
	"math"
	"slices"
)

// Rounding is what becomes of less than a minor unit.
type Rounding string

// The roundings that orders come with.
const (
	HalfUp   Rounding = "half_up"   // a half goes away from zero
	HalfEven Rounding = "half_even" // a half goes to the even neighbour
	Down     Rounding = "down"      // towards zero
)

// Per is how often an order's tax is rounded.
type Per string

// What tax is rounded for.
const (
	PerUnit  Per = "unit"
	PerLine  Per = "line"
	PerOrder Per = "order" // once for each rate
)

// A Rate is a tax in millionths: 19 % is 190000. At most 1000000.
type Rate int64

const whole = 1_000_000

// round is n·by/over, rounded. by and over are not negative.
func round(n, by, over int64, how Rounding) int64 {
	if n < 0 {
		return -round(-max(n, -math.MaxInt64), by, over, how) // the least int64 has no opposite
	}
	q, r := scaled(n, by, over)
	switch {
	case how == Down, 2*r < over:
	case 2*r > over, how == HalfUp, q%2 == 1:
		q++
	}
	return q
}

// On is the tax on a net amount.
func (r Rate) On(net int64, how Rounding) int64 { return round(net, int64(r), whole, how) }

// In is the tax that is in a gross amount.
func (r Rate) In(gross int64, how Rounding) int64 { return round(gross, int64(r), whole+int64(r), how) }

// A Taxed line is so many units at a price, and its rate. Discounts are taken off the
// price already, or are lines of their own.
type Taxed struct {
	// minor units; net, or gross when the order's prices have the tax in them
	Unit     int64
	Quantity int64 // times Unit at most Most
	Rate     Rate
}

// A Method is how an order computes its tax. It came with the order, and is never that of
// present settings.
type Method struct {
	Per       Per      `json:"per"`
	How       Rounding `json:"rounding"`
	Inclusive bool     `json:"inclusive"` // prices have the tax in them
}

// Tax is the tax of all lines.
func (m Method) Tax(lines []Taxed) (tax int64) {
	of := func(r Rate, amount int64) int64 {
		if m.Inclusive {
			return r.In(amount, m.How)
		}
		return r.On(amount, m.How)
	}
	byRate := map[Rate]int64{}
	for _, l := range lines {
		switch m.Per {
		case PerUnit:
			tax += of(l.Rate, l.Unit) * l.Quantity
		case PerLine:
			tax += of(l.Rate, l.Unit*l.Quantity)
		default:
			byRate[l.Rate] += l.Unit * l.Quantity
		}
	}
	for _, r := range slices.Sorted(maps.Keys(byRate)) {
		tax += of(r, byRate[r])
	}
	return tax
}
