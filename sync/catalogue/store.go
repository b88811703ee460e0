// Package catalogue keeps what a shop offers in a folder of its own, for a station and for a
// hub: one SQLite file that is searched as one types, and the pictures in the sizes that
// pages show.
//
// A catalogue is replaced as a whole. The new one is built in a file beside the old one, and
// takes its place when it is complete on the disk; who reads meanwhile reads the old one to
// the end. A program that is killed at any moment has the old one.
package catalogue

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"

	_ "modernc.org/sqlite" // the driver, named "sqlite"

	"cubby/locker/ledger"
	"cubby/locker/shop/catalogue"
)

// Names in the folder.
const (
	currentFile = "current" // holds the name of the file that counts
	filePrefix  = "catalogue-"
	partPrefix  = "part-"
	pictureDir  = "pictures"
	stagedDir   = "staged"
)

// A Store is a folder with a catalogue. Its methods are safe for concurrent use.
type Store struct {
	folder string

	importing sync.Mutex // held while the catalogue is replaced
	drawing   sync.Mutex // held while a picture is unpacked: one at a time
	imports   imports

	mu      sync.Mutex // guards what follows
	open    *edition   // nil: there is none, or the store is closed
	closed  bool
	changed chan struct{} // closed when another edition is open
}

// An edition is one version that is open.
type edition struct {
	catalogue.Version
	db    *sql.DB
	path  string
	users int  // that read
	old   bool // is closed with its last user
	gone  bool // and removed: another one counts

	ready sync.Map // statements that are read once, by their text
	kept  atomic.Int32
}

// mostKept bounds the statements that are kept ready.
const mostKept = 64

// query reads rows by a statement that comes again.
func (e *edition) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if s, ok := e.ready.Load(query); ok {
		return s.(*sql.Stmt).QueryContext(ctx, args...)
	}
	if e.kept.Load() >= mostKept {
		return e.db.QueryContext(ctx, query, args...)
	}
	s, err := e.db.PrepareContext(context.WithoutCancel(ctx), query)
	if err != nil {
		return nil, err
	}
	if before, twice := e.ready.LoadOrStore(query, s); twice {
		s.Close()
		s = before.(*sql.Stmt)
	} else {
		e.kept.Add(1)
	}
	return s.QueryContext(ctx, args...)
}

// end closes it when nobody reads it any more. Connections are made while it is read, so its
// file stays until then.
func (e *edition) end() error {
	if !e.old || e.users > 0 {
		return nil
	}
	err := e.db.Close()
	if e.gone {
		err = errors.Join(err, os.Remove(e.path))
	}
	return err
}

// Nothing is refused where there is no catalogue, or what was asked for is not in it.
var (
	errNoCatalogue = ledger.Refuse(ledger.NotFound, "no-catalogue",
		"there is no catalogue yet; import one: cubbyctl catalogue import FILE")
	errNoProduct = ledger.Refuse(ledger.NotFound, "no-such-product",
		"the catalogue has no such product")
	errNoPicture = ledger.Refuse(ledger.NotFound, "no-such-picture",
		"the catalogue has no such picture")
	errClosed = errors.New("the catalogue is closed")
)

