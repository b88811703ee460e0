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
}

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
}

// A CourierRecord is a courier with the hashes that identify one.
type CourierRecord struct {
	Courier
	BadgeHash string `json:"badge_hash"`
	PINHash   string `json:"pin_hash"`
	CardHash  string `json:"card_hash,omitempty"` // empty: there is none
}
