package config

import (
	"fmt"
	"reflect"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"cubby/locker/plain"
)

// reader carries the tree of the file into the structs and collects what does
// not fit.
type reader struct {
	file     string
	lines    lines
	problems Problems
	refused  map[string]bool // by path
}

// refuse records a problem. The first one of a key is enough: a value of the
// wrong kind should not be told to be out of bounds as well.
func (r *reader) refuse(path, format string, args ...any) {
	if r.refused[path] {
		return
	}
	r.refused[path] = true
	r.problems = append(r.problems, Problem{
		File: r.file, Line: r.lines.of(path), Key: withoutIndices(path), Text: fmt.Sprintf(format, args...),
	})
}

func withoutIndices(path string) string {
	var b strings.Builder
	inside := false
	for _, c := range path {
		switch {
		case c == '[':
			inside = true
		case c == ']':
			inside = false
		case !inside:
			b.WriteRune(c)
		}
	}
	return b.String()
}

// readTable fills the struct that into points to.
func (r *reader) readTable(path string, tree map[string]any, into any) {
	v := reflect.ValueOf(into).Elem()
	known := map[string]bool{}
	for i := range v.NumField() {
		field := v.Type().Field(i)
		key := field.Tag.Get("toml")
		if !field.IsExported() || key == "-" {
			continue
		}
		known[key] = true
		setDefault(v.Field(i), field.Tag)
		value, given := tree[key]
		switch {
		case given:
			r.readValue(join(path, key), value, v.Field(i), field.Tag)
		case field.Tag.Get("required") == "true":
			r.refuse(join(path, key), "is missing: required in this table")
		case field.Type.Kind() == reflect.Struct: // fill an absent table with its defaults
			r.readTable(join(path, key), nil, v.Field(i).Addr().Interface())
		}
	}
	for _, key := range sortedKeys(tree) {
		if !known[key] {
			r.refuse(join(path, key), "is not a key of this table: %s", suggest(key, known))
		}
	}
}

func (r *reader) readValue(path string, value any, v reflect.Value, tag reflect.StructTag) {
	if own, ok := v.Addr().Interface().(Value); ok {
		if wrong := own.Read(value); wrong != "" {
			r.refuse(path, "%s", wrong)
		}
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		r.readValue(path, value, v.Elem(), tag)
	case reflect.String:
		if s, ok := value.(string); !ok {
			r.refuse(path, "is %s: a text in quotes", describe(value))
		} else if tag.Get("bytes") == "" && !plain.Text(s, 0, maxBytes) {
			r.refuse(path, "is %+q, which has characters that cannot be seen: write it without them", s)
		} else if r.offered(path, s, tag) {
			v.SetString(s)
		}
	case reflect.Bool:
		if b, ok := value.(bool); !ok {
			r.refuse(path, "is %s: true or false", describe(value))
		} else {
			v.SetBool(b)
		}
	case reflect.Int, reflect.Int64:
		if n, ok := value.(int64); !ok {
			r.refuse(path, "is %s: a whole number%s", describe(value), bounds(tag))
		} else if r.within(path, n, tag) && r.offered(path, strconv.FormatInt(n, 10), tag) {
			v.SetInt(n * int64(unitOf(tag)))
		}
	case reflect.Struct:
		if t, ok := value.(map[string]any); !ok {
			r.refuse(path, "is %s: a table", describe(value))
		} else {
			r.readTable(path, t, v.Addr().Interface())
		}
	case reflect.Slice:
		r.readList(path, value, v)
	case reflect.Map: // of texts
		r.readTexts(path, value, v)
	}
}

func (r *reader) readTexts(path string, value any, v reflect.Value) {
	t, ok := value.(map[string]any)
	if !ok {
		r.refuse(path, "is %s: a table of texts", describe(value))
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	for _, key := range sortedKeys(t) {
		if s, ok := t[key].(string); !ok || !plain.Text(s, 1, maxBytes) {
			r.refuse(join(path, key), "is %s: a text in quotes", describe(t[key]))
		} else {
			v.SetMapIndex(reflect.ValueOf(key), reflect.ValueOf(s))
		}
	}
}

func (r *reader) readList(path string, value any, v reflect.Value) {
	list := reflect.ValueOf(value)
	if list.Kind() != reflect.Slice {
		r.refuse(path, "is %s: a list", describe(value))
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), list.Len(), list.Len()))
	for i := range list.Len() {
		r.readValue(element(path, i), list.Index(i).Interface(), v.Index(i), "")
	}
}

func (r *reader) within(path string, n int64, tag reflect.StructTag) bool {
	low, high := tag.Get("min"), tag.Get("max")
	if low == "" {
		return true
	}
	if n >= number(low) && n <= number(high) {
		return true
	}
	r.refuse(path, "is %d:%s", n, bounds(tag))
	return false
}

func (r *reader) offered(path, s string, tag reflect.StructTag) bool {
	choice := tag.Get("oneof")
	if choice == "" || slices.Contains(strings.Split(choice, ","), s) {
		return true
	}
	r.refuse(path, "is %s: one of %s", s, strings.ReplaceAll(choice, ",", ", "))
	return false
}

func bounds(tag reflect.StructTag) string {
	if tag.Get("min") == "" {
		return ""
	}
	return " from " + tag.Get("min") + " to " + tag.Get("max")
}

func unitOf(tag reflect.StructTag) time.Duration {
	if d, err := time.ParseDuration(tag.Get("unit")); err == nil {
		return d
	}
	return 1
}

// number reads a bound out of a tag; a test walks all tags, so a bad one shows there.
func number(s string) int64 {
	n, _ := strconv.ParseInt(s, 10, 64)
	return n
}

func setDefault(v reflect.Value, tag reflect.StructTag) {
	text, ok := tag.Lookup("default")
	if !ok {
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Bool:
		v.SetBool(text == "true")
	case reflect.Int, reflect.Int64:
		v.SetInt(number(text) * int64(unitOf(tag)))
	case reflect.Slice:
		v.Set(reflect.ValueOf(strings.Split(text, ",")))
	}
}

func describe(value any) string {
	switch x := value.(type) {
	case string:
		return "the text " + strconv.Quote(x)
	case bool:
		return fmt.Sprintf("%t", x)
	case int64:
		return fmt.Sprintf("the number %d", x)
	case float64:
		return fmt.Sprintf("the number %v", x)
	case time.Time:
		return "a date"
	case map[string]any:
		return "a table"
	}
	return "a list"
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// suggest names the known key nearest to a misspelt one, or all of them.
func suggest(key string, known map[string]bool) string {
	best, least := "", 1+len(key)/3
	for _, k := range sortedKeys(known) {
		if d := distance(key, k); d <= least && (best == "" || d < distance(key, best)) {
			best = k
		}
	}
	if best != "" {
		return "did you mean " + best + "?"
	}
	return "known are " + strings.Join(sortedKeys(known), ", ")
}

// distance is the number of letters to add, drop or change (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
