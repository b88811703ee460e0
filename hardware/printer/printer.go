// Package printer drives a receipt printer (ESC/POS) or a label printer (ZPL)
// on a serial port, a network address or a plain device file.
//
// One goroutine owns the port. Print only queues, and the Sink is told once how
// the job ended. A printer that does not say how it is may
// print, but then nothing is proven; silence of a receipt printer that has never
// answered is no fault, because many have no way back.
//
// A job during which the paper ended, the cover was opened or the port failed is
// printed again as a whole once all is well, in its form for a second printing,
// which says that it is a copy: what came out of the first is not known.
//
// Jobs with a secret are kept in memory only, until they are printed or
// forgotten; a crash loses them. All others are kept in a folder, sealed, for 24
// hours and at most 20 of them, and go on after a crash.
package printer

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"cubby/hardware/device"
	"cubby/hardware/line"
)

// Kind is what a printer understands.
type Kind string

// The kinds of printers there are.
const (
	Receipts Kind = "receipt" // ESC/POS
	Labels   Kind = "label"   // ZPL II
)

// Config describes one printer. Zero times mean the defaults named.
type Config struct {
	Device     string // its name for people and metrics: "printer", "label printer"
	Kind       Kind
	Port       string          // as package device names ports; also "tcp://host:9100" and "/dev/usb/lp0"
	Devices    *device.Watcher // nil: a printer plugged in again is found after a pause only
	Baud       int             // of a serial port; default 19200
	MustAnswer bool            // receipts: silence is a fault even of a printer that was never heard; labels: always so
	BlackMarks bool            // receipts: it reports black marks where others report the roll's end
	Folder     string          // where jobs are kept; empty: in memory only
	Vault      Vault           // seals what is kept; needed with a Folder

	Poll   time.Duration // between two looks at an idle printer; default 5 s
	Reply  time.Duration // how long an answer may take; default 3 s
	Settle time.Duration // how long a printer must be seen well after the last byte; default 2 s
}

// Vault seals what is written to disk, bound to the job it belongs to.
type Vault interface {
	Seal(belongsTo, text string) []byte
	Unseal(belongsTo string, sealed []byte) (string, error)
}

// State is the status of a printer.
type State string

// The states of a printer. Those of the first group print.
const (
	Ready State = "working"
	Low   State = "paper_low"
	Mute  State = "mute" // it does not say how it is and never did

	Empty   State = "paper_out"
	Cover   State = "cover_open" // or the print head
	Ribbon  State = "ribbon_out"
	Faulty  State = "faulty"  // cutter, mechanics
	Resting State = "resting" // too hot, or too cold; goes on by itself
	Offline State = "offline" // paused, starting, or for a reason it does not tell
	Silent  State = "silent"  // it used to answer, or must, and does not
	Gone    State = "gone"    // the port cannot be opened or has failed
)

// Prints reports whether a job may be sent.
func (s State) Prints() bool { return s == Ready || s == Low || s == Mute }

// A Report tells that a printer's state changed.
type Report struct {
	Device string
	State  State
	Detail string // for staff: what was seen
	At     time.Time
}

// Result is how a job ended.
type Result string

// The results of a job.
const (
	Printed   Result = "printed"   // the printer was seen well until it must have been done
	Sent      Result = "sent"      // all bytes went out; the printer does not say that it is done
	GivenUp   Result = "given_up"  // it failed three times, or waited for 24 hours
	Forgotten Result = "forgotten" // taken back before it was printed
)

// Ended reports the end of a job.
type Ended struct {
	Device string
	Job    string
	Result Result
	Tries  int // how often it was begun
	At     time.Time
}

// A Sink takes what a printer has to say. Its methods are called from the
// printer's goroutine and must not block.
type Sink interface {
	PrinterChanged(Report)
	JobEnded(Ended)
}

// networkSpeed is what a network or USB carries at least, bits per second.
const networkSpeed = 1_000_000

const triesMost = 3

// A Printer is a printer at work. Its methods may be called from any goroutine.
type Printer struct {
	cfg    Config
	sink   Sink
	pauses device.Pauses

	stop chan struct{}
	wake chan struct{} // holds a token while a job may wait
	once sync.Once
	done chan struct{}
	kept error // a port the kernel holds; set before done is closed
	torn int   // of a job that was cut off so many bytes may be missing; the goroutine's
	jobs *jobs

	mu    sync.Mutex // guards what follows
	last  Report
	stats Stats
}

