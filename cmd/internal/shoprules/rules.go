package shoprules

import (
	"cubby/cmd/internal/config"
	"cubby/locker/returns/policy"
)

// at is the name of a rule with its line.
func (c *checker) at(list string, i int, name string) policy.Named {
	return policy.Named{Name: name, Line: c.Line(config.Element(list, i))}
}

// rules are what the file says.
func (c *checker) rules() policy.Rules {
	f := c.f
	r := policy.Rules{
		Shop: f.Shop, Currency: f.Currency, Country: f.Country, Weekend: c.weekend(),
		Receipt: f.ReceiptNeeded, GiftRefused: !f.GiftReceipts, FreeGift: f.FreeGifts,
		FaultyRefund:   f.FaultyMoney,
		RefundShipping: f.RefundShipping, OverrideCeiling: f.OverrideCeiling.minor,
		ReasonList: c.reasonList(),
		Keep: policy.Keep{
			Named:    policy.Named{Name: "keep_item", Line: c.Line("keep_item")},
			Handling: f.Keep.Handling.minor, Risk: policy.Level(f.Keep.Risk), Times: f.Keep.Times,
		},
	}
	for _, d := range f.Holidays {
		r.Holidays = append(r.Holidays, d.Day)
	}
	for i, w := range f.Windows {
		r.Windows = append(r.Windows, policy.Window{
			Named: c.at("window", i, w.Name),
			Match: policy.Match{
				Categories: w.Categories, Classes: w.Classes, Channels: w.Channels, Countries: w.Countries,
			},
			Days: w.Days, From: w.From, BusinessDay: w.BusinessDay,
		})
	}
	if len(f.Windows) == 0 {
		r.Windows = policy.Default().Windows
	}
	for i, s := range f.Seasons {
		r.Seasons = append(r.Seasons, policy.Season{
			Named: c.at("season", i, s.Name),
			Match: policy.Match{
				Categories: s.Categories, Classes: s.Classes, Channels: s.Channels, Countries: s.Countries,
			},
			First: s.First.Day, Last: s.Last.Day, Until: s.Until.Day,
		})
	}
	for i, k := range f.Categories {
		r.Categories = append(r.Categories, policy.Category{
			Named: c.at(
				"category",
				i,
				k.Name,
			), Kind: k.Kind, Take: k.Take, Serial: k.Serial, NoReturnCN: k.NoReturnCN,
		})
	}
	for i, k := range f.Conditions {
		r.Conditions = append(r.Conditions, policy.Condition{
			Named: c.at("condition", i, k.Name),
			Match: policy.Match{
				Categories: k.Categories, Classes: k.Classes, Channels: k.Channels, Countries: k.Countries,
			},
			Is: k.Is, Take: k.Take, Percent: k.Percent,
		})
	}
	c.bounds(&r)
	for i, d := range f.Dispositions {
		r.Dispositions = append(r.Dispositions, policy.Disposition{
			Named: c.at(
				"disposition",
				i,
				d.Name,
			), Match: policy.Match{Categories: d.Categories}, Grade: d.Grade, To: d.To,
		})
	}
	return r
}

// bounds are limits, fees, ways and what is paid at once.
func (c *checker) bounds(r *policy.Rules) {
	for i, l := range c.f.Limits {
		r.Limits = append(r.Limits, policy.Limit{
			Named: c.at("limit", i, l.Name),
			Match: policy.Match{
				Categories: l.Categories, Classes: l.Classes, Channels: l.Channels, Countries: l.Countries,
			},
			Back: l.Back, Quantity: l.Quantity, Amount: l.Amount.minor, Returns: l.Returns,
		})
	}
	for i, f := range c.f.Fees {
		r.Fees = append(r.Fees, policy.Fee{
			Named: c.at("fee", i, f.Name),
			Match: policy.Match{
				Categories: f.Categories, Classes: f.Classes, Channels: f.Channels, Countries: f.Countries,
			},
			Kind: f.Kind, By: f.By, Back: f.Back, Reasons: f.Reasons, Amount: f.Amount.minor,
			Percent: f.Percent,
		})
	}
	for i, w := range c.f.Ways {
		r.Ways = append(r.Ways, policy.Way{
			Named: c.at("way", i, w.Name),
			Match: policy.Match{
				Categories: w.Categories, Classes: w.Classes, Channels: w.Channels, Countries: w.Countries,
			},
			Back: w.Back, Take: w.Take,
		})
	}
	for i, t := range c.f.Instant {
		r.Instant = append(r.Instant, policy.Instant{
			Named: c.at("instant", i, t.Name), Risk: policy.Level(t.Risk), Most: t.UpTo.minor,
		})
	}
}

func (c *checker) reasonList() (all []policy.Reason) {
	for i, r := range c.f.Reasons {
		all = append(all, policy.Reason{
			Named: c.at("reason", i, r.Name), Match: policy.Match{Categories: r.Categories},
			Text: r.Text, Photo: r.Photo, Faulty: r.Faulty, Say: r.Say,
		})
	}
	return all
}
