package wire

import (
	"slices"
	"testing"
)

// contacts is the reply to a status request of a board.
func contacts(board, locks int, closed, present uint64, sensors bool) Frame {
	return Frame{
		Kind: Status, Board: board, Locks: through(locks), Closed: closed, Present: present, Sensors: sensors,
		Blank: closed == 0,
	}
}

// moved is a frame about one lock.
func moved(kind Kind, board, lock int, closed bool) Frame {
	f := Frame{Kind: kind, Board: board, Locks: bit(lock)}
	if closed {
		f.Closed = f.Locks
	}
	f.Blank = kind == Status && !closed
	return f
}

type reply struct {
	name   string
	sent   func(Dialect) (Request, error) // before the bytes come; nil: a status request to board 1
	bytes  string
	want   []Frame
	junk   uint64
	echoes uint64
}

const (
	all16 = 1<<16 - 1
	all48 = 1<<48 - 1
	all24 = 1<<24 - 1
)

func TestCU16Replies(t *testing.T) {
	status := func(board int, closed, present uint64) Frame { return contacts(board, 16, closed, present, true) }
	try(t, "kerong-cu16", nil, []reply{
		{"all closed, all empty", nil, "02 00 35 FF FF 00 00 03 38", []Frame{status(0, all16, 0)}, 0, 0},
		{"lock 1 open with a parcel", nil, "02 00 35 FE FF 01 00 03 38", []Frame{status(0, all16&^1, 1)}, 0, 0},
		{"lock 5 open with a parcel", nil, "02 00 35 EF FF 10 00 03 38", []Frame{status(0, all16&^16, 16)}, 0, 0},
		{"board 1, lock 11 open with a parcel", nil, "02 10 35 FF FB 00 04 03 48",
			[]Frame{status(1, all16&^(1<<10), 1<<10)}, 0, 0},
		{"nothing closed", nil, "02 00 35 00 00 00 00 03 3A", []Frame{status(0, 0, 0)}, 0, 0},
		{"the other status code", nil, "02 00 36 FF FF 00 00 03 39", []Frame{status(0, all16, 0)}, 0, 0},
		{"the pulse is set", nil, "02 00 38 00 32 03 6F", []Frame{{Kind: Setting}}, 0, 0},
		{"the end byte inside the bitmaps", nil, "02 00 35 03 03 03 03 03 46", []Frame{status(0, 0x303, 0x303)}, 0, 0},
		{"noise before", nil, "00 FF 02 02 00 35 FF FF 00 00 03 38", []Frame{status(0, all16, 0)}, 3, 0},
		{"noise between and after", nil, "02 00 35 FF FF 00 00 03 38 AA 02 10 35 FF FB 00 04 03 48 00",
			[]Frame{status(0, all16, 0), status(1, all16&^(1<<10), 1<<10)}, 2, 0},
		{"an echo before the reply", nil, "02 10 30 03 45 02 10 35 FF FF 00 00 03 48",
			[]Frame{status(1, all16, 0)}, 0, 1},
		{"an echo without its first byte", nil, "10 30 03 45 02 10 35 FF FF 00 00 03 48",
			[]Frame{status(1, all16, 0)}, 4, 0},
		{"a false start that hides a frame", nil, "02 00 35 02 00 35 FF FF 00 00 03 38",
			[]Frame{status(0, all16, 0)}, 3, 0},
		{"a false start before a short frame", nil, "02 02 10 35 02 00 38 00 32 03 6F", []Frame{{Kind: Setting}}, 4, 0},
		{"a wrong sum", nil, "02 00 35 FF FF 00 00 03 39", nil, 9, 0},
		{"a wrong end byte with the right sum", nil, "02 00 35 FF FF 00 01 02 38", nil, 9, 0},
		{"half a reply", nil, "02 00 35 FF", nil, 4, 0},
		{"text meant for a modem", nil, "41 54 0D", nil, 3, 0},
	})
}

