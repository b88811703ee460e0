package parcel

import (
	"cmp"
	"slices"

	"cubby/locker/customers"
	"cubby/locker/ledger"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// listed is what the visit of somebody with several parcels keeps.
type listed struct {
	Right  Right    `json:"right"`             // what was shown
	List   []string `json:"list"`              // ids of the parcels it leads to
	Others []string `json:"others,omitempty"`  // those of them that are a neighbour's
	InTurn bool     `json:"in_turn,omitempty"` // the next door opens when the one before has closed
	Passed []string `json:"passed,omitempty"`  // those that this turn has passed over
	// Refused are why the doors of some do not open for what was shown, by parcel.
	Refused map[string]view.Reason `json:"refused,omitempty"`
	// Doors are the doors behind which they were, by parcel.
	Doors map[string]string `json:"doors,omitempty"`
}

// listedAs is its name among what the visit keeps.
const listedAs = "together"

func listOf(v visit.Visit) listed {
	if v.Actor != bearerActor {
		return listed{}
	}
	return visit.DataAs[listed](v, listedAs)
}

// bearerActor is who a visit is of that has shown a right to a parcel.
const bearerActor = "bearer"

// several shows whoever has a right to one of several parcels all of them, instead of
// opening its door.
func several(t *visit.Turn, r Right) bool {
	if r.Narrow {
		return false
	}
	p, _ := Parcels.Get(t.State, r.Parcel)
	if slices.Contains(listOf(t.Visit).List, r.Parcel) {
		if t.Visit.Step == view.StepPickupChoose && !CanOpen(p) {
			showList(t) // which says why
			return true
		}
		return false // it is chosen, or its own code was shown where the list is
	}
	if _, moving := t.UnderWay(p.Compartment); moving || p.State == Collecting {
		return false // first things first: that door
	}
	if r.Member != "" {
		return Offer(t, r, ofMember(t, r.Member))
	}
	return Offer(t, r, siblings(t, r.Parcel))
}

// foreign reports whether a right that was shown is not of whoever has the visit: something
// is kept for them that it does not lead to.
func foreign(v visit.Visit, r Right) bool {
	list := listOf(v).List
	switch {
	case v.Actor != bearerActor || len(v.Data) == 0:
		return false
	case slices.Contains(list, r.Parcel):
		return r.Narrow
	}
	return len(list) > 0 || v.Parcel != r.Parcel
}

// Offer shows whoever has a right the parcels that it leads to, to be opened one after the
// other. It does nothing where there are not several of which one can be opened.
func Offer(t *visit.Turn, r Right, list []string) bool {
	var all []Parcel
	for _, id := range list {
		if p, ok := Parcels.Get(t.State, id); ok {
			all = append(all, p)
		}
	}
	if len(all) < 2 || !slices.ContainsFunc(all, CanOpen) {
		return false
	}
	if t.Visit.Actor == bearerActor {
		t.BeginAnew(PickupVisit) // whoever this is sees nothing of the one before
	} else {
		t.Begin(PickupVisit)
	}
	t.Visit.Actor = bearerActor
	if p, ok := Parcels.Get(t.State, r.Parcel); ok {
		noteToken(t, p, r.Token)
	}
	r.Shown, r.Token = r.Parcel, nil
	if r.Member != "" {
		r.Shown = "" // it was the code of no parcel
	}
	l := listed{Right: r, List: ids(nearestFirst(t.Policy, all)), Doors: map[string]string{}}
	for _, p := range all {
		l.Doors[p.ID] = p.Compartment
		if asNeighbour(t, p, r) {
			l.Others = append(l.Others, p.ID)
		}
	}
	t.KeepAs(listedAs, l)
	showList(t)
	return true
}

// For is the right to another of the parcels that it leads to. A token is of one parcel
// alone, and another one may have another phone.
func (r Right) For(id string) Right {
	if id == r.Parcel {
		return r
	}
	if r.Member == "" && r.Shown == "" {
		r.Shown = r.Parcel
	}
	r.Parcel, r.Token, r.Second = id, nil, false
	return r
}

// shownFor is the parcel whose code was shown to collect p; empty: its own.
func (r Right) shownFor(p Parcel) string {
	if r.Shown == p.ID {
		return ""
	}
	return r.Shown
}

// showList shows what there is to open, and what was taken. The next door waits for a touch.
func showList(t *visit.Turn) {
	stopTurn(t)
	t.Visit.Parcel, t.Visit.Compartment, t.Visit.Opening = "", "", ""
	t.Show(view.StepPickupChoose, view.ReasonNone)
}

// CanOpen reports whether the door of a parcel may open for its bearer: also in the rescue
// of one whose time is over.
func CanOpen(p Parcel) bool {
	return (p.State == Stored || p.State == Expired) && standing(p) == view.ReasonNone
}

// waiting are the parcels of a list whose doors may open, in its order.
func (l listed) waiting(s *ledger.State) (all []string) {
	for _, id := range l.List {
		if p, ok := Parcels.Get(s, id); ok && CanOpen(p) && l.why(p) == view.ReasonNone {
			all = append(all, id)
		}
	}
	return all
}

// why tells why the door of a parcel of the list does not open now; empty: it does.
func (l listed) why(p Parcel) view.Reason {
	switch why := l.Refused[p.ID]; why {
	case view.ReasonLocked, view.ReasonNotLive, view.ReasonExpired: // what the parcel itself does not tell
		return cmp.Or(standing(p), why)
	}
	return standing(p)
}

// toTell reports whether one is here still of which the list has to say why it was not
// opened: it was refused, or a turn came to its end without it.
func (l listed) toTell(s *ledger.State) bool {
	return slices.ContainsFunc(l.List, func(id string) bool {
		p, ok := Parcels.Get(s, id)
		return ok && (p.State.Inside() || p.State == CounterHeld) && (l.InTurn || l.Refused[id] != view.ReasonNone)
	})
}

// following are those of them that a turn comes to.
func (l listed) following(s *ledger.State) []string {
	return slices.DeleteFunc(l.waiting(s), func(id string) bool { return slices.Contains(l.Passed, id) })
}

// toldAnew takes parcels out of the lists of those who are here when something else is said of
// them: they may be for somebody else now.
func toldAnew(t *visit.Turn) {
	for _, f := range t.Facts {
		switch f := f.(type) {
		case *customers.NeighbourEnded:
			t.EveryVisit(func() { withoutNeighbours(t) })
		case *customers.QREnded:
			t.EveryVisit(func() { withoutMember(t, f.CustomerID) })
		case *customers.Erased:
			t.EveryVisit(func() { withoutMember(t, f.CustomerID) })
		}
		f, ok := f.(*ParcelAnnounced)
		if !ok || !f.Changed {
			continue
		}
		t.EveryVisit(func() {
			l := listOf(t.Visit)
			if !slices.Contains(l.List, f.ParcelID) {
				return
			}
			if f.ParcelID == l.Right.Shown {
				l.List = []string{f.ParcelID}
			} else {
				l.List = slices.DeleteFunc(l.List, func(id string) bool { return id == f.ParcelID })
			}
			t.KeepAs(listedAs, l)
		})
	}
}

// withoutNeighbours takes the parcels of neighbours out of a list: one has ended that.
func withoutNeighbours(t *visit.Turn) {
	l := listOf(t.Visit)
	if len(l.Others) == 0 {
		return
	}
	l.List = slices.DeleteFunc(l.List, func(id string) bool { return slices.Contains(l.Others, id) })
	l.Others = nil
	t.KeepAs(listedAs, l)
}

// withoutMember ends the list that a member's own code led to.
func withoutMember(t *visit.Turn, id string) {
	if listOf(t.Visit).Right.Member != id {
		return
	}
	t.KeepAs(listedAs, listed{})
	if t.Visit.Step == view.StepPickupChoose {
		t.Finish()
	}
}

// choosePage is the list.
var choosePage = visit.Step{
	Acts: []visit.Act{
		{Name: view.ActOpenAll, Do: allInTurn, When: func(s *ledger.State, v visit.Visit, _ visit.Env) bool {
			return len(listOf(v).waiting(s)) > 1
		}},
		{Name: view.ActPick, With: openOne, When: func(s *ledger.State, v visit.Visit, _ visit.Env) bool {
			return len(listOf(v).waiting(s)) > 0
		}},
		{Name: view.ActFinish, Do: (*visit.Turn).Finish},
	},
	Keeps: func(visit.Present, visit.Visit) bool { return true },
	Shows: showsList,
}

func showsList(s *ledger.State, v visit.Visit, out *view.View) {
	out.Pickup.Door, out.Pickup.Parcel = "", ""
	l := listOf(v)
	for _, id := range l.List {
		p, ok := Parcels.Get(s, id)
		if !ok {
			continue
		}
		doneAt := "" // which of them it was, for whoever finds that something is wrong
		if p.State == Collected {
			doneAt = l.Doors[id]
		}
		one := view.PickupItem{
			Value: id, Ref: p.ShortRef(), Door: cmp.Or(p.Compartment, doneAt), Done: p.State == Collected,
			Why: l.why(p), Neighbour: slices.Contains(l.Others, id),
		}
		one.Second = p.Valuable && !one.Done && one.Why == view.ReasonNone && !l.Right.For(id).Second
		if box, ok := wall.Compartments.Get(s, p.Compartment); ok {
			one.Size = box.Size
		}
		out.Pickup.List = append(out.Pickup.List, one)
	}
}

// addProgress says how far somebody with several parcels is.
func addProgress(s *ledger.State, v visit.Visit, out *view.Pickup) {
	l := listOf(v)
	if len(l.List) == 0 {
		return
	}
	waits := l.waiting(s)
	for _, id := range l.List {
		if p, ok := Parcels.Get(s, id); ok && p.State == Collected {
			out.Taken++
			out.Total++
		} else if ok && (p.State == Collecting || slices.Contains(waits, id)) {
			out.Total++
		}
	}
	if left := l.following(s); l.InTurn && len(left) > 0 && v.Step == view.StepPickupOpen {
		p, _ := Parcels.Get(s, left[0])
		out.Next = p.Compartment
	}
}
