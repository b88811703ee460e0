package main

import (
	"bytes"
	"context"
	"errors"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const furniture = `
[devices]
folder = "adapters"
[badge]
port = "usb:10c4:ea60"
[printer]
port = "run/printer"
[label_printer]
port = "tcp://127.0.0.1:0"
[[climate]]
name = "cooled"
port = "usb-path:3-1.2"
`

func TestEveryDeviceOfAStationCanBeSimulated(t *testing.T) {
	folder, do := furnished(t)
	done := func(args ...string) string {
		t.Helper()
		out, err := do(args...)
		return must(t, out, err)
	}

	badge, err := os.OpenFile(filepath.Join(folder, "adapters", "badge", "tty"), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer badge.Close()
	done("badge", "010063E9AE", "--hold", "10ms")
	if err := badge.SetReadDeadline(time.Now().Add(2 * time.Minute)); err != nil {
		t.Fatal(err)
	}
	frame := make([]byte, 14)
	if _, err := io.ReadFull(badge, frame); err != nil || string(frame) != "\x02010063E9AE25\x03" {
		t.Errorf("the badge reader says %q, %v", frame, err)
	}

	printer, err := os.OpenFile(filepath.Join(folder, "run", "printer"), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer printer.Close()
	if _, err := printer.Write([]byte("Parcel 7\n\x1dVB\x03\x10\x04\x01")); err != nil {
		t.Fatal(err)
	}
	if err := printer.SetReadDeadline(time.Now().Add(2 * time.Minute)); err != nil {
		t.Fatal(err)
	}
	status := make([]byte, 1)
	if _, err := io.ReadFull(printer, status); err != nil || status[0] != 0x12 { // by now it is printed
		t.Errorf("the printer says % x, %v", status, err)
	}
	if got := done("paper"); !strings.HasPrefix(got, "Parcel 7\n- ") {
		t.Errorf("paper: %q", got)
	}
	picture := filepath.Join(folder, "receipt.png")
	done("paper", "printer", "--png", picture)
	if file, err := os.ReadFile(picture); err != nil {
		t.Error(err)
	} else if _, err := png.Decode(bytes.NewReader(file)); err != nil {
		t.Error(err)
	}
	done("paper", "--tear-off")
	if got := done("paper"); got != "" {
		t.Errorf("torn off, but %q is there", got)
	}

	done("climate", "31.5", "60")
	if got := done("climate"); got != "cooled     31.5 C  60.0 %\n" {
		t.Errorf("climate: %q", got)
	}
	if got, err := os.ReadFile(filepath.Join(folder, "adapters", "climate-cooled", "path")); err != nil ||
		string(got) != "3-1.2\n" {
		t.Errorf("the sensor is in socket %q, %v", got, err)
	}
	if got := done("history", "3"); !strings.HasSuffix(got, "  closed\n") {
		t.Errorf("history: %q", got)
	}
	if got := done("faults", "--explain"); !strings.Contains(got, "late-reply") || !strings.Contains(got, "300ms@0.1") {
		t.Errorf("the explanation of faults: %q", got)
	}
	script := filepath.Join(folder, "script")
	if err := os.WriteFile(script, []byte("door 3 open-by-force\ncover printer on for 1h\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	done("script", script)
	if got := done("faults"); got != "cover printer on\n" {
		t.Errorf("faults: %q", got)
	}
	done("wait", "door", "3", "open")
	for args, want := range map[string]string{
		"badge hello": "hexadecimal", "paper fax": "not on this site",
		"paper label --png /nowhere/x": "nothing has been printed",
		"climate warm":                 "see the usage", "climate 5 --sensor attic": "not on this site",
		"script /nowhere/s":            "read the script",
		"badge 010063E9AE --hold long": "see the usage", "fault stuck 3 on for ever": "such as 5s",
	} {
		if _, err := do(strings.Fields(args)...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q in it", args, err, want)
		}
	}
}

// furnished is the demo station with every device there is.
func furnished(t *testing.T) (folder string, do func(args ...string) (string, error)) {
	t.Helper()
	source, err := os.ReadFile(demo)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "cubby.toml")
	if err := os.WriteFile(path, append(source, furniture...), 0o600); err != nil {
		t.Fatal(err)
	}
	return runningAt(t, path)
}

func TestPortsThatNeedAFolderOfAdaptersSaySo(t *testing.T) {
	source, err := os.ReadFile(demo)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "cubby.toml")
	if err := os.WriteFile(path, append(source, "\n[badge]\nport = \"usb:10c4:ea60\"\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := command(ctx, []string{"run", "--config", path, "--http", "127.0.0.1:0"}, io.Discard); err == nil ||
		!strings.Contains(err.Error(), "--devices") {
		t.Errorf("%v", err)
	}
	err = command(ctx, []string{
		"run", "--config", path, "--http", "127.0.0.1:0", "--devices", filepath.Join(filepath.Dir(path), "adapters"),
	}, io.Discard)
	if err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("with a folder: %v", err)
	}
}

func TestEveryTerminalHasItsReaders(t *testing.T) {
	source, err := os.ReadFile(demo)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "cubby.toml")
	source = append(source, `
[[terminal]]
name = "kiosk"
[[terminal]]
name = "desk"
[terminal.scanner]
port = "run/scanner-desk"
suffix = "lf"
[terminal.badge]
port = "run/badge-desk"
format = "hex"
`...)
	if err := os.WriteFile(path, source, 0o600); err != nil {
		t.Fatal(err)
	}
	folder, do := runningAt(t, path)
	for _, c := range []struct {
		port, want string
		args       []string
	}{
		{"scanner-desk", "AT-THE-DESK\n", []string{"scan", "AT-THE-DESK", "--terminal", "desk"}},
		{"scanner", "AT-THE-WALL\r", []string{"scan", "AT-THE-WALL", "--terminal", "kiosk"}},
		{"badge-desk", "010063E9AE\r\n", []string{"badge", "010063E9AE", "--hold", "10ms", "--terminal", "desk"}},
	} {
		port, err := os.OpenFile(filepath.Join(folder, "run", c.port), os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		out, err := do(c.args...)
		must(t, out, err)
		got := make([]byte, len(c.want))
		if err := port.SetReadDeadline(time.Now().Add(2 * time.Minute)); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(port, got); err != nil || string(got) != c.want {
			t.Errorf("%s says %q, %v; want %q", c.port, got, err, c.want)
		}
		port.Close()
	}
	if _, err := do("badge", "010063E9AE", "--terminal", "kiosk"); err == nil ||
		!strings.Contains(err.Error(), "not on this site") {
		t.Errorf("a badge reader that is not there: %v", err)
	}
}
