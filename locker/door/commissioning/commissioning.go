// Package commissioning holds the words in which a site is commissioned: what the
// station asks whoever stands in front of the wall, and what they answer. A
// command line, a page on the touchscreen and a test use the same ones.
//
// They are plain values and travel as JSON; nothing here decides anything.
package commissioning

// Step names what is being found out.
type Step string

// The steps, in the order in which they come. A client needs to know none of
// them: text, choices and the free answer say all there is to show.
const (
	StepBegin   Step = "begin"   // touchscreen only: may it begin, now that nobody is served?
	StepInside  Step = "inside"  // touchscreen only: is it known that a parcel lies behind this door?
	StepWorking Step = "working" // the lines are being asked; there is no question, look again
	StepLines   Step = "lines"   // are these the lines and boards that there are?
	StepClose   Step = "close"   // every door of a board has to be closed
	StepPulse   Step = "pulse"   // may this lock be driven once?
	StepMoved   Step = "moved"   // which door has moved?
	StepHand    Step = "hand"    // is something held inside, before the sensor?
	StepShut    Step = "shut"    // the door has to be closed again
	StepWall    Step = "wall"    // which doors are there, in which columns, of which sizes?
	StepDraw    Step = "draw"    // touchscreen only: the wall is drawn, column by column
	StepSize    Step = "size"    // touchscreen only: how wide, high and deep is a new size?
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

	// What follows stays in the process; it is for the touchscreen, which says
	// the same in other languages and draws it.
	Question Message   `json:"-"` // the text
	Told     []Message `json:"-"` // the notes, one for each
	Door     string    `json:"-"` // the door the question is about; empty: none, or nobody knows
	Answer   Kind      `json:"-"` // of a free answer that can be given with a finger
	Wall     *Wall     `json:"-"` // as it is to become; nil: as the configuration has it
}

// Kind is what may be given with a finger beside the choices.
type Kind string

// The kinds. There is no keyboard: paths, addresses and walls are not typed.
const (
	Nothing Kind = ""
	ADoor   Kind = "door"   // the number of a door, typed or touched on the wall
	ALength Kind = "length" // millimetres
	ANumber Kind = "number" // to be painted on a door
	ADraft  Kind = "draft"  // the wall is changed column by column
)

// A Message is a sentence by its name, with what fills its gaps.
type Message struct {
	ID    string
	Data  map[string]string
	Parts []Message // a list within the sentence
}

// A Wall is the front as it is being drawn or was drawn: columns from left to
// right, doors from the top.
type Wall struct {
	Sizes   []Size // those that the configuration does not have
	Columns [][]Place
	Column  int // the one that is changed, from 0
	Locks   int // how many were found
}

// A Place is one door of a Wall.
type Place struct{ Number, Size string }

// A Size is one class of compartment, millimetres inside.
type Size struct {
	Name                 string
	Width, Height, Depth int
}

// A Choice is one of the answers that can be touched.
type Choice struct {
	Answer string  `json:"answer"`
	Text   string  `json:"text"`
	Label  Message `json:"-"` // the text
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
	// Screen lets the station's touchscreen ask. Doors with parcels that are not
	// named are asked for there, door by door, before anything else is done.
	Screen bool `json:"screen,omitempty"`
}
