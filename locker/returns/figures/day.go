package figures

import (
	"cmp"
	"slices"
	"time"
)

// A Refund is money that goes back, for the books.
type Refund struct {
	ID        string     `json:"id"`
	Case      string     `json:"case"`
	Order     string     `json:"order,omitempty"`
	Shop      string     `json:"shop"`
	Tender    string     `json:"tender,omitempty"`
	Kind      string     `json:"kind"`
	Provider  string     `json:"provider,omitempty"` // empty: nobody has been asked, or the centre
	State     string     `json:"state"`
	Amount    int64      `json:"amount"`
	Currency  string     `json:"currency"`
	Reference string     `json:"reference,omitempty"` // the payer's own
	Ordered   time.Time  `json:"ordered"`
	Ended     *time.Time `json:"ended,omitempty"`
}

// A Sum adds refunds of one currency, tender, provider and state.
type Sum struct {
	Currency string `json:"currency"`
	Kind     string `json:"kind"`
	Provider string `json:"provider"`
	State    string `json:"state"`
	Count    int    `json:"count"`
	Amount   int64  `json:"amount"`
}

// A Total adds all refunds of one currency.
type Total struct {
	Currency  string `json:"currency"`
	Count     int    `json:"count"`
	Amount    int64  `json:"amount"`
	Completed int64  `json:"completed"` // of the amount
	Waiting   int64  `json:"waiting"`   // pending and approved
	Failed    int64  `json:"failed"`    // failed, and those paid another way instead
}

// Reconciliation is the list of one day: refunds that were ordered or ended on it.
type Reconciliation struct {
	Day     string   `json:"day"`
	Refunds []Refund `json:"refunds"`
	Sums    []Sum    `json:"sums"`
	Totals  []Total  `json:"totals"`
}

// Reconcile makes the list of a day of a zone.
func Reconcile(day time.Time, zone *time.Location, all []Refund) Reconciliation {
	name := day.In(zone).Format(time.DateOnly)
	r := Reconciliation{Day: name, Refunds: []Refund{}, Sums: []Sum{}, Totals: []Total{}}
	on := func(at *time.Time) bool { return at != nil && at.In(zone).Format(time.DateOnly) == name }
	for _, one := range all {
		if on(&one.Ordered) || on(one.Ended) {
			r.Refunds = append(r.Refunds, one)
		}
	}
	slices.SortFunc(r.Refunds, func(a, b Refund) int {
		return cmp.Or(cmp.Compare(a.Currency, b.Currency), cmp.Compare(a.Kind, b.Kind),
			cmp.Compare(a.Provider, b.Provider), cmp.Compare(a.State, b.State), a.Ordered.Compare(b.Ordered),
			cmp.Compare(a.ID, b.ID))
	})
	for _, one := range r.Refunds { // in the order of their sums
		s := Sum{Currency: one.Currency, Kind: one.Kind, Provider: one.Provider, State: one.State}
		if n := len(r.Sums); n > 0 {
			last := r.Sums[n-1]
			if last.Count, last.Amount = 0, 0; last == s {
				s = r.Sums[n-1]
				r.Sums = r.Sums[:n-1]
			}
		}
		s.Count++
		s.Amount += one.Amount
		r.Sums = append(r.Sums, s)
		r.total(one)
	}
	return r
}

func (r *Reconciliation) total(one Refund) {
	n := len(r.Totals)
	if n == 0 || r.Totals[n-1].Currency != one.Currency {
		r.Totals = append(r.Totals, Total{Currency: one.Currency})
		n++
	}
	t := &r.Totals[n-1]
	t.Count++
	t.Amount += one.Amount
	switch one.State {
	case "completed":
		t.Completed += one.Amount
	case "pending", "approved":
		t.Waiting += one.Amount
	default:
		t.Failed += one.Amount
	}
}
