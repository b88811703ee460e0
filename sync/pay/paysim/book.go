// Package paysim is a payment provider that takes no money: pages that open in a browser,
// an interface in JSON, signed notices, a terminal, and faults on demand. It shares no
// code with those who ask it. What it knows lies in memory and ends with it.
//
// All of it may be called from any goroutine.
package paysim

import (
	"crypto/rand"
	"fmt"
	mathrand "math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"
)

// A Payment is one payment, as it is written.
type Payment struct {
	Object      string   `json:"object"` // "payment"
	ID          string   `json:"id"`
	Reference   string   `json:"reference"`
	Status      string   `json:"status"` // open, processing, paid, declined, expired, closed
	Amount      int64    `json:"amount"` // minor units that were asked for
	Currency    string   `json:"currency"`
	Charged     string   `json:"captured_currency,omitempty"`
	Captured    int64    `json:"captured"`
	Captures    int      `json:"captures"`
	Refunded    int64    `json:"refunded"`
	Page        string   `json:"page,omitempty"`
	Shop        string   `json:"shop,omitempty"`
	Description string   `json:"description,omitempty"`
	Expires     string   `json:"expires_at,omitempty"`
	Refunds     []Refund `json:"refunds,omitempty"`

	expires  time.Time
	token    string // of the page
	terminal bool
}

// A Refund is money that goes back.
type Refund struct {
	Object    string `json:"object"` // "refund"
	Reference string `json:"reference"`
	Payment   string `json:"payment"`
	Status    string `json:"status"` // done, pending, refused
	Amount    int64  `json:"amount"`
	Currency  string `json:"currency"`
}

// Config describes a simulated provider.
type Config struct {
	Key     string // that callers have to show; empty: any
	Secret  string // whsec_ and base64, by which notices are signed
	Notify  string // where notices are posted; empty: nowhere
	Address string // of its pages, such as http://127.0.0.1:8473
	Seed    uint64
	Via     http.RoundTripper // of notices; nil: the network
}

// Provider is the simulated provider.
type Provider struct {
	cfg    Config
	client *http.Client

	mu       sync.Mutex // guards what follows
	payments map[string]*Payment
	order    []string // references, the oldest first
	tombs    map[string]bool
	faults   []Fault
	dice     *mathrand.Rand
	notices  int
}

const mostPayments = 10_000

// New makes a provider without payments.
func New(cfg Config) *Provider {
	return &Provider{
		cfg: cfg, client: &http.Client{Timeout: 10 * time.Second, Transport: cfg.Via},
		payments: map[string]*Payment{}, tombs: map[string]bool{},
		dice: mathrand.New(mathrand.NewPCG(cfg.Seed, 1)),
	}
}

// A refusal is an answer of the provider that means no.
type refusal struct {
	code int // of HTTP
	kind string
	text string
}

func (r *refusal) Error() string { return r.text }

func refuse(code int, kind, text string) error { return &refusal{code, kind, text} }

var errAbsent = refuse(404, "not_found", "there is no such payment")

// create makes a payment, or is the one that is there with this reference.
func (p *Provider) create(n Payment) (Payment, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if old, ok := p.payments[n.Reference]; ok {
		if old.Amount != n.Amount || old.Currency != n.Currency {
			return Payment{}, refuse(400, "idempotency_error", "other parameters than before")
		}
		p.look(old)
		return *old, nil
	}
	expires, err := time.Parse(time.RFC3339, n.Expires)
	switch {
	case err != nil:
		return Payment{}, refuse(400, "invalid_request", "expires_at is no time")
	case n.Reference == "" || len(n.Reference) > 64 || n.Amount <= 0 || len(n.Currency) != 3:
		return Payment{}, refuse(400, "invalid_request", "a payment has a reference, an amount and a currency")
	case n.terminal && p.busy() != nil:
		return Payment{}, refuse(409, "busy", "another amount is on the terminal")
	case len(p.payments) >= mostPayments:
		return Payment{}, refuse(429, "full", "too many payments for a simulation: start it anew")
	}
	n.Object, n.ID, n.Status, n.token = "payment", "pay_"+rand.Text(), "open", rand.Text()
	n.expires = expires
	if !n.terminal {
		n.Page = p.cfg.Address + "/p/" + n.token
	}
	if p.tombs[n.Reference] {
		n.Status = "closed"
	}
	p.payments[n.Reference] = &n
	p.order = append(p.order, n.Reference)
	return n, nil
}

// busy is the payment that is on the terminal.
func (p *Provider) busy() *Payment {
	for _, ref := range slices.Backward(p.order) {
		if o := p.payments[ref]; o.terminal {
			p.look(o)
			if o.Status == "open" || o.Status == "processing" {
				return o
			}
		}
	}
	return nil
}

// look lets time pass by a payment.
func (p *Provider) look(o *Payment) {
	if o.Status == "open" && time.Now().After(o.expires) && !p.strikes("pay", "no-expiry", o.Reference) {
		o.Status = "expired"
	}
}

