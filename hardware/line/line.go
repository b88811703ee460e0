// Package line is one serial port, from open to gone: a device of this machine,
// a printer's plain device file, or "tcp://host:port", a bridge that carries the
// same bytes over a network.
//
// A Line has one user. Bytes arrive on a channel that is closed when the port
// fails or is closed; Write gives up on a port that does not take its bytes. A
// Line that has failed is never used again: close it, open another.
//
// The port's descriptor is closed by the goroutine that reads it, and only when
// no write is under way. A descriptor closed under a reader or writer could by
// then belong to another file of this program, and a lock board's bytes must
// never end up in a database.
package line

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"
)

const (
	lookUp     = 100 * time.Millisecond // how often a silent reader looks whether it shall stop
	closeWait  = 2 * time.Second        // how long Close waits for the kernel to let go
	flushEvery = 100 * time.Millisecond // how often a wedged write is given room
	lastLook   = 10 * time.Millisecond  // how long a pause is looked at once more before it is told
	pieces     = 20                     // in which a limit is counted
)

// ErrClosed is the failure of a line that was closed by its user.
var ErrClosed = errors.New("the line was closed")

// ErrWedged says that the port did not take its bytes in time: the adapter has
// hung. Whether they went out is not known.
var ErrWedged = errors.New("the port does not take bytes: unplug the adapter and plug it in again")

// A Chunk is some bytes as they were read, or a pause between them.
type Chunk struct {
	Bytes []byte    // empty: a pause, see Open
	At    time.Time // when they were read; on a busy machine that is later than they arrived
}

// A Mode is how a port is set. There are 8 data bits, one stop bit and no flow
// control; a bridge has settings of its own, and Baud and Parity are its business.
type Mode struct {
	Baud   int
	Parity Parity

	// Lowered takes RTS and DTR back where the port has them: opening raises
	// both, which makes some adapters transmit and some boards reset. Code
	// readers on USB send nothing while DTR is low, so theirs stay raised.
	Lowered bool

	// Pause of more than 0 asks for an empty Chunk, once after some bytes, when
	// nothing has followed them for that long. It is told by whoever reads the
	// port and only after a look into the kernel's buffer that began when the
	// pause was over and found nothing: bytes that came in time but were read
	// late, because this process was not run, make no pause.
	Pause time.Duration
}

// Parity is the check bit of a character.
type Parity uint8

// The parities in use: lock boards have none, some Modbus sensors even.
const (
	NoParity Parity = iota
	EvenParity
	OddParity
)

// A Line is an open serial port. Write is for one goroutine, the other methods
// for any.
type Line struct {
	port    port
	pause   time.Duration
	chunks  chan Chunk
	writes  chan []byte
	written chan error
	stop    chan struct{}
	done    chan struct{}
	once    sync.Once

	writing sync.Mutex // held while bytes are handed to the kernel, and by whoever closes the port

	mu  sync.Mutex // guards what follows
	err error
}

// Open opens a port without parity whose modem lines stay as opening leaves them.
func Open(name string, baud int, pause time.Duration) (*Line, error) {
	return OpenMode(name, Mode{Baud: baud, Pause: pause})
}

// OpenMode opens the port of that name: a path, or "tcp://host:port". It gives
// up on a bridge that does not answer within two seconds.
func OpenMode(name string, mode Mode) (*Line, error) {
	port, err := openPort(name, mode)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", name, err)
	}
	// What came before belongs to nobody: a code scanned while nobody listened
	// must not open a door for whoever stands there now.
	if err := port.ResetInputBuffer(); err != nil {
		return nil, errors.Join(fmt.Errorf("empty %s: %w", name, err), port.Close())
	}
	l := &Line{
		port:    port,
		pause:   mode.Pause,
		chunks:  make(chan Chunk, 64),
		writes:  make(chan []byte, 1),
		written: make(chan error, 1),
		stop:    make(chan struct{}),
		done:    make(chan struct{}),
	}
	go l.read()
	go l.write()
	return l, nil
}

// Chunks delivers what arrives. It is closed when the line has failed.
func (l *Line) Chunks() <-chan Chunk { return l.chunks }

// Err tells why the line failed; nil while it works.
func (l *Line) Err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}

// Write hands the bytes to the kernel within the time given. After an error the
// line has failed, and some, all or none of the bytes may have gone out. The
// slice is the caller's again at once: what still goes out late is as it was given.
func (l *Line) Write(b []byte, within time.Duration) error {
	if err := l.Err(); err != nil {
		return err
	}
	l.writes <- slices.Clone(b)
	limit := newLimit(within)
	defer limit.Stop()
	for !limit.over() {
		select {
		case err := <-l.written:
			if err != nil {
				l.fail(err)
			}
			return err
		case <-l.stop:
			return l.Err()
		case <-limit.C:
			limit.looks--
		}
	}
	l.fail(ErrWedged)
	return ErrWedged
}

