package store

import (
	"cmp"
	"crypto/sha256"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
)

// An incarnation is a run of events that one opening of the database has appended. A
// log that goes on from a copy of itself begins a new one there, and so is not taken
// for the log that was copied: they have the same incarnations up to the end of the
// copy, and others behind it. An ordinary restart begins a new one too.
//
// Its id is the first eight bytes of the hash of the event it begins with, which
// holds a random id and follows from all events before. The id of the first one is
// made of the epoch; it began before there were incarnations.
type incarnation struct {
	seq int64 // of the event it begins with
	id  [8]byte
}

// Incarnation is the id of the incarnation to which the event seq belongs, for every
// seq from 0, the place before the first event, to FeedHead. It never changes. A copy
// of the log has the same id there as long as it has the same event there, and no
// longer. Safe for concurrent use.
func (s *Store) Incarnation(seq int64) [8]byte {
	all := *s.incarnations.Load()
	i, begins := slices.BinarySearchFunc(all, seq, func(n incarnation, seq int64) int {
		return cmp.Compare(n.seq, seq)
	})
	if !begins {
		i--
	}
	return all[i].id
}

// loadIncarnations reads all of them in their order.
func (s *Store) loadIncarnations() (err error) {
	epoch := sha256.Sum256([]byte(s.epoch))
	known := []incarnation{{seq: 0, id: [8]byte(epoch[:])}}
	all, err := s.conn.prepare("SELECT seq, id FROM incarnations ORDER BY seq")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, all.close()) }()
	err = all.query(func(row []driver.Value) error {
		seq, whole := row[0].(int64)
		id, bytes := row[1].([]byte)
		if !whole || !bytes || len(id) != 8 {
			return fmt.Errorf("an incarnation of the log is stored as %v, %v", row[0], row[1])
		}
		known = append(known, incarnation{seq, [8]byte(id)})
		return nil
	})
	s.incarnations.Store(&known)
	return err
}

// incarnate begins an incarnation with the event just appended, unless this opening
// of the database has one already.
func (tx *Tx) incarnate() {
	if tx.incarnated {
		return
	}
	n := incarnation{tx.head, [8]byte(tx.last[:])}
	tx.exec(tx.s.statements.putIncarnation, n.seq, n.id[:])
	all := append(slices.Clone(*tx.incarnations), n) // readers hold the others
	tx.incarnations, tx.incarnated = &all, true
}
