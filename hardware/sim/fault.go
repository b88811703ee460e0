package sim

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"
)

// A Fault is something that is wrong with the site.
type Fault struct {
	Kind   string `json:"kind"`
	Target string `json:"target"`        // "*": all targets of this kind
	Value  string `json:"value"`         // what its FaultKind takes; "off" mends it
	For    string `json:"for,omitempty"` // a duration such as "5s", after which it mends itself
}

// FaultKind explains one kind of fault.
type FaultKind struct {
	Kind string `json:"kind"`
	// "door", "board", "bus", "device" (any port), "scanner", "badge", "printer", "label", "climate" or "camera"
	Target string `json:"target"`
	// Value is what the fault takes: "switch" on or off; "chance" on, off or a
	// probability; "probability"; "duration", alone or as 300ms@0.1 with a
	// probability; "count"; "choice" one of Choices; "name" of
	// another target.
	Value   string   `json:"value"`
	Choices []string `json:"choices,omitempty"`
	Text    string   `json:"text"`
}

// FaultKinds lists what can be wrong.
var FaultKinds = slices.Concat(doorFaults, boardFaults, busFaults, deviceFaults, scannerFaults, badgeFaults,
	printerFaults, climateFaults, cameraFaults)

var doorFaults = []FaultKind{
	{"stuck", "door", "chance", nil, "the coil is driven, the latch does not let go"},
	{"no-spring", "door", "chance", nil,
		"the latch lets go while the coil is driven, the door does not move and catches again"},
	{"slow", "door", "duration", nil, "opens this long after the pulse (off: 80 ms)"},
	{"left-open", "door", "chance", nil, "springs open when it is pushed shut"},
	{"no-catch", "door", "chance", nil, "stays ajar when it is pushed shut"},
	{"bounce", "door", "chance", nil, "its contact changes three to five times within 200 ms"},
	{"inverted", "door", "switch", nil, "its contact reads the other way round"},
	{"dirty", "door", "chance", nil, "the sensor sees something that is not there"},
	{"sensor-late", "door", "duration", nil, "the sensor sees this long after"},
	{"flicker", "door", "chance", nil, "the sensor reads the wrong way at times"},
}

var boardFaults = []FaultKind{
	{"silent-board", "board", "chance", nil, "does not answer and drives no coil"},
	{"sleepy", "board", "duration", nil,
		"answers no status for this long after an unlock, unless another command wakes it"},
	{"cable-off", "board", "switch", nil, "the plug of all its contacts has come off"},
	{"cool-down", "board", "count", nil, "refuses more openings than this in a minute"},
	{"power-dip", "board", "chance", nil, "starts again at an unlock: reads zeros for 300 ms, forgets its pulse time"},
	{"banner", "board", "switch", nil, "sends a line of text when it starts"},
	{"twin", "board", "switch", nil, "another board has the same address: their answers mix"},
	{"unlock-reply", "board", "choice", []string{"short", "status", "77"},
		"Kerong: answers an unlock with a short frame, a status or a 77 frame"},
	{"push", "board", "choice", []string{"81", "82", "on", "never"},
		"tells changes unasked: 81 or 82 frames (XOR boards), on or never (WKLY)"},
}

var busFaults = []FaultKind{
	{"noise", "bus", "probability", nil, "stray bytes around replies, flipped bits in them"},
	{"stray", "bus", "probability", nil, "stray bytes before, after and between frames"},
	{"split", "bus", "switch", nil, "replies come in pieces with pauses"},
	{"drip", "bus", "duration", nil, "bytes come one by one with this long between them, as from an adapter with a " +
		"latency timer behind a hub"},
	{"latency", "bus", "duration", nil,
		"replies are held back this long and come at once, as an FTDI adapter does for 16ms"},
	{"echo", "bus", "choice", []string{"on", "short", "partial"},
		"the host hears its own requests: whole, without the first byte, or in part"},
	{"bad-sum", "bus", "probability", nil, "replies with a wrong checksum"},
	{"wrong-address", "bus", "probability", nil, "replies in another board's name, with a good checksum"},
	{"late-reply", "bus", "duration", nil, "replies come this long after their time"},
	{"interject", "bus", "probability", nil,
		"a board tells a contact unasked between request and reply, where it tells them at all"},
	{"text", "bus", "probability", nil, "foreign text comes before a reply: AT commands, banners"},
	{"break-off", "bus", "choice", []string{"request", "reply", "unlock"},
		"the adapter is unplugged in the middle of the next request, reply or unlock"},
}

var deviceFaults = []FaultKind{
	{"unplug", "device", "switch", nil, "the port is gone"},
	{"rename", "device", "switch", nil, "comes back under another terminal name when it is plugged in again"},
	{"swap", "device", "name", nil, "its adapter and that of another device are in each other's sockets"},
}