// Stop begins to give the port back; Done tells when that has happened.
func (l *Line) Stop() { l.fail(ErrClosed) }

// Close gives the port back. It returns an error when the kernel still holds it
// after two seconds.
func (l *Line) Close() error {
	l.Stop()
	limit := newLimit(closeWait)
	defer limit.Stop()
	for !limit.over() {
		select {
		case <-l.done:
			return nil
		case <-limit.C:
			limit.looks--
		}
	}
	return ErrWedged
}

// A limit is a time that is given to others, counted in short pieces: a time in
// which this process was not run, however long, makes one of them. The others
// have had no more of it.
type limit struct {
	*time.Ticker
	looks int // that are left
}

func newLimit(d time.Duration) *limit { return &limit{time.NewTicker(max(d/pieces, 1)), pieces} }

func (l *limit) over() bool { return l.looks <= 0 }

// Done is closed when the port has been given back to the system.
func (l *Line) Done() <-chan struct{} { return l.done }

// fail notes the first failure and stops both goroutines.
func (l *Line) fail(err error) {
	l.mu.Lock()
	if l.err == nil {
		l.err = err
	}
	l.mu.Unlock()
	l.once.Do(func() { close(l.stop) })
}

// read passes on what arrives until the line fails, then closes the port.
func (l *Line) read() {
	defer l.release()
	defer close(l.chunks)
	buffer := make([]byte, 1024)
	var last time.Time // when bytes were read whose pause has not been told
	for {
		patience, over := l.patience(last)
		n, err := l.readOnce(buffer, patience)
		if n > 0 || over && err == nil {
			now := time.Now()
			select {
			case l.chunks <- Chunk{Bytes: append([]byte(nil), buffer[:n]...), At: now}:
			case <-l.stop:
				return
			}
			last = time.Time{}
			if n > 0 {
				last = now
			}
		}
		if err != nil {
			l.fail(fmt.Errorf("read: %w", err))
			return
		}
		select {
		case <-l.stop:
			return
		default: // no bytes and no error is the read time-out
		}
	}
}

// patience tells how long the next look at the port may take, and whether the
// pause after the last bytes is over if that look finds nothing.
func (l *Line) patience(last time.Time) (patience time.Duration, over bool) {
	if l.pause <= 0 || last.IsZero() {
		return lookUp, false
	}
	left := l.pause - time.Since(last)
	if left <= 0 {
		return lastLook, true
	}
	return min(left, lookUp), false
}

// readOnce turns a panic of the port into an error: its select call cannot
// stand descriptors of 1024 and more.
func (l *Line) readOnce(buffer []byte, patience time.Duration) (n int, err error) {
	defer func() {
		if r := recover(); r != nil {
			n, err = 0, fmt.Errorf("too many open files for a serial port: %v", r)
		}
	}()
	if err := l.port.SetReadTimeout(patience); err != nil {
		return 0, err
	}
	return l.port.Read(buffer)
}

// write hands bytes to the kernel one request at a time, so that a port that
// blocks blocks nobody else.
func (l *Line) write() {
	for {
		select {
		case b := <-l.writes:
			l.written <- l.writeAll(b)
		case <-l.stop:
			return
		}
	}
}

func (l *Line) writeAll(b []byte) error {
	l.writing.Lock()
	defer l.writing.Unlock()
	if l.Err() != nil {
		return l.Err()
	}
	for len(b) > 0 {
		n, err := l.port.Write(b)
		if err != nil {
			return fmt.Errorf("write: %w", err)
		}
		if n == 0 {
			return fmt.Errorf("write: %w", io.ErrShortWrite)
		}
		b = b[n:]
	}
	return nil
}

// release closes the port once no write holds it. A write that hangs is given
// room by throwing away what waits to go out, which is also what keeps the
// kernel from waiting for it when the port is closed.
func (l *Line) release() {
	defer close(l.done)
	for !l.writing.TryLock() {
		l.flush()
		time.Sleep(flushEvery)
	}
	defer l.writing.Unlock()
	l.flush()
	if err := l.port.Close(); err != nil {
		l.fail(err)
	}
}

// flush may fail on a port that has gone; then there is nothing to throw away.
func (l *Line) flush() { _ = l.port.ResetOutputBuffer() }
