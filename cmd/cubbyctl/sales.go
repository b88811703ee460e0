package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"cubby/locker/money/format"
	"cubby/sync/client"
)

const saleForm = "sale list [STATE] | show NUMBER | here NUMBER BAY"

// sale lists and shows what the shop has sold, and says that its customer waits at the kerb.
func (t *tool) sale(ctx context.Context, args []string) error {
	usage := errors.New("usage: cubbyctl " + saleForm)
	if len(args) == 0 {
		return usage
	}
	c, err := t.client()
	if err != nil {
		return err
	}
	switch what, words := args[0], args[1:]; {
	case what == "list" && len(words) <= 1:
		all, err := c.Sales(ctx, strings.Join(words, ""))
		if err != nil {
			return err
		}
		for _, s := range all {
			t.saleLine(s)
		}
		return nil
	case what == "show" && len(words) == 1:
		s, err := c.Sale(ctx, words[0])
		if err != nil {
			return err
		}
		t.saleLine(s)
		for _, l := range s.Lines {
			fmt.Fprintf(t.out, "  %s  %d x %s (%s)  %s  %s\n", l.ID, l.Quantity, l.SKU, l.Title,
				format.Text(l.Total, s.Currency, "en"), l.State)
		}
		return nil
	case what == "here" && len(words) == 2:
		s, err := c.CustomerHere(ctx, words[0], words[1])
		if err != nil {
			return err
		}
		fmt.Fprintf(t.out, "the customer of %s waits at bay %s\n", s.ID, s.Bay)
		return nil
	}
	return usage
}

func (t *tool) saleLine(s client.Sale) {
	fmt.Fprintf(t.out, "%s  %s  %s  %s, paid %s  %s", s.ID, s.Ordered.Format(time.RFC3339), s.State,
		format.Text(s.Total, s.Currency, "en"), format.Text(s.Paid, s.Currency, "en"), s.Place.Kind)
	if s.Bay != "" {
		fmt.Fprintf(t.out, ", bay %s", s.Bay)
	}
	fmt.Fprintln(t.out)
}
