package camera

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	_ "image/png" // what programs write
	"sync"

	"golang.org/x/image/draw"
)

// errNoPicture says that what came cannot be made a picture of.
var errNoPicture = errors.New("this is no picture")

// Bounds of pictures.
const (
	pixelsMost  = 50_000_000
	longestSide = 1600 // pixels
	leastSide   = 64
	MostBytes   = 300_000 // of the JPEG
)

// one keeps two large pictures from being unpacked at the same time: each may take
// hundreds of megabytes.
var one sync.Mutex

// Small makes a JPEG of at most MostBytes and 1600 pixels of a JPEG or PNG. Nothing of
// the file but its pixels is in it: no place, no time, no maker.
func Small(raw []byte) (out []byte, err error) {
	size, kind, err := image.DecodeConfig(bytes.NewReader(raw))
	switch {
	case err != nil || kind != "jpeg" && kind != "png":
		return nil, fmt.Errorf("%w: neither JPEG nor PNG", errNoPicture)
	case size.Width <= 0 || size.Height <= 0 || size.Width > pixelsMost/size.Height:
		return nil, fmt.Errorf("%w: %d x %d: at most %d pixels", errNoPicture, size.Width, size.Height, pixelsMost)
	}
	one.Lock()
	defer one.Unlock()
	defer func() { // what strangers' cameras send must not end the core
		if recover() != nil {
			out, err = nil, fmt.Errorf("%w: it cannot be unpacked", errNoPicture)
		}
	}()
	picture, _, err := image.Decode(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("%w: it is not whole: %w", errNoPicture, err)
	}
	for side := longestSide; side >= leastSide; side = side * 3 / 4 {
		picture = fit(picture, side)
		for quality := 85; quality >= 35; quality -= 10 {
			var b bytes.Buffer
			if err := jpeg.Encode(&b, picture, &jpeg.Options{Quality: quality}); err != nil {
				return nil, fmt.Errorf("%w: %w", errNoPicture, err)
			}
			if b.Len() <= MostBytes {
				return b.Bytes(), nil
			}
		}
	}
	return nil, fmt.Errorf("%w: it does not become small enough", errNoPicture)
}

// fit scales a picture down until its longest side fits, on white.
func fit(p image.Image, side int) image.Image {
	b := p.Bounds()
	w, h := b.Dx(), b.Dy()
	if longest := max(w, h); longest > side {
		w, h = max(w*side/longest, 1), max(h*side/longest, 1)
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(out, out.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	p = averaged(p, b.Dx()/w)
	draw.ApproxBiLinear.Scale(out, out.Bounds(), p, p.Bounds(), draw.Over, nil)
	return out
}

// averaged makes one pixel of each square of n by n: the scaler looks at four pixels only,
// and one that looks at more would need as much memory again.
func averaged(p image.Image, n int) image.Image {
	pixels, ok := p.(image.RGBA64Image)
	if n < 2 || !ok {
		return p
	}
	b := p.Bounds()
	out := image.NewRGBA(image.Rect(0, 0, b.Dx()/n, max(b.Dy()/n, 1)))
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			var sum [4]uint64
			rows := min(n, b.Dy()-y*n)
			for j := range rows {
				for i := range n {
					c := pixels.RGBA64At(b.Min.X+x*n+i, b.Min.Y+y*n+j)
					sum[0], sum[1] = sum[0]+uint64(c.R), sum[1]+uint64(c.G)
					sum[2], sum[3] = sum[2]+uint64(c.B), sum[3]+uint64(c.A)
				}
			}
			at := out.PixOffset(x, y)
			for k, s := range sum {
				out.Pix[at+k] = uint8(s / uint64(n*rows) >> 8)
			}
		}
	}
	return out
}
