package hub

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/orders"
	"cubby/locker/returns"
	"cubby/sync/db"
	"cubby/sync/protocol"
)

// tradeSchema are the tables of what was bought and what comes back. What is written of
// a return or a refund is what its station's facts tell, with the station's own rules
// (returns.Room), and beside it what the hub has said.
var tradeSchema = db.Schema{Part: "trade", Steps: []string{
	// sealed: the body as it was put, which may name the customer
	`CREATE TABLE orders (
		id TEXT PRIMARY KEY,
		n BIGINT NOT NULL,
		shop TEXT NOT NULL,
		channel TEXT NOT NULL,
		currency TEXT NOT NULL,
		total BIGINT NOT NULL,
		ordered BIGINT NOT NULL,
		changed BIGINT NOT NULL,
		everywhere BIGINT NOT NULL,
		cancelled BIGINT NOT NULL,
		rev BIGINT NOT NULL,
		deal TEXT NOT NULL,
		sealed {blob} NOT NULL)`,
	"CREATE UNIQUE INDEX orders_by_n ON orders (n)",
	`CREATE TABLE returns (
		station TEXT NOT NULL,
		id TEXT NOT NULL,
		n BIGINT NOT NULL,
		order_id TEXT NOT NULL,
		state TEXT NOT NULL,
		waiting BIGINT NOT NULL,
		again BIGINT NOT NULL,
		doc TEXT NOT NULL,
		PRIMARY KEY (station, id))`,
	"CREATE INDEX returns_by_order ON returns (order_id, station, id)",
	"CREATE UNIQUE INDEX returns_by_n ON returns (n)",
	"CREATE INDEX returns_again ON returns (station, again)",
	`CREATE TABLE refunds (
		station TEXT NOT NULL,
		id TEXT NOT NULL,
		n BIGINT NOT NULL,
		order_id TEXT NOT NULL,
		case_id TEXT NOT NULL,
		state TEXT NOT NULL,
		waiting BIGINT NOT NULL,
		doc TEXT NOT NULL,
		PRIMARY KEY (station, id))`,
	"CREATE INDEX refunds_by_order ON refunds (order_id)",
	"CREATE INDEX refunds_by_case ON refunds (station, case_id)",
	"CREATE UNIQUE INDEX refunds_by_n ON refunds (n)",
	"ALTER TABLE orders ADD COLUMN too_much BIGINT NOT NULL DEFAULT 0", // units that came back beyond what was bought
}}

// tradeFacts reads facts about orders and returns.
var tradeFacts = ledger.NewCatalogue(orders.Room.Module, returns.Room.Module)

// keptReturn is a return as the tables have it.
type keptReturn struct {
	station  string
	n        int64
	Case     returns.Case `json:"case"`
	Answer   string       `json:"answer,omitempty"`
	By       string       `json:"by,omitempty"`
	Reason   string       `json:"reason,omitempty"`
	Answered time.Time    `json:"answered,omitzero"`
	Units    int          `json:"units,omitempty"` // that were agreed to
	Refused  string       `json:"refused,omitempty"`
	Again    bool         `json:"again,omitempty"`
	Why      string       `json:"why,omitempty"`
	For      string       `json:"for,omitempty"`
	Changed  time.Time    `json:"changed"`
	Rev      int64        `json:"rev"`
}

// units are the units that a return holds, by line.
func (r *keptReturn) units() map[string]int {
	units := map[string]int{}
	for _, i := range r.Case.Items {
		if r.Case.Claims(i) {
			units[i.Line] += i.Quantity
		}
	}
	return units
}

func (r *keptReturn) all() (n int) {
	for _, units := range r.units() {
		n += units
	}
	return n
}

func (r *keptReturn) waits() bool {
	return r.Case.Conditional && !r.Case.State.Over() && r.Answer == ""
}

// keptRefund is a refund as the tables have it.
type keptRefund struct {
	station string
	n       int64
	Refund  returns.Refund `json:"refund"`
	Told    string         `json:"told,omitempty"`
	By      string         `json:"by,omitempty"`
	Refused string         `json:"refused,omitempty"`
	Over    bool           `json:"over,omitempty"`
	Changed time.Time      `json:"changed"`
}

func (r *keptRefund) waits() bool {
	return r.Refund.State == returns.Failed || r.Refund.Waits() && r.Told != "completed" && r.Told != "failed"
}

