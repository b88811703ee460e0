// Package figures counts returns: how much of what was sold comes back, how long whoever
// brings it waits, and what money went where on a day. It is pure: rows go in.
package figures

import (
	"cmp"
	"slices"
	"time"
)

// A Sale is one line of an order that was made in the time looked at.
type Sale struct {
	Order, Line, SKU, Supplier string
	Units                      int
	Elsewhere                  int // that came back at other places, as the centre tells
}

// A Return is some units of a line that have come back here.
type Return struct {
	Order, Line, Reason string
	Units               int
}

// A Stay is one return from the drop to its end. What has not happened yet is zero.
type Stay struct {
	Dropped, Decided, Paid time.Time
	AtDrop                 bool // all of it was paid for when it was dropped
}

// Figures are of orders made, and of returns dropped, from From until before To.
type Figures struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	Sold int       `json:"sold"` // units
	Back int       `json:"back"` // of these units

	// The return rate by sale cohort, in units, the most that came back first.
	BySKU      []Rate `json:"by_sku"`
	BySupplier []Rate `json:"by_supplier"`
	// Of all units sold. What came back at other places has the reason "elsewhere".
	ByReason []Rate `json:"by_reason"`

	ToDecision Spread `json:"to_decision"`
	ToMoney    Spread `json:"to_money"`
	Dropped    int    `json:"dropped"` // returns
	AtOnce     int    `json:"at_once"` // of these, decided within a minute, or paid for at the drop
}

// A Rate is how much of something came back.
type Rate struct {
	Name     string `json:"name"`
	Sold     int    `json:"sold"`
	Back     int    `json:"back"`
	PerMille int    `json:"per_mille"` // a half up
}

// A Spread is how long things took, in whole seconds. Percentiles are of the nearest rank:
// the smallest value that so many percent do not exceed.
type Spread struct {
	Count int   `json:"count"`
	P50   int64 `json:"p50_s"`
	P90   int64 `json:"p90_s"`
	P95   int64 `json:"p95_s"`
	Most  int64 `json:"most_s"`
}

// most bounds each list of rates.
const most = 100

// atOnce is within what time of the drop a decision was made at once.
const atOnce = time.Minute

// Of counts. Returns of lines that are not among the sales are left out of the rates.
func Of(from, to time.Time, sales []Sale, returns []Return, stays []Stay) Figures {
	f := Figures{From: from, To: to}
	type key struct{ order, line string }
	lines := map[key]Sale{}
	skus, suppliers, reasons := rates{}, rates{}, rates{}
	for _, s := range sales {
		lines[key{s.Order, s.Line}] = s
		f.Sold += s.Units
		skus.at(s.SKU).Sold += s.Units
		suppliers.at(s.Supplier).Sold += s.Units
		f.back(s, s.Elsewhere, "elsewhere", skus, suppliers, reasons)
	}
	for _, r := range returns {
		if s, ok := lines[key{r.Order, r.Line}]; ok {
			f.back(s, r.Units, r.Reason, skus, suppliers, reasons)
		}
	}
	for _, r := range reasons {
		r.Sold = f.Sold
	}
	f.BySKU, f.BySupplier, f.ByReason = skus.sorted(), suppliers.sorted(), reasons.sorted()
	var decision, money []time.Duration
	for _, s := range stays {
		f.Dropped++
		if !s.Decided.IsZero() {
			decision = append(decision, s.Decided.Sub(s.Dropped))
		}
		if !s.Paid.IsZero() {
			money = append(money, s.Paid.Sub(s.Dropped))
		}
		if s.AtDrop || !s.Decided.IsZero() && s.Decided.Sub(s.Dropped) <= atOnce {
			f.AtOnce++
		}
	}
	f.ToDecision, f.ToMoney = SpreadOf(decision), SpreadOf(money)
	return f
}

func (f *Figures) back(s Sale, units int, reason string, skus, suppliers, reasons rates) {
	if units <= 0 {
		return
	}
	f.Back += units
	skus.at(s.SKU).Back += units
	suppliers.at(s.Supplier).Back += units
	reasons.at(reason).Back += units
}

type rates map[string]*Rate

func (r rates) at(name string) *Rate {
	if r[name] == nil {
		r[name] = &Rate{Name: name}
	}
	return r[name]
}

// sorted are those of which something came back, the most first.
func (r rates) sorted() []Rate {
	all := []Rate{}
	for _, one := range r {
		if one.Back > 0 {
			one.PerMille = PerMille(one.Back, one.Sold)
			all = append(all, *one)
		}
	}
	slices.SortFunc(all, func(a, b Rate) int {
		return cmp.Or(cmp.Compare(b.Back, a.Back), cmp.Compare(b.PerMille, a.PerMille), cmp.Compare(a.Name, b.Name))
	})
	return all[:min(len(all), most)]
}

// PerMille is a part of a whole in thousandths, a half up; 0 of nothing.
func PerMille(part, whole int) int {
	if whole <= 0 {
		return 0
	}
	return (2000*part + whole) / (2 * whole)
}

// SpreadOf counts how long things took. What seems to have ended before it began, since a
// clock was set, took no time.
func SpreadOf(all []time.Duration) Spread {
	if len(all) == 0 {
		return Spread{}
	}
	all = slices.Clone(all)
	for i := range all {
		all[i] = max(0, all[i])
	}
	slices.Sort(all)
	at := func(percent int) int64 { return int64(all[(percent*len(all)+99)/100-1] / time.Second) }
	return Spread{Count: len(all), P50: at(50), P90: at(90), P95: at(95), Most: at(100)}
}
