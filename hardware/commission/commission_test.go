package commission

import (
	"bytes"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"cubby/hardware/device"
	"cubby/hardware/sim"
	"cubby/hardware/sim/simtest"
	"cubby/hardware/wire"
	"cubby/locker/door/commissioning"
	"cubby/locker/view"
)

// Nearly all of the time is spent waiting for boards and locks.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "16"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// A person stands in front of the simulated wall and answers by what the doors
// really do.
type person struct {
	t       *testing.T
	site    *sim.Site
	work    *Work
	answers map[commissioning.Step]string // instead of what is usual
	asked   []commissioning.State
}

// converse answers until commissioning is over.
func (p *person) converse() commissioning.State {
	p.t.Helper()
	for range 200 {
		s := p.work.Settled(p.t.Context())
		p.asked = append(p.asked, s)
		if s.Step == commissioning.StepDone {
			return s
		}
		if _, err := p.work.Answer(commissioning.Answer{Number: s.Number, Answer: p.answer(s)}); err != nil {
			p.t.Fatalf("%s: %v", s.Text, err)
		}
	}
	p.t.Fatalf("it asks and asks: %v", p.asked[len(p.asked)-1])
	return commissioning.State{}
}

func (p *person) answer(s commissioning.State) string {
	p.t.Helper()
	if a := p.answers[s.Step]; a != "" {
		return a
	}
	switch s.Step {
	case commissioning.StepClose:
		p.closeAll()
		return "ok"
	case commissioning.StepPulse:
		return s.Choices[0].Answer
	case commissioning.StepMoved:
		open := p.open()
		switch len(open) {
		case 0:
			return "none"
		case 1:
			return open[0]
		}
		return "several"
	case commissioning.StepHand:
		for _, n := range p.open() {
			p.do(n, sim.ActPut)
		}
		return "ok"
	case commissioning.StepShut:
		for _, n := range p.open() {
			p.do(n, sim.ActTake)
		}
		p.closeAll()
		return "ok"
	case commissioning.StepWalk:
		if s.Free == "" {
			p.closeAll()
			return "open"
		}
		if open := p.open(); len(open) == 1 {
			return open[0]
		}
		return "none"
	case commissioning.StepWrite:
		return "write"
	}
	return "ok"
}

func (p *person) open() (all []string) {
	for _, d := range p.site.Doors() {
		if d.State != sim.StateClosed {
			all = append(all, d.Number)
		}
	}
	return all
}

func (p *person) do(number string, act sim.Act) {
	p.t.Helper()
	if err := p.site.Do(number, act); err != nil {
		p.t.Fatal(err)
	}
}

func (p *person) closeAll() {
	for _, n := range p.open() {
		p.do(n, sim.ActClose)
	}
}

func (p *person) said() string {
	var all []string
	for _, s := range p.asked {
		all = append(all, s.Notes...)
		all = append(all, "? "+s.Text)
	}
	return strings.Join(all, "\n")
}

// built is a wall of doors on the boards given: door "11" is lock 1 of the
// first board, "12" the second lock, "21" the first of the second board.
func built(t *testing.T, dialect string, baud int, boards ...sim.Board) (*sim.Site, string) {
	t.Helper()
	plan := sim.Plan{
		Station: "test", Buses: []sim.Bus{{
			Name: "main", Dialect: dialect, Link: filepath.Join(t.TempDir(), "bus"), Baud: baud,
		}}, Seed: 1,
	}
	for i, b := range boards {
		b.Locks = map[int]string{}
		for lock := 1; lock <= 3; lock++ {
			number := fmt.Sprintf("%d%d", i+1, lock)
			b.Locks[lock] = number
			plan.Wall.Doors = append(plan.Wall.Doors, view.Door{Number: number, WidthMM: 400, HeightMM: 200})
		}
		plan.Buses[0].Boards = append(plan.Buses[0].Boards, b)
	}
	return simtest.Open(t, plan), plan.Buses[0].Link
}

type outcome struct {
	lines []Line
	wall  *Wall
	doors []Door
}

func begin(t *testing.T, site *sim.Site, known Known) (*person, *outcome) {
	t.Helper()
	out := new(outcome)
	w := Begin(Plan{
		Known: known, Finder: device.Tree(t.TempDir()), Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
		Write: func(lines []Line, wall *Wall, doors []Door) error {
			*out = outcome{lines, wall, doors}
			return nil
		},
	})
	t.Cleanup(w.Close)
	return &person{t: t, site: site, work: w, answers: map[commissioning.Step]string{}}, out
}

