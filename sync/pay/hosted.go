package pay

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"cubby/locker/shop/payment"
	"cubby/sync/refund"
)

// HostedConfig describes a provider with a page of its own.
type HostedConfig struct {
	URL     string        // its address without "/v1/payments"; https, or http to this machine
	KeyFile string        // the secret key, for its owner only; read for each question
	Shop    string        // what its page calls the shop
	Timeout time.Duration // of one request; default 10 s
	Via     http.RoundTripper
}

// Hosted is a provider whose page the customer opens on a telephone: POST /v1/payments
// with an Idempotency-Key, GET /v1/payments/REFERENCE, POST .../close, .../refunds.
type Hosted struct {
	cfg    HostedConfig
	base   string
	client *http.Client
}

const (
	usualTimeout = 10 * time.Second
	answerBytes  = 256 << 10
)

// NewHosted makes the provider. It asks nobody.
func NewHosted(cfg HostedConfig) (*Hosted, error) {
	if err := refund.CheckURL(cfg.URL); err != nil {
		return nil, fmt.Errorf("the address of the payment provider %w", err)
	}
	if cfg.Timeout <= 0 {
		cfg.Timeout = usualTimeout
	}
	if cfg.Via == nil {
		cfg.Via = &http.Transport{
			Proxy: http.ProxyFromEnvironment, MaxConnsPerHost: 8, IdleConnTimeout: time.Minute,
			TLSHandshakeTimeout: cfg.Timeout, MaxResponseHeaderBytes: 64 << 10, ForceAttemptHTTP2: true,
		}
	}
	return &Hosted{cfg: cfg, base: strings.TrimRight(cfg.URL, "/"), client: &http.Client{
		Transport:     cfg.Via, // another address must not get the key:
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// Create makes the payment. Its body is the same each time: a provider compares them.
func (h *Hosted) Create(ctx context.Context, e payment.Errand) (payment.Said, error) {
	a := e.Attempt
	body := map[string]any{
		"reference": a.ID, "amount": a.Amount.Minor, "currency": a.Amount.Currency, "shop": h.cfg.Shop,
		"description": e.Order, "expires_at": a.Expires.UTC().Format(time.RFC3339),
	}
	var o object
	switch code, err := h.ask(ctx, http.MethodPost, "", a.ID, body, &o); {
	case err != nil:
		return payment.Said{}, err
	case code >= 400:
		return payment.Said{Status: payment.AtDeclined}, nil
	}
	return o.said(a, true)
}

// Get asks for the payment object.
func (h *Hosted) Get(ctx context.Context, e payment.Errand) (payment.Said, error) {
	return h.object(ctx, http.MethodGet, "/"+url.PathEscape(e.Attempt.ID), e)
}

// Close closes the payment.
func (h *Hosted) Close(ctx context.Context, e payment.Errand) (payment.Said, error) {
	return h.object(ctx, http.MethodPost, "/"+url.PathEscape(e.Attempt.ID)+"/close", e)
}

func (h *Hosted) object(ctx context.Context, method, path string, e payment.Errand) (payment.Said, error) {
	var o object
	switch code, err := h.ask(ctx, method, path, "", nil, &o); {
	case err != nil:
		return payment.Said{}, err
	case code == http.StatusNotFound:
		return payment.Said{Status: payment.AtAbsent}, nil
	case code >= 400:
		return payment.Said{}, unclear("the provider answered %d", code)
	}
	return o.said(e.Attempt, true)
}

// Refund looks for the refund before it orders it: a provider forgets keys sooner than
// refunds.
func (h *Hosted) Refund(ctx context.Context, e payment.Errand) (payment.RefundSaid, error) {
	r := e.Attempt.Refund
	path := "/" + url.PathEscape(e.Attempt.ID) + "/refunds"
	var o refundObject
	code, err := h.ask(ctx, http.MethodGet, path+"/"+url.PathEscape(r.ID), "", nil, &o)
	if err == nil && code == http.StatusNotFound {
		code, err = h.ask(ctx, http.MethodPost, path, r.ID, map[string]any{
			"reference": r.ID, "amount": r.Amount, "currency": e.Attempt.Got.Currency,
		}, &o)
		if err == nil && code >= 400 {
			return payment.RefundSaid{ID: r.ID, Status: payment.BackRefused}, nil
		}
	}
	switch {
	case err != nil:
		return payment.RefundSaid{}, err
	case code >= 400:
		return payment.RefundSaid{}, unclear("the provider answered %d", code)
	}
	return o.said(r)
}

// ask sends one question. Without an error it is answered: into has the body of a 200 or
// 201, or the code is that of the provider's own refusal.
func (h *Hosted) ask(ctx context.Context, method, path, key string, body, into any) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, h.cfg.Timeout)
	defer cancel()
	secret, err := refund.ReadKey(h.cfg.KeyFile)
	if err != nil {
		return 0, &Failure{Trouble: KeyRefused, Detail: err.Error()}
	}
	var text []byte
	if body != nil {
		if text, err = json.Marshal(body); err != nil {
			return 0, err
		}
	}
	r, err := http.NewRequestWithContext(ctx, method, h.base+"/v1/payments"+path, bytes.NewReader(text))
	if err != nil {
		return 0, unclear("the question cannot be written")
	}
	r.Header.Set("Authorization", "Bearer "+secret)
	r.Header.Set("Accept", "application/json")
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	answer, err := h.client.Do(r)
	if err != nil {
		return 0, unreachable("the provider cannot be reached: %v", reason(err))
	}
	defer answer.Body.Close()
	reply, err := io.ReadAll(io.LimitReader(answer.Body, answerBytes+1))
	if err != nil {
		return 0, unreachable("the answer broke off: %v", reason(err))
	}
	return read(answer, reply, into)
}

// reason is an error of the network without the address, in which the reference is.
func reason(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

func read(answer *http.Response, reply []byte, into any) (int, error) {
	code := answer.StatusCode
	switch {
	case len(reply) > answerBytes:
		return 0, unclear("the answer is longer than any answer")
	case code == http.StatusOK || code == http.StatusCreated:
		if json.Unmarshal(reply, into) != nil {
			return 0, unclear("the answer is not JSON as expected")
		}
		return code, nil
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		return 0, &Failure{Trouble: KeyRefused, Detail: "the provider does not take the key"}
	case code == http.StatusTooManyRequests || code >= 500:
		seconds, _ := strconv.Atoi(answer.Header.Get("Retry-After"))
		return 0, &Failure{
			Trouble: Unreachable, After: min(max(time.Duration(seconds), 0), 3600) * time.Second,
			Detail: fmt.Sprintf("the provider answered %d", code),
		}
	case code == http.StatusConflict:
		return 0, unclear("the provider answered 409: there is another request with this key")
	case code >= 400 && refuses(reply):
		return code, nil
	}
	// A redirect, another success, a page of something between us and the provider.
	return 0, unreachable("%d is no answer of a payment provider", code)
}

// refuses reports whether a body is the provider's own refusal. One of the key is none of
// the payment: there may be one with that key.
func refuses(reply []byte) bool {
	var p struct {
		Error struct {
			Type string `json:"type"`
		} `json:"error"`
	}
	return json.Unmarshal(reply, &p) == nil && p.Error.Type != "" &&
		p.Error.Type != "idempotency_error"
}
