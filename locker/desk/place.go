package desk

import (
	"strings"
	"time"

	"cubby/locker/people"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// Kind is what a visit of the staff is called.
const Kind visit.Kind = "staff"

// A place is a page with what it is about.
type place struct {
	Step   view.Step `json:"step"`
	Door   string    `json:"door,omitempty"`
	Parcel string    `json:"parcel,omitempty"`
	Device string    `json:"device,omitempty"`
	Person string    `json:"person,omitempty"`
	People string    `json:"people,omitempty"` // "courier", "account", "member"

	// Of returns.
	Order string `json:"order,omitempty"`
	Gift  bool   `json:"gift,omitempty"` // found by its gift receipt
	Line  string `json:"line,omitempty"`
	Case  string `json:"case,omitempty"`
	Tote  string `json:"tote,omitempty"`

	Sale  string `json:"sale,omitempty"`  // of the station's own shop, by its number
	Shown bool   `json:"shown,omitempty"` // its code was shown, and its customer's age is asked for

	Text  string `json:"text,omitempty"`  // what was looked for, or the reason given for a line
	Count int    `json:"count,omitempty"` // which line of the page was opened last, from 1
}

// note is what a visit of the staff keeps.
type note struct {
	Trail  []place       `json:"trail,omitempty"`  // where the person is, and before it where Back leads
	Op     string        `json:"op,omitempty"`     // what is being asked about
	Parcel string        `json:"parcel,omitempty"` // the parcel that it was asked about; empty: an empty door
	Reason string        `json:"reason,omitempty"`
	Second string        `json:"second,omitempty"` // who vouches for the opening, by account
	Since  time.Time     `json:"since,omitzero"`   // when that person did
	Round  vouched       `json:"round,omitzero"`   // who vouches for a round of what is to leave
	Said   *view.Message `json:"said,omitempty"`   // how the last operation ended; for one page
	Found  []string      `json:"found,omitempty"`
	Name   string        `json:"name,omitempty"` // of whoever is to be added

	Shown *shown `json:"shown,omitempty"` // what was shown at the counter

	Searching bool `json:"searching,omitempty"` // what was typed is being looked for

	Serve serve `json:"serve,omitzero"` // what comes back, until a return has it
}

// mostPlaces bounds the way back.
const mostPlaces = 12

func (n note) at() place {
	if len(n.Trail) == 0 {
		return place{Step: view.StepStaffMenu}
	}
	return n.Trail[len(n.Trail)-1]
}

func noteOf(v visit.Visit) note { return visit.DataOf[note](v) }

// who is the person who is signed in.
func who(v visit.Visit) people.Doer {
	if id, staff := strings.CutPrefix(v.Actor, visit.StaffActor); staff {
		return people.Doer{ID: id}
	}
	return people.Doer{}
}

// goTo shows another page, from which Back leads here.
func goTo(t *visit.Turn, p place) {
	n := noteOf(t.Visit)
	n.Said = nil
	n.Trail = append(n.Trail, p)
	if len(n.Trail) > mostPlaces {
		n.Trail = append(n.Trail[:1:1], n.Trail[len(n.Trail)-mostPlaces+1:]...)
	}
	arriveAt(t, n)
}

// back shows the page before this one. On a question it is that about which was asked.
func back(t *visit.Turn) {
	n := noteOf(t.Visit)
	n.Said = nil
	if owesAnswer(t.Visit) && t.Visit.Step != view.StepStaffLooked {
		n.Op = view.OpOpen
		question(t, view.StepStaffLooked, n)
		return
	}
	if t.Visit.Step == n.at().Step && len(n.Trail) > 1 {
		n.Trail = n.Trail[:len(n.Trail)-1]
	}
	arriveAt(t, n)
}

// say shows the page where the person is, with how the operation ended.
func say(t *visit.Turn, m view.Message) {
	n := noteOf(t.Visit)
	n.Said = &m
	arriveAt(t, n)
}

func arriveAt(t *visit.Turn, n note) {
	abandonLook(t)
	n.Op, n.Parcel, n.Reason, n.Second, n.Since = "", "", "", "", time.Time{}
	n.Name, n.Searching, n.Serve = "", false, serve{}
	if n.at().Step != view.StepStaffLeaving {
		n.Round = vouched{}
	}
	t.Keep(n)
	t.Visit.Opening, t.Visit.Compartment, t.Visit.Parcel = "", "", ""
	t.Show(n.at().Step, view.ReasonNone)
	ask(t, n.at())
}

// question shows a page that asks about the operation that was chosen.
func question(t *visit.Turn, s view.Step, n note) {
	n.Said = nil
	t.Keep(n)
	t.Show(s, view.ReasonNone)
}
