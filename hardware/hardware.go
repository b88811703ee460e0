// Package hardware drives what is bolted to the wall: lock boards and scanners
// on serial lines. Site is its face to the rest of the program.
//
// One goroutine owns each line. Orders are queued and answered later through
// the Sink; nothing here blocks a caller and nothing here decides who may open
// a door. Door states are read from the boards all the time, so that a missed
// report heals by itself.
//
// A door's contact sits at its latch, which the coil holds during a pulse. So a
// lock that reads open while its coil may be driven is neither reported nor
// taken for an opened door; the first reading after the pulse decides.
package hardware

import (
	"time"

	"cubby/hardware/badge"
	"cubby/hardware/device"
	"cubby/hardware/scan"
	"cubby/locker/door"
)

// Config describes the hardware of one site. It is checked by its maker
// (package config); Open refuses what it cannot drive.
type Config struct {
	Buses   []Bus
	Scanner Scanner // the kiosk's; empty Port: no scanner fitted

	// Pulsed tells when locks were last driven before this start, by compartment,
	// oldest first; times of the wall clock. With it a restart does not forget
	// that a coil is hot. Compartments without recent pulses may be left out.
	Pulsed map[string][]time.Time
	Badge  badge.Config // the kiosk's; empty Port: no badge reader fitted

	Terminals []Readers // of the terminals beside the kiosk

	Devices *device.Watcher // nil: those of this machine, and one plugged in again is found after a pause only
}

// Readers are those of one terminal. Their scans carry its name.
type Readers struct {
	Terminal string
	Scanner  Scanner      // empty Port: none fitted
	Badge    badge.Config // the same
}

// ScannerName is how the code reader of a terminal is called among the devices;
// the empty name is the kiosk's.
func ScannerName(terminal string) string { return readerName("scanner", terminal) }

// BadgeName is ScannerName for its badge reader.
func BadgeName(terminal string) string { return readerName("badge", terminal) }

func readerName(what, terminal string) string {
	if terminal == "" {
		return what
	}
	return what + " " + terminal
}

// A Bus is one line with one to ten lock boards.
type Bus struct {
	Name string // for people and metrics
	// as package device names ports: a path under /dev/serial/by-path, "usb-path:3-1.2", "usb:1a86:7523",
	// or "tcp://host:port" of a transparent bridge
	Port    string
	Dialect string // registered name of the protocol, for example "kerong-cu16"
	Baud    int    // 9600, 19200, 57600 or 115200; default FactoryBaud of the dialect
	// whether the line hears its own bytes: "yes", "no" or "auto" (default: found out with a status query)
	Echo   string
	Boards []Board

	// pause between two readings of a board nobody uses; default 1 s; a third of it for each board on lines
	// with more than three
	IdlePoll     time.Duration
	ActivePoll   time.Duration // the same while one of its doors is in use; default 100 ms
	ReplyTimeout time.Duration // default UsualReplyTimeout of the port
	OpenWait     time.Duration // how long after the end of the pulse a door may take to be seen open; default 2 s
	// least time between two pulses on this line (one supply); default PulseMS and 100 ms, at least 600 ms;
	// 1.1 s where PulseMS is 0
	PulseGap time.Duration
	// length of a pulse in ms, set on each board when it is first heard; 0 leaves the board's own, which is
	// taken to be at most 1 s; of boards that cannot be told it says what they do; at least 100 ms less
	// than PulseGap
	PulseMS int
}

// A Board is one lock board on a bus.
type Board struct {
	Address      int            // as set on the board
	Channels     int            // how many locks it can drive; 0: as many as the usual board of the dialect
	InvertHook   bool           // the hook contact says the opposite of what it says in the dialect's usual wiring
	HasPresence  bool           // infrared sensors are fitted
	InvertSensor bool           // the infrared bit is 0 when something is inside
	Locks        map[int]string // lock, from 1 -> compartment number; locks not listed are not read

	LowFirst bool // xor-8a80: the first byte of a bitmap speaks of locks 1 to 8, not of the last eight
	LockByte int  // kerong-cu48: the byte of a request that names the lock, 2 (also when 0) or 1
	FromZero bool // wkly: the board's first lock is number 0 on the wire, not 1
	Each     bool // xor-8a80, wkly: ask for every lock by itself; slower, for boards whose summary is not understood
}

// A Scanner is one code reader; package scan says how each is read.
type Scanner = scan.Config

// A Scan is one code as it was read, without suffix, at most 512 bytes; or one
// card. What it says is a secret until proven otherwise: never log it, never
// show it.
type Scan struct {
	Terminal  string    // whose reader it was; empty: the kiosk's
	Data      []byte    // text; of a card the bytes of its UID
	Symbology string    // AIM identifier the reader put in front, for example "]C1"; mostly empty
	Card      bool      // it came from the badge reader: a printed code can never pass for a card
	TooLong   bool      // more than 512 bytes came; Data is empty
	Zeros     bool      // zero bytes came with it, which are left out: it may be a label, and no secret
	At        time.Time // when its last byte arrived
}

// Condition is the status of a device.
type Condition string

const (
	Working Condition = "working"
	Silent  Condition = "silent" // the port is open, the device does not answer
	Gone    Condition = "gone"   // the port cannot be opened or has failed

	// Suspect is a lock board that answers, but whose contacts all read open at
	// once, as they do when its sensor cable has come off: three doors or more
	// that were closed a moment ago, or were never looked at before. Its doors
	// are Unknown, orders for them are carried out and end Uncertain. It heals
	// by itself as soon as one of its doors reads closed.
	Suspect Condition = "suspect"

	// Differs is a lock board that works and answers for another number of locks
	// than is configured. The doors that are in both work.
	Differs Condition = "differs"

	// Late is a lock board whose replies come when they are not waited for any more.
	Late Condition = "late"

	// NotCommissioned is a line on which the boards of another line answer, as
	// when two adapters have been swapped. Its doors are Unknown and no lock on
	// it is driven. It heals by itself when the right boards answer.
	NotCommissioned Condition = "not_commissioned"
)

// A DeviceReport tells that a device's condition changed.
type DeviceReport struct {
	Device    string // "bus main", "bus main board 2", "scanner", "badge desk"
	Condition Condition
	Detail    string // for staff: what was tried, what to do
	At        time.Time
}

// A Sink takes what the hardware has to say. Its methods are called from the
// hardware's goroutines, in order per device, and must not block.
type Sink interface {
	DoorSeen(door.Seen)
	OpeningEnded(door.Ended)
	Scanned(Scan)
	DeviceChanged(DeviceReport)
}
