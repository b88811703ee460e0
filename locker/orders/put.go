package orders

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/visit"
)

// Outcome says what a PUT did.
type Outcome string

// What a PUT may do.
const (
	Created   Outcome = "created"
	Changed   Outcome = "changed"
	Unchanged Outcome = "unchanged" // nothing was written and nothing is told
)

// Put tells of an order, or tells it anew. It replaces the whole, but what has come back
// elsewhere never becomes less, and a lease that is not named stays.
type Put struct {
	ID        string
	Order     Order // its Customer too; ID, Put and Rev are not looked at
	Keep      Keep  // of the Customer: as it is known already
	Condition ledger.Condition
	Outcome   *Outcome // set when not nil
	Now       *Order   // set to the order as it is afterwards when not nil
}

// Decide refuses what cannot be, and what would take from a case what it has promised.
func (c Put) Decide(t *visit.Turn) error {
	if !ValidID(c.ID) {
		return BadOrderID()
	}
	o := c.Order.utc()
	o.ID = c.ID
	if o.Contract == "" {
		o.Contract = ContractOf(o.Channel)
	}
	if err := Refused(o.Mistakes(t.Now)); err != nil {
		return err
	}
	if ours := t.Policy.Shops; len(ours) > 0 && !slices.Contains(ours, o.Shop) {
		return ledger.Refuse(ledger.Invalid, "other-shop",
			"this station serves the shops %s; send the order to a station of its shop",
			strings.Join(ours, ", ")).At("/shop")
	}
	known, exists := Get(t.State, c.ID)
	if err := c.Condition.Check("order", known.Rev, exists); err != nil {
		return err
	}
	o.Put, o.Rev = known.Put, known.Rev
	if exists {
		o = o.keeping(known)
		o.Customer = o.Customer.keeping(known.Customer, c.Keep)
		if err := mayBecome(t, known, o); err != nil {
			return err
		}
	}
	if !o.keepsReference(t.Policy, t.Now) {
		o.CustomerRef = ""
	}
	outcome := Created
	switch {
	case exists && reflect.DeepEqual(o, known):
		outcome = Unchanged
	case exists && known.Cancelled:
		return ledger.Refuse(
			ledger.Conflict,
			"order-cancelled",
			"the order is cancelled and cannot change any more",
		)
	case exists:
		outcome = Changed
	}
	if c.Outcome != nil {
		*c.Outcome = outcome
	}
	if outcome != Unchanged {
		t.Emit(o.accepted(known, exists))
	}
	setNow(t, c.ID, c.Now)
	return nil
}

// Refused is one refusal of all mistakes, at most a hundred of them; nil for none.
func Refused(all []*ledger.Refusal) error {
	if len(all) == 0 {
		return nil
	}
	whole := all[0].And(all[1:]...)
	whole.Others = whole.Others[:min(len(whole.Others), mostMistakes-1)]
	return whole
}

const mostMistakes = 100

// accepted is the fact that an order is told of, or told anew.
func (o Order) accepted(known Order, exists bool) *Accepted {
	f := &Accepted{
		OfOrder: of(o), Changed: exists, Channel: o.Channel, Currency: o.Currency, Total: o.Total(),
		Lines: len(o.Lines), Cancelled: o.Cancelled, Order: o,
	}
	if o.Customer != known.Customer {
		f.Customer = &o.Customer
	}
	f.Order.Customer = Customer{} // which the log does not have
	return f
}

// utc is the order with its times as the log and the file have them, and without empty
// lists that say no more than none.
func (o Order) utc() Order {
	at := func(when *time.Time) *time.Time {
		if when == nil {
			return nil
		}
		t := when.UTC().Round(0)
		return &t
	}
	o.Ordered, o.Delivered = o.Ordered.UTC().Round(0), at(o.Delivered)
	o.Lines, o.Tenders = slices.Clone(o.Lines), slices.Clone(o.Tenders)
	for i := range o.Lines {
		l := &o.Lines[i]
		l.Delivered, l.ReturnableUntil = at(l.Delivered), at(l.ReturnableUntil)
		if l.Lease != nil {
			l.Lease = &Lease{l.Lease.Site, l.Lease.Until.UTC().Round(0)}
		}
		if len(l.Serials) == 0 {
			l.Serials = nil
		}
	}
	if len(o.Tenders) == 0 {
		o.Tenders = []Tender{}
	}
	return o
}

