package desk

import (
	"cubby/locker/ledger"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// subject is the door and the parcel that an operation is about: those that were shown
// when it was chosen, whatever has come and gone since.
func subject(s *ledger.State, v visit.Visit) (number, id string) {
	n := noteOf(v)
	switch {
	case v.Compartment != "": // its door has been looked behind
		return v.Compartment, v.Parcel
	case n.Op != "":
		return n.at().Door, n.Parcel
	}
	return n.at().Door, parcelNow(s, v)
}

// parcelNow is the parcel that the page is about, or that is behind its door now.
func parcelNow(s *ledger.State, v visit.Visit) string {
	p := noteOf(v).at()
	if p.Door == "" {
		return p.Parcel
	}
	c, _ := wall.Compartments.Get(s, p.Door)
	return c.Parcel
}

// isAnother reports whether behind a door is not any more what was there when it was
// asked about.
func isAnother(s *ledger.State, number, id string) bool {
	c, ok := wall.Compartments.Get(s, number)
	return ok && c.Parcel != id
}

func behindItNow() *ledger.Refusal {
	return ledger.Refuse(ledger.Conflict, "changed",
		"what is behind this door has changed meanwhile; look at it again, then decide anew")
}

// whyRefused is what a page says of a refusal.
func whyRefused(r *ledger.Refusal, number string) *view.Message {
	return &view.Message{ID: "refused_" + r.Slug, Text: r.Message, Data: map[string]string{"Door": number}}
}
