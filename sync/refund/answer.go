package refund

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// An object is what the provider says of one refund. What is not there is empty.
type object struct {
	Object        string            `json:"object"`
	ID            string            `json:"id"`
	Amount        *int64            `json:"amount"`
	Currency      string            `json:"currency"`
	Status        string            `json:"status"`
	FailureReason string            `json:"failure_reason"`
	PaymentIntent string            `json:"payment_intent"`
	Charge        string            `json:"charge"`
	Metadata      map[string]string `json:"metadata"`
}

type page struct {
	Object  string   `json:"object"`
	Data    []object `json:"data"`
	HasMore bool     `json:"has_more"`
}

func readPage(reply []byte) (p page, err error) {
	if err := json.Unmarshal(reply, &p); err != nil {
		return page{}, errors.New("it is not JSON as expected")
	}
	if p.Object != "list" {
		return page{}, errors.New("it is not a list")
	}
	return p, nil
}

// status judges the number of an answer. An empty state says that its body counts.
func (w work) status(r *http.Response, body []byte) (a Answer, again bool) {
	switch code := r.StatusCode; {
	case len(body) > answerBytes:
		return w.unknown("the answer is longer than any answer"), false
	case code == http.StatusOK || code == http.StatusCreated:
		return Answer{}, false
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		a := w.unknown("the provider does not take the key: " + w.reason(body))
		a.Trouble = KeyRefused
		return a, false
	case code == http.StatusConflict || code == http.StatusTooManyRequests || code >= 500:
		a := w.unknown(fmt.Sprintf("the provider answered %d", code))
		a.After = retryAfter(r.Header.Get("Retry-After"), time.Now())
		if code >= 500 {
			a.Trouble = Unreachable
		}
		return a, true
	case code >= 400 && refuses(body):
		why := w.clean(fmt.Sprintf("refused (%d): %s", code, w.reason(body)))
		return Answer{State: Rejected, Detail: why}, false
	}
	// A redirect, another success, a page of something between us and the provider.
	a = w.unknown(fmt.Sprintf("the provider answered %d, which is no answer to a refund", r.StatusCode))
	a.Trouble = Unreachable
	return a, false
}

type problem struct {
	Error struct {
		Type    string `json:"type"`
		Code    string `json:"code"`
		Message string `json:"message"`
	} `json:"error"`
}

// refuses reports whether a body is the provider's own refusal. One of the key is none of
// the refund: an order with that key may have been paid.
func refuses(body []byte) bool {
	var p problem
	return json.Unmarshal(body, &p) == nil && p.Error.Type != "" && p.Error.Type != "idempotency_error"
}

func (w work) reason(body []byte) string {
	var p problem
	if json.Unmarshal(body, &p) != nil || p.Error.Code+p.Error.Message == "" {
		return "no reason was given"
	}
	return strings.TrimSpace(p.Error.Code + " " + p.Error.Message)
}

// read understands the refund in an answer.
func (w work) read(reply []byte) Answer {
	var o object
	if err := json.Unmarshal(reply, &o); err != nil || o.Object != "refund" {
		return w.unknown("the answer is not a refund")
	}
	return w.judge(o)
}

// judge holds a refund against the order. What differs is never taken as paid.
func (w work) judge(o object) Answer {
	if !token(o.ID) || o.Amount == nil {
		return w.unknown("the answer lacks the refund's id or its amount")
	}
	a := Answer{Reference: o.ID, Amount: ourAmount(*o.Amount, w.order.Currency)}
	failed := func(format string, args ...any) Answer {
		a.State, a.Detail = Failed, w.clean(fmt.Sprintf(format, args...))
		return a
	}
	about := o.PaymentIntent
	if w.payment() == "charge" {
		about = o.Charge
	}
	switch {
	case *o.Amount != w.amount:
		return failed("the provider speaks of %d where %d was ordered: look there before paying again", *o.Amount,
			w.amount)
	case !strings.EqualFold(o.Currency, w.order.Currency):
		return failed("the provider speaks of %q where %s was ordered: look there before paying again", o.Currency,
			w.order.Currency)
	case about != "" && about != w.order.Reference:
		return failed("the provider speaks of another payment: look there before paying again")
	case o.Metadata["refund"] != "" && o.Metadata["refund"] != w.order.ID:
		return failed("the provider speaks of another refund: look there before paying again")
	case w.order.Given != "" && w.order.Given != o.ID:
		return failed("the provider calls the refund differently now: look there before paying again")
	}
	switch o.Status {
	case "succeeded":
		a.State = Completed
	case "pending", "requires_action":
		a.State, a.Detail = Approved, "the provider says "+o.Status
	case "failed", "canceled":
		return failed("the provider says %s %s", o.Status, o.FailureReason)
	default:
		return w.unknown(fmt.Sprintf("the provider says %q, which is no state of a refund", o.Status))
	}
	return a
}

// retryAfter reads how long to wait: seconds, or a date.
func retryAfter(text string, now time.Time) time.Duration {
	const most = time.Hour
	if n, err := strconv.Atoi(text); err == nil {
		return min(max(time.Duration(min(n, 3600))*time.Second, 0), most)
	}
	if at, err := http.ParseTime(text); err == nil {
		return min(max(at.Sub(now), 0), most)
	}
	return 0
}

// clean makes a text fit for a log: one line, without the key, references in part only.
func (w work) clean(s string) string {
	for _, secret := range []string{w.key, w.order.Reference, w.order.Given} {
		if secret != "" {
			s = strings.ReplaceAll(s, secret, Masked(secret))
		}
	}
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, " "))
	const longest = 200
	if letters := []rune(strings.TrimSpace(s)); len(letters) > longest {
		return string(letters[:longest]) + "..."
	} else {
		return string(letters)
	}
}

// Masked is a reference as people may see it: its last four characters.
func Masked(reference string) string {
	if len(reference) <= 8 {
		return "..."
	}
	return "..." + reference[len(reference)-4:]
}

// ReadKey reads a provider's secret key: one line, readable by its owner only.
func ReadKey(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("the provider's key cannot be read: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", fmt.Errorf("the provider's key cannot be read: %w", err)
	}
	if !info.Mode().IsRegular() {
		return "", fmt.Errorf("the provider's key %s is not a file", path)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return "", fmt.Errorf("the provider's key %s is readable by others (mode %o): chmod 600 it", path,
			info.Mode().Perm())
	}
	const longest = 512
	text := make([]byte, longest+1)
	n, _ := f.Read(text)
	key := strings.TrimSpace(string(text[:n]))
	if key == "" || n > longest || strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", fmt.Errorf("the provider's key %s is not one line of 1 to %d visible letters", path, longest)
	}
	return key, nil
}
