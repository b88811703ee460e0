package hub

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"cubby/sync/db"
	"cubby/sync/protocol"
)

// book is an order as the tables have it.
type book struct {
	ID, Shop, Channel, Currency string
	Total                       int64
	Ordered, Changed            time.Time
	Everywhere                  bool
	Rev, n                      int64
	body                        json.RawMessage // as it was put
	tooMuch                     int             // units that came back beyond what was bought
	deal
}

const orderColumns = "id, n, shop, channel, currency, total, ordered, changed, everywhere, rev, deal, sealed"

func (h *Hub) scanOrder(r *sql.Rows) (*book, error) {
	b := new(book)
	var ordered, changed, everywhere int64
	var deal string
	var sealed []byte
	if err := r.Scan(&b.ID, &b.n, &b.Shop, &b.Channel, &b.Currency, &b.Total, &ordered, &changed, &everywhere,
		&b.Rev, &deal, &sealed); err != nil {
		return nil, err
	}
	b.Ordered, b.Changed, b.Everywhere = moment(ordered), moment(changed), everywhere == 1
	if err := json.Unmarshal([]byte(deal), &b.deal); err != nil {
		return nil, fmt.Errorf("order %s: %w", b.ID, err)
	}
	var err error
	if b.body, err = h.vault.unseal(sealed); err != nil {
		return nil, fmt.Errorf("order %s: %w", b.ID, err)
	}
	return b, nil
}

// loadOrder reads an order; nil when there is none.
func (h *Hub) loadOrder(tx *db.Tx, id string) (*book, error) {
	r, err := tx.Query("SELECT "+orderColumns+" FROM orders WHERE id = ?", id)
	all, err := rows(r, err, h.scanOrder)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return all[0], nil
}

func (h *Hub) saveOrder(tx *db.Tx, b *book) error {
	deal, err := json.Marshal(b.deal)
	if err != nil {
		return err
	}
	_, err = tx.Exec("INSERT INTO orders ("+orderColumns+", cancelled, too_much) "+
		"VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "+
		"ON CONFLICT (id) DO UPDATE SET shop = excluded.shop, channel = excluded.channel, "+
		"currency = excluded.currency, total = excluded.total, ordered = excluded.ordered, "+
		"changed = excluded.changed, cancelled = excluded.cancelled, rev = excluded.rev, deal = excluded.deal, "+
		"sealed = excluded.sealed, too_much = excluded.too_much",
		b.ID, b.n, b.Shop, b.Channel, b.Currency, b.Total, millis(b.Ordered), millis(b.Changed), flag(b.Everywhere),
		b.Rev, string(deal), h.vault.seal(b.body), flag(b.Cancelled), b.tooMuch)
	return err
}

const returnColumns = "station, n, doc"

func scanReturn(r *sql.Rows) (*keptReturn, error) {
	k := new(keptReturn)
	var doc string
	err := r.Scan(&k.station, &k.n, &doc)
	if err == nil {
		err = json.Unmarshal([]byte(doc), k)
	}
	return k, err
}

func (h *Hub) loadReturn(tx *db.Tx, station, id string) (*keptReturn, error) {
	r, err := tx.Query("SELECT "+returnColumns+" FROM returns WHERE station = ? AND id = ?", station, id)
	all, err := rows(r, err, scanReturn)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return all[0], nil
}

// loadReturns reads all returns of an order.
func (h *Hub) loadReturns(tx *db.Tx, order string) ([]*keptReturn, error) {
	r, err := tx.Query("SELECT "+returnColumns+" FROM returns WHERE order_id = ? ORDER BY station, id", order)
	return rows(r, err, scanReturn)
}

func (h *Hub) saveReturn(tx *db.Tx, k *keptReturn) error {
	k.Rev++
	doc, err := json.Marshal(k)
	if err != nil {
		return err
	}
	_, err = tx.Exec("INSERT INTO returns (station, id, n, order_id, state, waiting, again, doc) "+
		"VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (station, id) DO UPDATE SET state = excluded.state, "+
		"waiting = excluded.waiting, again = excluded.again, doc = excluded.doc",
		k.station, k.Case.ID, k.n, k.Case.Order, string(k.Case.State), flag(k.waits()), flag(k.Again), string(doc))
	return err
}

