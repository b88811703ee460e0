package calendar

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"
)

const day = 24 * time.Hour

var noon = time.Date(2028, 2, 28, 12, 0, 0, 0, time.UTC) // a leap day is next

// sure is a calendar that somebody has vouched for at noon, an hour after a boot.
var sure = Calendar{At: noon, Boot: "a", Uptime: time.Hour}

func TestWhatTheCalendarMakesOfTheClocks(t *testing.T) {
	doubted := Calendar{At: noon, Boot: "a", Uptime: time.Hour, Doubted: true, Unsure: noon.Add(-time.Minute)}
	for name, c := range map[string]struct {
		before  Calendar
		boot    string
		passed  time.Duration // by the uptime, or since a boot "b"
		wall    time.Duration // since noon
		synced  bool
		at      time.Duration // since noon
		doubted bool
		unsure  bool
	}{
		"the clock goes on":  {before: sure, passed: day, wall: day, at: day},
		"over a leap day":    {before: sure, passed: 2 * day, wall: 2 * day, at: 2 * day},
		"ten minutes ahead":  {before: sure, passed: day, wall: day + Slack, at: day + Slack},
		"ten minutes behind": {before: sure, passed: day, wall: day - Slack, at: day - Slack},
		"a little more ahead": {
			before: sure, passed: day, wall: day + Slack + 1, at: day, doubted: true, unsure: true,
		},
		"a little more behind": {
			before: sure, passed: day, wall: day - Slack - 1, at: day, doubted: true, unsure: true,
		},
		"an hour for daylight saving": {
			before: sure, passed: day, wall: day + time.Hour, at: day, doubted: true, unsure: true,
		},
		"a year ahead": {
			before: sure, passed: day, wall: 366 * day, at: day, doubted: true, unsure: true,
		},
		"1970": {
			before: sure, passed: day, wall: time.Unix(0, 0).Sub(noon), at: day, doubted: true, unsure: true,
		},
		"a year ahead, and synchronised": {
			before: sure, passed: day, wall: 366 * day, synced: true, at: 366 * day,
		},
		"in doubt, and back": {before: doubted, passed: day, wall: day, at: day, unsure: true},
		"in doubt, and synchronised": {
			before: doubted, passed: day, wall: 366 * day, synced: true, at: 366 * day,
		},
		"in doubt, and still": {
			before: doubted, passed: day, wall: 366 * day, at: day, doubted: true, unsure: true,
		},
		"off for a day": {
			before: sure, boot: "b", passed: time.Minute, wall: day, at: day, unsure: true,
		},
		"off for longer": {
			before: sure, boot: "b", passed: time.Minute, wall: day + 1, at: 0, doubted: true, unsure: true,
		},
		"off, and synchronised": {
			before: sure, boot: "b", passed: time.Minute, wall: 30 * day, synced: true, at: 30 * day,
		},
		"off, and ten minutes behind": {
			before: sure, boot: "b", passed: time.Minute, wall: -Slack, at: -Slack, unsure: true,
		},
		"off, and more behind": {
			before: sure, boot: "b", passed: time.Minute, wall: -Slack - 1, at: 0, doubted: true, unsure: true,
		},
		"off in doubt: a boot proves nothing": {
			before: doubted, boot: "b", passed: time.Minute, wall: time.Hour, at: 0, doubted: true, unsure: true,
		},
		"a boot without a name of its own":  {before: sure, passed: -time.Minute, wall: day, at: day, unsure: true},
		"the first start":                   {passed: day, wall: day, at: day, unsure: true},
		"the first start, and synchronised": {passed: day, wall: day, synced: true, at: day},
		"the first start in 1970": {
			passed: day, wall: time.Unix(0, 0).Sub(noon), at: written.Sub(noon), doubted: true, unsure: true,
		},
		"the first start before it was made": {
			passed: day, wall: written.Add(-Slack - 1).Sub(noon), at: written.Sub(noon), doubted: true, unsure: true,
		},
		"the first start long after it was": {passed: day, wall: 50 * 365 * day, at: 50 * 365 * day, unsure: true},
		"a clock further away than time knows": {
			before: sure, passed: day, wall: 290 * 365 * day, at: day, doubted: true, unsure: true,
		},
	} {
		r := Reading{Wall: noon.Add(c.wall), Boot: "a", Uptime: time.Hour + c.passed, Synced: c.synced}
		if c.boot != "" {
			r.Boot, r.Uptime = c.boot, c.passed
		}
		got := c.before.Follow(r)
		if !got.At.Equal(noon.Add(c.at)) || got.Doubted != c.doubted || got.Unsure.IsZero() == c.unsure ||
			got.Boot != r.Boot || got.Uptime != r.Uptime {
			t.Errorf("%s: %+v", name, got)
		}
		if !got.Now(r).Equal(got.At) {
			t.Errorf("%s: now is %v", name, got.Now(r))
		}
		if !c.before.Unsure.IsZero() && c.unsure && !got.Unsure.Equal(c.before.Unsure) {
			t.Errorf("%s: unsure since %v and no longer since %v", name, got.Unsure, c.before.Unsure)
		}
	}
}

