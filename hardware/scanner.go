package hardware

import (
	"crypto/sha256"
	"time"

	"cubby/hardware/device"
	"cubby/hardware/line"
	"cubby/hardware/scan"
)

const (
	commandWait = 500 * time.Millisecond // how long a reader's port may take a few bytes
	wakeWait    = 50 * time.Millisecond  // what a reader takes to wake up
	startAgain  = 200 * time.Millisecond // from a code to the next trigger
)

// A scanner owns a code reader.
type scanner struct {
	terminal string
	cfg      Scanner
	site     *Site
	stats    counted[ScannerStats]

	last   [sha256.Size]byte // of the last code; the code itself is not kept
	lastAt time.Time
}

func newScanner(terminal string, cfg Scanner, site *Site) *scanner {
	return &scanner{terminal: terminal, cfg: cfg, site: site}
}

func (s *scanner) device() string { return ScannerName(s.terminal) }

func (s *scanner) run() {
	r := reader{
		device: s.device(), port: s.cfg.Port, mode: line.Mode{Baud: s.cfg.Baud, Pause: s.cfg.Wait()},
		site: s.site, listen: s.listen,
	}
	r.opened = func() { s.stats.count(func(c *ScannerStats) { c.Opens++ }) }
	r.run(device.UsualPauses)
}

// listen takes codes out of what arrives until the source fails. A scan it
// failed in is dropped. It measures no time between chunks: only the source
// knows whether there was a pause or this process was not run.
//
// A reader that has to be triggered is kept reading: a customer with a code
// touches nothing, so there is no moment that could say "now".
func (s *scanner) listen(source scan.Source) error {
	parser, trigger := scan.NewParser(s.cfg), s.cfg.Starter()
	start := time.NewTimer(0)
	defer start.Stop()
	if len(trigger.On) == 0 {
		start.Stop()
	}
	var last time.Time
	for {
		var codes []scan.Code
		select {
		case chunk, ok := <-source.Chunks():
			switch {
			case !ok:
				return source.Err()
			case len(chunk.Bytes) == 0:
				codes = parser.Pause()
			default:
				last = chunk.At
				s.site.expectOrder(last)
				s.stats.count(func(c *ScannerStats) { c.Bytes += uint64(len(chunk.Bytes)) })
				var reply []byte
				codes, reply = parser.Feed(chunk.Bytes)
				if err := say(source, reply); err != nil {
					return err
				}
			}
			if len(codes) > 0 && len(trigger.On) > 0 {
				start.Reset(startAgain)
			}
		case <-start.C:
			next := startAgain // a code is arriving: not in its middle
			if !parser.Holding() {
				if err := s.start(source, trigger); err != nil {
					return err
				}
				next = s.cfg.Rearm
			}
			start.Reset(next)
		case <-s.site.stop:
			_ = say(source, trigger.Off) // the port is given back whether it hears this or not
			return errStopped
		}
		s.pass(codes, last)
	}
}

// start lets the reader begin to read.
func (s *scanner) start(source scan.Source, trigger scan.Trigger) error {
	if len(trigger.Wake) > 0 {
		if err := say(source, trigger.Wake); err != nil {
			return err
		}
		select {
		case <-time.After(wakeWait):
		case <-s.site.stop:
			return nil // seen again by the caller
		}
	}
	return say(source, trigger.On)
}

func say(source scan.Source, b []byte) error {
	if len(b) == 0 {
		return nil
	}
	return source.Write(b, commandWait)
}

// pass hands codes on, except the same one seen again while it is held before
// the reader.
func (s *scanner) pass(codes []scan.Code, at time.Time) {
	for _, c := range codes {
		again := c.Digest == s.last && at.Sub(s.lastAt) < s.cfg.SameCode
		s.last, s.lastAt = c.Digest, at
		s.stats.count(func(st *ScannerStats) {
			switch {
			case again:
				st.Duplicates++
			case c.TooLong:
				st.TooLong++
				st.Scans++
			default:
				st.Scans++
			}
		})
		if !again {
			s.site.sink.Scanned(Scan{
				Terminal: s.terminal, Data: c.Data, Symbology: c.Symbology, TooLong: c.TooLong, Zeros: c.Zeros, At: at,
			})
		}
	}
}