func scanRefund(r *sql.Rows) (*keptRefund, error) {
	k := new(keptRefund)
	var doc string
	err := r.Scan(&k.station, &k.n, &doc)
	if err == nil {
		err = json.Unmarshal([]byte(doc), k)
	}
	return k, err
}

func (h *Hub) loadRefunds(tx *db.Tx, where string, args ...any) ([]*keptRefund, error) {
	r, err := tx.Query("SELECT station, n, doc FROM refunds WHERE "+where+" ORDER BY n", args...)
	return rows(r, err, scanRefund)
}

func (h *Hub) saveRefund(tx *db.Tx, k *keptRefund) error {
	k.Changed = h.now()
	doc, err := json.Marshal(k)
	if err != nil {
		return err
	}
	r := k.Refund
	_, err = tx.Exec("INSERT INTO refunds (station, id, n, order_id, case_id, state, waiting, doc) "+
		"VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (station, id) DO UPDATE SET state = excluded.state, "+
		"waiting = excluded.waiting, doc = excluded.doc",
		k.station, r.ID, k.n, r.Order, r.Case, string(r.State), flag(k.waits()), string(doc))
	return err
}

func scanText(r *sql.Rows) (s string, err error) {
	err = r.Scan(&s)
	return s, err
}

// sites are the stations that have joined and were not removed, and what each calls itself.
func (h *Hub) sites(tx *db.Tx) (map[string]string, error) {
	r, err := tx.Query("SELECT id, site FROM stations WHERE removed = 0")
	all, err := rows(r, err, func(r *sql.Rows) (s [2]string, err error) {
		err = r.Scan(&s[0], &s[1])
		return s, err
	})
	sites := map[string]string{}
	for _, s := range all {
		sites[s[0]] = s[1]
	}
	return sites, err
}

// settle decides what follows from what is known of an order now, and tells the stations.
func (h *Hub) settle(tx *db.Tx, order string) error {
	if order == "" {
		return nil
	}
	b, err := h.loadOrder(tx, order)
	if err != nil {
		return err
	}
	all, err := h.loadReturns(tx, order)
	if err != nil {
		return err
	}
	if b == nil {
		b = &book{ID: order} // was put at the station past the hub: a person answers
		return h.answers(tx, b, all)
	}
	return h.settleWith(tx, b, all)
}

func (h *Hub) settleWith(tx *db.Tx, b *book, all []*keptReturn) error {
	if err := h.answers(tx, b, all); err != nil {
		return err
	}
	return h.saveOrder(tx, b)
}

// claims are returns as the rule sees them.
func claims(all []*keptReturn) (list []*claim) {
	for _, r := range all {
		list = append(list, &claim{
			station: r.station, id: r.Case.ID, asked: r.Case.Requested, units: r.units(),
			conditional: r.Case.Conditional, state: r.Case.State, answer: r.Answer, reason: r.Reason, again: r.Again,
			why: r.Why, waitsFor: r.For,
		})
	}
	return list
}

// answers decides, keeps the answers and tells the stations of them and of all else.
func (h *Hub) answers(tx *db.Tx, b *book, all []*keptReturn) error {
	return h.answersWith(tx, b, all, nil)
}

// answersWith is answers after a person has answered a return.
func (h *Hub) answersWith(tx *db.Tx, b *book, all []*keptReturn, answered *keptReturn) error {
	sites, err := h.sites(tx)
	if err != nil {
		return err
	}
	here := map[string]bool{}
	for station := range sites {
		here[station] = true
		if b.Everywhere {
			b.place(station)
		}
	}
	list := claims(all)
	for i, r := range all {
		list[i].told = r == answered
	}
	todo := b.decide(list, here, h.now())
	b.tooMuch = 0
	for _, l := range b.Lines {
		b.tooMuch += max(0, b.firm(l, list, nil)-l.Quantity)
	}
	for i, c := range list {
		if err := h.keepAnswer(tx, all[i], c); err != nil {
			return err
		}
	}
	for _, t := range todo {
		if err := h.tellOf(tx, b, t, sites); err != nil {
			return err
		}
	}
	return nil
}

