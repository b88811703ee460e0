package commission

import (
	"context"
	"slices"
	"strings"
	"time"

	"cubby/hardware/wire"
)

// probePause is the silence between two dialects: one family's bytes are noise
// to another, which may need a moment to get over it.
const probePause = 100 * time.Millisecond

// A Found is one line as probing found it.
type Found struct {
	Port    string       `json:"port"` // as the configuration would name it; empty: no port, but the list of adapters
	Label   string       `json:"label,omitempty"`
	Dialect string       `json:"dialect,omitempty"` // empty: nobody answered
	Baud    int          `json:"baud,omitempty"`
	Boards  []FoundBoard `json:"boards,omitempty"`
	Echoes  bool         `json:"echoes,omitempty"` // the adapter hears itself
	Junk    int          `json:"junk,omitempty"`   // bytes that were no frame
	Problem error        `json:"-"`                // why it could not be asked

	expected []int // addresses that the configuration has here
}

// A FoundBoard is one board that answered.
type FoundBoard struct {
	Address  int  `json:"address"`
	Channels int  `json:"channels"`
	LockByte int  `json:"lock_byte,omitempty"` // kerong-cu48: 1 when it answered to that form alone
	Each     bool `json:"each,omitempty"`      // xor-8a80: it answered for one lock at a time alone
	Garbled  bool `json:"garbled,omitempty"`   // some of its answers were no frame: perhaps two boards with one address
}

// A try is one dialect at one speed, in the order of probing.
type try struct {
	dialect  string
	baud     int
	from, to int // addresses of a complete search
}

// tries are the questions that move nothing, most likely first. Each dialect is
// asked at the speed its boards are delivered with.
func tries() []try {
	addresses := map[string][2]int{
		"kerong-cu48": {0, 15}, "kerong-cu16": {0, 14}, "xor-8a80": {1, 32}, "waveshare-modbus": {1, 32},
		"wkly": {0, 31},
	}
	var all []try
	for _, name := range []string{"kerong-cu48", "kerong-cu16", "xor-8a80", "waveshare-modbus", "wkly"} {
		if d, err := wire.Named(name); err == nil {
			all = append(all, try{name, d.Baud(), addresses[name][0], addresses[name][1]})
		}
	}
	return all
}

// A Limit narrows what a probe asks; zero values mean everything.
type Limit struct {
	Dialect  string
	Baud     int
	Few      bool  // with Complete: the lowest addresses only
	Complete bool  // ask all addresses at the other speeds, too: minutes for a line where nobody answers
	Expected []int // addresses of boards that should be there: one reply may be lost
}

// first are the addresses asked before anybody has answered: boards come with
// the lowest, and a wall has one of them.
const first = 4

// missedLocks in a row do not answer where a board that is asked for one lock at
// a time has no more of them; fewer may be lost replies.
const missedLocks = 3

// mostChannels is how many locks a board of any dialect has at most.
const mostChannels = 64

// Probe asks who is on the port, which path has been resolved to. It writes
// status queries only, and gives the port back.
func Probe(ctx context.Context, port, path string, limit Limit) Found {
	found := Found{Port: port, expected: limit.Expected}
	for _, t := range plan(limit) {
		b, err := OpenBench(path, t.dialect, t.baud)
		if err != nil {
			found.Problem = err
			return found
		}
		over := context.AfterFunc(ctx, b.line.Stop) // one dialect may take a minute on a noisy line
		err = found.try(b, t)
		over()
		if closing := b.Close(); err == nil {
			err = closing
		}
		if err != nil {
			found.Problem = err
			return found
		}
		if found.Dialect != "" || pause(ctx, probePause) != nil {
			return found
		}
	}
	return found
}

// plan lists what a probe tries, in order: at first the lowest addresses at the
// speed of delivery, where nearly every board is found.
func plan(limit Limit) (all []try) {
	for _, t := range tries() {
		if limit.Dialect == "" && limit.Baud == 0 {
			t.to = t.from + first - 1
		}
		if limit.Baud != 0 {
			t.baud = limit.Baud
		}
		if limit.Dialect == "" || limit.Dialect == t.dialect {
			all = append(all, t)
		}
	}
	if !limit.Complete {
		return all
	}
	for _, t := range tries() {
		for _, baud := range append([]int{t.baud}, without([]int{9600, 19200, 57600, 115200}, t.baud)...) {
			if limit.Dialect == "" || limit.Dialect == t.dialect {
				t.baud = baud
				if limit.Few {
					t.to = t.from + first - 1
				}
				all = append(all, t)
			}
		}
	}
	return all
}

func without(all []int, one int) []int {
	return slices.DeleteFunc(all, func(n int) bool { return n == one })
}

// try asks the addresses of one dialect; when one answers, all of them.
func (found *Found) try(b *Bench, t try) error {
	d, err := wire.Named(t.dialect)
	if err != nil {
		return err
	}
	last := t.to
	for address := t.from; address <= last; address++ {
		board, answered, err := found.meet(b, d, address)
		if err != nil {
			return err
		}
		if !answered {
			continue
		}
		if found.Dialect == "" {
			found.Dialect, found.Baud = t.dialect, t.baud
			last = complete(t.dialect)
		}
		found.Boards = append(found.Boards, board)
	}
	found.Echoes = found.Echoes || b.Echoes()
	return nil
}

