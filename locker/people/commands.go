package people

import (
	"time"

	"cubby/locker/ledger"
	"cubby/locker/plain"
	"cubby/locker/visit"
)

type (
	// AddCourier and the following manage who may come in.
	AddCourier struct {
		By     Doer
		Record CourierRecord
	}
	RemoveCourier struct {
		By Doer
		ID string
	}
	AddKey    struct{ Record KeyRecord }
	RevokeKey struct{ Name string }

	// RotateKey gives a key another token. The one before counts on for Overlap.
	RotateKey struct {
		Name, SHA256 string
		Overlap      time.Duration
	}
)

func (c AddCourier) Decide(t *visit.Turn) error {
	if err := c.By.Must(t.State, ManageCourier); err != nil {
		return err
	}
	if err := plain.Check(c.Record.Name, 100, "courier-name", "/name"); err != nil {
		return err
	}
	if err := cardFree(t.State, c.Record.CardHash); err != nil {
		return err
	}
	t.Emit(&CourierAdded{
		ID: c.Record.ID, Name: c.Record.Name, At: t.Now, By: c.By.ID,
		Hashes: CourierHashes{c.Record.BadgeHash, c.Record.PINHash, c.Record.CardHash},
	})
	return nil
}

func (c RemoveCourier) Decide(t *visit.Turn) error {
	if err := c.By.Must(t.State, ManageCourier); err != nil {
		return err
	}
	r, ok := Couriers.Get(t.State, c.ID)
	if !ok {
		return ledger.Refuse(ledger.NotFound, "no-such-courier", "there is no courier with this id")
	}
	if r.Removed {
		return nil
	}
	if err := c.By.mayChange(r.Centre); err != nil {
		return err
	}
	t.Emit(&CourierRemoved{ID: c.ID, By: c.By.ID})
	return nil
}

func (c AddKey) Decide(t *visit.Turn) error {
	if k, ok := Keys.Get(t.State, c.Record.Name); ok && !k.Revoked {
		return ledger.Refuse(ledger.Conflict, "key-exists",
			"a key named %q exists; revoke it first or choose another name", c.Record.Name).At("/name")
	}
	t.Emit(&KeyAdded{
		Name: c.Record.Name, Scopes: c.Record.Scopes, ReadsOnly: c.Record.ReadsOnly,
		PerMinute: c.Record.PerMinute, At: t.Now, Hash: KeyHash{c.Record.SHA256},
	})
	return nil
}

func (c RevokeKey) Decide(t *visit.Turn) error {
	k, ok := Keys.Get(t.State, c.Name)
	if !ok {
		return ledger.Refuse(ledger.NotFound, "no-such-key", "there is no key named %q", c.Name)
	}
	if !k.Revoked {
		t.Emit(&KeyRevoked{Name: c.Name})
	}
	return nil
}

// Decide keeps one token of before at most: a key rotated twice in a row ends the oldest.
func (c RotateKey) Decide(t *visit.Turn) error {
	if c.Overlap < 0 || c.Overlap > MostOverlap {
		return ledger.Refuse(ledger.Invalid, "overlap", "overlap_hours is from 0 to %d",
			int(MostOverlap.Hours())).At("/overlap_hours")
	}
	k, ok := Keys.Get(t.State, c.Name)
	if !ok {
		return ledger.Refuse(ledger.NotFound, "no-such-key", "there is no key named %q", c.Name)
	}
	if k.Revoked {
		return ledger.Refuse(ledger.Conflict, "key-revoked", "the key %q was revoked; add a new one", c.Name)
	}
	t.Emit(&KeyRotated{Name: c.Name, At: t.Now, OldUntil: t.Now.Add(c.Overlap), Hash: KeyHash{c.SHA256}})
	return nil
}
