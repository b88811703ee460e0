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
