package shop

import (
	"slices"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/shop/payment"
	"cubby/locker/visit"
)

// OfSale names the sale of a fact.
type OfSale struct {
	Sale string `json:"sale_id"`
	Shop string `json:"shop"`
}

// Subject is what the fact is about.
func (o OfSale) Subject() string { return "sales/" + o.Sale }

// Published: the centre is told.
func (OfSale) Published() bool { return true }

func of(s Sale) OfSale { return OfSale{s.ID, s.Shop} }

func change(s *ledger.State, id string, do func(*Sale)) {
	Sales.Change(s, id, func(one *Sale) {
		one.Lines = slices.Clone(one.Lines)
		do(one)
		one.Rev++
	})
}

// Facts about sales. By is the account of who of the staff it was; empty: the customer, the
// centre, or the station itself.
type (
	// Ordered: somebody wants to buy this, at these prices, and goes on to pay.
	Ordered struct {
		OfSale
		Channel  string        `json:"channel"`
		Currency string        `json:"currency"`
		Total    int64         `json:"total"`
		Tax      int64         `json:"tax"`
		Prices   string        `json:"prices"` // version of the snapshot
		Lines    []Line        `json:"lines"`
		Place    Place         `json:"place"`
		Whole    Sale          `json:"-"` // kept in the log
		Clear    *visit.Secret `json:"-"` // in no log and no table; nil on replay
	}
	// PaymentMoved: an attempt to pay has begun, or something was heard of one.
	PaymentMoved struct {
		OfSale
		Attempt  string          `json:"attempt"`
		Tender   payment.Tender  `json:"tender"`
		State    payment.State   `json:"state"`
		Amount   int64           `json:"amount"` // that was asked for
		Currency string          `json:"currency"`
		Got      int64           `json:"got,omitempty"`
		Kept     int64           `json:"kept,omitempty"`
		Refunded int64           `json:"refunded,omitempty"`
		Payment  payment.Payment `json:"-"` // kept in the log
	}
	// SalePaid: all of it is paid, and the goods are promised for good.
	SalePaid struct {
		OfSale
		Total    int64  `json:"total"`
		Currency string `json:"currency"`
	}
	// LineMoved: a line is further, or cannot be had.
	LineMoved struct {
		OfSale
		Line       string    `json:"line"`
		State      LineState `json:"state"`
		Parcel     string    `json:"parcel,omitempty"`
		Substitute string    `json:"substitute,omitempty"`
		By         string    `json:"by,omitempty"`
	}
	// SaleMoved: the whole of it is further.
	SaleMoved struct {
		OfSale
		State  State  `json:"state"`
		Parcel string `json:"parcel,omitempty"`
		Reason string `json:"reason,omitempty"`
		By     string `json:"by,omitempty"`
	}
	// CustomerHere: the customer waits at a bay.
	CustomerHere struct {
		OfSale
		Bay string `json:"bay"`
	}
	// NeedsStaff: staff have to look at the money of a sale.
	NeedsStaff struct {
		OfSale
		Attempt string         `json:"attempt"`
		Why     payment.Reason `json:"why"`
		Amount  int64          `json:"amount,omitempty"`
	}
)

// Type is the fact's name.
func (Ordered) Type() string      { return "sale.ordered" }
func (PaymentMoved) Type() string { return "sale.payment_moved" }
func (SalePaid) Type() string     { return "sale.paid" }
func (LineMoved) Type() string    { return "sale.line_moved" }
func (SaleMoved) Type() string    { return "sale.moved" }
func (CustomerHere) Type() string { return "sale.customer_here" }
func (NeedsStaff) Type() string   { return "sale.needs_staff" }

// Private is the sale itself.
func (f *Ordered) Private() any { return &f.Whole }

// Private is all that is known of the money.
func (f *PaymentMoved) Private() any { return &f.Payment }

// Apply keeps the sale.
func (f *Ordered) Apply(s *ledger.State, at time.Time) {
	one := f.Whole
	one.Ordered, one.Rev = at, 1
	Sales.Put(s, one.ID, one)
	uses(s, one, 1)
}

// uses counts what coupons a sale has used.
func uses(s *ledger.State, one Sale, by int) {
	for _, c := range one.Coupons {
		key := c.Promotion + " " + c.Serial
		u, _ := Uses.Get(s, key)
		u.Count = max(0, u.Count+by)
		Uses.Put(s, key, u)
	}
}

// Apply keeps what is known of the money.
func (f *PaymentMoved) Apply(s *ledger.State, _ time.Time) {
	change(s, f.Sale, func(one *Sale) { one.Payment = f.Payment })
}

// Apply notes it.
func (f *SalePaid) Apply(s *ledger.State, at time.Time) {
	change(s, f.Sale, func(one *Sale) { one.State, one.PaidAt = Paid, &at })
}

// Apply notes it.
func (f *LineMoved) Apply(s *ledger.State, _ time.Time) {
	change(s, f.Sale, func(one *Sale) {
		for i := range one.Lines {
			if l := &one.Lines[i]; l.ID == f.Line {
				l.State, l.Substitute = f.State, f.Substitute
				if f.Parcel != "" {
					l.Parcels = append(slices.Clone(l.Parcels), f.Parcel)
				}
			}
		}
	})
}

// Apply notes it.
func (f *SaleMoved) Apply(s *ledger.State, at time.Time) {
	if one, _ := Sales.Get(s, f.Sale); f.State == Cancelled && one.PaidAt == nil {
		uses(s, one, -1) // nothing was bought with them
	}
	change(s, f.Sale, func(one *Sale) {
		one.State, one.Reason = f.State, f.Reason
		if f.Parcel != "" {
			one.Parcel = f.Parcel
		}
		switch {
		case f.State == Ready:
			one.ReadyAt = &at
		case f.State.Over():
			one.EndedAt = &at
		}
	})
}

// Apply notes where.
func (f *CustomerHere) Apply(s *ledger.State, _ time.Time) {
	change(s, f.Sale, func(one *Sale) { one.Bay = f.Bay })
}

// Apply changes nothing: the attempt says it already.
func (f *NeedsStaff) Apply(*ledger.State, time.Time) {}
