package refund

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

const testKey = "sk_test_4eC39HqLyjWDarjtT1zdp7dc"

// A bank is a payment provider as strict as Stripe: it knows a key for a day, and answers
// with what it answered before.
type bank struct {
	mu       sync.Mutex // guards what follows
	answers  map[string]saved
	refunds  []object
	fault    func(r *http.Request) string // of the next request
	asked    int                          // requests
	orders   int                          // POSTs
	slow     time.Duration                // until a pending refund is paid
	unpaid   map[string]time.Time
	keysSeen map[string]bool
	shut     chan struct{} // closed with the bank
}

func (b *bank) misbehave(fault func(*http.Request) string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fault = fault
}

type saved struct {
	at   time.Time
	form string
	code int
	body []byte
}

// open starts the bank; its network is memory, so that time may be made up.
func (b *bank) open(t *testing.T) *Stripe {
	t.Helper()
	b.answers, b.unpaid, b.keysSeen = map[string]saved{}, map[string]time.Time{}, map[string]bool{}
	b.shut = make(chan struct{})
	line := &memory{conns: make(chan net.Conn), closed: make(chan struct{})}
	server := &http.Server{Handler: b}
	go server.Serve(line)
	file := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(file, []byte(testKey+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := NewStripe(Config{
		Name: "bank", URL: "http://127.0.0.1:1", KeyFile: file, Timeout: 20 * time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{DialContext: line.dial}
	s.client = s.with(transport)
	t.Cleanup(func() { close(b.shut); transport.CloseIdleConnections(); server.Close() })
	return s
}

type memory struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (m *memory) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case m.conns <- there:
		return here, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-m.closed:
		return nil, net.ErrClosed
	}
}

func (m *memory) Accept() (net.Conn, error) {
	select {
	case c := <-m.conns:
		return c, nil
	case <-m.closed:
		return nil, net.ErrClosed
	}
}
func (m *memory) Close() error   { m.once.Do(func() { close(m.closed) }); return nil }
func (m *memory) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} }

// ServeHTTP does what was asked, and misbehaves before or after that.
func (b *bank) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	fault := ""
	b.mu.Lock()
	b.asked++
	if b.fault != nil {
		fault = b.fault(r)
	}
	b.mu.Unlock()
	if r.Header.Get("Authorization") != "Bearer "+testKey {
		refuse(w, 401, "authentication_error", "Invalid API Key provided: "+r.Header.Get("Authorization"))
		return
	}
	before, misbehaves := strings.CutPrefix(fault, "before ")
	if misbehaves && b.spoil(w, before, r, nil) {
		return
	}
	code, body := b.do(r)
	if b.spoil(w, fault, r, body) {
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	w.Write(body)
}

func refuse(w http.ResponseWriter, code int, kind, message string) {
	w.WriteHeader(code)
	fmt.Fprintf(w, `{"error":{"type":%q,"message":%q}}`, kind, message)
}

// spoil answers something else than what was done.
func (b *bank) spoil(w http.ResponseWriter, fault string, r *http.Request, body []byte) bool {
	switch fault {
	case "silent":
		select {
		case <-r.Context().Done():
		case <-b.shut:
		}
	case "slow":
		time.Sleep(15 * time.Second)
		return false
	case "500":
		http.Error(w, "oops", 500)
	case "429":
		w.Header().Set("Retry-After", "7")
		refuse(w, 429, "rate_limit", "slow down")
	case "503 long":
		w.Header().Set("Retry-After", time.Now().Add(time.Minute).UTC().Format(http.TimeFormat))
		w.WriteHeader(503)
	case "409":
		refuse(w, 409, "idempotency_error", "there is another request with this key")
	case "key reused":
		refuse(w, 400, "idempotency_error", "other parameters")
	case "html":
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<html>Welcome to the hotel's network</html>")
	case "404 html":
		http.Error(w, "<html>not here</html>", 404)
	case "redirect":
		http.Redirect(w, r, "http://127.0.0.1:1/elsewhere", http.StatusTemporaryRedirect)
	case "huge":
		w.Write(append(body, []byte(strings.Repeat(" ", 1<<20))...))
	case "middle":
		w.Header().Set("Content-Length", "1000")
		w.Write(body[:len(body)/2])
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	case "gone":
		panic(http.ErrAbortHandler)
	case "wrong amount":
		w.Write(changed(body, func(o *object) { *o.Amount += 100 }))
	case "wrong currency":
		w.Write(changed(body, func(o *object) { o.Currency = "usd" }))
	default:
		return false
	}
	return true
}

