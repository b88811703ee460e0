package printer

import (
	"bytes"
	"slices"
	"testing"

	"cubby/hardware/printer/zpl"
)

func TestTheQuestionsAreThoseOfTheManuals(t *testing.T) {
	for n, want := range map[int]string{1: "10 04 01", 2: "10 04 02", 3: "10 04 03", 4: "10 04 04"} {
		if got := ask(n); !bytes.Equal(got, unhex(t, want)) {
			t.Errorf("question %d is % X", n, got)
		}
	}
}

func TestAnswersMeanWhatTheManualsSay(t *testing.T) {
	for _, c := range []struct {
		name  string
		n     int
		b     byte
		marks bool
		want  Status
	}{
		{"online", 1, 0x12, false, Status{}},
		{"offline", 1, 0x1A, false, Status{Offline: true}},
		{"the drawer's pin says nothing", 1, 0x16, false, Status{}},
		{"fine", 2, 0x12, false, Status{}},
		{"cover open", 2, 0x16, false, Status{CoverOpen: true}},
		{"stopped for the paper's end", 2, 0x32, false, Status{PaperOut: true}},
		{"cover open and stopped for the paper's end", 2, 0x36, false, Status{CoverOpen: true, PaperOut: true}},
		{"the feed button is held", 2, 0x1A, false, Status{}},
		{"an error", 2, 0x52, false, Status{Fault: true}},
		{"mechanical error", 3, 0x16, false, Status{Fault: true}},
		{"cutter error, or mechanical on others", 3, 0x1A, false, Status{Fault: true}},
		{"unrecoverable error", 3, 0x32, false, Status{Fault: true}},
		{"hot, goes on by itself", 3, 0x52, false, Status{Hot: true}},
		{"paper fine", 4, 0x12, false, Status{}},
		{"paper near its end", 4, 0x1E, false, Status{PaperLow: true}},
		{"paper out", 4, 0x72, false, Status{PaperOut: true}},
		{"paper near its end and out", 4, 0x7E, false, Status{PaperLow: true, PaperOut: true}},
		{"bits 5 and 6 of a printer with black marks", 4, 0x72, true, Status{}},
		{"paper out of a printer with black marks", 2, 0x32, true, Status{PaperOut: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var s Status
			s.note(c.n, c.b, c.marks)
			if s != c.want {
				t.Errorf("got %+v, want %+v", s, c.want)
			}
			if !isAnswer(c.b) {
				t.Errorf("%02X is not taken for an answer", c.b)
			}
		})
	}
}

func TestAnErrorThatIsOnlyHeatIsNoFault(t *testing.T) {
	var s Status
	s.note(askOffline, 0x52, false)
	s.note(askError, 0x52, false)
	s.Answered = true
	if state, _ := s.judge(); state != Resting {
		t.Errorf("it is %s: %+v", state, s)
	}
}

func TestTheWorstIsWhatCounts(t *testing.T) {
	for _, c := range []struct {
		s    Status
		want State
	}{
		{Status{}, Mute},
		{Status{Answered: true}, Ready},
		{Status{Answered: true, PaperLow: true}, Low},
		{Status{Answered: true, PaperLow: true, PaperOut: true, Offline: true}, Empty},
		{Status{Answered: true, CoverOpen: true, PaperOut: true, Offline: true}, Cover},
		{Status{Answered: true, Offline: true, Fault: true}, Faulty},
		{Status{Answered: true, Offline: true}, Offline},
	} {
		if got, detail := c.s.judge(); got != c.want || detail == "" {
			t.Errorf("%+v is %s (%q), want %s", c.s, got, detail, c.want)
		}
	}
	for _, c := range []struct {
		s    zpl.Status
		want State
	}{
		{zpl.Status{}, Ready}, {zpl.Status{PaperOut: true, Paused: true}, Empty},
		{zpl.Status{HeadOpen: true, PaperOut: true}, Cover},
		{zpl.Status{RibbonOut: true}, Ribbon}, {zpl.Status{TooHot: true}, Resting},
		{zpl.Status{TooCold: true}, Resting}, {zpl.Status{Paused: true}, Offline},
	} {
		if got, detail := judgeLabels(c.s); got != c.want || detail == "" {
			t.Errorf("%+v is %s (%q), want %s", c.s, got, detail, c.want)
		}
	}
}

func TestAnswersAreFoundAmongOtherBytes(t *testing.T) {
	for _, c := range []struct{ name, bytes, want string }{
		{"alone", "12", "12"},
		{"after noise", "00 FF 80 12", "12"},
		{"after an automatic status of four bytes", "14 00 0F 0F 1A", "1A"},
		{"after an automatic status whose later bytes look like nothing", "10 00 00 00 12", "12"},
		{"after half an automatic status", "10 00 12", "12"},
		{"flow control is none", "11 13 12", "12"},
		{"text is none", "41 42 43", ""},
		{"two", "12 72", "12 72"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var a answers
			if got := a.feed(unhex(t, c.bytes)); !bytes.Equal(got, unhex(t, c.want)) {
				t.Errorf("got % X", got)
			}
		})
	}
}

func FuzzAnswers(f *testing.F) {
	f.Add([]byte{0x12}, 1)
	f.Add([]byte{0x14, 0, 0x0F, 0x0F, 0x1A, 0xFF, 0x12}, 3)
	f.Fuzz(func(t *testing.T, b []byte, cut int) {
		var whole, pieces answers
		all := whole.feed(b)
		if cut < 0 || cut > len(b) {
			cut = len(b) / 2
		}
		parts := append(pieces.feed(b[:cut]), pieces.feed(b[cut:])...)
		if !bytes.Equal(all, parts) || whole != pieces {
			t.Fatalf("% X in two pieces at %d gives % X, not % X", b, cut, parts, all)
		}
		if len(all) > len(b) || slices.ContainsFunc(all, func(c byte) bool { return !isAnswer(c) }) {
			t.Fatalf("% X gives % X", b, all)
		}
		var s Status
		for i, c := range all {
			s.note(1+i%4, c, i%2 == 0)
		}
		if state, detail := s.judge(); state != Mute || detail == "" {
			t.Fatalf("a status that was not answered whole is %s", state)
		}
	})
}
