package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"cubby/cmd/internal/doctor"
	"cubby/sync/client"
	"cubby/sync/problem"
)

// answerWithin is how long a core may take to say that it is there.
const answerWithin = 5 * time.Second

// doctor says what is wrong with the station; its error tells that something is.
func (t *tool) doctor(ctx context.Context, args []string) error {
	if err := want(args, 0, 0, "doctor"); err != nil {
		return err
	}
	cfg, err := t.config()
	if err != nil {
		return fmt.Errorf("the configuration cannot be used, so nothing else was looked at:\n%w", err)
	}
	c, why := t.client()
	if why != nil {
		return why
	}
	defer c.Close()
	asking, cancel := context.WithTimeout(ctx, answerWithin)
	why = c.Ready(asking)
	cancel()
	var there doctor.Core
	var p *problem.Problem
	if why == nil || errors.As(why, &p) { // a refusal is an answer, too
		there = c
	}
	findings := doctor.New(cfg, there, why).Run(ctx)
	for _, f := range findings {
		mark := map[doctor.Grade]string{doctor.Fine: "ok    ", doctor.Hint: "hint  ", doctor.Trouble: "WRONG "}[f.Grade]
		fmt.Fprintf(t.out, "%s %s\n", mark, f.What)
		if f.ToDo != "" {
			fmt.Fprintf(t.out, "        -> %s\n", f.ToDo)
		}
	}
	switch n := doctor.Troubled(findings); {
	case n == 1:
		return errors.New("one thing is wrong with this station")
	case n > 1:
		return fmt.Errorf("%d things are wrong with this station", n)
	}
	fmt.Fprintln(t.out, "nothing is wrong with this station")
	return nil
}

var _ doctor.Core = (*client.Client)(nil)
