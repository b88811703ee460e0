package returns

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/orders"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/visit"
)

type (
	// AnswerRefund is what whoever pays says of a refund.
	AnswerRefund struct {
		By       people.Doer
		ID       string
		State    string // approved, completed, failed, rejected, pending, unknown
		Provider string
		Answer   string // the payer's own reference
		Detail   string
		Amount   *int64        // what was paid; nil: not said
		Currency string        // empty: not said
		Again    time.Duration // pending, unknown: ask again after this; 0: wait to be told
		Now      *Refund
	}
	// RetryRefund asks once more for a refund that has failed.
	RetryRefund struct {
		By  people.Doer
		ID  string
		Now *Refund
	}
	// RedirectRefund pays what has failed another way, with the customer's consent.
	RedirectRefund struct {
		By   people.Doer
		ID   string
		Kind string // gift_card, cash, transfer
		Now  *Refund
	}
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
	if c.Swap == nil || c.Swap.Parcel == "" || !c.Swap.Settled || c.Dropped == nil || c.Conditional {
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
		if _, short := split(t.State, o, i.Refund); short > 0 && (d == RefundOriginal || d == KeepItem) {
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
	return slices.ContainsFunc(c.Bags, func(b Bag) bool {
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
	if c.Shipping > 0 && !c.ShippingPaid && c.DecidedAt != nil && !c.State.Over() && allPaid(c) {
		order(t, c, Item{}, prefers(c), c.Shipping, true)
	}
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
	if c.Shipping > 0 && !c.ShippingPaid && allPaid(c) {
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

// Decide takes the answer. A refund that was paid is paid, whatever is said afterwards.
func (c AnswerRefund) Decide(t *visit.Turn) error {
	if err := c.By.Must(t.State, people.SettleRefunds); err != nil {
		return err
	}
	r, ok := Refunds.Get(t.State, c.ID)
	if !ok {
		return ledger.Refuse(ledger.NotFound, "no-such-refund", "there is no refund with this id here")
	}
	defer func() {
		if c.Now != nil {
			*c.Now, _ = Refunds.Get(t.State, c.ID)
		}
	}()
	provider := cmp.Or(c.Provider, r.Provider)
	differs := c.Amount != nil && *c.Amount != r.Amount || c.Currency != "" && c.Currency != r.Currency
	switch {
	case r.State == Completed && c.State == "completed" && !differs, r.State == Replaced &&
		c.State == "failed":
		return nil // said already
	case r.State == Completed && (c.State == "pending" || c.State == "unknown" || c.State == "approved"):
		return nil // an older word
	case r.State == Completed, r.State == Replaced:
		return ledger.Refuse(ledger.Conflict, "refund-final",
			"the refund is %s already; nothing that is said later changes it", r.State)
	case (c.State == "completed" || c.State == "approved") && differs:
		t.Emit(&RefundFailed{r.of(), "another amount was paid than ordered; look at it with whoever pays",
			provider})
		return nil
	}
	switch c.State {
	case "completed":
		t.Emit(&RefundCompleted{r.of(), r.Amount, r.Currency, c.Answer, provider})
	case "approved":
		if r.State != Approved || c.Answer != "" && c.Answer != r.Answer {
			f := &RefundApproved{OfRefund: r.of(), Answer: cmp.Or(c.Answer, r.Answer), Provider: provider}
			if c.Again > 0 {
				f.Next = t.Now.Add(c.Again)
			}
			t.Emit(f)
		}
	case "failed", "rejected":
		if r.State != Failed {
			t.Emit(&RefundFailed{r.of(), cmp.Or(c.Detail, "refused without a reason"), provider})
		}
	case "pending", "unknown":
		if r.State != Pending {
			return nil
		}
		f := &RefundAsked{OfRefund: r.of(), Attempt: r.Attempts, Provider: provider, Detail: c.Detail}
		if c.Again > 0 {
			f.Next = t.Now.Add(c.Again)
		}
		if !f.Next.Equal(r.NextAt) || f.Detail != r.Detail || provider != r.Provider {
			t.Emit(f)
		}
	default:
		return ledger.Refuse(ledger.Invalid, "state",
			"must be approved, completed, failed, rejected or pending").At("/state")
	}
	return nil
}

// Decide asks again, with the same id.
func (c RetryRefund) Decide(t *visit.Turn) error {
	r, err := c.failed(t)
	if err != nil {
		return err
	}
	t.Emit(&RefundAsked{OfRefund: r.of(), Next: t.Now, Provider: r.Provider})
	if c.Now != nil {
		*c.Now, _ = Refunds.Get(t.State, c.ID)
	}
	return nil
}

func (c RetryRefund) failed(t *visit.Turn) (Refund, error) {
	if err := c.By.Must(t.State, people.SettleRefunds); err != nil {
		return Refund{}, err
	}
	r, ok := Refunds.Get(t.State, c.ID)
	if !ok {
		return r, ledger.Refuse(ledger.NotFound, "no-such-refund", "there is no refund with this id here")
	}
	if r.State != Failed {
		return r, ledger.Refuse(ledger.Conflict, "not-failed", "the refund is %s; only one that has failed "+
			"is tried again or paid another way", r.State)
	}
	return r, nil
}

// Decide pays it another way.
func (c RedirectRefund) Decide(t *visit.Turn) error {
	r, err := RetryRefund{By: c.By, ID: c.ID}.failed(t)
	if err != nil {
		return err
	}
	if !slices.Contains([]string{"gift_card", "cash", "transfer"}, c.Kind) {
		return ledger.Refuse(ledger.Invalid, "kind", "must be gift_card, cash or transfer").At("/kind")
	}
	id := "rf-" + strings.ReplaceAll(t.NewID(), "-", "")
	t.Emit(&RefundOrdered{
		OfRefund: OfRefund{id, r.Case, r.Order, r.Shop}, Items: r.Items, Kind: c.Kind, Amount: r.Amount,
		Currency: r.Currency, Replaces: r.ID, By: c.By.ID,
	})
	if c.Now != nil {
		*c.Now, _ = Refunds.Get(t.State, id)
	}
	return nil
}
