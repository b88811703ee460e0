package customers

import (
	"time"

	"cubby/locker/ledger"
)

// Facts about customers. None tells who it is, and none is published: no centre has to
// know who is known at a station.

// OfCustomer names the customer a fact is about.
type OfCustomer struct {
	CustomerID string `json:"customer_id"` // random
}

// Subject of a fact about a customer.
func (o OfCustomer) Subject() string { return "customers/" + o.CustomerID }

// Published: the feed does not tell it.
func (o OfCustomer) Published() bool { return false }

// Kept: there is a record of somebody from now on.
type Kept struct {
	OfCustomer
	Used   time.Time `json:"used"` // by the calendar
	Person Person    `json:"-"`    // goes to a row of its own
}

// Type is the fact's name.
func (Kept) Type() string { return "customers.kept" }

// Apply begins the record.
func (f *Kept) Apply(s *ledger.State, at time.Time) {
	Customers.Put(s, f.CustomerID, Customer{
		ID: f.CustomerID, Consents: []Said{}, Created: at.UTC().Round(0), Used: f.Used, Rev: 1,
	})
	Persons.Put(s, f.CustomerID, f.Person)
}

// Consented: somebody has given a consent.
type Consented struct {
	OfCustomer
	Purpose string `json:"purpose"`
	Through string `json:"through"`
	Text    string `json:"text"` // version of what was read
}

// Type is the fact's name.
func (Consented) Type() string { return "customers.consented" }

// Apply notes it.
func (f *Consented) Apply(s *ledger.State, at time.Time) {
	said(s, f.CustomerID, Said{f.Purpose, true, at.UTC().Round(0), f.Through, f.Text})
}

// Withdrew: somebody has taken a consent back.
type Withdrew struct {
	OfCustomer
	Purpose string `json:"purpose"`
	Through string `json:"through"`
}

// Type is the fact's name.
func (Withdrew) Type() string { return "customers.withdrew" }

// Apply notes it.
func (f *Withdrew) Apply(s *ledger.State, at time.Time) {
	said(s, f.CustomerID, Said{f.Purpose, false, at.UTC().Round(0), f.Through, ""})
}

// Preferred: somebody wants something else than before.
type Preferred struct {
	OfCustomer
	Changed []string `json:"changed"` // names of the members, without their values
	Person  Person   `json:"-"`       // goes to a row of its own
}

// Type is the fact's name.
func (Preferred) Type() string { return "customers.preferred" }

// Apply keeps it.
func (f *Preferred) Apply(s *ledger.State, _ time.Time) {
	if _, ok := Customers.Get(s, f.CustomerID); !ok {
		return
	}
	Persons.Put(s, f.CustomerID, f.Person)
	change(s, f.CustomerID, func(*Customer) {})
}

// Used: somebody is still about, or the calendar was corrected.
type Used struct {
	OfCustomer
	Used time.Time `json:"used"` // by the calendar
}

// Type is the fact's name.
func (Used) Type() string { return "customers.used" }

// Apply notes it.
func (f *Used) Apply(s *ledger.State, _ time.Time) {
	change(s, f.CustomerID, func(c *Customer) { c.Used = f.Used })
}

// Erased: nothing is kept of somebody any more.
type Erased struct {
	OfCustomer
	Reason string `json:"reason"` // "request", "withdrawn", "unused"
}

// Type is the fact's name.
func (Erased) Type() string { return "customers.erased" }

// Apply erases it.
func (f *Erased) Apply(s *ledger.State, _ time.Time) {
	Customers.Delete(s, f.CustomerID)
	Persons.Delete(s, f.CustomerID)
}

func change(s *ledger.State, id string, do func(*Customer)) {
	Customers.Change(s, id, func(c *Customer) {
		do(c)
		c.Rev++
	})
}

// mostSaid bounds how many steps of one consent a record has; the log has all.
const mostSaid = 20

func said(s *ledger.State, id string, last Said) {
	change(s, id, func(c *Customer) {
		all := make([]Said, 0, len(c.Consents)+1) // rows are shared with whoever reads them
		before := 0
		for _, one := range c.Consents {
			if one.Purpose == last.Purpose {
				before++
			}
		}
		for _, one := range c.Consents {
			if one.Purpose == last.Purpose && before >= mostSaid {
				before--
				continue
			}
			all = append(all, one)
		}
		c.Consents = append(all, last)
	})
}

// Seen: somebody of the staff has looked at a record.
type Seen struct {
	OfCustomer
	By string `json:"by,omitempty"` // id of who of the staff it was
}

// Type is the fact's name.
func (Seen) Type() string { return "customers.seen" }

// Apply changes nothing.
func (*Seen) Apply(*ledger.State, time.Time) {}
