// Package strict reads the JSON bodies of requests, and nothing but what was
// agreed: valid UTF-8, one object, no member twice, no member that is not
// known, no data after the end. What it refuses it names by JSON pointer
// (RFC 6901), as a ledger.Refusal. Behind a member that is refused it reads on,
// so that one answer names all there is to mend.
//
// A body is read by hand with Object, where it is read often, or by the declaration of
// a struct with Declare.
//
// A Reader works without reflection on one byte slice, which it neither keeps nor
// changes; every string it returns is a copy. A Form tells it what to read. A Reader belongs to one
// goroutine. Depth is bounded by the callers: only members they ask for are
// entered.
package strict

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"cubby/locker/ledger"
)

// longestPointer bounds what a refusal echoes of the sender's own words, in bytes.
const longestPointer = 200

// MostMistakes bounds how many members one refusal names.
const MostMistakes = 20

// byteOrderMark is what some programs write before a text in UTF-8.
var byteOrderMark = []byte("\xef\xbb\xbf")

// A Reader stands at one place of a JSON text.
type Reader struct {
	text []byte
	at   int
	path []string // names of the members entered, unescaped

	mistakes []*ledger.Refusal // of the members passed over
	whole    bool              // it has come to the end of the object
	lenient  bool              // members that are not known are passed over
}

// Object reads a text that is exactly one object and calls member for each of
// its members, with the reader standing before the value. member must read
// the value or return an error (r.Unknown for a name it does not know). When
// members are refused, what the others say has been read all the same.
func Object(text []byte, member func(r *Reader, name string) error) error {
	return object(&Reader{text: text}, member)
}

// Lenient is Object for what a newer program than this one may have written: members
// that are not known (Reader.Unknown) are passed over.
func Lenient(text []byte, member func(r *Reader, name string) error) error {
	return object(&Reader{text: text, lenient: true}, member)
}

func object(r *Reader, member func(r *Reader, name string) error) error {
	text := r.text
	if !utf8.Valid(text) {
		return ledger.Refuse(ledger.Invalid, "not-utf8", "the body is not valid UTF-8")
	}
	if bytes.HasPrefix(text, byteOrderMark) { // RFC 8259, section 8.1, lets it be passed over
		r.at = len(byteOrderMark)
	}
	r.space()
	if r.at >= len(text) {
		return ledger.Refuse(ledger.Invalid, "malformed-json", "the body is empty; send a JSON object")
	}
	if text[r.at] != '{' {
		return ledger.Refuse(ledger.Invalid, "malformed-json", "the body must be a JSON object")
	}
	err := r.Object(func(name string) error { return member(r, name) })
	r.whole = err == nil
	if len(r.mistakes) > 0 { // also when the text then turns out to be no JSON
		return r.mistakes[0].And(r.mistakes[1:]...)
	}
	if err != nil {
		return err
	}
	r.space()
	if r.at != len(text) {
		return r.malformed("data after the end of the object")
	}
	return nil
}

// Object reads an object value, calling member for each member; null has none.
func (r *Reader) Object(member func(name string) error) error {
	if r.Null() {
		return nil
	}
	if !r.take('{') {
		return r.wrong("an object")
	}
	r.space()
	if r.take('}') {
		return nil
	}
	var first [24]string
	seen := first[:0]
	for {
		r.space()
		if r.peek() != '"' {
			return r.malformed("a member name in quotes is missing")
		}
		name, err := r.quoted()
		if err != nil {
			return err
		}
		r.space()
		if !r.take(':') {
			return r.malformed("a colon is missing after a member name")
		}
		depth, value := len(r.path), r.at
		r.path = append(r.path, name)
		if slices.Contains(seen, name) {
			err = r.refuse("duplicate-member", "the member is there twice; send it once")
		} else {
			seen = append(seen, name)
			err = member(name)
		}
		if err != nil {
			if err = r.passOver(value, err); err != nil {
				return err
			}
		}
		r.path = r.path[:depth]
		r.space()
		if r.take('}') {
			return nil
		}
		if !r.take(',') {
			return r.malformed("a comma or closing brace is missing")
		}
	}
}

// passOver keeps the refusal of the member whose value stands at the place given
// and goes on behind it. Another error, and one mistake too many, ends the reading.
func (r *Reader) passOver(value int, err error) error {
	refusal, ok := err.(*ledger.Refusal)
	if !ok || refusal.Field == "" {
		return err
	}
	if r.mistakes = append(r.mistakes, refusal); len(r.mistakes) == MostMistakes {
		return err
	}
	return r.skip(value)
}

// skip goes on behind the value that stands at the place given.
func (r *Reader) skip(value int) error {
	rest := json.NewDecoder(bytes.NewReader(r.text[value:]))
	var passed json.RawMessage
	if err := rest.Decode(&passed); err != nil {
		return r.malformed("a value is written wrongly")
	}
	r.at = value + int(rest.InputOffset())
	return nil
}

// Null passes over the value null and reports whether it stood there. A member
// that is null says as much as one that is absent; in a list null is no entry.
func (r *Reader) Null() bool {
	r.space()
	if r.word() != "null" {
		return false
	}
	r.at += len("null")
	return true
}

