package apitest

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/sync/rest"
)

// AddKey makes a key.
func (c *Core) AddKey(ctx context.Context, key people.Key) (string, error) {
	c.mu.Lock()
	for _, k := range c.keys {
		if k.Name == key.Name {
			c.mu.Unlock()
			return "", ledger.Refuse(ledger.Conflict, "key-exists", "a key of this name exists").At("/name")
		}
	}
	c.mu.Unlock()
	token := c.Grant(key.Name, key.Scopes...)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.keys[sha256.Sum256([]byte(token))] = key
	return token, nil
}

// RotateKey gives a key another token. That of before goes on for overlap.
func (c *Core) RotateKey(_ context.Context, name string, overlap time.Duration) (string, error) {
	calendar := c.Clock().Calendar
	c.mu.Lock()
	defer c.mu.Unlock()
	for hash, k := range c.keys {
		if k.Name != name || k.Revoked {
			continue
		}
		delete(c.keys, hash)
		clear(c.old)
		k.Rotated, k.OldUntil = time.Now(), time.Time{}
		if overlap > 0 {
			c.old[hash] = time.Now().Add(overlap)
			k.OldUntil = calendar.Add(overlap)
		}
		token := fmt.Sprintf("token-of-%s-%d-0123456789abcdef", name, k.Rotated.UnixNano())
		c.keys[sha256.Sum256([]byte(token))] = k
		return token, nil
	}
	return "", ledger.Refuse(ledger.NotFound, "no-such-key", "there is no such key")
}

// Keys are all keys.
func (c *Core) Keys(ctx context.Context) (list []people.Key, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, k := range c.keys {
		list = append(list, k)
	}
	return list, nil
}

// RevokeKey ends a key.
func (c *Core) RevokeKey(ctx context.Context, name string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for hash, k := range c.keys {
		if k.Name == name {
			k.Revoked = true
			c.keys[hash] = k
			return nil
		}
	}
	return ledger.Refuse(ledger.NotFound, "no-such-key", "there is no such key")
}

// AddCourier makes a courier with a fixed badge.
func (c *Core) AddCourier(ctx context.Context, by people.Doer,
	name, card string) (people.CourierSecrets, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Doers = append(c.Doers, by.ID)
	one := people.Courier{ID: fmt.Sprintf("c-%d", len(c.couriers)+1), Name: name}
	c.couriers = append(c.couriers, one)
	return people.CourierSecrets{Courier: one, Badge: "BADGE", PIN: "20481632"}, nil
}

// Couriers are all couriers.
func (c *Core) Couriers(ctx context.Context) ([]people.Courier, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.couriers), nil
}

// RemoveCourier marks one as removed.
func (c *Core) RemoveCourier(ctx context.Context, by people.Doer, id string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Doers = append(c.Doers, by.ID)
	for i := range c.couriers {
		if c.couriers[i].ID == id {
			c.couriers[i].Removed = true
			return nil
		}
	}
	return ledger.Refuse(ledger.NotFound, "no-such-courier", "there is no such courier")
}

// AddEmployee makes an account with a fixed badge.
func (c *Core) AddEmployee(_ context.Context, by people.Doer, name string, role people.Role,
	_ string) (people.EmployeeSecrets, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Doers = append(c.Doers, by.ID)
	one := people.Employee{ID: fmt.Sprintf("s-%d", len(c.staff)+1), Name: name, Role: role}
	c.staff = append(c.staff, one)
	return people.EmployeeSecrets{Employee: one, Badge: "BADGE", PIN: "20481632"}, nil
}

// Staff are all accounts.
func (c *Core) Staff(context.Context) ([]people.Employee, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.staff), nil
}

// RemoveEmployee marks one as removed.
func (c *Core) RemoveEmployee(_ context.Context, by people.Doer, id string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Doers = append(c.Doers, by.ID)
	for i := range c.staff {
		if c.staff[i].ID == id {
			c.staff[i].Removed = true
			return nil
		}
	}
	return ledger.Refuse(ledger.NotFound, "no-such-staff", "there is no account with this id")
}

// WhoHas knows somebody of each role by the badge "badge of ROLE". They may what the
// role allows; the core itself asks for no roles.
func (c *Core) WhoHas(_ context.Context, badge string) (rest.Person, bool, error) {
	role := people.Role(strings.TrimPrefix(badge, "badge of "))
	return rest.Person{ID: string(role), May: func(action string) error {
		return role.Must(people.Action(action))
	}}, role.Valid() && string(role) != badge, nil
}
