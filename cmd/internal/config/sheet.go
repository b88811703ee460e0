package config

import (
	"sort"

	"github.com/BurntSushi/toml"
)

// A Value reads itself out of what the file has for it, and says what is wrong with that.
type Value interface {
	Read(value any) (wrong string)
}

// A Sheet is a file of the operator that is being read, to be checked further.
type Sheet struct{ r *reader }

// Refuse notes a problem with the key at the path ("window[0].days"). The first one of a key
// is enough.
func (s Sheet) Refuse(path, format string, args ...any) { s.r.refuse(path, format, args...) }

// Line is where the key at the path stands; where its table does when it is not there.
func (s Sheet) Line(path string) int { return s.r.lines.of(path) }

// Sound reports whether nothing has been refused so far.
func (s Sheet) Sound() bool { return len(s.r.problems) == 0 }

// Element is the path of one table of a list of them.
func Element(path string, i int) string { return element(path, i) }

// Decode reads another file of the operator, as Parse does the configuration: by the tags of
// the struct that into points to, and with all problems at once. check looks at what one key
// alone cannot tell.
func Decode(path, source string, into any, check func(Sheet)) error {
	if len(source) > maxBytes {
		return Problems{{File: path, Line: 1, Text: "the file is larger than 1 MiB: that is none for this"}}
	}
	var tree map[string]any
	if _, err := toml.Decode(source, &tree); err != nil {
		return syntaxProblem(path, err)
	}
	r := &reader{file: path, lines: indexLines(source), refused: map[string]bool{}}
	r.readTable("", tree, into)
	check(Sheet{r})
	return r.found()
}

// found is what is wrong with the file, in the order of its lines.
func (r *reader) found() error {
	if len(r.problems) == 0 {
		return nil
	}
	sort.SliceStable(r.problems, func(i, j int) bool { return r.problems[i].Line < r.problems[j].Line })
	return r.problems
}
