package hardware

import "bytes"

// scanMax is the longest scan passed on, in bytes.
const scanMax = 512

// A splitter cuts what a scanner sends into scans. It is pure: its user tells
// it of pauses. It holds a secret until the scan is taken.
type splitter struct {
	ends  string // any of these bytes ends a scan; empty: only a pause does
	pair  bool   // only CR LF ends a scan
	data  []byte
	spill bool // more than scanMax came; the rest is swallowed
}

// A cut is one scan found by a splitter.
type cut struct {
	data    []byte
	tooLong bool
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
			s.spill = true
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

// holding reports whether a scan has begun.
func (s *splitter) holding() bool { return len(s.data) > 0 }

func (s *splitter) cut(cuts []cut) []cut {
	switch {
	case s.spill || len(s.data) > scanMax:
		cuts = append(cuts, cut{tooLong: true})
	case len(s.data) > 0:
		cuts = append(cuts, cut{data: s.data})
	}
	s.data, s.spill = nil, false
	return cuts
}

// leadingNoise is what lines and scanners emit before a code: control bytes,
// except GS, with which a GS1 code may begin, and FF, which is an idle line
// misread.
func leadingNoise(c byte) bool { return c < ' ' && c != 0x1D || c == 0x7F || c == 0xFF }
