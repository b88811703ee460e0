package catalogue_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"strings"
	"testing"
	"time"

	"cubby/locker/ledger"
	model "cubby/locker/shop/catalogue"
	"cubby/sync/catalogue"
)

// twoHalves is a picture whose left half is red and whose right half is blue.
func twoHalves(w, h int) image.Image {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.NRGBA{220, 30, 30, 255}
			if x >= w/2 {
				c = color.NRGBA{30, 30, 220, 255}
			}
			m.Set(x, y, c)
		}
	}
	return m
}

func inPNG(t *testing.T, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// withEXIF puts an orientation, and a place where the picture was made, into a JPEG.
func withEXIF(t *testing.T, m image.Image, orientation byte) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	exif := "Exif\x00\x00II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00" +
		string(orientation) + "\x00\x00\x00\x00\x00\x00\x00GPS 52.5200N 13.4050E"
	part := append([]byte{0xff, 0xe1, 0, byte(len(exif) + 2)}, exif...)
	return append(append([]byte{0xff, 0xd8}, part...), b.Bytes()[2:]...)
}

func TestAPictureIsKeptUprightInTwoSizesAndNothingElseOfIt(t *testing.T) {
	s := open(t, t.TempDir())
	for name, c := range map[string]struct {
		file      []byte
		w, h      int
		redAtLeft bool
	}{
		"PNG":              {inPNG(t, twoHalves(1440, 900)), 720, 450, true},
		"JPEG":             {withEXIF(t, twoHalves(1440, 900), 1), 720, 450, true},
		"upside down":      {withEXIF(t, twoHalves(1440, 900), 3), 720, 450, false},
		"smaller than all": {inPNG(t, twoHalves(100, 60)), 100, 60, true},
		"a line":           {inPNG(t, twoHalves(5000, 2)), 720, 1, true},
	} {
		t.Run(name, func(t *testing.T) {
			hash, err := s.Keep(bytes.NewReader(c.file))
			if err != nil {
				t.Fatal(err)
			}
			for _, size := range []int{catalogue.Large, catalogue.Small} {
				kept, err := s.Picture(hash, size)
				if err != nil {
					t.Fatal(err)
				}
				if bytes.Contains(kept, []byte("GPS")) || bytes.Contains(kept, []byte("Exif")) {
					t.Error("where the picture was made is kept")
				}
				m, err := jpeg.Decode(bytes.NewReader(kept))
				if err != nil {
					t.Fatal(err)
				}
				w, h := m.Bounds().Dx(), m.Bounds().Dy()
				if size == catalogue.Large && (w != c.w || h != c.h) || w > size || h > size {
					t.Errorf("%d: %d by %d", size, w, h)
				}
				r, _, b, _ := m.At(w/8, h/2).RGBA()
				if (r > b) != c.redAtLeft {
					t.Errorf("%d: red %d, blue %d at the left", size, r, b)
				}
			}
		})
	}
	for orientation := byte(5); orientation <= 8; orientation++ {
		hash, err := s.Keep(bytes.NewReader(withEXIF(t, twoHalves(1440, 900), orientation)))
		if err != nil {
			t.Fatal(err)
		}
		kept, _ := s.Picture(hash, catalogue.Large)
		m, err := jpeg.Decode(bytes.NewReader(kept))
		if err != nil || m.Bounds().Dx() != 450 || m.Bounds().Dy() != 720 {
			t.Fatalf("%d: %v, %v", orientation, m.Bounds(), err)
		}
		r, _, b, _ := m.At(225, 90).RGBA()
		if redAtTop := orientation == 5 || orientation == 6; (r > b) != redAtTop {
			t.Errorf("%d: red %d, blue %d at the top", orientation, r, b)
		}
	}
	for _, hash := range []string{strings.Repeat("0", 64), "", "../current"} {
		if _, err := s.Picture(hash, catalogue.Small); ledger.CodeOf(err) != ledger.NotFound || s.Has(hash) {
			t.Errorf("%q: %v", hash, err)
		}
	}
}

