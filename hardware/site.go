package hardware

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"cubby/hardware/device"
	"cubby/locker/door"
)

// openingsKept bounds how many opening ids are remembered to catch one that is
// ordered twice: some weeks of a busy station.
const openingsKept = 20000

// A Site is the running hardware of one station. Its methods may be called from
// any goroutine, also from inside a Sink, except Close, which waits for the
// goroutines that call the Sink. A Site remembers nothing over a restart and
// drives no lock by itself.
type Site struct {
	sink     Sink
	buses    []*bus
	scanners []*scanner
	ports    *device.Watcher

	pulsedBefore map[string][]time.Time // Config.Pulsed, while the buses are made
	refused      *inbox[door.Ended]
	stop         chan struct{}
	running      sync.WaitGroup

	mu         sync.Mutex // guards what follows
	closed     bool
	where      map[string]*bus     // by compartment
	openings   map[string]struct{} // ids ordered
	ids        []string            // the same, oldest first
	devices    []string            // in the order of the configuration
	conditions map[string]DeviceReport
	faults     []error // ports that could not be given back
}

// Open checks the configuration and starts one goroutine for every line. Ports
// that are missing are not an error: they are reported Gone and tried again.
func Open(cfg Config, sink Sink) (*Site, error) { return open(cfg, usualCoil, sink) }

func open(cfg Config, limits coilLimits, sink Sink) (*Site, error) {
	if sink == nil {
		return nil, errors.New("hardware: a site needs a sink")
	}
	cfg, err := complete(cfg)
	if err != nil {
		return nil, fmt.Errorf("hardware: %w", err)
	}
	s := &Site{
		sink:       sink,
		ports:      cfg.Devices,
		refused:    newInbox[door.Ended](),
		stop:       make(chan struct{}),
		where:      map[string]*bus{},
		openings:   map[string]struct{}{},
		conditions: map[string]DeviceReport{},

		pulsedBefore: cfg.Pulsed,
	}
	rosters := rosters(cfg.Buses)
	for i, c := range cfg.Buses {
		b, err := newBus(c, limits, s)
		if err != nil {
			return nil, fmt.Errorf("hardware: %w", err)
		}
		b.roll.roster = rosters[i]
		s.buses = append(s.buses, b)
		s.devices = append(s.devices, b.device)
		for _, board := range b.boards {
			s.devices = append(s.devices, board.device)
			for _, l := range board.doors.locks {
				s.where[l.compartment] = b
				s.devices = append(s.devices, doorDevice(l.compartment))
			}
		}
	}
	var cards []*cardReader
	for _, r := range cfg.readers() {
		if r.Scanner.Port != "" {
			one := newScanner(r.Terminal, r.Scanner, s)
			s.scanners = append(s.scanners, one)
			s.devices = append(s.devices, one.device())
		}
		if r.Badge.Port != "" {
			one := &cardReader{terminal: r.Terminal, cfg: r.Badge, site: s}
			cards = append(cards, one)
			s.devices = append(s.devices, one.device())
		}
	}
	for _, b := range s.buses {
		s.ports.Heed(b.cfg.Port)
		s.running.Go(b.run)
	}
	for _, one := range s.scanners {
		s.running.Go(one.run)
	}
	for _, one := range cards {
		s.running.Go(one.run)
	}
	s.running.Go(s.refuse)
	return s, nil
}

// Order asks for one pulse. It never blocks; the Sink is told once how the
// opening ended. An opening ordered before is Refused, and so is a compartment
// that no board has. An order after Close is dropped without an answer.
func (s *Site) Order(o door.Order) {
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	_, again := s.openings[o.Opening]
	b := s.where[o.Compartment]
	if again || b == nil {
		// An opening ordered before may have been pulsed: never say that it was not.
		s.refused.put(door.Ended{
			Opening: o.Opening, Compartment: o.Compartment, Result: door.Refused, Pulsed: again, At: now,
		})
		return
	}
	s.openings[o.Opening] = struct{}{}
	s.ids = append(s.ids, o.Opening)
	if len(s.ids) > openingsKept {
		delete(s.openings, s.ids[0])
		s.ids = s.ids[1:]
	}
	b.inbox.put(&opening{Order: o, received: now})
}

// refuse answers the orders that never reach a bus.
func (s *Site) refuse() {
	for stopped := false; !stopped; {
		select {
		case <-s.refused.wake:
		case <-s.stop:
			stopped = true
		}
		for _, e := range s.refused.take() {
			s.sink.OpeningEnded(e)
		}
	}
}

// Close ends what is under way, waits for all goroutines and gives the ports
// back. Openings that were driven and not yet seen open end Uncertain, orders
// not yet sent end Refused. It returns an error for a port the kernel keeps.
func (s *Site) Close() error {
	s.mu.Lock()
	if !s.closed {
		s.closed = true
		close(s.stop)
	}
	s.mu.Unlock()
	s.running.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	return errors.Join(s.faults...)
}

// Conditions returns the last report of every device that has made one, in the
// order of the configuration.
func (s *Site) Conditions() []DeviceReport {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []DeviceReport
	for _, device := range s.devices {
		if r, ok := s.conditions[device]; ok {
			all = append(all, r)
		}
	}
	return all
}

// Still names the lines that have been at one thing for longer than a time: the
// goroutine that owns them stands still.
func (s *Site) Still(longer time.Duration) (devices []string) {
	for _, b := range s.buses {
		if since := b.busy.Load(); since != nil && time.Since(*since) > longer {
			devices = append(devices, b.device)
		}
	}
	return devices
}

// BusStats returns the counters of every bus, in the order of the configuration.
func (s *Site) BusStats() []BusStats {
	var all []BusStats
	for _, b := range s.buses {
		all = append(all, b.stats.read())
	}
	return all
}

// ScannerStats returns the counters of every code reader, the kiosk's first.
func (s *Site) ScannerStats() (all []ScannerStats) {
	for _, one := range s.scanners {
		stats := one.stats.read()
		stats.Device = one.device()
		all = append(all, stats)
	}
	return all
}

// report notes and passes on a condition that differs from the last one.
func (s *Site) report(device string, condition Condition, detail string) {
	r := DeviceReport{Device: device, Condition: condition, Detail: detail, At: time.Now()}
	s.mu.Lock()
	last, ok := s.conditions[device]
	same := ok && last.Condition == condition && last.Detail == detail
	if !same {
		s.conditions[device] = r
	}
	s.mu.Unlock()
	if !same {
		s.sink.DeviceChanged(r)
	}
}

func (s *Site) fault(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, err)
}

// expectOrder keeps idle readings off the lines for a moment: a scan has begun
// and an order may follow at once.
func (s *Site) expectOrder(now time.Time) {
	for _, b := range s.buses {
		b.quiet.begin(now)
	}
}
