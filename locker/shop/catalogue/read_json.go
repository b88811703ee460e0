package catalogue

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// The members of a catalogue in JSON.
const (
	inCategories = "categories"
	inAttributes = "attributes"
	inProducts   = "products"
)

// jsonReader reads {"categories": [...], "attributes": [...], "products": [...]} one thing
// at a time.
type jsonReader struct {
	*checker
	in  *measured
	d   *json.Decoder
	to  Sink
	own error // of the sink
}

func readJSON(in *measured, to Sink) (Count, error) {
	r := &jsonReader{checker: newChecker(), in: in, d: json.NewDecoder(in), to: to}
	err := r.all()
	var syntax *json.SyntaxError
	switch {
	case err == nil:
	case r.own != nil:
		return Count{}, r.own
	case errors.Is(err, errLong):
		r.refuse(r.line(), "", "what begins here %v", err)
		return r.count(), r.checker.err()
	case errors.Is(err, errFile):
		r.refuse(r.line(), "", "%v", err)
		return r.count(), r.checker.err()
	case errors.As(err, &syntax):
		r.refuse(r.line(), "", "this is no JSON: %v", err)
		return r.count(), r.checker.err()
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		r.refuse(r.line(), "", "the file ends in the middle")
		return r.count(), r.checker.err()
	default:
		var wrong wrongForm
		if !errors.As(err, &wrong) {
			return Count{}, err
		}
		r.refuse(r.line(), "", "%s", string(wrong))
		return r.count(), r.checker.err()
	}
	err = r.end()
	return r.count(), err
}

// wrongForm says that the file is JSON and no catalogue.
type wrongForm string

func (w wrongForm) Error() string { return string(w) }

func (r *jsonReader) line() int { return r.in.line(r.d.InputOffset()) }

func (r *jsonReader) all() error {
	if err := r.delim('{', "a catalogue is an object with categories and products"); err != nil {
		return err
	}
	seen := map[string]bool{}
	for r.more() {
		t, err := r.d.Token()
		if err != nil {
			return err
		}
		member, _ := t.(string)
		if seen[member] {
			return wrongForm(strconv.Quote(cut(member)) + " stands twice")
		}
		seen[member] = true
		take := map[string]func(int, json.RawMessage) error{
			inCategories: r.oneCategory, inAttributes: r.oneAttribute, inProducts: r.oneProduct,
		}[member]
		if take == nil {
			return wrongForm(strconv.Quote(cut(member)) + " is not known; " +
				"a catalogue has categories, attributes and products")
		}
		if err := r.list(member, take); err != nil {
			return err
		}
	}
	if _, err := r.d.Token(); err != nil {
		return err
	}
	if !seen[inProducts] {
		return wrongForm("products are missing")
	}
	r.in.allow(r.d.InputOffset())
	if _, err := r.d.Token(); !errors.Is(err, io.EOF) {
		return wrongForm("something stands behind the catalogue")
	}
	return nil
}

// more allows the next thing to be read.
func (r *jsonReader) more() bool {
	r.in.allow(r.d.InputOffset())
	return r.d.More()
}

func (r *jsonReader) delim(want json.Delim, otherwise string) error {
	t, err := r.d.Token()
	if err == nil && t != want {
		err = wrongForm(otherwise)
	}
	return err
}

func (r *jsonReader) list(member string, take func(int, json.RawMessage) error) error {
	if err := r.delim('[', member+" must be a list"); err != nil {
		return err
	}
	for i := 0; r.more(); i++ {
		var raw json.RawMessage
		if err := r.d.Decode(&raw); err != nil {
			return err
		}
		if len(raw) > MaxRow {
			r.refuse(r.line(), pointer(member, strconv.Itoa(i)), "%v", errLong)
			continue
		}
		if err := take(i, raw); err != nil {
			r.own = err
			return err
		}
	}
	_, err := r.d.Token()
	return err
}

