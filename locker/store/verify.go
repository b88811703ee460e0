package store

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
)

// Verify checks the file's integrity, the sums of its rows, and walks the whole log:
// sequences without a gap, every hash following from the one before, every incarnation named
// by the event it begins with. It returns how many events were checked, and the first
// thing that is wrong. The log may grow meanwhile.
func (s *Store) Verify(ctx context.Context) (events int64, err error) {
	if err := integrity(ctx, s.read, "integrity_check", ""); err != nil {
		return 0, err
	}
	if err := s.Examine(ctx); err != nil {
		return 0, err
	}
	var newest int64 // incarnation; asked for first, so that one that begins meanwhile is not missed
	if err := s.read.QueryRowContext(ctx, "SELECT coalesce(max(seq), 0) FROM incarnations").Scan(&newest); err != nil {
		return 0, err
	}
	rows, err := s.read.QueryContext(ctx,
		"SELECT seq, ce, private, mono, hash, id FROM events LEFT JOIN incarnations USING (seq) ORDER BY seq")
	if err != nil {
		return 0, err
	}
	last, err := walk(rows, end{})
	if err == nil && newest > last.seq {
		err = fmt.Errorf("an incarnation of the log begins with event %d, which is missing: the log has been cut",
			newest)
	}
	return last.seq, err
}

// walk checks that each event follows from the one before. It closes the rows, and
// returns the last good event.
func walk(rows *sql.Rows, last end) (end, error) {
	defer rows.Close()
	for rows.Next() {
		var seq, mono int64
		var ce, hash, id []byte
		var private string
		if err := rows.Scan(&seq, &ce, &private, &mono, &hash, &id); err != nil {
			return last, err
		}
		if seq != last.seq+1 {
			return last, fmt.Errorf("event %d is missing: the log has been cut", last.seq+1)
		}
		follows := chain(last.hash, ce, private, mono)
		if !bytes.Equal(hash, follows[:]) {
			return last, fmt.Errorf("event %d does not follow from the one before: it has been altered", seq)
		}
		if id != nil && !bytes.HasPrefix(hash, id) {
			return last, fmt.Errorf("the incarnation of the log that begins with event %d does not bear the "+
				"id of that "+
				"event: it has been altered", seq)
		}
		last = end{seq, follows}
	}
	return last, rows.Err()
}
