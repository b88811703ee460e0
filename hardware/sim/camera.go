package sim

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"slices"
	"strconv"
	"time"

	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"
)

// cameraPrefix begins the name of a camera among the targets of faults.
const cameraPrefix = "camera-"

var cameraFaults = []FaultKind{
	{"camera-slow", "camera", "duration", nil, "a picture takes this long"},
	{"camera-error", "camera", "chance", nil, "it answers 500 in place of a picture"},
	{"camera-junk", "camera", "chance", nil, "it sends a page in place of a picture"},
	{"camera-half", "camera", "chance", nil, "its picture breaks off in the middle"},
	{"camera-huge", "camera", "chance", nil, "what it sends has no end"},
}

// A Snapshot is what a camera answers a question for a picture with.
type Snapshot struct {
	Status int
	Type   string
	Data   []byte
	Repeat int // so often the data is sent
}

// mostSent bounds what a camera sends without an end, bytes.
const mostSent = 64 << 20

// Snapshot has a camera take a picture.
func (s *Site) Snapshot(ctx context.Context, name string) (Snapshot, error) {
	if !slices.Contains(s.plan.Cameras, name) {
		return Snapshot{}, fmt.Errorf("camera %q: %w", name, ErrUnknown)
	}
	s.mu.Lock()
	target := cameraPrefix + name
	s.pictures++
	number := s.pictures
	wait, _ := s.span("camera-slow", target)
	fails, junk := s.is("camera-error", target), s.is("camera-junk", target)
	half, huge := s.is("camera-half", target), s.is("camera-huge", target)
	s.tell("camera %s: picture %d", name, number)
	s.mu.Unlock()
	select {
	case <-time.After(wait):
	case <-ctx.Done():
		return Snapshot{}, ctx.Err()
	}
	switch {
	case fails:
		return Snapshot{Status: 500, Type: "text/plain", Data: []byte("the camera has no picture\n"), Repeat: 1}, nil
	case junk:
		return Snapshot{Status: 200, Type: "text/html", Data: []byte("<html>Log in first</html>\n"), Repeat: 1}, nil
	}
	picture, err := scene(name, number, time.Now())
	shot := Snapshot{Status: 200, Type: "image/jpeg", Data: picture, Repeat: 1}
	if half {
		shot.Data = picture[:len(picture)/2]
	}
	if huge {
		shot.Repeat = mostSent/len(picture) + 1
	}
	return shot, err
}

// scene is the picture of a counter with something on it, and a number by which pictures
// can be told apart.
func scene(name string, number int, at time.Time) ([]byte, error) {
	const w, h = 1280, 960
	p := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		row := color.RGBA{200, 210, 220, 255}
		if y > h*2/3 { // the counter
			row = color.RGBA{150, 110, 80, 255}
		}
		draw.Draw(p, image.Rect(0, y, w, y+1), image.NewUniform(row), image.Point{}, draw.Src)
	}
	box := image.Rect(w/4, h/3, w*3/4, h*5/6)
	draw.Draw(p, box, image.NewUniform(color.RGBA{190, 150, 100, 255}), image.Point{}, draw.Src)
	tape := image.Rect(w/2-30, h/3, w/2+30, h*5/6)
	draw.Draw(p, tape, image.NewUniform(color.RGBA{220, 200, 160, 255}), image.Point{}, draw.Src)
	write(p, 40, 40, 8, name+" "+strconv.Itoa(number))
	write(p, 40, 180, 4, at.UTC().Format("2006-01-02 15:04:05 UTC"))
	var out bytes.Buffer
	err := jpeg.Encode(&out, p, &jpeg.Options{Quality: 90})
	return out.Bytes(), err
}

// write puts ASCII on a picture, so many times as large as the font is.
func write(p *image.RGBA, x, y, size int, words string) {
	face := basicfont.Face7x13
	small := image.NewAlpha(image.Rect(0, 0, 7*len(words), 13))
	d := font.Drawer{Dst: small, Src: image.Opaque, Face: face, Dot: fixed.P(0, 11)}
	d.DrawString(words)
	for i := range small.Rect.Dx() {
		for j := range small.Rect.Dy() {
			if small.AlphaAt(i, j).A > 128 {
				at := image.Rect(x+i*size, y+j*size, x+(i+1)*size, y+(j+1)*size)
				draw.Draw(p, at, image.Black, image.Point{}, draw.Src)
			}
		}
	}
}
