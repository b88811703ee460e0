package app

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"github.com/go-gl/glfw/v3.4/glfw"
)

// A monitor is one of the machine's, in pixels of the whole display.
type monitor struct {
	name                string
	x, y, width, height int
}

func (m monitor) String() string {
	return fmt.Sprintf("%s, %dx%d at %d,%d", m.name, m.width, m.height, m.x, m.y)
}

// monitors lists the monitors that are switched on, the primary one first. It
// must be called from the main goroutine: it starts the window system's library,
// which the toolkit uses too and does not start twice.
func monitors() ([]monitor, error) {
	if err := glfw.Init(); err != nil {
		return nil, fmt.Errorf("app: no display can be opened: %w; is DISPLAY set?", err)
	}
	var all []monitor
	for _, m := range glfw.GetMonitors() {
		mode := m.GetVideoMode()
		if mode == nil {
			continue // unplugged in this moment
		}
		x, y := m.GetPos()
		all = append(all, monitor{m.GetName(), x, y, mode.Width, mode.Height})
	}
	return all, nil
}

// pick is the nth monitor, from 1.
func pick(all []monitor, n int) (monitor, error) {
	if n >= 1 && n <= len(all) {
		return all[n-1], nil
	}
	var there []string
	for i, m := range all {
		there = append(there, fmt.Sprintf("%d (%s)", i+1, m))
	}
	if there == nil {
		return monitor{}, fmt.Errorf("app: there is no monitor %d: none is switched on", n)
	}
	return monitor{}, fmt.Errorf("app: there is no monitor %d; there are: %s", n, strings.Join(there, "; "))
}

// placeOn puts a window that is not shown yet on a monitor. The toolkit takes the
// monitor under a window's middle for the full screen (Fyne 2.8.1), and passes
// over a position of 0,0.
func placeOn(w fyne.Window, m monitor, scale float64) {
	if scale == 0 {
		scale = 1
	}
	w.Resize(fyne.NewSize(float32(float64(m.width/2)/scale), float32(float64(m.height/2)/scale)))
	if d, ok := w.(desktop.Window); ok {
		d.RequestPosition(m.x+1, m.y+1)
	}
}
