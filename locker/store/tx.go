package store

import (
	"database/sql/driver"
	"fmt"

	"cubby/locker"
)

// statements are prepared once on the writer's connection.
type statements struct {
	begin, commit, rollback                                                  *stmt
	parcel, byLabel, announced, announcedAs, recipient, credential, ofParcel *stmt
	event, putLife, putParcel, putRecipient, dropRecipient                   *stmt
	putCredential, putCode, dropCodes, ackCodes                              *stmt
	putCompartment, putOpening, putCourier, putKey                           *stmt
	putSingle, dropSingle, openingByID, trimOpenings                         *stmt
	byNumber, putSpelling, dropSpellings                                     *stmt
	all                                                                      []*stmt
}

func (s *Store) prepare() error {
	q := &s.statements
	for _, p := range []struct {
		to    **stmt
		query string
	}{
		{&q.begin, "BEGIN IMMEDIATE"}, {&q.commit, "COMMIT"}, {&q.rollback, "ROLLBACK"},
		{&q.parcel, "SELECT id, doc, sum FROM parcels WHERE id=?"},
		{&q.byLabel, queryByLabel}, {&q.byNumber, queryByNumber},
		{&q.putSpelling, "INSERT INTO spellings(key, parcel, own) VALUES (?,?,?) ON CONFLICT(key, parcel) DO UPDATE SET own=max(own, excluded.own)"},
		{&q.dropSpellings, "DELETE FROM spellings WHERE parcel=?"},
		{&q.announced, queryAnnounced}, {&q.announcedAs, queryAnnouncedAs},
		{&q.recipient, "SELECT parcel, doc, sum FROM recipients WHERE parcel=?"},
		{&q.credential, "SELECT hash, kind, parcel, state, sum FROM credentials WHERE hash=?"},
		{&q.ofParcel, "SELECT hash, kind, parcel, state, sum FROM credentials WHERE parcel=?"},
		{&q.event, "INSERT INTO events(seq, told, ce, private, mono, hash) VALUES (?,?,?,?,?,?)"},
		{&q.putLife, "INSERT INTO lives(seq, mark) VALUES (?,?)"},
		{&q.putParcel, "INSERT INTO parcels(id, state, label_key, order_id, doc, sum) VALUES (?,?,?,?,?,?) ON CONFLICT(id) DO UPDATE SET state=excluded.state, label_key=excluded.label_key, order_id=excluded.order_id, doc=excluded.doc, sum=excluded.sum"},
		{&q.putRecipient, "INSERT INTO recipients(parcel, doc, sum) VALUES (?,?,?) ON CONFLICT(parcel) DO UPDATE SET doc=excluded.doc, sum=excluded.sum"},
		{&q.dropRecipient, "DELETE FROM recipients WHERE parcel=?"},
		{&q.putCredential, "INSERT INTO credentials(hash, kind, parcel, state, sum) VALUES (?,?,?,?,?) ON CONFLICT(hash) DO UPDATE SET kind=excluded.kind, state=excluded.state, parcel=excluded.parcel, sum=excluded.sum"},
		{&q.putCode, "INSERT INTO codes(seq, parcel, sealed) VALUES (?,?,?)"},
		{&q.dropCodes, "DELETE FROM codes WHERE parcel=?"},
		{&q.ackCodes, "DELETE FROM codes WHERE seq<=?"},
		{&q.putCompartment, "INSERT INTO compartments(number, doc, sum) VALUES (?,?,?) ON CONFLICT(number) DO UPDATE SET doc=excluded.doc, sum=excluded.sum"},
		{&q.putOpening, "INSERT INTO openings(id, compartment, under_way, since, doc, sum) VALUES (?,?,?,?,?,?) ON CONFLICT(id) DO UPDATE SET under_way=excluded.under_way, since=excluded.since, doc=excluded.doc, sum=excluded.sum"},
		{&q.openingByID, "SELECT id, doc, sum FROM openings WHERE id=?"},
		{&q.trimOpenings, "DELETE FROM openings WHERE compartment=? AND under_way=0 AND since<?"},
		{&q.putCourier, "INSERT INTO couriers(id, doc, sum) VALUES (?,?,?) ON CONFLICT(id) DO UPDATE SET doc=excluded.doc, sum=excluded.sum"},
		{&q.putKey, "INSERT INTO keys(name, sha256, doc, sum) VALUES (?,?,?,?) ON CONFLICT(name) DO UPDATE SET sha256=excluded.sha256, doc=excluded.doc, sum=excluded.sum"},
		{&q.putSingle, "INSERT INTO singles(name, doc, sum) VALUES (?,?,?) ON CONFLICT(name) DO UPDATE SET doc=excluded.doc, sum=excluded.sum"},
		{&q.dropSingle, "DELETE FROM singles WHERE name=?"},
	} {
		st, err := s.conn.prepare(p.query)
		if err != nil {
			return err
		}
		*p.to = st
		q.all = append(q.all, st)
	}
	return nil
}

