package kit

import (
	"fmt"
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	qrcode "github.com/skip2/go-qrcode"
)

// NewQR draws a QR code, black on white with its quiet zone, as a square of at
// most side pixels whose modules are whole pixels.
func NewQR(text string, side float32) (fyne.CanvasObject, error) {
	code, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		return nil, fmt.Errorf("the code does not fit in a QR symbol: %w", err)
	}
	bits := code.Bitmap()
	n := len(bits)
	module := max(1, int(side)/n)
	img := image.NewPaletted(image.Rect(0, 0, n*module, n*module), color.Palette{color.White, color.Black})
	for y := range n * module {
		for x := range n * module {
			if bits[y/module][x/module] {
				img.SetColorIndex(x, y, 1)
			}
		}
	}
	pic := canvas.NewImageFromImage(img)
	pic.ScaleMode = canvas.ImageScalePixels
	pic.FillMode = canvas.ImageFillStretch
	return Sized(pic, float32(n*module), float32(n*module)), nil
}
