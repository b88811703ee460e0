package config

import (
	"fmt"
	"strings"
	"testing"
)

func TestWithoutTerminalsThereIsOneKiosk(t *testing.T) {
	c, err := withReaders(t, "[scanner]\nport = \"/dev/a\"\n[badge]\nport = \"/dev/b\"\n"+
		"[printer]\nport = \"/dev/c\"")
	if err != nil {
		t.Fatal(err)
	}
	all := c.EveryTerminal()
	if len(all) != 1 || all[0].Name != "kiosk" || all[0].ScannerDevice() != "scanner" ||
		all[0].BadgeDevice() != "badge" ||
		c.PrinterDevice(all[0]) != "printer" {
		t.Errorf("%+v", all)
	}
	if h := c.Hardware(); h.Scanner.Port != "/dev/a" || h.Badge.Port != "/dev/b" || len(h.Terminals) != 0 {
		t.Errorf("%+v", h)
	}
	if _, ok := c.TerminalNamed(""); !ok {
		t.Error("the empty name is not the kiosk")
	}
	if _, ok := c.TerminalNamed("desk"); ok {
		t.Error("there is a desk")
	}
}

func TestTerminalsHaveReadersOfTheirOwn(t *testing.T) {
	c, err := withReaders(t, `[scanner]
port = "/dev/a"
[printer]
port = "/dev/p"
[[terminal]]
name = "kiosk"
[terminal.badge]
port = "/dev/b"
[[terminal]]
name = "desk"
kind = "desk"
printer = "printer"
[terminal.scanner]
port = "run/desk"
baud = 115200
[terminal.badge]
port = "run/cards"
format = "hex"
[[terminal]]
name = "shelf-2"`)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, k := range c.EveryTerminal() {
		told = append(told, fmt.Sprintf("%s (%s): %q, %q, %q",
			k.Name, k.Kind, k.ScannerDevice(), k.BadgeDevice(), c.PrinterDevice(k)))
	}
	want := `kiosk (kiosk): "scanner", "badge", "printer"
desk (desk): "scanner desk", "badge desk", "printer"
shelf-2 (kiosk): "", "", ""`
	if got := strings.Join(told, "\n"); got != want {
		t.Errorf("they are\n%s\nwant\n%s", got, want)
	}
	if all := c.EveryTerminal(); !c.OnWall(all[0]) || c.OnWall(all[1]) || c.OnWall(all[2]) {
		t.Error("the screen on the wall is not that of the kiosk alone")
	}
	h := c.Hardware()
	if h.Scanner.Port != "/dev/a" || h.Badge.Port != "/dev/b" || len(h.Terminals) != 1 {
		t.Fatalf("%+v", h)
	}
	desk := h.Terminals[0]
	if desk.Terminal != "desk" || desk.Scanner.Port != "/etc/cubby/run/desk" || desk.Scanner.Baud != 115200 ||
		desk.Scanner.Suffix != "any" ||
		desk.Badge.Port != "/etc/cubby/run/cards" || desk.Badge.Format != "hex" {
		t.Errorf("%+v", desk)
	}
	if n := len(c.BadgeReaders()); n != 2 {
		t.Errorf("%d badge readers", n)
	}
}

func TestTerminalsThatCannotBeAreRefused(t *testing.T) {
	const kiosk = "[[terminal]]\nname = \"kiosk\"\n"
	reader := func(port string) string { return "[terminal.scanner]\nport = \"" + port + "\"\n" }
	for _, c := range []struct{ name, tables, said string }{
		{"a name twice", kiosk + kiosk, `terminal.name: "kiosk" is named twice: each terminal once`},
		{"no name", "[[terminal]]\nkind = \"desk\"", "terminal.name: is missing"},
		{"a name with a space", "[[terminal]]\nname = \"my desk\"",
			`is "my desk": 1 to 20 lower-case letters, digits and hyphens`},
		{"a kind nobody knows", "[[terminal]]\nname = \"desk\"\nkind = \"phone\"", "one of kiosk, desk"},
		{"two readers of the kiosk", "[scanner]\nport = \"/dev/a\"\n" + kiosk + reader("/dev/b"),
			"terminal.scanner: the kiosk's is described under [scanner] already: leave one of the two out"},
		{"two badge readers of the kiosk",
			"[badge]\nport = \"/dev/a\"\n" + kiosk + "[terminal.badge]\nport = \"/dev/b\"",
			"terminal.badge: the kiosk's is described under [badge] already"},
		{"a reader of a kiosk that is not there", "[scanner]\nport = \"/dev/a\"\n[[terminal]]\nname = \"desk\"",
			`scanner: belongs to the terminal "kiosk", and no [[terminal]] has that name`},
		{"one port for two",
			"[scanner]\nport = \"/dev/a\"\n" + kiosk + "[[terminal]]\nname = \"desk\"\n" + reader("/dev/a"),
			`terminal.scanner.port: "/dev/a" belongs to the scanner as well: one port for each device`},
		{"a port that is a line's",
			"[[terminal]]\nname = \"desk\"\n" + reader("/dev/serial/by-path/pci-0000:00:14.0-usb-0:2:1.0-port0"),
			"belongs to the scanner of desk as well"},
		{"a reader with a trigger nobody knows",
			"[[terminal]]\nname = \"desk\"\n" + reader("/dev/a") + "trigger = \"laser\"", "laser"},
		{"a printer that is not there", "[[terminal]]\nname = \"desk\"\nprinter = \"printer\"",
			"names the receipt printer, and there is none: describe it under [printer]"},
		{"nine of them", func() (s string) {
			for i := range 9 {
				s += fmt.Sprintf("[[terminal]]\nname = \"t%d\"\n", i)
			}
			return s
		}(), "there are 9: at most 8"},
	} {
		if _, err := withReaders(t, c.tables); err == nil || !strings.Contains(err.Error(), c.said) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
