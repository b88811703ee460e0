package price

import (
	"bytes"
	"cmp"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// MostBytes bounds a snapshot as it is written.
const MostBytes = 64 << 20

// Read reads a snapshot from JSON and checks it. The error is a *Mistakes when it can be
// read and is wrong. known is as in Check.
func Read(text []byte, known func(sku string) bool) (*Snapshot, error) {
	var s Snapshot
	if err := decode(text, MostBytes, &s); err != nil {
		return nil, fmt.Errorf("these are no prices: %w", err)
	}
	if err := s.Check(known); err != nil {
		return nil, err
	}
	s.order()
	return &s, nil
}

func decode(text []byte, most int, into any) error {
	if len(text) > most {
		return fmt.Errorf("there are %d bytes; at most %d", len(text), most)
	}
	text = bytes.TrimPrefix(text, []byte("\xEF\xBB\xBF")) // a mark that some editors write first
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		var form *json.UnmarshalTypeError
		if errors.As(err, &form) {
			return fmt.Errorf("/%s is a %s, and must be %s", strings.ReplaceAll(form.Field, ".", "/"),
				form.Value, kindOf(form.Type.Kind().String()))
		}
		return errors.New(strings.TrimPrefix(err.Error(), "json: "))
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something stands behind them")
	}
	return nil
}

// kindOf names a kind of Go in the words of JSON, with its article.
func kindOf(kind string) string {
	switch {
	case kind == "struct" || kind == "map" || kind == "ptr":
		return "an object"
	case kind == "slice":
		return "a list"
	case strings.HasPrefix(kind, "int"):
		return "a whole number"
	}
	return "a " + kind
}

// order puts everything in the one order in which it is written and found.
func (s *Snapshot) order() {
	s.Issued, s.Until = s.Issued.UTC(), s.Until.UTC()
	for i := range s.Prices {
		p := &s.Prices[i]
		p.From, p.Until = p.From.UTC(), p.Until.UTC()
	}
	slices.SortStableFunc(s.Prices, func(a, b Price) int {
		return cmp.Or(cmp.Compare(a.SKU, b.SKU), cmp.Compare(a.Channel, b.Channel), flag(a.Member, b.Member),
			a.From.Compare(b.From))
	})
	for i := range s.History {
		h := &s.History[i]
		h.From, h.Until = h.From.UTC(), h.Until.UTC()
	}
	slices.SortStableFunc(s.History, func(a, b Past) int {
		return cmp.Or(cmp.Compare(a.SKU, b.SKU), cmp.Compare(a.Channel, b.Channel), a.From.Compare(b.From),
			a.Until.Compare(b.Until), cmp.Compare(a.Minor, b.Minor))
	})
	for i := range s.Promotions {
		p := &s.Promotions[i]
		p.From, p.Until = p.From.UTC(), p.Until.UTC()
		for _, set := range [][]string{p.SKUs, p.Categories, p.Channels, p.Tags, p.With} {
			slices.Sort(set)
		}
		slices.SortStableFunc(p.Parts, func(a, b Part) int { return cmp.Compare(a.SKU, b.SKU) })
		if p.Coupon != nil {
			slices.Sort(p.Coupon.Codes)
		}
	}
	slices.SortStableFunc(s.Promotions, func(a, b Promotion) int { return cmp.Compare(a.ID, b.ID) })
}

func flag(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// Write writes the snapshot in its one form: the same prices are the same bytes, in
// whatever order they were given. It sorts the snapshot.
func (s *Snapshot) Write() ([]byte, error) {
	s.order()
	return json.Marshal(s)
}

// Hash is the SHA-256 of the snapshot as Write writes it, in hexadecimal.
func (s *Snapshot) Hash() (string, error) {
	text, err := s.Write()
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), err
}

// signed is a snapshot with its signature, which is over "cubby prices" and its bytes.
type signed struct {
	Key       string          `json:"key"` // id, in hexadecimal
	Signature string          `json:"signature"`
	Prices    json.RawMessage `json:"prices"`
}

const signedContext = "cubby prices\x00"

// longestKeyID bounds ids of keys, in bytes.
const longestKeyID = 8

// Sign checks a snapshot and signs it for stations.
func (s *Snapshot) Sign(keyID []byte, key ed25519.PrivateKey) ([]byte, error) {
	if len(keyID) == 0 || len(keyID) > longestKeyID || len(key) != ed25519.PrivateKeySize {
		return nil, fmt.Errorf("a key has an id of 1 to %d bytes, and is one of Ed25519", longestKeyID)
	}
	if err := s.Check(nil); err != nil {
		return nil, err
	}
	text, err := s.Write()
	if err != nil {
		return nil, err
	}
	if len(text) > MostBytes {
		return nil, fmt.Errorf("the prices have %d bytes; at most %d", len(text), MostBytes)
	}
	signature := ed25519.Sign(key, append([]byte(signedContext), text...))
	return json.Marshal(signed{hex.EncodeToString(keyID), base64.StdEncoding.EncodeToString(signature), text})
}

// errUnsigned is all that is said of prices that nobody known has signed.
var errUnsigned = errors.New("these prices are not signed by the centre that the station has joined")

// ReadSigned reads a snapshot whose signature is right. keys finds a public key by its id,
// nil when there is none. Whether it is sold by now is for Good to say.
func ReadSigned(text []byte, keys func(id []byte) ed25519.PublicKey) (*Snapshot, error) {
	var w signed
	if err := decode(text, MostBytes+1024, &w); err != nil {
		return nil, errUnsigned
	}
	id, err := hex.DecodeString(w.Key)
	if err != nil || len(id) == 0 || len(id) > longestKeyID {
		return nil, errUnsigned
	}
	signature, err := base64.StdEncoding.DecodeString(w.Signature)
	key := keys(id)
	if err != nil || len(key) != ed25519.PublicKeySize ||
		!ed25519.Verify(key, append([]byte(signedContext), w.Prices...), signature) {
		return nil, errUnsigned
	}
	s, err := Read(w.Prices, nil)
	if err != nil {
		return nil, err
	}
	if again, err := s.Write(); err != nil || !bytes.Equal(again, w.Prices) {
		return nil, errors.New("these prices are signed, and not written in their one form: sign them anew")
	}
	return s, nil
}

// Good reports whether may be sold by the snapshot at a time.
func (s *Snapshot) Good(now time.Time) bool { return now.Before(s.Until) }
