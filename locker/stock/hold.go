package stock

import (
	"maps"
	"slices"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/plain"
	"cubby/locker/visit"
)

// Cause is why units are held.
type Cause string

// The causes.
const (
	ForCart    Cause = "cart"
	ForPayment Cause = "payment"
	ForPickup  Cause = "pickup" // bought: it waits for whoever has bought it
)

// CartHold is for how long a cart holds its units after it was changed last.
const CartHold = 10 * time.Minute

// PaymentMargin is for how much longer a payment holds its units than its QR code lives.
const PaymentMargin = 2 * time.Minute

// MostLines is how many lines one reservation has at most.
const MostLines = 200

// A Line is units of one article that are held.
type Line struct {
	SKU      string `json:"sku"`
	Quantity int    `json:"quantity"`
	// Door is the compartment that they are to be taken from; empty: wherever they are.
	Door string `json:"door,omitempty"`
	// Afar: they are not here, but at the centre, and are promised from a lease.
	Afar bool `json:"afar,omitempty"`
}

// A Reservation holds units for a cart, a payment, or an order that was paid.
type Reservation struct {
	ID    string     `json:"id"` // of the cart or the order, as the caller names it
	Cause Cause      `json:"cause"`
	Order string     `json:"order_id,omitempty"` // empty: nothing was bought yet
	Lines []Line     `json:"lines"`
	Until *time.Time `json:"until,omitempty"` // nil: it does not lapse
	Since time.Time  `json:"since"`
}

// Committed reports whether it was bought.
func (r Reservation) Committed() bool { return r.Order != "" }

// Of is how many units of an article it holds here, or with afar at the centre.
func (r Reservation) Of(sku string, afar bool) (n int) {
	for _, l := range r.Lines {
		if l.SKU == sku && l.Afar == afar {
			n += l.Quantity
		}
	}
	return n
}

func (r Reservation) at(door string) (n int) {
	for _, l := range r.Lines {
		if l.Door == door {
			n += l.Quantity
		}
	}
	return n
}

// Reservations are those that hold something.
var (
	Reservations = ledger.NewTable("stock_reservations", "id", ledger.InMemory[Reservation]())
	lapsing      = ledger.NewDue(Reservations, func(r Reservation) (at time.Time) {
		if r.Until != nil {
			at = *r.Until
		}
		return at
	})
)

// Hold holds the lines of a cart, all or none of them, for CartHold; what the cart held
// before is replaced, and does not stand in its own way. No lines: nothing is held any more.
// It is refused with "not-enough" where less may be promised, with "ask-centre" where a
// lease does not have as many, and with "bought" when the cart was committed.
func Hold(t *visit.Turn, cart string, lines []Line) error {
	if len(lines) == 0 {
		return Release(t, cart, "emptied")
	}
	was, _ := Reservations.Get(t.State, cart)
	if was.Committed() {
		return refuseBought()
	}
	if err := shaped(cart, lines); err != nil {
		return err
	}
	if err := enough(t, was, lines); err != nil {
		return err
	}
	t.Emit(&Held{OfReservation{cart}, ForCart, slices.Clone(lines), t.Today().Add(CartHold)})
	follow(t, was, lines)
	return nil
}

// Keep holds what a cart has for a payment, until a time: the end of its QR code and
// PaymentMargin. It never shortens; a payment that fails leaves it, for another try. It is
// refused with "lapsed" when nothing is held any more.
func Keep(t *visit.Turn, cart string, until time.Time) error {
	r, ok := Reservations.Get(t.State, cart)
	switch {
	case !ok:
		return refuseLapsed()
	case r.Committed():
		return refuseBought()
	case r.Until != nil && r.Until.After(until):
		until = *r.Until
	}
	t.Emit(&Held{OfReservation{cart}, ForPayment, r.Lines, until})
	return nil
}

// Commit notes that what is held was bought with an order; until a time, or with the zero
// time until it is handed over. It is refused with "lapsed" when nothing is held any more:
// then Hold anew, or give the money back. Repeating it changes nothing.
func Commit(t *visit.Turn, cart, order string, until time.Time) error {
	r, ok := Reservations.Get(t.State, cart)
	switch {
	case !ok:
		return refuseLapsed()
	case order == "" || !plain.Text(order, 1, maxSKU):
		return ledger.Refuse(ledger.Invalid, "order", "say with which order it was bought")
	case r.Order == order:
		return nil
	case r.Committed():
		return refuseBought()
	}
	f := &Committed{OfReservation: OfReservation{cart}, Order: order}
	if !until.IsZero() {
		f.Until = &until
	}
	t.Emit(f)
	sell(t, r)
	weighAll(t, r.Lines)
	return nil
}

