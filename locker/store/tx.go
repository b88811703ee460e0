package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"cubby/locker"
)

// statements are prepared once on the writer's connection.
type statements struct {
	begin, commit, rollback                                     *sql.Stmt
	parcel, byLabel, announced, recipient, credential, ofParcel *sql.Stmt
	event, putParcel, putRecipient, dropRecipient               *sql.Stmt
	putCredential, putCode, dropCodes, ackCodes                 *sql.Stmt
	putCompartment, putOpening, putCourier, putKey              *sql.Stmt
	putSingle, dropSingle, openingByID, trimOpenings            *sql.Stmt
	all                                                         []*sql.Stmt
}

func (s *Store) prepare(ctx context.Context) error {
	q := &s.statements
	for _, p := range []struct {
		to    **sql.Stmt
		query string
	}{
		{&q.begin, "BEGIN IMMEDIATE"}, {&q.commit, "COMMIT"}, {&q.rollback, "ROLLBACK"},
		{&q.parcel, "SELECT doc FROM parcels WHERE id=?"},
		{&q.byLabel, queryByLabel}, {&q.announced, queryAnnounced},
		{&q.recipient, "SELECT doc FROM recipients WHERE parcel=?"},
		{&q.credential, "SELECT hash, kind, parcel, state FROM credentials WHERE hash=?"},
		{&q.ofParcel, "SELECT hash, kind, parcel, state FROM credentials WHERE parcel=?"},
		{&q.event, "INSERT INTO events(seq, told, ce, private, mono, hash) VALUES (?,?,?,?,?,?)"},
		{&q.putParcel, "INSERT INTO parcels(id, state, label, order_id, doc) VALUES (?,?,?,?,?) ON CONFLICT(id) DO UPDATE SET state=excluded.state, label=excluded.label, order_id=excluded.order_id, doc=excluded.doc"},
		{&q.putRecipient, "INSERT INTO recipients(parcel, doc) VALUES (?,?) ON CONFLICT(parcel) DO UPDATE SET doc=excluded.doc"},
		{&q.dropRecipient, "DELETE FROM recipients WHERE parcel=?"},
		{&q.putCredential, "INSERT INTO credentials(hash, kind, parcel, state) VALUES (?,?,?,?) ON CONFLICT(hash) DO UPDATE SET state=excluded.state, parcel=excluded.parcel"},
		{&q.putCode, "INSERT INTO codes(seq, parcel, sealed) VALUES (?,?,?)"},
		{&q.dropCodes, "DELETE FROM codes WHERE parcel=?"},
		{&q.ackCodes, "DELETE FROM codes WHERE seq<=?"},
		{&q.putCompartment, "INSERT INTO compartments(number, doc) VALUES (?,?) ON CONFLICT(number) DO UPDATE SET doc=excluded.doc"},
		{&q.putOpening, "INSERT INTO openings(id, compartment, under_way, since, doc) VALUES (?,?,?,?,?) ON CONFLICT(id) DO UPDATE SET under_way=excluded.under_way, since=excluded.since, doc=excluded.doc"},
		{&q.openingByID, "SELECT doc FROM openings WHERE id=?"},
		{&q.trimOpenings, "DELETE FROM openings WHERE compartment=? AND under_way=0 AND since<?"},
		{&q.putCourier, "INSERT INTO couriers(id, doc) VALUES (?,?) ON CONFLICT(id) DO UPDATE SET doc=excluded.doc"},
		{&q.putKey, "INSERT INTO keys(name, sha256, doc) VALUES (?,?,?) ON CONFLICT(name) DO UPDATE SET sha256=excluded.sha256, doc=excluded.doc"},
		{&q.putSingle, "INSERT INTO singles(name, doc) VALUES (?,?) ON CONFLICT(name) DO UPDATE SET doc=excluded.doc"},
		{&q.dropSingle, "DELETE FROM singles WHERE name=?"},
	} {
		st, err := s.conn.PrepareContext(ctx, p.query)
		if err != nil {
			return fmt.Errorf("prepare %q: %w", p.query, err)
		}
		*p.to = st
		q.all = append(q.all, st)
	}
	return nil
}

func (q *statements) close() {
	for _, st := range q.all {
		st.Close()
	}
}

// queryByLabel looks where the label is the id, and where it is another; a parcel
// that is still expected comes first.
const queryByLabel = `SELECT doc FROM (
	SELECT doc, state FROM parcels WHERE id = ?1 AND label = ?1 UNION ALL
	SELECT doc, state FROM parcels WHERE label = ?1 AND label <> id)
	ORDER BY state IN ('collected','cancelled') LIMIT 1`

// queryAnnounced reads in one step what an announcement meets.
const queryAnnounced = `SELECT doc FROM parcels WHERE id = ?1 UNION ALL
	SELECT doc FROM parcels WHERE id = ?2 AND label = ?2 AND ?1 <> ?2 UNION ALL
	SELECT doc FROM parcels WHERE label = ?2 AND label <> id AND id <> ?1`

