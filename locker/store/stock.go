package store

import (
	"context"

	"cubby/locker/ledger"
	"cubby/locker/stock"
)

// Stock reads how many of an article are where. Safe for concurrent use, like all readers
// of this file.
func (s *Store) Stock(ctx context.Context, sku string) (stock.Level, error) {
	all, err := docs[stock.Level](ctx, s, "stock", "SELECT sku, doc, sum FROM stock WHERE sku = ?", sku)
	if err != nil {
		return stock.Level{}, err
	}
	if len(all) == 0 {
		return stock.Level{}, ledger.Refuse(ledger.NotFound, "no-such-article",
			"nobody has told of an article with this number here")
	}
	return all[0], nil
}

// StockLevels reads a page in the order of the articles. next is empty on the last page.
func (s *Store) StockLevels(ctx context.Context, after string, limit int) (page []stock.Level, next string,
	err error) {
	limit = min(max(limit, 1), 100)
	page, err = docs[stock.Level](ctx, s, "stock",
		"SELECT sku, doc, sum FROM stock WHERE sku > ? ORDER BY sku LIMIT ?", after, limit+1)
	if len(page) > limit {
		page = page[:limit]
		next = page[limit-1].SKU
	}
	return page, next, err
}
