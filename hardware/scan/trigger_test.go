package scan

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func TestTriggersAreTheBytesTheirMakersPrint(t *testing.T) {
	for _, c := range []struct{ trigger, wake, on, off string }{
		{"none", "", "", ""},
		{"grow", "", "7E 00 08 01 00 02 01 02 DA", ""},
		{"ssi", "00", "04 E4 04 00 FF 14", "04 E5 04 00 FF 13"},
		{"honeywell", "", "16 54 0D", "16 55 0D"},
		{"newland", "", "01 54 04", "01 50 04"},
		{"datalogic", "", "54", "58"},
		{"hex:4C 4F 4E 0D/4C 4F 46 46 0D", "", "4C 4F 4E 0D", "4C 4F 46 46 0D"}, // Keyence LON and LOFF
		{"hex:44", "", "44", ""},                                                // CipherLab D
	} {
		got := Config{Trigger: c.trigger}.Starter()
		if !bytes.Equal(got.Wake, unhex(t, c.wake)) || !bytes.Equal(got.On, unhex(t, c.on)) ||
			!bytes.Equal(got.Off, unhex(t, c.off)) {
			t.Errorf("%s: % X", c.trigger, got)
		}
	}
}

func TestRegisterCommandsCheckAsTheManualPrintsThem(t *testing.T) {
	for _, c := range []struct {
		name    string
		kind    byte
		address uint16
		data    []byte
		want    string
	}{
		{"trigger", growWrite, growTrigger, []byte{0x01}, "7E 00 08 01 00 02 01 02 DA"},
		{"save", 0x09, 0x0000, []byte{0x00}, "7E 00 09 01 00 00 00 DE C8"},
		{"find baud", 0x07, 0x002A, []byte{0x02}, "7E 00 07 01 00 2A 02 D8 0F"},
		{"heartbeat", 0x0A, 0x0000, []byte{0x00}, "7E 00 0A 01 00 00 00 30 1A"},
		{"version", 0x07, 0x00E2, []byte{0x01}, "7E 00 07 01 00 E2 01 77 91"},
	} {
		if got := growCommand(c.kind, c.address, c.data...); !bytes.Equal(got, unhex(t, c.want)) {
			t.Errorf("%s: % X, want %s", c.name, got, c.want)
		}
	}
	// A command that sets the speed is only checked: this program sends none.
	if b := unhex(t, "7E 00 08 02 00 2A 39 01 A7 EA"); crcXMODEM(b[2:8]) != 0xA7EA {
		t.Error("the checksum of a speed command")
	}
	if crcXMODEM(acknowledgements[0][2:5]) != 0x3331 {
		t.Error("the checksum of an acknowledgement")
	}
	for i, a := range acknowledgements {
		for j, b := range acknowledgements {
			if bytes.IndexByte(a[1:], b[0]) >= 0 {
				t.Errorf("acknowledgement %d has the first byte of %d in it: stripping would miss it", i, j)
			}
		}
	}
}

func TestAConfigurationIsCompletedOrRefused(t *testing.T) {
	good, err := Config{Port: "/dev/x"}.Complete()
	want := Config{Port: "/dev/x", Baud: 9600, Suffix: "any", IdleGap: 100 * time.Millisecond, Frame: "text",
		Trigger: "none",
		Rearm:   3 * time.Second, SameCode: 1500 * time.Millisecond}
	if err != nil || good != want {
		t.Errorf("%+v, %v", good, err)
	}
	for _, c := range []struct {
		name   string
		config Config
		said   string
	}{
		{"no port", Config{}, "names no device"},
		{"no device", Config{Port: "evdev:"}, "names no device"},
		{"an odd speed", Config{Port: "x", Baud: 1234}, "1234 baud"},
		{"an odd suffix", Config{Port: "x", Suffix: "dot"}, "suffix"},
		{"an odd frame", Config{Port: "x", Frame: "xml"}, "frame"},
		{"an odd trigger", Config{Port: "x", Trigger: "laser"}, "trigger"},
		{"a trigger without bytes", Config{Port: "x", Trigger: "hex:"}, "trigger"},
		{"a trigger that is no hexadecimal", Config{Port: "x", Trigger: "hex:16/ZZ"}, "trigger"},
		{"a trigger that is too long", Config{Port: "x", Trigger: "hex:" + strings.Repeat("00", 33)}, "trigger"},
		{"a long separator", Config{Port: "x", Separator: "<GS>!"}, "separator"},
		{"a short gap", Config{Port: "x", IdleGap: time.Millisecond}, "idle gap"},
		{"a short rearm", Config{Port: "x", Rearm: time.Millisecond}, "rearm"},
		{"a long memory", Config{Port: "x", SameCode: time.Minute}, "same-code"},
		{"a keyboard with a trigger", Config{Port: "evdev:/dev/input/by-id/x", Trigger: "ssi"}, "no trigger"},
		{"pictures with packets", Config{Port: "picture:/var/spool/x", Frame: "ssi"}, "no trigger and no packets"},
	} {
		if _, err := c.config.Complete(); err == nil || !strings.Contains(err.Error(), c.said) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestANamedSuffixIsWaitedForLonger(t *testing.T) {
	for suffix, want := range map[string]time.Duration{
		"cr": time.Second, "crlf": time.Second, "tab": time.Second, "none": 100 * time.Millisecond,
		"any": 100 * time.Millisecond,
	} {
		c, err := Config{Port: "x", Suffix: suffix}.Complete()
		if err != nil || c.Wait() != want {
			t.Errorf("%s: %v, %v", suffix, c.Wait(), err)
		}
	}
}
