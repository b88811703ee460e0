package store

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"cubby/locker/ledger"
)

// Another file that is copied over the database has its name and its place: only
// the time of its last change tells. The writer's own commits and checkpoints do not.
func TestADatabaseThatSomethingElseWritesToIsNoticed(t *testing.T) {
	for name, write := range map[string]func(path string, text []byte) error{
		"a copy": func(path string, text []byte) error { return os.WriteFile(path, text, 0o600) },
		"a byte in place": func(path string, _ []byte) error {
			f, err := os.OpenFile(path, os.O_WRONLY, 0)
			if err != nil {
				return err
			}
			defer f.Close()
			_, err = f.WriteAt([]byte{1}, 5000)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := open(t, dir)
			path := filepath.Join(dir, "station.db")
			for range 5 {
				commit(t, s, []ledger.Fact{announced("a")})
				if err := s.Tidy(); err != nil {
					t.Fatal(err)
				}
				if _, err := s.Fold(); err != nil {
					t.Fatal(err)
				}
				if err := s.InPlace(); err != nil {
					t.Fatalf("nobody else has been there: %v", err)
				}
			}
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := write(path, text); err != nil {
				t.Fatal(err)
			}
			later := time.Now().Add(time.Second) // clocks of files are coarse
			if err := os.Chtimes(path, later, later); err != nil {
				t.Fatal(err)
			}
			if err := s.InPlace(); !IsDamage(err) {
				t.Errorf("a look says %v", err)
			}
			if _, err := s.Begin(); !IsDamage(err) {
				t.Errorf("a commit begins with %v", err)
			}
		})
	}
}
