package app

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"cubby/app/kit"
	"cubby/app/rooms"
	"cubby/app/words"
	"cubby/locker/view"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"
)

// bench is a screen on a canvas without a window, with a drawing goroutine of
// its own: what is handed to it waits in a queue, as in the real driver.
type bench struct {
	t      *testing.T
	screen *screen
	canvas software.WindowlessCanvas
	queue  chan func()

	mu       sync.Mutex // guards what follows
	sent     []view.Action
	hold     chan struct{} // when set, Act waits for it
	handed   int           // functions handed to the drawing goroutine
	longest  int           // most functions that waited at once
	drawings int
}

func newBench(t *testing.T) *bench {
	t.Helper()
	book, err := words.Open()
	if err != nil {
		t.Fatal(err)
	}
	set, err := rooms.All()
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, queue: make(chan func(), 10_000)}
	b.screen = newScreen(book, set, "", func(f func()) {
		b.queue <- f
		b.mu.Lock()
		defer b.mu.Unlock()
		b.handed++
		b.longest = max(b.longest, len(b.queue))
	}, func(a view.Action) error {
		b.mu.Lock()
		b.sent = append(b.sent, a)
		hold := b.hold
		b.mu.Unlock()
		if hold != nil {
			<-hold
		}
		return nil
	})
	b.canvas = software.NewCanvas()
	b.canvas.SetPadded(false)
	b.canvas.SetContent(b.screen.Surface(true))
	b.canvas.Resize(fyne.NewSize(1080, 1920))
	return b
}

// run lets everything happen that is due now.
func (b *bench) run() {
	for {
		synctest.Wait()
		select {
		case f := <-b.queue:
			f()
			b.drawings++
		default:
			return
		}
	}
}

func (b *bench) show(v view.View) {
	b.screen.Show(v)
	b.run()
}

// pass lets time go by, a tenth of a second at a time.
func (b *bench) pass(d time.Duration) {
	for ; d > 0; d -= 100 * time.Millisecond {
		time.Sleep(100 * time.Millisecond) // the bubble's clock, not the wall's
		b.run()
	}
}

func (b *bench) texts() string {
	var out []string
	b.walk(b.screen.Surface(true), func(o fyne.CanvasObject) {
		if text, ok := o.(*kit.Text); ok {
			out = append(out, text.Words())
		}
	})
	return strings.Join(out, "|")
}

func (b *bench) walk(o fyne.CanvasObject, visit func(fyne.CanvasObject)) {
	visit(o)
	switch o := o.(type) {
	case *fyne.Container:
		for _, c := range o.Objects {
			b.walk(c, visit)
		}
	case fyne.Widget:
		for _, c := range test.TempWidgetRenderer(b.t, o).Objects() {
			b.walk(c, visit)
		}
	}
}

func (b *bench) button(label string) *kit.TouchButton {
	b.t.Helper()
	var found *kit.TouchButton
	b.walk(b.screen.Surface(true), func(o fyne.CanvasObject) {
		if btn, ok := o.(*kit.TouchButton); ok && btn.Label() == label {
			found = btn
		}
	})
	if found == nil {
		b.t.Fatalf("there is no button %q on the page: %s", label, b.texts())
	}
	return found
}

func (b *bench) says(want string, yes bool) {
	b.t.Helper()
	if got := b.texts(); strings.Contains(got, want) != yes {
		b.t.Errorf("the page says %q; %q on it: want %v", got, want, yes)
	}
}

func (b *bench) sentNames() []view.ActionName {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []view.ActionName
	for _, a := range b.sent {
		out = append(out, a.Name)
	}
	return out
}

// inBubble runs a test with a clock of its own.
func inBubble(t *testing.T, f func(t *testing.T, b *bench)) {
	t.Helper()
	if err := kit.Dress(test.NewTempApp(t)); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		f(t, b)
		b.screen.Close()
		b.run()
	})
}

func enter(visit string) view.View {
	return view.View{
		Rev: 1, Station: "Harbour", Visit: visit, Step: view.StepPickupEnter, Language: "en",
		Languages: []string{"en", "zh-Hans"},
		Actions: []view.ActionName{
			view.ActPIN,
			view.ActBack,
			view.ActLanguage,
		}, Pickup: &view.Pickup{PINDigits: 8},
	}
}

