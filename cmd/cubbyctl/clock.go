package main

import (
	"context"
	"fmt"
	"time"

	"cubby/locker/calendar"
)

// clock compares the machine's clock with the station's calendar, or has the
// calendar set to it.
func (t *tool) clock(ctx context.Context, args []string) error {
	const form = "clock [accept]"
	if err := want(args, 0, 1, form); err != nil {
		return err
	}
	accept := len(args) == 1 && args[0] == "accept"
	if len(args) == 1 && !accept {
		return fmt.Errorf("usage: cubbyctl %s", form)
	}
	c, err := t.client()
	if err != nil {
		return err
	}
	defer c.Close()
	ask := c.Clock
	if accept {
		ask = c.AcceptClock
	}
	now, err := ask(ctx)
	if err != nil {
		return err
	}
	t.standing(now)
	return nil
}

func (t *tool) standing(now calendar.Standing) {
	kept := "not synchronised"
	if now.Synced {
		kept = "synchronised"
	}
	utc := func(at time.Time) string { return at.UTC().Format("2006-01-02 15:04:05 UTC") }
	fmt.Fprintf(t.out, "calendar  %s  parcels expire by it\nclock     %s  %s\n%s\n", utc(now.Calendar), utc(now.Wall), kept, now)
	if now.Doubted {
		fmt.Fprintln(t.out, "the clock is not believed: have it synchronised, or look that it is right and run cubbyctl clock accept")
	}
}
