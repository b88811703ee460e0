package hub

import (
	"context"
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strconv"

	"cubby/locker/ledger"
	"cubby/locker/orders"
	"cubby/locker/returns"
	api "cubby/sync/api/orders"
	"cubby/sync/db"
)

// PutOrder creates an order or changes it; the body is the one of PUT /v1/orders/{id} of a
// station. It goes to the stations named, or without any to all of them. Of an order that
// is here already more stations may be named, and none means those that have it.
//
// Leases in the body are granted to the station that calls itself so. With a single
// station that one gets the lease of every line: nobody else can take it back.
func (h *Hub) PutOrder(ctx context.Context, by, id string, body json.RawMessage, stations []string) error {
	if !orders.ValidID(id) {
		return orders.BadOrderID()
	}
	o, _, err := api.ReadOrder(body)
	if err != nil {
		return err
	}
	o.ID = id
	err = h.act(ctx, by, "order put", "orders/"+id, "", func(tx *db.Tx) error {
		return h.putOrder(tx, o, body, stations)
	})
	if err == nil {
		h.told.happen()
	}
	return err
}

func (h *Hub) putOrder(tx *db.Tx, o orders.Order, body json.RawMessage, stations []string) error {
	sites, err := h.sites(tx)
	if err != nil {
		return err
	}
	for _, s := range stations {
		if _, here := sites[s]; !here {
			return ledger.Refuse(ledger.Invalid, "no-such-station", "there is no station %s here", s).At("/stations")
		}
	}
	b, err := h.loadOrder(tx, o.ID)
	if err != nil {
		return err
	}
	all, err := h.loadReturns(tx, o.ID)
	if err != nil {
		return err
	}
	made := b == nil
	switch {
	case made:
		b = &book{ID: o.ID, Everywhere: len(stations) == 0}
	case b.Cancelled:
		return ledger.Refuse(ledger.Conflict, "order-cancelled",
			"the order is cancelled and cannot change any more")
	}
	if b.n, err = tx.Next("orders"); err != nil {
		return err
	}
	if err := b.become(o, body, claims(all)); err != nil {
		return err
	}
	b.Changed, b.Rev = h.now(), b.Rev+1
	var added []string
	for _, s := range stations {
		if _, has := b.Places[s]; !has && !b.Everywhere {
			b.place(s)
			added = append(added, s)
		}
	}
	b.wish(o, made, sites)
	if b.Everywhere {
		err = h.tellOrder(tx, b, Everywhere, false)
	}
	for _, s := range slices.Sorted(maps.Keys(b.Places)) {
		if _, here := sites[s]; here && err == nil {
			err = h.tellAnew(tx, b, s, sites)
		}
	}
	if err != nil {
		return err
	}
	if err := h.settleWith(tx, b, all); err != nil {
		return err
	}
	for _, s := range added {
		for _, l := range b.Lines {
			if err := h.tellLease(tx, b, l, s, sites, false); err != nil {
				return err
			}
		}
	}
	return nil
}

// tellAnew tells a station of an order's new form. What it is told of leases and of other
// places comes behind that again: it is about lines that the station may not have had.
func (h *Hub) tellAnew(tx *db.Tx, b *book, station string, sites map[string]string) error {
	p := b.place(station)
	p.Again = false
	if !b.Everywhere {
		if err := h.tellOrder(tx, b, station, p.Refused != ""); err != nil {
			return err
		}
	}
	for line, knows := range p.Came {
		knows.Again = knows.Again || knows.Told > knows.Knows
		p.Came[line] = knows
	}
	for _, l := range b.Lines {
		if err := h.tellLease(tx, b, l, station, sites, true); err != nil {
			return err
		}
	}
	return nil
}

