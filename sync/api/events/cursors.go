package events

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strings"

	"cubby/locker/ledger"
	"cubby/sync/feed"
)

// A cursor that acknowledges codes ends with a proof: whose it is, in ownerBytes of the
// SHA-256 of the key's name, and proofBytes of an HMAC-SHA-256. Nobody makes one out of
// a cursor that acknowledges nothing, or out of another client's.
const (
	ownerBytes = 6
	proofBytes = 12
)

// cursorText writes a cursor for a client: its text, and behind a dot the proof that
// this client has read all events before it, if it has.
func (f family) cursorText(c feed.Cursor, client string) string {
	text := c.Text()
	if !c.Complete || len(f.cursorKey) == 0 {
		return text
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(f.proof(text, ownerOf(client)))
}

// parseCursor reads back what a client sends. A cursor of another client is a place to
// go on from and acknowledges nothing. So is one that claims to be complete and has no
// proof, as versions before gave out.
func (f family) parseCursor(text, client string) (feed.Cursor, error) {
	bare, proof, proven := strings.Cut(text, ".")
	c, err := feed.Parse(bare)
	if err != nil || len(f.cursorKey) == 0 && !proven {
		return c, err
	}
	if !proven {
		c.Complete = false
		return c, nil
	}
	owner, ours := f.proves(bare, proof)
	if !ours || !c.Complete {
		return feed.Cursor{}, ledger.Refuse(ledger.Invalid, "bad-cursor",
			"the cursor is not one this station has given out; send it back exactly as it came in Cubby-Next-Cursor")
	}
	c.Complete = owner == nil || bytes.Equal(owner, ownerOf(client))
	return c, nil
}

// proves reports whether the station has made this proof, and for whom. Earlier
// versions said of nobody whose a cursor is: whoever sends one is believed, and can
// acknowledge only on its own behalf.
func (f family) proves(text, proof string) (owner []byte, ours bool) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(proof)
	switch {
	case err != nil:
		return nil, false
	case len(b) == ownerBytes+proofBytes:
		owner = b[:ownerBytes]
	case len(b) != proofBytes:
		return nil, false
	}
	return owner, hmac.Equal(b, f.proof(text, owner))
}

// proof is made of the cursor's text and, unless there is none, of whose it is.
func (f family) proof(text string, owner []byte) []byte {
	m := hmac.New(sha256.New, f.cursorKey)
	m.Write([]byte(text))
	if owner != nil {
		m.Write([]byte{0}) // in no text
		m.Write(owner)
	}
	return append(bytes.Clone(owner), m.Sum(nil)[:proofBytes]...)
}

func ownerOf(client string) []byte {
	sum := sha256.Sum256([]byte(client))
	return sum[:ownerBytes]
}
