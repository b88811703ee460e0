package people

import (
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

	ReadsOnly bool `json:"reads_only"`
}

// newKey is what a key is made with.
type newKey struct {
	Name      string   `json:"name"       check:"required,id" slug:"key-name"`
	Scopes    []string `json:"scopes"     check:"most=64"`
	ReadsOnly bool     `json:"reads_only"`
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
	token, err := f.station.AddKey(x.Context(), k.Name, k.Scopes, k.ReadsOnly)
	if err != nil {
		return err
	}
	return x.Encode(http.StatusCreated, struct {
		Name      string   `json:"name"`
		Scopes    []string `json:"scopes"`
		ReadsOnly bool     `json:"reads_only"`
		Token     string   `json:"token"`
	}{k.Name, k.Scopes, k.ReadsOnly, token})
}

func (f family) listKeys(x *rest.Exchange) error {
	keys, err := f.station.Keys(x.Context())
	if err != nil {
		return err
	}
	list := []keyAnswer{}
	for _, k := range keys {
		list = append(list, keyAnswer{k.Name, k.Scopes, k.Created.UTC(), k.Revoked, k.ReadsOnly})
	}
	return x.Encode(http.StatusOK, map[string]any{"keys": list})
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
