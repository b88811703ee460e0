package store

import (
	"bytes"
	"context"
	"fmt"
)

// Verify checks the file's integrity and walks the whole log: sequences without
// a gap, every hash following from the one before. It returns how many events
// were checked, and the first thing that is wrong.
func (s *Store) Verify(ctx context.Context) (events int64, err error) {
	var state string
	if err := s.read.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&state); err != nil {
		return 0, err
	}
	if state != "ok" {
		return 0, fmt.Errorf("the database file is damaged: %s; restore the newest backup", state)
	}
	rows, err := s.read.QueryContext(ctx, "SELECT seq, ce, private, mono, hash FROM events ORDER BY seq")
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	var last [32]byte
	for rows.Next() {
		var seq, mono int64
		var ce, hash []byte
		var private string
		if err := rows.Scan(&seq, &ce, &private, &mono, &hash); err != nil {
			return events, err
		}
		if seq != events+1 {
			return events, fmt.Errorf("event %d is missing: the log has been cut", events+1)
		}
		last = chain(last, ce, private, mono)
		if !bytes.Equal(hash, last[:]) {
			return events, fmt.Errorf("event %d does not follow from the one before: it has been altered", seq)
		}
		events++
	}
	return events, rows.Err()
}
