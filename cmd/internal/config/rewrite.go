package config

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/BurntSushi/toml"
)

// A Rewiring is what commissioning has found out and the file has to say: all
// lines with their boards, the wall where it was named anew, and which lock
// every door hangs on.
type Rewiring struct {
	Buses   []Bus    // Name, Port, Dialect, Baud and Boards count; other keys stay as they are for a line of that name
	Sizes   []Size   // new ones; those of the file stay
	Columns []Column // nil: the columns stay, their doors get the locks of Doors
	Doors   []Door   // Number, Bus, Board and Lock count
}

// owned are the tables that a rewiring writes anew. All others stay as they
// stand in the file, comments included; comments inside these are lost, which
// is why the old file is kept.
var owned = []string{"size", "column", "bus"}

// Rewrite returns the file's text with a rewiring in it. It refuses a result
// that would not load, or that changes anything else.
func Rewrite(path, source string, r Rewiring) (string, error) {
	var tree map[string]any
	if _, err := toml.Decode(source, &tree); err != nil {
		return "", syntaxProblem(path, err)
	}
	fresh := map[string][]map[string]any{
		"size":   sizesOf(tables(tree["size"]), r.Sizes),
		"column": columnsOf(tables(tree["column"]), r.Columns, r.Doors),
		"bus":    busesOf(filepath.Dir(path), tables(tree["bus"]), r.Buses),
	}
	blocks := cutTables(source)
	var out strings.Builder
	written := false
	for _, b := range blocks {
		if !b.owned {
			out.WriteString(b.text)
			continue
		}
		if !written {
			written = true
			if err := writeTables(&out, fresh); err != nil {
				return "", err
			}
		}
	}
	if !written {
		out.WriteString("\n")
		if err := writeTables(&out, fresh); err != nil {
			return "", err
		}
	}
	text := out.String()
	if _, err := Parse(path, text); err != nil {
		return "", fmt.Errorf("what commissioning found makes no good configuration: %w", err)
	}
	return text, sameElse(tree, text)
}

// sameElse refuses a text that differs from the tree in a table that is not owned.
func sameElse(before map[string]any, text string) error {
	var after map[string]any
	if _, err := toml.Decode(text, &after); err != nil {
		return err
	}
	for _, name := range owned {
		delete(before, name)
		delete(after, name)
	}
	if !reflect.DeepEqual(before, after) {
		return errors.New("the rest of the configuration would change: write the lines and doors into the file by hand")
	}
	return nil
}

// A block is one table of the file with the comment directly above it.
type block struct {
	text  string
	owned bool
}

// cutTables cuts the file at the headers of its tables.
func cutTables(source string) (all []block) {
	w := &lineWalker{source: source, line: 1, found: lines{}, tables: map[string]int{}}
	start, ours := 0, false
	for w.skipBlank(); w.at < len(source); w.skipBlank() {
		before := w.at
		if w.peek() == '[' {
			begin := commentAbove(source, w.at)
			all = append(all, block{source[start:begin], ours})
			w.advance(1)
			if w.peek() == '[' {
				w.advance(1)
			}
			keys := w.dottedKey()
			start, ours = begin, len(keys) > 0 && slices.Contains(owned, keys[0])
			w.skipBlank()
			for w.peek() == ']' {
				w.advance(1)
			}
		} else {
			w.pair("")
		}
		if w.at == before { // not TOML after all; it was parsed before, so this cannot be
			break
		}
	}
	return append(all, block{source[start:], ours})
}

// commentAbove goes back over the comment lines directly above a header.
func commentAbove(source string, at int) int {
	begin := strings.LastIndexByte(source[:at], '\n') + 1
	for begin > 0 {
		above := strings.LastIndexByte(source[:begin-1], '\n') + 1
		if !strings.HasPrefix(strings.TrimSpace(source[above:begin]), "#") {
			break
		}
		begin = above
	}
	return begin
}

// tables reads an array of tables as the parser gives it.
func tables(value any) []map[string]any {
	all, _ := value.([]map[string]any)
	return all
}

// Replaceable says why Replace could not write there: so that nobody finds it
// out after an hour in front of a wall.
func Replaceable(path string) error {
	file, err := os.CreateTemp(filepath.Dir(path), ".cubby-*.toml")
	if err != nil {
		return notWritable(path, err)
	}
	// A full disk shows with the first block.
	_, err = file.Write(make([]byte, 4096))
	err = errors.Join(err, file.Sync(), file.Close(), os.Remove(file.Name()))
	if err != nil {
		return notWritable(path, err)
	}
	return nil
}

