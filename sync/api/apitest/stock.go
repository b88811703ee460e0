package apitest

import (
	"context"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/stock"
)

// Stock knows one article.
func (c *Core) Stock(_ context.Context, sku string) (stock.Level, error) {
	if sku != "TS-M" {
		return stock.Level{}, ledger.Refuse(ledger.NotFound, "one-more-slug", "there is no article %s", sku)
	}
	return stock.Level{
		SKU:        sku,
		OnHand:     3,
		Quarantine: 1,
		Changed:    time.Unix(1772000000, 0).UTC(),
		Rev:        4,
	}, nil
}

// StockLevels are that article and another.
func (c *Core) StockLevels(ctx context.Context, after string, limit int) (page []stock.Level, next string,
	err error) {
	first, _ := c.Stock(ctx, "TS-M")
	for _, l := range []stock.Level{first, {SKU: "TS/XL 2", Changed: first.Changed, Rev: 1}} {
		if l.SKU <= after {
			continue
		}
		if len(page) == limit {
			return page, page[limit-1].SKU, nil
		}
		page = append(page, l)
	}
	return page, "", nil
}

func someStock(sku string) stock.Level {
	return stock.Level{SKU: sku, Shelf: 3, Rev: 5, Changed: time.Unix(1772000000, 0).UTC()}
}

// MoveStock moves; only the shelf has something.
func (c *Core) MoveStock(_ context.Context, m stock.Moved, _ string) (stock.Level, error) {
	if m.From != "" && m.From != stock.Shelf {
		return stock.Level{}, ledger.Refuse(ledger.Conflict, "not-there", "count them")
	}
	return someStock(m.SKU), nil
}

// PlanStock plans.
func (c *Core) PlanStock(_ context.Context, sku string, p stock.Plan, _ string) (stock.Level, error) {
	l := someStock(sku)
	l.Plan = p
	return l, nil
}

// ExpectStock expects.
func (c *Core) ExpectStock(_ context.Context, sku string, e stock.Expected, _ string) (stock.Level, error) {
	if e.Quantity != 0 && e.At.IsZero() {
		return stock.Level{}, ledger.Refuse(ledger.Invalid, "at", "say when they come").At("/at")
	}
	return someStock(sku), nil
}

// CountStock counts where three are.
func (c *Core) CountStock(_ context.Context, n stock.CountPlace, _ string) (stock.Tally, error) {
	return stock.Tally{Count: "c-1", SKU: n.SKU, Place: n.Place, Door: n.Door, Counted: n.Counted, Book: 3,
		By: n.By,
		At: time.Unix(1772000000, 0).UTC()}, nil
}

// PostCount knows one count.
func (c *Core) PostCount(_ context.Context, n stock.PostCount, _ string) error {
	if n.Count != "c-1" {
		return ledger.Refuse(ledger.NotFound, "no-such-count", "this count was posted, or there is none")
	}
	return nil
}

// StockNow knows one article.
func (c *Core) StockNow(ctx context.Context, sku string) (stock.Now, error) {
	l, err := c.Stock(ctx, sku)
	at := time.Unix(1772000000, 0).UTC()
	return stock.Now{
		Level: l, ATP: 2, Doors: []stock.Goods{{Door: "14", SKU: sku, Quantity: 2, Held: 1}},
		Expected: []stock.Expected{{Ref: "D-1", Quantity: 4, At: at}},
		Holds: []stock.Reservation{{ID: "cart-1", Cause: stock.ForCart, Since: at, Until: &at,
			Lines: []stock.Line{
				{SKU: sku, Quantity: 1, Door: "14"}, {SKU: sku, Quantity: 2, Afar: true},
			}}},
		Lease: stock.Lease{SKU: sku, Number: 1, Left: 1, Promised: 2, Until: at},
	}, err
}

// StockWork has one of each.
func (c *Core) StockWork(context.Context) ([]stock.Task, []stock.Tally, error) {
	at := time.Unix(1772000000, 0).UTC()
	return []stock.Task{{Kind: stock.Recount, SKU: "TS-M", Door: "14", Units: 2, Since: at}},
		[]stock.Tally{{Count: "c-1", SKU: "TS-M", Place: stock.Door, Door: "14", Counted: 2, Book: 3,
			At: at}}, nil
}