func TestACalendarIsWrittenDownWhenItHasNews(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Calendar)
		want   bool
	}{
		"the same": {func(c *Calendar) {}, false},
		"9 minutes on": {func(c *Calendar) { c.At, c.Uptime = c.At.Add(9*time.Minute), c.Uptime+9*time.Minute },
			false},
		"10 minutes on": {func(c *Calendar) { c.At, c.Uptime = c.At.Add(10*time.Minute), c.Uptime+10*time.Minute },
			true},
		"a hair's step":  {func(c *Calendar) { c.At = c.At.Add(time.Second - 1) }, false},
		"a step":         {func(c *Calendar) { c.At = c.At.Add(time.Second) }, true},
		"a step back":    {func(c *Calendar) { c.At = c.At.Add(-time.Second) }, true},
		"another boot":   {func(c *Calendar) { c.Boot = "b" }, true},
		"time runs back": {func(c *Calendar) { c.Uptime, c.At = c.Uptime-1, c.At.Add(-1) }, true},
		"a doubt":        {func(c *Calendar) { c.Doubted = true }, true},
		"unsure":         {func(c *Calendar) { c.Unsure = c.At }, true},
	} {
		next := sure
		c.change(&next)
		if got := sure.Outdated(next); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestHowTheyStandIsSaid(t *testing.T) {
	for _, c := range []struct {
		wall time.Duration
		says string
	}{
		{0, "the clock and the station's count agree"},
		{Slack, "the clock and the station's count agree"},
		{366 * day, "the clock is 366 days ahead of the station's count"},
		{-3 * time.Hour, "the clock is 3 hours behind the station's count"},
		{-90 * time.Minute, "the clock is 90 minutes behind the station's count"},
		{-(30*day - 2*time.Second), "the clock is 30 days behind the station's count"},
		{47 * time.Hour, "the clock is 47 hours ahead of the station's count"},
	} {
		now := sure.Standing(Reading{Wall: noon.Add(c.wall), Boot: "a", Uptime: time.Hour})
		if now.String() != c.says || now.Doubted != (c.wall.Abs() > Slack) ||
			now.Doubted && now.Ahead != int64(c.wall.Seconds()) {
			t.Errorf("%v: %v, %+v", c.wall, now, now)
		}
	}
}

func TestACalendarIsKeptToTheNanosecond(t *testing.T) {
	c := Calendar{At: noon.Add(1), Boot: "a", Uptime: 7, Doubted: true, Unsure: noon.Add(-1)}
	for _, c := range []Calendar{c, {}} {
		text, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		var again Calendar
		if err := json.Unmarshal(text, &again); err != nil || again != c {
			t.Errorf("%+v is kept as %s and read as %+v: %v", c, text, again, err)
		}
	}
}

// Within one boot a calendar that nobody vouches for counts real time, however
// the wall clock jumps: it strays by no more than the small steps it follows.
func TestNoJumpMovesACalendar(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, passed, wrong := sure, time.Duration(0), time.Duration(0)
		minutes := rapid.IntRange(-20, 20)
		for range rapid.IntRange(1, 40).Draw(t, "looks") {
			passed += time.Duration(rapid.IntRange(0, 5000).Draw(t, "seconds")) * time.Second
			step := time.Duration(minutes.Draw(t, "step")) * time.Minute
			if rapid.Bool().Draw(t, "jump") {
				step *= 500
			}
			wrong += step
			before := c.At.Sub(noon) - c.Uptime + time.Hour
			c = c.Follow(Reading{Wall: noon.Add(passed + wrong), Boot: "a", Uptime: time.Hour + passed})
			strays := c.At.Sub(noon.Add(passed))
			if moved := (strays - before).Abs(); moved > Slack || c.Doubted && moved != 0 {
				t.Fatalf("one look moved it by %v: %+v", moved, c)
			}
			if !c.Doubted && strays != wrong || c.Doubted && (wrong-strays).Abs() <= Slack {
				t.Fatalf("the clock is wrong by %v, the calendar by %v: %+v", wrong, strays, c)
			}
		}
		c = c.Follow(Reading{Wall: noon.Add(passed), Boot: "a", Uptime: time.Hour + passed, Synced: true})
		if c.Doubted || !c.Unsure.IsZero() || !c.At.Equal(noon.Add(passed)) {
			t.Fatalf("synchronised: %+v", c)
		}
	})
}
