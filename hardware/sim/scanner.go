package sim

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"
)

// maxScan is the longest code a reader sends: the capacity of the largest QR
// code in bytes.
const maxScan = 2953

// held is how long somebody holds a code in front of a reader that is not told
// to read.
const held = 10 * time.Second

// readingTime is what a reader takes to find a code after it is told to read.
const readingTime = 30 * time.Millisecond

// commandGap ends a command of which the rest never comes.
const commandGap = 200 * time.Millisecond

var suffixes = map[string]string{"any": "\r", "cr": "\r", "lf": "\n", "crlf": "\r\n", "tab": "\t", "none": ""}

// A Scanner is one serial code reader.
type Scanner struct {
	Terminal string // empty: the kiosk
	Link     string
	Adapter  Adapter
	Baud     int
	Suffix   string // "cr", "lf", "crlf", "tab", "none"; "any" sends cr
	// Kind of a reader that reads only when it is told to: "grow", "ssi",
	// "honeywell", "newland" or "datalogic". Empty: it reads all the time.
	Kind string
	// Packets has an SSI reader send packets; without it the text alone.
	Packets bool
}

func (c Scanner) fitted() bool { return c.Link != "" || c.Adapter != (Adapter{}) }

var scannerFaults = []FaultKind{
	{"scan-split", "scanner", "chance", nil, "codes come in pieces with pauses of up to 40 ms"},
	{"scan-repeat", "scanner", "count", nil, "each code is sent this often"},
	{"scan-noise", "scanner", "chance", nil, "bytes 00 and FF come before a code"},
	{"no-suffix", "scanner", "chance", nil, "a code comes without its suffix and runs into the next"},
	{"aim", "scanner", "choice", []string{"]Q0", "]Q1", "]Q3", "]C0", "]C1", "]d2", "]E0"},
		"codes come with this AIM identifier in front"},
	{"asleep", "scanner", "switch", nil, "takes no command that does not follow a byte 00 by 50 ms (SSI)"},
	{"deaf", "scanner", "chance", nil, "does not hear an acknowledgement and repeats its packet (SSI)"},
}

// Presented is how a code is held before the reader.
type Presented struct {
	Fast   bool   `json:"fast"`   // all bytes at once
	Prefix string `json:"prefix"` // for example an AIM identifier
	Times  int    `json:"times"`  // how often it is read; 0 is once
	Glued  []byte `json:"glued"`  // another code that follows with nothing in between

	Terminal string `json:"terminal,omitempty"` // before whose reader; empty: the kiosk's
}

// A codeReader is one code reader with its line.
type codeReader struct {
	site *Site
	name string // "scanner", or "scanner-desk" of the terminal desk
	cfg  Scanner
	line *line
	ear  listener
}

// Scan lets the kiosk's reader read a code: its bytes, then the suffix. fast sends
// them at once; otherwise they come at the reader's speed and Scan takes as long.
func (s *Site) Scan(code []byte, fast bool) error { return s.Present(code, Presented{Fast: fast}) }

