package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// Exists reports whether there is a database in a folder; an empty file is none.
func Exists(dir string) (bool, error) {
	info, err := os.Stat(filepath.Join(dir, "station.db"))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil && info.Size() > 0, err
}

// Lost is the error of a database that is not where it was.
type Lost struct{ What string }

// Error says what is wrong and what to do.
func (l Lost) Error() string {
	return l.What + ": parcels may lie behind doors of which nobody knows. Put the database back, the newest copy " +
		"of it if need " +
		"be; if there is none, look into every door and run cubbyctl init --new"
}

// Leftovers refuses to make a database where there was one.
func Leftovers(dir string) error {
	if there, err := Exists(dir); there || err != nil {
		return err
	}
	for _, name := range []string{"station.db-wal", "station.head"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return Lost{fmt.Sprintf("station.db is missing in %s, and %s is there", dir, name)}
		}
	}
	return nil
}

// ClearForNew sets aside what is left beside a database that is gone, so that a new one
// can be made. It refuses where there is a database.
func ClearForNew(dir string, at time.Time) error {
	there, err := Exists(dir)
	if err != nil {
		return err
	}
	if there {
		return fmt.Errorf("there is a database in %s: move station.db and its -wal to a safe place first", dir)
	}
	for _, name := range []string{
		"station.db", "station.db-wal", "station.db-shm", "station.db-journal", "station.head",
	} {
		err = errors.Join(err, setAside(filepath.Join(dir, name), at))
	}
	return err
}

// A place is a file by its name and by what it is.
type place struct {
	path     string
	dev, ino uint64
}

func placeOf(path string) (p place, err error) {
	var st unix.Stat_t
	if err := unix.Stat(path, &st); err != nil {
		return p, &fs.PathError{Op: "stat", Path: path, Err: err}
	}
	return place{path, st.Dev, st.Ino}, nil
}

func (p place) check() error {
	now, err := placeOf(p.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Lost{p.path + " is gone"}
	case err != nil:
		return err
	case now != p:
		return Lost{p.path + " is another file than the one that is open"}
	}
	return nil
}

// notePlaces remembers which files are open.
func (s *Store) notePlaces() error {
	db, err := placeOf(filepath.Join(s.dir, "station.db"))
	if err != nil {
		return err
	}
	s.places = []place{db}
	for _, name := range []string{"station.db-wal", "station.db-shm", "station.lock"} {
		if p, err := placeOf(filepath.Join(s.dir, name)); err == nil {
			s.places = append(s.places, p)
		}
	}
	s.rests()
	return s.notCut()
}

// InPlace refuses when a file of the open database is not the one any more that a start
// would find: what is committed would be lost with the next one. Safe for concurrent use.
func (s *Store) InPlace() error {
	for _, p := range s.places {
		if err := p.check(); err != nil {
			return err
		}
	}
	return errors.Join(s.notCut(), s.untouched())
}

// works and rests enclose whatever may write to the database's file: commits and
// checkpoints, all of the writer. The time of its last change is remembered in
// between, in nanoseconds; 0 while the writer is at work.
func (s *Store) works() { s.changed.Store(0) }

func (s *Store) rests() {
	if info, err := os.Stat(s.places[0].path); err == nil {
		s.changed.Store(info.ModTime().UnixNano())
	}
}

// untouched refuses when something else has written to the database since the
// writer did, as by copying another file over it.
func (s *Store) untouched() error {
	left := s.changed.Load()
	info, err := os.Stat(s.places[0].path)
	if err != nil || left == 0 || info.ModTime().UnixNano() == left || s.changed.Load() != left {
		return err
	}
	return Damage{s.places[0].path + " was written to by something else while it was open"}
}

// notCut refuses when the database has become shorter. It never does by itself: nothing
// here vacuums. It is asked for its size only, since whoever opens and closes the file
// takes the locks of this process away.
func (s *Store) notCut() error {
	before := s.longest.Load() // before the size is read, which only grows
	info, err := os.Stat(s.places[0].path)
	if err != nil {
		return err
	}
	if info.Size() < before {
		return Damage{fmt.Sprintf("%s has %d bytes and had %d", s.places[0].path, info.Size(), before)}
	}
	s.longest.CompareAndSwap(before, info.Size())
	return nil
}
