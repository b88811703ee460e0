package catalogue

import (
	"context"
	"errors"
	"io"
	"os"
	"sync"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/shop/catalogue"
)

// imports follows the one import that may be under way.
type imports struct {
	mu      sync.Mutex // guards what follows
	last    *catalogue.Import
	running bool
	work    sync.WaitGroup
	stop    context.CancelFunc // of the one that runs
}

var errImporting = ledger.Refuse(ledger.Conflict, "importing",
	"a catalogue is being imported; wait until it is, then try again")

// Last is the last import that was begun since the start, nil when there was none.
func (s *Store) Last() *catalogue.Import {
	s.imports.mu.Lock()
	defer s.imports.mu.Unlock()
	if s.imports.last == nil {
		return nil
	}
	last := *s.imports.last
	return &last
}

// Spool makes a file for what comes; whoever asked removes it, else the next start does.
func (s *Store) Spool() (*os.File, error) { return os.CreateTemp(s.folder, partPrefix) }

// Receive takes a catalogue in, and begins to import it when it is there completely. done
// gives the outcome, which Last tells too. One is imported at a time.
func (s *Store) Receive(pour func(io.Writer) error, check bool) (done <-chan error, err error) {
	s.imports.mu.Lock()
	if s.imports.running {
		s.imports.mu.Unlock()
		return nil, errImporting
	}
	s.imports.running = true
	s.imports.work.Add(1)
	s.imports.mu.Unlock()
	end := func() {
		s.imports.mu.Lock()
		s.imports.running = false
		s.imports.mu.Unlock()
		s.imports.work.Done()
	}
	file, err := s.Spool()
	if err != nil {
		end()
		return nil, err
	}
	clean := func() {
		file.Close()
		os.Remove(file.Name())
		end()
	}
	if err = pour(file); err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err != nil {
		clean()
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	began := time.Now()
	s.imports.mu.Lock()
	s.imports.last = &catalogue.Import{State: catalogue.Importing, Check: check, Began: began.UTC()}
	s.imports.stop = cancel
	s.imports.mu.Unlock()
	outcome := make(chan error, 1)
	go func() {
		_, err := s.Import(ctx, file, began, check)
		cancel()
		s.ended(err)
		clean() // before it is told: whoever hears of it may send the next
		outcome <- err
	}()
	return outcome, nil
}

// ended notes how an import ended.
func (s *Store) ended(err error) {
	s.imports.mu.Lock()
	defer s.imports.mu.Unlock()
	last, at := s.imports.last, time.Now().UTC()
	last.Ended, last.State = &at, catalogue.Imported
	var wrong *catalogue.Mistakes
	switch {
	case errors.As(err, &wrong):
		last.State, last.Mistakes, last.First = catalogue.Refused, wrong.Count, wrong.First
	case err != nil:
		last.State, last.Detail = catalogue.Failed, err.Error()
	}
}

// halt ends an import that runs.
func (i *imports) halt() {
	i.mu.Lock()
	if i.stop != nil {
		i.stop()
	}
	i.running = true // none begins any more
	i.mu.Unlock()
	i.work.Wait()
}
