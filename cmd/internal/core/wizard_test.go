package core

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"cubby/app/words"
	"cubby/hardware/commission"
	"cubby/hardware/sim"
	"cubby/locker/door/commissioning"
	"cubby/locker/view"
	"cubby/sync/client"
)

// A finger touches what the screen of a real core shows.
type finger struct {
	t     *testing.T
	c     *client.Client
	views <-chan view.View
	now   view.View
}

// until waits for a view.
func (f *finger) until(what string, is func(view.View) bool) {
	f.t.Helper()
	late := time.After(2 * time.Minute)
	for !is(f.now) {
		select {
		case f.now = <-f.views:
		case <-late:
			f.t.Fatalf("%s: not within two minutes; the screen shows %+v %+v", what, f.now.Step,
				f.now.Commission)
		}
	}
}

func (f *finger) step(step commissioning.Step) {
	f.t.Helper()
	f.until(string(step), func(v view.View) bool {
		return v.Commission != nil && v.Commission.Step == string(step)
	})
}

func (f *finger) touch(name view.ActionName, value string) {
	f.t.Helper()
	before := f.now
	if !before.Allows(name) {
		f.t.Fatalf("%s cannot be touched on %+v", name, before)
	}
	if err := f.c.Act(f.t.Context(), view.Action{Visit: before.Visit, Name: name, Value: value}); err != nil {
		f.t.Fatal(err)
	}
	if name != view.ActFinish || before.Commission.Step != "done" && before.Commission.Step != "leave" {
		f.until("a view after "+string(name)+" "+value, func(v view.View) bool { return v.Rev > before.Rev })
	}
}

// onScreen is a station with one finger before it, commissioned on the screen.
func onScreen(t *testing.T) (*finger, *sim.Site, string) {
	t.Helper()
	cfg, site := wrongly(t)
	ctx, c := t.Context(), served(t, cfg)
	f := &finger{t: t, c: c, views: c.Views(ctx)}
	f.until("the idle page", func(v view.View) bool { return v.Step == view.StepIdle })
	if f.now.Allows(view.ActAnswer) {
		t.Error("the idle page takes answers")
	}
	if _, err := c.BeginCommission(ctx, commissioning.Start{Screen: true}); err != nil {
		t.Fatal(err)
	}
	f.step(commissioning.StepBegin)
	return f, site, cfg.Path
}

func TestTheTouchscreenPutsAWallIntoOperation(t *testing.T) {
	t.Parallel()
	f, site, path := onScreen(t)
	if d, err := site.Door("1"); err != nil || d.Pulses != 0 {
		t.Errorf("before anybody has touched anything: %+v, %v", d, err)
	}
	stale := view.Action{Visit: f.now.Visit, Name: view.ActAnswer, Value: "ok"}
	f.touch(view.ActAnswer, "ok")
	f.step(commissioning.StepLines)
	if err := f.c.Act(t.Context(), stale); !isProblem(err, "other-page") {
		t.Errorf("a touch on the page before: %v", err)
	}
	f.touch(view.ActAnswer, "ok")
	f.step(commissioning.StepClose)
	f.touch(view.ActAnswer, "ok")
	f.step(commissioning.StepPulse)
	f.touch(view.ActAnswer, f.now.Commission.Choices[0].Answer)
	f.step(commissioning.StepMoved)
	if f.now.Commission.Free != "door" || len(f.now.Wall.Doors) != 2 || f.now.PINDigits() != 8 {
		t.Errorf("the door cannot be touched: %+v", f.now)
	}
	f.touch(view.ActLanguage, "zh-Hans")
	if f.now.Language != "zh-Hans" || f.now.Commission.Step != "moved" {
		t.Errorf("after another language was touched: %+v", f.now)
	}
	f.touch(view.ActAnswer, "a door")
	if r := f.now.Commission.Refused; r == nil || r.ID != "no_number" {
		t.Errorf("what is no door was taken: %+v", f.now.Commission)
	}
	f.touch(view.ActAnswer, "1")
	f.step(commissioning.StepHand)
	if f.now.Door() != "1" || f.now.Commission.Refused != nil {
		t.Errorf("the page is about %q, %+v", f.now.Door(), f.now.Commission)
	}
	f.touch(view.ActAnswer, "skip")
	if err := site.Do("1", sim.ActClose); err != nil {
		t.Fatal(err)
	}
	f.touch(view.ActAnswer, "ok")
	f.step(commissioning.StepWall)
	f.touch(view.ActAnswer, "draw")
	drawAThirdDoor(f)
	f.step(commissioning.StepWalk)
	f.touch(view.ActAnswer, "enough")
	f.step(commissioning.StepWrite)
	f.touch(view.ActAnswer, "write")
	f.step(commissioning.StepDone)
	f.touch(view.ActFinish, "")
	f.until("the idle page with the new wall", func(v view.View) bool {
		return v.Step == view.StepIdle && len(v.Wall.Doors) == 3
	})
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"invert_hook = true", `name = "S"`, "width_mm = 300", `number = "07"`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if d, err := site.Door("1"); err != nil || d.Pulses != 1 {
		t.Errorf("door 1 was driven %d times, %v", d.Pulses, err)
	}
}

