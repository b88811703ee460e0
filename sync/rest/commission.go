package rest

import (
	"context"
	"net/http"
	"strings"
	"time"

	"cubby/locker"
	"cubby/locker/door/fitting"
	"cubby/sync/problem"
	"cubby/sync/strict"
)

// A Commissioner commissions the site, one conversation at a time. While it
// does, the station serves nobody.
type Commissioner interface {
	// Begin refuses while somebody is at the station, and while parcels lie
	// behind doors that the start does not name.
	Begin(ctx context.Context, s fitting.Start) (fitting.State, error)
	// State waits at most so long for a question when work is under way.
	State(ctx context.Context, wait time.Duration) (fitting.State, error)
	// Answer refuses what does not fit; the question stays then.
	Answer(ctx context.Context, a fitting.Answer) (fitting.State, error)
	// End brings the station back; what was not written is forgotten.
	End(ctx context.Context) error
}

const (
	maxStateWait = 8     // seconds
	maxAnswer    = 32768 // characters: a wall of many doors
	maxInside    = 512
)

// closed refuses what a station does not do while it is being commissioned.
func (s *Server) closed(e *bound) error {
	if s.Closed == "" || strings.HasPrefix(e.path, "/v1/commission") {
		return nil
	}
	switch e.path {
	case "/healthz", "/readyz", "/v1/openapi.json", "/screen/v1/view", "/screen/v1/views", "/screen/v1/actions":
		return nil
	}
	return problem.New(http.StatusServiceUnavailable, "closed", s.Closed).Again(60)
}

func (s *Server) commissioner() (Commissioner, error) {
	if s.Commission == nil {
		return nil, locker.Refuse(locker.Unavailable, "no-commissioning", "this station cannot be commissioned from here")
	}
	return s.Commission, nil
}

func (s *Server) beginCommission(x *exchange) error {
	if _, err := x.query(); err != nil {
		return err
	}
	c, err := s.commissioner()
	if err != nil {
		return err
	}
	var start fitting.Start
	if err := x.body(func(b []byte) error {
		return strict.Object(b, func(r *strict.Reader, name string) (err error) {
			switch name {
			case "parcels_inside":
				start.ParcelsInside, err = r.Strings(maxInside)
			case "complete":
				start.Complete, err = r.Bool()
			case "screen":
				start.Screen, err = r.Bool()
			default:
				err = r.Unknown()
			}
			return err
		})
	}); err != nil {
		return err
	}
	state, err := c.Begin(x.ctx, start)
	if err != nil {
		return err
	}
	return x.encode(http.StatusAccepted, state)
}

func (s *Server) getCommission(x *exchange) error {
	q, err := x.query("wait")
	if err != nil {
		return err
	}
	wait, err := number(q, "wait", 0, maxStateWait, 0)
	if err != nil {
		return err
	}
	c, err := s.commissioner()
	if err != nil {
		return err
	}
	x.waited = wait > 0
	state, err := c.State(x.ctx, time.Duration(wait)*time.Second)
	if err != nil {
		return err
	}
	return x.encode(http.StatusOK, state)
}

func (s *Server) answerCommission(x *exchange) error {
	if _, err := x.query(); err != nil {
		return err
	}
	c, err := s.commissioner()
	if err != nil {
		return err
	}
	var a fitting.Answer
	if err := x.body(func(b []byte) error {
		return strict.Object(b, func(r *strict.Reader, name string) (err error) {
			switch name {
			case "number":
				a.Number, err = r.Int()
			case "answer":
				a.Answer, err = r.String()
			default:
				err = r.Unknown()
			}
			return err
		})
	}); err != nil {
		return err
	}
	if lines := strings.NewReplacer("\n", " ", "\r", " ", "\t", " ").Replace(a.Answer); !locker.PlainText(lines, 1, maxAnswer) {
		return locker.Refuse(locker.Invalid, "commission-answer",
			"an answer has 1 to %d characters, none of them a control character, a mark of direction or another invisible one", maxAnswer).At("/answer")
	}
	state, err := c.Answer(x.ctx, a)
	if err != nil {
		return err
	}
	return x.encode(http.StatusOK, state)
}

func (s *Server) endCommission(x *exchange) error {
	if _, err := x.query(); err != nil {
		return err
	}
	c, err := s.commissioner()
	if err != nil {
		return err
	}
	if err := c.End(x.ctx); err != nil {
		return err
	}
	x.WriteHeader(http.StatusNoContent)
	return nil
}
