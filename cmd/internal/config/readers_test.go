package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// withReaders is the example up to its readers, with other tables for them.
func withReaders(t *testing.T, tables string) (*Config, error) {
	t.Helper()
	source, err := os.ReadFile(examplePath)
	if err != nil {
		t.Fatal(err)
	}
	before, _, found := strings.Cut(string(source), "[scanner]")
	if !found {
		t.Fatal("the example has no scanner")
	}
	return Parse("/etc/cubby/cubby.toml", before+tables+"\n")
}

func TestReadersComeFromTheFileWithTheirDefaults(t *testing.T) {
	c, err := withReaders(t, "[scanner]\nport = \"picture:shots\"\nsame_code_ms = 0\n[badge]\nport = "+
		"\"evdev:/dev/input/by-id/x-event-kbd\"\nformat = \"digits\"\nlayout = \"fr\"\ncaps_lock = true")
	if err != nil {
		t.Fatal(err)
	}
	h := c.Hardware()
	if want := "picture:" + filepath.Join("/etc/cubby", "shots"); h.Scanner.Port != want || h.Scanner.SameCode >= 0 ||
		h.Scanner.Rearm != 3*time.Second {
		t.Errorf("scanner %+v", h.Scanner)
	}
	if h.Badge.Port != "evdev:/dev/input/by-id/x-event-kbd" || h.Badge.Spelling != "10d" || h.Badge.Layout != "fr" ||
		!h.Badge.CapsLock || h.Scanner.Layout != "us" || h.Scanner.CapsLock {
		t.Errorf("badge %+v", h.Badge)
	}
}

func TestReadersThatCannotBeAreRefused(t *testing.T) {
	for _, c := range []struct{ name, tables, said string }{
		{"an unknown trigger", "[scanner]\nport = \"x\"\ntrigger = \"laser\"", "trigger"},
		{"a keyboard with packets", "[scanner]\nport = \"evdev:/dev/input/by-id/x\"\nframe = \"ssi\"", "no packets"},
		{"one port for both", "[scanner]\nport = \"/dev/x\"\n[badge]\nport = \"/dev/x\"", "badge.port"},
		{"a badge reader's port that is a line's",
			"[badge]\nport = \"/dev/serial/by-path/pci-0000:00:14.0-usb-0:2:1.0-port0\"", "the badge reader"},
		{"a layout nobody knows", "[scanner]\nport = \"evdev:/dev/input/by-id/x\"\nlayout = \"dvorak\"",
			"us, de, es, fr, gb, it, pl"},
		{"a layout of a badge reader nobody knows",
			"[badge]\nport = \"evdev:/dev/input/by-id/x\"\nformat = \"hex\"\nlayout = \"at\"",
			"us, de, es, fr, gb, it, pl"},
		{"frames from a keyboard", "[badge]\nport = \"evdev:/dev/input/by-id/x\"", "types"},
	} {
		if _, err := withReaders(t, c.tables); err == nil || !strings.Contains(err.Error(), c.said) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
