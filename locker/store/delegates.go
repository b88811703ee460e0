package store

import (
	"context"

	"cubby/locker/parcel"
)

// Delegation reads the delegation of a parcel; nil: there is none. A parcel that is not here
// is refused.
func (s *Store) Delegation(ctx context.Context, id string) (*parcel.Delegation, error) {
	if _, _, err := s.Parcel(ctx, id); err != nil {
		return nil, err
	}
	all, err := docs[parcel.Delegation](ctx, s, "delegations",
		"SELECT parcel, doc, sum FROM delegations WHERE parcel=?", id)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[0], nil
}
