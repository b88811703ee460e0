package hardware

import (
	"bytes"
	"crypto/sha256"
	"hash"
)

// scanMax is the longest scan passed on, in bytes.
const scanMax = 512

// A splitter cuts what a scanner sends into scans. It is pure: its user tells
// it of pauses. It holds a secret until the scan is taken.
type splitter struct {
	ends  string // any of these bytes ends a scan; empty: only a pause does
	pair  bool   // only CR LF ends a scan
	data  []byte
	spill hash.Hash // of all that came, since that is more than is kept; else nil
}

// A cut is one scan found by a splitter.
type cut struct {
	data    []byte
	tooLong bool              // data is empty
	digest  [sha256.Size]byte // of all that came, also when it was too long
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
		case len(s.data) < scanMax+1: // one more, for the CR of a pair
			s.data = append(s.data, c)
		default:
			if s.spill == nil {
				s.spill = sha256.New()
				s.spill.Write(s.data)
			}
			s.spill.Write([]byte{c})
			if s.pair {
				s.data[scanMax] = c
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

func (s *splitter) cut(cuts []cut) []cut {
	c := cut{data: s.data, tooLong: len(s.data) > scanMax}
	c.digest = sha256.Sum256(s.data)
	if s.spill != nil {
		c.tooLong = true
		s.spill.Sum(c.digest[:0])
	}
	if c.tooLong {
		c.data = nil
	}
	empty := len(s.data) == 0
	s.data, s.spill = nil, nil
	if empty {
		return cuts
	}
	return append(cuts, c)
}

// leadingNoise is what lines and scanners emit before a code: control bytes,
// except GS, with which a GS1 code may begin, and FF, which is an idle line
// misread.
func leadingNoise(c byte) bool { return c < ' ' && c != 0x1D || c == 0x7F || c == 0xFF }
