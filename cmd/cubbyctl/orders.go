package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"cubby/locker/money/format"
	"cubby/locker/orders"
	"cubby/locker/returns"
	"cubby/sync/problem"
)

const (
	orderForm  = "order put FILE.json [ID] | show ID | list [SCAN]"
	returnForm = "return list [STATE|ORDER] | show ID | grade ID ITEM RESULT [--note TEXT] | " +
		"decide ID ITEM DECISION [--amount N] [--reason TEXT] | override ID ITEM AMOUNT --reason TEXT | " +
		"authorise ID | decline ID --reason TEXT | close ID | " + figuresForm
	refundForm = "refund list [STATE|RETURN] | answer ID STATE [--reference TEXT] [--detail TEXT] | retry ID | " +
		dayForm
)

// order puts and shows what was bought.
func (t *tool) order(ctx context.Context, args []string) error {
	switch {
	case len(args) >= 2 && len(args) <= 3 && args[0] == "put":
		return t.putOrder(ctx, args[1], args[2:])
	case len(args) == 2 && args[0] == "show":
		return t.showOrder(ctx, args[1])
	case (len(args) == 1 || len(args) == 2) && args[0] == "list":
		return t.listOrders(ctx, strings.Join(args[1:], ""))
	}
	return errors.New("usage: cubbyctl " + orderForm)
}

// putOrder puts a file; the order's id is the file's name unless it is given.
func (t *tool) putOrder(ctx context.Context, file string, id []string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if !json.Valid(text) {
		return fmt.Errorf("%s is not JSON", file)
	}
	c, err := t.client()
	if err != nil {
		return err
	}
	name := strings.TrimSuffix(filepath.Base(file), ".json")
	if len(id) > 0 {
		name = id[0]
	}
	o, created, err := c.PutOrder(ctx, name, text)
	if err != nil {
		return mistakes(file, err)
	}
	fmt.Fprintf(
		t.out,
		"order %s is %s: %d lines, %s\n",
		o.ID,
		map[bool]string{true: "new", false: "known"}[created],
		len(o.Lines),
		format.Text(o.Total, o.Currency, "en"),
	)
	return nil
}

// mistakes lists all that a file was refused for, each with its place.
func mistakes(file string, err error) error {
	var p *problem.Problem
	if !errors.As(err, &p) || len(p.Errors) < 2 {
		return err
	}
	lines := make([]string, len(p.Errors))
	for i, m := range p.Errors {
		lines[i] = fmt.Sprintf("  %s: %s", m.Pointer, m.Detail)
	}
	return fmt.Errorf("%s is refused:\n%s", file, strings.Join(lines, "\n"))
}

func (t *tool) showOrder(ctx context.Context, id string) error {
	c, err := t.client()
	if err != nil {
		return err
	}
	o, err := c.Order(ctx, id)
	if err != nil {
		return err
	}
	money := func(minor int64) string { return format.Text(minor, o.Currency, "en") }
	delivered := ""
	if o.Delivered != nil {
		delivered = ", delivered " + t.moment(*o.Delivered)
	}
	state := ""
	if o.Cancelled {
		state = ", cancelled"
	}
	fmt.Fprintf(
		t.out,
		"order %s of %s, %s, %s%s%s\n",
		o.ID,
		o.Shop,
		money(o.Total),
		t.moment(o.Ordered),
		delivered,
		state,
	)
	if err := t.table("LINE\tSKU\tTITLE\tQUANTITY\tPAID\tELSEWHERE\tLEASE", func(w io.Writer) {
		for _, l := range o.Lines {
			lease := ""
			if l.Lease != nil {
				lease = l.Lease.Site + " until " + t.moment(l.Lease.Until)
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%s\t%d\t%s\n", l.ID, l.SKU, l.Title, l.Quantity, money(o.Paid(l.ID)),
				l.ReturnedElsewhere, lease)
		}
	}); err != nil {
		return err
	}
	return t.table("TENDER\tKIND\tAMOUNT\tREFUNDED ELSEWHERE", func(w io.Writer) {
		for _, n := range o.Tenders {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", n.ID, n.Kind, money(n.Amount), money(n.RefundedElsewhere))
		}
	})
}

func (t *tool) listOrders(ctx context.Context, scan string) error {
	c, err := t.client()
	if err != nil {
		return err
	}
	all, err := c.Orders(ctx, orders.Filter{Scan: scan})
	if err != nil {
		return err
	}
	return t.table("ORDER\tSHOP\tORDERED\tLINES\tTOTAL\tSTATE", func(w io.Writer) {
		for _, o := range all {
			fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%s\t%s\n", o.ID, o.Shop, t.moment(o.Ordered), o.Lines,
				format.Text(o.Total, o.Currency, "en"), map[bool]string{true: "cancelled"}[o.Cancelled])
		}
	})
}

