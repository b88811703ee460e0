package pay

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"net"
	"time"

	"cubby/locker/shop/payment"
)

// TerminalConfig describes a payment terminal in the network of the station.
type TerminalConfig struct {
	Address string        // host:port
	Timeout time.Duration // of one question; default 10 s
	Dial    func(ctx context.Context, network, address string) (net.Conn, error)
}

// Terminal is a device that is handed the amount. A question and its answer are a line
// of JSON each, on a connection of their own: {"op":"create","reference":"...","amount":...,
// "currency":"EUR"}; ops are create, get, close and refund. The answer is the object as
// providers write it, or {"error":"absent"}, "busy" or "refused". It is asked, not told: a
// customer may take minutes.
type Terminal struct{ cfg TerminalConfig }

// NewTerminal makes the provider. It asks nobody.
func NewTerminal(cfg TerminalConfig) (*Terminal, error) {
	if host, port, err := net.SplitHostPort(cfg.Address); err != nil || host == "" || port == "" {
		return nil, errors.New("the terminal's address is not HOST:PORT")
	}
	if cfg.Timeout <= 0 {
		cfg.Timeout = usualTimeout
	}
	if cfg.Dial == nil {
		cfg.Dial = (&net.Dialer{}).DialContext
	}
	return &Terminal{cfg}, nil
}

type question struct {
	Op        string `json:"op"`
	Reference string `json:"reference"`
	Payment   string `json:"payment,omitempty"` // of refunds
	Amount    int64  `json:"amount,omitempty"`
	Currency  string `json:"currency,omitempty"`
	Expires   string `json:"expires_at,omitempty"`
}

// Create hands the amount over.
func (t *Terminal) Create(ctx context.Context, e payment.Errand) (payment.Said, error) {
	a := e.Attempt
	return t.object(ctx, e, question{
		Op: "create", Reference: a.ID, Amount: a.Amount.Minor, Currency: a.Amount.Currency,
		Expires: a.Expires.UTC().Format(time.RFC3339),
	})
}

// Get asks what has become of it.
func (t *Terminal) Get(ctx context.Context, e payment.Errand) (payment.Said, error) {
	return t.object(ctx, e, question{Op: "get", Reference: e.Attempt.ID})
}

// Close takes the amount from its screen.
func (t *Terminal) Close(ctx context.Context, e payment.Errand) (payment.Said, error) {
	return t.object(ctx, e, question{Op: "close", Reference: e.Attempt.ID})
}

// Refund pays back on the card that paid.
func (t *Terminal) Refund(ctx context.Context, e payment.Errand) (payment.RefundSaid, error) {
	r := e.Attempt.Refund
	reply, refusal, err := t.ask(ctx, question{
		Op: "refund", Reference: r.ID, Payment: e.Attempt.ID, Amount: r.Amount, Currency: e.Attempt.Got.Currency,
	})
	switch {
	case err != nil:
		return payment.RefundSaid{}, err
	case refusal == "refused":
		return payment.RefundSaid{ID: r.ID, Status: payment.BackRefused}, nil
	case refusal != "":
		return payment.RefundSaid{}, unclear("the terminal says %.20q", refusal)
	}
	var o refundObject
	if json.Unmarshal(reply, &o) != nil {
		return payment.RefundSaid{}, unclear("the terminal's answer is not JSON as expected")
	}
	return o.said(r)
}

func (t *Terminal) object(ctx context.Context, e payment.Errand, q question) (payment.Said, error) {
	reply, refusal, err := t.ask(ctx, q)
	switch {
	case err != nil:
		return payment.Said{}, err
	case refusal == "absent":
		return payment.Said{Status: payment.AtAbsent}, nil
	case refusal == "refused" && q.Op == "create":
		return payment.Said{Status: payment.AtDeclined}, nil
	case refusal != "":
		return payment.Said{}, unclear("the terminal says %.20q", refusal)
	}
	var o object
	if json.Unmarshal(reply, &o) != nil {
		return payment.Said{}, unclear("the terminal's answer is not JSON as expected")
	}
	return o.said(e.Attempt, false)
}

func (t *Terminal) ask(ctx context.Context, q question) (reply []byte, refusal string, err error) {
	ctx, cancel := context.WithTimeout(ctx, t.cfg.Timeout)
	defer cancel()
	conn, err := t.cfg.Dial(ctx, "tcp", t.cfg.Address)
	if err != nil {
		return nil, "", unreachable("the terminal cannot be reached: %v", err)
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	text, err := json.Marshal(q)
	if err != nil {
		return nil, "", err
	}
	if _, err := conn.Write(append(text, '\n')); err != nil {
		return nil, "", unreachable("the terminal has hung up: %v", err)
	}
	lines := bufio.NewScanner(conn)
	lines.Buffer(nil, answerBytes)
	if !lines.Scan() {
		return nil, "", unreachable("the terminal has not answered")
	}
	var no struct{ Error string }
	if json.Unmarshal(lines.Bytes(), &no) != nil {
		return nil, "", unclear("the terminal's answer is not JSON as expected")
	}
	return lines.Bytes(), no.Error, nil
}
