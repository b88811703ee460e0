// Package remote is the room of commands that a centre has signed: to open a door, to take
// one out of service or back, to restart. A command asks; what the station allows is
// decided here, and no command can ask for more: few doors, one after the other, none that
// somebody is at, and never all. Whatever is wrong with one, the centre is told the same.
package remote

import (
	"time"

	"cubby/locker/ledger"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// Ceiling is how many doors a centre may have opened within Window, whatever it signs.
const Ceiling = 3

// Window is the time in which openings are counted, and restarts: there is one.
const Window = 10 * time.Minute

// mostNumbers bounds the table of used numbers.
const mostNumbers = 1000

// Settings are what the operator decides, as the room "remote" of visit.Policy.
type Settings struct {
	Openings int // within Window: it lowers Ceiling, and cannot raise it; 0: none
}

// Most is how many openings there may be in a Window.
func Most(p visit.Policy) int {
	if s, said := p.Rooms["remote"].(Settings); said {
		return min(max(s.Openings, 0), Ceiling)
	}
	return Ceiling
}

// A Moment is a time by what the machine has counted since its boot, which no clock that
// is set changes.
type Moment struct {
	Boot   string        `json:"boot"`
	Uptime time.Duration `json:"uptime_ns"`
}

// within reports whether a moment may have been less than a Window ago. One before this
// boot of the machine was so long ago as it has been up, at least.
func (m Moment) within(now Moment) bool {
	ago := now.Uptime
	if m.Boot == now.Boot {
		ago -= m.Uptime
	}
	return ago < Window
}

// A Number is that of a command, which is used once.
type Number struct {
	ID      string    `json:"id"` // hexadecimal
	Issued  time.Time `json:"issued"`
	Expires time.Time `json:"expires"`
}

// Numbers are the used ones, until their commands have expired and another one is weighed.
var (
	Numbers = ledger.NewTable("remote_numbers", "number", ledger.InMemory[Number]())
	over    = ledger.NewDue(Numbers, func(n Number) time.Time { return n.Expires.Add(Skew) })
)

// Spent is what commands have used up.
type Spent struct {
	Openings  []Moment `json:"openings,omitempty"` // the last ones, the newest last
	Door      string   `json:"door,omitempty"`     // that of the newest
	Restarted *Moment  `json:"restarted,omitempty"`
	// NotBefore: commands issued up to then are refused, because numbers of that time are
	// not remembered any more.
	NotBefore time.Time `json:"not_before,omitzero"`
	// Disabled are the doors that a centre has taken out of service, with the reason that
	// the door had then.
	Disabled map[string]string `json:"disabled,omitempty"`
}

// SpentNow is it as it is.
var SpentNow = ledger.NewSingle[Spent]("remote")

// Room is what a centre orders.
var Room = visit.Room{
	Module: ledger.Module{
		Name:   "remote",
		Facts:  []ledger.Fact{&Decided{}, &CommandObeyed{}, &CommandRefused{}, &PastForgotten{}},
		Tables: []*ledger.Spec{Numbers.Spec, SpentNow.Spec},
	},
	Purposes: map[wall.Purpose]visit.DoorPurpose{wall.ForRemote: fromAfar{}},
}
