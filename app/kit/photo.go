package kit

import (
	"image"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"golang.org/x/image/draw"
)

// Photo shows a picture of something as large as it fits, whole and in the middle; id
// names the picture, so that it is scaled once for each room. Without a picture there is
// the drawing of an icon.
func Photo(id string, img image.Image, icon string) *fyne.Container {
	if img == nil {
		return Icon(icon, Stone)
	}
	var fitting image.Image
	pic := canvas.NewRaster(func(int, int) image.Image { return fitting })
	c := &fyne.Container{Objects: []fyne.CanvasObject{pic}}
	c.Layout = &arranged{
		height: func(float32) float32 { return 0 },
		width:  func() float32 { return 0 },
		place: func(s fyne.Size) {
			if fitting = scaled(id, img, s); fitting == nil {
				return
			}
			w, h := float32(fitting.Bounds().Dx())/density, float32(fitting.Bounds().Dy())/density
			put(pic, (s.Width-w)/2, (s.Height-h)/2, w, h)
		},
	}
	return c
}

type photoKey struct {
	id            string
	width, height int
}

// photos are those that were scaled, up to maxPhotoPixels: 32 MiB.
var photos = struct {
	sync.Mutex // guards what follows
	made       map[photoKey]image.Image
	pixels     int
}{made: map[photoKey]image.Image{}}

const maxPhotoPixels = 8 << 20

// scaled is a picture as it fits into a room; nil when the room is empty.
func scaled(id string, img image.Image, room fyne.Size) image.Image {
	from := img.Bounds()
	if from.Empty() || room.Width < 1 || room.Height < 1 {
		return nil
	}
	k := min(float64(room.Width*density)/float64(from.Dx()), float64(room.Height*density)/float64(from.Dy()))
	key := photoKey{id, max(1, int(float64(from.Dx())*k)), max(1, int(float64(from.Dy())*k))}
	photos.Lock()
	defer photos.Unlock()
	if made, ok := photos.made[key]; ok {
		return made
	}
	out := image.NewRGBA(image.Rect(0, 0, key.width, key.height))
	draw.ApproxBiLinear.Scale(out, out.Bounds(), img, from, draw.Src, nil)
	if photos.pixels += key.width * key.height; photos.pixels > maxPhotoPixels {
		clear(photos.made)
		photos.pixels = key.width * key.height
	}
	photos.made[key] = out
	return out
}