// A Tx is one commit of the writer. It reads what it has written. The first
// error sticks: Commit returns it and rolls back.
type Tx struct {
	s     *Store
	err   error
	head  int64
	told  int64
	last  [32]byte
	codes int64
	lives *[]life
	alive bool
}

// Begin starts the writer's next commit. Only the writer's goroutine may call it.
func (s *Store) Begin() (*Tx, error) {
	if err := s.places[0].check(); err != nil {
		return nil, err
	}
	if _, err := s.statements.begin.exec(); err != nil {
		return nil, fmt.Errorf("begin: %w", err)
	}
	return &Tx{s: s, head: s.head.Load(), told: s.told.Load(), last: s.end.Load().hash, codes: s.codes.Load(),
		lives: s.lives.Load(), alive: s.alive}, nil
}

// Commit makes everything of this Tx durable, or returns why it may not be.
func (tx *Tx) Commit() error {
	if tx.err != nil {
		tx.s.statements.rollback.exec()
		return tx.err
	}
	if _, err := tx.s.statements.commit.exec(); err != nil {
		tx.s.statements.rollback.exec()
		return fmt.Errorf("commit: %w", err)
	}
	s := tx.s
	s.head.Store(tx.head)
	s.end.Store(&end{tx.head, tx.last})
	s.alive = tx.alive
	s.untidy.Add(1)
	s.codes.Store(tx.codes) // before the feed's end: see Feed
	s.lives.Store(tx.lives) // likewise: whoever sees the end can tell its life
	if s.told.Swap(tx.told) != tx.told {
		s.feed.raise()
	}
	select {
	case s.moved <- struct{}{}:
	default:
	}
	return nil
}

// Rollback drops the Tx.
func (tx *Tx) Rollback() { tx.s.statements.rollback.exec() }

// Err is the first error of any read or write of this Tx.
func (tx *Tx) Err() error { return tx.err }

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

// query hands the rows to each until something fails.
func (tx *Tx) query(st *stmt, each func(row []driver.Value) error, args ...any) {
	if tx.err == nil {
		tx.fail(st.query(each, args...))
	}
}

// one reads the document of the first row.
func one[T any](tx *Tx, table string, st *stmt, args ...any) (v T, ok bool) {
	tx.query(st, func(row []driver.Value) error {
		if ok {
			return nil
		}
		ok = true
		return tx.s.document(table, row, &v)
	}, args...)
	return v, ok && tx.err == nil
}

// Parcel reads a parcel.
func (tx *Tx) Parcel(id string) (locker.Parcel, bool) {
	return one[locker.Parcel](tx, "parcels", tx.s.statements.parcel, id)
}

// Recipient reads the personal data of a parcel; nil when there is none.
func (tx *Tx) Recipient(parcel string) *locker.Recipient {
	r, ok := one[locker.Recipient](tx, "recipients", tx.s.statements.recipient, parcel)
	if !ok {
		return nil
	}
	return &r
}

// Opening reads an opening.
func (tx *Tx) Opening(id string) (locker.Opening, bool) {
	return one[locker.Opening](tx, "openings", tx.s.statements.openingByID, id)
}

// Credential reads a credential by its hash.
func (tx *Tx) Credential(hash string) (c locker.Credential, ok bool) {
	all := tx.credentials(tx.s.statements.credential, hash)
	if len(all) == 0 {
		return c, false
	}
	return all[0], true
}

// CredentialsOf reads all credentials of a parcel.
func (tx *Tx) CredentialsOf(parcel string) []locker.Credential {
	return tx.credentials(tx.s.statements.ofParcel, parcel)
}

func (tx *Tx) credentials(st *stmt, of string) (all []locker.Credential) {
	tx.query(st, func(row []driver.Value) error {
		if err := tx.s.soundRow("credentials", row); err != nil {
			return err
		}
		all = append(all, locker.Credential{Hash: row[0].(string), Kind: locker.CredentialKind(row[1].(string)),
			Parcel: row[2].(string), State: locker.CredentialState(row[3].(string))})
		return nil
	}, of)
	return all
}
