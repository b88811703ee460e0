package hub

import (
	"database/sql"
	"encoding/json"
	"fmt"

	"cubby/sync/db"
	"cubby/sync/protocol"
)

// Everywhere stands for all stations in Tell: a thing that each of them gets.
const Everywhere = ""

// Tell has a station know the newest state of a thing, or that it is gone: doc is a
// document of package protocol, nil when it is gone. A change that says what was said
// before is none. rev is the thing's revision afterwards.
//
// Changes are kept one for each thing, at the place of the newest. Their sequence is
// given out by one counter inside the transaction, so that whoever reads up to one has
// read all before. Documents are sealed at rest: they hold names, addresses and PINs.
func (h *Hub) Tell(tx *db.Tx, station, collection, id string, doc any) (rev int64, err error) {
	return h.tell(tx, station, collection, id, doc, false)
}

// tell is Tell; anew also what was said before, for the station may have changed it since.
func (h *Hub) tell(
	tx *db.Tx, station, collection, id string, doc any, anew bool,
) (rev int64, err error) {
	var text []byte
	if doc != nil {
		if text, err = json.Marshal(doc); err != nil {
			return 0, err
		}
	}
	rows, err := tx.Query(
		"SELECT rev, deleted, sealed FROM changes WHERE station = ? AND collection = ? AND id = ?",
		station,
		collection,
		id,
	)
	if err != nil {
		return 0, err
	}
	var deleted int64
	var sealed []byte
	found := rows.Next()
	if found {
		err = rows.Scan(&rev, &deleted, &sealed)
	}
	if closed := rows.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return 0, err
	}
	if !found && doc == nil {
		return 0, nil // nobody was told of it
	}
	if found {
		before, err := h.vault.unseal(sealed)
		if err != nil {
			return 0, fmt.Errorf("the change of %s %s: %w", collection, id, err)
		}
		if (deleted == 1) == (doc == nil) && string(before) == string(text) && !(anew && doc != nil) {
			return rev, nil
		}
	}
	seq, err := tx.Next("changes")
	if err != nil {
		return 0, err
	}
	gone := 0
	if doc == nil {
		gone = 1
	}
	rev = seq // so that it grows over a thing that was forgotten, too
	_, err = tx.Exec("INSERT INTO changes (seq, station, collection, id, rev, deleted, sealed, at) "+
		"VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (station, collection, id) DO UPDATE SET "+
		"seq = excluded.seq, rev = excluded.rev, deleted = excluded.deleted, sealed = excluded.sealed, "+
		"at = excluded.at",
		seq, station, collection, id, rev, gone, h.vault.seal(text), h.now().UnixMilli())
	if err != nil {
		return 0, err
	}
	return rev, forgetRefusal(tx, station, collection, id)
}

// forgetRefusal ends the trouble that a station did not take what it is told anew.
func forgetRefusal(tx *db.Tx, station, collection, id string) error {
	_, err := tx.Exec("DELETE FROM refusals WHERE (station = ? OR ? = '') AND collection = ? AND id = ?",
		station, station, collection, id)
	return err
}

// tellUnknown tells a station anew what another version of its program did not know.
func (h *Hub) tellUnknown(tx *db.Tx, station string) error {
	type thing struct{ station, collection, id string }
	r, err := tx.Query("SELECT c.station, c.collection, c.id FROM refusals r JOIN changes c "+
		"ON c.collection = r.collection AND c.id = r.id AND c.station IN ('', r.station) "+
		"WHERE r.station = ? AND r.slug = ?", station, unknownCollection)
	all, err := rows(r, err, func(r *sql.Rows) (t thing, err error) {
		err = r.Scan(&t.station, &t.collection, &t.id)
		return t, err
	})
	if err != nil {
		return err
	}
	for _, t := range all {
		seq, err := tx.Next("changes")
		if err != nil {
			return err
		}
		if _, err := tx.Exec("UPDATE changes SET seq = ?, rev = ? WHERE station = ? AND collection = ? AND id = ?",
			seq, seq, t.station, t.collection, t.id); err != nil {
			return err
		}
		if err := forgetRefusal(tx, station, t.collection, t.id); err != nil {
			return err
		}
	}
	return nil
}

// unknownCollection is why a station refuses what its program is too old for.
const unknownCollection = "unknown-collection"

// change reads a row of changes: rev, deleted, sealed.
func (h *Hub) change(collection, id string, rev, deleted int64, sealed []byte) (protocol.Change, error) {
	doc, err := h.vault.unseal(sealed)
	if err != nil {
		return protocol.Change{}, fmt.Errorf("the change of %s %s: %w", collection, id, err)
	}
	c := protocol.Change{Collection: collection, ID: id, Rev: rev, Deleted: deleted == 1}
	if !c.Deleted {
		c.Doc = doc
	}
	return c, nil
}
