package kit_test

import (
	"image/color"
	"testing"
	"testing/synctest"
	"time"

	"cubby/app/kit"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
)

func TestAGateOpensSomeTimeAfterItsPageWasSeen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var none *kit.Gate
		if !none.Open() {
			t.Error("no gate keeps fingers off")
		}
		g := kit.NewGate()
		time.Sleep(kit.Settle)
		if g.Open() {
			t.Error("it opens before its page is painted")
		}
		g.Painting()
		time.Sleep(time.Hour) // a machine that stands still in its middle
		if g.Open() {
			t.Error("it opens while its page is painted")
		}
		g.Seen()
		time.Sleep(kit.Settle - time.Millisecond)
		if g.Open() {
			t.Error("it opens too early")
		}
		g.Seen() // painted again
		time.Sleep(time.Millisecond)
		if !g.Open() {
			t.Error("it does not open")
		}
		g.Shut()
		if g.Open() {
			t.Error("it cannot be shut")
		}
	})
}

// A finger that slides off a button lets it go, and it looks so at once; back on
// it, it holds it again.
func TestAButtonLooksAsItIsHeld(t *testing.T) {
	dressed(t)
	b := kit.NewButton(panel, kit.Primary, "tick", "OK", nil)
	b.Resize(fyne.NewSize(200, 100))
	held := func() bool {
		var fill color.NRGBA
		for _, o := range test.TempWidgetRenderer(t, b).Objects() {
			fill, _ = o.(*fyne.Container).Objects[0].(*kit.Ground).Colours()
		}
		return fill == kit.AccentDeep
	}
	drag := func(x float32) *fyne.DragEvent {
		return &fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, 50)}}
	}
	press := &desktop.MouseEvent{Button: desktop.MouseButtonPrimary}
	press.Position = fyne.NewPos(50, 50)
	down := func() {
		b.MouseDown(press)
	}
	for _, step := range []struct {
		what string
		do   func()
		held bool
	}{
		{"a finger comes down", down, true},
		{"it slides a little beside it", func() { b.Dragged(drag(210)) }, true},
		{"it slides off", func() { b.Dragged(drag(400)) }, false},
		{"it comes back", func() { b.Dragged(drag(100)) }, true},
		{"it slides off again", func() { b.Dragged(drag(400)) }, false},
		{"it is lifted there", b.DragEnd, false},
		{"a finger slides over it that came down elsewhere", func() { b.Dragged(drag(100)) }, false},
		{"a finger comes down again", down, true},
		{"it leaves without a drag", b.MouseOut, false},
	} {
		if step.do(); held() != step.held {
			t.Errorf("%s: it looks held: %t", step.what, held())
		}
	}
}

// A gate that is shut takes no press; what is lifted later does nothing either.
func TestAShutGateTakesNoPress(t *testing.T) {
	dressed(t)
	look, taps := panel, 0
	look.Gate = kit.NewGate()
	b := kit.NewButton(look, kit.Primary, "tick", "OK", func() { taps++ })
	b.Resize(fyne.NewSize(200, 100))
	v := kit.NewScrim(look, kit.Dimmed, func() { taps++ })
	e := &desktop.MouseEvent{Button: desktop.MouseButtonPrimary}
	e.Position = fyne.NewPos(50, 50)
	for _, o := range []desktop.Mouseable{b, v} {
		o.MouseDown(e)
		o.MouseUp(e)
	}
	if taps != 0 {
		t.Errorf("%d touches counted", taps)
	}
	if b.Tap(); taps != 1 {
		t.Error("tactile keys have to wait")
	}
}
