// Package scan turns what a code reader sends into codes: readers on a serial
// line that send text or SSI packets, readers that pretend to be a keyboard, and
// pictures of codes that some capture program leaves in a folder.
//
// A Parser is pure: it is told of bytes and of pauses between them, and answers
// with codes and with what has to be sent back. It has one user. What it holds
// is a secret until the code is taken; nothing of it appears in an error.
//
// On the wire up to 4 KiB are kept for one scan, so that several scans glued
// together, or a code in a long envelope, are not lost. A code of more than 512
// bytes is TooLong and its bytes are dropped: nothing that opens a door or
// stands on a parcel is so long.
package scan

import (
	"bytes"
	"crypto/sha256"
	"slices"
	"strings"
	"time"

	"cubby/locker/label"
)

// Bounds of one scan, in bytes.
const (
	CodeMax = 512  // longer codes are TooLong
	WireMax = 4096 // more is not kept while a scan is collected
)

// A Code is one code as it was read.
type Code struct {
	Data      []byte            // without what was added around it; UTF-8 where it can be, else as it came; FNC1 is 1D
	Symbology string            // AIM identifier the reader put in front, for example "]C1"; mostly empty
	TooLong   bool              // Data is empty
	Zeros     bool              // zero bytes came within it, or behind it, and are left out of Data
	Digest    [sha256.Size]byte // of all of it, also when it was too long
}

// A framer finds the scans in a stream.
type framer interface {
	feed(b []byte) (cuts []cut, reply []byte)
	pause() []cut
	holding() bool
}

// A Parser finds codes in what one reader sends.
type Parser struct {
	framer  framer
	instead string   // what the reader sends for FNC1
	nothing []string // what it sends when it has read nothing
}

// NewParser makes the parser for a complete configuration.
func NewParser(c Config) *Parser {
	p := &Parser{instead: c.Separator, nothing: c.nothings()}
	switch {
	case c.Kind() == Picture:
		p.framer = whole{}
	case c.Kind() == Keyboard:
		keys, _ := NewKeys(c.Layout, c.CapsLock) // Complete has refused any other layout
		p.framer = &typed{keys: keys, split: newSplitter(c.Suffix)}
	case c.Frame == "ssi":
		p.framer = &ssi{}
	default:
		p.framer = &text{split: newSplitter(c.Suffix)}
	}
	return p
}

// Feed takes bytes as they came. It returns the codes they complete and what is
// to be written to the reader, which is nothing but acknowledgements.
func (p *Parser) Feed(b []byte) (codes []Code, reply []byte) {
	cuts, reply := p.framer.feed(b)
	return p.codes(cuts), reply
}

// Pause says that nothing has come for the idle gap, which ends a scan too.
func (p *Parser) Pause() []Code { return p.codes(p.framer.pause()) }

// Holding reports whether part of a scan has come and its end has not.
func (p *Parser) Holding() bool { return p.framer.holding() }

func (p *Parser) codes(cuts []cut) (codes []Code) {
	for _, c := range cuts {
		code := Code{TooLong: c.tooLong, Zeros: c.zeros, Digest: c.digest}
		if !c.tooLong {
			code.Data, code.Symbology = label.Strip(c.data, decode)
			if p.instead != "" {
				code.Data = bytes.ReplaceAll(code.Data, []byte(p.instead), []byte{0x1D})
			}
			if len(code.Data) == 0 || p.isNothing(code.Data) {
				continue
			}
			if len(code.Data) > CodeMax {
				code.Data, code.TooLong = nil, true
			}
		}
		codes = append(codes, code)
	}
	return codes
}

// isNothing reports whether a text says that nothing was read.
func (p *Parser) isNothing(data []byte) bool {
	text := strings.TrimSpace(string(data))
	return slices.ContainsFunc(p.nothing, func(n string) bool { return strings.EqualFold(text, n) })
}

// A cut is one scan found in a stream.
type cut struct {
	data    []byte
	zeros   bool              // some came and are not in data
	tooLong bool              // more than WireMax; data is empty
	digest  [sha256.Size]byte // of all that came, also when it was too long
}

func newCut(data []byte) cut { return cut{data: data, digest: sha256.Sum256(data)} }

// with notes whether zero bytes were left out of the data: then it is not the same
// scan as that without them.
func (c cut) with(zeros bool) cut {
	if c.zeros = zeros; zeros {
		c.digest = sha256.Sum256(append(bytes.Clone(c.data), 0))
	}
	return c
}

// Wait is how long nothing must come for a scan to be over without its suffix:
// the idle gap, and where every code should have its suffix a second at least.
func (c Config) Wait() time.Duration {
	if c.Frame == "ssi" || c.Suffix == "any" || c.Suffix == "none" {
		return c.IdleGap
	}
	return max(c.IdleGap, suffixWait)
}

const suffixWait = time.Second // how long a suffix is waited for that every code should have
