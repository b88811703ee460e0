package price

import (
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// promotion checks one offer. What a kind does not read must be left out, so that nobody
// believes that it counts.
func (c *checker) promotion(i int, p *Promotion) {
	here := at("promotions", i)
	c.name(here+"/id", p.ID)
	c.titles(here, p.Title)
	if !slices.Contains(Classes, p.Class) {
		c.refuse(here+"/class", "is %s; write product, order or shipping", cut(string(p.Class)))
	}
	if !slices.Contains(Kinds, p.Kind) {
		c.refuse(here+"/kind", "is %s; there is no such kind of promotion", cut(string(p.Kind)))
		return
	}
	c.span(here+"/until", p.From, p.Until)
	c.articles(here+"/skus", p.SKUs)
	c.names(here+"/categories", p.Categories)
	c.names(here+"/channels", p.Channels)
	c.names(here+"/tags", p.Tags)
	c.names(here+"/with", p.With)
	if p.Spend != 0 {
		c.minor(here+"/spend", p.Spend, 1)
	}
	if p.Exclusive && len(p.With) > 0 {
		c.refuse(here+"/with", "names tags, and the promotion is exclusive; leave one of them out")
	}
	if p.Priority < -1_000_000 || p.Priority > 1_000_000 {
		c.refuse(here+"/priority", "is %d; it must be -1000000 to 1000000", p.Priority)
	}
	c.kind(here, p)
	c.coupon(here+"/coupon", p)
}

// kind checks the members that one kind reads.
func (c *checker) kind(here string, p *Promotion) {
	counted := p.Kind == BuyGet || p.Kind == Cheapest
	forLines := counted || p.Kind == Bundle || p.Kind == Tiered || p.Kind == FreeGift
	if forLines && p.Class != OfProducts {
		c.refuse(here+"/class", "is %s; a promotion of kind %s is for product", cut(string(p.Class)), p.Kind)
	}
	if p.Class == OfShipping && (len(p.SKUs) > 0 || len(p.Categories) > 0) {
		c.refuse(here+"/skus", "name articles; leave skus and categories out of what is for shipping")
	}
	if p.Class == OfOrder && p.Kind == Fixed {
		c.refuse(here+"/kind", "is fixed; a fixed price is for product or shipping")
	}
	switch p.Kind {
	case Percent:
		c.rate(here+"/rate", p.Rate, 1)
	case Amount:
		c.minor(here+"/minor", p.Minor, 1)
	case Fixed, Bundle:
		c.minor(here+"/minor", p.Minor, 0)
	case BuyGet, Cheapest:
		c.rate(here+"/rate", p.Rate, 0)
		if p.Buy < 1 || p.Buy > MostUnits {
			c.refuse(here+"/buy", "is %d; it must be 1 to %d", p.Buy, MostUnits)
		}
		if p.Kind == BuyGet && (p.Get < 1 || p.Get > MostUnits) {
			c.refuse(here+"/get", "is %d; it must be 1 to %d", p.Get, MostUnits)
		}
	case FreeGift:
		c.rate(here+"/rate", p.Rate, 0)
		if len(p.SKUs) == 0 {
			c.refuse(here+"/skus", "is empty; name the articles of which one is the gift")
		}
		if p.Spend == 0 {
			c.refuse(here+"/spend", "is missing; write for how much has to be bought")
		}
	}
	unread := func(member string, is bool) {
		if is {
			c.refuse(here+"/"+member, "means nothing to a promotion of kind %s; leave it out", p.Kind)
		}
	}
	unread("rate", p.Rate != 0 && p.Kind != Percent && !counted && p.Kind != FreeGift)
	unread("minor", p.Minor != 0 && p.Kind != Amount && p.Kind != Fixed && p.Kind != Bundle)
	unread("buy", p.Buy != 0 && !counted)
	unread("get", p.Get != 0 && p.Kind != BuyGet)
	unread("parts", len(p.Parts) > 0 && p.Kind != Bundle)
	unread("tiers", len(p.Tiers) > 0 && p.Kind != Tiered)
	c.parts(here, p)
	c.tiers(here, p)
}

func (c *checker) parts(here string, p *Promotion) {
	if p.Kind != Bundle {
		return
	}
	if len(p.SKUs) > 0 || len(p.Categories) > 0 {
		c.refuse(here+"/skus", "name articles; a bundle is of its parts alone")
	}
	if len(p.Parts) == 0 || len(p.Parts) > MostNames {
		c.refuse(here+"/parts", "are %d; a bundle has 1 to %d", len(p.Parts), MostNames)
		return
	}
	seen := map[string]bool{}
	for i, part := range p.Parts {
		one := here + at("parts", i)
		c.article(one+"/sku", part.SKU)
		if seen[part.SKU] {
			c.refuse(one+"/sku", "names %s twice; write one quantity", cut(part.SKU))
		}
		seen[part.SKU] = true
		if part.Quantity < 1 || part.Quantity > MostUnits {
			c.refuse(one+"/quantity", "is %d; it must be 1 to %d", part.Quantity, MostUnits)
		}
	}
}

func (c *checker) tiers(here string, p *Promotion) {
	if p.Kind != Tiered {
		return
	}
	if len(p.Tiers) == 0 || len(p.Tiers) > MostNames {
		c.refuse(here+"/tiers", "are %d; write 1 to %d", len(p.Tiers), MostNames)
		return
	}
	before := 0
	for i, t := range p.Tiers {
		one := here + at("tiers", i)
		if t.From <= before || t.From > MostUnits {
			c.refuse(one+"/from", "is %d; tiers go from few units to many, at most %d", t.From, MostUnits)
		}
		before = t.From
		switch {
		case (t.Rate == 0) == (t.Minor == 0):
			c.refuse(one, "needs a rate or the price of a unit, and not both")
		case t.Rate != 0:
			c.rate(one+"/rate", t.Rate, 1)
		default:
			c.minor(one+"/minor", t.Minor, 1)
		}
	}
}

func (c *checker) titles(here string, titles map[string]string) {
	if len(titles) == 0 || len(titles) > MostNames {
		c.refuse(here+"/title", "is in %d languages; write it in 1 to %d", len(titles), MostNames)
		return
	}
	for _, tag := range slices.Sorted(maps.Keys(titles)) {
		title := titles[tag]
		hidden := strings.ContainsFunc(title, func(r rune) bool {
			return unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control, unicode.Zl, unicode.Zp)
		})
		switch one := here + at("title", tag); {
		case !tagForm.MatchString(tag):
			c.refuse(one, "is for %s, which is no language tag; write en, de or zh-Hans", cut(tag))
		case strings.TrimSpace(title) == "" || len(title) > MostTitle:
			c.refuse(one, "has %d bytes; a title has 1 to %d", len(title), MostTitle)
		case hidden || !utf8.ValidString(title) || strings.ContainsAny(title, "<>"):
			c.refuse(one, "holds markup, or characters that cannot be shown; write plain text")
		}
	}
}

