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

// second writes a time with its seconds.
func (t *tool) second(at time.Time) string {
	t.moment(at) // which knows the zone
	return at.In(t.zone).Format("2006-01-02 15:04:05 MST")
}

func (t *tool) standing(now calendar.Standing) {
	kept := "not synchronised"
	if now.Synced {
		kept = "synchronised"
	}
	fmt.Fprintf(t.out, "calendar  %s  parcels expire by it\nclock     %s  %s\n%s\n", t.second(now.Calendar),
		t.second(now.Wall), kept, now)
	if now.Doubted {
		fmt.Fprintln(t.out, "the clock is not believed: have it synchronised, or look that it is right and run "+
			"cubbyctl clock accept")
	}
}
