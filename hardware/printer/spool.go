package printer

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A spool is a folder with one file for each job, sealed, readable by its owner
// only. A file is there completely or not at all, and stays through a power cut
// once it was written.
type spool struct {
	folder string
	vault  Vault
	settle func(folder string) error // makes the names in a folder durable
}

// settleFolder has the disk know the names in a folder.
func settleFolder(folder string) error {
	d, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

const spooled = ".job"

// written is what a file says once it has been unsealed.
type written struct {
	Entry
	Data []byte `json:"data"`
	Copy []byte `json:"copy"`
}

func (s *spool) path(id string) string { return filepath.Join(s.folder, id+spooled) }

func (s *spool) write(one *job) error {
	text, err := json.Marshal(written{one.Entry, one.Data, one.Copy})
	if err != nil {
		return err
	}
	if err := s.replace(s.path(one.Entry.ID), s.vault.Seal(belongs(one.Entry.ID), string(text))); err != nil {
		return fmt.Errorf("keep print job %s: %w", one.Entry.ID, err)
	}
	return nil
}

func (s *spool) replace(path string, content []byte) error {
	if err := s.make(s.folder); err != nil {
		return err
	}
	f, err := os.CreateTemp(s.folder, "new-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if _, err = f.Write(content); err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return s.settle(s.folder)
}

// make makes the folder where it is not there.
func (s *spool) make(folder string) error {
	err := os.Mkdir(folder, 0o700)
	if errors.Is(err, fs.ErrNotExist) { // nor is the one it lies in
		if err = s.make(filepath.Dir(folder)); err == nil {
			err = os.Mkdir(folder, 0o700)
		}
	}
	switch {
	case errors.Is(err, fs.ErrExist):
		return nil
	case err != nil:
		return err
	}
	return s.settle(filepath.Dir(folder))
}

// remove may find nothing.
func (s *spool) remove(id string) { _ = os.Remove(s.path(id)) }

// read takes up the jobs kept. A file that cannot be unsealed is of another
// station or damaged, and is removed: it could never be printed.
func (s *spool) read() ([]*job, error) {
	files, err := os.ReadDir(s.folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the print jobs kept: %w", err)
	}
	var all []*job
	for _, f := range files {
		id, ok := strings.CutSuffix(f.Name(), spooled)
		one := (*job)(nil)
		if ok && validJob(id) {
			if sealed, err := os.ReadFile(s.path(id)); err == nil {
				one = s.open(id, sealed)
			}
		}
		if one == nil {
			_ = os.Remove(filepath.Join(s.folder, f.Name())) // also what a crash left half written
			continue
		}
		all = append(all, one)
	}
	slices.SortStableFunc(all, func(a, b *job) int { return a.Since.Compare(b.Since) })
	return all, nil
}

func (s *spool) open(id string, sealed []byte) *job {
	text, err := s.vault.Unseal(belongs(id), sealed)
	if err != nil {
		return nil
	}
	var w written
	if json.Unmarshal([]byte(text), &w) != nil || w.ID != id || len(w.Data) == 0 {
		return nil
	}
	return &job{Job: Job{ID: id, Title: w.Title, Data: w.Data, Copy: w.Copy}, Entry: w.Entry}
}

func belongs(id string) string { return "print/" + id }
