package core

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"cubby/cmd/internal/config"
	"cubby/hardware/sim"
	"cubby/hardware/sim/simtest"
	"cubby/locker/door/commissioning"
	"cubby/locker/ledger"
	"cubby/locker/store"
	"cubby/locker/view"
	"cubby/locker/wall"
	"cubby/sync/client"
	"cubby/sync/problem"
)

const smallStation = `# kept
[station]
id = "small"
name = "Small"

[rest]
listen = "127.0.0.1:0"

[[size]]
name = "M"
width_mm = 400
height_mm = 190
depth_mm = 500

[[column]]
doors = [
  { number = "1", size = "M", bus = "main", lock = 1 },
  { number = "2", size = "M", bus = "main", lock = 2 },
]

[[bus]]
name = "main"
port = "run/bus"
open_wait_ms = 3000
  [[bus.board]]
  address = 0
`

// small loads the small station's configuration, with more at its end.
func small(t *testing.T, more string) *config.Config {
	t.Helper()
	path := filepath.Join(t.TempDir(), "cubby.toml")
	if err := os.WriteFile(path, []byte(smallStation+more), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// wrongly is a station whose board is wired the other way round than its
// configuration says.
func wrongly(t *testing.T) (*config.Config, *sim.Site) {
	t.Helper()
	cfg := small(t, "")
	plan := sim.Plan{Station: "small", Seed: 1, Wall: simtest.Wall("1", "2"), Buses: []sim.Bus{{
		Name: "main", Dialect: "kerong-cu16", Link: cfg.Buses[0].Port, Baud: 19200,
		Boards: []sim.Board{{InvertHook: true, Locks: map[int]string{1: "1", 2: "2"}}},
	}}}
	return cfg, simtest.Open(t, plan)
}

// opened is a core until the test ends.
func opened(t *testing.T, cfg *config.Config) *Core {
	t.Helper()
	c, err := Open(t.Context(), cfg, quiet)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// served keeps a core running as the programs do, until the test ends.
func served(t *testing.T, cfg *config.Config) *client.Client {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	up, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- Serve(ctx, cfg, quiet, func() { close(up) }) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	select {
	case <-up:
	case err := <-ended:
		ended <- nil
		t.Fatal(err)
	}
	c, err := client.New("unix:"+cfg.Rest.Socket, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// eventually waits until something is so, and tells what was not.
func eventually(t *testing.T, what string, is func() error) {
	t.Helper()
	var err error
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); <-time.After(50 * time.Millisecond) {
		if err = is(); err == nil {
			return
		}
	}
	t.Fatalf("%s: %v", what, err)
}

// asked waits for the next question of a commissioning.
func asked(t *testing.T, c *client.Client) (s commissioning.State) {
	t.Helper()
	eventually(t, "a question", func() (err error) {
		if s, err = c.Commission(t.Context(), 8); err == nil && s.Step == commissioning.StepWorking {
			err = errors.New("still at work")
		}
		return err
	})
	return s
}

// answer gives an answer to the question that is asked.
func answer(t *testing.T, c *client.Client, s commissioning.State, text string) {
	t.Helper()
	if _, err := c.AnswerCommission(t.Context(), commissioning.Answer{Number: s.Number, Answer: text}); err != nil {
		t.Fatalf("%s: %v", s.Step, err)
	}
}

// toTheEnd begins a commissioning that finds the lines only, and answers until
// it asks whether to write the file.
func toTheEnd(t *testing.T, c *client.Client) commissioning.State {
	t.Helper()
	if _, err := c.BeginCommission(t.Context(), commissioning.Start{}); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"ok", "skip", "keep", "enough"} {
		answer(t, c, asked(t, c), text)
	}
	s := asked(t, c)
	if s.Step != commissioning.StepWrite {
		t.Fatalf("asked %+v", s)
	}
	return s
}

// calledNow waits for the idle page and returns the station's name on it.
func calledNow(t *testing.T, c *client.Client) (name string) {
	t.Helper()
	eventually(t, "the station comes back", func() error {
		v, err := c.View(t.Context())
		if err == nil && v.Step != view.StepIdle {
			err = errors.New(string(v.Step))
		}
		name = v.Station
		return err
	})
	return name
}

func TestARunningStationIsCommissionedOverItsSocketAndServesAgain(t *testing.T) {
	t.Parallel()
	cfg, site := wrongly(t)
	ctx, c := t.Context(), served(t, cfg)
	if _, err := c.Commission(ctx, 0); !isProblem(err, "not-commissioning") {
		t.Errorf("before it has begun: %v", err)
	}
	if _, err := c.BeginCommission(ctx, commissioning.Start{}); err != nil {
		t.Fatal(err)
	}
	s := asked(t, c)
	if err := c.Ready(ctx); err == nil || !strings.Contains(err.Error(), "commissioned") {
		t.Errorf("it says that it is ready: %v", err)
	}
	if _, err := c.Compartments(ctx); !isProblem(err, "closed") {
		t.Errorf("it serves: %v", err)
	}
	if _, err := c.BeginCommission(ctx, commissioning.Start{}); !isProblem(err, "commissioning") {
		t.Errorf("a second time: %v", err)
	}
	for _, step := range []struct {
		step   commissioning.Step
		before func() error
		answer string
	}{
		{commissioning.StepLines, nil, "ok"},
		{commissioning.StepClose, nil, "ok"},
		{commissioning.StepPulse, nil, "1"},
		{commissioning.StepMoved, nil, "1"},
		{commissioning.StepHand, nil, "skip"},
		{commissioning.StepShut, func() error { return site.Do("1", sim.ActClose) }, "ok"},
		{commissioning.StepWall, nil, "keep"},
		{commissioning.StepWalk, nil, "enough"},
		{commissioning.StepWrite, nil, "write"},
	} {
		if s.Step != step.step {
			t.Fatalf("asked %+v, want %s", s, step.step)
		}
		if step.before != nil {
			if err := step.before(); err != nil {
				t.Fatal(err)
			}
		}
		answer(t, c, s, step.answer)
		s = asked(t, c)
	}
	if !s.Written {
		t.Fatalf("it ended with %+v", s)
	}
	if err := c.EndCommission(ctx); err != nil {
		t.Fatal(err)
	}
	eventually(t, "serving again", func() error { return c.Ready(ctx) })
	eventually(t, "closed doors", func() error {
		all, err := c.Compartments(ctx)
		if err == nil && (len(all) != 2 || all[0].Door.String() != "closed" || all[1].Door.String() != "closed") {
			err = errors.New("doors are not closed")
		}
		return err
	})
	text, err := os.ReadFile(cfg.Path)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"# kept\n", "invert_hook = true", `port = "run/bus"`, "open_wait_ms = 3000"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if old, err := filepath.Glob(cfg.Path + ".*.old"); len(old) != 1 {
		t.Errorf("the old file: %v, %v", old, err)
	}
}

func isProblem(err error, slug string) bool {
	var p *problem.Problem
	return errors.As(err, &p) && p.Slug() == slug
}

func TestParcelsInsideHaveToBeNamedDoorByDoor(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		occupied, named []string
		says            string
	}{
		{nil, nil, ""},
		{[]string{"7", "9"}, []string{"9", "7", "3"}, ""},
		{[]string{"7", "9"}, []string{"9"}, "doors 7:"},
		{[]string{"7", "9"}, nil, "doors 7, 9:"},
	} {
		err := CheckInside(tc.occupied, tc.named)
		if (err == nil) != (tc.says == "") || err != nil && !strings.Contains(err.Error(), tc.says) {
			t.Errorf("%v, %v: %v", tc.occupied, tc.named, err)
		}
	}
}

// A courier may leave while a door stands open: the parcel is in, and as far as is
// known it is not.
func TestADoorWithAParcelBehindItIsOccupiedWhateverIsKnownOfIt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		wall.Compartment
		occupied bool
	}{
		"free": {wall.Compartment{Allocation: wall.Free, Contents: wall.ContentsEmpty}, false},
		"a parcel is stored": {wall.Compartment{
			Allocation: wall.Occupied, Parcel: "p", Contents: wall.ContentsPresent,
		}, true},
		"a deposit is under way": {wall.Compartment{
			Allocation: wall.Reserved, Parcel: "p", Contents: wall.ContentsEmpty,
		}, true},
		"said to be broken, and in use": {wall.Compartment{
			Allocation: wall.OutOfService, Parcel: "p", Contents: wall.ContentsEmpty,
		}, true},
		"looked into after a pickup": {wall.Compartment{Allocation: wall.Reserved, Contents: wall.ContentsEmpty},
			false},
		"something was found in it": {wall.Compartment{Allocation: wall.Quarantine, Contents: wall.ContentsPresent},
			true},
	} {
		c.Number = "1"
		if got := Occupied([]wall.Compartment{c.Compartment}); len(got) == 1 != c.occupied {
			t.Errorf("%s: occupied are %v", name, got)
		}
	}
}