// A Tx is one commit of the writer. It reads what it has written. The first
// error sticks: Commit returns it and rolls back.
type Tx struct {
	s     *Store
	err   error
	head  int64
	told  int64
	last  [32]byte
	codes int64
}

// Begin starts the writer's next commit. Only the writer's goroutine may call it.
func (s *Store) Begin() (*Tx, error) {
	if _, err := s.statements.begin.Exec(); err != nil {
		return nil, fmt.Errorf("begin: %w", err)
	}
	return &Tx{s: s, head: s.head.Load(), told: s.told.Load(), last: s.last, codes: s.codes.Load()}, nil
}

// Commit makes everything of this Tx durable, or returns why it may not be.
func (tx *Tx) Commit() error {
	if tx.err != nil {
		tx.s.statements.rollback.Exec()
		return tx.err
	}
	if _, err := tx.s.statements.commit.Exec(); err != nil {
		tx.s.statements.rollback.Exec()
		return fmt.Errorf("commit: %w", err)
	}
	s := tx.s
	s.head.Store(tx.head)
	s.last = tx.last
	s.codes.Store(tx.codes)
	if s.told.Swap(tx.told) != tx.told {
		s.feed.raise()
	}
	return nil
}

// Rollback drops the Tx.
func (tx *Tx) Rollback() { tx.s.statements.rollback.Exec() }

// Err is the first error of any read or write of this Tx.
func (tx *Tx) Err() error { return tx.err }

func (tx *Tx) fail(err error) {
	if tx.err == nil && err != nil && !errors.Is(err, sql.ErrNoRows) {
		tx.err = err
	}
}

func (tx *Tx) exec(st *sql.Stmt, args ...any) int64 {
	if tx.err != nil {
		return 0
	}
	res, err := st.Exec(args...)
	if err != nil {
		tx.fail(err)
		return 0
	}
	n, err := res.RowsAffected()
	tx.fail(err)
	return n
}

func one[T any](tx *Tx, st *sql.Stmt, args ...any) (v T, ok bool) {
	if tx.err != nil {
		return v, false
	}
	var doc sql.RawBytes
	rows, err := st.Query(args...)
	if err != nil {
		tx.fail(err)
		return v, false
	}
	defer rows.Close()
	if !rows.Next() {
		tx.fail(rows.Err())
		return v, false
	}
	if err := rows.Scan(&doc); err != nil {
		tx.fail(err)
		return v, false
	}
	err = json.Unmarshal(doc, &v)
	tx.fail(err)
	return v, err == nil
}

// Parcel reads a parcel.
func (tx *Tx) Parcel(id string) (locker.Parcel, bool) {
	return one[locker.Parcel](tx, tx.s.statements.parcel, id)
}

// ParcelByLabel reads the parcel with a label; one not final comes first.
func (tx *Tx) ParcelByLabel(label string) (locker.Parcel, bool) {
	return one[locker.Parcel](tx, tx.s.statements.byLabel, label)
}

// Announced reads the parcel with this id, and the others that carry the label.
func (tx *Tx) Announced(id, label string) (known *locker.Parcel, others []locker.Parcel) {
	if tx.err != nil {
		return nil, nil
	}
	rows, err := tx.s.statements.announced.Query(id, label)
	if err != nil {
		tx.fail(err)
		return nil, nil
	}
	defer rows.Close()
	for rows.Next() {
		var doc sql.RawBytes
		var p locker.Parcel
		if err := rows.Scan(&doc); err != nil {
			tx.fail(err)
			return nil, nil
		}
		tx.fail(json.Unmarshal(doc, &p))
		if p.ID == id {
			known = &p
		} else {
			others = append(others, p)
		}
	}
	tx.fail(rows.Err())
	return known, others
}

// Recipient reads the personal data of a parcel; nil when there is none.
func (tx *Tx) Recipient(parcel string) *locker.Recipient {
	r, ok := one[locker.Recipient](tx, tx.s.statements.recipient, parcel)
	if !ok {
		return nil
	}
	return &r
}

// Opening reads an opening.
func (tx *Tx) Opening(id string) (locker.Opening, bool) {
	return one[locker.Opening](tx, tx.s.statements.openingByID, id)
}

// Credential reads a credential by its hash.
func (tx *Tx) Credential(hash string) (c locker.Credential, ok bool) {
	if tx.err != nil {
		return c, false
	}
	err := tx.s.statements.credential.QueryRow(hash).Scan(&c.Hash, &c.Kind, &c.Parcel, &c.State)
	tx.fail(err)
	return c, err == nil
}

// CredentialsOf reads all credentials of a parcel.
func (tx *Tx) CredentialsOf(parcel string) (all []locker.Credential) {
	if tx.err != nil {
		return nil
	}
	rows, err := tx.s.statements.ofParcel.Query(parcel)
	if err != nil {
		tx.fail(err)
		return nil
	}
	defer rows.Close()
	for rows.Next() {
		var c locker.Credential
		tx.fail(rows.Scan(&c.Hash, &c.Kind, &c.Parcel, &c.State))
		all = append(all, c)
	}
	tx.fail(rows.Err())
	return all
}
