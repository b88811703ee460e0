package main

import (
	"context"
	"fmt"
	"io"
	"slices"

	"cubby/locker/people"
)

func (t *tool) courier(ctx context.Context, args []string) error {
	const form = "courier add NAME [--card NUMBER] [BADGE.png] | courier list | courier remove ID"
	args, card, err := cutOption(args, "--card")
	if err != nil {
		return err
	}
	c, err := t.client()
	if err != nil {
		return err
	}
	switch {
	case len(args) >= 2 && len(args) <= 3 && args[0] == "add":
		made, err := c.AddCourier(ctx, args[1], card)
		if err != nil {
			return err
		}
		fmt.Fprintf(t.out, "courier %s (%s)\nbadge %s\nPIN   %s %s\n", made.Name, made.ID, made.Badge,
			made.PIN[:4],
			made.PIN[4:])
		if len(args) == 3 {
			return drawQR(made.Badge, args[2])
		}
		return nil
	case len(args) == 1 && args[0] == "list":
		all, err := c.Couriers(ctx)
		if err != nil {
			return err
		}
		return t.table("COURIER\tNAME\tMADE BY\tREMOVED", func(w io.Writer) {
			for _, k := range all {
				fmt.Fprintf(w, "%s\t%s\t%s\t%t\n", k.ID, k.Name, madeBy(k.Centre), k.Removed)
			}
		})
	case len(args) == 2 && args[0] == "remove":
		return c.RemoveCourier(ctx, args[1])
	}
	return fmt.Errorf("usage: cubbyctl %s", form)
}

func (t *tool) staff(ctx context.Context, args []string) error {
	const form = "staff add NAME ROLE [--card NUMBER] [BADGE.png] | staff list | staff remove ID"
	args, card, err := cutOption(args, "--card")
	if err != nil {
		return err
	}
	c, err := t.client()
	if err != nil {
		return err
	}
	switch {
	case len(args) >= 3 && len(args) <= 4 && args[0] == "add":
		made, err := c.AddEmployee(ctx, args[1], people.Role(args[2]), card)
		if err != nil {
			return err
		}
		fmt.Fprintf(t.out, "%s %s (%s)\nbadge %s\nPIN   %s %s\n", made.Role, made.Name, made.ID, made.Badge,
			made.PIN[:4], made.PIN[4:])
		if len(args) == 4 {
			return drawQR(made.Badge, args[3])
		}
		return nil
	case len(args) == 1 && args[0] == "list":
		all, err := c.Staff(ctx)
		if err != nil {
			return err
		}
		return t.table("STAFF\tNAME\tROLE\tMADE BY\tREMOVED", func(w io.Writer) {
			for _, e := range all {
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%t\n", e.ID, e.Name, e.Role, madeBy(e.Centre), e.Removed)
			}
		})
	case len(args) == 2 && args[0] == "remove":
		return c.RemoveEmployee(ctx, args[1])
	}
	return fmt.Errorf("usage: cubbyctl %s", form)
}

// madeBy says who has made an account, and so may change it.
func madeBy(centre bool) string {
	if centre {
		return "the centre"
	}
	return "station"
}

// cutOption takes an option with its value out of the arguments.
func cutOption(args []string, name string) (rest []string, value string, err error) {
	i := slices.Index(args, name)
	if i < 0 {
		return args, "", nil
	}
	if i+1 == len(args) || args[i+1] == "" {
		return nil, "", fmt.Errorf("%s needs a value", name)
	}
	return slices.Concat(args[:i], args[i+2:]), args[i+1], nil
}
