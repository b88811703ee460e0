package orders

import (
	"time"

	"cubby/locker/ledger"
	"cubby/locker/visit"
)

// What the centre tells of an order between two PUTs.
type (
	// ToldReturnedElsewhere is how many units of a line have come back at other places, all
	// together. It never becomes less.
	ToldReturnedElsewhere struct {
		Order, Line string
		Quantity    int
		Condition   ledger.Condition
		Now         *Order // set to the order as it is afterwards when not nil
	}
	// GrantLease gives one site the right to take a line back while the centre cannot be
	// asked, in place of whoever had it.
	GrantLease struct {
		Order, Line string
		Lease       Lease
		Condition   ledger.Condition
		Now         *Order
	}
	// Cancel ends an order of which nothing can come back. Repeating it is no error.
	Cancel struct {
		Order     string
		Condition ledger.Condition
		Now       *Order
	}
	// Forget removes an order because the centre asks for it.
	Forget struct {
		Order     string
		Condition ledger.Condition
	}
	// Tidy erases the customers' references and forgets the orders, of those named, whose
	// time is over.
	Tidy struct{ Orders []string }
)

// find reads an order and one of its lines for a command that is about it.
func find(t *visit.Turn, order, line string, c ledger.Condition) (Order, Line, error) {
	o, ok := Get(t.State, order)
	if !ok {
		return o, Line{}, noSuchOrder()
	}
	if err := c.Check("order", o.Rev, true); err != nil {
		return o, Line{}, err
	}
	l, ok := o.Line(line)
	if !ok {
		return o, l, ledger.Refuse(ledger.Invalid, "unknown-line",
			"there is no line with this id in the order").At("/line")
	}
	return o, l, nil
}

// Decide never lets more come back than was bought.
func (c ToldReturnedElsewhere) Decide(t *visit.Turn) error {
	o, l, err := find(t, c.Order, c.Line, c.Condition)
	if err != nil {
		return err
	}
	claimed := t.Claimed(o.ID, l.ID)
	switch {
	case c.Quantity < l.ReturnedElsewhere:
		return ledger.Refuse(ledger.Conflict, "never-less",
			"%d have come back elsewhere already; send the total so far", l.ReturnedElsewhere).At("/quantity")
	case c.Quantity > l.Quantity:
		return ledger.Refuse(ledger.Invalid, "out-of-range",
			"only %d were bought", l.Quantity).At("/quantity")
	case c.Quantity+claimed > l.Quantity:
		return ledger.Refuse(
			ledger.Conflict,
			"quantity-claimed",
			"%d of %d are claimed by cases here: decline or cancel those first",
			claimed,
			l.Quantity,
		).At("/quantity")
	case c.Quantity > l.ReturnedElsewhere:
		t.Emit(&ReturnedElsewhere{of(o), l.ID, c.Quantity})
	}
	setNow(t, o.ID, c.Now)
	return nil
}

// Decide replaces the lease.
func (c GrantLease) Decide(t *visit.Turn) error {
	o, l, err := find(t, c.Order, c.Line, c.Condition)
	if err != nil {
		return err
	}
	lease := Lease{c.Lease.Site, c.Lease.Until.UTC().Round(0)}
	m := new(mistakes)
	if lease.check(m, ""); len(m.all) > 0 {
		return Refused(m.all)
	}
	if l.Lease == nil || *l.Lease != lease {
		t.Emit(&LeaseGranted{of(o), l.ID, lease.Site, lease.Until})
	}
	setNow(t, o.ID, c.Now)
	return nil
}

// Decide refuses while something of it is here or on its way.
func (c Cancel) Decide(t *visit.Turn) error {
	o, ok := Get(t.State, c.Order)
	if !ok {
		return noSuchOrder()
	}
	if err := c.Condition.Check("order", o.Rev, true); err != nil {
		return err
	}
	if !o.Cancelled {
		if t.Busy(o.ID) {
			return caseOpen()
		}
		t.Emit(&Cancelled{of(o)})
	}
	setNow(t, o.ID, c.Now)
	return nil
}

// Decide refuses while something of it is here or on its way.
func (c Forget) Decide(t *visit.Turn) error {
	o, ok := Get(t.State, c.Order)
	if !ok {
		return noSuchOrder()
	}
	if err := c.Condition.Check("order", o.Rev, true); err != nil {
		return err
	}
	if t.Busy(o.ID) {
		return caseOpen()
	}
	t.Emit(&Forgotten{of(o)})
	return nil
}

func caseOpen() error {
	return ledger.Refuse(ledger.Conflict, "case-open",
		"a return of this order is open; close or cancel it first")
}

// referenceDays is how long a customer's reference is kept at least after the last
// delivery: the time in which most of what comes back does.
const referenceDays = 30

// keepsReference reports whether the customer's reference may be kept still.
func (o Order) keepsReference(p visit.Policy, now time.Time) bool {
	return now.Before(o.Ended().AddDate(0, 0, max(p.RecipientDays, referenceDays)))
}

// DueBefore is before which moments the last delivery of an order must lie for Tidy to have
// something to do: to forget it, and to erase the customer's reference. Zero: never.
func DueBefore(p visit.Policy, now time.Time) (forget, reference time.Time) {
	if p.OrderDays > 0 {
		forget = now.AddDate(0, 0, -p.OrderDays)
	}
	return forget, now.AddDate(0, 0, -max(p.RecipientDays, referenceDays))
}

// Decide leaves orders alone of which a case is open.
func (c Tidy) Decide(t *visit.Turn) error {
	for _, id := range c.Orders {
		o, ok := Get(t.State, id)
		if !ok || t.Busy(id) {
			continue
		}
		switch {
		case t.Policy.OrderDays > 0 && !t.Now.Before(o.Ended().AddDate(0, 0, t.Policy.OrderDays)):
			t.Emit(&Forgotten{of(o)})
		case o.CustomerRef != "" && !o.keepsReference(t.Policy, t.Now):
			t.Emit(&CustomerErased{of(o)})
		}
	}
	return nil
}
