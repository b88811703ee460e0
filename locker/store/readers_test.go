package store

import (
	"context"
	"os"
	"sync"
	"testing"
)

// files is how many files this process has open.
func files(t *testing.T) int {
	t.Helper()
	all, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}

func TestReadingAtOnceOpensNoFileThatWasNotOpenBefore(t *testing.T) {
	s := open(t, t.TempDir())
	before := files(t)
	var all sync.WaitGroup
	begun, end := make(chan error), make(chan struct{})
	for range readers {
		all.Go(func() {
			rows, err := s.read.QueryContext(context.Background(), "SELECT seq FROM events")
			begun <- err
			<-end
			if err == nil {
				rows.Close()
			}
		})
	}
	for range readers {
		if err := <-begun; err != nil {
			t.Error(err)
		}
	}
	if now := files(t); now != before {
		t.Errorf("with %d readers at once %d files are open, %d before", readers, now, before)
	}
	close(end)
	all.Wait()
}
