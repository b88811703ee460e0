package hardware

import (
	"fmt"
	"time"

	"cubby/hardware/badge"
	"cubby/hardware/device"
	"cubby/hardware/line"
	"cubby/hardware/scan"
)

// A cardReader owns a badge reader.
type cardReader struct {
	terminal string
	cfg      badge.Config
	site     *Site
}

func (b *cardReader) device() string { return BadgeName(b.terminal) }

func (b *cardReader) run() {
	r := reader{
		device: b.device(), port: b.cfg.Port, mode: line.Mode{Baud: b.cfg.Baud, Pause: badge.Gap},
		site: b.site, listen: b.listen,
	}
	r.run(device.UsualPauses)
}

// listen takes cards out of what arrives until the source fails. A reader whose
// bytes hold no card, time and again, is set up otherwise than the
// configuration says; one frame cut off when a card leaves is nothing.
func (b *cardReader) listen(source scan.Source) error {
	parser := badge.NewParser(b.cfg)
	still := time.NewTimer(0) // nothing has come since last for long enough
	defer still.Stop()
	still.Stop()
	var last time.Time
	misses := 0 // bursts without a card in a row
	for {
		var cards [][]byte
		over := false
		select {
		case chunk, ok := <-source.Chunks():
			switch {
			case !ok:
				return source.Err()
			case len(chunk.Bytes) == 0:
				cards, over = parser.Pause(last), !parser.Holding()
				if !over {
					still.Reset(badge.Away - badge.Gap)
				}
			default:
				still.Stop()
				last = chunk.At
				cards = parser.Feed(chunk.Bytes, last)
			}
		case <-still.C:
			if len(source.Chunks()) == 0 {
				cards, over = parser.Still(last), true
			}
		case <-b.site.stop:
			return errStopped
		}
		for _, uid := range cards {
			b.site.sink.Scanned(Scan{Terminal: b.terminal, Data: uid, Card: true, At: last})
		}
		switch {
		case !over:
		case parser.Seen():
			misses = 0
			b.site.report(b.device(), Working, "port "+b.cfg.Port+" is open")
		default:
			misses++
		}
		if misses == missesMost {
			b.site.report(b.device(), Suspect,
				fmt.Sprintf("what comes from %s holds no card: check format (%s) and baud (%d)", b.cfg.Port,
					b.cfg.Format, b.cfg.Baud))
		}
	}
}

// missesMost is how often in a row bytes may come from a badge reader without a
// card in them.
const missesMost = 3

// readers are those of all terminals, the kiosk's first.
func (c Config) readers() []Readers {
	return append([]Readers{{Scanner: c.Scanner, Badge: c.Badge}}, c.Terminals...)
}

// completeReaders completes what belongs to code readers and badge readers. No two
// devices share a port.
func completeReaders(cfg *Config, ports map[string]bool) error {
	all := cfg.readers()
	names := map[string]bool{}
	for i := range all {
		r := &all[i]
		if names[r.Terminal] {
			return fmt.Errorf("terminal %q: give every terminal a name of its own", r.Terminal)
		}
		names[r.Terminal] = true
		for _, one := range []struct {
			device, port string
			complete     func() error
		}{
			{ScannerName(r.Terminal), r.Scanner.Port, func() (err error) {
				r.Scanner, err = r.Scanner.Complete()
				return err
			}},
			{BadgeName(r.Terminal), r.Badge.Port, func() (err error) { r.Badge, err = r.Badge.Complete(); return err }},
		} {
			if one.port == "" {
				continue
			}
			if ports[one.port] {
				return fmt.Errorf("%s: port %q already belongs to another device", one.device, one.port)
			}
			ports[one.port] = true
			if err := one.complete(); err != nil {
				return fmt.Errorf("%s: %w", one.device, err)
			}
		}
	}
	cfg.Scanner, cfg.Badge, cfg.Terminals = all[0].Scanner, all[0].Badge, all[1:]
	return nil
}