// article refuses one that has no price.
func (c *checker) article(where, sku string) {
	if c.name(where, sku) && !c.skus[sku] {
		c.refuse(where, "names %s, which has no price here", cut(sku))
	}
}

func (c *checker) articles(where string, all []string) {
	if len(all) > MostSKUs {
		c.refuse(where, "are %d; at most %d", len(all), MostSKUs)
		return
	}
	seen := make(map[string]bool, len(all))
	for i, sku := range all {
		if seen[sku] {
			c.refuse(where+at(i), "names %s twice", cut(sku))
			continue
		}
		seen[sku] = true
		c.article(where+at(i), sku)
	}
}

func (c *checker) names(where string, all []string) {
	if len(all) > MostNames {
		c.refuse(where, "are %d; at most %d", len(all), MostNames)
		return
	}
	for i, name := range all {
		if c.name(where+at(i), name) && slices.Contains(all[:i], name) {
			c.refuse(where+at(i), "names %s twice", cut(name))
		}
	}
}

func (c *checker) coupon(where string, p *Promotion) {
	if p.Coupon == nil {
		return
	}
	if len(p.Coupon.Codes) == 0 && !p.Coupon.Signed && !p.Coupon.Online {
		c.refuse(where, "can be had by no code; write codes, or signed or online")
	}
	if len(p.Coupon.Codes) > MostCodes {
		c.refuse(where+"/codes", "are %d; at most %d", len(p.Coupon.Codes), MostCodes)
		return
	}
	if p.Coupon.Limit < 0 || p.Coupon.Limit > 1_000_000 {
		c.refuse(where+"/limit", "is %d; a station gives 0 to 1000000 uses without asking", p.Coupon.Limit)
	}
	for i, code := range p.Coupon.Codes {
		here := where + at("codes", i)
		if !hashForm.MatchString(code) {
			c.refuse(here, "is no SHA-256 in hexadecimal")
			continue
		}
		if other, twice := c.codes[code]; twice {
			c.refuse(here, "is a code of %s already", cut(other))
		}
		c.codes[code] = p.ID
	}
}
