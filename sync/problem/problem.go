// Package problem is the one shape in which the REST endpoint says that
// something went wrong: RFC 9457 problem details, made and read in one place.
//
// A Problem is a plain value and an error. Its Type never changes once
// published; programs decide by Type and Status, people read Detail. Nothing
// of an internal fault ever enters a Problem; the server logs it under the
// number in Instance.
package problem

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"cubby/locker/ledger"
)

// ContentType is the media type of a problem (RFC 9457, section 3).
const ContentType = "application/problem+json"

// TypePrefix begins every Type; a stable kebab-case slug follows.
const TypePrefix = "urn:cubby:problem:"

// A Problem says what is wrong and what to do about it.
type Problem struct {
	Type       string `json:"type"`
	Title      string `json:"title"`
	Status     int    `json:"status"`
	Detail     string `json:"detail"`
	Instance   string `json:"instance,omitempty"`    // names this one occurrence in the server's log
	Pointer    string `json:"pointer,omitempty"`     // RFC 6901 pointer of the refused member of the body
	Parameter  string `json:"parameter,omitempty"`   // the refused query parameter or header
	RetryAfter int    `json:"retry_after,omitempty"` // seconds, also sent as Retry-After

	// Mark is how far a centre has the facts of the station that it answers with 409: a
	// protocol.Mark. Nothing else has it.
	Mark json.RawMessage `json:"mark,omitempty"`

	Errors []Mistake `json:"errors,omitempty"` // with status 422: every member refused, the one of Pointer first
}

// A Mistake is one of the members of a body that are refused.
type Mistake struct {
	Type    string `json:"type"` // as a Problem's
	Detail  string `json:"detail"`
	Pointer string `json:"pointer"`
}

// Error is the sentence for people.
func (p *Problem) Error() string {
	if p.Detail != "" {
		return p.Detail
	}
	return p.Title
}

// Slug is Type without its prefix.
func (p *Problem) Slug() string {
	if len(p.Type) > len(TypePrefix) && p.Type[:len(TypePrefix)] == TypePrefix {
		return p.Type[len(TypePrefix):]
	}
	return p.Type
}

// New makes a problem that HTTP itself gives rise to; the title follows the status.
func New(status int, slug, detail string) *Problem {
	return &Problem{Type: TypePrefix + slug, Title: title(status), Status: status, Detail: detail}
}

// BadParameter refuses a query parameter or header with status 400.
func BadParameter(name, detail string) *Problem {
	p := New(http.StatusBadRequest, "bad-parameter", detail)
	p.Parameter = name
	return p
}

// Again sets how many seconds the caller should wait before the next try.
func (p *Problem) Again(seconds int) *Problem {
	p.RetryAfter = seconds
	return p
}

// Status maps the class of a refusal to an HTTP status. A refused member that
// can be named is 422, a request that cannot be read at all is 400.
func Status(r *ledger.Refusal) int {
	switch r.Code {
	case ledger.Invalid:
		if r.Field != "" {
			return http.StatusUnprocessableEntity
		}
		return http.StatusBadRequest
	case ledger.NotFound:
		return http.StatusNotFound
	case ledger.Conflict, ledger.Stale:
		return http.StatusConflict
	case ledger.Precondition:
		return http.StatusPreconditionFailed
	case ledger.NotAllowed:
		return http.StatusForbidden
	case ledger.Gone:
		return http.StatusGone
	case ledger.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// Of turns any error into the problem to answer with. internal reports that
// the error itself must be logged, because the problem does not show it.
func Of(err error) (p *Problem, internal bool) {
	if errors.As(err, &p) {
		copied := *p
		return &copied, false
	}
	var r *ledger.Refusal
	if errors.As(err, &r) && Status(r) != http.StatusInternalServerError {
		p = New(Status(r), r.Slug, r.Message)
		p.Pointer = r.Field
		if p.Status == http.StatusUnprocessableEntity {
			for _, m := range append([]*ledger.Refusal{r}, r.Others...) {
				p.Errors = append(p.Errors, Mistake{TypePrefix + m.Slug, m.Message, m.Field})
			}
		}
		if p.Status == http.StatusServiceUnavailable {
			p.RetryAfter = 5
		}
		return p, false
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return New(http.StatusServiceUnavailable, "took-too-long",
			"the server did not finish in time; read the state again before repeating the request").Again(5), false
	}
	return New(http.StatusInternalServerError, "internal",
		"the server met a fault of its own; its log has the details under the instance given here"), true
}

// Write answers with the problem and gives it an Instance when it has none.
func (p *Problem) Write(w http.ResponseWriter) error {
	if p.Instance == "" {
		p.Instance = occurrence()
	}
	body, err := json.Marshal(p)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", ContentType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if p.RetryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(p.RetryAfter))
	}
	w.WriteHeader(p.Status)
	_, err = w.Write(body)
	return err
}

// Read makes a Problem of an answer that is not a success. A body that is no
// problem (a proxy's page, an empty answer) still gives one.
func Read(status int, contentType string, body []byte) *Problem {
	p := new(Problem)
	if contentType == ContentType && json.Unmarshal(body, p) == nil && p.Type != "" {
		p.Status = status
		return p
	}
	return New(status, "not-a-problem", "the answer was "+strconv.Itoa(status)+" "+http.StatusText(status)+
		" without an explanation; check that the address is a station's")
}

func occurrence() string {
	var b [8]byte
	rand.Read(b[:]) // never fails (crypto/rand, Go 1.24)
	return "urn:cubby:occurrence:" + hex.EncodeToString(b[:])
}

func title(status int) string {
	switch status {
	case http.StatusBadRequest:
		return "The request cannot be read"
	case http.StatusUnauthorized:
		return "A valid key is needed"
	case http.StatusForbidden:
		return "Not allowed"
	case http.StatusNotFound:
		return "Not found"
	case http.StatusMethodNotAllowed:
		return "Method not allowed"
	case http.StatusConflict:
		return "The state does not allow it"
	case http.StatusGone:
		return "No longer available"
	case http.StatusPreconditionFailed:
		return "The condition does not hold"
	case http.StatusMisdirectedRequest:
		return "Not for this station"
	case http.StatusRequestEntityTooLarge:
		return "The body is too large"
	case http.StatusUnsupportedMediaType:
		return "The body is not JSON"
	case http.StatusUnprocessableEntity:
		return "A value is refused"
	case http.StatusTooManyRequests:
		return "Too many requests"
	case http.StatusServiceUnavailable:
		return "Not available now"
	}
	return http.StatusText(status)
}
