package apitest

import (
	"context"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/returns/policy"
)

// Policies are one of a file and one of the centre.
func (c *Core) Policies(context.Context) ([]policy.Source, error) {
	since := time.Unix(1772000000, 0).UTC()
	return []policy.Source{
		{Shop: "acme", From: policy.FromCentre, Rev: 7, Since: &since}, {Shop: "globex", From: policy.FromFile},
	}, nil
}

// ExplainPolicy judges by the usual rules, a week after the order.
func (c *Core) ExplainPolicy(ctx context.Context, q policy.Inquiry) (all []policy.Told, err error) {
	o, err := c.Order(ctx, q.Order)
	if err != nil {
		return nil, err
	}
	if _, known := o.Line(q.Line); q.Line != "" && !known {
		return nil, ledger.Refuse(ledger.NotFound, "no-such-line", "the order has no line %q", q.Line)
	}
	rules := policy.Default()
	for _, l := range o.Lines {
		if q.Line != "" && l.ID != q.Line {
			continue
		}
		n, reason := q.Quantity, q.Reason
		if n == 0 {
			n = l.Quantity
		}
		if reason == "" {
			reason = rules.FirstReason(l.Category)
		}
		v := policy.Judge(rules, policy.Question{
			Zone: time.UTC, Asked: o.Ordered.AddDate(0, 0, 7), Ordered: o.Ordered, Delivered: o.Ordered,
			Country:  "DE",
			Currency: o.Currency, Channel: string(o.Channel), Back: q.Back, Informed: true, Quantity: n,
			Left: l.Quantity,
			Paid: o.Share(l.ID, 0, n), Reason: reason, Condition: q.Condition,
		})
		all = append(all, policy.Told{
			Line: l.ID, SKU: l.SKU, Title: l.Title, Quantity: n, Left: l.Quantity, Reason: reason,
			Currency: o.Currency,
			Verdict:  v,
		})
	}
	return all, nil
}
