package badge

import "bytes"

// An ending is how a reader ends its texts.
type ending uint8

const (
	unknownEnd ending = iota
	lineEnd           // with a line end: a pause ends none
	pauseEnd          // with nothing: a pause ends each
)

// lines cuts texts at their ends.
func (p *Parser) lines() (seen [][]byte) {
	for {
		i := bytes.IndexAny(p.buffer, "\r\n\t")
		if i < 0 {
			break
		}
		if uid, ok := p.text(p.buffer[:i]); ok {
			seen = append(seen, uid)
			p.ends = lineEnd
		}
		p.buffer, p.halted = p.buffer[i+1:], 0
	}
	if len(p.buffer) > textMax {
		p.buffer, p.halted = p.buffer[len(p.buffer)-textMax-1:], 0 // no card; it stays too long until its end
	}
	p.buffer = bytes.Clone(p.buffer)
	return seen
}

// text reads a text that is over: all of it, or what came behind half a text
// whose card had left. The latter only where every text has the same length, so
// that no piece of one can be another.
func (p *Parser) text(b []byte) ([]byte, bool) {
	uid, ok := p.cfg.spelt(b)
	if !ok && p.cfg.Format == "digits" && p.halted > 0 {
		uid, ok = p.cfg.spelt(b[p.halted:])
	}
	return uid, ok
}

// halt makes of a pause what is certain. Hexadecimal numbers have many lengths:
// a text that is one may be half of another, as long as it is not known how this
// reader ends them, unless it says the same twice.
func (p *Parser) halt() (seen [][]byte) {
	again := p.halted > 0 && p.halted < len(p.buffer) && bytes.HasSuffix(p.buffer[:p.halted], p.buffer[p.halted:])
	switch {
	case p.ends == lineEnd:
	case p.cfg.Format == "hex" && p.ends == unknownEnd && again:
		return p.take(p.cfg.spelt(p.buffer[p.halted:]))
	case p.cfg.Format == "hex" && p.ends == unknownEnd:
		if !p.cfg.begins(p.buffer) {
			p.drop(p.ends)
		}
	default:
		if uid, ok := p.text(p.buffer); ok || !p.cfg.begins(p.buffer) {
			return p.take(uid, ok)
		}
	}
	p.halted = len(p.buffer)
	return nil
}

// stand ends what has stood long enough.
func (p *Parser) stand() (seen [][]byte) {
	if p.ends == lineEnd {
		p.drop(unknownEnd) // its end has not come
		return nil
	}
	return p.take(p.cfg.spelt(p.buffer))
}

// take ends the text that no line has ended.
func (p *Parser) take(uid []byte, ok bool) (seen [][]byte) {
	if ok {
		seen, p.ends = [][]byte{uid}, pauseEnd
	}
	p.drop(p.ends)
	return seen
}

// drop forgets the text that has begun.
func (p *Parser) drop(e ending) { p.buffer, p.halted, p.ends = nil, 0, e }
