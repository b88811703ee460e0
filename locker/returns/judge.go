package returns

import (
	"slices"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/money"
	"cubby/locker/orders"
	"cubby/locker/returns/policy"
	"cubby/locker/visit"
)

// Settings are what the operator decides of returns. They are in visit.Policy under "returns".
type Settings struct {
	// Taken: the station takes returns at the kiosk.
	Taken bool
	// Site is the station's name in leases. Sole: it is the only place that takes back what
	// its shops have sold, and needs no leases.
	Site string
	Sole bool
	Zone *time.Location // nil: UTC
	// Rules are those of each shop; a shop that is not named has policy.Default.
	Rules   map[string]policy.Rules
	Lapse   time.Duration  // what is not brought lapses after so long; 0: 14 days
	Cameras []string       // the terminals that have a camera
	Points  map[string]int // of packaging that is brought back, by kind; empty: none is taken
	// Digits is how many digits the minor unit of a currency has; nil: no amounts are typed.
	Digits func(currency string) (int, bool)
}

// SettingsOf reads the settings of a decision.
func SettingsOf(env visit.Env) Settings {
	s, _ := env.Policy.Rooms["returns"].(Settings)
	return s
}

// RulesOf are the rules of a shop.
func (s Settings) RulesOf(shop string) policy.Rules {
	if r, ok := s.Rules[shop]; ok {
		return r
	}
	return policy.Default()
}

// An Ask is some units of a line that are to come back.
type Ask struct {
	Line      string
	Quantity  int
	Reason    string
	Text      string `json:"-"` // where the reason asks for it; at most 300 characters; in no log
	Serial    string
	Condition string // as the customer says; one of policy.States, or empty
	Loss      int    // percent of the value, found by grading
	Override  string // the reason why it comes back against the rules; empty: it does not

	paid *int64 // what its units are worth, where that was settled already

	// Of something without an order.
	SKU, GTIN, Title string
	Amount           int64
}

// A Basis is what an Ask is judged on besides itself.
type Basis struct {
	Order   orders.Order
	Channel Channel
	Gift    bool      // by the gift receipt
	At      time.Time // when it was asked for
	// Own is a case whose own items count as not come back yet; empty: none.
	Own    string
	Paused time.Duration
}

// Judge says for each of the units asked for whether they may come back, and with what
// money. Nothing is decided by it.
func Judge(s *ledger.State, env visit.Env, b Basis, asks []Ask) []policy.Verdict {
	set := SettingsOf(env)
	if since, waits := turned.Get(s, b.Order.ID); waits && b.Paused == 0 && b.At.Sub(since) < turnedFor {
		b.Paused = max(0, b.At.Sub(since))
	}
	questions := make([]policy.Question, len(asks))
	taken, priced := map[string]int{}, map[string]int64{}
	all := comesBackWhole(s, b, asks) && !sendingPaid(s, b)
	risk, times := riskOf(s, env, b, asks)
	for i, a := range asks {
		l, _ := b.Order.Line(a.Line)
		left := Left(s, b.Order, l) + ownUnits(s, b, a.Line) - taken[a.Line]
		paid := shareOf(s, b, l, left, a.Quantity, priced[a.Line])
		if a.paid != nil {
			paid = *a.paid
		}
		taken[a.Line] += a.Quantity
		priced[a.Line] += paid
		questions[i] = policy.Question{
			Zone: set.Zone, Asked: b.At, Currency: b.Order.Currency, Country: b.Order.Country,
			Contract: string(b.Order.Contract), Channel: string(b.Order.Channel), Back: string(b.Channel),
			Ordered: b.Order.Ordered, Delivered: deliveredAt(b.Order, a.Line),
			Informed: b.Order.Informed == nil || *b.Order.Informed, Paused: b.Paused,
			SKU: l.SKU, Category: l.Category, Class: l.Class, FinalSale: l.FinalSale,
			BundleWhole: l.BundleWhole && !bundleWhole(s, b, l, asks), Gift: l.Gift, Free: l.Free,
			Serials: l.Serials, Serial: a.Serial, Quantity: a.Quantity, Left: left,
			Paid: paid, Value: b.Order.Paid(a.Line),
			GiftKept: giftsKept(s, b, l, asks),
			Reason:   a.Reason, Condition: a.Condition, Loss: a.Loss,
			Receipt: true, GiftReceipt: b.Gift, Risk: risk, Returns90: times,
			Shipping: policy.Shipping{Standard: b.Order.Shipping.Standard, Paid: b.Order.Shipping.Paid},
			All:      all, Ticked: l.NoReturnTicked, Repaired: repairsOf(s, b, a.Line),
		}
		if l.ReturnableUntil != nil {
			questions[i].Until = *l.ReturnableUntil
		}
		if b.Channel == Asked {
			questions[i].Back = string(AtLocker)
		}
	}
	return policy.Together(set.RulesOf(b.Order.Shop), questions)
}

// shareOf is what was paid for the next units of a line, of which so many are left and
// so much was asked for before in the same request. All shares of a line together are what
// was paid for it, whatever came to nothing in between.
func shareOf(s *ledger.State, b Basis, l orders.Line, left, units int, before int64) int64 {
	rest := b.Order.Paid(l.ID) - b.Order.Share(l.ID, 0, l.ReturnedElsewhere) - before
	for _, c := range casesOf.Find(s, b.Order.ID) {
		for _, i := range c.Items {
			if i.Line == l.ID && c.Claims(i) && c.ID != b.Own {
				rest -= i.Share
			}
		}
	}
	if units >= left {
		return max(0, rest)
	}
	return max(0, min(rest, b.Order.Share(l.ID, l.Quantity-left, units)))
}

