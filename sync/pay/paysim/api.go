package paysim

import (
	"bytes"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"
)

const bodyBytes = 64 << 10

// Handler serves the interface that shops ask (/v1/payments), the pages of customers
// (/p/TOKEN, /terminal), and what makes it misbehave (/sim/...).
func (p *Provider) Handler() http.Handler {
	mux := http.NewServeMux()
	api := func(pattern, on string, code int, do func(r *http.Request) (any, error)) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { p.serve(w, r, on, code, do) })
	}
	api("POST /v1/payments", "create", 201, func(r *http.Request) (any, error) {
		var n Payment
		if err := decode(r, &n); err != nil {
			return nil, err
		}
		if r.Header.Get("Idempotency-Key") != n.Reference {
			return nil, refuse(400, "invalid_request", "the Idempotency-Key is not the reference")
		}
		return p.create(Payment{
			Reference: n.Reference, Amount: n.Amount, Currency: n.Currency, Shop: n.Shop,
			Description: n.Description, Expires: n.Expires,
		})
	})
	api("GET /v1/payments/{ref}", "get", 200, func(r *http.Request) (any, error) {
		return p.get(r.PathValue("ref"))
	})
	api("POST /v1/payments/{ref}/close", "close", 200, func(r *http.Request) (any, error) {
		return p.end(r.PathValue("ref"))
	})
	api("POST /v1/payments/{ref}/refunds", "refund", 201, func(r *http.Request) (any, error) {
		var n Refund
		if err := decode(r, &n); err != nil {
			return nil, err
		}
		return p.refund(r.PathValue("ref"), n)
	})
	api("GET /v1/payments/{ref}/refunds/{id}", "get", 200, func(r *http.Request) (any, error) {
		return p.refundOf(r.PathValue("ref"), r.PathValue("id"))
	})
	p.pages(mux)
	p.controls(mux)
	return mux
}

// serve does one thing, and misbehaves with the answer.
func (p *Provider) serve(w http.ResponseWriter, r *http.Request, on string, code int,
	do func(r *http.Request) (any, error)) {
	if p.cfg.Key != "" && subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")),
		[]byte("Bearer "+p.cfg.Key)) == 0 {
		say(w, 401, problem("authentication", "the key is not known"))
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, bodyBytes)
	if p.struck(on, "error", r.PathValue("ref")) {
		http.Error(w, "out of order", 500)
		return
	}
	if p.struck(on, "held", r.PathValue("ref")) { // underway, until long after whoever asks has gone
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		time.Sleep(p.waiting(on, "held"))
	}
	answer, err := do(r)
	switch p.spoil(on, r.PathValue("ref")) {
	case "lost-answer":
		panic(http.ErrAbortHandler)
	case "error-after":
		http.Error(w, "bad gateway", http.StatusBadGateway)
		return
	case "garbage":
		w.Header().Set("Content-Type", "text/html")
		w.Write([]byte("<html>Welcome to the hotel's network</html>"))
		return
	case "slow":
		select {
		case <-time.After(p.waiting(on, "slow")):
		case <-r.Context().Done():
			return
		}
	}
	var no *refusal
	switch {
	case errors.As(err, &no):
		say(w, no.code, problem(no.kind, no.text))
	case err != nil:
		say(w, 400, problem("invalid_request", err.Error()))
	default:
		say(w, code, answer)
	}
}

func (p *Provider) struck(on, kind, reference string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.strikes(on, kind, reference)
}

// spoil is what happens to the answer; empty: nothing.
func (p *Provider) spoil(on, reference string) string {
	for _, kind := range []string{"lost-answer", "error-after", "garbage", "slow"} {
		if p.struck(on, kind, reference) {
			return kind
		}
	}
	return ""
}

func (p *Provider) waiting(on, kind string) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.after(on, kind)
}

func decode(r *http.Request, into any) error {
	d := json.NewDecoder(r.Body)
	if err := d.Decode(into); err != nil {
		return refuse(400, "invalid_request", "the body is not JSON as expected")
	}
	return nil
}

func problem(kind, text string) any {
	return map[string]any{"error": map[string]string{"type": kind, "message": text}}
}

func say(w http.ResponseWriter, code int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	json.NewEncoder(w).Encode(body)
}

// controls are for tests and for people who try things out.
func (p *Provider) controls(mux *http.ServeMux) {
	mux.HandleFunc("GET /sim/payments", func(w http.ResponseWriter, _ *http.Request) {
		say(w, 200, p.Payments())
	})
	mux.HandleFunc("GET /sim/faults", func(w http.ResponseWriter, _ *http.Request) {
		say(w, 200, map[string]any{"faults": p.Faults(), "kinds": Kinds})
	})
	mux.HandleFunc("PUT /sim/faults", func(w http.ResponseWriter, r *http.Request) {
		var faults []Fault
		r.Body = http.MaxBytesReader(w, r.Body, bodyBytes)
		err := decode(r, &faults)
		if err == nil {
			err = p.Misbehave(faults)
		}
		answer(w, err)
	})
	mux.HandleFunc("POST /sim/payments/{ref}/{act}", func(w http.ResponseWriter, r *http.Request) {
		ref := r.PathValue("ref")
		switch act := r.PathValue("act"); act {
		case "pay", "decline":
			answer(w, p.Pay(ref, act == "decline"))
		case "finish", "fail":
			p.Finish(ref, act == "finish")
			answer(w, nil)
		default:
			answer(w, refuse(404, "not_found", "a payment takes pay, decline, finish or fail"))
		}
	})
}

func answer(w http.ResponseWriter, err error) {
	var no *refusal
	switch {
	case errors.As(err, &no):
		say(w, no.code, problem(no.kind, no.text))
	case err != nil:
		say(w, 400, problem("invalid_request", err.Error()))
	default:
		w.WriteHeader(http.StatusNoContent)
	}
}
