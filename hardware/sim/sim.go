// Package sim is a simulated site: lock boards of five families, doors, things
// inside, readers of codes and cards, printers, climate sensors, cameras and the people in
// front of them, behind pseudo-terminals and network bridges that the real drivers
// open like any serial port. Everything real boards, locks and wires are known to
// do wrong can be switched on (FaultKinds), at once, at a time or by chance.
//
// It shares no code with those drivers on purpose: the frames are put together
// here a second time, from the published protocol, so that one mistake cannot
// hide in both. It knows nothing of parcels or visits either; a door opens
// because a coil was driven and closes because somebody pushed it. What really
// happened is remembered (Journal, History), so that an outside judge can hold a
// driver against it.
//
// A Site owns its pseudo-terminals, their symbolic links and its goroutines;
// Close ends them all. Its methods may be called from any goroutine. After a
// crash all doors are latched and empty, unless Keep has written down how they
// were left; faults and the journal are forgotten. A link that points to a
// terminal which is gone is replaced by the next start.
package sim

import (
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"sync"
	"time"

	"cubby/hardware/sim/paper"
	"cubby/locker/view"
)

// A Plan is what is bolted to the wall.
type Plan struct {
	Station  string // for the panel's heading
	Wall     view.Wall
	Sizes    map[string]string // door number -> size, for people
	Buses    []Bus
	Scanner  Scanner // no Link and no Adapter: none; the same for those below
	Badge    Badge
	Printer  Printer
	Label    Printer
	Climates []Climate
	Cameras  []string  // their names; the panel gives their pictures
	Further  []Scanner // of the terminals beside the kiosk
	Badges   []Badge   // the same
	Devices  string    // folder in which adapters are listed; empty: nowhere
	Seed     uint64    // of noise and of the places where replies are split
	Left     []Left    // how doors were left; others are closed and empty
}

// A Bus is one line with lock boards.
type Bus struct {
	Name    string
	Dialect string // one of Dialects; "" is kerong-cu16
	Link    string // symbolic link to make; the driver's port. Or tcp://127.0.0.1:PORT, where port 0 takes a free one
	Adapter Adapter
	Baud    int  // bits per second; a byte takes 10 bits
	Echo    bool // the adapter hears its own bytes: the fault "echo" from the start
	Boards  []Board
}

// A Board is one lock board.
type Board struct {
	// as its selector says; 0 to 15, 1 to 32 for xor-8a80, 1 to 247 for waveshare-modbus, 0 to 31 for wkly
	Address        int
	InvertHook     bool           // the hook bit is 0 when latched
	Presence       bool           // infrared sensors are fitted
	InvertPresence bool           // the infrared bit is 0 when something is inside
	Locks          map[int]string // lock, from 1 -> door number
	Channels       int            // how many locks the board has; 0: as usual for its dialect
	LowFirst       bool           // xor-8a80: the bitmap's first byte is of locks 1 to 8, not of the highest
	LockByte       int            // kerong-cu48: where an unlock has its lock number: 1, or 2 for any other value
	ZeroBased      bool           // wkly: the board calls its first lock 0
	OneByOne       bool           // xor-8a80: answers for one lock at a time only
	Pulse          time.Duration  // how long it drives a lock as delivered; 0: 500 ms
}

// ErrUnknown says that there is no such door, bus, board or fault.
var ErrUnknown = errors.New("not on this site")

// ErrCannot says that the thing exists but cannot be done to it now.
var ErrCannot = errors.New("cannot be done")

// Site is a running simulation.
type Site struct {
	plan     Plan
	lines    map[string]*line       // by the name of the bus or device
	readers  map[string]*codeReader // of codes, by name
	others   []string               // names of the lines that are no buses
	printer  *paper.Printer
	labeller *paper.Labeller

	faulting sync.Mutex // one fault at a time; taken before mu

	mu       sync.Mutex // guards what follows
	doors    map[string]*door
	order    []string
	boards   map[boardID]*board
	dice     map[string]*rand.Rand // by bus name
	auto     auto
	troubles map[faultKey]*trouble
	journal  journal
	recent   []Event
	weather  []Weather
	pictures int            // that cameras have taken
	cut      map[string]int // pieces of paper that hang out of each printer
	watchers map[chan Event]bool
	changed  chan struct{} // closed and replaced at every change
	closed   bool
}

type boardID struct {
	bus     string
	address int
}