// Release gives back what is held, also of what was bought: an order that was cancelled.
// why is a word for the log. Releasing nothing is no mistake.
func Release(t *visit.Turn, cart, why string) error {
	r, ok := Reservations.Get(t.State, cart)
	if !ok {
		return nil
	}
	t.Emit(&Released{OfReservation{cart}, why})
	if r.Committed() {
		unsell(t, r)
		weighAll(t, r.Lines)
		return nil
	}
	follow(t, r, nil)
	return nil
}

// Take takes from behind a door what a reservation has there: its bearer has taken it out.
func Take(t *visit.Turn, cart, door string) error {
	r, ok := Reservations.Get(t.State, cart)
	n := r.at(door)
	if !ok || door == "" || n == 0 {
		return ledger.Refuse(ledger.Conflict, "not-held", "nothing is held behind door %q by this", door)
	}
	g, _ := Behind.Get(t.State, door)
	return move(t, Moved{SKU: g.SKU, From: Door, FromDoor: door, Quantity: n, Cause: Sold, Held: cart}, false)
}

// HandOver hands units of a reservation over that staff have in their hands: they may have
// come from a place that was not known to have so many.
func HandOver(t *visit.Turn, cart, sku string, from Place, quantity int) error {
	r, ok := Reservations.Get(t.State, cart)
	free := 0
	for _, l := range r.Lines {
		if l.SKU == sku && l.Door == "" && !l.Afar {
			free += l.Quantity
		}
	}
	if !ok || quantity < 1 || quantity > free {
		return ledger.Refuse(ledger.Conflict, "not-held", "%d of %s are held by this, without a door", free,
			sku)
	}
	return move(t, Moved{SKU: sku, From: from, Quantity: quantity, Cause: Sold, Held: cart}, true)
}

// Lack notes that units which a reservation holds are not to be found: at doors, behind
// these, and else where there should be most. They are held and known no more, and staff
// are asked to count the article.
func Lack(t *visit.Turn, cart, sku string, quantity int, doors []string) error {
	r, _ := Reservations.Get(t.State, cart)
	found := false
	for _, l := range r.Lines {
		if l.SKU != sku || l.Afar || quantity == 0 || l.Door != "" && !slices.Contains(doors, l.Door) {
			continue
		}
		n := min(quantity, l.Quantity)
		m := Moved{SKU: sku, From: OnHand, Quantity: n, Cause: "short", Held: cart}
		if l.Door != "" {
			m.From, m.FromDoor = Door, l.Door
		} else if most := Of(t.State, sku); most.OnHand < n && most.Shelf >= n {
			m.From = Shelf
		} else if most.OnHand < n && most.Warehouse >= n {
			m.From = Warehouse
		}
		if err := move(t, m, true); err != nil {
			return err
		}
		quantity, found = quantity-n, true
	}
	if !found {
		return ledger.Refuse(ledger.Conflict, "not-held", "nothing of %s is held by this", sku)
	}
	openTask(t, Task{Kind: Recount, SKU: sku, Why: "short"})
	return nil
}

// Sell sells units that somebody has in their hands, and that nobody has held: this is
// always right. Where fewer were known to be there, a task asks staff to count.
func Sell(t *visit.Turn, sku string, from Place, quantity int) error {
	return move(t, Moved{SKU: sku, From: from, Quantity: quantity, Cause: Sold}, true)
}

// Sent notes that the centre has sent units that a reservation has from afar.
func Sent(t *visit.Turn, cart, sku string, quantity int) error {
	r, ok := Reservations.Get(t.State, cart)
	if n := r.Of(sku, true); !ok || !r.Committed() || quantity < 1 || quantity > n {
		return ledger.Refuse(ledger.Conflict, "not-held", "%d of %s are awaited from the centre by this", n,
			sku)
	}
	t.Emit(&Delivered{OfReservation{cart}, sku, quantity})
	return nil
}

func refuseBought() *ledger.Refusal {
	return ledger.Refuse(ledger.Conflict, "bought", "what was held was bought; begin another cart")
}

func refuseLapsed() *ledger.Refusal {
	return ledger.Refuse(ledger.Conflict, "lapsed", "nothing is held any more; hold it again")
}

