// Package policy answers whether something bought may come back, until when, and what money
// is paid back for it: by the rules of the shop and by the law, whichever is better for the
// customer. It is pure: rules and a question go in, a verdict with its reasons comes out.
//
// What it knows of the law are defaults that shops can do no less than. It is no legal advice.
package policy

import (
	"slices"
	"time"
)

// Named is where a rule stands in the shop's file.
type Named struct {
	Name string // in a Because; unique in the file
	Line int    // 0: a default
}

// A Match picks what a rule is about. An empty list picks all.
type Match struct {
	Categories []string
	Classes    []string // policy classes that orders give to lines
	Channels   []string // by which the order came
	Countries  []string // of the consumer, ISO 3166 alpha-2
}

func in(list []string, s string) bool { return len(list) == 0 || slices.Contains(list, s) }

func (m Match) fits(r Rules, q Question) bool {
	return in(m.Categories, q.Category) && in(m.Classes, q.Class) && in(m.Channels, q.Channel) &&
		in(m.Countries, r.country(q))
}

// All reports whether it picks everything.
func (m Match) All() bool {
	return len(m.Categories)+len(m.Classes)+len(m.Channels)+len(m.Countries) == 0
}

// Rules are those of one shop. Amounts are minor units of its currency; they are left aside
// for orders in another one. Of each list the first rule that fits counts.
type Rules struct {
	Shop     string
	Currency string // ISO 4217; empty: of every order
	Country  string // of the consumer where the order names none; ISO 3166 alpha-2

	Weekend  []time.Weekday
	Holidays []Day // those of Year 0 come every year

	Windows      []Window
	Seasons      []Season
	Categories   []Category
	Conditions   []Condition
	Limits       []Limit
	Fees         []Fee
	Ways         []Way
	Instant      []Instant
	Keep         Keep
	ReasonList   []Reason // empty: the usual ones
	Dispositions []Disposition

	Receipt        bool   // the shop wants to see a receipt; the law does not
	GiftRefused    bool   // with a gift receipt nothing comes back
	FreeGift       string // what of a free gift that is kept: "keep" or "deduct" its value
	FaultyRefund   bool   // money at once for what is faulty, where the law lets the shop repair first
	RefundShipping string // by the shop's own rule, when all comes back: "none", "standard", "paid"

	OverrideCeiling int64 // what staff may pay beyond the verdict; 0: nothing
}

// A Window is how long the shop takes something back.
type Window struct {
	Named
	Match
	Days        int    // after the day of From; -1: without end, 0: not at all
	From        string // "delivery" or "purchase"
	BusinessDay bool   // an end on a weekend or holiday moves to the next working day
}

// A Season takes what was bought in it back until a later day.
type Season struct {
	Named
	Match
	First, Last Day // bought on these days, both inclusive
	Until       Day // inclusive
}

// A Category says what is special about a kind of goods.
type Category struct {
	Named         // as orders call it
	Kind   string // one of Kinds
	Take   string // by the shop's own rule: "any", "sealed" or "never"
	Serial string // "no", "ask" (looked at when it is graded) or "must" (before it is taken in)
	// NoReturnCN is set for goods that buyers in China can agree not to give back, at each
	// purchase.
	NoReturnCN bool
}

// Kinds are the kinds of goods that the law treats apart.
var Kinds = []string{"ordinary", "custom", "perishable", "hygiene", "media", "mixed", "newspaper"}

// A Condition is what the shop's own rule does with goods in some state.
type Condition struct {
	Named
	Match
	Is      []string // of States
	Take    bool
	Percent int // of the price that is kept back, when it is taken
}

// States of goods, as customers and staff tell them.
var States = []string{"sealed", "opened", "seal_broken", "worn", "damaged", "activated"}

// A Limit bounds what is taken back. With Back it is about that way only; without, it is a
// rule of the shop, which no right by law ends at.
type Limit struct {
	Named
	Match
	Back     []string
	Quantity int   // units at once; 0: any
	Amount   int64 // what they are worth; 0: any
	Returns  int   // earlier returns within 90 days; 0: any
}

// A Fee is for coming back ("return", once for a whole return) or for putting back on the
// shelf ("restocking", of each item). Nobody pays one for what is faulty, and nobody
// pays for restocking where a right by law is used.
type Fee struct {
	Named
	Match
	Kind    string
	By      string // who bears it: "customer" or "shop"
	Back    []string
	Reasons []string
	Amount  int64
	Percent int // of what was paid
}

// A Way says by which ways something comes back.
type Way struct {
	Named
	Match
	Back []string
	Take bool
}

// An Instant is up to which amount money is paid when the item is dropped, and not only when
// it has been graded.
type Instant struct {
	Named
	Risk Level
	Most int64
}

