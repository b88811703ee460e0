package kit

import (
	"bytes"
	"fmt"
	"image/color"

	"cubby/assets"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// Icon draws an icon of assets in one colour. It has no size of its own: give
// it one with Sized. A name that is not built in draws the help mark.
func Icon(name string, c color.NRGBA) *canvas.Image {
	return drawing(name, c, c)
}

// Scene draws an illustration of assets in two colours.
func Scene(name string, ink, accent color.NRGBA) *canvas.Image {
	return drawing("scene-"+name, ink, accent)
}

func drawing(name string, ink, accent color.NRGBA) *canvas.Image {
	svg, err := assets.Icon(name)
	if err != nil {
		name = "help"
		svg, _ = assets.Icon(name)
	}
	a, b := hex(ink), hex(accent)
	svg = bytes.ReplaceAll(svg, []byte("#000000"), []byte(a))
	svg = bytes.ReplaceAll(svg, []byte("#777777"), []byte(b))
	// The toolkit caches drawings by name, so the name carries the colours.
	img := canvas.NewImageFromResource(fyne.NewStaticResource(fmt.Sprintf("%s-%s-%s.svg", name, a[1:], b[1:]), svg))
	img.FillMode = canvas.ImageFillContain
	return img
}

func hex(c color.NRGBA) string { return fmt.Sprintf("#%02X%02X%02X", c.R, c.G, c.B) }
