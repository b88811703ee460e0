package strict

import (
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// quoted reads a string in quotes (RFC 8259, section 7).
func (r *Reader) quoted() (string, error) {
	start := r.at + 1
	for i := start; i < len(r.text); i++ {
		switch c := r.text[i]; {
		case c == '"':
			r.at = i + 1
			return string(r.text[start:i]), nil
		case c == '\\':
			return r.escaped(start, i)
		case c < 0x20:
			r.at = i
			return "", r.malformed("a control character stands in a string")
		}
	}
	r.at = len(r.text)
	return "", r.malformed("a string does not end")
}

// escaped reads on from the first backslash of the string that began at start.
func (r *Reader) escaped(start, i int) (string, error) {
	out := append(make([]byte, 0, i-start+32), r.text[start:i]...)
	for i < len(r.text) {
		c := r.text[i]
		switch {
		case c == '"':
			r.at = i + 1
			return string(out), nil
		case c < 0x20:
			r.at = i
			return "", r.malformed("a control character stands in a string")
		case c != '\\':
			out = append(out, c)
			i++
			continue
		}
		r.at = i
		if i+1 >= len(r.text) {
			return "", r.malformed("a string does not end")
		}
		if plain, ok := escape(r.text[i+1]); ok {
			out = append(out, plain)
			i += 2
			continue
		}
		code, ok := r.unit(i)
		if !ok {
			return "", r.malformed("an escape is written wrongly")
		}
		i += 6
		if utf16.IsSurrogate(code) {
			low, ok := r.unit(i)
			code = utf16.DecodeRune(code, low)
			if !ok || code == utf8.RuneError {
				return "", r.malformed("half of a surrogate pair stands alone")
			}
			i += 6
		}
		out = utf8.AppendRune(out, code)
	}
	r.at = len(r.text)
	return "", r.malformed("a string does not end")
}

func escape(c byte) (byte, bool) {
	switch c {
	case '"', '\\', '/':
		return c, true
	case 'b':
		return '\b', true
	case 'f':
		return '\f', true
	case 'n':
		return '\n', true
	case 'r':
		return '\r', true
	case 't':
		return '\t', true
	}
	return 0, false
}

// unit reads \uXXXX at i.
func (r *Reader) unit(i int) (rune, bool) {
	if i+6 > len(r.text) || r.text[i] != '\\' || r.text[i+1] != 'u' {
		return 0, false
	}
	for _, c := range r.text[i+2 : i+6] { // ParseUint would take a sign or underscore
		if !('0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F') {
			return 0, false
		}
	}
	n, err := strconv.ParseUint(string(r.text[i+2:i+6]), 16, 16)
	return rune(n), err == nil
}
