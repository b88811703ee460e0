package visit

import (
	"cubby/locker/ledger"
	"cubby/locker/view"
)

// Decide: a scan means what the page it arrives on makes of it. It is never silent:
// where it leads to no other page, the view says that it was heard and why nothing
// followed.
func (c Present) Decide(t *Turn) error {
	t.Visit.Helping = false // whoever scans goes on
	before := t.Visit
	if err := c.mean(t); err != nil {
		return err
	}
	if t.Heard == "" && LooksAlike(before, t.Visit) {
		t.Heard = view.HeardRead
	}
	return nil
}

func (c Present) mean(t *Turn) error {
	if scan := t.Page().Scan; scan != nil {
		return scan(c, t)
	}
	return t.Pass(c)
}

// Pass asks the rooms what a scan is that a page has no use for itself.
func (t *Turn) Pass(c Present) error {
	for _, room := range t.rules.rooms {
		if room.Arrive == nil {
			continue
		}
		if known, err := room.Arrive(t, c); known || err != nil {
			return err
		}
	}
	return nil
}

// LooksAlike reports whether two states of a visit give pages that a person
// could not tell apart.
func LooksAlike(a, b Visit) bool {
	return a.Step == b.Step && a.Reason == b.Reason && a.Compartment == b.Compartment &&
		a.Parcel == b.Parcel &&
		a.OpenDoor == b.OpenDoor && a.Count == b.Count && a.Last == b.Last &&
		a.Language == b.Language && a.Told.Same(b.Told)
}

// Decide asks the page that the PIN was typed on.
func (c TypePIN) Decide(t *Turn) error {
	if c.Visit != t.Visit.ID || t.Visit.ID == "" || c.Step != "" && c.Step != t.Visit.Step {
		return stalePage()
	}
	pin := t.Page().PIN
	if pin == nil {
		return stalePage()
	}
	return pin(c, t)
}

// RefusedAlready reports whether the page shows this refusal already.
func (t *Turn) RefusedAlready(page view.Step, why view.Reason) bool {
	return t.Visit.Step == page && t.Visit.Reason == why
}

// ToldEnough reports whether refusals were told so often in this visit that one
// more neither needs to be told nor keeps the page alive.
func (t *Turn) ToldEnough() bool {
	return t.Visit.Refusals >= RefusalsTold && t.Now.Sub(t.Visit.RefusedAt) < refusalsEvery
}

// Refused shows the refusal and counts it.
func (t *Turn) Refused(page view.Step, why view.Reason) {
	t.Show(page, why)
	t.CountRefusal()
}

// CountRefusal counts a refusal that is shown on the page that is there already.
func (t *Turn) CountRefusal() {
	t.Visit.Refusals++
	t.Visit.RefusedAt = t.Now
}

func stalePage() *ledger.Refusal {
	return ledger.Refuse(ledger.Stale, "stale-page", "this page is no longer shown; act on the current view")
}
