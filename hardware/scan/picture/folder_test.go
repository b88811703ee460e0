package picture

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/datamatrix"
	"github.com/makiuchi-d/gozxing/oned"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// draw makes a picture of a code with white around it.
func drawn(t testing.TB, writer gozxing.Writer, format gozxing.BarcodeFormat, text string,
	width, height int) image.Image {
	t.Helper()
	matrix, err := writer.Encode(text, format, width, height, nil)
	if err != nil {
		t.Fatal(err)
	}
	page := image.NewGray(image.Rect(0, 0, width+200, height+200))
	draw.Draw(page, page.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(page, image.Rect(100, 100, 100+width, 100+height), matrix, image.Point{}, draw.Src)
	return page
}

func pngOf(t testing.TB, p image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestCodesAreReadInPictures(t *testing.T) {
	qr, lines := qrcode.NewQRCodeWriter(), oned.NewCode128Writer()
	large := image.NewRGBA(image.Rect(0, 0, 2000, 1500)) // a photo in which the code is a part
	draw.Draw(large, large.Rect, image.NewUniform(color.RGBA{170, 180, 160, 255}), image.Point{}, draw.Src)
	draw.Draw(large, image.Rect(500, 200, 1700, 1400), drawn(t, qr, gozxing.BarcodeFormat_QR_CODE, "PHOTO", 1000, 1000),
		image.Point{}, draw.Src)
	var photo bytes.Buffer
	if err := jpeg.Encode(&photo, large, &jpeg.Options{Quality: 60}); err != nil {
		t.Fatal(err)
	}
	edge, err := qr.Encode("EDGE", gozxing.BarcodeFormat_QR_CODE, 0, 0,
		map[gozxing.EncodeHintType]any{gozxing.EncodeHintType_MARGIN: 0})
	if err != nil {
		t.Fatal(err)
	}
	big := image.NewGray(image.Rect(0, 0, 8*edge.GetWidth(), 8*edge.GetHeight()))
	for y := range big.Rect.Dy() {
		for x := range big.Rect.Dx() {
			big.Set(x, y, edge.At(x/8, y/8))
		}
	}
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"QR", pngOf(t, drawn(t, qr, gozxing.BarcodeFormat_QR_CODE, "PICKUP", 300, 300)), "]Q1PICKUP"},
		{"QR in a photo", photo.Bytes(), "]Q1PHOTO"},
		{"QR up to the edge", pngOf(t, big), "]Q1EDGE"},
		{"Data Matrix",
			pngOf(t, drawn(t, datamatrix.NewDataMatrixWriter(), gozxing.BarcodeFormat_DATA_MATRIX, "MATRIX", 300, 300)),
			"]d1MATRIX"},
		{"Code 128", pngOf(t, drawn(t, lines, gozxing.BarcodeFormat_CODE_128, "JJD0003900", 500, 120)),
			"]C0JJD0003900"},
		{"GS1-128", pngOf(t, drawn(t, lines, gozxing.BarcodeFormat_CODE_128, "\u00f100340123450000000017", 500, 120)),
			"]C100340123450000000017"},
		{"EAN-13", pngOf(t, drawn(t, oned.NewEAN13Writer(), gozxing.BarcodeFormat_EAN_13, "4006381333931", 400, 120)),
			"]E04006381333931"},
	} {
		got, err := Read(c.data)
		if err != nil || string(got) != c.want {
			t.Errorf("%s: %q, %v", c.name, got, err)
		}
	}
	for _, c := range []struct {
		name string
		data []byte
		want error
	}{
		{"nothing", nil, ErrNotComplete},
		{"words", []byte("hello"), ErrNotComplete},
		{"half a picture", photo.Bytes()[:photo.Len()/2], ErrNotComplete},
		{"a white page", pngOf(t, image.NewGray(image.Rect(0, 0, 50, 50))), ErrNoCode},
	} {
		if _, err := Read(c.data); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

func TestAPictureIsBoundedBeforeItIsUnpacked(t *testing.T) {
	b := pngOf(t, image.NewGray(image.Rect(0, 0, 8, 8)))
	copy(b[16:], []byte{0, 0, 0x40, 0, 0, 0, 0x40, 0}) // its header now says 16384 x 16384
	if _, err := Read(b); err == nil || errors.Is(err, ErrNoCode) && !strings.Contains(err.Error(), "16384") {
		t.Errorf("%v", err)
	}
}

// next waits for one code.
func next(t *testing.T, f *Folder) string {
	t.Helper()
	select {
	case c, ok := <-f.Chunks():
		if !ok {
			t.Fatalf("the folder failed: %v", f.Err())
		}
		return string(c.Bytes)
	case <-time.After(2 * time.Minute):
		t.Fatal("no code came")
	}
	return ""
}

// gone waits until a file is not there any more.
func gone(t *testing.T, path string) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); ; <-time.After(5 * time.Millisecond) {
		if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s is still there", filepath.Base(path))
		}
	}
}