// projectTrade keeps what a fact tells of orders, returns and refunds, and decides what
// follows.
func projectTrade(h *Hub, tx *db.Tx, e Event) error {
	kind, _, _ := strings.Cut(e.Type, ".")
	switch kind {
	case "order":
		return h.heardOfOrder(tx, e)
	case "return", "refund":
		if err := h.heardOfReturn(tx, e); err != nil {
			return err
		}
	case "centre":
		if e.Type == "centre.change_refused" {
			return h.heardRefusal(tx, e)
		}
		return nil
	}
	return h.answerAgain(tx, e.Station)
}

// readFact reads a fact; what cannot be read is refused.
func readFact(e Event) (ledger.Fact, error) {
	f, err := tradeFacts.Read(e.Type, e.Data, nil)
	if err != nil {
		return nil, ledger.Refuse(ledger.Invalid, "unreadable-fact", "%v", err)
	}
	return f, nil
}

// heardOfReturn applies a fact as its station did.
func (h *Hub) heardOfReturn(tx *db.Tx, e Event) error {
	if !tradeFacts.Published(e.Type) {
		return nil // of a newer program
	}
	f, err := readFact(e)
	if err != nil {
		return err
	}
	var of struct {
		Case string `json:"case_id"`
	}
	if err := json.Unmarshal(e.Data, &of); err != nil || of.Case == "" {
		return nil // packaging and the like
	}
	r, err := h.loadReturn(tx, e.Station, of.Case)
	if err != nil {
		return err
	}
	refunds, err := h.loadRefunds(tx, "station = ? AND case_id = ?", e.Station, of.Case)
	if err != nil {
		return err
	}
	memory := ledger.NewMemory(nil)
	if r != nil {
		memory.Set(returns.Cases.Spec, ledger.Row{Key: of.Case, Value: r.Case})
	}
	for _, one := range refunds {
		memory.Set(returns.Refunds.Spec, ledger.Row{Key: one.Refund.ID, Value: one.Refund})
	}
	s := ledger.NewState(memory)
	f.Apply(s, e.Happened)
	now, ok := returns.Cases.Get(s, of.Case)
	if !ok {
		return nil // its beginning is not known here
	}
	if r == nil {
		r = &keptReturn{station: e.Station}
		if r.n, err = tx.Next("returns"); err != nil {
			return err
		}
	}
	r.Case = now
	if r.Case.Conditional && r.Answer == agreed && r.all() > r.Units {
		// More was added before the station had the answer, which is about less.
		r.Answer, r.Again = "", false
	}
	if !r.Case.Conditional || r.Case.State.Over() {
		r.Again, r.Why, r.For = false, "", ""
	}
	r.Changed = h.now()
	if err := h.saveReturn(tx, r); err != nil {
		return err
	}
	for _, one := range s.Changes()[returns.Refunds.Spec] {
		if err := h.heardOfRefund(tx, e.Station, one.(returns.Refund), refunds); err != nil {
			return err
		}
	}
	return h.settle(tx, r.Case.Order)
}

// heardRefusal notes that a station has not taken what it was told.
func (h *Hub) heardRefusal(tx *db.Tx, e Event) error {
	var why struct {
		Collection, ID, Slug, Reason string
		Rev                          int64
	}
	if err := json.Unmarshal(e.Data, &why); err != nil {
		return ledger.Refuse(ledger.Invalid, "unreadable-fact", "%v", err)
	}
	var newest int64
	err := tx.QueryRow("SELECT coalesce(max(rev), 0) FROM changes WHERE station IN ('', ?) AND collection = ? "+
		"AND id = ?", e.Station, why.Collection, why.ID).Scan(&newest)
	if err != nil || newest != why.Rev {
		return err // it was told something newer since
	}
	order, line, _ := strings.Cut(why.ID, "/")
	handled := false // by the rule: nobody has to see to it
	switch why.Collection {
	case protocol.Orders, protocol.Came, protocol.Leases:
		b, err := h.loadOrder(tx, order)
		if err != nil || b == nil {
			return err
		}
		all, err := h.loadReturns(tx, order)
		if err != nil {
			return err
		}
		handled = b.refused(e.Station, why.Collection, line, why.Slug, why.Reason, claims(all))
		err = h.settleWith(tx, b, all)
		if err != nil {
			return err
		}
	case protocol.Returns:
		r, err := h.loadReturn(tx, e.Station, why.ID)
		if err != nil || r == nil {
			return err
		}
		r.Refused = why.Reason
		r.Again = r.Case.Conditional && !r.Case.State.Over() && r.Answer != "" && why.Slug != "unreadable"
		r.Changed = h.now()
		handled = r.Again || !r.waits() && why.Slug != "unreadable"
		if err := h.saveReturn(tx, r); err != nil { // told again with the station's next fact
			return err
		}
	case protocol.Refunds:
		return h.refundRefused(tx, e.Station, why.ID, why.Reason)
	}
	if handled {
		return forgetRefusal(tx, e.Station, why.Collection, why.ID)
	}
	return nil
}

