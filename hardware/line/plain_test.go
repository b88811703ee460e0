package line

import (
	"bytes"
	"io"
	"testing"
	"time"

	"github.com/creack/pty"
	"go.bug.st/serial"
)

// A pseudo-terminal stands for a printer's device file: both are character
// devices that can be waited for.
func TestAPlainDeviceGivesAndTakesBytesAndLetsAReaderGo(t *testing.T) {
	printer, end, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer printer.Close()
	defer end.Close()
	// leaves it without echo and line editing
	raw, err := serial.Open(end.Name(), &serial.Mode{BaudRate: 9600, DataBits: 8})
	if err != nil {
		t.Fatal(err)
	}
	if err := raw.Close(); err != nil {
		t.Fatal(err)
	}
	p, err := openPlain(end.Name())
	if err != nil {
		t.Fatal(err)
	}
	if err := p.SetReadTimeout(20 * time.Millisecond); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 16)
	if n, err := p.Read(got); n != 0 || err != nil {
		t.Errorf("a silent device gives %d bytes, %v", n, err)
	}
	if _, err := p.Write([]byte{0x10, 0x04, 0x01}); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(printer, got[:3]); err != nil || !bytes.Equal(got[:3], []byte{0x10, 0x04, 0x01}) {
		t.Errorf("the printer has read % X, %v", got[:3], err)
	}
	if _, err := printer.Write([]byte{0x12}); err != nil {
		t.Fatal(err)
	}
	n := 0
	for deadline := time.Now().Add(10 * time.Second); n == 0 && time.Now().Before(deadline); {
		if n, err = p.Read(got); err != nil {
			t.Fatal(err)
		}
	}
	if n != 1 || got[0] != 0x12 {
		t.Errorf("got % X", got[:n])
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Read(got); err == nil {
		t.Error("a closed device reads on")
	}
}

func TestOnlyPrintersArePlain(t *testing.T) {
	for _, path := range []string{"/dev/null", "/dev/tty", "/dev/ptmx", t.TempDir(), "/no/such/device"} {
		if isPlain(path) {
			t.Errorf("%s is taken for a printer", path)
		}
		if !IsSerial(path) {
			t.Errorf("%s has no speed", path)
		}
	}
	if IsSerial("tcp://10.0.0.9:9100") {
		t.Error("a network has a speed to be set")
	}
}
