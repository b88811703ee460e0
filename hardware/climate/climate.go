// Package climate watches the temperature and humidity of a bank of cooled
// compartments with a sensor on a serial line of its own: XY-MD02 and its
// look-alikes, Modbus RTU at 9600 baud.
//
// One goroutine owns the line and asks every ten seconds. A reading that cannot
// be right is not believed, and a sensor that gives several is reported; so is
// one whose unit is set wrongly. A limit that has been broken for its delay is
// reported until the temperature has come back inside. Nothing is remembered
// over a restart: a delay begins anew then.
package climate

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"cubby/hardware/device"
	"cubby/hardware/line"
	"cubby/hardware/modbus"
)

// Config describes one sensor. Zero times mean the defaults named.
type Config struct {
	Device     string          // its name for people and metrics: "climate cooled"
	Port       string          // as package device names ports
	Devices    *device.Watcher // nil: a sensor plugged in again is found after a pause only
	Baud       int             // default 9600
	Address    int             // 1 to 247, as set on the sensor
	EvenParity bool            // 8E1 in place of 8N1
	Hundredths bool            // it counts in hundredths in place of tenths
	Limits     Limits

	Poll  time.Duration // between two readings; default 10 s
	Reply time.Duration // how long an answer may take; default 500 ms
}

// State is the status of a sensor and of what it watches.
type State string

// The states.
const (
	Working State = "working"
	TooWarm State = "too_warm" // the bank, for longer than its delay
	TooCold State = "too_cold"
	Suspect State = "suspect" // its readings cannot be right
	Silent  State = "silent"  // the port is open, it does not answer
	Gone    State = "gone"    // the port cannot be opened or has failed
)

// A Report tells that a state changed.
type Report struct {
	Device string
	State  State
	Detail string // for staff: what was measured, what to do
	At     time.Time
}

// A Sink takes reports. It is called from the sensor's goroutine and must not
// block.
type Sink interface{ ClimateChanged(Report) }

const (
	retryAfter = time.Second // after a look without an answer
	writeWait  = 2 * time.Second
	keptMost   = 256 // bytes of a reply to come
)

var errStopped = errors.New("stopped")

// A Sensor is a sensor at work. Its methods may be called from any goroutine.
type Sensor struct {
	cfg    Config
	sink   Sink
	ask    []byte
	pauses device.Pauses

	stop chan struct{}
	once sync.Once
	done chan struct{}
	kept error // a port the kernel holds; set before done is closed

	mu    sync.Mutex // guards what follows
	last  Report
	now   Reading
	nowAt time.Time // when now was measured; zero: never
}

// Open checks the configuration and starts the sensor's goroutine. A port that
// is missing is no error: it is reported.
func Open(cfg Config, sink Sink) (*Sensor, error) { return open(cfg, sink, device.UsualPauses) }

func open(cfg Config, sink Sink, pauses device.Pauses) (*Sensor, error) {
	if sink == nil || cfg.Device == "" || cfg.Port == "" {
		return nil, errors.New("climate: a device name, a port and a sink are needed")
	}
	if l := cfg.Limits; !l.none() && l.Min >= l.Max {
		return nil, fmt.Errorf("climate: limits from %d to %d °C leave nothing between them", l.Min/100, l.Max/100)
	}
	ask, err := request(cfg.Address)
	if err != nil {
		return nil, fmt.Errorf("climate: %w", err)
	}
	if cfg.Baud == 0 {
		cfg.Baud = 9600
	}
	if cfg.Poll <= 0 {
		cfg.Poll = 10 * time.Second
	}
	if cfg.Reply <= 0 {
		cfg.Reply = 500 * time.Millisecond
	}
	s := &Sensor{cfg: cfg, sink: sink, ask: ask, pauses: pauses, stop: make(chan struct{}), done: make(chan struct{})}
	go s.run()
	return s, nil
}

// Close stops the goroutine and gives the port back.
func (s *Sensor) Close() error {
	s.once.Do(func() { close(s.stop) })
	<-s.done
	return s.kept
}

// State is the last report; its State is empty before the first look.
func (s *Sensor) State() Report {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last
}

// Name is the sensor's name for people and metrics.
func (s *Sensor) Name() string { return s.cfg.Device }

