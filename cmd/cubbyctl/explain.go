package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"cubby/app/words"
	"cubby/locker/money/format"
	"cubby/locker/returns/policy"
)

// explain says what may come back of an order, and by which rules.
func (t *tool) explain(ctx context.Context, args []string) error {
	args, tag, err := cutOption(args, "--lang")
	if err != nil {
		return err
	}
	args, reason, err := cutOption(args, "--reason")
	if err != nil {
		return err
	}
	plain := slices.DeleteFunc(slices.Clone(args), func(arg string) bool { return arg == "--json" })
	if len(plain) < 1 || len(plain) > 2 {
		return errors.New("usage: cubbyctl " + policyForm)
	}
	line := ""
	if len(plain) == 2 {
		line = plain[1]
	}
	speaker, err := speaking(tag)
	if err != nil {
		return err
	}
	c, err := t.client()
	if err != nil {
		return err
	}
	defer c.Close()
	told, err := c.Policy(ctx, plain[0], line, reason)
	if err != nil {
		return err
	}
	if len(plain) < len(args) {
		e := json.NewEncoder(t.out)
		e.SetIndent("", " ")
		return e.Encode(map[string]any{"order": plain[0], "lines": told})
	}
	for _, l := range told {
		fmt.Fprintf(t.out, "%s  %d × %s (%s): %s\n", l.Line, l.Quantity, l.Title, l.Reason, outcome(speaker, l))
		for _, b := range l.Because {
			fmt.Fprintf(t.out, "   %s\n", words.BecauseOf(speaker, b))
		}
	}
	return nil
}

// outcome is the answer in a few words.
func outcome(s words.Speaker, l policy.Told) string {
	if !l.Eligible {
		return s.Say("policy.not_eligible", nil)
	}
	return s.Say("policy.eligible", nil) + ", " + format.Text(l.Refund, l.Currency, s.Tag())
}

// speaking is somebody who speaks the language of a tag.
func speaking(tag string) (words.Speaker, error) {
	book, err := words.Open()
	if err != nil {
		return nil, err
	}
	if tag == "" {
		tag = words.Fallback
	}
	if !slices.Contains(book.Tags(), tag) {
		return nil, fmt.Errorf("there is no translation %q; there are: %s", tag, strings.Join(book.Tags(), ", "))
	}
	return book.For(tag), nil
}
