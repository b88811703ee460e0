package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"cubby/locker/view"
	"cubby/sync/client"
	"cubby/sync/problem"
)

// A station is the demo station with a wall, a core and a folder of its own.
type station struct {
	t      *testing.T
	dir    string
	config string

	site  *program
	panel string // HOST:PORT of the simulated site
	core  *program
	rest  string           // HOST:PORT of the endpoint; changes with each start
	token string           // a key that may do everything
	coded map[string]event // events that bore a code when they were read first, by id

	terminal string         // whose page is watched; empty: the kiosk's
	screen   *client.Client // over the Unix socket

	mu   sync.Mutex // guards what follows
	view view.View
	came time.Time     // when view did
	news chan struct{} // closed and replaced with every view

	courier courier
}

// onceOnly has a code open nothing more once its parcel was collected.
var onceOnly = change{"[policy]\n", "[pickup]\nreopen_grace_s = 0\n\n[policy]\n"}

// A change replaces a piece of the demo's configuration.
type change struct{ from, to string }

// openSoon has a station wait less long for a door, in a test of doors that do
// not open.
var openSoon = change{"open_wait_ms = 30000", "open_wait_ms = 6000"}

// newStation starts a site and a core and waits until nothing is amiss. The
// station is given so much time for everything that a machine that stands still
// for seconds changes no story; a test about such times takes that back.
func newStation(t *testing.T, changes ...change) *station {
	t.Helper()
	dir, err := os.MkdirTemp("", "cubby-e2e-") // short: a socket's path has at most 107 bytes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	s := &station{
		t: t, dir: dir, config: filepath.Join(dir, "cubby.toml"), coded: map[string]event{},
		news: make(chan struct{}),
	}
	text, err := os.ReadFile(filepath.Join(repository, "packaging", "demo", "cubby.toml"))
	if err != nil {
		t.Fatal(err)
	}
	changes = append([]change{
		{`listen = "127.0.0.1:8470"`, `listen = "127.0.0.1:0"`},
		{"[policy]\n",
			"[policy]\npage_timeout_s = 600\ncourier_timeout_s = 1800\nthanks_s = 60\n" +
				"door_timeout_s = 900\n"},
		{"baud    = 19200",
			"baud    = 19200\nidle_poll_ms = 200\nreply_timeout_ms = 1000\nopen_wait_ms = 30000"},
		// each code is held there once
		{"baud   = 9600", "baud   = 9600\nidle_gap_ms = 2000\nsame_code_ms = 0"},
	}, changes...)
	for _, c := range changes {
		if !strings.Contains(string(text), c.from) {
			t.Fatalf("the demo's configuration has no %q any more", c.from)
		}
		text = []byte(strings.Replace(string(text), c.from, c.to, 1))
	}
	if err := os.WriteFile(s.config, text, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() && s.core != nil {
			t.Logf("the core said at last:\n%s", s.core.tail())
		}
	})
	s.site = start(t, dir, "site.log", nil, filepath.Join(programs, "cubbysim"), "run", "--config",
		s.config, "--http",
		"127.0.0.1:0")
	eventually(t, "the simulated site comes up", func() (bool, string) {
		_, rest, ok := strings.Cut(s.site.said(), "http://")
		s.panel, _, _ = strings.Cut(rest, "/")
		return ok, s.site.said()
	})
	s.startCore()
	s.token = strings.TrimSpace(s.made("story", "key", "add",
		"parcels:read,parcels:write,events:read,codes:read,compartments:read,operate,staff:read,staff:act,"+
			"orders:read,orders:write,returns:read,returns:write,returns:decide,refunds:write,stock:read"))
	s.watch()
	s.allDoorsKnown()
	s.until("nothing is amiss", func(v view.View) bool {
		return v.Step == view.StepIdle && len(v.Notices) == 0
	})
	return s
}

// startCore starts the core, anew if there was one, and waits until it serves.
func (s *station) startCore() {
	s.t.Helper()
	before := 0
	if s.core != nil {
		before = len(s.core.said())
	}
	s.rest = "" // that of the core before
	s.core = start(s.t, s.dir, "core.log", nil, filepath.Join(programs, "cubbyd"), "--config", s.config)
	eventually(s.t, "the core comes up", func() (bool, string) {
		if !s.core.runs() {
			s.t.Fatalf("the core has ended:\n%s", s.core.tail())
		}
		for line := range strings.Lines(s.core.said()[before:]) {
			var said struct{ Msg, Rest string }
			if json.Unmarshal([]byte(line), &said) == nil && said.Msg == "core is serving" {
				s.rest = said.Rest
			}
		}
		_, err := try("", filepath.Join(programs, "cubbyctl"), "--config", s.config, "status")
		return s.rest != "" && err == nil, s.core.tail()
	})
}

