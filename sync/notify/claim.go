package notify

import (
	"database/sql"
	"slices"
	"time"

	"cubby/sync/db"
)

// row is what claim reads of a message.
type row struct {
	n        int64
	kind     Kind
	station  string
	subject  string
	person   string
	channel  string
	letter   string
	attempts int64
	due      time.Time
	stale    time.Time
	deadline time.Time
	reason   string
	sealed   []byte
}

const rowColumns = "n, kind, station, subject, person, channel, letter, attempts, due, stale, deadline, reason, sealed"

func readRows(found *sql.Rows, err error) (all []row, _ error) {
	if err != nil {
		return nil, err
	}
	for found.Next() {
		var r row
		var due, stale, deadline int64
		if err := found.Scan(&r.n, &r.kind, &r.station, &r.subject, &r.person, &r.channel, &r.letter, &r.attempts,
			&due, &stale, &deadline, &r.reason, &r.sealed); err != nil {
			return nil, closing(found, err)
		}
		r.due, r.stale = time.UnixMilli(due), time.UnixMilli(stale)
		if deadline > 0 {
			r.deadline = time.UnixMilli(deadline)
		}
		all = append(all, r)
	}
	return all, closing(found, found.Err())
}

// claim chooses the letter that is due first and writes down that it is being sent. What
// came to say nothing is dropped, what has to wait gets another time. Without a letter
// more says whether it is worth asking again.
func (n *Notifier) claim(tx *db.Tx, now time.Time) (l *letter, rows []row, more bool, err error) {
	first, err := readRows(tx.Query("SELECT "+rowColumns+" FROM messages WHERE state IN ('waiting', 'sending') "+
		"AND due <= ? ORDER BY due, n LIMIT 1", now.UnixMilli()))
	if err != nil || len(first) == 0 {
		return nil, nil, false, err
	}
	rows, err = n.together(tx, first[0], now)
	if err != nil {
		return nil, nil, false, err
	}
	var ready []told
	for _, r := range rows {
		c, ok, err := n.ripe(tx, r, now)
		if err != nil {
			return nil, nil, false, err
		}
		if ok {
			ready = append(ready, told{c, r})
		}
	}
	if ready, err = n.withinLimits(tx, ready, now); err != nil || len(ready) == 0 {
		return nil, nil, true, err
	}
	id := ready[0].letter
	if id == "" {
		id = newLetter()
	}
	if l, ready, err = n.write(id, ready); err != nil {
		return nil, nil, true, n.done(tx, only(ready), Failed, "it cannot be written: "+plainError(err), now)
	}
	for i := range ready {
		ready[i].letter = id
		ready[i].attempts++
		if _, err := tx.Exec("UPDATE messages SET state = 'sending', letter = ?, attempts = ?, due = ? WHERE n = ?",
			id, ready[i].attempts, now.Add(lease).UnixMilli(), ready[i].n); err != nil {
			return nil, nil, false, err
		}
	}
	return l, only(ready), true, nil
}

func only(all []told) (rows []row) {
	for _, t := range all {
		rows = append(rows, t.row)
	}
	return rows
}

// together are the rows that go with one that is due: those of its letter when it was
// tried before, else what else waits for the same person within the time of merging.
func (n *Notifier) together(tx *db.Tx, first row, now time.Time) ([]row, error) {
	if first.letter != "" {
		return readRows(tx.Query("SELECT "+rowColumns+" FROM messages WHERE letter = ? AND "+
			"state IN ('waiting', 'sending') AND due <= ? ORDER BY n", first.letter, now.UnixMilli()))
	}
	return readRows(tx.Query("SELECT "+rowColumns+" FROM messages WHERE person = ? AND channel = ? AND letter = '' "+
		"AND state = 'waiting' AND due <= ? ORDER BY n LIMIT 20", first.person, first.channel,
		now.Add(n.cfg.Merge).UnixMilli()))
}

