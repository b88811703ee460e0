package hub

import (
	"encoding/json"

	"cubby/locker/health"
	"cubby/locker/ledger"
	"cubby/sync/db"
	"cubby/sync/protocol"
)

// An Event is a fact with its data, as projections get it: once, in the order of its
// station. Data is without code and PIN, which stand beside it.
type Event struct {
	Fact
	Data      json.RawMessage
	Code, PIN string
}

// A Projection follows from facts alone. It runs in the transaction that stores the fact.
// A *ledger.Refusal sends the fact to quarantine, and nothing of it is kept here; with any
// other error nothing of the push is taken in. Facts of a type that it does not know it
// passes over.
type Projection func(h *Hub, tx *db.Tx, e Event) error

// projections are all, in the order in which they follow.
var projections = []Projection{
	projectDoors, projectParcels, projectStock, projectDevices, projectRefusals,
	projectTrade, projectMessages, projectTokens, projectCommands, projectLeases, projectCases,
}

// readData reads what a projection needs of a fact.
func readData(e Event, to any) error {
	if err := json.Unmarshal(e.Data, to); err != nil {
		return ledger.Refuse(ledger.Invalid, "unreadable-data", "the data of %s cannot be read", e.Type)
	}
	return nil
}

// badData refuses a fact whose data lacks something.
func badData(e Event, member string) error {
	return ledger.Refuse(
		ledger.Invalid,
		"unreadable-data",
		"the data of %s has no %s that can be used",
		e.Type,
		member,
	)
}

// usable reports whether a text of a fact can be kept as a name.
func usable(s string, most int) bool { return s != "" && len(s) <= most && clean(s) }

// projectStock follows what goods are where.
func projectStock(h *Hub, tx *db.Tx, e Event) error {
	if e.Type != "stock.moved" {
		return nil
	}
	var d struct {
		SKU      string `json:"sku"`
		From, To string
		Quantity int64
		OnHand   *int64 `json:"on_hand"`
	}
	if err := readData(e, &d); err != nil {
		return err
	}
	if !usable(d.SKU, maxID) || d.OnHand == nil {
		return badData(e, "article")
	}
	if d.Quantity < 0 || d.Quantity > mostOnHand || *d.OnHand < -mostOnHand || *d.OnHand > mostOnHand {
		return badData(e, "quantity")
	}
	moved := map[string]int64{}
	for place, by := range map[string]int64{d.From: -d.Quantity, d.To: d.Quantity} {
		switch place {
		case "", "on_hand", "shelf", "door", "warehouse", "damaged": // on hand, as the fact says how many
		case "quarantine", "in_transit":
			moved[place] += by
		default:
			moved["elsewhere"] += by
		}
	}
	_, err := tx.Exec(
		"INSERT INTO stock (station, sku, on_hand, quarantine, in_transit, elsewhere, changed) "+
			"VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (station, sku) DO UPDATE SET on_hand = excluded.on_hand, "+
			"quarantine = stock.quarantine + excluded.quarantine, "+
			"in_transit = stock.in_transit + excluded.in_transit, "+
			"elsewhere = stock.elsewhere + excluded.elsewhere, changed = excluded.changed",
		e.Station,
		d.SKU,
		*d.OnHand,
		moved["quarantine"],
		moved["in_transit"],
		moved["elsewhere"],
		millis(e.Happened),
	)
	return err
}

// projectDevices follows how devices do; the station's own sentences replace ours when it
// says all of itself the next time.
func projectDevices(h *Hub, tx *db.Tx, e Event) error {
	if e.Type != "device.changed" {
		return nil
	}
	var d struct{ Device, Condition, Detail, Kind, Severity string }
	if err := readData(e, &d); err != nil {
		return err
	}
	if !usable(d.Device, maxID) || !usable(d.Condition, maxID) {
		return badData(e, "device")
	}
	if d.Kind == "" {
		d.Kind = health.KindOf(d.Device)
	}
	said := health.Of(d.Kind, d.Condition)
	if d.Severity == "" {
		d.Severity = string(said.Severity)
	}
	return h.noteDevice(tx, e.Station, health.Device{
		Name: d.Device, Kind: d.Kind, State: d.Condition, Title: said.Title, Severity: health.Severity(d.Severity),
		Since: e.Happened, ToDo: said.ToDo, Detail: d.Detail,
	})
}

// projectRefusals follows what a station did not take of what it was told.
func projectRefusals(h *Hub, tx *db.Tx, e Event) error {
	if e.Type != "centre.change_refused" {
		return nil
	}
	var d struct {
		Collection, ID, Slug, Reason string
		Rev                          int64
	}
	if err := readData(e, &d); err != nil {
		return err
	}
	if !usable(d.Collection, maxID) || !usable(d.ID, maxName) {
		return badData(e, "thing")
	}
	var rev int64 // a change told since then is not refused, nor is what nobody is told any more
	err := tx.QueryRow("SELECT rev FROM changes WHERE station IN ('', ?) AND collection = ? AND id = ? "+
		"ORDER BY rev DESC LIMIT 1", e.Station, d.Collection, d.ID).Scan(&rev)
	if err != nil && !isNone(err) {
		return err
	}
	if rev > d.Rev || rev == 0 {
		return nil
	}
	reason := short(d.Reason)
	if reason == "" {
		reason = short(d.Slug)
	}
	if _, err := tx.Exec("INSERT INTO refusals (station, collection, id, rev, slug, reason, at) "+
		"VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (station, collection, id) DO UPDATE SET rev = excluded.rev, "+
		"slug = excluded.slug, reason = excluded.reason, at = excluded.at",
		e.Station, d.Collection, d.ID, d.Rev, short(d.Slug), reason, millis(e.Happened)); err != nil {
		return err
	}
	if d.Collection == protocol.Parcels || d.Collection == protocol.Codes {
		_, err = tx.Exec("UPDATE parcels SET refused = ?, rev = rev + 1 WHERE station = ? AND id = ?",
			reason, e.Station, d.ID)
	}
	return err
}
