// Package token makes and reads pickup codes that a centre signs before a parcel arrives: a
// CBOR Web Token (RFC 8392) in COSE_Sign1 (RFC 9052), signed with Ed25519 and written in
// base45. A station that never heard of the parcel can check one without a network. It
// proves the right to one parcel at one station; whether the parcel is there and was handed
// over, the station knows.
//
// There is one algorithm, one form of header and one way to write each token: whatever
// differs in a byte is none. Everything here is pure and safe for concurrent use.
package token

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/fxamacker/cbor/v2"
)

// Prefix begins the text of a token, so that readers of other codes are not confused.
const Prefix = "C1"

// MaxBytes bounds a signed token. In base45 that is 384 characters, and fits into a QR code
// that phones show and readers read at arm's length.
const MaxBytes = 256

// Life is the longest time for which a token is good. What would be good for longer is none,
// whoever signs it: stations keep used ones in mind until then.
const Life = 30 * 24 * time.Hour

// Limits of claims.
const (
	IDBytes  = 16
	maxText  = 64 // bytes of a station, a label
	maxKeyID = 8  // bytes
)

// Purpose is what a token is for.
type Purpose string

// Pickup hands a parcel out. One letter: the QR code of a token with a label of 18
// characters just fits into version 8 at level M.
const Pickup Purpose = "p"

// Command is the purpose of keys that sign commands of a centre to a station, such as to
// open a door. Such a key signs no tokens, and a key of tokens no commands.
const Command Purpose = "c"

// Claims are what a token says.
type Claims struct {
	ID        [IDBytes]byte // of the token: it is used once
	Station   string        // where it is good
	Purpose   Purpose
	Label     string    // of the parcel: what the courier scanned, or will
	NotBefore time.Time // whole seconds
	Expires   time.Time // whole seconds; the first moment at which it is no longer good
}

// wireClaims are the claims as CWT numbers them. The subject is "PURPOSE:LABEL": claims of
// our own would take five bytes more each, and the QR code would be larger.
type wireClaims struct {
	Subject   string `cbor:"2,keyasint"`
	Station   string `cbor:"3,keyasint"`
	Expires   int64  `cbor:"4,keyasint"`
	NotBefore int64  `cbor:"5,keyasint"`
	ID        []byte `cbor:"7,keyasint"`
}

// header is the protected header: the algorithm EdDSA (-8), and whose key it is.
type header struct {
	Algorithm int    `cbor:"1,keyasint"`
	KeyID     []byte `cbor:"4,keyasint"`
}

const edDSA = -8

// sign1 is COSE_Sign1, tag 18.
type sign1 struct {
	_           struct{} `cbor:",toarray"`
	Protected   []byte
	Unprotected map[int]int
	Payload     []byte
	Signature   []byte
}

// signed is what is signed: Sig_structure of RFC 9052, section 4.4.
type signed struct {
	_         struct{} `cbor:",toarray"`
	Context   string
	Protected []byte
	External  []byte
	Payload   []byte
}

const tagSign1 = 18

var (
	writer cbor.EncMode // deterministic: RFC 8949, section 4.2
	reader cbor.DecMode // strict
)

func init() {
	var err error
	if writer, err = cbor.CoreDetEncOptions().EncMode(); err != nil {
		panic(err)
	}
	if reader, err = (cbor.DecOptions{
		DupMapKey: cbor.DupMapKeyEnforcedAPF, IndefLength: cbor.IndefLengthForbidden,
		TagsMd:          cbor.TagsAllowed,
		MaxNestedLevels: 4, MaxArrayElements: 16, MaxMapPairs: 16,
		ExtraReturnErrors: cbor.ExtraDecErrorUnknownField, UTF8: cbor.UTF8RejectInvalid,
	}).DecMode(); err != nil {
		panic(err)
	}
}

// errInvalid is all that is said of a text that is no token: whoever tries learns nothing.
var errInvalid = errors.New("this is not a valid pickup token")

// Sign makes the text of a token.
func Sign(c Claims, keyID []byte, key ed25519.PrivateKey) (string, error) {
	if err := c.check(); err != nil {
		return "", err
	}
	if len(keyID) == 0 || len(keyID) > maxKeyID || len(key) != ed25519.PrivateKeySize {
		return "", fmt.Errorf("a key has an id of 1 to %d bytes, and is one of Ed25519", maxKeyID)
	}
	return c.sign(keyID, key)
}

