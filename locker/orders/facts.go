package orders

import (
	"time"

	"cubby/locker/ledger"
)

// Facts about orders. None names the customer.

// OfOrder names the order a fact is about, as its readers know it.
type OfOrder struct {
	OrderID string `json:"order_id"`
	Shop    string `json:"shop"`
}

// Subject of a fact about an order.
func (o OfOrder) Subject() string { return "orders/" + o.OrderID }

// Published: the feed tells what happens to orders.
func (o OfOrder) Published() bool { return true }

func of(o Order) OfOrder { return OfOrder{o.ID, o.Shop} }

// Accepted: the centre told us of an order, or told it anew (Changed). The feed has its
// outline; whoever reads it has sent the rest.
type Accepted struct {
	OfOrder
	Changed   bool      `json:"-"` // its type is order.changed then
	Channel   Channel   `json:"channel"`
	Currency  string    `json:"currency"`
	Total     int64     `json:"total"` // minor units
	Lines     int       `json:"lines"`
	Cancelled bool      `json:"cancelled,omitempty"`
	Order     Order     `json:"-"` // kept in the log
	Customer  *Customer `json:"-"` // goes to a row of its own; nil: as it is
}

// Type is the fact's name.
func (f Accepted) Type() string {
	if f.Changed {
		return "order.changed"
	}
	return "order.accepted"
}

// Private is the order itself.
func (f *Accepted) Private() any { return &f.Order }

// Apply keeps the order.
func (f *Accepted) Apply(s *ledger.State, at time.Time) {
	o := f.Order
	known, exists := Orders.Get(s, f.OrderID)
	if o.Put = known.Put; !exists {
		o.Put = at
	}
	o.Rev = known.Rev + 1
	Orders.Put(s, o.ID, o)
	switch {
	case f.Customer == nil:
	case *f.Customer == (Customer{}):
		Customers.Delete(s, o.ID)
	default:
		Customers.Put(s, o.ID, *f.Customer)
	}
}

// ReturnedElsewhere: so many units of a line have come back at other places so far.
type ReturnedElsewhere struct {
	OfOrder
	Line     string `json:"line"`
	Quantity int    `json:"quantity"` // in total
}

// Type is the fact's name.
func (ReturnedElsewhere) Type() string { return "order.returned_elsewhere" }

// Apply notes it with the line.
func (f *ReturnedElsewhere) Apply(s *ledger.State, _ time.Time) {
	changeLine(s, f.OrderID, f.Line, func(l *Line) { l.ReturnedElsewhere = f.Quantity })
}

// LeaseGranted: one site may take a line back while the centre cannot be asked.
type LeaseGranted struct {
	OfOrder
	Line  string    `json:"line"`
	Site  string    `json:"site"`
	Until time.Time `json:"until"`
}

// Type is the fact's name.
func (LeaseGranted) Type() string { return "order.lease_granted" }

// Apply notes it with the line.
func (f *LeaseGranted) Apply(s *ledger.State, _ time.Time) {
	changeLine(s, f.OrderID, f.Line, func(l *Line) { l.Lease = &Lease{f.Site, f.Until} })
}

// Cancelled: nothing of the order is sold any more, and nothing of it can come back.
type Cancelled struct{ OfOrder }

// Type is the fact's name.
func (Cancelled) Type() string { return "order.cancelled" }

// Apply notes it.
func (f *Cancelled) Apply(s *ledger.State, _ time.Time) {
	changeOrder(s, f.OrderID, func(o *Order) { o.Cancelled = true })
}

// CustomerErased: the customer's reference is kept no more.
type CustomerErased struct{ OfOrder }

// Type is the fact's name.
func (CustomerErased) Type() string { return "order.customer_erased" }

// Apply erases it. The hashes stay while the order does: without them its customer could
// not bring anything back by its number.
func (f *CustomerErased) Apply(s *ledger.State, _ time.Time) {
	Customers.Change(s, f.OrderID, func(c *Customer) { c.CustomerRef = "" })
	if c, ok := Customers.Get(s, f.OrderID); ok && c == (Customer{}) {
		Customers.Delete(s, f.OrderID)
	}
	changeOrder(s, f.OrderID, func(*Order) {}) // which reads otherwise now
}

// Forgotten: its time is over, and nothing is kept of it but the log.
type Forgotten struct{ OfOrder }

// Type is the fact's name.
func (Forgotten) Type() string { return "order.forgotten" }

// Apply removes it.
func (f *Forgotten) Apply(s *ledger.State, _ time.Time) {
	Orders.Delete(s, f.OrderID)
	Customers.Delete(s, f.OrderID)
}

func changeOrder(s *ledger.State, id string, change func(*Order)) {
	Orders.Change(s, id, func(o *Order) {
		change(o)
		o.Rev++
	})
}

func changeLine(s *ledger.State, id, line string, change func(*Line)) {
	changeOrder(s, id, func(o *Order) {
		lines := make([]Line, len(o.Lines)) // rows are shared with whoever reads them
		copy(lines, o.Lines)
		for i := range lines {
			if lines[i].ID == line {
				change(&lines[i])
			}
		}
		o.Lines = lines
	})
}