// changed lies about the refunds in a body.
func changed(body []byte, change func(*object)) []byte {
	var p page
	if json.Unmarshal(body, &p) == nil && p.Object == "list" {
		for i := range p.Data {
			change(&p.Data[i])
		}
		return must(json.Marshal(p))
	}
	var o object
	if json.Unmarshal(body, &o) != nil || o.Amount == nil {
		return body
	}
	change(&o)
	return must(json.Marshal(o))
}

func must(b []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return b
}

func (b *bank) do(r *http.Request) (code int, body []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i, o := range b.refunds {
		if paid, waits := b.unpaid[o.ID]; waits && time.Now().After(paid) {
			b.refunds[i].Status = "succeeded"
			delete(b.unpaid, o.ID)
		}
	}
	if r.Method == http.MethodGet {
		if id, ok := strings.CutPrefix(r.URL.Path, "/v1/refunds/"); ok {
			i := slices.IndexFunc(b.refunds, func(o object) bool { return o.ID == id })
			if i < 0 {
				return 404, []byte(`{"error":{"type":"invalid_request_error","message":"no such refund"}}`)
			}
			return 200, must(json.Marshal(b.refunds[i]))
		}
		return 200, must(json.Marshal(b.list(r)))
	}
	r.ParseForm()
	key, form := r.Header.Get("Idempotency-Key"), r.PostForm.Encode()
	b.orders++
	b.keysSeen[key] = true
	if s, ok := b.answers[key]; ok && time.Since(s.at) < 24*time.Hour {
		if s.form != form {
			return 400, []byte(`{"error":{"type":"idempotency_error","message":"other parameters"}}`)
		}
		return s.code, s.body
	}
	amount, err := strconv.ParseInt(r.PostForm.Get("amount"), 10, 64)
	if err != nil || r.PostForm.Get("payment_intent") == "pi_refunded_already" {
		return 400, []byte(`{"error":{"type":"invalid_request_error","code":"charge_already_refunded",` +
			`"message":"Charge for pi_refunded_already has been refunded."}}`)
	}
	o := object{
		Object: "refund", ID: fmt.Sprintf("re_%016d", len(b.refunds)), Amount: &amount, Status: "succeeded",
		Currency: r.PostForm.Get("currency"), PaymentIntent: r.PostForm.Get("payment_intent"),
		Charge: r.PostForm.Get("charge"), Metadata: map[string]string{"refund": r.PostForm.Get("metadata[refund]")},
	}
	if b.slow > 0 {
		o.Status, b.unpaid[o.ID] = "pending", time.Now().Add(b.slow)
	}
	b.refunds = append(b.refunds, o)
	b.answers[key] = saved{time.Now(), form, 200, must(json.Marshal(o))}
	return 200, b.answers[key].body
}

// list gives two to a page, the newest first.
func (b *bank) list(r *http.Request) (p page) {
	p.Object = "list"
	after := r.URL.Query().Get("starting_after")
	for _, o := range slices.Backward(b.refunds) {
		switch {
		case after != "":
			if o.ID == after {
				after = ""
			}
		case o.PaymentIntent != r.URL.Query().Get("payment_intent"), o.Charge != r.URL.Query().Get("charge"):
		case len(p.Data) == 2:
			p.HasMore = true
			return p
		default:
			p.Data = append(p.Data, o)
		}
	}
	return p
}

// paid is how often, and how much, an order was paid.
func (b *bank) paid(id string) (times int, sum int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, o := range b.refunds {
		if o.Metadata["refund"] == id {
			times++
			sum += *o.Amount
		}
	}
	return times, sum
}
