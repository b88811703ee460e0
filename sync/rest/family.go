package rest

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"cubby/locker/ledger"
	"cubby/sync/strict"
)

// A Family is resources that belong together, with all that the endpoint has to
// know of them. It is plain data: a Server is made of families and of nothing else.
type Family struct {
	Name   string
	Routes []Route
	// Fragment is its part of the contract: an object with the members paths and
	// schemas, as package openapi merges them.
	Fragment []byte
	// KeyScopes are rights that no route needs and handlers ask for with
	// Exchange.May. Only a key can have them: staff on the socket do not.
	KeyScopes []string
	Metrics   []prometheus.Collector // shown by GET /metrics beside the endpoint's own
}

// Entry says who is let in to a route.
type Entry int

// Entries.
const (
	Key   Entry = iota // any valid key; with a Scope: one that has it
	Open               // everybody
	Staff              // the Unix socket only; the route does not exist on TCP
)

// A Route is one method of one path.
type Route struct {
	Method, Path string // the path as a template: /v1/parcels/{id}
	Entry        Entry
	Scope        string // the right a key must have; empty: none beyond being valid
	Run          Handler

	Naming Naming // whether somebody of the staff is named
	// Does is the action that the role of whoever is named must allow, where the rules
	// do not ask themselves: for what is only read.
	Does string

	// Repeat says what a POST does that comes again and nobody knows what became of it.
	Repeat Repeating

	// MaxBody bounds its body, in bytes, where that may be larger than 64 KiB.
	MaxBody int
	// Media is the media type of its body, where that is not application/json. It is JSON
	// all the same.
	Media string
	// Gzip lets its body be packed (Content-Encoding: gzip). MaxBody bounds it packed and
	// unpacked.
	Gzip bool
	// Query are the parameters it knows. Others are refused, unless it is Open.
	Query []string
	// WhenClosed has it answer while the station serves nobody (Config.Closed).
	WhenClosed bool
	// Tickets lets a stream begin with a ticket in place of a key, as a browser's
	// EventSource must.
	Tickets bool
	// CrossOrigin lets pages of Config.AllowedOrigins read its answers.
	CrossOrigin bool
}

// A Handler answers a request. Make it with Plain, Empty, Reads or MayRead.
type Handler struct {
	run  func(*Exchange) error
	form *strict.Form // of the body, when it is read by declaration
}

// Body is what the handler declares its body to be, nil when it declares none.
func (h Handler) Body() *strict.Form { return h.form }

// Plain is a handler that takes no body, or reads it itself with Exchange.Body.
func Plain(run func(*Exchange) error) Handler { return Handler{run: run} }

// Empty is a handler that takes no body; an empty object counts as none.
func Empty(run func(*Exchange) error) Handler {
	return Handler{run: func(x *Exchange) error {
		if err := x.optionalBody(readNothing); err != nil {
			return err
		}
		return run(x)
	}}
}

// Reads is a handler whose body is read by the declaration of T. It panics when the
// tags of T make no sense.
func Reads[T any](run func(*Exchange, T) error, says ...strict.Says) Handler {
	return reads((*Exchange).Body, run, says)
}

// MayRead is Reads where the body may be left out: then it is the zero T.
func MayRead[T any](run func(*Exchange, T) error, says ...strict.Says) Handler {
	return reads((*Exchange).optionalBody, run, says)
}

func reads[T any](
	body func(*Exchange, func([]byte) error) error, run func(*Exchange, T) error, says []strict.Says,
) Handler {
	form := strict.Declare[T](says...)
	return Handler{form: form, run: func(x *Exchange) error {
		var value T
		if err := body(x, func(b []byte) error {
			err := form.Read(b, &value)
			return WithMistakes(value, err)
		}); err != nil {
			return err
		}
		return run(x, value)
	}}
}

// A Checker is a body that finds what is wrong in it beyond its form, each with its
// member. It is told in one answer with what is wrong in the form. whole reports that
// nothing is: else members may be missing that were sent.
type Checker interface {
	Mistakes(whole bool) []*ledger.Refusal
}

