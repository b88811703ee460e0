package token

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/fxamacker/cbor/v2"
)

// MaxCommand bounds a signed command, in bytes.
const MaxCommand = 512

// CommandLife is the longest time for which a command is good.
const CommandLife = 10 * time.Minute

// What a command orders. There is none for several doors.
const (
	Open    = "open"    // a door, once
	Disable = "disable" // no parcel is put behind this door any more
	Enable  = "enable"  // the door is back in use; only one that a centre has disabled
	Restart = "restart" // the station's core ends and is started again
)

// Bounds of the texts of an order, in bytes: with all at their longest it still fits.
const (
	MaxDoor   = 16
	MaxReason = 120
)

// An Order is a command of a centre to one station. It is obeyed once at most, and what
// the station does not allow itself, no order can make it do.
type Order struct {
	ID      [IDBytes]byte // its one-time number
	Station string
	What    string // Open, Disable, Enable or Restart
	Door    string // empty for Restart
	Parcel  string // id of what the centre believes behind the door; empty: nothing is
	By      string // who ordered it, for people
	Reason  string // for people; may be empty
	Issued  time.Time
	Expires time.Time // whole seconds; the first moment at which it is no longer good
}

// commandClaims are an order as it is written: what CWT has a number for has it.
type commandClaims struct {
	Station string `cbor:"3,keyasint"`
	Expires int64  `cbor:"4,keyasint"`
	Issued  int64  `cbor:"6,keyasint"`
	ID      []byte `cbor:"7,keyasint"`
	What    string `cbor:"-70001,keyasint"`
	Door    string `cbor:"-70002,keyasint,omitempty"`
	Parcel  string `cbor:"-70003,keyasint,omitempty"`
	By      string `cbor:"-70004,keyasint"`
	Reason  string `cbor:"-70005,keyasint,omitempty"`
}

// commandContext is what a command's signature is over besides its bytes, as external_aad
// of RFC 9052: so that no token is ever a command, and no command a token.
var commandContext = []byte("cubby command\x00")

// errNoOrder is all that is said of bytes that are no command.
var errNoOrder = errors.New("this is not a valid command")

// SignOrder makes a command of an order.
func SignOrder(o Order, keyID []byte, key ed25519.PrivateKey) ([]byte, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	if len(keyID) == 0 || len(keyID) > maxKeyID || len(key) != ed25519.PrivateKeySize {
		return nil, fmt.Errorf("a key has an id of 1 to %d bytes, and is one of Ed25519", maxKeyID)
	}
	whole, err := o.write(keyID, func(to []byte) []byte { return ed25519.Sign(key, to) })
	if err == nil && len(whole) > MaxCommand {
		err = fmt.Errorf("the command has %d bytes, and %d are the most", len(whole), MaxCommand)
	}
	return whole, err
}

// write is the one way to write an order.
func (o Order) write(keyID []byte, sign func([]byte) []byte) ([]byte, error) {
	protected, err := writer.Marshal(header{edDSA, keyID})
	if err != nil {
		return nil, err
	}
	payload, err := writer.Marshal(commandClaims{
		o.Station, o.Expires.Unix(), o.Issued.Unix(), o.ID[:], o.What, o.Door, o.Parcel, o.By, o.Reason,
	})
	if err != nil {
		return nil, err
	}
	to, err := writer.Marshal(signed{
		Context: "Signature1", Protected: protected, External: commandContext, Payload: payload,
	})
	if err != nil {
		return nil, err
	}
	return writer.Marshal(cbor.Tag{Number: tagSign1, Content: sign1{
		Protected: protected, Unprotected: map[int]int{}, Payload: payload, Signature: sign(to),
	}})
}

func (o Order) check() error {
	for _, text := range []struct {
		name, is    string
		least, most int
	}{
		{"station", o.Station, 1, maxText}, {"door", o.Door, 0, MaxDoor}, {"parcel", o.Parcel, 0, maxText},
		{"name of who orders it", o.By, 1, maxText}, {"reason", o.Reason, 0, MaxReason},
	} {
		if len(text.is) < text.least || len(text.is) > text.most || !utf8.ValidString(text.is) ||
			strings.ContainsFunc(text.is, misleads) {
			return fmt.Errorf("the %s of a command has %d to %d bytes of plain text",
				text.name, text.least, text.most)
		}
	}
	switch o.What {
	case Open, Disable, Enable:
		if o.Door == "" || o.What != Open && o.Parcel != "" {
			return errors.New("a command is about one door, and only one that opens it names a parcel")
		}
	case Restart:
		if o.Door != "" || o.Parcel != "" {
			return errors.New("a restart is about no door and no parcel")
		}
	default:
		return fmt.Errorf("there is no command %q", o.What)
	}
	if o.ID == [IDBytes]byte{} {
		return errors.New("a command has a number that nobody can guess")
	}
	if life := o.Expires.Sub(o.Issued); life <= 0 || life > CommandLife || o.Issued.Unix() < 0 ||
		o.Expires.Unix() > 1<<40 {
		return fmt.Errorf("a command ends after it begins, and %s later at most", CommandLife)
	}
	return nil
}

// misleads reports whether a character has people read another text than is there: staff
// read who has ordered what, and why.
func misleads(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control, unicode.Zl, unicode.Zp)
}

// ReadOrder reads a command whose signature is right. keys finds a public key by its id,
// nil when there is none. Whether it is good here and now is for the station to say. All
// bytes that are none are told alike.
func ReadOrder(whole []byte, keys func(id []byte) ed25519.PublicKey) (o Order, keyID []byte, err error) {
	if len(whole) > MaxCommand {
		return o, nil, errNoOrder
	}
	s, h, ok := opened(whole, commandContext, keys)
	var w commandClaims
	if !ok || reader.Unmarshal(s.Payload, &w) != nil ||
		len(w.ID) != IDBytes {
		return o, nil, errNoOrder
	}
	o = Order{
		ID: [IDBytes]byte(w.ID), Station: w.Station, What: w.What, Door: w.Door, Parcel: w.Parcel, By: w.By,
		Reason: w.Reason, Issued: time.Unix(w.Issued, 0).UTC(), Expires: time.Unix(w.Expires, 0).UTC(),
	}
	if o.check() != nil {
		return Order{}, nil, errNoOrder
	}
	// another spelling of the same order is another command, and none of ours
	again, err := o.write(h.KeyID, func([]byte) []byte { return s.Signature })
	if err != nil || !bytes.Equal(again, whole) {
		return Order{}, nil, errNoOrder
	}
	return o, h.KeyID, nil
}