// keeping is an order that is told anew, with what was told of it meanwhile: what has come
// back or was refunded elsewhere, and leases.
func (o Order) keeping(known Order) Order {
	o.Cancelled = known.Cancelled
	for i := range o.Lines {
		l := &o.Lines[i]
		was, ok := known.Line(l.ID)
		if !ok {
			continue
		}
		l.ReturnedElsewhere = max(l.ReturnedElsewhere, was.ReturnedElsewhere)
		if l.Lease == nil {
			l.Lease = was.Lease
		}
	}
	for i := range o.Tenders {
		for _, was := range known.Tenders {
			if was.ID == o.Tenders[i].ID {
				o.Tenders[i].RefundedElsewhere = max(o.Tenders[i].RefundedElsewhere, was.RefundedElsewhere)
			}
		}
	}
	return o
}

func (c Customer) keeping(known Customer, keep Keep) Customer {
	if keep.Reference {
		c.CustomerRef = known.CustomerRef
	}
	if keep.Postcode {
		c.PostcodeHash = known.PostcodeHash
	}
	if keep.Phone {
		c.PhoneHash = known.PhoneHash
	}
	return c
}

// mayBecome refuses changes that cases of this station have settled already.
func mayBecome(t *visit.Turn, known, o Order) error {
	var all []*ledger.Refusal
	refuse := func(pointer, slug, format string, args ...any) {
		all = append(all, ledger.Refuse(ledger.Conflict, slug, format, args...).At(pointer))
	}
	any := t.Busy(o.ID)
	for _, was := range known.Lines {
		claimed := t.Claimed(o.ID, was.ID)
		if claimed == 0 {
			continue
		}
		any = true
		i := slices.IndexFunc(o.Lines, func(l Line) bool { return l.ID == was.ID })
		if i < 0 {
			refuse(
				"/lines",
				"quantity-claimed",
				"line %s has %d that are claimed here or have come back: it "+
					"must stay",
				was.ID,
				claimed,
			)
			continue
		}
		l, at := o.Lines[i], fmt.Sprintf("/lines/%d", i)
		switch {
		case l.Quantity < claimed+l.ReturnedElsewhere:
			refuse(
				at+"/quantity",
				"quantity-claimed",
				"%d are claimed here or have come back, and %d elsewhere: "+
					"it cannot be less",
				claimed,
				l.ReturnedElsewhere,
			)
		case o.Share(l.ID, 0, claimed) != known.Share(l.ID, 0, claimed) || l.TaxRate != was.TaxRate:
			refuse(
				at+"/unit_price",
				"price-settled",
				"%d are claimed here or have come back: what was paid for "+
					"them cannot change",
				claimed,
			)
		}
	}
	for _, was := range known.Tenders {
		repaid := t.Repaid(o.ID, was.ID)
		if repaid == 0 {
			continue
		}
		any = true
		i := slices.IndexFunc(o.Tenders, func(n Tender) bool { return n.ID == was.ID })
		switch {
		case i < 0:
			refuse(
				"/tenders",
				"tender-repaid",
				"%d of tender %s are refunded here: it must stay",
				repaid,
				was.ID,
			)
		case o.Tenders[i].Amount < repaid+o.Tenders[i].RefundedElsewhere:
			refuse(
				fmt.Sprintf("/tenders/%d/amount", i),
				"tender-repaid",
				"%d are refunded here, and %d elsewhere: it cannot be less",
				repaid,
				o.Tenders[i].RefundedElsewhere,
			)
		}
	}
	if any && (o.Currency != known.Currency || o.Shop != known.Shop) {
		refuse(
			"/currency",
			"price-settled",
			"a case of this order is here: its shop and currency cannot change",
		)
	}
	return Refused(all)
}

func setNow(t *visit.Turn, id string, now *Order) {
	if now != nil {
		*now, _ = Get(t.State, id)
	}
}

func noSuchOrder() *ledger.Refusal {
	return ledger.Refuse(ledger.NotFound, "no-such-order", "there is no order with this id here")
}
