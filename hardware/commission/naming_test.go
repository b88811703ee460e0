package commission

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"syscall"
	"testing"

	"cubby/hardware/device"
	"cubby/hardware/line"
	"cubby/hardware/wire"
	"cubby/locker/door/commissioning"
)

// asksWhichMoved is a session that asks which door has opened: lock 1 of a CU16
// was driven, and its contact has changed.
func asksWhichMoved(t *testing.T, known Known) *Session {
	t.Helper()
	s, job := NewSession(known)
	s.Done(*job,
		Result{Found: []Found{{Port: "p", Dialect: "kerong-cu16", Baud: 19200, Boards: []FoundBoard{{Channels: 16}}}}})
	closed := map[int]wire.Frame{0: {Locks: 0xFFFF, Closed: 0xFFFF}}
	open := map[int]wire.Frame{0: {Locks: 0xFFFF, Closed: 0xFFFE}}
	for _, answer := range []string{yes, yes, "1"} {
		job, err := s.Answer(commissioning.Answer{Number: s.State().Number, Answer: answer})
		if err != nil {
			t.Fatalf("%s: %v", s.State().Text, err)
		}
		if job != nil {
			s.Done(*job, Result{Before: closed, After: open, Moves: []Move{{Address: 0, Lock: 1}}})
		}
	}
	if s.State().Step != commissioning.StepMoved {
		t.Fatalf("it asks %q", s.State().Text)
	}
	return s
}

func TestOnlyWhatCanBePaintedOnADoorNamesOne(t *testing.T) {
	for _, c := range []struct {
		name, says string
		taken      bool
	}{
		{"a number", "7", true},
		{"a number with a letter", "12A", true},
		{"a letter", "B", true},
		{"two parts", "2-14", true},
		{"nothing", "", false},
		{"two words", "door 7", false},
		{"a sign", "7!", false},
		{"a long word", "seventeen", false},
		{"what means to end", "stop", false},
		{"what means to leave it", "Skip", false},
		{"what means yes", "yes", false},
		{"what means it is done", "OK", false},
		{"what is asked elsewhere", "keep", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := asksWhichMoved(t, Known{})
			before := s.State().Number
			_, err := s.Answer(commissioning.Answer{Number: before, Answer: c.says})
			if taken := err == nil; taken != c.taken || (s.State().Number != before) != c.taken {
				t.Errorf("%q: %v, then it asks %q", c.says, err, s.State().Text)
			}
			if c.taken && s.Said() != c.says {
				t.Errorf("it took %q for %q", c.says, s.Said())
			}
		})
	}
}

// Every word that a button stands for must not be taken for a door.
func TestNoAnswerOnAButtonIsADoor(t *testing.T) {
	s := asksWhichMoved(t, Known{})
	for _, choice := range slices.Concat(s.State().Choices, []commissioning.Choice{
		{Answer: yes}, {Answer: skip}, {Answer: stop},
	}) {
		if isNumber(choice.Answer) {
			t.Errorf("%q would be a door", choice.Answer)
		}
	}
}

func TestADoorThatIsNotOnTheWallIsSaidTwice(t *testing.T) {
	known := Known{
		Lines: []Line{{Name: "main", Port: "p", Dialect: "kerong-cu16", Baud: 19200, Boards: []Board{{Channels: 16}}}},
		Doors: []Door{{"7", "M", At{"main", 0, 1}}, {"8", "M", At{"main", 0, 2}}},
	}
	for _, c := range []struct {
		name  string
		says  []string
		taken string // empty: it still asks
	}{
		{"one that is on it is taken at once", []string{"7"}, "7"},
		{"another is not", []string{"77"}, ""},
		{"unless it is said again", []string{"77", "77"}, "77"},
		{"two slips are none", []string{"77", "78"}, ""},
		{"a slip is mended", []string{"77", "7"}, "7"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := asksWhichMoved(t, known)
			for _, says := range c.says {
				// what it refuses is not taken
				_, _ = s.Answer(commissioning.Answer{Number: s.State().Number, Answer: says})
			}
			if s.Said() != c.taken || (s.State().Step == commissioning.StepMoved) != (c.taken == "") {
				t.Errorf("it took %q and asks %q", s.Said(), s.State().Text)
			}
		})
	}
}