// SetFault brings a fault about, or mends it.
func (s *Site) SetFault(f Fault) error {
	kind, err := s.faultKind(f)
	if err != nil {
		return err
	}
	t, err := parseTrouble(kind, f.Value)
	if err != nil {
		return err
	}
	span := time.Duration(0)
	if f.For != "" {
		if span, err = time.ParseDuration(f.For); err != nil || span <= 0 || span > maxSpan {
			return fmt.Errorf("for %q: a duration up to %s, such as 5s: %w", f.For, maxSpan, ErrCannot)
		}
	}
	s.faulting.Lock()
	defer s.faulting.Unlock()
	if err := s.replug(f, t); err != nil { // waits for the line's goroutine, so not under mu
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.put(f, t)
	s.suffer(f)
	s.tell("fault %s %s: %s", f.Kind, f.Target, f.Value)
	s.event(Event{Kind: "fault", Fault: &f})
	if span > 0 && t != nil {
		s.later(span, func() {
			if s.troubles[f.key()] == t {
				// Mending may wait for a line, so it is done outside of mu.
				go func() { _ = s.SetFault(Fault{Kind: f.Kind, Target: f.Target, Value: "off"}) }()
			}
		})
	}
	return nil
}

// put enters what is wrong, or deletes it. Callers hold mu.
func (s *Site) put(f Fault, t *trouble) {
	if t == nil {
		delete(s.troubles, f.key())
		return
	}
	s.troubles[f.key()] = t
}

func (f Fault) key() faultKey { return faultKey{f.Kind, f.Target} }

// faultKind finds the kind and makes sure that the target is there.
func (s *Site) faultKind(f Fault) (FaultKind, error) {
	i := slices.IndexFunc(FaultKinds, func(k FaultKind) bool { return k.Kind == f.Kind })
	if i < 0 {
		var kinds []string
		for _, k := range FaultKinds {
			kinds = append(kinds, k.Kind)
		}
		return FaultKind{}, fmt.Errorf("fault %q: %w (%s)", f.Kind, ErrUnknown, strings.Join(kinds, ", "))
	}
	kind := FaultKinds[i]
	if all := s.targets(kind.Target); !slices.Contains(all, f.Target) &&
		(f.Target != "*" || len(all) == 0 || kind.Target == "device") {
		hint := ""
		if kind.Target == "board" {
			hint = " (bus/address, such as main/1)"
		}
		return kind, fmt.Errorf("%s %q: %w%s", kind.Target, f.Target, ErrUnknown, hint)
	}
	return kind, nil
}

// targets lists what a fault of a kind can befall.
func (s *Site) targets(kind string) (all []string) {
	switch kind {
	case "door":
		for number := range s.doors {
			all = append(all, number)
		}
	case "board":
		for _, b := range s.boards {
			all = append(all, b.name())
		}
	case "bus":
		for _, b := range s.plan.Buses {
			all = append(all, b.Name)
		}
	case "device":
		for name := range s.lines {
			all = append(all, name)
		}
	case "climate":
		for _, c := range s.plan.Climates {
			all = append(all, climatePrefix+c.Name)
		}
	case "camera":
		for _, name := range s.plan.Cameras {
			all = append(all, cameraPrefix+name)
		}
	case "scanner", "badge":
		all = s.readersOf(kind)
	default:
		if s.lines[kind] != nil {
			all = []string{kind}
		}
	}
	return all
}

// replug does what has to do with plugs and sockets.
func (s *Site) replug(f Fault, t *trouble) error {
	l := s.lines[f.Target]
	switch f.Kind {
	case "unplug":
		if t != nil {
			return l.unplug()
		}
		return l.plug()
	case "rename":
		l.mu.Lock()
		defer l.mu.Unlock()
		l.renamed = t != nil
	case "swap":
		s.mu.Lock()
		before := s.troubles[f.key()]
		s.mu.Unlock()
		switch {
		case t != nil && before != nil:
			return fmt.Errorf("%s and %s are swapped already: switch that off first: %w", f.Target,
				before.text, ErrCannot)
		case t != nil:
			return s.swap(f.Target, f.Value)
		case before != nil:
			return s.swap(f.Target, before.text)
		}
	}
	return nil
}

// Faults lists what is wrong now.
func (s *Site) Faults() []Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := []Fault{}
	for key, t := range s.troubles {
		found = append(found, Fault{Kind: key.kind, Target: key.target, Value: t.text})
	}
	sort.Slice(found, func(i, j int) bool {
		a, b := found[i], found[j]
		return a.Kind < b.Kind || a.Kind == b.Kind && a.Target < b.Target
	})
	return found
}
