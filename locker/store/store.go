// Package store keeps the station's facts in one SQLite file: an append-only,
// hash-chained log and the tables projected from it.
//
// There is one writer connection, used by one goroutine through Begin, and a
// small read-only pool for everybody else. A Commit that returned nil survives
// a power cut. After any error from a Tx the Store must be closed and opened
// again: what SQLite did is unknown until the file has been read anew.
package store

import (
	"context"
	"database/sql"
	"embed"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/google/uuid"
	_ "modernc.org/sqlite" // the driver, named "sqlite"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Sealer encrypts the clear codes while they wait to be told, and makes the keyed sums
// by which rows are known.
type Sealer interface {
	Sum(parts ...string) []byte
	Seal(belongsTo, text string) []byte
	Unseal(belongsTo string, sealed []byte) (string, error)
}

// Store is the station's database.
type Store struct {
	// Unwitnessed: nothing beside the database says how far its log went.
	Unwitnessed bool

	dir     string
	station string
	sealer  Sealer
	lock    *os.File // held exclusively while the file is open

	conn       *conn
	statements statements

	read                  *sql.DB
	pageOf, pageWithCodes *sql.Stmt

	epoch  string              // the random id this database got when it was made
	head   atomic.Int64        // sequence of the last committed event
	told   atomic.Int64        // sequence of the last committed event of the feed
	end    atomic.Pointer[end] // of the log, as committed
	lives  atomic.Pointer[[]life]
	alive  bool         // this opening has begun a life; the writer's
	untidy atomic.Int64 // commits since the log was folded in
	feed   signal
	codes  atomic.Int64 // rows of clear codes waiting

	places    []place       // the files that are open
	moved     chan struct{} // holds a token after a commit
	stop      chan struct{} // closed when the store is
	stopOnce  sync.Once
	headKept  chan struct{} // closed when the end of the log is not written down any more; nil before
	headFault atomic.Pointer[error]
}

// busyTimeout is how long a statement waits for a lock, in milliseconds.
const busyTimeout = "5000"

// Wanted settings, read back after opening. FULL is what keeps an acknowledged
// fact through a power cut; the rest keeps damage out and erased text erased.
var pragmas = []struct{ name, set, want string }{
	{"busy_timeout", busyTimeout, busyTimeout},
	{"journal_mode", "WAL", "wal"},
	{"synchronous", "FULL", "2"},
	{"foreign_keys", "ON", "1"},
	{"trusted_schema", "OFF", "0"},
	{"cell_size_check", "ON", "1"},
	{"secure_delete", "ON", "1"},
	{"mmap_size", "0", "0"},
	{"journal_size_limit", "16777216", "16777216"},
	{"wal_autocheckpoint", "4000", "4000"}, // pages: a commit folds the log in every 16 MB, where Tidy did not
}

// Open opens the station's database in dir, making it on first use. It refuses
// a SQLite that can corrupt WAL files, settings that did not take, a database
// of another station, and a second process.
func Open(ctx context.Context, dir, station string, sealer Sealer) (*Store, error) {
	return OpenAs(ctx, dir, station, sealer, Opening{Create: true})
}

// An Opening is how a database is opened.
type Opening struct {
	Create      bool // make it when there was none
	AcceptOlder bool // its log may be shorter than it was: staff have put a copy back
	Examine     bool // read all of it before it is used
}

// OpenAs is Open in the way that is asked for.
func OpenAs(ctx context.Context, dir, station string, sealer Sealer, how Opening) (*Store, error) {
	s := &Store{dir: dir, station: station, sealer: sealer, moved: make(chan struct{}, 1), stop: make(chan struct{})}
	s.feed.init()
	if err := s.open(ctx, dir, how); err != nil {
		s.Close()
		return nil, asDamage(err)
	}
	s.headKept = make(chan struct{})
	go s.keepHead()
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
		return fmt.Errorf("%s-journal exists beside a WAL database: somebody else has written to it; restore the newest backup", path)
	}
	if s.lock, err = lockFile(filepath.Join(dir, "station.lock")); err != nil {
		return err
	}
	if err = leftovers(dir); err != nil {
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
		return setAside(s.headPath(), time.Now())
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
	wrong := fmt.Errorf("station.key is not the key of the database in %s: put back the key that belongs to it, without which no code can be recognised", s.dir)
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
	_, err := s.conn.once("INSERT INTO singles(name, doc, sum) VALUES (?, ?, ?)", name, doc, s.sum("singles", name, doc))
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

// ownFile makes the database's file readable by its owner only; SQLite gives
// the files beside it the same mode.
func ownFile(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(f.Chmod(0o600), f.Close())
}

// strayJournal reports whether a rollback journal lies beside a database that is
// in WAL mode already (bytes 18 and 19 of its header are 2: SQLite file format,
// section 1.3) and has been migrated once (bytes 60 to 63). Before that, at the
// very first start, a journal is how a start that was cut short is undone.
func strayJournal(path string) (bool, error) {
	if _, err := os.Stat(path + "-journal"); err != nil {
		return false, nil
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	defer f.Close()
	var header [64]byte
	if _, err := io.ReadFull(f, header[:]); errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return false, nil
	} else if err != nil {
		return false, err
	}
	migrated := binary.BigEndian.Uint32(header[60:]) > 0 // user_version
	return header[18] == 2 && migrated, nil
}

func dsn(path, more string) string {
	var b strings.Builder
	b.WriteString((&url.URL{Scheme: "file", Path: path}).String() + "?") // escapes what means something in a URL
	for i, p := range pragmas {
		if i > 0 {
			b.WriteByte('&')
		}
		if strings.Contains(more, "mode=ro") && p.name == "journal_mode" {
			b.WriteString("_pragma=temp_store(2)") // a reader takes the mode it finds
			continue
		}
		fmt.Fprintf(&b, "_pragma=%s(%s)", p.name, p.set)
	}
	return b.String() + more
}

// lockFile keeps a second core away from the database: SQLite's own locks would
// let it in between two transactions.
func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, fmt.Errorf("another core is running on %s: stop it first", filepath.Dir(path))
	}
	return f, nil
}

