package station

import (
	"context"

	"cubby/locker/returns"
	rules "cubby/locker/returns/policy"
)

// ExplainPolicy says what may come back of an order now, and by which rules.
func (s *Station) ExplainPolicy(ctx context.Context, q rules.Inquiry) (all []rules.Told, err error) {
	for {
		before := len(all)
		c := returns.Explain{Inquiry: q, From: before, Into: &all}
		if err := s.ask(ctx, c, "endpoint", causeStaff, false); err != nil || len(all) == before {
			return all, err
		}
	}
}
