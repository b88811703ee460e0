package rest

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"cubby/locker"
	"cubby/locker/door/fitting"
)

// A conversation is a Commissioner that asks one question.
type conversation struct {
	mu    sync.Mutex // guards what follows
	state *fitting.State
}

var errNotBegun = locker.Refuse(locker.NotFound, "not-commissioning", "the station is not being commissioned")

func (c *conversation) Begin(_ context.Context, s fitting.Start) (fitting.State, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state != nil {
		return *c.state, locker.Refuse(locker.Conflict, "commissioning", "the station is being commissioned already")
	}
	c.state = &fitting.State{Step: fitting.StepLines, Number: 1, Text: "Are these all?", Notes: s.ParcelsInside,
		Choices: []fitting.Choice{{Answer: "ok", Text: "Yes"}}, Free: "a port"}
	return *c.state, nil
}

func (c *conversation) State(context.Context, time.Duration) (fitting.State, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state == nil {
		return fitting.State{}, errNotBegun
	}
	return *c.state, nil
}

func (c *conversation) Answer(_ context.Context, a fitting.Answer) (fitting.State, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.state == nil:
		return fitting.State{}, errNotBegun
	case a.Number != c.state.Number:
		return *c.state, locker.Refuse(locker.Conflict, "other-question", "another question is asked now")
	}
	c.state = &fitting.State{Step: fitting.StepDone, Number: 2, Text: "It is written.", Written: true}
	return *c.state, nil
}

func (c *conversation) End(context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state == nil {
		return errNotBegun
	}
	c.state = nil
	return nil
}

func TestCommissioningIsAConversationOnTheSocket(t *testing.T) {
	b := newBench(t)
	want(t, b.do("GET", "/v1/commission", ""), 404, "no-such-route")
	s := b.staff()
	want(t, s.do("GET", "/v1/commission", ""), 404, "not-commissioning")
	want(t, s.do("POST", "/v1/commission/answers", `{"number":1,"answer":"ok"}`), 404, "not-commissioning")
	if body := want(t, s.do("POST", "/v1/commission", `{"parcels_inside":["14"],"complete":true}`), 202, ""); !strings.Contains(body, `"notes":["14"]`) {
		t.Errorf("what was said at the start did not arrive: %s", body)
	}
	want(t, s.do("POST", "/v1/commission", `{}`), 409, "commissioning")
	want(t, s.do("GET", "/v1/commission?wait=8", ""), 200, "")
	want(t, s.do("GET", "/v1/commission?wait=9", ""), 400, "bad-parameter")
	want(t, s.do("POST", "/v1/commission/answers", `{"number":7,"answer":"ok"}`), 409, "other-question")
	want(t, s.do("POST", "/v1/commission/answers", `{"number":1,"answer":""}`), 422, "commission-answer")
	want(t, s.do("POST", "/v1/commission/answers", `{"number":1,"words":"ok"}`), 422, "unknown-member")
	if body := want(t, s.do("POST", "/v1/commission/answers", `{"number":1,"answer":"ok"}`), 200, ""); !strings.Contains(body, `"written":true`) {
		t.Errorf("the end: %s", body)
	}
	want(t, s.do("DELETE", "/v1/commission", ""), 204, "")
	want(t, s.do("DELETE", "/v1/commission", ""), 404, "not-commissioning")
}

func TestAStationThatIsCommissionedServesNothingElse(t *testing.T) {
	b := newBench(t, func(c *Config) { c.Closed = "the station is being commissioned" }).staff()
	for _, target := range []string{"/v1/parcels", "/v1/compartments", "/v1/keys", "/metrics", "/v1/events"} {
		want(t, b.do("GET", target, ""), 503, "closed")
	}
	want(t, b.do("PUT", "/v1/parcels/p", `{"label":"x"}`), 503, "closed")
	for _, target := range []string{"/healthz", "/screen/v1/view", "/v1/openapi.json"} {
		want(t, b.do("GET", target, ""), 200, "")
	}
	want(t, b.do("POST", "/v1/commission", `{}`), 202, "")
}

func TestAnEndpointWithoutCommissioningSaysSo(t *testing.T) {
	b := newBench(t, func(c *Config) { c.Commission = nil }).staff()
	want(t, b.do("GET", "/v1/commission", ""), 503, "no-commissioning")
}
