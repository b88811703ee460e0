package scan

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"cubby/hardware/line"
)

// event is one struct input_event of this machine, with a time nobody reads.
func event(kind, code uint16, value int32) []byte {
	b := make([]byte, eventSize)
	b[0] = 0xA5
	e := b[eventSize-8:]
	binary.NativeEndian.PutUint16(e, kind)
	binary.NativeEndian.PutUint16(e[2:], code)
	binary.NativeEndian.PutUint32(e[4:], uint32(value))
	return b
}

// press types keys one after the other as a reader does: scan code, key down,
// report, key up, report.
func press(codes ...uint16) (b []byte) {
	for _, c := range codes {
		b = append(b, event(4, 4, 458756)...)
		b = append(b, event(eventKey, c, 1)...)
		b = append(b, event(eventSync, 0, 0)...)
		b = append(b, event(eventKey, c, 0)...)
		b = append(b, event(eventSync, 0, 0)...)
	}
	return b
}

// with holds a key down while others are typed.
func with(held uint16, codes ...uint16) []byte {
	return slices.Concat(event(eventKey, held, 1), press(codes...), event(eventKey, held, 0))
}

func TestAnEventHasTheKernelsSize(t *testing.T) {
	if eventSize != 24 {
		t.Skipf("an event has %d bytes here", eventSize)
	}
	// As a 64-bit little-endian kernel gives it: key A down at second 1.
	b := []byte{1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 30, 0, 1, 0, 0, 0}
	if binary.NativeEndian.Uint16([]byte{1, 0}) != 1 {
		t.Skip("not a little-endian machine")
	}
	if text, _ := new(Keys).Type(b); string(text) != "a" {
		t.Errorf("%q", text)
	}
}

func TestKeysMeanWhatAUSKeyboardWouldType(t *testing.T) {
	for _, c := range []struct {
		name string
		in   []byte
		want string
	}{
		{"digits and Enter", press(2, 3, 11, keyEnter), "120\r"},
		{"the number pad", press(79, 80, 82, keyEnterPad), "120\r"},
		{"small letters and Tab", press(30, 48, keyTab), "ab\t"},
		{"capitals by shift", with(keyShift, 30, 48), "AB"},
		{"capitals by the other shift", with(keyShiftR, 25), "P"},
		{"capitals by caps lock", slices.Concat(press(keyCapsLock), press(30), with(keyShift, 30), press(2)), "Aa1"},
		{"caps lock off again", slices.Concat(press(keyCapsLock, 30, keyCapsLock, 30)), "Aa"},
		{"signs", with(keyShift, 2, 13, 26, 41, 53), "!+{~?"},
		{"FNC1 as Ctrl-]", slices.Concat(press(2), with(keyCtrl, 27), press(3)), "1\x1D2"},
		{"FNC1 as Ctrl-] from the right", with(keyCtrlRight, 27), "\x1D"},
		{"Ctrl with a digit types nothing", with(keyCtrl, 2), ""},
		{"a key held down counts once", slices.Concat(event(eventKey, 30, 1), event(eventKey, 30, 2),
			event(eventKey, 30, 2), event(eventKey, 30, 0)), "a"},
		{"a function key types nothing", press(59, 125, 240), ""},
		{"movements of a mouse", event(2, 0, 5), ""},
	} {
		for _, size := range []int{1, eventSize, 10000} {
			var k Keys
			var got []byte
			for piece := range slices.Chunk(c.in, size) {
				text, lost := k.Type(piece)
				got = append(got, text...)
				if lost {
					t.Errorf("%s: something was lost", c.name)
				}
			}
			if string(got) != c.want {
				t.Errorf("%s, in pieces of %d: %q, want %q", c.name, size, got, c.want)
			}
		}
	}
}

