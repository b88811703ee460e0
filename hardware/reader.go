package hardware

import (
	"fmt"

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
}

// run keeps the port open and listens until the site is closed.
func (r *reader) run(pauses device.Pauses) {
	keeper := device.Keeper[scan.Source]{
		Devices: r.site.ports, Port: r.port, Pauses: pauses, Stop: r.site.stop,
		Open: r.open,
		Serve: func(source scan.Source) error {
			if r.opened != nil {
				r.opened()
			}
			r.site.report(r.device, Working, "port "+r.port+" is open")
			return r.listen(source)
		},
		Gone: func(err error) {
			r.site.report(r.device, Gone, fmt.Sprintf("%v; check that the %s is plugged in at %s", err, r.device, r.port))
		},
	}
	if err := keeper.Run(); err != nil {
		r.site.fault(fmt.Errorf("%s: %w", r.device, err))
	}
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
