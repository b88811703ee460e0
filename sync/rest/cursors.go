package rest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strings"

	"cubby/locker"
	"cubby/sync/feed"
)

// proofBytes of the HMAC-SHA-256 follow a cursor that acknowledges codes: nobody makes
// one out of a cursor that does not, and so erases codes that are another reader's.
const proofBytes = 12

// cursorText writes a cursor for readers: its text, and behind a dot the proof that all
// events before it have been read, if they have been.
func (s *Server) cursorText(c feed.Cursor) string {
	text := c.Text()
	if !c.Complete || len(s.CursorKey) == 0 {
		return text
	}
	return text + "." + s.proof(text)
}

// parseCursor reads a cursor back. One that claims to be complete and has no proof, as
// versions before gave out, is where its reader was and acknowledges nothing.
func (s *Server) parseCursor(text string) (feed.Cursor, error) {
	bare, proof, proven := strings.Cut(text, ".")
	c, err := feed.Parse(bare)
	if err != nil || len(s.CursorKey) == 0 && !proven {
		return c, err
	}
	if proven && (!c.Complete || !hmac.Equal([]byte(proof), []byte(s.proof(bare)))) {
		return feed.Cursor{}, locker.Refuse(locker.Invalid, "bad-cursor",
			"the cursor is not one this station has given out; send it back exactly as it came in Cubby-Next-Cursor")
	}
	c.Complete = c.Complete && proven
	return c, nil
}

func (s *Server) proof(text string) string {
	m := hmac.New(sha256.New, s.CursorKey)
	m.Write([]byte(text))
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil)[:proofBytes])
}
