package store

import (
	"fmt"

	"cubby/locker/ledger"
)

// statements are prepared once on the writer's connection.
type statements struct {
	begin, commit, rollback *stmt
	event, putIncarnation   *stmt
	putCode, dropCodes      *stmt
	dropDelivered           *stmt
	unindexed, putStoryKey  *stmt
	storyThrough            *stmt
	tables                  map[*ledger.Spec]*table
	all                     []*stmt
}

func (s *Store) prepare() error {
	q := &s.statements
	for _, p := range []struct {
		to    **stmt
		query string
	}{
		{&q.begin, "BEGIN IMMEDIATE"}, {&q.commit, "COMMIT"}, {&q.rollback, "ROLLBACK"},
		{&q.event, "INSERT INTO events(seq, published, ce, private, mono, hash) VALUES (?,?,?,?,?,?)"},
		{&q.putIncarnation, "INSERT INTO incarnations(seq, id) VALUES (?,?)"},
		{&q.putCode, "INSERT INTO codes(seq, parcel, sealed) VALUES (?,?,?)"},
		{&q.dropCodes, "DELETE FROM codes WHERE parcel=?"},
		{&q.dropDelivered,
			"DELETE FROM codes WHERE seq <= (SELECT min(doc->>'acknowledged') FROM consumers)"},
		{&q.unindexed, "SELECT seq, ce FROM events WHERE seq > ? ORDER BY seq LIMIT ?"},
		{&q.putStoryKey, "INSERT OR IGNORE INTO story_keys(key, seq) VALUES (?,?)"},
		{&q.storyThrough, "INSERT OR REPLACE INTO story_index(rowid, through) VALUES (1, ?)"},
	} {
		st, err := s.conn.prepare(p.query)
		if err != nil {
			return err
		}
		*p.to = st
		q.all = append(q.all, st)
	}
	q.tables = map[*ledger.Spec]*table{}
	for _, spec := range s.ledger.Tables() {
		t, err := s.prepareTable(spec)
		if err != nil {
			return err
		}
		q.tables[spec] = t
	}
	return nil
}

// A Tx is one commit of the writer. What it has written can be read (see Rows).
// The first error sticks: Commit returns it and rolls back.
type Tx struct {
	s            *Store
	err          error
	head         int64
	published    int64
	last         [32]byte
	codes        int64
	incarnations *[]incarnation
	incarnated   bool
}

// Begin starts the writer's next commit. Only the writer's goroutine may call it.
func (s *Store) Begin() (*Tx, error) {
	if s.unread != nil {
		return nil, asDamage(fmt.Errorf("read: %w", s.unread))
	}
	if err := s.places[0].check(); err != nil {
		return nil, err
	}
	if err := s.notCut(); err != nil { // before more is folded in, which would fill it up again with nothing
		return nil, err
	}
	if err := s.untouched(); err != nil {
		return nil, err
	}
	s.works()
	if _, err := s.statements.begin.exec(); err != nil {
		s.rests()
		return nil, fmt.Errorf("begin: %w", err)
	}
	return &Tx{s: s, head: s.head.Load(), published: s.published.Load(), last: s.end.Load().hash,
		codes:        s.codes.Load(),
		incarnations: s.incarnations.Load(), incarnated: s.incarnated}, nil
}

// Commit makes everything of this Tx durable, or returns why it may not be.
func (tx *Tx) Commit() error {
	defer tx.s.rests()
	if err := tx.Err(); err != nil {
		tx.s.statements.rollback.exec()
		return asDamage(err)
	}
	if _, err := tx.s.statements.commit.exec(); err != nil {
		tx.s.statements.rollback.exec()
		return asDamage(fmt.Errorf("commit: %w", err))
	}
	s := tx.s
	s.head.Store(tx.head)
	s.end.Store(&end{tx.head, tx.last})
	s.incarnated = tx.incarnated
	s.untidy.Add(1)
	s.codes.Store(tx.codes)               // before the feed's end: see Feed
	s.incarnations.Store(tx.incarnations) // likewise: whoever sees the end can tell its incarnation
	if s.published.Swap(tx.published) != tx.published {
		s.feed.raise()
	}
	select {
	case s.moved <- struct{}{}:
	default:
	}
	return nil
}

// Rollback drops the Tx.
func (tx *Tx) Rollback() {
	tx.s.statements.rollback.exec()
	tx.s.rests()
}

// Err is the first error of any read or write of this Tx.
func (tx *Tx) Err() error {
	if tx.err == nil && tx.s.unread != nil {
		return asDamage(fmt.Errorf("read: %w", tx.s.unread))
	}
	return asDamage(tx.err)
}

func (tx *Tx) fail(err error) {
	if tx.err == nil {
		tx.err = err
	}
}

func (tx *Tx) exec(st *stmt, args ...any) int64 {
	if tx.err != nil {
		return 0
	}
	n, err := st.exec(args...)
	tx.fail(err)
	return n
}
