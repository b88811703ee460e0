package shoprules

import (
	"regexp"
	"slices"
	"strings"

	"cubby/cmd/internal/config"
	"cubby/locker/money/format"
	"cubby/locker/returns/policy"
)

var (
	ruleName    = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,59}$`)
	reasonName  = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)
	countryCode = regexp.MustCompile(`^[A-Z]{2}$`)

	channels  = []string{"online", "store", "kiosk", "phone", "marketplace"}
	contracts = []string{"", "distance", "off_premises", "on_premises", "automated"}
	ways      = []string{"locker", "counter", "home", "post"}
	weekdays  = []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}
	risks     = []string{"low", "medium", "high"}
)

// mostRules bounds each list of rules, and the cases.
const mostRules = 500

func (c *checker) check() {
	f := c.f
	if f.Shop != "" && !shopName.MatchString(f.Shop) {
		c.Refuse("shop", "is %q: 1 to 64 letters, digits, dots, hyphens and underscores", f.Shop)
	}
	known := false
	if c.digits, known = format.Digits(f.Currency); !known && f.Currency != "" {
		c.Refuse("currency", "is %q: a currency of ISO 4217 such as \"EUR\"", f.Currency)
	}
	c.country("country", f.Country)
	c.allOf("weekend", f.Weekend, weekdays)
	if len(f.Weekend) > 6 {
		c.Refuse("weekend", "has every day of the week: one must be left to work on")
	}
	seen := map[policy.Day]bool{}
	for i, d := range f.Holidays {
		if seen[d.Day] && !d.IsZero() {
			c.Refuse(config.Element("holidays", i), "is there already: each day once")
		}
		seen[d.Day] = true
	}
	c.money("override_ceiling", &f.OverrideCeiling)
	for list, n := range map[string]int{
		"window": len(f.Windows), "season": len(f.Seasons), "category": len(f.Categories),
		"condition": len(f.Conditions),
		"limit":     len(f.Limits), "fee": len(f.Fees), "way": len(f.Ways), "reason": len(f.Reasons),
		"disposition": len(f.Dispositions), "case": len(f.Cases),
	} {
		if n > mostRules {
			c.Refuse(list, "is there %d times: at most %d", n, mostRules)
			return
		}
	}
	c.windows()
	c.seasons()
	c.categories()
	c.conditions()
	c.limits()
	c.fees()
	c.ways()
	c.instants()
	c.reasons()
	c.dispositions()
	c.cases()
}

func (c *checker) country(path, code string) {
	switch {
	case code == "UK":
		c.Refuse(path, "is \"UK\": the United Kingdom is \"GB\"")
	case code != "" && !countryCode.MatchString(code):
		c.Refuse(path, "is %q: two capital letters of ISO 3166 such as \"DE\"", code)
	}
}

// money reads an amount with the digits of the currency.
func (c *checker) money(path string, a *amount) {
	if a.text == "" || c.digits == 0 && c.f.Currency == "" {
		return
	}
	if !a.count(c.digits) {
		c.Refuse(path, "is %q: an amount of %s such as %q", a.text, c.f.Currency,
			map[bool]string{true: "12", false: "12." + strings.Repeat("0", c.digits)}[c.digits == 0])
	}
}

// name refuses a bad name of a rule, and one that another rule has.
func (c *checker) name(path, name string) {
	if name == "" {
		return // which is told already
	}
	if !ruleName.MatchString(name) {
		c.Refuse(path+".name", "is %q: 1 to 60 lower-case letters, digits, hyphens and underscores", name)
	}
	if other := c.names[name]; other != "" {
		c.Refuse(path+".name", "is %q, as the rule in line %d is called: each rule has its own name", name,
			c.Line(other))
		return
	}
	c.names[name] = path + ".name"
}

// match checks what a rule is about.
func (c *checker) match(path string, m policy.Match) {
	c.texts(path+".categories", m.Categories)
	c.texts(path+".classes", m.Classes)
	c.allOf(path+".channels", m.Channels, channels)
	for i, code := range m.Countries {
		c.country(config.Element(path+".countries", i), code)
	}
}

// A reach is what a rule is about, list by list; an empty list is everything.
type reach [][]string

func reachOf(m policy.Match, more ...[]string) reach {
	return append(reach{m.Categories, m.Classes, m.Channels, m.Countries}, more...)
}

// covers reports whether whatever is in another reach is in this one, too.
func (r reach) covers(other reach) bool {
	for i, list := range r {
		if len(list) == 0 {
			continue
		}
		if len(other[i]) == 0 {
			return false
		}
		for _, one := range other[i] {
			if !slices.Contains(list, one) {
				return false
			}
		}
	}
	return true
}

// reached refuses a rule that never counts, since an earlier one has all it is about.
func (c *checker) reached(list string, all []reach) {
	for i, later := range all {
		for j, earlier := range all[:i] {
			if earlier.covers(later) {
				c.Refuse(
					config.Element(list, i),
					"never counts: the rule in line %d is about all of it already; "+
						"put the special rule above the general one",
					c.Line(config.Element(list, j)+".name"),
				)
				break
			}
		}
	}
}

func (c *checker) windows() {
	var all []reach
	for i, w := range c.f.Windows {
		path := config.Element("window", i)
		m := policy.Match{
			Categories: w.Categories,
			Classes:    w.Classes,
			Channels:   w.Channels,
			Countries:  w.Countries,
		}
		c.name(path, w.Name)
		c.match(path, m)
		if w.Days <= 0 && w.BusinessDay {
			c.Refuse(path+".business_day", "is true, and the window has no last day that could move")
		}
		all = append(all, reachOf(m))
	}
	c.reached("window", all)
}

func (c *checker) seasons() {
	var all []reach
	for i, s := range c.f.Seasons {
		path := config.Element("season", i)
		m := policy.Match{
			Categories: s.Categories,
			Classes:    s.Classes,
			Channels:   s.Channels,
			Countries:  s.Countries,
		}
		c.name(path, s.Name)
		c.match(path, m)
		for key, d := range map[string]date{"bought_from": s.First, "bought_to": s.Last, "until": s.Until} {
			if !d.IsZero() && d.Year == 0 {
				c.Refuse(path+"."+key, "has no year: write it as 2026-12-24")
			}
		}
		if s.First.Year > 0 && s.Last.Year > 0 && s.First.After(s.Last.Day) {
			c.Refuse(path+".bought_to", "is %s, before bought_from: %s", s.Last, s.First)
		}
		if s.Last.Year > 0 && s.Until.Year > 0 && s.Last.After(s.Until.Day) {
			c.Refuse(path+".until", "is %s, before bought_to: %s", s.Until, s.Last)
		}
		all = append(all, reachOf(m, []string{s.First.String(), s.Last.String()}))
	}
	c.reached("season", all)
}

func (c *checker) categories() {
	seen := map[string]int{}
	for i, k := range c.f.Categories {
		path := config.Element("category", i)
		if j, twice := seen[k.Name]; twice && k.Name != "" {
			c.Refuse(path+".name", "is %q, which line %d has already: each category once", k.Name,
				c.Line(config.Element("category", j)+".name"))
		} else {
			seen[k.Name] = i
		}
		if k.Name != "" {
			c.texts(path+".name", []string{k.Name})
		}
		if !slices.Contains(policy.Kinds, k.Kind) {
			c.Refuse(path+".kind", "is %q: one of %s", k.Kind, strings.Join(policy.Kinds, ", "))
		}
		if k.Take != "" && !slices.Contains([]string{"any", "sealed", "never"}, k.Take) {
			c.Refuse(path+".take", "is %q: one of any, sealed, never", k.Take)
		}
	}
}

func (c *checker) conditions() {
	var all []reach
	for i, k := range c.f.Conditions {
		path := config.Element("condition", i)
		m := policy.Match{
			Categories: k.Categories,
			Classes:    k.Classes,
			Channels:   k.Channels,
			Countries:  k.Countries,
		}
		c.name(path, k.Name)
		c.match(path, m)
		c.allOf(path+".is", k.Is, policy.States)
		if len(k.Is) == 0 {
			c.Refuse(path+".is", "is empty: name at least one of %s", strings.Join(policy.States, ", "))
		}
		if k.Percent > 0 && !k.Take {
			c.Refuse(
				path+".keep_percent",
				"is %d, and nothing is kept of what is not taken: set take = true",
				k.Percent,
			)
		}
		all = append(all, reachOf(m, k.Is))
	}
	c.reached("condition", all)
}
