package shoprules

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"cubby/app/words"
	"cubby/locker/returns/policy"
)

func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

// anyRules has a rule of each kind.
func anyRules(r *rand.Rand) policy.Rules {
	named := func(name string) policy.Named { return policy.Named{Name: name, Line: r.IntN(3)} }
	rules := policy.Default()
	rules.Currency = pick(r, "EUR", "JPY")
	rules.Windows = []policy.Window{{
		Named: named(
			"w",
		), Days: pick(r, -1, 0, 5, 30), From: pick(r, "delivery", "purchase"), BusinessDay: true,
	}}
	if r.IntN(3) == 0 {
		rules.Seasons = []policy.Season{{
			Named: named(
				"s",
			), First: policy.Day{Year: 2026, Month: 1, Day: 1}, Last: policy.Day{Year: 2026, Month: 6,
				Day: 1},
			Until: policy.Day{Year: 2026, Month: 7, Day: 1 + r.IntN(5)},
		}}
	}
	rules.Categories = []policy.Category{{
		Named: named("c"), Kind: pick(r, policy.Kinds...), Take: pick(r, "", "any", "sealed", "never"),
		Serial: pick(r, "no", "ask", "must"), NoReturnCN: r.IntN(2) == 0,
	}}
	rules.Conditions = []policy.Condition{{
		Named: named("k"), Is: []string{"worn", "opened"}, Take: r.IntN(2) == 0, Percent: 20,
	}}
	rules.Limits = []policy.Limit{{
		Named: named(
			"l",
		), Back: pick(r, nil, []string{"locker"}), Quantity: pick(r, 0, 2), Amount: pick[int64](r, 0, 900),
		Returns: pick(r, 0, 3),
	}}
	rules.Fees = []policy.Fee{
		{Named: named("f"), Kind: "return", By: pick(r, "customer", "shop"), Amount: 100},
		{Named: named("g"), Kind: "restocking", By: "customer", Percent: 10},
	}
	rules.Ways = []policy.Way{{Named: named("y"), Back: []string{"post"}, Take: r.IntN(2) == 0}}
	rules.Keep = policy.Keep{Named: named("keep_item"), Handling: 500, Times: 2}
	rules.Receipt, rules.GiftRefused, rules.FaultyRefund = r.IntN(9) == 0, r.IntN(3) == 0, r.IntN(3) == 0
	rules.FreeGift = pick(r, "keep", "deduct")
	rules.RefundShipping = pick(r, "none", "standard", "paid")
	return rules
}

func anyQuestion(r *rand.Rand) policy.Question {
	bought := time.Date(2026, 5, 20+r.IntN(20), r.IntN(24), 0, 0, 0, time.UTC)
	q := policy.Question{
		Zone: time.UTC, Ordered: bought, Delivered: bought.AddDate(0, 0, r.IntN(5)), Informed: r.IntN(4) > 0,
		Asked: bought.AddDate(
			0,
			0,
			r.IntN(50),
		), Country: pick(r, "DE", "GB", "CN", "US", ""), Currency: "EUR",
		Channel: pick(r, channels...), Contract: pick(r, contracts...), Back: pick(r, ways...),
		Category: pick(r, "", "c"), FinalSale: r.IntN(8) == 0, BundleWhole: r.IntN(20) == 0,
		Quantity: 1 + r.IntN(
			3,
		), Left: r.IntN(9), Paid: r.Int64N(12000), Reason: pick(r, policy.UsualReasons()...),
		Condition: pick(
			r,
			append([]string{""}, policy.States...)...), Loss: pick(r, 0, 0, 30), Receipt: r.IntN(2) == 0,
		GiftReceipt: r.IntN(
			5,
		) == 0, Risk: pick(r, policy.Low, policy.Medium, policy.High), Returns90: r.IntN(5),
		Shipping: policy.Shipping{Standard: r.Int64N(500), Paid: r.Int64N(900)}, All: r.IntN(2) == 0,
		Ticked: r.IntN(2) == 0, GiftKept: pick[int64](r, 0, 0, 300),
	}
	switch r.IntN(8) {
	case 0:
		q.Paused = 36 * time.Hour
	case 1:
		q.Asked = q.Asked.AddDate(r.IntN(8), 0, 0)
	case 2:
		q.Until = q.Ordered.AddDate(0, 0, r.IntN(40))
	case 3:
		q.Serials, q.Serial = []string{"S1"}, pick(r, "", "S1", "S2")
	case 4:
		q.Repaired = []policy.Repair{
			{Asked: q.Asked.AddDate(0, 0, -2), Back: q.Asked, Failed: r.IntN(2) == 0},
		}
	}
	return q
}

// Whatever is asked of whatever rules: the money adds up, and each reason is a sentence in
// every language, with a rule and all its gaps.
func TestEveryAnswerIsExplained(t *testing.T) {
	book, err := words.Open()
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]bool{}
	r := rand.New(rand.NewPCG(1, 2))
	for range 30_000 {
		rules, q := anyRules(r), anyQuestion(r)
		v := policy.Judge(rules, q)
		pays := v.Eligible &&
			(len(v.Remedies) > 0 && (v.Remedies[0] == "refund" || v.Remedies[len(v.Remedies)-1] == "credit"))
		switch {
		case v.Eligible == (v.Refused != ""), len(v.Because) == 0, v.Refund < 0, v.Fee < 0, v.Deduction < 0,
			v.Fee < v.ReturnFee, !v.Eligible && v.Refund+v.Fee+v.Deduction+v.Shipping != 0,
			pays && v.Refund+v.Fee+v.Deduction != q.Paid, v.Shipping > q.Shipping.Paid:
			t.Fatalf("%+v\nof %+v\nby %+v", v, q, rules)
		}
		for _, b := range v.Because {
			if told[b.Word] && r.IntN(200) > 0 { // most are the same
				continue
			}
			told[b.Word] = true
			for _, tag := range book.Tags() {
				s := words.BecauseOf(book.For(tag), b)
				if !book.For(tag).Has("policy."+b.Word) || b.Rule == "" || !strings.Contains(s, b.Rule) ||
					strings.ContainsAny(s, "_{<") && !strings.Contains(b.Rule, "_") {
					t.Fatalf("%s: %+v is %q", tag, b, s)
				}
			}
		}
	}
	ids, err := book.Messages("en")
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		word, is := strings.CutPrefix(id, "policy.")
		if !is || strings.Contains(word, ".") || told[word] {
			continue
		}
		switch word {
		case "rule", "other", "eligible", "not_eligible":
		default:
			t.Errorf("no answer of 30,000 says %s", id)
		}
	}
}
