package shop

import (
	"cmp"
	"slices"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/money"
	"cubby/locker/orders"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/shop/payment"
	"cubby/locker/stock"
	"cubby/locker/visit"
)

// ToPick are the sales that staff of this station fetch: the one promised first comes first.
func ToPick(s *ledger.State) (all []Sale) {
	for _, one := range Open(s) {
		if one.State == Picking && one.Parcel != "" {
			all = append(all, one)
		}
	}
	slices.SortStableFunc(all, func(a, b Sale) int {
		return cmp.Or(a.promised().Compare(b.promised()), a.Ordered.Compare(b.Ordered), cmp.Compare(a.ID, b.ID))
	})
	return all
}

// promised is when it was said to be ready; when it was ordered, where nothing was said.
func (s Sale) promised() time.Time {
	if s.Place.Ready != nil {
		return *s.Place.Ready
	}
	return s.Ordered
}

// Late reports whether it was to be ready by now.
func (s Sale) Late(now time.Time) bool { return now.After(s.promised()) }

// Left is how many of its lines have to be fetched still.
func (s Sale) Left() (n int) {
	for _, l := range s.Lines {
		if l.State == LinePicking {
			n++
		}
	}
	return n
}

// Line is one of its lines.
func (s Sale) Line(id string) (Line, bool) {
	i := slices.IndexFunc(s.Lines, func(l Line) bool { return l.ID == id })
	if i < 0 {
		return Line{}, false
	}
	return s.Lines[i], true
}

// Pick notes that staff have all units of a line in their hands, or with Short that they are
// not to be found: then the customer gets the money of this line back, and when nothing is
// left of the sale it is cancelled. The goods leave the stock at this moment. Refused with
// "no-such-sale", "no-such-line", and "not-picking" when the line was fetched already.
type Pick struct {
	By         people.Doer
	Sale, Line string
	// From is where they were taken from; empty: where most are known to be. Of stock.Door
	// the Door says behind which.
	From  stock.Place
	Door  string
	Short bool
}

// Decide notes it.
func (c Pick) Decide(t *visit.Turn) error {
	if err := c.By.Must(t.State, people.TakeToCounter); err != nil {
		return err
	}
	sale, ok := Sales.Get(t.State, c.Sale)
	if !ok {
		return NoSuchSale()
	}
	l, ok := sale.Line(c.Line)
	switch {
	case !ok:
		return ledger.Refuse(ledger.NotFound, "no-such-line", "this order has no line %s", c.Line).At("/line")
	case sale.State != Picking || sale.Parcel == "" || l.State != LinePicking:
		return ledger.Refuse(ledger.Conflict, "not-picking", "line %s is %s: there is nothing to fetch of it",
			l.ID, l.State)
	case c.Short:
		return c.short(t, sale, l)
	}
	if err := takeOut(t, sale, l, c.From, c.Door); err != nil {
		return err
	}
	t.Emit(&LineMoved{OfSale: of(sale), Line: l.ID, State: LineReady, Parcel: sale.Parcel, By: c.By.ID})
	return nil
}

// takeOut takes the units of a line out of the stock: what is held behind doors from there,
// and the rest from one place.
func takeOut(t *visit.Turn, sale Sale, l Line, from stock.Place, door string) error {
	r, _ := stock.Reservations.Get(t.State, sale.Cart)
	rest := 0
	for _, held := range r.Lines {
		switch {
		case held.SKU != l.SKU:
		case held.Door == "":
			rest += held.Quantity
		case slices.Contains(l.Doors, held.Door):
			if err := stock.Take(t, sale.Cart, held.Door); err != nil {
				return err
			}
		}
	}
	rest = min(rest, l.Quantity)
	if rest == 0 {
		return nil
	}
	if from == stock.Door { // it is held without a door, and comes from behind one
		err := stock.Move(t, stock.Moved{
			SKU: l.SKU, From: stock.Door, FromDoor: door, To: stock.OnHand, Quantity: rest, Cause: "picked",
		})
		if err != nil {
			return err
		}
		from = stock.OnHand
	}
	return stock.HandOver(t, sale.Cart, l.SKU, cmp.Or(from, mostly(t.State, l.SKU, rest)), rest)
}

// mostly is the place that has so many, the nearest first.
func mostly(s *ledger.State, sku string, quantity int) stock.Place {
	level := stock.Of(s, sku)
	for _, p := range []stock.Place{stock.OnHand, stock.Shelf, stock.Warehouse} {
		if level.At(p) >= quantity {
			return p
		}
	}
	return stock.OnHand
}

func (c Pick) short(t *visit.Turn, sale Sale, l Line) error {
	last := !slices.ContainsFunc(sale.Lines, func(o Line) bool {
		return o.ID != l.ID && o.State != LineShort
	})
	if last {
		if err := (parcel.Cancel{ID: sale.Parcel}).Decide(t); err != nil {
			return err
		}
	}
	if err := stock.Lack(t, sale.Cart, l.SKU, l.Quantity, l.Doors); err != nil {
		return err
	}
	t.Emit(&LineMoved{OfSale: of(sale), Line: l.ID, State: LineShort, By: c.By.ID})
	now := t.Now.Round(0).UTC()
	if last {
		after, _ := sale.Payment.Drop(now)
		movedAll(t, sale, after)
		end(t, sale.ID, "short")
		return nil
	}
	if back := sale.paidFor(l.ID); back > 0 {
		after, _, err := sale.Payment.GiveBack(back, now)
		if err != nil {
			return err
		}
		movedAll(t, sale, after)
	}
	sale, _ = Sales.Get(t.State, sale.ID)
	known, _ := orders.Get(t.State, sale.ID)
	o := sale.order(t)
	o.Ordered = known.Ordered
	o.Lines = slices.DeleteFunc(o.Lines, func(one orders.Line) bool {
		line, _ := sale.Line(one.ID)
		return line.State == LineShort
	})
	_ = orders.Put{ID: sale.ID, Order: o}.Decide(t) // what never came cannot come back
	return nil
}

// paidFor is the share of a line in what the whole of the sale costs, with its tax.
func (s Sale) paidFor(line string) int64 {
	weights := make([]int64, len(s.Lines))
	var all int64
	for i, l := range s.Lines {
		weights[i] = l.Total
		all += l.Total
	}
	if all <= 0 || s.Total <= 0 {
		return 0
	}
	for i, share := range money.Allocate(s.Total, weights) {
		if s.Lines[i].ID == line {
			return share
		}
	}
	return 0
}

// movedAll tells of every attempt that has changed, and staff of what they have to do.
func movedAll(t *visit.Turn, sale Sale, now payment.Payment) {
	for i, a := range now.Attempts {
		was := sale.Payment.Attempts[i]
		if a == was {
			continue
		}
		moved(t, sale, a.ID, now)
		if a.Tasked != "" && (a.Tasked != was.Tasked || a.Refunds != was.Refunds) {
			t.Emit(&NeedsStaff{OfSale: of(sale), Attempt: a.ID, Why: a.Tasked, Amount: a.Refund.Amount})
		}
	}
}

// ForStaff is the attempt to pay whose money staff have to look at, if there is one.
func (s Sale) ForStaff() (attempt payment.Attempt, is bool) {
	for _, a := range s.Payment.Attempts {
		if a.Tasked != "" && !a.Settled() {
			return a, true
		}
	}
	return attempt, false
}

// AtTheTill is the attempt to pay cash at the counter that is open, if there is one.
func (s Sale) AtTheTill() (attempt payment.Attempt, is bool) {
	a, waits := s.Payment.Waits()
	return a, waits && a.Tender == payment.Cash && s.State == Placed
}
