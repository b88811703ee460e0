package kept

import (
	"context"
	"time"

	"cubby/sync/db"
	"cubby/sync/rest"
)

// count notes what came to a client's rows, or went.
func (s *Store) count(client string, rows, bytes int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.room[client]; r != nil {
		r.rows, r.bytes = r.rows+rows, r.bytes+bytes
	}
}

// taken is what is kept for a client. It is counted once and then kept up; with several
// processes at one database it may be a little wrong until the next sweep.
func (s *Store) taken(ctx context.Context, client string) (room, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.room[client]; r != nil {
		return *r, nil
	}
	r := new(room)
	err := s.db.QueryRow(ctx, "SELECT count(*), coalesce(sum(size), 0) FROM repeats WHERE client = ?", client).
		Scan(&r.rows, &r.bytes)
	if err == nil {
		s.room[client] = r
	}
	return *r, err
}

// makeRoom drops a tenth of a client's rows when there are as many as there may be, the
// oldest first, and none that is younger than LeastLife. It refuses when there are none.
func (s *Store) makeRoom(ctx context.Context, client string, now time.Time) error {
	r, err := s.taken(ctx, client)
	if err != nil || r.rows < MostRows && r.bytes < MostBytes {
		return err
	}
	var gone int64
	err = s.write(ctx, func(tx *db.Tx) error {
		done, err := tx.Exec("DELETE FROM repeats WHERE id IN (SELECT id FROM repeats WHERE client = ? "+
			"AND begun <= ? ORDER BY begun LIMIT ?)", client, now.Add(-LeastLife).UnixMilli(), MostRows/10)
		if err == nil {
			gone, err = done.RowsAffected()
		}
		return err
	})
	s.mu.Lock()
	delete(s.room, client)
	s.mu.Unlock()
	if err == nil && gone == 0 {
		err = rest.ErrTooManyRepeats
	}
	return err
}

// Tick notes when keys were used last, and once in a quarter of an hour drops what is older
// than Life.
func (s *Store) Tick(ctx context.Context, uses []rest.Use) error {
	now := s.now()
	s.mu.Lock()
	sweep := s.swept.IsZero() || now.Sub(s.swept).Abs() >= 15*time.Minute
	if sweep {
		s.swept = now
		clear(s.room) // counted anew
	}
	s.mu.Unlock()
	if sweep {
		if err := s.write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec("DELETE FROM repeats WHERE begun <= ?", now.Add(-Life).UnixMilli())
			return err
		}); err != nil {
			return err
		}
	}
	if len(uses) == 0 {
		return nil
	}
	return s.write(ctx, func(tx *db.Tx) error {
		for _, u := range uses {
			old := 0
			if u.Old {
				old = 1
			}
			if _, err := tx.Exec("INSERT INTO key_uses (name, old, at) VALUES (?, ?, ?) ON CONFLICT (name, old) "+
				"DO UPDATE SET at = excluded.at", u.Name, old, u.At.UnixMilli()); err != nil {
				return err
			}
		}
		return nil
	})
}

// Uses are the last uses of all keys.
func (s *Store) Uses(ctx context.Context) (all []rest.Use, err error) {
	rows, err := s.db.Query(ctx, "SELECT name, old, at FROM key_uses ORDER BY name, old")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var u rest.Use
		var old, at int64
		if err := rows.Scan(&u.Name, &old, &at); err != nil {
			return nil, err
		}
		u.Old, u.At = old != 0, time.UnixMilli(at).UTC()
		all = append(all, u)
	}
	return all, rows.Err()
}

var _ rest.Kept = (*Store)(nil)
