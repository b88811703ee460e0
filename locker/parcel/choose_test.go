package parcel

import (
	"testing"

	"pgregory.net/rapid"

	"cubby/locker/door"
	"cubby/locker/wall"
)

func TestABoxFitsByItsMillimetres(t *testing.T) {
	space := wall.Box{Width: 400, Height: 110, Depth: 500}
	for _, c := range []struct {
		name    string
		d       wall.Dimensions
		upright bool
		fits    bool
	}{
		{"exactly the space", wall.Dimensions{Length: 500, Width: 400, Height: 110}, false, true},
		{"one millimetre too high", wall.Dimensions{Length: 500, Width: 400, Height: 111}, false, false},
		{"lying on its side", wall.Dimensions{Length: 110, Width: 500, Height: 400}, false, true},
		{"upright, turned about its vertical axis", wall.Dimensions{Length: 500, Width: 400, Height: 110}, true, true},
		{"upright and too high, though it would fit lying", wall.Dimensions{Length: 100, Width: 100, Height: 300},
			true, false},
		{"the same lying", wall.Dimensions{Length: 100, Width: 100, Height: 300}, false, true},
		{"small enough in volume, too long on one side", wall.Dimensions{Length: 600, Width: 10, Height: 10},
			false, false},
	} {
		if got := space.Fits(c.d, c.upright); got != c.fits {
			t.Errorf("%s: fits %t, want %t", c.name, got, c.fits)
		}
	}
}

func TestChooseTakesTheSmallestThenTheLeastWorn(t *testing.T) {
	with := func(c wall.Compartment, change func(*wall.Compartment)) wall.Compartment { change(&c); return c }
	small, mid, large := box("1", 400, 110, 500), box("2", 400, 190, 500), box("3", 400, 390, 500)
	need := &wall.Dimensions{Length: 300, Width: 200, Height: 100}
	for _, c := range []struct {
		name string
		all  []wall.Compartment
		wish wall.Wish
		want string // empty: none
	}{
		{"the smallest that fits", []wall.Compartment{large, mid, small}, wall.Wish{Dimensions: need}, "1"},
		{"dimensions unknown: the smallest there is", []wall.Compartment{large, mid, small}, wall.Wish{}, "1"},
		{"only a large one fits", []wall.Compartment{small, mid, large},
			wall.Wish{Dimensions: &wall.Dimensions{Length: 300, Width: 300, Height: 300}}, "3"},
		{"nothing fits", []wall.Compartment{small, mid},
			wall.Wish{Dimensions: &wall.Dimensions{Length: 300, Width: 300, Height: 300}}, ""},
		{"the less worn of two equals", []wall.Compartment{with(small, func(c *wall.Compartment) { c.Openings = 9 }),
			with(small, func(c *wall.Compartment) { c.Number = "9"; c.Openings = 8 })}, wall.Wish{}, "9"},
		{"accessible only when asked for",
			[]wall.Compartment{with(small, func(c *wall.Compartment) { c.Accessible = true }),
				with(small, func(c *wall.Compartment) { c.Number = "9" })}, wall.Wish{}, "9"},
		{"accessible when asked for, even if larger",
			[]wall.Compartment{small, with(large, func(c *wall.Compartment) { c.Accessible = true })},
			wall.Wish{Accessible: true}, "3"},
		{"no accessible one", []wall.Compartment{small, large}, wall.Wish{Accessible: true}, ""},
		{"larger than the one that was too small", []wall.Compartment{small, mid},
			wall.Wish{Above: small.Inner.Volume()}, "2"},
		{"rather a larger one than one whose sensor sees something",
			[]wall.Compartment{with(small, func(c *wall.Compartment) { c.Presence = door.Present }), mid},
			wall.Wish{}, "2"},
		{"one whose sensor sees something rather than none",
			[]wall.Compartment{with(small, func(c *wall.Compartment) { c.Presence = door.Present })}, wall.Wish{}, "1"},
		{"not one tried already", []wall.Compartment{small, mid}, wall.Wish{Except: []string{"1"}}, "2"},
		{"not an open door", []wall.Compartment{with(small, func(c *wall.Compartment) { c.Door = door.Open })},
			wall.Wish{}, ""},
		{"not an unknown door", []wall.Compartment{with(small, func(c *wall.Compartment) { c.Door = door.Unknown })},
			wall.Wish{}, ""},
		{"not a jammed lock", []wall.Compartment{with(small, func(c *wall.Compartment) { c.Lock = wall.LockJammed })},
			wall.Wish{}, ""},
		{"not one in quarantine",
			[]wall.Compartment{with(small, func(c *wall.Compartment) { c.Allocation = wall.Quarantine })},
			wall.Wish{}, ""},
		{"not one with something inside",
			[]wall.Compartment{with(small, func(c *wall.Compartment) { c.Contents = wall.ContentsPresent })},
			wall.Wish{}, ""},
		{"not one whose bank has a forced door",
			[]wall.Compartment{with(small, func(c *wall.Compartment) { c.BankAlarm = true })}, wall.Wish{}, ""},
	} {
		got, ok := wall.Choose(c.all, c.wish)
		if ok != (c.want != "") || got.Number != c.want {
			t.Errorf("%s: %q (%t), want %q", c.name, got.Number, ok, c.want)
		}
	}
}

func TestWhatIsChosenAlwaysFitsAndNothingSmallerWould(t *testing.T) {
	side := rapid.IntRange(1, 60)
	rapid.Check(t, func(t *rapid.T) {
		var all []wall.Compartment
		for i := range rapid.IntRange(1, 8).Draw(t, "doors") {
			c := box(string(rune('a'+i)), side.Draw(t, "w"), side.Draw(t, "h"), side.Draw(t, "d"))
			c.Accessible = rapid.Bool().Draw(t, "accessible")
			all = append(all, c)
		}
		w := wall.Wish{
			Dimensions: &wall.Dimensions{
				Length: side.Draw(t, "l"), Width: side.Draw(t, "w"), Height: side.Draw(t, "h"),
			}, KeepUpright: rapid.Bool().Draw(t, "upright"), Accessible: rapid.Bool().Draw(t, "asked"),
		}
		got, ok := wall.Choose(all, w)
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
