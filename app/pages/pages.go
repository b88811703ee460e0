// Package pages draws one page for one view: Build is a function of the sheet
// it is given and decides nothing about visits. What a person touches goes out
// through Sheet.Do; what is shown next comes back as another view.
//
// It must be called from the goroutine that owns the screen.
package pages

import (
	"fmt"

	"cubby/app/kit"
	"cubby/app/words"
	"cubby/locker/view"

	"fyne.io/fyne/v2"
)

// A Sheet is everything a page is made from.
type Sheet struct {
	View   view.View
	Look   kit.Look
	Words  words.Speaker
	Names  func(tag string) (string, bool) // a language's name in its own words; false: not offered
	Digits *kit.Digits                     // what has been typed on this step; may be nil where no PIN is taken
	Picks  *kit.Picks                      // where a door is looked for on the wall; may be nil where none is asked for
	Late   map[view.ActionName]*kit.Gate   // of actions that came later than their page
	Do     func(name view.ActionName, value string)
	Typed  func() // called with every digit typed; nil when nobody listens
}

// A Page is ready to be shown.
type Page struct {
	Object fyne.CanvasObject
	Retry  func(seconds int) // shows how long a person must wait; nil when the page does not count
}

// door and open are the page's two doors as data for a sentence.
func (s Sheet) door() words.Data { return words.Data{"Door": s.View.Door} }
func (s Sheet) open() words.Data { return words.Data{"Door": s.View.OpenDoor} }

func (s Sheet) say(id string) string { return s.Words.Say(id, s.door()) }

// scanner reports whether codes can be scanned at the moment.
func (s Sheet) scanner() bool {
	for _, n := range s.View.Notices {
		if n == view.NoticeNoScanner {
			return false
		}
	}
	return true
}

// Build draws the page of a view. A step it does not know becomes the page that
// says so kindly.
func Build(s Sheet) Page {
	draw, ok := drawers[s.View.Step]
	if !ok {
		draw = unavailable
	}
	return draw(s)
}

var drawers = map[view.Step]func(Sheet) Page{
	view.StepIdle:           idle,
	view.StepUnavailable:    unavailable,
	view.StepCommission:     commission,
	view.StepPickupEnter:    pickupEnter,
	view.StepPickupRefused:  pickupRefused,
	view.StepPickupOpening:  pickupOpening,
	view.StepPickupOpen:     pickupOpen,
	view.StepPickupCheck:    pickupCheck,
	view.StepPickupDone:     pickupDone,
	view.StepPickupLeft:     pickupLeft,
	view.StepNoOpen:         noOpen,
	view.StepToCheck:        toCheck,
	view.StepCourierEnter:   courierEnter,
	view.StepCourierRefused: courierRefused,
	view.StepCourierReady:   courierReady,
	view.StepCourierOpening: courierOpening,
	view.StepCourierOpen:    courierOpen,
	view.StepCourierCheck:   courierCheck,
	view.StepCourierRetake:  courierRetake,
	view.StepCourierLeave:   courierLeave,
	view.StepCourierNoOpen:  courierNoOpen,
	view.StepCourierReceipt: courierReceipt,
	view.StepCourierDone:    courierDone,
}

// Clock writes seconds as minutes and seconds.
func Clock(seconds int) string { return fmt.Sprintf("%d:%02d", seconds/60, seconds%60) }

func unavailable(s Sheet) Page {
	p := plan{
		mark: "clock", title: s.say("unavailable.title"), lead: s.say("unavailable.lead"),
		figure: scene("pause", kit.Warn),
	}
	if s.View.Step != view.StepUnavailable {
		return compose(s, p) // a step of a newer core; its reasons mean something else
	}
	switch r := s.View.Reason; r {
	case view.ReasonStarting, view.ReasonCoreMissing:
		p.title, p.lead = s.say("unavailable.soon_title"), s.say("unavailable."+string(r))
	case view.ReasonStoreFault, view.ReasonNoTerminal:
		p.mark, p.tone, p.lead = "wrench", warn, s.say("unavailable."+string(r))
	}
	return compose(s, p)
}
