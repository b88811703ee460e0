package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"

	"golang.org/x/sys/unix"

	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/wall"
)

// tailEvents is how many of the newest events a start looks at.
const tailEvents = 1000

// checkDeciding refuses a database in which a row that decides about doors or codes was
// altered, or is missing. It reads what is bounded by the wall and by what is expected;
// Examine reads the rest.
func (s *Store) checkDeciding(ctx context.Context) error {
	if err := integrity(ctx, s.read, "integrity_check", "singles"); err != nil {
		return err
	}
	kept := map[*ledger.Spec][]ledger.Row{}
	for _, spec := range s.ledger.Tables() {
		if !spec.Whole() || spec.Single() {
			continue // not small
		}
		if err := integrity(ctx, s.read, "integrity_check", spec.Name()); err != nil {
			return err
		}
		var err error
		if kept[spec], err = s.Load(ctx, spec); err != nil { // which holds each row against its sum
			return err
		}
	}
	compartments := byKey[wall.Compartment](kept[wall.Compartments.Spec])
	keys := byKey[people.KeyRecord](kept[people.Keys.Spec])
	if err := s.checkKeyHashes(ctx, keys); err != nil {
		return err
	}
	if err := s.checkConsumers(ctx, keys); err != nil {
		return err
	}
	if err := s.checkRows(ctx, "singles", "SELECT sum, name, doc FROM singles"); err != nil {
		return err
	}
	parcels, err := checked(ctx, s, "parcels", "SELECT id, doc, sum FROM parcels WHERE state <> 'collected'",
		func(p parcel.Parcel) string { return p.ID })
	if err != nil {
		return err
	}
	if err := s.checkBound(ctx, compartments, parcels); err != nil {
		return err
	}
	return s.checkTail(ctx)
}

func byKey[V any](rows []ledger.Row) map[string]V {
	all := map[string]V{}
	for _, r := range rows {
		all[r.Key] = r.Value.(V)
	}
	return all
}

// checked reads documents, each with its sum, by what they say is their key.
func checked[T any](ctx context.Context, s *Store, table, query string,
	key func(T) string) (map[string]T, error) {
	rows, err := s.read.QueryContext(ctx, query)
	if err != nil {
		return nil, asDamage(err)
	}
	defer rows.Close()
	all := map[string]T{}
	for rows.Next() {
		var k string
		var doc, sum []byte
		var v T
		if err := rows.Scan(&k, &doc, &sum); err != nil {
			return nil, asDamage(err)
		}
		if err := s.sound(table, sum, k, string(doc)); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(doc, &v); err != nil {
			return nil, Damage{fmt.Sprintf("row %q of table %s: %v", k, table, err)}
		}
		if key(v) != k {
			return nil, Damage{fmt.Sprintf("row %q of table %s is about %q", k, table, key(v))}
		}
		all[k] = v
	}
	return all, asDamage(rows.Err())
}

// checkRows reads the sum and the columns it is made of.
func (s *Store) checkRows(ctx context.Context, table, query string, args ...any) error {
	rows, err := s.read.QueryContext(ctx, query, args...)
	if err != nil {
		return asDamage(err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return err
	}
	var sum []byte
	text := make([]string, len(names)-1)
	into := []any{&sum}
	for i := range text {
		into = append(into, &text[i])
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return asDamage(err)
		}
		if err := s.sound(table, sum, text...); err != nil {
			return err
		}
	}
	return asDamage(rows.Err())
}

