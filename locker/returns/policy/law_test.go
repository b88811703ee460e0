package policy_test

import (
	"testing"
	"time"

	. "cubby/locker/returns/policy"
)

// Each right by law just before its end and after it. A shop that takes nothing back cannot
// take it away, nor can risk.
func TestRightsByLawAtTheirBoundaries(t *testing.T) {
	for name, c := range map[string]struct {
		from, last string // the last day
		rule, word string
		over       string // what is said a second later
		ask        func(q *Question)
	}{
		"EU": {"2026-03-02", "2026-03-16", "law.eu.withdrawal",
			"withdrawal", "withdrawal_late", nil},
		"EU, off premises": {"2026-03-02", "2026-03-16", "law.eu.withdrawal",
			"withdrawal", "withdrawal_late", func(q *Question) {
				q.Contract, q.Channel = "off_premises",
					"store"
			}},
		"EU, Norway": {"2026-03-02", "2026-03-16", "law.eu.withdrawal",
			"withdrawal", "withdrawal_late", func(q *Question) { q.Country = "NO" }},
		"EU, over a weekend": {"2026-03-07", "2026-03-23", "law.eu.withdrawal",
			"withdrawal", "withdrawal_late", nil},
		"EU, Christmas": {"2026-12-11", "2026-12-28", "law.eu.withdrawal",
			"withdrawal", "withdrawal_late", nil},
		"EU, paused": {"2026-03-02", "2026-03-17", "law.eu.withdrawal",
			"withdrawal", "withdrawal_late", func(q *Question) { q.Paused = 3 * time.Hour }},
		"EU, never informed": {"2026-03-02", "2027-03-16", "law.eu.withdrawal",
			"withdrawal_uninformed", "withdrawal_uninformed_late",
			func(q *Question) { q.Informed = false }},
		"EU, 29 February": {"2028-02-15", "2028-02-29", "law.eu.withdrawal",
			"withdrawal", "withdrawal_late", nil},
		"EU, informed never, from 29 February": {"2028-02-15", "2029-02-28", "law.eu.withdrawal",
			"withdrawal_uninformed", "withdrawal_uninformed_late",
			func(q *Question) { q.Informed = false }},
		"EU, clocks go forward": {"2026-03-15", "2026-03-30", "law.eu.withdrawal",
			"withdrawal", "withdrawal_late", nil}, // the 29th is a Sunday
		"EU, clocks go back": {"2026-10-12", "2026-10-26", "law.eu.withdrawal",
			"withdrawal", "withdrawal_late", nil},
		"EU, not told of delivery": {"2026-03-02", "2026-04-14", "law.eu.withdrawal", "withdrawal",
			"withdrawal_late",
			func(q *Question) { q.Delivered = time.Time{} }}, // 30 days from 1 March, and 14
		"UK": {"2026-03-02", "2026-03-16", "law.uk.withdrawal", "withdrawal",
			"withdrawal_late", func(q *Question) { q.Country = "GB" }},
		"China": {"2026-10-01", "2026-10-08", "law.cn.seven_days", "seven",
			"seven_late", func(q *Question) { q.Country = "CN" }},
		"EU, faulty": {"2026-03-02", "2028-03-02", "law.eu.faulty", "faulty_repair",
			"faulty_late", func(q *Question) { q.Reason, q.Channel = "faulty", "store" }},
		"EU, faulty, from 29 February": {"2028-02-29", "2030-02-28", "law.eu.faulty", "faulty_repair",
			"faulty_late", func(q *Question) { q.Reason, q.Channel = "faulty", "store" }},
		"EU, repaired": {"2026-09-01", "2029-09-01", "law.eu.faulty", "faulty_repair", "faulty_late",
			func(q *Question) {
				q.Reason, q.Channel = "faulty", "store"
				q.Repaired = []Repair{{Asked: noon(berlin, "2026-10-01"), Back: noon(berlin, "2026-10-09")}}
			}},
		"EU, repaired before the directive": {"2026-03-02", "2028-03-02", "law.eu.faulty",
			"faulty_repair", "faulty_late", func(q *Question) {
				q.Reason, q.Channel = "faulty", "store"
				q.Repaired = []Repair{{Asked: noon(berlin, "2026-07-30"), Back: noon(berlin, "2026-08-09")}}
			}},
		"EU, repaired in vain": {"2026-03-02", "2028-03-02", "law.eu.faulty", "faulty_again",
			"faulty_late", func(q *Question) {
				q.Reason, q.Channel = "faulty", "store"
				q.Repaired = []Repair{{Asked: noon(berlin, "2026-07-01"), Back: noon(berlin, "2026-07-09"),
					Failed: true}}
			}},
		"UK, rejected": {"2026-11-01", "2026-12-01", "law.uk.faulty", "faulty_reject", "faulty_repair",
			func(q *Question) {
				q.Country, q.Reason, q.Channel = "GB", "faulty", "store"
			}},
		"UK, repaired on day 28": {"2026-11-01", "2026-12-17", "law.uk.faulty", "faulty_reject",
			"faulty_repair", func(q *Question) {
				q.Country, q.Reason, q.Channel = "GB", "faulty", "store"
				q.Repaired = []Repair{{Asked: noon(berlin, "2026-11-29"), Back: noon(berlin, "2026-12-10")}}
			}},
		"UK, repaired on day 5": {"2026-11-01", "2026-12-06", "law.uk.faulty", "faulty_reject",
			"faulty_repair", func(q *Question) {
				q.Country, q.Reason, q.Channel = "GB", "faulty", "store"
				q.Repaired = []Repair{{Asked: noon(berlin, "2026-11-06"), Back: noon(berlin, "2026-11-11")}}
			}}, // 25 days were left
		"UK, repaired on the last day": {"2026-11-01", "2026-12-12", "law.uk.faulty", "faulty_reject",
			"faulty_repair", func(q *Question) {
				q.Country, q.Reason, q.Channel = "GB", "faulty", "store"
				q.Repaired = []Repair{{Asked: at(berlin, "2026-12-01 23:59:59"), Back: noon(berlin,
					"2026-12-05")}}
			}},
		"UK, repaired a day too late": {"2026-11-01", "2032-11-01", "law.uk.faulty", "faulty_repair",
			"faulty_late", func(q *Question) {
				q.Country, q.Reason, q.Channel = "GB", "faulty", "store"
				q.Repaired = []Repair{{Asked: at(berlin, "2026-12-02 00:00:00"), Back: noon(berlin,
					"2026-12-05")}}
			}},
		"China, faulty": {"2026-03-02", "2026-03-09", "law.cn.faulty", "faulty_seven", "faulty_repair",
			func(q *Question) {
				q.Country, q.Reason, q.Channel = "CN", "faulty", "store"
			}},
		"China, faulty, repair": {"2026-03-02", "2029-03-02", "law.cn.faulty", "faulty_repair",
			"faulty_late", func(q *Question) {
				q.Country, q.Reason, q.Channel = "CN", "faulty", "store"
			}},
	} {
		t.Run(name, func(t *testing.T) {
			r := plain()
			r.Limits = []Limit{{Named: Named{Name: "none"}, Amount: 1, Returns: 1}}
			q := ask(c.from, c.last)
			q.Risk, q.Returns90, q.FinalSale = High, 99, true
			if c.ask != nil {
				c.ask(&q)
			}
			q.Asked = at(berlin, c.last+" 23:59:59")
			if v := Judge(r, q); !v.Eligible || !has(v, c.rule, c.word) || v.Moment != "after_grading" {
				t.Errorf("on the last day: %+v", v)
			}
			q.Asked = q.Asked.Add(time.Second)
			v := Judge(r, q)
			if !has(v, c.rule, c.over) || v.Eligible != (c.over == "faulty_repair") {
				t.Errorf("a second later: %+v", v)
			}
			if v.Refused != "" && v.Refused != "too_late" {
				t.Errorf("a second later it is refused as %s", v.Refused)
			}
		})
	}
}

