package returns

import (
	"slices"

	"cubby/locker/ledger"
	"cubby/locker/money"
	"cubby/locker/orders"
	"cubby/locker/people"
	"cubby/locker/plain"
	"cubby/locker/stock"
	"cubby/locker/visit"
)

// Settle says what the customer gets for an item.
type Settle struct {
	By       people.Doer
	Case     string
	Item     int
	Decision Decision
	// Amount, in minor units; nil: what the rules give. More than they give takes a
	// permission and a reason.
	Amount      *int64
	Reason      string
	Disposition Disposition // empty: as the shop's rules say for the grade
	Swap        *Swap       // of an exchange at the counter
	Condition   ledger.Condition
	Now         *Case
}

// Decide decides.
func (c Settle) Decide(t *visit.Turn) error {
	r, err := open(t, c.By, people.DecideReturns, c.Case, c.Condition)
	if err != nil {
		return err
	}
	i, ok := r.Item(c.Item)
	switch {
	case !ok:
		return noSuchItem()
	case !slices.Contains(Decisions, c.Decision):
		return ledger.Refuse(ledger.Invalid, "decision", "must be one of %v", Decisions).At("/decision")
	case !r.Here():
		return wrongState(r, "nothing can be decided")
	case i.Result == "":
		return ledger.Refuse(ledger.Conflict, "not-graded", "look at the item first, and say how it is")
	case i.Paid:
		return ledger.Refuse(ledger.Conflict, "paid-already", "the money for this item is on its way already")
	case r.Conditional && c.Decision != GiveBack:
		return ledger.Refuse(ledger.Conflict, "centre-undecided",
			"this was taken on condition; the centre has to agree first")
	}
	if err := c.notBoth(t, r); err != nil {
		return err
	}
	amount, err := c.amount(t, r, i)
	if err != nil {
		return err
	}
	to, err := c.to(t, r, i)
	if err != nil {
		return err
	}
	if c.Swap != nil && c.Decision == Exchange {
		if amount, err = c.swap(t, r, i); err != nil {
			return err
		}
		if o, ok := orders.Get(t.State, r.Order); ok {
			amount = min(amount, Unpaid(t.State, o))
		}
	}
	after := i
	after.Decision, after.Paid = c.Decision, amount > 0
	if err := reclaims(t, r, i, after); err != nil {
		return err
	}
	if err := move(t, r, i, to); err != nil {
		return err
	}
	t.Emit(&ItemDecided{
		OfCase: r.of(), Item: i.N, Decision: c.Decision, Amount: amount, Disposition: to, Reason: c.Reason,
		By: c.By.ID,
	})
	setNow(t, c.Case, c.Now)
	return nil
}

// amount is what is paid for the item, within what may be.
func (c Settle) amount(t *visit.Turn, r Case, i Item) (int64, error) {
	refuse := func(slug, format string, args ...any) (int64, error) {
		return 0, ledger.Refuse(ledger.Conflict, slug, format, args...).At("/amount")
	}
	if r.Gift && (c.Decision == RefundOriginal || c.Decision == RefundPoints) ||
		r.Unverified && c.Decision.Pays() && c.Decision != RefundGiftCard {
		return refuse("credit-only", "this comes back without the buyer's receipt: it is paid as a gift card")
	}
	if !c.Decision.Pays() {
		if c.Amount != nil && *c.Amount != 0 && c.Decision != Exchange {
			return refuse("no-money", "no money follows from the decision %s", c.Decision)
		}
		return 0, nil
	}
	amount := i.Refund
	if c.Amount != nil {
		amount = *c.Amount
	}
	switch {
	case amount < 0 || amount > i.Share:
		return refuse("above-paid", "must be 0 to %d, which is what was paid for it", i.Share)
	case c.Decision == Partial && (amount == 0 || amount == i.Share):
		return refuse("partial", "a part is more than nothing and less than %d", i.Share)
	case c.Decision == Partial && c.Amount == nil:
		return refuse("partial", "say which part of %d is paid", i.Share)
	}
	if amount > i.Refund {
		if err := c.more(t, r, i, amount-i.Refund); err != nil {
			return 0, err
		}
	}
	o, known := orders.Get(t.State, r.Order)
	if most := Unpaid(t.State, o); known && amount > most {
		return refuse("above-paid", "%d of the order can still be paid back; the rest has gone back already, "+
			"here or elsewhere", most)
	}
	if c.Decision == RefundOriginal || c.Decision == Partial || c.Decision == KeepItem {
		if _, short := split(t.State, o, amount); short > 0 {
			return refuse("tender-closed", "%d of it cannot go back the way it was paid; "+
				"pay it as a gift card or another way the customer agrees to", short)
		}
	}
	return amount, nil
}

