// Package device finds serial devices by who they are, never by a number that
// the kernel hands out anew at every plug: /dev/ttyUSB0 may be the scanner
// today and the lock boards tomorrow.
//
// A port in the configuration is one of
//
//	tcp://host:port            a bridge on the network
//	/dev/serial/by-path/...    any absolute path; best one that names the socket
//	usb-path:3-1.2             the adapter in that USB socket
//	usb-path:3-1.2:1.1         one interface of it, where an adapter has several lines
//	usb:1a86:7523              the only adapter of that vendor and product
//	usb:0403:6001:A50285BI     the one with that serial number
//	evdev:..., picture:...     read by others; passed on as they are
//
// A Finder reads the machine's folders anew at each question, keeps nothing and
// may be used by any goroutine. A Watcher owns one goroutine until it is closed.
// A Keeper has a port opened by its user, again and again, for as long as it
// runs. Nothing here opens a port by itself: who is there is read from the
// kernel's lists.
package device

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// An Adapter is one serial line that the machine has, with what is known of its USB side.
type Adapter struct {
	TTY       string // its device, for example "/dev/ttyUSB0"
	Path      string // its USB socket, for example "3-1.2"; empty: not a USB device
	Interface string // which of the device's interfaces, for example "1.0"; empty: not known
	Vendor    string // four hexadecimal digits
	Product   string // four hexadecimal digits
	Serial    string // empty: it has none, as most CH340
	Label     string // what the maker calls it

	linked string // when the link to its device was made, where there is one
}

// Where names the adapter's socket, for the configuration and for people.
func (a Adapter) Where() string {
	if a.Path == "" {
		return a.TTY
	}
	return socketPrefix + a.Path
}

// Line names the adapter's socket and interface.
func (a Adapter) Line() string {
	if a.Path == "" || a.Interface == "" {
		return a.Where()
	}
	return a.Where() + ":" + a.Interface
}

// ErrMissing says that no adapter fits: it is not plugged in.
var ErrMissing = errors.New("is not plugged in")

// ErrAmbiguous says that more than one adapter fits. Taking any of them could
// open the doors of another line.
var ErrAmbiguous = errors.New("fits more than one adapter")

const (
	identityPrefix = "usb:"
	socketPrefix   = "usb-path:"
)

// readAsFiles are the ports that are paths to others.
var readAsFiles = []string{"evdev:", "picture:"}

// schemes are the ports that are no paths.
var schemes = append([]string{"tcp://", identityPrefix, socketPrefix, "camera:"}, readAsFiles...)

// IsPath reports whether the port is the path of a device, which may be
// relative to the configuration, and not one of the other ways of naming one.
func IsPath(port string) bool {
	return port != "" && !slices.ContainsFunc(schemes, func(s string) bool { return strings.HasPrefix(port, s) })
}

// Check says what is wrong with the way a port is written; nil for one that
// may be looked for.
func Check(port string) error {
	switch identity, isIdentity := strings.CutPrefix(port, identityPrefix); {
	case isIdentity:
		parts := strings.SplitN(identity, ":", 3)
		if len(parts) < 2 || !hex4(parts[0]) || !hex4(parts[1]) || len(parts) == 3 && parts[2] == "" {
			return fmt.Errorf("%q is no identity: write usb:VENDOR:PRODUCT or usb:VENDOR:PRODUCT:SERIAL, such as "+
				"usb:1a86:7523", port)
		}
	case strings.HasPrefix(port, socketPrefix):
		if socket, _, _ := strings.Cut(port[len(socketPrefix):], ":"); !isSocket(socket) {
			return fmt.Errorf("%q is no USB socket: write usb-path:BUS-PORT, such as usb-path:3-1.2", port)
		}
	case port == "":
		return errors.New("a port needs a name")
	}
	return nil
}

func hex4(s string) bool {
	return len(s) == 4 && strings.Trim(strings.ToLower(s), "0123456789abcdef") == ""
}

// isSocket knows the kernel's names of USB devices: bus, "-", ports with dots.
func isSocket(s string) bool {
	bus, ports, ok := strings.Cut(s, "-")
	return ok && bus != "" && strings.Trim(bus, "0123456789") == "" &&
		ports != "" && strings.Trim(ports, "0123456789.") == "" && !strings.HasPrefix(ports, ".") &&
		!strings.HasSuffix(ports, ".")
}

// Resolve returns what to open for a port of the configuration: a path or a
// "tcp://" address. An identity that fits no adapter is ErrMissing; one that
// fits several, or a name under by-id that several share, is ErrAmbiguous.
func (f *Finder) Resolve(port string) (string, error) {
	if err := Check(port); err != nil {
		return "", err
	}
	identity, byIdentity := strings.CutPrefix(port, identityPrefix)
	socket, bySocket := strings.CutPrefix(port, socketPrefix)
	if !byIdentity && !bySocket {
		return port, f.sharedName(port)
	}
	all, err := f.List()
	if err != nil {
		return "", err
	}
	var fit []Adapter
	for _, a := range all {
		if byIdentity && a.is(identity) || bySocket && a.in(socket) {
			fit = append(fit, a)
		}
	}
	switch len(fit) {
	case 0:
		return "", fmt.Errorf("%s %w: %s", port, ErrMissing, seen(all))
	case 1:
		return fit[0].TTY, nil
	}
	return "", fmt.Errorf("%s %w, %s", port, ErrAmbiguous, choose(fit))
}

