package paper

import (
	"fmt"
	"image"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/oned"
	"github.com/skip2/go-qrcode"
)

// mostQRDots is how wide a dot of a QR code can be.
const mostQRDots = 16

// doSized is GS ( with a letter and a length. k with 31 is the QR code.
func (h *printHead) doSized(data []byte) bool {
	if data[0] != 'k' || len(data) < 5 || data[3] != 0x31 || h.config.NoQR {
		return data[0] != 'k' // others are known and of no matter here
	}
	what := data[5:]
	switch data[4] {
	case 'A': // model: all are 2 here
	case 'C':
		if len(what) > 0 && what[0] >= 1 && what[0] <= mostQRDots {
			h.qr.dots = int(what[0])
		}
	case 'E':
		if len(what) > 0 && what[0] >= '0' && what[0] <= '3' {
			h.qr.level = "LMQH"[what[0]-'0']
		}
	case 'P':
		if len(what) > 0 {
			h.qr.data = string(what[1:])
		}
	case 'Q':
		h.printQR()
	default:
		return false
	}
	return true
}

var levels = map[byte]qrcode.RecoveryLevel{'L': qrcode.Low, 'M': qrcode.Medium, 'Q': qrcode.High, 'H': qrcode.Highest}

// printQR prints the code that was stored; an empty one or one that is too long
// prints nothing, as on a real printer.
func (h *printHead) printQR() {
	picture, err := qrDots(h.qr.data, levels[h.qr.level], h.qr.dots)
	if err != nil || picture.Rect.Dx() > h.config.WidthDots {
		return
	}
	h.endLine()
	fmt.Fprintf(&h.text, "[QR %s]\n", h.qr.data)
	h.codes = append(h.codes, h.qr.data)
	h.lines++
	h.sheet.picture(picture, h.align)
}

// qrDots draws a QR code without margin.
func qrDots(data string, level qrcode.RecoveryLevel, size int) (*image.Gray, error) {
	code, err := qrcode.New(data, level)
	if err != nil {
		return nil, err
	}
	code.DisableBorder = true
	bits := code.Bitmap()
	picture := blank(len(bits)*size, len(bits)*size)
	for y, row := range bits {
		for x, black := range row {
			if black {
				fill(picture, image.Rect(x*size, y*size, (x+1)*size, (y+1)*size))
			}
		}
	}
	return picture, nil
}

// barCode is GS k: the kind and what it says.
func (h *printHead) barCode(data []byte) bool {
	text := data[1:]
	if data[0] >= 65 {
		text = data[2:]
	}
	if data[0] == 73 && len(text) > 2 && text[0] == '{' { // CODE128 begins with its set
		text = text[2:]
	}
	h.endLine()
	fmt.Fprintf(&h.text, "[bar code %s]\n", text)
	h.codes = append(h.codes, string(text))
	h.lines++
	if picture, err := bars(string(text), 2, h.barHigh); err == nil && picture.Rect.Dx() <= h.config.WidthDots {
		h.sheet.picture(picture, h.align)
	} else {
		h.sheet.feed(h.barHigh)
	}
	return true
}

// widestCode is wider than any paper here, in dots.
const widestCode = 4096

// bars draws a Code 128; it refuses one that fits on no paper.
func bars(text string, dots, high int) (*image.Gray, error) {
	matrix, err := oned.NewCode128Writer().Encode(text, gozxing.BarcodeFormat_CODE_128, 1, 1, nil)
	if err != nil {
		return nil, err
	}
	if matrix.GetWidth()*dots > widestCode {
		return nil, fmt.Errorf("a bar code of %d dots fits on no paper", matrix.GetWidth()*dots)
	}
	picture := blank(matrix.GetWidth()*dots, high)
	for x := range matrix.GetWidth() {
		if matrix.Get(x, 0) {
			fill(picture, image.Rect(x*dots, 0, (x+1)*dots, high))
		}
	}
	return picture, nil
}
