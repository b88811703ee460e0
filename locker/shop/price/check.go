package price

import (
	"maps"
	"regexp"
	"slices"
	"time"

	"cubby/locker/money"
)

// MostClasses and the others bound what stands beside prices and promotions.
const (
	MostClasses = 50
	MostSKUs    = 5_000                 // that a promotion names
	MostNames   = 50                    // tags, channels, categories, parts, tiers of a promotion
	MostTitle   = 120                   // bytes of a title in one language
	MostCodes   = 1_000                 // codes of a coupon
	Longest     = 3660 * 24 * time.Hour // that prices are sold by
)

var (
	nameForm     = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$`)
	currencyForm = regexp.MustCompile(`^[A-Z]{3}$`)
	hashForm     = regexp.MustCompile(`^[0-9a-f]{64}$`)
	tagForm      = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$`)
)

const nameSays = "must have 1 to 64 letters, digits or . _ + - and begin with a letter or digit"

// checker holds a snapshot against its rules.
type checker struct {
	Mistakes

	s     *Snapshot
	skus  map[string]bool // that have a price
	known func(sku string) bool
	codes map[string]string // promotion by the hash of a code
}

// Check names everything that is wrong in a snapshot: the error is a *Mistakes. known says
// which articles there are; nil: all that have a price.
func (s *Snapshot) Check(known func(sku string) bool) error {
	c := checker{
		Mistakes: Mistakes{Of: "prices"},
		s:        s, skus: make(map[string]bool, len(s.Prices)), known: known, codes: map[string]string{},
	}
	c.head()
	c.sending()
	for i := range s.Prices {
		c.skus[s.Prices[i].SKU] = true
	}
	c.prices()
	c.history()
	if len(s.Promotions) > MostPromotions {
		c.refuse(at("promotions"), "are %d; at most %d", len(s.Promotions), MostPromotions)
	} else {
		ids := map[string]int{}
		for i := range s.Promotions {
			p := &s.Promotions[i]
			if before, twice := ids[p.ID]; twice {
				c.refuse(at("promotions", i, "id"), "%s stands at %d already", cut(p.ID), before)
			}
			ids[p.ID] = i
			c.promotion(i, p)
		}
	}
	return c.err()
}

func (c *checker) name(where, s string) bool {
	ok := nameForm.MatchString(s)
	if !ok {
		c.refuse(where, "is %s; it %s", cut(s), nameSays)
	}
	return ok
}

func (c *checker) span(where string, from, until time.Time) {
	if !from.IsZero() && !until.IsZero() && !from.Before(until) {
		c.refuse(where, "ends at %s, before it begins or as it begins; write a later end",
			until.UTC().Format(time.RFC3339))
	}
	for _, t := range []time.Time{from, until} {
		if y := t.UTC().Year(); !t.IsZero() && (y < 2000 || y > 2200) {
			c.refuse(where, "names the year %d; it must be 2000 to 2200", y)
		}
	}
}

// minor checks an amount in minor units; false: it is wrong.
func (c *checker) minor(where string, n, least int64) bool {
	if n < least || n > MostMinor {
		c.refuse(where, "is %d; it must be %d to %d minor units", n, least, int64(MostMinor))
		return false
	}
	return true
}

func (c *checker) head() {
	s := c.s
	c.name(at("version"), s.Version)
	if s.Issued.IsZero() {
		c.refuse(at("issued"), "is missing; write when these prices were made")
	}
	if s.Until.IsZero() {
		c.refuse(at("until"), "is missing; write until when may be sold by these prices")
	} else if c.span(at("until"), s.Issued, s.Until); s.Until.Sub(s.Issued) > Longest {
		c.refuse(at("until"), "is more than %d days after they were made", Longest/(24*time.Hour))
	}
	if !currencyForm.MatchString(s.Currency) {
		c.refuse(at("currency"), "is %s; write a code of ISO 4217, such as EUR", cut(s.Currency))
	}
	if !slices.Contains([]money.Per{money.PerUnit, money.PerLine, money.PerOrder}, s.Tax.Per) {
		c.refuse(at("tax", "per"), "is %s; write unit, line or order", cut(string(s.Tax.Per)))
	}
	if !slices.Contains([]money.Rounding{money.HalfUp, money.HalfEven, money.Down}, s.Tax.How) {
		c.refuse(at("tax", "rounding"), "is %s; write half_up, half_even or down", cut(string(s.Tax.How)))
	}
	if len(s.Classes) > MostClasses {
		c.refuse(at("classes"), "are %d; at most %d", len(s.Classes), MostClasses)
		return
	}
	for _, class := range slices.Sorted(maps.Keys(s.Classes)) {
		c.name(at("classes", class), class)
		c.rate(at("classes", class), s.Classes[class], 0)
	}
}

