package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"cubby/app/words"
	"cubby/locker/money/format"
	"cubby/locker/returns/figures"
)

// The forms of what is counted.
const (
	figuresForm = "figures [FROM [TO]] [--csv | --json]"
	dayForm     = "day [DAY] [--csv | --json]"
)

// told writes what was counted as the arguments ask for it; false: in words.
func (t *tool) told(args []string, all any, csv []byte) (done bool, err error) {
	switch {
	case slices.Contains(args, "--csv"):
		_, err = t.out.Write(csv)
		return true, err
	case slices.Contains(args, "--json"):
		e := json.NewEncoder(t.out)
		e.SetIndent("", " ")
		return true, e.Encode(all)
	}
	return false, nil
}

func withoutFormat(args []string) []string {
	return slices.DeleteFunc(slices.Clone(args), func(arg string) bool { return arg == "--csv" || arg == "--json" })
}

// returnFigures says how much comes back, and how long that takes.
func (t *tool) returnFigures(ctx context.Context, args []string) error {
	days := append(withoutFormat(args), "", "")
	if len(days) > 4 {
		return errors.New("usage: cubbyctl return " + figuresForm)
	}
	c, err := t.client()
	if err != nil {
		return err
	}
	defer c.Close()
	f, err := c.ReturnFigures(ctx, days[0], days[1])
	if err != nil {
		return err
	}
	if done, err := t.told(args, f, f.CSV()); done {
		return err
	}
	fmt.Fprintf(t.out, "from %s until before %s\n", t.moment(f.From), t.moment(f.To))
	rate := func(what string, r figures.Rate) {
		fmt.Fprintf(t.out, "%-10s %-24s %5d of %5d  %3d.%d %%\n", what, r.Name, r.Back, r.Sold, r.PerMille/10,
			r.PerMille%10)
	}
	rate("all", figures.Rate{Sold: f.Sold, Back: f.Back, PerMille: figures.PerMille(f.Back, f.Sold)})
	for _, list := range []struct {
		what string
		all  []figures.Rate
	}{{"SKU", f.BySKU}, {"supplier", f.BySupplier}, {"reason", f.ByReason}} {
		for _, r := range list.all {
			rate(list.what, r)
		}
	}
	for _, s := range []struct {
		what string
		of   figures.Spread
	}{{"decision", f.ToDecision}, {"money", f.ToMoney}} {
		if s.of.Count == 0 {
			fmt.Fprintf(t.out, "hours from drop to %s: none has come so far\n", s.what)
			continue
		}
		fmt.Fprintf(t.out, "hours from drop to %s: half within %s, 90 %% within %s, 95 %% within %s (%d returns, "+
			"nearest rank)\n", s.what, figures.Hours(s.of.P50), figures.Hours(s.of.P90), figures.Hours(s.of.P95),
			s.of.Count)
	}
	fmt.Fprintf(t.out, "decided at once: %d of %d\n", f.AtOnce, f.Dropped)
	return nil
}

// refundDay lists the refunds of a day for the books.
func (t *tool) refundDay(ctx context.Context, args []string) error {
	days := append(withoutFormat(args), "")
	if len(days) > 2 {
		return errors.New("usage: cubbyctl refund " + dayForm)
	}
	c, err := t.client()
	if err != nil {
		return err
	}
	defer c.Close()
	r, err := c.Reconciliation(ctx, days[0])
	if err != nil {
		return err
	}
	if done, err := t.told(args, r, r.CSV()); done {
		return err
	}
	fmt.Fprintf(t.out, "refunds of %s: %d\n", r.Day, len(r.Refunds))
	for _, one := range r.Refunds {
		fmt.Fprintf(t.out, "  %s  %-12s %-10s %-9s %14s  %s\n", one.ID, one.Case, one.Kind, one.State,
			format.Text(one.Amount, one.Currency, words.Fallback), one.Provider)
	}
	for _, s := range r.Sums {
		fmt.Fprintf(t.out, "sum  %-10s %-10s %-9s %3d  %14s\n", s.Kind, s.Provider, s.State, s.Count,
			format.Text(s.Amount, s.Currency, words.Fallback))
	}
	for _, one := range r.Totals {
		text := func(minor int64) string { return format.Text(minor, one.Currency, words.Fallback) }
		fmt.Fprintf(t.out, "%s  %d refunds, %s: completed %s, waiting %s, failed %s\n", one.Currency, one.Count,
			text(one.Amount), text(one.Completed), text(one.Waiting), text(one.Failed))
	}
	return nil
}
