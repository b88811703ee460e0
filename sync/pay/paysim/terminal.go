package paysim

import (
	"bufio"
	"encoding/json"
	"errors"
	"net"
	"time"
)

const (
	lineBytes = 16 << 10
	lineTime  = 10 * time.Second
)

// ServeTerminal is the terminal behind a listener, until that is closed. It has one amount
// on its screen at a time; the page /terminal is the screen.
func (p *Provider) ServeTerminal(l net.Listener) error {
	for {
		conn, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		go p.converse(conn)
	}
}

// A wish is a line of JSON that comes to the terminal.
type wish struct {
	Op        string `json:"op"`
	Reference string `json:"reference"`
	Payment   string `json:"payment"`
	Amount    int64  `json:"amount"`
	Currency  string `json:"currency"`
	Expires   string `json:"expires_at"`
}

func (p *Provider) converse(conn net.Conn) {
	defer conn.Close()
	if conn.SetDeadline(time.Now().Add(lineTime)) != nil {
		return
	}
	lines := bufio.NewScanner(conn)
	lines.Buffer(nil, lineBytes)
	if !lines.Scan() {
		return
	}
	var q wish
	if json.Unmarshal(lines.Bytes(), &q) != nil {
		reply(conn, map[string]string{"error": "malformed"})
		return
	}
	if p.struck(q.Op, "error", q.Reference) {
		return
	}
	if p.struck(q.Op, "held", q.Reference) {
		time.Sleep(p.waiting(q.Op, "held"))
	}
	said, err := p.obey(q)
	switch p.spoil(q.Op, q.Reference) {
	case "lost-answer", "error-after":
		return
	case "garbage":
		conn.Write([]byte("\x06\x15\n"))
		return
	case "slow":
		wait := p.waiting(q.Op, "slow")
		if conn.SetDeadline(time.Now().Add(wait+lineTime)) != nil {
			return
		}
		time.Sleep(wait)
	}
	var no *refusal
	switch {
	case !errors.As(err, &no):
		reply(conn, said)
	case no.code == 404:
		reply(conn, map[string]string{"error": "absent"})
	case no.kind == "busy", no.kind == "idempotency_error":
		reply(conn, map[string]string{"error": "busy"})
	default:
		reply(conn, map[string]string{"error": "refused"})
	}
}

func (p *Provider) obey(q wish) (any, error) {
	switch q.Op {
	case "create":
		return p.create(Payment{
			Reference: q.Reference, Amount: q.Amount, Currency: q.Currency, Expires: q.Expires, terminal: true,
		})
	case "get":
		return p.get(q.Reference)
	case "close":
		return p.end(q.Reference)
	case "refund":
		return p.refund(q.Payment, Refund{Reference: q.Reference, Amount: q.Amount, Currency: q.Currency})
	}
	return nil, refuse(400, "invalid_request", "no such question")
}

func reply(conn net.Conn, said any) {
	if text, err := json.Marshal(said); err == nil {
		conn.Write(append(text, '\n')) // whoever asked may have hung up
	}
}