func TestACodeOfWhichEventsWentMissingIsDropped(t *testing.T) {
	dropped := event(eventSync, syncDropped, 0)
	for _, c := range []struct {
		name string
		in   []byte
		want []string
	}{
		{"in the middle", slices.Concat(press(2, 3), dropped, press(4, keyEnter), press(5, keyEnter)), []string{"4"}},
		{"with shift down", slices.Concat(event(eventKey, keyShift, 1), press(30), dropped, press(keyEnter),
			press(30, keyEnter)), []string{"a"}},
		{"with caps lock on, which stays on",
			slices.Concat(press(keyCapsLock, 30), dropped, press(keyEnter), press(30, keyEnter)), []string{"A"}},
		{"and a pause instead of Enter", slices.Concat(press(2), dropped, press(3)), nil},
	} {
		p := parser(t, Config{Port: "evdev:x", Suffix: "cr"})
		if got := parse(p, c.in, len(c.in)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if got := parse(p, press(7, keyEnter), 999); !slices.Equal(got, []string{"6"}) {
			t.Errorf("%s: the next code is %q", c.name, got)
		}
	}
}

// chunk waits for the next one of a source.
func chunk(t *testing.T, s Source) line.Chunk {
	t.Helper()
	select {
	case c, ok := <-s.Chunks():
		if !ok {
			t.Fatalf("the source failed: %v", s.Err())
		}
		return c
	case <-time.After(2 * time.Minute):
		t.Fatal("nothing came")
	}
	return line.Chunk{}
}

// A FIFO gives events as a device does, except that it cannot be grabbed.
func TestAKeyboardIsReadUntilItGoesAndTellsPauses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "event-kbd")
	if err := unix.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenKeyboard(path, time.Second); err == nil ||
		!strings.Contains(err.Error(), "for this program alone") {
		t.Errorf("a FIFO was grabbed: %v", err)
	}
	writer, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	s, err := openKeyboard(path, 20*time.Millisecond, func(*os.File) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	p := parser(t, Config{Port: "evdev:x", Suffix: "none"})
	var got []string
	for _, code := range []string{"first", "second"} {
		keys := []uint16{2, 3, 4}
		if code == "second" {
			keys = []uint16{5, 6}
		}
		if _, err := writer.Write(press(keys...)); err != nil {
			t.Fatal(err)
		}
		for {
			c := chunk(t, s)
			if len(c.Bytes) == 0 {
				break
			}
			p.Feed(c.Bytes)
		}
		for _, c := range p.Pause() {
			got = append(got, string(c.Data))
		}
	}
	if !slices.Equal(got, []string{"123", "45"}) {
		t.Errorf("%q", got)
	}
	if err := s.Write([]byte("x"), time.Second); err != ErrReadOnly {
		t.Errorf("a write: %v", err)
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	for range s.Chunks() {
	}
	if s.Err() == nil {
		t.Error("the device has gone and no error was given")
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestClosingAKeyboardEndsItsGoroutine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "event-kbd")
	if err := unix.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	writer, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close()
	s, err := openKeyboard(path, time.Second, func(*os.File) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if _, open := <-s.Chunks(); open || s.Err() != line.ErrClosed {
		t.Errorf("after Close: %v", s.Err())
	}
	if err := s.Close(); err != nil {
		t.Errorf("closed twice: %v", err)
	}
}

// The kernel's side of a real keyboard, where this machine has one to offer.
func TestAGrabbedKeyboardBelongsToOneProgram(t *testing.T) {
	if _, err := os.Stat("/dev/uinput"); err != nil {
		t.Skip("this machine has no /dev/uinput; the grab has to be tried on one that has")
	}
	names, _ := filepath.Glob("/dev/input/by-id/*-event-kbd")
	if len(names) == 0 {
		t.Skip("no keyboard is listed under /dev/input/by-id")
	}
	first, err := OpenKeyboard(names[0], time.Second)
	if err != nil {
		t.Skipf("%s: %v", names[0], err)
	}
	defer first.Close()
	if second, err := OpenKeyboard(names[0], time.Second); err == nil {
		second.Close()
		t.Error("a second program grabbed the same keyboard")
	}
}

func FuzzKeys(f *testing.F) {
	f.Add(uint8(0), press(2, 3, keyEnter))
	f.Add(uint8(1), slices.Concat(with(keyShift, 30), event(eventSync, syncDropped, 0), press(keyEnter)))
	f.Add(uint8(2), slices.Concat(press(26, 18), with(keyAlt, 77, 76), with(keyAltGr, 9),
		press(keyCapsLock, 30, keyEnter)))
	f.Fuzz(func(t *testing.T, layout uint8, b []byte) {
		type heard struct {
			text string
			lost bool
		}
		listen := func(size int) (h heard) {
			k, err := NewKeys(Layouts[int(layout)%len(Layouts)], layout > 127)
			if err != nil {
				t.Fatal(err)
			}
			for piece := range slices.Chunk(b, size) {
				text, lost := k.Type(piece)
				if lost {
					h = heard{lost: true}
				}
				h.text += string(text)
			}
			return h
		}
		if all, pieces := listen(max(1, len(b))), listen(5); all != pieces {
			t.Fatalf("whole %+v, in pieces %+v", all, pieces)
		}
	})
}
