package parcel

import (
	"maps"
	"slices"

	"cubby/locker/ledger"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// openOne opens the door of a parcel of the list.
func openOne(t *visit.Turn, id string) error {
	if !slices.Contains(listOf(t.Visit).waiting(t.State), id) {
		return ledger.Refuse(ledger.Stale, "stale-page",
			"this parcel cannot be opened any more; act on the current view")
	}
	goTo(t, id)
	return nil
}

// allInTurn opens the nearest door, and each next one when the one before has closed.
func allInTurn(t *visit.Turn) {
	l := listOf(t.Visit)
	l.InTurn, l.Passed = true, nil
	t.KeepAs(listedAs, l)
	next(t)
}

// goTo opens a door, unless somebody else has one of its bank open.
func goTo(t *visit.Turn, id string) {
	p, _ := Parcels.Get(t.State, id)
	if _, busy := t.Blocked(p.Compartment); busy || askedElsewhere(t, p) {
		showList(t)
		t.Heard = view.HeardBusy
		return
	}
	r := listOf(t.Visit).Right.For(id)
	if _, why := here(t, p); why != "" { // its time has just ended
		if !refusedInList(t, p, r.By, view.ReasonExpired) {
			showList(t)
		}
		return
	}
	LetIn(t, r)
}

// refusedInList notes in the list why a door does not open, and goes on with the others.
// false: there is no list, or nothing else on it to go on with.
func refusedInList(t *visit.Turn, p Parcel, by CredentialKind, reason view.Reason) bool {
	l := listOf(t.Visit)
	if !slices.Contains(l.List, p.ID) {
		return false
	}
	known := l.Refused[p.ID] == reason
	refused := maps.Clone(l.Refused)
	if refused == nil {
		refused = map[string]view.Reason{}
	}
	refused[p.ID] = reason
	l.Refused = refused
	if len(l.waiting(t.State)) == 0 {
		return false
	}
	t.KeepAs(listedAs, l)
	if !known {
		t.Emit(&PickupRefused{Presented: string(by), Why: string(reason), Parcel: p.ID})
	}
	next(t)
	return true
}

// passOver leaves a parcel of the list for later: a turn goes on with the others.
func passOver(t *visit.Turn, id string) {
	l := listOf(t.Visit)
	l.Passed = append(slices.Clone(l.Passed), id)
	t.KeepAs(listedAs, l)
	next(t)
}

// letInAfterAll forgets why the door of a parcel did not open: it does now.
func letInAfterAll(t *visit.Turn, id string) {
	l := listOf(t.Visit)
	if l.Refused[id] == view.ReasonNone {
		return
	}
	l.Refused = maps.Clone(l.Refused)
	delete(l.Refused, id)
	t.KeepAs(listedAs, l)
}

// stopTurn has the next door wait for a touch.
func stopTurn(t *visit.Turn) {
	if l := listOf(t.Visit); l.InTurn {
		l.InTurn = false
		t.KeepAs(listedAs, l)
	}
}

// next goes on when one parcel is done with: to the next door, to the list, or to the end.
func next(t *visit.Turn) {
	l := listOf(t.Visit)
	left := l.following(t.State)
	switch {
	case len(l.waiting(t.State)) == 0 && !l.toTell(t.State):
		t.Show(view.StepPickupDone, view.ReasonNone)
	case l.InTurn && len(left) > 0:
		goTo(t, left[0])
	default:
		showList(t)
	}
}

// backToList leaves a page about one door: for the list where there is one to go on with,
// else the visit ends.
func backToList(t *visit.Turn) {
	if len(listOf(t.Visit).waiting(t.State)) == 0 {
		t.Finish()
		return
	}
	showList(t)
}

// nobodyInTurn has no door open by itself after a start: whoever asked for it may have gone.
func nobodyInTurn(t *visit.Turn) { t.EveryVisit(func() { stopTurn(t) }) }

// TakenOfList are the ids of the parcels of somebody's list that were taken.
func TakenOfList(s *ledger.State, v visit.Visit) (all []string) {
	for _, id := range listOf(v).List {
		if p, ok := Parcels.Get(s, id); ok && p.State == Collected {
			all = append(all, id)
		}
	}
	return all
}

// OthersWait reports whether the list of a visit has parcels whose doors may open.
func OthersWait(s *ledger.State, v visit.Visit) bool { return len(listOf(v).waiting(s)) > 0 }

// ToList shows the list of a visit, which has one.
func ToList(t *visit.Turn) { showList(t) }

// AtDoorOf has the visit be about a parcel of its list that was taken, and the door behind
// which it was.
func AtDoorOf(t *visit.Turn, id string) error {
	if !slices.Contains(TakenOfList(t.State, t.Visit), id) {
		return ledger.Refuse(ledger.Stale, "stale-page",
			"this parcel was not taken in this visit; act on the current view")
	}
	t.Visit.Parcel, t.Visit.Compartment, t.Visit.Opening = id, listOf(t.Visit).Doors[id], ""
	return nil
}
