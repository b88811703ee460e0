package commission

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"cubby/hardware/device"
	"cubby/hardware/sim"
	"cubby/locker/door/commissioning"
)

func TestEveryPulseIsKeptBeforeItIsGivenAndNoneWithoutThat(t *testing.T) {
	t.Parallel()
	site, link := built(t, "kerong-cu16", 19200, sim.Board{})
	var kept []int
	var opened []string
	full := true
	w := Begin(Plan{
		Known:  Known{Lines: []Line{{Name: "main", Port: link, Dialect: "kerong-cu16", Baud: 19200}}},
		Finder: device.Tree(t.TempDir()),
		Log:    slog.New(slog.NewTextHandler(t.Output(), nil)),
		Drive: func(_ context.Context, line string, board, lock int) error {
			if full {
				return errors.New("the disk is full")
			}
			if d, err := site.Door("11"); err != nil || d.Pulses != 0 || line != "main" || board != 0 {
				t.Errorf("before the pulse of %s/%d/%d: %+v, %v", line, board, lock, d, err)
			}
			kept = append(kept, lock)
			return nil
		},
		Opened: func(_ context.Context, number string) { opened = append(opened, number) },
	})
	t.Cleanup(w.Close)
	p := &person{t: t, site: site, work: w}
	until := func(step commissioning.Step) commissioning.State {
		t.Helper()
		for range 20 {
			s := w.Settled(t.Context())
			if s.Step == step {
				return s
			}
			if _, err := w.Answer(commissioning.Answer{Number: s.Number, Answer: p.answer(s)}); err != nil {
				t.Fatal(err)
			}
		}
		t.Fatalf("%s is not asked", step)
		return commissioning.State{}
	}
	for range lockPulses { // a lock that was not driven has not become hot
		s := until(commissioning.StepPulse)
		if _, err := w.Answer(commissioning.Answer{Number: s.Number, Answer: "1"}); err != nil {
			t.Fatal(err)
		}
		if s = w.Settled(t.Context()); s.Step != commissioning.StepClose ||
			!slices.ContainsFunc(s.Notes, func(n string) bool { return strings.Contains(n, "the disk is full") }) {
			t.Errorf("with a full disk it asks %+v", s)
		}
	}
	if d, err := site.Door("11"); err != nil || d.Pulses != 0 {
		t.Errorf("with a full disk: %+v, %v", d, err)
	}
	full = false
	until(commissioning.StepShut)
	if !slices.Equal(kept, []int{1}) || !slices.Equal(opened, []string{"11"}) {
		t.Errorf("pulses kept: %v, doors said to have opened: %v", kept, opened)
	}
}

// asking is a session that has driven a lock and asks which door has moved.
func asking(t *testing.T, known Known) *Session {
	t.Helper()
	s, _ := NewSession(known)
	s.Done(Job{Kind: JobProbe},
		Result{Found: []Found{{Port: "a", Dialect: "kerong-cu16", Baud: 19200, Boards: []FoundBoard{{Channels: 16}}}}})
	for _, said := range []string{"ok", "ok", "8"} {
		job, err := s.Answer(commissioning.Answer{Number: s.State().Number, Answer: said})
		if err != nil {
			t.Fatalf("%s: %v", said, err)
		}
		if job != nil {
			s.Done(*job, Result{Moves: []Move{{0, 8, false}}})
		}
	}
	if s.State().Step != commissioning.StepMoved {
		t.Fatalf("asked %+v", s.State())
	}
	return s
}

func TestADoorWithAParcelThatOpensAllTheSameEndsCommissioningWhenItIsSaidTwice(t *testing.T) {
	known := Known{
		Lines: []Line{{Name: "main", Port: "a", Dialect: "kerong-cu16", Baud: 19200}},
		Doors: []Door{{"1", "S", At{"main", 0, 1}}, {"8", "S", At{"main", 0, 8}}}, Occupied: []string{"1"},
	}
	say := func(s *Session, text string) error {
		_, err := s.Answer(commissioning.Answer{Number: s.State().Number, Answer: text})
		return err
	}
	s := asking(t, known)
	if err := say(s, "1"); err == nil || s.State().Step != commissioning.StepMoved || s.Said() != "" {
		t.Errorf("said once: %v, %+v", err, s.State())
	}
	if err := say(s, "1"); err != nil || s.State().Step != commissioning.StepDone || s.Said() != "1" ||
		s.State().Written {
		t.Errorf("said twice: %v, %+v", err, s.State())
	}
	s = asking(t, known)
	if err := say(s, "1"); err == nil {
		t.Error("a slip is taken")
	}
	if err := say(s, "8"); err != nil || s.State().Step != commissioning.StepHand || s.Said() != "8" {
		t.Errorf("after a slip: %v, %+v", err, s.State())
	}
	if err := say(s, "skip"); err != nil || s.Said() != "" {
		t.Errorf("the next answer is about door %q again, %v", s.Said(), err)
	}
}

