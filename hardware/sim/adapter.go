package sim

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// An Adapter is what the machine sees of a USB adapter. In the folder
// Plan.Devices each adapter that is plugged in has a folder with the files path,
// vendor, product, serial and, where it has several lines, interface, and the
// link tty to its terminal.
type Adapter struct {
	Path      string // the USB socket, for example "3-1.2"
	Interface string // which of its lines, for example "1.1"; empty: it has one
	Vendor    string // four hexadecimal digits
	Product   string // four hexadecimal digits
	Serial    string // empty: it has none, as most CH340
}

// AdapterFor is an adapter that a port's name finds: "usb:VID:PID",
// "usb:VID:PID:SERIAL", "usb-path:SOCKET" or "usb-path:SOCKET:INTERFACE". Any
// other port is on a CH340 without serial number. n, from 1, tells the sockets
// apart that are not named.
func AdapterFor(port string, n int) Adapter {
	a := Adapter{Path: fmt.Sprintf("9-%d", n), Vendor: "1a86", Product: "7523"}
	if identity, ok := strings.CutPrefix(port, "usb:"); ok {
		parts := strings.SplitN(identity, ":", 3)
		a.Vendor = parts[0]
		if len(parts) > 1 {
			a.Product = parts[1]
		}
		if len(parts) > 2 {
			a.Serial = parts[2]
		}
	}
	if socket, ok := strings.CutPrefix(port, "usb-path:"); ok {
		a.Path, a.Interface, _ = strings.Cut(socket, ":")
	}
	return a
}

// adapted is an adapter's folder. The zero value has none.
type adapted struct {
	folder  string // of all adapters
	name    string // of this one's folder; it stays the same in every socket
	adapter Adapter
}

func (a adapted) here() string { return filepath.Join(a.folder, a.name) }

// show makes the folder. The link comes last: without it nobody takes the
// adapter for one that is there.
func (a adapted) show(terminal string) error {
	if a.folder == "" {
		return nil
	}
	if err := a.hide(); err != nil {
		return err
	}
	err := os.MkdirAll(a.here(), 0o755)
	for file, word := range map[string]string{
		"path": a.adapter.Path, "vendor": a.adapter.Vendor, "product": a.adapter.Product,
		"serial": a.adapter.Serial, "interface": a.adapter.Interface,
	} {
		if err == nil && word != "" {
			err = os.WriteFile(filepath.Join(a.here(), file), []byte(word+"\n"), 0o644)
		}
	}
	if err == nil {
		err = os.Symlink(terminal, filepath.Join(a.here(), "tty"))
	}
	if err != nil {
		return fmt.Errorf("show the adapter of %s: %w", a.name, err)
	}
	return nil
}

// hide removes what show has made, and nothing else.
func (a adapted) hide() error {
	if a.folder == "" {
		return nil
	}
	for _, file := range []string{"tty", "path", "vendor", "product", "serial", "interface", ""} {
		if err := os.Remove(filepath.Join(a.here(), file)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("%s is not an adapter's folder alone: empty it, or give another with --devices: %w",
				a.here(), err)
		}
	}
	return nil
}

// swap puts the adapters of two lines into each other's sockets, pulling both
// out first. A socket is what a link is named after.
func (s *Site) swap(one, other string) error {
	a, b := s.lines[one], s.lines[other]
	switch {
	case a == nil || b == nil || a == b:
		return fmt.Errorf("swap %s %s: two different devices: %w", one, other, ErrUnknown)
	case strings.HasPrefix(a.address(), bridgePrefix) || strings.HasPrefix(b.address(), bridgePrefix):
		return fmt.Errorf("swap %s %s: a bridge is in no socket: %w", one, other, ErrCannot)
	}
	if err := errors.Join(a.unplug(), b.unplug()); err != nil {
		return err
	}
	a.mu.Lock()
	b.mu.Lock()
	a.link, b.link = b.link, a.link
	a.adapted.adapter.Path, b.adapted.adapter.Path = b.adapted.adapter.Path, a.adapted.adapter.Path
	a.adapted.adapter.Interface, b.adapted.adapter.Interface = b.adapted.adapter.Interface, a.adapted.adapter.Interface
	b.mu.Unlock()
	a.mu.Unlock()
	return errors.Join(a.plug(), b.plug())
}
