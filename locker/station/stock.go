package station

import (
	"context"

	"cubby/locker/stock"
	"cubby/locker/visit"
)

// MoveStock moves goods from one place to another, and tells how many are where afterwards.
func (s *Station) MoveStock(ctx context.Context, m stock.Moved, actor string) (stock.Level, error) {
	return s.ofStock(ctx, m.SKU, stock.MoveGoods{Moved: m}, actor)
}

// PlanStock says what is asked of the stock of an article; repeating it changes nothing.
func (s *Station) PlanStock(ctx context.Context, sku string, p stock.Plan, actor string) (stock.Level,
	error) {
	return s.ofStock(ctx, sku, stock.SetPlan{SKU: sku, Plan: p}, actor)
}

// ExpectStock says that units of an article come, or with a quantity of none that they do not.
func (s *Station) ExpectStock(ctx context.Context, sku string, e stock.Expected, actor string) (stock.Level,
	error) {
	return s.ofStock(ctx, sku, stock.Expect{SKU: sku, Expected: e}, actor)
}

// CountStock notes what somebody has counted at a place, and may post it.
func (s *Station) CountStock(ctx context.Context, c stock.CountPlace, actor string) (stock.Tally, error) {
	now := new(stock.Tally)
	c.Into = now
	if err := s.ask(ctx, c, actor, causeStock, false); err != nil {
		return stock.Tally{}, err
	}
	return *now, nil
}

// PostCount posts a count, or throws it away.
func (s *Station) PostCount(ctx context.Context, c stock.PostCount, actor string) error {
	return s.ask(ctx, c, actor, causeStock, false)
}

// StockNow tells what may be promised of an article, and who holds what of it.
func (s *Station) StockNow(ctx context.Context, sku string) (now stock.Now, err error) {
	into := new(stock.Now)
	if err = s.ask(ctx, stock.LookUp{SKU: sku, Into: into}, "endpoint", causeStock, true); err == nil {
		now = *into
	}
	return now, err
}

// StockWork lists what staff have to do about articles, and the counts that are not posted.
func (s *Station) StockWork(ctx context.Context) (tasks []stock.Task, counts []stock.Tally, err error) {
	into := new(stock.Work)
	if err = s.ask(ctx, stock.ListWork{Into: into}, "endpoint", causeStock, true); err == nil {
		tasks, counts = into.Tasks, into.Counts
	}
	return tasks, counts, err
}

func (s *Station) ofStock(ctx context.Context, sku string, c visit.Command, actor string) (stock.Level,
	error) {
	now := new(stock.Now)
	if err := s.ask(ctx, stock.Then{Command: c, LookUp: stock.LookUp{SKU: sku, Into: now}}, actor, causeStock,
		false); err != nil {
		return stock.Level{}, err
	}
	return now.Level, nil
}