// A contact that changes after a pulse is evidence, whatever anybody says.
func TestADoorWithAParcelWhoseContactChangesIsSeen(t *testing.T) {
	s, _ := NewSession(Known{
		Lines: []Line{{Name: "main", Port: "a", Dialect: "kerong-cu16", Baud: 19200}},
		Doors: []Door{
			{"1", "S", At{"main", 0, 1}}, {"2", "S", At{"main", 0, 2}}, {"8", "S", At{"main", 0, 8}},
			{"9", "S", At{"main", 1, 2}},
		},
		Occupied: []string{"1", "2", "9"},
	})
	s.lines = []Line{{Name: "main", Boards: []Board{{}, {Address: 1}}}}
	moved, _ := NewSession(s.known) // the adapter is in another socket
	moved.lines = []Line{{Name: "line1", Boards: []Board{{}, {Address: 1}}}}
	pulse := Job{Kind: JobPulse, Line: Line{Name: "main"}, Lock: 8}
	for _, c := range []struct {
		name  string
		job   Job
		moves []Move
		want  []string
	}{
		{"the lock that was driven, with nothing behind it", pulse, []Move{{0, 8, false}}, nil},
		{"another, with a parcel", pulse, []Move{{0, 8, false}, {0, 2, false}}, []string{"2"}},
		{"one that reads closed now", pulse, []Move{{0, 1, true}}, []string{"1"}},
		{"the same lock of another board", pulse, []Move{{1, 2, false}}, []string{"9"}},
		{"on another line", Job{Kind: JobPulse, Line: Line{Name: "other"}}, []Move{{0, 2, false}}, nil},
		{"a reading moves nothing", Job{Kind: JobRead, Line: Line{Name: "main"}}, nil, nil},
	} {
		if got := s.Seen(c.job, Result{Moves: c.moves}); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
		c.job.Line.Name = strings.Replace(c.job.Line.Name, "main", "line1", 1)
		if got := moved.Seen(c.job, Result{Moves: c.moves}); c.job.Line.Name == "line1" && !slices.Equal(got, c.want) {
			t.Errorf("%s, by its new name: %v, want %v", c.name, got, c.want)
		}
	}
}

// stepped answers one question after the other; jobs end as told.
func stepped(t *testing.T, s *Session, r Result, said ...string) {
	t.Helper()
	for _, text := range said {
		job, err := s.Answer(commissioning.Answer{Number: s.State().Number, Answer: text})
		if err != nil {
			t.Fatalf("%q to %+v: %v", text, s.State(), err)
		}
		if job != nil {
			s.Done(*job, r)
		}
	}
}

func refused(s *Session, text string) string {
	_, err := s.Answer(commissioning.Answer{Number: s.State().Number, Answer: text})
	m, _ := Named(err)
	return m.ID
}

func TestAParcelBehindABoardThatAnswersAtAnotherPortStaysShut(t *testing.T) {
	known := Known{
		Lines: []Line{
			{
				Name: "main", Port: "a", Dialect: "kerong-cu16", Baud: 19200, Boards: []Board{
					{Address: 0}, {Address: 1},
				},
			}, {Name: "annex", Port: "b", Dialect: "kerong-cu16", Baud: 19200},
		},
		Doors: []Door{{"1", "S", At{"main", 0, 1}}, {"21", "S", At{"annex", 5, 1}}}, Occupied: []string{"1", "21"},
	}
	at := func(port string, address int) Found {
		return Found{
			Port: port, Dialect: "kerong-cu16", Baud: 19200, Boards: []FoundBoard{{Address: address, Channels: 16}},
		}
	}
	for _, tc := range []struct {
		name  string
		found []Found
		lock  string // proposed first
	}{
		{"where it was", []Found{at("a", 0), at("b", 5)}, "3"},
		{"in another socket", []Found{
			{Port: "a", Problem: fs.ErrNotExist}, {Port: "b", Problem: fs.ErrNotExist}, at("c", 0), at("d", 5),
		}, "3"},
		{"swapped", []Found{at("a", 5), at("b", 0)}, "3"},
		{"its selector turned", []Found{at("a", 2), at("b", 5)}, "3"},
		{"beside a board that the configuration has", []Found{at("a", 1), at("b", 5)}, "1"},
		{"a new line with an address that another has", []Found{at("c", 5), at("a", 0), at("b", 5)}, "1"},
	} {
		s, _ := NewSession(known)
		s.Done(Job{Kind: JobProbe}, Result{Found: tc.found})
		stepped(t, s, Result{}, "ok", "ok")
		if s.State().Step != commissioning.StepPulse || s.State().Choices[0].Answer != tc.lock {
			t.Errorf("%s: asked %+v", tc.name, s.State())
		}
		if got := refused(s, "1"); tc.lock != "1" && got != "parcel_near" {
			t.Errorf("%s: lock 1 is refused with %q", tc.name, got)
		}
	}
}

