package wire

import (
	"encoding/hex"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func newCU16(t testing.TB) Dialect {
	t.Helper()
	d, err := Named("kerong-cu16")
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestCU16Requests(t *testing.T) {
	d := newCU16(t)
	for _, c := range []struct {
		name  string
		want  string
		build func() (Request, error)
		reply Kind
	}{
		{"unlock board 0 lock 1", "02 00 31 03 36", func() (Request, error) { return d.Unlock(0, 1) }, None},
		{"unlock board 0 lock 5", "02 04 31 03 3A", func() (Request, error) { return d.Unlock(0, 5) }, None},
		{"unlock board 0 lock 16", "02 0F 31 03 45", func() (Request, error) { return d.Unlock(0, 16) }, None},
		{"unlock board 1 lock 11", "02 1A 31 03 50", func() (Request, error) { return d.Unlock(1, 11) }, None},
		{"status of board 0", "02 00 30 03 35", func() (Request, error) { return d.Status(0) }, Status},
		{"status of board 1", "02 10 30 03 45", func() (Request, error) { return d.Status(1) }, Status},
		{"pulse of 500 ms", "02 00 37 00 32 03 6E", func() (Request, error) { return d.Pulse(0, 500*time.Millisecond) }, Setting},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := c.build()
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(r.Bytes, unhex(t, c.want)) || r.Expect != c.reply {
				t.Errorf("got % X expecting %d, want %s expecting %d", r.Bytes, r.Expect, c.want, c.reply)
			}
		})
	}
}

func TestCU16RefusesWhatItCannotAddress(t *testing.T) {
	d := newCU16(t)
	for _, c := range []struct {
		name  string
		build func() (Request, error)
	}{
		{"a negative board", func() (Request, error) { return d.Status(-1) }},
		{"board 15, which would address all boards", func() (Request, error) { return d.Unlock(15, 1) }},
		{"board 16", func() (Request, error) { return d.Status(16) }},
		{"lock 0", func() (Request, error) { return d.Unlock(0, 0) }},
		{"lock 17", func() (Request, error) { return d.Unlock(0, 17) }},
		{"no pulse at all", func() (Request, error) { return d.Pulse(0, 0) }},
		{"a pulse between two steps", func() (Request, error) { return d.Pulse(0, 505*time.Millisecond) }},
		{"a pulse of 24 s", func() (Request, error) { return d.Pulse(0, 24*time.Second) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			if r, err := c.build(); err == nil {
				t.Errorf("built % X", r.Bytes)
			}
		})
	}
}

func TestCU16Replies(t *testing.T) {
	d := newCU16(t)
	const all = 1<<16 - 1
	status := func(board int, closed, present uint64) Frame {
		return Frame{Kind: Status, Board: board, Locks: all, Closed: closed, Sensors: true, Present: present}
	}
	for _, c := range []struct {
		name   string
		bytes  string
		want   []Frame
		junk   uint64
		echoes uint64
	}{
		{"all closed, all empty", "02 00 35 FF FF 00 00 03 38", []Frame{status(0, all, 0)}, 0, 0},
		{"lock 1 open with a parcel", "02 00 35 FE FF 01 00 03 38", []Frame{status(0, all&^1, 1)}, 0, 0},
		{"lock 5 open with a parcel", "02 00 35 EF FF 10 00 03 38", []Frame{status(0, all&^16, 16)}, 0, 0},
		{"board 1, lock 11 open with a parcel", "02 10 35 FF FB 00 04 03 48", []Frame{status(1, all&^(1<<10), 1<<10)}, 0, 0},
		{"the other status code", "02 00 36 FF FF 00 00 03 39", []Frame{status(0, all, 0)}, 0, 0},
		{"the pulse is set", "02 00 38 00 32 03 6F", []Frame{{Kind: Setting}}, 0, 0},
		{"the end byte inside the bitmaps", "02 00 35 03 03 03 03 03 46", []Frame{status(0, 0x303, 0x303)}, 0, 0},
		{"noise before", "00 FF 02 02 00 35 FF FF 00 00 03 38", []Frame{status(0, all, 0)}, 3, 0},
		{"noise between and after", "02 00 35 FF FF 00 00 03 38 AA 02 10 35 FF FB 00 04 03 48 00", []Frame{status(0, all, 0), status(1, all&^(1<<10), 1<<10)}, 2, 0},
		{"an echo before the reply", "02 00 30 03 35 02 00 35 FF FF 00 00 03 38", []Frame{status(0, all, 0)}, 0, 1},
		{"an echo without its first byte", "00 30 03 35 02 00 35 FF FF 00 00 03 38", []Frame{status(0, all, 0)}, 4, 0},
		{"a false start that hides a frame", "02 00 35 02 00 35 FF FF 00 00 03 38", []Frame{status(0, all, 0)}, 3, 0},
		{"a false start before a short frame", "02 02 10 35 02 00 38 00 32 03 6F", []Frame{{Kind: Setting}}, 4, 0},
		{"a wrong sum", "02 00 35 FF FF 00 00 03 39", nil, 9, 0},
		{"a wrong end byte with the right sum", "02 00 35 FF FF 00 01 02 38", nil, 9, 0},
		{"half a reply", "02 00 35 FF", nil, 4, 0},
		{"text meant for a modem", "41 54 0D", nil, 3, 0},
	} {
		for _, size := range []int{1, 2, 3, 64} {
			t.Run(c.name, func(t *testing.T) {
				p := d.NewParser()
				r, err := d.Status(0)
				if err != nil {
					t.Fatal(err)
				}
				p.Sent(r)
				var got []Frame
				for chunk := range slices.Chunk(unhex(t, c.bytes), size) {
					got = append(got, p.Feed(chunk)...)
				}
				got = append(got, p.Quiet()...)
				if !slices.Equal(got, c.want) {
					t.Errorf("in pieces of %d: got %+v, want %+v", size, got, c.want)
				}
				if n := p.Noise(); n != (Noise{c.junk, c.echoes}) {
					t.Errorf("in pieces of %d: noise %+v, want %d and %d", size, n, c.junk, c.echoes)
				}
			})
		}
	}
}

