// Package store keeps the station's facts in one SQLite file: an append-only,
// hash-chained log and the tables projected from it.
//
// There is one writer connection, used by one goroutine through Begin, and a
// small read-only pool for everybody else. A Commit that returned nil survives
// a power cut. After any error from a Tx the Store must be closed and opened
// again: what SQLite did is unknown until the file has been read anew.
package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"github.com/google/uuid"
	_ "modernc.org/sqlite" // the driver, named "sqlite"

	"cubby/locker"
	"cubby/locker/ledger"
)

// Sealer encrypts the clear codes while they wait to be told, and makes the keyed sums
// by which rows are known.
type Sealer interface {
	Sum(parts ...string) []byte
	Seal(belongsTo, text string) []byte
	Unseal(belongsTo string, sealed []byte) (string, error)
}

// Store is the station's database.
type Store struct {
	ledger *ledger.Catalogue
	// Unwitnessed: nothing beside the database says how far its log went.
	Unwitnessed bool

	dir     string
	station string
	sealer  Sealer
	lock    *os.File // held exclusively while the file is open

	conn       *conn
	statements statements
	unread     error // the first error of Rows; the writer's

	read                  *sql.DB
	pageOf, pageWithCodes *sql.Stmt

	epoch        string              // the random id this database got when it was made
	head         atomic.Int64        // sequence of the last committed event
	published    atomic.Int64        // sequence of the last committed event of the feed
	end          atomic.Pointer[end] // of the log, as committed
	incarnations atomic.Pointer[[]incarnation]
	incarnated   bool         // this opening has begun an incarnation; the writer's
	untidy       atomic.Int64 // commits since the log was folded in
	indexed      atomic.Int64 // the last event that the index of stories has
	unindexable  atomic.Bool  // it could not be written since the database was opened
	feed         signal
	codes        atomic.Int64 // rows of clear codes waiting

	places    []place       // the files that are open
	changed   atomic.Int64  // see rests
	longest   atomic.Int64  // bytes the database has been seen to have
	moved     chan struct{} // holds a token after a commit
	stop      chan struct{} // closed when the store is
	stopOnce  sync.Once
	headKept  chan struct{} // closed when the end of the log is not written down any more; nil before
	headFault atomic.Pointer[error]
}

// Open opens the station's database in dir, making it on first use. It refuses
// a SQLite that can corrupt WAL files, settings that did not take, a database
// of another station, and a second process.
func Open(ctx context.Context, dir, station string, sealer Sealer) (*Store, error) {
	return OpenAs(ctx, dir, station, sealer, Opening{Create: true})
}

// An Opening is how a database is opened.
type Opening struct {
	Ledger *ledger.Catalogue // the facts and tables there are; nil: those of a pickup station

	Create      bool // make it when there was none
	AcceptOlder bool // its log may be shorter than it was: staff have put a copy back
	Examine     bool // read all of it before it is used
}

// OpenAs is Open in the way that is asked for.
func OpenAs(ctx context.Context, dir, station string, sealer Sealer, how Opening) (*Store, error) {
	s := &Store{
		ledger: cmp.Or(how.Ledger, locker.Ledger), dir: dir, station: station, sealer: sealer,
		moved: make(chan struct{}, 1), stop: make(chan struct{}),
	}
	s.feed.init()
	if err := s.open(ctx, dir, how); err != nil {
		s.Close()
		return nil, asDamage(err)
	}
	s.headKept = make(chan struct{})
	said := s.end.Load().seq // what the head says, or whoever accepts less; nothing can have been added yet
	if s.Unwitnessed {
		said = -1
	}
	go s.keepHead(said)
	return s, nil
}