func complete(dialect string) int {
	for _, t := range tries() {
		if t.dialect == dialect {
			return t.to
		}
	}
	return 0
}

// meet asks one address in the forms a board of the dialect may understand.
func (found *Found) meet(b *Bench, d wire.Dialect, address int) (board FoundBoard, answered bool, err error) {
	forms := []wire.Board{{Address: address}}
	if other := (wire.Board{Address: address, LockByte: 1}); address > 0 && d.Check(other) == nil {
		forms = append(forms, other)
	}
	for _, form := range forms {
		b.Speak(d, []wire.Board{form})
		f, ok, junk, err := b.Read(form)
		if err != nil {
			return board, false, err
		}
		found.Junk += junk
		if !ok && (junk > 0 || slices.Contains(found.expected, address)) { // noise may have hit it
			var more int
			if f, ok, more, err = b.Read(form); err != nil {
				return board, false, err
			}
			junk += more
		}
		switch {
		case ok && f.Refused:
			return found.count(b, d, form)
		case ok:
			return FoundBoard{
				Address: address, Channels: answersFor(f, d, form), LockByte: form.LockByte, Garbled: junk > 0,
			}, true, nil
		case junk > 0:
			if board, answered, err = found.count(b, d, form); err != nil || answered {
				return board, answered, err
			}
		}
	}
	return found.single(b, d, address)
}

// single asks a board, of which nobody has understood a summary, for one lock
// after the other. Only a line's lowest addresses are asked in this way as long
// as no such board has answered, and not where the first lock may have either
// of two numbers.
func (found *Found) single(b *Bench, d wire.Dialect, address int) (FoundBoard, bool, error) {
	form := wire.Board{Address: address, Each: true}
	unlikely := address > first && !slices.ContainsFunc(found.Boards, func(b FoundBoard) bool { return b.Each })
	if unlikely || d.Check(form) != nil || d.Check(wire.Board{Address: address, FromZero: true}) == nil {
		return FoundBoard{}, false, nil
	}
	for form.Channels = mostChannels; d.Check(form) != nil; form.Channels-- {
	}
	requests, err := d.Status(form)
	if err != nil {
		return FoundBoard{}, false, err
	}
	b.Speak(d, []wire.Board{form})
	channels, missed := 0, 0
	for lock := 1; lock <= len(requests) && missed < missedLocks; lock++ {
		f, ok, junk, err := b.ask(requests[lock-1])
		if err == nil && !ok && (junk > 0 || channels > 0) { // noise may have hit it
			f, ok, _, err = b.ask(requests[lock-1])
		}
		if err != nil {
			return FoundBoard{}, false, err
		}
		found.Junk += junk
		switch {
		case ok && !f.Refused:
			channels, missed = lock, 0
		case channels == 0:
			return FoundBoard{}, false, nil
		default:
			missed++
		}
	}
	return FoundBoard{Address: address, Channels: channels, Each: true}, channels > 0, nil
}

// count finds out how many channels a board has whose answer is longer or
// shorter than the usual one's.
func (found *Found) count(b *Bench, d wire.Dialect, form wire.Board) (FoundBoard, bool, error) {
	for channels := 8; channels <= mostChannels; channels++ {
		form.Channels = channels
		if requests, err := d.Status(form); err != nil || len(requests) != 1 || requests[0].Expect != wire.Status {
			continue
		}
		b.Speak(d, []wire.Board{form})
		f, ok, junk, err := b.Read(form)
		if err != nil {
			return FoundBoard{}, false, err
		}
		found.Junk += junk
		if ok && !f.Refused {
			return FoundBoard{
				Address: form.Address, Channels: answersFor(f, d, form), LockByte: form.LockByte,
			}, true, nil
		}
	}
	return FoundBoard{}, false, nil
}

// answersFor is how many locks a board answers for.
func answersFor(f wire.Frame, d wire.Dialect, form wire.Board) int {
	if f.Other > 0 {
		return f.Other
	}
	return d.Locks(form)
}

// Sentence says what was found, for people.
func (found Found) Sentence() string { return found.said().text }

func (found Found) said() sentence {
	name := found.Port
	if found.Label != "" {
		name += " (" + found.Label + ")"
	}
	switch {
	case found.Problem != nil && found.Port == "":
		return say("found.adapters", "List", because(found.Problem))
	case found.Problem != nil:
		return say("found.problem", "Port", name, "List", because(found.Problem))
	case found.Dialect == "" && found.Junk > 0:
		return say("found.junk", "Port", name, "Count", found.Junk)
	case found.Dialect == "":
		return say("found.nobody", "Port", name)
	}
	var boards []sentence
	for _, b := range found.Boards {
		boards = append(boards, say("found.board", "Board", b.Address, "Locks", b.Channels))
	}
	return say(map[bool]string{
		false: "found.boards", true: "found.echo",
	}[found.Echoes], "Port", name, "Dialect", found.Dialect, "Baud", found.Baud, "List", boards)
}

func isSerial(port string) bool { return !strings.HasPrefix(port, "tcp://") }
