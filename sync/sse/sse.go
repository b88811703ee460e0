// Package sse is the wire form of server-sent events, for both ends
// (WHATWG HTML, section 9.2): lines of UTF-8, "id: ", "event: ", "data: ",
// an empty line ends a message, "retry: " says how long to wait before coming
// back, a line that begins with a colon keeps the connection alive.
package sse

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"
)

// ContentType is the media type of a stream.
const ContentType = "text/event-stream"

// A Message is one event of a stream.
type Message struct {
	ID    string // empty: the stream's position does not move
	Event string // empty: "message", which is what a browser's onmessage hears
	Data  []byte // UTF-8; line breaks within become several data lines
}

// Append writes the message behind dst. ID and Event must not hold line breaks.
func (m Message) Append(dst []byte) []byte {
	if m.Event != "" {
		dst = append(append(append(dst, "event: "...), m.Event...), '\n')
	}
	if m.ID != "" {
		dst = append(append(append(dst, "id: "...), m.ID...), '\n')
	}
	data := m.Data
	for {
		line, rest, more := bytes.Cut(data, []byte{'\n'})
		dst = append(append(append(dst, "data: "...), line...), '\n')
		if !more {
			return append(dst, '\n')
		}
		data = rest
	}
}

// Begin is how a stream begins: a reader who loses it should come back after
// so long, and something arrives at once. Whole milliseconds.
func Begin(retry time.Duration) string {
	return "retry: " + strconv.FormatInt(retry.Milliseconds(), 10) + "\n" + KeepAlive
}

// Place moves the stream's position without telling anything: a message with
// an id alone. The id must not hold line breaks.
func Place(id string) string { return "id: " + id + "\n\n" }

// KeepAlive is a comment that carries nothing; readers see that somebody is there.
const KeepAlive = ":\n\n"

// ErrTooLong is returned for a message above the reader's bound.
var ErrTooLong = errors.New("sse: the message is longer than this reader allows")

// A Reader reads the messages of one stream. It belongs to one goroutine.
type Reader struct {
	lines *bufio.Reader
	most  int
	heard func()
	place string
}

// NewReader reads from r messages of at most most bytes. heard, if not nil, is
// called for every line that arrives, keep-alives among them.
func NewReader(r io.Reader, most int, heard func()) *Reader {
	return &Reader{lines: bufio.NewReaderSize(r, 16<<10), most: most, heard: heard}
}

// Place is the id to come back with as Last-Event-ID, which a message without
// data may have moved; empty before the first.
func (r *Reader) Place() string { return r.place }

// Next waits for the next message with data. It returns io.EOF when the
// stream has ended; a message cut off by the end is dropped.
func (r *Reader) Next() (Message, error) {
	var m Message
	some, place := false, r.place
	for {
		line, err := r.line(r.most - len(m.Data))
		if err != nil {
			return Message{}, err
		}
		if r.heard != nil {
			r.heard()
		}
		if len(line) == 0 {
			r.place = place
			if some {
				return m, nil
			}
			m = Message{}
			continue
		}
		field, value, _ := strings.Cut(string(line), ":")
		value = strings.TrimPrefix(value, " ")
		switch field {
		case "id":
			m.ID, place = value, value
		case "event":
			m.Event = value
		case "data":
			if some {
				m.Data = append(m.Data, '\n')
			}
			m.Data = append(m.Data, value...)
			some = true
		}
	}
}

// line reads to the next line break, which it removes.
func (r *Reader) line(most int) ([]byte, error) {
	var whole []byte
	for {
		part, err := r.lines.ReadSlice('\n')
		if len(whole)+len(part) > most+64 { // 64: the field's name and the break
			return nil, ErrTooLong
		}
		if err == nil {
			if whole != nil {
				part = append(whole, part...)
			}
			part = part[:len(part)-1]
			return bytes.TrimSuffix(part, []byte{'\r'}), nil
		}
		if err != bufio.ErrBufferFull {
			return nil, err
		}
		whole = append(whole, part...)
	}
}
