package hardware

import (
	"time"

	"cubby/hardware/device"
	"cubby/hardware/line"
	"cubby/hardware/scan"
)

// ports finds and opens what the configuration names, and tells when a device
// has come or gone.
type ports struct {
	finder  *device.Finder
	watcher *device.Watcher
}

func watchPorts(cfg Config) *ports {
	p := &ports{finder: device.At(cfg.Devices)}
	var named []string
	for _, b := range cfg.Buses {
		named = append(named, b.Port)
	}
	for _, port := range []string{cfg.Scanner.Port, cfg.Badge.Port} {
		_, path := scan.SplitPort(port)
		named = append(named, path)
	}
	p.watcher = p.finder.Watch(named)
	return p
}

// open finds the device behind the port's name and opens it.
func (p *ports) open(port string, mode line.Mode) (*line.Line, error) {
	path, err := p.finder.Resolve(port)
	if err != nil {
		return nil, err
	}
	return line.OpenMode(path, mode)
}

// changed is closed when a device comes or goes. Take it before a port is tried.
func (p *ports) changed() <-chan struct{} { return p.watcher.Changed() }

// pauseOr waits until the pause is over or a device has come or gone; it
// reports false when the site is being closed first.
func pauseOr(pause time.Duration, changed, stop <-chan struct{}) bool {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-changed:
	case <-stop:
		return false
	}
	return true
}
