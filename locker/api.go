package locker

import "time"

// Condition is what a writer knows of the parcel it wants to change.
type Condition struct {
	IfMatch        *int64 // the revision it must have
	IfNoneMatchAny bool   // it must not exist yet
}

// check refuses when the condition does not hold for a parcel that may not exist.
func (c Condition) check(p Parcel, exists bool) error {
	if c.IfNoneMatchAny && exists {
		return Refuse(Precondition, "exists-already", "the parcel exists already, at revision %d", p.Rev)
	}
	if c.IfMatch == nil {
		return nil
	}
	if !exists {
		return Refuse(Precondition, "does-not-exist", "the parcel does not exist; leave If-Match away to announce it")
	}
	if *c.IfMatch != p.Rev {
		return Refuse(Precondition, "changed-meanwhile", "the parcel is at revision %d now; read it again and decide anew", p.Rev)
	}
	return nil
}

// Outcome says what an announcement did.
type Outcome string

const (
	Created   Outcome = "created"
	Changed   Outcome = "changed"
	Unchanged Outcome = "unchanged" // nothing was written and nothing is told
)

// ParcelFilter selects parcels; empty members do not restrict.
type ParcelFilter struct {
	State   ParcelState
	OrderID string
	Label   string // in any spelling
	After   string // the last id of the page before
	Limit   int    // 1 to 100
}

// A FeedPage is a run of committed events in their order.
type FeedPage struct {
	Events []byte // CloudEvents as JSON objects with commas between, no brackets
	Count  int
	Last   int64 // sequence of the last event; the position asked from when empty
}

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

// A Courier may deposit. His badge and PIN are kept as hashes only.
type Courier struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Created time.Time `json:"created"`
	Removed bool      `json:"removed"`
}

// CourierSecrets are shown once, when the courier is added.
type CourierSecrets struct {
	Courier
	Badge string `json:"badge"` // what the badge's QR code says
	PIN   string `json:"pin"`   // 8 digits
}
