package hub

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cubby/locker/secret/token"
)

// A code of 30 mm on a picture 1080 pixels wide takes as many pixels as on the screen of a
// phone, which is about 68 mm wide, or on a photo of as much.
const (
	pictureWide, pictureHigh = 1080, 720
	codeWide                 = 30.0 / 68 * pictureWide // 476 pixels, the white border is in it
)

// photo is the code on grey paper, turned and out of focus. damage says what is at a point of
// the code, both 0 to 1, where there was 0 (black) or 1 (white).
func photo(drawn *image.Gray, r *rand.Rand, damage func(x, y, is float64) float64) *image.Gray {
	sin, cos := math.Sincos(r.Float64() * 2 * math.Pi)
	middleX, middleY := 345+390*r.Float64(), 345+30*r.Float64()
	ink, paper := 0.05+0.15*r.Float64(), 0.8+0.15*r.Float64()
	n, at := float64(drawn.Rect.Dx()), make([]float64, pictureWide*pictureHigh)
	for i := range at {
		at[i] = paper
		if math.Hypot(float64(i%pictureWide)-middleX, float64(i/pictureWide)-middleY) > codeWide*0.72 {
			continue
		}
		for j := range 4 { // the mean of four points of the pixel
			dx := (float64(i%pictureWide) + float64(j%2)/2 - middleX) / codeWide
			dy := (float64(i/pictureWide) + float64(j/2)/2 - middleY) / codeWide
			if u, v := dx*cos+dy*sin+0.5, dy*cos-dx*sin+0.5; u >= 0 && u < 1 && v >= 0 && v < 1 {
				g := drawn.Pix[int(v*n)*drawn.Stride+int(u*n)]
				at[i] += (ink - paper) * (1 - damage(u, v, float64(g)/255)) / 4
			}
		}
	}
	out := image.NewGray(image.Rect(0, 0, pictureWide, pictureHigh))
	for i, is := range blurred(at, 1+1.5*r.Float64()) {
		out.Pix[i] = uint8(255 * is)
	}
	return out
}

// blurred is a picture out of focus: a Gaussian with that deviation, in pixels.
func blurred(at []float64, deviation float64) []float64 {
	reach := int(math.Ceil(3 * deviation))
	weights, whole := make([]float64, 2*reach+1), 0.0
	for i := range weights {
		d := float64(i-reach) / deviation
		weights[i] = math.Exp(-d * d / 2)
		whole += weights[i]
	}
	for i := range weights {
		weights[i] /= whole
	}
	for _, step := range []int{1, pictureWide} { // along rows, then along columns
		out := make([]float64, len(at))
		copy(out, at)
		for i := reach * step; i < len(at)-reach*step; i++ {
			out[i] = 0
			for k, weight := range weights {
				out[i] += weight * at[i+(k-reach)*step]
			}
		}
		at = out
	}
	return at
}

// A spot is a disc on the code.
type spot struct{ x, y, radius float64 }

func on(spots []spot, x, y float64) bool {
	for _, s := range spots {
		if math.Hypot(x-s.x, y-s.y) < s.radius {
			return true
		}
	}
	return false
}

// dirt is spots of a radius over a part of the code, of some grey, which let the rest through.
func dirt(r *rand.Rand, area, radius, through float64) func(x, y, is float64) float64 {
	var spots []spot
	for covered := 0.0; covered < area; {
		spots, covered = append(spots, spot{0.15 + 0.7*r.Float64(), 0.15 + 0.7*r.Float64(), radius}), 0
		for i := range 100 * 100 {
			if on(spots, float64(i%100)/100, float64(i/100)/100) {
				covered += 1e-4
			}
		}
	}
	grey := r.Float64()
	return func(x, y, is float64) float64 {
		if on(spots, x, y) {
			return is*through + grey*(1-through)
		}
		return is
	}
}

// Level M mends about 15 % of what a code's 242 words (of 8 modules) say. What hides them is
// dirt that lets some of the code through, or white stripes as a bad print head leaves them.
func TestADrawnCodeIsReadThoughBlurredTurnedAndDamaged(t *testing.T) {
	zbar, err := exec.LookPath("zbarimg")
	if err != nil {
		t.Skip("SKIPPED: there is no zbarimg (apt-get install zbar-tools)")
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	at := time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)
	text, err := token.Sign(token.Claims{ID: [token.IDBytes]byte{1, 2, 3}, Station: "s-7k3m90qx",
		Purpose: token.Pickup, Label: "340123450000000017", NotBefore: at, Expires: at.Add(TokenUsual)},
		[]byte("key1"), ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)))
	must(err)
	d, err := Draw(text)
	must(err)
	decoded, err := png.Decode(bytes.NewReader(d.PNG))
	must(err)
	drawn := image.NewGray(decoded.Bounds())
	draw.Draw(drawn, drawn.Rect, decoded, image.Point{}, draw.Src)
	const modules = 49 + 8
	if got := drawn.Rect.Dx(); got != modules*qrPixels {
		t.Fatalf("the code is %d pixels wide: it is not of version 8", got)
	}
	compact := math.Sqrt(0.15 / math.Pi)
	for _, kind := range []struct {
		name   string
		least  int // of ten pictures are read
		damage func(r *rand.Rand) func(x, y, is float64) float64
	}{
		{"a smudge over 15 % of it, half through", 9, func(r *rand.Rand) func(x, y, is float64) float64 {
			return dirt(r, 0.149, compact, 0.5)
		}},
		{"stains over 15 % of it, half through", 9, func(r *rand.Rand) func(x, y, is float64) float64 {
			return dirt(r, 0.15, 0.06, 0.5)
		}},
		{"a white stripe over 15 % of its words", 6, func(r *rand.Rand) func(x, y, is float64) float64 {
			from := 4 + 9 + 2*r.IntN(14) // words stand in pairs of columns, between the corners' marks
			return func(x, _, is float64) float64 {
				if column := int(x * modules); column >= from && column < from+6 {
					return 1
				}
				return is
			}
		}},
	} {
		dir, files := t.TempDir(), []string{"-q", "--raw"}
		for seed := range uint64(10) {
			r := rand.New(rand.NewPCG(seed, 1))
			var b bytes.Buffer
			must(png.Encode(&b, photo(drawn, r, kind.damage(r))))
			files = append(files, filepath.Join(dir, fmt.Sprint(seed, ".png")))
			must(os.WriteFile(files[len(files)-1], b.Bytes(), 0o600))
		}
		said, _ := exec.Command(zbar, files...).Output() // a line for each that it reads
		well := strings.Count(string(said), text+"\n")
		t.Logf("%s: %d of 10 are read", kind.name, well)
		if well < kind.least {
			t.Errorf("%s: %d of 10 are read", kind.name, well)
		}
	}
}