// become takes an order's new form. What is claimed by returns that are agreed to stays
// bought: of those that the hub has not heard of yet, the station says so itself.
func (b *book) become(o orders.Order, body json.RawMessage, all []*claim) error {
	var lines []*dealLine
	var refused []*ledger.Refusal
	for i, l := range o.Lines {
		now := b.line(l.ID)
		if now == nil {
			now = &dealLine{ID: l.ID}
		}
		now.SKU, now.Title, now.Quantity = l.SKU, l.Title, l.Quantity
		now.Past = max(now.Past, l.ReturnedElsewhere)
		if n := b.firm(now, all, nil); n > l.Quantity {
			refused = append(refused, ledger.Refuse(ledger.Conflict, "quantity-claimed",
				"%d have come back or are about to: it cannot be less", n).
				At("/lines/"+strconv.Itoa(i)+"/quantity"))
		}
		lines = append(lines, now)
	}
	for _, was := range b.Lines {
		if n := b.firm(was, all, nil); !slices.Contains(lines, was) && (n > 0 || was.Holder != "") {
			refused = append(refused, ledger.Refuse(ledger.Conflict, "quantity-claimed",
				"line %s has units that came back, or a lease: it must stay", was.ID).At("/lines"))
		}
	}
	if len(refused) > 0 {
		return refused[0].And(refused[1:]...)
	}
	b.Lines, b.body = lines, body
	b.Shop, b.Channel, b.Currency = o.Shop, string(o.Channel), o.Currency
	b.Total, b.Ordered = o.Total(), o.Ordered
	return nil
}

// wish notes which stations are to have leases.
func (b *book) wish(o orders.Order, made bool, sites map[string]string) {
	for _, l := range o.Lines {
		line := b.line(l.ID)
		for _, s := range slices.Sorted(maps.Keys(b.Places)) {
			only := made && !b.Everywhere && len(b.Places) == 1
			if line.Holder == "" && line.Next == "" && (only || l.Lease != nil && l.Lease.Site == sites[s]) {
				line.Next = s
			}
		}
	}
}

// CancelOrder ends an order of which nothing can come back. Repeating it is no error.
func (h *Hub) CancelOrder(ctx context.Context, by, id string) error {
	err := h.act(ctx, by, "order cancelled", "orders/"+id, "", func(tx *db.Tx) error {
		b, all, err := h.orderAndReturns(tx, id)
		if err != nil || b.Cancelled {
			return err
		}
		for _, r := range all {
			if !r.Case.State.Over() && r.Answer != declined {
				return ledger.Refuse(ledger.Conflict, "case-open",
					"return %s of this order is open; close or cancel it first", r.Case.ID)
			}
		}
		b.Cancelled, b.Changed, b.Rev = true, h.now(), b.Rev+1
		stations := slices.Sorted(maps.Keys(b.Places))
		if b.Everywhere {
			stations = []string{Everywhere}
		}
		for _, s := range stations {
			if err := h.tellOrder(tx, b, s, false); err != nil {
				return err
			}
		}
		return h.settleWith(tx, b, all)
	})
	if err == nil {
		h.told.happen()
	}
	return err
}

func (h *Hub) orderAndReturns(tx *db.Tx, id string) (*book, []*keptReturn, error) {
	b, err := h.loadOrder(tx, id)
	if err != nil {
		return nil, nil, err
	}
	if b == nil {
		return nil, nil, refuseUnknown("order")
	}
	all, err := h.loadReturns(tx, id)
	return b, all, err
}

// GrantLease gives a station the right to take a line back while the hub cannot be asked,
// or with an empty station takes it away. Another station that has it is told first that
// it is over; until it has said that it knows, the lease does not move: what it took back
// meanwhile is known then.
func (h *Hub) GrantLease(ctx context.Context, by, order, line, station string) error {
	err := h.act(ctx, by, "lease", "orders/"+order, "line "+line+" to "+station, func(tx *db.Tx) error {
		b, all, err := h.orderAndReturns(tx, order)
		if err != nil {
			return err
		}
		l := b.line(line)
		sites, err := h.sites(tx)
		if err != nil {
			return err
		}
		site, here := sites[station]
		_, has := b.Places[station]
		switch {
		case l == nil:
			return ledger.Refuse(ledger.Invalid, "unknown-line",
				"there is no line with this id in the order").At("/line")
		case b.Cancelled:
			return ledger.Refuse(ledger.Conflict, "order-cancelled", "nothing of a cancelled order comes back")
		case station == "":
			l.Next = ""
			if l.Holder != "" && !l.Ending {
				l.end(h.now())
				if err := h.tellOf(tx, b, tell{what: tellLease, line: line}, sites); err != nil {
					return err
				}
			}
			return h.settleWith(tx, b, all)
		case !here || !b.Everywhere && !has:
			return ledger.Refuse(ledger.Conflict, "not-there", "that station does not have the order").At("/station")
		case site == "":
			return ledger.Refuse(ledger.Conflict, "not-connected",
				"that station has not connected yet; nobody knows what it calls itself").At("/station")
		}
		l.Next = station
		return h.settleWith(tx, b, all)
	})
	if err == nil {
		h.told.happen()
	}
	return err
}

