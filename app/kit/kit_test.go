package kit_test

import (
	"fmt"
	"image"
	"math"
	"strings"
	"testing"

	"cubby/app/kit"
	"cubby/assets"
	"cubby/locker/view"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

var panel = kit.NewLook(fyne.NewSize(1080, 1920))

func dressed(t *testing.T) {
	t.Helper()
	if err := kit.Dress(test.NewTempApp(t)); err != nil {
		t.Fatal(err)
	}
}

func TestEveryPairOfTextAndGroundCanBeRead(t *testing.T) {
	for _, p := range kit.Pairs {
		if c := kit.Contrast(p.Text, p.Ground); c < 4.5 {
			t.Errorf("%s has a contrast of %.2f, 4.5 is the least", p.Name, c)
		}
	}
	for _, edge := range []struct {
		name string
		c    float64
	}{
		{"an edge on paper", kit.Contrast(kit.Stone, kit.Paper)},
		{"an edge on a card", kit.Contrast(kit.Stone, kit.Card)},
	} {
		if edge.c < 3 {
			t.Errorf("%s has a contrast of %.2f, 3 is the least for the edge of a control", edge.name, edge.c)
		}
	}
}

func TestContrastIsTheRatioOfTheStandard(t *testing.T) {
	black, white := kit.Ink, kit.Card
	black.R, black.G, black.B = 0, 0, 0
	if got := kit.Contrast(black, white); math.Abs(got-21) > 0.01 {
		t.Errorf("black on white is %.2f, want 21", got)
	}
	if got := kit.Contrast(white, white); got != 1 {
		t.Errorf("white on white is %.2f, want 1", got)
	}
}

func TestMainActionsAreLargerThanOtherTargetsOnEveryPanel(t *testing.T) {
	for _, size := range []fyne.Size{
		fyne.NewSize(1080, 1920), fyne.NewSize(1280, 800), fyne.NewSize(1920, 1080), fyne.NewSize(800, 600),
		fyne.NewSize(2160, 3840),
	} {
		l := kit.NewLook(size)
		if l.Target(1) < kit.MinTarget || l.Main(1) < kit.MainTarget {
			t.Errorf("at %v a target may be %.0f and a main one %.0f pixels", size, l.Target(1), l.Main(1))
		}
		if l.Portrait != (size.Height >= size.Width) {
			t.Errorf("%v is taken for the other shape", size)
		}
	}
}

// The events are those the toolkit sends for a press at one place and a lift at
// another: the release comes here only when the button is under the finger then
// or the finger has dragged.
func TestAButtonActsWhenTheFingerIsLiftedInsideOrJustBeside(t *testing.T) {
	dressed(t)
	at := func(x, y float32) *desktop.MouseEvent {
		return &desktop.MouseEvent{
			PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, y)},
			Button:     desktop.MouseButtonPrimary,
		}
	}
	drag := func(x, y float32) *fyne.DragEvent {
		return &fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, y)}}
	}
	for name, c := range map[string]struct {
		do    func(b *kit.TouchButton)
		taps  int
		quiet bool
	}{
		"a press and a lift at one place": {do: func(b *kit.TouchButton) {
			b.MouseDown(at(50, 50))
			b.MouseUp(at(50, 50))
		}, taps: 1},
		"a finger that rolls ten pixels inside": {do: func(b *kit.TouchButton) {
			b.MouseDown(at(50, 50))
			b.Dragged(drag(60, 50))
			b.MouseUp(at(60, 50))
			b.DragEnd()
		}, taps: 1},
		"a finger lifted just outside, over nothing": {do: func(b *kit.TouchButton) {
			b.MouseDown(at(195, 50))
			b.Dragged(drag(210, 50))
			b.DragEnd()
		}, taps: 1},
		"a finger lifted far outside": {do: func(b *kit.TouchButton) {
			b.MouseDown(at(195, 50))
			b.Dragged(drag(260, 50))
			b.DragEnd()
		}, taps: 0},
		"a lift without a press": {do: func(b *kit.TouchButton) {
			b.MouseUp(at(50, 50))
		}, taps: 0},
		"a finger that left without a drag": {do: func(b *kit.TouchButton) {
			b.MouseDown(at(50, 50))
			b.MouseOut()
			b.MouseUp(at(50, 50))
		}, taps: 0},
		"another finger after one that left": {do: func(b *kit.TouchButton) {
			b.MouseDown(at(5, 5))
			b.MouseOut()
			b.MouseDown(at(9, 9))
			b.MouseUp(at(9, 9))
		}, taps: 1},
		"a hovering pointer": {do: func(b *kit.TouchButton) {
			b.MouseIn(at(5, 5))
			b.MouseMoved(at(6, 6))
			b.MouseOut()
		}, taps: 0},
		"the other button of a mouse": {do: func(b *kit.TouchButton) {
			e := at(50, 50)
			e.Button = desktop.MouseButtonSecondary
			b.MouseDown(e)
			b.MouseUp(e)
		}, taps: 0},
		"a disabled button": {do: func(b *kit.TouchButton) {
			b.Enable(false)
			b.MouseDown(at(50, 50))
			b.MouseUp(at(50, 50))
		}, taps: 0},
		"a button disabled under a finger": {do: func(b *kit.TouchButton) {
			b.MouseDown(at(50, 50))
			b.Enable(false)
			b.MouseUp(at(50, 50))
		}, taps: 0},
		"a button enabled again": {do: func(b *kit.TouchButton) {
			b.Enable(false)
			b.Enable(true)
			b.MouseDown(at(50, 50))
			b.MouseUp(at(50, 50))
		}, taps: 1},
	} {
		t.Run(name, func(t *testing.T) {
			taps := 0
			b := kit.NewButton(panel, kit.Primary, "tick", "OK", func() { taps++ })
			b.Resize(fyne.NewSize(200, 100))
			c.do(b)
			if taps != c.taps {
				t.Errorf("the button acted %d times, want %d", taps, c.taps)
			}
		})
	}
}