// Stats counts what happened since Open.
type Stats struct {
	Opens     uint64 // how often the port was opened
	Jobs      uint64 // jobs that ended printed or sent
	Again     uint64 // jobs begun a second time
	Unanswers uint64 // looks without an answer
}

// Open checks the configuration, takes up the jobs kept and starts the
// printer's goroutine. A port that is missing is no error: it is reported.
func Open(cfg Config, sink Sink) (*Printer, error) { return open(cfg, sink, device.UsualPauses) }

func open(cfg Config, sink Sink, pauses device.Pauses) (*Printer, error) {
	if sink == nil || cfg.Device == "" || cfg.Port == "" {
		return nil, errors.New("printer: a device name, a port and a sink are needed")
	}
	if cfg.Kind != Receipts && cfg.Kind != Labels {
		return nil, fmt.Errorf("printer: kind %q is not known: %q or %q", cfg.Kind, Receipts, Labels)
	}
	for _, t := range []struct {
		value *time.Duration
		usual time.Duration
	}{{&cfg.Poll, 5 * time.Second}, {&cfg.Reply, 3 * time.Second}, {&cfg.Settle, 2 * time.Second}} {
		if *t.value <= 0 {
			*t.value = t.usual
		}
	}
	if cfg.Baud == 0 {
		cfg.Baud = 19200
	}
	if !line.IsSerial(cfg.Port) {
		cfg.Baud = networkSpeed
	}
	kept, err := openJobs(cfg.Folder, cfg.Vault, time.Now())
	if err != nil {
		return nil, fmt.Errorf("printer: %w", err)
	}
	p := &Printer{
		cfg: cfg, sink: sink, pauses: pauses, stop: make(chan struct{}), wake: make(chan struct{}, 1),
		done: make(chan struct{}), jobs: kept,
	}
	p.wake <- struct{}{}
	go p.run()
	return p, nil
}

// Print queues a job. It is refused when 20 wait already or the printer was
// closed. A job with a secret is queued at once; any other waits for the disk.
func (p *Printer) Print(j Job) error {
	select {
	case <-p.stop:
		return errors.New("the printer was closed")
	default:
	}
	if err := p.jobs.add(j, time.Now()); err != nil {
		return err
	}
	p.awake()
	return nil
}

// Again prints a job once more, in its form for a second printing. Only jobs
// without a secret are kept for that. It waits for the disk.
func (p *Printer) Again(id string) error {
	if err := p.jobs.again(id, time.Now()); err != nil {
		return err
	}
	p.awake()
	return nil
}

func (p *Printer) awake() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// Forget takes back those of the jobs named that hold a secret and have not been
// printed: whoever they were for has gone. One that is being printed comes to its
// end. It waits for nobody.
func (p *Printer) Forget(jobs ...string) {
	for _, e := range p.jobs.forget(jobs) {
		p.ended(e, Forgotten)
	}
}

// Jobs lists the jobs kept, oldest first. None with a secret is among them
// once it has ended. It may wait for the disk.
func (p *Printer) Jobs() []Entry { return p.jobs.list(time.Now()) }

// Device is the printer's name for people and metrics.
func (p *Printer) Device() string { return p.cfg.Device }

// State is the last report; its State is empty before the first look.
func (p *Printer) State() Report {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.last
}

// Stats returns the counters.
func (p *Printer) Stats() Stats {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stats
}

// Close ends what is under way and gives the port back. Jobs kept in the
// folder go on with the next Open.
func (p *Printer) Close() error {
	p.once.Do(func() { close(p.stop) })
	<-p.done
	return p.kept
}

func (p *Printer) count(change func(*Stats)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change(&p.stats)
}

// report notes and passes on a state that differs from the last one.
func (p *Printer) report(state State, detail string) {
	r := Report{Device: p.cfg.Device, State: state, Detail: detail, At: time.Now()}
	p.mu.Lock()
	same := p.last.State == state && p.last.Detail == detail
	if !same {
		p.last = r
	}
	p.mu.Unlock()
	if !same {
		p.sink.PrinterChanged(r)
	}
}

func (p *Printer) ended(e Entry, r Result) {
	p.sink.JobEnded(Ended{Device: p.cfg.Device, Job: e.ID, Result: r, Tries: e.Tries, At: time.Now()})
}
