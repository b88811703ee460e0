package sim

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	_ "image/jpeg" // pictures from phones
	_ "image/png"  // pictures from screens

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// maxPixels bounds a picture before it is unpacked.
const maxPixels = 40_000_000

// ReadPicture reads the QR code in a PNG or JPEG, as the reader's camera would.
func ReadPicture(data []byte) ([]byte, error) {
	size, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("not a PNG or JPEG picture: %w", err)
	}
	if size.Width*size.Height > maxPixels {
		return nil, fmt.Errorf("a picture of %d x %d: at most %d pixels: %w", size.Width, size.Height,
			maxPixels, ErrCannot)
	}
	picture, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("unpack the picture: %w", err)
	}
	// The finder looks for features of a few pixels and stumbles over codes that
	// fill a large photo or touch the edge, so it gets several looks.
	for _, look := range []func(image.Image) image.Image{
		func(p image.Image) image.Image { return p },
		func(p image.Image) image.Image { return redraw(p, 1, 40) },
		func(p image.Image) image.Image { return redraw(p, 3, 40) },
		func(p image.Image) image.Image { return shrink(p, 2) },
		func(p image.Image) image.Image { return shrink(p, 4) },
	} {
		if code := readOnce(look(picture)); code != nil {
			return code, nil
		}
	}
	return nil, fmt.Errorf("no QR code can be read in this picture: %w", ErrCannot)
}

func readOnce(picture image.Image) []byte {
	source := gozxing.NewLuminanceSourceFromImage(picture)
	for _, binarizer := range []gozxing.Binarizer{gozxing.NewHybridBinarizer(source),
		gozxing.NewGlobalHistgramBinarizer(source)} {
		bitmap, err := gozxing.NewBinaryBitmap(binarizer)
		if err != nil {
			continue
		}
		for _, pure := range []bool{false, true} {
			hints := map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true}
			if pure {
				hints[gozxing.DecodeHintType_PURE_BARCODE] = true
			}
			result, err := qrcode.NewQRCodeReader().Decode(bitmap, hints)
			if err == nil {
				return payload(result)
			}
		}
	}
	return nil
}

// payload prefers the bytes as they stand in the code; the text would have been
// through a guess at the character set.
func payload(result *gozxing.Result) []byte {
	if parts, ok := result.GetResultMetadata()[gozxing.ResultMetadataType_BYTE_SEGMENTS].([][]byte); ok {
		var joined []byte
		for _, p := range parts {
			joined = append(joined, p...)
		}
		// A code of mixed modes keeps only its byte parts there.
		if len(joined) >= len([]rune(result.GetText())) {
			return joined
		}
	}
	return []byte(result.GetText())
}

// redraw enlarges the picture and gives it a white margin, in pixels.
func redraw(p image.Image, scale, margin int) image.Image {
	b := p.Bounds()
	if b.Dx()*b.Dy()*scale*scale > maxPixels {
		return p
	}
	out := image.NewGray(image.Rect(0, 0, b.Dx()*scale+2*margin, b.Dy()*scale+2*margin))
	draw.Draw(out, out.Bounds(), image.White, image.Point{}, draw.Src)
	for y := range b.Dy() * scale {
		for x := range b.Dx() * scale {
			out.Set(x+margin, y+margin, p.At(b.Min.X+x/scale, b.Min.Y+y/scale))
		}
	}
	return out
}

// shrink averages squares of n by n pixels.
func shrink(p image.Image, n int) image.Image {
	b := p.Bounds()
	gray := image.NewGray(b)
	draw.Draw(gray, b, p, b.Min, draw.Src)
	out := image.NewGray(image.Rect(0, 0, b.Dx()/n, b.Dy()/n))
	for y := range b.Dy() / n {
		for x := range b.Dx() / n {
			sum := 0
			for j := range n {
				for i := range n {
					sum += int(gray.GrayAt(b.Min.X+x*n+i, b.Min.Y+y*n+j).Y)
				}
			}
			out.Pix[y*out.Stride+x] = uint8(sum / (n * n))
		}
	}
	return out
}
