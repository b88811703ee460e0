package strict

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"cubby/locker/ledger"
	"cubby/locker/plain"
)

// rules are the bounds of a field, as its tags have them.
type rules struct {
	required bool
	text     string // the rule about texts by name; empty: none
	least    int    // of a text or a number
	greatest int
	ranged   bool // a number has bounds
	words    []string
	most     int // entries of a list

	slug, says string // empty: those that fit any field
}

type refusals []*ledger.Refusal

// rulesOf reads the tags of a field.
func rulesOf(f reflect.StructField, s *shape) (r rules) {
	wrong := func(why string) { panic(fmt.Sprintf("strict: the tags of %s: %s", f.Name, why)) }
	r.slug = f.Tag.Get("slug")
	for s.of.Kind() == reflect.Pointer && !s.text {
		s = s.entry
	}
	list := s.of.Kind() == reflect.Slice && !s.text
	if list {
		s = s.entry
	}
	tag, any := f.Tag.Lookup("check")
	for rule := range strings.SplitSeq(tag, ",") {
		name, value, _ := strings.Cut(rule, "=")
		switch {
		case name == "" && !any:
		case name == "required" && value == "":
			r.required = true
		case slices.Contains([]string{"text", "plain", "lines", "chars", "bytes", "id", "one"}, name):
			if r.text != "" || s.of.Kind() != reflect.String {
				wrong(name + " is one rule for a text")
			}
			r.text = name
			switch name {
			case "one":
				r.words = strings.Split(value, "|")
			case "id":
				r.least, r.greatest = 1, 64
			default:
				r.least, r.greatest = between(value, wrong)
			}
		case name == "range":
			if s.of.Kind() != reflect.Int && s.of.Kind() != reflect.Int64 && s.of.Kind() != reflect.Int32 {
				wrong("range is for whole numbers")
			}
			r.ranged = true
			r.least, r.greatest = between(value, wrong)
		case name == "most" && list:
			n, err := strconv.Atoi(value)
			if err != nil || n < 1 {
				wrong("most is a number from 1 on")
			}
			r.most = n
		default:
			wrong(rule + " is no rule for this field")
		}
	}
	if list && r.most == 0 {
		wrong("a list needs the rule most")
	}
	return r
}

func between(text string, wrong func(string)) (least, greatest int) {
	from, to, ok := strings.Cut(text, "..")
	least, err := strconv.Atoi(from)
	greatest, err2 := strconv.Atoi(to)
	if !ok || err != nil || err2 != nil || least > greatest {
		wrong(text + " is not written as 1..200")
	}
	return least, greatest
}

// missing refuses a member that is not there.
func (r rules) missing(at string, s *shape) refusals {
	if r.text != "" && s.of.Kind() == reflect.String {
		return r.entry("", at)
	}
	return r.refuse("missing-member", "this member must be there, and not be empty", at)
}

// check refuses a value that was read and is out of bounds.
func (r rules) check(v reflect.Value, at string, s *shape) (all refusals) {
	for s.of.Kind() == reflect.Pointer && !s.text {
		v, s = v.Elem(), s.entry
	}
	switch {
	case s.text:
	case s.of.Kind() == reflect.Slice:
		if r.required && v.Len() == 0 {
			return r.missing(at, s)
		}
		if r.text != "" || r.ranged {
			for i := range v.Len() {
				all = append(all, r.one(v.Index(i), at+"/"+strconv.Itoa(i))...)
			}
		}
	case s.of.Kind() == reflect.String && v.Len() == 0 && !r.required:
	case s.of.Kind() == reflect.String && v.Len() == 0 && r.text == "":
		return r.missing(at, s)
	default:
		return r.one(v, at)
	}
	return all
}

func (r rules) one(v reflect.Value, at string) refusals {
	switch {
	case r.text != "":
		return r.entry(v.String(), at)
	case r.ranged && (v.Int() < int64(r.least) || v.Int() > int64(r.greatest)):
		return r.refuse(
			"out-of-range", fmt.Sprintf("must be a whole number from %d to %d", r.least, r.greatest), at)
	}
	return nil
}

// entry checks a text.
func (r rules) entry(s, at string) refusals {
	bounds := fmt.Sprintf("%d to %d", r.least, r.greatest)
	ok, says := false, ""
	switch r.text {
	case "text":
		err := plain.Check(s, r.greatest, r.orSlug("text"), at)
		if refusal := new(ledger.Refusal); errors.As(err, &refusal) {
			if r.says != "" && refusal.Slug == r.slug {
				refusal.Message = r.says
			}
			return refusals{refusal}
		}
		ok = plain.Text(s, r.least, math.MaxInt)
		says = "write " + bounds + " characters of text"
	case "plain", "lines":
		shown := s
		if r.text == "lines" {
			shown = strings.NewReplacer("\n", " ", "\r", " ", "\t", " ").Replace(s)
		}
		ok = plain.Text(shown, r.least, r.greatest)
		says = "must have " + bounds + " characters, none of them invisible"
	case "chars":
		n := utf8.RuneCountInString(s)
		ok, says = n >= r.least && n <= r.greatest, "must have "+bounds+" characters"
	case "bytes":
		ok, says = len(s) >= r.least && len(s) <= r.greatest, "must have "+bounds+" bytes"
	case "id":
		ok, says = ValidID(s), "must have 1 to 64 of A-Z a-z 0-9 . _ : -"
	case "one":
		ok, says = slices.Contains(r.words, s), "must be one of "+strings.Join(r.words, ", ")
	}
	if ok {
		return nil
	}
	return r.refuse("out-of-bounds", says, at)
}

func (r rules) orSlug(slug string) string {
	if r.slug != "" {
		return r.slug
	}
	return slug
}

func (r rules) refuse(slug, says, at string) refusals {
	if r.says != "" {
		says = r.says
	}
	return refusals{ledger.Refuse(ledger.Invalid, r.orSlug(slug), "%s", says).At(at)}
}

// refusedMembers reports whether an error is about members, and the rest was read.
func refusedMembers(err error) bool {
	refusal, ok := errors.AsType[*ledger.Refusal](err)
	return ok && refusal.Field != ""
}

// verdict adds what is out of bounds to what could not be read.
func (d *decoding) verdict(err error) error {
	if err != nil && !refusedMembers(err) {
		return err
	}
	var all refusals
	if err != nil {
		first, _ := errors.AsType[*ledger.Refusal](err)
		all = refusals{first}
	}
	for _, check := range d.checks {
		all = append(all, check()...)
	}
	if len(all) == 0 {
		return nil
	}
	whole := all[0].And(all[1:]...)
	whole.Others = whole.Others[:min(len(whole.Others), MostMistakes-1)]
	return whole
}

// ValidID is the form of ids and of the names of keys: 1 to 64 of A-Z a-z 0-9 . _ : -
func ValidID(s string) bool {
	if len(s) < 1 || len(s) > 64 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '.' || c == '_' ||
			c == ':' || c == '-') {
			return false
		}
	}
	return true
}
