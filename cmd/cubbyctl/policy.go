package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"cubby/cmd/internal/shoprules"
	"cubby/locker/returns/policy"
)

const policyForm = "policy list | check FILE | explain ORDER [LINE] [--reason REASON] [--lang TAG] [--json]"

// policy reads a file of rules, or says what they mean for an order.
func (t *tool) policy(ctx context.Context, args []string) error {
	switch {
	case len(args) == 2 && args[0] == "check":
		r, cases, err := shoprules.File(args[1])
		if err != nil {
			return err
		}
		fmt.Fprintf(t.out, "%s: shop %s, %d windows, %d test cases passed: no problem found\n", args[1], r.Shop,
			len(r.Windows), cases)
		return nil
	case len(args) == 1 && args[0] == "list":
		return t.policies(ctx)
	case len(args) >= 2 && args[0] == "explain":
		return t.explain(ctx, args[1:])
	}
	return errors.New("usage: cubbyctl " + policyForm)
}

// policies says where the rules of each shop are from.
func (t *tool) policies(ctx context.Context) error {
	c, err := t.client()
	if err != nil {
		return err
	}
	defer c.Close()
	all, err := c.Policies(ctx)
	if err != nil {
		return err
	}
	return t.table("SHOP\tRULES FROM\tREVISION\tSINCE", func(w io.Writer) {
		for _, s := range all {
			from, rev, since := "its file", "", ""
			if s.From == policy.FromCentre {
				from, rev, since = "the centre", fmt.Sprint(s.Rev), t.moment(*s.Since)
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", s.Shop, from, rev, since)
		}
	})
}
