// Package health is the one place that knows the status of every device of a
// station: what is wrong with it in plain words, how bad that is, since when, and
// what to do. The screen, the REST endpoint and the metrics read it.
//
// The sentences are values in this package; who finds out about a device tells
// the Registry its state. A Registry is safe for concurrent use, never blocks on
// anything but its own mutex and remembers nothing over a restart.
package health

import (
	"slices"
	"strings"
	"sync"
	"time"

	"cubby/locker/door"
	"cubby/locker/wall"
)

// Severity tells how much something matters.
type Severity string

// The severities, from nothing to the worst.
const (
	OK      Severity = "ok"
	Notice  Severity = "notice"  // everything works; something is to be seen to some time
	Warning Severity = "warning" // something does not work
	Alarm   Severity = "alarm"   // goods or the station itself are in danger
)

// Severities are all there are, the mildest first.
func Severities() []Severity { return []Severity{OK, Notice, Warning, Alarm} }

// A Device is the status of one device.
type Device struct {
	Name     string    `json:"name"` // "bus main board 2", "printer", "door 14"
	Kind     string    `json:"kind"`
	State    string    `json:"state"` // in the words of its kind
	Title    string    `json:"title"`
	Severity Severity  `json:"severity"`
	Since    time.Time `json:"since,omitzero"`       // when it came into this state; not always known of a door
	ToDo     string    `json:"what_to_do,omitempty"` // empty when all is well
	Detail   string    `json:"detail,omitempty"`     // what was seen, for staff
}

// A Registry knows all devices but the doors, whose state is the station's.
type Registry struct {
	mu      sync.Mutex // guards what follows
	devices []Device   // in the order in which they were first told of
}

// Note takes the state of a device. It returns the status of the device now and
// whether its state or its detail differs from before; Since changes with the
// state alone.
func (r *Registry) Note(name, kind, state, detail string, at time.Time) (d Device, changed bool) {
	p := Of(kind, state)
	d = Device{
		Name: name, Kind: kind, State: state, Title: p.Title, Severity: p.Severity, Since: at.UTC(), ToDo: p.ToDo,
		Detail: detail,
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	i := slices.IndexFunc(r.devices, func(d Device) bool { return d.Name == name })
	if i < 0 {
		r.devices = append(r.devices, d)
		return d, true
	}
	before := r.devices[i]
	if before.State == state {
		d.Since = before.Since
	}
	r.devices[i] = d
	return d, before.State != state || before.Detail != detail
}

// Devices lists all, in the order in which they were first told of.
func (r *Registry) Devices() []Device {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.devices)
}

// KindOf tells the kind of a device by its name, as the hardware gives it:
// "bus main", "bus main board 2", "scanner", "badge desk".
func KindOf(name string) string {
	first, rest, _ := strings.Cut(name, " ")
	switch {
	case first == Bus && strings.Contains(rest, " board "):
		return Board
	case name == "label printer":
		return LabelPrinter
	}
	return first
}

// Wear is what the hardware knows of a door beyond its state.
type Wear struct {
	Suspect string // why its contact is not believed; empty when it is
	Failing bool   // its lock did not open several times
	Refused bool   // its board would not drive the lock several times
	Slow    bool   // it takes longer than it should
}

// OfDoor is the status of the door of a compartment: the worst of what is known of
// it. Since is known of what the door itself does, and zero of all else.
func OfDoor(c wall.Compartment, w Wear) Device {
	state, detail := "working", ""
	switch {
	case c.Forced:
		state = "forced"
	case c.LeftOpen && c.Door == door.Open:
		state = "left_open"
	case c.Lock == wall.LockJammed:
		state = "jammed"
	case c.Lock == wall.LockUnreachable:
		state = "unreachable"
	case w.Failing:
		state = "failing"
	case w.Refused:
		state = "refusing"
	case w.Suspect != "":
		state, detail = "suspect", w.Suspect
	case c.Allocation == wall.Quarantine:
		state, detail = "quarantine", c.Reason
	case c.Allocation == wall.OutOfService:
		state, detail = "out_of_service", c.Reason
	case c.Door == door.Unknown:
		state = "unknown"
	case w.Slow:
		state = "slow"
	}
	p := Of(Door, state)
	d := Device{
		Name: "door " + c.Number, Kind: Door, State: state, Title: p.Title, Severity: p.Severity, ToDo: p.ToDo,
		Detail: detail,
	}
	ofItself := state == "working" || state == "left_open" || state == "forced" || state == "unknown"
	if ofItself && c.DoorSince != nil {
		d.Since = c.DoorSince.UTC()
	}
	return d
}
