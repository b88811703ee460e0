package commission

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"cubby/hardware/wire"
	"cubby/locker/door/commissioning"
)

// A Line is one line with its boards, as the configuration will have it.
type Line struct {
	Name    string
	Port    string
	Dialect string
	Baud    int
	Boards  []Board
}

// A Door is one door of the wall and its lock.
type Door struct {
	Number string
	Size   string
	At     At
}

// At is one lock of one board of one line.
type At struct {
	Line    string
	Address int
	Lock    int // from 1
}

func (a At) String() string { return fmt.Sprintf("%s/%d/%d", a.Line, a.Address, a.Lock) }

// Known is what the configuration says before. All of it may be empty.
type Known struct {
	Lines    []Line
	Doors    []Door   // in the order of the wall
	Columns  [][]Door // the same, as they stand
	Sizes    []string // names of the sizes there are
	Occupied []string // numbers of doors behind which a parcel lies
	Unnamed  []string // those of them that are still to be confirmed, on the touchscreen
	Touch    bool     // the touchscreen asks: it waits to be begun, and offers to draw the wall
}

// JobKind is what a Session wants done before it can go on.
type JobKind string

// The jobs.
const (
	JobProbe JobKind = "probe" // find lines and boards; Ports are asked, too
	JobRead  JobKind = "read"  // read all boards of a line until they are at rest
	JobPulse JobKind = "pulse" // the same, then drive one lock once and watch
	JobWrite JobKind = "write" // write the configuration
)

// A Job is one thing to do on the lines. Only JobPulse moves anything.
type Job struct {
	Kind  JobKind
	Ports []string
	Line  Line
	Board Board
	Lock  int
}

// A Result is what came of a job.
type Result struct {
	Found  []Found            // JobProbe
	Before map[int]wire.Frame // by address: JobRead, JobPulse
	Moves  []Move             // JobPulse
	After  map[int]wire.Frame // JobPulse
	Err    error              // why it could not be done
}

// A Session is the conversation that commissions a site. It is pure: Answer
// takes what a person says and returns what is to be done, Done takes what came
// of it; State is what to ask. It starts by asking for a probe.
type Session struct {
	known Known
	state commissioning.State
	last  commissioning.Step // the question asked last, also while work is under way
	notes []string
	told  []commissioning.Message // the notes

	ports  []string // typed by the person
	found  []Found
	lines  []Line
	line   int // which is being looked at
	board  int
	asked  int           // the lock that was driven last
	result Result        // of the last pulse
	moved  string        // the door that was seen to move
	said   string        // the door that the last answer said to have opened
	doubt  string        // the door with a parcel that was named once and may be a slip
	doors  map[At]string // which door was seen to move
	wall   *Wall         // nil: as it was
	plan   []Door        // all doors with their locks
	walk   []Door        // those still to be walked
	walked *Door         // the one just driven
	passed int           // locks of this board that another was preferred to
	inside int           // doors with parcels that were confirmed
	draft  *draft        // the wall as it is being drawn
}

// NewSession begins with what is known. The job is nil when it waits for an
// answer first.
func NewSession(known Known) (*Session, *Job) {
	s := &Session{known: known, doors: map[At]string{}}
	if known.Touch {
		s.ask(commissioning.StepBegin, "", []commissioning.Choice{offer(yes, "begin.ok")}, "begin")
		return s, nil
	}
	return s, s.probe()
}

// State is what to show now.
func (s *Session) State() commissioning.State { return s.state }

func (s *Session) probe() *Job {
	return s.work(Job{Kind: JobProbe, Ports: s.ports}, "asking")
}

// Heard adds a line to those found while all are being asked.
func (s *Session) Heard(f Found) {
	if s.state.Step == commissioning.StepWorking {
		n := f.said()
		s.state.Notes, s.state.Told = append(s.state.Notes, n.text), append(s.state.Told, n.Message)
	}
}

