package doctor

import (
	"errors"
	"io/fs"
	"os"
	"os/user"
	"strconv"
	"strings"

	"cubby/hardware"
	"cubby/hardware/device"
	"cubby/locker/visit"
)

const readWrite = 6 // R_OK and W_OK of access(2)

// A use is one port of the configuration.
type use struct{ what, port string }

func (e *Examination) uses() (all []use) {
	c := e.Config
	for _, b := range c.Hardware().Buses {
		all = append(all, use{"line " + b.Name, b.Port})
	}
	var others []use
	for _, t := range c.EveryTerminal() {
		of := ""
		if t.Name != visit.Kiosk {
			of = " of the terminal " + t.Name
		}
		others = append(others, use{"the code reader" + of, t.Scanner.Port}, use{"the badge reader" + of, t.Badge.Port})
	}
	for _, u := range append(others, use{"the receipt printer", c.Printer.Port},
		use{"the label printer", c.LabelPrinter.Port}) {
		if u.port != "" {
			all = append(all, u)
		}
	}
	for _, s := range c.Sensors() {
		all = append(all, use{"the " + s.Device + " sensor", s.Port})
	}
	return all
}

// ports looks at every port and returns those that may be opened, by their name
// in the configuration.
func (e *Examination) ports() map[string]string {
	usable := map[string]string{}
	owners := map[string]string{}
	for _, u := range e.uses() {
		path, err := e.Finder.Resolve(u.port)
		switch {
		case errors.Is(err, device.ErrMissing):
			e.trouble("Plug the adapter in, or take its name from the list. If dmesg says \"disabled by hub "+
				"(EMI?)\", keep its cable away from the locks'.", "The adapter of %s is not there: %v.", u.what, err)
		case errors.Is(err, device.ErrAmbiguous):
			e.trouble("Change the port in "+e.Config.Path+" as the sentence says.",
				"It is not certain which adapter is %s: %v.", u.what, err)
		case err != nil:
			e.trouble("Mend the port in "+e.Config.Path+".", "The port of %s: %v.", u.what, err)
		case !device.IsPath(path):
			usable[u.port] = path // on a network, or read by others
		default:
			real := device.Real(path)
			if other, taken := owners[real]; taken {
				e.trouble("Give each its own adapter in "+e.Config.Path+".",
					"The same adapter, %s, is given to %s and to %s.", real, other, u.what)
				continue
			}
			owners[real] = u.what
			if e.node(u, path, real) {
				usable[u.port] = path
			}
		}
	}
	return usable
}

// node looks at one device file and reports whether it can be opened.
func (e *Examination) node(u use, path, real string) bool {
	info, err := os.Stat(path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			e.trouble("Plug the adapter in. "+e.present(), "The port of %s is not there: %s.", u.what, path)
		} else {
			e.trouble("Run doctor as the user of the core.", "The port of %s cannot be looked at: %v.", u.what, err)
		}
		return false
	}
	if info.Mode()&os.ModeCharDevice == 0 {
		e.trouble("Name a serial device in "+e.Config.Path+".", "The port of %s is no device: %s.", u.what, path)
		return false
	}
	if err := e.Access(path, readWrite); err != nil {
		group := groupName(groupOf(info))
		e.trouble("sudo usermod -aG "+group+" "+userName()+", then sign in again (a service: restart it).",
			"This user may not use the port of %s, %s, which is for the group %s.", u.what, path, group)
		return false
	}
	by, core := e.holding(real)
	switch {
	case len(by) > 1:
		e.trouble("End all but the core: two programs on one line spoil each other's bytes.",
			"More than one program has the port of %s open: %s.", u.what, join(by))
	case core && e.Core != nil:
		e.fine("The core has the port of %s open: %s.", u.what, path)
	case len(by) == 1:
		e.trouble("End that program.", "Another program has the port of %s open: %s.", u.what, by[0])
		return false
	default:
		e.fine("The port of %s is there and may be used: %s.", u.what, path)
	}
	return len(by) == 0
}

// present lists the adapters that are plugged in.
func (e *Examination) present() string {
	all, err := e.Finder.List()
	if err != nil {
		return ""
	}
	var names []string
	for _, a := range all {
		if a.Path != "" {
			names = append(names, a.Line()+" = "+a.TTY)
		}
	}
	if len(names) == 0 {
		return "No USB serial adapter is plugged in."
	}
	return "Plugged in: " + strings.Join(names, ", ") + "."
}

// lookalikes names lines whose adapters nobody could tell apart if they were
// swapped.
func (e *Examination) lookalikes() {
	buses := e.Config.Hardware().Buses
	for i, a := range buses {
		for _, b := range buses[i+1:] {
			if a.Dialect == b.Dialect && a.Baud == b.Baud && sameAddresses(a, b) {
				e.hint("Give the boards of one line other addresses on their selectors, and commission again.",
					"Lines %s and %s have boards with the same addresses: swapped adapters would not be noticed, "+
						"and would open wrong doors.", a.Name, b.Name)
			}
		}
	}
}

func sameAddresses(a, b hardware.Bus) bool {
	addresses := map[int]int{}
	for _, board := range a.Boards {
		addresses[board.Address]++
	}
	for _, board := range b.Boards {
		addresses[board.Address]--
	}
	for _, n := range addresses {
		if n != 0 {
			return false
		}
	}
	return true
}

func groupName(gid int) string {
	if g, err := user.LookupGroupId(strconv.Itoa(gid)); err == nil {
		return g.Name
	}
	return "dialout"
}

func userName() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return "USER"
}
