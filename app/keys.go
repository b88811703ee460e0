package app

import (
	"cubby/app/kit"
	"cubby/app/pages"
	"cubby/locker/view"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// The surface has the focus of the toolkit, always: which button a key is for is
// decided here.
var (
	_ fyne.Focusable  = (*surface)(nil)
	_ fyne.Tabbable   = (*surface)(nil)
	_ desktop.Keyable = (*surface)(nil)
)

// FocusGained does nothing: the ring is shown when a key has been used.
func (s *surface) FocusGained() {}

// FocusLost forgets which keys are down: nobody tells when they come up.
func (s *surface) FocusLost() {
	if s.keys != nil {
		s.keys.down = map[fyne.KeyName]bool{}
	}
}

// AcceptsTab keeps the toolkit from looking for something else to focus.
func (s *surface) AcceptsTab() bool { return true }

// KeyDown is a key that is pressed.
func (s *surface) KeyDown(e *fyne.KeyEvent) {
	if s.keys != nil {
		s.keys.pressed(e.Name)
	}
}

// KeyUp is the key let go.
func (s *surface) KeyUp(e *fyne.KeyEvent) {
	if s.keys != nil {
		s.keys.lifted(e.Name)
	}
}

// TypedKey follows KeyDown, and comes again and again while a key is held.
func (s *surface) TypedKey(e *fyne.KeyEvent) {
	if s.keys != nil {
		s.keys.typed(e.Name)
	}
}

// TypedRune is the letter of a key, after TypedKey.
func (s *surface) TypedRune(r rune) {
	if s.keys != nil {
		s.keys.letter(r)
	}
}

// keys have everything that can be touched done with a keyboard. A key waits as long
// after a new page as a finger does, and acts once however long it is held.
type keys struct {
	screen    *screen
	down      map[fyne.KeyName]bool // pressed; true: it has acted
	repeating bool                  // what comes is of a key that is held
	swallow   bool                  // the letter of a key that has acted
	ring      bool                  // shown
	mark      *kit.Ground
	at, under mark // the button that has the focus, and that of the page under a sheet
}

// A mark finds a button again on a page that was drawn anew.
type mark struct {
	label, icon string
	index       int // among all buttons of the page
}

func newKeys(s *screen) *keys {
	return &keys{
		screen: s, down: map[fyne.KeyName]bool{}, at: mark{index: -1},
		mark: kit.NewGround(kit.Clear, 0).Edge(kit.Ink, ringWidth),
	}
}

// The ring lies around its button, and is ringWidth pixels wide.
const (
	ringWidth float32 = 5
	ringRoom  float32 = 6
)

func (k *keys) pressed(name fyne.KeyName) { k.down[name], k.repeating, k.swallow = false, false, false }

func (k *keys) lifted(name fyne.KeyName) {
	delete(k.down, name)
	k.repeating, k.swallow = false, false
}

func (k *keys) typed(name fyne.KeyName) {
	if acted, down := k.down[name]; acted || !down { // held, perhaps since before the window had the keyboard
		k.repeating = true
		return
	}
	k.down[name] = true
	k.screen.typed()
	_, left := k.down[desktop.KeyShiftLeft]
	_, right := k.down[desktop.KeyShiftRight]
	switch name {
	case fyne.KeyTab:
		by := 1
		if left || right {
			by = -1
		}
		k.step(by)
	case fyne.KeyUp, fyne.KeyDown, fyne.KeyLeft, fyne.KeyRight:
		k.move(name)
	case fyne.KeyReturn, fyne.KeyEnter:
		k.enter()
	case fyne.KeySpace:
		if k.ring {
			k.swallow = true
			k.act()
		} else if k.input() == nil {
			k.show()
		}
	case fyne.KeyEscape:
		k.back()
	case fyne.KeyBackspace:
		if in := k.input(); in != nil && k.open() {
			k.hide()
			in.Back()
		}
	}
}

// letter types a letter into what the page has for that.
func (k *keys) letter(r rune) {
	if k.swallow || k.repeating {
		return
	}
	if in := k.input(); in != nil && k.open() {
		k.hide()
		in.Rune(r)
	}
}

// open reports whether the page that is shown takes touches.
func (k *keys) open() bool { return k.screen.gate.Open() }

// covered reports whether a sheet lies over the page.
func (k *keys) covered() bool { return k.screen.warning != nil && k.screen.warning.Covers }

// input is what is typed into; nil: nothing, or it cannot be seen.
func (k *keys) input() pages.Input {
	if k.covered() {
		return nil
	}
	return k.screen.page.Input
}

// enter sends what was typed, or does what is in the ring. What nobody sees in a ring
// is not done.
func (k *keys) enter() {
	switch b := k.screen.page.Submit; {
	case k.ring:
		k.act()
	case k.input() != nil && b != nil:
		b.Press()
	default:
		k.show()
	}
}

// back goes back: from the columns of a wall to all of it, else to the page before. From
// the question whether somebody is there it leads to the page.
func (k *keys) back() {
	s := k.screen
	switch late := s.late[view.ActBack]; {
	case k.covered():
		if s.warning.Open() {
			s.send(view.ActMoreTime, "")
		}
	case !k.open() || !late.Open():
	case s.shown.Allows(view.ActHelpClose):
		s.send(view.ActHelpClose, "")
	case s.picks.Near():
		s.picks.Whole()
	case s.shown.Allows(view.ActBack):
		s.send(view.ActBack, "")
	}
}

// act does what a finger on the focused button does.
func (k *keys) act() {
	if at, ok := k.focused(k.spots()); ok {
		at.button.Press()
	}
}

// focus gives a button the focus, and shows the ring around it.
func (k *keys) focus(all []spot, i int) {
	b := all[i].button
	k.at = mark{b.Label(), b.Drawing(), i}
	was := k.ring
	k.ring = true
	k.place(all[i])
	if !was {
		k.screen.lay()
	}
}

func (k *keys) place(at spot) {
	k.mark.Move(at.pos.SubtractXY(ringRoom, ringRoom))
	k.mark.Resize(at.size.AddWidthHeight(2*ringRoom, 2*ringRoom))
	k.mark.Refresh()
}

// first is where the focus comes to on a page: behind its header.
func (k *keys) first(all []spot) int {
	below := pages.HeaderHeight(k.screen.sheet())
	for i, at := range all {
		if k.covered() && at.button.Kind() == kit.Primary || !k.covered() && at.pos.Y >= below {
			return i
		}
	}
	return 0
}

// show shows the ring where the focus comes to.
func (k *keys) show() {
	all := k.spots()
	if len(all) == 0 {
		return
	}
	i := k.index(all)
	if i < 0 {
		i = k.first(all)
	}
	k.focus(all, i)
}

// hide takes the ring away.
func (k *keys) hide() {
	k.at.index = -1
	if k.ring {
		k.ring = false
		k.screen.lay()
	}
}

// step goes to the next button, or the one before.
func (k *keys) step(by int) {
	all := k.spots()
	if i := k.index(all); i >= 0 && k.ring {
		k.focus(all, (i+by+len(all))%len(all))
		return
	}
	k.show()
}

// move goes to the nearest button in a direction.
func (k *keys) move(name fyne.KeyName) {
	all := k.spots()
	i := k.index(all)
	if i < 0 || !k.ring {
		k.show()
		return
	}
	best, least := -1, float32(0)
	for j, to := range all {
		if ahead, aside := distance(all[i], to, name); j != i && ahead > 0 {
			if d := ahead + 3*aside; best < 0 || d < least {
				best, least = j, d
			}
		}
	}
	if best >= 0 {
		k.focus(all, best)
	}
}

// renewed keeps the ring on its button when the page was drawn anew; another page has
// it where its first button is.
func (k *keys) renewed() {
	if !k.ring {
		return
	}
	all := k.spots()
	k.mark.Hidden = len(all) == 0
	if k.mark.Hidden {
		return
	}
	i := k.index(all)
	if i < 0 {
		i = k.first(all)
	}
	b := all[i].button
	k.at = mark{b.Label(), b.Drawing(), i}
	k.place(all[i])
}

// cover is for a sheet that has come over the page, uncover for when it goes.
func (k *keys) cover() { k.under, k.at = k.at, mark{index: -1} }

func (k *keys) uncover() { k.at = k.under }

// otherPage forgets the focus with its page. Nobody who comes later sees a ring.
func (k *keys) otherPage(idle bool) {
	k.at = mark{index: -1}
	if idle {
		k.ring = false
	}
}
