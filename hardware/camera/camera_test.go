package camera

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// noise is a picture that can hardly be made smaller.
func noise(w, h int) *image.RGBA {
	p := image.NewRGBA(image.Rect(0, 0, w, h))
	random := rand.New(rand.NewPCG(1, 2))
	for i := range p.Pix {
		p.Pix[i] = uint8(random.Uint32()) | uint8(255*((i%4)/3))
	}
	return p
}

func asJPEG(t *testing.T, p image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, p, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asPNG(t *testing.T, p image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// withPlace puts into a JPEG where it was taken, as phones do.
func withPlace(raw []byte) []byte {
	exif := append([]byte("Exif\x00\x00"), []byte("GPS 52.5200N 13.4050E made by a phone")...)
	n := len(exif) + 2
	return append(append([]byte{0xFF, 0xD8, 0xFF, 0xE1, byte(n >> 8), byte(n)}, exif...), raw[2:]...)
}

func TestAPictureBecomesSmallAndBare(t *testing.T) {
	clear := image.NewNRGBA(image.Rect(0, 0, 40, 30)) // transparent: becomes white
	for _, c := range []struct {
		name string
		raw  []byte
		w, h int
	}{
		{"a photo with its place", withPlace(asJPEG(t, noise(400, 300))), 400, 300},
		{"wide noise", asPNG(t, noise(1800, 450)), 1600, 400},
		{"high and narrow", asPNG(t, image.NewGray(image.Rect(0, 0, 3, 4000))), 1, 1600},
		{"transparent", asPNG(t, clear), 40, 30},
	} {
		small, err := Small(c.raw)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		p, kind, err := image.Decode(bytes.NewReader(small))
		if err != nil || kind != "jpeg" || len(small) > MostBytes {
			t.Errorf("%s: %d bytes of %s, %v", c.name, len(small), kind, err)
			continue
		}
		if b := p.Bounds(); max(b.Dx(), b.Dy()) > longestSide ||
			c.name != "wide noise" && (b.Dx() != c.w || b.Dy() != c.h) {
			t.Errorf("%s: %v", c.name, b)
		}
		if bytes.Contains(small, []byte("GPS")) || bytes.Contains(small, []byte("Exif")) {
			t.Errorf("%s: the file still says where it was taken", c.name)
		}
		if r, _, _, _ := p.At(1, 1).RGBA(); c.name == "transparent" && r < 0xF000 {
			t.Errorf("%s: it has become dark", c.name)
		}
	}
}

// What is left of a picture must be that picture.
func TestAPictureThatIsScaledShowsTheSame(t *testing.T) {
	p := image.NewRGBA(image.Rect(0, 0, 4800, 300))
	for i := range p.Pix {
		x := i / 4 % 4800
		p.Pix[i] = 255
		if x < 2400 && i%4 != 0 && i%4 != 3 { // red on the left, white on the right
			p.Pix[i] = 0
		}
	}
	small, err := Small(asPNG(t, p))
	if err != nil {
		t.Fatal(err)
	}
	got, err := jpeg.Decode(bytes.NewReader(small))
	if err != nil || got.Bounds().Dx() != 1600 || got.Bounds().Dy() != 100 {
		t.Fatalf("%v, %v", got.Bounds(), err)
	}
	for x, want := range map[int]color.RGBA{400: {255, 0, 0, 255}, 1200: {255, 255, 255, 255}} {
		r, g, b, _ := got.At(x, 50).RGBA()
		near := func(a uint32, b uint8) bool { return int(a>>8)-int(b) < 10 && int(b)-int(a>>8) < 10 }
		if !near(r, want.R) || !near(g, want.G) || !near(b, want.B) {
			t.Errorf("at %d: %d %d %d, want %v", x, r>>8, g>>8, b>>8, want)
		}
	}
}

func TestWhatIsNoPictureIsRefused(t *testing.T) {
	whole := asJPEG(t, noise(100, 100))
	bomb := asPNG(t, image.NewGray(image.Rect(0, 0, 10, 10)))
	copy(bomb[16:], []byte{0, 0, 0xEA, 0x60, 0, 0, 0xEA, 0x60}) // 60000 x 60000, its sum is wrong then
	var gif bytes.Buffer
	gif.WriteString("GIF89a\x01\x00\x01\x00\x00\x00\x00;")
	for name, raw := range map[string][]byte{
		"nothing": nil, "a page": []byte("<html>no</html>"), "half a picture": whole[:len(whole)/2],
		"sixty thousand pixels high": bomb, "a moving picture": gif.Bytes(), "two bytes": {0xFF, 0xD8},
	} {
		if _, err := Small(raw); !errors.Is(err, errNoPicture) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzNoPictureEndsTheProgram(f *testing.F) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, noise(16, 16), nil); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	b.Reset()
	if err := png.Encode(&b, noise(16, 16)); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, raw []byte) {
		if size, _, err := image.DecodeConfig(bytes.NewReader(raw)); err == nil &&
			size.Width*size.Height > 1<<20 {
			return // slow, and no other code
		}
		if small, err := Small(raw); err == nil && len(small) > MostBytes {
			t.Errorf("%d bytes", len(small))
		}
	})
}

type told struct {
	mu  sync.Mutex
	all []Report
}

func (s *told) CameraChanged(r Report) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, r)
}

