package stock

import (
	"time"

	"cubby/locker/ledger"
	"cubby/locker/visit"
)

// A Lease is the station's right to promise units that lie at the centre. The centre offers
// some, the station says that it has heard, and only when the centre has confirmed this the
// units may be promised: an offer that was never answered was never used, and the centre
// gives it to somebody else when its time is over. What was not promised in time goes back.
type Lease struct {
	SKU      string    `json:"sku"`
	Number   int64     `json:"number"` // the newest grant that was settled; the centre counts up
	Left     int       `json:"left"`   // may be promised until Until
	Promised int       `json:"promised"`
	Sold     int64     `json:"sold"` // of all leases, ever: promised and bought, less what was cancelled
	Until    time.Time `json:"until,omitzero"`
	Offer    *Offer    `json:"offer,omitempty"`
}

// An Offer is a grant that the station has answered and the centre has not confirmed yet.
type Offer struct {
	Number int64     `json:"number"`
	Units  int       `json:"units"`
	Until  time.Time `json:"until"`
}

// Free is how many may be promised now.
func (l Lease) Free(now time.Time) int {
	if !now.Before(l.Until) {
		return 0
	}
	return l.Left
}

// Leases are by article.
var (
	Leases  = ledger.NewTable("stock_leases", "sku", ledger.InMemory[Lease]())
	endings = ledger.NewDue(Leases, func(l Lease) (at time.Time) {
		if l.Left > 0 {
			at = l.Until
		}
		return at
	})
)

// LeaseOf is the lease of an article; an empty one where there is none.
func LeaseOf(s *ledger.State, sku string) Lease {
	l, ok := Leases.Get(s, sku)
	if !ok {
		l.SKU = sku
	}
	return l
}

type (
	// LeaseChanged tells the centre how a lease is now. Its newest numbers count.
	LeaseChanged struct {
		Lease
		// offered, granted, too_late, withdrawn, promised, released, ended, sold, cancelled
		Why string `json:"why"`
	}
	// LeaseWanted asks the centre for units, because somebody wants them now.
	LeaseWanted struct {
		OfArticle
		Quantity int `json:"quantity"`
	}
)

// Type is the fact's name.
func (LeaseChanged) Type() string { return "stock.lease_changed" }
func (LeaseWanted) Type() string  { return "stock.lease_wanted" }

// Subject is the article.
func (f LeaseChanged) Subject() string { return "stock/" + f.SKU }

// Published: the centre goes by it.
func (LeaseChanged) Published() bool { return true }
func (LeaseWanted) Published() bool  { return true }

// Apply notes how it is.
func (f *LeaseChanged) Apply(s *ledger.State, _ time.Time) { Leases.Put(s, f.SKU, f.Lease) }

// Apply changes nothing: it is for the centre.
func (f *LeaseWanted) Apply(*ledger.State, time.Time) {}

// Grant is what the centre says of a grant: Confirmed means that it has heard the station's
// answer. Withdrawn offers come no more.
type Grant struct {
	SKU string
	Offer
	Confirmed bool
	Withdrawn bool
}

// Decide answers an offer, and takes what was confirmed. Repeating it changes nothing.
func (c Grant) Decide(t *visit.Turn) error {
	l := LeaseOf(t.State, c.SKU)
	told := func(why string) { t.Emit(&LeaseChanged{l, why}) }
	offered := l.Offer != nil && l.Offer.Number == c.Number
	switch {
	case !validSKU(c.SKU):
		return refuseSKU()
	case c.Withdrawn && l.Offer != nil:
		l.Offer = nil
		told("withdrawn")
	case c.Withdrawn || c.Number <= l.Number:
	case c.Number < 1 || c.Units < 1 || c.Units > mostMoved:
		return ledger.Refuse(ledger.Invalid, "out-of-range", "1 to %d units are leased at once",
			mostMoved).At("/units")
	case !c.Confirmed || !offered:
		if !offered { // it counts when the centre has heard that it was answered
			c.Offer.Until = c.Offer.Until.UTC()
			l.Offer = &c.Offer
			told("offered")
		}
	case !t.Today().Before(l.Offer.Until):
		l.Number, l.Offer = c.Number, nil
		told("too_late")
	default:
		l.Number, l.Left = c.Number, l.Left+l.Offer.Units
		if l.Offer.Until.After(l.Until) {
			l.Until = l.Offer.Until
		}
		l.Offer = nil
		told("granted")
	}
	return nil
}

// Want asks the centre for units of an article, which come as a lease.
func Want(t *visit.Turn, sku string, quantity int) error {
	switch {
	case !validSKU(sku):
		return refuseSKU()
	case quantity < 1 || quantity > mostMoved:
		return ledger.Refuse(ledger.Invalid, "out-of-range", "1 to %d units are wanted at once", mostMoved)
	}
	t.Emit(&LeaseWanted{OfArticle{sku}, quantity})
	return nil
}

// follow has leases and tasks follow a reservation that was changed from was to lines.
func follow(t *visit.Turn, was Reservation, lines []Line) {
	is := Reservation{Lines: lines}
	done := map[string]bool{}
	for _, line := range append(was.Lines[:len(was.Lines):len(was.Lines)], lines...) {
		if done[line.SKU] || !line.Afar {
			continue
		}
		done[line.SKU] = true
		promise(t, line.SKU, is.Of(line.SKU, true)-was.Of(line.SKU, true))
	}
	weighAll(t, append(was.Lines[:len(was.Lines):len(was.Lines)], lines...))
}

// promise takes units of a lease, or gives back some: while it runs they can be promised
// again, later they are the centre's.
func promise(t *visit.Turn, sku string, units int) {
	l := LeaseOf(t.State, sku)
	why := "promised"
	switch {
	case units == 0:
		return
	case units < 0:
		why = "released"
	}
	if l.Promised += units; units > 0 || t.Today().Before(l.Until) {
		l.Left -= units
	}
	t.Emit(&LeaseChanged{l, why})
}

// sell notes that promised units were bought, and unsell that they were not, after all.
func sell(t *visit.Turn, r Reservation)   { settle(t, r, 1, "sold") }
func unsell(t *visit.Turn, r Reservation) { settle(t, r, -1, "cancelled") }

func settle(t *visit.Turn, r Reservation, sign int, why string) {
	done := map[string]bool{}
	for _, line := range r.Lines {
		if done[line.SKU] || !line.Afar {
			continue
		}
		done[line.SKU] = true
		l, n := LeaseOf(t.State, line.SKU), r.Of(line.SKU, true)
		if l.Sold += int64(n * sign); sign > 0 {
			l.Promised -= n
		}
		t.Emit(&LeaseChanged{l, why})
	}
}

// endLeases gives back what was not promised in time.
func endLeases(t *visit.Turn) {
	for _, l := range endings.Until(t.State, t.Today()) {
		l.Left = 0
		t.Emit(&LeaseChanged{l, "ended"})
	}
}