func TestEveryWayABoardMayBeWiredIsLearned(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		dialect string
		baud    int
		board   sim.Board
		want    Board
		pulses  int
	}{
		{"CU16 as usual", "kerong-cu16", 19200, sim.Board{Presence: true}, Board{Channels: 16, Presence: true}, 1},
		{"CU16 with contacts the other way round", "kerong-cu16", 19200, sim.Board{Address: 2, InvertHook: true},
			Board{Address: 2, Channels: 16, InvertHook: true}, 1},
		{"CU16 with sensors the other way round", "kerong-cu16", 19200, sim.Board{Presence: true, InvertPresence: true},
			Board{Channels: 16, Presence: true, InvertPresence: true}, 1},
		{"CU48 as usual", "kerong-cu48", 19200, sim.Board{}, Board{Channels: 48}, 2},
		{"CU48 with the lock in byte 1", "kerong-cu48", 19200, sim.Board{LockByte: 1},
			Board{Channels: 48, LockByte: 1}, 3},
		{"XOR board as usual", "xor-8a80", 9600, sim.Board{Address: 1}, Board{Address: 1, Channels: 24}, 1},
		{"XOR board with the first locks first", "xor-8a80", 9600, sim.Board{Address: 1, LowFirst: true},
			Board{Address: 1, Channels: 24, LowFirst: true}, 1},
		{"XOR board with everything the other way round", "xor-8a80", 9600,
			sim.Board{Address: 3, LowFirst: true, InvertHook: true}, Board{
				Address: 3, Channels: 24, LowFirst: true, InvertHook: true,
			}, 1},
		{"XOR board that answers for one lock at a time", "xor-8a80", 9600,
			sim.Board{Address: 3, OneByOne: true, Channels: 18, InvertHook: true}, Board{
				Address: 3, Channels: 18, Each: true, InvertHook: true,
			}, 1},
		{"Waveshare", "waveshare-modbus", 9600, sim.Board{Address: 1}, Board{Address: 1, Channels: 8}, 1},
		{"Waveshare with contacts the other way round", "waveshare-modbus", 9600,
			sim.Board{Address: 1, InvertHook: true}, Board{Address: 1, Channels: 8, InvertHook: true}, 1},
		{"WKLY as usual", "wkly", 9600, sim.Board{}, Board{Channels: 16}, 1},
		{"WKLY with the first lock numbered 0", "wkly", 9600, sim.Board{ZeroBased: true, InvertHook: true},
			Board{Channels: 16, FromZero: true, InvertHook: true}, 1},
		{"WKLY with few locks", "wkly", 9600, sim.Board{Channels: 12}, Board{Channels: 12}, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			site, link := built(t, tc.dialect, tc.baud, tc.board)
			p, out := begin(t, site, Known{})
			p.answers[commissioning.StepWall] = "size M 400x190x500; column 11:M 12:M 13:M"
			p.answers[commissioning.StepWalk] = "enough"
			p.work.Settled(t.Context())
			if _, err := p.work.Answer(commissioning.Answer{Number: p.work.State().Number, Answer: link}); err != nil {
				t.Fatal(err)
			}
			if s := p.converse(); !s.Written {
				t.Fatalf("not written:\n%s", p.said())
			}
			if len(out.lines) != 1 || len(out.lines[0].Boards) != 1 {
				t.Fatalf("lines %+v\n%s", out.lines, p.said())
			}
			tc.want.Proven = true
			got := out.lines[0].Boards[0]
			if tc.dialect == "waveshare-modbus" { // which wiring counts as usual is decided elsewhere
				tc.want.InvertHook = got.InvertHook
			}
			showsTheTruth(t, site, link, out.lines[0])
			if got != tc.want || out.lines[0].Dialect != tc.dialect || out.lines[0].Port != link {
				t.Errorf("got  %+v\nwant %+v\n%s", got, tc.want, p.said())
			}
			entries, _ := site.Journal(0)
			pulses := 0
			for _, e := range entries {
				switch e.Kind {
				case "unlock":
					pulses++
				case "violation":
					t.Errorf("violation: %+v", e)
				}
			}
			if pulses != tc.pulses {
				t.Errorf("%d locks were driven, want %d\n%s", pulses, tc.pulses, p.said())
			}
		})
	}
}

