package centre

import (
	"time"

	"cubby/locker/ledger"
	"cubby/locker/visit"
)

// A KeyList is the list of the centre's keys as the station has it. Whoever made the
// command has checked its signature; what is in it, package secret/token reads.
type KeyList struct {
	Number int64     `json:"number"`
	Signed []byte    `json:"signed"`
	Since  time.Time `json:"since"` // when it was taken in
}

// Keys is the list that counts. The zero KeyList: there is none.
var Keys = ledger.NewSingle[KeyList]("centre_keys")

type (
	// KeepKeys puts a list in place of the one before. One with a lower number is refused.
	KeepKeys struct {
		Number int64
		Signed []byte
	}

	// KeysKept: these keys count from now on.
	KeysKept struct {
		Number int64  `json:"number"`
		Signed []byte `json:"signed"`
	}
)

// Decide refuses a list that is older than the one the station has.
func (c KeepKeys) Decide(t *visit.Turn) error {
	switch is := Keys.Read(t.State); {
	case is.Number > c.Number:
		return ledger.Refuse(ledger.Stale, "older-list",
			"the station has list %d of the centre's keys; this is %d", is.Number, c.Number)
	case is.Number < c.Number:
		t.Emit(&KeysKept{c.Number, c.Signed})
	}
	return nil
}

// Type is the fact's name; Subject and Published as for every fact.
func (KeysKept) Type() string    { return "centre.keys_kept" }
func (KeysKept) Subject() string { return "centre" }
func (KeysKept) Published() bool { return false }

// Apply puts it in place of the one before.
func (f *KeysKept) Apply(s *ledger.State, at time.Time) {
	Keys.Write(s, KeyList{f.Number, f.Signed, at})
}
