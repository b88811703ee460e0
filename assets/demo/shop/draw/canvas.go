package main

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	"golang.org/x/image/vector"
)

const side = 640 // pixels

// tints are the colours things have.
var tints = map[string]color.RGBA{
	"blue": {58, 108, 158, 255}, "red": {186, 74, 64, 255}, "white": {250, 249, 245, 255},
	"green": {92, 138, 92, 255}, "yellow": {222, 176, 70, 255}, "black": {58, 60, 66, 255},
	"brown": {128, 90, 62, 255}, "cream": {238, 222, 190, 255}, "orange": {224, 138, 60, 255},
}

// A canvas is 100 by 100; the origin is at the top left.
type canvas struct {
	m                 *image.RGBA
	main, dark, light color.RGBA
	behind            color.RGBA
}

var (
	paper = color.RGBA{239, 236, 228, 255}
	cool  = color.RGBA{206, 218, 222, 255} // behind what is pale
	ink   = color.RGBA{70, 66, 62, 255}
	steel = color.RGBA{176, 182, 186, 255}
	wood  = color.RGBA{176, 134, 92, 255}
)

func newCanvas(tint color.RGBA) *canvas {
	c := &canvas{
		m: image.NewRGBA(image.Rect(0, 0, side, side)), main: tint, dark: mixed(tint, ink, 0.28),
		light: mixed(tint, color.RGBA{255, 255, 255, 255}, 0.55),
	}
	behind := paper
	if tint.R > 230 && tint.G > 215 {
		behind = cool
	}
	c.behind = behind
	draw.Draw(c.m, c.m.Bounds(), image.NewUniform(behind), image.Point{}, draw.Src)
	c.oval(mixed(behind, ink, 0.12), 50, 86, 34, 5)
	return c
}

// mixed is a colour with so much of another.
func mixed(a, b color.RGBA, much float64) color.RGBA {
	mix := func(x, y uint8) uint8 { return uint8(math.Round(float64(x)*(1-much) + float64(y)*much)) }
	return color.RGBA{mix(a.R, b.R), mix(a.G, b.G), mix(a.B, b.B), 255}
}

func at(v float64) float32 { return float32(v * side / 100) }

func (c *canvas) fill(with color.RGBA, path func(r *vector.Rasterizer)) {
	r := vector.NewRasterizer(side, side)
	path(r)
	r.ClosePath()
	r.Draw(c.m, c.m.Bounds(), image.NewUniform(with), image.Point{})
}

// poly fills a polygon of points x, y, x, y ...
func (c *canvas) poly(with color.RGBA, points ...float64) {
	c.fill(with, func(r *vector.Rasterizer) {
		r.MoveTo(at(points[0]), at(points[1]))
		for i := 2; i < len(points); i += 2 {
			r.LineTo(at(points[i]), at(points[i+1]))
		}
	})
}

// round is how far the handles of a Bézier curve stand out for a quarter of a circle.
const round = 0.5523

// box fills a rectangle with corners of a radius.
func (c *canvas) box(with color.RGBA, x, y, w, h, corner float64) {
	k := corner * (1 - round)
	c.fill(with, func(r *vector.Rasterizer) {
		r.MoveTo(at(x+corner), at(y))
		r.LineTo(at(x+w-corner), at(y))
		r.CubeTo(at(x+w-k), at(y), at(x+w), at(y+k), at(x+w), at(y+corner))
		r.LineTo(at(x+w), at(y+h-corner))
		r.CubeTo(at(x+w), at(y+h-k), at(x+w-k), at(y+h), at(x+w-corner), at(y+h))
		r.LineTo(at(x+corner), at(y+h))
		r.CubeTo(at(x+k), at(y+h), at(x), at(y+h-k), at(x), at(y+h-corner))
		r.LineTo(at(x), at(y+corner))
		r.CubeTo(at(x), at(y+k), at(x+k), at(y), at(x+corner), at(y))
	})
}

// oval fills an ellipse around a point.
func (c *canvas) oval(with color.RGBA, x, y, rx, ry float64) {
	c.fill(with, func(r *vector.Rasterizer) {
		r.MoveTo(at(x+rx), at(y))
		r.CubeTo(at(x+rx), at(y+ry*round), at(x+rx*round), at(y+ry), at(x), at(y+ry))
		r.CubeTo(at(x-rx*round), at(y+ry), at(x-rx), at(y+ry*round), at(x-rx), at(y))
		r.CubeTo(at(x-rx), at(y-ry*round), at(x-rx*round), at(y-ry), at(x), at(y-ry))
		r.CubeTo(at(x+rx*round), at(y-ry), at(x+rx), at(y-ry*round), at(x+rx), at(y))
	})
}

// line draws a stroke with round ends through points.
func (c *canvas) line(with color.RGBA, width float64, points ...float64) {
	for i := 0; i+3 < len(points); i += 2 {
		x, y, toX, toY := points[i], points[i+1], points[i+2], points[i+3]
		long := math.Hypot(toX-x, toY-y)
		dx, dy := -(toY-y)/long*width/2, (toX-x)/long*width/2
		c.poly(with, x+dx, y+dy, toX+dx, toY+dy, toX-dx, toY-dy, x-dx, y-dy)
		c.oval(with, x, y, width/2, width/2)
		c.oval(with, toX, toY, width/2, width/2)
	}
}

// ring draws a circle's line.
func (c *canvas) ring(with color.RGBA, x, y, radius, width float64) {
	const parts = 48
	var points []float64
	for i := range parts + 1 {
		a := 2 * math.Pi * float64(i) / parts
		points = append(points, x+radius*math.Cos(a), y+radius*math.Sin(a))
	}
	c.line(with, width, points...)
}

// flat is the picture with few colours, so that it packs well.
func (c *canvas) flat() image.Image {
	for step := uint8(1); ; step *= 2 {
		var palette color.Palette
		index := map[color.RGBA]uint8{}
		to := image.NewPaletted(c.m.Bounds(), nil)
		full := false
		for i := 0; i < len(c.m.Pix) && !full; i += 4 {
			coarse := func(v uint8) uint8 { return v / step * step }
			p := color.RGBA{coarse(c.m.Pix[i]), coarse(c.m.Pix[i+1]), coarse(c.m.Pix[i+2]), 255}
			n, known := index[p]
			if !known {
				if full = len(palette) == 256; full {
					break
				}
				n = uint8(len(palette))
				index[p], palette = n, append(palette, p)
			}
			to.Pix[i/4] = n
		}
		if !full {
			to.Palette = palette
			return to
		}
	}
}
