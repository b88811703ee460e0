package parcel

import (
	"time"

	"cubby/locker/label"
	"cubby/locker/ledger"
	"cubby/locker/visit"
)

// A UsedToken is one that was shown and accepted. What it opens still is in Credentials,
// under the same key.
type UsedToken struct {
	ID     string    `json:"id"` // hexadecimal
	Parcel string    `json:"parcel"`
	Until  time.Time `json:"until"` // by the calendar; nobody could use it again from then on
}

// Tokens are those that were used, by the key of their credential.
var (
	Tokens     = ledger.NewTable[UsedToken]("tokens", "hash")
	oldTokens  = ledger.NewDue(Tokens, func(u UsedToken) time.Time { return u.Until })
	tokenEntry = "token:" // and the id: the key of a token's credential
)

type (
	// TokenUsed: a token that a centre has made was accepted for a parcel for the first time. It
	// opens this parcel's door from now on, as its code does, and nothing else ever.
	TokenUsed struct {
		OfParcel
		Compartment string    `json:"compartment,omitempty"` // empty: at the counter
		Token       string    `json:"token_id"`              // hexadecimal; it opens nothing
		Until       time.Time `json:"until"`                 // it is kept in mind until then
	}
	// TokensForgotten: nobody could use these any more, and they need not be known.
	TokensForgotten struct {
		Tokens []string `json:"token_ids"`
	}
)

func (TokenUsed) Type() string { return "parcel.token_used" }

func (f *TokenUsed) Apply(s *ledger.State, _ time.Time) {
	hash := tokenEntry + f.Token
	Tokens.Put(s, hash, UsedToken{f.Token, f.ParcelID, f.Until})
	Credentials.Put(s, hash, Credential{hash, ByToken, f.ParcelID, Live})
}

func (TokensForgotten) Type() string    { return "parcel.tokens_forgotten" }
func (TokensForgotten) Subject() string { return "station" }
func (TokensForgotten) Published() bool { return false }

func (f *TokensForgotten) Apply(s *ledger.State, _ time.Time) {
	for _, id := range f.Tokens {
		Tokens.Delete(s, tokenEntry+id)
		Credentials.Delete(s, tokenEntry+id)
	}
}

// forgetTokens forgets tokens that have been over for so long that no clock makes them good.
func forgetTokens(t *visit.Turn) {
	var f TokensForgotten
	for _, u := range oldTokens.Until(t.State, t.Today()) {
		f.Tokens = append(f.Tokens, u.ID)
	}
	if len(f.Tokens) > 0 {
		t.Emit(&f)
	}
}

// bearerOfToken finds the parcel that a token gives a right to now, or says why there is
// none. One that was used is good for the parcel it was used for, and no other.
func bearerOfToken(t *visit.Turn, k *visit.Token) (p Parcel, why string) {
	if k.Wrong != "" {
		return Parcel{}, k.Wrong
	}
	used, known := Credentials.Get(t.State, tokenEntry+k.ID)
	if known {
		if used.State != Live {
			return Parcel{ID: used.Parcel}, string(used.State)
		}
		p, _ = Parcels.Get(t.State, used.Parcel)
	} else if p, why = parcelOfToken(t, k); why != "" {
		return p, why
	}
	if p.EndsToken(k.NotBefore) {
		return p, string(Revoked)
	}
	if !known || p.State != Collecting { // whoever stands at the open door may come back to it
		if why = t.WhyNotNow(k); why != "" {
			return p, why
		}
	}
	return here(t, p)
}

// parcelOfToken finds the one parcel with the label of a token that was not used. Where a
// parcel with this label was handed out since the token was made, it was the token's.
func parcelOfToken(t *visit.Turn, k *visit.Token) (p Parcel, why string) {
	keys, why := label.Keys(k.Label), "unknown"
	if len(keys) == 0 {
		return p, why
	}
	gone := false
	for _, c := range ByLabel(t.State, keys) {
		switch {
		case c.ID == p.ID, c.State == Cancelled, c.Direction == BroughtBack, c.fits(k.Label, keys) == not:
		case c.State.Final():
			gone = gone || c.EndedAt == nil || c.EndedAt.After(k.NotBefore.Add(-visit.Slack))
		case p.ID != "":
			return Parcel{}, "ambiguous"
		default:
			p, why = c, ""
		}
	}
	if gone {
		return Parcel{}, "used"
	}
	return p, why
}

// Shown is the parcel that a scanned code or token is of; ok: it gives a right to it now.
// The parcel of a code is known also when it does not.
func Shown(t *visit.Turn, c visit.Present) (id string, ok bool) {
	if c.Token != nil {
		p, why := bearerOfToken(t, c.Token)
		return p.ID, why == ""
	}
	code, known := Credentials.Get(t.State, c.CodeHash)
	return code.Parcel, known && c.CodeHash != "" && code.State == Live
}

// noteToken keeps in mind that a token was used, the first time it is.
func noteToken(t *visit.Turn, p Parcel, k *visit.Token) {
	if k == nil {
		return
	}
	if _, known := Credentials.Get(t.State, tokenEntry+k.ID); !known {
		t.Emit(&TokenUsed{of(p), p.Compartment, k.ID, k.Expires.Add(visit.TokenLag)})
	}
}
