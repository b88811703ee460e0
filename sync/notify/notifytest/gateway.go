package notifytest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
)

// A Gateway sends SMS, or pretends to. What it is told twice with one key it takes once.
type Gateway struct {
	URL string

	mu    sync.Mutex // guards what follows
	does  Does
	asked int
	taken []SMS
	keys  map[string]bool
	ended chan struct{}
}

// Does is how it behaves; the zero value takes everything.
type Does struct {
	Status     int    // other than 200
	RetryAfter string // the header
	Hangs      bool   // gives no answer
	Cuts       bool   // ends the answer in the middle
	Takes      bool   // takes the message although it hangs or cuts
}

// SMS is what it was told.
type SMS struct {
	Key string `json:"-"` // the idempotency key

	ID    string `json:"id"`
	From  string `json:"from"`
	To    string `json:"to"`
	Text  string `json:"text"`
	Parts int    `json:"parts"`
}

// NewGateway starts one that ends with the test.
func NewGateway(t testing.TB) *Gateway {
	g := &Gateway{keys: map[string]bool{}, ended: make(chan struct{})}
	server := httptest.NewServer(http.HandlerFunc(g.serve))
	g.URL = server.URL + "/v1/messages"
	t.Cleanup(func() {
		close(g.ended)
		server.CloseClientConnections()
		server.Close()
	})
	return g
}

func (g *Gateway) serve(w http.ResponseWriter, r *http.Request) {
	m := SMS{Key: r.Header.Get("Idempotency-Key")}
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil || json.Unmarshal(body, &m) != nil || m.Key == "" || r.Method != http.MethodPost ||
		!strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		http.Error(w, "this is no message", http.StatusBadRequest)
		return
	}
	g.mu.Lock()
	does := g.does
	g.asked++
	if !g.keys[m.Key] && (does.Takes || does.Status == 0 && !does.Hangs && !does.Cuts) {
		g.keys[m.Key] = true
		g.taken = append(g.taken, m)
	}
	g.mu.Unlock()
	switch {
	case does.Hangs:
		select {
		case <-r.Context().Done():
		case <-g.ended:
		}
	case does.Cuts:
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, `{"id":`)
	case does.Status != 0:
		w.Header().Set("Location", "http://127.0.0.1:1/elsewhere")
		if does.RetryAfter != "" {
			w.Header().Set("Retry-After", does.RetryAfter)
		}
		w.WriteHeader(does.Status)
	default:
		_, _ = io.WriteString(w, `{"ok":true}`)
	}
}

// Behave has it do so from now on.
func (g *Gateway) Behave(d Does) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.does = d
}

// All is what it has taken.
func (g *Gateway) All() []SMS {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.taken)
}

// Asked is how often it was asked.
func (g *Gateway) Asked() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.asked
}
