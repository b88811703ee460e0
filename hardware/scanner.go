package hardware

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"cubby/hardware/line"
)

const (
	scannerDevice = "scanner"
	sameCode      = 1500 * time.Millisecond // the same code sooner than this after its last sight is the same scan
	suffixWait    = time.Second             // how long a suffix is waited for that every code should have
)

// A scanner owns the line of one code reader. What it reads is a secret: it
// goes to the Sink and nowhere else.
type scanner struct {
	cfg   Scanner
	site  *Site
	stats counted[ScannerStats]

	last   [sha256.Size]byte // of the last code; the code itself is not kept
	lastAt time.Time
}

func newScanner(cfg Scanner, site *Site) *scanner { return &scanner{cfg: cfg, site: site} }

// run keeps the port open and reads it until the site is closed.
func (s *scanner) run() {
	pause := reopenFirst
	for {
		opened, changed := time.Now(), s.site.ports.changed()
		err := s.serve()
		if errors.Is(err, errStopped) {
			return
		}
		s.site.report(scannerDevice, Gone, fmt.Sprintf("%v; check that the scanner is plugged in at %s", err, s.cfg.Port))
		if time.Since(opened) > reopenMax {
			pause = reopenFirst
		}
		if !pauseOr(pause, changed, s.site.stop) {
			return
		}
		pause = min(2*pause, reopenMax)
	}
}

func (s *scanner) serve() (err error) {
	l, err := s.site.ports.open(s.cfg.Port, line.Mode{Baud: s.cfg.Baud, Pause: s.cfg.pause()})
	if err != nil {
		return err
	}
	s.stats.count(func(c *ScannerStats) { c.Opens++ })
	s.site.report(scannerDevice, Working, "port "+s.cfg.Port+" is open")
	err = s.listen(l)
	if closing := l.Close(); closing != nil {
		s.site.fault(fmt.Errorf("scanner: %s: %w", s.cfg.Port, closing))
	}
	return err
}

// listen cuts what arrives into scans until the line fails. A scan the line
// failed in is dropped. It measures no time between chunks: only the line knows
// whether there was a pause or this process was not run.
func (s *scanner) listen(l *line.Line) error {
	split := newSplitter(s.cfg.Suffix)
	var last time.Time
	for {
		select {
		case chunk, ok := <-l.Chunks():
			switch {
			case !ok:
				return l.Err()
			case len(chunk.Bytes) == 0:
				s.pass(split.pause(), last)
			default:
				last = chunk.At
				s.site.expectOrder(last)
				s.stats.count(func(c *ScannerStats) { c.Bytes += uint64(len(chunk.Bytes)) })
				s.pass(split.feed(chunk.Bytes), last)
			}
		case <-s.site.stop:
			return errStopped
		}
	}
}

// pause is how long nothing must come for a scan to be over without its suffix.
func (c Scanner) pause() time.Duration {
	switch c.Suffix {
	case "any", "none":
		return c.IdleGap
	default:
		return max(c.IdleGap, suffixWait)
	}
}

// pass hands scans on, except the same code seen again while it is held before
// the reader.
func (s *scanner) pass(cuts []cut, at time.Time) {
	for _, c := range cuts {
		again := c.digest == s.last && at.Sub(s.lastAt) < sameCode
		s.last, s.lastAt = c.digest, at
		s.stats.count(func(st *ScannerStats) {
			switch {
			case again:
				st.Duplicates++
			case c.tooLong:
				st.TooLong++
				st.Scans++
			default:
				st.Scans++
			}
		})
		if !again {
			s.site.sink.Scanned(Scan{Data: c.data, TooLong: c.tooLong, At: at})
		}
	}
}
