package device

import (
	"fmt"
	"io"
	"time"
)

// Pauses are how long to wait before a port that has failed is tried again by
// itself: the first, and the longest after each was twice the one before.
type Pauses struct{ First, Most time.Duration }

// UsualPauses suit a port that a person has pulled out and looks at.
var UsualPauses = Pauses{First: 250 * time.Millisecond, Most: 5 * time.Second}

// A Keeper keeps one port open for whoever serves it. A port that fails, or is
// not there, is told of and tried again: after a pause, or at once when a device
// has come or gone, so that what is plugged in again works at once, also under
// another name. All its functions are called from the goroutine in Run.
type Keeper[P io.Closer] struct {
	Devices *Watcher // nil: those of this machine, unwatched
	Port    string   // as Resolve takes it
	Pauses  Pauses
	Stop    <-chan struct{} // ends Run when it is closed

	Open  func(path string) (P, error)
	Serve func(P) error // works with the open port until it fails or Stop is closed; it leaves it open
	Gone  func(error)   // is told why the port could not be opened, or has failed
}

// Run keeps the port open until Stop is closed. It returns the last failure to
// give the port back, which the kernel may hold still.
func (k Keeper[P]) Run() (kept error) {
	k.Devices.Heed(k.Port)
	pause := k.Pauses.First
	for {
		begun, changed := time.Now(), k.Devices.Changed()
		err, closing := k.once()
		if closing != nil {
			kept = fmt.Errorf("%s: %w", k.Port, closing)
		}
		select {
		case <-k.Stop:
			return kept
		default:
		}
		k.Gone(err)
		if time.Since(begun) > k.Pauses.Most {
			pause = k.Pauses.First
		}
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
			pause = min(2*pause, k.Pauses.Most)
		case <-changed: // a device that has just come may not be ready yet
			timer.Stop()
			pause = k.Pauses.First
		case <-k.Stop:
			timer.Stop()
			return kept
		}
	}
}

// once finds the port and has it served until it fails.
func (k Keeper[P]) once() (failed, closing error) {
	path, err := k.Devices.Resolve(k.Port)
	if err != nil {
		return err, nil
	}
	port, err := k.Open(path)
	if err != nil {
		return err, nil
	}
	return k.Serve(port), port.Close()
}
