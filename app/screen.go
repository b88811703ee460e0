package app

import (
	"cmp"
	"reflect"
	"sync"
	"time"

	"cubby/app/kit"
	"cubby/app/pages"
	"cubby/app/words"
	"cubby/locker/view"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// A screen turns views into pages. Show and Close may be called from any
// goroutine; everything else happens on the one that draws, reached through do.
type screen struct {
	book *words.Book
	set  *pages.Set
	do   func(func())            // runs a function on the drawing goroutine, later
	act  func(view.Action) error // sends an action; may take a while

	mu      sync.Mutex // guards what follows
	latest  view.View  // the newest view
	arrived time.Time
	pending bool // a function that will draw latest is already on its way
	clock   *time.Timer
	closed  bool

	// The rest belongs to the drawing goroutine.
	surface  *surface
	shown    view.View
	some     bool // shown holds a view
	since    time.Time
	digits   *kit.Digits
	picks    *kit.Picks
	draft    *kit.Draft
	page     pages.Page
	warning  *pages.Warning
	heard    fyne.CanvasObject // the answer to a scan, over the page; nil: none
	said     view.Heard        // which one that is
	gate     *kit.Gate         // of the page that is shown
	late     map[view.ActionName]*kit.Gate
	pinSent  bool // what has been typed was sent
	keys     *keys
	redraw   bool // the present view needs another drawing
	paints   bool // the toolkit tells when it paints; else a page is taken to be seen at once
	language string
	sending  bool
	pictures *shownPictures // nil: there are none
}

func newScreen(
	book *words.Book,
	set *pages.Set,
	language string,
	do func(func()),
	act func(view.Action) error,
) *screen {
	if language == "" {
		language = words.Fallback
	}
	s := &screen{book: book, set: set, do: do, act: act, language: language}
	s.keys = newKeys(s)
	s.surface = newSurface(s.draw, s.keys)
	return s
}

// Surface is what the window shows. Without a pointer, nothing is drawn where
// the last finger was.
func (s *screen) Surface(hidePointer bool) fyne.CanvasObject {
	s.surface.hidePointer = hidePointer
	return s.surface
}

// Renew hands a new surface to show, with the same page on it: for a toolkit that
// has lost what it knew about the old one. It is called on the drawing goroutine.
func (s *screen) Renew(show func(fyne.CanvasObject)) {
	hidden := s.surface.hidePointer
	s.surface = newSurface(s.draw, s.keys) // it draws as soon as it has a size
	s.surface.hidePointer = hidden
	show(s.surface)
	if s.some {
		s.tick()
	}
}

// Show takes a new view. At most one function waits for the drawing goroutine,
// whatever the pace of views.
func (s *screen) Show(v view.View) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.latest, s.arrived = v, time.Now()
	s.wake()
}

// wake asks for the drawing goroutine once. The caller holds mu.
func (s *screen) wake() {
	if s.pending || s.closed {
		return
	}
	s.pending = true
	// A driver may run the function at once, on this goroutine.
	go s.do(s.update)
}

// drawAgain has the page drawn anew as it is: a picture of it has come.
func (s *screen) drawAgain() { s.later(s.draw) }

// Close stops the clock; nothing is drawn after it.
func (s *screen) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	if s.clock != nil {
		s.clock.Stop()
	}
}

// update draws the newest view and sets the clock for the next change by time.
func (s *screen) update() {
	s.mu.Lock()
	v, at, closed := s.latest, s.arrived, s.closed
	s.pending = false
	s.mu.Unlock()
	if closed {
		return
	}
	if v.Step == view.StepUnavailable && v.Station == "" {
		v.Station = s.shown.Station // made without the core, which alone knows the name
	}
	if v.Reason.OfScreen() { // the screen then changes the language by itself
		v.Actions = []view.ActionName{view.ActLanguage}
		if len(v.Languages) == 0 {
			v.Languages = s.book.Tags()
		}
		v.Language = cmp.Or(v.Language, s.language)
	}
	s.redraw = !s.some || !samePage(s.shown, v)
	s.forget(v)
	s.guard(v)
	s.shown, s.since, s.some = v, at, true
	if v.Language != "" {
		s.language = v.Language
	}
	if s.redraw {
		s.draw()
	}
	s.tick()
}

// samePage reports whether two views give the same page, apart from its times
// and from what lies over it.
func samePage(a, b view.View) bool {
	a.Rev, b.Rev = 0, 0
	a.Heard, b.Heard, a.HeardInMs, b.HeardInMs = "", "", 0, 0
	a.TimeoutInMs, b.TimeoutInMs = 0, 0
	a.WarnInMs, b.WarnInMs = 0, 0
	a.RetryInMs, b.RetryInMs = min(a.RetryInMs, 1), min(b.RetryInMs, 1)
	a.GoesOnInMs, b.GoesOnInMs = min(a.GoesOnInMs, 1), min(b.GoesOnInMs, 1)
	return reflect.DeepEqual(a, b)
}

func (s *screen) sheet() pages.Sheet {
	look := kit.NewLook(s.surface.Size())
	look.Gate, look.Touched = s.gate, s.keys.hide
	return pages.Sheet{
		Set: s.set, View: s.shown, Look: look, Words: s.book.For(s.language), Names: s.book.Name,
		Digits: s.digits, Picks: s.picks, Draft: s.draft, Late: s.late, Now: time.Now(), Do: s.send, Typed: s.typed,
		Pictures: s.pictures.get,
	}
}

