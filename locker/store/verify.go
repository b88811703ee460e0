package store

import (
	"bytes"
	"context"
	"fmt"
)

// Verify checks the file's integrity and walks the whole log: sequences without
// a gap, every hash following from the one before, every life marked by the event
// it begins with. It returns how many events were checked, and the first thing
// that is wrong. The log may grow meanwhile.
func (s *Store) Verify(ctx context.Context) (events int64, err error) {
	var state string
	if err := s.read.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&state); err != nil {
		return 0, err
	}
	if state != "ok" {
		return 0, fmt.Errorf("the database file is damaged: %s; restore the newest backup", state)
	}
	var newest int64 // life; asked for first, so that one that begins meanwhile is not missed
	if err := s.read.QueryRowContext(ctx, "SELECT coalesce(max(seq), 0) FROM lives").Scan(&newest); err != nil {
		return 0, err
	}
	rows, err := s.read.QueryContext(ctx, "SELECT seq, ce, private, mono, hash, mark FROM events LEFT JOIN lives USING (seq) ORDER BY seq")
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	var last [32]byte
	for rows.Next() {
		var seq, mono int64
		var ce, hash, mark []byte
		var private string
		if err := rows.Scan(&seq, &ce, &private, &mono, &hash, &mark); err != nil {
			return events, err
		}
		if seq != events+1 {
			return events, fmt.Errorf("event %d is missing: the log has been cut", events+1)
		}
		last = chain(last, ce, private, mono)
		if !bytes.Equal(hash, last[:]) {
			return events, fmt.Errorf("event %d does not follow from the one before: it has been altered", seq)
		}
		if mark != nil && !bytes.HasPrefix(hash, mark) {
			return events, fmt.Errorf("the life of the log that begins with event %d does not bear the mark of that event: it has been altered", seq)
		}
		events++
	}
	if err := rows.Err(); err != nil {
		return events, err
	}
	if newest > events {
		return events, fmt.Errorf("a life of the log begins with event %d, which is missing: the log has been cut", newest)
	}
	return events, nil
}
