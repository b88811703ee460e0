package shoprules

import (
	"slices"
	"strings"
	"time"

	"cubby/cmd/internal/config"
	"cubby/locker/returns/policy"
)

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
