package people

import "time"

// A Key lets a client of the REST endpoint in. Only the hash of its token is kept.
type Key struct {
	Name    string    `json:"name"`
	Scopes  []string  `json:"scopes"`
	Created time.Time `json:"created"`
	Revoked bool      `json:"revoked"`

	// ReadsOnly: its client may read codes and passes none on, so that no code waits
	// for it.
	ReadsOnly bool `json:"reads_only,omitempty"`

	// PerMinute is how many requests in a minute its client may send; 0: as many as the
	// endpoint allows to all.
	PerMinute int `json:"per_minute,omitempty"`

	Rotated  time.Time `json:"rotated,omitzero"`   // when its token was last made anew
	OldUntil time.Time `json:"old_until,omitzero"` // until when the token before that one counts too
}

// MostOverlap is for how long at most two tokens of a key count side by side.
const MostOverlap = 168 * time.Hour

// MostPerMinute bounds PerMinute.
const MostPerMinute = 10_000_000

// A Courier may deposit. Badge and PIN are kept as hashes only.
type Courier struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Created time.Time `json:"created"`
	Removed bool      `json:"removed"`
	Centre  bool      `json:"centre,omitempty"` // made by the centre, which alone changes it
}

// CourierSecrets are shown once, when the courier is added.
type CourierSecrets struct {
	Courier
	Badge string `json:"badge"` // what the badge's QR code says
	PIN   string `json:"pin"`   // 8 digits
}

// A KeyRecord is a key with the hash of its token.
type KeyRecord struct {
	Key
	SHA256 string `json:"sha256"`
	Old    string `json:"old_sha256,omitempty"` // of the token before; empty: it counts no more
}

// A CourierRecord is a courier with the hashes that identify one.
type CourierRecord struct {
	Courier
	BadgeHash string `json:"badge_hash"`
	PINHash   string `json:"pin_hash"`
	CardHash  string `json:"card_hash,omitempty"` // empty: there is none
}