// Strings reads an array of at most max strings; null is none.
func (r *Reader) Strings(max int) ([]string, error) {
	if r.Null() {
		return nil, nil
	}
	if !r.take('[') {
		return nil, r.wrong("an array of strings")
	}
	list := []string{}
	r.space()
	if r.take(']') {
		return list, nil
	}
	for {
		if len(list) == max {
			return nil, r.refuse("too-many", "at most "+strconv.Itoa(max)+" entries are allowed")
		}
		r.path = append(r.path, strconv.Itoa(len(list)))
		s, err := r.entry()
		if err != nil {
			return nil, err
		}
		r.path = r.path[:len(r.path)-1]
		list = append(list, s)
		r.space()
		if r.take(']') {
			return list, nil
		}
		if !r.take(',') {
			return nil, r.malformed("a comma or closing bracket is missing")
		}
	}
}

// String reads a string value; null is the empty one.
func (r *Reader) String() (string, error) {
	if r.Null() {
		return "", nil
	}
	return r.entry()
}

func (r *Reader) entry() (string, error) {
	r.space()
	if r.peek() != '"' {
		return "", r.wrong("a string")
	}
	return r.quoted()
}

// Bool reads true or false; null is false.
func (r *Reader) Bool() (bool, error) {
	if r.Null() {
		return false, nil
	}
	switch word := r.word(); word {
	case "true", "false":
		r.at += len(word)
		return word == "true", nil
	}
	return false, r.wrong("true or false")
}

// Int reads a whole number. A fraction of zeros and an exponent are accepted
// as long as the value is whole and within 2^53 (RFC 8259, section 6); null is 0.
func (r *Reader) Int() (int, error) {
	if r.Null() {
		return 0, nil
	}
	end := r.at
	for end < len(r.text) && strings.IndexByte("+-.0123456789Ee", r.text[end]) >= 0 {
		end++
	}
	word := string(r.text[r.at:end])
	if word == "" {
		return 0, r.wrong("a whole number")
	}
	if !number(word) {
		return 0, r.malformed("a number is written wrongly")
	}
	f, err := strconv.ParseFloat(word, 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) > 1<<53 {
		return 0, r.wrong("a whole number")
	}
	r.at = end
	return int(f), nil
}

// Unknown refuses the member the reader stands at; Lenient passes over it.
func (r *Reader) Unknown() error {
	if r.lenient {
		return r.skip(r.at)
	}
	return r.refuse("unknown-member",
		"this member is not known here; the document at /v1/openapi.json lists those that are")
}

// Refuse refuses the value the reader stands at for a reason of the caller's.
func (r *Reader) Refuse(slug, sentence string) error { return r.refuse(slug, sentence) }

// number checks the grammar of RFC 8259: no leading zero, no bare sign or dot.
func number(s string) bool {
	s = strings.TrimPrefix(s, "-")
	whole, rest := digits(s)
	if whole == "" || len(whole) > 1 && whole[0] == '0' {
		return false
	}
	if strings.HasPrefix(rest, ".") {
		var fraction string
		if fraction, rest = digits(rest[1:]); fraction == "" {
			return false
		}
	}
	if rest != "" && (rest[0] == 'e' || rest[0] == 'E') {
		rest = rest[1:]
		if rest != "" && (rest[0] == '+' || rest[0] == '-') {
			rest = rest[1:]
		}
		var exponent string
		if exponent, rest = digits(rest); exponent == "" {
			return false
		}
	}
	return rest == ""
}

func digits(s string) (head, tail string) {
	n := 0
	for n < len(s) && '0' <= s[n] && s[n] <= '9' {
		n++
	}
	return s[:n], s[n:]
}

func (r *Reader) space() {
	for r.at < len(r.text) {
		switch r.text[r.at] {
		case ' ', '\t', '\n', '\r':
			r.at++
		default:
			return
		}
	}
}

// peek is the byte the reader stands at, 0 at the end.
func (r *Reader) peek() byte {
	if r.at < len(r.text) {
		return r.text[r.at]
	}
	return 0
}

func (r *Reader) take(c byte) bool {
	if r.peek() != c || r.at >= len(r.text) {
		return false
	}
	r.at++
	return true
}

// word is the run of lower-case letters the reader stands at.
func (r *Reader) word() string {
	end := r.at
	for end < len(r.text) && 'a' <= r.text[end] && r.text[end] <= 'z' {
		end++
	}
	return string(r.text[r.at:end])
}

func (r *Reader) wrong(want string) error {
	if r.at >= len(r.text) {
		return r.malformed("the text ends too early")
	}
	return r.refuse("wrong-type", "the value must be "+want)
}

func (r *Reader) malformed(why string) error {
	return ledger.Refuse(ledger.Invalid, "malformed-json", "the body is not JSON: %s (byte %d)", why, r.at)
}

func (r *Reader) refuse(slug, sentence string) error {
	return ledger.Refuse(ledger.Invalid, slug, "%s", sentence).At(r.pointer())
}

func (r *Reader) pointer() string {
	var b strings.Builder
	for _, name := range r.path {
		b.WriteByte('/')
		b.WriteString(strings.NewReplacer("~", "~0", "/", "~1").Replace(name))
	}
	p := b.String()
	if len(p) > longestPointer {
		p = strings.ToValidUTF8(p[:longestPointer], "")
	}
	return p
}