func TestManyViewsAreDrawnOnce(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bench) {
		for i := range 1000 {
			v := enter("a")
			v.Rev = uint64(i + 1)
			b.screen.Show(v)
		}
		b.run()
		if b.longest > 1 {
			t.Errorf("%d functions waited for the drawing goroutine, one is enough", b.longest)
		}
		b.says("Your code or PIN", true)
	})
}

func TestTheLatestViewWins(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bench) {
		first, last := enter("a"), enter("a")
		last.Step = view.StepPickupDone
		b.screen.Show(first)
		b.screen.Show(last)
		b.run()
		b.says("Thank you", true)
	})
}

func TestNothingTypedIsLeftForTheNextPerson(t *testing.T) {
	for name, c := range map[string]struct {
		next func(v *view.View)
		kept bool
	}{
		"the same step of the same visit keeps it": {func(v *view.View) { v.Rev++; v.TimeoutInMs = 9000 }, true},
		"another language keeps it":                {func(v *view.View) { v.Language = "zh-Hans" }, true},
		"another visit clears it":                  {func(v *view.View) { v.Visit = "b" }, false},
		"another step clears it":                   {func(v *view.View) { v.Step = view.StepCourierEnter }, false},
		"the idle page clears it": {func(v *view.View) {
			v.Visit, v.Step, v.Pickup = "", view.StepIdle, nil
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, b *bench) {
				v := enter("a")
				b.show(v)
				for _, k := range "4821" {
					b.button(string(k)).Tap()
				}
				if got := b.screen.digits.String(); got != "4821" {
					t.Fatalf("typed %q", got)
				}
				c.next(&v)
				b.show(v)
				if got := b.screen.digits.String(); (got == "4821") != c.kept || !c.kept && got != "" {
					t.Errorf("%q is left", got)
				}
			})
		})
	}
}

func TestTheWarningComesInTimeAndCountsDown(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bench) {
		v := enter("a")
		v.Actions = append(v.Actions, view.ActMoreTime)
		v.TimeoutInMs, v.WarnInMs, v.Extensions = 45_000, 25_000, 10
		b.show(v)
		b.pass(24 * time.Second)
		b.says("Are you still there?", false)
		b.pass(1100 * time.Millisecond)
		b.says("Are you still there?", true)
		b.says("Your code or PIN", true) // the page stays
		before := b.drawings
		b.pass(5 * time.Second)
		if n := b.drawings - before; n < 4 || n > 6 {
			t.Errorf("in five seconds the screen was woken %d times, want once a second", n)
		}
		b.button("More time").Tap()
		b.run()
		if got := b.sentNames(); !slices.Equal(got, []view.ActionName{view.ActMoreTime}) {
			t.Fatalf("sent %v", got)
		}
		v.Rev, v.Extensions = 2, 9
		b.show(v)
		b.says("Are you still there?", false)
		b.says("Your code or PIN", true)
	})
}

func TestWithoutExtensionsThePageStaysUsableUnderTheWarning(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bench) {
		v := enter("a")
		v.TimeoutInMs, v.WarnInMs = 30_000, 10_000
		b.show(v)
		b.pass(12 * time.Second)
		b.says("This page closes in 18 s", true)
		b.button("Back").Tap()
		b.run()
		if got := b.sentNames(); !slices.Equal(got, []view.ActionName{view.ActBack}) {
			t.Errorf("sent %v", got)
		}
		b.pass(25 * time.Second)
		b.says("This page closes in 0 s", true)
		before := b.drawings
		b.pass(10 * time.Second)
		if b.drawings != before {
			t.Errorf("after the time has run out the screen still wakes")
		}
	})
}

func TestAnIdlePageNeverWakesTheScreen(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bench) {
		b.show(
			view.View{
				Step:     view.StepIdle,
				Station:  "S",
				Language: "en",
				Actions:  []view.ActionName{view.ActStartPickup},
			},
		)
		before := b.drawings
		b.pass(time.Minute)
		if b.drawings != before {
			t.Errorf("the idle page was drawn %d times in a minute", b.drawings-before)
		}
	})
}

