// Package feed holds the reader's position in the change feed: the opaque
// cursor. Cursors are plain values; everything here is safe for concurrent use.
package feed

import (
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"

	"cubby/locker/ledger"
)

// A Cursor is a position in the feed of one log.
type Cursor struct {
	Seq int64 // sequence of the last event the reader has; 0 before the first

	// Incarnation is that of the log to which Seq belongs. It tells a log
	// from another that has other events up to Seq, as when one was restored from
	// a copy and has gone on.
	Incarnation [8]byte

	// Complete is set when the reader got every event up to Seq from the very
	// first one on, each with its clear codes. Only such a reader's return
	// acknowledges codes for its key: one that began at "now", or without the
	// scope for codes, has not seen what would be erased.
	Complete bool
}

// The text of a cursor is base64url without padding of 22 bytes:
//
//	0      version, 1
//	1      flags: bit 0 is Complete
//	2-9    id of the incarnation to which the sequence belongs
//	10-17  sequence, big endian
//	18-21  CRC-32 (IEEE) of bytes 0-17, big endian
//
// The checksum finds damage, not forgery: a reader may only do harm to itself.
const (
	version      = 1
	flagComplete = 1
	size         = 22
)

// Text writes the cursor for readers.
func (c Cursor) Text() string {
	var b [size]byte
	b[0] = version
	if c.Complete {
		b[1] |= flagComplete
	}
	copy(b[2:10], c.Incarnation[:])
	binary.BigEndian.PutUint64(b[10:18], uint64(c.Seq))
	binary.BigEndian.PutUint32(b[18:22], crc32.ChecksumIEEE(b[:18]))
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// Parse reads a cursor back. Text that Text did not write is refused as Invalid.
// Seq means nothing in a log where it has another Incarnation.
func Parse(text string) (c Cursor, err error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || base64.RawURLEncoding.EncodedLen(size) != len(text) || // the decoder passes over line ends
		len(b) != size || b[0] != version ||
		b[1]&^flagComplete != 0 ||
		binary.BigEndian.Uint32(b[18:22]) != crc32.ChecksumIEEE(b[:18]) ||
		b[10]&0x80 != 0 {
		return Cursor{}, ledger.Refuse(ledger.Invalid, "bad-cursor",
			"the cursor is not one this station has given out; send it back exactly as it came in Cubby-Next-Cursor")
	}
	c.Complete = b[1]&flagComplete != 0
	c.Seq = int64(binary.BigEndian.Uint64(b[10:18]))
	c.Incarnation = [8]byte(b[2:])
	return c, nil
}