// Open makes the doors, the terminals and the links.
func Open(plan Plan) (*Site, error) {
	if err := plan.check(); err != nil {
		return nil, err
	}
	s := newSite(plan)
	links := []string{plan.Printer.Link, plan.Label.Link}
	for _, r := range plan.scanners() {
		links = append(links, r.Link)
	}
	for _, r := range plan.badges() {
		links = append(links, r.Link)
	}
	for _, c := range plan.Climates {
		links = append(links, c.Link)
	}
	for _, b := range plan.Buses {
		links = append(links, b.Link)
	}
	for _, link := range links {
		if err := removeLeftBehind(link); err != nil {
			return nil, err
		}
	}
	for _, b := range plan.Buses {
		if err := s.wire(b).plug(); err != nil {
			s.Close()
			return nil, fmt.Errorf("bus %s: %w", b.Name, err)
		}
	}
	for _, name := range s.furnish() {
		if err := s.lines[name].plug(); err != nil {
			s.Close()
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return s, nil
}

// newSite makes the physical part, without terminals.
func newSite(plan Plan) *Site {
	s := &Site{
		plan: plan, lines: map[string]*line{}, readers: map[string]*codeReader{}, doors: map[string]*door{},
		boards:   map[boardID]*board{},
		dice:     map[string]*rand.Rand{},
		auto:     auto{After: 4 * time.Second},
		troubles: map[faultKey]*trouble{},
		cut:      map[string]int{},
		journal:  journal{pulses: map[string]int{}},
		watchers: map[chan Event]bool{}, changed: make(chan struct{}),
	}
	for _, b := range plan.Buses {
		talk, err := speechOf(b.Dialect)
		if err != nil {
			continue // check refuses it
		}
		for _, p := range b.Boards {
			s.boards[boardID{b.Name, p.Address}] = newBoard(b.Name, talk, p)
			for lock, number := range p.Locks {
				s.doors[number] = &door{number: number, bus: b.Name, board: p.Address, lock: lock, state: StateClosed}
			}
		}
	}
	for _, left := range plan.Left {
		if d := s.doors[left.Number]; d != nil { // a wall may have been rebuilt since
			d.state, d.inside = left.State, left.Inside
		}
	}
	for _, b := range plan.Buses {
		if b.Echo {
			s.troubles[faultKey{"echo", b.Name}] = &trouble{text: "on", chance: 1}
		}
	}
	for _, d := range s.doors {
		s.remember(d)
	}
	for _, d := range plan.Wall.Doors {
		if s.doors[d.Number] != nil {
			s.order = append(s.order, d.Number)
		}
	}
	return s
}

// furnish makes the lines of all devices but lock boards, not yet plugged in.
func (s *Site) furnish() (names []string) {
	p := s.plan
	for _, c := range p.scanners() {
		r := &codeReader{
			site: s, name: nameAt("scanner", c.Terminal), cfg: c, ear: listener{changed: make(chan struct{})},
		}
		r.line = s.device(r.name, c.Link, c.Adapter, c.Baud)
		r.line.hear = r.hear
		s.readers[r.name] = r
		names = append(names, r.name)
	}
	for _, b := range p.badges() {
		name := nameAt("badge", b.Terminal)
		s.device(name, b.Link, b.Adapter, b.Baud)
		names = append(names, name)
	}
	names = append(names, s.furnishPrinters()...)
	for i := range p.Climates {
		names = append(names, s.furnishClimate(i))
	}
	s.others = names
	return names
}

// wire makes the line of a bus, not yet plugged in.
func (s *Site) wire(b Bus) *line {
	talk, _ := speechOf(b.Dialect) // check has refused what is not there
	l := s.device(b.Name, b.Link, b.Adapter, b.Baud)
	l.talk = talk
	l.hear = func(in chunk, tx *sender) { s.hearBus(l, in, tx) }
	return l
}

// device makes a line, not yet plugged in.
func (s *Site) device(name, link string, adapter Adapter, baud int) *line {
	l := &line{name: name, link: link, byteTime: byteTime(baud), hear: func(chunk, *sender) {}}
	if adapter != (Adapter{}) {
		l.adapted = adapted{s.plan.Devices, name, adapter}
	}
	s.lines[name] = l
	return l
}

// diceOf throws for one bus; the order of events on others does not matter to
// it. Callers hold mu.
func (s *Site) diceOf(bus string) *rand.Rand {
	if s.dice[bus] == nil {
		name := fnv.New64a()
		_, _ = name.Write([]byte(bus)) // a hash takes everything
		s.dice[bus] = rand.New(rand.NewPCG(s.plan.Seed, name.Sum64()))
	}
	return s.dice[bus]
}

// boardName is how faults call a board.
func boardName(bus string, address int) string { return fmt.Sprintf("%s/%d", bus, address) }

// Close removes the links, hangs up the terminals and waits for the goroutines.
func (s *Site) Close() error {
	s.mu.Lock()
	s.closed = true
	s.wake()
	for w := range s.watchers {
		close(w)
		delete(s.watchers, w)
	}
	s.mu.Unlock()
	var errs []error
	for _, l := range s.lines {
		errs = append(errs, l.unplug())
	}
	return errors.Join(errs...)
}

func byteTime(baud int) time.Duration { return 10 * time.Second / time.Duration(baud) }

// A Device is one of the site's ports.
type Device struct {
	Name     string  `json:"name"`
	Link     string  `json:"link"`
	Terminal string  `json:"terminal"` // empty while unplugged
	Traffic  Traffic `json:"traffic"`
	Boards   []int   `json:"boards,omitempty"` // addresses
}

// Devices lists the buses, then what else is fitted.
func (s *Site) Devices() []Device {
	var out []Device
	for _, b := range s.plan.Buses {
		l := s.lines[b.Name]
		d := Device{Name: b.Name, Link: l.address(), Terminal: l.terminal()}
		for _, p := range b.Boards {
			d.Boards = append(d.Boards, p.Address)
		}
		s.mu.Lock()
		d.Traffic = l.stats
		s.mu.Unlock()
		out = append(out, d)
	}
	for _, name := range s.others {
		if l := s.lines[name]; l != nil {
			out = append(out, Device{Name: name, Link: l.address(), Terminal: l.terminal()})
		}
	}
	return out
}

// Plan is what the site was made from.
func (s *Site) Plan() Plan { return s.plan }
