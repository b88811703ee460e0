package ledger

import (
	"errors"
	"fmt"
	"strings"
)

// Code classes a Refusal; every surface maps it in one place (HTTP to a status,
// the screen to a page).
type Code string

const (
	Invalid      Code = "invalid"      // the input cannot be used; Message says what is allowed
	NotFound     Code = "not_found"    // no such thing, or not yours to know
	Conflict     Code = "conflict"     // the state does not allow it
	Precondition Code = "precondition" // If-Match or If-None-Match did not hold
	Stale        Code = "stale"        // the screen acted on a page that is no longer shown
	NotAllowed   Code = "not_allowed"  // this actor may not
	Gone         Code = "gone"         // it was here, and is not kept any more
	Unavailable  Code = "unavailable"  // the core cannot serve now; try again later
	Internal     Code = "internal"     // a fault of ours; logged, never shown
)

// A Refusal is an answer of the rules: a class for programs, a slug that stays
// the same for ever, and a sentence for people that says what to do.
type Refusal struct {
	Code    Code
	Slug    string // stable, kebab-case: "label-in-use"
	Message string
	Field   string // JSON pointer of the offending member, when there is one

	Others []*Refusal // further members of the same input that are refused, none below Field or another's
}

func (r *Refusal) Error() string { return r.Message }

// Refuse makes a Refusal.
func Refuse(code Code, slug, format string, args ...any) *Refusal {
	return &Refusal{Code: code, Slug: slug, Message: fmt.Sprintf(format, args...)}
}

// At names the member of the input that is refused.
func (r *Refusal) At(pointer string) *Refusal {
	r.Field = pointer
	return r
}

// And adds refusals of further members of the same input. Of a member that is
// refused already nothing more is said, nor of what is inside it.
func (r *Refusal) And(more ...*Refusal) *Refusal {
	for _, m := range more {
		known := within(m.Field, r.Field)
		for _, o := range r.Others {
			known = known || within(m.Field, o.Field)
		}
		if !known {
			r.Others = append(r.Others, m)
		}
	}
	return r
}

// within reports whether a pointer names the member itself or something in it.
func within(pointer, member string) bool {
	return pointer == member || strings.HasPrefix(pointer, member+"/")
}

// CodeOf returns the class of an error; anything that is not a Refusal is Internal.
func CodeOf(err error) Code {
	var r *Refusal
	if errors.As(err, &r) {
		return r.Code
	}
	return Internal
}
