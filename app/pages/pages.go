// Package pages draws one page for one view: Build is a function of the sheet
// it is given and decides nothing about visits. What a person touches goes out
// through Sheet.Do; what is shown next comes back as another view.
//
// It must be called from the goroutine that owns the screen.
package pages

import (
	"fmt"
	"image"
	"time"

	"cubby/app/kit"
	"cubby/app/words"
	"cubby/locker/view"

	"fyne.io/fyne/v2"
)

// A Sheet is everything a page is made from.
type Sheet struct {
	Set   *Set // the pages there are
	View  view.View
	Look  kit.Look
	Words words.Speaker
	Names func(tag string) (string, bool) // a language's name in its own words; false: not offered
	// what has been typed on this step; may be nil where no PIN is taken
	Digits *kit.Digits
	// where a door is looked for on the wall; may be nil where none is asked for
	Picks *kit.Picks
	Draft *kit.Draft                    // what has been chosen on this page; may be nil where nothing is
	Late  map[view.ActionName]*kit.Gate // of actions that came later than their page
	Now   time.Time                     // for what is said of times; zero: the time now
	// Pictures are those of things for sale, by hash and size in pixels (SmallPicture,
	// LargePicture); nil where there is none, or not yet. It does not wait.
	Pictures func(hash string, size int) image.Image
	Do       func(name view.ActionName, value string)
	Typed    func() // called with every digit typed; nil when nobody listens
}

// The sizes of pictures of things for sale: their longer side, in pixels.
const (
	SmallPicture = 320
	LargePicture = 720
)

// A Page is ready to be shown.
type Page struct {
	Object fyne.CanvasObject
	Retry  func(seconds int) // shows how long a person must wait; nil when the page does not count
	Input  Input             // what a keyboard types into; nil: nothing
	Submit *kit.TouchButton  // what sends it
}

// An Input takes what is typed on a keyboard.
type Input interface {
	Rune(r rune) // a letter or digit; one that does not fit is ignored
	Back()       // takes the last one back
}

// Door is the number of the door that the page is about; empty: none.
func (s Sheet) Door() string { return s.View.Door() }

// OpenDoor is the door that must be closed first; empty: none.
func (s Sheet) OpenDoor() string { return s.View.OpenDoor() }

// Say is the sentence of a name, with the page's door in its gap.
func (s Sheet) Say(id string) string { return s.Words.Say(id, words.Data{"Door": s.Door()}) }

// SayOpen is the same with the door that must be closed first.
func (s Sheet) SayOpen(id string) string { return s.Words.Say(id, words.Data{"Door": s.OpenDoor()}) }

// Scanner reports whether codes can be scanned at the moment.
func (s Sheet) Scanner() bool {
	for _, n := range s.View.Notices {
		if n == view.NoticeNoScanner {
			return false
		}
	}
	return true
}

// Clock writes seconds as minutes and seconds.
func Clock(seconds int) string { return fmt.Sprintf("%d:%02d", seconds/60, seconds%60) }

// Unavailable is the page that says kindly that nothing can be done, for a step
// that the screen does not know or cannot draw.
func Unavailable(s Sheet) Page {
	p := Plan{
		Mark: "clock", Title: s.Say("unavailable.title"), Lead: s.Say("unavailable.lead"),
		Figure: Scene("pause", kit.Warn),
	}
	if s.View.Step != view.StepUnavailable {
		return Compose(s, p) // a step of a newer core; its reasons mean something else
	}
	switch r := s.View.Reason; r {
	case view.ReasonStarting, view.ReasonCoreMissing:
		p.Title, p.Lead = s.Say("unavailable.soon_title"), s.Say("unavailable."+string(r))
	case view.ReasonStoreFault, view.ReasonNoTerminal:
		p.Mark, p.Tone, p.Lead = "wrench", Warn, s.Say("unavailable."+string(r))
	}
	return Compose(s, p)
}
