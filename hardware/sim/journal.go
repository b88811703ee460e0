package sim

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

// journalLength bounds the journal; older entries are forgotten, counts are not.
const journalLength = 100_000

const recentLength = 100

// An Entry is something that crossed a wire. Times in ns are CLOCK_MONOTONIC of
// this machine, comparable between its processes.
type Entry struct {
	Seq int       `json:"seq"` // from 1, without gaps
	At  time.Time `json:"at"`
	// "unlock", "scan", "badge", "print", "pulse_time", "other"; "violation": what no driver should do
	Kind string `json:"kind"`

	Bus     string `json:"bus,omitempty"`
	Device  string `json:"device,omitempty"` // print, scan, badge: which one
	Board   int    `json:"board"`
	Lock    int    `json:"lock,omitempty"`     // from 1
	Door    string `json:"door,omitempty"`     // empty: no door hangs on this lock
	Acted   bool   `json:"acted"`              // unlock: a board heard it and drove the coil
	Overlap bool   `json:"overlap"`            // unlock: another coil of the bus was still driven
	Refused bool   `json:"refused,omitempty"`  // unlock: a board heard it and did not, to let the coil cool
	PulseMS int    `json:"pulse_ms,omitempty"` // unlock: 0 when nothing ends the pulse
	Request string `json:"request,omitempty"`  // the frame in hexadecimal

	Violation string `json:"violation,omitempty"` // what is wrong with having asked for this

	Command int `json:"command,omitempty"` // other: a good frame no board here answers
	Bytes   int `json:"bytes,omitempty"`   // scan: how many were sent, suffix included

	FirstByteNS int64 `json:"first_byte_ns,omitempty"` // when the frame's first byte could be read
	LastByteNS  int64 `json:"last_byte_ns,omitempty"`  // scan: just before its last byte was written
}

type journal struct {
	entries []Entry
	seq     int
	unlocks int            // how many frames drove a coil
	pulses  map[string]int // by door number
}

// record keeps an entry. Callers hold mu.
func (s *Site) record(e Entry) {
	s.journal.seq++
	e.Seq, e.At = s.journal.seq, time.Now().UTC()
	if len(s.journal.entries) >= journalLength {
		s.journal.entries = slices.Delete(s.journal.entries, 0, journalLength/10)
	}
	s.journal.entries = append(s.journal.entries, e)
	if e.Kind == "unlock" && e.Acted {
		s.journal.unlocks++
	}
	s.event(Event{Kind: "journal", Entry: &e})
}

func hexOf(frame []byte) string { return fmt.Sprintf("% x", frame) }

// Journal returns the entries after the given sequence number, and how often
// each door's coil was driven since the start; doors never driven are absent.
func (s *Site) Journal(after int) ([]Entry, map[string]int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	from := 0
	for from < len(s.journal.entries) && s.journal.entries[from].Seq <= after {
		from++
	}
	return append([]Entry{}, s.journal.entries[from:]...), maps.Clone(s.journal.pulses)
}

// An Event is told to onlookers as it happens.
type Event struct {
	Kind  string    `json:"kind"` // "door", "fault", "auto", "journal", "log", "paper"
	At    time.Time `json:"at"`
	Door  *Door     `json:"door,omitempty"`
	Fault *Fault    `json:"fault,omitempty"`
	Entry *Entry    `json:"entry,omitempty"`
	Text  string    `json:"text,omitempty"`
}

// Watch returns a channel of events. It is closed when the site closes or when
// the onlooker is 1024 events behind; stop ends it earlier.
func (s *Site) Watch() (events <-chan Event, stop func()) {
	w := make(chan Event, 1024)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		close(w)
		return w, func() {}
	}
	s.watchers[w] = true
	return w, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.watchers[w] {
			delete(s.watchers, w)
			close(w)
		}
	}
}

// event tells the onlookers. Callers hold mu.
func (s *Site) event(e Event) {
	e.At = time.Now().UTC()
	for w := range s.watchers {
		select {
		case w <- e:
		default:
			delete(s.watchers, w)
			close(w)
		}
	}
}

// tell says in words what has happened. Callers hold mu.
func (s *Site) tell(format string, args ...any) {
	e := Event{Kind: "log", At: time.Now().UTC(), Text: fmt.Sprintf(format, args...)}
	if len(s.recent) == recentLength {
		s.recent = slices.Delete(s.recent, 0, 1)
	}
	s.recent = append(s.recent, e)
	s.event(e)
}

// Recent returns the last 100 things told in words, for onlookers who come late.
func (s *Site) Recent() []Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Event{}, s.recent...)
}

// announce tells that a door has changed and wakes those who wait for it.
func (s *Site) announce(d *door) {
	seen := s.look(d)
	s.event(Event{Kind: "door", Door: &seen})
	s.wake()
}

// wake lets those look again who wait for a change. Callers hold mu.
func (s *Site) wake() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// monotonicNS reads the clock that all processes of this machine share.
func monotonicNS() int64 {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &t); err != nil {
		return 0
	}
	return t.Nano()
}
