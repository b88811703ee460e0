package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
	"os/user"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"cubby/sync/hub"
)

// by is who works at the command line, as the hub writes it down.
func by() string {
	if u, err := user.Current(); err == nil {
		return "tools:" + u.Username
	}
	return "tools"
}

var errArguments = errors.New("usage")

// check says whether the hub could serve.
func (p *program) check(ctx context.Context, args []string) error {
	if len(args) > 0 {
		return errArguments
	}
	c := p.settings
	if c.TLS.Certificate != "" {
		if _, err := c.openTLS(time.Now()); err != nil {
			return err
		}
	}
	if m := c.messaging(); m != nil {
		if err := m.Check(); err != nil {
			return fmt.Errorf("[messages]: %w", err)
		}
	}
	if err := c.checkShopFiles(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(
		p.out,
		"%s: the configuration is right\ndata folder %s\naddress     %s\nreached by  %s\n",
		c.Hub.Name,
		c.Hub.DataDir,
		c.Hub.Listen,
		c.Hub.PublicURL,
	)
	return err
}

// table prints rows in columns.
func (p *program) table(rows func(line func(cells ...string))) error {
	w := tabwriter.NewWriter(p.out, 2, 0, 2, ' ', 0)
	rows(func(cells ...string) { fmt.Fprintln(w, strings.Join(cells, "\t")) })
	return w.Flush()
}

func (p *program) user(ctx context.Context, args []string) error {
	fromInput := false
	if n := len(args); n > 0 && args[n-1] == "--password-stdin" {
		fromInput, args = true, args[:n-1]
	}
	is := func(word string, n int) bool { return len(args) == n && args[0] == word }
	return p.with(ctx, func(h *hub.Hub) error {
		switch {
		case is("add", 3), is("password", 2):
			password, err := p.password(fromInput)
			if err != nil {
				return err
			}
			if args[0] == "add" {
				err = h.AddUser(ctx, by(), args[1], hub.Role(args[2]), password)
			} else {
				err = h.SetPassword(ctx, by(), args[1], password)
			}
			if err != nil || fromInput {
				return err
			}
			_, err = fmt.Fprintf(p.out, "%s\n", password)
			return err
		case is("remove", 2):
			return h.RemoveUser(ctx, by(), args[1])
		case is("list", 1):
			all, err := h.Users(ctx)
			return errors.Join(err, p.table(func(line func(...string)) {
				for _, u := range all {
					if !u.Removed {
						line(u.Name, string(u.Role), u.Created.Format(time.DateOnly))
					}
				}
			}))
		}
		return errArguments
	})
}

// password reads one, or makes one of 100 random bits.
func (p *program) password(fromInput bool) (string, error) {
	if !fromInput {
		return strings.ToLower(rand.Text()[:20]), nil
	}
	line, err := bufio.NewReader(io.LimitReader(p.in, 4096)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	return strings.TrimRight(line, "\r\n"), nil
}

func (p *program) station(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return errArguments
	}
	switch args[0] {
	case "list":
		return p.with(ctx, func(h *hub.Hub) error { return p.stations(ctx, h) })
	case "rekey":
		if len(args) != 2 {
			return errArguments
		}
		return p.with(ctx, func(h *hub.Hub) error {
			invitation, err := h.Rekey(ctx, by(), args[1])
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(p.out, invitation)
			return err
		})
	case "invite":
	default:
		return errArguments
	}
	flags := flag.NewFlagSet("station invite", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	address := flags.String("address", "", "")
	var at [2]*float64
	for i, name := range []string{"lat", "lon"} {
		flags.Func(name, "", func(s string) error {
			degrees, err := strconv.ParseFloat(s, 64)
			if err != nil {
				return errors.New("degrees are a number, such as 52.52")
			}
			at[i] = &degrees
			return nil
		})
	}
	var names []string
	for rest := args[1:]; len(rest) > 0; rest = flags.Args() { // the name stands before the flags, or behind
		if err := flags.Parse(rest); err != nil {
			return fmt.Errorf("%w; cubbyhub --help shows what there is", err)
		}
		if flags.NArg() == 0 {
			break
		}
		names = append(names, flags.Arg(0))
		if err := flags.Parse(flags.Args()[1:]); err != nil {
			return fmt.Errorf("%w; cubbyhub --help shows what there is", err)
		}
	}
	if len(names) != 1 {
		return errArguments
	}
	return p.with(ctx, func(h *hub.Hub) error {
		_, invitation, err := h.Invite(ctx, by(), names[0], *address, at[0], at[1])
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(p.out, invitation)
		return err
	})
}

func (p *program) stations(ctx context.Context, h *hub.Hub) error {
	all, err := h.Stations(ctx)
	if err != nil {
		return err
	}
	return p.table(func(line func(...string)) {
		for _, s := range all {
			state := "invited"
			switch {
			case s.Removed:
				state = "removed"
			case !s.LastSeen.IsZero():
				state = "heard of at " + s.LastSeen.Format(time.RFC3339)
			case !s.Joined.IsZero():
				state = "joined"
			}
			line(
				s.ID,
				s.Name,
				state,
				fmt.Sprintf("%d parcels", s.Parcels),
				fmt.Sprintf("%d troubles", s.Troubles),
			)
		}
	})
}
