package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/skip2/go-qrcode"

	"cubby/hardware/sim/panel"
)

const demo = "../../packaging/demo/cubby.toml"

// running starts the demo station in a folder of its own and gives a function
// that runs client commands against it.
func running(t *testing.T, extra ...string) (folder string, do func(args ...string) (string, error)) {
	t.Helper()
	source, err := os.ReadFile(demo)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "cubby.toml")
	if err := os.WriteFile(path, source, 0o600); err != nil {
		t.Fatal(err)
	}
	return runningAt(t, path, extra...)
}

// runningAt starts the station of a file.
func runningAt(t *testing.T, path string, extra ...string) (folder string, do func(args ...string) (string, error)) {
	t.Helper()
	folder = filepath.Dir(path)
	ctx, cancel := context.WithCancelCause(context.Background())
	ended := make(chan error, 1)
	ready, said := io.Pipe()
	go func() {
		err := command(ctx, append([]string{"run", "--config", path, "--http", "127.0.0.1:0"}, extra...), said)
		said.CloseWithError(errors.Join(err, io.EOF))
		ended <- err
	}()
	t.Cleanup(func() {
		cancel(errors.New("told to end")) // as a signal does; that is no failure
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if left, _ := filepath.Glob(filepath.Join(folder, "run", "*")); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	})
	var all bytes.Buffer
	address := ""
	buf := make([]byte, 256)
	for address == "" {
		n, err := ready.Read(buf)
		all.Write(buf[:n])
		if err != nil {
			t.Fatalf("it said %q, then %v", all.String(), err)
		}
		if _, rest, ok := strings.Cut(all.String(), "http://"); ok && strings.Contains(rest, "/\n") {
			address = strings.TrimSuffix(rest, "/\n")
		}
	}
	return folder, func(args ...string) (string, error) {
		var out bytes.Buffer
		err := command(t.Context(), append([]string{args[0], "--http", address}, args[1:]...), &out)
		return out.String(), err
	}
}

