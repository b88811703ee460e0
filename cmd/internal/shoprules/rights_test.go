package shoprules

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"cubby/locker/returns/policy"
)

// money is whether a verdict pays, and how much.
func money(v policy.Verdict) int64 {
	if !slices.Contains(v.Remedies, "refund") && !slices.Contains(v.Remedies, "credit") {
		return -1
	}
	return v.Refund + v.Shipping
}

// Whatever the rules of a shop are: they give no less than the law alone does, and risk
// changes neither whether something comes back, nor until when, nor for how much.
func TestNoRuleAndNoRiskTakesARightAway(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	rights, longer := 0, 0
	for range 30_000 {
		rules, q := anyRules(r), anyQuestion(r)
		v := policy.Judge(rules, q)

		alone := rules
		alone.Windows, alone.Seasons = []policy.Window{{Days: 0}}, nil
		asked := q
		asked.Until = time.Time{}
		law := policy.Judge(alone, asked)
		if law.Eligible {
			rights++
			switch {
			case !v.Eligible, money(v) < money(law):
				t.Fatalf(
					"the law gives %+v\nand with the shop's rules it is %+v\nof %+v\nby %+v",
					law,
					v,
					q,
					rules,
				)
			case v.Ground != law.Ground:
				longer++
			}
		}
		for _, risk := range []policy.Level{policy.Low, policy.Medium, policy.High} {
			q.Risk = risk
			other := policy.Judge(rules, q)
			if other.Eligible != v.Eligible || other.Refund != v.Refund || other.Ground != v.Ground ||
				!other.Until.Equal(v.Until) || other.Fee != v.Fee {
				t.Fatalf("at %s risk it is %+v\nand else %+v\nof %+v\nby %+v", risk, other, v, q, rules)
			}
		}
	}
	if rights < 3000 || longer < 100 {
		t.Errorf("only %d rights by law were asked for, and %d better rules", rights, longer)
	}
}