func TestCU48Replies(t *testing.T) {
	status := func(board int, closed, present uint64) Frame { return contacts(board, 48, closed, present, true) }
	push := status(0, 1, 1)
	push.Kind = Event
	swapped := []Board{{Address: 0, LockByte: 1}, {Address: 3, LockByte: 1}}
	try(t, "kerong-cu48", nil, []reply{
		{"nothing closed", nil, "02 00 00 75 00 00 00 00 00 00 00 00 00 00 00 00 03 7A",
			[]Frame{status(0, 0, 0)}, 0, 0},
		{"lock 5 closed", nil, "02 00 00 75 10 00 00 00 00 00 00 00 00 00 00 00 03 8A",
			[]Frame{status(0, 1<<4, 0)}, 0, 0},
		{"lock 14 closed", nil, "02 00 00 75 00 20 00 00 00 00 00 00 00 00 00 00 03 9A",
			[]Frame{status(0, 1<<13, 0)}, 0, 0},
		{"lock 1 closed, its infrared set", nil, "02 00 00 75 01 00 00 00 00 00 01 00 00 00 00 00 03 7C",
			[]Frame{status(0, 1, 1)}, 0, 0},
		{"all closed but lock 1", nil, "02 00 00 75 FE FF FF FF FF FF 00 00 00 00 00 00 03 73",
			[]Frame{status(0, all48&^1, 0)}, 0, 0},
		{"what was seen after an unlock", unlock(at(0), 11, 0), "02 00 0A 77 01 00 00 00 00 00 01 00 00 00 00 00 03 88",
			[]Frame{push}, 0, 0},
		{"the same unasked", nil, "02 00 0A 77 01 00 00 00 00 00 01 00 00 00 00 00 03 88", []Frame{push}, 0, 0},
		{"a short answer to an unlock", unlock(at(0), 5, 0), "02 00 04 75 03 7E", []Frame{{Kind: Verdict}}, 0, 0},
		{"a short answer nobody waits for", nil, "02 00 04 75 03 7E", nil, 6, 0},
		{"contacts that begin like a short answer", nil, "02 00 00 75 03 7A 00 00 00 00 00 00 00 00 00 00 03 F7",
			[]Frame{status(0, 0x7A03, 0)}, 0, 0},
		{"an echo of an unlock and the short answer", unlock(at(0), 5, 0), "02 00 04 61 03 6A 02 00 04 75 03 7E",
			[]Frame{{Kind: Verdict}}, 0, 1},
		{"noise around", nil, "02 02 00 02 00 00 75 10 00 00 00 00 00 00 00 00 00 00 00 03 8A FF",
			[]Frame{status(0, 1<<4, 0)}, 4, 0},
		{"a wrong sum", nil, "02 00 00 75 10 00 00 00 00 00 00 00 00 00 00 00 03 8B", nil, 18, 0},
		{"half a reply", nil, "02 00 00 75 10 00", nil, 6, 0},
	})
	try(t, "kerong-cu48", swapped, []reply{
		{"lock byte 1: the board in its usual place", nil, "02 03 00 75 10 00 00 00 00 00 00 00 00 00 00 00 03 8D",
			[]Frame{status(3, 1<<4, 0)}, 0, 0},
		{"lock byte 1: the board where the request has it", nil,
			"02 00 03 75 10 00 00 00 00 00 00 00 00 00 00 00 03 8D", []Frame{status(3, 1<<4, 0)}, 0, 0},
	})
}