// refused notes that a station has not taken what it was told of an order. It reports
// whether nobody has to see to that.
func (b *book) refused(station, collection, line, slug, reason string, all []*claim) bool {
	p := b.place(station)
	l := b.line(line)
	switch collection {
	case protocol.Orders:
		if b.Cancelled && slug == "no-such-order" {
			return true
		}
		p.Refused = reason
		p.Again = slug == "case-open" || openAt(station, all)
		return p.Again || b.Everywhere && slug == "other-shop"
	case protocol.Came:
		knows := p.Came[line]
		// By a return that may be over already. Or it did not have the order's newest form,
		// which it takes before this when it is told again; once, for it may refuse that form.
		knows.Again = slug == "quantity-claimed" || slug == "out-of-range" && p.Refused == "" && !knows.Older
		knows.Older = slug == "out-of-range"
		p.Came[line] = knows
		return true
	case protocol.Leases:
		if l != nil && l.Holder == station && (slug == "no-such-order" || slug == "unknown-line") {
			l.free() // it cannot take back what it does not know
			return true
		}
	}
	return false
}

// answerAgain tells a station once more what it refused when somebody was at the door.
func (h *Hub) answerAgain(tx *db.Tx, station string) error {
	r, err := tx.Query("SELECT order_id FROM returns WHERE station = ? AND again = 1", station)
	ids, err := rows(r, err, scanText)
	if err != nil {
		return err
	}
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		if err := h.settle(tx, id); err != nil {
			return err
		}
	}
	return nil
}

// answerWaiting looks at all returns that wait once more.
func (h *Hub) answerWaiting(tx *db.Tx) error {
	r, err := tx.Query("SELECT DISTINCT order_id FROM returns WHERE waiting = 1 ORDER BY order_id")
	ids, err := rows(r, err, scanText)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := h.settle(tx, id); err != nil {
			return err
		}
	}
	return nil
}

// heardOfOrder notes what a station knows of an order.
func (h *Hub) heardOfOrder(tx *db.Tx, e Event) error {
	id, ok := strings.CutPrefix(e.Subject, "orders/")
	if !ok || !tradeFacts.Published(e.Type) {
		return nil
	}
	b, err := h.loadOrder(tx, id)
	if err != nil || b == nil {
		return err
	}
	f, err := readFact(e)
	if err != nil {
		return err
	}
	b.heard(e.Station, f, e.Happened)
	all, err := h.loadReturns(tx, id)
	if err != nil {
		return err
	}
	return h.settleWith(tx, b, all)
}

// heard notes what a fact says of what a station knows.
func (b *book) heard(station string, f ledger.Fact, at time.Time) {
	p := b.place(station)
	switch f := f.(type) {
	case *orders.Accepted:
		p.Taken, p.Refused, p.Again = at, "", false
		for line, knows := range p.Came {
			if !f.Changed { // it begins anew
				knows.Knows = 0
			}
			knows.Again, knows.Older = knows.Again || knows.Told > knows.Knows, false
			p.Came[line] = knows
		}
	case *orders.ReturnedElsewhere:
		knows := p.Came[f.Line]
		knows.Knows = max(knows.Knows, f.Quantity)
		p.Came[f.Line] = knows
	case *orders.LeaseGranted:
		// All that it took back under the lease it has told before this.
		if l := b.line(f.Line); l != nil && l.Holder == station && l.Ending && f.Until.UnixMilli() == l.Ended {
			l.free()
		}
	case *orders.Cancelled:
		p.Taken, p.Refused, p.Again = at, "", false
	}
}