// Present holds a code before a reader. A reader that has to be told to read
// gets ten seconds for that.
func (s *Site) Present(code []byte, how Presented) error {
	r := s.readers[nameAt("scanner", how.Terminal)]
	if r == nil {
		return fmt.Errorf("%s: %w", nameAt("scanner", how.Terminal), ErrUnknown)
	}
	if n := len(code) + len(how.Glued); len(code) == 0 || n > maxScan {
		return fmt.Errorf("a code of %d bytes: 1 to %d: %w", n, maxScan, ErrCannot)
	}
	if how.Times < 0 || how.Times > 100 {
		return fmt.Errorf("%d times: at most 100: %w", how.Times, ErrCannot)
	}
	for range max(1, how.Times, r.repeats()) {
		if err := r.awaitTrigger(); err != nil {
			return err
		}
		if err := r.deliver(code, how); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tell("%s read %d bytes", r.name, len(code))
	return nil
}

func (r *codeReader) repeats() int {
	r.site.mu.Lock()
	defer r.site.mu.Unlock()
	n, _ := r.site.count("scan-repeat", r.name)
	return min(n, 100)
}

// deliver sends what the reader has read.
func (r *codeReader) deliver(code []byte, how Presented) error {
	tx, err := r.line.sender()
	if err != nil {
		return err
	}
	r.site.mu.Lock()
	out := r.scanned(code, how)
	r.site.mu.Unlock()
	var last int64
	stamp := func() { last = monotonicNS() }
	switch {
	case r.cfg.Packets:
		err = r.sendPackets(tx, out.data, stamp)
	case how.Fast:
		err = tx.burst(out.data, stamp)
	default:
		err = tx.send(out.data, out.pauses, stamp)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", r.name, err)
	}
	r.site.mu.Lock()
	defer r.site.mu.Unlock()
	r.site.record(Entry{Kind: "scan", Device: r.name, Bytes: len(out.data), LastByteNS: last})
	return nil
}

// scanned is a code as it goes over the wire. Callers hold mu.
func (r *codeReader) scanned(code []byte, how Presented) (out sending) {
	prefix := how.Prefix
	if aim := r.site.word("aim", r.name); aim != "" && prefix == "" {
		prefix = aim
	}
	dice := r.site.diceOf(r.name)
	if r.site.is("scan-noise", r.name) {
		out.data = append(out.data, []byte{0x00, 0xFF, 0x00}[:1+dice.IntN(3)]...)
	}
	out.data = slices.Concat(out.data, []byte(prefix), code, how.Glued)
	if !r.cfg.Packets && !r.site.is("no-suffix", r.name) {
		out.data = append(out.data, suffixes[r.cfg.Suffix]...)
	}
	if r.site.is("scan-split", r.name) {
		out.pauses = map[int]time.Duration{}
		for range 1 + dice.IntN(3) {
			out.pauses[dice.IntN(len(out.data))] = time.Duration(1+dice.IntN(40)) * time.Millisecond
		}
	}
	return out
}

// A listener is what a reader knows of the commands that were sent to it.
type listener struct {
	pending []byte
	heardAt time.Time // of the last bytes
	armed   bool
	wokenAt time.Time // of the last byte 00
	acked   bool      // SSI: the last packet was acknowledged
	nakked  bool
	changed chan struct{} // closed and replaced when one of these changes
}

// awaitTrigger waits until the reader is told to read, and lets it read once.
func (r *codeReader) awaitTrigger() error {
	if r.cfg.Kind == "" {
		return nil
	}
	limit := time.After(held)
	for {
		r.site.mu.Lock()
		if r.ear.armed {
			r.ear.armed = false
			r.site.mu.Unlock()
			time.Sleep(readingTime)
			return nil
		}
		changed, closed := r.ear.changed, r.site.closed
		r.site.mu.Unlock()
		if closed {
			return fmt.Errorf("the site has closed: %w", ErrCannot)
		}
		select {
		case <-changed:
		case <-limit:
			return fmt.Errorf("nobody has told the reader to read for %s (its trigger is of the kind %q): %w", held,
				r.cfg.Kind, ErrCannot)
		}
	}
}

// hear takes commands to the reader. It runs on the line's goroutine.
func (r *codeReader) hear(c chunk, tx *sender) {
	r.site.mu.Lock()
	if c.at.Sub(r.ear.heardAt) > commandGap {
		r.ear.pending = nil
	}
	r.ear.heardAt = c.at
	r.ear.pending = append(r.ear.pending, c.data...)
	var answers [][]byte
	for {
		before := len(r.ear.pending)
		answer := r.command()
		if len(answer) > 0 {
			answers = append(answers, answer)
		}
		if len(r.ear.pending) == before {
			break
		}
	}
	close(r.ear.changed)
	r.ear.changed = make(chan struct{})
	r.site.mu.Unlock()
	for _, a := range answers {
		time.Sleep(turnaround)
		if tx.send(a, nil, nil) != nil {
			return // unplugged
		}
	}
}

// triggers of readers that take plain strings: on, off.
var triggers = map[string][2]string{
	"honeywell": {"\x16T\r", "\x16U\r"},
	"newland":   {"\x01T\x04", "\x01P\x04"},
	"datalogic": {"T", "X"},
}

// command takes one command, or one byte that begins none, out of what was
// sent, and returns the answer to it.
func (r *codeReader) command() []byte {
	in := r.ear.pending
	if len(in) == 0 {
		return nil
	}
	take := func(n int) { r.ear.pending = bytes.Clone(in[n:]) }
	switch r.cfg.Kind {
	case "grow":
		return r.commandGrow(in, take)
	case "ssi":
		return r.commandSSI(in, take)
	case "":
		take(len(in))
		return nil
	}
	for i, word := range triggers[r.cfg.Kind] {
		if bytes.HasPrefix(in, []byte(word)) {
			take(len(word))
			r.arm(i == 0)
			return nil
		}
		if strings.HasPrefix(word, string(in)) {
			return nil // the rest of it may still come
		}
	}
	take(1)
	return nil
}

// arm switches the reader on or off. Callers hold mu.
func (r *codeReader) arm(on bool) {
	if r.ear.armed != on {
		r.site.tell("the reader's beam is %s", map[bool]string{true: "on", false: "off"}[on])
	}
	r.ear.armed = on
}