// drawAThirdDoor puts a column with a smaller door beside those there are.
func drawAThirdDoor(f *finger) {
	f.t.Helper()
	for _, touched := range []string{
		"columns +", "doors -", "size new", "300", "10", "90", "400", "size -", "door +", "number new", "07",
	} {
		f.touch(view.ActAnswer, touched)
	}
	c := f.now.Commission
	if c.Columns != 2 || c.Column != 2 || c.Doors != 1 || f.now.Door() != "07" && f.now.Door() != "" ||
		len(f.now.Wall.Doors) != 3 {
		f.t.Fatalf("drawn: %+v, door %q, %+v", c, f.now.Door(), f.now.Wall)
	}
	if d := f.now.Wall.Doors[2]; d.Number != "07" || d.WidthMM != 320 || d.Column != 1 {
		f.t.Errorf("the door drawn: %+v", d)
	}
	f.touch(view.ActAnswer, "ok")
}

func TestTheTouchscreenEndsCommissioningWithTwoTouches(t *testing.T) {
	t.Parallel()
	f, site, path := onScreen(t)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f.touch(view.ActFinish, "")
	if f.now.Commission.Step != "leave" || f.now.Allows(view.ActAnswer) {
		t.Fatalf("after one touch: %+v", f.now.Commission)
	}
	f.touch(view.ActBack, "")
	f.step(commissioning.StepBegin)
	f.touch(view.ActFinish, "")
	f.touch(view.ActFinish, "")
	f.until("the idle page", func(v view.View) bool { return v.Step == view.StepIdle })
	if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
		t.Errorf("the file has changed: %v", err)
	}
	if d, err := site.Door("1"); err != nil || d.Pulses != 0 {
		t.Errorf("door 1: %+v, %v", d, err)
	}
}

func TestATerminalKeepsItsCommissioningFromTheScreen(t *testing.T) {
	t.Parallel()
	cfg, _ := wrongly(t)
	d := &fitting{
		cfg: cfg, over: make(chan struct{}), page: newPage(cfg),
		work: commission.Begin(commission.Plan{Known: commission.Known{Touch: true}}),
	}
	defer d.work.Close()
	closed := closedStation{desk: d}
	if v := closed.View(""); v.Step != view.StepUnavailable || len(v.Actions) > 0 || v.Commission != nil {
		t.Errorf("the screen shows %+v", v)
	}
	for _, name := range []view.ActionName{view.ActAnswer, view.ActFinish} {
		if err := closed.Act(t.Context(), view.Action{
			Visit: d.visit(d.work.State()), Name: name, Value: "ok",
		}); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	if s := d.work.State(); s.Step != commissioning.StepBegin {
		t.Errorf("it stands at %s", s.Step)
	}
}

func TestEverySentenceOfCommissioningCanBeSaidInEveryLanguage(t *testing.T) {
	book, err := words.Open()
	if err != nil {
		t.Fatal(err)
	}
	gap := regexp.MustCompile(`{(\w+)}`)
	for _, tag := range book.Tags() {
		for id, text := range commission.Sentences() {
			for _, n := range []string{"1", "3"} {
				data := words.Data{}
				for _, g := range gap.FindAllStringSubmatch(text, -1) {
					data[g[1]] = n
				}
				said := book.For(tag).Say("fit."+id, data)
				if said == "fit."+id || strings.Contains(said, "no value") {
					t.Errorf("%s: %s is said as %q", tag, id, said)
				}
				if tag == "zh-Hans" && strings.Contains(text, "{Why}") &&
					!strings.ContainsFunc(said, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
					t.Errorf("%s: of %s only the system's own words are left: %q", tag, id, said)
				}
			}
		}
		ids, err := book.Messages(tag)
		if err != nil {
			t.Fatal(err)
		}
		for id := range maps.Keys(commission.Sentences()) {
			if !slices.Contains(ids, "fit."+id) {
				t.Errorf("%s: fit.%s is missing", tag, id)
			}
		}
	}
}
