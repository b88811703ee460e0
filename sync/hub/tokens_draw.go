package hub

import (
	"fmt"
	"strings"

	"github.com/skip2/go-qrcode"
)

// qrPixels is the side of one module of a drawn picture.
const qrPixels = 8

// A Drawing is a QR code of level M, with its quiet zone of four modules.
type Drawing struct {
	SVG []byte // black on white, 30 mm wide
	PNG []byte
}

// Draw draws a text as a QR code.
func Draw(text string) (d Drawing, err error) {
	code, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		return d, err
	}
	bits := code.Bitmap()
	n := len(bits)
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="30mm" height="30mm" viewBox="0 0 %d %d" `+
		`shape-rendering="crispEdges"><path fill="#fff" d="M0 0h%dv%dH0z"/><path d="`, n, n, n, n)
	for y, row := range bits {
		for x := 0; x < n; x++ {
			from := x
			for x < n && row[x] {
				x++
			}
			if x > from {
				fmt.Fprintf(&b, "M%d %dh%dv1H%dz", from, y, x-from, from)
			}
		}
	}
	b.WriteString(`"/></svg>`)
	d.SVG = []byte(b.String())
	d.PNG, err = code.PNG(-qrPixels)
	return d, err
}
