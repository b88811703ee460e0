// Package paper is the inside of simulated printers: a receipt printer that
// understands ESC/POS and a label printer that understands ZPL. Bytes go in,
// answers come out, and what was printed can be read as text or seen as a
// picture.
//
// It is written from the makers' manuals and shares nothing with the driver. A
// Printer or Labeller knows no clock, port or goroutine; its methods may be
// called from any goroutine. What was printed is kept until it is torn off, the
// last 50 pieces at most.
package paper

import (
	"bytes"
	"errors"
	"image"
	"image/draw"
	"image/png"
	"strings"
)

// keptPieces bounds what hangs out of a printer.
const keptPieces = 50

// A Piece is what came out between two cuts, or one label.
type Piece struct {
	Text  string   `json:"text"`            // its lines; a QR code stands as [QR ...], a picture as [picture WxH]
	Codes []string `json:"codes,omitempty"` // what its QR and bar codes say
	Cut   string   `json:"cut,omitempty"`   // "full" or "partial"; empty: it still hangs in the printer
	Lines int      `json:"lines"`           // printed lines, without feeds

	picture *image.Gray
}

// ErrNothing says that nothing has been printed.
var ErrNothing = errors.New("nothing has been printed")

// picture stacks pieces on one another, a dashed line between them.
func pictureOf(pieces []Piece) ([]byte, error) {
	width, height := 0, 0
	for _, p := range pieces {
		width = max(width, p.picture.Rect.Dx())
		height += p.picture.Rect.Dy() + 1
	}
	if height == 0 {
		return nil, ErrNothing
	}
	all := blank(width, height)
	y := 0
	for _, p := range pieces {
		draw.Draw(all, image.Rect(0, y, width, y+p.picture.Rect.Dy()), p.picture, p.picture.Rect.Min, draw.Src)
		y += p.picture.Rect.Dy()
		for x := 0; x < width; x += 12 {
			fill(all, image.Rect(x, y, x+6, y+1))
		}
		y++
	}
	var out bytes.Buffer
	err := png.Encode(&out, all)
	return out.Bytes(), err
}

// textOf writes pieces under one another.
func textOf(pieces []Piece) string {
	var b strings.Builder
	for _, p := range pieces {
		b.WriteString(p.Text)
		if p.Cut != "" {
			b.WriteString("- - - - - - - - cut (" + p.Cut + ") - - - - - - - -\n")
		}
	}
	return b.String()
}