// A finger slips: the door of another lock is said to have opened, and later its
// own lock is driven.
func TestADoorThatIsSaidToOpenOnTwoLocksIsAskedForAgainAndThenBelieved(t *testing.T) {
	known := Known{
		Lines: []Line{{Name: "main", Port: "a", Dialect: "kerong-cu16", Baud: 19200}},
		Doors: []Door{{"1", "S", At{"main", 0, 8}}, {"2", "S", At{"main", 1, 8}}},
		Sizes: []string{"S"},
	}
	begun := func() *Session {
		s, _ := NewSession(known)
		s.Done(Job{Kind: JobProbe},
			Result{Found: []Found{{
				Port: "a", Dialect: "kerong-cu16", Baud: 19200, Boards: []FoundBoard{
					{Channels: 16}, {Address: 1, Channels: 16},
				},
			}}})
		stepped(t, s, Result{Moves: []Move{{0, 8, false}}}, "ok", "ok", "8", "2", "skip", "skip")
		return s
	}
	again := func(s *Session, number string) {
		t.Helper()
		if got := refused(s, number); got != "seen_before" {
			t.Fatalf("said once: %q, %+v", got, s.State())
		}
		stepped(t, s, Result{}, number)
		if s.Said() != number {
			t.Errorf("said twice: %+v", s.State())
		}
	}
	s := begun()
	stepped(t, s, Result{Moves: []Move{{1, 8, false}}}, "ok", "8")
	again(s, "2")
	stepped(t, s, Result{Moves: []Move{{0, 8, false}}}, "skip", "skip", "keep", "open", "yes", "write")
	if s.State().Step != commissioning.StepDone || !s.State().Written {
		t.Errorf("in the end it asks %+v", s.State())
	}
	// The same on the walk.
	s = begun()
	stepped(t, s, Result{Moves: []Move{{1, 8, false}}}, "skip", "column 2:S@main/0/8 1:S@main/1/8", "open")
	again(s, "2")
	stepped(t, s, Result{Moves: []Move{{0, 8, false}}}, "open", "yes", "write")
	if _, _, doors := s.Outcome(); !slices.Equal(doors, []Door{
		{"2", "S", At{"main", 1, 8}}, {"1", "S", At{"main", 0, 8}},
	}) {
		t.Errorf("written is %+v", doors)
	}
}

// What files and ports say is in English. What can be said in the language of the
// page is, and the rest stands in a sentence of it.
func TestWhyAFileOrAPortFailedIsSaidByName(t *testing.T) {
	for want, errs := range map[string][]error{
		"why.busy":      {fmt.Errorf("open x: %w", line.ErrBusy)},
		"why.forbidden": {line.ErrForbidden},
		"why.wedged":    {line.ErrWedged},
		"why.missing": {fmt.Errorf("usb:1a86:7523 %w", device.ErrMissing), &fs.PathError{
			Op: "open", Path: "x", Err: fs.ErrNotExist,
		}},
		"why.ambiguous": {fmt.Errorf("usb:1a86:7523 %w", device.ErrAmbiguous)},
		"why.no_room":   {&fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}},
		"why.no_right": {&fs.PathError{Op: "open", Path: "x", Err: syscall.EACCES}, &fs.PathError{
			Op: "open", Path: "x", Err: syscall.EROFS,
		}},
		"why.other": {errors.New("anything else")},
	} {
		for _, err := range errs {
			for id, s := range map[string]sentence{
				"found.problem": Found{
					Port: "p", Problem: err,
				}.said(), "found.adapters": Found{Problem: err}.said(),
				"not_written": say("not_written", "List", because(err)),
			} {
				if s.ID != id || len(s.Parts) != 1 || s.Parts[0].ID != want || s.Data["Why"] != "" ||
					!strings.Contains(s.text, err.Error()) {
					t.Errorf("%v: %+v", err, s)
				}
				if why := s.Parts[0].Data["Why"]; (want == "why.other") != (why == err.Error()) {
					t.Errorf("%v: the screen reads %q", err, why)
				}
			}
		}
	}
}
