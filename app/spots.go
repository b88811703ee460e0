package app

import (
	"cubby/app/kit"

	"fyne.io/fyne/v2"
)

// A spot is a button with its place on the panel.
type spot struct {
	button *kit.TouchButton
	pos    fyne.Position
	size   fyne.Size
}

// spots are the buttons that can be touched, in the order in which one reads.
func (k *keys) spots() (all []spot) {
	var walk func(o fyne.CanvasObject, at fyne.Position)
	walk = func(o fyne.CanvasObject, at fyne.Position) {
		if o == nil || !o.Visible() {
			return
		}
		at = at.Add(o.Position())
		switch o := o.(type) {
		case *kit.TouchButton:
			if !o.Disabled() {
				all = append(all, spot{o, at, o.Size()})
			}
		case *fyne.Container:
			for _, child := range o.Objects {
				walk(child, at)
			}
		}
	}
	if k.covered() {
		walk(k.screen.warning.Object, fyne.Position{})
	} else {
		walk(k.screen.page.Object, fyne.Position{})
	}
	return all
}

// focused is the spot that has the focus; false: none.
func (k *keys) focused(all []spot) (spot, bool) {
	if i := k.index(all); i >= 0 {
		return all[i], true
	}
	return spot{}, false
}

// index finds the focused button among all; -1: none.
func (k *keys) index(all []spot) int {
	if len(all) == 0 || k.at.index < 0 {
		return -1
	}
	same := func(i int) bool {
		return i >= 0 && i < len(all) && all[i].button.Label() == k.at.label && all[i].button.Drawing() == k.at.icon
	}
	if same(k.at.index) {
		return k.at.index
	}
	if k.at.label != "" || k.at.icon != "" {
		for i := range all {
			if same(i) {
				return i
			}
		}
	}
	return min(k.at.index, len(all)-1)
}

// distance is how far one button lies ahead of another in a direction, and how far
// aside; ahead is 0 where it does not lie there.
func distance(from, to spot, name fyne.KeyName) (ahead, aside float32) {
	x, y := to.pos.X+to.size.Width/2-from.pos.X-from.size.Width/2,
		to.pos.Y+to.size.Height/2-from.pos.Y-from.size.Height/2
	gap := func(a, aSize, b, bSize float32) float32 { return max(0, max(b-a-aSize, a-b-bSize)) }
	across := gap(from.pos.X, from.size.Width, to.pos.X, to.size.Width)
	down := gap(from.pos.Y, from.size.Height, to.pos.Y, to.size.Height)
	switch name {
	case fyne.KeyRight, fyne.KeyLeft:
		if name == fyne.KeyLeft {
			x = -x
		}
		if x <= 1 || across == 0 && down > 0 {
			return 0, 0
		}
		return max(x, 1), down
	default:
		if name == fyne.KeyUp {
			y = -y
		}
		if y <= 1 || down == 0 && across > 0 {
			return 0, 0
		}
		return max(y, 1), across
	}
}
