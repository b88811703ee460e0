package store

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"strings"

	"modernc.org/sqlite"

	"cubby/locker"
	"cubby/locker/label"
)

// The functions of labels that migrations use.
func registerLabels(d *sqlite.Driver) error {
	if err := d.RegisterDeterministicScalarFunction("label_key", 1, labelKey); err != nil {
		return err
	}
	return d.RegisterDeterministicScalarFunction("label_numbers", 1, labelNumbers)
}

// labelKey is label.Key.
func labelKey(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
	text, ok := args[0].(string)
	if !ok {
		return nil, fmt.Errorf("a label is stored as %T", args[0])
	}
	return label.Key(text), nil
}

// labelNumbers lists the keys of what a label may stand for besides itself, as a
// JSON array.
func labelNumbers(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
	text, ok := args[0].(string)
	if !ok {
		return nil, fmt.Errorf("a label is stored as %T", args[0])
	}
	_, others := keysOf(text)
	b, err := json.Marshal(append([]string{}, others...))
	return string(b), err
}

// keysOf is label.Keys of an announced label, its own key apart.
func keysOf(text string) (own string, others []string) {
	keys := label.Keys(text)
	if len(keys) == 0 {
		return label.Key(text), nil
	}
	return keys[0], keys[1:]
}

// Queries for the parcels of a label. Most keys of parcels are their ids, which
// the index of keys leaves out; a parcel that is still expected comes first.
const (
	queryByLabel = `SELECT id, doc, sum FROM (
	SELECT id, doc, sum, state FROM parcels WHERE id = ?1 AND label_key = ?1 UNION ALL
	SELECT id, doc, sum, state FROM parcels WHERE label_key = ?1 AND label_key <> id UNION ALL
	SELECT p.id, p.doc, p.sum, p.state FROM spellings s CROSS JOIN parcels p ON p.id = s.parcel WHERE s.key = ?1)
	ORDER BY state IN ('collected','cancelled')`

	// Of a number that the label may stand for, only parcels that have it.
	queryByNumber = `SELECT id, doc, sum FROM parcels WHERE id = ?1 AND label_key = ?1 UNION ALL
	SELECT id, doc, sum FROM parcels WHERE label_key = ?1 AND label_key <> id UNION ALL
	SELECT p.id, p.doc, p.sum FROM spellings s CROSS JOIN parcels p ON p.id = s.parcel WHERE s.key = ?1 AND s.own = 1`
)

// What an announcement meets, read in one step: the parcel with its id and those
// that its label's key may mean. Where the key is the id one look fewer does.
const (
	queryAnnounced = `SELECT id, doc, sum FROM parcels WHERE id = ?1 UNION ALL
	SELECT id, doc, sum FROM parcels WHERE label_key = ?1 AND label_key <> id UNION ALL
	SELECT p.id, p.doc, p.sum FROM spellings s CROSS JOIN parcels p ON p.id = s.parcel WHERE s.key = ?1 AND s.parcel <> ?1`
	queryAnnouncedAs = `SELECT id, doc, sum FROM parcels WHERE id = ?1 UNION ALL
	SELECT id, doc, sum FROM parcels WHERE id = ?2 AND label_key = ?2 UNION ALL
	SELECT id, doc, sum FROM parcels WHERE label_key = ?2 AND label_key <> id AND id <> ?1 UNION ALL
	SELECT p.id, p.doc, p.sum FROM spellings s CROSS JOIN parcels p ON p.id = s.parcel WHERE s.key = ?2 AND s.parcel <> ?1`
)

// ByLabel reads the parcels that a label with these keys may mean.
func (tx *Tx) ByLabel(keys []string) (all []locker.Parcel) {
	for i, key := range keys {
		query := tx.s.statements.byNumber
		if i == 0 {
			query = tx.s.statements.byLabel
		}
		tx.query(query, func(row []driver.Value) error {
			var p locker.Parcel
			err := tx.s.document("parcels", row, &p)
			all = append(all, p)
			return err
		}, key)
	}
	return all
}

// Announced reads the parcel with this id, and the others that a label with these
// keys may mean.
func (tx *Tx) Announced(id string, keys []string) (known *locker.Parcel, others []locker.Parcel) {
	query, args := tx.s.statements.announced, []any{id}
	if len(keys) > 0 && keys[0] != id {
		query, args = tx.s.statements.announcedAs, []any{id, keys[0]}
	}
	read := func(row []driver.Value) error {
		var p locker.Parcel
		if err := tx.s.document("parcels", row, &p); err != nil {
			return err
		}
		if p.ID == id {
			known = &p
		} else {
			others = append(others, p)
		}
		return nil
	}
	tx.query(query, read, args...)
	for _, key := range keys[min(1, len(keys)):] {
		tx.query(tx.s.statements.byNumber, read, key)
	}
	return known, others
}

// saveParcel writes a parcel and the keys of all its labels.
func (tx *Tx) saveParcel(p *locker.Parcel) {
	q := &tx.s.statements
	own, others := keysOf(p.Label)
	doc := string(p.AppendJSON(make([]byte, 0, 384)))
	tx.exec(q.putParcel, p.ID, string(p.State), own, p.OrderID, doc, tx.s.sum("parcels", p.ID, doc))
	if p.Rev != 1 { // before the first there was nothing
		tx.exec(q.dropSpellings, p.ID)
	}
	for _, key := range others {
		tx.exec(q.putSpelling, key, p.ID, 0)
	}
	for _, text := range p.Labels {
		own, others := keysOf(text)
		tx.exec(q.putSpelling, own, p.ID, 1)
		for _, key := range others {
			tx.exec(q.putSpelling, key, p.ID, 0)
		}
	}
}

// whereLabel restricts a list to the parcels that a label may mean. It is
// written so that each index serves.
func whereLabel(text string) (where string, args []any) {
	keys := label.Keys(text)
	if len(keys) == 0 {
		keys = []string{text} // it can be nobody's
	}
	var parts []string
	for i, key := range keys {
		parts = append(parts, "SELECT id FROM parcels WHERE id = ? AND label_key = id",
			"SELECT id FROM parcels WHERE label_key = ? AND label_key <> id", "SELECT parcel FROM spellings WHERE key = ?")
		args = append(args, key, key, key)
		if i > 0 {
			parts[len(parts)-1] += " AND own = 1"
		}
	}
	return "id IN (" + strings.Join(parts, " UNION ") + ")", args
}