// onBegin asks for every door with a parcel before anything is touched.
func (s *Session) onBegin(text string) (*Job, error) {
	if text == stop {
		s.end()
		return nil, nil
	}
	if text != yes {
		return nil, say("not_a_choice")
	}
	if s.state.Step == commissioning.StepInside {
		s.inside++
	}
	if s.inside == len(s.known.Unnamed) {
		return s.probe(), nil
	}
	number := s.known.Unnamed[s.inside]
	s.ask(commissioning.StepInside, "", []commissioning.Choice{offer(yes, "inside.ok")}, "inside", "Door",
		number, "Done",
		s.inside+1, "Count", len(s.known.Unnamed))
	s.state.Door = number
	return nil, nil
}

// ask sets the next question.
func (s *Session) ask(step commissioning.Step, free string, choices []commissioning.Choice, id string, pairs ...any) {
	q := say(id, pairs...)
	s.state = commissioning.State{
		Step: step, Number: s.state.Number + 1, Text: q.text, Question: q.Message,
		Notes: s.notes, Told: s.told, Choices: choices, Free: free, Wall: s.drawn(),
	}
	s.notes, s.told, s.last, s.doubt = nil, nil, step, ""
}

func (s *Session) note(id string, pairs ...any) { s.tell(say(id, pairs...)) }

func (s *Session) tell(n sentence) {
	s.notes, s.told = append(s.notes, n.text), append(s.told, n.Message)
}

// work says that a job is under way; the number of the question stays.
func (s *Session) work(j Job, id string, pairs ...any) *Job {
	w := say(id, pairs...)
	s.state = commissioning.State{
		Step: commissioning.StepWorking, Number: s.state.Number, Text: w.text, Question: w.Message, Wall: s.drawn(),
	}
	return &j
}

// Answer takes the answer to the question with that number. What it refuses
// changes nothing. A job it returns has to be done next.
func (s *Session) Answer(a commissioning.Answer) (*Job, error) {
	if s.state.Step == commissioning.StepWorking || s.state.Step == commissioning.StepDone {
		return nil, fmt.Errorf("there is no question now")
	}
	if a.Number != s.state.Number {
		return nil, fmt.Errorf("this answers question %d; question %d is asked now: look again", a.Number,
			s.state.Number)
	}
	s.said = ""
	text := strings.TrimSpace(a.Answer)
	switch s.state.Step {
	case commissioning.StepBegin, commissioning.StepInside:
		return s.onBegin(text)
	case commissioning.StepLines:
		return s.onLines(text)
	case commissioning.StepClose:
		return s.onClose(text)
	case commissioning.StepPulse:
		return s.onPulse(text)
	case commissioning.StepMoved:
		return s.onMoved(text)
	case commissioning.StepHand:
		return s.onHand(text)
	case commissioning.StepShut:
		return s.onShut(text)
	case commissioning.StepWall:
		return s.onWall(text)
	case commissioning.StepDraw:
		return nil, s.onDraw(text)
	case commissioning.StepSize:
		return nil, s.onSize(text)
	case commissioning.StepWalk:
		return s.onWalk(text)
	default:
		return s.onWrite(text)
	}
}

// Done takes what came of the job that Answer or NewSession asked for.
func (s *Session) Done(j Job, r Result) {
	switch {
	case j.Kind == JobProbe:
		s.found = r.Found
		s.askLines()
	case j.Kind == JobWrite && r.Err != nil:
		s.note("not_written", "List", because(r.Err))
		s.askWrite()
	case j.Kind == JobWrite:
		s.ask(commissioning.StepDone, "", nil, "done.written")
		s.state.Written = true
	case r.Err != nil:
		if why, named := r.Err.(sentence); named {
			s.tell(why)
		} else {
			s.note("failed", "List", because(r.Err))
		}
		s.retry()
	case s.last == commissioning.StepClose:
		s.askPulse()
	case s.last == commissioning.StepPulse:
		s.result = r
		s.askMoved()
	case s.last == commissioning.StepHand:
		s.learnPresence(r)
	case s.last == commissioning.StepShut:
		s.checkShut(r)
	case s.last == commissioning.StepWalk:
		s.result = r
		s.askWalked()
	}
}

// retry asks again for what a job that failed was to find out.
func (s *Session) retry() {
	if s.last == commissioning.StepWalk {
		s.askWalk()
		return
	}
	s.askClose()
}

