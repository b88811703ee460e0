package station

import (
	"context"

	"cubby/locker/centre"
	"cubby/locker/returns"
	rules "cubby/locker/returns/policy"
	"cubby/locker/visit"
)

// exchange puts the rules that the centre has told into the policy. What is decided next goes
// by it; what was decided keeps what it was judged by.
func (s *Station) exchange() {
	policy := s.cfg.Policy
	if s.cfg.Exchange != nil {
		policy = s.cfg.Exchange(centre.Policies.All(s.mem.state()))
	}
	s.policy.Store(&policy)
}

// Policy is what the next decision goes by.
func (s *Station) Policy() visit.Policy { return *s.policy.Load() }

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
