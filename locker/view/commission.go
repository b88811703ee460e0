package view

import "time"

// A Commission is the question that commissioning asks whoever stands in front
// of the wall. Its steps and answers are those of the core's conversation with
// staff; a touch is answered with ActAnswer.
type Commission struct {
	Step    string    `json:"step"`
	Ask     Message   `json:"ask"`               // the question
	Told    []Message `json:"told,omitempty"`    // what was found since the question before
	Refused *Message  `json:"refused,omitempty"` // why the last answer was not taken
	Choices []Choice  `json:"choices,omitempty"`
	// beside the choices: "door", "number", "length" or "draft"; empty: nothing
	Free    string `json:"free,omitempty"`
	Column  int    `json:"column,omitempty"`  // of a draft: the column that is changed, from 1
	Doors   int    `json:"doors,omitempty"`   // of a draft: the doors in it
	Size    string `json:"size,omitempty"`    // of a draft: the size of its door, or of its first one
	Columns int    `json:"columns,omitempty"` // of a draft

	Door      string `json:"door,omitempty"`       // the door that the question is about
	PINDigits int    `json:"pin_digits,omitempty"` // longest number the pad takes
}

// A Choice is one of the answers to a question.
type Choice struct {
	Answer string  `json:"answer"`
	Label  Message `json:"label"`
}

// A Message is a sentence by its name, with what fills its gaps. A screen that
// does not know it shows the text.
type Message struct {
	ID    string            `json:"id"`
	Data  map[string]string `json:"data,omitempty"`
	Parts []Message         `json:"parts,omitempty"` // a list within the sentence
	// Money and Times fill gaps, too, as the language of the screen writes them. Times are
	// days where they are moments of midnight at the station.
	Money map[string]Money     `json:"money,omitempty"`
	Times map[string]time.Time `json:"times,omitempty"`
	Text  string               `json:"text,omitempty"` // in English
}