// Keep lets customers keep what costs more to handle than it is worth.
type Keep struct {
	Named
	Handling int64 // what handling costs; 0: nothing is kept
	Risk     Level // at most
	Times    int   // when there were fewer returns within 90 days
}

// A Reason is why something comes back.
type Reason struct {
	Named
	Match
	Text, Photo bool              // which it needs
	Faulty      bool              // the goods are not what was bought
	Say         map[string]string // what it is called, by language; empty: the program knows it
}

// A Disposition is where goods of a grade go if staff say nothing else.
type Disposition struct {
	Named
	Match
	Grade, To string
}

// Grades are what staff find, and Places where goods go.
var (
	Grades = []string{"like_new", "opened", "used", "damaged", "wrong_item", "undeclared", "missing"}
	Places = []string{"restock", "other_store", "quarantine", "refurbish", "recycle", "vendor"}
)

// Level is how much there is to look at.
type Level string

// The levels of risk.
const (
	Low    Level = "low"
	Medium Level = "medium"
	High   Level = "high"
)

func (l Level) rank() int {
	switch l {
	case Medium:
		return 1
	case High:
		return 2
	}
	return 0
}

// Default is what holds for a shop without a file: 30 days from delivery.
func Default() Rules {
	return Rules{
		Weekend:  []time.Weekday{time.Saturday, time.Sunday},
		Holidays: []Day{{Month: 1, Day: 1}, {Month: 12, Day: 25}, {Month: 12, Day: 26}},
		Windows:  []Window{{Named: Named{Name: "usual"}, Days: 30, From: "delivery"}},
		Instant:  []Instant{{Named: Named{Name: "instant"}, Risk: Low, Most: 5000}},
		FreeGift: "keep", RefundShipping: "none", OverrideCeiling: 10_000,
	}
}

var usualReasons = []Reason{
	{Named: Named{Name: "changed_mind"}},
	{Named: Named{Name: "too_small"}},
	{Named: Named{Name: "too_large"}},
	{Named: Named{Name: "not_as_described"}, Faulty: true},
	{Named: Named{Name: "faulty"}, Faulty: true},
	{Named: Named{Name: "damaged_in_transit"}, Faulty: true, Photo: true},
	{Named: Named{Name: "wrong_item"}, Faulty: true},
	{Named: Named{Name: "other"}, Text: true},
}

// UsualReasons are the names of the reasons of a shop that lists none.
func UsualReasons() []string {
	var names []string
	for _, r := range usualReasons {
		names = append(names, r.Name)
	}
	return names
}

// AllReasons are those of all categories.
func (r Rules) AllReasons() []Reason {
	if len(r.ReasonList) == 0 {
		return slices.Clone(usualReasons)
	}
	return r.ReasonList
}

// Reasons are why something of a category may come back, in the order to show.
func (r Rules) Reasons(category string) []Reason {
	var out []Reason
	for _, one := range r.AllReasons() {
		if in(one.Categories, category) {
			out = append(out, one)
		}
	}
	return out
}

func (r Rules) reason(q Question) Reason {
	for _, one := range r.Reasons(q.Category) {
		if one.Name == q.Reason {
			return one
		}
	}
	return Reason{Named: Named{Name: q.Reason}}
}

// Category is what is special about a category; nothing about one that is not named.
func (r Rules) Category(name string) Category {
	c := Category{Named: Named{Name: name}}
	for _, one := range r.Categories {
		if one.Name == name {
			c = one
		}
	}
	if c.Kind == "" {
		c.Kind = "ordinary"
	}
	if c.Take == "" {
		c.Take = usualTake(c.Kind)
	}
	return c
}

// usualTake is what a shop does with a kind of goods if it says nothing.
func usualTake(kind string) string {
	switch kind {
	case "custom", "perishable", "mixed", "newspaper":
		return "never"
	case "hygiene", "media":
		return "sealed"
	}
	return "any"
}

func (r Rules) country(q Question) string {
	if q.Country != "" {
		return q.Country
	}
	return r.Country
}

// counts reports whether amounts of the rules can be held against those of the question.
func (r Rules) counts(q Question) bool {
	return r.Currency == "" || q.Currency == "" || r.Currency == q.Currency
}

// dispositions are the default places by grade.
func (r Rules) dispositions(q Question) map[string]string {
	opened := "refurbish"
	if kind := r.Category(q.Category).Kind; kind == "hygiene" {
		opened = "recycle"
	}
	to := map[string]string{
		"like_new": "restock", "opened": opened, "used": opened, "damaged": "quarantine",
		"wrong_item": "quarantine", "undeclared": "quarantine",
	}
	for _, d := range slices.Backward(r.Dispositions) { // so that the first counts
		if d.fits(r, q) {
			to[d.Grade] = d.To
		}
	}
	return to
}