// checkKeyHashes holds the column by which keys are found against their documents.
func (s *Store) checkKeyHashes(ctx context.Context, keys map[string]people.KeyRecord) error {
	rows, err := s.read.QueryContext(ctx, "SELECT name, sha256 FROM keys")
	if err != nil {
		return asDamage(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name, hash string
		if err := rows.Scan(&name, &hash); err != nil {
			return asDamage(err)
		}
		if keys[name].SHA256 != hash {
			return Damage{fmt.Sprintf("key %q is kept under another hash than its own", name)}
		}
	}
	return asDamage(rows.Err())
}

// checkBound holds doors, the parcels behind them and their codes against each other: a
// row that is missing bears no sum.
func (s *Store) checkBound(ctx context.Context, doors map[string]wall.Compartment,
	parcels map[string]parcel.Parcel) error {
	for number, c := range doors {
		if c.Allocation != wall.Occupied {
			continue
		}
		if p, ok := parcels[c.Parcel]; !ok || p.Compartment != number || !p.State.Inside() {
			return Damage{fmt.Sprintf("parcel %q behind door %s is missing or says otherwise", c.Parcel, number)}
		}
	}
	for id, p := range parcels {
		if p.State != parcel.Stored && p.State != parcel.Collecting && p.State != parcel.Expired {
			continue
		}
		if c, ok := doors[p.Compartment]; !ok || c.Parcel != id {
			return Damage{fmt.Sprintf("door %s behind which parcel %q lies is missing or says otherwise",
				p.Compartment, id)}
		}
		if err := s.checkRows(ctx, "credentials",
			"SELECT sum, hash, kind, parcel, state FROM credentials WHERE parcel=?", id); err != nil {
			return err
		}
		var live int
		if err := s.read.QueryRowContext(ctx, "SELECT count(*) FROM credentials WHERE parcel=? AND state='live' "+
			"AND kind IN ('code', 'pin')",
			id).Scan(&live); err != nil {
			return asDamage(err)
		}
		if live < 2 && p.Direction != parcel.BroughtBack { // code and PIN; a bag of a return has none
			return Damage{fmt.Sprintf("a code of parcel %q is missing", id)}
		}
	}
	return nil
}

// checkTail walks the newest events.
func (s *Store) checkTail(ctx context.Context) error {
	now := *s.end.Load()
	from := max(0, now.seq-tailEvents)
	var before end
	if from > 0 {
		var hash []byte
		if err := s.read.QueryRowContext(ctx, "SELECT hash FROM events WHERE seq=?", from).Scan(&hash); err != nil {
			return asDamage(err)
		}
		before = end{from, [32]byte(hash)}
	}
	rows, err := s.read.QueryContext(ctx,
		"SELECT seq, ce, private, mono, hash, NULL FROM events WHERE seq > ? ORDER BY seq", from)
	if err != nil {
		return asDamage(err)
	}
	_, err = walk(rows, before)
	if IsDamage(asDamage(err)) || err == nil {
		return asDamage(err)
	}
	return Damage{err.Error()}
}

// integrity asks SQLite about a table, or about the whole file without one.
func integrity(ctx context.Context, db *sql.DB, check, table string) error {
	argument := "1"
	if table != "" {
		argument = table
	}
	var state string
	if err := db.QueryRowContext(ctx, "PRAGMA "+check+"("+argument+")").Scan(&state); err != nil {
		return asDamage(err)
	}
	if state != "ok" {
		return Damage{strings.TrimSpace(state)}
	}
	return nil
}

// Examine reads the whole file on a connection of its own and gives way to whoever is
// served: the structure, and the sums of all rows. It may take minutes.
func (s *Store) Examine(ctx context.Context) error {
	failed := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with its low priority
		_ = unix.Setpriority(unix.PRIO_PROCESS, unix.Gettid(), 19)
		failed <- s.examine(ctx)
	}()
	return <-failed
}

func (s *Store) examine(ctx context.Context) (err error) {
	db, err := sql.Open("sqlite", dsn(filepath.Join(s.dir, "station.db"), "&mode=ro&_pragma=query_only(1)"))
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if err := integrity(ctx, db, "quick_check", ""); err != nil {
		return err
	}
	own := &Store{sealer: s.sealer, read: db}
	if err := own.checkRows(ctx, "singles", "SELECT sum, name, doc FROM singles"); err != nil {
		return err
	}
	for _, spec := range s.ledger.Tables() {
		if spec.Single() {
			continue
		}
		columns := strings.Join(append([]string{"sum", spec.Key()}, valueColumns(spec)...), ", ")
		if err := own.checkRows(ctx, spec.Name(), "SELECT "+columns+" FROM "+tableName(spec)); err != nil {
			return err
		}
	}
	return nil
}
