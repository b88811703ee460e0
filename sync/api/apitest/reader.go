package apitest

import (
	"context"
	"cubby/sync/rest"
	"slices"
	"strings"
	"time"

	"cubby/locker/calendar"
	"cubby/locker/ledger"
	"cubby/locker/parcel"
)

// Parcel finds one.
func (c *Core) Parcel(ctx context.Context, id string) (parcel.Parcel, *parcel.Recipient, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p, ok := c.Announced[id]
	if !ok {
		return p, nil, ledger.Refuse(ledger.NotFound, "one-more-slug", "there is no parcel %s", id)
	}
	return p, c.recipients[id], nil
}

// Parcels are those the filter lets through, by id.
func (c *Core) Parcels(
	ctx context.Context, f parcel.Filter,
) (page []parcel.Parcel, next string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var ids []string
	for id, p := range c.Announced {
		if id > f.After && (f.State == "" || p.State == f.State) &&
			(f.OrderID == "" || p.OrderID == f.OrderID) &&
			(f.Label == "" || p.Label == f.Label) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	if len(ids) > f.Limit {
		ids = ids[:f.Limit]
		next = ids[f.Limit-1]
	}
	for _, id := range ids {
		page = append(page, c.Announced[id])
	}
	return page, next, nil
}

// Feed is a page of Log.
func (c *Core) Feed(ctx context.Context, after int64, limit int, withCodes bool) (ledger.FeedPage, error) {
	c.mu.Lock()
	defer func() {
		then := c.AfterFeed
		c.AfterFeed = nil
		c.mu.Unlock()
		if then != nil {
			then()
		}
	}()
	rest := c.Log[min(int(after), len(c.Log)):]
	rest = rest[:min(limit, len(rest))]
	text := strings.Join(rest, ",")
	if !withCodes {
		text = strings.ReplaceAll(text, "CLEAR", "#")
	}
	return ledger.FeedPage{Events: []byte(text), Count: len(rest), Last: after + int64(len(rest))}, nil
}

// FeedHead is the length of Log.
func (c *Core) FeedHead() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return int64(len(c.Log))
}

// FeedChanged is closed by Happen.
func (c *Core) FeedChanged() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.changed
}

// CentreHeard is nothing to this core.
func (c *Core) CentreHeard() {}

// Acknowledge keeps how far each client is.
func (c *Core) Acknowledge(ctx context.Context, client string, through int64) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if through > c.Through[client] {
		if c.Through == nil {
			c.Through = map[string]int64{}
		}
		c.Through[client] = through
		c.Acked = append(c.Acked, through)
	}
	return nil
}

// Incarnation is always SomeIncarnation.
func (c *Core) Incarnation(int64) [8]byte { return SomeIncarnation }

// Holder counts how often it is asked.
func (c *Core) Holder(ctx context.Context, hash [32]byte) (rest.Holder, bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.KeyLookups++
	k, ok := c.keys[hash]
	ends, old := c.old[hash]
	for _, now := range c.keys {
		if old && !now.OldUntil.IsZero() { // at most one was rotated
			k, ok = now, true
		}
	}
	return rest.Holder{Name: k.Name, Scopes: k.Scopes, Revoked: k.Revoked, PerMinute: k.PerMinute, Old: old,
		Ends: ends}, ok, nil
}

// Clock is a year ahead until it is accepted.
func (c *Core) Clock() calendar.Standing {
	c.mu.Lock()
	defer c.mu.Unlock()
	clock := time.Date(2027, 3, 1, 10, 0, 0, 0, time.UTC)
	if c.accepted {
		return calendar.Standing{Calendar: clock, Wall: clock}
	}
	return calendar.Standing{Calendar: clock.AddDate(-1, 0, 0), Wall: clock, Ahead: 31536000, Doubted: true}
}

// AcceptClock accepts it.
func (c *Core) AcceptClock(ctx context.Context, actor string) (calendar.Standing, error) {
	if !c.Clock().Doubted {
		return calendar.Standing{}, ledger.Refuse(
			ledger.Conflict, "clock-not-doubted", "there is nothing to accept")
	}
	c.mu.Lock()
	c.accepted = true
	c.Actors = append(c.Actors, actor)
	c.mu.Unlock()
	return c.Clock(), nil
}
