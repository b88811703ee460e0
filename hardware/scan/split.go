package scan

import (
	"bytes"
	"crypto/sha256"
	"hash"
)

// A splitter cuts what a reader sends into scans. It is pure: its user tells it
// of pauses. It holds a secret until the scan is taken.
type splitter struct {
	ends  string // any of these bytes ends a scan; empty: only a pause does
	pair  bool   // only CR LF ends a scan
	data  []byte
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
			cuts = s.cut(cuts)
		case bytes.IndexByte([]byte(s.ends), c) >= 0:
			cuts = s.cut(cuts)
		case c == 0 || len(s.data) == 0 && leadingNoise(c):
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
func (s *splitter) pause() (cuts []cut) {
	s.data = bytes.TrimRight(s.data, "\r\n")
	return s.cut(nil)
}

// drop forgets the scan that is being collected.
func (s *splitter) drop() { s.data, s.spill = nil, nil }

func (s *splitter) holding() bool { return len(s.data) > 0 }

func (s *splitter) cut(cuts []cut) []cut {
	c := newCut(s.data)
	c.tooLong = len(s.data) > WireMax
	if s.spill != nil {
		c.tooLong = true
		s.spill.Sum(c.digest[:0])
	}
	if c.tooLong {
		c.data = nil
	}
	empty := len(s.data) == 0
	s.drop()
	if empty {
		return cuts
	}
	return append(cuts, c)
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