func TestXORReplies(t *testing.T) {
	status := func(closed uint64) Frame { return contacts(1, 24, closed, 0, false) }
	high, low := []Board{{Address: 1}}, []Board{{Address: 1, LowFirst: true}}
	try(t, "xor-8a80", high, []reply{
		{"only 1, 9 and 17 closed", nil, "80 01 01 01 01 33 B3", []Frame{status(0x010101)}, 0, 0},
		{"all closed but lock 1", nil, "80 01 FF FF FE 33 4C", []Frame{status(all24 &^ 1)}, 0, 0},
		{"one query answered with 5 bytes while all were asked", nil, "80 01 00 11 90", nil, 5, 0},
		{"lock 1 opened", unlock(at(1), 1, 0), "8A 01 01 00 8A", []Frame{moved(Verdict, 1, 1, false)}, 0, 0},
		{"lock 1 still locked", unlock(at(1), 1, 0), "8A 01 01 11 9B", []Frame{moved(Verdict, 1, 1, true)}, 0, 0},
		{"lock 12 opened", unlock(at(1), 12, 0), "8A 01 0C 00 87", []Frame{moved(Verdict, 1, 12, false)}, 0, 0},
		{"lock 24 opened", unlock(at(1), 24, 0), "8A 01 18 00 93", []Frame{moved(Verdict, 1, 24, false)}, 0, 0},
		{"board 2 lock 1 opened", unlock(at(2), 1, 0), "8A 02 01 00 89", []Frame{moved(Verdict, 2, 1, false)}, 0, 0},
		{"all opened, which nobody asked", nil, "8A 01 00 11 9A", nil, 5, 0},
		{"a report with 81", nil, "81 01 01 00 81", []Frame{moved(Event, 1, 1, false)}, 0, 0},
		{"a report with 81, made", nil, "81 01 01 11 90", []Frame{moved(Event, 1, 1, true)}, 0, 0},
		{"a report with 82, made", nil, "82 01 01 11 93", []Frame{moved(Event, 1, 1, true)}, 0, 0},
		{"a report before the reply", nil, "82 01 01 11 93 80 01 FF FF FE 33 4C",
			[]Frame{moved(Event, 1, 1, true), status(all24 &^ 1)}, 0, 0},
		{"a report behind the reply", nil, "80 01 FF FF FE 33 4C 81 01 01 00 81",
			[]Frame{status(all24 &^ 1), moved(Event, 1, 1, false)}, 0, 0},
		{"an echo and the reply", nil, "80 01 00 33 B2 80 01 FF FF FE 33 4C", []Frame{status(all24 &^ 1)}, 0, 1},
		{"an echo without its first byte", nil, "01 00 33 B2 80 01 FF FF FE 33 4C", []Frame{status(all24 &^ 1)}, 4, 0},
		{"a reply that begins like its request", nil, "80 01 00 33 B2 33 33", []Frame{status(0x0033B2)}, 0, 0},
		{"a sum that is always 8A", unlock(at(1), 2, 0), "8A 01 02 00 8A", nil, 5, 0},
		{"a state that is none", nil, "81 01 01 12 93", nil, 5, 0},
		{"garbage before the answer", nil, "00 FF 80 80 01 FF FF FE 33 4C", []Frame{status(all24 &^ 1)}, 3, 0},
	})
	try(t, "xor-8a80", low, []reply{
		{"low first: all closed but lock 17", nil, "80 01 FF FF FE 33 4C", []Frame{status(all24 &^ (1 << 16))}, 0, 0},
	})
	try(t, "xor-8a80", []Board{{Address: 1, Each: true}}, []reply{
		{"each: lock 1 open", nil, "80 01 01 00 80", []Frame{moved(Status, 1, 1, false)}, 0, 0},
		{"each: lock 1 closed", nil, "80 01 01 11 91", []Frame{moved(Status, 1, 1, true)}, 0, 0},
		{"each: an echo first", nil, "80 01 01 33 B3 80 01 01 11 91", []Frame{moved(Status, 1, 1, true)}, 0, 1},
	})
	try(t, "xor-8a80", []Board{{Address: 1, Channels: 50}}, []reply{
		{"fifty channels: lock 50 open", nil, "80 01 01 FF FF FF FF FF FF 33 B3",
			[]Frame{contacts(1, 50, 1<<49-1, 0, false)}, 0, 0},
	})
}

