package modbus

import (
	"bytes"
	"encoding/hex"
	"reflect"
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

func TestReadRequests(t *testing.T) {
	for _, c := range []struct {
		name         string
		unit         int
		function     byte
		first, count int
		want, says   string
	}{
		{"eight contacts of unit 1", 1, ReadInputs, 0, 8, "01 02 00 00 00 08 79 CC", ""},
		{"eight relays of unit 1", 1, ReadCoils, 0, 8, "01 01 00 00 00 08 3D CC", ""},
		{"temperature and humidity", 1, ReadInputRegisters, 1, 2, "01 04 00 01 00 02 20 0B", ""},
		{"unit 0, which is every device", 0, ReadInputs, 0, 8, "", "address 0"},
		{"unit 248", 248, ReadInputs, 0, 8, "", "address 248"},
		{"nothing", 1, ReadInputs, 0, 0, "", "cannot be read"},
		{"too many contacts", 1, ReadInputs, 0, 2001, "", "cannot be read"},
		{"too many registers", 1, ReadHolding, 0, 126, "", "cannot be read"},
		{"contacts beyond the last", 1, ReadInputs, 65530, 8, "", "cannot be read"},
		{"a write", 1, WriteCoil, 0, 1, "", "does not read"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Read(c.unit, c.function, c.first, c.count)
			if err != nil {
				if c.want != "" || !strings.Contains(err.Error(), c.says) {
					t.Fatal(err)
				}
				return
			}
			if c.want == "" || !bytes.Equal(got, unhex(t, c.want)) {
				t.Errorf("got % X, want %q", got, c.want)
			}
		})
	}
}

func TestReplies(t *testing.T) {
	for _, c := range []struct {
		name  string
		bytes string
		want  *Reply
		junk  int
		rest  int
	}{
		{"input 1 active", "01 02 01 01 60 48", &Reply{Unit: 1, Function: ReadInputs, Data: []byte{1}}, 0, 0},
		{"all relays off", "01 01 01 00 51 88", &Reply{Unit: 1, Function: ReadCoils, Data: []byte{0}}, 0, 0},
		{"30.5 degrees and 54.6 %", "01 04 04 01 31 02 22 2A CE", &Reply{
			Unit: 1, Function: ReadInputRegisters, Data: []byte{1, 0x31, 2, 0x22},
		}, 0, 0},
		{"a relay that was flashed", "01 05 02 00 00 07 8D B0", &Reply{
			Unit: 1, Function: WriteCoil, Data: []byte{2, 0, 0, 7},
		}, 0, 0},
		{"a bad address", "01 85 02 C3 51", &Reply{Unit: 1, Function: WriteCoil, Exception: 2}, 0, 0},
		{"noise before and the next frame behind", "00 FF 01 02 01 01 60 48 01 02", &Reply{
			Unit: 1, Function: ReadInputs, Data: []byte{1},
		}, 2, 2},
		{"its own first byte before", "01 01 02 01 01 60 48", &Reply{
			Unit: 1, Function: ReadInputs, Data: []byte{1},
		}, 1, 0},
		{"a wrong CRC", "01 02 01 01 60 49", nil, 1, 5},
		{"a read request heard back", "01 02 00 00 00 08 79 CC", nil, 7, 1},
		{"half a reply", "01 02 01 01", nil, 0, 4},
		{"an odd number of bytes in registers", "01 04 03 00 00 00 11 22", nil, 7, 1},
		{"a function nobody asks", "01 11 01 01 60 48", nil, 1, 5},
		{"text meant for a modem", "41 54 0D", nil, 2, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, rest, junk, ok := Find(unhex(t, c.bytes))
			if ok != (c.want != nil) || ok && !reflect.DeepEqual(got, *c.want) {
				t.Errorf("found %v: %+v", ok, got)
			}
			if junk != c.junk || len(rest) != c.rest {
				t.Errorf("%d bytes skipped, %d left; want %d and %d", junk, len(rest), c.junk, c.rest)
			}
		})
	}
}

func TestWordsAreHighByteFirst(t *testing.T) {
	r, _, _, _ := Find(unhex(t, "01 04 04 01 31 02 22 2A CE"))
	if r.Word(0) != 305 || r.Word(1) != 546 {
		t.Errorf("%d and %d, want 305 and 546", r.Word(0), r.Word(1))
	}
}

func FuzzFind(f *testing.F) {
	f.Add([]byte{0x01, 0x02, 0x01, 0x01, 0x60, 0x48}, uint16(3))
	f.Add([]byte{0x00, 0x01, 0x05, 0x02, 0x00, 0x00, 0x07, 0x8D, 0xB0, 0x01, 0x85, 0x02, 0xC3, 0x51}, uint16(5))
	f.Fuzz(func(t *testing.T, b []byte, at uint16) {
		all := func(b []byte) (frames []Reply, junk int, rest []byte) {
			for {
				r, left, skipped, ok := Find(b)
				junk += skipped
				if !ok {
					return frames, junk, left
				}
				r.Data = bytes.Clone(r.Data)
				frames, b = append(frames, r), left
			}
		}
		whole, junk, rest := all(b)
		cut := int(at) % (len(b) + 1)
		first, junk1, rest1 := all(b[:cut])
		then, junk2, rest2 := all(append(bytes.Clone(rest1), b[cut:]...))
		if !reflect.DeepEqual(append(first, then...), whole) || junk1+junk2 != junk || !bytes.Equal(rest2, rest) {
			t.Fatalf("whole %v, cut at %d: %v and %v", whole, cut, first, then)
		}
		if len(rest) > 5+2*wordsMost {
			t.Fatalf("%d bytes are kept", len(rest))
		}
	})
}