// The opcodes that open all locks, set the baud or address every board must not
// come out of any encoder, whatever it is given.
func TestNoEncoderCanOpenEverything(t *testing.T) {
	allowed := []byte{0x30, 0x31, 0x37}
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(Names()).Draw(t, "dialect")
		d, err := Named(name)
		if err != nil {
			t.Fatal(err)
		}
		board := rapid.IntRange(-300, 300).Draw(t, "board")
		lock := rapid.IntRange(-300, 300).Draw(t, "lock")
		pulse := time.Duration(rapid.IntRange(-10, 40000).Draw(t, "pulse")) * time.Millisecond
		for _, build := range []func() (Request, error){
			func() (Request, error) { return d.Status(board) },
			func() (Request, error) { return d.Unlock(board, lock) },
			func() (Request, error) { return d.Pulse(board, pulse) },
		} {
			r, err := build()
			if err != nil {
				continue
			}
			if name != "kerong-cu16" {
				t.Fatalf("say here which opcodes %s may emit", name)
			}
			if !slices.Contains(allowed, r.Bytes[2]) || r.Bytes[1]>>4 == 15 {
				t.Fatalf("% X must never be sent", r.Bytes)
			}
		}
	})
}

func FuzzCU16Parser(f *testing.F) {
	f.Add([]byte{0x02, 0x00, 0x35, 0xFF, 0xFF, 0x00, 0x00, 0x03, 0x38}, uint64(1))
	f.Add([]byte{0x02, 0x02, 0x00, 0x38, 0x00, 0x32, 0x03, 0x6F, 0x02, 0x00, 0x30, 0x03, 0x35}, uint64(2))
	f.Fuzz(func(t *testing.T, b []byte, seed uint64) {
		d := newCU16(t)
		r, err := d.Status(0)
		if err != nil {
			t.Fatal(err)
		}
		whole, pieces := d.NewParser(), d.NewParser()
		whole.Sent(r)
		pieces.Sent(r)
		once := append(whole.Feed(b), whole.Quiet()...)
		var many []Frame
		random := rand.New(rand.NewPCG(seed, 0))
		for rest := b; len(rest) > 0; {
			n := 1 + random.IntN(len(rest))
			many = append(many, pieces.Feed(rest[:n])...)
			rest = rest[n:]
		}
		many = append(many, pieces.Quiet()...)
		if !slices.Equal(once, many) {
			t.Fatalf("whole %+v, in pieces %+v", once, many)
		}
		used := whole.Noise().Junk + 5*whole.Noise().Echoes
		for _, frame := range once {
			if frame.Kind == Setting {
				used += 7
			} else {
				used += 9
			}
		}
		if used != uint64(len(b)) {
			t.Fatalf("%d bytes accounted for of %d", used, len(b))
		}
	})
}
