package config

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/BurntSushi/toml"
)

// Shown is a file as whoever may read the configuration is told it: never a secret, nor
// how long one is.
type Shown struct {
	// Values are by table and key, durations in the unit that the key's name ends with.
	Values map[string]any
	// FromFile are the keys that the file has, as TABLE.KEY; the others are defaults.
	FromFile []string
}

// Showing are the keys that are told. What is in neither list is left out.
type Showing struct {
	Whole []string // with their values
	IfSet []string // only that they have one: secrets, and what leads to them
}

// set stands for a value that is not told.
const set = "set"

// ShowKeys reads lists of keys as "TABLE: KEY KEY", one table to a line.
func ShowKeys(whole, ifSet string) Showing {
	read := func(text string) (keys []string) {
		for line := range strings.Lines(text) {
			table, names, _ := strings.Cut(strings.TrimSpace(line), ":")
			for _, name := range strings.Fields(names) {
				keys = append(keys, join(table, name))
			}
		}
		return keys
	}
	return Showing{read(whole), read(ifSet)}
}

// Show tells a file that was read into a struct by its tags, and its text.
func Show(c any, source string, keys Showing) Shown {
	values, _ := keys.table("", reflect.Indirect(reflect.ValueOf(c))).(map[string]any)
	s := Shown{Values: values, FromFile: []string{}}
	var tree map[string]any
	if _, err := toml.Decode(source, &tree); err != nil {
		return s // it was read before
	}
	given := map[string]bool{}
	gather("", tree, given)
	for _, key := range sortedKeys(given) {
		if slices.Contains(keys.Whole, key) || slices.Contains(keys.IfSet, key) {
			s.FromFile = append(s.FromFile, key)
		}
	}
	return s
}

// gather notes the keys of a tree, without the places in lists.
func gather(path string, value any, given map[string]bool) {
	switch v := value.(type) {
	case map[string]any:
		for key, one := range v {
			gather(join(path, key), one, given)
		}
		return
	case []map[string]any:
		for _, one := range v {
			gather(path, one, given)
		}
		return
	case []any: // of values, or of tables in braces
		for _, one := range v {
			gather(path, one, given)
		}
		if len(v) > 0 {
			return
		}
	}
	given[path] = true
}

func (keys Showing) table(path string, v reflect.Value) any {
	out := map[string]any{}
	for i := range v.NumField() {
		field := v.Type().Field(i)
		key := field.Tag.Get("toml")
		if !field.IsExported() || key == "-" || key == "" {
			continue
		}
		if one := keys.value(join(path, key), v.Field(i), field.Tag); one != nil {
			out[key] = one
		}
	}
	return out
}

// value is what is told of a value; nil: nothing.
func (keys Showing) value(path string, v reflect.Value, tag reflect.StructTag) any {
	switch {
	case v.Kind() == reflect.Pointer && v.IsNil():
		return nil
	case v.Kind() == reflect.Pointer:
		return keys.value(path, v.Elem(), tag)
	case v.Kind() == reflect.Struct:
		if table := keys.table(path, v).(map[string]any); len(table) > 0 {
			return table
		}
		return nil
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Struct:
		list := []any{}
		for i := range v.Len() {
			list = append(list, keys.table(path, v.Index(i)))
		}
		return list
	case slices.Contains(keys.IfSet, path):
		if v.IsZero() || v.Kind() == reflect.Slice && v.Len() == 0 {
			return nil
		}
		return set
	case !slices.Contains(keys.Whole, path):
		return nil
	case v.Type() == reflect.TypeFor[time.Duration]():
		return v.Int() / int64(unitOf(tag))
	case v.Kind() == reflect.Slice && v.IsNil():
		return []string{}
	}
	return v.Interface()
}

// Keys are all keys of a file by the tags of its struct, as TABLE.KEY: for tests of what
// is shown.
func Keys(of reflect.Type) (all []string) { return keysBelow("", of) }

func keysBelow(path string, of reflect.Type) (all []string) {
	for i := range of.NumField() {
		field := of.Field(i)
		key := field.Tag.Get("toml")
		if !field.IsExported() || key == "-" || key == "" {
			continue
		}
		inner := field.Type
		for inner.Kind() == reflect.Pointer || inner.Kind() == reflect.Slice {
			inner = inner.Elem()
		}
		if inner.Kind() == reflect.Struct {
			all = append(all, keysBelow(join(path, key), inner)...)
		} else {
			all = append(all, join(path, key))
		}
	}
	return all
}
