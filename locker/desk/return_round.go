package desk

import (
	"slices"

	"cubby/locker/door"
	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// A round is one of the staff who takes out what has come back, door after door. It takes
// no reason and no second person: the bags belong to the shop.
func showRound(s *ledger.State, v visit.Visit, _ visit.Env, out *view.View) {
	for _, p := range bagsInDoors(s) {
		item := view.StaffItem{
			Value: p.Compartment, Kind: "bag",
			Title:  view.Message{ID: "round_door", Data: map[string]string{"Door": p.Compartment}, Text: p.Compartment},
			Detail: list(*text(p.ID)), At: p.StoredAt,
		}
		if p.ToCheck {
			item.Harm = "warning"
		}
		out.Staff.Items = append(out.Staff.Items, item)
	}
	if len(out.Staff.Items) > 0 && may(s, v, people.TakeReturns) {
		out.Staff.Ops = []string{view.OpReturnNext}
	}
}

// operateRound opens the door after the one that was opened last.
func operateRound(t *visit.Turn, op string) error {
	bags := bagsInDoors(t.State)
	if op != view.OpReturnNext || len(bags) == 0 {
		return stale()
	}
	last := noteOf(t.Visit).at().Text
	doors := make([]string, len(bags))
	for i, p := range bags {
		doors[i] = p.Compartment
	}
	next := slices.Index(doors, last) + 1
	if next == 0 && last != "" { // it is empty now: go on behind it
		all := wall.Compartments.Keys(t.State)
		next = slices.IndexFunc(doors, func(number string) bool {
			return slices.Index(all, number) > slices.Index(all, last)
		})
	}
	return openRound(t, doors[max(0, next)%len(doors)])
}

// pickRound opens the door that was picked.
func pickRound(t *visit.Turn, number string) error {
	if !slices.ContainsFunc(
		bagsInDoors(t.State),
		func(p parcel.Parcel) bool { return p.Compartment == number },
	) {
		return stale()
	}
	return openRound(t, number)
}

// openRound opens a door with a bag.
func openRound(t *visit.Turn, number string) error {
	by := who(t.Visit)
	if err := by.Must(t.State, people.TakeReturns); err != nil {
		return refused(t, err)
	}
	box, _ := wall.Compartments.Get(t.State, number)
	p, ok := parcel.Parcels.Get(t.State, box.Parcel)
	if !ok || p.Direction != parcel.BroughtBack || p.State != parcel.Stored {
		return refused(t, behindItNow())
	}
	if err := atRest(t, number, p); err != nil {
		return refused(t, err)
	}
	n := noteOf(t.Visit)
	n.Said, n.Op = nil, view.OpReturnNext
	n.Trail[len(n.Trail)-1].Text = number
	t.Keep(n)
	allow(t, box, by, people.Doer{}, "round")
	t.Intend(wall.ForRound, number, p.ID, 1)
	return nil
}

// inRound reports whether the door that the page is about was opened in a round.
func inRound(s *ledger.State, v visit.Visit) bool {
	o, ok := wall.Openings.Get(s, v.Opening)
	return ok && o.Purpose == wall.ForRound
}

// answersInRound are what can be said when something is seen behind the door still.
func answersInRound() map[string]people.Action {
	return map[string]people.Action{
		view.OpToCounter: people.TakeReturns, view.OpStillThere: people.TakeReturns, view.OpNothing: "",
	}
}

// answerRound takes one of them; true: it was one.
func answerRound(t *visit.Turn, op string) (bool, error) {
	if t.Visit.Step != view.StepStaffLooked || !inRound(t.State, t.Visit) {
		return false, nil
	}
	p, _ := parcel.Parcels.Get(t.State, t.Visit.Parcel)
	switch {
	case op == view.OpNothing: // it stays to be checked
		return false, nil
	case p.Compartment != t.Visit.Compartment || p.State != parcel.Stored:
		return true, refused(t, behindItNow())
	case op == view.OpToCounter:
		collected(t, p)
		return true, nil
	}
	err := parcel.SayStillThere{By: who(t.Visit), Parcel: p.ID, Looked: true}.Decide(t)
	if err != nil {
		return true, refused(t, err)
	}
	number := t.Visit.Compartment
	t.Visit.Compartment = "" // nothing is left to say of it
	say(t, said(op, map[string]string{"Door": number, "Parcel": p.ID}))
	return true, nil
}

// collected notes that a bag is at the counter, and offers the next door.
func collected(t *visit.Turn, p parcel.Parcel) {
	number := p.Compartment
	parcel.Collect(t, p, who(t.Visit).ID)
	t.Visit.Compartment = ""
	say(t, said(view.OpReturnNext, map[string]string{"Door": number, "Bag": p.ID}))
}

// taking is what staff open doors for in a round.
type taking struct{}

func (taking) Pages() visit.DoorPages {
	return visit.DoorPages{Opening: view.StepStaffOpening, NotOpened: view.StepStaffNoOpen}
}
func (taking) Opened(*visit.Turn, wall.Opening)  {}
func (taking) Resumed(*visit.Turn, wall.Opening) {}

func (taking) StillMeant(t *visit.Turn, o wall.Opening) bool {
	p, _ := parcel.Parcels.Get(t.State, o.Parcel)
	return p.Compartment == o.Compartment && p.State == parcel.Stored
}
func (taking) ShowOpen(t *visit.Turn) { t.Show(view.StepStaffOpen, view.ReasonNone) }

// ShowInterrupted is for nobody: a restart has signed everybody out.
func (taking) ShowInterrupted(t *visit.Turn) { t.Show(view.StepStaffNoOpen, view.ReasonUnknown) }

func (taking) Closed(t *visit.Turn, o wall.Opening, seen door.Seen, here bool) {
	p, _ := parcel.Parcels.Get(t.State, o.Parcel)
	switch {
	case !here:
		unsaid(t, o.Compartment, o.Parcel)
	case p.Compartment != o.Compartment || p.State != parcel.Stored:
		t.Visit.Compartment = ""
		say(t, *whyRefused(behindItNow(), o.Compartment))
	case seen.Presence == door.Present:
		t.Show(view.StepStaffLooked, view.ReasonNone)
	case seen.Presence == door.Empty, o.WasClosed && !o.Flickered(seen.At):
		collected(t, p)
	default:
		t.Show(view.StepStaffLooked, view.ReasonNotSeen)
	}
}

func (taking) NotOpened(t *visit.Turn, o wall.Opening, why view.Reason, _ bool) {
	if why == view.ReasonUnknown {
		unsaid(t, o.Compartment, o.Parcel)
	}
}

func (taking) Interrupted(t *visit.Turn, o wall.Opening) { unsaid(t, o.Compartment, o.Parcel) }
