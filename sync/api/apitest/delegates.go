package apitest

import (
	"context"
	"fmt"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/visit"
)

// Delegate has somebody else collect a parcel.
func (c *Core) Delegate(_ context.Context, id string, to *parcel.Recipient, actor string) (
	d parcel.Delegation, made visit.Secret, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Actors = append(c.Actors, actor)
	if _, exists := c.Announced[id]; !exists {
		return d, made, ledger.Refuse(ledger.NotFound, "another-slug", "this one tells too much")
	}
	if to != nil && to.Email == "" && to.Phone == "" {
		return d, made, ledger.Refuse(ledger.Invalid, "contact", "give one").At("/contact")
	}
	until := time.Unix(1772000000, 0).UTC().Add(24 * time.Hour)
	d = parcel.Delegation{
		ID: fmt.Sprintf("D%d", len(c.Actors)), Parcel: id, Since: time.Unix(1772000000, 0).UTC(), Until: &until,
		Through: "shop", Told: to != nil,
	}
	c.delegations[id] = d
	return d, visit.Secret{Code: "K7Q2M4ZPK7Q2M4ZPK7Q2M4ZPK7", PIN: "20481632"}, nil
}

// EndDelegation ends one.
func (c *Core) EndDelegation(_ context.Context, id, delegate, actor string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Actors = append(c.Actors, actor)
	if _, exists := c.Announced[id]; !exists {
		return ledger.Refuse(ledger.NotFound, "another-slug", "this one tells too much")
	}
	if c.delegations[id].ID == delegate {
		delete(c.delegations, id)
	}
	return nil
}

// DelegationOf reads that of a parcel.
func (c *Core) DelegationOf(_ context.Context, id string) (*parcel.Delegation, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, exists := c.Announced[id]; !exists {
		return nil, ledger.Refuse(ledger.NotFound, "another-slug", "this one tells too much")
	}
	if d, ok := c.delegations[id]; ok {
		return &d, nil
	}
	return nil, nil
}
