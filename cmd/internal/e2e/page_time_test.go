package e2e

import (
	"image"
	"testing"

	"cubby/app/kit"
	"cubby/app/pages"
	"cubby/locker/view"

	"fyne.io/fyne/v2"
)

// A person who needs more time gets it by a touch.
func TestAPageWarnsBeforeItsTimeIsOverAndGivesMore(t *testing.T) {
	t.Parallel()
	s := newStation(t, change{"page_timeout_s = 600", "page_timeout_s = 50"}) // half a minute without the warning
	w := s.openWindow("time")
	idle := w.page(view.StepIdle)
	w.press(view.ActStartPickup, "")
	v := s.step(view.StepPickupEnter)
	plain := w.page(view.StepPickupEnter)
	eventually(t, "the window warns", func() (bool, string) {
		return apart(plain, w.on.capture(t)) > 60, "the page is as it was"
	})
	keep(t, "time-warning", w.on.capture(t))
	w.touchOn(v, w.moreTime(v))
	v = s.until("there is more time", func(n view.View) bool { return n.Extensions == v.Extensions-1 })
	w.same("the page with more time", plain, w.shows("more time", v, ""))
	w.press(view.ActBack, "")
	w.same("the idle page", idle, w.page(view.StepIdle))
	w.close()
}

// Whoever has gone is forgotten.
func TestAPageNobodyActsOnIsLeft(t *testing.T) {
	t.Parallel()
	s := newStation(t, change{"page_timeout_s = 600", "page_timeout_s = 30"})
	idle := s.step(view.StepIdle)
	s.touch(view.ActLanguage, "zh-Hans")
	s.until("the language changes", func(v view.View) bool { return v.Language == "zh-Hans" })
	s.touch(view.ActStartPickup, "")
	s.step(view.StepPickupEnter)
	if after := s.step(view.StepIdle); stranger(after) != stranger(idle) {
		t.Errorf("the idle page was\n%s\nand is now\n%s", stranger(idle), stranger(after))
	}
}

// moreTime is where the warning over a page has its button.
func (w *window) moreTime(v view.View) (at image.Point) {
	w.t.Helper()
	defer draws(w.t)()
	b, err := book()
	if err != nil {
		w.t.Fatal(err)
	}
	size := fyne.NewSize(panelWidth, panelHeight)
	asked := false
	warning := pages.NewWarning(pages.Sheet{
		View: v, Look: kit.NewLook(size), Words: b.For(v.Language), Names: b.Name, Digits: kit.NewDigits(v.PINDigits()),
		Do: func(name view.ActionName, _ string) { asked = asked || name == view.ActMoreTime },
	}, 20)
	warning.Object.Resize(size)
	buttons(w.t, warning.Object, fyne.Position{}, func(b *kit.TouchButton, middle image.Point) {
		asked = false
		if b.Tap(); asked {
			at = middle
		}
	})
	if at == (image.Point{}) {
		w.t.Fatal("the warning has no button for more time")
	}
	return at
}
