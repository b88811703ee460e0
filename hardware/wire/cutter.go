package wire

import (
	"bytes"
	"time"
)

// linger is how long the line is left to a board whose unlock request has no
// documented reply: some firmware answers all the same.
const linger = 25 * time.Millisecond

// A cutter takes frames and echoes off what has come and skips everything else
// byte by byte. It is what the parsers of all dialects are made of.
type cutter struct {
	// cut reads the frame that b, which is not empty, begins with. A size of 0
	// means there is none; more then says that further bytes could make it one.
	// What it says must not change when b grows.
	cut     func(b []byte) (f Frame, size int, more bool)
	whole   func(b []byte) (f Frame, size int) // the same when nothing more comes after b; nil: cut alone tells
	longest int                                // bytes of the longest frame
	echo    Echo

	buffer  []byte
	sent    Request
	echoed  bool // the request sent last was heard back
	framed  bool // a frame has come since
	hears   bool // the last status request that was answered was heard back
	skipped Noise
}

func (c *cutter) Noise() Noise { return c.skipped }

func (c *cutter) Begun() bool { return len(c.buffer) > 0 }

func (c *cutter) Longest() int { return c.longest }

func (c *cutter) Sent(r Request) {
	if c.framed && !c.sent.Blurred {
		c.hears = c.echoed
	}
	c.sent, c.echoed, c.framed = r, false, false
}

func (c *cutter) Feed(b []byte) []Frame {
	c.buffer = append(c.buffer, b...)
	return c.scan(false)
}

func (c *cutter) Quiet() []Frame { return c.scan(true) }

// scan takes off the buffer what can be told. Unless the line is quiet it stops
// at a beginning that may still become a frame or an echo.
//
// Where a good reply may look like the request itself, the first such frame is
// the echo if the line is known to have one. Everywhere else a frame is a frame
// before it is an echo: a summary may begin with the bytes of its request.
func (c *cutter) scan(quiet bool) []Frame {
	var frames []Frame
	for len(c.buffer) > 0 {
		if c.expectsEcho() && bytes.HasPrefix(c.buffer, c.sent.Bytes) {
			c.heard()
			continue
		}
		frame, size, more := c.cut(c.buffer)
		if more && quiet && c.whole != nil {
			frame, size = c.whole(c.buffer)
		}
		switch {
		case size > 0:
			frames, c.framed = append(frames, frame), true
			c.buffer = c.buffer[size:]
		case more && !quiet:
			return frames
		case len(c.sent.Bytes) > 0 && bytes.HasPrefix(c.buffer, c.sent.Bytes):
			c.heard()
		case !quiet && bytes.HasPrefix(c.sent.Bytes, c.buffer):
			return frames
		default:
			c.skipped.Junk++
			c.buffer = c.buffer[1:]
		}
	}
	c.buffer = nil
	return frames
}

// expectsEcho reports whether the echo of a request that may be taken for its
// reply is still to come.
func (c *cutter) expectsEcho() bool {
	return c.sent.Blurred && !c.echoed && (c.echo == Echoes || c.echo == FindOut && c.hears)
}

func (c *cutter) heard() {
	c.skipped.Echoes++
	c.echoed = true
	c.buffer = c.buffer[len(c.sent.Bytes):]
}

// sum adds all bytes and keeps the low eight bits.
func sum(b []byte) (s byte) {
	for _, x := range b {
		s += x
	}
	return s
}

// xor is the exclusive or of all bytes.
func xor(b []byte) (s byte) {
	for _, x := range b {
		s ^= x
	}
	return s
}
