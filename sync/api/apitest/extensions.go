package apitest

import (
	"context"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/money"
	"cubby/locker/parcel"
)

// moreTime is what an extension of this core means.
var moreTime = parcel.Extension{
	Hours: 24, Deadline: time.Unix(1772100000, 0).UTC(), Left: 1, Amount: 150, Currency: "EUR",
}

// OfferExtension offers a day for a price to what was never extended.
func (c *Core) OfferExtension(_ context.Context, id string) (parcel.Extension, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch p, exists := c.Announced[id]; {
	case !exists:
		return parcel.Extension{}, ledger.Refuse(ledger.NotFound, "another-slug", "this one tells too much")
	case p.Extensions > 0:
		return parcel.Extension{}, ledger.Refuse(ledger.Conflict, parcel.NoMoreTime, "collect it")
	}
	return moreTime, nil
}

// Extend gives it.
func (c *Core) Extend(ctx context.Context, id string, price money.Amount,
	actor string) (parcel.Parcel, error) {
	offer, err := c.OfferExtension(ctx, id)
	if err != nil {
		return parcel.Parcel{}, err
	}
	if price != money.Of(offer.Amount, offer.Currency) {
		return parcel.Parcel{}, ledger.Refuse(ledger.Conflict, parcel.PriceDiffers, "it costs more").At("/amount")
	}
	return c.setTime(id, actor, func(p *parcel.Parcel) {
		p.Deadline, p.Extensions, p.ExtendedHours = &offer.Deadline, 1, offer.Hours
	})
}

// Notice notes that the recipient was told.
func (c *Core) Notice(_ context.Context, id, actor string) (parcel.Parcel, error) {
	return c.setTime(id, actor, func(p *parcel.Parcel) {
		at := time.Unix(1772000000, 0).UTC()
		p.NoticedAt = &at
	})
}

func (c *Core) setTime(id, actor string, change func(*parcel.Parcel)) (parcel.Parcel, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p, exists := c.Announced[id]
	if !exists {
		return p, ledger.Refuse(ledger.NotFound, "another-slug", "this one tells too much")
	}
	c.Actors = append(c.Actors, actor)
	change(&p)
	p.Rev++
	c.Announced[id] = p
	return p, nil
}