// Open opens the catalogue in a folder, which is made when it is not there, and removes what
// an import left that did not end.
func Open(folder string) (*Store, error) {
	s := &Store{folder: folder, changed: make(chan struct{})}
	for _, sub := range []string{"", pictureDir, stagedDir} {
		if err := os.MkdirAll(filepath.Join(folder, sub), 0o700); err != nil {
			return nil, fmt.Errorf("make the folder of the catalogue: %w", err)
		}
	}
	name, err := os.ReadFile(filepath.Join(folder, currentFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("open the catalogue: %w", err)
	}
	is := strings.TrimSpace(string(name))
	if is != "" {
		if filepath.Base(is) != is || !strings.HasPrefix(is, filePrefix) {
			return nil, fmt.Errorf("%s names no catalogue; remove it and import the catalogue again",
				filepath.Join(folder, currentFile))
		}
		if s.open, err = openEdition(filepath.Join(folder, is)); err != nil {
			return nil, fmt.Errorf("open the catalogue: %w", err)
		}
	}
	return s, s.sweep(is)
}

// sweep removes files of other editions, and what was being written.
func (s *Store) sweep(keep string) error {
	for _, sub := range []string{"", pictureDir, stagedDir} {
		all, err := os.ReadDir(filepath.Join(s.folder, sub))
		if err != nil {
			return err
		}
		for _, f := range all {
			left := strings.HasPrefix(f.Name(), partPrefix) ||
				sub == "" && strings.HasPrefix(f.Name(), filePrefix) && f.Name() != keep
			if !left {
				continue
			}
			if err := os.Remove(filepath.Join(s.folder, sub, f.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// openEdition opens a file that nobody changes any more.
func openEdition(path string) (*edition, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", "file:"+escaped(path)+
		"?mode=ro&immutable=1&_pragma=query_only(1)&_pragma=trusted_schema(0)&_pragma=cache_size(-8000)")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(4)
	db.SetMaxIdleConns(4)
	e := &edition{db: db, path: path}
	var about string
	err = db.QueryRow("SELECT about FROM version").Scan(&about)
	if err == nil {
		err = json.Unmarshal([]byte(about), &e.Version)
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return e, nil
}

func escaped(path string) string {
	return strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(path)
}

// Close closes it, when all who read have ended. An import that runs is given up.
func (s *Store) Close() error {
	s.imports.halt()
	s.importing.Lock()
	defer s.importing.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	e := s.open
	s.open = nil
	if e == nil {
		return nil
	}
	e.old = true
	return e.end()
}

// Version is the catalogue that counts; its Number is 0 where there is none.
func (s *Store) Version() catalogue.Version {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open == nil {
		return catalogue.Version{Languages: []string{}}
	}
	return s.open.Version
}

// Changed is closed when another catalogue counts. Take a new one after that.
func (s *Store) Changed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

// reading lets a function read one edition to its end, whatever is imported meanwhile.
func (s *Store) reading(do func(*edition) error) (err error) {
	s.mu.Lock()
	e := s.open
	switch {
	case s.closed:
		s.mu.Unlock()
		return errClosed
	case e == nil:
		s.mu.Unlock()
		return errNoCatalogue
	}
	e.users++
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		e.users--
		err = errors.Join(err, e.end())
	}()
	return do(e)
}

// swap has another edition count. Its file is complete on the disk.
func (s *Store) swap(next *edition) error {
	name := []byte(filepath.Base(next.path) + "\n")
	if err := replace(filepath.Join(s.folder, currentFile), name); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.open
	s.open = next
	close(s.changed)
	s.changed = make(chan struct{})
	if before == nil {
		return nil
	}
	before.old, before.gone = true, true
	return before.end()
}

// replace writes a file so that it has its old content or its new one, whatever happens.
func replace(path string, content []byte) (err error) {
	folder := filepath.Dir(path)
	part, err := os.CreateTemp(folder, partPrefix)
	if err != nil {
		return err
	}
	defer os.Remove(part.Name()) // which fails when all went well
	if _, err = part.Write(content); err == nil {
		err = part.Sync()
	}
	if err = errors.Join(err, part.Close()); err != nil {
		return err
	}
	if err = os.Rename(part.Name(), path); err != nil {
		return err
	}
	return settle(folder)
}

// settle makes what was renamed in a folder durable.
func settle(folder string) error {
	f, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Export writes the catalogue, as Import reads it, to what begin gives for its version. Its
// SHA-256 is the version's hash.
func (s *Store) Export(ctx context.Context, begin func(v catalogue.Version) io.Writer) error {
	return s.reading(func(e *edition) error {
		return catalogue.Write(begin(e.Version), func(to catalogue.Sink) error { return e.each(ctx, to) })
	})
}
