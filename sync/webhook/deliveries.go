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
	Created               time.Time
	Due                   time.Time // zero: when those of its subject before it have ended
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
		d.Created = time.UnixMilli(created).UTC()
		if due != behind {
			d.Due = time.UnixMilli(due).UTC()
		}
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

// A Count is how many deliveries of a state an endpoint has; of those done, of the last 30
// days.
type Count struct {
	Endpoint, State string
	N               int64
}

// Counts are those that are not zero.
func (s *Sender) Counts(ctx context.Context) (all []Count, err error) {
	rows, err := s.cfg.DB.Query(ctx, "SELECT endpoint, state, count(*) FROM webhook_deliveries GROUP "+
		"BY endpoint, "+
		"state ORDER BY endpoint, state")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var c Count
		if err := rows.Scan(&c.Endpoint, &c.State, &c.N); err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, rows.Err()
}

// Total adds them up by state; each state is there.
func Total(all []Count) map[string]int64 {
	sum := map[string]int64{}
	for _, state := range States {
		sum[state] = 0
	}
	for _, c := range all {
		sum[c.State] += c.N
	}
	return sum
}

// Trouble is about an endpoint that takes nothing.
type Trouble struct {
	Endpoint      string
	URL           string
	Waiting, Dead int64     // events that were tried without success, and those that are dead
	Since         time.Time // when the oldest of them was heard of
}

// Times of trouble.
const (
	longAway  = 6 * time.Hour      // for so long an event is tried before that is trouble
	deadIsNew = 7 * 24 * time.Hour // what is dead for longer is known
)

// Troubles lists the endpoints that have taken nothing for long and those with events that
// have lately become dead, but for those that somebody has switched off.
func (s *Sender) Troubles(ctx context.Context) (all []Trouble, err error) {
	now := time.Now()
	rows, err := s.cfg.DB.Query(ctx, "SELECT e.id, e.url, sum(CASE d.state WHEN 'waits' THEN 1 ELSE 0 END), "+
		"sum(CASE d.state WHEN 'dead' THEN 1 ELSE 0 END), min(d.created) FROM webhook_endpoints e JOIN "+
		"webhook_deliveries d ON d.endpoint = e.id WHERE e.disabled <> ? AND (d.state = 'waits' AND "+
		"d.attempts > 0 "+
		"AND d.created < ? OR d.state = 'dead' AND d.ended > ?) GROUP BY e.id, e.url ORDER BY e.id", switchedOff,
		now.Add(-longAway).UnixMilli(), now.Add(-deadIsNew).UnixMilli())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var t Trouble
		var since int64
		if err := rows.Scan(&t.Endpoint, &t.URL, &t.Waiting, &t.Dead, &since); err != nil {
			return nil, err
		}
		t.Since = time.UnixMilli(since).UTC()
		all = append(all, t)
	}
	return all, rows.Err()
}

// keptFor is how long the log of what was delivered is kept, and deadFor how long what is
// dead can be replayed.
const (
	keptFor = 30 * 24 * time.Hour
	deadFor = 90 * 24 * time.Hour
)

// tidy forgets what was delivered, or died, long ago.
func (s *Sender) tidy(ctx context.Context) error {
	return s.cfg.DB.Write(ctx, func(tx *db.Tx) error {
		now := time.Now()
		_, err := tx.Exec("DELETE FROM webhook_deliveries WHERE state = 'done' AND ended < ? OR "+
			"state = 'dead' AND ended < ?", now.Add(-keptFor).UnixMilli(), now.Add(-deadFor).UnixMilli())
		return err
	})
}
