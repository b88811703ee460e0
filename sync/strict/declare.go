package strict

import (
	"bytes"
	"encoding"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// A Form reads bodies that a struct type declares. Its fields are named by their json
// tags, as encoding/json names them, and nothing else of that package's leniency is
// taken over: names are told apart by case, and all that Object promises is kept, for
// objects in lists too.
//
// The tag check bounds a field, in rules apart by commas:
//
//	required      it must be there; a text or a list must not be empty
//	text=1..200   characters of text for people, without a card's number
//	plain=0..64   characters of text for people
//	lines=1..900  the same, with line ends and tabs
//	chars=1..512  characters of any text
//	bytes=0..512  bytes of any text
//	id            the form of ids: 1 to 64 of A-Z a-z 0-9 . _ : -
//	one=a|b|c     one of these words
//	range=1..100  a whole number within these bounds
//	most=512      entries of a list; every list has this rule
//
// What is bounded and not required may be left out, null, or an empty text. Rules about
// texts in a list hold for each entry. The tag slug names the problem, and Says may have
// a sentence for it, in place of those that fit any field.
//
// A Form is safe for concurrent use.
type Form struct {
	of    reflect.Type
	shape *shape
}

// Says are sentences for people, by the slug of what they are about.
type Says map[string]string

// Declare makes the form of T, which must be a struct. It panics when a tag makes no
// sense: forms are made when a program starts.
func Declare[T any](says ...Says) *Form {
	of := reflect.TypeFor[T]()
	if of.Kind() != reflect.Struct {
		panic(fmt.Sprintf("strict: %s is no struct, and a body is an object", of))
	}
	all := Says{}
	for _, some := range says {
		maps.Copy(all, some)
	}
	return &Form{of, shapeOf(of, all, nil)}
}

// Members are the names of the members of the object, in alphabetical order.
func (f *Form) Members() []string { return f.names(func(field) bool { return true }) }

// Required are those of them that must be there.
func (f *Form) Required() []string {
	return f.names(func(one field) bool { return one.rules.required })
}

func (f *Form) names(which func(field) bool) (list []string) {
	for _, one := range f.shape.fields {
		if which(one) {
			list = append(list, one.name)
		}
	}
	slices.Sort(list)
	return list
}

// Read reads a body into a value of the declared type, which must be zero before. An
// error names all that is to be mended: what cannot be read, then what is out of bounds.
func (f *Form) Read(text []byte, into any) error { return f.read(Object, text, into) }

// ReadLenient is Read, and passes over members that are not known, as Lenient does.
func (f *Form) ReadLenient(text []byte, into any) error { return f.read(Lenient, text, into) }

func (f *Form) read(
	object func([]byte, func(*Reader, string) error) error, text []byte, into any,
) error {
	v := reflect.ValueOf(into).Elem()
	if v.Type() != f.of {
		return fmt.Errorf("strict: a %s is read as a %s", f.of, v.Type())
	}
	d := decoding{there: make([]bool, len(f.shape.fields))}
	var reader *Reader
	err := object(text, func(r *Reader, name string) error {
		reader = r
		return d.member(r, f.shape, v, d.there, name)
	})
	if err == nil || reader != nil && reader.whole {
		d.absent("", f.shape, d.there)
	}
	return d.verdict(err)
}

// A shape is how values of a type are read.
type shape struct {
	of     reflect.Type
	fields []field // of a struct
	entry  *shape  // of a list, or what is pointed to
	text   bool    // read by the type itself, or by encoding/json
}

type field struct {
	name  string
	index int
	shape *shape
	rules rules
}

var (
	jsonReader = reflect.TypeFor[json.Unmarshaler]()
	textReader = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// shapeOf finds how a type is read. within are the types it stands in.
func shapeOf(of reflect.Type, says Says, within []reflect.Type) *shape {
	if slices.Contains(within, of) {
		panic(fmt.Sprintf("strict: %s is within itself", of))
	}
	within = append(slices.Clip(within), of)
	s := &shape{of: of}
	own := reflect.PointerTo(of)
	switch {
	case own.Implements(jsonReader), own.Implements(textReader):
		s.text = true
		return s
	}
	switch of.Kind() {
	case reflect.String, reflect.Bool, reflect.Int, reflect.Int64, reflect.Int32:
	case reflect.Float64:
		s.text = true
	case reflect.Pointer, reflect.Slice:
		s.entry = shapeOf(of.Elem(), says, within)
	case reflect.Struct:
		for i := range of.NumField() {
			f := of.Field(i)
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if !f.IsExported() || name == "" || name == "-" {
				panic(fmt.Sprintf("strict: %s.%s has no name in JSON", of, f.Name))
			}
			one := field{name: name, index: i, shape: shapeOf(f.Type, says, within)}
			one.rules = rulesOf(f, one.shape)
			one.rules.says = says[one.rules.slug]
			s.fields = append(s.fields, one)
		}
	default:
		panic(fmt.Sprintf("strict: a %s cannot be declared", of))
	}
	return s
}

// A decoding is one reading of a body.
type decoding struct {
	there  []bool            // which members of the body itself were there
	checks []func() refusals // of what was read, in the order of the text
}

// member reads the member of a struct that the reader stands at.
func (d *decoding) member(r *Reader, s *shape, v reflect.Value, there []bool, name string) error {
	i := slices.IndexFunc(s.fields, func(f field) bool { return f.name == name })
	if i < 0 {
		return r.Unknown()
	}
	f := s.fields[i]
	there[i] = true
	if r.Null() {
		if f.rules.required {
			at := r.pointer()
			d.checks = append(d.checks, func() refusals { return f.rules.missing(at, f.shape) })
		}
		return nil
	}
	value := v.Field(f.index)
	if err := d.value(r, f.shape, value, f.rules.most); err != nil {
		return err
	}
	at := r.pointer()
	d.checks = append(d.checks, func() refusals { return f.rules.check(value, at, f.shape) })
	return nil
}

// absent refuses the members that were not there and must be.
func (d *decoding) absent(at string, s *shape, there []bool) {
	for i, f := range s.fields {
		if f.rules.required && !there[i] {
			d.checks = append(d.checks, func() refusals { return f.rules.missing(at+"/"+f.name, f.shape) })
		}
	}
}

// value reads any value but null.
func (d *decoding) value(r *Reader, s *shape, v reflect.Value, most int) error {
	if s.text {
		return r.own(v.Addr().Interface(), s)
	}
	switch s.of.Kind() {
	case reflect.String:
		text, err := r.String()
		v.SetString(text)
		return err
	case reflect.Bool:
		is, err := r.Bool()
		v.SetBool(is)
		return err
	case reflect.Int, reflect.Int64, reflect.Int32:
		n, err := r.Int()
		if err == nil && v.OverflowInt(int64(n)) {
			return r.refuse("out-of-range", "the number is too large")
		}
		v.SetInt(int64(n))
		return err
	case reflect.Pointer:
		v.Set(reflect.New(s.of.Elem()))
		return d.value(r, s.entry, v.Elem(), most)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(s.of, 0, 0))
		return r.array(most, s.words(), func() error {
			entry := reflect.New(s.of.Elem()).Elem()
			var err error
			if r.word() == "null" { // in a list null is no entry
				err = r.wrong(s.entry.words())
			} else {
				err = d.value(r, s.entry, entry, most)
			}
			v.Set(reflect.Append(v, entry)) // one that is refused too: those behind it keep their number
			return err
		})
	}
	there := make([]bool, len(s.fields))
	if err := r.Object(func(name string) error { return d.member(r, s, v, there, name) }); err != nil {
		return err
	}
	d.absent(r.pointer(), s, there)
	return nil
}

// words say what a value must be.
func (s *shape) words() string {
	switch {
	case s.text && s.of.Kind() == reflect.Float64:
		return "a number"
	case s.text:
		return "as the document at /v1/openapi.json has it"
	}
	switch s.of.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	case reflect.Pointer:
		return s.entry.words()
	case reflect.Slice:
		if s.entry.of.Kind() == reflect.String {
			return "an array of strings"
		}
		return "an array"
	case reflect.Struct:
		return "an object"
	}
	return "a whole number"
}

