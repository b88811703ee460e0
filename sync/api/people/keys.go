package people

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/sync/rest"
)

// keyAnswer lists what is told of a key. The token is told once, when it is made.
type keyAnswer struct {
	Name    string    `json:"name"`
	Scopes  []string  `json:"scopes"`
	Created time.Time `json:"created"`
	Revoked bool      `json:"revoked"`

	ReadsOnly bool       `json:"reads_only"`
	PerMinute int        `json:"per_minute,omitempty"`
	Rotated   *time.Time `json:"rotated,omitempty"`
	LastUsed  *time.Time `json:"last_used,omitempty"` // absent: never

	Old *oldToken `json:"old_token,omitempty"` // the token before, while it counts too
}

// oldToken is what is told of the token before.
type oldToken struct {
	Until    time.Time  `json:"until"`
	LastUsed *time.Time `json:"last_used,omitempty"`
}

// newKey is what a key is made with.
type newKey struct {
	Name      string   `json:"name"       check:"required,id" slug:"key-name"`
	Scopes    []string `json:"scopes"     check:"most=64"`
	ReadsOnly bool     `json:"reads_only"`
	PerMinute int      `json:"per_minute" check:"range=1..10000000"`
}

// wrong is the refusal of scopes that are none of those there are, nil for none.
func (k newKey) wrong(scopes []string) *ledger.Refusal {
	listed := strings.Join(scopes, ", ")
	for i, one := range k.Scopes {
		if !slices.Contains(scopes, one) || slices.Contains(k.Scopes[:i], one) {
			return ledger.Refuse(ledger.Invalid, "key-scopes", "each scope once, out of: %s", listed).
				At("/scopes")
		}
	}
	if len(k.Scopes) == 0 {
		return ledger.Refuse(ledger.Invalid, "key-scopes", "give at least one scope out of: %s", listed).
			At("/scopes")
	}
	if k.ReadsOnly && !(people.Key{Scopes: k.Scopes}).Delivers() {
		return ledger.Refuse(ledger.Invalid, "key-reads-only",
			"reads_only is for keys with events:read and codes:read; no code waits for others").At("/reads_only")
	}
	return nil
}

// addKey makes an API key.
func (f family) addKey(x *rest.Exchange, k newKey) error {
	if wrong := k.wrong(x.Scopes()); wrong != nil {
		return wrong
	}
	token, err := f.station.AddKey(x.Context(), people.Key{
		Name: k.Name, Scopes: k.Scopes, ReadsOnly: k.ReadsOnly, PerMinute: k.PerMinute,
	})
	if err != nil {
		return err
	}
	return x.Encode(http.StatusCreated, struct {
		Name      string   `json:"name"`
		Scopes    []string `json:"scopes"`
		ReadsOnly bool     `json:"reads_only"`
		PerMinute int      `json:"per_minute,omitempty"`
		Token     string   `json:"token"`
	}{k.Name, k.Scopes, k.ReadsOnly, k.PerMinute, token})
}

// overlap is for how long the token of before counts on.
type overlap struct {
	Hours int `json:"overlap_hours" check:"range=0..168" slug:"overlap"`
}

// rotateKey gives a key another token.
func (f family) rotateKey(x *rest.Exchange, o overlap) error {
	ctx, cancel := x.Detached()
	defer cancel()
	token, err := f.station.RotateKey(ctx, x.Var("name"), time.Duration(o.Hours)*time.Hour)
	x.ForgetKeys() // as in revokeKey
	if err != nil {
		return err
	}
	return x.Encode(http.StatusOK, struct {
		Name  string `json:"name"`
		Token string `json:"token"`
	}{x.Var("name"), token})
}

// listKeys lists keys by their last use, the latest first, and those never used behind.
func (f family) listKeys(x *rest.Exchange) error {
	keys, err := f.station.Keys(x.Context())
	if err != nil {
		return err
	}
	uses, err := x.KeyUses()
	if err != nil {
		return err
	}
	list := []keyAnswer{}
	for _, k := range keys {
		a := keyAnswer{Name: k.Name, Scopes: k.Scopes, Created: k.Created.UTC(), Revoked: k.Revoked,
			ReadsOnly: k.ReadsOnly, PerMinute: k.PerMinute}
		if !k.Rotated.IsZero() {
			a.Rotated = new(k.Rotated.UTC())
		}
		if k.OldUntil.After(f.station.Clock().Calendar) {
			a.Old = &oldToken{Until: k.OldUntil.UTC()}
		}
		for _, u := range uses {
			if u.Name != k.Name || u.At.Before(k.Created) { // a key of this name that was revoked
				continue
			}
			if a.LastUsed == nil || u.At.After(*a.LastUsed) {
				a.LastUsed = new(u.At)
			}
			if u.Old && a.Old != nil && !u.At.Before(k.Rotated) {
				a.Old.LastUsed = new(u.At)
			}
		}
		list = append(list, a)
	}
	slices.SortStableFunc(list, func(a, b keyAnswer) int {
		return cmp.Or(byUse(b.LastUsed, a.LastUsed), cmp.Compare(a.Name, b.Name))
	})
	return x.Encode(http.StatusOK, map[string]any{"keys": list})
}

// byUse compares two moments; none is before all.
func byUse(a, b *time.Time) int {
	var zero time.Time
	if a == nil {
		a = &zero
	}
	if b == nil {
		b = &zero
	}
	return a.Compare(*b)
}

// revokeKey ends a key; requests with it fail from the answer on.
func (f family) revokeKey(x *rest.Exchange) error {
	// Whoever asked may leave: what is remembered until the commit has to be forgotten after it.
	ctx, cancel := x.Detached()
	defer cancel()
	err := f.station.RevokeKey(ctx, x.Var("name"))
	x.ForgetKeys() // even after an error: it may have been committed
	if err != nil {
		return err
	}
	return x.Nothing()
}
