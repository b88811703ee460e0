package station

import (
	"context"

	"cubby/locker/returns"
	rules "cubby/locker/returns/policy"
)

// ExplainPolicy says what may come back of an order now, and by which rules.
func (s *Station) ExplainPolicy(ctx context.Context, q rules.Inquiry) (all []rules.Told, err error) {
	err = s.ask(ctx, returns.Explain{Inquiry: q, Into: &all}, "endpoint", causeStaff, true)
	return all, err
}
