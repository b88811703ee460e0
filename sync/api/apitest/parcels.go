package apitest

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/people"
)

// Announce keeps an announcement within some bounds.
func (c *Core) Announce(
	ctx context.Context, id string, a parcel.Announcement, cond ledger.Condition, actor string,
) (parcel.Parcel, parcel.Outcome, error) {
	if c.Fault != nil {
		c.Fault()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Actors = append(c.Actors, actor)
	if len(a.Label) > 64 {
		return parcel.Parcel{}, "", ledger.Refuse(ledger.Invalid, "label", "a label has at most 64 characters").
			At("/label")
	}
	if strings.ContainsFunc(a.Label, func(r rune) bool { return r <= ' ' || r > '~' }) ||
		utf8.RuneCountInString(a.OrderID) > 64 ||
		a.WeightG < 0 ||
		a.WeightG > 200000 ||
		a.PickupHours < 0 ||
		a.PickupHours > 2160 {
		return parcel.Parcel{}, "", ledger.Refuse(ledger.Invalid, "bounds", "out of bounds").At("/label")
	}
	if d := a.Dimensions; d != nil &&
		(min(d.Length, d.Width, d.Height) < 1 || max(d.Length, d.Width, d.Height) > 5000) {
		return parcel.Parcel{}, "", ledger.Refuse(ledger.Invalid, "dimensions", "1 to 5000 mm").
			At("/dimensions_mm")
	}
	if r := a.Recipient; r != nil &&
		(utf8.RuneCountInString(r.Name) > 200 || utf8.RuneCountInString(r.Phone) > 100 ||
			utf8.RuneCountInString(r.Email) > 254 || len(r.Language) > 35) {
		return parcel.Parcel{}, "", ledger.Refuse(ledger.Invalid, "text", "too long").At("/recipient")
	}
	p, exists := c.Announced[id]
	if err := holds(cond, p, exists); err != nil {
		return p, "", err
	}
	if a.Label == "" {
		a.Label = id
	}
	for _, other := range c.Announced {
		if other.ID != id && other.Label == a.Label {
			return p, "", ledger.Refuse(ledger.Conflict, "label-in-use",
				"label %s belongs to parcel %s, which is %s", a.Label, other.ID, other.State).
				At("/label")
		}
	}
	next := parcel.Parcel{
		ID:          id,
		State:       parcel.Announced,
		Label:       a.Label,
		OrderID:     a.OrderID,
		Dimensions:  a.Dimensions,
		KeepUpright: a.KeepUpright,
		WeightG:     a.WeightG,
		Accessible:  a.Accessible,
		PickupHours: a.PickupHours,
		AnnouncedAt: time.Unix(1772000000, 5).UTC(),
		Rev:         p.Rev + 1,
	}
	c.Announced[id], c.recipients[id] = next, a.Recipient
	c.happenLocked(1)
	if exists {
		return next, parcel.Changed, nil
	}
	return next, parcel.Created, nil
}

func holds(cond ledger.Condition, p parcel.Parcel, exists bool) error {
	if cond.IfNoneMatchAny && exists || cond.IfMatch != nil && (!exists || *cond.IfMatch != p.Rev) {
		return ledger.Refuse(ledger.Precondition, "changed-meanwhile", "no")
	}
	return nil
}

// Cancel ends a parcel that is not stored.
func (c *Core) Cancel(
	ctx context.Context, id string, cond ledger.Condition, actor string,
) (parcel.Parcel, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p, exists := c.Announced[id]
	if !exists {
		return p, ledger.Refuse(ledger.NotFound, "another-slug", "this one tells too much")
	}
	if err := holds(cond, p, exists); err != nil {
		return p, err
	}
	if p.State == parcel.Stored {
		return p, ledger.Refuse(ledger.Conflict, "inside-already", "take it out first")
	}
	if p.State != parcel.Cancelled {
		p.State = parcel.Cancelled
		p.Rev++
		c.Announced[id] = p
	}
	return p, nil
}

// EraseRecipient forgets the recipient.
func (c *Core) EraseRecipient(
	ctx context.Context, id string, cond ledger.Condition, actor string,
) (parcel.Parcel, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p, exists := c.Announced[id]
	if !exists {
		return p, ledger.Refuse(ledger.NotFound, "another-slug", "this one tells too much")
	}
	if err := holds(cond, p, exists); err != nil {
		return p, err
	}
	if c.recipients[id] != nil {
		delete(c.recipients, id)
		p.Rev++
		c.Announced[id] = p
	}
	return p, nil
}

// Hold notes a hold.
func (c *Core) Hold(
	ctx context.Context, by people.Doer, id, kind, reason string, cond ledger.Condition, actor string,
) (parcel.Parcel, error) {
	c.Doers = append(c.Doers, by.ID)
	return c.setHold(id, &parcel.Hold{
		Since: time.Unix(1772000000, 0).UTC(), Kind: kind, Reason: reason,
	}, cond, actor)
}

// Release ends it.
func (c *Core) Release(
	ctx context.Context, by people.Doer, id, reason string, cond ledger.Condition, actor string,
) (parcel.Parcel, error) {
	c.Doers = append(c.Doers, by.ID)
	return c.setHold(id, nil, cond, actor)
}

// ReissueCode notes another code.
func (c *Core) ReissueCode(
	ctx context.Context, by people.Doer, id, reason string, cond ledger.Condition, actor string,
) (parcel.Parcel, error) {
	c.Doers = append(c.Doers, by.ID)
	at := time.Unix(1772000000, 0).UTC()
	return c.setCode(id, parcel.CodeState{Since: at, Reissued: []time.Time{at}}, cond, actor)
}

// RevokeCode ends it.
func (c *Core) RevokeCode(
	ctx context.Context, by people.Doer, id, reason string, cond ledger.Condition, actor string,
) (parcel.Parcel, error) {
	c.Doers = append(c.Doers, by.ID)
	return c.setCode(id, parcel.CodeState{Since: time.Unix(1772000000, 0).UTC(), Revoked: true}, cond, actor)
}

func (c *Core) setCode(
	id string, now parcel.CodeState, cond ledger.Condition, actor string,
) (parcel.Parcel, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Actors = append(c.Actors, actor)
	p, exists := c.Announced[id]
	if !exists {
		return p, ledger.Refuse(ledger.NotFound, "another-slug", "this one tells too much")
	}
	if err := holds(cond, p, exists); err != nil {
		return p, err
	}
	p.Code = &now
	p.Rev++
	c.Announced[id] = p
	return p, nil
}

func (c *Core) setHold(
	id string, h *parcel.Hold, cond ledger.Condition, actor string,
) (parcel.Parcel, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Actors = append(c.Actors, actor)
	p, exists := c.Announced[id]
	if !exists {
		return p, ledger.Refuse(ledger.NotFound, "another-slug", "this one tells too much")
	}
	if err := holds(cond, p, exists); err != nil {
		return p, err
	}
	if p.State == parcel.Collecting {
		return p, ledger.Refuse(ledger.Conflict, "door-in-use", "the door is open")
	}
	if (p.OnHold == nil) != (h == nil) {
		p.OnHold = h
		p.Rev++
		c.Announced[id] = p
	}
	return p, nil
}

// TakeToCounter has a parcel at the counter.
func (c *Core) TakeToCounter(
	_ context.Context, by people.Doer, id, reason, actor string,
) (parcel.Parcel, error) {
	at := time.Unix(1772000000, 0).UTC()
	return c.look(by, id, actor, func(p *parcel.Parcel) { p.State, p.CounterAt = parcel.CounterHeld, &at })
}

// HandOver has a parcel collected; the code is that of P1.
func (c *Core) HandOver(
	_ context.Context, by people.Doer, id, code, _, reason, actor string,
) (parcel.Parcel, error) {
	if id == "" {
		id = "P1"
	}
	if code == "" && reason == "" {
		return parcel.Parcel{}, ledger.Refuse(ledger.Invalid, "reason", "say why").At("/reason")
	}
	return c.look(by, id, actor, func(p *parcel.Parcel) { p.State = parcel.Collected })
}

// WriteOff has a parcel missing.
func (c *Core) WriteOff(_ context.Context, by people.Doer, id, reason, actor string) (parcel.Parcel, error) {
	return c.look(by, id, actor, func(p *parcel.Parcel) { p.State = parcel.Missing })
}

// SayStillThere has a parcel need no check.
func (c *Core) SayStillThere(_ context.Context, by people.Doer, id, actor string) (parcel.Parcel, error) {
	return c.look(by, id, actor, func(p *parcel.Parcel) { p.ToCheck = false })
}

// SeeRecipient tells what is known of a recipient.
func (c *Core) SeeRecipient(_ context.Context, by people.Doer, id, actor string) (*parcel.Recipient, error) {
	if _, err := c.look(by, id, actor, func(*parcel.Parcel) {}); err != nil {
		return nil, err
	}
	return c.recipients[id], nil
}

func (c *Core) look(by people.Doer, id, actor string, change func(*parcel.Parcel)) (parcel.Parcel, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Actors, c.Doers = append(c.Actors, actor), append(c.Doers, by.ID)
	p, exists := c.Announced[id]
	if !exists {
		return p, ledger.Refuse(ledger.NotFound, "no-such-parcel", "there is no parcel with this id here")
	}
	change(&p)
	p.Rev++
	c.Announced[id] = p
	return p, nil
}
