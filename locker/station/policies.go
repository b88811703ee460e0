package station

import (
	"context"

	"cubby/locker/returns"
	"cubby/locker/returns/policy"
)

// ExplainPolicy says what may come back of an order now, and by which rules.
func (s *Station) ExplainPolicy(ctx context.Context, q policy.Inquiry) (all []policy.Told, err error) {
	err = s.ask(ctx, returns.Explain{Inquiry: q, Into: &all}, "endpoint", causeStaff, true)
	return all, err
}
