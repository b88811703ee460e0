package line

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"go.bug.st/serial"
)

// A port is what a Line reads and writes. Read returns (0, nil) when nothing
// came within the read time-out.
type port interface {
	Read([]byte) (int, error)
	Write([]byte) (int, error)
	SetReadTimeout(time.Duration) error
	ResetInputBuffer() error  // throws away what has come and was not read
	ResetOutputBuffer() error // throws away what waits to go out; a Write that hangs returns
	Close() error
}

func openPort(name string, mode Mode) (port, error) {
	if address, ok := strings.CutPrefix(name, bridgePrefix); ok {
		return dial(address)
	}
	if isPlain(name) {
		return openPlain(name)
	}
	parity, ok := map[Parity]serial.Parity{
		NoParity: serial.NoParity, EvenParity: serial.EvenParity, OddParity: serial.OddParity,
	}[mode.Parity]
	if !ok {
		return nil, fmt.Errorf("parity %d does not exist", mode.Parity)
	}
	p, err := serial.Open(name, &serial.Mode{
		BaudRate: mode.Baud, DataBits: 8, Parity: parity, StopBits: serial.OneStopBit,
	})
	if err != nil {
		return nil, explain(name, err)
	}
	if mode.Lowered {
		// A port that has no such lines, as a pseudo-terminal has none, says so
		// with an error, and that is as well.
		_, _ = p.SetRTS(false), p.SetDTR(false)
	}
	return p, nil
}

// Why a port cannot be opened. The errors of Open and OpenMode wrap them.
var (
	// ErrBusy says that another program has the port for itself.
	ErrBusy = errors.New("another program has the port open: end it (cubbyctl doctor names it)")
	// ErrForbidden says that this user may not use the port.
	ErrForbidden = errors.New("this user may not use the port: add it to the group dialout and sign in again")
)

// explain says of an error in opening what to do.
func explain(name string, err error) error {
	var p *serial.PortError
	if !errors.As(err, &p) {
		return err
	}
	switch p.Code() {
	case serial.PortBusy:
		return ErrBusy
	case serial.PermissionDenied:
		return ErrForbidden
	case serial.PortNotFound:
		return &os.PathError{Op: "open", Path: name, Err: os.ErrNotExist}
	}
	return err
}

const (
	bridgePrefix = "tcp://"
	dialWait     = 2 * time.Second
	drainFor     = time.Millisecond
)

// keepAlive makes a bridge that lost its power fail a silent connection after
// about eleven seconds instead of two hours.
var keepAlive = net.KeepAliveConfig{Enable: true, Idle: 5 * time.Second, Interval: 2 * time.Second, Count: 3}

// A bridge is a serial line at the other end of a TCP connection.
type bridge struct {
	conn    net.Conn
	timeout time.Duration
}

func dial(address string) (port, error) {
	conn, err := (&net.Dialer{Timeout: dialWait, KeepAliveConfig: keepAlive}).Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	return &bridge{conn: conn}, nil
}

func (b *bridge) SetReadTimeout(d time.Duration) error {
	b.timeout = d
	return nil
}

func (b *bridge) Read(p []byte) (int, error) {
	if err := b.conn.SetReadDeadline(time.Now().Add(b.timeout)); err != nil {
		return 0, err
	}
	n, err := b.conn.Read(p)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		err = nil
	}
	return n, err
}

func (b *bridge) Write(p []byte) (int, error) { return b.conn.Write(p) }

// ResetInputBuffer takes what is there; more may be under way.
func (b *bridge) ResetInputBuffer() error {
	if err := b.conn.SetReadDeadline(time.Now().Add(drainFor)); err != nil {
		return err
	}
	for buffer := make([]byte, 1024); ; {
		_, err := b.conn.Read(buffer)
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			return nil
		case err != nil:
			return err
		}
	}
}

// ResetOutputBuffer ends a Write that hangs; the connection is of no use then.
func (b *bridge) ResetOutputBuffer() error { return b.conn.SetWriteDeadline(time.Now()) }

func (b *bridge) Close() error { return b.conn.Close() }
