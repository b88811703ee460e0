package sim

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// A board turns the line round this long after the last byte of a request.
const turnaround = time.Millisecond

// Bytes of a frame that come further apart than this do not belong together.
const frameGap = 20 * time.Millisecond

// chunk is what one read of the master gave.
type chunk struct {
	data []byte
	at   time.Time // when it was there
	ns   int64     // the same, on the clock all processes share
}

// line is one wire with its own pace. hear is called by the line's goroutine
// when the last byte of a chunk has had the time to cross the wire.
type line struct {
	name     string
	link     string
	byteTime time.Duration
	hear     func(chunk, *sender)

	// Of the goroutine that hears.
	pending []byte
	first   []int64 // ns of each pending byte
	lastAt  time.Time

	mu   sync.Mutex // guards what follows
	port *port      // nil: unplugged
	tx   *sender
	wg   sync.WaitGroup

	stats Traffic // guarded by the site's mu
}

// Traffic counts what a bus has seen.
type Traffic struct {
	Requests int `json:"requests"` // frames with a good checksum
	Junk     int `json:"junk"`     // bytes that belonged to no frame
	Replies  int `json:"replies"`
}

func (l *line) plug() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.port != nil {
		return nil
	}
	p, err := openPort(l.link)
	if err != nil {
		return err
	}
	l.port, l.tx = p, &sender{to: p.master, byteTime: l.byteTime}
	tx := l.tx
	l.wg.Go(func() { l.serve(p.master, tx) })
	return nil
}

func (l *line) unplug() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.port == nil {
		return nil
	}
	err := l.port.close()
	l.port, l.tx = nil, nil
	l.wg.Wait()
	return err
}

// terminal names the slave, or nothing while unplugged.
func (l *line) terminal() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.port == nil {
		return ""
	}
	return l.port.slave.Name()
}

// sender is the way to the host, or an error while unplugged.
func (l *line) sender() (*sender, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.tx == nil {
		return nil, fmt.Errorf("%s is unplugged: %w", l.name, ErrCannot)
	}
	return l.tx, nil
}

// serve hears until the master is closed. The reader only stamps the time; the
// wire's pace is kept by the other goroutine.
func (l *line) serve(from io.Reader, tx *sender) {
	chunks := make(chan chunk, 256)
	go func() {
		defer close(chunks)
		buf := make([]byte, 4096)
		for {
			n, err := from.Read(buf)
			if n > 0 {
				chunks <- chunk{append([]byte(nil), buf[:n]...), time.Now(), monotonicNS()}
			}
			if err != nil {
				return
			}
		}
	}()
	l.pending, l.first = nil, nil
	var free time.Time // when the wire has carried what came before
	for c := range chunks {
		if free.Before(c.at) {
			free = c.at
		}
		free = free.Add(time.Duration(len(c.data)) * l.byteTime)
		time.Sleep(time.Until(free))
		l.hear(c, tx)
	}
}

// sender puts bytes on a wire, each when the one before has had its time.
type sender struct {
	to       io.Writer
	byteTime time.Duration

	mu sync.Mutex // one frame at a time
}

// send writes the bytes at the wire's pace. pauses[i], if given, is waited
// before byte i. beforeLast, if given, is called just before the last write.
func (t *sender) send(data []byte, pauses map[int]time.Duration, beforeLast func()) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	due := time.Now()
	for i := range data {
		due = due.Add(t.byteTime + pauses[i])
		time.Sleep(time.Until(due))
		if i == len(data)-1 && beforeLast != nil {
			beforeLast()
		}
		if _, err := t.to.Write(data[i : i+1]); err != nil {
			return fmt.Errorf("write to the line: %w", err)
		}
	}
	return nil
}

// burst writes everything at once, as a reader on a USB cable does.
func (t *sender) burst(data []byte, before func()) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	before()
	if _, err := t.to.Write(data); err != nil {
		return fmt.Errorf("write to the line: %w", err)
	}
	return nil
}
