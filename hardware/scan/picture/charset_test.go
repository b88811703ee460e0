package picture

import (
	"image"
	"image/draw"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/datamatrix"
	"github.com/makiuchi-d/gozxing/qrcode"
	qr "github.com/skip2/go-qrcode"

	"cubby/hardware/scan"
)

// qrIn draws a QR code that names its character set.
func qrIn(t *testing.T, set, text string) []byte {
	t.Helper()
	matrix, err := qrcode.NewQRCodeWriter().Encode(text, gozxing.BarcodeFormat_QR_CODE, 400, 400,
		map[gozxing.EncodeHintType]any{gozxing.EncodeHintType_CHARACTER_SET: set})
	if err != nil {
		t.Fatal(err)
	}
	page := image.NewGray(image.Rect(0, 0, 600, 600))
	draw.Draw(page, page.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(page, image.Rect(100, 100, 500, 500), matrix, image.Point{}, draw.Src)
	return pngOf(t, page)
}

// bytesOf draws a QR code of bytes, in no character set.
func bytesOf(t *testing.T, text string) []byte {
	t.Helper()
	b, err := qr.Encode(text, qr.Medium, 400)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestACodeInAPictureIsWhatItsMakerMeant(t *testing.T) {
	const mark = "\ufeff"
	for _, c := range []struct {
		name, want string
		picture    []byte
	}{
		{"UTF-8 with a byte order mark", "PICKUP", bytesOf(t, mark+"PICKUP")},
		{"that names UTF-8", "PICKUP", qrIn(t, "UTF-8", "PICKUP")},
		{"that names UTF-8 and has a byte order mark", "PICKUP", qrIn(t, "UTF-8", mark+"PICKUP")},
		{"that names UTF-8, with Chinese letters", "包裹7", qrIn(t, "UTF-8", "包裹7")},
		{"that names GB 18030", "包裹7", qrIn(t, "GB18030", "包裹7")},
		{"that names ISO 8859-1", "Müller", qrIn(t, "ISO-8859-1", "Müller")},
		{"with backslashes", `A\B\\C`, bytesOf(t, `A\B\\C`)},
		{"with backslashes, that names UTF-8", `A\B\\C`, qrIn(t, "UTF-8", `A\B\\C`)},
		{"with the mark of a character set as text", "PICKUP", bytesOf(t, `\000026PICKUP`)},
		{"with framing characters", "PICKUP", bytesOf(t, "\x02PICKUP\x03\r\n")},
		{"a Data Matrix with a byte order mark", "PICKUP",
			pngOf(t, drawn(t, datamatrix.NewDataMatrixWriter(), gozxing.BarcodeFormat_DATA_MATRIX,
				"\u00ef\u00bb\u00bfPICKUP", 300, 300))},
	} {
		read, err := Read(c.picture)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		cfg, err := scan.Config{Port: "picture:x"}.Complete()
		if err != nil {
			t.Fatal(err)
		}
		codes, _ := scan.NewParser(cfg).Feed(read)
		if len(codes) != 1 || string(codes[0].Data) != c.want {
			t.Errorf("%s: the picture holds %q, which is %+v", c.name, read, codes)
		}
	}
}

// No encoder at hand names a character set in a Data Matrix; the library hands the
// mark over as a character.
func TestTheMarkInADataMatrixIsNoCharacter(t *testing.T) {
	result := gozxing.NewResult("\x1aA\\B", nil, nil, gozxing.BarcodeFormat_DATA_MATRIX)
	result.PutMetadata(gozxing.ResultMetadataType_SYMBOLOGY_IDENTIFIER, "]d4")
	if got := string(named(result)); got != `]d4\000026A\\B` {
		t.Errorf("%q", got)
	}
}
