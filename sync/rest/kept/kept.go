// Package kept is what an endpoint keeps over restarts, in tables of a database of package
// db: what was answered to POSTs with an Idempotency-Key, and when keys were used last.
//
// A POST has a row before it runs, and its answer is in that row before it is sent. Both are
// durable: commits of several requests are made together. Rows are kept for Life. Answers are
// sealed, for there may be names in them.
//
// A Store is safe for concurrent use.
package kept

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"cubby/sync/db"
	"cubby/sync/rest"
)

// Bounds of what is kept.
const (
	Life      = 24 * time.Hour
	LeastLife = time.Hour // of a client that uses more keys than there is room for

	MostRows  = 20_000   // of one client
	MostBytes = 32 << 20 // of one client, of answers

	// underWay is how long another process may be at a request.
	underWay = time.Minute
)

// Schema are the tables of this package. Times are milliseconds since 1970.
var Schema = db.Schema{Part: "kept", Steps: []string{
	// state: 0 begun, 1 answered; run: of the process that began it
	`CREATE TABLE repeats (
		id TEXT PRIMARY KEY,
		client TEXT NOT NULL,
		print TEXT NOT NULL,
		run TEXT NOT NULL,
		begun BIGINT NOT NULL,
		state BIGINT NOT NULL DEFAULT 0,
		answer {blob},
		size BIGINT NOT NULL DEFAULT 0)`,
	"CREATE INDEX repeats_by_client ON repeats (client, begun)",
	"CREATE INDEX repeats_by_age ON repeats (begun)",
	"CREATE TABLE key_uses (name TEXT NOT NULL, old BIGINT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY " +
		"(name, old))",
}}

// A Store keeps. Make it with New.
type Store struct {
	db  *db.Database
	now func() time.Time
	run string
	// a hub may have several processes at one database
	shared bool
	seal   cipher.AEAD

	line chan *job  // what waits to be committed together
	turn sync.Mutex // of whoever commits

	mu    sync.Mutex // guards what follows
	room  map[string]*room
	swept time.Time
}

// room is what is kept for a client.
type room struct{ rows, bytes int64 }

// A job is one change of the tables.
type job struct {
	do   func(tx *db.Tx) error
	done chan error
}

// New makes a store over an open database that has Schema. key seals; now is a clock that
// does not jump (nil: the wall clock).
func New(d *db.Database, key []byte, now func() time.Time) (*Store, error) {
	derived, err := hkdf.Key(sha256.New, key, nil, "cubby/1/repeats", 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(derived)
	if err != nil {
		return nil, err
	}
	s := &Store{db: d, now: now, run: rand.Text(), shared: d.Postgres(), line: make(chan *job, 1024),
		room: map[string]*room{}}
	if s.now == nil {
		s.now = time.Now
	}
	s.seal, err = cipher.NewGCMWithRandomNonce(block)
	return s, err
}

// most is how many changes are committed together.
const most = 128

// write makes a change durable, together with others that wait: whose turn it is commits
// for all of them, and they find it done.
func (s *Store) write(ctx context.Context, do func(tx *db.Tx) error) error {
	mine := &job{do, make(chan error, 1)}
	select {
	case s.line <- mine:
	case <-ctx.Done():
		return ctx.Err()
	}
	s.turn.Lock()
	defer s.turn.Unlock()
	for {
		select {
		case err := <-mine.done:
			return err
		default:
			s.commit(context.WithoutCancel(ctx))
		}
	}
}

// commit commits what waits.
func (s *Store) commit(ctx context.Context) {
	var all []*job
	for more := true; more && len(all) < most; {
		select {
		case j := <-s.line:
			all = append(all, j)
		default:
			more = false
		}
	}
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		for _, j := range all {
			if err := j.do(tx); err != nil {
				return err
			}
		}
		return nil
	})
	for _, j := range all {
		j.done <- err
	}
}

// reply is what is sealed of an answer.
type reply struct {
	Status int               `json:"status"`
	Header map[string]string `json:"header,omitempty"`
	Body   []byte            `json:"body,omitempty"`
	Secret bool              `json:"secret,omitempty"`
}

// Begin notes that a POST begins, if it did not come before.
func (s *Store) Begin(ctx context.Context, r rest.Repeat) (was rest.Outcome, err error) {
	now := s.now()
	if err := s.makeRoom(ctx, r.Client, now); err != nil {
		return was, err
	}
	id := hex.EncodeToString(r.ID[:])
	var print, run string
	var begun, state int64
	var sealed []byte
	err = s.write(ctx, func(tx *db.Tx) error {
		insert := func() (new bool, err error) {
			done, err := tx.Exec("INSERT INTO repeats (id, client, print, run, begun) VALUES (?, ?, ?, ?, ?) "+
				"ON CONFLICT (id) DO NOTHING", id, r.Client, hex.EncodeToString(r.Print[:]), s.run, now.UnixMilli())
			if err != nil {
				return false, err
			}
			n, err := done.RowsAffected()
			return n > 0, err
		}
		if new, err := insert(); new || err != nil {
			return err
		}
		was.Known = true
		if err := tx.QueryRow("SELECT print, run, begun, state, answer FROM repeats WHERE id = ?", id).
			Scan(&print, &run, &begun, &state, &sealed); err != nil || now.Sub(time.UnixMilli(begun)) < Life {
			return err
		}
		was.Known = false // it is too old, and was not swept yet
		if _, err := tx.Exec("DELETE FROM repeats WHERE id = ?", id); err != nil {
			return err
		}
		_, err := insert()
		return err
	})
	if err != nil {
		return rest.Outcome{}, err
	}
	if !was.Known {
		s.count(r.Client, 1, 0)
		was.Began = time.UnixMilli(now.UnixMilli())
		return was, nil
	}
	was.Began = time.UnixMilli(begun)
	if raw, err := hex.DecodeString(print); err != nil || copy(was.Print[:], raw) != len(was.Print) {
		return was, errors.New("a kept request has no hash")
	}
	if state == 0 {
		was.UnderWay = s.shared && run != s.run && now.Sub(time.UnixMilli(begun)) < underWay
		return was, nil
	}
	plain, err := s.seal.Open(nil, nil, sealed, r.ID[:])
	if err != nil { // of another key file: it was done, and nobody can say what was answered
		was.Reply = &rest.Reply{Secret: true}
		return was, nil
	}
	var kept reply
	if err := json.Unmarshal(plain, &kept); err != nil {
		return was, err
	}
	was.Reply = &rest.Reply{Status: kept.Status, Header: kept.Header, Body: kept.Body, Secret: kept.Secret}
	return was, nil
}

// End notes what was answered.
func (s *Store) End(ctx context.Context, r rest.Repeat, a rest.Reply) error {
	plain, err := json.Marshal(reply{a.Status, a.Header, a.Body, a.Secret})
	if err != nil {
		return err
	}
	sealed := s.seal.Seal(nil, nil, plain, r.ID[:])
	err = s.write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("UPDATE repeats SET state = 1, answer = ?, size = ? WHERE id = ?", sealed, len(sealed),
			hex.EncodeToString(r.ID[:]))
		return err
	})
	if err == nil {
		s.count(r.Client, 0, int64(len(sealed)))
	}
	return err
}

// Forget forgets that a POST came: nothing was done.
func (s *Store) Forget(ctx context.Context, r rest.Repeat) error {
	err := s.write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("DELETE FROM repeats WHERE id = ?", hex.EncodeToString(r.ID[:]))
		return err
	})
	if err == nil {
		s.count(r.Client, -1, 0)
	}
	return err
}
