package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cubby/cmd/internal/config"
	"cubby/hardware/sim"
	"cubby/hardware/sim/simtest"
)

// Nearly all of the time is spent waiting for boards and locks.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "8"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

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
	board := sim.Board{Address: 1, InvertHook: true, LowFirst: true, Locks: map[int]string{1: "1", 2: "2"}}
	plan := sim.Plan{Station: "new", Seed: 1, Wall: simtest.Wall("1", "2"), Buses: []sim.Bus{{
		Name: "b", Dialect: "xor-8a80", Link: link, Baud: 9600, Boards: []sim.Board{board},
	}}}
	return simtest.Open(t, plan), link
}

func TestANewStationGetsItsConfigurationByAnswering(t *testing.T) {
	t.Parallel()
	site, link := bareWall(t)
	wall := filepath.Join(t.TempDir(), "wall.txt")
	if err := os.WriteFile(wall, []byte("size M 400x190x500\ncolumn 1:M 2:M\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	shut := func() error { return site.Do("1", sim.ActClose) }
	h := &hand{t: t, lines: []keyed{
		{nil, link}, {nil, "# that is all"}, {nil, "ok"}, {nil, "ok"}, {nil, "99"}, {nil, "1"}, {nil, "1"},
		{nil, "skip"}, {shut, "ok"},
		{nil, "@" + wall}, {nil, "enough"}, {nil, "write"},
	}}
	path := filepath.Join(t.TempDir(), "cubby.toml")
	var out bytes.Buffer
	tl := &tool{in: h, out: &out}
	if err := tl.main(context.Background(), []string{
		"--config", path, "commission", "--id", "new-1", "--name", "New",
	}); err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	for _, want := range []string{
		"no lock of this board: 1 to 24", "contacts are wired the other way round", "begins with the first locks",
		"The new configuration is written",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("it did not say %q:\n%s", want, &out)
		}
	}
	cfg, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if b := cfg.Buses[0]; b.Dialect != "xor-8a80" || b.Port != link || !b.Boards[0].InvertHook ||
		b.Boards[0].BitmapOrder != "low-first" {
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
	if !strings.Contains(out.String(), "xor-8a80 at 9600 baud, boards 1 (24 locks)") ||
		!strings.Contains(out.String(), "Nothing was changed") {
		t.Errorf("it said\n%s", &out)
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the file has changed: %v", err)
	}
}

func TestCommissioningThatStopsHalfwayChangesNothing(t *testing.T) {
	t.Parallel()
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
		err = tl.main(context.Background(), []string{
			"--config", path, "commission", "--id", given[0], "--name", given[1],
		})
		if err == nil || !strings.Contains(err.Error(), "3 to 40") && !strings.Contains(err.Error(), "1 to 60") {
			t.Errorf("%v is found out at the end only: %v", given, err)
		}
	}
}

// A wall is typed as it is read: one line after the other. A wrong one is
// refused, and asked for again.
func TestAWallIsTypedLineByLine(t *testing.T) {
	t.Parallel()
	site, link := bareWall(t)
	shut := func() error { return site.Do("1", sim.ActClose) }
	h := &hand{t: t, lines: []keyed{
		{nil, link}, {nil, "ok"}, {nil, "ok"}, {nil, "1"}, {nil, "1"}, {nil, "skip"}, {shut, "ok"},
		{nil, "size M 400x190x500"}, {nil, "colum 1:M 2:M"}, {nil, ""},
		{nil, "size M 400x190x500"}, {nil, "# the only one"}, {nil, "column 1:M"}, {nil, "column 2:M"}, {nil, ""},
		{nil, "enough"}, {nil, "write"},
	}}
	path := filepath.Join(t.TempDir(), "cubby.toml")
	var out bytes.Buffer
	tl := &tool{in: h, out: &out}
	if err := tl.main(context.Background(), []string{
		"--config", path, "commission", "--id", "new-1", "--name", "New",
	}); err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	if !strings.Contains(out.String(), `"colum 1:M 2:M" is not understood`) {
		t.Errorf("it said\n%s", &out)
	}
	cfg, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(cfg.Columns) != 2 || len(cfg.Compartments()) != 2 {
		t.Errorf("the wall has %d columns and %d doors", len(cfg.Columns), len(cfg.Compartments()))
	}
}

// Where there is no port at all, no board was looked for.
func TestCommissioningSaysThatNoPortIsKnown(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "cubby.toml")
	var out bytes.Buffer
	tl := &tool{in: &hand{t: t, lines: []keyed{{nil, filepath.Join(folder, "none")}, {nil, "stop"}}}, out: &out}
	if err := tl.main(context.Background(), []string{
		"--config", path, "commission", "--id", "new-1", "--name", "New",
	}); err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	first, then, _ := strings.Cut(out.String(), "> ")
	if !strings.Contains(first, "No port is known") || strings.Contains(first, "No lock board was found") {
		t.Errorf("at first it said\n%s", first)
	}
	if !strings.Contains(then, "No lock board was found") {
		t.Errorf("with a port it said\n%s", then)
	}
}

func TestWhatIsLoggedWaitsUntilTheDialogueIsOver(t *testing.T) {
	var said kept
	for range 2 {
		if _, err := said.Write([]byte("level=WARN msg=late\n")); err != nil {
			t.Fatal(err)
		}
	}
	var out strings.Builder
	if err := said.tell(&out); err != nil ||
		out.String() != "logged meanwhile:\nlevel=WARN msg=late\nlevel=WARN msg=late\n" {
		t.Errorf("%v, %q", err, out.String())
	}
	out.Reset()
	if err := said.tell(&out); err != nil || out.Len() > 0 {
		t.Errorf("a second time %v, %q", err, out.String())
	}
	said.Write(make([]byte, keptMost+1))
	said.Write([]byte("x"))
	if len(said.text) > keptMost || !said.cut {
		t.Errorf("%d bytes are kept", len(said.text))
	}
}

func TestHelpIsGivenForTheToolAndForEachCommand(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"help", "commission"}, {"-h", "commission"}, {"--help", "commission"},
		{"help restore", "usage: cubbyctl restore DOOR REASON"},
		{"restore --help", "usage: cubbyctl restore DOOR REASON"},
		{"restore help", "usage: cubbyctl restore DOOR REASON"},
		{"help commission", "usage: cubbyctl commission"}, {"help init", "usage: cubbyctl init"},
	} {
		var out strings.Builder
		err := (&tool{out: &out}).main(t.Context(), strings.Fields(c.args))
		if !errors.Is(err, flag.ErrHelp) || !strings.Contains(out.String(), c.want) {
			t.Errorf("%s: %v, said %q", c.args, err, out.String())
		}
	}
	err := (&tool{out: io.Discard}).main(t.Context(), []string{"help", "nonsense"})
	if err == nil || errors.Is(err, flag.ErrHelp) ||
		!strings.Contains(err.Error(), `no command "nonsense"; cubbyctl help`) {
		t.Errorf("help for what is not there: %v", err)
	}
}

// Whoever ends the program while it waits for an answer gets the lines back.
func TestCommissioningEndsWhenItIsToldTo(t *testing.T) {
	t.Parallel()
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
