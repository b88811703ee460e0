package sim

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"
)

// nuisances are what the street does to a line: a kind of fault, what it
// befalls, and its values. Left out are those that make good frames say what is
// not so (two boards at one address, contacts inverted at night), because no
// driver could know, and what befalls readers and printers.
var nuisances = []struct{ kind, target, values string }{
	{"stuck", "door", "on 0.5"}, {"no-spring", "door", "on"}, {"slow", "door", "300ms 1200ms"},
	{"left-open", "door", "on"},
	{"no-catch", "door", "on"}, {"bounce", "door", "on"}, {"dirty", "door", "on"}, {"sensor-late", "door", "1s"},
	{"flicker", "door", "0.3"},
	{"silent-board", "board", "on 0.2"}, {"sleepy", "board", "1s"}, {"cable-off", "board", "on"},
	{"cool-down", "board", "1"},
	{"power-dip", "board", "on 0.3"}, {"banner", "board", "on"}, {"unlock-reply", "board", "short status 77"},
	{"push", "board", "81 82 on never"},
	{"noise", "bus", "0.05 0.2"}, {"stray", "bus", "0.2"}, {"split", "bus", "on"}, {"latency", "bus", "16ms 40ms@0.3"},
	{"echo", "bus", "on short partial"}, {"bad-sum", "bus", "0.2"}, {"wrong-address", "bus", "0.2"},
	{"late-reply", "bus", "200ms@0.2 700ms@0.1"},
	{"interject", "bus", "0.5"}, {"text", "bus", "0.2"}, {"break-off", "bus", "request reply unlock"},
	{"unplug", "bus", "on"}, {"rename", "bus", "on"},
	{"swap", "bus", "twin"}, {forcedOpen, "door", "-"},
}

// forcedOpen is the one nuisance that is an act and no fault.
const forcedOpen = "forced"

const (
	pluggedAgain = 3 * time.Second // after which somebody puts back what broke off
	calmFor      = 4 * time.Second // without anything new going wrong, until a wall counts as mended
)

// A Vandal breaks something on one line every so often, as a seed has it. All
// of it mends itself within seconds.
type Vandal struct {
	site  *Site
	line  string
	twin  string // another line whose adapter fits this one's socket; "" for none
	doors []string
	dice  *rand.Rand

	mu   sync.Mutex // guards what follows
	done map[string]int
}

// NewVandal makes the vandal of a line. With one for every line, only one of
// each pair of twins swaps them.
func (s *Site) NewVandal(line string, seed uint64) (*Vandal, error) {
	i := slices.IndexFunc(s.plan.Buses, func(b Bus) bool { return b.Name == line })
	if i < 0 {
		return nil, fmt.Errorf("bus %q: %w", line, ErrUnknown)
	}
	bus := s.plan.Buses[i]
	v := &Vandal{site: s, line: line, dice: rand.New(rand.NewPCG(seed, uint64(i))), done: map[string]int{}}
	for _, b := range bus.Boards {
		v.doors = slices.AppendSeq(v.doors, maps.Values(b.Locks))
	}
	slices.Sort(v.doors)
	for _, other := range s.plan.Buses[i+1:] {
		if other.Dialect == bus.Dialect && other.Baud == bus.Baud && !strings.HasPrefix(bus.Link, bridgePrefix) &&
			!strings.HasPrefix(other.Link, bridgePrefix) {
			v.twin = other.Name
		}
	}
	return v, nil
}

// Run breaks things until ctx ends. It returns an error when the site does not
// know what is to be broken.
func (v *Vandal) Run(ctx context.Context) error {
	for {
		n := nuisances[v.dice.IntN(len(nuisances))]
		values := strings.Fields(n.values)
		value := values[v.dice.IntN(len(values))]
		number := v.doors[v.dice.IntN(len(v.doors))]
		span := time.Duration(200+v.dice.IntN(2500)) * time.Millisecond
		pause := time.Duration(100+v.dice.IntN(1200)) * time.Millisecond
		f := Fault{Kind: n.kind, Target: v.line, Value: value, For: span.String()}
		switch n.target {
		case "door":
			f.Target = number
		case "board":
			d, err := v.site.Door(number)
			if err != nil {
				return err
			}
			f.Target = fmt.Sprintf("%s/%d", d.Bus, d.Board)
		}
		if err := v.breaks(ctx, f); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
	}
}

func (v *Vandal) breaks(ctx context.Context, f Fault) error {
	switch f.Kind {
	case forcedOpen:
		if v.site.Do(f.Target, ActForce) != nil {
			return nil // open already: then it is not forced
		}
	case "swap":
		if v.twin == "" {
			return nil
		}
		f.Value = v.twin
		if err := v.site.SetFault(f); errors.Is(err, ErrCannot) {
			return nil // swapped already
		} else if err != nil {
			return err
		}
	default:
		if err := v.site.SetFault(f); err != nil {
			return err
		}
	}
	if f.Kind == "break-off" {
		v.site.putBack(ctx, v.line)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.done[f.Kind]++
	return nil
}

// putBack has somebody plug in again what broke off, a while later. When ctx
// has ended, Calm does it.
func (s *Site) putBack(ctx context.Context, line string) {
	time.AfterFunc(pluggedAgain, func() {
		if ctx.Err() == nil {
			// it is plugged in already, or the site is closed
			_ = s.SetFault(Fault{Kind: "unplug", Target: line, Value: "off"})
		}
	})
}

// Done counts what the vandal has broken, by the kind of fault.
func (v *Vandal) Done() map[string]int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return maps.Clone(v.done)
}

// Calm mends everything until nothing new goes wrong any more, since some
// things break late. Doors stay as they are.
func (s *Site) Calm(ctx context.Context) error {
	for calm := 0; calm < 2; calm++ {
		for _, f := range s.Faults() {
			calm = -1
			if err := s.SetFault(Fault{Kind: f.Kind, Target: f.Target, Value: "off"}); err != nil {
				return fmt.Errorf("mend %s %s: %w", f.Kind, f.Target, err)
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(calmFor):
		}
	}
	return nil
}
