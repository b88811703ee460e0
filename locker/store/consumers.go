package store

import (
	"context"
	"fmt"
	"time"

	"cubby/locker/people"
)

// CodeWaits reports whether a code of the events up to seq waits for a consumer. Safe
// for concurrent use, like all readers.
func (s *Store) CodeWaits(ctx context.Context, consumer string, seq int64) (waits bool, err error) {
	if s.CodesWaiting() == 0 {
		return false, nil
	}
	err = s.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM consumers, codes
		WHERE name = ? AND seq <= ? AND seq > doc->>'acknowledged')`, consumer, seq).Scan(&waits)
	return waits, err
}

// Waiting is what waits for one consumer.
type Waiting struct {
	Consumer string // empty: there is none, and the codes wait for the first
	Codes    int64
	Oldest   time.Time // when the oldest of them was made
}

// Waiting lists the consumers for which codes wait, by name.
func (s *Store) Waiting(ctx context.Context) (all []Waiting, err error) {
	if s.CodesWaiting() == 0 {
		return nil, nil
	}
	rows, err := s.read.QueryContext(ctx, `SELECT name, codes, ce->>'time' FROM (
			SELECT name, count(*) AS codes, min(seq) AS oldest
				FROM consumers JOIN codes ON seq > doc->>'acknowledged' GROUP BY name
			UNION ALL SELECT '', count(*), min(seq) FROM codes WHERE NOT EXISTS (SELECT 1 FROM consumers))
		JOIN events ON seq = oldest ORDER BY name`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var w Waiting
		var at string
		if err := rows.Scan(&w.Consumer, &w.Codes, &at); err != nil {
			return nil, err
		}
		if w.Oldest, err = time.Parse(time.RFC3339, at); err != nil {
			return nil, err
		}
		all = append(all, w)
	}
	return all, rows.Err()
}

// checkConsumers holds the consumers against the keys: without its row nothing would
// wait for a consumer.
func (s *Store) checkConsumers(ctx context.Context, keys map[string]people.KeyRecord) error {
	consumers, err := checked(ctx, s, "consumers", "SELECT name, doc, sum FROM consumers",
		func(c people.Consumer) string { return c.Name })
	if err != nil {
		return err
	}
	for name, k := range keys {
		if _, ok := consumers[name]; ok != k.Delivers() {
			return Damage{fmt.Sprintf("the consumer of key %q is missing, or should not be there", name)}
		}
	}
	for name := range consumers {
		if _, ok := keys[name]; !ok {
			return Damage{fmt.Sprintf("the key of consumer %q is missing", name)}
		}
	}
	return nil
}
