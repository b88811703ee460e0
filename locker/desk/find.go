package desk

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"cubby/locker/label"
	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/plain"
	"cubby/locker/view"
	"cubby/locker/visit"
)

type (
	// Seek asks for the parcels that a text may mean: an order, or the last characters of
	// an id, a label or an order. Answer takes what was found.
	Seek struct{ Terminal, Visit, Text string }
	// Recite asks for the story of a parcel, or else of a door. It is shown, not kept.
	Recite struct {
		Visit        string
		Step         view.Step
		Door, Parcel string
	}
	// Make asks for a new courier, or an account of the staff with a role. Badge and PIN
	// are shown once, and not kept.
	Make struct {
		Terminal, Visit string
		By              people.Doer
		People, Name    string
		Role            people.Role
	}
	// Practise asks for a made-up station at a terminal.
	Practise struct {
		Terminal, Visit string
		By              people.Employee
		Language        string
	}

	// Answer is what an effect has found out for a visit. It means nothing to any other.
	Answer struct {
		Terminal, Visit string
		Found           []string // ids of parcels
		Refused         error    // a *ledger.Refusal, instead
	}
)

// Kind names the effect.
func (Seek) Kind() string { return "desk_seek" }

// Kind names the effect.
func (Recite) Kind() string { return "desk_recite" }

// Kind names the effect.
func (Make) Kind() string { return "desk_make" }

// Kind names the effect.
func (Practise) Kind() string { return "desk_practise" }

// MostFound bounds how many parcels a search shows.
const MostFound = 40

// typed reads the one text of a form.
func typed(value string, most int) (string, error) {
	fields, err := url.ParseQuery(value)
	text := strings.TrimSpace(fields.Get("text"))
	if err != nil || !plain.Text(text, 1, most) {
		return "", ledger.Refuse(ledger.Invalid, "text", "write 1 to %d characters of text "+plain.Says, most).
			At("/value")
	}
	return text, nil
}

// find looks for what was typed.
func find(t *visit.Turn, value string) error {
	text, err := typed(value, 80)
	if err != nil {
		return err
	}
	if found := known(t, text); len(found) > 0 {
		show(t, found)
		return nil
	}
	if toCareCase(t, text) {
		return nil
	}
	if r, ok := member(t, text, visit.Present{}); ok {
		showRecord(t, r.ID)
		return nil
	}
	n := noteOf(t.Visit)
	n.Said, n.Searching = nil, true
	t.Keep(n)
	t.Order(Seek{terminalOf(t.Visit), t.Visit.ID, text})
	t.Show(view.StepStaffFind, view.ReasonNone)
	return nil
}

// known are the parcels with this id or label.
func known(t *visit.Turn, text string) (ids []string) {
	if p, ok := parcel.Parcels.Get(t.State, text); ok {
		return []string{p.ID}
	}
	for _, p := range parcel.ByLabel(t.State, label.Keys(text)) {
		if !slices.Contains(ids, p.ID) {
			ids = append(ids, p.ID)
		}
	}
	return ids
}

// findScanned looks for what was scanned: a label, or the code of a parcel.
func findScanned(t *visit.Turn, c visit.Present) error {
	e, _ := who(t.Visit).Employee(t.State)
	if !e.Role.May(people.FindParcel) {
		t.Heard = view.HeardNotValid
		return nil
	}
	if r, ok := member(t, "", c); ok && c.Presented == "member" {
		showRecord(t, r.ID)
		return nil
	}
	var found []string
	if id, _ := parcel.Shown(t, c); id != "" {
		found = []string{id}
	} else if c.Label != "" {
		found = known(t, c.Label)
	}
	switch {
	case len(found) > 0:
		show(t, found)
	case !toCareCase(t, cmp.Or(c.Text, c.Label)):
		t.Heard = view.HeardNotValid
	}
	return nil
}

// show goes to what was found: the parcel, or a list.
func show(t *visit.Turn, found []string) {
	if len(found) == 1 {
		goTo(t, place{Step: view.StepStaffParcel, Parcel: found[0]})
		return
	}
	n := noteOf(t.Visit)
	n.Found = found[:min(len(found), MostFound)]
	t.Keep(n)
	goTo(t, place{Step: view.StepStaffFound})
}

// Decide shows what was found, or why it went wrong.
func (c Answer) Decide(t *visit.Turn) error {
	t.AttendWhere(func(v visit.Visit) bool { return v.ID == c.Visit })
	if t.Visit.ID != c.Visit {
		return nil
	}
	switch {
	case c.Refused != nil && t.Visit.Step == view.StepStaffSecret:
		back(t)
		return refused(t, c.Refused)
	case t.Visit.Step != view.StepStaffFind || !noteOf(t.Visit).Searching:
		return nil
	case len(c.Found) == 0:
		say(t, view.Message{ID: "found_nothing"})
	default:
		show(t, c.Found)
	}
	return nil
}

// ask orders what a page has to be told from outside.
func ask(t *visit.Turn, p place) {
	if p.Step == view.StepStaffStory {
		t.Order(Recite{t.Visit.ID, p.Step, p.Door, p.Parcel})
	}
	askMoney(t, p)
}
