package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"cubby/locker/customers"
)

const customerForm = "customer find EMAIL|PHONE|- | show ID | forget ID"

// customer finds the record of somebody, shows all that is known of them, and erases it.
func (t *tool) customer(ctx context.Context, args []string) error {
	if len(args) != 2 {
		return errors.New("usage: cubbyctl " + customerForm)
	}
	switch args[0] {
	case "find":
		return t.findCustomer(ctx, args[1])
	case "show":
		return t.showCustomer(ctx, args[1])
	case "forget":
		return t.forgetCustomer(ctx, args[1])
	}
	return errors.New("usage: cubbyctl " + customerForm)
}

func (t *tool) findCustomer(ctx context.Context, by string) error {
	if by == "-" { // which keeps it out of the list of processes
		text, err := io.ReadAll(io.LimitReader(t.in, 1000))
		if err != nil {
			return err
		}
		by = strings.TrimSpace(string(text))
	}
	contact := customers.Contact{Phone: by}
	if strings.Contains(by, "@") {
		contact = customers.Contact{Email: by}
	}
	c, err := t.client()
	if err != nil {
		return err
	}
	found, err := c.FindCustomer(ctx, contact)
	if err != nil {
		return err
	}
	fmt.Fprintf(t.out, "customer %s, known by %s, since %s, last used %s\n", found.ID,
		strings.Join(found.KnownBy, " and "), t.moment(found.Created), t.moment(found.Used))
	return t.table("PURPOSE\tSAID\tWHEN\tTHROUGH\tTEXT", func(w io.Writer) {
		for _, s := range found.Consents {
			is := map[bool]string{true: "given", false: "withdrawn"}[s.Given]
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", s.Purpose, is, t.moment(s.At), s.Through, s.Text)
		}
	})
}

// showCustomer writes all that is known, as JSON that can be handed to the person.
func (t *tool) showCustomer(ctx context.Context, id string) error {
	c, err := t.client()
	if err != nil {
		return err
	}
	all, err := c.CustomerEverything(ctx, id)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := json.Indent(&out, all, "", "  "); err != nil {
		return err
	}
	fmt.Fprintln(t.out, strings.TrimSpace(out.String()))
	return nil
}

func (t *tool) forgetCustomer(ctx context.Context, id string) error {
	c, err := t.client()
	if err != nil {
		return err
	}
	if err := c.EraseCustomer(ctx, id); err != nil {
		return err
	}
	fmt.Fprintf(t.out, "nothing is kept in a record of customer %s any more\n", id)
	return nil
}
