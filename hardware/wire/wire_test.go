package wire

import (
	"encoding/hex"
	"slices"
	"strings"
	"testing"
	"time"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func named(t testing.TB, name string) Dialect {
	t.Helper()
	d, err := Named(name)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func status(b Board) func(Dialect) (Request, error) {
	return func(d Dialect) (Request, error) { return first(d.Status(b)) }
}

func unlock(b Board, lock int, pulse time.Duration) func(Dialect) (Request, error) {
	return func(d Dialect) (Request, error) { return d.Unlock(b, lock, pulse) }
}

func greet(b Board, pulse time.Duration) func(Dialect) (Request, error) {
	return func(d Dialect) (Request, error) { return first(d.Greet(b, pulse)) }
}

func first(all []Request, err error) (Request, error) {
	if len(all) == 0 {
		return Request{}, err
	}
	return all[0], err
}

// at is a usual board.
func at(address int) Board { return Board{Address: address} }

const ms = time.Millisecond

func TestRequests(t *testing.T) {
	for _, c := range []struct {
		dialect, name string
		build         func(Dialect) (Request, error)
		want          string
		reply         Kind
	}{
		{"kerong-cu16", "unlock board 0 lock 1", unlock(at(0), 1, 0), "02 00 31 03 36", None},
		{"kerong-cu16", "unlock board 0 lock 5", unlock(at(0), 5, 0), "02 04 31 03 3A", None},
		{"kerong-cu16", "unlock board 0 lock 16", unlock(at(0), 16, 0), "02 0F 31 03 45", None},
		{"kerong-cu16", "unlock board 1 lock 11", unlock(at(1), 11, 0), "02 1A 31 03 50", None},
		{"kerong-cu16", "status of board 0", status(at(0)), "02 00 30 03 35", Status},
		{"kerong-cu16", "status of board 1", status(at(1)), "02 10 30 03 45", Status},
		{"kerong-cu16", "pulse of 500 ms", greet(at(0), 500*ms), "02 00 37 00 32 03 6E", Setting},
		{"kerong-cu16", "the question for the pulse", func(d Dialect) (Request, error) { return d.(Waker).Wake(at(0)) },
			"02 00 37 03 3C", Setting},
		{"kerong-cu16", "no pulse to set", greet(at(0), 0), "", None},

		{"kerong-cu48", "status of board 0", status(at(0)), "02 00 00 60 03 65", Status},
		{"kerong-cu48", "status of board 3", status(at(3)), "02 03 00 60 03 68", Status},
		{"kerong-cu48", "status of board 3 with the lock in byte 1", status(Board{Address: 3, LockByte: 1}),
			"02 00 03 60 03 68", Status},
		{"kerong-cu48", "unlock lock 1", unlock(at(0), 1, 0), "02 00 00 61 03 66", None},
		{"kerong-cu48", "unlock lock 5", unlock(at(0), 5, 0), "02 00 04 61 03 6A", None},
		{"kerong-cu48", "unlock lock 48", unlock(at(0), 48, 0), "02 00 2F 61 03 95", None},
		{"kerong-cu48", "unlock lock 5 named in byte 1, the same sum", unlock(Board{LockByte: 1}, 5, 0),
			"02 04 00 61 03 6A", None},
		{"kerong-cu48", "unlock board 2 lock 5 named in byte 1", unlock(Board{Address: 2, LockByte: 1}, 5, 0),
			"02 04 02 61 03 6C", None},
		{"kerong-cu48", "a pulse it cannot be told", greet(at(0), 500*ms), "", None},

		{"xor-8a80", "open lock 1", unlock(at(1), 1, 0), "8A 01 01 11 9B", Verdict},
		{"xor-8a80", "open lock 12", unlock(at(1), 12, 0), "8A 01 0C 11 96", Verdict},
		{"xor-8a80", "open lock 24", unlock(at(1), 24, 0), "8A 01 18 11 82", Verdict},
		{"xor-8a80", "open board 2 lock 1", unlock(at(2), 1, 0), "8A 02 01 11 98", Verdict},
		{"xor-8a80", "query all", status(at(1)), "80 01 00 33 B2", Status},
		{"xor-8a80", "query one after the other", status(Board{Address: 1, Each: true}), "80 01 01 33 B3", Status},
		{"xor-8a80", "a pulse it cannot be told", greet(at(1), 500*ms), "", None},

		{"waveshare-modbus", "relay 1 for 700 ms", unlock(at(1), 1, 700*ms), "01 05 02 00 00 07 8D B0", Verdict},
		{"waveshare-modbus", "relay 4 for 500 ms", unlock(at(1), 4, 500*ms), "01 05 02 03 00 05 FC 71", Verdict},
		{"waveshare-modbus", "relay 4 for the usual time", unlock(at(1), 4, 0), "01 05 02 03 00 05 FC 71", Verdict},
		{"waveshare-modbus", "contacts", status(at(1)), "01 02 00 00 00 08 79 CC", Status},
		{"waveshare-modbus", "all relays off", greet(at(1), 0), "01 05 00 FF 00 00 FD FA", Setting},

		{"wkly", "open channel 1", unlock(at(0), 1, 0), "57 4B 4C 59 09 00 82 01 83", Verdict},
		{"wkly", "open the first lock of a board that counts from 0", unlock(Board{FromZero: true}, 1, 0),
			"57 4B 4C 59 09 00 82 00 82", Verdict},
		{"wkly", "query all", status(at(0)), "57 4B 4C 59 08 00 84 85", Status},
		{"wkly", "query one after the other", status(Board{Each: true}), "57 4B 4C 59 09 00 83 01 82", Status},
		{"wkly", "a pulse it cannot be told", greet(at(0), 500*ms), "", None},
	} {
		t.Run(c.dialect+": "+c.name, func(t *testing.T) {
			r, err := c.build(named(t, c.dialect))
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(r.Bytes, unhex(t, c.want)) || r.Expect != c.reply {
				t.Errorf("got % X expecting %d, want %s expecting %d", r.Bytes, r.Expect, c.want, c.reply)
			}
		})
	}
}

func TestDialectsRefuseWhatTheirBoardsCannot(t *testing.T) {
	for _, c := range []struct {
		dialect, name string
		build         func(Dialect) (Request, error)
		says          string
	}{
		{"kerong-cu16", "a negative board", status(at(-1)), "address -1"},
		{"kerong-cu16", "board 15, which would address all boards", unlock(at(15), 1, 0), "address 15"},
		{"kerong-cu16", "lock 0", unlock(at(0), 0, 0), "no lock 0"},
		{"kerong-cu16", "lock 17", unlock(at(0), 17, 0), "no lock 17"},
		{"kerong-cu16", "lock 13 of a board of 12", unlock(Board{Channels: 12}, 13, 0), "1 to 12"},
		{"kerong-cu16", "a pulse between two steps", greet(at(0), 505*ms), "10 ms"},
		{"kerong-cu16", "a pulse of 24 s", greet(at(0), 24*time.Second), "under 24 s"},
		{"kerong-cu16", "17 channels", status(Board{Channels: 17}), "17 channels"},
		{"kerong-cu16", "another lock byte", status(Board{LockByte: 1}), "no option lock_byte"},
		{"kerong-cu16", "another bitmap order", status(Board{LowFirst: true}), "no option bitmap_order"},
		{"kerong-cu16", "numbers from 0", status(Board{FromZero: true}), "no option first_lock"},
		{"kerong-cu16", "questions for each lock", status(Board{Each: true}), "no option query"},

		{"kerong-cu48", "board 16", status(at(16)), "address 16"},
		{"kerong-cu48", "lock 0", unlock(at(0), 0, 0), "no lock 0"},
		{"kerong-cu48", "lock 49", unlock(at(0), 49, 0), "no lock 49"},
		{"kerong-cu48", "the lock in byte 3", status(Board{LockByte: 3}), "byte 3"},

		{"xor-8a80", "board 0", status(at(0)), "address 0"},
		{"xor-8a80", "board 33", status(at(33)), "address 33"},
		{"xor-8a80", "lock 0, which is all locks", unlock(at(1), 0, 0), "no lock 0"},
		{"xor-8a80", "lock 25", unlock(at(1), 25, 0), "no lock 25"},

		{"waveshare-modbus", "board 0, which is every board", unlock(at(0), 1, 0), "address 0"},
		{"waveshare-modbus", "board 248", status(at(248)), "address 248"},
		{"waveshare-modbus", "lock 9", unlock(at(1), 9, 0), "no lock 9"},
		{"waveshare-modbus", "a pulse between two steps", unlock(at(1), 1, 550*ms), "100 ms"},
		{"waveshare-modbus", "a pulse set between two steps", greet(at(1), 550*ms), "100 ms"},

		{"wkly", "board 32", status(at(32)), "address 32"},
		{"wkly", "lock 0", unlock(at(0), 0, 0), "no lock 0"},
		{"wkly", "lock 0 of a board that counts from 0", unlock(Board{FromZero: true}, 0, 0), "no lock 0"},
		{"wkly", "lock 17", unlock(at(0), 17, 0), "no lock 17"},
		{"wkly", "more channels than a frame can tell of", status(Board{Channels: 32}), "32 channels"},
	} {
		t.Run(c.dialect+": "+c.name, func(t *testing.T) {
			r, err := c.build(named(t, c.dialect))
			if err == nil {
				t.Fatalf("built % X", r.Bytes)
			}
			if !strings.Contains(err.Error(), c.says) {
				t.Errorf("%q does not say %q", err, c.says)
			}
		})
	}
}

func TestARequestIsAnsweredByItsBoardAndLocksAlone(t *testing.T) {
	each, err := named(t, "xor-8a80").Status(Board{Address: 2, Each: true})
	if err != nil || len(each) != 24 {
		t.Fatalf("%d requests, %v", len(each), err)
	}
	third := each[2]
	for _, c := range []struct {
		name string
		f    Frame
		want bool
	}{
		{"its own reply", Frame{Kind: Status, Board: 2, Locks: 4}, true},
		{"the late reply about the lock before", Frame{Kind: Status, Board: 2, Locks: 2}, false},
		{"another board's", Frame{Kind: Status, Board: 3, Locks: 4}, false},
		{"a push", Frame{Kind: Event, Board: 2, Locks: 4}, false},
		{"a refusal, which names no lock", Frame{Kind: Status, Board: 2, Refused: true}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := third.AnsweredBy(c.f); got != c.want {
				t.Errorf("got %v", got)
			}
		})
	}
}
