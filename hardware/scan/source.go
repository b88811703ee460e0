package scan

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"cubby/hardware/line"
)

// A Source is an open reader of any kind. Chunks is closed when it has failed;
// a chunk without bytes is a pause. A *line.Line is one.
type Source interface {
	Chunks() <-chan line.Chunk
	Write(b []byte, within time.Duration) error
	Err() error
	Close() error
}

// ErrReadOnly is the answer to a Write to what can only be read.
var ErrReadOnly = errors.New("this reader takes no commands")

// grabRequest is EVIOCGRAB, _IOW('E', 0x90, int): with 1 no other program gets
// the device's events any more, until it is closed. Source: linux/input.h.
const grabRequest = 0x40044590

const lastLook = 10 * time.Millisecond // how long a pause is looked at once more before it is told

// A keyboard is an open event device. The descriptor is closed by Close, after
// which its goroutine ends.
type keyboard struct {
	file   *os.File
	pause  time.Duration
	chunks chan line.Chunk
	stop   chan struct{}
	done   chan struct{}
	once   sync.Once

	mu  sync.Mutex // guards what follows
	err error
}

// OpenKeyboard opens an event device, best by its name under /dev/input/by-id,
// and takes it for this program alone: what is scanned must not be typed into
// whatever window has the focus. A pause is told once after some events, when
// nothing has followed them for that long.
func OpenKeyboard(path string, pause time.Duration) (Source, error) {
	return openKeyboard(path, pause, grab)
}

func openKeyboard(path string, pause time.Duration, take func(*os.File) error) (Source, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK, 0)
	if errors.Is(err, os.ErrPermission) {
		return nil, fmt.Errorf("open %s: this user may not read it: add it to the group input and sign in again", path)
	}
	if err != nil {
		return nil, err
	}
	if err := take(file); err != nil {
		return nil, errors.Join(fmt.Errorf("take %s for this program alone: %w (does another one have it?)", path, err),
			file.Close())
	}
	k := &keyboard{
		file: file, pause: pause, chunks: make(chan line.Chunk, 64), stop: make(chan struct{}),
		done: make(chan struct{}),
	}
	go k.read()
	return k, nil
}

func grab(file *os.File) error {
	raw, err := file.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	if err := raw.Control(func(fd uintptr) { failed = unix.IoctlSetInt(int(fd), grabRequest, 1) }); err != nil {
		return err
	}
	return failed
}

// read passes on events until the device fails or is closed.
func (k *keyboard) read() {
	defer close(k.done)
	defer close(k.chunks)
	buffer := make([]byte, 64*eventSize)
	for pending, look := false, k.pause; ; {
		var until time.Time // the zero time: no limit
		if pending {
			until = time.Now().Add(look)
		}
		err := k.file.SetReadDeadline(until)
		n := 0
		if err == nil {
			n, err = k.file.Read(buffer)
		}
		silent := errors.Is(err, os.ErrDeadlineExceeded)
		switch {
		case n > 0:
			pending, look = true, k.pause
		case silent && look == k.pause:
			look = min(lastLook, k.pause/2) // bytes that came in time may only now be seen
			continue
		case silent:
			pending, look = false, k.pause
		default:
			k.fail(fmt.Errorf("read %s: %w", k.file.Name(), err))
			return
		}
		select {
		case k.chunks <- line.Chunk{Bytes: append([]byte(nil), buffer[:n]...), At: time.Now()}:
		case <-k.stop:
			return
		}
	}
}

func (k *keyboard) fail(err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.err == nil {
		k.err = err
	}
}

func (k *keyboard) Chunks() <-chan line.Chunk { return k.chunks }

func (k *keyboard) Write([]byte, time.Duration) error { return ErrReadOnly }

func (k *keyboard) Err() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.err
}

// Close gives the device back to the system, with its grab.
func (k *keyboard) Close() error {
	k.fail(line.ErrClosed)
	var err error
	k.once.Do(func() {
		close(k.stop)
		err = k.file.Close()
		<-k.done
	})
	return err
}
