// Package door holds the plain words in which the station and the hardware
// speak about doors: an order to open one, what was seen, and how an opening
// ended. It holds values only; it imports nothing of the station or the wires.
package door

import "time"

// State is what the sensor of a door says. The zero value is Unknown: a read
// that failed, a board that is silent, or a reading that has gone stale. It is
// never turned into Closed.
type State uint8

const (
	Unknown State = iota
	Closed
	Open
)

func (s State) String() string { return [...]string{"unknown", "closed", "open"}[s] }

// MarshalText writes the state as a word.
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the word back; a word it does not know becomes Unknown.
func (s *State) UnmarshalText(b []byte) error {
	switch string(b) {
	case "closed":
		*s = Closed
	case "open":
		*s = Open
	default:
		*s = Unknown
	}
	return nil
}

// Presence is what a sensor inside a compartment says. It is evidence, never
// proof: lenses get dirty.
type Presence uint8

const (
	PresenceUnknown Presence = iota // no sensor fitted, or not read
	Empty
	Present
)

func (p Presence) String() string { return [...]string{"unknown", "empty", "present"}[p] }

// MarshalText writes the presence as a word.
func (p Presence) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads the word back; a word it does not know becomes PresenceUnknown.
func (p *Presence) UnmarshalText(b []byte) error {
	switch string(b) {
	case "empty":
		*p = Empty
	case "present":
		*p = Present
	default:
		*p = PresenceUnknown
	}
	return nil
}

// An Order asks for one pulse on one lock. The hardware gives at most one pulse
// per Opening, ever, and none after NotAfter.
type Order struct {
	Opening     string    // the opening's id; unique for ever
	Compartment string    // the compartment's number as painted on the door
	NotAfter    time.Time // compared by its monotonic reading
	Firm        bool      // drive it for as long as the board can be told to: it did not open before
}

// Kind names the effect.
func (Order) Kind() string { return "door.open" }

// Result is how an opening ended.
type Result string

const (
	ConfirmedOpen Result = "confirmed_open" // the door was seen open after the pulse
	Stuck         Result = "stuck"          // the lock was driven; the board answers; the door stayed closed
	// the board did not answer; whether the lock was driven is not known unless Pulsed is false
	Unanswered Result = "unanswered"
	// the line failed when the pulse may or may not have gone out, or the board cannot be believed
	Uncertain Result = "unknown"
	// nothing was sent: too late, lock must rest, or no such lock; or the board said that it did nothing,
	// and the door stayed closed
	Refused Result = "refused"
)

// Ended reports how an opening ended. Exactly one is sent per Order.
type Ended struct {
	Opening     string
	Compartment string
	Result      Result
	// false only when it is certain that no unlock frame was written, or that its board did not begin to do
	// it
	Pulsed bool
	Rest   time.Duration // with Refused: how long the lock must rest; zero when that is not the reason
	At     time.Time
}

// Seen reports a door whose state or presence changed, and every door once
// after the first reading of its board, and once after an opening whose outcome
// nobody could read. Readings are debounced.
type Seen struct {
	Compartment string
	State       State
	Presence    Presence
	At          time.Time
}
