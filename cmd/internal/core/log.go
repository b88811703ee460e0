package core

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// logWaiting is how many bytes of log wait at most for whoever reads them.
const logWaiting = 1 << 20

// logPatience is how long the end of the program waits for the last lines to be read.
const logPatience = time.Second

// A Log hands lines to somebody who may not read them: a full pipe, a terminal that was
// stopped. Whoever logs never waits. Lines that find no room are dropped and counted,
// and the gap is told in its place once there is room again. Its methods are safe for
// concurrent use.
type Log struct {
	*slog.Logger
	to   io.Writer
	wake chan struct{} // holds a token while there is something to write
	done chan struct{} // closed when all was written after Close

	mu      sync.Mutex // guards what follows
	lines   [][]byte   // the oldest first
	size    int        // of them, in bytes
	gap     uint64     // dropped since the last line that found room
	dropped uint64     // of all time
	closed  bool
}

// NewLog begins to write JSON lines to a writer.
func NewLog(to io.Writer) *Log {
	l := &Log{to: to, wake: make(chan struct{}, 1), done: make(chan struct{})}
	l.Logger = slog.New(logHandler{slog.NewJSONHandler(l, nil), l})
	go l.run()
	return l
}

// Write takes one line. It never blocks and never fails.
func (l *Log) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || l.size+len(line) > logWaiting {
		l.gap++
		l.dropped++
		return len(line), nil
	}
	l.tellGap()
	l.put(append([]byte(nil), line...))
	select {
	case l.wake <- struct{}{}:
	default:
	}
	return len(line), nil
}

// put is called with the lock held.
func (l *Log) put(line []byte) {
	l.lines = append(l.lines, line)
	l.size += len(line)
}

// tellGap puts a line where others are missing. It is called with the lock held.
func (l *Log) tellGap() {
	if l.gap > 0 {
		l.put(fmt.Appendf(nil,
			`{"time":%q,"level":"WARN","msg":"nobody has read the log; lines are missing here","dropped":%d}`+"\n",
			time.Now().Format(time.RFC3339Nano), l.gap))
		l.gap = 0
	}
}

// take removes the oldest line.
func (l *Log) take() (line []byte, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.lines) == 0 {
		l.tellGap()
	}
	if len(l.lines) == 0 {
		return nil, false
	}
	line, l.lines = l.lines[0], l.lines[1:]
	l.size -= len(line)
	return line, true
}

func (l *Log) run() {
	defer close(l.done)
	for range l.wake {
		for {
			line, ok := l.take()
			if !ok {
				break
			}
			if _, err := l.to.Write(line); err != nil {
				l.mu.Lock()
				l.dropped++
				l.mu.Unlock()
			}
		}
		l.mu.Lock()
		closed := l.closed && len(l.lines) == 0
		l.mu.Unlock()
		if closed {
			return
		}
	}
}

// Dropped is how many lines nobody could read.
func (l *Log) Dropped() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.dropped
}

// Close waits a moment for what is left to be read. What is logged afterwards is dropped.
func (l *Log) Close() {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	select {
	case l.wake <- struct{}{}:
	default:
	}
	select {
	case <-l.done:
	case <-time.After(logPatience):
	}
}

// A logHandler lets whoever has a logger find its Log.
type logHandler struct {
	slog.Handler
	log *Log
}

// WithAttrs is that of slog.Handler.
func (h logHandler) WithAttrs(all []slog.Attr) slog.Handler {
	return logHandler{h.Handler.WithAttrs(all), h.log}
}

// WithGroup is that of slog.Handler.
func (h logHandler) WithGroup(name string) slog.Handler {
	return logHandler{h.Handler.WithGroup(name), h.log}
}

// StandardError is this process's standard error as a writer for NewLog. From then on
// nothing that writes to it directly is held up either, such as the runtime when it
// tells of a panic: what finds no room is lost. A reader who goes away ends nobody.
func StandardError() io.Writer {
	signal.Ignore(unix.SIGPIPE)
	const fd = 2
	var kind unix.Stat_t
	if unix.Fstat(fd, &kind) != nil {
		return os.Stderr
	}
	switch kind.Mode & unix.S_IFMT {
	case unix.S_IFIFO, unix.S_IFCHR:
		// An opening of its own, so that nobody who shares the pipe or the terminal is changed.
		own, err := unix.Open("/proc/self/fd/2", unix.O_WRONLY|unix.O_NONBLOCK|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
		switch {
		case err == nil:
			err = unix.Dup3(own, fd, 0)
			unix.Close(own)
		case kind.Mode&unix.S_IFMT == unix.S_IFIFO: // somebody else's pipe: logging programs make them
			err = unix.SetNonblock(fd, true)
		}
		if err != nil {
			return os.Stderr
		}
	case unix.S_IFSOCK: // a service manager's; each service has one of its own
		if unix.SetNonblock(fd, true) != nil {
			return os.Stderr
		}
	default:
		return os.Stderr
	}
	copied, err := unix.FcntlInt(fd, unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return os.Stderr
	}
	return os.NewFile(uintptr(copied), "standard error") // waits for room in the poller, in Log's goroutine
}