// Orders reads a page of orders, the newest first.
func (h *Hub) Orders(ctx context.Context, f OrderFilter) (list []Order, next string, err error) {
	where, args := "n < ?", []any{before(f.After)}
	if f.Text != "" {
		where, args = where+" AND substr(id, 1, ?) = ?", append(args, len([]rune(f.Text)), f.Text)
	}
	limit := page(f.Limit)
	r, err := h.db.Query(ctx, "SELECT "+orderColumns+" FROM orders WHERE "+where+" ORDER BY n DESC LIMIT ?",
		append(args, limit+1)...)
	books, err := rows(r, err, h.scanOrder)
	if err != nil {
		return nil, "", err
	}
	for i, b := range books {
		if i == limit {
			return list, strconv.FormatInt(books[i-1].n, 10), nil
		}
		list = append(list, b.outline())
	}
	return list, "", nil
}

// before is the number that the rows of a page come before.
func before(after string) int64 {
	if n, err := strconv.ParseInt(after, 10, 64); err == nil && n > 0 {
		return n
	}
	return math.MaxInt64
}

func (b *book) outline() Order {
	return Order{
		ID: b.ID, Shop: b.Shop, Channel: b.Channel, Currency: b.Currency, Total: b.Total, Ordered: b.Ordered,
		Changed: b.Changed, Cancelled: b.Cancelled, Everywhere: b.Everywhere, Rev: b.Rev,
	}
}

// Order reads one order, and what has become of it.
func (h *Hub) Order(ctx context.Context, id string) (Order, error) {
	r, err := h.db.Query(ctx, "SELECT "+orderColumns+" FROM orders WHERE id = ?", id)
	books, err := rows(r, err, h.scanOrder)
	if err != nil {
		return Order{}, err
	}
	if len(books) == 0 {
		return Order{}, refuseUnknown("order")
	}
	b := books[0]
	o := b.outline()
	if o.Body, err = withoutCustomer(b.body); err != nil {
		return o, err
	}
	r, err = h.db.Query(ctx, "SELECT "+returnColumns+" FROM returns WHERE order_id = ? ORDER BY n", id)
	all, err := rows(r, err, scanReturn)
	if err != nil {
		return o, err
	}
	for _, one := range all {
		o.Returns = append(o.Returns, one.shown())
	}
	r, err = h.db.Query(ctx, "SELECT station, n, doc FROM refunds WHERE order_id = ? ORDER BY n", id)
	refunds, err := rows(r, err, scanRefund)
	if err != nil {
		return o, err
	}
	for _, one := range refunds {
		o.Refunds = append(o.Refunds, one.shown())
	}
	for _, s := range slices.Sorted(maps.Keys(b.Places)) {
		p := b.Places[s]
		at := OrderAt{Station: s, Refused: p.Refused}
		if !p.Taken.IsZero() {
			at.Taken = new(p.Taken.UTC())
		}
		o.Stations = append(o.Stations, at)
	}
	list := claims(all)
	for _, l := range b.Lines {
		o.Lines = append(o.Lines, b.shown(l, list))
	}
	return o, nil
}

// shown is a line as readers get it.
func (b *book) shown(l *dealLine, all []*claim) OrderLine {
	out := OrderLine{
		ID: l.ID, SKU: l.SKU, Title: l.Title, Quantity: l.Quantity, Elsewhere: l.Past, Back: l.Past,
		Claimed: b.firm(l, all, nil), At: map[string]int{},
	}
	for _, c := range all {
		n := c.units[l.ID]
		switch {
		case n == 0:
		case c.state == returns.Closed:
			out.Back += n
			out.At[c.station] += n
		case c.waits():
			out.Waiting += n
		}
	}
	out.Over = max(0, out.Claimed-l.Quantity)
	if l.Holder != "" || l.Next != "" {
		out.Lease = &Lease{Station: l.Holder, Until: l.Until.UTC(), Ending: l.Ending, Next: l.Next}
	}
	return out
}

// withoutCustomer is the body of an order without who the customer is.
func withoutCustomer(body json.RawMessage) (json.RawMessage, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(body, &members); err != nil {
		return nil, err
	}
	for _, name := range []string{"customer_ref", "postcode", "phone"} {
		delete(members, name)
	}
	return json.Marshal(members)
}