// A right is there for the contract, the country and the goods that the law says.
func TestWhereThereIsARight(t *testing.T) {
	for name, c := range map[string]struct {
		kind, want string // ground, or why not
		ask        func(q *Question)
	}{
		"online":                  {"", "withdrawal", nil},
		"by phone":                {"", "withdrawal", func(q *Question) { q.Channel = "phone" }},
		"a channel nobody knows":  {"", "withdrawal", func(q *Question) { q.Channel = "" }},
		"in a store":              {"", "never_returnable", func(q *Question) { q.Channel = "store" }},
		"outside these countries": {"", "never_returnable", func(q *Question) { q.Country = "US" }},
		"no country":              {"", "never_returnable", func(q *Question) { q.Country = "" }},
		"kiosk, taken along": {"", "never_returnable",
			func(q *Question) { q.Channel, q.Delivered = "kiosk", q.Ordered }},
		"kiosk, sent": {"", "withdrawal",
			func(q *Question) { q.Channel, q.Delivered, q.Shipping.Paid = "kiosk", q.Ordered, 1 }},
		"custom":           {"custom", "never_returnable", nil},
		"perishable":       {"perishable", "never_returnable", nil},
		"mixed":            {"mixed", "never_returnable", nil},
		"newspaper":        {"newspaper", "never_returnable", nil},
		"media, sealed":    {"media", "withdrawal", func(q *Question) { q.Condition = "sealed" }},
		"media, not known": {"media", "withdrawal", nil},
		"media, opened": {"media", "hygiene_opened",
			func(q *Question) { q.Condition = "opened" }},
		"ordinary, opened": {"", "withdrawal", func(q *Question) { q.Condition = "opened" }},
		"gift receipt":     {"", "never_returnable", func(q *Question) { q.GiftReceipt = true }},
		"China":            {"", "seven_days", func(q *Question) { q.Country = "CN" }},
		"China, in a store": {"", "never_returnable",
			func(q *Question) { q.Country, q.Channel = "CN", "store" }},
		"China, at the door": {"", "never_returnable",
			func(q *Question) { q.Country, q.Contract = "CN", "off_premises" }},
		"China, custom": {"custom", "never_returnable", func(q *Question) { q.Country = "CN" }},
		"China, media opened": {"media", "hygiene_opened",
			func(q *Question) { q.Country, q.Condition = "CN", "opened" }},
		"China, hygiene opened": {"hygiene", "seven_days",
			func(q *Question) { q.Country, q.Condition = "CN", "opened" }},
		"China, hygiene ticked": {"hygiene", "never_returnable",
			func(q *Question) { q.Country, q.Condition, q.Ticked = "CN", "opened", true }},
		"China, sealed and ticked": {"hygiene", "seven_days",
			func(q *Question) { q.Country, q.Condition, q.Ticked = "CN", "sealed", true }},
		"China, mixed, no tick": {"mixed", "seven_days", func(q *Question) { q.Country = "CN" }},
		"China, worn": {"", "not_intact",
			func(q *Question) { q.Country, q.Condition = "CN", "worn" }},
		"China, faulty and worn": {"", "faulty",
			func(q *Question) { q.Country, q.Condition, q.Reason = "CN", "worn", "faulty" }},
		"China, custom and faulty": {"custom", "faulty",
			func(q *Question) { q.Country, q.Reason = "CN", "faulty" }},
		"perishable and faulty": {"perishable", "faulty", func(q *Question) { q.Reason = "faulty" }},
		"faulty outside these": {"", "never_returnable",
			func(q *Question) { q.Country, q.Reason = "US", "faulty" }},
		"faulty in a bundle": {"", "withdrawal",
			func(q *Question) { q.BundleWhole, q.Reason = true, "faulty" }},
		"faulty with gift receipt": {"", "faulty",
			func(q *Question) { q.GiftReceipt, q.Reason = true, "faulty" }},
	} {
		t.Run(name, func(t *testing.T) {
			r := plain()
			r.Categories = categories(c.kind)
			r.Categories[0].Take = "any"
			q := ask("2026-12-02", "2026-12-05")
			if c.ask != nil {
				c.ask(&q)
			}
			if v := Judge(r, q); v.Ground+v.Refused != c.want {
				t.Errorf("%s%s\nbecause %v", v.Ground, v.Refused, v.Because)
			}
		})
	}
}
