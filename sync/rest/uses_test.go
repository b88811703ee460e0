package rest_test

import (
	"context"
	"errors"
	"net"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"cubby/sync/api/apitest"
	"cubby/sync/rest"
)

// notebook takes down uses, and nothing else.
type notebook struct {
	rest.Kept
	mu     sync.Mutex
	ticks  [][]rest.Use
	broken bool
}

func (n *notebook) Tick(_ context.Context, uses []rest.Use) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.ticks = append(n.ticks, slices.Clone(uses))
	if n.broken {
		return errors.New("the disk is full")
	}
	return nil
}

func (n *notebook) breaks(broken bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.broken = broken
}

func (n *notebook) all() [][]rest.Use {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.ticks)
}

func (n *notebook) noted() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	count := 0
	for _, t := range n.ticks {
		count += len(t)
	}
	return count
}

// Uses are written down once in a minute, however many there were, again after a failure,
// and when the server ends.
func TestLastUsesAreWrittenOnceInAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		book := new(notebook)
		b := apitest.New(t, func(c *apitest.Setup) { c.Kept = book })
		l := pipes{make(chan net.Conn), make(chan struct{})}
		ended := make(chan error, 1)
		go func() { ended <- b.Server.ServeTCP(context.Background(), l) }()
		for range 100 {
			apitest.Want(t, b.Do("GET", "/v1/capacity", ""), 200, "")
		}
		if book.noted() != 0 {
			t.Error("it is written down in the way of a request")
		}
		last := time.Now()
		time.Sleep(61 * time.Second)
		if book.noted() != 1 || book.all()[0][0].Name != "all" || !book.all()[0][0].At.Equal(last) {
			t.Errorf("written down: %+v, want all at %v", book.all(), last)
		}
		time.Sleep(10 * time.Minute) // nobody comes
		if book.noted() != 1 {
			t.Errorf("written down: %+v", book.all())
		}
		book.breaks(true)
		apitest.Want(t, b.Do("GET", "/v1/capacity", ""), 200, "")
		time.Sleep(time.Minute)
		if book.breaks(false); book.noted() != 2 {
			t.Errorf("written down: %+v", book.all())
		}
		b.Server.Close()
		if err := <-ended; err != nil || book.noted() != 3 {
			t.Errorf("at the end it was written down: %+v, %v", book.all(), err)
		}
	})
}
