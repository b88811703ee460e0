package shoprules

import (
	"regexp"
	"slices"
	"strings"
	"time"

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

func (c *checker) limits() {
	for i := range c.f.Limits {
		l, path := &c.f.Limits[i], config.Element("limit", i)
		m := policy.Match{
			Categories: l.Categories,
			Classes:    l.Classes,
			Channels:   l.Channels,
			Countries:  l.Countries,
		}
		c.name(path, l.Name)
		c.match(path, m)
		c.allOf(path+".back", l.Back, ways)
		c.money(path+".amount", &l.Amount)
		if l.Quantity == 0 && l.Amount.text == "" && l.Returns == 0 {
			c.Refuse(path, "bounds nothing: give quantity, amount or returns_90_days")
		}
	}
}

func (c *checker) fees() {
	all := map[string][]reach{}
	for i := range c.f.Fees {
		f, path := &c.f.Fees[i], config.Element("fee", i)
		m := policy.Match{
			Categories: f.Categories,
			Classes:    f.Classes,
			Channels:   f.Channels,
			Countries:  f.Countries,
		}
		c.name(path, f.Name)
		c.match(path, m)
		c.allOf(path+".back", f.Back, ways)
		c.money(path+".amount", &f.Amount)
		costs := f.Amount.text != "" || f.Percent > 0
		if f.By == "customer" && !costs {
			c.Refuse(path, "is no fee: give amount or percent")
		}
		if f.By == "shop" && costs {
			c.Refuse(path, "is borne by the shop: without amount and percent")
		}
		faulty := 0
		for j, name := range f.Reasons {
			r, known := c.reasonNamed(name)
			if !known {
				c.Refuse(config.Element(path+".reasons", j), "is %q, which is no reason: one of %s", name,
					strings.Join(c.reasonNames(), ", "))
			}
			if r.Faulty {
				faulty++
			}
		}
		if faulty > 0 && f.By == "customer" {
			c.Refuse(
				path+".reasons",
				"has a reason that says the goods are faulty: nobody pays a fee for those",
			)
		}
		here := reachOf(m, f.Back, f.Reasons)
		if slices.ContainsFunc(all[f.Kind], func(r reach) bool { return r.covers(here) }) {
			c.Refuse(path, "never counts: a fee of this kind above it is about all of it already")
		}
		all[f.Kind] = append(all[f.Kind], here)
	}
}

func (c *checker) ways() {
	var all []reach
	for i, w := range c.f.Ways {
		path := config.Element("way", i)
		m := policy.Match{
			Categories: w.Categories,
			Classes:    w.Classes,
			Channels:   w.Channels,
			Countries:  w.Countries,
		}
		c.name(path, w.Name)
		c.match(path, m)
		c.allOf(path+".back", w.Back, ways)
		if !w.Take && len(w.Back) == 0 && m.All() {
			c.Refuse(path, "closes every way for everything: rights by law need one")
		}
		all = append(all, reachOf(m, w.Back))
	}
	c.reached("way", all)
}

func (c *checker) instants() {
	most := map[string]int64{}
	for i := range c.f.Instant {
		t, path := &c.f.Instant[i], config.Element("instant", i)
		c.name(path, t.Name)
		c.money(path+".up_to", &t.UpTo)
		if _, twice := most[t.Risk]; twice {
			c.Refuse(path+".risk", "is %q, which another instant rule has already: each risk once", t.Risk)
		}
		most[t.Risk] = t.UpTo.minor
	}
	for i, t := range c.f.Instant {
		for risk, other := range most {
			if slices.Index(risks, risk) < slices.Index(risks, t.Risk) && other < t.UpTo.minor {
				c.Refuse(
					config.Element("instant", i)+".up_to",
					"is more than at %s risk: less is paid at once "+
						"where there is more to look at",
					risk,
				)
			}
		}
	}
	c.money("keep_item.handling", &c.f.Keep.Handling)
}

func (c *checker) reasons() {
	seen := map[string]bool{}
	for i, r := range c.f.Reasons {
		path := config.Element("reason", i)
		if r.Name != "" && !reasonName.MatchString(r.Name) {
			c.Refuse(
				path+".name",
				"is %q: lower-case letters, digits and underscores, a letter first",
				r.Name,
			)
		}
		if seen[r.Name] && r.Name != "" {
			c.Refuse(path+".name", "is %q, which is there already: each reason once", r.Name)
		}
		seen[r.Name] = true
		c.texts(path+".categories", r.Categories)
		if len(r.Say) == 0 && r.Name != "" && !slices.Contains(policy.UsualReasons(), r.Name) {
			c.Refuse(
				path+".say",
				"is missing: what %q is called, such as say = { en = \"Too warm\" }",
				r.Name,
			)
		}
		for tag, text := range r.Say {
			if len([]rune(text)) > 60 {
				c.Refuse(path+".say."+tag, "has %d characters: at most 60", len([]rune(text)))
			}
		}
	}
	if len(c.f.Reasons) == 0 {
		return
	}
	lists := policy.Rules{ReasonList: c.reasonList()}
	names := []string{""}
	for _, k := range c.f.Categories {
		names = append(names, k.Name)
	}
	for _, r := range c.f.Reasons {
		names = append(names, r.Categories...)
	}
	for _, name := range names {
		if !slices.ContainsFunc(lists.Reasons(name), func(r policy.Reason) bool { return r.Faulty }) {
			what := "of category " + name
			if name == "" {
				what = "without a category of its own"
			}
			c.Refuse(
				"reason[0]",
				"the reasons leave none for goods %s that says they are faulty: the law gives "+
					"rights for those; add one with faulty = true",
				what,
			)
		}
	}
}

func (c *checker) dispositions() {
	var all []reach
	for i, d := range c.f.Dispositions {
		path := config.Element("disposition", i)
		c.name(path, d.Name)
		c.texts(path+".categories", d.Categories)
		if d.Grade != "" && !slices.Contains(policy.Grades, d.Grade) {
			c.Refuse(path+".grade", "is %q: one of %s", d.Grade, strings.Join(policy.Grades, ", "))
		}
		if d.To != "" && !slices.Contains(policy.Places, d.To) {
			c.Refuse(path+".to", "is %q: one of %s", d.To, strings.Join(policy.Places, ", "))
		}
		if d.Grade == "missing" {
			c.Refuse(path+".grade", "is \"missing\": what is not there goes nowhere")
		}
		all = append(all, reachOf(policy.Match{Categories: d.Categories}, []string{d.Grade}))
	}
	c.reached("disposition", all)
}

func (c *checker) reasonNamed(name string) (policy.Reason, bool) {
	lists := policy.Rules{ReasonList: c.reasonList()}
	for _, r := range lists.AllReasons() {
		if r.Name == name {
			return r, true
		}
	}
	return policy.Reason{}, false
}

func (c *checker) reasonNames() (names []string) {
	lists := policy.Rules{ReasonList: c.reasonList()}
	for _, r := range lists.AllReasons() {
		names = append(names, r.Name)
	}
	return names
}

func (c *checker) weekend() (days []time.Weekday) {
	for _, name := range c.f.Weekend {
		if n := slices.Index(weekdays, name); n >= 0 {
			days = append(days, time.Weekday(n))
		}
	}
	return days
}
