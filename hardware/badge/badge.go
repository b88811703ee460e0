// Package badge reads the cards couriers hold before a reader: 125 kHz readers of
// the RDM6300 kind, combined ones for ID and Mifare cards, those that write
// hexadecimal text, and those that write digits like a keyboard.
//
// One card has several spellings. What counts here is its UID as raw bytes, the
// same whatever spelling it came in: the low four bytes of a 125 kHz card (the
// number printed on it), all bytes of a Mifare card. A reader that tells fewer
// bytes makes cards that are the same in those the same card.
//
// A card of either kind can be copied by anyone who has held it, so it lets a
// courier begin a deposit and nothing else. What was read is never logged.
//
// A Parser is pure and has one user.
package badge

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"cubby/hardware/scan"
)

// A Config describes one badge reader.
type Config struct {
	// serial, or "evdev:/dev/input/by-id/..." for a reader that pretends to be a keyboard; empty: none
	// fitted
	Port     string
	Baud     int    // default 9600
	Format   string // "rdm6300" (default), "combined", "hex" or "digits"
	Spelling string // of "digits": "10d" (default) low four bytes, "8d" low three, both decimal; "w26" facility,number
	Reversed bool   // the reader turns the bytes of the UID round
	Layout   string // of a reader that pretends to be a keyboard: one of scan.Layouts, default "us"
	CapsLock bool   // it sends as to a computer whose caps lock is on
}

// Formats and Spellings are what can be chosen, the usual ones first.
var (
	Formats   = []string{"rdm6300", "combined", "hex", "digits"}
	Spellings = []string{"10d", "8d", "w26"}
)

const (
	// Gap ends a text of a reader that ends none with a line.
	Gap = 100 * time.Millisecond
	// Away is how long a card must not be seen for its next sight to be another
	// presentation: readers repeat it about every 50 ms while it is there.
	Away = time.Second

	textMax = 64 // bytes of a text kept
)

// Complete returns the configuration with its defaults, or says what in it
// cannot be.
func (c Config) Complete() (Config, error) {
	if c.Baud == 0 {
		c.Baud = 9600
	}
	if c.Format == "" {
		c.Format = Formats[0]
	}
	if c.Spelling == "" {
		c.Spelling = Spellings[0]
	}
	kind, path := scan.SplitPort(c.Port)
	switch {
	case path == "" || kind == scan.Picture:
		return c, fmt.Errorf("port %q is no badge reader's", c.Port)
	case !slices.Contains(scan.Bauds, c.Baud):
		return c, fmt.Errorf("%d baud is not possible: choose one of %v", c.Baud, scan.Bauds)
	case !slices.Contains(Formats, c.Format):
		return c, fmt.Errorf("format %q is not known: choose one of %s", c.Format, strings.Join(Formats, ", "))
	case !slices.Contains(Spellings, c.Spelling):
		return c, fmt.Errorf("spelling %q is not known: choose one of %s", c.Spelling, strings.Join(Spellings, ", "))
	case kind == scan.Keyboard && c.Format != "digits" && c.Format != "hex":
		return c, fmt.Errorf("a reader that pretends to be a keyboard types: choose format digits or hex, not %s",
			c.Format)
	}
	if _, err := scan.NewKeys(c.Layout, c.CapsLock); err != nil {
		return c, err
	}
	return c, nil
}

// A Parser finds cards in what one reader sends.
type Parser struct {
	cfg    Config
	keys   *scan.Keys // the reader pretends to be a keyboard; else nil
	buffer []byte
	halted int       // so many of its bytes came before the last pause
	cameAt time.Time // when its last bytes came
	paused bool      // there was a pause after them
	ends   ending    // how the reader ends its texts

	last   []byte // the card seen last
	lastAt time.Time
	gone   bool // there was a pause after it: it may have left
	seen   bool // any card since Seen was asked
}

// framed reports whether cards come in frames, and not as text.
func (c Config) framed() bool { return c.Format == "rdm6300" || c.Format == "combined" }

// NewParser makes the parser for a complete configuration.
func NewParser(c Config) *Parser {
	p := &Parser{cfg: c}
	if kind, _ := scan.SplitPort(c.Port); kind == scan.Keyboard {
		p.keys, _ = scan.NewKeys(c.Layout, c.CapsLock) // Complete has refused any other layout
	}
	return p
}

// Feed takes bytes as they came and returns the UIDs of the cards presented
// with them: a card that stays before the reader is one presentation. However
// late bytes are read, only a Pause tells that nothing came in between.
func (p *Parser) Feed(b []byte, at time.Time) [][]byte {
	if p.keys != nil {
		text, lost := p.keys.Type(b)
		if lost {
			p.drop(p.ends)
		}
		b = text
	}
	if p.paused && at.Sub(p.cameAt) >= Away && len(p.buffer) > 0 {
		p.drop(unknownEnd) // its end has not come
	}
	p.cameAt, p.paused = at, false
	p.buffer = append(p.buffer, b...)
	var seen [][]byte
	switch p.cfg.Format {
	case "rdm6300":
		seen = p.frames(rdm6300)
	case "combined":
		seen = p.frames(combined)
	default:
		seen = p.lines()
	}
	return p.presented(seen, at)
}

// Pause says that nothing has come for Gap, since the time given. A frame cut off
// when the card left is dropped. A text without line end is over where that is
// certain; else it is held, for half a number may be another card's.
func (p *Parser) Pause(at time.Time) [][]byte {
	p.paused, p.gone = true, true
	if p.keys != nil {
		p.keys.Rest()
	}
	if p.cfg.framed() {
		p.buffer = nil
		return nil
	}
	return p.presented(p.halt(), at)
}

// Holding reports whether there is a text of which more may come: Still is to be
// told when nothing has come for Away.
func (p *Parser) Holding() bool { return len(p.buffer) > 0 && !p.cfg.framed() }

// Still says that nothing has come for Away, since the time given: what was held
// is over.
func (p *Parser) Still(at time.Time) [][]byte { return p.presented(p.stand(), at) }

// Seen reports whether any card was read since it was last asked, one that has
// been there all the time included: bytes without any are no card reader's.
func (p *Parser) Seen() bool {
	seen := p.seen
	p.seen = false
	return seen
}

// presented leaves out the card that has been there all the time.
func (p *Parser) presented(seen [][]byte, at time.Time) (fresh [][]byte) {
	p.seen = p.seen || len(seen) > 0
	for _, uid := range seen {
		there := bytes.Equal(uid, p.last) && (!p.gone || at.Sub(p.lastAt) < Away)
		p.last, p.lastAt, p.gone = uid, at, false
		if !there {
			fresh = append(fresh, uid)
		}
	}
	return fresh
}
