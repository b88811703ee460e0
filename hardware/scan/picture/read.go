package picture

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	_ "image/jpeg" // what cameras write
	_ "image/png"  // what programs write
	"strings"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/aztec"
	"github.com/makiuchi-d/gozxing/datamatrix"
	"github.com/makiuchi-d/gozxing/oned"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// ErrNotComplete says that the bytes are no whole PNG or JPEG; they may become
// one. ErrNoCode says that no code can be read in the picture.
var (
	ErrNotComplete = errors.New("this is no whole PNG or JPEG picture")
	ErrNoCode      = errors.New("no code can be read in this picture")
)

const (
	maxPixels = 25_000_000 // bounds a picture before it is unpacked
	wellSized = 1600       // longest side the finders like, pixels
	border    = 40         // of white round a code that touches the edge, pixels
)

// Read finds one code in a PNG or JPEG and returns it behind its AIM symbology
// identifier, as a reader would send it: QR, Data Matrix, Aztec, Code 128 with
// GS1-128, Code 39, Interleaved 2 of 5, EAN and UPC.
func Read(data []byte) ([]byte, error) {
	size, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, ErrNotComplete
	}
	if size.Width*size.Height > maxPixels {
		return nil, fmt.Errorf("a picture of %d x %d: at most %d pixels: %w", size.Width, size.Height,
			maxPixels, ErrNoCode)
	}
	p, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, ErrNotComplete
	}
	grey := shrink(p, (max(size.Width, size.Height)+wellSized-1)/wellSized)
	for _, look := range []image.Image{grey, framed(grey)} {
		if code := find(look); code != nil {
			return code, nil
		}
	}
	return nil, ErrNoCode
}

// find tries every kind of code. The finders are other people's work on
// pictures anybody can hold before a camera, so a panic in one finds nothing.
func find(p image.Image) (code []byte) {
	defer func() {
		if recover() != nil {
			code = nil
		}
	}()
	bitmap, err := gozxing.NewBinaryBitmap(gozxing.NewHybridBinarizer(gozxing.NewLuminanceSourceFromImage(p)))
	if err != nil {
		return nil
	}
	hints := map[gozxing.DecodeHintType]any{
		gozxing.DecodeHintType_TRY_HARDER: true, gozxing.DecodeHintType_ASSUME_GS1: true,
	}
	for _, reader := range []gozxing.Reader{
		qrcode.NewQRCodeReader(), datamatrix.NewDataMatrixReader(), oned.NewCode128Reader(),
		oned.NewMultiFormatUPCEANReader(hints), aztec.NewAztecReader(), oned.NewCode39Reader(), oned.NewITFReader(),
	} {
		if result, err := reader.Decode(bitmap, hints); err == nil && result.GetText() != "" {
			return named(result)
		}
	}
	return nil
}

// named puts the symbology identifier in front, once. Where it says that marks of
// character sets follow, they do: the library has made UTF-8 of the text already
// and doubles no backslash.
func named(result *gozxing.Result) []byte {
	text := result.GetText()
	id, _ := result.GetResultMetadata()[gozxing.ResultMetadataType_SYMBOLOGY_IDENTIFIER].(string)
	switch id {
	case "]d4", "]d5", "]d6":
		// Of a Data Matrix it takes the mark for a character with the mark's number.
		if text != "" && text[0] < ' ' {
			text = text[1:]
		}
		return marked(id, text)
	case "]Q2", "]Q4", "]Q6":
		return marked(id, text)
	}
	if strings.HasPrefix(text, "]C1") && strings.HasPrefix(id, "]C") {
		id = ""
	}
	return []byte(id + text)
}

// marked writes UTF-8 as a reader does that names the character set: its number
// is 26.
func marked(id, text string) []byte {
	return []byte(id + `\000026` + strings.ReplaceAll(text, `\`, `\\`))
}

// shrink averages blocks of n by n pixels to grey.
func shrink(p image.Image, n int) *image.Gray {
	n = max(n, 1)
	from, grey := p.Bounds(), greyOf(p)
	out := image.NewGray(image.Rect(0, 0, from.Dx()/n, from.Dy()/n))
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			sum := 0
			for i := range n * n {
				sum += int(grey(from.Min.X+x*n+i%n, from.Min.Y+y*n+i/n))
			}
			out.Pix[y*out.Stride+x] = uint8(sum / (n * n))
		}
	}
	return out
}

// greyOf reads the brightness of a pixel. What cameras write has it as a plane
// of its own.
func greyOf(p image.Image) func(x, y int) uint8 {
	switch p := p.(type) {
	case *image.YCbCr:
		return func(x, y int) uint8 { return p.Y[p.YOffset(x, y)] }
	case *image.Gray:
		return func(x, y int) uint8 { return p.Pix[p.PixOffset(x, y)] }
	}
	return func(x, y int) uint8 { return color.GrayModel.Convert(p.At(x, y)).(color.Gray).Y }
}

func framed(p *image.Gray) *image.Gray {
	out := image.NewGray(image.Rect(0, 0, p.Rect.Dx()+2*border, p.Rect.Dy()+2*border))
	draw.Draw(out, out.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(out, p.Rect.Add(image.Pt(border, border)), p, image.Point{}, draw.Src)
	return out
}
