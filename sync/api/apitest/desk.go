package apitest

import (
	"context"
	"time"

	"cubby/locker/desk"
	"cubby/locker/health"
	"cubby/locker/ledger"
	"cubby/locker/people"
)

// Queue has one matter of each shape.
func (c *Core) Queue(context.Context) ([]desk.Matter, error) {
	since := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	return []desk.Matter{
		{Kind: "forced", Harm: health.Alarm, Also: []string{"to_check"}, Door: "1", Parcel: "P1", Since: since,
			Reason: "the door opened without an order", ToDo: "Look inside."},
		{Kind: "help", Harm: health.Warning, Screen: "kiosk", Since: since, ToDo: "Go to the screen."},
		{Kind: "device", Harm: health.Warning, Device: "line main", ToDo: "Look at its plug."},
	}, nil
}

// OpenDoor opens a door that it has.
func (c *Core) OpenDoor(_ context.Context, by people.Doer, second, number, reason string) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Doers = append(c.Doers, by.ID+" "+second)
	for _, box := range c.Wall {
		if box.Number == number {
			return "o-1", nil
		}
	}
	return "", ledger.Refuse(ledger.NotFound, "no-such-compartment", "there is no such compartment")
}