func opened(t *testing.T, cfg Config) *Camera {
	t.Helper()
	cfg.Device = "camera test"
	c, err := Open(cfg, new(told))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func TestACameraInTheNetworkSaysHowItIs(t *testing.T) {
	good := asJPEG(t, noise(64, 48))
	release := make(chan struct{})
	mux := http.NewServeMux()
	mux.HandleFunc("/good", func(w http.ResponseWriter, _ *http.Request) { w.Write(good) })
	mux.HandleFunc("/500", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) })
	mux.HandleFunc(
		"/html",
		func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>log in</html>") },
	)
	mux.HandleFunc(
		"/elsewhere",
		func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/good", http.StatusFound) },
	)
	mux.HandleFunc("/slow", func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-release:
		}
	})
	mux.HandleFunc("/huge", func(w http.ResponseWriter, _ *http.Request) {
		for range rawBytes/len(good) + 2 {
			if _, err := w.Write(good); err != nil {
				return
			}
		}
	})
	server := httptest.NewServer(mux)
	t.Cleanup(func() { close(release); server.Close() })
	for _, c := range []struct {
		path  string
		state State
	}{
		{"/good", Working}, {"/500", Suspect}, {"/html", Suspect}, {"/elsewhere", Suspect}, {"/huge", Suspect},
		{"/slow", Silent},
	} {
		limit := 10 * time.Second
		if c.state == Silent {
			limit = 50 * time.Millisecond
		}
		k := opened(t, Config{URL: server.URL + c.path, Timeout: limit})
		picture, err := k.Take(t.Context())
		if (err == nil) != (c.state == Working) || (len(picture) > 0) != (c.state == Working) {
			t.Errorf("%s: %d bytes, %v", c.path, len(picture), err)
		}
		if got := k.State(); got.State != c.state {
			t.Errorf("%s: is %s (%s), want %s", c.path, got.State, got.Detail, c.state)
		}
	}
	gone := httptest.NewServer(nil)
	gone.Close()
	k := opened(t, Config{URL: strings.Replace(gone.URL, "http://", "http://user:secret@", 1)})
	if _, err := k.Take(t.Context()); err == nil || k.State().State != Gone ||
		strings.Contains(err.Error(), "secret") {
		t.Errorf("nobody there: %v, %s", err, k.State().State)
	}
}

// A camera is found again by looking, without a picture being taken.
func TestACameraThatCameBackIsNoticedWithoutAPicture(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("it was asked for a picture")
	}))
	defer server.Close()
	k := opened(t, Config{URL: server.URL, Poll: time.Hour})
	k.report(Gone, "unplugged")
	k.look(t.Context())
	if k.State().State != Working {
		t.Errorf("is %v", k.State())
	}
	k.report(Suspect, "its picture was none")
	k.look(t.Context())
	if k.State().State != Suspect {
		t.Errorf("looking has made its pictures good: %v", k.State())
	}
}

func TestAProgramAsACamera(t *testing.T) {
	dir := t.TempDir()
	picture := filepath.Join(dir, "one.jpg")
	if err := os.WriteFile(picture, asJPEG(t, noise(64, 48)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name    string
		command []string
		state   State
	}{
		{"gives a picture", []string{"/bin/cat", picture}, Working},
		{"needs no shell", []string{"/bin/cat", picture + ";id"}, Suspect},
		{"fails", []string{"/bin/sh", "-c", "cat " + picture + "; exit 3"}, Suspect},
		{"writes without end", []string{"/bin/cat", "/dev/zero"}, Suspect},
		{"hangs with a child", []string{"/bin/sh", "-c", "sleep 1000 & wait"}, Silent},
		{"is not there", []string{filepath.Join(dir, "none")}, Gone},
	} {
		limit := 10 * time.Second
		if c.state == Silent {
			limit = 100 * time.Millisecond
		}
		k := opened(t, Config{Command: c.command, Timeout: limit})
		_, err := k.Take(t.Context())
		if got := k.State(); got.State != c.state || (err == nil) != (c.state == Working) {
			t.Errorf("a program that %s: %s, %v", c.name, got.State, err)
		}
	}
}

func TestWhoNoLongerWaitsSaysNothingOfTheCamera(t *testing.T) {
	k := opened(t, Config{Command: []string{"/bin/sleep", "1000"}})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := k.Take(ctx); err == nil {
		t.Error("there was a picture")
	}
	if s := k.State().State; s == Silent || s == Suspect {
		t.Errorf("is %s", s)
	}
}

func TestACameraIsNearOrRefused(t *testing.T) {
	for _, c := range []struct {
		cfg  Config
		good bool
	}{
		{Config{URL: "http://192.168.0.20/snapshot.jpg"}, true}, {Config{URL: "https://[fd00::1]/a"}, true},
		{Config{URL: "http://127.0.0.1:8471/camera.jpg"}, true}, {Config{Command: []string{"/usr/bin/fswebcam"}}, true},
		{Config{URL: "http://8.8.8.8/a"}, false}, {Config{URL: "file:///etc/passwd"}, false}, {Config{}, false},
		{Config{URL: "http://"}, false}, {Config{Command: []string{"fswebcam"}}, false},
		{Config{URL: "http://10.0.0.1/", Command: []string{"/bin/cat"}}, false},
	} {
		if err := Check(c.cfg); (err == nil) != c.good {
			t.Errorf("%+v: %v", c.cfg, err)
		}
	}
	for address, good := range map[string]bool{"127.0.0.1:80": true, "10.1.2.3:80": true, "93.184.216.34:80": false} {
		if err := nearby.Control("tcp", address, nil); (err == nil) != good {
			t.Errorf("%s: %v", address, err)
		}
	}
}