func TestPicturesAreReadOnceAndRemoved(t *testing.T) {
	folder := t.TempDir()
	put := func(name string, data []byte) string {
		t.Helper()
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	code := func(text string) []byte {
		return pngOf(t, drawn(t, qrcode.NewQRCodeWriter(), gozxing.BarcodeFormat_QR_CODE, text, 200, 200))
	}
	before := put("before.png", code("BEFORE"))
	f, err := Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()

	blank := put("blank.png", pngOf(t, image.NewGray(image.Rect(0, 0, 50, 50))))
	gone(t, blank)
	note, hidden := put("note.txt", code("NOTE")), put(".hidden.png", code("HIDDEN"))
	first := put("a.png", code("FIRST"))
	if got := next(t, f); got != "]Q1FIRST" {
		t.Errorf("got %q", got)
	}
	gone(t, first)

	whole := code("PIECES")
	half := put("b.png", whole[:len(whole)/2])
	put("c.png", code("BETWEEN"))
	if got := next(t, f); got != "]Q1BETWEEN" {
		t.Errorf("got %q", got)
	}
	if _, err := os.Stat(half); err == nil { // the machine was quick enough to see it unfinished
		put("b.png", whole)
		if got := next(t, f); got != "]Q1PIECES" {
			t.Errorf("got %q", got)
		}
	}
	gone(t, half)
	for _, kept := range []string{before, note, hidden} {
		if _, err := os.Stat(kept); err != nil {
			t.Errorf("%s: %v", filepath.Base(kept), err)
		}
	}
	put("before.png", code("AGAIN")) // written anew
	if got := next(t, f); got != "]Q1AGAIN" {
		t.Errorf("got %q", got)
	}
	if err := f.Write([]byte("x"), time.Second); err != ErrReadOnly {
		t.Errorf("a write: %v", err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	for range f.Chunks() {
		t.Error("a code after Close")
	}
}

// It may show a code, or a face.
func TestHalfAPictureFromBeforeTheClockWasSetBackIsRemoved(t *testing.T) {
	folder := t.TempDir()
	f, err := Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	whole := pngOf(t, drawn(t, qrcode.NewQRCodeWriter(), gozxing.BarcodeFormat_QR_CODE, "HALF", 200, 200))
	hidden, half := filepath.Join(folder, ".half.png"), filepath.Join(folder, "half.png")
	later := time.Now().Add(time.Hour)
	if err := errors.Join(os.WriteFile(hidden, whole[:len(whole)/2], 0o600), os.Chtimes(hidden, later, later),
		os.Rename(hidden, half)); err != nil {
		t.Fatal(err)
	}
	gone(t, half)
}

func TestAFolderThatIsNotThereOrGoesIsAnError(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "shots")
	if _, err := Open(folder); err == nil || !strings.Contains(err.Error(), "make the folder") {
		t.Errorf("%v", err)
	}
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	f, err := Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := os.Remove(folder); err != nil {
		t.Fatal(err)
	}
	for range f.Chunks() {
	}
	if f.Err() == nil {
		t.Error("the folder has gone and no error was given")
	}
}

func BenchmarkReadPhoto(b *testing.B) {
	p := image.NewRGBA(image.Rect(0, 0, 4000, 3000))
	draw.Draw(p, p.Rect, image.NewUniform(color.RGBA{170, 180, 160, 255}), image.Point{}, draw.Src)
	draw.Draw(p, image.Rect(900, 700, 2100, 1900),
		drawn(b, qrcode.NewQRCodeWriter(), gozxing.BarcodeFormat_QR_CODE, "PHOTO", 1000, 1000), image.Point{}, draw.Src)
	var photo bytes.Buffer
	if err := jpeg.Encode(&photo, p, nil); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := Read(photo.Bytes()); err != nil {
			b.Fatal(err)
		}
	}
}

func FuzzPicture(f *testing.F) {
	small := drawn(f, qrcode.NewQRCodeWriter(), gozxing.BarcodeFormat_QR_CODE, "A", 40, 40)
	f.Add(pngOf(f, small))
	f.Add([]byte("\xFF\xD8\xFF\xE0"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if size, _, err := image.DecodeConfig(bytes.NewReader(data)); err == nil && size.Width*size.Height > 1<<16 {
			t.Skip("large pictures are slow, not different")
		}
		code, err := Read(data)
		if (err == nil) == (len(code) == 0) {
			t.Fatalf("%q and %v", code, err)
		}
	})
}