// oldestSQLite is the first version without the WAL corruption that 3.7.0 to
// 3.51.2 can suffer when two connections write and checkpoint at once.
var oldestSQLite = [3]int{3, 51, 3}

func (s *Store) checkSQLite() error {
	version, err := s.conn.text("SELECT sqlite_version()")
	if err != nil {
		return err
	}
	if !newEnough(version) {
		return fmt.Errorf("SQLite %s can corrupt its write-ahead log; at least %d.%d.%d is needed: rebuild with the pinned modernc.org/sqlite", version, oldestSQLite[0], oldestSQLite[1], oldestSQLite[2])
	}
	for _, p := range pragmas {
		got, err := s.conn.text("PRAGMA " + p.name)
		if err != nil {
			return fmt.Errorf("read back %s: %w", p.name, err)
		}
		if got != p.want {
			return fmt.Errorf("SQLite setting %s is %q and should be %q: the file system or this build of SQLite does not allow it", p.name, got, p.want)
		}
	}
	return nil
}

func newEnough(version string) bool {
	var have [3]int
	for i, part := range strings.SplitN(version, ".", 3) {
		n, err := strconv.Atoi(part)
		if err != nil {
			return false
		}
		have[i] = n
	}
	return slices.Compare(have[:], oldestSQLite[:]) >= 0
}

// migrate applies the migrations the file has not seen, forward only, each in a
// transaction of its own together with its number.
func (s *Store) migrate() error {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	slices.Sort(files)
	at, err := s.conn.number("PRAGMA user_version")
	if err != nil {
		return err
	}
	if at > int64(len(files)) {
		return fmt.Errorf("the database has schema %d and this program knows %d: it was written by a newer version; install that one", at, len(files))
	}
	for i, name := range files[at:] {
		body, err := migrations.ReadFile(name)
		if err != nil {
			return err
		}
		script := fmt.Sprintf("BEGIN IMMEDIATE;\n%s\nPRAGMA user_version = %d;\nCOMMIT;", body, at+int64(i)+1)
		if err := s.conn.script(script); err != nil {
			s.conn.script("ROLLBACK")
			return fmt.Errorf("%s: %w", name, err)
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
		if err := errors.Join(s.putSingle("epoch", uuid.NewString()), s.putSingle("station", s.station)); err != nil {
			return err
		}
		owner = s.station
	}
	if owner != s.station {
		return fmt.Errorf("this database belongs to station %q, the configuration names %q: point data_dir elsewhere or correct the id", owner, s.station)
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
	told, err := s.conn.number("SELECT coalesce((SELECT seq FROM events WHERE told=1 ORDER BY seq DESC LIMIT 1), 0)")
	if err != nil {
		return err
	}
	codes, err := s.conn.number("SELECT count(*) FROM codes")
	if err != nil {
		return err
	}
	s.told.Store(told)
	s.codes.Store(codes)
	return s.loadLives()
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
	_, err := s.conn.once("PRAGMA wal_checkpoint(PASSIVE)")
	return err
}

// Fold folds the write-ahead log into the file and cuts it to nothing, so that
// erased text is gone from both. It waits for nobody: while somebody reads, done is
// false and it is to be called again. Only the writer's goroutine may call it,
// between commits. An error is one of Tidy's.
func (s *Store) Fold() (done bool, err error) {
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
