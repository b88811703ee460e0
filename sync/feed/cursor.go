// Package feed holds the reader's position in the change feed: the opaque
// cursor. Cursors are plain values; everything here is safe for concurrent use.
package feed

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"

	"cubby/locker"
)

// A Cursor is a position in the feed of one epoch.
type Cursor struct {
	Seq int64 // sequence of the last event the reader has; 0 before the first

	// Complete is set when the reader got every event up to Seq from the very
	// first one on, each with its clear codes. Only such a reader's return
	// acknowledges codes: one who began at "now", or without the scope for
	// codes, has not seen what would be erased.
	Complete bool
}

// The text of a cursor is base64url without padding of 22 bytes:
//
//	0      version, 1
//	1      flags: bit 0 is Complete
//	2-9    the first eight bytes of SHA-256 of the epoch
//	10-17  sequence, big endian
//	18-21  CRC-32 (IEEE) of bytes 0-17, big endian
//
// The checksum finds damage, not forgery: a reader may only hurt himself.
const (
	version      = 1
	flagComplete = 1
	size         = 22
)

// Text writes the cursor for readers of the epoch.
func (c Cursor) Text(epoch string) string {
	var b [size]byte
	b[0] = version
	if c.Complete {
		b[1] |= flagComplete
	}
	mark := sha256.Sum256([]byte(epoch))
	copy(b[2:10], mark[:8])
	binary.BigEndian.PutUint64(b[10:18], uint64(c.Seq))
	binary.BigEndian.PutUint32(b[18:22], crc32.ChecksumIEEE(b[:18]))
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// Parse reads a cursor back. same is false when it belongs to another epoch:
// the station's log was restored or made anew since, and Seq means nothing in
// it. Text that Text did not write is refused as Invalid.
func Parse(text, epoch string) (c Cursor, same bool, err error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(b) != size || b[0] != version || b[1]&^flagComplete != 0 ||
		binary.BigEndian.Uint32(b[18:22]) != crc32.ChecksumIEEE(b[:18]) ||
		b[10]&0x80 != 0 {
		return Cursor{}, false, locker.Refuse(locker.Invalid, "bad-cursor",
			"the cursor is not one this station has given out; send it back exactly as it came in Cubby-Next-Cursor")
	}
	c.Complete = b[1]&flagComplete != 0
	c.Seq = int64(binary.BigEndian.Uint64(b[10:18]))
	mark := sha256.Sum256([]byte(epoch))
	return c, string(mark[:8]) == string(b[2:10]), nil
}
