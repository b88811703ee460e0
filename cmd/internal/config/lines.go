package config

import (
	"fmt"
	"strings"
)

// lines maps a key's path ("bus[0].board[1].address") to the line it stands on.
// The TOML parser keeps no positions after it has finished, so the source is
// walked a second time; it is known to be valid by then.
type lines map[string]int

// of gives the line of the path or, when the file does not have it, of the
// nearest table around it.
func (l lines) of(path string) int {
	for path != "" {
		if n, ok := l[path]; ok {
			return n
		}
		cut := strings.LastIndexAny(path, ".[")
		if cut < 0 {
			break
		}
		path = path[:cut]
	}
	return 1
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func element(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i) }

type lineWalker struct {
	source string
	at     int
	line   int
	found  lines
	tables map[string]int // how many [[path]] have been seen
}

func indexLines(source string) lines {
	w := &lineWalker{source: source, line: 1, found: lines{}, tables: map[string]int{}}
	prefix := ""
	for {
		w.skipBlank()
		before := w.at
		switch {
		case w.at >= len(source):
			return w.found
		case strings.HasPrefix(source[w.at:], "[["):
			w.advance(2)
			prefix = w.arrayTable()
			w.advance(2)
		case w.peek() == '[':
			line := w.line
			w.advance(1)
			prefix = w.resolve(w.dottedKey())
			w.mark(prefix, line)
			w.advance(1)
		default:
			w.pair(prefix)
		}
		if w.at == before { // not TOML after all; the parser has the last word
			return w.found
		}
	}
}

func (w *lineWalker) peek() byte {
	if w.at < len(w.source) {
		return w.source[w.at]
	}
	return 0
}

func (w *lineWalker) advance(n int) {
	end := min(w.at+n, len(w.source))
	w.line += strings.Count(w.source[w.at:end], "\n")
	w.at = end
}

func (w *lineWalker) mark(path string, line int) {
	if _, ok := w.found[path]; !ok {
		w.found[path] = line
	}
}

func (w *lineWalker) skipBlank() {
	for w.at < len(w.source) {
		switch w.peek() {
		case ' ', '\t', '\r', '\n':
			w.advance(1)
		case '#':
			rest := w.source[w.at:]
			if n := strings.IndexByte(rest, '\n'); n >= 0 {
				w.advance(n)
			} else {
				w.advance(len(rest))
			}
		default:
			return
		}
	}
}

func (w *lineWalker) arrayTable() string {
	line := w.line
	keys := w.dottedKey()
	if len(keys) == 0 {
		return ""
	}
	path := join(w.resolve(keys[:len(keys)-1]), keys[len(keys)-1])
	w.mark(path, line)
	n := w.tables[path]
	w.tables[path]++
	w.mark(element(path, n), line)
	return element(path, n)
}

// resolve turns header keys into a path; a key that names an array of tables
// means its latest element.
func (w *lineWalker) resolve(keys []string) string {
	path := ""
	for _, k := range keys {
		path = join(path, k)
		if n := w.tables[path]; n > 0 {
			path = element(path, n-1)
		}
	}
	return path
}

func (w *lineWalker) pair(path string) {
	line := w.line
	for _, k := range w.dottedKey() {
		path = join(path, k)
		w.mark(path, line)
	}
	w.skipBlank()
	if w.peek() != '=' {
		return
	}
	w.advance(1)
	w.value(path)
}

func (w *lineWalker) dottedKey() []string {
	var keys []string
	for {
		w.skipBlank()
		switch c := w.peek(); {
		case c == '"' || c == '\'':
			keys = append(keys, w.quoted())
		default:
			start := w.at
			for w.at < len(w.source) && !strings.ContainsRune(".=[]{}, \t\r\n#", rune(w.peek())) {
				w.advance(1)
			}
			if w.at == start {
				return keys
			}
			keys = append(keys, w.source[start:w.at])
		}
		w.skipBlank()
		if w.peek() != '.' {
			return keys
		}
		w.advance(1)
	}
}

func (w *lineWalker) value(path string) {
	w.skipBlank()
	switch w.peek() {
	case '"', '\'':
		w.quoted()
	case '[':
		w.advance(1)
		for i := 0; w.another(']'); i++ {
			w.mark(element(path, i), w.line)
			w.value(element(path, i))
		}
	case '{':
		w.advance(1)
		for w.another('}') {
			w.pair(path)
		}
	default:
		for w.at < len(w.source) && !strings.ContainsRune(",]}\n#", rune(w.peek())) {
			w.advance(1)
		}
	}
}

// another moves to the next element of a list and reports whether there is
// one; it eats the closing bracket.
func (w *lineWalker) another(end byte) bool {
	for {
		w.skipBlank()
		switch c := w.peek(); {
		case c == ',':
			w.advance(1)
		case c == end:
			w.advance(1)
			return false
		case end == '}': // what cannot begin a key would make no progress
			return w.at < len(w.source) && !strings.ContainsRune("[]{=.", rune(c))
		default:
			return w.at < len(w.source) && c != '}'
		}
	}
}

// quoted eats a string of any of the four kinds and returns its raw text, which
// is the key itself unless it has escapes; a key with escapes is none of ours.
func (w *lineWalker) quoted() string {
	mark := w.source[w.at : w.at+1]
	escapes := mark == `"`
	if triple := strings.Repeat(mark, 3); strings.HasPrefix(w.source[w.at:], triple) {
		mark = triple
	}
	w.advance(len(mark))
	start := w.at
	for w.at < len(w.source) && !strings.HasPrefix(w.source[w.at:], mark) {
		if escapes && w.peek() == '\\' {
			w.advance(1)
		}
		w.advance(1)
	}
	text := w.source[start:w.at]
	w.advance(len(mark))
	for len(mark) == 3 && w.peek() == mark[0] { // a quote may stand right before the end
		w.advance(1)
	}
	return text
}
