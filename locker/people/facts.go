package people

import (
	"time"

	"cubby/locker/ledger"
)

// Facts about couriers and API keys.

// CourierAdded: somebody may deposit from now on.
type CourierAdded struct {
	ID     string        `json:"courier_id"`
	Name   string        `json:"name"`
	At     time.Time     `json:"at"`
	By     string        `json:"by,omitempty"` // id of who of the staff it was
	Hashes CourierHashes `json:"-"`
}

func (CourierAdded) Type() string      { return "courier.added" }
func (f CourierAdded) Subject() string { return "couriers/" + f.ID }
func (CourierAdded) Published() bool   { return false }
func (f *CourierAdded) Private() any   { return &f.Hashes }

func (f *CourierAdded) Apply(s *ledger.State, _ time.Time) {
	c := Courier{ID: f.ID, Name: f.Name, Created: f.At, Centre: madeByCentre(f.By)}
	Couriers.Put(s, f.ID, CourierRecord{c, f.Hashes.Badge, f.Hashes.PIN, f.Hashes.Card})
}

// CourierHashes identify a courier's badge, PIN and card.
type CourierHashes struct {
	Badge string `json:"badge"`
	PIN   string `json:"pin"`
	Card  string `json:"card,omitempty"`
}

// CourierRemoved: somebody may not any more.
type CourierRemoved struct {
	ID string `json:"courier_id"`
	By string `json:"by,omitempty"`
}

func (CourierRemoved) Type() string      { return "courier.removed" }
func (f CourierRemoved) Subject() string { return "couriers/" + f.ID }
func (CourierRemoved) Published() bool   { return false }

func (f *CourierRemoved) Apply(s *ledger.State, at time.Time) {
	if c, ok := Couriers.Get(s, f.ID); ok {
		c.Removed = true
		Couriers.Put(s, f.ID, c)
	}
}

// KeyAdded: a client of the endpoint is let in.
type KeyAdded struct {
	Name      string    `json:"name"`
	Scopes    []string  `json:"scopes"`
	ReadsOnly bool      `json:"reads_only,omitempty"`
	PerMinute int       `json:"per_minute,omitempty"`
	At        time.Time `json:"at"`
	Hash      KeyHash   `json:"-"`
}

func (KeyAdded) Type() string      { return "key.added" }
func (f KeyAdded) Subject() string { return "keys/" + f.Name }
func (KeyAdded) Published() bool   { return false }
func (f *KeyAdded) Private() any   { return &f.Hash }

func (f *KeyAdded) Apply(s *ledger.State, _ time.Time) {
	k := Key{Name: f.Name, Scopes: f.Scopes, Created: f.At, ReadsOnly: f.ReadsOnly, PerMinute: f.PerMinute}
	Keys.Put(s, f.Name, KeyRecord{Key: k, SHA256: f.Hash.SHA256})
	if k.Delivers() {
		Consumers.Put(s, f.Name, Consumer{Name: f.Name}) // what waits now waits for it, too
	}
}

// KeyHash is the SHA-256 of a key's token, hexadecimal.
type KeyHash struct {
	SHA256 string `json:"sha256"`
}

// KeyRotated: its client comes with another token from now on. The one before counts until
// OldUntil, so that the client can change over without a gap.
type KeyRotated struct {
	Name     string    `json:"name"`
	At       time.Time `json:"at"`
	OldUntil time.Time `json:"old_until"`
	Hash     KeyHash   `json:"-"`
}

func (KeyRotated) Type() string      { return "key.rotated" }
func (f KeyRotated) Subject() string { return "keys/" + f.Name }
func (KeyRotated) Published() bool   { return false }
func (f *KeyRotated) Private() any   { return &f.Hash }

func (f *KeyRotated) Apply(s *ledger.State, _ time.Time) {
	k, ok := Keys.Get(s, f.Name)
	if !ok {
		return
	}
	k.SHA256, k.Old, k.Rotated, k.OldUntil = f.Hash.SHA256, k.SHA256, f.At, f.OldUntil
	if !f.OldUntil.After(f.At) {
		k.Old, k.OldUntil = "", time.Time{}
	}
	Keys.Put(s, f.Name, k)
}

// KeyRevoked: it is not any more.
type KeyRevoked struct {
	Name string `json:"name"`
}

func (KeyRevoked) Type() string      { return "key.revoked" }
func (f KeyRevoked) Subject() string { return "keys/" + f.Name }
func (KeyRevoked) Published() bool   { return false }

func (f *KeyRevoked) Apply(s *ledger.State, at time.Time) {
	if k, ok := Keys.Get(s, f.Name); ok {
		k.Revoked, k.Old, k.OldUntil = true, "", time.Time{}
		Keys.Put(s, f.Name, k)
	}
	Consumers.Delete(s, f.Name)
}

// GuardChanged: a PIN was wrong, or right after wrong ones.
type GuardChanged struct{ Guard Guards }

func (GuardChanged) Type() string    { return "guard.changed" }
func (GuardChanged) Subject() string { return "station" }
func (GuardChanged) Published() bool { return false }

func (f *GuardChanged) Apply(s *ledger.State, _ time.Time) {
	PINGuard.Write(s, f.Guard)
}
