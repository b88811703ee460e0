package sim

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

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
	byteTime time.Duration
	talk     *speech // nil: no lock boards
	hear     func(chunk, *sender)

	// Of the goroutine that hears.
	pending []byte
	first   []int64 // ns of each pending byte
	lastAt  time.Time

	plugging sync.Mutex // one plugging or unplugging at a time; taken before mu

	mu      sync.Mutex // guards what follows; never held while waiting
	link    string     // empty: found by its adapter alone
	adapted adapted
	renamed bool   // takes another terminal when it is plugged in
	port    socket // nil: unplugged
	tx      *sender
	wg      *sync.WaitGroup

	stats Traffic // guarded by the site's mu
}

// Traffic counts what a bus has seen.
type Traffic struct {
	Requests int `json:"requests"` // frames with a good checksum
	Junk     int `json:"junk"`     // bytes that belonged to no frame
	Replies  int `json:"replies"`
}

func (l *line) plug() error {
	l.plugging.Lock()
	defer l.plugging.Unlock()
	if l.terminal() != "" {
		return nil
	}
	l.mu.Lock()
	link, adapted, renamed := l.link, l.adapted, l.renamed
	l.mu.Unlock()
	var to socket
	var err error
	if address, ok := strings.CutPrefix(link, bridgePrefix); ok {
		to, err = openBridge(address)
	} else if to, err = openPort(link, renamed); err == nil {
		if err = adapted.show(to.name()); err != nil {
			return errors.Join(err, to.close())
		}
	}
	if err != nil {
		return err
	}
	tx, wg := newSender(to, l.byteTime), &sync.WaitGroup{}
	wg.Go(func() { l.serve(to, tx) })
	wg.Go(tx.work)
	l.mu.Lock()
	defer l.mu.Unlock()
	if strings.HasPrefix(link, bridgePrefix) {
		l.link = to.name() // a port that was drawn is kept
	}
	l.port, l.tx, l.wg = to, tx, wg
	return nil
}

// A socket is where a driver finds a line.
type socket interface {
	io.ReadWriter
	name() string // of the terminal, or the address
	close() error // ends a Read as well
}

func (l *line) unplug() error {
	l.plugging.Lock()
	defer l.plugging.Unlock()
	l.mu.Lock()
	port, tx, wg, adapted := l.port, l.tx, l.wg, l.adapted
	l.port, l.tx = nil, nil
	l.mu.Unlock()
	if port == nil {
		return nil
	}
	err := adapted.hide()
	err = errors.Join(err, port.close())
	tx.end()
	wg.Wait()
	return err
}

// terminal names the line's end, or nothing while unplugged.
func (l *line) terminal() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.port == nil {
		return ""
	}
	return l.port.name()
}

// address is where a driver finds the line.
func (l *line) address() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.link
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
	waiting  chan sending // what comes of its own accord

	turn  chan struct{} // held by who writes: one frame at a time
	ended chan struct{}
}

// waitingSendings bounds what a line holds that nobody has asked for.
const waitingSendings = 256

func newSender(to io.Writer, byteTime time.Duration) *sender {
	return &sender{
		to: to, byteTime: byteTime, waiting: make(chan sending, waitingSendings), turn: make(chan struct{}, 1),
		ended: make(chan struct{}),
	}
}

// queue has a sending follow what is sent now. It never waits; a line that is
// hopelessly behind loses it.
func (t *sender) queue(s sending) {
	select {
	case t.waiting <- s:
	default:
	}
}

// work sends what is queued until the sender ends.
func (t *sender) work() {
	for {
		select {
		case <-t.ended:
			return
		case s := <-t.waiting:
			if t.put(s) != nil {
				return // the port is being closed
			}
		}
	}
}

func (t *sender) end() { close(t.ended) }

// put writes one sending in its way.
func (t *sender) put(s sending) error {
	if s.burst {
		time.Sleep(s.pauses[0])
		return t.burst(s.data, nil)
	}
	return t.send(s.data, s.pauses, nil)
}

// send writes the bytes at the wire's pace. pauses[i], if given, is waited
// before byte i. beforeLast, if given, is called just before the last write.
func (t *sender) send(data []byte, pauses map[int]time.Duration, beforeLast func()) error {
	t.turn <- struct{}{}
	defer func() { <-t.turn }()
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
	t.turn <- struct{}{}
	defer func() { <-t.turn }()
	if before != nil {
		before()
	}
	if _, err := t.to.Write(data); err != nil {
		return fmt.Errorf("write to the line: %w", err)
	}
	return nil
}
