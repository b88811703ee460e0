// Package fitting holds the words in which a site is commissioned: what the
// station asks whoever stands in front of the wall, and what they answer. A
// command line, a page on the touchscreen and a test use the same ones.
//
// They are plain values and travel as JSON; nothing here decides anything.
package fitting

// Step names what is being found out.
type Step string

// The steps, in the order in which they come. A client needs to know none of
// them: text, choices and the free answer say all there is to show.
const (
	StepWorking Step = "working" // the lines are being asked; there is no question, look again
	StepLines   Step = "lines"   // are these the lines and boards that there are?
	StepClose   Step = "close"   // every door of a board has to be closed
	StepPulse   Step = "pulse"   // may this lock be driven once?
	StepMoved   Step = "moved"   // which door has moved?
	StepHand    Step = "hand"    // is something held inside, before the sensor?
	StepShut    Step = "shut"    // the door has to be closed again
	StepWall    Step = "wall"    // which doors are there, in which columns, of which sizes?
	StepWalk    Step = "walk"    // open every door, one after the other, to prove its number?
	StepWrite   Step = "write"   // write the configuration?
	StepDone    Step = "done"    // it is written, or nothing was changed
)

// A State is where commissioning stands.
type State struct {
	Step    Step     `json:"step"`
	Number  int      `json:"number"`          // of the question; its answer names it
	Text    string   `json:"text"`            // the question in plain words
	Notes   []string `json:"notes,omitempty"` // what was found since the question before
	Choices []Choice `json:"choices,omitempty"`
	Free    string   `json:"free,omitempty"`    // what may be typed instead of a choice; empty: nothing
	Written bool     `json:"written,omitempty"` // with StepDone: the configuration is a new one
}

// A Choice is one of the answers that can be touched.
type Choice struct {
	Answer string `json:"answer"`
	Text   string `json:"text"`
}

// An Answer belongs to the question with its number; to another it is refused.
type Answer struct {
	Number int    `json:"number"`
	Answer string `json:"answer"` // of a choice, or free text
}

// A Start begins commissioning.
type Start struct {
	// ParcelsInside names every door behind which a parcel lies. Without all of
	// them the start is refused: whoever commissions must know which doors have
	// to stay shut.
	ParcelsInside []string `json:"parcels_inside,omitempty"`
	Complete      bool     `json:"complete,omitempty"` // search all addresses and speeds: minutes
}