func TestAButtonTakesNoFocusAndNoDoubleTap(t *testing.T) {
	dressed(t)
	var o fyne.CanvasObject = kit.NewButton(panel, kit.Key, "", "1", nil)
	if _, ok := o.(fyne.Focusable); ok {
		t.Error("a button that takes the focus steals it from others")
	}
	if _, ok := o.(fyne.DoubleTappable); ok {
		t.Error("a button that knows double taps delays single ones by 300 ms")
	}
}

func TestParagraphsBreakWhereTheirScriptAllows(t *testing.T) {
	dressed(t)
	for name, c := range map[string]struct {
		words string
		width float32
		want  string
	}{
		"a short line stays whole": {"Take your parcel", 900, "Take your parcel"},
		"words are not cut":        {"Take your parcel", 120, "Take|your|parcel"},
		"lines are even": {
			"Hold your code in front of the scanner", 600, "Hold your code in|front of the scanner",
		},
		"Chinese breaks between characters":            {"请取出包裹然后关好柜门", 240, "请取出包裹然|后关好柜门"},
		"a full stop does not begin a line":            {"请取出包裹。", 200, "请取出|包裹。"},
		"an opening quotation mark does not end one":   {"听到“咔嗒”一声", 130, "听到|“咔|嗒”|一声"},
		"a new line in the sentence begins a new line": {"one\ntwo", 900, "one|two"},
		"a word that is too wide stands alone":         {"a Donaudampfschifffahrt b", 100, "a|Donaudampfschifffahrt|b"},
	} {
		t.Run(name, func(t *testing.T) {
			text := kit.NewText(c.words, 40, false, kit.Ink)
			text.Resize(fyne.NewSize(c.width, text.HeightFor(c.width)))
			var got []string
			for _, o := range test.TempWidgetRenderer(t, text).Objects() {
				got = append(got, o.(*canvas.Text).Text)
			}
			if strings.Join(got, "|") != c.want {
				t.Errorf("lines %q, want %q", strings.Join(got, "|"), c.want)
			}
		})
	}
}

func TestDigitsAreTypedTakenBackAndGrouped(t *testing.T) {
	d := kit.NewDigits(8)
	changes := 0
	d.OnChange(func() { changes++ })
	d.Back()
	d.Clear()
	if changes != 0 {
		t.Errorf("an empty entry changed %d times", changes)
	}
	for _, k := range "4821390755" {
		d.Add(byte(k))
	}
	if d.String() != "48213907" || changes != 8 {
		t.Errorf("typed %q with %d changes", d.String(), changes)
	}
	d.Back()
	if d.String() != "4821390" {
		t.Errorf("after backspace %q", d.String())
	}
	for digits, want := range map[string]string{
		"": "", "482": "482", "4821": "4821", "48213907": "4821 3907", "482139": "482 139", "48213": "4821 3",
	} {
		if got := kit.Grouped(digits); got != want {
			t.Errorf("%q is shown as %q, want %q", digits, got, want)
		}
	}
}

func TestARingPaintsOnlyWhenItsSecondChanges(t *testing.T) {
	dressed(t)
	r := kit.NewRing(120, 20)
	for i, c := range []struct {
		left    int
		painted bool
	}{{20, false}, {19, true}, {19, false}, {0, true}, {-4, false}} {
		if got := r.Set(c.left); got != c.painted {
			t.Errorf("step %d: Set(%d) painted: %v, want %v", i, c.left, got, c.painted)
		}
	}
}

// pixel colours of a drawn object.
func paint(o fyne.CanvasObject, size fyne.Size) image.Image {
	c := software.NewCanvas()
	c.SetPadded(false)
	c.SetContent(o)
	c.Resize(size)
	return c.Capture()
}

