package scan

import (
	"bytes"
	"crypto/sha256"
	"hash"

	"cubby/locker/label"
)

// A splitter cuts what a reader sends into scans. It is pure: its user tells it
// of pauses. It holds a secret until the scan is taken.
type splitter struct {
	ends  string // any of these bytes ends a scan; empty: only a pause does
	pair  bool   // only CR LF ends a scan
	data  []byte
	zeros bool      // a zero byte came among them
	spill hash.Hash // of all that came, since that is more than is kept; else nil
}

func newSplitter(suffix string) *splitter {
	return &splitter{
		ends: map[string]string{"cr": "\r", "lf": "\n", "tab": "\t", "any": "\r\n\t"}[suffix],
		pair: suffix == "crlf",
	}
}

// feed takes bytes as they came and returns the scans they complete.
func (s *splitter) feed(b []byte) (cuts []cut) {
	for _, c := range b {
		switch {
		case s.pair && c == '\n' && bytes.HasSuffix(s.data, []byte{'\r'}):
			s.data = s.data[:len(s.data)-1]
			cuts = append(cuts, s.cut("")...)
		case bytes.IndexByte([]byte(s.ends), c) >= 0:
			cuts = append(cuts, s.cut("")...)
		case c == 0:
			s.zeros = s.zeros || len(s.data) > 0
		case len(s.data) == 0 && leadingNoise(c):
		case len(s.data) < WireMax+1: // one more, for the CR of a pair
			s.data = append(s.data, c)
		default:
			if s.spill == nil {
				s.spill = sha256.New()
				s.spill.Write(s.data)
			}
			s.spill.Write([]byte{c})
			if s.pair {
				s.data[WireMax] = c
			}
		}
	}
	return cuts
}

// pause says that nothing has come for the idle gap, which ends a scan too.
// Line ends left over from a suffix that was not configured are not data.
func (s *splitter) pause() []cut { return s.cut("\r\n") }

// drop forgets the scan that is being collected.
func (s *splitter) drop() { s.data, s.zeros, s.spill = nil, false, nil }

func (s *splitter) holding() bool { return len(s.data) > 0 }

// cut ends the scan that is being collected, without what it may end on that is
// not data. It is several where they are glued together.
func (s *splitter) cut(noData string) (cuts []cut) {
	defer s.drop()
	whole := bytes.TrimRight(s.data, noData)
	if len(whole) > WireMax || s.spill != nil {
		c := newCut(whole)
		c.data, c.tooLong = nil, true
		if s.spill != nil {
			s.spill.Sum(c.digest[:0])
		}
		return []cut{c}
	}
	for _, piece := range unglue(s.data) {
		if piece = bytes.TrimRight(piece, noData); len(piece) > 0 {
			cuts = append(cuts, newCut(piece).with(s.zeros))
		}
	}
	return cuts
}

// unglue takes scans apart that came with nothing between them, where that is
// certain: each has framing characters, the reader names the symbology of each, or
// all are the same code. Readers do so that have no suffix, or lose it, and see a
// code for as long as it is held before them. Anything else stays one scan, which
// then is no code.
func unglue(b []byte) (pieces [][]byte) {
	start := 0
	for at := 1; at < len(b); at++ {
		if framedEnd(b[at-1]) && framedStart(b[at]) {
			pieces = append(pieces, unglueBare(b[start:at])...)
			start = at
		}
	}
	return append(pieces, unglueBare(b[start:])...)
}

// What frames a scan: SOH or STX before it, ETX or EOT behind it.
func framedStart(c byte) bool { return c == 0x01 || c == 0x02 }
func framedEnd(c byte) bool   { return c == 0x03 || c == 0x04 }

func unglueBare(b []byte) (pieces [][]byte) {
	if !identified(b) {
		if n := period(b); n >= shortestTwin {
			b = b[:n]
		}
		return [][]byte{b}
	}
	start := 0
	for at := identifier + 1; at+identifier < len(b); at++ {
		if identified(b[at:]) {
			pieces = append(pieces, b[start:at])
			start = at
			at += identifier
		}
	}
	return append(pieces, b[start:])
}

const (
	identifier   = 3 // bytes that name a symbology
	shortestTwin = 8 // a code of fewer bytes may well repeat itself
)

func identified(b []byte) bool {
	return label.Identifier(string(b[:min(identifier, len(b))])) != ""
}

// period is the length of the shortest piece of which b is made of two or more;
// len(b) when there is none.
func period(b []byte) int {
	for n := 1; n <= len(b)/2; n++ {
		if len(b)%n == 0 && bytes.Equal(b[n:], b[:len(b)-n]) {
			return n
		}
	}
	return len(b)
}

// leadingNoise is what lines and scanners emit before a code: control bytes,
// except GS, with which a GS1 code may begin, and FF, which is an idle line
// misread.
func leadingNoise(c byte) bool { return c < ' ' && c != 0x1D || c == 0x7F || c == 0xFF }

// text is a reader that sends the code as it is, with a suffix or a pause.
type text struct {
	ack   acks
	split *splitter
}

func (t *text) feed(b []byte) ([]cut, []byte) { return t.split.feed(t.ack.strip(b)), nil }

func (t *text) pause() []cut {
	cuts := t.split.feed(t.ack.rest())
	return append(cuts, t.split.pause()...)
}

func (t *text) holding() bool { return t.split.holding() }

// whole is a source of which every piece is one code.
type whole struct{}

func (whole) feed(b []byte) ([]cut, []byte) {
	if len(b) > WireMax {
		return []cut{{tooLong: true, digest: sha256.Sum256(b)}}, nil
	}
	return []cut{newCut(b)}, nil
}

func (whole) pause() []cut  { return nil }
func (whole) holding() bool { return false }
