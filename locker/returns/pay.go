package returns

import (
	"slices"
	"strings"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/orders"
	"cubby/locker/parcel"
	"cubby/locker/visit"
)

// after ends each command: what follows from what was decided of returns in it.
func after(t *visit.Turn) {
	seen := map[string]bool{}
	for i := 0; i < len(t.Facts); i++ { // what follows may be facts, too
		switch f := t.Facts[i].(type) {
		case *parcel.ParcelAnnounced:
			if f.ExchangeOf != "" && !f.Changed {
				replaces(t, f)
			}
		case *AllDropped:
			dropped(t, f.Case)
		case *CaseAuthorised:
			dropped(t, f.Case)
		case *ItemDecided:
			if c, _ := Cases.Get(t.State, f.Case); c.unsure() {
				release(t, f.Case)
			}
		case *visit.Ended:
			texts.Delete(t.State, f.Visit)
		case *CaseEnded:
			if c, _ := Cases.Get(t.State, f.Case); len(c.photos()) > 0 {
				t.Order(ErasePhotos{f.Case, c.photos()})
			}
		}
		if of, ok := t.Facts[i].(interface{ caseID() string }); ok && !seen[of.caseID()] {
			seen[of.caseID()] = true
		}
	}
	for _, id := range slices.Sorted(keysOf(seen)) {
		pay(t, id)
		closeSettled(t, id)
	}
}

func keysOf(m map[string]bool) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func (o OfCase) caseID() string   { return o.Case }
func (o OfRefund) caseID() string { return o.Case }

// ErasePhotos erases the pictures of a case that is over.
type ErasePhotos struct {
	Case   string
	Photos []string
}

// Kind names the effect.
func (ErasePhotos) Kind() string { return "return.erase_photos" }

// replaces notes the new item of an exchange, which waits until the old one is back.
func replaces(t *visit.Turn, f *parcel.ParcelAnnounced) {
	c, ok := Cases.Get(t.State, f.ExchangeOf)
	if !ok {
		return
	}
	swap := Swap{Settled: true}
	if c.Swap != nil {
		swap = *c.Swap
	}
	swap.Parcel = f.ParcelID
	t.Emit(&SwapSet{OfCase: c.of(), Swap: swap})
	release(t, c.ID)
}

// release lets the customer have the new item of an exchange once the old one is in, and
// nothing is to be paid.
func release(t *visit.Turn, id string) {
	c, _ := Cases.Get(t.State, id)
	if c.Swap == nil || c.Swap.Parcel == "" || awaitsReturn(t.State, id) {
		return
	}
	if p, ok := parcel.Parcels.Get(t.State, c.Swap.Parcel); ok {
		parcel.Release(t, p, "the return "+c.ID+" is in")
	}
}

// dropped decides at once what can be, when a case is in and the shop has agreed.
func dropped(t *visit.Turn, id string) {
	c, ok := Cases.Get(t.State, id)
	if !ok || !c.Here() || c.Conditional {
		return
	}
	release(t, id)
	for _, i := range c.Items {
		if i.Decision != "" || c.Prefer == "exchange" || i.Moment != "at_drop" && !i.Keep {
			continue
		}
		if c.Channel == AtCounter || doubted(t.State, c) {
			return // somebody looks at it before anything follows
		}
		d := prefers(c)
		if i.Keep {
			d = KeepItem
			if c.Gift {
				d = RefundGiftCard
			}
		}
		o, _ := orders.Get(t.State, c.Order)
		if _, short := split(t.State, o, i.Refund); short > 0 && (d == RefundOriginal || d == KeepItem) ||
			i.Refund > Unpaid(t.State, o) {
			continue // staff find another way
		}
		t.Emit(&ItemDecided{OfCase: c.of(), Item: i.N, Decision: d, Amount: i.Refund, Instant: true})
		if paid, ok := Cases.Get(t.State, id); ok {
			payItems(t, paid)
		}
	}
}

// doubted reports whether it is not sure that all of it is in.
func doubted(s *ledger.State, c Case) bool {
	return c.unsure() || slices.ContainsFunc(c.Bags, func(b Bag) bool {
		p, _ := parcel.Parcels.Get(s, b.Parcel)
		return p.ToCheck
	})
}

// prefers is the decision that a customer has asked for.
func prefers(c Case) Decision {
	switch {
	case c.Gift || c.Prefer == "gift_card":
		return RefundGiftCard
	case c.Prefer == "points":
		return RefundPoints
	}
	return RefundOriginal
}

