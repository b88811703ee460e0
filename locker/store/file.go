package store

import (
	"embed"
	"encoding/binary"
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
	"syscall"
)

//go:embed migrations/*.sql
var migrations embed.FS

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

// Hold keeps every core away from a folder until the file is closed.
func Hold(dir string) (*os.File, error) { return lockFile(filepath.Join(dir, "station.lock")) }

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
		return fmt.Errorf("SQLite %s can corrupt its write-ahead log; at least %d.%d.%d is needed: rebuild with the "+
			"pinned modernc.org/sqlite", version, oldestSQLite[0], oldestSQLite[1], oldestSQLite[2])
	}
	for _, p := range pragmas {
		got, err := s.conn.text("PRAGMA " + p.name)
		if err != nil {
			return fmt.Errorf("read back %s: %w", p.name, err)
		}
		if got != p.want {
			return fmt.Errorf("SQLite setting %s is %q and should be %q: the file system or this build of SQLite "+
				"does not allow it", p.name, got, p.want)
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
		return fmt.Errorf("the database has schema %d and this program knows %d: it was written by a newer version; "+
			"install that one", at, len(files))
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
