package main

import (
	"context"
	"errors"
	"fmt"

	"cubby/locker/centre"
)

const centreForm = "centre [leave | sync]"

// enrol joins a centre.
func (t *tool) enrol(ctx context.Context, args []string) error {
	if len(args) != 1 {
		return errors.New("usage: cubbyctl enrol INVITATION; put the invitation into 'quotes', it " +
			"holds #, = and &")
	}
	c, err := t.client()
	if err != nil {
		return err
	}
	l, err := c.JoinCentre(ctx, args[0])
	if err != nil {
		return err
	}
	fmt.Fprintf(t.out,
		"this station belongs to %s now, as %s; \"cubbyctl centre\" says how far it has seen everything\n",
		l.Centre, l.Station)
	return nil
}

// centre says how the line is, ends it, or has it tried at once.
func (t *tool) centre(ctx context.Context, args []string) error {
	c, err := t.client()
	if err != nil {
		return err
	}
	var l centre.Told
	switch {
	case len(args) == 0:
		l, err = c.Centre(ctx)
	case len(args) == 1 && args[0] == "leave":
		l, err = c.LeaveCentre(ctx)
	case len(args) == 1 && args[0] == "sync":
		l, err = c.HurryCentre(ctx)
	default:
		return errors.New("usage: cubbyctl " + centreForm)
	}
	if err != nil {
		return err
	}
	t.showLine(l)
	return nil
}

func (t *tool) showLine(l centre.Told) {
	if !l.Joined {
		fmt.Fprintln(t.out, "this station belongs to no centre; join one with cubbyctl enrol INVITATION")
		return
	}
	fmt.Fprintf(t.out, "%s at %s, as %s, since %s\n", l.Centre, l.URL, l.Station, t.moment(*l.Since))
	state := l.State
	if l.Detail != "" {
		state += ": " + l.Detail
	}
	fmt.Fprintf(t.out, "  state     %s\n", state)
	seen := "nothing yet"
	if l.SeenTo != nil {
		seen = "everything up to " + t.moment(*l.SeenTo)
	}
	fmt.Fprintf(t.out, "  has seen  %s (event %d)\n", seen, l.Through)
	fmt.Fprintf(t.out, "  waiting   %d events\n", l.Waiting)
	if l.Set > 0 {
		fmt.Fprintf(t.out, "  aside     %d events that the centre could not take in\n", l.Set)
	}
	if l.Full {
		fmt.Fprintln(t.out, "  deposits are refused until the centre has seen more")
	}
}