// returnOf lists returns and does their steps.
func (t *tool) returnOf(ctx context.Context, args []string) error {
	usage := errors.New("usage: cubbyctl " + returnForm)
	switch {
	case len(args) == 0:
		return usage
	case args[0] == "figures":
		return t.returnFigures(ctx, args[1:])
	}
	args, note, err := cutOption(args, "--note")
	if err != nil {
		return err
	}
	args, amount, err := cutOption(args, "--amount")
	if err != nil {
		return err
	}
	args, reason, err := cutOption(args, "--reason")
	if err != nil {
		return err
	}
	body := map[string]any{}
	if note != "" {
		body["note"] = note
	}
	if reason != "" {
		body["reason"] = reason
	}
	switch {
	case args[0] == "list" && len(args) <= 2:
		return t.listReturns(ctx, strings.Join(args[1:], ""))
	case args[0] == "show" && len(args) == 2:
		return t.showReturn(ctx, args[1])
	case args[0] == "grade" && len(args) == 4:
		body["result"] = args[3]
		return t.stepReturn(ctx, args[1], "items/"+args[2]+"/grade", body)
	case args[0] == "decide" && len(args) == 4:
		body["decision"] = args[3]
		if amount != "" {
			if body["amount"], err = minor(amount); err != nil {
				return err
			}
		}
		return t.stepReturn(ctx, args[1], "items/"+args[2]+"/decide", body)
	case args[0] == "override" && len(args) == 4 && reason != "":
		if body["amount"], err = minor(args[3]); err != nil {
			return err
		}
		return t.stepReturn(ctx, args[1], "items/"+args[2]+"/override", body)
	case args[0] == "authorise" && len(args) == 2:
		return t.stepReturn(ctx, args[1], "authorise", body)
	case args[0] == "decline" && len(args) == 2 && reason != "":
		return t.stepReturn(ctx, args[1], "decline", body)
	case args[0] == "close" && len(args) == 2:
		return t.stepReturn(ctx, args[1], "close", body)
	}
	return usage
}

// minor reads an amount in minor units: no decimals are written.
func minor(text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is not a whole number of minor units; 12.50 EUR is 1250", text)
	}
	return n, nil
}

func (t *tool) listReturns(ctx context.Context, which string) error {
	c, err := t.client()
	if err != nil {
		return err
	}
	f := returns.Filter{Order: which}
	for _, state := range returns.States {
		if string(state) == which {
			f = returns.Filter{State: state}
		}
	}
	all, err := c.Returns(ctx, f)
	if err != nil {
		return err
	}
	return t.table("RETURN\tORDER\tSTATE\tCHANNEL\tREQUESTED\tITEMS\tSIGNALS", func(w io.Writer) {
		for _, r := range all {
			state := string(r.State)
			if r.Conditional {
				state += ", waits for the centre"
			}
			fmt.Fprintf(
				w,
				"%s\t%s\t%s\t%s\t%s\t%d\t%s\n",
				r.ID,
				r.Order,
				state,
				r.Channel,
				t.moment(r.Requested),
				len(r.Items),
				strings.Join(r.Signals, ", "),
			)
		}
	})
}

func (t *tool) showReturn(ctx context.Context, id string) error {
	c, err := t.client()
	if err != nil {
		return err
	}
	r, err := c.Return(ctx, id)
	if err != nil {
		return err
	}
	fmt.Fprintf(
		t.out,
		"return %s of order %s is %s, requested %s\n",
		r.ID,
		r.Order,
		r.State,
		t.moment(r.Requested),
	)
	for _, b := range r.Bags {
		fmt.Fprintln(t.out, strings.TrimSuffix("bag "+b.Parcel+" behind door "+b.Door, " behind door "))
	}
	money := func(minor int64) string { return format.Text(minor, r.Currency, "en") }
	if err := t.table("ITEM\tTITLE\tQUANTITY\tREASON\tFOUND\tDECISION\tGOES TO\tAMOUNT\tMONEY", func(w io.Writer) {
		for _, i := range r.Items {
			fmt.Fprintf(w, "%d\t%s\t%d\t%s\t%s\t%s\t%s\t%s of %s\t%s\n", i.N, i.Title, i.Quantity, i.Reason, i.Result,
				i.Decision, i.Disposition, money(i.Amount), money(i.Share), i.Money)
		}
	}); err != nil {
		return err
	}
	return t.listRefunds(ctx, r.ID)
}

func (t *tool) stepReturn(ctx context.Context, id, step string, body map[string]any) error {
	c, err := t.client()
	if err != nil {
		return err
	}
	if _, err := c.DoReturn(ctx, id, step, body); err != nil {
		return err
	}
	return t.showReturn(ctx, id)
}

// refund lists refunds and answers them.
func (t *tool) refund(ctx context.Context, args []string) error {
	if len(args) > 0 && args[0] == "day" {
		return t.refundDay(ctx, args[1:])
	}
	args, reference, err := cutOption(args, "--reference")
	if err != nil {
		return err
	}
	args, detail, err := cutOption(args, "--detail")
	if err != nil {
		return err
	}
	c, err := t.client()
	if err != nil {
		return err
	}
	var r returns.Refund
	switch {
	case len(args) >= 1 && len(args) <= 2 && args[0] == "list":
		return t.listRefunds(ctx, strings.Join(args[1:], ""))
	case len(args) == 3 && args[0] == "answer":
		body := map[string]any{"state": args[2]}
		if reference != "" {
			body["reference"] = reference
		}
		if detail != "" {
			body["detail"] = detail
		}
		r, err = c.AnswerRefund(ctx, args[1], body)
	case len(args) == 2 && args[0] == "retry":
		r, err = c.RetryRefund(ctx, args[1])
	default:
		return errors.New("usage: cubbyctl " + refundForm)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(t.out, "refund %s of %s is %s\n", r.ID, format.Text(r.Amount, r.Currency, "en"), r.State)
	return nil
}

func (t *tool) listRefunds(ctx context.Context, which string) error {
	c, err := t.client()
	if err != nil {
		return err
	}
	f := returns.RefundFilter{Case: which}
	for _, state := range returns.RefundStates {
		if string(state) == which {
			f = returns.RefundFilter{State: state}
		}
	}
	all, err := c.Refunds(ctx, f)
	if err != nil {
		return err
	}
	return t.table("REFUND\tRETURN\tTENDER\tKIND\tAMOUNT\tSTATE\tDETAIL", func(w io.Writer) {
		for _, r := range all {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", r.ID, r.Case, r.Tender, r.Kind,
				format.Text(r.Amount, r.Currency, "en"), r.State, r.Detail)
		}
	})
}
