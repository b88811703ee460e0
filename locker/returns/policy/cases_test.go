package policy_test

import (
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	. "cubby/locker/returns/policy"
)

var berlin = zone("Europe/Berlin")

func zone(name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return z
}

// at is a local moment in the zone.
func at(z *time.Location, text string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04:05", text, z)
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

func noon(z *time.Location, day string) time.Time { return at(z, day+" 12:00:00") }

// ask is about item A of an order of 100 less 10: 60 and 40, of which A bears 54.
func ask(delivered, asked string) Question {
	return Question{
		Zone: berlin, Asked: noon(berlin, asked), Currency: "EUR", Country: "DE", Channel: "online",
		Back: "locker",
		Ordered: noon(
			berlin,
			delivered,
		).AddDate(0, 0, -1),
		Delivered: noon(berlin, delivered), Informed: true,
		SKU: "A", Category: "shirts", Quantity: 1, Left: 1, Paid: 5400, Value: 5400,
		Reason: "changed_mind", Risk: Low,
	}
}

// plain are rules of a shop that does nothing but what the law wants.
func plain() Rules {
	r := Default()
	r.Windows, r.Instant = []Window{{Named: Named{Name: "none"}, Days: 0}}, nil
	return r
}

func categories(kind string) []Category {
	return []Category{{Named: Named{Name: "shirts"}, Kind: kind}}
}

func words(v Verdict) (all []string) {
	for _, b := range v.Because {
		all = append(all, b.Word)
	}
	return all
}

// until is the last day of a verdict in Berlin, which must end at its 24:00.
func until(t *testing.T, v Verdict) string {
	t.Helper()
	if v.Until.IsZero() {
		return "never"
	}
	end := v.Until.In(berlin)
	if end.Format("15:04:05") != "00:00:00" {
		t.Errorf("it ends at %s, not with a day", end)
	}
	return end.Add(-1).Format("Mon 2006-01-02")
}

// The cases of the table of returns, by their numbers there.
func TestCasesOfTheTable(t *testing.T) {
	restocked := Default()
	restocked.Fees = []Fee{
		{Named: Named{Name: "restocking", Line: 7}, Kind: "restocking", By: "customer", Percent: 15},
	}
	byPost := plain()
	byPost.Fees = []Fee{
		{Named: Named{Name: "postage"}, Kind: "return", By: "customer", Back: []string{"post"}, Amount: 300},
	}
	kept := plain()
	kept.Keep = Keep{Named: Named{Name: "keep"}, Handling: 500, Risk: Low, Times: 2}
	instant := plain()
	instant.Instant = []Instant{{Named: Named{Name: "instant"}, Risk: Low, Most: 5000}}
	holidays := Default()
	holidays.Windows[0].From = "purchase"
	for _, apple := range []bool{true, false} {
		s := Season{
			Named: Named{Name: "christmas"},
			First: Day{2026, 11, 1},
			Last:  Day{2026, 12, 31},
			Until: Day{2027, 1, 31},
		}
		if apple {
			s.Name, s.Categories, s.Until = "christmas-apple", []string{"apple"}, Day{2027, 1, 15}
		}
		holidays.Seasons = append(holidays.Seasons, s)
	}
	with := func(r Rules, kind string) Rules { r.Categories = categories(kind); return r }

	type want struct {
		refused, ground, until, moment, word, remedies string
		refund, shipping, fee, deduction               int64
		keep                                           bool
	}
	for _, c := range []struct {
		number string
		rules  Rules
		ask    func(q *Question)
		from   [2]string // delivered, asked
		want   want
	}{
		{"4", plain(), nil, [2]string{"2026-12-02", "2026-12-10"},
			want{ground: "withdrawal", until: "Wed 2026-12-16", refund: 5400, word: "withdrawal"}},
		{"5", plain(), nil, [2]string{"2026-12-11", "2026-12-26"},
			want{ground: "withdrawal", until: "Mon 2026-12-28", refund: 5400}},
		{"6", plain(), nil, [2]string{"2026-12-09", "2026-12-23"}, // of the last parcel
			want{ground: "withdrawal", until: "Wed 2026-12-23", refund: 5400}},
		{"7", plain(), nil, [2]string{"2026-12-05", "2026-12-21"},
			want{ground: "withdrawal", until: "Mon 2026-12-21", refund: 5400}},
		{"8", plain(), nil, [2]string{"2026-12-02", "2026-12-16"}, // dropped on day 20, asked on day 14
			want{ground: "withdrawal", until: "Wed 2026-12-16", refund: 5400}},
		{"9", plain(), func(q *Question) { q.Informed = false }, [2]string{"2026-12-02", "2027-10-02"},
			want{ground: "withdrawal", until: "Thu 2027-12-16", refund: 5400, word: "withdrawal_uninformed"}},
		{"10, mind changed", with(plain(), "custom"), nil, [2]string{"2026-12-02", "2026-12-03"},
			want{refused: "never_returnable", until: "never", word: "withdrawal_except"}},
		{"10, faulty", with(plain(), "custom"), func(q *Question) { q.Reason = "faulty" },
			[2]string{"2026-12-02", "2026-12-03"},
			want{ground: "faulty", until: "Sat 2028-12-02", remedies: "exchange repair",
				word: "faulty_repair"}},
		{"11, broken", with(plain(), "hygiene"), func(q *Question) { q.Condition = "seal_broken" },
			[2]string{"2026-12-02", "2026-12-03"},
			want{refused: "hygiene_opened", until: "never", word: "withdrawal_opened"}},
		{"11, intact", with(plain(), "hygiene"), func(q *Question) { q.Condition = "sealed" },
			[2]string{"2026-12-02", "2026-12-03"},
			want{ground: "withdrawal", until: "Wed 2026-12-16", refund: 5400}},
		{"12", Default(), func(q *Question) {
			q.Channel, q.Ordered = "kiosk", q.Delivered
		}, [2]string{"2026-12-02", "2026-12-03"}, want{ground: "shop", until: "Fri 2027-01-01", refund: 5400}},
		{"13", plain(), func(q *Question) { q.Channel = "kiosk" }, [2]string{"2026-12-02", "2026-12-03"},
			want{ground: "withdrawal", until: "Wed 2026-12-16", refund: 5400}},
		{"14, informed", plain(), func(q *Question) { q.Condition, q.Loss = "worn", 30 },
			[2]string{"2026-12-02", "2026-12-03"},
			want{ground: "withdrawal", until: "Wed 2026-12-16", refund: 3780, deduction: 1620, word: "loss"}},
		{"14, not informed", plain(), func(q *Question) {
			q.Condition, q.Loss, q.Informed = "worn", 30,
				false
		},
			[2]string{"2026-12-02", "2026-12-03"},
			want{ground: "withdrawal", until: "Thu 2027-12-16", refund: 5400, word: "loss_uninformed"}},
		{"15", plain(), func(q *Question) { q.Paid, q.All, q.Shipping = 9000, true, Shipping{495, 995} },
			[2]string{"2026-12-02", "2026-12-03"},
			want{ground: "withdrawal", until: "Wed 2026-12-16", refund: 9000, shipping: 495,
				word: "shipping_standard"}},
		{"16, shop rule", restocked, nil, [2]string{"2026-12-02", "2026-12-20"},
			want{ground: "shop", until: "Fri 2027-01-01", refund: 4590, fee: 810, word: "fee_restocking",
				moment: "at_drop"}},
		{"16, withdrawal", restocked, nil, [2]string{"2026-12-02", "2026-12-10"},
			want{ground: "withdrawal", until: "Wed 2026-12-16", refund: 5400}},
		{"17, post", byPost, func(q *Question) { q.Back = "post" }, [2]string{"2026-12-02", "2026-12-03"},
			want{ground: "withdrawal", until: "Wed 2026-12-16", refund: 5100, fee: 300, word: "fee_return"}},
		{"17, locker", byPost, nil, [2]string{"2026-12-02", "2026-12-03"},
			want{ground: "withdrawal", until: "Wed 2026-12-16", refund: 5400}},
		{"17, faulty", byPost, func(q *Question) { q.Back, q.Reason = "post", "faulty" },
			[2]string{"2026-12-02", "2026-12-03"},
			want{ground: "withdrawal", until: "Wed 2026-12-16", refund: 5400,
				remedies: "refund exchange repair"}},
		{"18, on 1 December", plain(), func(q *Question) { q.Country, q.Reason = "GB", "faulty" },
			[2]string{"2026-11-01", "2026-12-01"},
			want{ground: "faulty", until: "Tue 2026-12-01", refund: 5400, word: "faulty_reject",
				remedies: "refund exchange repair"}},
		{"18, on 2 December", plain(), func(q *Question) { q.Country, q.Reason = "GB", "faulty" },
			[2]string{"2026-11-01", "2026-12-02"},
			want{ground: "faulty", until: "Mon 2032-11-01", word: "faulty_repair",
				remedies: "exchange repair"}},
		{"19", plain(), func(q *Question) {
			q.Country, q.Reason = "GB", "faulty"
			q.Repaired = []Repair{{noon(berlin, "2026-11-29"), noon(berlin, "2026-12-10"), true}}
		}, [2]string{"2026-11-01", "2026-12-17"},
			want{ground: "faulty", until: "Thu 2026-12-17", refund: 5400, word: "faulty_reject"}},
		{"20", plain(), func(q *Question) { q.Country = "CN" }, [2]string{"2026-10-01", "2026-10-08"},
			want{ground: "seven_days", until: "Thu 2026-10-08", refund: 5400, word: "seven"}},
		{"21, no tick", plain(), func(q *Question) { q.Country, q.Condition = "CN", "activated" },
			[2]string{"2026-10-01", "2026-10-02"},
			want{ground: "seven_days", until: "Thu 2026-10-08", refund: 5400}},
		{"21, ticked", plain(), func(q *Question) {
			q.Country, q.Condition, q.Ticked = "CN", "activated",
				true
		},
			[2]string{"2026-10-01", "2026-10-02"},
			want{refused: "never_returnable", until: "never", word: "seven_ticked"}},
		{"22", holidays, func(q *Question) { q.Ordered, q.Category = noon(berlin, "2026-11-05"), "books" },
			[2]string{"2026-11-05", "2027-01-31"},
			want{ground: "shop", until: "Sun 2027-01-31", refund: 5400, word: "season"}},
		{"23", holidays, func(q *Question) { q.Ordered, q.Category = noon(berlin, "2026-12-28"), "apple" },
			[2]string{"2026-12-28", "2027-01-20"},
			want{ground: "shop", until: "Wed 2027-01-27", refund: 5400, word: "window_bought"}},
		{"24, first time", kept, func(q *Question) { q.Paid, q.Value = 420, 420 },
			[2]string{"2026-12-02", "2026-12-03"},
			want{ground: "withdrawal", until: "Wed 2026-12-16", refund: 420, keep: true, moment: "at_drop",
				word: "keep"}},
		{"24, third time", kept, func(q *Question) { q.Paid, q.Value, q.Returns90 = 420, 420, 2 },
			[2]string{"2026-12-02", "2026-12-03"},
			want{ground: "withdrawal", until: "Wed 2026-12-16", refund: 420, word: "keep_often"}},
		{"25", instant, nil, [2]string{"2026-12-02", "2026-12-03"},
			want{ground: "withdrawal", until: "Wed 2026-12-16", refund: 5400, moment: "after_grading",
				word: "graded_above"}},
		{"28", Default(), func(q *Question) { q.Gift, q.GiftReceipt = true, true },
			[2]string{"2026-12-02", "2026-12-03"},
			want{ground: "shop", until: "Fri 2027-01-01", refund: 5400, remedies: "exchange credit",
				word:   "gift_credit",
				moment: "after_grading"}},
		{"30, part", plain(), func(q *Question) { q.Paid = 2700 }, [2]string{"2026-12-02", "2026-12-03"},
			want{ground: "withdrawal", until: "Wed 2026-12-16", refund: 2700}},
		{"30, unbreakable", plain(), func(q *Question) { q.Paid, q.BundleWhole = 2700, true },
			[2]string{"2026-12-02", "2026-12-03"},
			want{refused: "bundle_whole", until: "never", word: "bundle_whole"}},
	} {
		t.Run(c.number, func(t *testing.T) {
			q := ask(c.from[0], c.from[1])
			if c.ask != nil {
				c.ask(&q)
			}
			v := Judge(c.rules, q)
			got := want{
				v.Refused,
				v.Ground,
				until(t, v),
				v.Moment,
				"",
				"",
				v.Refund,
				v.Shipping,
				v.Fee,
				v.Deduction,
				v.Keep,
			}
			if slices.Contains(words(v), c.want.word) {
				got.word = c.want.word
			}
			if c.want.remedies != "" {
				got.remedies = strings.Join(v.Remedies, " ")
			}
			if c.want.moment == "" {
				got.moment = ""
			}
			if got != c.want || v.Eligible != (v.Refused == "") {
				t.Errorf("is  %+v\nnot %+v\nbecause %v", got, c.want, v.Because)
			}
			if (v.To == "recipient") != q.GiftReceipt {
				t.Errorf("the money goes to the %s", v.To)
			}
			for _, b := range v.Because {
				if b.Rule == "" || b.Word == "" {
					t.Errorf("no rule or word in %+v", b)
				}
			}
		})
	}
}