// showsTheTruth forces a door open and reads the contacts with what was learned.
func showsTheTruth(t *testing.T, site *sim.Site, link string, l Line) {
	t.Helper()
	if err := site.Do("12", sim.ActForce); err != nil {
		t.Fatal(err)
	}
	bench, err := OpenBench(link, l.Dialect, l.Baud)
	if err != nil {
		t.Fatal(err)
	}
	defer bench.Close()
	board := l.Boards[0]
	bench.Speak(bench.dialect, []wire.Board{board.Wire()})
	var f wire.Frame
	for answered := false; !answered; { // a busy machine misses some
		if f, answered, _, err = bench.Read(board.Wire()); err != nil || t.Context().Err() != nil {
			t.Fatalf("reading again: %v", err)
		}
	}
	for lock, want := range map[int]bool{1: true, 2: false, 3: true} {
		if closed := (f.Closed&(1<<(lock-1)) != 0) != board.InvertHook; closed != want {
			t.Errorf("lock %d reads closed: %v", lock, closed)
		}
	}
}

func TestLookingForBoardsMovesNothing(t *testing.T) {
	t.Parallel()
	for _, dialect := range []string{"kerong-cu16", "kerong-cu48", "xor-8a80", "waveshare-modbus", "wkly"} {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			baud, address := 9600, 1
			if strings.HasPrefix(dialect, "kerong") {
				baud = 19200
			}
			site, link := built(t, dialect, baud, sim.Board{Address: address}, sim.Board{Address: address + 6})
			found := Probe(t.Context(), link, link, Limit{})
			if found.Dialect != dialect || len(found.Boards) != 2 || found.Boards[1].Address != address+6 {
				t.Errorf("found %+v", found)
			}
			entries, _ := site.Journal(0)
			for _, e := range entries {
				if e.Kind != "other" {
					t.Errorf("looking has caused %+v", e)
				}
			}
		})
	}
}

// What one family takes for a question must not open a door of another.
func TestNoQuestionIsAnOpeningInAnotherDialect(t *testing.T) {
	var questions, openings [][]byte
	for _, name := range wire.Names() {
		d, err := wire.Named(name)
		if err != nil {
			t.Fatal(err)
		}
		for address := range 33 {
			for _, b := range []wire.Board{
				{Address: address}, {Address: address, LockByte: 1}, {
					Address: address, FromZero: true,
				}, {Address: address, Each: true},
			} {
				if d.Check(b) != nil {
					continue
				}
				asked, err := d.Status(b)
				if err != nil {
					t.Fatal(err)
				}
				for _, r := range asked {
					questions = append(questions, r.Bytes)
				}
				for lock := 1; lock <= d.Locks(b); lock++ {
					r, err := d.Unlock(b, lock, 0)
					if err != nil {
						t.Fatal(err)
					}
					openings = append(openings, r.Bytes)
				}
			}
		}
	}
	if len(questions) < 100 || len(openings) < 1000 {
		t.Fatalf("only %d questions and %d openings", len(questions), len(openings))
	}
	heard := bytes.Join(questions, nil)
	for _, o := range openings {
		if bytes.Contains(heard, o) {
			t.Errorf("the opening % X is heard in the questions", o)
		}
	}
}

func TestAWallIsWalkedAndExchangedDoorsAreFound(t *testing.T) {
	t.Parallel()
	site, link := built(t, "kerong-cu16", 19200, sim.Board{})
	known := Known{
		Lines: []Line{{Name: "main", Port: link, Dialect: "kerong-cu16", Baud: 19200, Boards: []Board{{Address: 0}}}},
		Sizes: []string{"M"},
	}
	p, out := begin(t, site, known)
	// Doors 12 and 13 are written down the wrong way round.
	p.answers[commissioning.StepWall] = "column 11:M 13:M 12:M"
	if s := p.converse(); !s.Written {
		t.Fatal(p.said())
	}
	want := map[string]int{"11": 1, "12": 2, "13": 3}
	for _, d := range out.doors {
		if d.At.Lock != want[d.Number] || d.At.Line != "main" {
			t.Errorf("door %s is on %s", d.Number, d.At)
		}
	}
	if c := out.wall.Columns[0]; c[1].Number != "13" || c[1].At.Lock != 3 {
		t.Errorf("the wall: %+v", c)
	}
}

func TestNoDoorWithAParcelIsOpened(t *testing.T) {
	t.Parallel()
	site, link := built(t, "kerong-cu16", 19200, sim.Board{})
	at := func(lock int) At { return At{"main", 0, lock} }
	known := Known{
		Lines: []Line{{
			Name: "main", Port: link, Dialect: "kerong-cu16", Baud: 19200, Boards: []Board{{Address: 0, Channels: 16}},
		}},
		Doors:    []Door{{"11", "M", at(1)}, {"12", "M", at(2)}, {"13", "M", at(3)}},
		Sizes:    []string{"M"},
		Occupied: []string{"11"},
	}
	p, _ := begin(t, site, known)
	p.answers[commissioning.StepWall] = "keep"
	p.converse()
	if !strings.Contains(p.said(), "Lock 3 of board 0") {
		t.Errorf("the first lock whose neighbours are empty is 3:\n%s", p.said())
	}
	if d, err := site.Door("11"); err != nil || d.Pulses != 0 {
		t.Errorf("the door with the parcel: %+v, %v", d, err)
	}
}

