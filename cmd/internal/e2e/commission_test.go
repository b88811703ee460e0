package e2e

import (
	"image"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cubby/app/kit"
	"cubby/app/pages"
	"cubby/locker/view"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"
)

// asked waits until the window asks what belongs to a step of commissioning.
func (w *window) asked(step string) view.View {
	w.t.Helper()
	v := w.until("the screen asks "+step, func(v view.View) bool {
		return v.Commission != nil && v.Commission.Step == step
	})
	w.shows("commission "+step, v, "")
	return v
}

// answer presses the button of an answer and waits for what comes of it.
func (w *window) answer(text string) {
	w.t.Helper()
	before, _ := w.now()
	w.press(view.ActAnswer, text)
	w.changes(before)
}

// typed enters a number on the pad and gives it as the answer.
func (w *window) typed(digits string) {
	w.t.Helper()
	v, _ := w.now()
	w.typeOn(v, "commission "+v.Commission.Step+" with a number", digits)
	w.pressOn(digits, view.ActAnswer, "")
	w.changes(v)
}

// seek touches the wall where a door's column is, and then the door.
func (w *window) seek(number string) {
	w.t.Helper()
	v, _ := w.now()
	near, at := w.way(v, kit.NewPicks(nil), number)
	if near != nil {
		w.touchUntil("the column from near", at, w.on.drawn(w.t, v, "").picture)
		w.shows("the column from near", v, "", func(s *pages.Sheet) {
			picks := *near
			s.Picks = &picks
		})
		_, at = w.way(v, near, number)
	}
	before, _ := w.now()
	w.touchOn(before, at)
}

// way is where the page of a view, looked at in some way, has to be touched for
// a door; the picks are what it leads to when it is not the door itself.
func (w *window) way(v view.View, picks *kit.Picks, number string) (*kit.Picks, image.Point) {
	w.t.Helper()
	defer draws(w.t)()
	b, err := book()
	if err != nil {
		w.t.Fatal(err)
	}
	size := fyne.NewSize(panelWidth, panelHeight)
	sent := ""
	page := func(picks *kit.Picks, visit func(*kit.TouchButton, image.Point)) {
		o := pages.Build(pages.Sheet{
			Set: allPages(w.t), View: v, Look: kit.NewLook(size), Words: b.For(v.Language), Names: b.Name,
			Digits: kit.NewDigits(v.PINDigits()), Picks: picks,
			Do: func(_ view.ActionName, value string) { sent = value },
		}).Object
		c := software.NewCanvas()
		c.SetPadded(false)
		c.SetContent(o)
		c.Resize(size)
		buttons(w.t, o, fyne.Position{}, visit)
	}
	var leads *kit.Picks
	var found image.Point
	page(picks, func(b *kit.TouchButton, at image.Point) {
		if b.Kind() != kit.Area && b.Label() != number {
			return
		}
		was := *picks
		sent = ""
		b.Tap()
		next := *picks
		*picks = was
		if sent == number {
			leads, found = nil, at
			return
		}
		if next.Near() == was.Near() || found != (image.Point{}) {
			return
		}
		page(&next, func(b *kit.TouchButton, _ image.Point) {
			if b.Label() == number {
				leads, found = &next, at
			}
		})
	})
	if found == (image.Point{}) {
		w.t.Fatalf("there is no way to door %s on the page %s", number, describe(v))
	}
	return leads, found
}

// A technician has let the touchscreen ask, with a parcel inside, and answers
// with fingers: the doors that open are those of a real core and real lines.
func TestATechnicianPutsTheWallIntoOperationAtTheTouchscreen(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	s.courier = s.newCourier("Ada")
	s.announce("p-1")
	s.scan(s.courier.badge)
	s.step(view.StepCourierReady)
	s.scan("P-1")
	kept := s.step(view.StepCourierOpen).Door()
	s.put(kept)
	s.stored("p-1")
	s.leave()
	already := len(s.unlocks())
	w := s.openWindow("commission")
	w.page(view.StepIdle)

	s.ctl("", "commission", "--screen")
	w.asked("begin")
	w.press(view.ActLanguage, "zh-Hans")
	v := s.until("the language changes", func(v view.View) bool { return v.Language == "zh-Hans" })
	w.shows("commission begin in Chinese", v, "")
	w.press(view.ActLanguage, "en")
	s.until("the language changes back", func(v view.View) bool { return v.Language == "en" })
	w.answer("ok")
	if v := w.asked("inside"); v.Door() != kept {
		t.Errorf("it asks for door %q, the parcel is behind %q", v.Door(), kept)
	}
	w.answer("ok")
	w.asked("lines")
	w.answer("ok")
	w.asked("close")
	w.answer("ok")
	v = w.asked("pulse")
	w.answer(v.Commission.Choices[0].Answer)
	w.asked("moved")
	open := s.openDoors()
	if len(open) != 1 || open[0] == kept {
		t.Fatalf("doors %v stand open", open)
	}
	w.seek(open[0])
	w.asked("hand")
	s.sim("put", open[0])
	w.answer("ok")
	w.asked("shut")
	s.sim("take", open[0])
	s.sim("door", open[0], "close")
	w.answer("ok")
	for v = w.until("the next board or the wall",
		asksOneOf("close", "wall")); v.Commission.Step == "close"; v = w.until("the next board or the wall",
		asksOneOf("close", "wall")) {
		w.asked("close")
		w.answer("skip")
	}
	w.asked("wall")
	w.answer("draw")
	w.asked("draw")
	w.answer("column +")
	w.asked("draw")
	w.answer("door +")
	w.asked("draw")
	w.answer("size new")
	w.asked("size")
	w.typed("350")
	w.until("it asks for the height", func(v view.View) bool {
		return v.Commission != nil && v.Commission.Ask.ID == "size.height"
	})
	w.asked("size")
	w.answer("back")
	w.asked("draw")
	w.answer("back")
	w.asked("wall")
	w.answer("keep")
	v = w.asked("walk")
	next := v.Door()
	w.answer("open")
	v = w.until("it asks whether the door opened", func(v view.View) bool {
		return v.Commission != nil && v.Commission.Free == "door"
	})
	w.shows("commission walked", v, "")
	if now := s.openDoors(); len(now) != 1 || now[0] != next {
		t.Fatalf("doors %v stand open, want only %s", now, next)
	}
	w.answer("yes")
	s.sim("door", next, "close")
	w.asked("walk")

	w.press(view.ActFinish, "")
	w.asked("leave")
	w.press(view.ActBack, "")
	w.asked("walk")
	w.answer("enough")
	w.asked("write")
	w.answer("write")
	w.asked("done")
	w.press(view.ActFinish, "")
	v = s.until("the station serves again", func(v view.View) bool {
		return v.Step == view.StepIdle && len(v.Notices) == 0
	})
	w.shows("idle again", v, "")

	if all := s.unlocks()[already:]; len(all) != 2 || all[0] != open[0] || all[1] != next {
		t.Errorf("the locks of %v were driven, want %s and %s", all, open[0], next)
	}
	if old, err := filepath.Glob(s.config + ".*.old"); len(old) != 1 {
		t.Errorf("the old file: %v, %v", old, err)
	}
	if text, err := os.ReadFile(s.config); err != nil || !strings.Contains(string(text), "[[bus.board]]") {
		t.Errorf("the new file: %v", err)
	}
	w.close()
}

func asksOneOf(steps ...string) func(view.View) bool {
	return func(v view.View) bool {
		for _, step := range steps {
			if v.Commission != nil && v.Commission.Step == step {
				return true
			}
		}
		return false
	}
}
