package centre

import (
	"time"

	"cubby/locker/ledger"
	"cubby/locker/visit"
)

// A Policy is a shop's rules of returns as the centre tells them. It goes before the shop's
// file on the station.
type Policy struct {
	Shop  string    `json:"shop"`
	Rev   int64     `json:"rev"`  // of the centre's change
	TOML  string    `json:"toml"` // as it came
	Since time.Time `json:"since"`
}

// Policies are by shop.
var Policies = ledger.NewTable("centre_policies", "shop", ledger.InMemory[Policy]())

// mostPolicy bounds the text of a policy, in bytes.
const mostPolicy = 256 << 10

type (
	// KeepPolicy puts the rules of a shop in place of those that were there. They have been
	// checked. Repeating it changes nothing.
	KeepPolicy struct {
		Shop, TOML string
		Rev        int64
	}
	// DropPolicy has the shop's file count again.
	DropPolicy struct{ Shop string }

	// PolicyKept: the rules of a shop are the centre's from now on.
	PolicyKept struct {
		Shop string `json:"shop"`
		Rev  int64  `json:"rev"`
		TOML string `json:"toml"`
	}
	// PolicyDropped: the shop's file counts again.
	PolicyDropped struct {
		Shop string `json:"shop"`
	}
)

// Decide keeps the text.
func (c KeepPolicy) Decide(t *visit.Turn) error {
	if len(c.TOML) > mostPolicy {
		return ledger.Refuse(ledger.Invalid, "too-large", "a policy has at most %d bytes", mostPolicy).At("/toml")
	}
	if p, ok := Policies.Get(t.State, c.Shop); !ok || p.Rev != c.Rev || p.TOML != c.TOML {
		t.Emit(&PolicyKept{c.Shop, c.Rev, c.TOML})
	}
	return nil
}

// Decide changes nothing when the centre has told none.
func (c DropPolicy) Decide(t *visit.Turn) error {
	if _, ok := Policies.Get(t.State, c.Shop); ok {
		t.Emit(&PolicyDropped{c.Shop})
	}
	return nil
}

// Type is the fact's name; Subject and Published as for every fact.
func (PolicyKept) Type() string      { return "centre.policy_kept" }
func (f PolicyKept) Subject() string { return "policies/" + f.Shop }
func (PolicyKept) Published() bool   { return false }

// Apply puts it in place of the one before.
func (f *PolicyKept) Apply(s *ledger.State, at time.Time) {
	Policies.Put(s, f.Shop, Policy{f.Shop, f.Rev, f.TOML, at})
}

// Type is the fact's name; Subject and Published as for every fact.
func (PolicyDropped) Type() string      { return "centre.policy_dropped" }
func (f PolicyDropped) Subject() string { return "policies/" + f.Shop }
func (PolicyDropped) Published() bool   { return false }

// Apply takes it away.
func (f *PolicyDropped) Apply(s *ledger.State, _ time.Time) { Policies.Delete(s, f.Shop) }
