package catalogue

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	_ "image/png" // pictures that may come
	"io"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // pictures that may come
)

// Bounds of pictures that come.
const (
	MaxPicture = 20 << 20   // bytes of a file
	MaxPixels  = 36_000_000 // of a picture; half of it where a colour has more than 8 bits
	maxSide    = 20_000     // pixels
)

// Sizes are the longest sides of the pictures that are kept, in pixels. The larger one is
// what a picture is known by. A picture that is smaller is not made larger.
const (
	Small = 320
	Large = 720
)

// A BadPicture says why a file can be no picture of a product.
type BadPicture string

func (b BadPicture) Error() string { return string(b) }

// drawn makes a JPEG of a picture, upright, no longer than a side, on white, with nothing in
// it but its pixels.
func drawn(from image.Image, side int) ([]byte, error) {
	b := from.Bounds()
	w, h := b.Dx(), b.Dy()
	if long := max(w, h); long > side {
		w, h = max(w*side/long, 1), max(h*side/long, 1)
	}
	to := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(to, to.Bounds(), image.White, image.Point{}, draw.Src)
	if w == b.Dx() && h == b.Dy() {
		draw.Draw(to, to.Bounds(), from, b.Min, draw.Over)
	} else {
		draw.CatmullRom.Scale(to, to.Bounds(), from, b, draw.Over, nil)
	}
	var out bytes.Buffer
	err := jpeg.Encode(&out, to, &jpeg.Options{Quality: 85})
	return out.Bytes(), err
}

// unpacked decodes a PNG, JPEG or WebP and makes it upright. Its size is judged before it is
// unpacked.
func unpacked(r io.Reader) (image.Image, error) {
	file, err := io.ReadAll(io.LimitReader(r, MaxPicture+1))
	switch {
	case err != nil:
		return nil, err
	case len(file) > MaxPicture:
		return nil, BadPicture(fmt.Sprintf("the picture has more than %d MB; make it smaller",
			MaxPicture>>20))
	case len(file) == 0:
		return nil, BadPicture("the picture is empty")
	}
	head, format, err := image.DecodeConfig(bytes.NewReader(file))
	if err != nil {
		return nil, BadPicture("this is no picture in PNG, JPEG or WebP: " + err.Error())
	}
	most := int64(MaxPixels)
	switch head.ColorModel {
	case color.NRGBA64Model, color.RGBA64Model, color.Gray16Model:
		most /= 2
	}
	if head.Width < 1 || head.Height < 1 || head.Width > maxSide || head.Height > maxSide ||
		int64(head.Width)*int64(head.Height) > most {
		return nil, BadPicture(fmt.Sprintf(
			"the picture has %d by %d pixels; at most %d million, and no side above %d",
			head.Width, head.Height, most/1_000_000, maxSide))
	}
	full, _, err := image.Decode(bufio.NewReader(bytes.NewReader(file)))
	if err != nil {
		return nil, BadPicture("the picture is damaged: " + err.Error())
	}
	if format == "jpeg" {
		return upright(full, orientation(file)), nil
	}
	return full, nil
}

// orientation is how a camera was held, by the EXIF of a JPEG: 1 to 8, 1 where nothing is
// said. What is damaged says nothing.
func orientation(file []byte) int {
	for at := 2; at+4 <= len(file) && file[at] == 0xff; {
		marker, size := file[at+1], int(binary.BigEndian.Uint16(file[at+2:]))
		if marker == 0xda || size < 2 || at+2+size > len(file) {
			break
		}
		part := file[at+4 : at+2+size]
		if marker == 0xe1 && bytes.HasPrefix(part, []byte("Exif\x00\x00")) {
			return orientationIn(part[6:])
		}
		at += 2 + size
	}
	return 1
}

// orientationIn looks for tag 0x0112 in the first directory of a TIFF.
func orientationIn(tiff []byte) int {
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.BigEndian
	if string(tiff[:2]) == "II" {
		order = binary.LittleEndian
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 1
	}
	count := int64(order.Uint16(tiff[at:]))
	for i := range count {
		entry := at + 2 + 12*i
		if entry+12 > int64(len(tiff)) {
			break
		}
		if order.Uint16(tiff[entry:]) == 0x0112 {
			if is := int(order.Uint16(tiff[entry+8:])); is >= 1 && is <= 8 {
				return is
			}
		}
	}
	return 1
}

// upright turns a picture as EXIF says. It is looked at through, not copied.
func upright(m image.Image, orientation int) image.Image {
	if orientation == 1 {
		return m
	}
	return turned{m, orientation}
}

// turned is a picture seen by another orientation.
type turned struct {
	image.Image
	orientation int
}

func (t turned) Bounds() image.Rectangle {
	b := t.Image.Bounds()
	if t.orientation >= 5 {
		return image.Rect(0, 0, b.Dy(), b.Dx())
	}
	return image.Rect(0, 0, b.Dx(), b.Dy())
}

func (t turned) At(x, y int) color.Color {
	b := t.Image.Bounds()
	w, h := b.Dx()-1, b.Dy()-1
	switch t.orientation {
	case 2:
		x = w - x
	case 3:
		x, y = w-x, h-y
	case 4:
		y = h - y
	case 5:
		x, y = y, x
	case 6:
		x, y = y, h-x
	case 7:
		x, y = w-y, h-x
	case 8:
		x, y = w-y, x
	}
	return t.Image.At(b.Min.X+x, b.Min.Y+y)
}
