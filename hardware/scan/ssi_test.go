package scan

import (
	"bytes"
	"encoding/hex"
	"slices"
	"strings"
	"testing"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// packet is what a reader sends, written without the driver's own builder.
func packet(status byte, data string) []byte {
	b := append([]byte{byte(5 + len(data)), 0xF3, 0x00, status, 0x1C}, data...)
	sum := 0
	for _, c := range b {
		sum += int(c)
	}
	sum = 0x10000 - sum
	return append(b, byte(sum>>8), byte(sum))
}

func TestSSIPacketsAreWrittenAsTheManualPrintsThem(t *testing.T) {
	for _, c := range []struct {
		name string
		got  []byte
		want string
	}{
		{"start", ssiPacket(ssiStart), "04 E4 04 00 FF 14"},
		{"stop", ssiPacket(ssiStop), "04 E5 04 00 FF 13"},
		{"acknowledgement", ssiPacket(ssiAck), "04 D0 04 00 FF 28"},
		{"one with data", ssiPacket(0xC6, 0x08, 0x00, 0x8A)[:7], "07 C6 04 00 08 00 8A"},
	} {
		if !bytes.Equal(c.got, unhex(t, c.want)) {
			t.Errorf("%s: % X, want %s", c.name, c.got, c.want)
		}
	}
	for _, v := range []string{
		"04 D0 00 00 FF 2C", "05 D1 00 00 06 FF 24", "07 C6 04 08 00 8A 08 FE 95", "04 E4 04 00 FF 14",
	} {
		b := unhex(t, v)
		n := len(b) - 2
		if sum := ssiSum(b[:n]); byte(sum>>8) != b[n] || byte(sum) != b[n+1] {
			t.Errorf("%s: the checksum is %04X", v, sum)
		}
	}
}

func TestCodesAreFoundInPackets(t *testing.T) {
	ack := string(unhex(t, "04 D0 04 00 FF 28"))
	one := string(packet(0, "PARCEL-1"))
	damaged := []byte(one)
	damaged[7] ^= 1
	for _, c := range []struct {
		name, in string
		want     []string
		acks     int
	}{
		{"one packet", one, []string{"PARCEL-1"}, 1},
		{"a suffix inside is taken off", string(packet(0, "PARCEL-1\r\n")), []string{"PARCEL-1"}, 1},
		{"an identifier inside is taken off", string(packet(0, "]C0PARCEL-1")), []string{"]C0PARCEL-1"}, 1},
		{"two codes", one + string(packet(0, "PARCEL-2")), []string{"PARCEL-1", "PARCEL-2"}, 2},
		{"several packets", string(packet(2, "PAR")) + string(packet(2, "CEL")) + string(packet(0, "-1")),
			[]string{"PARCEL-1"}, 3},
		{"a packet again because its acknowledgement was lost", one + string(packet(1, "PARCEL-1")),
			[]string{"PARCEL-1"}, 2},
		{"the middle of several again", string(packet(2, "PAR")) + string(packet(2, "CEL")) + string(packet(3, "CEL")) +
			string(packet(0, "-1")), []string{"PARCEL-1"}, 4},
		{"the same code shown twice", one + one, []string{"PARCEL-1", "PARCEL-1"}, 2},
		{"a damaged packet is left to be sent again", string(damaged) + one, []string{"PARCEL-1"}, 1},
		{"replies to commands", string(unhex(t, "04 D0 00 00 FF 2C 05 D1 00 00 06 FF 24")) + one,
			[]string{"PARCEL-1"}, 1},
		{"noise before", "\x00\xFF\x03AT\r" + one, []string{"PARCEL-1"}, 1},
		{"noise that looks like a longer packet", "\xFF\xF3\x00" + one, []string{"PARCEL-1"}, 0},
		{"a packet of another kind", string(unhex(t, "05 F6 00 00 01 FF 04")) + one, []string{"PARCEL-1"}, 1},
		{"a packet without data", string(unhex(t, "04 F3 00 00 FF 09")), nil, 0},
		{"half a packet", one[:9], nil, 0},
		{"a code too long", strings.Repeat(string(packet(2, strings.Repeat("x", 200))), 25) + string(packet(0, "x")),
			[]string{"-"}, 26},
		{"packets of the host are none of ours", string(ssiPacket(ssiDecode, 0x1C, 'A')), nil, 0},
	} {
		for _, size := range []int{1, 5, 9000} {
			t.Run(c.name, func(t *testing.T) {
				p := parser(t, Config{Port: "x", Frame: "ssi"})
				var replies []byte
				for piece := range slices.Chunk([]byte(c.in), size) {
					_, reply := p.Feed(piece)
					replies = append(replies, reply...)
				}
				// Noise that looks like a length hides a packet until the pause;
				// the reader repeats it then.
				if want := strings.Repeat(ack, c.acks); string(replies) != want {
					t.Errorf("in pieces of %d: replies % X", size, replies)
				}
				if got := parse(parser(t, Config{Port: "x", Frame: "ssi"}), []byte(c.in),
					size); !slices.Equal(got, c.want) {
					t.Errorf("in pieces of %d: got %q, want %q", size, got, c.want)
				}
			})
		}
	}
}

func TestACodeWhoseRestNeverCameIsForgotten(t *testing.T) {
	p := parser(t, Config{Port: "x", Frame: "ssi"})
	p.Feed(packet(2, "OLD-"))
	if !p.Holding() {
		t.Error("part of a code has come")
	}
	p.Pause()
	if codes, _ := p.Feed(packet(0, "NEW")); len(codes) != 1 || string(codes[0].Data) != "NEW" {
		t.Errorf("%+v", codes)
	}
	p.Feed(packet(2, "FIRST-"))
	p.Pause()
	p.Feed(packet(3, "FIRST-")) // its acknowledgement was lost
	if codes, _ := p.Feed(packet(0, "SECOND")); len(codes) != 1 || string(codes[0].Data) != "FIRST-SECOND" {
		t.Errorf("%+v", codes)
	}
}

func FuzzSSI(f *testing.F) {
	f.Add(packet(0, "PARCEL-1"))
	f.Add(append(packet(2, "PAR"), packet(0, "CEL")...))
	f.Add([]byte{0xFF, 0xF3, 0x00, 0x02, 0x04, 0xD0, 0x00, 0x00, 0xFF, 0x2C})
	f.Fuzz(func(t *testing.T, b []byte) {
		p := parser(t, Config{Port: "x", Frame: "ssi"})
		for _, c := range parse(p, b, max(1, len(b)/3)) {
			if c == "" || len(c) > CodeMax+3 {
				t.Fatalf("code %q", c)
			}
		}
		p.Pause()
		if codes, reply := p.Feed(packet(0, "PARCEL-1")); len(codes) != 1 || string(codes[0].Data) != "PARCEL-1" ||
			len(reply) == 0 {
			t.Fatalf("after a pause a good packet gives %d codes", len(codes))
		}
	})
}
