// Package unsteady fails as it is told: it tests how a failing test is run again.
package unsteady

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// TestSome has one subtest for each word of UNSTEADY: a number of runs that fail
// before one passes.
func TestSome(t *testing.T) {
	for _, name := range filepath.SplitList(os.Getenv("UNSTEADY")) {
		t.Run(name, func(t *testing.T) {
			fails, err := strconv.Atoi(name[:1])
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(os.Getenv("UNSTEADY_RUNS"), name)
			runs, _ := os.ReadFile(file)
			if err := os.WriteFile(file, append(runs, 'x'), 0o600); err != nil {
				t.Fatal(err)
			}
			if len(runs) < fails {
				t.Errorf("%s: run %d fails", name, len(runs)+1)
			}
		})
	}
}

// TestRace has a data race where UNSTEADY_RACE is set, in its first run only.
func TestRace(t *testing.T) {
	file := filepath.Join(os.Getenv("UNSTEADY_RUNS"), "race")
	if os.Getenv("UNSTEADY_RACE") == "" {
		t.Skip("no race is wanted")
	}
	if _, err := os.Stat(file); err == nil {
		return
	}
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	n, done := 0, make(chan bool)
	go func() { n++; close(done) }()
	n++
	<-done
	if n > 2 {
		t.Error(n)
	}
}
