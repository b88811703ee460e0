package rest

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"cubby/sync/problem"
)

// RepeatHeader is the header by which a client may send a POST again and have it done once:
// draft-ietf-httpapi-idempotency-key-header-07.
const RepeatHeader = "Idempotency-Key"

// ReplayedHeader marks an answer that was given before.
const ReplayedHeader = "Idempotency-Replayed"

// mostRepeatKey bounds an Idempotency-Key, in characters.
const mostRepeatKey = 255

// mostKept bounds the answer that is kept for a repeat, in bytes.
const mostKept = 256 << 10

// A Repeating says what a POST does that comes again with its Idempotency-Key when nobody
// knows what became of it: the process was killed on the way, or a fault came between.
type Repeating int

// Repeatings. A POST with a known outcome never runs again, whatever it is.
const (
	Unmarked   Repeating = iota // as Once; a test has every POST marked
	Once                        // it is told that nobody knows, and does not run
	OnceSecret                  // as Once, and its answer has a secret in it: it is not kept
	Again                       // it runs: what is done already is found done
)

// A Repeat is a POST by its Idempotency-Key.
type Repeat struct {
	Client string   // who sent it
	ID     [32]byte // hash of client, method, path and key
	Print  [32]byte // hash of all that must be the same in a repeat
}

// A Reply is what was answered to a POST.
type Reply struct {
	Status int
	Header map[string]string // of replyHeaders
	Body   []byte
	Secret bool // it is not kept: header and body are empty
}

// replyHeaders are the headers that a replay has too.
var replyHeaders = []string{"Content-Type", "Etag", "Location"}

// An Outcome is what is known of a POST that comes.
type Outcome struct {
	Known    bool // it came before
	Print    [32]byte
	Began    time.Time // when it came first
	Reply    *Reply    // nil: nobody knows what became of it
	UnderWay bool      // another process may still be at it
}

// Kept is what an endpoint keeps over restarts. It is safe for concurrent use; what a
// method has done is durable when it returns nil.
type Kept interface {
	// Begin notes that a POST begins, if it did not come before.
	Begin(ctx context.Context, r Repeat) (Outcome, error)
	// End notes what was answered.
	End(ctx context.Context, r Repeat, reply Reply) error
	// Forget forgets that it came: nothing was done.
	Forget(ctx context.Context, r Repeat) error

	// Tick notes when keys were used last, and drops what is older than it must be.
	Tick(ctx context.Context, uses []Use) error
	// Uses are the last uses of all keys.
	Uses(ctx context.Context) ([]Use, error)
}

// running are the POSTs with an Idempotency-Key that this process is at.
type running struct {
	mu  sync.Mutex // guards what follows
	ids map[[32]byte]bool
}

func (u *running) enter(id [32]byte) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.ids[id] {
		return false
	}
	if u.ids == nil {
		u.ids = map[[32]byte]bool{}
	}
	u.ids[id] = true
	return true
}

func (u *running) leave(id [32]byte) {
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.ids, id)
}

var (
	badRepeatKey = problem.BadParameter(RepeatHeader,
		`send it once, as 1 to 255 characters of ASCII in quotes, such as "8e03978e-40d5-43dd-bc93-6894a57f9324"`)
	inFlight = problem.New(http.StatusConflict, "request-in-flight",
		"the request with this Idempotency-Key is being answered still; send it again a little later").Again(1)
	otherRequest = problem.New(http.StatusUnprocessableEntity, "idempotency-key-reused",
		"another request was sent with this Idempotency-Key: take a new key for each new request, and send "+
			"a repeat as it was, byte for byte")
	outcomeUnknown = problem.New(http.StatusConflict, "outcome-unknown",
		"a request with this Idempotency-Key was begun, and a fault came before its end: it may have been done "+
			"or not, and is not done again. Read the state; where it was not done, send it with a new key")
	givenOnce = problem.New(http.StatusConflict, "answer-given-once",
		"this was done, and its answer had a secret in it that is told once and not kept. Where that answer "+
			"was lost, make a new one: rotate the key, or end what was made and make another")
	// ErrTooManyRepeats is what Begin returns when it can keep no more for a client.
	ErrTooManyRepeats = problem.New(http.StatusTooManyRequests, "too-many-idempotency-keys",
		"more Idempotency-Keys of this client are kept than there is room for; nothing was done. Wait, or "+
			"send requests that may be done twice without one").Again(60)
)