func TestWaveshareReplies(t *testing.T) {
	status := func(open uint64) Frame {
		f := contacts(1, 8, 0xFF&^open, 0, false)
		f.Blank = open == 0
		return f
	}
	try(t, "waveshare-modbus", nil, []reply{
		{"input 1 active, others not", nil, "01 02 01 01 60 48", []Frame{status(1)}, 0, 0},
		{"no input active", nil, "01 02 01 00 A1 88", []Frame{status(0)}, 0, 0},
		{"relay 1 was flashed", unlock(at(1), 1, 700*ms), "01 05 02 00 00 07 8D B0",
			[]Frame{{Kind: Verdict, Board: 1, Locks: 1}}, 0, 0},
		{"relay 4 was flashed", unlock(at(1), 4, 500*ms), "01 05 02 03 00 05 FC 71",
			[]Frame{{Kind: Verdict, Board: 1, Locks: 8}}, 0, 0},
		{"all relays are off", greet(at(1), 0), "01 05 00 FF 00 00 FD FA", []Frame{{Kind: Setting, Board: 1}}, 0, 0},
		{"a relay it does not have", unlock(at(1), 1, 0), "01 85 02 C3 51",
			[]Frame{{Kind: Verdict, Board: 1, Refused: true, Untried: true}}, 0, 0},
		{"something went wrong", unlock(at(1), 1, 0), "01 85 04 43 53",
			[]Frame{{Kind: Verdict, Board: 1, Refused: true}}, 0, 0},
		{"it is at work on it", unlock(at(1), 1, 0), "01 85 05 82 93",
			[]Frame{{Kind: Verdict, Board: 1, Refused: true}}, 0, 0},
		{"it is busy", unlock(at(1), 1, 0), "01 85 06 C2 92",
			[]Frame{{Kind: Verdict, Board: 1, Refused: true, Untried: true}}, 0, 0},
		{"no inputs", nil, "01 82 02 C1 61", []Frame{{Kind: Status, Board: 1, Refused: true, Untried: true}}, 0, 0},
		{"relay states nobody asked for", nil, "01 01 01 00 51 88", nil, 6, 0},
		{"a query heard back", nil, "01 02 00 00 00 08 79 CC 01 02 01 01 60 48", []Frame{status(1)}, 0, 1},
		{"noise around", nil, "00 01 FF 01 02 01 01 60 48 00", []Frame{status(1)}, 4, 0},
		{"a wrong CRC", nil, "01 02 01 01 60 49", nil, 6, 0},
	})
	try(t, "waveshare-modbus", []Board{{Address: 1, Channels: 16}}, []reply{
		{"fewer inputs than configured", nil, "01 02 01 01 60 48", []Frame{other(8, 8, 0xFE)}, 0, 0},
	})
}

func TestWKLYReplies(t *testing.T) {
	four := []Board{{Address: 1, Channels: 4}}
	zero := []Board{{Address: 1, Channels: 4, FromZero: true}}
	try(t, "wkly", four, []reply{
		{"channel 4 opened", unlock(at(1), 4, 0), "57 4B 4C 59 0B 01 82 00 04 00 85",
			[]Frame{moved(Verdict, 1, 4, false)}, 0, 0},
		{"channel 4 did not open", unlock(at(1), 4, 0), "57 4B 4C 59 0B 01 82 00 04 01 84",
			[]Frame{moved(Verdict, 1, 4, true)}, 0, 0},
		{"refused", unlock(at(1), 4, 0), "57 4B 4C 59 0B 01 82 FF 04 01 7B",
			[]Frame{{Kind: Verdict, Board: 1, Refused: true}}, 0, 0},
		{"refused in one byte", unlock(at(1), 4, 0), "57 4B 4C 59 09 01 82 FF 7C",
			[]Frame{{Kind: Verdict, Board: 1, Refused: true}}, 0, 0},
		{"channel 4 became open", nil, "57 4B 4C 59 0A 01 85 04 00 83", []Frame{moved(Event, 1, 4, false)}, 0, 0},
		{"channel 4 became closed", nil, "57 4B 4C 59 0A 01 85 04 01 82", []Frame{moved(Event, 1, 4, true)}, 0, 0},
		{"all doors", nil, "57 4B 4C 59 0D 01 84 00 01 00 01 01 80", []Frame{contacts(1, 4, 0b1101, 0, false)}, 0, 0},
		{"more doors than configured", nil, "57 4B 4C 59 0E 01 84 00 01 00 01 01 01 82",
			[]Frame{other(4, 5, 0b1101)}, 0, 0},
		{"a query that failed", nil, "57 4B 4C 59 09 01 84 FF 7A",
			[]Frame{{Kind: Status, Board: 1, Refused: true}}, 0, 0},
		{"an echo and the reply", nil, "57 4B 4C 59 08 01 84 84 57 4B 4C 59 0D 01 84 00 01 00 01 01 80",
			[]Frame{contacts(1, 4, 0b1101, 0, false)}, 0, 1},
		{"a push between request and reply", nil,
			"57 4B 4C 59 0A 01 85 04 00 83 57 4B 4C 59 0D 01 84 00 01 01 01 00 80",
			[]Frame{moved(Event, 1, 4, false), contacts(1, 4, 0b0111, 0, false)}, 0, 0},
		{"a length that would swallow the next frame", nil,
			"57 4B 4C 59 28 01 85 04 00 83 57 4B 4C 59 0A 01 85 04 01 82", []Frame{moved(Event, 1, 4, true)}, 10, 0},
		{"a length beyond all frames", nil, "57 4B 4C 59 FF 01 85 04 00 83", nil, 10, 0},
		{"flashing a lamp, which nobody asked", nil, "57 4B 4C 59 0A 00 81 00 01 83", nil, 10, 0},
		{"all opened, which nobody asked", nil, "57 4B 4C 59 09 00 86 00 86", nil, 9, 0},
		{"a sum without the letters", nil, "57 4B 4C 59 0A 01 85 04 00 8A", nil, 10, 0},
		{"noise and half a header before", nil, "FF 57 4B 57 4B 4C 59 0A 01 85 04 01 82",
			[]Frame{moved(Event, 1, 4, true)}, 3, 0},
	})
	try(t, "wkly", zero, []reply{
		{"counted from 0: its last channel opened", unlock(Board{Address: 1, FromZero: true}, 4, 0),
			"57 4B 4C 59 0B 01 82 00 03 00 82", []Frame{moved(Verdict, 1, 4, false)}, 0, 0},
	})
	try(t, "wkly", []Board{{Address: 1, Channels: 4, Each: true}}, []reply{
		{"each: channel 4 closed", nil, "57 4B 4C 59 0B 01 83 00 04 01 85", []Frame{moved(Status, 1, 4, true)}, 0, 0},
	})
}

