package webhook

import (
	"context"
	"strings"
	"time"

	"cubby/sync/db"
)

// Filter selects deliveries; empty members do not restrict.
type Filter struct {
	Endpoint, State string
	Before          int64 // numbers below this one; 0: from the newest
	Limit           int   // 1 to 100
}

// States are those of a delivery.
var States = []string{"waits", "done", "dead"}

// A Delivery is one event for one endpoint, without its body.
type Delivery struct {
	N                     int64
	Endpoint, Event, Type string
	State                 string // waits, done, dead
	Attempts              int
	Status                int    // of the last answer; 0: there was none
	Detail                string // why the last try failed
	Created, Due          time.Time
	Ended                 *time.Time
}

// Endpoints lists all, the oldest first.
func (s *Sender) Endpoints(ctx context.Context) ([]Endpoint, error) {
	return endpoints(s.cfg.DB.Query(ctx, allEndpoints))
}

// Deliveries lists what was posted or is to be, the newest first.
func (s *Sender) Deliveries(ctx context.Context, f Filter) (all []Delivery, err error) {
	where, args := []string{"1 = 1"}, []any{}
	for column, value := range map[string]string{"endpoint": f.Endpoint, "state": f.State} {
		if value != "" {
			where, args = append(where, column+" = ?"), append(args, value)
		}
	}
	if f.Before > 0 {
		where, args = append(where, "n < ?"), append(args, f.Before)
	}
	rows, err := s.cfg.DB.Query(ctx, "SELECT n, endpoint, event, type, state, attempts, status, detail, "+
		"created, due, "+
		"ended FROM webhook_deliveries WHERE "+strings.Join(where, " AND ")+" ORDER BY n DESC LIMIT ?",
		append(args, min(max(f.Limit, 1), 100))...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var d Delivery
		var created, due, ended int64
		if err := rows.Scan(&d.N, &d.Endpoint, &d.Event, &d.Type, &d.State, &d.Attempts, &d.Status,
			&d.Detail, &created,
			&due, &ended); err != nil {
			return nil, err
		}
		d.Created, d.Due = time.UnixMilli(created).UTC(), time.UnixMilli(due).UTC()
		if ended > 0 {
			at := time.UnixMilli(ended).UTC()
			d.Ended = &at
		}
		all = append(all, d)
	}
	return all, rows.Err()
}

// Replay has what is dead at an endpoint posted again, and says how many that are.
func (s *Sender) Replay(tx *db.Tx, endpoint string) (int64, error) {
	if _, _, err := s.endpoint(tx, endpoint); err != nil {
		return 0, err
	}
	done, err := tx.Exec("UPDATE webhook_deliveries SET state = 'waits', attempts = 0, due = ?, ended = 0 "+
		"WHERE endpoint = ? AND state = 'dead' AND sealed IS NOT NULL", time.Now().UnixMilli(), endpoint)
	if err != nil {
		return 0, err
	}
	return done.RowsAffected()
}

// keptFor is how long the log of what was delivered is kept; what is dead is kept until it
// is replayed or its endpoint is removed.
const keptFor = 30 * 24 * time.Hour

// tidy forgets what was delivered long ago.
func (s *Sender) tidy(ctx context.Context) error {
	return s.cfg.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("DELETE FROM webhook_deliveries WHERE state = 'done' AND ended < ?",
			time.Now().Add(-keptFor).UnixMilli())
		return err
	})
}
