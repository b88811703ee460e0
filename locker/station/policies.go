package station

import (
	"context"

	"cubby/locker/centre"
	"cubby/locker/returns"
	rules "cubby/locker/returns/policy"
)

// exchange puts the rules that the centre has told into the policy. What is decided next goes
// by it; what was decided keeps what it was judged by.
func (s *Station) exchange() {
	told, policy := centre.Policies.All(s.mem.state()), s.cfg.Policy
	if s.cfg.Exchange != nil {
		policy = s.cfg.Exchange(told)
	}
	s.told.Store(&told)
	s.policy.Store(&policy)
}

// ToldPolicies are the rules of shops that the centre has told, as committed.
func (s *Station) ToldPolicies() []centre.Policy { return *s.told.Load() }

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
