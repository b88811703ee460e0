package wire

import "testing"

// other is the reply of a board that answers for a number of locks other than
// the configured one.
func other(locks, answers int, closed uint64) Frame {
	f := contacts(1, locks, closed, 0, false)
	f.Other = answers
	return f
}

// How long a frame is and whether it is whole its own bytes tell, whatever the
// configuration expects.
func TestAWholeFrameIsGoodWhateverIsConfigured(t *testing.T) {
	boards := func(channels int) []Board { return []Board{{Address: 1, Channels: channels}} }
	low := []Board{{Address: 1, Channels: 8, LowFirst: true}}
	try(t, "xor-8a80", boards(8), []reply{
		{"24 locks for 8, none made", nil, "80 01 00 00 00 33 B2", []Frame{other(8, 24, 0)}, 0, 0},
		{"24 locks for 8, lock 1 made", nil, "80 01 00 00 01 33 B3", []Frame{other(8, 24, 1)}, 0, 0},
		{"24 locks for 8, lock 24 made", nil, "80 01 80 00 00 33 32", []Frame{func() Frame {
			f := other(8, 24, 0)
			f.Blank = false // the board feels its contacts
			return f
		}()}, 0, 0},
		{"8 locks for 8", nil, "80 01 FE 33 4C", []Frame{contacts(1, 8, 0xFE, 0, false)}, 0, 0},
		{"50 locks for 8", nil, "80 01 00 00 00 00 00 00 01 33 B3", []Frame{other(8, 50, 1)}, 0, 0},
		{"a wrong XOR", nil, "80 01 00 00 00 33 B3", nil, 7, 0},
		{"a report of a lock that is not configured", nil, "82 01 0C 11 9E", []Frame{moved(Event, 1, 12, true)}, 0, 0},
		{"an echo and the reply", nil, "80 01 00 33 B2 80 01 00 00 01 33 B3", []Frame{other(8, 24, 1)}, 0, 1},
		{"an echo alone", nil, "80 01 00 33 B2", nil, 0, 1},
	})
	try(t, "xor-8a80", low, []reply{
		{"24 locks for 8, the first byte first", nil, "80 01 01 00 00 33 B3", []Frame{other(8, 24, 1)}, 0, 0},
	})
	try(t, "xor-8a80", boards(0), []reply{
		{"8 locks for 24", nil, "80 01 FE 33 4C", []Frame{other(8, 8, 0xFE)}, 0, 0},
		{"16 locks for 24", nil, "80 01 00 01 33 B3", []Frame{other(16, 16, 1)}, 0, 0},
		{"50 locks for 24", nil, "80 01 00 00 00 00 00 00 01 33 B3", []Frame{other(24, 50, 1)}, 0, 0},
		{"8 locks for 24, with a wrong XOR", nil, "80 01 FE 33 4D", nil, 5, 0},
		{"an echo and 8 locks", nil, "80 01 00 33 B2 80 01 FE 33 4C", []Frame{other(8, 8, 0xFE)}, 0, 1},
	})
	try(t, "xor-8a80", boards(50), []reply{
		{"24 locks for 50", nil, "80 01 00 00 01 33 B3", []Frame{other(24, 24, 1)}, 0, 0},
		{"24 locks for 50, with a wrong XOR", nil, "80 01 00 00 01 33 B2", nil, 7, 0},
	})
	try(t, "wkly", boards(4), []reply{
		{"8 locks for 4", nil, "57 4B 4C 59 11 01 84 00 01 00 00 00 00 00 00 01 9D", []Frame{other(4, 8, 1)}, 0, 0},
		{"3 locks for 4", nil, "57 4B 4C 59 0C 01 84 00 00 01 01 80", []Frame{other(3, 3, 6)}, 0, 0},
		{"a report of a lock that is not configured", nil, "57 4B 4C 59 0A 01 85 09 01 8F",
			[]Frame{moved(Event, 1, 9, true)}, 0, 0},
		{"a wrong XOR", nil, "57 4B 4C 59 0C 01 84 00 00 01 01 81", nil, 12, 0},
	})
	try(t, "waveshare-modbus", boards(16), []reply{
		{"8 inputs for 16", nil, "01 02 01 01 60 48", []Frame{other(8, 8, 0xFE)}, 0, 0},
		{"16 inputs for 16", nil, "01 02 02 01 00 B8 28", []Frame{contacts(1, 16, 0xFFFE, 0, false)}, 0, 0},
	})
	try(t, "waveshare-modbus", boards(8), []reply{
		{"16 inputs for 8", nil, "01 02 02 01 00 B8 28", []Frame{other(8, 16, 0xFE)}, 0, 0},
	})
	try(t, "kerong-cu16", boards(12), []reply{
		{"16 locks for 12", nil, "02 10 35 FF FF 00 00 03 48", []Frame{contacts(1, 16, all16, 0, true)}, 0, 0},
	})
}

// After a board has shown how long its summary is, nothing has to be waited for.
func TestTheLengthOfASummaryIsKept(t *testing.T) {
	d := named(t, "xor-8a80")
	p := d.NewParser([]Board{{Address: 1}}, FindOut)
	ask := func() {
		t.Helper()
		r, err := status(Board{Address: 1})(d)
		if err != nil {
			t.Fatal(err)
		}
		p.Sent(r)
	}
	ask()
	if got := p.Feed(unhex(t, "80 01 FE 33 4C")); len(got) != 0 {
		t.Errorf("more bytes could have come, and it was taken at once: %+v", got)
	}
	if got := p.Quiet(); len(got) != 1 {
		t.Fatalf("got %+v", got)
	}
	ask()
	if got := p.Feed(unhex(t, "80 01 FE 33 4C")); len(got) != 1 || got[0].Other != 8 {
		t.Errorf("the second time: %+v", got)
	}
	ask()
	if got := p.Feed(unhex(t, "80 01 00 33 B2")); len(got) != 0 {
		t.Errorf("an echo is taken for a reply: %+v", got)
	}
	ask()
	if got := p.Feed(unhex(t, "80 01 FF FF FE 33 4C 80 01 FF FF FE 33 4C")); len(got) != 2 || got[0].Other != 0 {
		t.Errorf("its summary has grown: %+v", got)
	}
}

// A board that has not so many inputs says so, which is no failure of its own.
func TestABoardWithFewerInputsCanBeAskedForFewer(t *testing.T) {
	try(t, "waveshare-modbus", []Board{{Address: 1, Channels: 16}}, []reply{
		{"no such address", nil, "01 82 02 C1 61", []Frame{{Kind: Status, Board: 1, Refused: true, Untried: true}}, 0,
			0},
		{"busy", nil, "01 82 06 C0 A2", []Frame{{Kind: Status, Board: 1, Refused: true}}, 0, 0},
	})
}
