package pay

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"cubby/locker/ledger"
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
	longestReference = 64
	mostSeen         = 1024
)

// Take takes one in, now or again. The error is a *ledger.Refusal: NotAllowed when it is not
// signed by whoever has the secret, Invalid when it speaks of no payment.
func (n *Notices) Take(header http.Header, body []byte) error {
	now := time.Now
	if n.Now != nil {
		now = n.Now
	}
	if err := webhook.Verify(n.Secret, header, body, now()); err != nil {
		return ledger.Refuse(ledger.NotAllowed, "notice-refused", "%v", err)
	}
	var o struct {
		Data struct {
			Reference string `json:"reference"`
		} `json:"data"`
	}
	if json.Unmarshal(body, &o) != nil || o.Data.Reference == "" || len(o.Data.Reference) > longestReference {
		return ledger.Refuse(ledger.Invalid, "notice", "the notice names no payment in data.reference").
			At("/data/reference")
	}
	if n.fresh(header.Get(webhook.HeaderID)) {
		n.Hint(o.Data.Reference)
	}
	return nil
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
