package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

// Gateway is a service that sends SMS. It is asked with
//
//	POST URL
//	Authorization: Bearer KEY
//	Idempotency-Key: ID          the same for every attempt at one message
//	Content-Type: application/json
//
//	{"id": "ID", "from": "SENDER", "to": "+491701234567", "text": "...", "parts": 2}
//
// and says 2xx when it has taken the message. 409 says that it has taken one with this id
// before. 408, 425, 429 and 5xx are tried again, Retry-After is honoured; other 4xx are final.
type Gateway struct {
	URL     string // https, or http to this machine
	KeyFile string // holds the key in one line; empty: none is sent
	Sender  string // a number, or up to 11 letters and digits
	Country string // put before numbers without a country, such as "+49"; empty: none
	Parts   int    // an SMS has so many parts at most; 0: 3
	Timeout time.Duration
}

func (g Gateway) maxParts() int {
	if g.Parts <= 0 {
		return 3
	}
	return g.Parts
}

var errTooLong = errors.New("the text has too many parts for an SMS")

type texter struct {
	g      Gateway
	client *http.Client
}

func newTexter(g Gateway) (*texter, error) {
	if err := errors.Join(CheckGatewayURL(g.URL), CheckSender(g.Sender), CheckCountry(g.Country)); err != nil {
		return nil, err
	}
	if g.Timeout <= 0 {
		g.Timeout = 30 * time.Second
	}
	t := &texter{g, &http.Client{
		Timeout: g.Timeout,
		// the key and the text go to the address that was configured, and to no other
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	_, err := t.key()
	return t, err
}

// CheckGatewayURL refuses addresses to which a key would go in clear.
func CheckGatewayURL(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" {
		return errors.New("the gateway's address is none such as \"https://sms.example.com/v1/messages\"")
	}
	if u.Scheme != "https" && !(u.Scheme == "http" && loopback(u.Hostname())) {
		return errors.New("the gateway's address has to begin with https:// (http:// only to this machine)")
	}
	return nil
}

// CheckSender refuses what telephones do not show as a sender.
func CheckSender(sender string) error {
	digits := strings.TrimPrefix(sender, "+")
	if sender == "" || len(digits) <= 15 && len(digits) > 2 && strings.Trim(digits, "0123456789") == "" {
		return nil
	}
	if len(sender) <= 11 && !strings.ContainsFunc(sender, func(r rune) bool { return gsmWidth(r) != 1 || r < ' ' }) {
		return nil
	}
	return fmt.Errorf("%q is no sender: a number, or 1 to 11 letters, digits and spaces", sender)
}

// CheckCountry refuses what is no prefix of a country.
func CheckCountry(prefix string) error {
	digits, ok := strings.CutPrefix(prefix, "+")
	if prefix == "" || ok && len(digits) >= 1 && len(digits) <= 3 && strings.Trim(digits, "0123456789") == "" &&
		digits[0] != '0' {
		return nil
	}
	return fmt.Errorf("%q is no country's prefix: such as \"+49\"", prefix)
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// key reads the key file: a new key needs no restart.
func (t *texter) key() (string, error) { return readSecret(t.g.KeyFile) }

// readSecret reads a file with one line that only its owner may read.
func readSecret(file string) (string, error) {
	if file == "" {
		return "", nil
	}
	info, err := os.Stat(file)
	if err != nil {
		return "", fmt.Errorf("the key file cannot be read: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return "", fmt.Errorf("the key file %s is readable by others (mode %o): chmod 600 it", file,
			info.Mode().Perm())
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("the key file cannot be read: %w", err)
	}
	key := strings.TrimSpace(string(text))
	if key == "" || len(key) > 4096 || strings.ContainsFunc(key, func(r rune) bool { return r < ' ' || r > '~' }) {
		return "", fmt.Errorf("the key file %s has to hold one line of printable ASCII characters", file)
	}
	return key, nil
}

func (t *texter) send(ctx context.Context, l *letter) error {
	key, err := t.key()
	if err != nil {
		return &failure{reason: err.Error()}
	}
	body, err := json.Marshal(struct {
		ID    string `json:"id"`
		From  string `json:"from,omitempty"`
		To    string `json:"to"`
		Text  string `json:"text"`
		Parts int    `json:"parts"`
	}{l.id, t.g.Sender, l.address, l.sms, Parts(l.sms)})
	if err != nil {
		return &failure{reason: "the text cannot be written", final: true}
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, t.g.URL, bytes.NewReader(body))
	if err != nil {
		return &failure{reason: "the gateway's address is none", final: true}
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Idempotency-Key", l.id)
	if key != "" {
		request.Header.Set("Authorization", "Bearer "+key)
	}
	answer, err := t.client.Do(request)
	if err != nil {
		return &failure{reason: "the SMS gateway did not answer"} // its own words hold the address
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, io.LimitReader(answer.Body, 1<<20)); err != nil && answer.StatusCode < 300 {
		return &failure{reason: "the answer of the SMS gateway broke off"}
	}
	return judgeStatus(answer.StatusCode, answer.Header.Get("Retry-After"), time.Now())
}

// judgeStatus says what the status of an answer means for the message.
func judgeStatus(status int, after string, now time.Time) error {
	reason := fmt.Sprintf("the SMS gateway said %d", status)
	switch {
	case status >= 200 && status < 300, status == http.StatusConflict:
		return nil
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return &failure{reason: reason + ": is its key right?"} // of all messages, not of this one
	case status == http.StatusRequestTimeout, status == http.StatusTooEarly, status == http.StatusTooManyRequests,
		status >= 500, status < 400:
		return &failure{reason: reason, after: retryAfter(after, now)}
	}
	return &failure{reason: reason, final: true}
}

// retryAfter reads the header: seconds, or a date.
func retryAfter(text string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseInt(text, 10, 32); err == nil {
		return max(0, time.Duration(seconds)*time.Second)
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}
