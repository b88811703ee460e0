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
	Link    string
	Adapter Adapter
	Baud    int
	Suffix  string // "cr", "lf", "crlf", "tab", "none"; "any" sends cr
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
	{"aim", "scanner", "choice", []string{"]Q0", "]Q1", "]Q3", "]C0", "]C1", "]d2", "]E0"}, "codes come with this AIM identifier in front"},
	{"asleep", "scanner", "switch", nil, "takes no command that does not follow a byte 00 by 50 ms (SSI)"},
	{"deaf", "scanner", "chance", nil, "does not hear an acknowledgement and repeats its packet (SSI)"},
}

// Presented is how a code is held before the reader.
type Presented struct {
	Fast   bool   `json:"fast"`   // all bytes at once
	Prefix string `json:"prefix"` // for example an AIM identifier
	Times  int    `json:"times"`  // how often it is read; 0 is once
	Glued  []byte `json:"glued"`  // another code that follows with nothing in between
}

// Scan lets the reader read a code: its bytes, then the suffix. fast sends them
// at once; otherwise they come at the reader's speed and Scan takes as long.
func (s *Site) Scan(code []byte, fast bool) error { return s.Present(code, Presented{Fast: fast}) }

// Present holds a code before the reader. A reader that has to be told to read
// gets ten seconds for that.
func (s *Site) Present(code []byte, how Presented) error {
	if s.scanner == nil {
		return fmt.Errorf("scanner: %w", ErrUnknown)
	}
	if n := len(code) + len(how.Glued); len(code) == 0 || n > maxScan {
		return fmt.Errorf("a code of %d bytes: 1 to %d: %w", n, maxScan, ErrCannot)
	}
	if how.Times < 0 || how.Times > 100 {
		return fmt.Errorf("%d times: at most 100: %w", how.Times, ErrCannot)
	}
	for range max(1, how.Times, s.repeats()) {
		if err := s.awaitTrigger(); err != nil {
			return err
		}
		if err := s.deliver(code, how); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tell("scanned %d bytes", len(code))
	return nil
}

func (s *Site) repeats() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, _ := s.count("scan-repeat", "scanner")
	return min(n, 100)
}

// deliver sends what the reader has read.
func (s *Site) deliver(code []byte, how Presented) error {
	tx, err := s.scanner.sender()
	if err != nil {
		return err
	}
	s.mu.Lock()
	out := s.scanned(code, how)
	s.mu.Unlock()
	var last int64
	stamp := func() { last = monotonicNS() }
	switch {
	case s.plan.Scanner.Packets:
		err = s.sendPackets(tx, out.data, stamp)
	case how.Fast:
		err = tx.burst(out.data, stamp)
	default:
		err = tx.send(out.data, out.pauses, stamp)
	}
	if err != nil {
		return fmt.Errorf("scanner: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.record(Entry{Kind: "scan", Bytes: len(out.data), LastByteNS: last})
	return nil
}

// scanned is a code as it goes over the wire. Callers hold mu.
func (s *Site) scanned(code []byte, how Presented) (out sending) {
	prefix := how.Prefix
	if aim := s.word("aim", "scanner"); aim != "" && prefix == "" {
		prefix = aim
	}
	dice := s.diceOf("scanner")
	if s.is("scan-noise", "scanner") {
		out.data = append(out.data, []byte{0x00, 0xFF, 0x00}[:1+dice.IntN(3)]...)
	}
	out.data = slices.Concat(out.data, []byte(prefix), code, how.Glued)
	if !s.plan.Scanner.Packets && !s.is("no-suffix", "scanner") {
		out.data = append(out.data, suffixes[s.plan.Scanner.Suffix]...)
	}
	if s.is("scan-split", "scanner") {
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
func (s *Site) awaitTrigger() error {
	if s.plan.Scanner.Kind == "" {
		return nil
	}
	limit := time.After(held)
	for {
		s.mu.Lock()
		if s.listener.armed {
			s.listener.armed = false
			s.mu.Unlock()
			time.Sleep(readingTime)
			return nil
		}
		changed, closed := s.listener.changed, s.closed
		s.mu.Unlock()
		if closed {
			return fmt.Errorf("the site has closed: %w", ErrCannot)
		}
		select {
		case <-changed:
		case <-limit:
			return fmt.Errorf("nobody has told the reader to read for %s (its trigger is of the kind %q): %w", held, s.plan.Scanner.Kind, ErrCannot)
		}
	}
}

// hearScanner takes commands to the reader. It runs on the line's goroutine.
func (s *Site) hearScanner(c chunk, tx *sender) {
	s.mu.Lock()
	if c.at.Sub(s.listener.heardAt) > commandGap {
		s.listener.pending = nil
	}
	s.listener.heardAt = c.at
	s.listener.pending = append(s.listener.pending, c.data...)
	var answers [][]byte
	for {
		before := len(s.listener.pending)
		answer := s.command()
		if len(answer) > 0 {
			answers = append(answers, answer)
		}
		if len(s.listener.pending) == before {
			break
		}
	}
	close(s.listener.changed)
	s.listener.changed = make(chan struct{})
	s.mu.Unlock()
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
func (s *Site) command() []byte {
	in := s.listener.pending
	if len(in) == 0 {
		return nil
	}
	take := func(n int) { s.listener.pending = bytes.Clone(in[n:]) }
	switch s.plan.Scanner.Kind {
	case "grow":
		return s.commandGrow(in, take)
	case "ssi":
		return s.commandSSI(in, take)
	case "":
		take(len(in))
		return nil
	}
	for i, word := range triggers[s.plan.Scanner.Kind] {
		if bytes.HasPrefix(in, []byte(word)) {
			take(len(word))
			s.arm(i == 0)
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
func (s *Site) arm(on bool) {
	if s.listener.armed != on {
		s.tell("the reader's beam is %s", map[bool]string{true: "on", false: "off"}[on])
	}
	s.listener.armed = on
}
