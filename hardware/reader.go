package hardware

import (
	"errors"
	"fmt"
	"time"

	"cubby/hardware/line"
	"cubby/hardware/scan"
	"cubby/hardware/scan/picture"
)

// A reader keeps the port of a code or badge reader open and listens to it. What
// it reads is a secret: it goes to the Sink and nowhere else.
type reader struct {
	device string // "scanner", "badge"
	port   string
	mode   line.Mode
	site   *Site
	opened func()                  // is told that the port is open
	listen func(scan.Source) error // takes what arrives until the source fails or the site is closed
}

// run keeps the port open and listens until the site is closed.
func (r *reader) run() {
	pause := reopenFirst
	for {
		opened, changed := time.Now(), r.site.ports.changed()
		err := r.serve()
		if errors.Is(err, errStopped) {
			return
		}
		r.site.report(r.device, Gone, fmt.Sprintf("%v; check that the %s is plugged in at %s", err, r.device, r.port))
		if time.Since(opened) > reopenMax {
			pause = reopenFirst
		}
		if !pauseOr(pause, changed, r.site.stop) {
			return
		}
		pause = min(2*pause, reopenMax)
	}
}

func (r *reader) serve() error {
	source, err := r.open()
	if err != nil {
		return err
	}
	if r.opened != nil {
		r.opened()
	}
	r.site.report(r.device, Working, "port "+r.port+" is open")
	err = r.listen(source)
	if closing := source.Close(); closing != nil {
		r.site.fault(fmt.Errorf("%s: %s: %w", r.device, r.port, closing))
	}
	return err
}

func (r *reader) open() (scan.Source, error) {
	switch kind, path := scan.SplitPort(r.port); kind {
	case scan.Keyboard:
		return scan.OpenKeyboard(path, r.mode.Pause)
	case scan.Picture:
		return picture.Open(path)
	default:
		return r.site.ports.open(path, r.mode)
	}
}
