package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"cubby/locker/stock"
	"cubby/sync/client"
)

const stockForm = "stock list | show SKU | work | put SKU DOOR QUANTITY | " +
	"move SKU QUANTITY FROM TO CAUSE | count SKU PLACE COUNTED [--later] | post COUNT | discard COUNT | " +
	"plan SKU [--safety N] [--low N] [--refill N] | expect SKU REF QUANTITY [TIME]"

// stock shows, moves, counts and plans goods. A place is store, shelf, warehouse, damaged,
// another one of the endpoint, outside, or door:NUMBER.
func (t *tool) stock(ctx context.Context, args []string) error {
	usage := errors.New("usage: cubbyctl " + stockForm)
	if len(args) == 0 {
		return usage
	}
	c, err := t.client()
	if err != nil {
		return err
	}
	what, words := args[0], args[1:]
	switch {
	case what == "list" && len(words) == 0:
		return t.listStock(ctx, c)
	case what == "work" && len(words) == 0:
		return t.stockWork(ctx, c)
	case what == "show" && len(words) == 1:
		return t.showStock(ctx, c, words[0])
	case what == "put" && len(words) == 3:
		return t.moveStock(ctx, c, []string{words[0], words[2], "outside", "door:" + words[1],
			stock.Received})
	case what == "move" && len(words) == 5:
		return t.moveStock(ctx, c, words)
	case what == "count" && (len(words) == 3 || len(words) == 4 && words[3] == "--later"):
		return t.countStock(ctx, c, words)
	case (what == "post" || what == "discard") && len(words) == 1:
		if err := c.PostCount(ctx, words[0], what == "discard"); err != nil {
			return err
		}
		fmt.Fprintf(t.out, "count %s is %s\n", words[0],
			map[bool]string{true: "posted", false: "thrown away"}[what == "post"])
		return nil
	case what == "plan" && len(words) >= 1:
		return t.planStock(ctx, c, words)
	case what == "expect" && (len(words) == 3 || len(words) == 4):
		return t.expectStock(ctx, c, words)
	}
	return usage
}

// placeOf reads a place.
func placeOf(word string) (p stock.Place, door string) {
	switch kind, number, _ := strings.Cut(word, ":"); kind {
	case "outside":
		return stock.Outside, ""
	case "store":
		return stock.OnHand, ""
	case "door":
		return stock.Door, number
	}
	return stock.Place(word), ""
}

func unitsOf(word string) (int, error) {
	n, err := strconv.Atoi(word)
	if err != nil {
		return 0, fmt.Errorf("%q is no number of units", word)
	}
	return n, nil
}

func (t *tool) moveStock(ctx context.Context, c *client.Client, words []string) error {
	n, err := unitsOf(words[1])
	if err != nil {
		return err
	}
	m := stock.Moved{SKU: words[0], Quantity: n, Cause: words[4]}
	m.From, m.FromDoor = placeOf(words[2])
	m.To, m.ToDoor = placeOf(words[3])
	l, err := c.MoveStock(ctx, m)
	if err != nil {
		return err
	}
	t.sayLevel(l)
	return nil
}

func (t *tool) sayLevel(l client.StockLevel) {
	fmt.Fprintf(t.out, "%s: %d on hand, %d may be promised\n", l.SKU, l.OnHand, l.Available)
}

func (t *tool) countStock(ctx context.Context, c *client.Client, words []string) error {
	n, err := unitsOf(words[2])
	if err != nil {
		return err
	}
	q := stock.CountPlace{SKU: words[0], Counted: n, Post: len(words) == 3}
	q.Place, q.Door = placeOf(words[1])
	y, err := c.CountStock(ctx, q)
	if err != nil {
		return err
	}
	told := "posted"
	if !q.Post {
		told = "not posted yet: cubbyctl stock post " + y.Count
	}
	fmt.Fprintf(t.out, "%s: %d were known to be there, %+d; %s\n", y.SKU, y.Book, y.Difference, told)
	return nil
}

func (t *tool) planStock(ctx context.Context, c *client.Client, words []string) error {
	var p stock.Plan
	for name, to := range map[string]*int{"--safety": &p.Safety, "--low": &p.Low, "--refill": &p.Refill} {
		var text string
		var err error
		if words, text, err = cutOption(words, name); err != nil {
			return err
		}
		if text == "" {
			continue
		}
		if *to, err = unitsOf(text); err != nil {
			return err
		}
	}
	if len(words) != 1 {
		return errors.New("usage: cubbyctl " + stockForm)
	}
	l, err := c.PlanStock(ctx, words[0], p)
	if err != nil {
		return err
	}
	fmt.Fprintf(t.out, "%s: %d are kept, ask to order at %d, to refill at %d\n", l.SKU, l.Safety, l.Low,
		l.Refill)
	return nil
}