func notWritable(path string, err error) error {
	return fmt.Errorf("write the configuration: %w (the core's user must be able to write in %s, and there "+
		"must be room)", err, filepath.Dir(path))
}

// Replace makes text the file's content at once: a reader finds the old file or
// the new one. Its mode stays, and so do its owner and group where this user may
// give files away, as under sudo. The old file is kept beside it under the name
// returned, which is empty when there was none.
func Replace(path, text string, now time.Time) (kept string, err error) {
	old, err := os.Stat(path)
	switch {
	case err == nil:
		kept = freeName(path, now)
	case !errors.Is(err, os.ErrNotExist):
		return "", err
	}
	folder := filepath.Dir(path)
	file, err := os.CreateTemp(folder, ".cubby-*.toml") // mode 0600
	if err != nil {
		return "", notWritable(path, err)
	}
	defer os.Remove(file.Name()) // gone already after the rename
	_, err = file.WriteString(text)
	if kept != "" {
		err = errors.Join(err, likeBefore(file, old))
	}
	err = errors.Join(err, file.Sync(), file.Close())
	if err == nil && kept != "" {
		err = keepOld(path, kept)
	}
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return "", notWritable(path, err)
	}
	return kept, syncFolder(folder)
}

// likeBefore gives a file the owner, the group and the mode of the old one. Who
// may not give files away is their owner afterwards.
func likeBefore(file *os.File, old os.FileInfo) error {
	if was, ok := old.Sys().(*syscall.Stat_t); ok {
		for _, err := range []error{file.Chown(-1, int(was.Gid)), file.Chown(int(was.Uid), -1)} {
			if err != nil && !errors.Is(err, os.ErrPermission) {
				return err
			}
		}
	}
	return file.Chmod(old.Mode().Perm())
}

// freeName is a name for the old file that no other one has.
func freeName(path string, now time.Time) string {
	for {
		kept := path + now.UTC().Format(".20060102-150405.old")
		if _, err := os.Lstat(kept); err != nil {
			return kept
		}
		now = now.Add(time.Second)
	}
}

// keepOld gives the old file a second name, or copies it where there are no links.
func keepOld(path, kept string) error {
	if err := os.Link(path, kept); err == nil {
		return nil
	}
	old, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return os.WriteFile(kept, old, 0o600)
}

// PutBack makes the text that c was read from the file's content again, and
// keeps what is there under the name returned.
func (c *Config) PutBack(now time.Time) (kept string, err error) {
	return Replace(c.Path, c.source, now)
}

func syncFolder(folder string) error {
	d, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// writeTables writes the owned tables.
func writeTables(out *strings.Builder, fresh map[string][]map[string]any) error {
	out.WriteString("# The tables [[size]], [[column]] and [[bus]] were written by commissioning.\n")
	for _, name := range owned {
		for _, t := range fresh[name] {
			if err := writeTable(out, name, t); err != nil {
				return err
			}
		}
	}
	return nil
}

// keyOrder is how the keys of a table are written; others follow by name.
var keyOrder = []string{
	"name", "number", "size", "port", "dialect", "baud", "address", "bus", "board", "lock", "width_mm",
	"height_mm", "depth_mm",
}

func writeTable(out *strings.Builder, path string, t map[string]any) error {
	fmt.Fprintf(out, "[[%s]]\n", path)
	for _, key := range ordered(t) {
		if inner, ok := t[key].([]map[string]any); ok && key == "doors" {
			out.WriteString("doors = [\n")
			for _, d := range inner {
				var parts []string
				for _, k := range ordered(d) {
					pair, err := pairOf(k, d[k])
					if err != nil {
						return err
					}
					parts = append(parts, pair)
				}
				fmt.Fprintf(out, "  { %s },\n", strings.Join(parts, ", "))
			}
			out.WriteString("]\n")
			continue
		} else if ok {
			continue
		}
		pair, err := pairOf(key, t[key])
		if err != nil {
			return err
		}
		out.WriteString(pair + "\n")
	}
	out.WriteString("\n")
	for _, key := range ordered(t) {
		if inner, ok := t[key].([]map[string]any); ok && key != "doors" {
			for _, one := range inner {
				if err := writeTable(out, path+"."+key, one); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func pairOf(key string, value any) (string, error) {
	var b bytes.Buffer
	if err := toml.NewEncoder(&b).Encode(map[string]any{key: value}); err != nil {
		return "", err
	}
	return strings.TrimSpace(b.String()), nil
}

func ordered(t map[string]any) (keys []string) {
	for _, k := range keyOrder {
		if _, ok := t[k]; ok {
			keys = append(keys, k)
		}
	}
	for _, k := range sortedKeys(t) {
		if !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	return keys
}
