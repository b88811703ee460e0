package kit

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"sync"

	"cubby/assets"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"github.com/fyne-io/oksvg"
	"github.com/srwiley/rasterx"
)

// Icon draws an icon of assets in one colour, as large as it fits. It asks for
// no room of its own: give it some with Sized. A name that is not built in
// draws the help mark.
func Icon(name string, c color.NRGBA) *fyne.Container {
	return drawing(name, c, c)
}

// Sign draws an icon of assets that is a solid form with a white mark on it.
func Sign(name string, c color.NRGBA) *fyne.Container {
	return drawing(name, c, OnAccent)
}

// Scene draws an illustration of assets in two colours, as large as it fits.
func Scene(name string, ink, accent color.NRGBA) *fyne.Container {
	return drawing("scene-"+name, ink, accent)
}

// drawing shows a picture as large as its room allows, pixel for pixel. The
// toolkit's own image would be made anew for every page, at four times the
// pixels, brought to the size of its room on the goroutine that draws, and have
// every page painted twice.
func drawing(name string, ink, accent color.NRGBA) *fyne.Container {
	var img image.Image
	pic := canvas.NewRaster(func(int, int) image.Image { return img })
	c := &fyne.Container{Objects: []fyne.CanvasObject{pic}}
	c.Layout = &arranged{
		height: func(float32) float32 { return 0 },
		width:  func() float32 { return 0 },
		place: func(s fyne.Size) {
			fitting := picture(name, ink, accent, s)
			if fitting == nil {
				return
			}
			img = fitting
			w, h := float32(img.Bounds().Dx())/density, float32(img.Bounds().Dy())/density
			put(pic, (s.Width-w)/2, (s.Height-h)/2, w, h)
		},
	}
	return c
}

// density is how many pixels of the panel make one pixel of a page.
var density float32 = 1

// SetDensity tells how many pixels of the panel make one pixel of a page, so
// that drawings are sharp. Call it before the first page is drawn.
func SetDensity(d float32) { density = d }

// pictureKey is what makes two pictures the same; width and height are its own, in
// pixels.
type pictureKey struct {
	name          string
	ink, accent   color.NRGBA
	width, height int
}

// maxPixels bounds the pictures that are kept: 64 MiB.
const maxPixels = 16 << 20

var pictures = struct {
	sync.Mutex // guards what follows
	made       map[pictureKey]image.Image
	pixels     int                  // of all of them
	shapes     map[string]fyne.Size // how wide and high drawings are, in their own measure
}{made: map[pictureKey]image.Image{}, shapes: map[string]fyne.Size{}}

// picture renders a drawing of assets to fit a room; nil when the room is empty.
func picture(name string, ink, accent color.NRGBA, room fyne.Size) image.Image {
	width, height := int(room.Width*density), int(room.Height*density)
	if width < 1 || height < 1 {
		return nil
	}
	pictures.Lock()
	defer pictures.Unlock()
	shape := shapeOf(name)
	if shape.Width <= 0 {
		name, shape = "help", shapeOf("help")
	}
	k := min(float64(width)/float64(shape.Width), float64(height)/float64(shape.Height))
	key := pictureKey{
		name, ink, accent, max(1, int(float64(shape.Width)*k)), max(1, int(float64(shape.Height)*k)),
	}
	if img, ok := pictures.made[key]; ok {
		return img
	}
	img, err := render(key)
	if err != nil {
		return nil
	}
	if pictures.pixels += key.width * key.height; pictures.pixels > maxPixels {
		clear(pictures.made)
		pictures.pixels = key.width * key.height
	}
	pictures.made[key] = img
	return img
}

// shapeOf is how wide and high a drawing is; nothing when it is not there. The caller
// holds the lock of pictures.
func shapeOf(name string) fyne.Size {
	if shape, ok := pictures.shapes[name]; ok {
		return shape
	}
	var shape fyne.Size
	if svg, err := assets.Icon(name); err == nil {
		if _, box, ok := bytes.Cut(svg, []byte(`viewBox="0 0 `)); ok {
			if n, _ := fmt.Sscanf(string(box), "%f %f", &shape.Width, &shape.Height); n != 2 {
				shape = fyne.Size{}
			}
		}
	}
	pictures.shapes[name] = shape
	return shape
}

func render(key pictureKey) (image.Image, error) {
	svg, err := assets.Icon(key.name)
	if err != nil {
		return nil, err
	}
	svg = bytes.ReplaceAll(svg, []byte("#000000"), []byte(hex(key.ink)))
	svg = bytes.ReplaceAll(svg, []byte("#777777"), []byte(hex(key.accent)))
	icon, err := oksvg.ReadIconStream(bytes.NewReader(svg), oksvg.StrictErrorMode)
	if err != nil {
		return nil, fmt.Errorf("the drawing %s.svg cannot be read: %w", key.name, err)
	}
	w, h := key.width, key.height
	icon.SetTarget(0, 0, float64(w), float64(h))
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	icon.Draw(rasterx.NewDasher(w, h, rasterx.NewScannerGV(w, h, img, img.Bounds())), 1)
	return img, nil
}

func hex(c color.NRGBA) string { return fmt.Sprintf("#%02X%02X%02X", c.R, c.G, c.B) }