func (c *checker) sending() {
	if _, ok := c.s.Classes[c.s.Sending]; !ok && c.s.Sending != "" {
		c.refuse(at("sending"), "names the tax class %s, which is not in classes", cut(c.s.Sending))
	}
}

func (c *checker) rate(where string, r money.Rate, least int64) bool {
	if int64(r) < least || r > 1_000_000 {
		c.refuse(where, "is %d; a rate is %d to 1000000 millionths, 190000 is 19 %%", r, least)
		return false
	}
	return true
}

func (c *checker) prices() {
	s := c.s
	if len(s.Prices) > MostPrices {
		c.refuse(at("prices"), "are %d; at most %d", len(s.Prices), MostPrices)
		return
	}
	past := pastOf(s.History)
	seen := make(map[Price]bool, len(s.Prices))
	for i, p := range s.Prices {
		here := at("prices", i)
		c.name(here+"/sku", p.SKU)
		if c.known != nil && !c.known(p.SKU) {
			c.refuse(here+"/sku", "names %s, and the catalogue has no such article", cut(p.SKU))
		}
		if p.Channel != "" {
			c.name(here+"/channel", p.Channel)
		}
		if _, ok := s.Classes[p.Class]; !ok {
			c.refuse(here+"/class", "names the tax class %s, which is not in classes", cut(p.Class))
		}
		if p.Minor == 0 && !p.Free {
			c.refuse(here+"/minor", "is 0; write a price, or \"free\": true where it costs nothing")
		} else {
			c.minor(here+"/minor", p.Minor, 0)
		}
		c.span(here+"/until", p.From, p.Until)
		if p.Currency != "" && p.Currency != s.Currency {
			c.refuse(here+"/currency", "is %s; these prices are in %s", cut(p.Currency), cut(s.Currency))
		}
		same := Price{SKU: p.SKU, Channel: p.Channel, Member: p.Member, From: p.From.UTC()}
		if seen[same] {
			c.refuse(here, "begins with another price of %s for the same channel and buyers", cut(p.SKU))
		}
		seen[same] = true
		c.reduction(here, p, past)
	}
}

// reduction refuses what is told as one and is none.
func (c *checker) reduction(here string, p Price, past map[string][]Past) {
	if !p.Reduced {
		return
	}
	if p.From.IsZero() {
		c.refuse(here+"/from", "is missing; a reduction is told from a moment on")
		return
	}
	lowest, known := lowestBefore(past[p.SKU], p.Channel, p.From)
	switch {
	case !known:
		c.refuse(here+"/reduced", "has no price of the 30 days before it in the history; add them")
	case lowest <= p.Minor:
		c.refuse(here+"/reduced", "is no reduction to %d: the lowest price of the 30 days before it was %d",
			p.Minor, lowest)
	}
}

func (c *checker) history() {
	if len(c.s.History) > MostHistory {
		c.refuse(at("history"), "has %d entries; at most %d", len(c.s.History), MostHistory)
		return
	}
	for i, h := range c.s.History {
		here := at("history", i)
		c.name(here+"/sku", h.SKU)
		if h.Channel != "" {
			c.name(here+"/channel", h.Channel)
		}
		c.minor(here+"/minor", h.Minor, 0)
		if h.From.IsZero() || h.Until.IsZero() {
			c.refuse(here, "needs from and until")
			continue
		}
		c.span(here+"/until", h.From, h.Until)
	}
}