// begins is the line on which a value began that has just been read.
func (r *jsonReader) begins(raw json.RawMessage) int {
	return r.in.line(r.d.InputOffset() - int64(len(raw)))
}

// decode reads one thing strictly. false: it is wrong, and that was noted.
func (r *jsonReader) decode(line int, raw json.RawMessage, into any, name names) bool {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	err := d.Decode(into)
	var form *json.UnmarshalTypeError
	switch {
	case err == nil:
		return true
	case errors.As(err, &form):
		r.refuse(line, name(strings.FieldsFunc(form.Field, func(c rune) bool { return c == '.' })...),
			"is a %s; must be a %s", form.Value, kindOf(form.Type.Kind().String()))
	default:
		r.refuse(line, name(), "%s", strings.TrimPrefix(err.Error(), "json: "))
	}
	return false
}

// kindOf names a kind of Go in the words of JSON.
func kindOf(kind string) string {
	switch {
	case kind == "struct" || kind == "map" || kind == "ptr":
		return "object"
	case kind == "slice":
		return "list"
	case strings.HasPrefix(kind, "int"):
		return "whole number"
	}
	return kind
}

func under(parts ...string) names {
	return func(more ...string) string { return pointer(append(append([]string{}, parts...), more...)...) }
}

func (r *jsonReader) oneCategory(i int, raw json.RawMessage) error {
	var one Category
	line, name, before := r.begins(raw), under(inCategories, strconv.Itoa(i)), r.Mistakes.Count
	if !r.decode(line, raw, &one, name) {
		return nil
	}
	r.category(line, one, name)
	return r.hand(before, line, name, func() error { return r.to.Category(one) })
}

func (r *jsonReader) oneAttribute(i int, raw json.RawMessage) error {
	var one Attribute
	line, name, before := r.begins(raw), under(inAttributes, strconv.Itoa(i)), r.Mistakes.Count
	if !r.decode(line, raw, &one, name) {
		return nil
	}
	r.attribute(line, one, name)
	return r.hand(before, line, name, func() error { return r.to.Attribute(one) })
}

func (r *jsonReader) oneProduct(i int, raw json.RawMessage) error {
	var one Product
	line, before := r.begins(raw), r.Mistakes.Count
	name := under(inProducts, strconv.Itoa(i))
	if !r.decode(line, raw, &one, name) {
		return nil
	}
	r.product(line, &one, name)
	for v := range one.Variants {
		r.variant(line, &one.Variants[v], under(inProducts, strconv.Itoa(i), "variants", strconv.Itoa(v)))
	}
	return r.hand(before, line, name, func() error { return r.to.Product(one) })
}

// Write writes a catalogue as one line for each thing, which Read reads again. each calls
// its argument with everything: categories first, then attributes, then products. The same
// things in the same order are the same bytes.
func Write(w io.Writer, each func(to Sink) error) error {
	in, first := "", true
	put := func(member string, one any) error {
		text, err := json.Marshal(one)
		if err != nil {
			return err
		}
		before := ",\n"
		switch {
		case in != member && in == "":
			before = fmt.Sprintf("{%q: [\n", member)
		case in != member:
			before = fmt.Sprintf("\n], %q: [\n", member)
		}
		in, first = member, false
		_, err = w.Write(append([]byte(before), text...))
		return err
	}
	err := each(Sink{
		Category:  func(c Category) error { return put(inCategories, c) },
		Attribute: func(a Attribute) error { return put(inAttributes, a) },
		Product:   func(p Product) error { return put(inProducts, p) },
	})
	if err != nil {
		return err
	}
	end := "\n]}\n"
	if first {
		end = fmt.Sprintf("{%q: []}\n", inProducts)
	} else if in != inProducts {
		end = fmt.Sprintf("\n], %q: []}\n", inProducts)
	}
	_, err = io.WriteString(w, end)
	return err
}