// at is the board under way.
func (s *Session) at() *Board { return &s.lines[s.line].Boards[s.board] }

// The answers that mean the same everywhere.
const (
	yes  = "ok"
	skip = "skip"
	stop = "stop"
)

func (s *Session) askLines() {
	usable := 0
	for _, f := range s.found {
		s.tell(f.said())
		for _, b := range f.Boards {
			if b.Garbled {
				s.note("garbled", "Board", b.Address, "Port", f.Port)
			}
		}
		s.noteMissing(f)
		if f.Dialect != "" {
			usable++
		}
	}
	offers := []commissioning.Choice{offer("again", "lines.again"), offer(stop, "stop")}
	const free = "a port to ask as well, such as tcp://192.168.0.7:23"
	if !slices.ContainsFunc(s.found, func(f Found) bool { return f.Port != "" }) {
		s.ask(commissioning.StepLines, free, offers, "lines.no_port")
		return
	}
	if usable == 0 {
		s.ask(commissioning.StepLines, free, offers, "lines.none")
		return
	}
	s.ask(commissioning.StepLines, free, append([]commissioning.Choice{offer(yes, "lines.ok")}, offers...),
		"lines", "Lines",
		usable, "Count", len(s.found))
}

// noteMissing names the boards of the configuration that did not answer.
func (s *Session) noteMissing(f Found) {
	for _, l := range s.known.Lines {
		for _, b := range l.Boards {
			if l.Port == f.Port && !slices.ContainsFunc(f.Boards,
				func(found FoundBoard) bool { return found.Address == b.Address }) {
				s.note("missing", "Board", b.Address, "Line", l.Name)
			}
		}
	}
}

func (s *Session) onLines(text string) (*Job, error) {
	switch {
	case text == stop:
		s.end()
		return nil, nil
	case text == "again":
		return s.probe(), nil
	case text == yes:
		if err := s.takeLines(); err != nil {
			return nil, err
		}
		s.line, s.board = 0, 0
		s.askClose()
		return nil, nil
	case strings.Contains(text, "/") || strings.Contains(text, ":"):
		s.ports = append(s.ports, text)
		return s.probe(), nil
	}
	return nil, say("no_port", "Text", strconv.Quote(text))
}

// takeLines makes lines of what was found, with the names and options that the
// configuration has for them.
func (s *Session) takeLines() error {
	s.lines = nil
	used := map[string]bool{}
	for _, k := range s.known.Lines {
		used[k.Name] = true
	}
	for _, f := range s.found {
		if f.Dialect == "" {
			continue
		}
		l := Line{Port: f.Port, Dialect: f.Dialect, Baud: f.Baud}
		old := slices.IndexFunc(s.known.Lines, func(k Line) bool { return k.Port == f.Port })
		if old >= 0 {
			l.Name = s.known.Lines[old].Name
		}
		for n := 1; l.Name == ""; n++ {
			if name := "line" + strconv.Itoa(n); !used[name] {
				l.Name, used[name] = name, true
			}
		}
		for _, fb := range f.Boards {
			b := Board{Address: fb.Address, Channels: fb.Channels, LockByte: fb.LockByte, Each: fb.Each}
			if old >= 0 && s.known.Lines[old].Dialect == f.Dialect {
				b = inherit(b, s.known.Lines[old].Boards)
			}
			l.Boards = append(l.Boards, b)
		}
		s.lines = append(s.lines, l)
	}
	if len(s.lines) == 0 {
		return say("no_line")
	}
	return nil
}

// inherit takes over what the configuration knows of a board with this address.
func inherit(b Board, known []Board) Board {
	i := slices.IndexFunc(known, func(k Board) bool { return k.Address == b.Address })
	if i < 0 {
		return b
	}
	k := known[i]
	if k.Channels == 0 {
		k.Channels = b.Channels
	}
	if b.LockByte != 0 {
		k.LockByte = b.LockByte
	}
	k.Each = k.Each || b.Each
	return k
}

func (s *Session) end() { s.ask(commissioning.StepDone, "", nil, "done.unchanged") }