// try feeds every reply whole and in pieces to a parser of a line with these
// boards, or with usual boards 0 to 3.
func try(t *testing.T, dialect string, boards []Board, replies []reply) {
	t.Helper()
	d := named(t, dialect)
	asked := Board{Address: 1}
	if boards != nil {
		asked = boards[len(boards)-1]
	}
	for _, c := range replies {
		send := c.sent
		if send == nil {
			send = status(asked)
		}
		for _, size := range []int{1, 2, 3, 64} {
			t.Run(c.name, func(t *testing.T) {
				p := d.NewParser(boards, FindOut)
				r, err := send(d)
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

// Only a status request tells whether a line echoes; then the first frame that
// looks like an unlock request is known for what it is.
func TestTheEchoOfAnUnlockIsToldFromItsVerdict(t *testing.T) {
	for _, c := range []struct {
		name           string
		echo           Echo
		asked          string // what came after the status request
		bytes          string // what came after the unlock request
		verdicts, said int    // frames; of them closed
	}{
		{"a silent adapter, the lock stayed shut", FindOut, "80 01 FF FF FF 33 4D", "8A 01 01 11 9B", 1, 1},
		{"an echoing adapter, the lock opened", FindOut, "80 01 00 33 B2 80 01 FF FF FF 33 4D",
			"8A 01 01 11 9B 8A 01 01 00 8A", 1, 0},
		{"an echoing adapter, the lock stayed shut", FindOut, "80 01 00 33 B2 80 01 FF FF FF 33 4D",
			"8A 01 01 11 9B 8A 01 01 11 9B", 1, 1},
		{"an echoing adapter, no verdict yet", FindOut, "80 01 00 33 B2 80 01 FF FF FF 33 4D", "8A 01 01 11 9B", 0, 0},
		{"an echo that was configured", Echoes, "", "8A 01 01 11 9B 8A 01 01 00 8A", 1, 0},
		{"an echo that was ruled out", NoEcho, "80 01 00 33 B2 80 01 FF FF FF 33 4D", "8A 01 01 11 9B", 1, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := named(t, "xor-8a80")
			p := d.NewParser([]Board{at(1)}, c.echo)
			for _, step := range []struct {
				build func(Dialect) (Request, error)
				bytes string
			}{{status(at(1)), c.asked}, {unlock(at(1), 1, 0), c.bytes}} {
				r, err := step.build(d)
				if err != nil {
					t.Fatal(err)
				}
				p.Sent(r)
				frames := p.Feed(unhex(t, step.bytes))
				if r.Expect != Verdict {
					continue
				}
				closed := 0
				for _, f := range frames {
					if f.Closed != 0 {
						closed++
					}
				}
				if len(frames) != c.verdicts || closed != c.said {
					t.Errorf("got %+v", frames)
				}
			}
		})
	}
}
