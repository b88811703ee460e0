package store

import (
	"crypto/hmac"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// headEvery is how often the end of the log is written down beside the database at most.
const headEvery = time.Second

// An end is where the log ends.
type end struct {
	seq  int64
	hash [32]byte
}

// An ending lies beside the database in a file of its own and bears a keyed sum. By
// it a log is found that was cut, or an older copy of it: such a log follows from its
// first event like any other. It is never in a commit's path, so it may be behind.
type ending struct {
	Station string `json:"station"`
	Epoch   string `json:"epoch"`
	Seq     int64  `json:"seq"`
	Hash    string `json:"hash"`
	Sum     string `json:"sum"`
}

func (s *Store) headPath() string { return filepath.Join(s.dir, "station.head") }

func (s *Store) headSum(w ending) string {
	return hex.EncodeToString(s.sum("head", w.Station, w.Epoch, strconv.FormatInt(w.Seq, 10), w.Hash))
}

// checkHead refuses a log that does not reach to where it did when it was written down.
func (s *Store) checkHead() error {
	const older = "; put the newest copy back. If there is none, look into every door and run cubbyctl init " +
		"--accept-older"
	text, err := os.ReadFile(s.headPath())
	if errors.Is(err, fs.ErrNotExist) {
		s.Unwitnessed = s.head.Load() > 0
		return nil
	}
	if err != nil {
		return err
	}
	var w ending
	if err := json.Unmarshal(text, &w); err != nil || !hmac.Equal([]byte(w.Sum), []byte(s.headSum(w))) {
		return fmt.Errorf("%s is damaged, so nobody can say whether the log is whole%s", s.headPath(), older)
	}
	if w.Station != s.station || w.Epoch != s.epoch {
		return fmt.Errorf("the database in %s is not the one that was there: station.head belongs to another%s",
			s.dir, older)
	}
	now := s.end.Load()
	if w.Seq > now.seq {
		return fmt.Errorf("the log has been cut, or is an older copy: it ends with event %d, and had %d events%s",
			now.seq, w.Seq, older)
	}
	row, err := s.conn.once("SELECT hash FROM events WHERE seq=?", w.Seq)
	if err != nil {
		return asDamage(err)
	}
	if w.Seq > 0 && (row == nil || hex.EncodeToString(row[0].([]byte)) != w.Hash) {
		return fmt.Errorf("event %d is another one than the log had there: the database was exchanged%s", w.Seq, older)
	}
	return nil
}

// keepHead writes the end of the log down as it moves, until the store is closed.
func (s *Store) keepHead(last int64) {
	defer close(s.headKept)
	write := func() {
		now := *s.end.Load()
		if now.seq == last {
			return
		}
		err := s.writeHead(now)
		if err == nil {
			last = now.seq
		}
		s.headFault.Store(&err)
	}
	for {
		select {
		case <-s.moved:
		case <-s.stop:
			write()
			return
		}
		write()
		select {
		case <-time.After(headEvery):
		case <-s.stop:
			write()
			return
		}
	}
}

func (s *Store) writeHead(now end) error {
	if err := s.InPlace(); err != nil {
		return err
	}
	w := ending{Station: s.station, Epoch: s.epoch, Seq: now.seq, Hash: hex.EncodeToString(now.hash[:])}
	w.Sum = s.headSum(w)
	text, err := json.Marshal(w)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(s.headPath()+"~", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if _, err = f.Write(append(text, '\n')); err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := os.Rename(s.headPath()+"~", s.headPath()); err != nil {
		return err
	}
	return syncFolder(s.dir)
}

// HeadFault is why the end of the log could not be written down last time; nil when it
// was. Safe for concurrent use.
func (s *Store) HeadFault() error {
	if p := s.headFault.Load(); p != nil {
		return *p
	}
	return nil
}

func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// setAside gives a file of this folder another name, under which nothing looks for it.
func setAside(path string, at time.Time) error {
	err := os.Rename(path, path+"."+at.UTC().Format("20060102T150405Z"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
