package strict

import (
	"encoding/json"
	"strconv"
)

// deepest bounds how values lie in each other where no declaration does.
const deepest = 32

// Value reads any value, as encoding/json would with Decoder.UseNumber: an object is a
// map[string]any, in which null members are nil.
func (r *Reader) Value() (any, error) { return r.value(deepest) }

func (r *Reader) value(deep int) (any, error) {
	if deep == 0 {
		return nil, r.malformed("values lie too deep in each other")
	}
	r.space()
	switch c := r.peek(); {
	case c == '"':
		return r.quoted()
	case c == '{':
		members := map[string]any{}
		err := r.Object(func(name string) (err error) {
			members[name], err = r.value(deep - 1)
			return err
		})
		return members, err
	case c == '[':
		return r.list(deep)
	case c == 't', c == 'f':
		return r.Bool()
	case r.Null():
		return nil, nil
	}
	end := r.at
	for end < len(r.text) && (r.text[end] == '-' || r.text[end] == '+' || r.text[end] == '.' ||
		r.text[end] == 'e' || r.text[end] == 'E' || r.text[end] >= '0' && r.text[end] <= '9') {
		end++
	}
	word := string(r.text[r.at:end])
	if !number(word) {
		return nil, r.malformed("a value is written wrongly")
	}
	r.at = end
	return json.Number(word), nil
}

func (r *Reader) list(deep int) (all []any, err error) {
	r.take('[')
	all = []any{}
	r.space()
	if r.take(']') {
		return all, nil
	}
	for {
		r.path = append(r.path, strconv.Itoa(len(all)))
		v, err := r.value(deep - 1)
		if err != nil {
			return nil, err
		}
		r.path = r.path[:len(r.path)-1]
		all = append(all, v)
		r.space()
		if r.take(']') {
			return all, nil
		}
		if !r.take(',') {
			return nil, r.malformed("a comma or closing bracket is missing")
		}
	}
}
