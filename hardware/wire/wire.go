// Package wire holds the languages of lock boards, one file per dialect.
//
// A dialect is pure: it turns requests into bytes and bytes into frames. It
// keeps no clock, opens no port and starts no goroutine; who may speak, and
// when, is the business of the bus owner in package hardware. A Parser belongs
// to one line and one goroutine.
//
// No dialect can open more than one lock with one frame, hold a lock powered,
// leave the end of a pulse to this program, or address all boards at once: such
// frames have no encoder here.
package wire

import (
	"fmt"
	"slices"
	"time"
)

// Kind says what a frame from a board is about. The zero Kind in
// Request.Expect means that no reply comes.
type Kind uint8

// The kinds of frames.
const (
	None    Kind = iota
	Status       // the contacts of some or all locks, in reply to a status request
	Verdict      // what the board says about an unlock request; a hint, never a proof
	Event        // contacts that changed, sent by the board unasked
	Setting      // the reply to a changed setting
)

// A Frame is one valid frame received from a board.
type Frame struct {
	Kind    Kind
	Board   int  // address as set on the board
	Refused bool // the board says that it did not, or cannot, do what was asked
	Untried bool // with Refused: it surely did not even begin

	Locks   uint64 // bit i: the frame speaks about lock i+1
	Other   int    // how many locks a summary has room for, where that is not what is known of the board; else 0
	Closed  uint64 // bit i: the hook contact of lock i+1 reads closed in the dialect's usual wiring
	Blank   bool   // all contacts of a Status read 0 on the wire, as those of a board do that is just starting
	Sensors bool   // the frame carries infrared readings
	Present uint64 // bit i: the infrared of lock i+1 sees something, in the usual wiring
}

// A Request is one frame to a board and what comes back.
type Request struct {
	Bytes  []byte
	Board  int
	Expect Kind   // None: the board does not answer this request
	Locks  uint64 // the locks its reply must speak of; 0: any
	// how much later than usual the reply comes; without a reply, how long to leave the line to a board
	// that says something all the same
	Slow    time.Duration
	Blurred bool   // a good reply may be byte for byte the request: only a parser that knows about echoes can tell
	Purpose string // of a setting, for people: "a pulse of 500 ms"
}

// AnsweredBy reports whether the frame is of the kind, from the board and about
// the locks that the request asked.
func (r Request) AnsweredBy(f Frame) bool {
	return r.Expect == f.Kind && r.Board == f.Board && (f.Refused || f.Locks&r.Locks == r.Locks)
}

// Noise counts what a Parser skipped.
type Noise struct {
	Junk   uint64 // bytes that belong to no valid frame
	Echoes uint64 // complete echoes of our own requests
}

// Echo says whether the line hears what is written to it.
type Echo uint8

// What is known about a line's echo.
const (
	FindOut Echo = iota // look at status requests, which cannot be mistaken for their replies
	Echoes
	NoEcho
)

// A Parser finds frames in whatever comes off the line. It never assumes that
// the first byte is a frame's first byte, and keeps less than two of the
// longest frames.
type Parser interface {
	// Sent tells which request went out last: its echo is not junk, and some
	// dialects can tell the length of a reply only from its request.
	Sent(Request)
	// Feed takes bytes as they came and returns the frames completed by them.
	Feed([]byte) []Frame
	// Quiet says that the line has been silent for longer than any pause inside
	// a frame. It returns frames that stood behind a false start and forgets the rest.
	Quiet() []Frame
	// Begun reports whether what came last may be the beginning of a frame or of
	// an echo. Until Quiet it is kept, however slowly the rest comes.
	Begun() bool
	// Longest is how many bytes the longest frame has.
	Longest() int
	// Noise returns what has been skipped since the parser was made.
	Noise() Noise
}

// A Board is one board as its dialect has to know it. The zero options are the
// usual ones.
type Board struct {
	Address  int
	Channels int  // how many locks it can drive; 0: as many as the usual board
	LowFirst bool // xor-8a80: the first byte of a summary speaks of locks 1 to 8
	// kerong-cu48: 1: the request's byte 1 names the lock and byte 2 the board; 2 and 0: the other way
	// round
	LockByte int
	FromZero bool // wkly: its first lock is number 0 on the wire
	Each     bool // xor-8a80, wkly: every lock is asked for by itself
}

