package sim

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"
)

// A Fault is something that is wrong with the site. Value is "on" or "off",
// except for noise (a probability) and slow (a duration).
type Fault struct {
	Kind   string `json:"kind"`
	Target string `json:"target"`
	Value  string `json:"value"`
}

// FaultKind explains one kind of fault.
type FaultKind struct {
	Kind   string `json:"kind"`
	Target string `json:"target"` // "door", "board", "bus" or "device" (a bus or the scanner)
	Value  string `json:"value"`  // "switch", "probability" or "duration"
	Text   string `json:"text"`
}

// FaultKinds lists what can be wrong.
var FaultKinds = []FaultKind{
	{"stuck", "door", "switch", "the coil is driven, the latch does not let go"},
	{"left-open", "door", "switch", "springs open when it is pushed shut"},
	{"dirty", "door", "switch", "the sensor sees something that is not there"},
	{"slow", "door", "duration", "opens this long after the pulse (off: 80 ms)"},
	{"silent-board", "board", "switch", "does not answer and drives no coil"},
	{"noise", "bus", "probability", "stray bytes around replies, flipped bits in them"},
	{"split", "bus", "switch", "replies come in pieces with pauses"},
	{"echo", "bus", "switch", "the host hears its own requests"},
	{"unplug", "device", "switch", "the port is gone"},
}

type busFault struct {
	noise       float64
	split, echo bool
}

// busFault is what is wrong with a bus. Callers hold mu.
func (s *Site) busFault(bus string) *busFault {
	if s.faults == nil {
		s.faults = map[string]*busFault{}
	}
	if s.faults[bus] == nil {
		s.faults[bus] = &busFault{}
	}
	return s.faults[bus]
}

// SetFault brings a fault about, or mends it.
func (s *Site) SetFault(f Fault) error {
	if f.Kind == "unplug" { // waits for the line's goroutine, so not under mu
		if err := s.setPlug(f); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.apply(f); err != nil {
		return err
	}
	s.tell("fault %s %s: %s", f.Kind, f.Target, f.Value)
	s.event(Event{Kind: "fault", Fault: &f})
	return nil
}

func (s *Site) apply(f Fault) error {
	i := slices.IndexFunc(FaultKinds, func(k FaultKind) bool { return k.Kind == f.Kind })
	if i < 0 {
		var kinds []string
		for _, k := range FaultKinds {
			kinds = append(kinds, k.Kind)
		}
		return fmt.Errorf("fault %q: %w (%s)", f.Kind, ErrUnknown, strings.Join(kinds, ", "))
	}
	on, switchErr := parseSwitch(f.Value)
	if FaultKinds[i].Value == "switch" && switchErr != nil {
		return switchErr
	}
	switch FaultKinds[i].Target {
	case "door":
		return s.doorFault(f, on)
	case "board":
		return s.silence(f, on)
	case "bus":
		if s.lines[f.Target] == nil {
			return fmt.Errorf("bus %q: %w", f.Target, ErrUnknown)
		}
		return s.lineFault(f, on)
	}
	return nil
}

func (s *Site) doorFault(f Fault, on bool) error {
	d := s.doors[f.Target]
	if d == nil {
		return fmt.Errorf("door %q: %w", f.Target, ErrUnknown)
	}
	switch f.Kind {
	case "stuck":
		d.stuck = on
	case "left-open":
		d.leftOpen = on
	case "dirty":
		d.dirty = on
	case "slow":
		d.delay = mechanicalDelay
		if f.Value != "off" {
			delay, err := time.ParseDuration(f.Value)
			if err != nil || delay < 0 || delay > time.Minute {
				return fmt.Errorf("slow %q: a duration up to 1m, such as 1200ms, or off: %w", f.Value, ErrCannot)
			}
			d.delay = delay
		}
	}
	return nil
}

func (s *Site) silence(f Fault, on bool) error {
	bus, address, _ := strings.Cut(f.Target, "/")
	n, err := strconv.Atoi(address)
	b := s.boards[boardID{bus, n}]
	if err != nil || b == nil {
		return fmt.Errorf("board %q: %w (bus/address, such as main/1)", f.Target, ErrUnknown)
	}
	b.silent = on
	return nil
}

func (s *Site) lineFault(f Fault, on bool) error {
	b := s.busFault(f.Target)
	switch f.Kind {
	case "split":
		b.split = on
	case "echo":
		b.echo = on
	case "noise":
		if f.Value == "off" {
			b.noise = 0
			return nil
		}
		p, err := strconv.ParseFloat(f.Value, 64)
		if err != nil || p < 0 || p > 1 {
			return fmt.Errorf("noise %q: a probability from 0 to 1, or off: %w", f.Value, ErrCannot)
		}
		b.noise = p
	}
	return nil
}

func (s *Site) setPlug(f Fault) error {
	l := s.lines[f.Target]
	if f.Target == "scanner" && s.scanner != nil {
		l = s.scanner
	}
	if l == nil {
		return fmt.Errorf("device %q: %w", f.Target, ErrUnknown)
	}
	gone, err := parseSwitch(f.Value)
	switch {
	case err != nil:
		return err
	case gone:
		return l.unplug()
	}
	return l.plug()
}

func parseSwitch(value string) (bool, error) {
	if value != "on" && value != "off" {
		return false, fmt.Errorf("%q: on or off: %w", value, ErrCannot)
	}
	return value == "on", nil
}

// Faults lists what is wrong now.
func (s *Site) Faults() []Fault {
	found := []Fault{}
	add := func(is bool, kind, target, value string) {
		if is {
			found = append(found, Fault{kind, target, value})
		}
	}
	for name, l := range s.lines {
		add(l.terminal() == "", "unplug", name, "on")
	}
	add(s.scanner != nil && s.scanner.terminal() == "", "unplug", "scanner", "on")
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, number := range s.order {
		d := s.doors[number]
		add(d.stuck, "stuck", number, "on")
		add(d.leftOpen, "left-open", number, "on")
		add(d.dirty, "dirty", number, "on")
		add(d.delay != mechanicalDelay, "slow", number, d.delay.String())
	}
	for id, b := range s.boards {
		add(b.silent, "silent-board", fmt.Sprintf("%s/%d", id.bus, id.address), "on")
	}
	for name, f := range s.faults {
		add(f.noise > 0, "noise", name, strconv.FormatFloat(f.noise, 'g', -1, 64))
		add(f.split, "split", name, "on")
		add(f.echo, "echo", name, "on")
	}
	sort.SliceStable(found, func(i, j int) bool {
		a, b := found[i], found[j]
		return a.Kind < b.Kind || a.Kind == b.Kind && a.Target < b.Target
	})
	return found
}

// ReadFaults applies a list of faults, one "kind target value" to a line; empty
// lines and lines that begin with # are skipped. The first wrong one ends it.
func (s *Site) ReadFaults(from io.Reader) error {
	lines := bufio.NewScanner(from)
	for n := 1; lines.Scan(); n++ {
		words := strings.Fields(lines.Text())
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		if len(words) != 3 {
			return fmt.Errorf("line %d: %d words: kind, target and value", n, len(words))
		}
		if err := s.SetFault(Fault{words[0], words[1], words[2]}); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
	return lines.Err()
}