// more allows paying more than the rules give.
func (c Settle) more(t *visit.Turn, r Case, i Item, by int64) error {
	if c.By == (people.Doer{}) {
		return nil // the centre decides what it likes
	}
	if err := c.By.Must(t.State, people.OverrideReturns); err != nil {
		return err
	}
	if err := plain.Check(c.Reason, mostNote, "reason", "/reason"); err != nil {
		return err
	}
	if slices.ContainsFunc(r.Items, func(other Item) bool {
		return other.Override == c.By.ID || other.N != i.N && other.DecidedBy == c.By.ID &&
			other.Amount > other.Refund
	}) {
		return ledger.Refuse(ledger.NotAllowed, "overridden-once",
			"you have overridden a rule in this return already; a colleague has to decide this")
	}
	return underCeiling(t, r.Shop, by)
}

// to is where the item goes.
func (c Settle) to(t *visit.Turn, r Case, i Item) (Disposition, error) {
	stays := c.Decision != GiveBack && c.Decision != KeepItem && c.Decision != Partial
	switch to := c.Disposition; {
	case i.Result == NotThere:
		return "", nil
	case !stays:
		return BackTo, nil
	case to == "":
		return defaultPlace(t.Env, t.State, r, i), nil
	case !slices.Contains(Dispositions, to) || to == BackTo:
		return "", ledger.Refuse(ledger.Invalid, "disposition",
			"must be one of %v", Dispositions[:len(Dispositions)-1]).At("/disposition")
	default:
		return to, nil
	}
}

var places = map[string]Disposition{
	"restock": RestockHere, "other_store": RestockOther, "quarantine": Quarantine, "refurbish": Refurbish,
	"recycle": Recycle, "vendor": ToVendor,
}

// defaultPlace is where the shop's rules send an item of its grade.
func defaultPlace(env visit.Env, s *ledger.State, r Case, i Item) Disposition {
	o, ok := orders.Get(s, r.Order)
	if !ok {
		return Quarantine
	}
	v := Judge(s, env, Basis{Order: o, Channel: r.Channel, Gift: r.Gift, At: r.Requested, Own: r.ID},
		[]Ask{{Line: i.Line, Quantity: i.Quantity, Reason: i.Reason, paid: &i.Share}})[0]
	if d, ok := places[v.Dispositions[string(i.Result)]]; ok {
		return d
	}
	return Quarantine
}

// swap is an exchange at the counter: the new item costs what it costs, and the old one
// counts for what was paid for it. It returns what comes back.
func (c Settle) swap(t *visit.Turn, r Case, i Item) (int64, error) {
	s := *c.Swap
	if s.Price < 0 || s.Price > mostAmount {
		return 0, ledger.Refuse(ledger.Invalid, "amount",
			"must be 0 to %d minor units", int64(mostAmount)).At("/exchange/price")
	}
	if err := plain.Check(s.Title, 200, "title", "/exchange/title"); err != nil {
		return 0, err
	}
	if r.Swap != nil && r.Swap.SKU != "" {
		return 0, wrongState(r, "there is one exchange in a return; close this one and begin another")
	}
	s.ToPay = s.Price - i.Refund
	if s.ToPay > 0 && !s.Settled {
		return 0, ledger.Refuse(ledger.Conflict, "to-pay",
			"%d is to be paid for the new item first", s.ToPay).At("/exchange/settled")
	}
	s.Settled = true
	t.Emit(&SwapSet{r.of(), s, c.By.ID})
	return max(0, -s.ToPay), nil
}

// move tells the stock where an item goes.
func move(t *visit.Turn, r Case, i Item, to Disposition) error {
	if i.SKU == "" || i.Result == NotThere {
		return nil
	}
	from, into := stockPlace[i.Disposition], stockPlace[to]
	if i.Disposition == "" {
		from = ""
	}
	if from == into {
		return nil
	}
	return stock.Move(t, stock.Moved{
		SKU: i.SKU, From: from, To: into, Quantity: i.Quantity, Cause: "returned", Case: r.ID,
	})
}

// stockPlace is where an item counts when it is disposed of: what leaves counts nowhere.
var stockPlace = map[Disposition]stock.Place{
	RestockHere: stock.OnHand, RestockOther: stock.InTransit, Quarantine: stock.Quarantine,
	Refurbish: stock.Refurbish, Recycle: stock.Recycle, ToVendor: stock.Vendor,
}

// A Piece is what goes back on one tender.
type Piece struct {
	Tender orders.Tender
	Amount int64
}

// split shares an amount among the tenders of an order as far as each can take money
// back, in proportion; short is what does not fit.
func split(s *ledger.State, o orders.Order, amount int64) (all []Piece, short int64) {
	var left []int64
	sum := int64(0)
	for _, p := range o.Tenders {
		free := max(0, p.Amount-p.RefundedElsewhere-Refunded(s, o.ID, p.ID))
		if p.Closed {
			free = 0
		}
		left = append(left, free)
		sum += free
	}
	if amount > sum {
		amount, short = sum, amount-sum
	}
	for k, share := range money.Allocate(amount, left) {
		if share > 0 {
			all = append(all, Piece{o.Tenders[k], share})
		}
	}
	return all, short
}

// Split says how an amount would go back on the tenders of an order now.
func Split(s *ledger.State, o orders.Order, amount int64) []Piece {
	all, _ := split(s, o, amount)
	return all
}
