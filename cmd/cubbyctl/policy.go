package main

import (
	"context"
	"errors"
	"fmt"

	"cubby/cmd/internal/shoprules"
)

const policyForm = "policy check FILE | explain ORDER [LINE] [--reason REASON] [--lang TAG] [--json]"

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
	case len(args) >= 2 && args[0] == "explain":
		return t.explain(ctx, args[1:])
	}
	return errors.New("usage: cubbyctl " + policyForm)
}
