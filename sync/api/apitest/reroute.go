package apitest

import (
	"context"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/people"
)

// Redirect notes where a parcel goes.
func (c *Core) Redirect(_ context.Context, by people.Doer, id, to, name, reason string, cond ledger.Condition,
	actor string) (parcel.Parcel, error) {
	return c.leave(by, id, &parcel.Leaving{
		Why: parcel.ToElsewhere, To: to, Name: name, Reason: reason,
	}, cond, actor)
}

// Recall notes that a parcel is wanted back.
func (c *Core) Recall(_ context.Context, by people.Doer, id, reason string, cond ledger.Condition,
	actor string) (
	parcel.Parcel, error) {
	return c.leave(by, id, &parcel.Leaving{Why: parcel.ToSender, Reason: reason}, cond, actor)
}

// Stay ends both.
func (c *Core) Stay(_ context.Context, by people.Doer, id, why string, cond ledger.Condition, actor string) (
	parcel.Parcel, error) {
	return c.leave(by, id, nil, cond, actor)
}

func (c *Core) leave(by people.Doer, id string, l *parcel.Leaving, cond ledger.Condition, actor string) (
	parcel.Parcel, error) {
	if l != nil {
		l.Since = time.Unix(1772000000, 0).UTC()
	}
	c.mu.Lock()
	p, exists := c.Announced[id]
	c.mu.Unlock()
	if err := holds(cond, p, exists); exists && err != nil {
		return p, err
	}
	return c.look(by, id, actor, func(p *parcel.Parcel) { p.Leaving = l })
}

// Remove has a parcel given back.
func (c *Core) Remove(_ context.Context, by people.Doer, id, reason, actor string) (parcel.Parcel, error) {
	at := time.Unix(1772000000, 0).UTC()
	return c.look(by, id, actor, func(p *parcel.Parcel) { p.State, p.EndedAt = parcel.Returned, &at })
}

// Shelve puts a parcel on a place; there is only B1.
func (c *Core) Shelve(_ context.Context, by people.Doer, id, place, actor string) (parcel.Parcel, error) {
	if place != "B1" {
		return parcel.Parcel{}, ledger.Refuse(ledger.Invalid, "no-such-place",
			"there is no such place").At("/place")
	}
	return c.look(by, id, actor, func(p *parcel.Parcel) { p.State, p.Shelf = parcel.CounterHeld, place })
}

// Leaving lists what has to leave.
func (c *Core) Leaving(context.Context) (all []parcel.Parcel, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range c.Announced {
		if p.Leaving != nil {
			all = append(all, p)
		}
	}
	return all, nil
}

// Shelf lists the one place.
func (c *Core) Shelf(context.Context) ([]parcel.OnShelf, error) {
	return []parcel.OnShelf{{Place: "B1", Parcel: "P1"}, {Place: "B2"}}, nil
}
