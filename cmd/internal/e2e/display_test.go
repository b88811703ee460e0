package e2e

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The size of the panel, in pixels.
const panelWidth, panelHeight = 1080, 1920

// A virtual is a virtual display. One window is shown on it at a time.
type virtual struct {
	name   string // ":N"
	frame  string // file in which the server keeps the picture, in the XWD format
	width  int    // pixels
	height int
}

// newDisplay opens a display of its own for a test, until that ends.
func newDisplay(t *testing.T, width, height int) *virtual {
	t.Helper()
	d := &virtual{width: width, height: height}
	close, err := d.open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(close)
	return d
}

// open starts an X server on a number that is free. It draws no pointer,
// which comes and goes in the picture while something is drawn near it.
func (d *virtual) open() (close func(), err error) {
	dir, err := os.MkdirTemp("", "cubby-display-")
	if err != nil {
		return nil, err
	}
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer read.Close()
	server := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", fmt.Sprintf("%dx%dx24", d.width, d.height),
		"+extension", "GLX", "-nolisten", "tcp", "-noreset", "-nocursor", "-fbdir", dir)
	server.ExtraFiles = []*os.File{write}
	started := make(chan error)
	starter <- func() { started <- server.Start() }
	err = errors.Join(<-started, write.Close())
	if err != nil {
		return nil, fmt.Errorf("start Xvfb: %w", err)
	}
	close = func() {
		_ = server.Process.Kill() // by its own id; it may have ended
		_ = server.Wait()
		os.RemoveAll(dir)
	}
	number, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		close()
		return nil, fmt.Errorf("Xvfb has not come up: %w", err)
	}
	d.name, d.frame = ":"+strings.TrimSpace(number), filepath.Join(dir, "Xvfb_screen0")
	return close, nil
}

// capture takes a picture of the display. The X window dump that the server
// keeps up to date is a header of 32-bit words, big end first: its own length
// (word 0), the bytes of a row (12), the number of colours (19); then the
// colours, 12 bytes each; then the rows, four bytes a pixel: blue, green, red.
func (d *virtual) capture(t *testing.T) *image.RGBA {
	t.Helper()
	dump, err := os.ReadFile(d.frame)
	if err != nil {
		t.Fatal(err)
	}
	word := func(n int) int { return int(binary.BigEndian.Uint32(dump[4*n:])) }
	row := word(12)
	rows := dump[word(0)+12*word(19):]
	if len(rows) < row*d.height || row < 4*d.width {
		t.Fatalf("the display's picture has %d bytes in rows of %d", len(rows), row)
	}
	p := image.NewRGBA(image.Rect(0, 0, d.width, d.height))
	for y := range d.height {
		from, to := rows[y*row:], p.Pix[y*p.Stride:]
		for x := 0; x < 4*d.width; x += 4 {
			to[x], to[x+1], to[x+2], to[x+3] = from[x+2], from[x+1], from[x], 0xff
		}
	}
	return p
}

// keep saves a picture in build/e2e and fails when there is nothing on it.
func keep(t *testing.T, name string, p *image.RGBA) string {
	t.Helper()
	dir := filepath.Join(repository, "build", "e2e")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, name+".png")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	fast := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := errors.Join(fast.Encode(f, p), f.Close()); err != nil {
		t.Fatal(err)
	}
	colours := map[[3]uint8]bool{}
	for i := 0; i < len(p.Pix); i += 4 {
		colours[[3]uint8(p.Pix[i:i+3])] = true
	}
	if len(colours) < 30 {
		t.Errorf("%s has only %d colours: the page is blank or half drawn", path, len(colours))
	}
	return path
}
