package hardware

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// cuts feeds pieces of some size and writes what was cut, with a dash for a
// scan that was too long.
func cutAll(s *splitter, b []byte, size int) (got []string) {
	note := func(cuts []cut) {
		for _, c := range cuts {
			if c.tooLong {
				got = append(got, "-")
			} else {
				got = append(got, string(c.data))
			}
		}
	}
	for piece := range slices.Chunk(b, size) {
		note(s.feed(piece))
	}
	note(s.pause())
	return got
}

func TestSplitter(t *testing.T) {
	long := strings.Repeat("x", scanMax)
	for _, c := range []struct {
		name, suffix, in string
		want             []string
	}{
		{"a suffix ends a scan", "cr", "ABC\r", []string{"ABC"}},
		{"glued scans are split", "any", "ABC\rDEF\tGHI\n", []string{"ABC", "DEF", "GHI"}},
		{"a pair is one end under any", "any", "ABC\r\nDEF\r\n", []string{"ABC", "DEF"}},
		{"a pair is one end under cr", "cr", "ABC\r\nDEF\r\n", []string{"ABC", "DEF"}},
		{"a pair is one end under crlf", "crlf", "ABC\r\nDEF\r\n", []string{"ABC", "DEF"}},
		{"half a pair is data under crlf", "crlf", "A\rB\nC\r\n", []string{"A\rB\nC"}},
		{"a pause ends a scan without its suffix", "cr", "ABC", []string{"ABC"}},
		{"half a suffix before a pause is dropped", "crlf", "ABC\r", []string{"ABC"}},
		{"only a pause ends a scan under none", "none", "A\tB\rC", []string{"A\tB\rC"}},
		{"a suffix nobody configured is dropped at a pause", "none", "ABC\r\n", []string{"ABC"}},
		{"zero bytes are dropped everywhere", "any", "\x00A\x00B\x00\r", []string{"AB"}},
		{"noise before a code is dropped", "any", "\xFF\x02\x1B ABC\r", []string{" ABC"}},
		{"GS before a code is not noise", "any", "\x1D0109\x1D21\r", []string{"\x1D0109\x1D21"}},
		{"an empty scan is none", "any", "\r\r\n\t", nil},
		{"the longest scan passes", "cr", long + "\r", []string{long}},
		{"and with a pair", "crlf", long + "\r\n", []string{long}},
		{"one byte more is too long", "cr", long + "x\rABC\r", []string{"-", "ABC"}},
		{"and with a pair is too", "crlf", long + "x\r\nABC\r\n", []string{"-", "ABC"}},
		{"a flood is one scan too long", "crlf", strings.Repeat(long, 6) + "\r\nABC\r\n", []string{"-", "ABC"}},
		{"a flood ends at a pause too", "none", strings.Repeat(long, 6), []string{"-"}},
	} {
		for _, size := range []int{1, 7, 4096} {
			t.Run(c.name, func(t *testing.T) {
				if got := cutAll(newSplitter(c.suffix), []byte(c.in), size); !slices.Equal(got, c.want) {
					t.Errorf("in pieces of %d: got %q, want %q", size, got, c.want)
				}
			})
		}
	}
}

func FuzzSplitter(f *testing.F) {
	f.Add([]byte("ABC\r\nDEF\x00\t"), uint64(1))
	f.Add(bytes.Repeat([]byte("x"), 2*scanMax), uint64(2))
	f.Fuzz(func(t *testing.T, b []byte, seed uint64) {
		random := rand.New(rand.NewPCG(seed, 0))
		for _, suffix := range suffixes {
			whole := cutAll(newSplitter(suffix), b, max(len(b), 1))
			pieces := cutAll(newSplitter(suffix), b, 1+random.IntN(10))
			if !slices.Equal(whole, pieces) {
				t.Fatalf("%s: whole %q, in pieces %q", suffix, whole, pieces)
			}
			for _, c := range whole {
				if c == "" || len(c) > scanMax || strings.Contains(c, "\x00") {
					t.Fatalf("%s: cut %q", suffix, c)
				}
			}
		}
	})
}
