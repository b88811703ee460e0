package notify

import (
	"database/sql"

	"cubby/sync/db"
)

// Keep remembers whom to write to about a parcel, and about what comes back of its order.
// Messages that wait go to the new contact.
func (n *Notifier) Keep(tx *db.Tx, station, parcel, order string, who Person) error {
	if who.Email == "" && who.Phone == "" {
		return n.Forget(tx, station, parcel)
	}
	before, err := n.who(tx, station, parcel, "")
	if err != nil || before == who {
		return err
	}
	sealed, err := n.vault.seal(who)
	if err != nil {
		return err
	}
	if _, err = tx.Exec("INSERT INTO contacts (station, parcel, order_id, until, sealed) VALUES (?, "+
		"?, ?, 0, ?) "+
		"ON CONFLICT (station, parcel) DO UPDATE SET order_id = excluded.order_id, until = 0, "+
		"sealed = excluded.sealed", station, parcel, order, sealed); err != nil || before == (Person{}) {
		return err
	}
	return n.readdress(tx, station, "parcels/"+parcel, who)
}

// readdress sends what waits to another contact. What was tried already is not.
func (n *Notifier) readdress(tx *db.Tx, station, subject string, who Person) error {
	type row struct {
		n      int64
		kind   string
		sealed []byte
	}
	var rows []row
	found, err := tx.Query("SELECT n, kind, sealed FROM messages WHERE station = ? AND subject = ? AND "+
		"letter = '' "+
		"AND state IN ('waiting', 'held') AND kind <> ?", station, subject, string(Delegate))
	if err != nil {
		return err
	}
	for found.Next() {
		var r row
		if err := found.Scan(&r.n, &r.kind, &r.sealed); err != nil {
			return closing(found, err)
		}
		rows = append(rows, r)
	}
	if err := closing(found, found.Err()); err != nil {
		return err
	}
	for _, r := range rows {
		var c content
		if err := n.vault.unseal(r.sealed, &c); err != nil {
			return err
		}
		channel, address, problem := n.reach(who, Kind(r.kind))
		if channel == "" || problem != "" {
			continue // the old one is better than none
		}
		who.Language = orElse(who.Language, c.Who.Language)
		c.Who = who
		sealed, err := n.vault.seal(c)
		if err != nil {
			return err
		}
		if _, err := tx.Exec("UPDATE messages SET channel = ?, person = ?, sealed = ? WHERE n = ?", channel,
			n.vault.person(channel, address), sealed, r.n); err != nil {
			return err
		}
	}
	return nil
}

// isHeld reports whether a parcel's code opens nothing for now.
func (n *Notifier) isHeld(tx *db.Tx, station, parcel string) (bool, error) {
	var held int64
	err := tx.QueryRow("SELECT held FROM contacts WHERE station = ? AND parcel = ?", station, parcel).Scan(&held)
	if err == sql.ErrNoRows {
		return false, nil
	}
	return held != 0, err
}

// Forget lets a parcel's contact go, with what waits to be sent about it.
func (n *Notifier) Forget(tx *db.Tx, station, parcel string) error {
	if _, err := tx.Exec("DELETE FROM contacts WHERE station = ? AND parcel = ?", station, parcel); err != nil {
		return err
	}
	_, err := tx.Exec("UPDATE messages SET state = 'dropped', reason = 'the contact was erased', done = ?, "+
		"sealed = NULL WHERE station = ? AND subject = ? AND state IN ('waiting', 'held')",
		n.cfg.Now().UnixMilli(), station, "parcels/"+parcel)
	return err
}

// Ended lets a contact go when its parcel has ended: what comes back of the order may
// need it for some time.
func (n *Notifier) Ended(tx *db.Tx, station, parcel string) (err error) {
	if n.cfg.Contacts <= 0 {
		_, err = tx.Exec("DELETE FROM contacts WHERE station = ? AND parcel = ?", station, parcel)
		return err
	}
	_, err = tx.Exec("UPDATE contacts SET until = ? WHERE station = ? AND parcel = ? AND until = 0",
		n.cfg.Now().Add(n.cfg.Contacts).UnixMilli(), station, parcel)
	return err
}

// who looks a contact up: that of the parcel, else the newest of the order.
func (n *Notifier) who(tx *db.Tx, station, parcel, order string) (p Person, err error) {
	var sealed []byte
	err = sql.ErrNoRows
	if parcel != "" {
		err = tx.QueryRow("SELECT sealed FROM contacts WHERE station = ? AND parcel = ?", station, parcel).
			Scan(&sealed)
	}
	if err == sql.ErrNoRows && order != "" {
		err = tx.QueryRow("SELECT sealed FROM contacts WHERE order_id = ? "+
			"ORDER BY until = 0 DESC, until DESC LIMIT 1", order).Scan(&sealed)
	}
	if err == sql.ErrNoRows {
		return p, nil
	}
	if err == nil {
		err = n.vault.unseal(sealed, &p)
	}
	return p, err
}
