package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"cubby/sync/client"
)

const webhooksForm = "webhooks [add URL [TYPE,...] | log WEBHOOK [waits|done|dead] | replay WEBHOOK | " +
	"remove WEBHOOK]"

// webhooks lists where events are posted, makes and removes one, and sees to what is dead.
func (t *tool) webhooks(ctx context.Context, args []string) error {
	c, err := t.client()
	if err != nil {
		return err
	}
	what, rest := "", args
	if len(args) > 0 {
		what, rest = args[0], args[1:]
	}
	switch {
	case what == "":
		return t.listWebhooks(ctx, c)
	case what == "add" && (len(rest) == 1 || len(rest) == 2):
		var filters []string
		if len(rest) == 2 {
			filters = strings.Split(rest[1], ",")
		}
		w, err := c.AddWebhook(ctx, rest[0], filters)
		if err == nil {
			fmt.Fprintf(t.out, "webhook %s is made; its events are signed with %s, which is not shown again\n", w.ID,
				w.Secret)
		}
		return err
	case what == "log" && (len(rest) == 1 || len(rest) == 2):
		return t.webhookLog(ctx, c, rest[0], strings.Join(rest[1:], ""))
	case what == "replay" && len(rest) == 1:
		n, err := c.ReplayWebhook(ctx, rest[0])
		if err == nil {
			fmt.Fprintf(t.out, "events posted again: %d\n", n)
		}
		return err
	case what == "remove" && len(rest) == 1:
		return c.RemoveWebhook(ctx, rest[0])
	}
	return errors.New("usage: cubbyctl " + webhooksForm)
}

func (t *tool) listWebhooks(ctx context.Context, c *client.Client) error {
	all, err := c.Webhooks(ctx)
	if err != nil {
		return err
	}
	return t.table("WEBHOOK\tURL\tEVENTS\tSTATE", func(w io.Writer) {
		for _, one := range all {
			events, state := "all", "is posted to"
			if len(one.Filters) > 0 {
				events = strings.Join(one.Filters, ",")
			}
			if one.Disabled != "" {
				state = one.Disabled
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", one.ID, one.URL, events, state)
		}
	})
}

func (t *tool) webhookLog(ctx context.Context, c *client.Client, id, state string) error {
	all, err := c.Deliveries(ctx, id, state)
	if err != nil {
		return err
	}
	return t.table("WHEN\tEVENT\tTYPE\tSTATE\tTRIES\tANSWER\tNEXT", func(w io.Writer) {
		for _, d := range all {
			answer, next := d.Detail, ""
			if answer == "" && d.Status > 0 {
				answer = fmt.Sprint(d.Status)
			}
			if d.Due != nil {
				next = t.moment(*d.Due)
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%s\t%s\n", t.moment(d.Created), d.Event, d.Type, d.State, d.Attempts,
				answer, next)
		}
	})
}
