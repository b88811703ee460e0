package notify

import (
	"context"
	"fmt"
	"strings"
	"time"

	"cubby/sync/db"
)

// A Message is what readers get of a message: nothing personal.
type Message struct {
	N        int64
	Station  string
	Subject  string // parcels/ID, returns/ID, refunds/ID
	Kind     Kind
	Channel  string // email, sms
	State    State
	Reason   string // why it failed or was dropped, or what went wrong last
	Letter   string // the same for all that went in one message; empty: not tried yet
	Attempts int64
	Queued   time.Time
	Due      time.Time
	Done     time.Time // zero: not yet
}

// Filter selects messages; empty members do not restrict.
type Filter struct {
	Station, Subject string
	State            State
	Before           int64 // only those before this N
	Limit            int   // 1 to 1000; 0: 50
}

// Messages reads messages, the newest first.
func (n *Notifier) Messages(ctx context.Context, f Filter) ([]Message, error) {
	return Read(ctx, n.db, f)
}

// Read reads messages where nobody sends any now.
func Read(ctx context.Context, d *db.Database, f Filter) (all []Message, err error) {
	where, args := []string{"1 = 1"}, []any{}
	for _, c := range []struct{ column, value string }{
		{"station", f.Station}, {"subject", f.Subject}, {"state", string(f.State)},
	} {
		if c.value != "" {
			where, args = append(where, c.column+" = ?"), append(args, c.value)
		}
	}
	if f.Before > 0 {
		where, args = append(where, "n < ?"), append(args, f.Before)
	}
	limit := min(f.Limit, 1000)
	if limit <= 0 {
		limit = 50
	}
	rows, err := d.Query(ctx, "SELECT n, station, subject, kind, channel, state, reason, letter, attempts, queued, "+
		"due, done FROM messages WHERE "+strings.Join(where, " AND ")+" ORDER BY n DESC LIMIT ?",
		append(args, limit)...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var m Message
		var queued, due, done int64
		if err := rows.Scan(&m.N, &m.Station, &m.Subject, &m.Kind, &m.Channel, &m.State, &m.Reason, &m.Letter,
			&m.Attempts, &queued, &due, &done); err != nil {
			return nil, err
		}
		m.Queued, m.Due = time.UnixMilli(queued).UTC(), time.UnixMilli(due).UTC()
		if done > 0 {
			m.Done = time.UnixMilli(done).UTC()
		}
		all = append(all, m)
	}
	return all, rows.Err()
}

// Count is how many messages of a kind are in a state.
type Count struct {
	Kind  Kind
	State State
	N     int64
}

// Counts are for metrics and health: messages of the last 24 hours that are done, and all
// that are not.
func (n *Notifier) Counts(ctx context.Context) (all []Count, err error) {
	rows, err := n.db.Query(ctx, "SELECT kind, state, count(*) FROM messages WHERE done = 0 OR done > ? "+
		"GROUP BY kind, state ORDER BY kind, state", n.cfg.Now().Add(-24*time.Hour).UnixMilli())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var c Count
		if err := rows.Scan(&c.Kind, &c.State, &c.N); err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, rows.Err()
}

// Trouble says what keeps messages from going out, in a sentence for staff that names
// nobody; empty: nothing does.
func (n *Notifier) Trouble(ctx context.Context) (string, error) {
	since := n.cfg.Now().Add(-24 * time.Hour).UnixMilli()
	for _, q := range []struct{ where, sentence string }{
		{"state = 'failed' AND done > ?", "of the last 24 hours have failed"},
		{"state = 'waiting' AND attempts > 2 AND queued > ?", "are tried again and again"},
	} {
		var count int
		var subject, reason string
		if err := n.db.QueryRow(ctx, "SELECT count(*) FROM messages WHERE "+q.where, since).Scan(&count); err != nil {
			return "", err
		}
		if count == 0 {
			continue
		}
		if err := n.db.QueryRow(ctx, "SELECT subject, reason FROM messages WHERE "+q.where+" ORDER BY n DESC LIMIT 1",
			since).Scan(&subject, &reason); err != nil {
			return "", err
		}
		return fmt.Sprintf("%d %s, the newest about %s: %s", count, q.sentence, subject, reason), nil
	}
	return "", nil
}
