package app

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func TestAClockThatJumpsIsNoticed(t *testing.T) {
	for _, c := range []struct {
		name  string
		jump  time.Duration // of the wall clock, after 10.5 s
		calls []int         // seconds after the start
	}{
		{"an ordinary day", 0, nil},
		{"set by less than the toolkit minds", 3 * time.Second, nil},
		{"set forward by a minute and a half", 90 * time.Second, []int{11, 12}},
		{"a panel without a battery learns the year", 56 * 365 * 24 * time.Hour, []int{11, 12}},
		{"set back", -time.Hour, []int{11, 12}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				now := func() time.Time {
					at := time.Now()
					if at.Sub(began) > 10500*time.Millisecond {
						at = at.Add(c.jump)
					}
					return at
				}
				ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
				defer stop()
				var calls []int
				watchClock(
					ctx,
					began,
					now,
					func() { calls = append(calls, int(time.Since(began).Seconds())) },
				)
				if !slices.Equal(calls, c.calls) {
					t.Errorf("the page was drawn anew after %v seconds, want %v", calls, c.calls)
				}
			})
		})
	}
}

func TestANewSurfaceShowsTheSamePage(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bench) {
		b.screen.Renew(b.canvas.SetContent) // before there is anything to show
		v := enter("a")
		v.TimeoutInMs, v.WarnInMs = 45_000, 25_000
		b.show(v)
		b.button("4").Tap()
		b.pass(27 * time.Second)
		before := b.texts()
		b.screen.Renew(b.canvas.SetContent)
		if after := b.texts(); after != before || b.canvas.Content() != b.screen.surface {
			t.Errorf("the page said\n%s\nand says now\n%s", before, after)
		}
		b.says("18", true) // seconds, in the warning
		if got := b.screen.digits.String(); got != "4" {
			t.Errorf("%q is left of what was typed", got)
		}
		if size := b.screen.page.Object.Size(); size != b.canvas.Size() {
			t.Errorf("the page measures %v on a panel of %v", size, b.canvas.Size())
		}
		b.pass(2 * time.Second)
		b.says("16", true)
	})
}
