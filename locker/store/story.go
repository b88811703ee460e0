package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"cubby/locker/ledger"
)

// The log is read by subject, too: all that was written of a parcel or a door. Where
// that stands is in an index that is filled behind the writer, so that no commit has to
// wait for it. What it lacks is looked for in the log itself.

const (
	// StoryMost bounds how many entries of a story are read at once.
	StoryMost = 500
	// indexWhen is how many events are worth a commit of the index.
	indexWhen = 500
	// indexAtOnce is how many events one commit of the index takes, some milliseconds'
	// work in which whoever comes has to wait.
	indexAtOnce = 500
)

// ParcelKey is the key of a parcel's entries.
func ParcelKey(id string) string { return "parcels/" + id }

// DoorKey is the key of a door's entries.
func DoorKey(number string) string { return "compartments/" + number }

// logged is what of an event a story is made of.
type logged struct {
	Type    string          `json:"type"`
	Subject string          `json:"subject"`
	Time    time.Time       `json:"time"`
	Actor   string          `json:"actor"`
	Visit   string          `json:"visit"`
	Data    json.RawMessage `json:"data"`
}

// keys are the parcel and the door that an event tells of.
func (l logged) keys() (keys []string) {
	var of struct {
		Parcel      string `json:"parcel_id"`
		Compartment string `json:"compartment"`
	}
	_ = json.Unmarshal(l.Data, &of) // data of another form names neither
	if of.Parcel != "" {
		keys = append(keys, ParcelKey(of.Parcel))
	}
	if of.Compartment != "" {
		keys = append(keys, DoorKey(of.Compartment))
	}
	if about, _, _ := strings.Cut(l.Subject, "/"); (about == "parcels" || about == "compartments") &&
		!slices.Contains(keys, l.Subject) {
		keys = append(keys, l.Subject)
	}
	return keys
}

// Unindexed reports whether Index has something to do that is worth a commit. Safe for
// concurrent use.
func (s *Store) Unindexed() bool {
	return s.head.Load()-s.indexed.Load() >= indexWhen && !s.unindexable.Load()
}

// Index takes the next events into the index of stories. Only the writer's goroutine may
// call it, between commits, when nobody waits. After an error nothing more is indexed
// until the database is opened again: stories are read more slowly then, and all else
// goes on.
func (s *Store) Index() error {
	if !s.Unindexed() {
		return nil
	}
	err := s.index()
	s.unindexable.Store(err != nil)
	return err
}

func (s *Store) index() error {
	type entry struct {
		key string
		seq int64
	}
	var entries []entry
	last := s.indexed.Load()
	err := s.statements.unindexed.query(func(row []driver.Value) error {
		seq, _ := row[0].(int64)
		ce, _ := row[1].(string)
		var l logged
		if err := json.Unmarshal([]byte(ce), &l); err != nil {
			return fmt.Errorf("event %d: %w", seq, err)
		}
		for _, key := range l.keys() {
			entries = append(entries, entry{key, seq})
		}
		last = seq
		return nil
	}, last, indexAtOnce)
	if err != nil {
		return err
	}
	// In the order of the table: neighbours are written while their page is at hand.
	slices.SortFunc(entries, func(a, b entry) int { return strings.Compare(a.key, b.key) })
	tx, err := s.Begin()
	if err != nil {
		return err
	}
	for _, e := range entries {
		tx.exec(s.statements.putStoryKey, e.key, e.seq)
	}
	tx.exec(s.statements.storyThrough, last)
	if err := tx.Commit(); err != nil {
		return err
	}
	s.indexed.Store(last)
	return nil
}

// Story reads the last entries of a key in their order: at most so many, and never more
// than StoryMost. It is the same however far the index has come. Safe for concurrent use.
func (s *Store) Story(ctx context.Context, key string, most int) ([]ledger.Entry, error) {
	return s.StoryWithin(ctx, key, 1, s.head.Load(), most)
}

// StoryWithin is Story of the events from one sequence to another, both included.
func (s *Store) StoryWithin(ctx context.Context, key string, from, to int64,
	most int) ([]ledger.Entry, error) {
	most = min(max(most, 1), StoryMost)
	to = min(to, s.head.Load())
	var through int64 // read first: what is indexed up to there stays so
	if err := s.read.QueryRowContext(ctx, "SELECT coalesce((SELECT through FROM story_index), 0)").
		Scan(&through); err != nil {
		return nil, err
	}
	// Text that names the key has its name at the end of a JSON string.
	_, name, _ := strings.Cut(key, "/")
	all, err := s.entries(ctx, key, most,
		"SELECT seq, ce FROM events WHERE seq >= ? AND seq <= ? AND instr(ce, ?) > 0 ORDER BY seq DESC",
		max(from, through+1), to, name+`"`)
	if err == nil && len(all) < most {
		var older []ledger.Entry
		older, err = s.entries(ctx, key, most-len(all),
			`SELECT e.seq, e.ce FROM story_keys k JOIN events e ON e.seq = k.seq
				WHERE k.key = ? AND k.seq >= ? AND k.seq <= ? ORDER BY k.seq DESC`, key, from,
			min(to, through))
		all = append(all, older...)
	}
	slices.Reverse(all)
	return all, err
}

// entries reads the first entries of a query that are about a key.
func (s *Store) entries(ctx context.Context, key string, most int, query string,
	args ...any) (all []ledger.Entry, err error) {
	rows, err := s.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for len(all) < most && rows.Next() {
		var seq int64
		var ce sql.RawBytes
		if err := rows.Scan(&seq, &ce); err != nil {
			return nil, err
		}
		var l logged
		if err := json.Unmarshal(ce, &l); err != nil {
			return nil, fmt.Errorf("event %d: %w", seq, err)
		}
		if slices.Contains(l.keys(), key) {
			all = append(all, ledger.Entry{
				Seq: seq, At: l.Time, Type: l.Type, Actor: l.Actor, Visit: l.Visit, Data: l.Data,
			})
		}
	}
	// Raw bytes hold a lock of the rows until they are closed; see Feed.
	if err := rows.Close(); err != nil {
		return nil, err
	}
	return all, rows.Err()
}
