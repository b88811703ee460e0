package catalogue

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// A Sink takes what is read, one thing after the other. Categories, attributes and products
// come in the order of the file; a product may come before its category. What is wrong does
// not come. What a reader has handed out counts only when the reader ends without an error.
// A function may return a *Wrong, which is one more mistake of the catalogue.
type Sink struct {
	Category  func(Category) error
	Attribute func(Attribute) error
	Product   func(Product) error
}

// A Count is how much was read.
type Count struct {
	Categories int `json:"categories"`
	Products   int `json:"products"`
	SKUs       int `json:"skus"`
}

// Read reads a catalogue from JSON or CSV, whichever it is by its first character: JSON
// begins with a brace. The error is *Mistakes when the catalogue is wrong, all at once;
// anything else is of the reader or the sink.
func Read(r io.Reader, to Sink) (Count, error) {
	in := newMeasured(r)
	first, err := in.first()
	switch {
	case errors.Is(err, io.EOF):
		return Count{}, &Mistakes{1, []Mistake{{Line: 1, What: "the file is empty"}}}
	case err != nil:
		return Count{}, err
	case first == '{' || first == '[':
		return readJSON(in, to)
	}
	return readCSV(in, to)
}

// hand hands over what is sound, as long as the file is not too large by any measure.
func (c *checker) hand(before, line int, name names, take func() error) error {
	if c.Mistakes.Count > before || len(c.many) > 0 {
		return nil
	}
	err := take()
	var wrong *Wrong
	if errors.As(err, &wrong) {
		c.refuse(line, name(wrong.Member...), "%s", wrong.What)
		return nil
	}
	return err
}

func (c *checker) count() Count {
	return Count{Categories: len(c.placed), Products: len(c.products), SKUs: len(c.skus)}
}

var (
	errLong = fmt.Errorf("is longer than %d bytes", MaxRow)
	errFile = fmt.Errorf("the file has more than %d MB", MaxFile>>20)
)

// measured is a reader that knows its lines, and how much may be read for one thing.
type measured struct {
	r       io.Reader
	head    []byte  // read already, not handed out
	given   int64   // bytes handed out
	allowed int64   // as many may be handed out
	lines   []int64 // offsets behind line ends that were handed out and not counted yet
	counted int     // lines before those
}

func newMeasured(r io.Reader) *measured {
	return &measured{r: r, allowed: MaxRow}
}

// first is the first byte that is no space, behind a mark of UTF-8.
func (m *measured) first() (byte, error) {
	head := make([]byte, 512)
	n, err := io.ReadFull(m.r, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return 0, err
	}
	m.head = bytes.TrimPrefix(head[:n], []byte("\ufeff"))
	text := bytes.TrimLeft(m.head, " \t\r\n")
	if len(text) == 0 {
		return 0, io.EOF
	}
	return text[0], nil
}

// slack is what decoders read ahead at most, beside what they need.
const slack = 16 << 10

// allow lets one thing be read that begins at an offset.
func (m *measured) allow(from int64) { m.allowed = from + MaxRow + slack }

func (m *measured) Read(b []byte) (n int, err error) {
	switch {
	case m.given >= MaxFile:
		return 0, errFile
	case m.given >= m.allowed:
		return 0, errLong
	}
	b = b[:min(int64(len(b)), m.allowed-m.given, 4096)]
	if len(m.head) > 0 {
		n = copy(b, m.head)
		m.head = m.head[n:]
	} else if n, err = m.r.Read(b); errors.Is(err, io.ErrUnexpectedEOF) {
		err = fmt.Errorf("the file broke off: %w", err)
	}
	for i, c := range b[:n] {
		if c == '\n' {
			m.lines = append(m.lines, m.given+int64(i)+1)
		}
	}
	m.given += int64(n)
	return n, err
}

// line is the line of an offset, which never is before that of the last call.
func (m *measured) line(at int64) int {
	n := 0
	for n < len(m.lines) && m.lines[n] <= at {
		n++
	}
	m.lines = append(m.lines[:0], m.lines[n:]...)
	m.counted += n
	return m.counted + 1
}