// keepAnswer keeps what was decided of a return, and tells its station.
func (h *Hub) keepAnswer(tx *db.Tx, r *keptReturn, c *claim) error {
	if !c.told && r.Why == c.why && r.For == c.waitsFor {
		return nil
	}
	r.Why, r.For = c.why, c.waitsFor
	if c.told {
		if r.Answer == "" {
			r.Answer, r.By, r.Reason, r.Answered = c.answer, "rule", c.reason, h.now()
		}
		r.Units, r.Again, r.Refused = r.all(), false, ""
		doc := protocol.AnswerDoc{Agreed: r.Answer == agreed, Reason: r.Reason, Units: r.Units}
		if err := h.tellAgain(tx, r.station, protocol.Returns, r.Case.ID, doc); err != nil {
			return err
		}
	}
	r.Changed = h.now()
	return h.saveReturn(tx, r)
}

// tellAgain tells a station something although it may have refused the same before.
func (h *Hub) tellAgain(tx *db.Tx, station, collection, id string, doc any) error {
	if _, err := h.Tell(tx, station, collection, id, nil); err != nil {
		return err
	}
	if _, err := h.Tell(tx, station, collection, id, doc); err != nil {
		return err
	}
	return forgetRefusal(tx, station, collection, id)
}

// tellOf tells stations something of an order.
func (h *Hub) tellOf(tx *db.Tx, b *book, t tell, sites map[string]string) (err error) {
	switch t.what {
	case tellOrder:
		return h.tellOrder(tx, b, t.station, t.again)
	case tellCame:
		doc, id := protocol.CameDoc{Quantity: b.place(t.station).Came[t.line].Told}, b.ID+"/"+t.line
		if t.again {
			return h.tellAgain(tx, t.station, protocol.Came, id, doc)
		}
		_, err = h.Tell(tx, t.station, protocol.Came, id, doc)
		return err
	}
	l := b.line(t.line)
	for station := range b.Places {
		if _, here := sites[station]; here && err == nil && (t.station == "" || t.station == station) {
			err = h.tellLease(tx, b, l, station, sites, false)
		}
	}
	return err
}

// tellLease tells a station who may take a line back. Where every station has the order
// only the one with the lease is told.
func (h *Hub) tellLease(
	tx *db.Tx, b *book, l *dealLine, station string, sites map[string]string, again bool,
) error {
	if l.Holder == "" || b.Everywhere && station != l.Holder {
		return nil
	}
	doc := protocol.LeaseDoc{Site: sites[l.Holder], Until: l.Until}
	if doc.Site == "" {
		doc.Site = l.Holder
	}
	if station != l.Holder && doc.Site == sites[station] {
		doc.Site = l.Holder // two stations call themselves the same: this one does not have it
	}
	if l.Ending {
		doc.Until = time.UnixMilli(l.Ended).UTC()
	}
	if again {
		return h.tellAgain(tx, station, protocol.Leases, b.ID+"/"+l.ID, doc)
	}
	_, err := h.Tell(tx, station, protocol.Leases, b.ID+"/"+l.ID, doc)
	return err
}

// tellOrder tells a station of an order, or all where all have it.
func (h *Hub) tellOrder(tx *db.Tx, b *book, station string, again bool) error {
	if b.Everywhere {
		station = Everywhere
	}
	var doc any
	if !b.Cancelled {
		sent, err := forStations(b.body)
		if err != nil {
			return err
		}
		doc = sent
	}
	if again && doc == nil {
		// A tombstone told again is a new one.
		if _, err := h.Tell(tx, station, protocol.Orders, b.ID, json.RawMessage("{}")); err != nil {
			return err
		}
	} else if again {
		return h.tellAgain(tx, station, protocol.Orders, b.ID, doc)
	}
	_, err := h.Tell(tx, station, protocol.Orders, b.ID, doc)
	return err
}

// forStations is the body of an order as stations are told it: without leases and what has
// come back elsewhere, which they are told by themselves.
func forStations(body json.RawMessage) (json.RawMessage, error) {
	var whole map[string]json.RawMessage
	var lines []map[string]json.RawMessage
	if err := json.Unmarshal(body, &whole); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(whole["lines"], &lines); err != nil {
		return nil, err
	}
	for _, l := range lines {
		delete(l, "lease")
		delete(l, "returned_elsewhere")
	}
	var err error
	if whole["lines"], err = json.Marshal(lines); err != nil {
		return nil, err
	}
	return json.Marshal(whole)
}