// sign signs claims, whatever they say.
func (c Claims) sign(keyID []byte, key ed25519.PrivateKey) (string, error) {
	protected, err := writer.Marshal(header{edDSA, keyID})
	if err != nil {
		return "", err
	}
	payload, err := writer.Marshal(wireClaims{
		string(c.Purpose) + ":" + c.Label, c.Station, c.Expires.Unix(), c.NotBefore.Unix(), c.ID[:],
	})
	if err != nil {
		return "", err
	}
	to, err := writer.Marshal(signed{
		Context: "Signature1", Protected: protected, External: []byte{}, Payload: payload,
	})
	if err != nil {
		return "", err
	}
	whole, err := writer.Marshal(cbor.Tag{Number: tagSign1, Content: sign1{
		Protected: protected, Unprotected: map[int]int{}, Payload: payload, Signature: ed25519.Sign(key, to),
	}})
	if err != nil {
		return "", err
	}
	if len(whole) > MaxBytes {
		return "", fmt.Errorf("the token has %d bytes, and %d are the most: shorten station or label",
			len(whole), MaxBytes)
	}
	return Prefix + encode45(whole), nil
}

func (c Claims) check() error {
	for _, text := range []string{c.Station, c.Label} {
		if text == "" || len(text) > maxText {
			return fmt.Errorf("station and label have 1 to %d bytes each", maxText)
		}
	}
	if c.Purpose != Pickup {
		return fmt.Errorf("there is no token for %q", c.Purpose)
	}
	if c.ID == [IDBytes]byte{} {
		return errors.New("a token has an id that nobody can guess")
	}
	if life := c.Expires.Sub(c.NotBefore); life <= 0 || life > Life || c.NotBefore.Unix() < 0 ||
		c.Expires.Unix() > 1<<40 {
		return fmt.Errorf("a token ends after it begins, and %d days later at most", Life/(24*time.Hour))
	}
	return nil
}

// Looks reports whether a text may be a token, without reading it.
func Looks(text string) bool {
	return len(text) > len(Prefix) && len(text) <= len(Prefix)+(MaxBytes+1)/2*3 &&
		text[:len(Prefix)] == Prefix
}

// Read reads a token whose signature is right. keys finds a public key by its id, nil when
// there is none. Whether it is good here and now is for Claims.GoodAt to say, and whether
// it was used for the station. Every text that is none is told alike.
func Read(text string, keys func(id []byte) ed25519.PublicKey) (c Claims, keyID []byte, err error) {
	if !Looks(text) {
		return c, nil, errInvalid
	}
	whole, err := decode45(text[len(Prefix):])
	if err != nil || len(whole) > MaxBytes {
		return c, nil, errInvalid
	}
	s, h, ok := opened(whole, []byte{}, keys)
	var w wireClaims
	if !ok || reader.Unmarshal(s.Payload, &w) != nil ||
		len(w.ID) != IDBytes {
		return c, nil, errInvalid
	}
	purpose, label, _ := strings.Cut(w.Subject, ":")
	c = Claims{
		[IDBytes]byte(w.ID), w.Station, Purpose(purpose), label,
		time.Unix(w.NotBefore, 0).UTC(), time.Unix(w.Expires, 0).UTC(),
	}
	if c.check() != nil || !canonical(whole, s, h, w) {
		return Claims{}, nil, errInvalid
	}
	return c, h.KeyID, nil
}

// opened takes a COSE_Sign1 apart that is signed with one of our keys over the external
// data. ok: the signature is right; what is signed has yet to be read.
func opened(whole, external []byte, keys func(id []byte) ed25519.PublicKey) (s sign1, h header, ok bool) {
	var tag cbor.RawTag
	if reader.Unmarshal(whole, &tag) != nil || tag.Number != tagSign1 ||
		reader.Unmarshal(tag.Content, &s) != nil ||
		len(s.Unprotected) != 0 || len(s.Signature) != ed25519.SignatureSize ||
		reader.Unmarshal(s.Protected, &h) != nil || h.Algorithm != edDSA || len(h.KeyID) == 0 ||
		len(h.KeyID) > maxKeyID {
		return s, h, false
	}
	key := keys(h.KeyID)
	if len(key) != ed25519.PublicKeySize {
		return s, h, false
	}
	to, err := writer.Marshal(signed{
		Context: "Signature1", Protected: s.Protected, External: external, Payload: s.Payload,
	})
	return s, h, err == nil && ed25519.Verify(key, to, s.Signature)
}

// canonical reports whether a token is written as Sign writes it: another spelling of the
// same claims is another token, and none of ours.
func canonical(whole []byte, s sign1, h header, w wireClaims) bool {
	protected, err := writer.Marshal(h)
	if err != nil || !bytes.Equal(protected, s.Protected) {
		return false
	}
	payload, err := writer.Marshal(w)
	if err != nil || !bytes.Equal(payload, s.Payload) {
		return false
	}
	s.Unprotected = map[int]int{}
	again, err := writer.Marshal(cbor.Tag{Number: tagSign1, Content: s})
	return err == nil && bytes.Equal(again, whole)
}

// GoodAt reports whether the token is good at a station at a time. skew is by how much the
// station's clock may be off.
func (c Claims) GoodAt(station string, now time.Time, skew time.Duration) bool {
	return c.Station == station && !now.Before(c.NotBefore.Add(-skew)) && now.Before(c.Expires.Add(skew))
}
