package care

import (
	"cmp"

	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// Print asks for the number of a case on paper, for whoever has said what is wrong.
type Print struct {
	Terminal, Job string
	Language      string // BCP 47; empty: the station's first
	Case          Case
	Ref           string // the end of the parcel's order number; never a name
}

// Kind names the effect.
func (Print) Kind() string { return "care.print" }

// printsCase is the button that has the number of the case printed; on says on which pages of
// the step it is, also while it prints, so that the other buttons keep their places; nil: on all.
func printsCase(on func(visit.Visit) bool) visit.Act {
	return visit.Act{Name: view.ActPrint, Do: printCase, When: func(s *ledger.State, v visit.Visit,
		env visit.Env) bool {
		_, ok := caseOf(s, v)
		return ok && env.Prints && (on != nil && on(v) || on == nil && v.Print != view.PrintBusy)
	}}
}

// caseOf is the case that a page shows: the one its parcel is in dispute for, or the newest.
func caseOf(s *ledger.State, v visit.Visit) (Case, bool) {
	if v.Actor != "bearer" {
		return Case{}, false
	}
	if p, ok := parcel.Parcels.Get(s, v.Parcel); ok && p.Disputed != nil {
		return Cases.Get(s, p.Disputed.Case)
	}
	return OpenOf(s, v.Parcel)
}

func printCase(t *visit.Turn) {
	c, ok := caseOf(t.State, t.Visit)
	if !ok || t.Visit.Print == view.PrintBusy {
		return
	}
	p, _ := parcel.Parcels.Get(t.State, c.Parcel)
	job := t.NewID()
	t.StartClock()
	t.Visit.Print, t.Visit.PrintJob = view.PrintBusy, job
	t.Order(Print{cmp.Or(t.Visit.Terminal, visit.Kiosk), job, t.Visit.Language, c, p.ShortRef()})
}
