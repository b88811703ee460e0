package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	words "cubby/cmd/internal/flags"
	"cubby/sync/hub"
	"cubby/sync/hub/api"
)

// key makes, lists, rotates, limits and ends API keys.
func (p *program) key(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return errArguments
	}
	flags := flag.NewFlagSet("key", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	perMinute, hours := 0, 0
	switch args[0] {
	case "add":
		flags.IntVar(&perMinute, "per-minute", 0, "")
	case "rotate":
		flags.IntVar(&hours, "overlap-hours", 24, "")
	}
	rest, err := words.Anywhere(flags, args[1:])
	if err != nil {
		return fmt.Errorf("%w: %v", errArguments, err)
	}
	return p.with(ctx, func(h *hub.Hub) error {
		switch {
		case len(rest) >= 2 && args[0] == "add":
			return p.addKey(ctx, h, rest[0], strings.FieldsFunc(strings.Join(rest[1:], " "),
				func(r rune) bool { return r == ' ' || r == ',' }), perMinute)
		case len(rest) == 1 && args[0] == "rotate":
			token, err := h.RotateKey(ctx, by(), rest[0], time.Duration(hours)*time.Hour)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(p.out, token)
			return err
		case len(rest) == 1 && args[0] == "revoke":
			return h.RevokeKey(ctx, by(), rest[0])
		case len(rest) == 0 && args[0] == "list":
			all, err := h.Keys(ctx)
			return errors.Join(err, p.table(func(line func(...string)) {
				for _, k := range all {
					if !k.Revoked {
						line(k.Name, used(k), "made "+k.Created.Format(time.DateOnly), limit(k),
							strings.Join(k.Scopes, " "))
					}
				}
			}))
		}
		return errArguments
	})
}

func (p *program) addKey(ctx context.Context, h *hub.Hub, name string, scopes []string, perMinute int) error {
	for _, s := range scopes {
		if !slices.Contains(api.Scopes(), s) {
			return fmt.Errorf("there is no scope %q; there are: %s", s, strings.Join(api.Scopes(), " "))
		}
	}
	if perMinute < 0 || perMinute > hub.MostPerMinute {
		return fmt.Errorf("--per-minute is from 1 to %d, or 0 for the limit of all", hub.MostPerMinute)
	}
	token, err := h.AddKey(ctx, by(), name, scopes)
	if err == nil && perMinute > 0 {
		err = h.LimitKey(ctx, by(), name, perMinute)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(p.out, token)
	return err
}

// used says when a key was used last.
func used(k hub.Key) string {
	when := func(at time.Time) string {
		if at.IsZero() {
			return "never used"
		}
		return "used " + at.Format(time.DateTime) + " UTC"
	}
	said := when(k.LastUsed)
	if !k.OldUntil.IsZero() {
		said += ", old token until " + k.OldUntil.Format(time.DateTime) + " UTC (" + when(k.OldUsed) + ")"
	}
	return said
}

// limit says how many requests a key may send.
func limit(k hub.Key) string {
	if k.PerMinute == 0 {
		return "-"
	}
	return strconv.Itoa(k.PerMinute) + " a minute"
}
