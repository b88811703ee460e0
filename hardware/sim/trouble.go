package sim

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxSpan bounds every duration of a fault.
const maxSpan = time.Hour

type faultKey struct{ kind, target string }

// trouble is one fault that has been brought about.
type trouble struct {
	text   string        // its value, as it is listed
	chance float64       // of each occasion; 1 for what always is
	span   time.Duration // of kinds that take one
	count  int           // of kinds that take one
}

// parseTrouble reads a fault's value; nil without an error means "off".
func parseTrouble(kind FaultKind, value string) (*trouble, error) {
	if value == "off" {
		return nil, nil
	}
	t := &trouble{text: value, chance: 1}
	refuse := func(want string) (*trouble, error) {
		return nil, fmt.Errorf("%s %q: %s: %w", kind.Kind, value, want, ErrCannot)
	}
	switch kind.Value {
	case "switch":
		if value != "on" {
			return refuse("on or off")
		}
	case "chance":
		if p, err := strconv.ParseFloat(value, 64); err == nil && p > 0 && p <= 1 {
			t.chance = p
		} else if value != "on" {
			return refuse("on, off or a probability up to 1")
		}
	case "probability":
		p, err := strconv.ParseFloat(value, 64)
		if err != nil || p < 0 || p > 1 {
			return refuse("a probability from 0 to 1, or off")
		}
		if p == 0 {
			return nil, nil
		}
		t.chance, t.text = p, strconv.FormatFloat(p, 'g', -1, 64)
	case "duration":
		span, chance, often := strings.Cut(value, "@")
		d, err := time.ParseDuration(span)
		if err != nil || d < 0 || d > maxSpan {
			return refuse("a duration up to " + maxSpan.String() +
				", such as 1200ms or 300ms@0.1 for one time in ten, or off")
		}
		t.span, t.text = d, d.String()
		if often {
			if t.chance, err = strconv.ParseFloat(chance, 64); err != nil || t.chance <= 0 || t.chance > 1 {
				return refuse("the part after @ is a probability up to 1")
			}
			t.text += "@" + chance
		}
	case "count":
		n, err := strconv.Atoi(value)
		if err != nil || n < 0 || n > 1_000_000 {
			return refuse("a number, or off")
		}
		t.count = n
	case "choice":
		if !slices.Contains(kind.Choices, value) {
			return refuse(strings.Join(kind.Choices, ", ") + " or off")
		}
	}
	return t, nil
}

// occurs finds what is wrong with a target and throws the dice where it is not
// always so. Callers hold mu, as for all that follow.
func (s *Site) occurs(kind, target string) *trouble {
	t := s.troubles[faultKey{kind, target}]
	if t == nil {
		t = s.troubles[faultKey{kind, "*"}]
	}
	if t == nil || t.chance < 1 && s.throw(target) >= t.chance {
		return nil
	}
	return t
}

// throw gives a number below 1. Each bus has dice of its own, so that lines do
// not disturb each other's history.
func (s *Site) throw(target string) float64 {
	bus, _, _ := strings.Cut(target, "/")
	if d := s.doors[target]; d != nil {
		bus = d.bus
	}
	return s.diceOf(bus).Float64()
}

func (s *Site) is(kind, target string) bool { return s.occurs(kind, target) != nil }

func (s *Site) span(kind, target string) (time.Duration, bool) {
	if t := s.occurs(kind, target); t != nil {
		return t.span, true
	}
	return 0, false
}

func (s *Site) count(kind, target string) (int, bool) {
	if t := s.occurs(kind, target); t != nil {
		return t.count, true
	}
	return 0, false
}

// word is what a fault with a choice says, or nothing.
func (s *Site) word(kind, target string) string {
	if t := s.occurs(kind, target); t != nil {
		return t.text
	}
	return ""
}