// repeatKey reads the header: a string of structured fields (RFC 9651, section 3.3.3), or
// the same characters without quotes, as many clients send it.
func repeatKey(h http.Header) (key string, given bool, err error) {
	lines := h[RepeatHeader]
	if len(lines) == 0 {
		return "", false, nil
	}
	if len(lines) > 1 {
		return "", true, badRepeatKey
	}
	text := strings.Trim(lines[0], " \t")
	if inner, quoted := strings.CutPrefix(text, `"`); quoted {
		key, ok := unquoted(inner)
		if !ok || key == "" || len(key) > mostRepeatKey {
			return "", true, badRepeatKey
		}
		return key, true, nil
	}
	if text == "" || len(text) > mostRepeatKey ||
		strings.ContainsFunc(text, func(r rune) bool {
			return r <= ' ' || r > '~' || strings.ContainsRune(`"\,;`, r)
		}) {
		return "", true, badRepeatKey
	}
	return text, true, nil
}

// unquoted reads a string of structured fields behind its first quote.
func unquoted(text string) (string, bool) {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			return b.String(), i == len(text)-1
		case c == '\\' && i+1 < len(text) && (text[i+1] == '"' || text[i+1] == '\\'):
			i++
			b.WriteByte(text[i])
		case c < ' ' || c > '~' || c == '\\':
			return "", false
		default:
			b.WriteByte(c)
		}
	}
	return "", false
}

// hashed is a hash of texts that none of them can be shifted in.
func hashed(parts ...string) (sum [32]byte) {
	h := sha256.New()
	var n [8]byte
	for _, p := range parts {
		binary.BigEndian.PutUint64(n[:], uint64(len(p)))
		h.Write(n[:])
		io.WriteString(h, p)
	}
	return [32]byte(h.Sum(nil))
}

// run runs the route; a POST with an Idempotency-Key once.
func (x *Exchange) run() error {
	if x.e.Method != http.MethodPost || x.e.Entry == Open || x.surface.server.Kept == nil {
		return x.e.Run.run(x)
	}
	key, given, err := repeatKey(x.r.Header)
	switch {
	case err != nil:
		return err
	case !given:
		return x.e.Run.run(x)
	}
	r, err := x.repeat(key)
	if err != nil {
		return err
	}
	return x.once(r)
}

// repeat reads the request whole. The same key, with quotes or without, is the same. A
// repeat has the same body, is of the same person, and under the same conditions.
func (x *Exchange) repeat(key string) (r Repeat, err error) {
	var body []byte
	if body, err = x.raw(); err != nil {
		return r, err
	}
	x.r.Body = io.NopCloser(bytes.NewReader(body))
	h := x.r.Header
	r.Client = x.who.name
	r.ID = hashed(r.Client, x.r.Method, x.r.URL.EscapedPath(), key)
	r.Print = hashed(x.r.Method, x.r.URL.EscapedPath(), x.r.URL.RawQuery, string(body), x.who.person,
		strings.Join(h["If-Match"], ","), strings.Join(h["If-None-Match"], ","))
	return r, nil
}

// once has a request run that did not come before, and answers what is known otherwise.
func (x *Exchange) once(r Repeat) error {
	s := x.surface.server
	if !s.running.enter(r.ID) {
		return inFlight
	}
	defer s.running.leave(r.ID)
	// From here on it goes to its end even when the caller leaves: who comes again is
	// to find an answer.
	ctx, cancel := x.Detached()
	defer cancel()
	x.ctx = ctx
	was, err := s.Kept.Begin(ctx, r)
	switch {
	case err != nil:
		return err
	case !was.Known:
	case was.Print != r.Print:
		return otherRequest
	case was.Reply != nil && was.Reply.Secret:
		return givenOnce
	case was.Reply != nil:
		return x.replay(*was.Reply)
	case was.UnderWay:
		return inFlight
	case x.e.Repeat != Again:
		return outcomeUnknown
	}
	answer := &held{ResponseWriter: x.ResponseWriter}
	x.ResponseWriter = answer
	defer func() { x.ResponseWriter = answer.ResponseWriter }()
	// with the time: a key that is used again after a day is another
	x.repeating = hashed(string(r.ID[:]), was.Began.UTC().Format(time.RFC3339Nano))
	fault := x.attemptRun()
	if fault != nil {
		s.fail(x.e, x, fault)
	}
	if err := x.settle(ctx, r, answer); err != nil {
		s.Log.Error("what was answered to a request with an Idempotency-Key is not kept; a repeat is told "+
			"that nobody knows", "route", x.e.Path, "error", err)
	}
	return answer.send(x)
}

