package paper

import (
	"image"
	"image/color"
	"image/draw"

	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// longestSheet bounds a piece, in dots; what is printed beyond it is not drawn.
const longestSheet = 16_000

// sheet is paper that grows downwards, one dot of the head to a pixel.
type sheet struct {
	width  int
	y      int
	canvas *image.Gray
	fonts  *fonts
}

func newSheet(width int, fontFile []byte) *sheet {
	return &sheet{width: width, fonts: fontsOf(fontFile)}
}

func (s *sheet) height() int { return s.y }

func blank(width, height int) *image.Gray {
	g := image.NewGray(image.Rect(0, 0, width, height))
	for i := range g.Pix {
		g.Pix[i] = 0xFF
	}
	return g
}

func fill(g *image.Gray, r image.Rectangle) {
	r = r.Intersect(g.Rect)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		clear(g.Pix[g.PixOffset(r.Min.X, y):g.PixOffset(r.Max.X, y)])
	}
}

// feed moves the paper.
func (s *sheet) feed(dots int) { s.y += dots }

// room makes sure that there is paper for so many dots more.
func (s *sheet) room(dots int) bool {
	if s.y+dots > longestSheet {
		return false
	}
	if s.canvas == nil || s.canvas.Rect.Dy() < s.y+dots {
		grown := blank(s.width, min(longestSheet, 2*(s.y+dots)+200))
		if s.canvas != nil {
			draw.Draw(grown, s.canvas.Rect, s.canvas, image.Point{}, draw.Src)
		}
		s.canvas = grown
	}
	return true
}

// cropped is the paper as far as it has come, with a little margin.
func (s *sheet) cropped() *image.Gray {
	if s.canvas == nil {
		return blank(s.width, min(s.y, longestSheet))
	}
	s.room(0)
	out := blank(s.width, min(s.y+8, longestSheet))
	draw.Draw(out, out.Rect, s.canvas, image.Point{}, draw.Src)
	return out
}

func (s *sheet) left(width int, align byte) int {
	switch align {
	case 1:
		return max(0, (s.width-width)/2)
	case 2:
		return max(0, s.width-width)
	}
	return 0
}

// picture prints a picture as wide as it is.
func (s *sheet) picture(p *image.Gray, align byte) {
	if s.room(p.Rect.Dy()) {
		x := s.left(p.Rect.Dx(), align)
		draw.Draw(s.canvas, image.Rect(x, s.y, x+p.Rect.Dx(), s.y+p.Rect.Dy()), p, image.Point{}, draw.Src)
	}
	s.feed(p.Rect.Dy())
}

// dots prints rows of bits, the first in the highest bit.
func (s *sheet) dots(bits []byte, wideBytes, high int, align byte, timesX, timesY int) {
	p := blank(8*wideBytes*timesX, high*timesY)
	for y := range high {
		for x := range 8 * wideBytes {
			if bits[y*wideBytes+x/8]>>(7-x%8)&1 == 1 {
				fill(p, image.Rect(x*timesX, y*timesY, (x+1)*timesX, (y+1)*timesY))
			}
		}
	}
	s.picture(p, align)
}

// write prints a line of letters in a space of its height.
func (s *sheet) write(line []span, align byte, height int) {
	width := 0
	for _, sp := range line {
		width += letters(sp)
	}
	if len(line) > 0 && s.room(height) {
		x := s.left(width, align)
		for _, sp := range line {
			x += s.draw(sp, x, height)
		}
	}
	s.feed(height)
}

// letters is how wide a span is: half a square for Latin letters, a whole one
// for others.
func letters(sp span) (dots int) {
	for _, r := range sp.text {
		dots += cell(r) * sp.wide
	}
	return dots
}

func cell(r rune) int {
	if r >= 0x1100 {
		return 2 * letterDots
	}
	return letterDots
}

func (s *sheet) draw(sp span, x, height int) (width int) {
	for _, r := range sp.text {
		wide, high := cell(r)*sp.wide, lineDots*sp.high
		box := image.Rect(x+width, s.y+height-high-2, x+width+wide, s.y+height-2)
		s.fonts.letter(s.canvas, r, box, sp.bold)
		if sp.underlined {
			fill(s.canvas, image.Rect(box.Min.X, box.Max.Y, box.Max.X, box.Max.Y+2))
		}
		if sp.reversed {
			for yy := box.Min.Y; yy < box.Max.Y; yy++ {
				for xx := box.Min.X; xx < box.Max.X; xx++ {
					s.canvas.SetGray(xx, yy, color.Gray{255 - s.canvas.GrayAt(xx, yy).Y})
				}
			}
		}
		width += wide
	}
	return width
}

// fonts draw letters from a font file in any size, or from a small one that is
// always there.
type fonts struct {
	parsed *opentype.Font
	faces  map[int]font.Face // by height in dots
}

func fontsOf(file []byte) *fonts {
	f := &fonts{faces: map[int]font.Face{}}
	if parsed, err := opentype.Parse(file); err == nil {
		f.parsed = parsed
	}
	return f
}

func (f *fonts) face(high int) font.Face {
	if f.faces[high] == nil && f.parsed != nil {
		if face, err := opentype.NewFace(f.parsed, &opentype.FaceOptions{
			Size: 0.8 * float64(high), DPI: 72,
		}); err == nil {
			f.faces[high] = face
		}
	}
	return f.faces[high]
}

// letter draws one letter into its cell.
func (f *fonts) letter(onto *image.Gray, r rune, box image.Rectangle, bold bool) {
	face := f.face(box.Dy())
	if face == nil {
		small(onto, r, box)
		return
	}
	advance, ok := face.GlyphAdvance(r)
	if !ok {
		small(onto, r, box)
		return
	}
	x := box.Min.X + max(0, (box.Dx()-advance.Round())/2)
	for i := range 2 {
		d := font.Drawer{Dst: onto, Src: image.Black, Face: face, Dot: fixed.P(x+i, box.Max.Y-box.Dy()/5)}
		d.DrawString(string(r))
		if !bold {
			return
		}
	}
}

// small draws a letter of the font that is always there, enlarged to its cell;
// letters it does not have are boxes.
func small(onto *image.Gray, r rune, box image.Rectangle) {
	if r == ' ' {
		return
	}
	if r > 0x7E {
		fill(onto, image.Rect(box.Min.X+1, box.Min.Y+1, box.Max.X-1, box.Min.Y+2))
		fill(onto, image.Rect(box.Min.X+1, box.Max.Y-2, box.Max.X-1, box.Max.Y-1))
		fill(onto, image.Rect(box.Min.X+1, box.Min.Y+1, box.Min.X+2, box.Max.Y-1))
		fill(onto, image.Rect(box.Max.X-2, box.Min.Y+1, box.Max.X-1, box.Max.Y-1))
		return
	}
	const width, height = 7, 13
	cell := blank(width, height)
	d := font.Drawer{Dst: cell, Src: image.Black, Face: basicfont.Face7x13, Dot: fixed.P(0, 11)}
	d.DrawString(string(r))
	for y := range box.Dy() {
		for x := range box.Dx() {
			if cell.GrayAt(x*width/box.Dx(), y*height/box.Dy()).Y < 128 {
				onto.SetGray(box.Min.X+x, box.Min.Y+y, color.Gray{})
			}
		}
	}
}
