package apitest

import (
	"context"
	"slices"
	"strings"

	"cubby/locker/ledger"
	"cubby/locker/returns"
	"cubby/locker/visit"
)

// SomeReturn is a return that takes whatever is done with it; the others are by the rules.
const SomeReturn = "R-0000-0001"

func someReturn() returns.Case {
	return returns.Case{
		ID: SomeReturn, Order: "P1", Shop: "acme", Currency: "EUR", Channel: returns.AtLocker,
		State: returns.DroppedOff, Requested: soldAt, Rev: 3,
		Items: []returns.Item{{
			N: 1, Line: "1", Title: "T-shirt", Quantity: 1, Reason: "too_small", Share: 1999, Refund: 1999,
			Money: returns.NoMoney,
		}},
	}
}

func someRefund() returns.Refund {
	return returns.Refund{
		ID: "rf-1", Case: SomeReturn, Order: "P1", Shop: "acme", Items: []int{1}, Tender: "t1", Kind: "card",
		Amount: 1999, Currency: "EUR", State: returns.Pending, Ordered: soldAt, Rev: 1,
	}
}

// OfReturns decides by the rules, but for SomeReturn and its refund.
func (c *Core) OfReturns(_ context.Context, command visit.Command, actor string) error {
	switch one := command.(type) {
	case returns.Answer:
		if one.Case == SomeReturn {
			return c.plays(actor)
		}
	case returns.Drop:
		if one.Case == SomeReturn {
			return c.plays(actor)
		}
	case returns.AddItem:
		if one.Case == SomeReturn {
			return c.plays(actor)
		}
	case returns.Grading:
		if one.Case == SomeReturn {
			return c.plays(actor)
		}
	case returns.Settle:
		if one.Case == SomeReturn {
			return c.plays(actor)
		}
	case returns.TellSwap:
		if one.Case == SomeReturn {
			return c.plays(actor)
		}
	case returns.End:
		if one.Case == SomeReturn {
			return c.plays(actor)
		}
	case returns.AnswerRefund:
		if one.ID == "rf-1" {
			return c.pays(one.Now, actor)
		}
	case returns.RetryRefund:
		if one.ID == "rf-1" {
			return c.pays(one.Now, actor)
		}
	case returns.RedirectRefund:
		if one.ID == "rf-1" {
			return c.pays(one.Now, actor)
		}
	}
	return c.ofOrder(command, actor)
}

func (c *Core) plays(actor string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Actors = append(c.Actors, actor)
	return nil
}

func (c *Core) pays(now *returns.Refund, actor string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Actors = append(c.Actors, actor)
	*now = someRefund()
	return nil
}

// Return finds one.
func (c *Core) Return(_ context.Context, id string) (returns.Case, []string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if id == SomeReturn {
		return someReturn(), []string{"the sleeve is too short"}, nil
	}
	s := ledger.NewState(c.sold.Memory)
	r, ok := returns.Cases.Get(s, id)
	if !ok {
		return r, nil, ledger.Refuse(ledger.NotFound, "one-more-slug", "there is no return %s", id)
	}
	return r, returns.Texts(s, id), nil
}

// Returns are those the filter lets through, by id.
func (c *Core) Returns(_ context.Context, f returns.Filter) (page []returns.Case, next string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := append(returns.Cases.All(ledger.NewState(c.sold.Memory)), someReturn())
	slices.SortFunc(all, func(a, b returns.Case) int { return strings.Compare(a.ID, b.ID) })
	for _, r := range all {
		if r.ID <= f.After || f.State != "" && r.State != f.State || f.Order != "" && r.Order != f.Order ||
			f.Shop != "" && r.Shop != f.Shop || f.Open && r.State.Over() {
			continue
		}
		if len(page) == f.Limit {
			return page, page[f.Limit-1].ID, nil
		}
		page = append(page, r)
	}
	return page, "", nil
}

// Refund finds one.
func (c *Core) Refund(_ context.Context, id string) (returns.Refund, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if id == "rf-1" {
		return someRefund(), nil
	}
	r, ok := returns.Refunds.Get(ledger.NewState(c.sold.Memory), id)
	if !ok {
		return r, ledger.Refuse(ledger.NotFound, "one-more-slug", "there is no refund %s", id)
	}
	return r, nil
}

// RefundPage are those the filter lets through, by id.
func (c *Core) RefundPage(_ context.Context, f returns.RefundFilter) (page []returns.Refund, next string,
	err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := append(returns.Refunds.All(ledger.NewState(c.sold.Memory)), someRefund())
	slices.SortFunc(all, func(a, b returns.Refund) int { return strings.Compare(a.ID, b.ID) })
	for _, r := range all {
		if r.ID <= f.After || f.State != "" && r.State != f.State || f.Order != "" && r.Order != f.Order ||
			f.Case != "" && r.Case != f.Case {
			continue
		}
		if len(page) == f.Limit {
			return page, page[f.Limit-1].ID, nil
		}
		page = append(page, r)
	}
	return page, "", nil
}