// mostMistakes bounds how many mistakes of a Checker one answer tells.
const mostMistakes = 100

// WithMistakes adds what a Checker finds to what was wrong in the form of a body.
func WithMistakes(value any, err error) error {
	c, checks := value.(Checker)
	form, refused := errors.AsType[*ledger.Refusal](err)
	if !checks || err != nil && (!refused || form.Field == "") { // it could not be read to its end
		return err
	}
	if form != nil && len(form.Others) >= strict.MostMistakes-1 { // nor was this
		return err
	}
	all := c.Mistakes(err == nil)
	if form == nil {
		if len(all) == 0 {
			return nil
		}
		form, all = all[0], all[1:]
	}
	form.And(all...)
	form.Others = form.Others[:min(len(form.Others), mostMistakes-1)]
	return form
}

func readNothing(body []byte) error {
	return strict.Object(body, func(r *strict.Reader, _ string) error { return r.Unknown() })
}

// check finds what would surprise later: two routes at one address, a route without
// a handler, two families of a name.
func check(families []Family) error {
	routes, names := map[string]string{}, map[string]bool{}
	for _, f := range families {
		if f.Name == "" || names[f.Name] {
			return fmt.Errorf("rest: a family is called %q: give each a name of its own", f.Name)
		}
		names[f.Name] = true
		for _, r := range f.Routes {
			at := r.Method + " " + r.Path
			switch {
			case r.Run.run == nil:
				return fmt.Errorf("rest: %s of family %s has no handler", at, f.Name)
			case r.Scope != "" && r.Entry != Key:
				return fmt.Errorf("rest: %s of family %s asks for a scope, but not for a key", at, f.Name)
			case r.Naming != NotNamed && r.Entry == Open, r.Does != "" && r.Naming == NotNamed:
				return fmt.Errorf(
					"rest: %s of family %s asks for a person, but for nobody who is named",
					at,
					f.Name,
				)
			case routes[at] != "":
				return fmt.Errorf("rest: families %s and %s both answer %s", routes[at], f.Name, at)
			}
			routes[at] = f.Name
		}
	}
	return nil
}

// A scope is a set of rights an API key may have, one bit each.
type scope uint64

// scopes are the rights there are: those that routes need, then those of keys alone.
type scopes struct {
	names []string // by bit
	staff scope    // what whoever comes in by the socket may do
}

func newScopes(families []Family) (s scopes, err error) {
	add := func(name string) {
		if name != "" && !slices.Contains(s.names, name) {
			s.names = append(s.names, name)
		}
	}
	for _, f := range families {
		for _, r := range f.Routes {
			add(r.Scope)
		}
	}
	s.staff = 1<<len(s.names) - 1
	for _, f := range families {
		for _, name := range f.KeyScopes {
			add(name)
		}
	}
	if len(s.names) > 64 {
		return s, fmt.Errorf("rest: there are %d scopes, and room for 64", len(s.names))
	}
	return s, nil
}

// of is the set with the names given; a name that is not known is none.
func (s scopes) of(names ...string) (set scope) {
	for _, name := range names {
		if i := slices.Index(s.names, name); i >= 0 {
			set |= 1 << i
		}
	}
	return set
}

// Scopes are the rights a key can have, by name and in alphabetical order.
func (s *Server) Scopes() []string { return slices.Sorted(slices.Values(s.scopes.names)) }

// Routes are all routes there are, in the order of the families.
func (s *Server) Routes() (all []Route) {
	for _, f := range s.Families {
		all = append(all, f.Routes...)
	}
	return all
}

// unknownParameter is what is said of a parameter that a route does not know.
func unknownParameter(known []string) string {
	if len(known) == 0 {
		return "this address takes no parameters; leave it out"
	}
	return "this parameter is not known here; known are: " + strings.Join(known, ", ")
}