// turnedFor bounds for how long somebody may come back who was turned away.
const turnedFor = 30 * 24 * time.Hour

// deliveredAt is when the last part of the order came that the line belongs to: what was
// ordered together counts from its last parcel.
func deliveredAt(o orders.Order, line string) (last time.Time) {
	for _, l := range o.Lines {
		at := l.Delivered
		if at == nil {
			at = o.Delivered
		}
		if at != nil && at.After(last) {
			last = *at
		} else if at == nil && l.ID == line {
			return time.Time{}
		}
	}
	return last
}

// ownUnits are the units of a line that the case itself claims.
func ownUnits(s *ledger.State, b Basis, line string) (units int) {
	c, ok := Cases.Get(s, b.Own)
	if b.Own == "" || !ok {
		return 0
	}
	for _, i := range c.Items {
		if i.Line == line && c.Claims(i) {
			units += i.Quantity
		}
	}
	return units
}

// unitsAsked are the units of a line among those asked for.
func unitsAsked(asks []Ask, line string) (units int) {
	for _, a := range asks {
		if a.Line == line {
			units += a.Quantity
		}
	}
	return units
}

// gone reports whether nothing of a line stays with the customer after this.
func gone(s *ledger.State, b Basis, l orders.Line, asks []Ask) bool {
	return unitsAsked(asks, l.ID) >= Left(s, b.Order, l)+ownUnits(s, b, l.ID)
}

func comesBackWhole(s *ledger.State, b Basis, asks []Ask) bool {
	return !slices.ContainsFunc(b.Order.Lines, func(l orders.Line) bool {
		return !l.Free && !gone(s, b, l, asks)
	})
}

// sendingPaid reports whether another return of the order pays back what sending had cost, or
// has: it is paid once.
func sendingPaid(s *ledger.State, b Basis) bool {
	return slices.ContainsFunc(casesOf.Find(s, b.Order.ID), func(c Case) bool {
		return c.ID != b.Own && c.Shipping > 0 && (c.ShippingPaid || !c.State.Over())
	})
}

func bundleWhole(s *ledger.State, b Basis, l orders.Line, asks []Ask) bool {
	return !slices.ContainsFunc(b.Order.Lines, func(other orders.Line) bool {
		return other.Bundle == l.Bundle && !gone(s, b, other, asks)
	})
}

// giftsKept is what the free gifts are worth that came with a line and stay.
func giftsKept(s *ledger.State, b Basis, l orders.Line, asks []Ask) (worth int64) {
	for _, g := range b.Order.Lines {
		if g.Free && g.Of == l.ID && !gone(s, b, g, asks) && gone(s, b, l, asks) {
			worth += g.UnitPrice * int64(g.Quantity)
		}
	}
	return worth
}

// riskOf weighs what there is to look at. It makes money slower, and takes no right away.
func riskOf(s *ledger.State, env visit.Env, b Basis, asks []Ask) (policy.Level, int) {
	times := 0
	if mark := markOf(env, b.Order); mark != "" {
		for _, c := range casesBy.Find(s, mark) {
			if c.ID != b.Own && c.Requested.After(b.At.AddDate(0, 0, -90)) && c.State != Cancelled &&
				c.State != Expired {
				times++
			}
		}
	}
	n := len(signalsOf(s, b, asks, times))
	switch {
	case n == 0:
		return policy.Low, times
	case n == 1:
		return policy.Medium, times
	}
	return policy.High, times
}

// manyReturns within 90 days are a reason to look.
const manyReturns = 5

// signalsOf are reasons to look closer at what is asked for.
func signalsOf(s *ledger.State, b Basis, asks []Ask, times int) (all []string) {
	add := func(signal string) {
		if !slices.Contains(all, signal) {
			all = append(all, signal)
		}
	}
	for _, a := range asks {
		l, _ := b.Order.Line(a.Line)
		if a.Serial != "" && len(l.Serials) > 0 && !slices.Contains(l.Serials, a.Serial) {
			add("serial_differs")
		}
		if seen, ok := serials.Get(s, a.Serial); ok && a.Serial != "" && seen.Case != b.Own {
			if before, _ := Cases.Get(s, seen.Case); before.State != Cancelled {
				add("serial_again")
			}
		}
	}
	if times >= manyReturns {
		add("many_returns")
	}
	return all
}

// markOf marks whose order it is, for counting.
func markOf(env visit.Env, o orders.Order) string {
	if o.CustomerRef == "" || env.Mark == nil {
		return ""
	}
	return env.Mark("customer", o.Shop+"\x00"+o.CustomerRef)
}

// part is what some of an item's units bear of an amount.
func part(amount int64, units, of int) int64 {
	return money.UnitsShare(amount, 0, int64(units), int64(of))
}

// Standing is how a line may be taken back at this station now: firmly, if the centre
// agrees, or not.
type Standing string

// The standings of a line.
const (
	Firm        Standing = "firm"
	IfAgreed    Standing = "if_agreed"
	LeasedThere Standing = "leased_elsewhere"
)

// StandingOf says how a line may be taken back here.
func StandingOf(env visit.Env, l orders.Line) Standing {
	set := SettingsOf(env)
	leased := l.Lease != nil && env.Now.Before(l.Lease.Until)
	switch {
	case set.Sole, leased && l.Lease.Site == set.Site:
		return Firm
	case leased && !env.Centre:
		return LeasedThere
	}
	return IfAgreed
}