// bomb is a PNG of so many pixels that hardly has bytes.
func bomb(w, h uint32) []byte {
	var b bytes.Buffer
	b.WriteString("\x89PNG\r\n\x1a\n")
	part := func(kind string, data []byte) {
		binary.Write(&b, binary.BigEndian, uint32(len(data)))
		b.WriteString(kind)
		b.Write(data)
		binary.Write(&b, binary.BigEndian, crc32.ChecksumIEEE(append([]byte(kind), data...)))
	}
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h)
	part("IHDR", append(head, 8, 2, 0, 0, 0))
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	z.Write(make([]byte, 1<<20))
	z.Close()
	part("IDAT", packed.Bytes())
	part("IEND", nil)
	return b.Bytes()
}

// endless gives zeros behind a beginning, and counts them.
type endless struct {
	head  io.Reader
	given int
}

func (e *endless) Read(b []byte) (int, error) {
	n, _ := e.head.Read(b)
	if n == 0 {
		clear(b)
		n = len(b)
	}
	e.given += n
	return n, nil
}

func TestAPictureThatIsTooLargeOrNoneIsRefused(t *testing.T) {
	s := open(t, t.TempDir())
	good := inPNG(t, twoHalves(100, 60))
	for name, c := range map[string]struct {
		file []byte
		says string
	}{
		"nothing":               {nil, "is empty"},
		"a text":                {[]byte("<svg onload=alert(1)>"), "no picture in PNG, JPEG or WebP"},
		"cut off":               {good[:len(good)-40], "is damaged"},
		"a bomb":                {bomb(50_000, 50_000), "50000 by 50000 pixels"},
		"a bomb below the side": {bomb(19_000, 19_000), "at most 36 million"},
		"no pixel":              {bomb(0, 1), "no picture"},
		"too few pixels in it":  {bomb(4_000, 4_000), "is damaged"},
		"a WebP cut off":        {[]byte("RIFF\x10\x00\x00\x00WEBPVP8 "), "no picture"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := s.Keep(bytes.NewReader(c.file))
			var bad catalogue.BadPicture
			if !errors.As(err, &bad) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v", err)
			}
		})
	}
	long := &endless{head: bytes.NewReader(good)}
	if _, err := s.Keep(long); err == nil || !strings.Contains(err.Error(), "more than 20 MB") {
		t.Errorf("%v", err)
	}
	if long.given > 2*catalogue.MaxPicture {
		t.Errorf("%d bytes were read", long.given)
	}
	for _, name := range []string{"../a.png", "a.svg", "", strings.Repeat("a", 200) + ".png", "a/b.png"} {
		if _, err := s.Stage(name, bytes.NewReader(good)); err == nil {
			t.Errorf("%q is kept", name)
		}
	}
}

func TestPicturesComeWithTheirCatalogueAndGoWithIt(t *testing.T) {
	s := open(t, t.TempDir())
	with := strings.Replace(small, `"categories": ["home"]`,
		`"categories": ["home"], "pictures": [{"file": "mug.png"}]`, 1)
	_, err := s.Import(t.Context(), strings.NewReader(with), noon, false)
	var wrong *model.Mistakes
	if !errors.As(err, &wrong) || wrong.Count != 1 || wrong.First[0].At != "/products/2/pictures/0" ||
		!strings.Contains(wrong.First[0].What, "no picture mug.png") {
		t.Fatalf("%v", err)
	}
	hash, err := s.Stage("mug.png", bytes.NewReader(inPNG(t, twoHalves(900, 900))))
	if err != nil {
		t.Fatal(err)
	}
	imported(t, s, with)
	p, err := s.Product(t.Context(), "mug")
	if err != nil || len(p.Pictures) != 1 || p.Pictures[0].Hash != hash {
		t.Fatalf("%+v, %v", p, err)
	}
	large, err := s.Picture(hash, catalogue.Large)
	if err != nil {
		t.Fatal(err)
	}

	other := open(t, t.TempDir())
	if err := other.KeepLarge(hash, append(large, 0)); err == nil || other.Has(hash) {
		t.Errorf("%v: another picture is kept under this hash", err)
	}
	if err := other.KeepLarge(hash, large); err != nil || !other.Has(hash) {
		t.Fatal(err)
	}
	var file bytes.Buffer
	v := exported(t, s, &file)
	if got := imported(t, other, file.String()); got.Hash != v.Hash {
		t.Errorf("%s and %s", got.Hash, v.Hash)
	}

	later := time.Now().Add(25 * time.Hour)
	if _, err := s.Import(t.Context(), strings.NewReader(small), later, false); err != nil || s.Has(hash) {
		t.Errorf("%v: the picture is kept, %v", err, s.Has(hash))
	}
}
