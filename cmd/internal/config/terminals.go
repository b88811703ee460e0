package config

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"

	"cubby/hardware"
	"cubby/hardware/badge"
	"cubby/hardware/scan"
	"cubby/locker/visit"
)

// Terminal is one screen with its readers.
type Terminal struct {
	Name    string `toml:"name" required:"true"`
	Kind    string `toml:"kind" default:"kiosk" oneof:"kiosk,desk"`
	Printer string `toml:"printer" default:"auto" oneof:"auto,printer,none"` // auto: the kiosk has it
	// auto: it has the one there is
	LabelPrinter string  `toml:"label_printer" default:"auto" oneof:"auto,label_printer,none"`
	Camera       string  `toml:"camera" default:""` // empty: it has none
	Scanner      Scanner `toml:"scanner"`
	Badge        Badge   `toml:"badge"`
}

// mostTerminals bounds how many visits are under way at once.
const mostTerminals = 8

// EveryTerminal lists the terminals of the station: those of the file, or the one
// kiosk when it names none. [scanner] and [badge] are the kiosk's.
func (c *Config) EveryTerminal() []Terminal {
	if len(c.Terminals) == 0 {
		return []Terminal{{
			Name: visit.Kiosk, Kind: "kiosk", Printer: "auto", LabelPrinter: "auto", Scanner: c.Scanner, Badge: c.Badge,
		}}
	}
	all := slices.Clone(c.Terminals)
	for i := range all {
		if t := &all[i]; t.Name == visit.Kiosk {
			if t.Scanner.Port == "" {
				t.Scanner = c.Scanner
			}
			if t.Badge.Port == "" {
				t.Badge = c.Badge
			}
		}
	}
	return all
}

// PrinterDevice is the name of the printer of a terminal among the devices; empty
// when it has none. A receipt is a secret: only the kiosk has the printer without
// saying so.
func (c *Config) PrinterDevice(t Terminal) string {
	if c.Printer.Port == "" || t.Printer == "none" || t.Printer == "auto" && t.Name != visit.Kiosk {
		return ""
	}
	return printerDevice
}

// OnWall reports whether the screen on the wall is that of a terminal: of the first
// kiosk.
func (c *Config) OnWall(t Terminal) bool {
	all := c.EveryTerminal()
	i := slices.IndexFunc(all, func(t Terminal) bool { return t.Kind == "kiosk" })
	return i >= 0 && all[i].Name == t.Name
}

// called is the name of a terminal as the hardware knows it: the kiosk has none.
func (t Terminal) called() string {
	if t.Name == visit.Kiosk {
		return ""
	}
	return t.Name
}

// ScannerDevice is the name of the terminal's code reader among the devices; empty
// when it has none.
func (t Terminal) ScannerDevice() string {
	if t.Scanner.Port == "" {
		return ""
	}
	return hardware.ScannerName(t.called())
}

// BadgeDevice is ScannerDevice for its badge reader.
func (t Terminal) BadgeDevice() string {
	if t.Badge.Port == "" {
		return ""
	}
	return hardware.BadgeName(t.called())
}

// readers are those of the kiosk, and those of the other terminals.
func (c *Config) readers() (kiosk hardware.Readers, others []hardware.Readers) {
	for _, t := range c.EveryTerminal() {
		r := hardware.Readers{Terminal: t.called(), Scanner: t.Scanner.hardware(), Badge: t.Badge.hardware()}
		if r.Terminal == "" {
			kiosk = r
		} else if t.Scanner.Port != "" || t.Badge.Port != "" {
			others = append(others, r)
		}
	}
	return kiosk, others
}

// BadgeReaders are all badge readers that are fitted.
func (c *Config) BadgeReaders() (all []badge.Config) {
	for _, t := range c.EveryTerminal() {
		if t.Badge.Port != "" {
			all = append(all, t.Badge.hardware())
		}
	}
	return all
}

// checkReaders looks at the readers of all terminals, and notes their ports.
func (c *Config) checkReaders(r *reader, ports map[string]string) {
	c.checkScanner(r, "scanner", "the scanner", c.Scanner, ports)
	c.checkBadge(r, "badge", "the badge reader", c.Badge, ports)
	if len(c.Terminals) > mostTerminals {
		r.refuse("terminal", "there are %d: at most %d", len(c.Terminals), mostTerminals)
	}
	names := map[string]bool{}
	for i, t := range c.Terminals {
		path := element("terminal", i)
		if t.Name != "" && !deviceName.MatchString(t.Name) {
			r.refuse(path+".name", "is %q: 1 to 20 lower-case letters, digits and hyphens", t.Name)
		}
		if names[t.Name] {
			r.refuse(path+".name", "%q is named twice: each terminal once", t.Name)
		}
		names[t.Name] = true
		if t.Printer == "printer" && c.Printer.Port == "" {
			r.refuse(path+".printer", "names the receipt printer, and there is none: describe it under [printer]")
		}
		if t.Name == visit.Kiosk {
			for _, twice := range []struct{ table, own, common string }{
				{"scanner", t.Scanner.Port, c.Scanner.Port}, {"badge", t.Badge.Port, c.Badge.Port},
			} {
				if twice.own != "" && twice.common != "" {
					r.refuse(path+"."+twice.table,
						"the kiosk's is described under [%s] already: leave one of the two out", twice.table)
				}
			}
		}
		c.checkScanner(r, path+".scanner", "the scanner of "+t.Name, t.Scanner, ports)
		c.checkBadge(r, path+".badge", "the badge reader of "+t.Name, t.Badge, ports)
	}
	if len(c.Terminals) == 0 || names[visit.Kiosk] {
		return
	}
	for table, port := range map[string]string{"scanner": c.Scanner.Port, "badge": c.Badge.Port} {
		if port != "" {
			r.refuse(table, "belongs to the terminal %q, and no [[terminal]] has that name: "+
				"add it, or describe the reader under [terminal.%s]", visit.Kiosk, table)
		}
	}
}

func (c *Config) checkScanner(r *reader, path, who string, s Scanner, ports map[string]string) {
	if s.Port == "" {
		return
	}
	take(r, path+".port", who, s.Port, ports)
	if _, err := s.hardware().Complete(); err != nil {
		r.refuse(path, "%v", err)
	}
}

func (c *Config) checkBadge(r *reader, path, who string, b Badge, ports map[string]string) {
	if b.Port == "" {
		return
	}
	take(r, path+".port", who, b.Port, ports)
	if _, err := b.hardware().Complete(); err != nil {
		r.refuse(path, "%v", err)
	}
}

// take notes a port among those that are taken.
func take(r *reader, path, who, port string, ports map[string]string) {
	if other, taken := ports[filepath.Clean(port)]; taken {
		r.refuse(path, "%q belongs to %s as well: one port for each device", port, other)
	}
	ports[filepath.Clean(port)] = who
}

// resolveReader makes the port of a code reader absolute, and the folder of one
// that is pictures.
func resolveReader(port *string, folder string, absolute func(*string)) {
	absolute(port)
	if kind, pictures := scan.SplitPort(*port); kind == scan.Picture && !filepath.IsAbs(pictures) {
		*port = strings.TrimSuffix(*port, pictures) + filepath.Join(folder, pictures)
	}
}

// TerminalNamed finds a terminal; the empty name is the kiosk.
func (c *Config) TerminalNamed(name string) (Terminal, bool) {
	all := c.EveryTerminal()
	i := slices.IndexFunc(all, func(t Terminal) bool { return t.Name == cmp.Or(name, visit.Kiosk) })
	if i < 0 {
		return Terminal{}, false
	}
	return all[i], true
}
