package wall

import (
	"testing"

	"pgregory.net/rapid"

	"cubby/locker/door"
)

func TestABoxFitsByItsMillimetres(t *testing.T) {
	space := Box{Width: 400, Height: 110, Depth: 500}
	for _, c := range []struct {
		name    string
		d       Dimensions
		upright bool
		fits    bool
	}{
		{"exactly the space", Dimensions{Length: 500, Width: 400, Height: 110}, false, true},
		{"one millimetre too high", Dimensions{Length: 500, Width: 400, Height: 111}, false, false},
		{"lying on its side", Dimensions{Length: 110, Width: 500, Height: 400}, false, true},
		{"upright, turned about its vertical axis", Dimensions{Length: 500, Width: 400, Height: 110}, true, true},
		{"upright and too high, though it would fit lying", Dimensions{Length: 100, Width: 100, Height: 300},
			true, false},
		{"the same lying", Dimensions{Length: 100, Width: 100, Height: 300}, false, true},
		{"small enough in volume, too long on one side", Dimensions{Length: 600, Width: 10, Height: 10},
			false, false},
	} {
		if got := space.Fits(c.d, c.upright); got != c.fits {
			t.Errorf("%s: fits %t, want %t", c.name, got, c.fits)
		}
	}
}

func TestChooseTakesTheSmallestThenTheLeastWorn(t *testing.T) {
	with := func(c Compartment, change func(*Compartment)) Compartment { change(&c); return c }
	small, mid, large := box("1", 400, 110, 500), box("2", 400, 190, 500), box("3", 400, 390, 500)
	reachable := func(c Compartment) Compartment { c.Accessible = true; return c }
	low := reachable(small)
	need := &Dimensions{Length: 300, Width: 200, Height: 100}
	for _, c := range []struct {
		name string
		all  []Compartment
		wish Wish
		want string // empty: none
	}{
		{"the smallest that fits", []Compartment{large, mid, small}, Wish{Dimensions: need}, "1"},
		{"dimensions unknown: the smallest there is", []Compartment{large, mid, small}, Wish{}, "1"},
		{"only a large one fits", []Compartment{small, mid, large},
			Wish{Dimensions: &Dimensions{Length: 300, Width: 300, Height: 300}}, "3"},
		{"nothing fits", []Compartment{small, mid},
			Wish{Dimensions: &Dimensions{Length: 300, Width: 300, Height: 300}}, ""},
		{"the less worn of two equals", []Compartment{with(small, func(c *Compartment) { c.Openings = 9 }),
			with(small, func(c *Compartment) { c.Number = "9"; c.Openings = 8 })}, Wish{}, "9"},
		{"accessible only when asked for",
			[]Compartment{with(small, func(c *Compartment) { c.Accessible = true }),
				with(small, func(c *Compartment) { c.Number = "9" })}, Wish{}, "9"},
		{"accessible when asked for, even if larger",
			[]Compartment{small, with(large, func(c *Compartment) { c.Accessible = true })},
			Wish{Accessible: true}, "3"},
		{"no accessible one", []Compartment{small, large}, Wish{Accessible: true}, ""},
		{"larger than the one that was too small", []Compartment{small, mid},
			Wish{Above: small.Inner.Volume()}, "2"},
		{"rather a larger one than one whose sensor sees something",
			[]Compartment{with(small, func(c *Compartment) { c.Presence = door.Present }), mid},
			Wish{}, "2"},
		{"one whose sensor sees something rather than none",
			[]Compartment{with(small, func(c *Compartment) { c.Presence = door.Present })}, Wish{}, "1"},
		{"not the last free ones within reach", []Compartment{low, mid}, Wish{KeptFree: 1}, "2"},
		{"none rather than the last free ones within reach",
			[]Compartment{low}, Wish{KeptFree: 1}, ""},
		{"one within reach while enough others are free",
			[]Compartment{low, with(low, func(c *Compartment) { c.Number = "9" })}, Wish{KeptFree: 1}, "1"},
		{"the last one within reach for who needs it",
			[]Compartment{low}, Wish{KeptFree: 1, Accessible: true}, "1"},
		{"the last one within reach for who prefers it",
			[]Compartment{low}, Wish{KeptFree: 1, Reach: true}, "1"},
		{"one within reach for who prefers it, if larger",
			[]Compartment{small, reachable(mid)}, Wish{Reach: true}, "2"},
		{"another for who prefers one within reach, if none is free",
			[]Compartment{small}, Wish{Reach: true}, "1"},
		{"not one tried already", []Compartment{small, mid}, Wish{Except: []string{"1"}}, "2"},
		{"not an open door", []Compartment{with(small, func(c *Compartment) { c.Door = door.Open })},
			Wish{}, ""},
		{"not an unknown door", []Compartment{with(small, func(c *Compartment) { c.Door = door.Unknown })},
			Wish{}, ""},
		{"not a jammed lock", []Compartment{with(small, func(c *Compartment) { c.Lock = LockJammed })},
			Wish{}, ""},
		{"not one in quarantine",
			[]Compartment{with(small, func(c *Compartment) { c.Allocation = Quarantine })},
			Wish{}, ""},
		{"not one with something inside",
			[]Compartment{with(small, func(c *Compartment) { c.Contents = ContentsPresent })},
			Wish{}, ""},
		{"not one whose bank has a forced door",
			[]Compartment{with(small, func(c *Compartment) { c.BankAlarm = true })}, Wish{}, ""},
	} {
		got, ok := Choose(c.all, c.wish)
		if ok != (c.want != "") || got.Number != c.want {
			t.Errorf("%s: %q (%t), want %q", c.name, got.Number, ok, c.want)
		}
	}
}

func TestWhatIsChosenAlwaysFitsAndNothingSmallerWould(t *testing.T) {
	side := rapid.IntRange(1, 60)
	rapid.Check(t, func(t *rapid.T) {
		var all []Compartment
		for i := range rapid.IntRange(1, 8).Draw(t, "doors") {
			c := box(string(rune('a'+i)), side.Draw(t, "w"), side.Draw(t, "h"), side.Draw(t, "d"))
			c.Accessible = rapid.Bool().Draw(t, "accessible")
			all = append(all, c)
		}
		w := Wish{
			Dimensions: &Dimensions{
				Length: side.Draw(t, "l"), Width: side.Draw(t, "w"), Height: side.Draw(t, "h"),
			}, KeepUpright: rapid.Bool().Draw(t, "upright"), Accessible: rapid.Bool().Draw(t, "asked"),
		}
		got, ok := Choose(all, w)
		for _, c := range all {
			fits := c.Inner.Fits(*w.Dimensions, w.KeepUpright) && (!w.Accessible || c.Accessible)
			if fits && (!ok || c.Inner.Volume() < got.Inner.Volume()) {
				t.Fatalf("%+v would have done better than %+v", c, got)
			}
			if ok && c.Number == got.Number && !fits {
				t.Fatalf("%+v was chosen and does not suit", c)
			}
		}
	})
}

// box is a healthy free compartment.
func box(number string, w, h, d int) Compartment {
	return Compartment{
		Number: number, Inner: Box{w, h, d}, Bank: "main", Door: door.Closed, LastKnown: door.Closed,
		Lock: LockIdle, Allocation: Free, Contents: ContentsEmpty,
	}
}