func TestTheWaitAfterTooManyTriesCountsDown(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bench) {
		b.show(
			view.View{
				Visit:     "a",
				Step:      view.StepPickupRefused,
				Reason:    view.ReasonWait,
				RetryInMs: 61_500,
				Language:  "en",
			},
		)
		b.says("You can try again in 1:02", true)
		b.pass(3 * time.Second)
		b.says("You can try again in 0:59", true)
		b.pass(59 * time.Second)
		b.says("You can try again now.", true)
	})
}

func TestOneTouchIsSentAtATime(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bench) {
		b.show(enter("a"))
		b.hold = make(chan struct{})
		back := b.button("Back")
		back.Tap()
		back.Tap()
		b.run()
		back.Tap()
		b.run()
		if got := b.sentNames(); len(got) != 1 {
			t.Errorf("three touches sent %v while the first was on its way", got)
		}
		close(b.hold)
		b.run()
		back.Tap()
		b.run()
		if got := b.sentNames(); len(got) != 2 {
			t.Errorf("a touch after the answer was not sent: %v", got)
		}
		if b.sent[1].Visit != "a" {
			t.Errorf("sent for visit %q", b.sent[1].Visit)
		}
	})
}

func TestWithoutTheCoreTheLanguageAndTheStationStay(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bench) {
		v := enter("a")
		v.Language = "zh-Hans"
		b.show(v)
		b.show(view.View{Step: view.StepUnavailable, Reason: view.ReasonCoreMissing})
		b.says("请稍候", true)
		b.says("Harbour", true)
		v.Language, v.Rev = "en", 3
		b.show(v)
		b.says("Your code or PIN", true)
	})
}

func TestTheLanguageIsChangedWithoutTheCoreToo(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bench) {
		alone := view.View{Step: view.StepUnavailable, Reason: view.ReasonCoreMissing}
		b.show(alone) // since it was switched on
		b.says("Back in a moment", true)
		b.button("简体中文").Tap()
		b.run()
		b.says("请稍候", true)
		b.show(enter("a")) // the core's language counts again
		b.says("Your code or PIN", true)
		alone.Station, alone.Language, alone.Languages = "Harbour", "en", []string{"en", "zh-Hans"}
		b.show(alone)
		b.button("简体中文").Tap()
		b.run()
		b.says("请稍候", true)
		if sent := b.sentNames(); sent != nil {
			t.Errorf("%v was sent to nobody", sent)
		}
	})
}

func TestASecondViewOfTheSamePageDoesNotTakeItFromUnderTheFinger(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bench) {
		v := enter("a")
		b.show(v)
		before := b.button("Back")
		v.Rev, v.TimeoutInMs, v.WarnInMs = 2, 60_000, 40_000
		b.show(v)
		if b.button("Back") != before {
			t.Error("the page was drawn anew though only its time has changed")
		}
	})
}

func TestRunRefusesAConfigurationItCannotShow(t *testing.T) {
	for name, c := range map[string]struct {
		cfg  Config
		want string
	}{
		"no core":              {Config{}, "Core is missing"},
		"a scale out of range": {Config{Core: silent{}, Scale: 9}, "scale of 9"},
	} {
		t.Run(name, func(t *testing.T) {
			err := Run(context.Background(), c.cfg)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
		})
	}
}

// silent is a core with nothing to say.
type silent struct{}

func (silent) Views(context.Context) <-chan view.View { return nil }
func (silent) Act(context.Context, view.Action) error { return nil }

func TestSomebodyWhoIsTypingIsNotRushed(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bench) {
		v := enter("a")
		v.Actions = append(v.Actions, view.ActMoreTime)
		v.TimeoutInMs, v.WarnInMs, v.Extensions = 60_000, 40_000, 10
		b.show(v)
		asked := func() int {
			b.run()
			b.mu.Lock()
			defer b.mu.Unlock()
			n := 0
			for _, a := range b.sent {
				if a.Name == view.ActMoreTime {
					n++
				}
			}
			return n
		}
		b.button("4").Tap()
		if n := asked(); n != 0 {
			t.Errorf("more time was asked for at once, %d times", n)
		}
		b.pass(busyAfter + time.Second)
		b.button("8").Tap()
		if n := asked(); n != 1 {
			t.Errorf("more time was asked for %d times by a digit, want once", n)
		}
		if got := b.screen.digits.String(); got != "48" {
			t.Errorf("typed %q", got)
		}
	})
}
