package rest

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"cubby/locker"
	"cubby/locker/calendar"
)

func (c *core) Clock() calendar.Standing {
	c.mu.Lock()
	defer c.mu.Unlock()
	clock := time.Date(2027, 3, 1, 10, 0, 0, 0, time.UTC)
	if c.accepted {
		return calendar.Standing{Calendar: clock, Wall: clock}
	}
	return calendar.Standing{Calendar: clock.AddDate(-1, 0, 0), Wall: clock, Ahead: 31536000, Doubted: true}
}

func (c *core) AcceptClock(ctx context.Context, actor string) (calendar.Standing, error) {
	if !c.Clock().Doubted {
		return calendar.Standing{}, locker.Refuse(locker.Conflict, "clock-not-doubted", "there is nothing to accept")
	}
	c.mu.Lock()
	c.accepted = true
	c.actors = append(c.actors, actor)
	c.mu.Unlock()
	return c.Clock(), nil
}

func TestTheClockIsToldAndAccepted(t *testing.T) {
	b := newBench(t)
	read := func(body string) (now calendar.Standing) {
		if err := json.Unmarshal([]byte(body), &now); err != nil {
			t.Fatal(err)
		}
		return now
	}
	if now := read(want(t, b.do("GET", "/v1/clock", ""), 200, "")); now != b.core.Clock() || !now.Doubted {
		t.Errorf("told %+v", now)
	}
	want(t, b.do("POST", "/v1/clock/accept", `{"reason":"x"}`), 422, "unknown-member")
	if now := read(want(t, b.do("POST", "/v1/clock/accept", ""), 200, "")); now.Doubted {
		t.Errorf("accepted, and told %+v", now)
	}
	if !slices.Contains(b.core.actors, "key:all") {
		t.Errorf("accepted by %v", b.core.actors)
	}
	want(t, b.do("POST", "/v1/clock/accept", ""), 409, "clock-not-doubted")
}