// busyAfter is how long a page has been shown before typing on it asks for more
// time by itself; sooner there is enough left.
const busyAfter = 15 * time.Second

// typed keeps the page for somebody who is typing on it.
func (s *screen) typed() {
	if s.shown.Allows(view.ActMoreTime) && time.Since(s.since) > busyAfter {
		s.send(view.ActMoreTime, "")
	}
}

// draw builds the page anew.
func (s *screen) draw() {
	if !s.some || s.surface.Size().Width < 1 {
		return
	}
	s.uncover()
	s.page = pages.Build(s.sheet())
	if s.heard != nil {
		s.heard = pages.NewHeard(s.sheet())
	}
	s.lay()
}

// lay shows the page and what lies over it.
func (s *screen) lay() {
	over := []fyne.CanvasObject{s.page.Object}
	if s.warning != nil {
		over = append(over, s.warning.Object)
	}
	if s.heard != nil {
		over = append(over, s.heard)
	}
	if s.keys.ring {
		over = append(over, container.NewWithoutLayout(s.keys.mark))
	}
	if len(over) == 1 {
		s.surface.set(s.page.Object)
		return
	}
	s.surface.set(container.NewStack(over...))
	s.keys.renewed()
}

// tick brings everything that counts to the present second and asks to be
// called again only when something will change.
func (s *screen) tick() {
	passed := time.Since(s.since)
	next := time.Duration(0)
	again := func(in time.Duration) {
		if in > 0 && (next == 0 || in < next) {
			next = in
		}
	}
	if left := ms(s.shown.HeardInMs) - passed; s.shown.Heard != "" && left > 0 {
		s.answer(s.shown.Heard)
		again(left)
	} else {
		s.answer("")
	}
	if wait := max(s.shown.RetryInMs, s.shown.GoesOnInMs); s.page.Retry != nil && wait > 0 {
		left := ms(wait) - passed
		s.page.Retry(seconds(left))
		again(untilNextSecond(left))
	}
	if s.shown.TimeoutInMs > 0 && s.shown.WarnInMs > 0 {
		left := ms(s.shown.TimeoutInMs) - passed
		warnIn := ms(s.shown.WarnInMs) - passed
		switch {
		case warnIn > 0:
			s.unwarn()
			again(warnIn)
		default:
			s.warn(seconds(left))
			again(untilNextSecond(left))
		}
	} else {
		s.unwarn()
	}
	s.setClock(next)
}

// warn lays the warning over the page. Its buttons lie on those of the page, so
// they take no touch at first; the page does not when it has gone, see unwarn.
func (s *screen) warn(left int) {
	if s.warning == nil {
		sheet := s.sheet()
		sheet.Look.Gate = kit.NewGate()
		s.await(sheet.Look.Gate)
		w := pages.NewWarning(sheet, left)
		s.warning = &w
		if w.Covers {
			s.keys.cover()
		}
		s.lay()
		return
	}
	s.warning.Set(left)
}

func (s *screen) unwarn() {
	if s.uncover() {
		s.lay()
	}
}

// uncover takes the warning away. Whoever has touched it may touch once more
// where the page now has its buttons.
func (s *screen) uncover() bool {
	if s.warning == nil {
		return false
	}
	if s.warning.Covers {
		s.gate.Shut()
		s.await(s.gate)
		s.keys.uncover()
	}
	s.warning = nil
	return true
}

// answer lays the answer to a scan over the page, or takes it away.
func (s *screen) answer(h view.Heard) {
	if h == s.said {
		return
	}
	s.said, s.heard = h, nil
	if h != "" {
		s.heard = pages.NewHeard(s.sheet())
	}
	s.lay()
}

func (s *screen) setClock(in time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.clock != nil {
		s.clock.Stop()
	}
	if in <= 0 || s.closed {
		return
	}
	s.clock = time.AfterFunc(in, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.wake()
	})
}

// send gives an action to the core, one at a time: a second touch while the
// first is on its way is a trembling finger.
func (s *screen) send(name view.ActionName, value string) {
	if s.shown.Reason.OfScreen() { // nobody is there to take it
		s.shown.Language, s.language = value, value
		s.draw()
		return
	}
	if s.sending {
		return
	}
	s.sending = true
	s.pinSent = s.pinSent || name == view.ActPIN
	a := view.Action{
		Visit: s.shown.Visit, Name: name, Value: value,
		Step: s.shown.Step, Door: s.shown.Door(), Parcel: s.shown.Parcel(),
	}
	go func() {
		// A refusal means that the page has changed meanwhile, and an unreachable
		// core makes a view of its own: in both cases the next view tells.
		_ = s.act(a)
		s.do(func() { s.sending = false })
	}()
}

func ms(n int64) time.Duration { return time.Duration(n) * time.Millisecond }

// seconds rounds up, so that "1" is the last thing a person sees.
func seconds(d time.Duration) int {
	return int((max(0, d) + time.Second - 1) / time.Second)
}

// untilNextSecond is when the number of seconds changes next; 0 when it never will.
func untilNextSecond(left time.Duration) time.Duration {
	if left <= 0 {
		return 0
	}
	if part := left % time.Second; part > 0 {
		return part
	}
	return time.Second
}