// shaped refuses what no reservation can be.
func shaped(id string, lines []Line) error {
	if id == "" || !plain.Text(id, 1, maxSKU) {
		return ledger.Refuse(ledger.Invalid, "id", "say for whom it is held, in 1 to %d characters", maxSKU)
	}
	if len(lines) > MostLines {
		return ledger.Refuse(ledger.Invalid, "too-many", "at most %d lines are held at once", MostLines)
	}
	for _, l := range lines {
		switch {
		case !validSKU(l.SKU):
			return refuseSKU()
		case l.Quantity < 1 || l.Quantity > mostMoved:
			return ledger.Refuse(ledger.Invalid, "out-of-range", "1 to %d of %s are held in a line",
				mostMoved, l.SKU)
		case l.Afar && l.Door != "":
			return ledger.Refuse(ledger.Invalid, "door", "what is at the centre is not behind a door here")
		}
	}
	return nil
}

// enough refuses what may not be promised, all lines of an article together.
func enough(t *visit.Turn, was Reservation, lines []Line) error {
	wanted := Reservation{Lines: lines}
	for _, l := range lines {
		switch n := wanted.Of(l.SKU, l.Afar); {
		case l.Afar:
			lease := LeaseOf(t.State, l.SKU)
			if most := lease.Free(t.Today()) + was.Of(l.SKU, true); n > most {
				return ledger.Refuse(ledger.Conflict, "ask-centre",
					"%d of %s are wanted, and %d may be promised without asking the centre", n, l.SKU, most)
			}
		default:
			if most := max(0, ATP(t.State, l.SKU, t.Today())+was.Of(l.SKU, false)); n > most {
				return ledger.Refuse(ledger.Conflict, "not-enough",
					"%d of %s are wanted, and %d may be promised", n, l.SKU, most)
			}
		}
		if l.Door == "" {
			continue
		}
		g, _ := Behind.Get(t.State, l.Door)
		if n, most := wanted.at(l.Door), g.Quantity-g.Held+was.at(l.Door); g.SKU != l.SKU || n > most {
			return ledger.Refuse(ledger.Conflict, "not-enough",
				"%d of %s are wanted from door %s, where they are not",
				n, l.SKU, l.Door)
		}
	}
	return nil
}

// count adds what a reservation holds to levels, or with -1 takes it away.
func count(s *ledger.State, r Reservation, sign int, at time.Time) {
	here := map[string]int{}
	for _, l := range r.Lines {
		if l.Afar {
			continue
		}
		here[l.SKU] += l.Quantity * sign
	}
	for _, sku := range slices.Sorted(maps.Keys(here)) {
		change(s, sku, at, func(l *Level) {
			if r.Committed() {
				l.Committed = max(0, l.Committed+here[sku])
			} else {
				l.Reserved = max(0, l.Reserved+here[sku])
			}
		})
	}
}

// unhold ends a reservation.
func unhold(s *ledger.State, r Reservation, at time.Time) {
	if r.ID != "" {
		count(s, r, -1, at)
		Reservations.Delete(s, r.ID)
		holdDoors(s, r)
	}
}

// holdDoors notes how many are held at the doors of a reservation, which has changed: as many
// as there are at most, for somebody may have counted less.
func holdDoors(s *ledger.State, r Reservation) {
	for _, l := range r.Lines {
		if l.Door != "" {
			Behind.Change(s, l.Door, func(g *Goods) { g.Held = heldAt(s, *g) })
		}
	}
}

func heldAt(s *ledger.State, g Goods) (n int) {
	for _, r := range Reservations.All(s) {
		for _, l := range r.Lines {
			if l.Door == g.Door && l.SKU == g.SKU {
				n += l.Quantity
			}
		}
	}
	return min(n, max(0, g.Quantity))
}

// consume takes units out of those lines of a reservation that is picks.
func consume(s *ledger.State, id string, at time.Time, is func(Line) bool, quantity int) {
	r, ok := Reservations.Get(s, id)
	if !ok {
		return
	}
	count(s, r, -1, at)
	was := r
	defer func() { holdDoors(s, was) }()
	var left []Line
	for _, l := range r.Lines {
		if is(l) {
			n := min(quantity, l.Quantity)
			l.Quantity -= n
			quantity -= n
		}
		if l.Quantity > 0 {
			left = append(left, l)
		}
	}
	if r.Lines = left; len(left) == 0 {
		Reservations.Delete(s, id)
		return
	}
	Reservations.Put(s, id, r)
	count(s, r, 1, at)
}

// ofReservation is how many units that a move takes from a door were held there for it.
func (m Moved) ofReservation(s *ledger.State) int {
	r, _ := Reservations.Get(s, m.Held)
	return min(m.Quantity, r.at(m.FromDoor))
}

// lapse ends the reservations whose time is over.
func lapse(t *visit.Turn) {
	for _, r := range lapsing.Until(t.State, t.Today()) {
		_ = Release(t, r.ID, "lapsed")
	}
}
