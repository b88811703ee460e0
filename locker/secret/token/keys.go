package token

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"time"

	"github.com/fxamacker/cbor/v2"
)

// Lag is for how long after its end a key's tokens are still taken: a token's longest life,
// 30 days, and the longest time that a station is promised to work without a network, 14.
const Lag = 44 * 24 * time.Hour

// Limits of a key list.
const (
	mostKeys = 16
	mostDeny = 4096
	maxList  = 128 << 10 // bytes
)

// A Key signs for one purpose.
type Key struct {
	ID          []byte
	Purpose     Purpose
	Public      ed25519.PublicKey
	From, Until time.Time // whole seconds; when it signs
}

// A Denial takes a token back.
type Denial struct {
	ID     [IDBytes]byte
	Reason string
}

// A List is the keys of a centre and the tokens it has taken back, signed with its root
// key. Of two lists the one with the higher number counts.
type List struct {
	Number int64
	Issued time.Time
	Keys   []Key
	Deny   []Denial
}

type wireKey struct {
	ID     []byte `cbor:"1,keyasint"`
	Public []byte `cbor:"2,keyasint"`
	From   int64  `cbor:"3,keyasint"`
	Until  int64  `cbor:"4,keyasint"`

	Purpose Purpose `cbor:"5,keyasint"`
}

type wireDenial struct {
	ID     []byte `cbor:"1,keyasint"`
	Reason string `cbor:"2,keyasint"`
}

type wireList struct {
	Number int64        `cbor:"1,keyasint"`
	Issued int64        `cbor:"2,keyasint"`
	Keys   []wireKey    `cbor:"3,keyasint"`
	Deny   []wireDenial `cbor:"4,keyasint,omitempty"`
}

// signedList is a list with its signature, which is over "cubby key list" and its bytes.
type signedList struct {
	List      []byte `cbor:"1,keyasint"`
	Signature []byte `cbor:"2,keyasint"`
}

const listContext = "cubby key list\x00"

var listReader = func() cbor.DecMode {
	m, err := (cbor.DecOptions{
		DupMapKey: cbor.DupMapKeyEnforcedAPF, IndefLength: cbor.IndefLengthForbidden,
		TagsMd:          cbor.TagsForbidden,
		MaxNestedLevels: 5, MaxArrayElements: mostDeny, MaxMapPairs: 16,
		ExtraReturnErrors: cbor.ExtraDecErrorUnknownField, UTF8: cbor.UTF8RejectInvalid,
	}).DecMode()
	if err != nil {
		panic(err)
	}
	return m
}()

// SignList signs a list with the root key.
func SignList(l List, root ed25519.PrivateKey) ([]byte, error) {
	if err := l.check(); err != nil {
		return nil, err
	}
	w := wireList{Number: l.Number, Issued: l.Issued.Unix()}
	for _, k := range l.Keys {
		w.Keys = append(w.Keys, wireKey{k.ID, k.Public, k.From.Unix(), k.Until.Unix(), k.Purpose})
	}
	for _, d := range l.Deny {
		w.Deny = append(w.Deny, wireDenial{d.ID[:], d.Reason})
	}
	body, err := writer.Marshal(w)
	if err != nil {
		return nil, err
	}
	return writer.Marshal(signedList{body, ed25519.Sign(root, append([]byte(listContext), body...))})
}

func (l List) check() error {
	if l.Number < 1 || len(l.Keys) > mostKeys || len(l.Deny) > mostDeny {
		return fmt.Errorf("a key list has a number from 1, and at most %d keys and %d denials",
			mostKeys, mostDeny)
	}
	ids := map[string]bool{}
	for _, k := range l.Keys {
		if len(k.ID) == 0 || len(k.ID) > maxKeyID || len(k.Public) != ed25519.PublicKeySize ||
			ids[string(k.ID)] || k.Purpose != Pickup && k.Purpose != Command ||
			!k.From.Before(k.Until) {
			return errors.New("a key has an id of its own, a purpose, a public key of 32 bytes, and " +
				"begins before it ends")
		}
		ids[string(k.ID)] = true
	}
	for _, d := range l.Deny {
		if len(d.Reason) > 200 {
			return errors.New("the reason of a denial has at most 200 bytes")
		}
	}
	return nil
}

var errNoList = errors.New("this is not a key list of the centre the station has joined")

// ReadList reads a list that one of the root keys has signed.
func ReadList(signed []byte, roots []ed25519.PublicKey) (l List, err error) {
	var s signedList
	if len(signed) > maxList || listReader.Unmarshal(signed, &s) != nil {
		return l, errNoList
	}
	known := false
	for _, root := range roots {
		known = known || len(root) == ed25519.PublicKeySize &&
			ed25519.Verify(root, append([]byte(listContext), s.List...), s.Signature)
	}
	if !known {
		return l, errNoList
	}
	return KeptList(signed)
}

// KeptList reads a list whose signature was checked when it came in.
func KeptList(signed []byte) (l List, err error) {
	var s signedList
	var w wireList
	if len(signed) > maxList || listReader.Unmarshal(signed, &s) != nil ||
		listReader.Unmarshal(s.List, &w) != nil {
		return l, errNoList
	}
	l = List{Number: w.Number, Issued: time.Unix(w.Issued, 0).UTC()}
	for _, k := range w.Keys {
		l.Keys = append(l.Keys, Key{
			k.ID, k.Purpose, k.Public, time.Unix(k.From, 0).UTC(), time.Unix(k.Until, 0).UTC(),
		})
	}
	for _, d := range w.Deny {
		if len(d.ID) != IDBytes {
			return List{}, errNoList
		}
		l.Deny = append(l.Deny, Denial{[IDBytes]byte(d.ID), d.Reason})
	}
	if l.check() != nil {
		return List{}, errNoList
	}
	return l, nil
}

// Newer is the list to go on with when another one arrives: the one with the higher number.
func (l List) Newer(other List) List {
	if other.Number > l.Number {
		return other
	}
	return l
}

// Key finds a key by its purpose and id at a time; nil when there is none, or when it has
// ended longer ago than Lag, or one of commands has ended at all. skew is by how much the
// station's clock may be off.
func (l List) Key(purpose Purpose, id []byte, now time.Time, skew time.Duration) ed25519.PublicKey {
	lag := Lag
	if purpose != Pickup {
		lag = 0
	}
	for _, k := range l.Keys {
		if string(k.ID) == string(id) && k.Purpose == purpose && !now.Before(k.From.Add(-skew)) &&
			now.Before(k.Until.Add(lag+skew)) {
			return k.Public
		}
	}
	return nil
}

// Of finds a key by its purpose and id, whenever it signs.
func (l List) Of(purpose Purpose, id []byte) (Key, bool) {
	for _, k := range l.Keys {
		if string(k.ID) == string(id) && k.Purpose == purpose {
			return k, true
		}
	}
	return Key{}, false
}

// Denied reports whether a token was taken back, and why.
func (l List) Denied(id [IDBytes]byte) (reason string, denied bool) {
	for _, d := range l.Deny {
		if d.ID == id {
			return d.Reason, true
		}
	}
	return "", false
}