// Reading is the last reading that was believed, and when it was taken; a zero
// time says that there is none, or that it is older than three looks.
func (s *Sensor) Reading() (Reading, time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Since(s.nowAt) > missesMost*s.cfg.Poll {
		return Reading{}, time.Time{}
	}
	return s.now, s.nowAt
}

// run keeps the port open until the sensor is closed. What is known of the
// temperature stays known when the port fails for a while.
func (s *Sensor) run() {
	defer close(s.done)
	mode := line.Mode{Baud: s.cfg.Baud, Lowered: true}
	if s.cfg.EvenParity {
		mode.Parity = line.EvenParity
	}
	w := &watch{limits: s.cfg.Limits, hundredths: s.cfg.Hundredths}
	keeper := device.Keeper[*line.Line]{
		Devices: s.cfg.Devices, Port: s.cfg.Port, Pauses: s.pauses, Stop: s.stop,
		Open:  func(path string) (*line.Line, error) { return line.OpenMode(path, mode) },
		Serve: func(l *line.Line) error { return s.listen(l, w) },
		Gone: func(err error) {
			w.missed, w.alike = 0, 0
			s.report(Gone, fmt.Sprintf("%v; check that the sensor's adapter is plugged in at %s", err, s.cfg.Port))
		},
	}
	if err := keeper.Run(); err != nil {
		s.kept = fmt.Errorf("%s: %w", s.cfg.Device, err)
	}
}

func (s *Sensor) listen(l *line.Line, w *watch) error {
	for {
		r, why, err := s.look(l)
		if err != nil {
			return err
		}
		pause := s.cfg.Poll
		var state State
		var detail string
		var tell bool
		if why == "" {
			now := time.Now()
			state, detail, tell = w.see(r, now)
			if state != Suspect {
				s.note(r, now)
			}
		} else {
			state, detail, tell = w.miss(why)
			pause = min(pause, retryAfter)
		}
		if tell {
			s.report(state, detail)
		}
		select {
		case <-time.After(pause):
		case <-s.stop:
			return errStopped
		}
	}
}

const noAnswer = "it does not answer: check its supply, A and B, address, speed and parity"

// look asks once. Why says what came in place of a reading; the error is the
// port's, or errStopped.
func (s *Sensor) look(l *line.Line) (r Reading, why string, err error) {
	for stale := true; stale; { // what came since the last look answers nobody
		select {
		case _, ok := <-l.Chunks():
			if !ok {
				return r, "", l.Err()
			}
		default:
			stale = false
		}
	}
	if err := l.Write(s.ask, writeWait); err != nil {
		return r, "", err
	}
	timer := time.NewTimer(s.cfg.Reply)
	defer timer.Stop()
	var came []byte
	why = noAnswer
	hear := func() bool { // takes the reading out of what came
		for {
			reply, rest, _, found := modbus.Find(came)
			if came = rest; !found {
				return false
			}
			got, err := parse(reply, s.cfg.Address, s.cfg.Hundredths)
			if err == nil {
				r = got
				return true
			}
			if !errors.Is(err, errNoReading) {
				why = err.Error()
			}
		}
	}
	for {
		select {
		case chunk, ok := <-l.Chunks():
			if !ok {
				return r, "", l.Err()
			}
			came = append(came, chunk.Bytes...)
			if hear() {
				return r, "", nil
			}
			if len(came) > keptMost {
				came = came[len(came)-keptMost:]
			}
		case <-timer.C:
			for len(came) > 0 { // noise, or an echo, may have looked like the beginning of a longer reply
				if came = came[1:]; hear() {
					return r, "", nil
				}
			}
			return r, why, nil
		case <-s.stop:
			return r, "", errStopped
		}
	}
}

func (s *Sensor) note(r Reading, at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now, s.nowAt = r, at
}

// report notes and passes on a change of state, or of the reason why nothing is
// measured. The detail of all others changes with every reading and is passed on
// with the next state only.
func (s *Sensor) report(state State, detail string) {
	r := Report{Device: s.cfg.Device, State: state, Detail: detail, At: time.Now()}
	s.mu.Lock()
	same := s.last.State == state && (s.last.Detail == detail || state != Silent && state != Gone)
	if same {
		s.last.Detail = detail
	} else {
		s.last = r
	}
	s.mu.Unlock()
	if !same {
		s.sink.ClimateChanged(r)
	}
}
