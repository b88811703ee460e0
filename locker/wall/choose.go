package wall

import (
	"cmp"
	"slices"

	"cubby/locker/door"
)

// Dimensions of what is to go in, in millimetres, 1 to 5000 each.
type Dimensions struct {
	Length int `json:"length"`
	Width  int `json:"width"`
	Height int `json:"height"`
}

// A Wish is what a deposit asks of a compartment.
type Wish struct {
	Dimensions  *Dimensions // nil: not known; every compartment may do
	KeepUpright bool
	Accessible  bool // none but a door within reach of everybody
	Reach       bool // one of those rather than another
	// KeptFree is how many free doors within reach are left to those who need or prefer one.
	KeptFree int
	Above    int64    // the volume must be larger than this, mm³; 0 for any
	Except   []string // numbers not to offer again
}

// Fits reports whether a box of these dimensions goes into the space along all
// three axes, in any of the rotations allowed: six, or two (about the vertical
// axis) when it must stay upright. Touching walls fit.
func (b Box) Fits(d Dimensions, keepUpright bool) bool {
	if keepUpright {
		return d.Height <= b.Height &&
			(d.Length <= b.Width && d.Width <= b.Depth || d.Width <= b.Width && d.Length <= b.Depth)
	}
	item := []int{d.Length, d.Width, d.Height}
	space := []int{b.Width, b.Height, b.Depth}
	slices.Sort(item)
	slices.Sort(space)
	return item[0] <= space[0] && item[1] <= space[1] && item[2] <= space[2]
}

// Suits reports whether a compartment meets the wish, whatever its state.
func (w Wish) Suits(c Compartment) bool {
	return (w.Dimensions == nil || c.Inner.Fits(*w.Dimensions, w.KeepUpright)) &&
		(!w.Accessible || c.Accessible) && c.Inner.Volume() > w.Above && !slices.Contains(w.Except, c.Number)
}

// Choose picks the compartment for a deposit among those that are offerable:
// one whose sensor sees nothing inside (a dirty lens does not rule it out); of
// those one within reach, where that is preferred; of those the smallest that fits;
// among equals one that is not kept for people who need it within reach; among those
// the least worn lock. It reports false when there is none.
func Choose(all []Compartment, w Wish) (Compartment, bool) {
	var candidates []Compartment
	within := 0 // free doors within reach
	for _, c := range all {
		if c.Offerable() && c.Accessible {
			within++
		}
	}
	spared := !w.Accessible && !w.Reach && within <= w.KeptFree
	for _, c := range all {
		if c.Offerable() && w.Suits(c) && !(spared && c.Accessible) {
			candidates = append(candidates, c)
		}
	}
	if len(candidates) == 0 {
		return Compartment{}, false
	}
	return slices.MinFunc(candidates, func(a, b Compartment) int {
		return cmp.Or(
			cmp.Compare(asInt(a.Presence == door.Present), asInt(b.Presence == door.Present)),
			cmp.Compare(asInt(w.Reach && !a.Accessible), asInt(w.Reach && !b.Accessible)),
			cmp.Compare(a.Inner.Volume(), b.Inner.Volume()),
			cmp.Compare(asInt(a.Accessible && !w.Accessible), asInt(b.Accessible && !w.Accessible)),
			cmp.Compare(a.Openings+a.Failures, b.Openings+b.Failures),
			cmp.Compare(a.Failures, b.Failures),
		)
	}), true
}

func asInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
