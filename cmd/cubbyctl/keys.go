package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	words "cubby/cmd/internal/flags"
	"cubby/locker/people"
	"cubby/sync/client"
)

func (t *tool) key(ctx context.Context, args []string) error {
	const form = "key add [--reads-only] [--per-minute N] NAME SCOPE,... | key list | " +
		"key rotate [--overlap-hours N] NAME | key revoke NAME"
	wrong := fmt.Errorf("usage: cubbyctl %s", form)
	if len(args) == 0 {
		return wrong
	}
	flags := flag.NewFlagSet("key", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	var k people.Key
	hours := 0
	switch args[0] {
	case "add":
		flags.BoolVar(&k.ReadsOnly, "reads-only", false, "")
		flags.IntVar(&k.PerMinute, "per-minute", 0, "")
	case "rotate":
		flags.IntVar(&hours, "overlap-hours", 24, "")
	}
	rest, err := words.Anywhere(flags, args[1:])
	if err != nil {
		return fmt.Errorf("%w: %v", wrong, err)
	}
	c, err := t.client()
	if err != nil {
		return err
	}
	switch {
	case len(rest) == 2 && args[0] == "add":
		k.Name, k.Scopes = rest[0], strings.Split(rest[1], ",")
		token, err := c.AddKey(ctx, k)
		if err != nil {
			return err
		}
		fmt.Fprintln(t.out, token)
		return nil
	case len(rest) == 1 && args[0] == "rotate":
		token, err := c.RotateKey(ctx, rest[0], hours)
		if err != nil {
			return err
		}
		fmt.Fprintln(t.out, token)
		return nil
	case len(rest) == 0 && args[0] == "list":
		return t.keys(ctx, c)
	case len(rest) == 1 && args[0] == "revoke":
		return c.RevokeKey(ctx, rest[0])
	}
	return wrong
}

// keys lists keys, those used last first.
func (t *tool) keys(ctx context.Context, c *client.Client) error {
	all, err := c.Keys(ctx)
	if err != nil {
		return err
	}
	when := func(at *time.Time) string {
		if at == nil {
			return "never used"
		}
		return t.moment(*at)
	}
	return t.table("KEY\tLAST USED\tCREATED\tOLD TOKEN UNTIL\tSCOPES\tA MINUTE\tCODES WAIT FOR IT\tREVOKED",
		func(w io.Writer) {
			for _, k := range all {
				old, limit := "-", "-"
				if k.Old != nil {
					old = t.moment(k.Old.Until) + " (" + when(k.Old.LastUsed) + ")"
				}
				if k.PerMinute > 0 {
					limit = strconv.Itoa(k.PerMinute)
				}
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%t\t%t\n", k.Name, when(k.LastUsed), t.moment(k.Created), old,
					strings.Join(k.Scopes, ","), limit, k.Delivers(), k.Revoked)
			}
		})
}
