package secret

import (
	"bytes"
	"crypto/ed25519"
	"slices"
	"strings"
	"testing"
	"time"

	"cubby/locker/label"
	"cubby/locker/secret/token"
	"cubby/locker/visit"
)

var made = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

// ofAcme is a centre with a key of each purpose, and one that has ended long ago.
func ofAcme() (of Centre, private ed25519.PrivateKey) {
	private = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32))
	key := func(id string, purpose token.Purpose, until time.Time) token.Key {
		return token.Key{
			ID: []byte(id), Purpose: purpose, Public: private.Public().(ed25519.PublicKey),
			From: until.AddDate(0, -3, 0), Until: until,
		}
	}
	return Centre{Station: "acme-7", Keys: token.List{Number: 1, Keys: []token.Key{
		key("k1", token.Pickup, made.AddDate(0, 1, 0)), key("c1", token.Command, made.AddDate(0, 1, 0)),
		key("k0", token.Pickup, made.AddDate(-1, 0, 0)),
	}}}, private
}

func claims() token.Claims {
	return token.Claims{
		ID: [16]byte{0xab, 15: 1}, Station: "acme-7", Purpose: token.Pickup, Label: "1Z999", NotBefore: made,
		Expires: made.AddDate(0, 0, 7),
	}
}

func sign(t testing.TB, c token.Claims, key string, private ed25519.PrivateKey) string {
	t.Helper()
	text, err := token.Sign(c, []byte(key), private)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestATokenIsRecognisedByWhatItSays(t *testing.T) {
	k, of, private := keys(t, 1), Centre{}, ed25519.PrivateKey(nil)
	of, private = ofAcme()
	text := sign(t, claims(), "k1", private)
	want := visit.Token{
		ID: "ab" + strings.Repeat("00", 14) + "01", Label: "1Z999", NotBefore: made, Expires: made.AddDate(0, 0, 7),
		KeyFrom: made.AddDate(0, -2, 0), KeyUntil: made.AddDate(0, 1, 0),
	}
	got := k.Recognise([]byte(text+"\r\n"), of)
	if got.Token == nil || *got.Token != want || got.CodeHash != "token:"+want.ID || got.Presented != "token" ||
		got.Label != "" || got.Text != "" {
		t.Errorf("got %+v, %+v", got, got.Token)
	}
	if !IsSecret([]byte(text)) {
		t.Error("a token is no secret")
	}
	other := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{8}, 32))
	elsewhere := claims()
	elsewhere.Station = "acme-8"
	denied := of
	denied.Keys.Deny = []token.Denial{{ID: claims().ID}}
	for name, c := range map[string]struct {
		text  string
		of    Centre
		wrong string
	}{
		"of no centre":        {text, Centre{}, "invalid"},
		"of an unknown key":   {sign(t, claims(), "k9", private), of, "invalid"},
		"of a forged key":     {sign(t, claims(), "k1", other), of, "invalid"},
		"of a key of orders":  {sign(t, claims(), "c1", private), of, "invalid"},
		"of another station":  {sign(t, elsewhere, "k1", private), of, "foreign"},
		"taken back":          {text, denied, "denied"},
		"cut short":           {text[:len(text)-3], of, "invalid"},
		"with something more": {text + "000", of, "invalid"},
		"far too long":        {text + strings.Repeat("0", 4000), of, "invalid"},
	} {
		got := k.Recognise([]byte(c.text), c.of)
		if got.Presented != "token" || got.Token == nil || got.Token.Wrong != c.wrong || got.Text != "" ||
			got.Label != "" || got.CodeHash == "" {
			t.Errorf("%s: %+v, %+v", name, got, got.Token)
		}
	}
	// When its key ended is for the rules to judge.
	if got := k.Recognise([]byte(sign(t, claims(), "k0", private)), of); got.Token.Wrong != "" ||
		!got.Token.KeyUntil.Equal(made.AddDate(-1, 0, 0)) {
		t.Errorf("%+v", got.Token)
	}
	// A label may begin like a token.
	if got := k.Recognise([]byte("C1234567890"), of); got.Presented != "label" || got.Token != nil {
		t.Errorf("%+v", got)
	}
}

func TestAnAlteredTokenIsNone(t *testing.T) {
	k := keys(t, 1)
	of, private := ofAcme()
	text := []byte(sign(t, claims(), "k1", private))
	for i := range text {
		for _, with := range []byte("0AZ $:\x00z" + string(text[i]^1)) {
			if with == text[i] {
				continue
			}
			altered := slices.Clone(text)
			altered[i] = with
			if got := k.Recognise(altered, of); got.Token != nil && got.Token.Wrong == "" {
				t.Errorf("byte %d as %q is still a token: %+v", i, with, got.Token)
			}
		}
	}
}

func TestTokensAreTakenForAsLongAsTheRulesTakeThem(t *testing.T) {
	if visit.TokenLag != token.Lag {
		t.Errorf("the rules take them for %v, the keys for %v", visit.TokenLag, token.Lag)
	}
}

func FuzzRecognise(f *testing.F) {
	k := keys(f, 5)
	of, private := ofAcme()
	f.Add([]byte(k.NewPickup().Code))
	f.Add([]byte("B:AAAAAAAAAAAAAAAAAAAAAAAAAA\r"))
	f.Add([]byte("]Q1\x1d'; DROP TABLE parcels;--%n\x00\u202e"))
	text := sign(f, claims(), "k1", private)
	f.Add([]byte(text))
	f.Fuzz(func(t *testing.T, data []byte) {
		p := k.Recognise(data, of)
		for _, c := range []byte(p.Label) {
			if c != 0x1d && (c < ' ' || c > '~') {
				t.Errorf("the label %q holds %#x", p.Label, c)
			}
		}
		if len(p.Label) > label.MaxScan || p.Token == nil && p.CodeHash != "" && len(p.CodeHash) != 64 {
			t.Errorf("%+v", p)
		}
		if p.Token == nil {
			return
		}
		if good := string(bytes.TrimRight(data, "\r\n\t ")) == text; (p.Token.Wrong == "") != good {
			t.Errorf("%q is a token: %+v", data, p.Token)
		}
		if p.Label+p.Text != "" || p.BadgeHash != "" || !IsSecret(data) {
			t.Errorf("%+v", p)
		}
	})
}
