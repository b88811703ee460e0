package apitest

import (
	"context"
	"cubby/sync/sse"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// A Wire is a ResponseWriter that a stream can be read from while it is written.
type Wire struct {
	header http.Header
	mu     sync.Mutex // guards what follows
	status int
	text   strings.Builder
	broken error
}

// Header is what was set before the status.
func (w *Wire) Header() http.Header { return w.header }

// WriteHeader keeps the status.
func (w *Wire) WriteHeader(status int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.status = status
}

// Write takes bytes, unless the wire is broken.
func (w *Wire) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.broken != nil {
		return 0, w.broken
	}
	return w.text.Write(p)
}

// FlushError has nothing to do.
func (w *Wire) FlushError() error { return nil }

// String is all that was taken.
func (w *Wire) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

// Follow begins a stream and returns its wire, and a channel closed at its end.
func (b *Bench) Follow(ctx context.Context, target string, header ...string) (*Wire, <-chan struct{}) {
	r := httptest.NewRequestWithContext(ctx, "GET", target, nil)
	r.Header.Set("Accept", sse.ContentType)
	if b.Token != "" {
		r.Header.Set("Authorization", "Bearer "+b.Token)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w, ended := &Wire{header: http.Header{}}, make(chan struct{})
	go func() {
		defer close(ended)
		b.Door().ServeHTTP(w, r)
	}()
	return w, ended
}

// Messages reads what a wire has taken so far.
func Messages(t *testing.T, w *Wire) (list []sse.Message) {
	t.Helper()
	r := sse.NewReader(strings.NewReader(w.String()), 1<<20, nil)
	for {
		m, err := r.Next()
		if err != nil {
			return list
		}
		list = append(list, m)
	}
}

// Status is what was answered.
func (w *Wire) Status() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.status
}

// Break has the wire take nothing more.
func (w *Wire) Break(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.broken = err
}