func (s *Store) open(ctx context.Context, dir string, how Opening) (err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	path := filepath.Join(dir, "station.db")
	if journal, err := strayJournal(path); err != nil {
		return err
	} else if journal {
		return fmt.Errorf("%s-journal exists beside a WAL database: somebody else has written to it; "+
			"restore the "+
			"newest backup", path)
	}
	if s.lock, err = lockFile(filepath.Join(dir, "station.lock")); err != nil {
		return err
	}
	if err = Leftovers(dir); err != nil {
		return err
	}
	if there, err := Exists(dir); err != nil {
		return err
	} else if !there && !how.Create {
		return Lost{"there is no station.db in " + dir}
	}
	if err = ownFile(path); err != nil {
		return err
	}
	if s.conn, err = openConn(dsn(path, "&_txlock=immediate"), s.sealer); err != nil {
		return fmt.Errorf("open %s: %w", path, err)
	}
	if err = s.checkSQLite(); err != nil {
		return err
	}
	if err = s.checkKey(how.Create); err != nil {
		return err
	}
	if err = s.migrate(); err != nil {
		return fmt.Errorf("migrate %s: %w", path, err)
	}
	if err = s.makeTables(); err != nil {
		return err
	}
	if s.read, err = sql.Open("sqlite", dsn(path, "&mode=ro&_pragma=query_only(1)")); err != nil {
		return err
	}
	if err = s.openReaders(ctx); err != nil {
		return err
	}
	if s.pageOf, err = s.read.PrepareContext(ctx, queryPage); err != nil {
		return err
	}
	if s.pageWithCodes, err = s.read.PrepareContext(ctx, queryPageWithCodes); err != nil {
		return err
	}
	if err = s.identify(); err != nil {
		return err
	}
	if err = s.prepare(); err != nil {
		return err
	}
	if err = s.notePlaces(); err != nil {
		return err
	}
	if how.Examine {
		if err = s.Examine(ctx); err != nil {
			return err
		}
	}
	if err = s.checkDeciding(ctx); err != nil {
		return err
	}
	if how.AcceptOlder {
		return nil // what the head says is replaced with the first commit
	}
	return s.checkHead()
}

// checkKey refuses a key that is not that of the database, and a database of nobody
// where none may be made. A database that has no key check yet has to unseal a code; one
// without a code takes the key it is given.
func (s *Store) checkKey(create bool) error {
	version, err := s.conn.number("PRAGMA user_version")
	if err != nil {
		return err
	}
	var owner string
	if version > 0 {
		if owner, err = s.conn.text("SELECT doc FROM singles WHERE name='station'"); err != nil {
			return err
		}
	}
	if owner == "" && !create {
		return Lost{"station.db in " + s.dir + " holds no station"}
	}
	if version == 0 {
		return nil
	}
	wrong := fmt.Errorf("station.key is not the key of the database in %s: put back the key that "+
		"belongs to it, "+
		"without which no code can be recognised", s.dir)
	known, err := s.conn.text("SELECT doc FROM singles WHERE name='key'")
	if err != nil {
		return err
	}
	if known != "" {
		if known != s.keyCheck() {
			return wrong
		}
		return nil
	}
	row, err := s.conn.once("SELECT parcel, sealed FROM codes LIMIT 1")
	if err != nil || row == nil {
		return err
	}
	if _, err := s.sealer.Unseal(row[0].(string), row[1].([]byte)); err != nil {
		return wrong
	}
	return nil
}

// keyCheck is what a database keeps of its key.
func (s *Store) keyCheck() string { return hex.EncodeToString(s.sum("key check")) }

// putSingle writes one of the single values before there are prepared statements.
func (s *Store) putSingle(name, doc string) error {
	_, err := s.conn.once("INSERT INTO singles(name, doc, sum) VALUES (?, ?, ?)", name, doc,
		s.sum("singles", name, doc))
	return err
}

// readers is how many connections read beside the writer.
const readers = 4

// openReaders opens all of them, so that a store that serves needs no more files
// later than it has at the start.
func (s *Store) openReaders(ctx context.Context) error {
	s.read.SetMaxOpenConns(readers)
	s.read.SetMaxIdleConns(readers)
	for range readers {
		c, err := s.read.Conn(ctx)
		if err != nil {
			return err
		}
		defer c.Close() // not before the last is open
		var schema int
		if err := c.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&schema); err != nil {
			return err
		}
	}
	return nil
}

