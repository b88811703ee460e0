package pages

import (
	"fmt"
	"maps"
	"slices"

	"cubby/locker/view"
)

// A Drawer makes the page of a step. Most are data: a value of a template.
type Drawer interface {
	Draw(s Sheet) Page
}

// Func is a page that no template makes.
type Func func(s Sheet) Page

// Draw calls it.
func (f Func) Draw(s Sheet) Page { return f(s) }

// A Room has the pages of one kind of visit.
type Room struct {
	Name  string // for errors
	Steps map[view.Step]Drawer
	// Icons are the drawings on the buttons of its actions, or of single labels.
	Icons  map[view.ActionName]string
	Labels map[string]string // by name of the message
	// Heard are its own sentences for answers to a scan.
	Heard map[view.Heard]string
	// Behind names, for a step that only refuses a scan, the step that was refused:
	// what is half typed there is kept.
	Behind map[view.Step]view.Step
	// Shuffled are the steps whose pads have their digits in a new order each time.
	Shuffled []view.Step
}

// A Set has the pages of all rooms, and two of its own: idle and unavailable.
type Set struct {
	steps  map[view.Step]Drawer
	rooms  map[view.Step]Room
	icons  map[view.ActionName]string
	labels map[string]string
}

// NewSet puts rooms together. Two with the same step, or with different
// drawings for one action, are an error.
func NewSet(rooms ...Room) (*Set, error) {
	set := &Set{
		steps:  map[view.Step]Drawer{view.StepIdle: Func(idle), view.StepUnavailable: Func(Unavailable)},
		rooms:  map[view.Step]Room{},
		icons:  maps.Clone(icons),
		labels: map[string]string{},
	}
	for _, room := range rooms {
		for step, draw := range room.Steps {
			if _, twice := set.steps[step]; twice {
				return nil, fmt.Errorf("pages: the step %s of %s is there already", step, room.Name)
			}
			set.steps[step], set.rooms[step] = draw, room
		}
		for name, icon := range room.Icons {
			if other, twice := set.icons[name]; twice && other != icon {
				return nil, fmt.Errorf(
					"pages: %s draws the action %s with %s, another room with %s",
					room.Name,
					name,
					icon,
					other,
				)
			}
			set.icons[name] = icon
		}
		maps.Copy(set.labels, room.Labels)
	}
	return set, nil
}

// Steps lists the steps that the set can draw, sorted.
func (set *Set) Steps() []view.Step { return slices.Sorted(maps.Keys(set.steps)) }

// Behind is the step whose scan or PIN a step refuses; empty: it is no refusal.
func (set *Set) Behind(step view.Step) view.Step { return set.rooms[step].Behind[step] }

// Shuffled reports whether the pad of a step has its digits in a new order each time.
func (set *Set) Shuffled(step view.Step) bool {
	return slices.Contains(set.rooms[step].Shuffled, step)
}

// Build draws the page of a view. A step that the set does not have becomes the
// page that says so kindly.
func Build(s Sheet) Page {
	if s.View.LargeText {
		s.Look = s.Look.Larger()
	}
	draw, ok := s.Set.steps[s.View.Step]
	switch {
	case s.View.Helping != nil:
		return help(s)
	case !ok:
		return Unavailable(s)
	}
	return draw.Draw(s)
}

// icon is the drawing on the button of an action; label is the message on it.
func (set *Set) icon(name view.ActionName, label string) string {
	if icon, ok := set.labels[label]; ok {
		return icon
	}
	return set.icons[name]
}

// heard is the message that answers a scan on the page of a step.
func (set *Set) heard(step view.Step, h view.Heard) string {
	if own, ok := set.rooms[step].Heard[h]; ok {
		return own
	}
	return "heard." + string(h)
}
