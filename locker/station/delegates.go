package station

import (
	"context"
	"errors"

	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/visit"
)

// Delegate makes a code and a PIN for somebody who may collect a parcel in place of its own
// bearer. They are in the answer and nowhere else; where there is a contact, a message takes
// them there as well.
func (s *Station) Delegate(ctx context.Context, id string, to *parcel.Recipient,
	actor string) (d parcel.Delegation, made visit.Secret, err error) {
	c := parcel.DelegateParcel{Parcel: id, Contact: to, Made: new(parcel.Delegation)}
	for tries := 1; ; tries++ {
		if c.Fresh, err = s.anotherSecret(ctx); err != nil {
			return d, made, err
		}
		err = s.ask(ctx, c, actor, causeCode, false)
		if err == nil {
			return *c.Made, *c.Fresh, nil
		}
		if r, ok := errors.AsType[*ledger.Refusal](err); !ok || r.Slug != parcel.PINTaken || tries == 3 {
			return d, made, err
		}
	}
}

// EndDelegation ends a delegation; repeating it changes nothing.
func (s *Station) EndDelegation(ctx context.Context, id, delegate, actor string) error {
	return s.ask(ctx, parcel.EndDelegation{Parcel: id, ID: delegate}, actor, causeCode, false)
}

// DelegationOf reads the delegation of a parcel; nil: there is none.
func (s *Station) DelegationOf(ctx context.Context, id string) (*parcel.Delegation, error) {
	return s.cfg.Store.Delegation(ctx, id)
}
