package policy_test

import (
	"slices"
	"testing"
	"time"

	. "cubby/locker/returns/policy"
)

// has reports whether a verdict names a rule for what it says.
func has(v Verdict, rule, word string) bool {
	return slices.ContainsFunc(v.Because, func(b Because) bool { return b.Rule == rule && b.Word == word })
}

// Each rule of the shop just before its boundary, at it and after it, with its explanation.
func TestRulesOfTheShopAtTheirBoundaries(t *testing.T) {
	shop := func(change func(r *Rules)) Rules {
		r := Rules{Currency: "EUR", Country: "US", Windows: []Window{{Named: Named{"w", 9}, Days: 30,
			From: "delivery"}}}
		if change != nil {
			change(&r)
		}
		return r
	}
	season := shop(func(r *Rules) {
		r.Windows[0].From = "purchase"
		r.Seasons = []Season{{Named: Named{"s", 20}, First: Day{2026, 3, 2}, Last: Day{2026, 3, 4},
			Until: Day{2026, 5, 9}}}
	})
	limit := func(l Limit) Rules {
		l.Named = Named{"l", 30}
		return shop(func(r *Rules) { r.Limits = []Limit{l} })
	}
	tiers := shop(func(r *Rules) {
		r.Instant = []Instant{{Named{"i", 40}, Low, 5000}, {Named{"j", 41}, Medium, 1000}}
	})
	kept := shop(func(r *Rules) {
		r.Keep = Keep{Named: Named{"k", 50}, Handling: 500, Risk: Low,
			Times: 2}
	})
	fee := shop(func(r *Rules) {
		r.Fees = []Fee{
			{Named: Named{"free", 60}, Kind: "return", By: "shop", Reasons: []string{"too_small"}},
			{Named: Named{"f", 61}, Kind: "return", By: "customer", Amount: 300, Back: []string{"post",
				"home"}},
		}
	})
	category := func(c Category) Rules {
		c.Named = Named{"shirts", 70}
		return shop(func(r *Rules) { r.Categories = []Category{c} })
	}
	condition := shop(func(r *Rules) {
		r.Conditions = []Condition{{Named: Named{"worn", 80}, Is: []string{"worn"}, Take: true,
			Percent: 20},
			{Named: Named{"damaged", 81}, Is: []string{"damaged"}}}
	})
	way := shop(func(r *Rules) {
		r.Ways = []Way{{Named: Named{"y", 90}, Match: Match{Channels: []string{"marketplace"}},
			Back: []string{"locker"}}}
	})
	type result struct {
		refused string
		refund  int64
		moment  string
		keep    bool
	}
	yes := result{refund: 5400, moment: "after_grading"}
	for name, c := range map[string]struct {
		rules      Rules
		asked      string
		ask        func(q *Question)
		want       result
		rule, word string
	}{
		"window, last moment": {shop(nil), "2026-04-01 23:59:59", nil, yes, "w", "window"},
		"window, too late": {shop(nil), "2026-04-02 00:00:00", nil, result{refused: "too_late"}, "w",
			"window_late"},
		"window, first moment": {shop(nil), "2026-03-02 00:00:00", nil, yes, "w", "window"},
		"pause of a day, last": {shop(nil), "2026-04-02 23:59:59",
			func(q *Question) { q.Paused = 24 * time.Hour }, yes,
			"w", "window"},
		"pause of a day, over": {shop(nil), "2026-04-03 00:00:00",
			func(q *Question) { q.Paused = 24 * time.Hour },
			result{refused: "too_late"}, "w", "window_late"},
		"pause of a second": {shop(nil), "2026-04-02 23:59:59",
			func(q *Question) { q.Paused = time.Second }, yes,
			"w", "window"},
		"endless": {shop(func(r *Rules) { r.Windows[0].Days = -1 }), "2036-01-01 00:00:00", nil, yes,
			"w", "window_endless"},
		"none": {shop(func(r *Rules) { r.Windows[0].Days = 0 }), "2026-03-02 12:00:00", nil,
			result{refused: "never_returnable"}, "w", "window_none"},
		"business day, not moved": {shop(func(r *Rules) { r.Windows[0].BusinessDay = true; r.Windows[0].Days = 4 }),
			"2026-03-06 23:59:59", nil, yes, "w", "window"},
		"business day, moved over the weekend": {shop(func(r *Rules) {
			r.Windows[0].BusinessDay, r.Windows[0].Days, r.Weekend = true, 5, Default().Weekend
		}), "2026-03-09 23:59:59", nil, yes, "w", "window"},
		"business day, moved and over": {shop(func(r *Rules) {
			r.Windows[0].BusinessDay, r.Windows[0].Days, r.Weekend = true, 5, Default().Weekend
		}), "2026-03-10 00:00:00", nil, result{refused: "too_late"}, "w", "window_late"},
		"season, bought the day before": {season, "2026-05-01 12:00:00",
			func(q *Question) { q.Ordered = noon(berlin, "2026-03-01") }, result{refused: "too_late"}, "w",
			"window_bought_late"},
		"season, bought on the first day": {season, "2026-05-09 23:59:59",
			func(q *Question) { q.Ordered = at(berlin, "2026-03-02 00:00:00") }, yes, "s", "season"},
		"season, bought on the last day": {season, "2026-05-09 23:59:59",
			func(q *Question) { q.Ordered = at(berlin, "2026-03-04 23:59:59") }, yes, "s", "season"},
		"season, bought the day after": {season, "2026-05-09 12:00:00",
			func(q *Question) { q.Ordered = at(berlin, "2026-03-05 00:00:00") },
			result{refused: "too_late"}, "w",
			"window_bought_late"},
		"season, over": {season, "2026-05-10 00:00:00",
			func(q *Question) { q.Ordered = noon(berlin, "2026-03-03") },
			result{refused: "too_late"}, "s", "season_late"},
		"the order's own date, last": {shop(nil), "2026-03-20 11:59:59",
			func(q *Question) { q.Until = noon(berlin, "2026-03-20") }, yes, "order.returnable_until",
			"order_until"},
		"the order's own date, over": {shop(nil), "2026-03-20 12:00:00",
			func(q *Question) { q.Until = noon(berlin, "2026-03-20") }, result{refused: "too_late"},
			"order.returnable_until",
			"order_until_late"},
		"quantity, at": {limit(Limit{Quantity: 2}), "2026-03-03 12:00:00",
			func(q *Question) { q.Quantity = 2 }, yes, "w", "window"},
		"quantity, above": {limit(Limit{Quantity: 2}), "2026-03-03 12:00:00",
			func(q *Question) { q.Quantity = 3 }, result{refused: "over_limit"}, "l", "limit_quantity"},
		"value, at": {limit(Limit{Amount: 5400}), "2026-03-03 12:00:00", nil, yes, "w", "window"},
		"value, above": {limit(Limit{Amount: 5399}), "2026-03-03 12:00:00", nil,
			result{refused: "over_limit"}, "l", "limit_amount"},
		"value, at the locker": {limit(Limit{Amount: 5399, Back: []string{"locker"}}),
			"2026-03-03 12:00:00", nil,
			result{refused: "over_limit"}, "l", "limit_amount_here"},
		"value, at the counter": {limit(Limit{Amount: 5399, Back: []string{"locker"}}),
			"2026-03-03 12:00:00",
			func(q *Question) { q.Back = "counter" }, yes, "w", "window"},
		"value of another currency": {limit(Limit{Amount: 5399}), "2026-03-03 12:00:00",
			func(q *Question) { q.Currency = "JPY" }, yes, "w", "window"},
		"returns, below": {limit(Limit{Returns: 3}), "2026-03-03 12:00:00",
			func(q *Question) { q.Returns90 = 2 }, yes, "w", "window"},
		"returns, at": {limit(Limit{Returns: 3}), "2026-03-03 12:00:00",
			func(q *Question) { q.Returns90 = 3 }, result{refused: "over_limit"}, "l", "limit_returns"},
		"at once, at": {tiers, "2026-03-03 12:00:00",
			func(q *Question) { q.Paid = 5000 }, result{refund: 5000, moment: "at_drop"}, "i", "at_drop"},
		"at once, above": {tiers, "2026-03-03 12:00:00",
			func(q *Question) { q.Paid = 5001 }, result{refund: 5001, moment: "after_grading"}, "i",
			"graded_above"},
		"at once, medium risk": {tiers, "2026-03-03 12:00:00",
			func(q *Question) { q.Paid, q.Risk = 1000, Medium },
			result{refund: 1000, moment: "at_drop"}, "j", "at_drop"},
		"at once, medium risk, above": {tiers, "2026-03-03 12:00:00",
			func(q *Question) { q.Paid, q.Risk = 1001, Medium },
			result{refund: 1001, moment: "after_grading"}, "j", "graded_above"},
		"at once, high risk": {tiers, "2026-03-03 12:00:00", func(q *Question) { q.Paid, q.Risk = 1, High },
			result{refund: 1, moment: "after_grading"}, "usual", "graded_first"},
		"kept, below": {kept, "2026-03-03 12:00:00", func(q *Question) { q.Paid = 499 },
			result{refund: 499, moment: "at_drop", keep: true}, "k", "keep"},
		"kept, at": {kept, "2026-03-03 12:00:00",
			func(q *Question) { q.Paid = 500 }, result{refund: 500, moment: "after_grading"}, "w",
			"window"},
		"kept, once": {kept, "2026-03-03 12:00:00",
			func(q *Question) { q.Paid, q.Returns90 = 499, 1 }, result{refund: 499, moment: "at_drop",
				keep: true}, "k", "keep"},
		"kept, too often": {kept, "2026-03-03 12:00:00",
			func(q *Question) { q.Paid, q.Returns90 = 499, 2 }, result{refund: 499,
				moment: "after_grading"}, "k", "keep_often"},
		"kept, risk": {kept, "2026-03-03 12:00:00",
			func(q *Question) { q.Paid, q.Risk = 499, Medium }, result{refund: 499,
				moment: "after_grading"}, "k", "keep_looked"},
		"kept, a free gift": {kept, "2026-03-03 12:00:00", func(q *Question) { q.Paid, q.Free = 0, true },
			result{refund: 0, moment: "after_grading"}, "w", "window"},
		"fee by post": {fee, "2026-03-03 12:00:00", func(q *Question) { q.Back = "post" },
			result{refund: 5100, moment: "after_grading"}, "f", "fee_return"},
		"fee by the reason": {fee, "2026-03-03 12:00:00",
			func(q *Question) { q.Back, q.Reason = "post", "too_small" }, yes,
			"free", "fee_shop"},
		"fee of what is faulty": {fee, "2026-03-03 12:00:00",
			func(q *Question) { q.Back, q.Reason = "post", "faulty" }, yes,
			"w", "window"},
		"fee larger than the price": {fee, "2026-03-03 12:00:00",
			func(q *Question) { q.Back, q.Paid = "post", 299 },
			result{refund: 0, moment: "after_grading"}, "f", "fee_return"},
		"never": {category(Category{Take: "never"}), "2026-03-03 12:00:00", nil,
			result{refused: "never_returnable"}, "shirts", "never"},
		"sealed": {category(Category{Take: "sealed"}), "2026-03-03 12:00:00",
			func(q *Question) { q.Condition = "sealed" }, yes, "w", "window"},
		"opened": {category(Category{Take: "sealed"}), "2026-03-03 12:00:00",
			func(q *Question) { q.Condition = "opened" }, result{refused: "hygiene_opened"}, "shirts",
			"opened"},
		"seal unseen": {category(Category{Take: "sealed"}), "2026-03-03 12:00:00", nil, yes, "shirts",
			"seal_looked"},
		"serial asked": {category(Category{Serial: "ask"}), "2026-03-03 12:00:00",
			func(q *Question) { q.Serials = []string{"1"} }, yes, "shirts",
			"serial_ask"},
		"serial needed": {category(Category{Serial: "must"}), "2026-03-03 12:00:00",
			func(q *Question) { q.Serials = []string{"1"} }, result{refused: "serial_needed"},
			"shirts", "serial_must"},
		"serial given": {category(Category{Serial: "must"}), "2026-03-03 12:00:00",
			func(q *Question) { q.Serials, q.Serial = []string{"1"}, "1" }, yes, "w", "window"},
		"serial of another": {category(Category{Serial: "no"}), "2026-03-03 12:00:00",
			func(q *Question) { q.Serials, q.Serial = []string{"1"}, "2" }, result{refused: "wrong_serial"},
			"order.serial", "wrong_serial"},
		"worn": {condition, "2026-03-03 12:00:00",
			func(q *Question) { q.Condition = "worn" }, result{refund: 4320, moment: "after_grading"},
			"worn", "condition_percent"},
		"worn, graded": {condition, "2026-03-03 12:00:00",
			func(q *Question) { q.Condition, q.Loss = "worn", 30 }, result{refund: 3780,
				moment: "after_grading"}, "grading", "loss"},
		"damaged": {condition, "2026-03-03 12:00:00",
			func(q *Question) { q.Condition = "damaged" }, result{refused: "condition"}, "damaged",
			"condition"},
		"damaged when it came": {condition, "2026-03-03 12:00:00",
			func(q *Question) { q.Condition, q.Reason = "damaged", "damaged_in_transit" }, yes, "w",
			"window"},
		"closed way": {way, "2026-03-03 12:00:00",
			func(q *Question) { q.Channel = "marketplace" }, result{refused: "not_here"}, "y",
			"way_closed"},
		"other way": {way, "2026-03-03 12:00:00",
			func(q *Question) { q.Channel, q.Back = "marketplace", "counter" }, yes, "w", "window"},
		"final sale": {shop(nil), "2026-03-03 12:00:00",
			func(q *Question) { q.FinalSale = true }, result{refused: "final_sale"}, "order.final_sale",
			"final_sale"},
		"final sale, faulty": {shop(nil), "2026-03-03 12:00:00",
			func(q *Question) { q.FinalSale, q.Reason = true, "faulty" }, yes,
			"w", "window"},
		"no receipt": {shop(func(r *Rules) { r.Receipt = true }), "2026-03-03 12:00:00", nil,
			result{refused: "no_receipt"}, "receipt", "no_receipt"},
		"receipt": {shop(func(r *Rules) { r.Receipt = true }), "2026-03-03 12:00:00",
			func(q *Question) { q.Receipt = true }, yes, "w", "window"},
		"gift refused": {shop(func(r *Rules) { r.GiftRefused = true }), "2026-03-03 12:00:00",
			func(q *Question) { q.GiftReceipt = true },
			result{refused: "gift_refused"}, "gift", "gift_refused"},
		"a free gift stays": {shop(func(r *Rules) { r.FreeGift = "deduct" }), "2026-03-03 12:00:00",
			func(q *Question) { q.GiftKept = 400 },
			result{refund: 5000, moment: "after_grading"}, "free_gift", "gift_kept"},
		"all are back": {shop(nil), "2026-03-03 12:00:00",
			func(q *Question) { q.Left = 0 }, result{refused: "already_back"}, "order.quantity",
			"already_back"},
		"no units": {shop(nil), "2026-03-03 12:00:00",
			func(q *Question) { q.Quantity = 0 }, result{refused: "already_back"}, "order.quantity",
			"already_back"},
	} {
		t.Run(name, func(t *testing.T) {
			q := ask("2026-03-02", "2026-03-03")
			q.Country, q.Left, q.Asked = "", 5, at(berlin, c.asked)
			if c.ask != nil {
				c.ask(&q)
			}
			v := Judge(c.rules, q)
			if got := (result{v.Refused, v.Refund, v.Moment, v.Keep}); got != c.want || !has(v, c.rule,
				c.word) {
				t.Errorf("is %+v\nnot %+v by %s %s\nbecause %v", got, c.want, c.rule, c.word, v.Because)
			}
		})
	}
}
