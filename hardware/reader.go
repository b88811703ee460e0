package hardware

import (
	"fmt"
	"time"

	"cubby/hardware/device"
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
	brief  int                     // how often in a row the port failed as soon as it was open
}

// A port that has failed twice within steady of being opened is working when it has
// been open for so long: a bridge that is taken by somebody else accepts every
// connection, and ends it.
const steady = 5 * time.Second

// run keeps the port open and listens until the site is closed.
func (r *reader) run(pauses device.Pauses) {
	keeper := device.Keeper[scan.Source]{
		Devices: r.site.ports, Port: r.port, Pauses: pauses, Stop: r.site.stop,
		Open: r.open,
		Serve: func(source scan.Source) error {
			if r.opened != nil {
				r.opened()
			}
			begun := time.Now()
			err := r.serve(source)
			if r.brief++; time.Since(begun) >= steady {
				r.brief = 0
			}
			return err
		},
		Gone: func(err error) {
			r.site.report(r.device, Gone,
				fmt.Sprintf("%v; check that the %s is plugged in at %s", err, r.device, r.port))
		},
	}
	if err := keeper.Run(); err != nil {
		r.site.fault(fmt.Errorf("%s: %w", r.device, err))
	}
}

// serve listens, and tells that the port works.
func (r *reader) serve(source scan.Source) error {
	wait := time.Duration(0)
	if r.brief >= 2 {
		wait = steady
	}
	told := make(chan struct{})
	timer := time.AfterFunc(wait, func() {
		defer close(told)
		r.site.report(r.device, Working, "port "+r.port+" is open")
	})
	defer func() {
		if !timer.Stop() {
			<-told // what is told next is true then
		}
	}()
	return r.listen(source)
}

func (r *reader) open(port string) (scan.Source, error) {
	switch kind, path := scan.SplitPort(port); kind {
	case scan.Keyboard:
		return scan.OpenKeyboard(path, r.mode.Pause)
	case scan.Picture:
		return picture.Open(path)
	default:
		return line.OpenMode(path, r.mode)
	}
}
