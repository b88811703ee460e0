package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cubby/cmd/internal/config"
	"cubby/hardware/sim"
	"cubby/hardware/sim/simtest"
)

// A hand at the keyboard: each line is preceded by what it does at the wall.
type hand struct {
	t     *testing.T
	lines []keyed
}

type keyed struct {
	before func() error
	text   string
}

// Read gives one line at a time, as a terminal does.
func (h *hand) Read(b []byte) (int, error) {
	if len(h.lines) == 0 {
		return 0, io.EOF
	}
	k := h.lines[0]
	h.lines = h.lines[1:]
	if k.before != nil {
		if err := k.before(); err != nil {
			h.t.Error(err)
		}
	}
	return copy(b, k.text+"\n"), nil
}

// An XOR board with its contacts and its summary the other way round, on an
// adapter that is known by its socket: nothing of it is in any configuration.
func bareWall(t *testing.T) (*sim.Site, string) {
	t.Helper()
	folder := t.TempDir()
	link := filepath.Join(folder, "bus")
	plan := sim.Plan{Station: "new", Seed: 1, Wall: simtest.Wall("1", "2"), Buses: []sim.Bus{{Name: "b", Dialect: "xor-8a80", Link: link, Baud: 9600,
		Boards: []sim.Board{{Address: 1, InvertHook: true, LowFirst: true, Locks: map[int]string{1: "1", 2: "2"}}}}}}
	return simtest.Open(t, plan), link
}

func TestANewStationGetsItsConfigurationByAnswering(t *testing.T) {
	site, link := bareWall(t)
	wall := filepath.Join(t.TempDir(), "wall.txt")
	if err := os.WriteFile(wall, []byte("size M 400x190x500\ncolumn 1:M 2:M\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	shut := func() error { return site.Do("1", sim.ActClose) }
	h := &hand{t: t, lines: []keyed{
		{nil, link}, {nil, "# that is all"}, {nil, "ok"}, {nil, "ok"}, {nil, "99"}, {nil, "1"}, {nil, "1"}, {nil, "skip"}, {shut, "ok"},
		{nil, "@" + wall}, {nil, "enough"}, {nil, "write"},
	}}
	path := filepath.Join(t.TempDir(), "cubby.toml")
	var out bytes.Buffer
	tl := &tool{in: h, out: &out}
	if err := tl.main(context.Background(), []string{"--config", path, "commission", "--id", "new-1", "--name", "New"}); err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	for _, want := range []string{"no lock of this board: 1 to 24", "contacts are wired the other way round", "begins with the first locks", "The new configuration is written"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("it did not say %q:\n%s", want, &out)
		}
	}
	cfg, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if b := cfg.Buses[0]; b.Dialect != "xor-8a80" || b.Port != link || !b.Boards[0].InvertHook || b.Boards[0].BitmapOrder != "low-first" {
		t.Errorf("%+v", b)
	}

	// A second time there is a station with a store, and the file says who answers.
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	out.Reset()
	tl.in = &hand{t: t, lines: []keyed{{nil, "stop"}}}
	for _, command := range []string{"init", "commission"} {
		if err := tl.main(context.Background(), []string{"--config", path, command}); err != nil {
			t.Fatalf("%s: %v\n%s", command, err, &out)
		}
	}
	if !strings.Contains(out.String(), "xor-8a80 at 9600 baud, boards 1 (24 locks)") || !strings.Contains(out.String(), "Nothing was changed") {
		t.Errorf("it said\n%s", &out)
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the file has changed: %v", err)
	}
}

func TestCommissioningThatStopsHalfwayChangesNothing(t *testing.T) {
	_, link := bareWall(t)
	path := filepath.Join(t.TempDir(), "cubby.toml")
	tl := &tool{in: &hand{t: t, lines: []keyed{{nil, link}, {nil, "ok"}}}, out: io.Discard}
	err := tl.main(context.Background(), []string{"--config", path, "commission", "--id", "new-1", "--name", "New"})
	if err == nil || !strings.Contains(err.Error(), "nothing was changed") {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("a file was made: %v", err)
	}
	err = tl.main(context.Background(), []string{"--config", path, "commission"})
	if err == nil || !strings.Contains(err.Error(), "--id and --name") {
		t.Errorf("without a name: %v", err)
	}
	for _, given := range [][]string{{"High Street", "New"}, {"new-1", strings.Repeat("long", 20)}} {
		err = tl.main(context.Background(), []string{"--config", path, "commission", "--id", given[0], "--name", given[1]})
		if err == nil || !strings.Contains(err.Error(), "3 to 40") && !strings.Contains(err.Error(), "1 to 60") {
			t.Errorf("%v is found out at the end only: %v", given, err)
		}
	}
}

// Whoever ends the program while it waits for an answer gets the lines back.
func TestCommissioningEndsWhenItIsToldTo(t *testing.T) {
	_, link := bareWall(t)
	path := filepath.Join(t.TempDir(), "cubby.toml")
	ctx, end := context.WithCancel(context.Background())
	open, typing := io.Pipe() // a terminal nobody types at any more
	t.Cleanup(func() { typing.Close() })
	h := &hand{t: t, lines: []keyed{{nil, link}, {func() error { end(); return nil }, "# thinking"}}}
	tl := &tool{in: io.MultiReader(h, open), out: io.Discard}
	err := tl.main(ctx, []string{"--config", path, "commission", "--id", "new-1", "--name", "New"})
	if err == nil || ctx.Err() == nil {
		t.Errorf("it ended with %v", err)
	}
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("a file was made: %v", err)
	}
}