// own has a type read its value itself, or encoding/json read a plain one.
func (r *Reader) own(into any, s *shape) error {
	r.space()
	if r.at >= len(r.text) {
		return r.wrong(s.words())
	}
	rest := json.NewDecoder(bytes.NewReader(r.text[r.at:]))
	var raw json.RawMessage
	if rest.Decode(&raw) != nil {
		return r.malformed("a value is written wrongly")
	}
	if json.Unmarshal(raw, into) != nil {
		return r.wrong(s.words())
	}
	r.at += int(rest.InputOffset())
	return nil
}

// array reads an array of at most so many entries. Behind an entry that is refused it
// reads on, as behind a member.
func (r *Reader) array(most int, words string, entry func() error) error {
	if !r.take('[') {
		return r.wrong(words)
	}
	r.space()
	if r.take(']') {
		return nil
	}
	for n := 0; ; n++ {
		if n == most {
			return r.refuse("too-many", fmt.Sprintf("at most %d entries are allowed", most))
		}
		r.space()
		depth, value := len(r.path), r.at
		r.path = append(r.path, fmt.Sprint(n))
		if err := entry(); err != nil {
			if err = r.passOver(value, err); err != nil {
				return err
			}
		}
		r.path = r.path[:depth]
		r.space()
		if r.take(']') {
			return nil
		}
		if !r.take(',') {
			return r.malformed("a comma or closing bracket is missing")
		}
	}
}