// A Dialect is the language of one family of lock boards. Locks are counted
// from 1. Its methods refuse boards that Check refuses.
type Dialect interface {
	// Baud is the speed at which the boards are delivered, bits per second.
	Baud() int
	// Check says what is impossible about a board.
	Check(Board) error
	// Locks is how many locks the board can drive, at most 64.
	Locks(Board) int
	// Status asks for the contacts of all locks of a board, mostly with one
	// request. It is harmless.
	Status(Board) ([]Request, error)
	// Unlock gives one lock one pulse, timed by the board. Dialects whose boards
	// are told the length each time use pulse; 0 is the usual one.
	Unlock(b Board, lock int, pulse time.Duration) (Request, error)
	// Greet is what a board has to be told when it is first heard: the length of
	// its pulse, unless that is 0, and to let go of what it may still hold.
	Greet(b Board, pulse time.Duration) ([]Request, error)
	// NewParser makes the parser of a line with these boards.
	NewParser([]Board, Echo) Parser
}

// A Waker is a dialect with boards of which some stop answering after an unlock
// until they hear another command.
type Waker interface {
	// Wake asks a board something harmless that is no status request.
	Wake(Board) (Request, error)
}

var dialects = map[string]Dialect{}

// Register makes a dialect known by its name. It is for init functions.
func Register(name string, d Dialect) { dialects[name] = d }

// Named returns the dialect registered under the name.
func Named(name string) (Dialect, error) {
	d, ok := dialects[name]
	if !ok {
		return nil, fmt.Errorf("no lock-board dialect is called %q; choose one of %v", name, Names())
	}
	return d, nil
}

// Names lists the registered dialects in alphabetical order.
func Names() []string {
	var names []string
	for name := range dialects {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// A family is what the boards of a dialect have in common.
type family struct {
	people                     string // what people call such a board: "a CU16 board"
	leastAddress, mostAddress  int
	set                        string // how an address is set
	usualChannels, maxChannels int
	lowFirst, lockByte         bool // the options its boards may have
	fromZero, each             bool
}

func (f family) check(b Board) error {
	if b.Address < f.leastAddress || b.Address > f.mostAddress {
		return fmt.Errorf("%s cannot have address %d: %s", f.people, b.Address, f.set)
	}
	if b.Channels < 0 || b.Channels > f.maxChannels {
		return fmt.Errorf("%s cannot have %d channels: 1 to %d, or 0 for the usual %d", f.people, b.Channels,
			f.maxChannels, f.usualChannels)
	}
	for _, option := range []struct {
		name          string
		used, offered bool
	}{
		{"bitmap_order", b.LowFirst, f.lowFirst},
		{"lock_byte", b.LockByte != 0 && b.LockByte != 2, f.lockByte},
		{"first_lock", b.FromZero, f.fromZero},
		{"query", b.Each, f.each},
	} {
		if option.used && !option.offered {
			return fmt.Errorf("%s has no option %s: leave it out", f.people, option.name)
		}
	}
	if b.LockByte < 0 || b.LockByte > 2 {
		return fmt.Errorf("%s cannot have its lock in byte %d: 1 or 2", f.people, b.LockByte)
	}
	return nil
}

func (f family) locks(b Board) int {
	if b.Channels != 0 {
		return b.Channels
	}
	return f.usualChannels
}

// checkLock refuses a lock that the board does not have, or a bad board.
func (f family) checkLock(b Board, lock int) error {
	if err := f.check(b); err != nil {
		return err
	}
	if lock < 1 || lock > f.locks(b) {
		return fmt.Errorf("%s has no lock %d here: locks are 1 to %d", f.people, lock, f.locks(b))
	}
	return nil
}

// through is the mask of the locks 1 to n.
func through(n int) uint64 { return 1<<n - 1 }

// bit is the mask of one lock.
func bit(lock int) uint64 { return 1 << (lock - 1) }