// ripe reads a row's content, unless it says nothing any more.
func (n *Notifier) ripe(tx *db.Tx, r row, now time.Time) (c content, ok bool, err error) {
	switch {
	case now.After(r.stale) && r.attempts > 0:
		return c, false, n.done(tx, []row{r}, Failed, orElse(r.reason, "how an attempt ended is not known"), now)
	case now.After(r.stale):
		return c, false, n.done(tx, []row{r}, Dropped, "its time is over", now)
	case n.send[r.channel] == nil:
		return c, false, n.done(tx, []row{r}, Failed, "nothing is sent by "+r.channel+" any more", now)
	}
	if err := n.vault.unseal(r.sealed, &c); err != nil {
		return c, false, n.done(tx, []row{r}, Failed, err.Error(), now)
	}
	return c, true, nil
}

// withinLimits leaves out what has to wait: for the end of the quiet hours, or because
// the person got enough in a day.
func (n *Notifier) withinLimits(tx *db.Tx, ready []told, now time.Time) (may []told, err error) {
	if len(ready) == 0 {
		return nil, nil
	}
	if ready[0].letter != "" {
		return n.again(tx, ready, now)
	}
	since := now.Add(-24 * time.Hour)
	var letters, oldest int64
	if err := tx.QueryRow("SELECT count(*), coalesce(min(done), 0) FROM (SELECT letter, max(done) AS done "+
		"FROM messages WHERE person = ? AND state = 'sent' AND done > ? GROUP BY letter "+
		"ORDER BY done DESC LIMIT ?) AS sent",
		ready[0].person, since.UnixMilli(), max(n.cfg.ADay, 1)).Scan(&letters, &oldest); err != nil {
		return nil, err
	}
	for _, t := range ready {
		until := n.cfg.Quiet.end(now, t.zone())
		if n.cfg.ADay > 0 && letters >= int64(n.cfg.ADay) {
			if day := n.cfg.Quiet.end(time.UnixMilli(oldest).Add(24*time.Hour), t.zone()); day.After(until) {
				until = day
			}
		}
		if !until.After(now) || n.cfg.urgent(t.kind, t.deadline, until) {
			may = append(may, t)
			continue
		}
		if _, err := tx.Exec("UPDATE messages SET due = ? WHERE n = ?", until.UnixMilli(), t.n); err != nil {
			return nil, err
		}
	}
	return may, nil
}

// again lets a message that was tried before be tried once more, whole, unless it is night.
func (n *Notifier) again(tx *db.Tx, ready []told, now time.Time) ([]told, error) {
	until := n.cfg.Quiet.end(now, ready[0].zone())
	if !until.After(now) || slices.ContainsFunc(ready, func(t told) bool {
		return n.cfg.urgent(t.kind, t.deadline, until)
	}) {
		return ready, nil
	}
	_, err := tx.Exec("UPDATE messages SET due = ? WHERE letter = ? AND state IN ('waiting', 'sending')",
		until.UnixMilli(), ready[0].letter)
	return nil, err
}

// write composes a letter. An SMS takes as much as fits; the rest goes in another one.
func (n *Notifier) write(id string, ready []told) (*letter, []told, error) {
	for {
		l, err := n.compose(id, ready)
		if err != nil {
			return nil, ready, err
		}
		first := ready[0]
		if first.channel == byEmail {
			l.address = first.Who.Email
			return l, ready, nil
		}
		if l.address, err = phoneNumber(first.Who.Phone, n.cfg.SMS.Country); err != nil {
			return nil, ready, err
		}
		l.sms = fitSMS(l.sms)
		if Parts(l.sms) <= n.cfg.SMS.maxParts() {
			return l, ready, nil
		}
		if len(ready) > 1 && first.letter == "" {
			ready = ready[:len(ready)-1]
			continue
		}
		if first.Place.Address != "" || first.Place.Help != "" {
			for i := range ready {
				ready[i].Place.Address, ready[i].Place.Help = "", ""
			}
			continue
		}
		return nil, ready, errTooLong
	}
}
