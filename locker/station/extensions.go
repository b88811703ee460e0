package station

import (
	"context"

	"cubby/locker/money"
	"cubby/locker/parcel"
)

// OfferExtension tells what more time would mean for a parcel.
func (s *Station) OfferExtension(ctx context.Context, id string) (parcel.Extension, error) {
	c := parcel.OfferExtension{ID: id, Offer: new(parcel.Extension)}
	err := s.ask(ctx, c, "", causeExtension, false)
	return *c.Offer, err
}

// Extend gives a parcel more time, for a price that whoever asks agrees to.
func (s *Station) Extend(ctx context.Context, id string, price money.Amount, actor string) (
	parcel.Parcel, error) {
	c := parcel.Extend{ID: id, Price: price, Through: "rest", Now: new(parcel.Parcel)}
	if err := s.ask(ctx, c, actor, causeExtension, false); err != nil {
		return parcel.Parcel{}, err
	}
	return *c.Now, nil
}

// Notice says that the recipient was told of a parcel; repeating it changes nothing.
func (s *Station) Notice(ctx context.Context, id, actor string) (parcel.Parcel, error) {
	c := parcel.Notice{ID: id, Now: new(parcel.Parcel)}
	if err := s.ask(ctx, c, actor, causeExtension, false); err != nil {
		return parcel.Parcel{}, err
	}
	return *c.Now, nil
}
