// Package wire holds the languages of lock boards, one file per dialect.
//
// A dialect is pure: it turns requests into bytes and bytes into frames. It
// keeps no clock, opens no port and starts no goroutine; who may speak, and
// when, is the business of the bus owner in package hardware. A Parser belongs
// to one line and one goroutine.
//
// No dialect can open more than one lock with one frame, and none can address
// all boards at once: such frames have no encoder here.
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
	Kind  Kind
	Board int // address as set on the board

	Locks   uint64 // bit i: the frame speaks about lock i+1
	Closed  uint64 // bit i: the hook contact of lock i+1 reads closed in the board's usual wiring
	Sensors bool   // the frame carries infrared readings
	Present uint64 // bit i: the infrared of lock i+1 sees something, in the usual wiring

}

// A Request is one frame to a board and what comes back.
type Request struct {
	Bytes  []byte
	Board  int
	Expect Kind // None: the board does not answer this request
}

// AnsweredBy reports whether the frame is of the kind, and from the board, that
// the request asked.
func (r Request) AnsweredBy(f Frame) bool { return r.Expect == f.Kind && r.Board == f.Board }

// Noise counts what a Parser skipped.
type Noise struct {
	Junk   uint64 // bytes that belong to no valid frame
	Echoes uint64 // complete echoes of our own requests
}

// A Parser finds frames in whatever comes off the line. It never assumes that
// the first byte is a frame's first byte.
type Parser interface {
	// Sent tells which request went out last: its echo is not junk, and some
	// dialects can tell the length of a reply only from its request.
	Sent(Request)
	// Feed takes bytes as they came and returns the frames completed by them.
	Feed([]byte) []Frame
	// Quiet says that the line has been silent for longer than any pause inside
	// a frame. It returns frames that stood behind a false start and forgets the rest.
	Quiet() []Frame
	// Noise returns what has been skipped since the parser was made.
	Noise() Noise
}

// A Dialect is the language of one family of lock boards. Boards are named by
// address, locks are counted from 1.
type Dialect interface {
	MaxAddress() int // addresses are 0..MaxAddress
	Locks() int      // locks are 1..Locks, at most 64
	// Status asks for the contacts of all locks of a board. It is harmless.
	Status(board int) (Request, error)
	// Unlock gives one lock one pulse, timed by the board.
	Unlock(board, lock int) (Request, error)
	// Pulse sets the length of the board's pulse.
	Pulse(board int, length time.Duration) (Request, error)
	NewParser() Parser
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