// attemptRun makes an error of a panic, so that the outcome is noted.
func (x *Exchange) attemptRun() (err error) {
	defer func() {
		if p := recover(); p != nil {
			if p == http.ErrAbortHandler {
				panic(p)
			}
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return x.e.Run.run(x)
}

// settle notes what became of it.
func (x *Exchange) settle(ctx context.Context, r Repeat, a *held) error {
	kept := x.surface.server.Kept
	status := a.status
	switch {
	case status == 0 || status >= 500: // it may have been done
		if x.e.Repeat == Again {
			return kept.Forget(ctx, r)
		}
		return nil
	case status == http.StatusUnauthorized, status == http.StatusForbidden, status == http.StatusTooManyRequests,
		status >= 400 && a.Header().Get("Retry-After") != "":
		return kept.Forget(ctx, r) // it was refused, for now
	}
	reply := Reply{Status: status, Secret: x.e.Repeat == OnceSecret && status < 400 || a.body.Len() > mostKept}
	if !reply.Secret {
		reply.Header, reply.Body = map[string]string{}, a.body.Bytes()
		for _, name := range replyHeaders {
			if value := a.Header().Get(name); value != "" {
				reply.Header[name] = value
			}
		}
	}
	return kept.End(ctx, r, reply)
}

// replay answers what was answered before.
func (x *Exchange) replay(reply Reply) error {
	h := x.Header()
	h[ReplayedHeader] = []string{"true"}
	for name, value := range reply.Header {
		h[name] = []string{value}
	}
	if len(reply.Body) == 0 {
		x.WriteHeader(reply.Status)
		return nil
	}
	return x.Send(reply.Status, h["Content-Type"], reply.Body)
}

// NewID gives 16 bytes for the identity of what a request makes: random ones, or with an
// Idempotency-Key those that follow from it, so that a repeat finds what was made. Each
// use has a name of its own.
func (x *Exchange) NewID(use string) (id [16]byte) {
	if x.repeating == ([32]byte{}) {
		rand.Read(id[:])
		return id
	}
	sum := hashed("id", string(x.repeating[:]), use)
	return [16]byte(sum[:16])
}

// held keeps an answer back until its outcome is noted.
type held struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

// WriteHeader notes the status.
func (a *held) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

// Write keeps what is written.
func (a *held) Write(b []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (a *held) Unwrap() http.ResponseWriter { return a.ResponseWriter }

func (a *held) send(x *Exchange) error {
	if a.status == 0 {
		return nil // nobody reads an answer
	}
	a.ResponseWriter.WriteHeader(a.status)
	if a.body.Len() == 0 {
		return nil
	}
	_, err := a.ResponseWriter.Write(a.body.Bytes())
	return x.Sent(err)
}

// raw reads the body as it was sent, packed or not.
func (x *Exchange) raw() ([]byte, error) {
	if x.r.Body == nil || x.r.Body == http.NoBody {
		return nil, nil
	}
	most := cmp.Or(x.e.MaxBody, maxBody)
	if x.r.ContentLength > int64(most) {
		return nil, x.tooLarge(most)
	}
	b, err := io.ReadAll(io.LimitReader(x.r.Body, int64(most)+1))
	if err != nil {
		return nil, x.unreadable(err, most)
	}
	x.read = true
	if len(b) > most {
		return nil, x.tooLarge(most)
	}
	return b, nil
}
