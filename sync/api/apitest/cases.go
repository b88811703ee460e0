package apitest

import (
	"context"

	"cubby/locker/care"
	"cubby/locker/ledger"
	"cubby/locker/people"
)

// SomeCase is a case that is there.
const SomeCase = "C-0000-0001"

func someCase() care.Case {
	return care.Case{
		Number: SomeCase, Kind: care.Empty, State: care.Open, Parcel: "P1", Order: "SO-1", Door: "1",
		Opened: soldAt,
		Rev:    1,
	}
}

// Case finds one.
func (c *Core) Case(_ context.Context, number string) (care.Case, error) {
	if number != SomeCase {
		return care.Case{}, care.NoSuchCase()
	}
	return someCase(), nil
}

// CasePage has the one that is there.
func (c *Core) CasePage(_ context.Context, f care.Filter) (page []care.Case, next string, err error) {
	one := someCase()
	if f.After < one.Number && (f.State == "" || f.State == one.State) &&
		(f.Parcel == "" || f.Parcel == one.Parcel) {
		page = append(page, one)
	}
	return page, "", nil
}

// CloseCase closes it, and forgets that at once.
func (c *Core) CloseCase(_ context.Context, by people.Doer, number, note string, cond ledger.Condition,
	actor string) (care.Case, error) {
	it, err := c.Case(context.Background(), number)
	if err == nil {
		err = cond.Check("case", it.Rev, true)
	}
	if err != nil {
		return it, err
	}
	c.plays(actor)
	at := soldAt
	it.State, it.ClosedAt, it.Note, it.By, it.Rev = care.Closed, &at, note, by.ID, 2
	return it, nil
}