// is compares with VENDOR:PRODUCT or VENDOR:PRODUCT:SERIAL.
func (a Adapter) is(identity string) bool {
	parts := strings.SplitN(identity, ":", 3)
	return a.Path != "" && strings.EqualFold(a.Vendor, parts[0]) && strings.EqualFold(a.Product, parts[1]) &&
		(len(parts) < 3 || a.Serial == parts[2])
}

// in compares with a socket, or a socket and an interface.
func (a Adapter) in(socket string) bool {
	socket, line, named := strings.Cut(socket, ":")
	return a.Path == socket && (!named || a.Interface == line)
}

// Real is the device behind a path with links, to compare two ports by.
func Real(path string) string {
	if !IsPath(path) {
		return path
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return filepath.Clean(path)
}

// sharedName refuses a link under by-id whose adapter has no serial number when
// a second one of its kind is there: the link leads to whichever came last.
func (f *Finder) sharedName(path string) error {
	if filepath.Base(filepath.Dir(path)) != "by-id" {
		return nil
	}
	tty, err := filepath.EvalSymlinks(path)
	if err != nil {
		return nil // opening it says why
	}
	all, err := f.List()
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(a Adapter) bool { return a.TTY == tty })
	if i < 0 || all[i].Serial != "" || all[i].Path == "" {
		return nil
	}
	var twins []Adapter
	for _, a := range all {
		if a.Serial == "" && a.Vendor == all[i].Vendor && a.Product == all[i].Product &&
			a.Interface == all[i].Interface {
			twins = append(twins, a)
		}
	}
	if len(twins) < 2 {
		return nil
	}
	return fmt.Errorf("%s %w, %s", path, ErrAmbiguous, choose(twins))
}

// choose says how to tell adapters apart.
func choose(fit []Adapter) string {
	sockets, numbered := map[string]bool{}, true
	var lines, names []string
	for _, a := range fit {
		sockets[a.Path] = true
		numbered = numbered && a.Serial != ""
		lines = append(lines, a.Line())
		names = append(names, fmt.Sprintf("usb:%s:%s:%s", a.Vendor, a.Product, a.Serial))
	}
	slices.Sort(lines)
	slices.Sort(names)
	switch {
	case len(sockets) == 1:
		return fmt.Sprintf("it has %d lines: name one, %s", len(fit), strings.Join(lines, " or "))
	case numbered && len(slices.Compact(slices.Clone(names))) == len(fit):
		return fmt.Sprintf("name one by its serial number: %s", strings.Join(names, " or "))
	}
	return fmt.Sprintf("and they cannot be told apart by a serial number: name the socket, %s, or its link under "+
		"/dev/serial/by-path", strings.Join(lines, " or "))
}

// seen lists what is plugged in, so that a wrong name is noticed at once.
func seen(all []Adapter) string {
	var names []string
	for _, a := range all {
		if a.Path == "" {
			continue
		}
		name := fmt.Sprintf("%s is usb:%s:%s", a.Line(), a.Vendor, a.Product)
		if a.Serial != "" {
			name += ":" + a.Serial
		}
		names = append(names, name)
	}
	if len(names) == 0 {
		return "there is no USB serial adapter on this machine"
	}
	slices.Sort(names)
	return "there is " + strings.Join(names, ", ")
}

// A Finder knows which adapters a machine has. The zero value is of no use; see
// Machine, Tree and At.
type Finder struct {
	list    func() ([]Adapter, error)
	folders []string // where something changes when a device comes or goes
	deep    bool     // and in the folders below them
}

// List reads which adapters there are now, in the order of their sockets.
func (f *Finder) List() ([]Adapter, error) {
	all, err := f.list()
	if err != nil {
		return nil, fmt.Errorf("list the serial devices: %w", err)
	}
	slices.SortFunc(all, func(a, b Adapter) int {
		if c := strings.Compare(a.Path, b.Path); c != 0 {
			return c
		}
		if c := strings.Compare(a.Interface, b.Interface); c != 0 {
			return c
		}
		return strings.Compare(a.TTY, b.TTY)
	})
	return all, nil
}

// At is a tree of adapters in a folder, or this machine where folder is empty.
func At(folder string) *Finder {
	if folder == "" {
		return Machine("/sys", "/dev")
	}
	return Tree(folder)
}

// word reads a one-line file; what is not there is empty.
func word(path ...string) string {
	text, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}
