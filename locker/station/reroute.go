package station

import (
	"context"
	"errors"

	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/visit"
)

// Redirect has a parcel collected at another place; repeating it changes nothing.
func (s *Station) Redirect(ctx context.Context, by people.Doer, id, to, name, reason string,
	cond ledger.Condition, actor string) (parcel.Parcel, error) {
	now := new(parcel.Parcel)
	return s.moved(ctx, parcel.Redirect{
		By: by, ID: id, To: to, Name: name, Reason: reason, Condition: cond, Now: now,
	}, now, actor)
}

// Recall has a parcel that is here taken out and given back; repeating it changes nothing.
func (s *Station) Recall(ctx context.Context, by people.Doer, id, reason string, cond ledger.Condition,
	actor string) (parcel.Parcel, error) {
	now := new(parcel.Parcel)
	return s.moved(ctx, parcel.Recall{By: by, ID: id, Reason: reason, Condition: cond, Now: now}, now, actor)
}

// Stay ends a redirection or a recall; repeating it changes nothing.
func (s *Station) Stay(ctx context.Context, by people.Doer, id, why string, cond ledger.Condition,
	actor string) (parcel.Parcel, error) {
	now := new(parcel.Parcel)
	return s.moved(ctx, parcel.Stay{By: by, ID: id, Why: why, Condition: cond, Now: now}, now, actor)
}

// Remove notes that staff have given a parcel away; repeating it changes nothing.
func (s *Station) Remove(ctx context.Context, by people.Doer,
	id, reason, actor string) (parcel.Parcel, error) {
	now := new(parcel.Parcel)
	return s.moved(ctx, parcel.Remove{By: by, Parcel: id, Reason: reason, Now: now}, now, actor)
}

// Shelve puts a parcel on a place of the shelf. One that comes there gets a code.
func (s *Station) Shelve(ctx context.Context, by people.Doer,
	id, place, actor string) (parcel.Parcel, error) {
	c := parcel.Shelve{By: by, Parcel: id, Place: place, Now: new(parcel.Parcel)}
	for tries := 1; ; tries++ {
		var err error
		if c.Fresh, err = s.anotherSecret(ctx); err != nil {
			return parcel.Parcel{}, err
		}
		p, err := s.moved(ctx, c, c.Now, actor)
		if r, ok := errors.AsType[*ledger.Refusal](err); !ok || r.Slug != parcel.PINTaken || tries == 3 {
			return p, err
		}
	}
}

// Leaving lists the parcels that staff are to take out of their doors, or have at the
// counter and are to give away.
func (s *Station) Leaving(ctx context.Context) (all []parcel.Parcel, err error) {
	err = s.ask(ctx, parcel.ListLeaving{Into: &all}, "endpoint", causeStaff, true)
	return all, err
}

// Shelf lists the places at the counter, with the parcels that lie on them.
func (s *Station) Shelf(ctx context.Context) (all []parcel.OnShelf, err error) {
	err = s.ask(ctx, parcel.ListShelf{Into: &all}, "endpoint", causeStaff, true)
	return all, err
}

func (s *Station) moved(ctx context.Context, c visit.Command, now *parcel.Parcel, actor string) (
	parcel.Parcel, error) {
	if err := s.ask(ctx, c, actor, causeReroute, false); err != nil {
		return parcel.Parcel{}, err
	}
	return *now, nil
}
