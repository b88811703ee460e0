package hardware

import (
	"fmt"
	"time"

	"cubby/hardware/badge"
	"cubby/hardware/device"
	"cubby/hardware/line"
	"cubby/hardware/scan"
)

const badgeDevice = "badge"

// A cardReader owns a badge reader.
type cardReader struct {
	cfg  badge.Config
	site *Site
}

func (b *cardReader) run() {
	r := reader{device: badgeDevice, port: b.cfg.Port, mode: line.Mode{Baud: b.cfg.Baud, Pause: badge.Gap}, site: b.site, listen: b.listen}
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
			b.site.sink.Scanned(Scan{Data: uid, Card: true, At: last})
		}
		switch {
		case !over:
		case parser.Seen():
			misses = 0
			b.site.report(badgeDevice, Working, "port "+b.cfg.Port+" is open")
		default:
			misses++
		}
		if misses == missesMost {
			b.site.report(badgeDevice, Suspect, fmt.Sprintf("what comes from %s holds no card: check format (%s) and baud (%d)", b.cfg.Port, b.cfg.Format, b.cfg.Baud))
		}
	}
}

// missesMost is how often in a row bytes may come from a badge reader without a
// card in them.
const missesMost = 3

// completeReaders completes what belongs to the code reader and the badge
// reader. No two devices share a port.
func completeReaders(cfg *Config, ports map[string]bool) (err error) {
	for _, r := range []struct {
		device, port string
		complete     func() error
	}{
		{scannerDevice, cfg.Scanner.Port, func() (err error) { cfg.Scanner, err = cfg.Scanner.Complete(); return err }},
		{badgeDevice, cfg.Badge.Port, func() (err error) { cfg.Badge, err = cfg.Badge.Complete(); return err }},
	} {
		if r.port == "" {
			continue
		}
		if ports[r.port] {
			return fmt.Errorf("%s: port %q already belongs to another device", r.device, r.port)
		}
		ports[r.port] = true
		if err := r.complete(); err != nil {
			return fmt.Errorf("%s: %w", r.device, err)
		}
	}
	return nil
}