func (t *tool) expectStock(ctx context.Context, c *client.Client, words []string) error {
	n, err := unitsOf(words[2])
	if err != nil {
		return err
	}
	e := stock.Expected{Ref: words[1], Quantity: n}
	if len(words) == 4 {
		if e.At, err = time.Parse(time.RFC3339, words[3]); err != nil {
			return fmt.Errorf("%q is no time; write it as 2026-03-02T10:00:00Z", words[3])
		}
	}
	l, err := c.ExpectStock(ctx, words[0], e)
	if err != nil {
		return err
	}
	t.sayLevel(l)
	return nil
}

func (t *tool) listStock(ctx context.Context, c *client.Client) error {
	all, err := c.StockLevels(ctx)
	if err != nil {
		return err
	}
	return t.table("SKU\tMAY BE PROMISED\tON HAND\tSTORE\tSHELF\tDOORS\tWAREHOUSE\tRESERVED\tBOUGHT",
		func(w io.Writer) {
			for _, l := range all {
				fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\n", l.SKU, l.Available, l.OnHand, l.Store,
					l.Shelf,
					l.Doors, l.Warehouse, l.Reserved, l.Committed)
			}
		})
}

func (t *tool) showStock(ctx context.Context, c *client.Client, sku string) error {
	l, err := c.StockLevel(ctx, sku)
	if err != nil {
		return err
	}
	p, err := c.StockPromises(ctx, sku)
	if err != nil {
		return err
	}
	fmt.Fprintf(t.out,
		"%s: %d on hand (store %d, shelf %d, doors %d, warehouse %d, damaged %d), quarantine %d, in "+
			"transit %d\n", l.SKU, l.OnHand, l.Store, l.Shelf, l.Doors, l.Warehouse, l.Damaged,
		l.Quarantine, l.InTransit)
	fmt.Fprintf(t.out, "%d may be promised: %d reserved, %d bought, %d kept\n", p.ATP, l.Reserved,
		l.Committed, l.Safety)
	until := func(at *time.Time) string {
		if at == nil {
			return ""
		}
		return " until " + t.moment(*at)
	}
	if p.Lease.Until != nil || p.Lease.Promised+p.Lease.Sold > 0 {
		fmt.Fprintf(t.out, "of the centre's %d may be promised%s, %d are promised, %d were bought\n",
			p.Lease.Left,
			until(p.Lease.Until), p.Lease.Promised, p.Lease.Sold)
	}
	for _, d := range p.Doors {
		fmt.Fprintf(t.out, "door %s: %d, of them %d promised\n", d.Door, d.Quantity, d.Held)
	}
	for _, e := range p.Expected {
		fmt.Fprintf(t.out, "expected %s: %+d at %s\n", e.Ref, e.Quantity, t.moment(e.At))
	}
	for _, h := range p.Holds {
		fmt.Fprintf(t.out, "held for %s %s%s: %d here, %d of the centre's%s\n", h.Cause, h.ID,
			strings.TrimSuffix(" order "+h.Order, " order "), h.Quantity, h.Afar, until(h.Until))
	}
	return nil
}

func (t *tool) stockWork(ctx context.Context, c *client.Client) error {
	tasks, counts, err := c.StockWork(ctx)
	if err != nil {
		return err
	}
	if err := t.table("TASK\tSKU\tDOOR\tUNITS\tSINCE", func(w io.Writer) {
		for _, k := range tasks {
			fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%s\n", k.Kind, k.SKU, k.Door, k.Units, t.moment(k.Since))
		}
	}); err != nil || len(counts) == 0 {
		return err
	}
	return t.table("COUNT\tSKU\tPLACE\tCOUNTED\tDIFFERENCE\tSINCE", func(w io.Writer) {
		for _, y := range counts {
			fmt.Fprintf(w, "%s\t%s\t%s %s\t%d\t%+d\t%s\n", y.Count, y.SKU, y.Place, y.Door, y.Counted,
				y.Difference,
				t.moment(y.At))
		}
	})
}
