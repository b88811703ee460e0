package device

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Tree reads adapters from a folder that holds one folder for each, as the
// simulated site makes it: the files path, vendor, product and serial, each of
// one line, interface where there are several, and a link tty to the terminal.
// A folder whose link leads nowhere is an adapter that is being plugged in.
func Tree(folder string) *Finder {
	return &Finder{
		folders: []string{folder},
		deep:    true,
		list: func() ([]Adapter, error) {
			entries, err := os.ReadDir(folder)
			if errors.Is(err, fs.ErrNotExist) {
				return nil, nil
			}
			if err != nil {
				return nil, err
			}
			var all []Adapter
			for _, e := range entries {
				here := filepath.Join(folder, e.Name())
				tty, err := filepath.EvalSymlinks(filepath.Join(here, "tty"))
				if err != nil || !e.IsDir() {
					continue
				}
				all = append(all, Adapter{
					linked: linked(filepath.Join(here, "tty")), TTY: tty, Path: word(here, "path"),
					Interface: word(here, "interface"),
					Vendor:    strings.ToLower(word(here, "vendor")), Product: strings.ToLower(word(here, "product")),
					Serial: word(here, "serial"), Label: word(here, "label"),
				})
			}
			return all, nil
		},
	}
}

// Machine reads what the kernel tells of its terminals under sys/class/tty.
// Those that lead to no device (consoles, pseudo-terminals) are left out, and
// so are the board's own UARTs that are not fitted.
func Machine(sys, dev string) *Finder {
	return &Finder{
		folders: []string{dev, filepath.Join(dev, "serial", "by-path"), filepath.Join(dev, "serial", "by-id")},
		list: func() ([]Adapter, error) {
			entries, err := os.ReadDir(filepath.Join(sys, "class", "tty"))
			if errors.Is(err, fs.ErrNotExist) {
				return nil, nil
			}
			if err != nil {
				return nil, err
			}
			var all []Adapter
			for _, e := range entries {
				device, err := filepath.EvalSymlinks(filepath.Join(sys, "class", "tty", e.Name(), "device"))
				if err != nil {
					continue
				}
				a := Adapter{TTY: filepath.Join(dev, e.Name())}
				a.describe(sys, device)
				if a.Path == "" && !fitted(sys, e.Name()) {
					continue
				}
				all = append(all, a)
			}
			return all, nil
		},
	}
}

// describe climbs from the terminal's device to the USB device it belongs to.
// An interface is a folder such as "3-1.2:1.0" within its device "3-1.2".
func (a *Adapter) describe(sys, device string) {
	for here := device; len(here) > len(sys); here = filepath.Dir(here) {
		if word(here, "idVendor") == "" {
			if _, number, ok := strings.Cut(filepath.Base(here), ":"); ok && word(here, "bInterfaceNumber") != "" {
				a.Interface = number
			}
			continue
		}
		a.Path = filepath.Base(here)
		a.Vendor, a.Product = strings.ToLower(word(here, "idVendor")), strings.ToLower(word(here, "idProduct"))
		a.Serial, a.Label = word(here, "serial"), word(here, "product")
		return
	}
	a.Interface = ""
}

// fitted reports whether a UART is really there; the kernel lists some that
// are not, with type 0. What has no type is no UART of the board.
func fitted(sys, name string) bool {
	kind := word(sys, "class", "tty", name, "type")
	return kind != "" && kind != "0"
}
