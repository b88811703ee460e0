package vendure

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"time"
)

// A client asks the admin API, by one goroutine.
type client struct {
	config *Config
	http   *http.Client
	token  string // of the session; empty: it is in a cookie, or there is none

	signedIn bool
}

// Bounds of an answer.
const (
	answerTime = 20 * time.Second
	mostAnswer = 16 << 20 // bytes
)

func newClient(c *Config) *client {
	h := c.Client
	if h == nil {
		h = &http.Client{}
	}
	own := *h
	own.Timeout = answerTime
	// some shops keep sessions in cookies; this never fails
	own.Jar, _ = cookiejar.New(nil)
	own.CheckRedirect = func(*http.Request, []*http.Request) error { // a session is for one address
		return http.ErrUseLastResponse
	}
	return &client{config: c, http: &own}
}

// A refusal is an answer of the shop that says no.
type refusal struct{ code, message string }

func (r *refusal) Error() string { return "the shop refuses: " + r.code + ": " + r.message }

// refusedAs reports whether an error is a refusal of one of these codes.
func refusedAs(err error, codes ...string) bool {
	r, is := errors.AsType[*refusal](err)
	if !is {
		return false
	}
	for _, c := range codes {
		if r.code == c {
			return true
		}
	}
	return false
}

// forbidden is what the shop answers to whoever is not signed in any more.
const forbidden = "FORBIDDEN"

// ask has the shop answer a query. It signs in when that is lacking or has ended.
func (c *client) ask(ctx context.Context, query string, variables map[string]any, into any) error {
	fresh := false
	if !c.signedIn && c.config.KeyFile == "" {
		if err := c.signIn(ctx); err != nil {
			return err
		}
		fresh = true
	}
	err := c.post(ctx, query, variables, into)
	if refusedAs(err, forbidden) && c.config.KeyFile == "" && !fresh {
		if err := c.signIn(ctx); err != nil {
			return err
		}
		err = c.post(ctx, query, variables, into)
	}
	if refusedAs(err, forbidden) {
		c.signedIn = false
		return fmt.Errorf("%w: the account may not do that: give it the rights that docs/vendure.md "+
			"lists (%v)",
			errUnreachable, err)
	}
	return err
}

func (c *client) signIn(ctx context.Context) error {
	c.token, c.signedIn = "", false
	password, err := c.config.secret()
	if err != nil {
		return fmt.Errorf("%w: %v", errUnreachable, err)
	}
	var a struct{ Login outcome }
	err = c.post(ctx,
		`mutation($user: String!, $password: String!) { login(username: $user, password: $password) {
		__typename ... on ErrorResult { errorCode message } } }`,
		map[string]any{"user": c.config.User, "password": password}, &a)
	switch {
	case err != nil && !errors.Is(err, errUnreachable):
		// What was sent may be in the message: it is not repeated.
		return fmt.Errorf("%w: it cannot be signed in to", errUnreachable)
	case err != nil:
		return err
	case a.Login.refused() != nil:
		return fmt.Errorf("%w: it does not take user and password (%s)", errUnreachable, a.Login.ErrorCode)
	}
	c.signedIn = true
	return nil
}

// post asks once. An answer with errors is a refusal; no answer, or none of the shop, is
// errUnreachable.
func (c *client) post(ctx context.Context, query string, variables map[string]any, into any) error {
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.config.URL, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json")
	if c.config.Channel != "" {
		r.Header.Set("vendure-token", c.config.Channel)
	}
	if c.config.KeyFile != "" {
		key, err := c.config.secret()
		if err != nil {
			return fmt.Errorf("%w: %v", errUnreachable, err)
		}
		r.Header.Set("vendure-api-key", key)
	} else if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	a, err := c.http.Do(r)
	if err != nil {
		return fmt.Errorf("%w: %v", errUnreachable, err)
	}
	defer a.Body.Close()
	text, err := io.ReadAll(io.LimitReader(a.Body, mostAnswer+1))
	if err != nil || len(text) > mostAnswer {
		return fmt.Errorf("%w: its answer broke off or is too long", errUnreachable)
	}
	if token := a.Header.Get("vendure-auth-token"); token != "" {
		c.token = token
	}
	var reply struct {
		Data   json.RawMessage
		Errors []struct {
			Message    string
			Extensions struct{ Code string }
		}
	}
	if err := json.Unmarshal(text, &reply); err != nil || reply.Data == nil && len(reply.Errors) == 0 {
		return fmt.Errorf("%w: %s is no answer of the admin API", errUnreachable, a.Status)
	}
	if len(reply.Errors) > 0 {
		e := reply.Errors[0]
		return &refusal{e.Extensions.Code, short(e.Message)}
	}
	return json.Unmarshal(reply.Data, into)
}

// short bounds a message of somebody else, in one line.
func short(s string) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "?")), " ")
	if r := []rune(s); len(r) > 200 {
		return string(r[:200]) + "…"
	}
	return s
}

// An outcome is the answer to a mutation: a thing, or why not. Refusals come with status
// 200, as one of the types of a union.
type outcome struct {
	Typename                string `json:"__typename"`
	ID, State               string
	ErrorCode, Message      string
	TransitionError         string
	FulfillmentHandlerError string
}

// fields are those of an outcome that every union has.
const fields = `__typename ... on ErrorResult { errorCode message }`

func (o outcome) refused() error {
	if o.ErrorCode == "" {
		return nil
	}
	message := o.Message
	if o.TransitionError != "" {
		message = o.TransitionError
	}
	if o.FulfillmentHandlerError != "" {
		message = o.FulfillmentHandlerError
	}
	return &refusal{o.ErrorCode, short(message)}
}