// pay orders the refunds of what is decided and not paid.
func pay(t *visit.Turn, id string) {
	c, ok := Cases.Get(t.State, id)
	if !ok || c.Conditional {
		return
	}
	payItems(t, c)
	c, _ = Cases.Get(t.State, id)
	if due := sendingDue(t.State, c); due > 0 && c.DecidedAt != nil && !c.State.Over() {
		order(t, c, Item{}, prefers(c), due, true)
	}
}

// sendingDue is what is to be paid back still of what sending had cost.
func sendingDue(s *ledger.State, c Case) int64 {
	if c.Shipping == 0 || c.ShippingPaid || !allPaid(c) {
		return 0
	}
	o, _ := orders.Get(s, c.Order)
	return min(c.Shipping, Unpaid(s, o))
}

// allPaid reports whether everything of a case is paid back, so that sending it is, too.
func allPaid(c Case) bool {
	return !slices.ContainsFunc(c.Items, func(i Item) bool { return i.Line != "" && !i.Decision.Pays() })
}

func payItems(t *visit.Turn, c Case) {
	for _, i := range c.Items {
		if i.Paid || i.Amount <= 0 || !i.Decision.Pays() && i.Decision != Exchange {
			continue
		}
		order(t, c, i, i.Decision, i.Amount, false)
	}
}

// order orders refunds for an item, or for what sending had cost.
func order(t *visit.Turn, c Case, i Item, d Decision, amount int64, shipping bool) {
	var items []int
	if i.N > 0 {
		items = []int{i.N}
	}
	one := func(tender, kind, reference string, amount int64) {
		t.Emit(&RefundOrdered{
			OfRefund: OfRefund{
				"rf-" + strings.ReplaceAll(t.NewID(), "-", ""), c.ID, c.Order, c.Shop,
			}, Items: items,
			Tender: tender, Kind: kind, Reference: reference, Amount: amount, Currency: c.Currency,
			Shipping: shipping, By: i.DecidedBy,
		})
	}
	switch d {
	case RefundGiftCard:
		one("", string(orders.GiftCard), "", amount)
		return
	case RefundPoints:
		one("", string(orders.Points), "", amount)
		return
	}
	if c.Gift || c.Unverified {
		one("", string(orders.GiftCard), "", amount)
		return
	}
	o, _ := orders.Get(t.State, c.Order)
	pieces, short := split(t.State, o, amount)
	for _, p := range pieces {
		one(p.Tender.ID, string(p.Tender.Kind), p.Tender.Reference, p.Amount)
	}
	if short > 0 { // a tender was closed meanwhile
		one("", string(orders.GiftCard), "", short)
	}
}

// closeSettled closes a case in which nothing is left to do for anybody.
func closeSettled(t *visit.Turn, id string) {
	c, ok := Cases.Get(t.State, id)
	if !ok || c.State != Decided && c.State != Settling || !paidUp(t.State, c) {
		return
	}
	if slices.ContainsFunc(c.Items, func(i Item) bool {
		return i.Decision == GiveBack || i.Decision == Repair || i.Decision == "" ||
			(i.Decision.Pays() || i.Decision == Exchange) && i.Amount > 0 && !i.Paid
	}) {
		return
	}
	if sendingDue(t.State, c) > 0 {
		return
	}
	t.Emit(&CaseEnded{OfCase: c.of(), State: Closed})
}

// Waits between questions to whoever pays: 2, 4 ... 60 s, then every 10 minutes.
func retryAfter(attempt int) time.Duration {
	if attempt < 6 {
		return 2 * time.Second << attempt
	}
	if attempt < 10 {
		return time.Minute
	}
	return 10 * time.Minute
}

// tick asks for refunds that are due, and ends what was never brought.
func tick(t *visit.Turn) {
	for _, r := range asking.Until(t.State, t.Now) {
		if why := r.givenUp(t.Now); why != "" {
			t.Emit(&RefundFailed{r.of(), why, r.Provider})
			continue
		}
		// Should the answer never come, because the core dies, it is asked for again.
		wait := max(retryAfter(r.Attempts), time.Minute)
		if t.Now.Sub(r.Ordered) > triedFor {
			wait = time.Hour
		}
		t.Emit(&RefundAsked{OfRefund: r.of(), Attempt: r.Attempts + 1, Next: t.Now.Add(wait),
			Provider: r.Provider, Detail: r.Detail})
		r.Attempts++
		t.Order(Pay{r})
	}
	for _, c := range lapsing.Until(t.State, t.Now) {
		if len(c.Bags) == 0 && !lyingIn(t, c) {
			t.Emit(&CaseEnded{OfCase: c.of(), State: Expired})
		}
	}
}

func next(s *ledger.State, env visit.Env) time.Time {
	a, b := asking.Next(s), lapsing.Next(s)
	if !b.IsZero() && !b.After(env.Now) {
		b = env.Now.Add(time.Minute) // a bag is on its way in
	}
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
