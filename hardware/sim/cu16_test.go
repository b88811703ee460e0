package sim

import (
	"bytes"
	"encoding/hex"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func unhex(t interface{ Fatal(...any) }, s string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// twoBoards is a bus with all 16 locks wired on boards 0 and 1; the doors of
// board 1 are numbered from 17.
func twoBoards() Plan {
	plan := Plan{Buses: []Bus{{Name: "main", Baud: 19200}}, Sizes: map[string]string{}}
	for a := range 2 {
		b := Board{Address: a, Presence: true, Locks: map[int]string{}}
		for lock := 1; lock <= 16; lock++ {
			number := doorNumber(a, lock)
			b.Locks[lock] = number
			plan.Sizes[number] = "M"
		}
		plan.Buses[0].Boards = append(plan.Buses[0].Boards, b)
	}
	return plan
}

func doorNumber(board, lock int) string {
	return string(rune('A'+board)) + string(rune('a'+lock-1))
}

// exchange cuts the first request out of the bytes and answers it, without
// waiting for a pulse to end.
func exchange(t *testing.T, s *Site, request string) string {
	t.Helper()
	l := s.lines["main"]
	if l == nil {
		l = s.wire(s.plan.Buses[0])
	}
	frame, _ := l.talk.cut(unhex(t, request))
	if frame == nil {
		return "no frame"
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var replies []string
	for _, r := range l.talk.hear(s, l, frame, 0) {
		replies = append(replies, hex.EncodeToString(r.bytes()))
	}
	return strings.Join(replies, " ")
}

// wrong brings a fault about that the test knows to exist.
func wrong(kind, target, value string) func(*Site) {
	return func(s *Site) {
		if err := s.SetFault(Fault{Kind: kind, Target: target, Value: value}); err != nil {
			panic(err)
		}
	}
}

func TestBoardsAnswerThePublishedFrames(t *testing.T) {
	for _, tc := range []struct {
		name    string
		prepare func(*Site)
		request string
		reply   string
	}{
		{"all closed and empty", nil, "02 00 30 03 35", "020035ffff00000338"},
		{"lock 1 open, something in 1", func(s *Site) { s.doors["Aa"].state, s.doors["Aa"].inside = StateOpen, true },
			"02 00 30 03 35", "020035feff01000338"},
		{"lock 5 open, something in 5", func(s *Site) { s.doors["Ae"].state, s.doors["Ae"].inside = StateOpen, true },
			"02 00 30 03 35", "020035efff10000338"},
		{"board 1, lock 11 open, something in 11", func(s *Site) {
			s.doors["Bk"].state, s.doors["Bk"].inside = StateOpen, true
		}, "02 10 30 03 45", "021035fffb00040348"},
		{"a door pushed to reads open", func(s *Site) { s.doors["Aa"].state = StateAjar }, "02 00 30 03 35",
			"020035feff00000337"},
		{"the alternative status command", nil, "02 00 32 03 37", "020035ffff00000338"},
		{"every board of the bus", nil, "02 F0 32 03 27", "020035ffff00000338 021035ffff00000348"},
		{"the lock nibble of a status request does not matter", nil, "02 07 30 03 3C", "020035ffff00000338"},
		{"an unlock is never answered", nil, "02 1A 31 03 50", ""},
		{"setting the pulse is answered with the new value", nil, "02 00 37 00 32 03 6E", "0200380032036f"},
		{"the pulse of a board nobody has set", nil, "02 10 37 03 4C", "0210380032037f"},
		{"a board that is not there", nil, "02 20 30 03 55", ""},
		{"a silent board", wrong("silent-board", "main/0", "on"), "02 00 30 03 35", ""},
		{"the others speak for a silent one", wrong("silent-board", "main/0", "on"), "02 F0 32 03 27",
			"021035ffff00000348"},
		{"unlocking everything is not answered", nil, "02 00 33 03 38", ""},
		{"setting the speed is not done here", nil, "02 00 40 01 03 46", ""},
		{"a wrong sum", nil, "02 00 30 03 36", "no frame"},
		{"a wrong end", nil, "02 00 30 04 36", "no frame"},
		{"an inverted hook", func(s *Site) { s.boards[boardID{"main", 0}].plan.InvertHook = true }, "02 00 30 03 35",
			"02003500000000033a"},
		{"an inverted sensor", func(s *Site) { s.boards[boardID{"main", 0}].plan.InvertPresence = true },
			"02 00 30 03 35", "020035ffffffff0336"},
		{"no sensors fitted", func(s *Site) {
			s.boards[boardID{"main", 0}].plan.Presence, s.doors["Aa"].inside = false, true
		}, "02 00 30 03 35", "020035ffff00000338"},
		{"a dirty sensor", wrong("dirty", "Aa", "on"), "02 00 30 03 35", "020035ffff01000339"},
		{"a lock without a door reads open", func(s *Site) { delete(s.boards[boardID{"main", 0}].plan.Locks, 16) },
			"02 00 30 03 35", "020035ff7f000003b8"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newSite(twoBoards())
			if tc.prepare != nil {
				tc.prepare(s)
			}
			if got := exchange(t, s, tc.request); got != tc.reply {
				t.Errorf("%s is answered by %q, want %q", tc.request, got, tc.reply)
			}
		})
	}
}

func TestTheJournalTellsWhichLockWasDriven(t *testing.T) {
	s := newSite(twoBoards())
	exchange(t, s, "02 1A 31 03 50") // board 1 lock 11
	exchange(t, s, "02 0F 31 03 45") // board 0 lock 16, while the first is driven
	exchange(t, s, "02 20 31 03 56") // nobody there
	exchange(t, s, "02 00 39 05 03 43")
	entries, pulses := s.Journal(0)
	want := []Entry{
		{
			Seq: 1, Kind: "unlock", Bus: "main", Board: 1, Lock: 11, Door: "Bk", Acted: true, PulseMS: 500,
			Request: "02 1a 31 03 50",
		},
		{
			Seq: 2, Kind: "unlock", Bus: "main", Board: 0, Lock: 16, Door: "Ap", Acted: true, PulseMS: 500,
			Overlap: true, Request: "02 0f 31 03 45",
		},
		{Seq: 3, Kind: "unlock", Bus: "main", Board: 2, Lock: 1, Request: "02 20 31 03 56"},
		{Seq: 4, Kind: "other", Bus: "main", Command: 0x39, Request: "02 00 39 05 03 43"},
	}
	for i := range entries {
		entries[i].At = time.Time{}
	}
	if !slices.Equal(entries, want) {
		t.Errorf("journal:\n%+v\nwant\n%+v", entries, want)
	}
	if len(pulses) != 2 || pulses["Bk"] != 1 || pulses["Ap"] != 1 {
		t.Errorf("pulses: %v", pulses)
	}
	if rest, _ := s.Journal(3); len(rest) != 1 || rest[0].Seq != 4 {
		t.Errorf("after 3: %+v", rest)
	}
}

// A good frame is found whatever stands around it, unless what stands in front
// could itself be the beginning of a frame.
func TestAFrameIsFoundBetweenJunk(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		junk := rapid.SliceOfN(rapid.ByteRange(3, 255), 0, 8)
		before, after := junk.Draw(t, "before"), junk.Draw(t, "after")
		address, command := rapid.Byte().Draw(t, "address"), rapid.SampledFrom([]byte{askStatus, askUnlock, askAll}).
			Draw(t, "command")
		frame := seal(frameStart, address, command, frameEnd)
		in := slices.Concat(before, frame, after)
		found, used := cutCU16(in)
		if !bytes.Equal(found, frame) || used != len(before)+5 {
			t.Fatalf("%x: %x, used %d", in, found, used)
		}
	})
}

func TestAFrameInPiecesIsWaitedFor(t *testing.T) {
	frame := unhex(t, "02 00 37 00 32 03 6E")
	for n := range frame {
		in := append([]byte{0xff, 0x00}, frame[:n]...)
		found, used := cutCU16(in)
		if found != nil || !bytes.Equal(in[used:], frame[:n]) {
			t.Errorf("%d bytes: used %d of %x, found %x", n, used, in, found)
		}
	}
}
