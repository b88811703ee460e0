package store

import (
	"cmp"
	"crypto/sha256"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
)

// A life is a run of events that one opening of the database has appended. A log
// that goes on from a copy of itself begins a new one there, and so is not taken
// for the log that was copied: they have the same lives up to the end of the copy,
// and others behind it. An ordinary restart begins a new life too.
//
// Its mark is the first eight bytes of the hash of the event it begins with, which
// holds a random id and follows from all events before. The first life is marked
// by the hash of the epoch; it began before there were lives.
type life struct {
	seq  int64 // of the event it begins with
	mark [8]byte
}

// Mark is the mark of the life to which the event seq belongs, for every seq from 0,
// the place before the first event, to FeedHead. It never changes. A copy of the
// log has the same mark there as long as it has the same event there, and no
// longer. Safe for concurrent use.
func (s *Store) Mark(seq int64) [8]byte {
	lives := *s.lives.Load()
	i, begins := slices.BinarySearchFunc(lives, seq, func(l life, seq int64) int { return cmp.Compare(l.seq, seq) })
	if !begins {
		i--
	}
	return lives[i].mark
}

// loadLives reads all lives in their order.
func (s *Store) loadLives() (err error) {
	epoch := sha256.Sum256([]byte(s.epoch))
	lives := []life{{seq: 0, mark: [8]byte(epoch[:])}}
	all, err := s.conn.prepare("SELECT seq, mark FROM lives ORDER BY seq")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, all.close()) }()
	err = all.query(func(row []driver.Value) error {
		seq, whole := row[0].(int64)
		mark, bytes := row[1].([]byte)
		if !whole || !bytes || len(mark) != 8 {
			return fmt.Errorf("a life of the log is stored as %v, %v", row[0], row[1])
		}
		lives = append(lives, life{seq, [8]byte(mark)})
		return nil
	})
	s.lives.Store(&lives)
	return err
}

// live begins a life with the event just appended, unless this opening of the
// database has one already.
func (tx *Tx) live() {
	if tx.alive {
		return
	}
	l := life{tx.head, [8]byte(tx.last[:])}
	tx.exec(tx.s.statements.putLife, l.seq, l.mark[:])
	lives := append(slices.Clone(*tx.lives), l) // readers hold the others
	tx.lives, tx.alive = &lives, true
}