// identify binds a new file to its station and reads where the log ends.
func (s *Store) identify() error {
	owner, err := s.conn.text("SELECT doc FROM singles WHERE name='station'")
	if err != nil {
		return err
	}
	if owner == "" {
		if err := errors.Join(s.putSingle("epoch", uuid.NewString()),
			s.putSingle("station", s.station)); err != nil {
			return err
		}
		owner = s.station
	}
	if owner != s.station {
		return fmt.Errorf("this database belongs to station %q, the configuration names %q: point data_dir "+
			"elsewhere or correct the id", owner, s.station)
	}
	if s.epoch, err = s.conn.text("SELECT doc FROM singles WHERE name='epoch'"); err != nil {
		return err
	}
	known, err := s.conn.text("SELECT doc FROM singles WHERE name='key'")
	if err == nil && known == "" {
		err = s.putSingle("key", s.keyCheck())
	}
	if err != nil {
		return err
	}
	newest, err := s.conn.once("SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1")
	if err != nil {
		return err
	}
	var now end
	if newest != nil {
		s.head.Store(newest[0].(int64)) // the table is STRICT: it can be nothing else
		now.seq = s.head.Load()
		copy(now.hash[:], newest[1].([]byte))
	}
	s.end.Store(&now)
	published, err := s.conn.number("SELECT coalesce((SELECT seq FROM events WHERE published=1 ORDER " +
		"BY seq DESC " +
		"LIMIT 1), 0)")
	if err != nil {
		return err
	}
	codes, err := s.conn.number("SELECT count(*) FROM codes")
	if err != nil {
		return err
	}
	s.published.Store(published)
	s.codes.Store(codes)
	indexed, err := s.conn.number("SELECT coalesce((SELECT through FROM story_index), 0)")
	if err != nil {
		return err
	}
	s.indexed.Store(min(indexed, s.head.Load()))
	return s.loadIncarnations()
}

// tidyAfter is after how many commits the write-ahead log is worth folding into the
// file: a few megabytes.
const tidyAfter = 100

// Untidy reports whether Tidy has something to do. Safe for concurrent use.
func (s *Store) Untidy() bool { return s.untidy.Load() >= tidyAfter }

// Tidy folds the write-ahead log into the file as far as nobody reads it, some
// milliseconds' work that would else become part of a later commit, for which
// somebody waits. Only the writer's goroutine may call it, between commits. After an
// error all is in the log still, and commits go on as long as that has room.
func (s *Store) Tidy() error {
	s.untidy.Store(0)
	if err := s.untouched(); err != nil {
		return err
	}
	s.works()
	defer s.rests()
	_, err := s.conn.once("PRAGMA wal_checkpoint(PASSIVE)")
	return err
}

// Fold folds the write-ahead log into the file and cuts it to nothing, so that
// erased text is gone from both. It waits for nobody: while somebody reads, done is
// false and it is to be called again. Only the writer's goroutine may call it,
// between commits. An error is one of Tidy's.
func (s *Store) Fold() (done bool, err error) {
	if err := s.untouched(); err != nil {
		return false, err
	}
	s.works()
	defer s.rests()
	if _, err := s.conn.once("PRAGMA busy_timeout = 0"); err != nil {
		return false, err
	}
	row, err := s.conn.once("PRAGMA wal_checkpoint(TRUNCATE)") // busy, pages in the log, pages folded
	_, back := s.conn.once("PRAGMA busy_timeout = " + busyTimeout)
	if err = errors.Join(err, back); err != nil {
		return false, err
	}
	return len(row) > 0 && row[0] == int64(0), nil
}

// Head is the sequence of the last committed event.
func (s *Store) Head() int64 { return s.head.Load() }

// Close closes the database. Unfinished transactions are rolled back.
func (s *Store) Close() error {
	var errs []error
	if s.headKept != nil {
		s.stopOnce.Do(func() { close(s.stop) })
		<-s.headKept
	}
	if s.read != nil {
		errs = append(errs, s.read.Close())
	}
	if s.conn != nil {
		errs = append(errs, s.conn.close(s.statements.all))
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Close())
	}
	return errors.Join(errs...)
}