// crash kills the core where it stands, and waits until the screen's stream has
// noticed, so that no view of the dead core is taken for one of the next.
func (s *station) crash() {
	s.t.Helper()
	s.core.kill()
	s.rest = ""
	s.until("the screen notices", func(v view.View) bool { return v.Reason == view.ReasonCoreMissing })
}

// ctl runs the operator's tool.
func (s *station) ctl(input string, args ...string) string {
	s.t.Helper()
	return do(s.t, input, filepath.Join(programs, "cubbyctl"),
		append([]string{"--config", s.config}, args...)...)
}

// made has the operator's tool make something by a name and a last word. Where
// the disk stands still for so long that nobody knows whether it was made, it is
// made again by a longer name.
func (s *station) made(name, what, verb, last string) string {
	s.t.Helper()
	for {
		args := []string{"--config", s.config, what, verb, name, last}
		out, err := try("", filepath.Join(programs, "cubbyctl"), args...)
		switch {
		case err == nil:
			return out
		case !strings.Contains(out, "it is not known whether"):
			s.t.Fatalf("cubbyctl %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		name += "a"
	}
}

// watch follows the screen's stream of views, over restarts of the core too.
func (s *station) watch() {
	s.t.Helper()
	c, err := client.New("unix:"+filepath.Join(s.dir, "run", "core.sock"), "")
	if err != nil {
		s.t.Fatal(err)
	}
	c = c.At(s.terminal)
	s.screen = c
	ctx, cancel := context.WithCancel(context.Background())
	views := c.Views(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for v := range views {
			s.mu.Lock()
			s.view, s.came = v, time.Now()
			close(s.news)
			s.news = make(chan struct{})
			s.mu.Unlock()
		}
	}()
	s.t.Cleanup(func() {
		cancel()
		<-done
		c.Close()
	})
}

// now is the latest view and a channel that closes when there is a newer one.
func (s *station) now() (view.View, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.view
	if v.Heard != "" && time.Since(s.came).Milliseconds() >= v.HeardInMs {
		v.Heard, v.HeardInMs = "", 0 // it goes by itself, without another view
	}
	return v, s.news
}

// until waits for a view.
func (s *station) until(what string, ok func(view.View) bool) view.View {
	s.t.Helper()
	deadline := time.After(patience)
	for {
		v, news := s.now()
		if ok(v) {
			return v
		}
		select {
		case <-news:
		case <-deadline:
			s.t.Fatalf("%s: not within %s; the screen is on %s", what, patience, describe(v))
		}
	}
}

// step waits until the screen is on a step, with a reason if one is given.
func (s *station) step(want view.Step, why ...view.Reason) view.View {
	s.t.Helper()
	return s.until(fmt.Sprintf("the screen comes to %s %v", want, why), func(v view.View) bool {
		return v.Step == want && (len(why) == 0 || v.Reason == why[0])
	})
}

func describe(v view.View) string {
	v.Wall = view.Wall{}
	if v.Courier != nil {
		shown := *v.Courier
		shown.Code, shown.PIN = "", ""
		v.Courier = &shown
	}
	text, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// touch does what a person would touch on the page shown now.
func (s *station) touch(name view.ActionName, value string) {
	s.t.Helper()
	v, _ := s.now()
	if !v.Allows(name) {
		s.t.Fatalf("the page does not offer %s: %s", name, describe(v))
	}
	a := view.Action{
		Visit: v.Visit, Name: name, Value: value, Step: v.Step, Door: v.Door(), Parcel: v.Parcel(),
	}
	if err := s.screen.Act(s.t.Context(), a); err != nil {
		s.t.Fatalf("touch %s: %v", name, err)
	}
}

// leave ends the visit and waits for the idle page.
func (s *station) leave() {
	s.t.Helper()
	s.until("the visit can be left", func(v view.View) bool {
		return v.Step == view.StepIdle || v.Allows(view.ActFinish) || v.Allows(view.ActBack)
	})
	for {
		v, _ := s.now()
		way := view.ActFinish
		switch {
		case v.Step == view.StepIdle:
			return
		case !v.Allows(way):
			way = view.ActBack
		}
		// The page may go by itself in this very moment.
		var p *problem.Problem
		err := s.screen.Act(s.t.Context(), view.Action{Visit: v.Visit, Name: way})
		if err != nil && !(errors.As(err, &p) && p.Slug() == "stale-page") {
			s.t.Fatalf("touch %s: %v", way, err)
		}
		s.changes(v)
	}
}

// changes waits until there is a newer view than this.
func (s *station) changes(old view.View) {
	s.t.Helper()
	s.until("the page changes", func(v view.View) bool { return v.Rev > old.Rev })
}
