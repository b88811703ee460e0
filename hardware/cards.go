package hardware

import (
	"fmt"
	"time"

	"cubby/hardware/badge"
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
	r.run()
}

// listen takes cards out of what arrives until the source fails.
func (b *cardReader) listen(source scan.Source) error {
	parser := badge.NewParser(b.cfg)
	var last time.Time
	for {
		var cards [][]byte
		select {
		case chunk, ok := <-source.Chunks():
			switch {
			case !ok:
				return source.Err()
			case len(chunk.Bytes) == 0:
				cards = parser.Pause(last)
			default:
				last = chunk.At
				cards = parser.Feed(chunk.Bytes, last)
			}
		case <-b.site.stop:
			return errStopped
		}
		for _, uid := range cards {
			b.site.sink.Scanned(Scan{Data: uid, Card: true, At: last})
		}
	}
}

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