func count(img image.Image, match func(r, g, b uint32) bool) int {
	n := 0
	for y := img.Bounds().Min.Y; y < img.Bounds().Max.Y; y++ {
		for x := img.Bounds().Min.X; x < img.Bounds().Max.X; x++ {
			r, g, b, _ := img.At(x, y).RGBA()
			if match(r>>8, g>>8, b>>8) {
				n++
			}
		}
	}
	return n
}

func accent(r, g, b uint32) bool {
	return r == uint32(kit.Accent.R) && g == uint32(kit.Accent.G) && b == uint32(kit.Accent.B)
}

// bigWall has 512 doors of equal size in 64 columns.
func bigWall() view.Wall {
	w := view.Wall{WidthMM: 64 * 450, HeightMM: 8 * 240}
	for i := range 512 {
		w.Doors = append(
			w.Doors,
			view.Door{
				Number:   fmt.Sprint(i + 1),
				Column:   i / 8,
				TopMM:    i % 8 * 240,
				HeightMM: 240,
				WidthMM:  450,
				LeftMM:   i / 8 * 450,
			},
		)
	}
	return w
}

func TestTheMarkedDoorIsSeenOnAnyWall(t *testing.T) {
	dressed(t)
	small := view.Wall{WidthMM: 900, HeightMM: 1000, Doors: []view.Door{
		{Number: "1", WidthMM: 450, HeightMM: 500}, {Number: "2", LeftMM: 450, WidthMM: 450, HeightMM: 1000},
	}}
	for name, c := range map[string]struct {
		wall  view.Wall
		door  string
		least int // pixels of the accent colour
	}{
		"a small wall":                   {small, "1", 20000},
		"a wall of 512 doors":            {bigWall(), "300", 1200},
		"the first of 512 doors":         {bigWall(), "1", 1200},
		"the last of 512 doors":          {bigWall(), "512", 1200},
		"a door that is not on the wall": {small, "77", 0},
	} {
		t.Run(name, func(t *testing.T) {
			img := paint(
				kit.NewWall(panel, c.wall, c.door, kit.Accent, "You are here"),
				fyne.NewSize(960, 600),
			)
			got := count(img, accent)
			if got < c.least || c.least == 0 && got > 0 {
				t.Errorf("%d pixels show the door, want %d or more", got, c.least)
			}
		})
	}
	if h := kit.HeightFor(kit.NewWall(panel, view.Wall{}, "1", kit.Accent, ""), 900); h != 0 {
		t.Errorf("a station without a wall needs %.0f pixels", h)
	}
}

func TestAWallIsDrawnToScale(t *testing.T) {
	dressed(t)
	wall := view.Wall{
		WidthMM:  1000,
		HeightMM: 1000,
		Doors:    []view.Door{{Number: "1", LeftMM: 500, TopMM: 500, WidthMM: 500, HeightMM: 250}},
	}
	img := paint(kit.NewWall(panel, wall, "1", kit.Accent, ""), fyne.NewSize(416, 416))
	minX, minY, maxX, maxY := 999, 999, 0, 0
	for y := range 416 {
		for x := range 416 {
			if r, g, b, _ := img.At(x, y).RGBA(); accent(r>>8, g>>8, b>>8) {
				minX, minY, maxX, maxY = min(minX, x), min(minY, y), max(maxX, x), max(maxY, y)
			}
		}
	}
	// 400 pixels for a metre, an outline of 4 pixels and a margin of 8.
	for name, c := range map[string][2]int{
		"left": {minX, 212}, "top": {minY, 212}, "right": {maxX, 404}, "bottom": {maxY, 304},
	} {
		if c[0] < c[1]-5 || c[0] > c[1]+5 {
			t.Errorf("the door's %s edge is at %d, want about %d", name, c[0], c[1])
		}
	}
}

func TestAQRCodeCanBeScannedFromTheScreen(t *testing.T) {
	dressed(t)
	const code = "C1K7Q2M4ZPXA63RWT5NE9HVD8JBS"
	qr, err := kit.NewQR(code, 400)
	if err != nil {
		t.Fatal(err)
	}
	bitmap, err := gozxing.NewBinaryBitmapFromImage(paint(qr, fyne.NewSize(480, 480)))
	if err != nil {
		t.Fatal(err)
	}
	got, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
	if err != nil {
		t.Fatalf("the code on the screen cannot be read: %v", err)
	}
	if got.GetText() != code {
		t.Errorf("the code says %q, want %q", got.GetText(), code)
	}
	if _, err := kit.NewQR(strings.Repeat("x", 5000), 400); err == nil {
		t.Error("5000 letters fitted in a QR code")
	}
}

func TestEveryDrawingCanBeDrawn(t *testing.T) {
	dressed(t)
	for _, name := range assets.Icons() {
		img := paint(kit.Icon(name, kit.Accent), fyne.NewSize(96, 96))
		if count(img, accent) < 60 {
			t.Errorf("%s draws next to nothing in the colour it was given", name)
		}
	}
}