func TestTheWalkDrivesNoNeighbourOfAParcelOnABoardThatIsNotProven(t *testing.T) {
	for _, dialect := range []string{"kerong-cu16", "kerong-cu48"} {
		s, _ := NewSession(Known{
			Lines: []Line{{Name: "main", Port: "a", Dialect: dialect, Baud: 19200}},
			Doors: []Door{
				{"1", "S", At{"main", 0, 1}}, {"2", "S", At{"main", 0, 2}}, {"8", "S", At{"main", 0, 8}},
			}, Occupied: []string{"1"},
		})
		s.Done(Job{Kind: JobProbe},
			Result{Found: []Found{{Port: "a", Dialect: dialect, Baud: 19200, Boards: []FoundBoard{{Channels: 16}}}}})
		stepped(t, s, Result{}, "ok", "skip", "keep")
		if got := refused(s, "open"); s.State().Door != "2" || got != "parcel_near" {
			t.Errorf("%s: door %s is refused with %q", dialect, s.State().Door, got)
		}
		stepped(t, s, Result{Moves: []Move{{0, 8, false}}}, "skip", "open", "yes")
		if s.Said() != "8" || s.State().Step != commissioning.StepWrite {
			t.Errorf("%s: then it asks %+v", dialect, s.State())
		}
	}
	// A board that a door has opened on is understood.
	s := asking(t, Known{
		Lines: []Line{{Name: "main", Port: "a", Dialect: "kerong-cu16", Baud: 19200}},
		Doors: []Door{
			{"1", "S", At{"main", 0, 1}}, {"2", "S", At{"main", 0, 2}}, {"8", "S", At{"main", 0, 8}},
		}, Occupied: []string{"1"},
	})
	stepped(t, s, Result{Moves: []Move{{0, 2, false}}}, "8", "skip", "skip", "keep", "open", "yes")
	if s.Said() != "2" {
		t.Errorf("on a board that is proven it asks %+v", s.State())
	}
}

func TestALockThatWasHotBeforeIsHotWhenCommissioningBegins(t *testing.T) {
	t.Parallel()
	site, link := built(t, "kerong-cu16", 19200, sim.Board{})
	pulses := slices.Repeat([]time.Time{time.Now()}, lockPulses)
	known := Known{
		Lines: []Line{{Name: "main", Port: link, Dialect: "kerong-cu16", Baud: 19200}},
		Doors: []Door{{"11", "S", At{"main", 0, 1}}, {"12", "S", At{"main", 0, 2}}},
	}
	w := Begin(Plan{
		Known: known, Finder: device.Tree(t.TempDir()), Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
		Pulsed: map[string][]time.Time{"11": pulses, "12": {time.Now().Add(time.Hour)}},
	})
	t.Cleanup(w.Close)
	var s commissioning.State
	for _, said := range []string{"ok", "ok", "1", "ok", "2"} {
		s = w.Settled(t.Context())
		if _, err := w.Answer(commissioning.Answer{Number: s.Number, Answer: said}); err != nil {
			t.Fatal(err)
		}
		if said == "1" {
			if s = w.Settled(t.Context()); s.Step != commissioning.StepClose || len(s.Told) != 1 ||
				s.Told[0].ID != "hot" {
				t.Errorf("for the lock that is hot it asks %+v", s)
			}
		}
	}
	s = w.Settled(t.Context())
	one, err1 := site.Door("11")
	two, err2 := site.Door("12")
	if err1 != nil || err2 != nil || one.Pulses != 0 || two.Pulses != 1 || s.Step != commissioning.StepMoved {
		t.Errorf("then it asks %+v; the doors are %+v, %v and %+v, %v", s, one, err1, two, err2)
	}
}