func (p *Provider) get(reference string) (Payment, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	o, ok := p.payments[reference]
	if !ok {
		return Payment{}, errAbsent
	}
	p.look(o)
	return *o, nil
}

// end closes a payment that nobody is paying. One that is not there never will be.
func (p *Provider) end(reference string) (Payment, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	o, ok := p.payments[reference]
	if !ok {
		p.tombs[reference] = true
		return Payment{}, errAbsent
	}
	p.look(o)
	if o.Status == "open" {
		o.Status = "closed"
		if p.strikes("close", "open-still", reference) {
			lie := *o
			o.Status = "open"
			return lie, nil
		}
		p.notice(o)
	}
	return *o, nil
}

// refund pays back, once for each reference.
func (p *Provider) refund(payment string, r Refund) (Refund, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	o, ok := p.payments[payment]
	if !ok {
		return Refund{}, errAbsent
	}
	if i := o.refund(r.Reference); i >= 0 {
		return o.Refunds[i], nil
	}
	taken := int64(0)
	for _, one := range o.Refunds {
		if one.Status != "refused" {
			taken += one.Amount
		}
	}
	switch {
	case r.Reference == "" || r.Amount <= 0:
		return Refund{}, refuse(400, "invalid_request", "a refund has a reference and an amount")
	case r.Currency != o.charged():
		return Refund{}, refuse(400, "refund_refused", "the payment is in another currency")
	case r.Amount > o.Captured-taken:
		return Refund{}, refuse(400, "refund_refused", "more than was taken and is left")
	case p.strikes("refund", "refused", payment):
		r.Status = "refused"
	case p.strikes("refund", "pending", payment):
		r.Status = "pending"
	default:
		r.Status = "done"
	}
	r.Object, r.Payment = "refund", payment
	o.Refunds = append(slices.Clip(o.Refunds), r)
	switch r.Status {
	case "done":
		o.Refunded += r.Amount
	case "pending":
		time.AfterFunc(p.after("refund", "pending"), func() { p.paidBack(payment, r.Reference) })
	}
	return r, nil
}

func (p *Provider) paidBack(payment, reference string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	o := p.payments[payment]
	o.Refunds = slices.Clone(o.Refunds)
	r := &o.Refunds[o.refund(reference)]
	r.Status = "done"
	o.Refunded += r.Amount
	p.notice(o)
}

func (p *Provider) refundOf(payment, reference string) (Refund, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if o, ok := p.payments[payment]; ok {
		if i := o.refund(reference); i >= 0 {
			return o.Refunds[i], nil
		}
	}
	return Refund{}, refuse(404, "not_found", "there is no such refund")
}

func (o *Payment) refund(reference string) int {
	return slices.IndexFunc(o.Refunds, func(r Refund) bool { return r.Reference == reference })
}

func (o *Payment) charged() string {
	if o.Charged != "" {
		return o.Charged
	}
	return o.Currency
}

// Payments are all payments, the oldest first.
func (p *Provider) Payments() (all []Payment) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, ref := range p.order {
		p.look(p.payments[ref])
		all = append(all, *p.payments[ref])
	}
	return all
}

// Pay is a customer who pays, or with decline whose bank does not.
func (p *Provider) Pay(reference string, decline bool) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	o, ok := p.payments[reference]
	if !ok {
		return errAbsent
	}
	p.look(o)
	switch {
	case o.Status != "open":
		return refuse(409, "not_open", fmt.Sprintf("this payment is %s", o.Status))
	case decline:
		o.Status = "declined"
		p.notice(o)
		return nil
	case p.strikes("pay", "never", reference):
		o.Status = "processing"
		p.notice(o)
		return nil
	case p.strikes("pay", "late", reference):
		o.Status = "processing"
		p.notice(o)
		time.AfterFunc(p.after("pay", "late"), func() { p.Finish(reference, true) })
		return nil
	}
	p.take(o)
	return nil
}

// Finish ends a payment that is being processed: paid or declined. Others stay as they are.
func (p *Provider) Finish(reference string, paid bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch o, ok := p.payments[reference]; {
	case !ok || o.Status != "processing":
	case paid:
		p.take(o)
	default:
		o.Status = "declined"
		p.notice(o)
	}
}

// take takes the money.
func (p *Provider) take(o *Payment) {
	o.Status, o.Captured, o.Captures = "paid", o.Amount, 1
	switch {
	case p.strikes("pay", "twice", o.Reference):
		o.Captured, o.Captures = 2*o.Amount, 2
	case p.strikes("pay", "wrong-amount", o.Reference):
		if o.Captured--; o.Captured == 0 {
			o.Captured = 2
		}
	case p.strikes("pay", "wrong-currency", o.Reference):
		o.Charged = map[bool]string{true: "USD", false: "EUR"}[o.Currency == "EUR"]
	}
	p.notice(o)
}
