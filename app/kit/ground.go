package kit

import (
	"image"
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// A Ground is an area in one colour with round corners and, if asked for, a line
// along the inside of its border. It is drawn as three pictures, of which the
// middle one is a line of pixels stretched from top to bottom: a software
// renderer needs a third of the time that the toolkit's rectangles take it.
type Ground struct {
	widget.BaseWidget
	fill, edge color.NRGBA
	line       float32 // width of the edge; 0: none
	radius     float32
	flatFoot   bool // the lower corners are square
}

// NewGround makes an area in one colour; radius is that of its corners, at most
// half of its shorter side.
func NewGround(fill color.NRGBA, radius float32) *Ground {
	g := &Ground{fill: fill, radius: radius}
	g.ExtendBaseWidget(g)
	return g
}

// Fill changes the colour. A ground that is on the screen already shows it after
// Refresh, and so it is with Edge.
func (g *Ground) Fill(c color.NRGBA) *Ground {
	g.fill = c
	return g
}

// Edge draws a line along the inside of the border; a width of 0 is none.
func (g *Ground) Edge(c color.NRGBA, width float32) *Ground {
	g.edge, g.line = c, width
	return g
}

// FlatFoot makes the lower corners square.
func (g *Ground) FlatFoot() *Ground {
	g.flatFoot = true
	return g
}

// Colours are those of the area and of its edge, which is the area's where no
// edge is drawn.
func (g *Ground) Colours() (fill, edge color.NRGBA) {
	if g.line == 0 {
		return g.fill, g.fill
	}
	return g.fill, g.edge
}

// CreateRenderer is called by the toolkit.
func (g *Ground) CreateRenderer() fyne.WidgetRenderer {
	r := &groundRenderer{g: g}
	for i := range r.bands {
		band := canvas.NewRaster(func(w, h int) image.Image { return g.draw(i, w, h) })
		band.ScaleMode = canvas.ImageScalePixels
		r.bands[i] = band
		r.objects[i] = band
	}
	return r
}

// The pictures of a ground, from top to bottom.
const (
	topBand = iota
	middleBand
	bottomBand
)

type groundRenderer struct {
	g       *Ground
	bands   [3]*canvas.Raster
	objects [3]fyne.CanvasObject
}

func (r *groundRenderer) Layout(s fyne.Size) {
	top := r.g.band(s, topBand)
	bottom := r.g.band(s, bottomBand)
	for i, at := range [3]struct{ y, h float32 }{
		{0, top}, {top, s.Height - top - bottom}, {s.Height - bottom, bottom},
	} {
		r.bands[i].Hidden = at.h <= 0
		put(r.bands[i], 0, at.y, s.Width, max(0, at.h))
	}
}

func (r *groundRenderer) MinSize() fyne.Size { return fyne.Size{} }

func (r *groundRenderer) Refresh() {
	r.Layout(r.g.Size())
	for _, b := range r.bands {
		b.Refresh()
	}
}

func (r *groundRenderer) Destroy() {}

// Objects are the pictures; none of what cannot be seen.
func (r *groundRenderer) Objects() []fyne.CanvasObject {
	if fill, edge := r.g.Colours(); fill.A == 0 && edge.A == 0 {
		return nil
	}
	return r.objects[:]
}

// corner is the radius of the corners of a band in a ground of a size.
func (g *Ground) corner(s fyne.Size, band int) float32 {
	if band == bottomBand && g.flatFoot {
		return 0
	}
	return max(0, min(g.radius, s.Width/2, s.Height/2))
}

// band is the height of the upper or lower picture, in whole pixels of the panel.
func (g *Ground) band(s fyne.Size, band int) float32 {
	h := min(max(g.corner(s, band), g.line), s.Height/2)
	return float32(math.Ceil(float64(h*density))) / density
}

// draw makes the picture of a band, w by h pixels; the middle one is one pixel
// high. A pixel on the border is covered as far as the border's distance from
// its middle says.
func (g *Ground) draw(band, w, h int) image.Image {
	s := g.Size()
	if w <= 0 || h <= 0 || s.Width <= 0 {
		return image.NewRGBA(image.Rect(0, 0, 1, 1))
	}
	if band == middleBand {
		h = 1
	}
	scale := float64(w) / float64(s.Width) // pixels of the panel to one of the page
	radius := float64(g.corner(s, band)) * scale
	line := math.Round(float64(g.line) * scale)
	_, edge := g.Colours()
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	corner := min((w+1)/2, int(math.Ceil(max(radius, line))))
	for row := range h {
		y := float64(row) + 0.5 // from the border
		switch band {
		case middleBand:
			y = math.Inf(1)
		case bottomBand:
			y = float64(h-row) - 0.5
		}
		pixels := img.Pix[row*img.Stride : (row+1)*img.Stride]
		for x := range corner {
			c := g.pixel(inside(float64(x)+0.5, y, radius), line, edge)
			set(pixels, x, c)
			set(pixels, w-1-x, c)
		}
		if corner < w-corner {
			set(pixels, corner, g.pixel(y, line, edge))
			spread(pixels[4*corner : 4*(w-corner)])
		}
	}
	return img
}

// inside is how far a point is from the border of a corner whose outermost point
// is x and y away.
func inside(x, y, radius float64) float64 {
	if x < radius && y < radius {
		return radius - math.Hypot(radius-x, radius-y)
	}
	return min(x, y)
}

// pixel is the colour, premultiplied, of a pixel whose middle is d within the border.
func (g *Ground) pixel(d, line float64, edge color.NRGBA) color.RGBA {
	covered := min(max(d+0.5, 0), 1)
	filled := min(max(d-line+0.5, 0), 1)
	mix := func(a, b, aAlpha, bAlpha uint8) uint8 {
		from, to := float64(a)*float64(aAlpha)/255, float64(b)*float64(bAlpha)/255
		return uint8(math.Round((from + (to-from)*filled) * covered))
	}
	return color.RGBA{
		mix(edge.R, g.fill.R, edge.A, g.fill.A), mix(edge.G, g.fill.G, edge.A, g.fill.A),
		mix(edge.B, g.fill.B, edge.A, g.fill.A), mix(255, 255, edge.A, g.fill.A),
	}
}

func set(pixels []byte, x int, c color.RGBA) {
	copy(pixels[4*x:], []byte{c.R, c.G, c.B, c.A})
}

// spread repeats the first pixel over all.
func spread(pixels []byte) {
	for done := 4; done < len(pixels); done *= 2 {
		copy(pixels[done:], pixels[:done])
	}
}
