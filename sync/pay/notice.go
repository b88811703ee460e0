package pay

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"cubby/sync/refund"
	"cubby/sync/webhook"
)

// ReadSecret reads the secret by which a provider signs its notices: one line, readable by
// its owner only.
func ReadSecret(path string) (string, error) {
	secret, err := refund.ReadKey(path)
	if err == nil {
		err = webhook.CheckSecret(secret)
	}
	if err != nil {
		return "", fmt.Errorf("the secret of a payment provider's notices: %w", err)
	}
	return secret, nil
}

// Notices takes in what a provider posts by itself, as Standard Webhooks has it: signed,
// maybe twice, late, or in another order. It is a hint and no proof: the payment object is
// asked for, and that counts.
type Notices struct {
	Secret string           // whsec_ and base64
	Hint   func(id string)  // of an attempt whose object is to be asked for; does not block
	Now    func() time.Time // nil: time.Now
	mu     sync.Mutex       // guards what follows
	seen   map[string]bool  // ids of notices
	order  [mostSeen]string // of seen, a ring
	next   int
}

const (
	noticeBytes = 64 << 10
	mostSeen    = 1024
)

// ServeHTTP answers 204 when the notice was taken in, now or before, 401 when it is not
// signed by whoever has the secret, and 400 when it speaks of no payment.
func (n *Notices) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "post a notice", http.StatusMethodNotAllowed)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, noticeBytes))
	if err != nil {
		http.Error(w, "a notice has at most 64 KiB", http.StatusRequestEntityTooLarge)
		return
	}
	now := time.Now
	if n.Now != nil {
		now = n.Now
	}
	if err := webhook.Verify(n.Secret, r.Header, body, now()); err != nil {
		http.Error(w, err.Error(), http.StatusUnauthorized)
		return
	}
	var o struct {
		Data struct {
			Reference string `json:"reference"`
		} `json:"data"`
	}
	if json.Unmarshal(body, &o) != nil || o.Data.Reference == "" || len(o.Data.Reference) > 64 {
		http.Error(w, "the notice names no payment in data.reference", http.StatusBadRequest)
		return
	}
	if n.fresh(r.Header.Get(webhook.HeaderID)) {
		n.Hint(o.Data.Reference)
	}
	w.WriteHeader(http.StatusNoContent)
}

// fresh reports whether a notice was not seen among the newest.
func (n *Notices) fresh(id string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.seen == nil {
		n.seen = map[string]bool{}
	}
	if n.seen[id] {
		return false
	}
	delete(n.seen, n.order[n.next])
	n.seen[id], n.order[n.next] = true, id
	n.next = (n.next + 1) % mostSeen
	return true
}
