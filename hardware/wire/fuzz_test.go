package wire

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// fuzzed is a parser under test with the request that went out last, and how
// long its frames are.
type fuzzed struct {
	dialect string
	boards  []Board
	request func(Dialect) (Request, error)
	echo    Echo
	most    int // bytes it may keep: less than two of the longest frames
}

func FuzzCU16(f *testing.F) {
	seed(f, "02 00 35 FF FF 00 00 03 38", "02 02 00 38 00 32 03 6F 02 00 30 03 35")
	run(f, fuzzed{dialect: "kerong-cu16", request: status(at(0)), most: 9})
}

func FuzzCU48(f *testing.F) {
	seed(f, "02 00 04 75 03 7E 02 00 00 75 10 00 00 00 00 00 00 00 00 00 00 00 03 8A",
		"02 00 00 75 03 7A 00 00 00 00 00 00 00 00 00 00 03 F7",
		"02 00 04 61 03 6A 02 00 0A 77 01 00 00 00 00 00 01 00 00 00 00 00 03 88")
	run(f, fuzzed{dialect: "kerong-cu48", request: unlock(at(0), 5, 0), most: 18})
}

func FuzzXOR(f *testing.F) {
	seed(f, "80 01 00 33 B2 80 01 FF FF FE 33 4C 81 01 01 00 81", "80 01 00 33 B2 33 33 8A 01 01 11 9B 82 01 01 11 93")
	run(f, fuzzed{
		dialect: "xor-8a80", boards: []Board{at(1), {Address: 2, Channels: 50}}, request: status(at(1)), most: 11,
	})
}

func FuzzXORVerdict(f *testing.F) {
	seed(f, "8A 01 01 11 9B 8A 01 01 00 8A 81 01 01 00 81", "01 01 11 9B 8A 01 01 11 9B")
	run(f, fuzzed{
		dialect: "xor-8a80", boards: []Board{{Address: 1, Each: true}}, request: unlock(at(1), 1, 0),
		echo: Echoes, most: 7,
	})
}

func FuzzWaveshare(f *testing.F) {
	seed(f, "01 02 01 01 60 48 01 85 02 C3 51", "01 05 02 00 00 07 8D B0 01 05 02 00 00 07 8D B0 01 02")
	run(f, fuzzed{
		dialect: "waveshare-modbus", boards: []Board{at(1)}, request: unlock(at(1), 1, 700*ms), echo: Echoes, most: 260,
	})
}

func FuzzWKLY(f *testing.F) {
	seed(f, "57 4B 4C 59 08 01 84 84 57 4B 4C 59 0D 01 84 00 01 00 01 01 80",
		"57 4B 4C 59 28 01 85 04 00 83 57 4B 4C 59 0A 01 85 04 01 82 57 57 4B")
	run(f, fuzzed{
		dialect: "wkly", boards: []Board{{Address: 1, Channels: 4}},
		request: status(Board{Address: 1, Channels: 4}), most: 40,
	})
}

func seed(f *testing.F, texts ...string) {
	for i, text := range texts {
		f.Add(unhex(f, text), uint64(i))
	}
}

// run holds of any bytes: whole or in pieces they are the same frames, every
// byte is a frame's, an echo's or junk, and little is kept.
func run(f *testing.F, c fuzzed) {
	f.Fuzz(func(t *testing.T, b []byte, seed uint64) {
		d := named(t, c.dialect)
		r, err := c.request(d)
		if err != nil {
			t.Fatal(err)
		}
		whole, pieces := d.NewParser(c.boards, c.echo), d.NewParser(c.boards, c.echo)
		used := count(whole)
		kept := keeps(pieces)
		whole.Sent(r)
		pieces.Sent(r)
		once := append(whole.Feed(b), whole.Quiet()...)
		var many []Frame
		random := rand.New(rand.NewPCG(seed, 0))
		for rest := b; len(rest) > 0; {
			n := 1 + random.IntN(len(rest))
			many = append(many, pieces.Feed(rest[:n])...)
			rest = rest[n:]
			if k := kept(); k >= 2*c.most {
				t.Fatalf("%d bytes are kept", k)
			}
		}
		many = append(many, pieces.Quiet()...)
		if !slices.Equal(once, many) {
			t.Fatalf("whole %+v, in pieces %+v", once, many)
		}
		if whole.Noise() != pieces.Noise() {
			t.Fatalf("whole %+v, in pieces %+v", whole.Noise(), pieces.Noise())
		}
		total := *used + whole.Noise().Junk + uint64(len(r.Bytes))*whole.Noise().Echoes
		if total != uint64(len(b)) {
			t.Fatalf("%d bytes accounted for of %d", total, len(b))
		}
		for _, frame := range once {
			if frame.Kind == None || frame.Closed&^frame.Locks != 0 {
				t.Fatalf("%+v says something about locks it does not speak of", frame)
			}
		}
	})
}

// inner is the cutter inside a parser.
func inner(p Parser) *cutter {
	switch p := p.(type) {
	case *cutter:
		return p
	case *cu48Parser:
		return &p.cutter
	case *xorParser:
		return &p.cutter
	case *waveParser:
		return &p.cutter
	case *wklyParser:
		return &p.cutter
	}
	panic("say here where this parser has its cutter")
}

// count adds up the sizes of the frames that a parser cuts.
func count(p Parser) *uint64 {
	c, used := inner(p), new(uint64)
	cut := c.cut
	c.cut = func(b []byte) (Frame, int, bool) {
		f, size, more := cut(b)
		*used += uint64(size)
		return f, size, more
	}
	if whole := c.whole; whole != nil {
		c.whole = func(b []byte) (Frame, int) {
			f, size := whole(b)
			*used += uint64(size)
			return f, size
		}
	}
	return used
}

// keeps tells how many bytes a parser holds.
func keeps(p Parser) func() int { return func() int { return len(inner(p).buffer) } }
