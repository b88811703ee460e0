package kit

import (
	"image"
	"image/color"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"
)

// shown draws a ground of 100 by 60 pixels, ten from the corner of the panel.
func shown(t *testing.T, g *Ground) (look func() image.Image) {
	t.Helper()
	app := test.NewApp()
	t.Cleanup(app.Quit)
	if err := Dress(app); err != nil {
		t.Fatal(err)
	}
	c := software.NewCanvas()
	c.SetPadded(false)
	c.SetContent(container.NewWithoutLayout(g))
	c.Resize(fyne.NewSize(120, 80))
	put(g, 10, 10, 100, 60)
	return c.Capture
}

func TestAGroundIsDrawnToThePixel(t *testing.T) {
	for name, c := range map[string]struct {
		ground *Ground
		at     map[image.Point]color.NRGBA
	}{
		"round corners": {NewGround(Accent, 20), map[image.Point]color.NRGBA{
			{10, 10}: Paper, {109, 10}: Paper, {10, 69}: Paper, {109, 69}: Paper,
			{14, 14}: Paper, {17, 17}: Accent, {102, 62}: Accent,
			{10, 40}: Accent, {109, 40}: Accent, {60, 10}: Accent, {60, 69}: Accent, {60, 40}: Accent,
			{9, 40}: Paper, {110, 40}: Paper, {60, 9}: Paper, {60, 70}: Paper}},
		"a circle at most": {NewGround(Accent, 500), map[image.Point]color.NRGBA{
			{12, 39}: Accent, {107, 40}: Accent, {60, 10}: Accent, {16, 16}: Paper, {103, 63}: Paper}},
		"square": {NewGround(Accent, 0), map[image.Point]color.NRGBA{
			{10, 10}: Accent, {109, 10}: Accent, {10, 69}: Accent, {109, 69}: Accent}},
		"an edge inside the border": {NewGround(Card, 20).Edge(Ink, 4), map[image.Point]color.NRGBA{
			{10, 10}: Paper, {10, 40}: Ink, {13, 40}: Ink, {14, 40}: Card, {109, 40}: Ink, {106, 40}: Ink,
			{105, 40}: Card,
			{60, 10}:  Ink, {60, 13}: Ink, {60, 14}: Card, {60, 69}: Ink, {60, 66}: Ink, {60, 65}: Card,
			{17, 17}: Ink, {60, 40}: Card}},
		"an edge of a square": {NewGround(Card, 0).Edge(Ink, 2), map[image.Point]color.NRGBA{
			{10, 10}: Ink, {11, 11}: Ink, {12, 12}: Card, {109, 69}: Ink, {107, 67}: Card, {60, 11}: Ink,
			{60, 12}: Card}},
		"a flat foot": {NewGround(Accent, 20).FlatFoot(), map[image.Point]color.NRGBA{
			{10, 10}: Paper, {109, 10}: Paper, {10, 69}: Accent, {109, 69}: Accent, {10, 40}: Accent}},
		"nothing": {NewGround(Clear, 20), map[image.Point]color.NRGBA{{60, 40}: Paper, {60, 12}: Paper}},
	} {
		t.Run(name, func(t *testing.T) {
			img := shown(t, c.ground)()
			for at, want := range c.at {
				if got := color.NRGBAModel.Convert(img.At(at.X, at.Y)); got != want {
					t.Errorf("%v is %v, want %v", at, got, want)
				}
			}
		})
	}
}

func TestAGroundChangesItsColours(t *testing.T) {
	g := NewGround(Clear, 20)
	look := shown(t, g)
	for _, fill := range []color.NRGBA{Accent, Clear, Card} {
		g.Fill(fill)
		g.Refresh()
		want := fill
		if fill == Clear {
			want = Paper
		}
		if got := color.NRGBAModel.Convert(look().At(60, 40)); got != want {
			t.Errorf("filled with %v it is %v", fill, got)
		}
	}
	g.Edge(Ink, 2)
	g.Refresh()
	if got := color.NRGBAModel.Convert(look().At(11, 40)); got != Ink {
		t.Errorf("the edge is %v", got)
	}
}

// What it is there for, beside the toolkit's rectangle, is seen only with a
// window: "make bench" has the CPU of a change of page.
func BenchmarkGround(b *testing.B) {
	g := NewGround(Card, 32).Edge(Stone, 2)
	g.Resize(fyne.NewSize(960, 120))
	for b.Loop() {
		g.draw(topBand, 960, 32)
		g.draw(middleBand, 960, 56)
		g.draw(bottomBand, 960, 32)
	}
}
