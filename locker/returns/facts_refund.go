package returns

import (
	"slices"
	"time"

	"cubby/locker/ledger"
)

// OfRefund names the refund of a fact.
type OfRefund struct {
	Refund string `json:"refund_id"`
	Case   string `json:"case_id"`
	Order  string `json:"order_id,omitempty"`
	Shop   string `json:"shop"`
}

// Subject is what the fact is about.
func (o OfRefund) Subject() string { return "refunds/" + o.Refund }

// Published: the centre is told.
func (OfRefund) Published() bool { return true }

func (r Refund) of() OfRefund { return OfRefund{r.ID, r.Case, r.Order, r.Shop} }

// Facts about refunds.
type (
	// RefundOrdered: money is to go back. Whoever pays takes refund_id as the key by which
	// it is paid once.
	RefundOrdered struct {
		OfRefund
		Items     []int  `json:"items"`
		Tender    string `json:"tender,omitempty"`
		Kind      string `json:"kind"`
		Reference string `json:"reference,omitempty"`
		Amount    int64  `json:"amount"`
		Currency  string `json:"currency"`
		Shipping  bool   `json:"shipping,omitempty"` // what sending had cost is in it
		Replaces  string `json:"replaces,omitempty"` // a refund that has failed
		By        string `json:"by,omitempty"`
	}
	// RefundAsked: whoever pays was asked, and has said nothing final; asked again at Next.
	RefundAsked struct {
		OfRefund
		Attempt  int       `json:"attempt"`
		Next     time.Time `json:"next,omitzero"`
		Provider string    `json:"provider,omitempty"`
		Detail   string    `json:"detail,omitempty"`
	}
	// RefundApproved: whoever pays has agreed to; asked at Next whether it is paid.
	RefundApproved struct {
		OfRefund
		Answer   string    `json:"answer,omitempty"`
		Provider string    `json:"provider,omitempty"`
		Next     time.Time `json:"next,omitzero"`
	}
	// RefundCompleted: the money is on its way. Twice: it had failed and was paid another way
	// before, so that somebody has to get it back.
	RefundCompleted struct {
		OfRefund
		Amount   int64  `json:"amount"`
		Currency string `json:"currency"`
		Answer   string `json:"answer,omitempty"`
		Provider string `json:"provider,omitempty"`
		Twice    bool   `json:"paid_twice,omitempty"`
	}
	// RefundFailed: it was refused, or tried for too long. Staff look at it.
	RefundFailed struct {
		OfRefund
		Detail   string `json:"detail"`
		Provider string `json:"provider,omitempty"`
	}
)

// Types of the facts.
func (RefundOrdered) Type() string   { return "refund.ordered" }
func (RefundAsked) Type() string     { return "refund.asked" }
func (RefundApproved) Type() string  { return "refund.approved" }
func (RefundCompleted) Type() string { return "refund.completed" }
func (RefundFailed) Type() string    { return "refund.failed" }

// Published: how often somebody was asked is the station's own affair.
func (RefundAsked) Published() bool { return false }

func (f *RefundOrdered) Apply(s *ledger.State, at time.Time) {
	Refunds.Put(s, f.Refund, Refund{
		ID: f.Refund, Case: f.Case, Order: f.Order, Shop: f.Shop, Items: f.Items, Tender: f.Tender,
		Kind: f.Kind, Reference: f.Reference, Amount: f.Amount, Currency: f.Currency,
		State: Pending, NextAt: at, Ordered: at, Rev: 1,
	})
	changeCase(s, f.Case, func(c *Case) {
		for _, n := range f.Items {
			c.item(n).Paid = true
		}
		c.ShippingPaid = c.ShippingPaid || f.Shipping
	})
	Refunds.Change(s, f.Replaces, func(r *Refund) {
		r.State, r.Rev = Replaced, r.Rev+1
	})
	settle(s, f.Case)
}

func changeRefund(s *ledger.State, id string, change func(*Refund)) {
	Refunds.Change(s, id, func(r *Refund) {
		change(r)
		r.Rev++
	})
	r, _ := Refunds.Get(s, id)
	settle(s, r.Case)
}

func (f *RefundAsked) Apply(s *ledger.State, _ time.Time) {
	changeRefund(s, f.Refund, func(r *Refund) {
		if r.State != Approved { // what was agreed to once is still asked for
			r.State = Pending
		}
		r.Ended = nil
		r.Attempts, r.NextAt, r.Provider, r.Detail = f.Attempt, f.Next, f.Provider, f.Detail
	})
}

func (f *RefundApproved) Apply(s *ledger.State, _ time.Time) {
	changeRefund(s, f.Refund, func(r *Refund) {
		r.State, r.Answer, r.Provider, r.Detail = Approved, f.Answer, f.Provider, ""
		r.NextAt = f.Next
	})
}

func (f *RefundCompleted) Apply(s *ledger.State, at time.Time) {
	changeRefund(s, f.Refund, func(r *Refund) {
		r.State, r.Answer, r.Provider, r.Detail, r.Ended = Completed, f.Answer, f.Provider, "", &at
		r.NextAt, r.Twice = time.Time{}, f.Twice
	})
	if f.Twice {
		changeCase(s, f.Case, func(c *Case) { c.Signals = append(slices.Clone(c.Signals), "paid_twice") })
	}
}

func (f *RefundFailed) Apply(s *ledger.State, at time.Time) {
	changeRefund(s, f.Refund, func(r *Refund) {
		r.State, r.Provider, r.Detail, r.Ended, r.NextAt = Failed, f.Provider, f.Detail, &at, time.Time{}
	})
}

// settle says how the money of a case's items stands, and where that leaves the case.
func settle(s *ledger.State, id string) {
	all := refundsOfCase.Find(s, id)
	changeMoney(s, id, all)
	c, ok := Cases.Get(s, id)
	if !ok || c.State != Decided && c.State != Settling && c.State != SettleFailed {
		return
	}
	state := Decided
	for _, r := range all {
		switch {
		case r.State == Replaced:
		case r.State == Failed:
			state = SettleFailed
		case r.State != Completed && state != SettleFailed:
			state = Settling
		}
	}
	if state != c.State {
		changeCase(s, id, func(c *Case) { c.State = state })
	}
}

// changeMoney gives each item the worst that can be said of its refunds.
func changeMoney(s *ledger.State, id string, all []Refund) {
	rank := map[Money]int{NoMoney: 0, MoneyCompleted: 1, MoneyApproved: 2, MoneyPending: 3, MoneyFailed: 4}
	of := map[int]Money{}
	for _, r := range all {
		if r.State == Replaced {
			continue
		}
		m := map[RefundState]Money{
			Pending: MoneyPending, Approved: MoneyApproved, Completed: MoneyCompleted, Failed: MoneyFailed,
		}[r.State]
		for _, n := range r.Items {
			if rank[m] > rank[of[n]] {
				of[n] = m
			}
		}
	}
	Cases.Change(s, id, func(c *Case) {
		items := make([]Item, len(c.Items))
		copy(items, c.Items)
		for i := range items {
			items[i].Money = NoMoney
			if m, ok := of[items[i].N]; ok {
				items[i].Money = m
			}
		}
		c.Items = items
	})
}