func TestAWallIsReadAsItIsWritten(t *testing.T) {
	lines := []Line{
		{Name: "a", Boards: []Board{{Address: 0, Channels: 2}}},
		{Name: "b", Boards: []Board{{Address: 3, Channels: 3}}},
	}
	seen := map[At]string{{"b", 3, 2}: "5"}
	for _, tc := range []struct{ name, text, want string }{
		{"in order", "size M 400x190x500\ncolumn 1:M 2:M\ncolumn 4:M 5:M", "1 a/0/1, 2 a/0/2, 4 b/3/1, 5 b/3/2"},
		{"with locks named", "column 5:S@b/3/2 6:S 1:S@a/0/2", "5 b/3/2, 6 b/3/3, 1 a/0/2"},
		{"with parts", "size M 1x2x3; column 5:M@b/3/2;;", "5 b/3/2"},
		{"against what was seen", "column 1:S 2:S 5:S", "! lock b/3/2"},
		{"with another door on a lock that was seen", "column 7:S@b/3/2", "! lock b/3/2 opened door 5, not door 7"},
		{"too many doors", "column 1:S 2:S 4:S 5:S 6:S 7:S", "! no lock left for door 7"},
		{"a size that is not there", "column 1:XL", "! door 1 has size \"XL\""},
		{"a size that is none", "size M 400x190", "! size M is \"400x190\""},
		{"a door twice", "column 1:S 1:S", "! door 1 is there twice"},
		{"a lock twice", "column 1:S 2:S@a/0/1", "! lock a/0/1 is given to door 1 and door 2"},
		{"a lock that is not there", "column 1:S@a/0/9", "! was not found"},
		{"a lock that is none", "column 1:S@a/0", "! \"a/0\" is no lock"},
		{"no door", "", "! no door in it"},
		{"nonsense", "row 1:S", "! not understood"},
		{"no size", "column 1", "! \"1\" is no door"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w, err := readWall(tc.text, lines, []string{"S"}, seen)
			if says, bad := strings.CutPrefix(tc.want, "! "); bad {
				if err == nil || !strings.Contains(err.Error(), strings.TrimPrefix(says, "lock b/3/2 opened")) &&
					!strings.Contains(err.Error(), says) {
					t.Errorf("%v, want %q", err, says)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, d := range w.doors() {
				got = append(got, d.Number+" "+d.At.String())
			}
			if s := strings.Join(got, ", "); s != tc.want {
				t.Errorf("%s, want %s", s, tc.want)
			}
		})
	}
}

func TestALockIsLeftToRest(t *testing.T) {
	r := rest{}
	j := Job{Line: Line{Port: "p"}, Board: Board{Address: 1}, Lock: 2}
	long := time.Now().Add(-10 * time.Second)
	r["p"] = []driven{{1, 2, long}, {1, 2, long}, {1, 3, long}}
	if err := r.wait(t.Context(), j); err != nil {
		t.Fatalf("the third pulse: %v", err)
	}
	r.note(j)
	if err := r.wait(t.Context(), j); err == nil {
		t.Error("a fourth pulse in half a minute was given")
	}
	if n := len(r["p"]); n != 4 {
		t.Errorf("%d pulses noted", n)
	}
}

func TestAnswersToOtherQuestionsAreRefused(t *testing.T) {
	s, _ := NewSession(Known{})
	if _, err := s.Answer(commissioning.Answer{}); err == nil {
		t.Error("an answer was taken while the lines were asked")
	}
	s.Done(Job{Kind: JobProbe},
		Result{Found: []Found{{
			Port: "p", Dialect: "wkly", Baud: 9600, Boards: []FoundBoard{{Address: 0, Channels: 16}},
		}}})
	before := s.State()
	for _, a := range []commissioning.Answer{
		{Number: before.Number + 1, Answer: "ok"}, {Number: before.Number, Answer: "perhaps"},
	} {
		if _, err := s.Answer(a); err == nil {
			t.Errorf("%+v was taken", a)
		}
	}
	if !slices.Equal(s.State().Notes, before.Notes) || s.State().Number != before.Number {
		t.Errorf("a refused answer has changed the question: %+v", s.State())
	}
}
