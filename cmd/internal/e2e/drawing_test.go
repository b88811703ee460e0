package e2e

import (
	"image"
	"image/draw"
	"sync"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"cubby/app/kit"
	"cubby/app/pages"
	"cubby/app/rooms"
	"cubby/app/words"
	"cubby/locker/view"
)

// A drawing is the page that a view should give on the panel, drawn without the
// program under test, and where on it things can be touched.
type drawing struct {
	picture *image.RGBA
	actions map[view.Action]image.Point // by name and value; the visit is left out
	keys    map[byte]image.Point        // of the PIN pad
	clear   image.Point                 // its key that takes all digits away
	// of all that can be touched, as one reads; without one for what sends nothing
	order []view.Action
	first int // in that order, the first below the header
}

// book holds the sentences of all languages; the toolkit's test driver measures
// and draws text with the theme of the touchscreen.
var book = sync.OnceValues(func() (*words.Book, error) {
	if err := kit.Dress(test.NewApp()); err != nil {
		return nil, err
	}
	return words.Open()
})

// pen is held by whoever draws: the toolkit's test driver serves one at a time.
var pen sync.Mutex

// draws takes the pen until the function that it returns is called. What the
// toolkit's helpers leave to the end of the test is done with the pen in hand.
func draws(t *testing.T) (done func()) {
	pen.Lock()
	t.Cleanup(pen.Unlock)
	return func() {
		t.Cleanup(pen.Lock)
		pen.Unlock()
	}
}

// drawn draws the page of a view on which some digits have been typed, with what
// else has been done to it that only the window knows.
func (on *virtual) drawn(t *testing.T, v view.View, typed string, done ...func(*pages.Sheet)) drawing {
	t.Helper()
	defer draws(t)()
	b, err := book()
	if err != nil {
		t.Fatal(err)
	}
	size := fyne.NewSize(float32(on.width), float32(on.height))
	c := software.NewCanvas()
	c.SetPadded(false)
	// The toolkit looks at the clock only here. Without this, a page made more than
	// a minute after the last picture is forgotten while its own is taken.
	c.Capture()
	digits := kit.NewDigits(v.PINDigits())
	for _, d := range typed {
		digits.Add(byte(d))
	}
	var sent []view.Action
	sheet := pages.Sheet{
		Set: allPages(t), View: v, Look: kit.NewLook(size), Words: b.For(v.Language), Names: b.Name,
		Digits: digits,
		Do: func(name view.ActionName, value string) {
			sent = append(sent,
				view.Action{Name: name, Value: value})
		},
	}
	for _, do := range done {
		do(&sheet)
	}
	page := pages.Build(sheet)
	c.SetContent(page.Object)
	if v.Heard != "" {
		c.SetContent(container.NewStack(page.Object, pages.NewHeard(sheet)))
	}
	c.Resize(size)
	d := drawing{
		picture: image.NewRGBA(image.Rect(0, 0, on.width, on.height)), actions: map[view.Action]image.Point{},
		keys: map[byte]image.Point{},
	}
	draw.Draw(d.picture, d.picture.Bounds(), c.Capture(), image.Point{}, draw.Src)
	header := pages.HeaderHeight(sheet)
	buttons(t, page.Object, fyne.Position{}, func(b *kit.TouchButton, middle image.Point) {
		digits.Clear()
		sent = nil
		if !b.Disabled() {
			if float32(middle.Y) < header {
				d.first++
			}
			defer func() {
				a := view.Action{}
				if len(sent) == 1 {
					a = sent[0]
				}
				d.order = append(d.order, a)
			}()
		}
		if label := b.Label(); b.Kind() == kit.Key && len(label) == 1 {
			d.keys[label[0]] = middle
			return
		}
		if b.Drawing() == "clear" && b.Kind() == kit.Key {
			d.clear = middle
			return
		}
		b.Enable(true) // where it is does not depend on whether it can be touched yet
		b.Tap()
		if len(sent) == 1 {
			if sent[0].Name == view.ActPIN {
				sent[0].Value = ""
			}
			d.actions[sent[0]] = middle
		}
	})
	return d
}

// buttons visits every button with the middle of its place on the page.
func buttons(t *testing.T, o fyne.CanvasObject, at fyne.Position, visit func(*kit.TouchButton, image.Point)) {
	t.Helper()
	if !o.Visible() {
		return
	}
	at = at.Add(o.Position())
	switch o := o.(type) {
	case *kit.TouchButton:
		visit(o, image.Pt(int(at.X+o.Size().Width/2), int(at.Y+o.Size().Height/2)))
	case *fyne.Container:
		for _, child := range o.Objects {
			buttons(t, child, at, visit)
		}
	case fyne.Widget:
		for _, child := range test.TempWidgetRenderer(t, o).Objects() {
			buttons(t, child, at, visit)
		}
	}
}

// tile is the edge in pixels of the squares in which pictures are compared: two
// ways of smoothing the edges of letters differ in their pixels and agree in
// the mean of a square.
const tile = 12

// apart is how much two pictures differ at most in the mean colour of a square,
// 0 to 255, leaving out the few squares that differ most.
func apart(a, b *image.RGBA) (most int) {
	var worst [256]int
	tiles, size := 0, a.Bounds()
	for y := 0; y+tile <= size.Dy(); y += tile {
		for x := 0; x+tile <= size.Dx(); x += tile {
			worst[difference(a, b, x, y)]++
			tiles++
		}
	}
	leave := tiles / 1200
	left := 0
	for most = 255; most > 0; most-- {
		if left += worst[most]; left > leave {
			return most
		}
	}
	return 0
}

// difference compares the mean colours of a square.
func difference(a, b *image.RGBA, x, y int) int {
	var sum [3]int
	for dy := range tile {
		i := a.PixOffset(x, y+dy)
		for n := 0; n < 4*tile; n += 4 {
			for c := range sum {
				sum[c] += int(a.Pix[i+n+c]) - int(b.Pix[i+n+c])
			}
		}
	}
	most := 0
	for _, s := range sum {
		most = max(most, s/(tile*tile), -s/(tile*tile))
	}
	return most
}

// allPages are the pages that the touchscreen can draw.
func allPages(t testing.TB) *pages.Set {
	t.Helper()
	set, err := rooms.All()
	if err != nil {
		t.Fatal(err)
	}
	return set
}
