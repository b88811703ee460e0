package sse

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestMessagesSurviveTheWire(t *testing.T) {
	line := rapid.StringMatching(`[ -~é:]{0,30}`)
	rapid.Check(t, func(t *rapid.T) {
		var wire []byte
		var sent []Message
		for range rapid.IntRange(1, 5).Draw(t, "messages") {
			m := Message{
				ID:    rapid.StringMatching(`[a-z0-9]{0,8}`).Draw(t, "id"),
				Event: rapid.StringMatching(`[a-z]{0,8}`).Draw(t, "event"),
				Data:  []byte(strings.Join(rapid.SliceOfN(line, 1, 4).Draw(t, "data"), "\n")),
			}
			sent = append(sent, m)
			wire = append(m.Append(wire), KeepAlive...)
		}
		r := NewReader(iotest{bytes.NewReader(wire)}, 1000, nil)
		for _, want := range sent {
			got, err := r.Next()
			if err != nil || got.ID != want.ID || got.Event != want.Event ||
				!bytes.Equal(got.Data, want.Data) {
				t.Fatalf("%q became %q, %v", want, got, err)
			}
		}
		if _, err := r.Next(); err != io.EOF {
			t.Fatalf("after the last message: %v", err)
		}
	})
}

// iotest hands out one byte at a time.
type iotest struct{ r io.Reader }

func (i iotest) Read(p []byte) (int, error) { return i.r.Read(p[:1]) }

func TestAMessageThatIsTooLongEndsTheStream(t *testing.T) {
	for name, wire := range map[string]string{
		"in one line":     "data: " + strings.Repeat("x", 2000) + "\n\n",
		"in many lines":   strings.Repeat("data: xxxxxxxxxx\n", 200) + "\n",
		"without a break": strings.Repeat("x", 100000),
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := NewReader(strings.NewReader(wire), 1000, nil).Next(); !errors.Is(err, ErrTooLong) {
				t.Fatalf("got %v", err)
			}
		})
	}
}

func TestKeepAlivesAreHeard(t *testing.T) {
	heard := 0
	r := NewReader(strings.NewReader(KeepAlive+KeepAlive+"data: x\r\n\r\n"), 100, func() { heard++ })
	m, err := r.Next()
	if err != nil || string(m.Data) != "x" || heard != 6 {
		t.Fatalf("%q, %v, heard %d lines", m.Data, err, heard)
	}
}

func TestAPlaceIsKeptAndTellsNothing(t *testing.T) {
	r := NewReader(
		strings.NewReader(
			Begin(time.Second)+Place("7")+KeepAlive+"data: x\n\n"+"id: 8\ndata: y\n\n"+"id: 9\ndata: cut off"),
		100,
		nil,
	)
	for _, want := range []struct{ place, id, data string }{{"7", "", "x"}, {"8", "8", "y"}} {
		m, err := r.Next()
		if err != nil || m.ID != want.id || string(m.Data) != want.data || r.Place() != want.place {
			t.Errorf("read %+v, %v and stands at %q, want %+v", m, err, r.Place(), want)
		}
	}
	if _, err := r.Next(); err != io.EOF || r.Place() != "8" {
		t.Errorf("at the end %v, and stands at %q", err, r.Place())
	}
	r = NewReader(strings.NewReader(Place("7")), 100, nil)
	if _, err := r.Next(); err != io.EOF || r.Place() != "7" {
		t.Errorf("a stream that broke before its first message: %v, and stands at %q", err, r.Place())
	}
}

func TestAStreamsBeginningSaysWhenToComeBackAndTellsNothing(t *testing.T) {
	if got := Begin(1500 * time.Millisecond); got != "retry: 1500\n:\n\n" {
		t.Errorf("begins with %q", got)
	}
	wire := string(Message{ID: "1", Data: []byte("x")}.Append([]byte(Begin(time.Second))))
	if m, err := NewReader(strings.NewReader(wire), 100, nil).Next(); err != nil || m.ID != "1" ||
		string(m.Data) != "x" {
		t.Errorf("the first message is %+v, %v", m, err)
	}
}