func must(t *testing.T, out string, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestScriptsCanPlayAWholeSite(t *testing.T) {
	folder, do := running(t)
	bus, err := os.OpenFile(filepath.Join(folder, "run", "lockbus"), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer bus.Close()
	if _, err := bus.Write([]byte{0x02, 0x0D, 0x31, 0x03, 0x43}); err != nil { // board 0 lock 14
		t.Fatal(err)
	}
	for _, words := range []string{
		"wait door 14 open --timeout 20s", "put 14", "door 14 close", "wait door 14 closed",
		"door 3 open-by-force", "fault stuck 5 on", "fault noise main 0.05",
	} {
		out, err := do(strings.Fields(words)...)
		must(t, out, err)
	}
	out, err := do("doors")
	for _, want := range []string{"14    L     closed  something  1       main/0/14",
		"3     M     open    -          0       main/0/3"} {
		if !strings.Contains(must(t, out, err), want) {
			t.Errorf("no line %q in\n%s", want, out)
		}
	}
	out, err = do("faults")
	if got := must(t, out, err); got != "noise main 0.05\nstuck 5 on\n" {
		t.Errorf("faults: %q", got)
	}
	out, err = do("journal")
	var j panel.Journal
	if err := json.Unmarshal([]byte(must(t, out, err)), &j); err != nil {
		t.Fatal(err)
	}
	if len(j.Entries) != 1 || j.Entries[0].Door != "14" || j.Entries[0].FirstByteNS == 0 || j.Pulses["14"] != 1 ||
		len(j.Pulses) != 1 {
		t.Errorf("journal: %+v", j)
	}
}

func TestScansReachThePort(t *testing.T) {
	folder, do := running(t)
	picture := filepath.Join(folder, "code.png")
	if err := qrcode.WriteFile("PICTURE-1", qrcode.Low, 200, picture); err != nil {
		t.Fatal(err)
	}
	port, err := os.OpenFile(filepath.Join(folder, "run", "scanner"), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer port.Close()
	for _, tc := range []struct {
		name string
		args []string
		want string
	}{
		{"plain text", []string{"scan", "HELLO"}, "HELLO\r"},
		{"text with control characters", []string{"scan", "--raw", `a\x1d\r\x00b`}, "a\x1d\r\x00b\r"},
		{"bytes that are no UTF-8", []string{"scan", "--fast", "--raw", `\xff\xfe`}, "\xff\xfe\r"},
		{"text that looks like a flag", []string{"scan", "--fast", "--", "-x"}, "-x\r"},
		{"a picture", []string{"scan", "--image", picture}, "PICTURE-1\r"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			out, err := do(tc.args...)
			must(t, out, err)
			if err := port.SetReadDeadline(time.Now().Add(2 * time.Minute)); err != nil {
				t.Fatal(err)
			}
			got := make([]byte, len(tc.want))
			if _, err := io.ReadFull(port, got); err != nil || string(got) != tc.want {
				t.Errorf("got %q, %v; want %q", got, err, tc.want)
			}
		})
	}
}

func TestClientErrorsSayWhatToDo(t *testing.T) {
	_, do := running(t)
	for _, tc := range []struct{ args, want string }{
		{"door 99 close", "door 99: not on this site"},
		{"door 1 open", "door 1 is latched"},
		{"put 1", "door 1 is not open"},
		{"door 1 kick", `"kick" is nothing people do to a door`},
		{"fault unplug tank on", `device "tank": not on this site`},
		{"wait door 1 open --timeout 20ms", "door 1 is closed, not open"},
		{"wait door 1 red", "state is open, closed or ajar"},
		{"wait door 1 open --timeout soon", "timeout is a duration"},
		{"scan --image /nowhere/code.png", "read the picture"},
		{"auto perhaps", "see the usage"},
		{"dance", "see the usage"},
		{"doors --loud", "see the usage"},
	} {
		t.Run(tc.args, func(t *testing.T) {
			if _, err := do(strings.Fields(tc.args)...); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("err = %v, want %q in it", err, tc.want)
			}
		})
	}
}

func TestHelpIsTheUsageAndNothingElse(t *testing.T) {
	for _, args := range []string{"help", "--help", "-h", "run --help", "scan -h"} {
		var out bytes.Buffer
		if err := command(t.Context(), strings.Fields(args), &out); err != nil || out.String() != usage {
			t.Errorf("%s: %v, %q", args, err, out.String())
		}
	}
}

func TestTheFaultFileIsAppliedAtTheStart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "faults")
	if err := os.WriteFile(file, []byte("# a bad day\n\nstuck 7 on\nsilent-board main/2 on\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, do := running(t, "--fault-file", file, "--auto")
	out, err := do("faults")
	if got := must(t, out, err); got != "silent-board main/2 on\nstuck 7 on\n" {
		t.Errorf("faults: %q", got)
	}
}

func TestTheWallIsFoundAsItWasLeft(t *testing.T) {
	file := filepath.Join(t.TempDir(), "wall.json")
	t.Run("before", func(t *testing.T) {
		_, do := running(t, "--keep", file)
		for _, words := range []string{"door 13 open-by-force", "put 13", "door 13 close", "door 3 open-by-force"} {
			out, err := do(strings.Fields(words)...)
			must(t, out, err)
		}
	})
	_, do := running(t, "--keep", file)
	out, err := do("doors")
	for _, want := range []string{"13    XL    closed  something  0 ", "3     M     open    -          0 ",
		"14    L     closed  -          0 "} {
		if !strings.Contains(must(t, out, err), "\n"+want) {
			t.Errorf("no line %q in\n%s", want, out)
		}
	}
}

func TestRunRefusesWhatItCannotSimulate(t *testing.T) {
	broken := filepath.Join(t.TempDir(), "wall.json")
	if err := os.WriteFile(broken, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name string
		args []string
		want string
	}{
		{"no configuration", []string{"--config", "/nowhere/cubby.toml"}, "read the configuration"},
		{"a panel for everybody", []string{"--config", demo, "--http", "0.0.0.0:0"}, "can be reached by others"},
		{"a bus that is not in the file", []string{"--config", demo, "--port", "side=/tmp/x"}, "has no such bus"},
		{"a port without a path", []string{"--config", demo, "--port", "main"}, "want NAME=PATH"},
		{"a broken file of the wall", []string{"--config", demo, "--keep", broken}, "remove it to begin with"},
		{"a word too many", []string{"--config", demo, "now"}, `run takes no "now"`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			err := command(t.Context(), append([]string{"run"}, tc.args...), io.Discard)
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("err = %v, want %q in it", err, tc.want)
			}
		})
	}
}
