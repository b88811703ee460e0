package line

import (
	"errors"
	"io"
	"os"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// A plain port is a device file that takes bytes and gives bytes and has no
// serial settings: a printer on USB (/dev/usb/lp0) or on a parallel port.
type plain struct {
	file    *os.File
	timeout time.Duration
}

// Kernel numbers of such devices (Documentation/admin-guide/devices.txt): 6 is
// the parallel port, 180 with a minor below 16 a printer on USB.
const (
	parallelMajor = 6
	usbMajor      = 180
	usbPrinters   = 16
)

// isPlain reports whether the path is a printer's device file.
func isPlain(path string) bool {
	info, err := os.Stat(path)
	if err != nil {
		return false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok || info.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	major, minor := unix.Major(uint64(stat.Rdev)), unix.Minor(uint64(stat.Rdev))
	return major == parallelMajor || major == usbMajor && minor < usbPrinters
}

// IsSerial reports whether a port of this name has a speed of its own: bridges
// and printers' plain device files have none. A port that is not there counts as
// serial.
func IsSerial(name string) bool { return !strings.HasPrefix(name, bridgePrefix) && !isPlain(name) }

// openPlain opens the file for both directions; some printers have one only, and
// then nothing ever comes.
func openPlain(path string) (port, error) {
	f, err := os.OpenFile(path, os.O_RDWR|syscall.O_NOCTTY|syscall.O_NONBLOCK, 0)
	switch {
	case errors.Is(err, os.ErrPermission):
		return nil, errors.New("this user may not use the printer: add it to the group lp and sign in again")
	case errors.Is(err, syscall.EBUSY):
		return nil,
			errors.New("another program has the printer open: end it, or remove the system's own printer queue for it")
	case err != nil:
		return nil, err
	}
	if err := f.SetReadDeadline(time.Time{}); err != nil {
		return nil, errors.Join(errors.New("the device cannot be waited for"), f.Close())
	}
	return &plain{file: f}, nil
}

func (p *plain) SetReadTimeout(d time.Duration) error {
	p.timeout = d
	return nil
}

func (p *plain) Read(b []byte) (int, error) {
	if err := p.file.SetReadDeadline(time.Now().Add(p.timeout)); err != nil {
		return 0, err
	}
	n, err := p.file.Read(b)
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return n, nil
	case errors.Is(err, io.EOF): // a printer with nothing to say ends its answer; wait as if it were silent
		time.Sleep(p.timeout)
		return n, nil
	}
	return n, err
}

func (p *plain) Write(b []byte) (int, error) { return p.file.Write(b) }

// ResetInputBuffer takes what is there.
func (p *plain) ResetInputBuffer() error {
	if err := p.file.SetReadDeadline(time.Now().Add(drainFor)); err != nil {
		return err
	}
	for buffer := make([]byte, 1024); ; {
		_, err := p.file.Read(buffer)
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
	}
}

// ResetOutputBuffer ends a Write that hangs.
func (p *plain) ResetOutputBuffer() error { return p.file.SetWriteDeadline(time.Now()) }

func (p *plain) Close() error { return p.file.Close() }
