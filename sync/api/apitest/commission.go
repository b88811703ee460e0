package apitest

import (
	"context"
	"sync"
	"time"

	"cubby/locker/door/commissioning"
	"cubby/locker/ledger"
)

// A Conversation is a Commissioner that asks one question.
type Conversation struct {
	mu    sync.Mutex // guards what follows
	state *commissioning.State
}

var errNotBegun = ledger.Refuse(ledger.NotFound, "not-commissioning", "the station is not being commissioned")

// Begin asks the question.
func (c *Conversation) Begin(_ context.Context, s commissioning.Start) (commissioning.State, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state != nil {
		return *c.state, ledger.Refuse(
			ledger.Conflict, "commissioning", "the station is being commissioned already")
	}
	c.state = &commissioning.State{
		Step:    commissioning.StepLines,
		Number:  1,
		Text:    "Are these all?",
		Notes:   s.ParcelsInside,
		Choices: []commissioning.Choice{{Answer: "ok", Text: "Yes"}},
		Free:    "a port",
	}
	return *c.state, nil
}

// State is the question.
func (c *Conversation) State(context.Context, time.Duration) (commissioning.State, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state == nil {
		return commissioning.State{}, errNotBegun
	}
	return *c.state, nil
}

// Answer takes the answer to it.
func (c *Conversation) Answer(_ context.Context, a commissioning.Answer) (commissioning.State, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.state == nil:
		return commissioning.State{}, errNotBegun
	case a.Number != c.state.Number:
		return *c.state, ledger.Refuse(ledger.Conflict, "other-question", "another question is asked now")
	}
	c.state = &commissioning.State{Step: commissioning.StepDone, Number: 2, Text: "It is written.", Written: true}
	return *c.state, nil
}

// End forgets it.
func (c *Conversation) End(context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state == nil {
		return errNotBegun
	}
	c.state = nil
	return nil
}