// Between the question what is inside and the end of the core somebody may come.
func TestAParcelThatCameWhileTheStationClosedIsNotOpenedUpon(t *testing.T) {
	t.Parallel()
	cfg, site := wrongly(t)
	c, err := Open(t.Context(), cfg, quiet)
	if err != nil {
		t.Fatal(err)
	}
	for v := range c.station.Views(t.Context(), "") {
		if v.Step == view.StepIdle { // the compartments have been committed
			break
		}
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	_, db, err := OpenData(t.Context(), cfg, store.Opening{})
	if err != nil {
		t.Fatal(err)
	}
	kept, err := store.All(t.Context(), db, wall.Compartments)
	if err != nil {
		t.Fatal(err)
	}
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	for _, box := range kept {
		if box.Number == "2" {
			box.Allocation, box.Parcel = wall.Reserved, "p"
			ch := ledger.NewState(nil)
			wall.Compartments.Put(ch, "2", box)
			tx.Save(ch.Changes())
		}
	}
	if err := errors.Join(tx.Commit(), db.Close()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	again, err := commissionSite(ctx, cfg, commissioningWanted{occupied: []string{"1"}}, quiet)
	if again != cfg || err == nil || !strings.Contains(err.Error(), "doors 2:") {
		t.Errorf("commissioning began and ended with %v", err)
	}
	if d, err := site.Door("2"); err != nil || d.Pulses > 0 {
		t.Errorf("door 2: %+v, %v", d, err)
	}
}

func TestADoorThatIsNamedStaysShutAlthoughTheStationThinksItEmpty(t *testing.T) {
	t.Parallel()
	cfg, _ := wrongly(t)
	for _, tc := range []struct {
		occupied, named, shut []string
		says                  string
	}{
		{nil, nil, nil, ""},
		{[]string{"1"}, []string{"1"}, []string{"1"}, ""},
		{[]string{"1"}, []string{"2", "1"}, []string{"1", "2"}, ""},
		{nil, []string{"3"}, nil, `no door "3"`},
	} {
		shut, err := StayShut(cfg, tc.occupied, tc.named)
		if !slices.Equal(shut, tc.shut) || (err == nil) != (tc.says == "") ||
			err != nil && !strings.Contains(err.Error(), tc.says) {
			t.Errorf("%v, %v: %v, %v", tc.occupied, tc.named, shut, err)
		}
	}
}

func TestCommissioningDoesNotBeginWhereItsOutcomeCouldNotBeKept(t *testing.T) {
	t.Parallel()
	cfg := small(t, "")
	c := opened(t, cfg)
	moved := *cfg
	moved.Path = filepath.Join(cfg.Path, "no folder", "cubby.toml") // root may write everywhere
	for path, says := range map[string]string{moved.Path: "must be able to write", cfg.Path: ""} {
		moved.Path = path
		_, err := newGate(c, &moved).Begin(t.Context(), commissioning.Start{})
		if (err == nil) != (says == "") || err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// What the second says of parcels would be heard by nobody.
func TestOfTwoWhoBeginCommissioningOneIsRefused(t *testing.T) {
	t.Parallel()
	cfg := small(t, "")
	c := opened(t, cfg)
	g := newGate(c, cfg)
	if _, err := g.Begin(t.Context(), commissioning.Start{}); err != nil {
		t.Error(err)
	}
	if _, err := g.Begin(t.Context(), commissioning.Start{ParcelsInside: []string{"2"}}); err == nil ||
		!strings.Contains(err.Error(), "closing already") {
		t.Errorf("the second: %v", err)
	}
}

// One person says "write" and another ends it before the disk is done. The file
// is a pipe, so that the disk is slow; what is read from it has another name.
func TestTheStationComesBackWithWhatWasStillBeingWrittenWhenCommissioningEnded(t *testing.T) {
	t.Parallel()
	cfg, _ := wrongly(t)
	c := served(t, cfg)
	s := toTheEnd(t, c)
	if err := errors.Join(os.Remove(cfg.Path), unix.Mkfifo(cfg.Path, 0o600)); err != nil {
		t.Fatal(err)
	}
	answer(t, c, s, "write")
	if err := c.EndCommission(t.Context()); err != nil {
		t.Fatal(err)
	}
	rename(t, cfg, `"Small"`, `"Mended"`)
	if name := calledNow(t, c); name != "Mended" {
		t.Errorf("the station is %q, and its file says otherwise", name)
	}
}

// rename writes the small station's file with one word changed, as by hand.
func rename(t *testing.T, cfg *config.Config, word, other string) {
	t.Helper()
	if err := os.WriteFile(cfg.Path, []byte(strings.Replace(smallStation, word, other, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Somebody has changed the file by hand since the core has read it.
func TestAConfigurationThatDoesNotFitTheStationIsNotWritten(t *testing.T) {
	t.Parallel()
	cfg, _ := wrongly(t)
	c := served(t, cfg)
	s := toTheEnd(t, c)
	rename(t, cfg, `"small"`, `"another"`)
	answer(t, c, s, "write")
	if s = asked(t, c); s.Step != commissioning.StepWrite ||
		!strings.Contains(strings.Join(s.Notes, "\n"), "names station another") {
		t.Errorf("it goes on with %+v", s)
	}
	if err := c.EndCommission(t.Context()); err != nil {
		t.Fatal(err)
	}
	if name := calledNow(t, c); name != "Small" {
		t.Errorf("the station is %q", name)
	}
	if old, err := filepath.Glob(cfg.Path + ".*.old"); len(old) != 0 {
		t.Errorf("written all the same: %v, %v", old, err)
	}
}

// The port is taken, which nobody can know before the core is opened.
func TestAConfigurationWithWhichNoCoreOpensMakesRoomForTheOneBefore(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	cfg, _ := wrongly(t)
	c := served(t, cfg)
	s := toTheEnd(t, c)
	rename(t, cfg, `listen = "127.0.0.1:0"`, fmt.Sprintf("listen = %q", taken.Addr()))
	answer(t, c, s, "write")
	if s = asked(t, c); !s.Written {
		t.Fatalf("it goes on with %+v", s)
	}
	if err := c.EndCommission(t.Context()); err != nil {
		t.Fatal(err)
	}
	if name := calledNow(t, c); name != "Small" {
		t.Errorf("the station is %q", name)
	}
	if text, err := os.ReadFile(cfg.Path); err != nil || string(text) != smallStation {
		t.Errorf("the next start reads %v\n%s", err, text)
	}
	old, err := filepath.Glob(cfg.Path + ".*.old")
	if err != nil || len(old) != 2 {
		t.Fatalf("kept are %v, %v", old, err)
	}
	if text, err := os.ReadFile(old[1]); err != nil || !strings.Contains(string(text), taken.Addr().String()) ||
		!strings.Contains(string(text), "written by commissioning") {
		t.Errorf("what commissioning wrote is lost: %v\n%s", err, text)
	}
}
