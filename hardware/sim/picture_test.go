package sim

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"math"
	"testing"

	"github.com/skip2/go-qrcode"
)

func drawn(t *testing.T, text string, size int) image.Image {
	t.Helper()
	q, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		t.Fatal(err)
	}
	return q.Image(size)
}

func asPNG(t *testing.T, p image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asJPEG(t *testing.T, p image.Image, quality int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, p, &jpeg.Options{Quality: quality}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// turned puts the picture on a larger grey one, turned by degrees.
func turned(p image.Image, degrees float64) image.Image {
	w := p.Bounds().Dx()
	out := image.NewGray(image.Rect(0, 0, 2*w, 2*w))
	draw.Draw(out, out.Bounds(), image.NewUniform(color.Gray{200}), image.Point{}, draw.Src)
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	for y := range 2 * w {
		for x := range 2 * w {
			dx, dy := float64(x-w), float64(y-w)
			u, v := int(dx*cos+dy*sin)+w/2, int(dy*cos-dx*sin)+w/2
			if image.Pt(u, v).In(p.Bounds()) {
				out.Set(x, y, p.At(u, v))
			}
		}
	}
	return out
}

func TestCodesAreReadFromPictures(t *testing.T) {
	short := "K7Q2-9FJ4-XW3M-A1B2-C3D4-E5"
	long := fmt.Sprintf("%0120d", 7)
	for _, text := range []string{short, long, "https://example.org/?a=\x1d1"} {
		for _, size := range []int{-1, -3, 120, 256, 1200} {
			t.Run(fmt.Sprintf("%d characters drawn at size %d", len(text), size), func(t *testing.T) {
				got, err := ReadPicture(asPNG(t, drawn(t, text, size)))
				if err != nil || string(got) != text {
					t.Errorf("%q, %v", got, err)
				}
			})
		}
	}
	for _, degrees := range []float64{7, 30, 45, 90, 180, 200, 270} {
		t.Run(fmt.Sprintf("turned by %v degrees in a photo", degrees), func(t *testing.T) {
			got, err := ReadPicture(asJPEG(t, turned(drawn(t, short, 300), degrees), 60))
			if err != nil || string(got) != short {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
}

func TestPicturesWithoutACodeAreRefused(t *testing.T) {
	for name, data := range map[string][]byte{
		"no picture at all": []byte("hello"),
		"an empty page":     asPNG(t, image.NewGray(image.Rect(0, 0, 64, 64))),
		"nothing":           nil,
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := ReadPicture(data); err == nil {
				t.Errorf("it says %q", got)
			}
		})
	}
}
