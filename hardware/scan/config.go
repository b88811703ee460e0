package scan

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// A Config describes one code reader.
//
// A scan ends at its suffix. Under "none" and "any" it ends too when nothing has
// come for IdleGap; under "cr", "lf", "crlf" and "tab", where every code should
// have its suffix, only after IdleGap or a second, whichever is longer. A
// station whose machine is busy, or whose reader pauses inside codes, should
// therefore name its suffix. A reader with suffix CR cuts a code that holds a CR
// in two: set it to CRLF or to none then.
//
// The gap is one on the wire: it counts from the last bytes read, and a scan is
// cut only after one more look at the port has found that nothing more had
// arrived. A process that was not run for a while cuts no scan in two; it may
// take two scans without suffix for one, which is split again only where that
// is certain, and otherwise is no code.
type Config struct {
	// Port is a serial device as package device names it, "evdev:/dev/input/by-id/..."
	// for a reader that pretends to be a keyboard, or "picture:FOLDER" for
	// pictures. Empty: no reader fitted.
	Port    string
	Baud    int           // default 9600; readers on USB ignore it
	Suffix  string        // "cr", "lf", "crlf", "tab", "none" or "any" (CR, LF or TAB; default)
	IdleGap time.Duration // ends a scan that has no suffix; 10 ms to 2 s, default 100 ms

	Frame   string        // "text" (default) or "ssi": packets with checksums, acknowledged
	Trigger string        // a preset or "hex:..."; default "none": the reader reads by itself
	Rearm   time.Duration // how often a trigger is sent while nothing comes; 500 ms to 60 s, default 3 s

	// Nothing are the texts that the reader sends when it has read nothing, with
	// commas between them, 1 to 64 bytes each; empty: there are none. They are
	// compared whole, without what is put around codes and without regard to case,
	// and dropped.
	Nothing string

	// Of a reader that pretends to be a keyboard: the layout it is set to, one of
	// Layouts (default "us"), whatever the machine's own is; and whether it sends as
	// to a computer whose caps lock is on.
	Layout   string
	CapsLock bool

	// Separator is what the reader sends where FNC1 stands between GS1 elements,
	// 0 to 4 bytes; empty: 1D, as it should. Readers that pretend to be a keyboard
	// send Ctrl-], which is 1D, or as set up the two characters ^], or |, or a
	// letter. It is replaced wherever it stands, so choose one that labels lack.
	Separator string

	// SameCode is how long after its last sight the same code still counts as the
	// same scan; 0 to 10 s, default 1.5 s. Less than 0 stands for 0.
	SameCode time.Duration
}

// nothings are the texts of Nothing.
func (c Config) nothings() (texts []string) {
	for text := range strings.SplitSeq(c.Nothing, ",") {
		if text = strings.TrimSpace(text); text != "" {
			texts = append(texts, text)
		}
	}
	return texts
}

// Kind is how a reader is connected.
type Kind uint8

// The kinds of port.
const (
	Serial Kind = iota
	Keyboard
	Picture
)

const (
	keyboardPrefix = "evdev:"
	picturePrefix  = "picture:"
)

// SplitPort takes a port's name apart: how it is connected, and the path, which
// for a serial port is the whole name.
func SplitPort(port string) (Kind, string) {
	if path, ok := strings.CutPrefix(port, keyboardPrefix); ok {
		return Keyboard, path
	}
	if path, ok := strings.CutPrefix(port, picturePrefix); ok {
		return Picture, path
	}
	return Serial, port
}

// Kind tells how the reader is connected.
func (c Config) Kind() Kind {
	k, _ := SplitPort(c.Port)
	return k
}

// Starter is the trigger of a complete configuration.
func (c Config) Starter() Trigger {
	t, _ := trigger(c.Trigger) // Complete has refused any other
	return t
}

// Bauds and Suffixes are what can be chosen, the usual one of suffixes last.
var (
	Bauds    = []int{1200, 2400, 4800, 9600, 14400, 19200, 38400, 57600, 115200}
	Suffixes = []string{"cr", "lf", "crlf", "tab", "none", "any"}
)

// Complete returns the configuration with its defaults filled in, or says what
// in it cannot be.
func (c Config) Complete() (Config, error) {
	for _, d := range []struct {
		value *string
		usual string
	}{{&c.Suffix, "any"}, {&c.Frame, "text"}, {&c.Trigger, "none"}} {
		if *d.value == "" {
			*d.value = d.usual
		}
	}
	if c.Baud == 0 {
		c.Baud = 9600
	}
	switch _, path := SplitPort(c.Port); {
	case path == "":
		return c, fmt.Errorf("port %q names no device and no folder", c.Port)
	case !slices.Contains(Bauds, c.Baud):
		return c, fmt.Errorf("%d baud is not possible: choose one of %v", c.Baud, Bauds)
	case !slices.Contains(Suffixes, c.Suffix):
		return c, fmt.Errorf("suffix %q is not known: choose one of %v", c.Suffix, Suffixes)
	case c.Frame != "text" && c.Frame != "ssi":
		return c, fmt.Errorf(`frame %q is not known: "text" or "ssi"`, c.Frame)
	case len(c.Separator) > 4:
		return c, fmt.Errorf("separator %q has %d bytes: 0 to 4", c.Separator, len(c.Separator))
	}
	if _, err := trigger(c.Trigger); err != nil {
		return c, err
	}
	if _, err := layoutOf(c.Layout); err != nil {
		return c, err
	}
	for _, text := range c.nothings() {
		if len(text) > 64 {
			return c, fmt.Errorf("text %q for nothing read has %d bytes: 1 to 64, with commas between several",
				text, len(text))
		}
	}
	if c.Kind() != Serial && (c.Trigger != "none" || c.Frame != "text") {
		return c, fmt.Errorf("port %q takes no trigger and no packets: leave trigger and frame out", c.Port)
	}
	if c.SameCode < 0 {
		c.SameCode = -1 // stays as it is when it is completed again
	}
	for _, t := range []struct {
		name              string
		value             *time.Duration
		usual, least, max time.Duration
	}{
		{"idle gap", &c.IdleGap, 100 * time.Millisecond, 10 * time.Millisecond, 2 * time.Second},
		{"rearm time", &c.Rearm, 3 * time.Second, 500 * time.Millisecond, time.Minute},
		{"same-code time", &c.SameCode, 1500 * time.Millisecond, -1, 10 * time.Second},
	} {
		if *t.value == 0 {
			*t.value = t.usual
		}
		if *t.value < t.least || *t.value > t.max {
			return c, fmt.Errorf("%s of %v is not possible: choose %v to %v", t.name, *t.value, max(t.least, 0), t.max)
		}
	}
	return c, nil
}
