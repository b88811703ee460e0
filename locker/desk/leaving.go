package desk

import (
	"cmp"
	"slices"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// A round takes out what is to leave, door after door: what was recalled or redirected, and
// what nobody has collected in its time. Each door is opened as any door with a parcel is:
// by two people, of whom the second vouches once for the round; and what was found there is
// said of each.

// A vouched is the second person of a round, and since when that person vouches for it.
type vouched struct {
	By    string    `json:"by,omitempty"`
	Since time.Time `json:"since,omitzero"`
}

// roundVouchedFor is how long a second person vouches for a round.
const roundVouchedFor = 10 * time.Minute

// good reports whether the second person is taken to stand there still.
func (r vouched) good(t *visit.Turn) bool {
	passed := t.Now.Sub(r.Since) // by the wall clock, which may be set back
	second := people.Doer{ID: r.By}
	return r.By != "" && passed >= 0 && passed < roundVouchedFor && second.Must(t.State, people.BeSecond) == nil
}

// leavingDoors are the parcels behind doors that are to be taken out, those with the same way
// to go beside each other.
func leavingDoors(s *ledger.State, policy visit.Policy) []parcel.Parcel {
	all := slices.DeleteFunc(parcel.Departing(s, policy), func(p parcel.Parcel) bool {
		return p.Compartment == ""
	})
	slices.SortStableFunc(all, func(a, b parcel.Parcel) int {
		x, y := wayOf(a), wayOf(b)
		return cmp.Or(cmp.Compare(x.ID, y.ID), cmp.Compare(x.Data["Place"], y.Data["Place"]))
	})
	return all
}

// wayOf says where a parcel that is to leave goes.
func wayOf(p parcel.Parcel) view.Message {
	switch l := p.Leaving; {
	case l == nil:
		return view.Message{ID: "leaves.expired", Text: "expired"}
	case l.ToCounter():
		return view.Message{ID: "leaves.counter", Text: "to the counter"}
	case l.Why == parcel.ToSender:
		return view.Message{ID: "leaves.sender", Text: "back to the sender"}
	default:
		to := cmp.Or(l.Name, l.To)
		return view.Message{ID: "leaves.station", Text: "to " + to, Data: map[string]string{"Place": to}}
	}
}

// leaving says of a parcel that it is to leave, and where it goes.
func (f *facts) leaving(p parcel.Parcel) {
	if p.Leaving == nil {
		return
	}
	way := wayOf(p)
	*f = append(*f, view.StaffFact{Name: "leaving", Value: &way, At: &p.Leaving.Since})
	if p.Leaving.Reason != "" {
		f.add("reason", reasonOf(p.Leaving.Reason))
	}
}

// atCounter stands before the id of a parcel at the counter, in the values of lines.
const atCounter = "parcel "

// showLeaving lists the doors, and then what is at the counter and goes on from there.
func showLeaving(s *ledger.State, _ visit.Visit, env visit.Env, out *view.View) {
	out.Staff.Door = "" // the page is about all of them
	line := func(p parcel.Parcel, value string, title view.Message) {
		item := view.StaffItem{
			Value: value, Kind: "leaving", Title: title, Detail: list(*text(p.ShortRef()), wayOf(p)), At: p.Deadline,
		}
		if p.Leaving != nil {
			item.At = &p.Leaving.Since
		}
		if p.ToCheck {
			item.Harm = "warning"
		}
		out.Staff.Items = append(out.Staff.Items, item)
	}
	for _, p := range leavingDoors(s, env.Policy) {
		line(p, p.Compartment, view.Message{
			ID: "round_door", Data: map[string]string{"Door": p.Compartment}, Text: p.Compartment,
		})
	}
	for _, p := range parcel.Departing(s, env.Policy) {
		if p.Compartment == "" {
			line(p, atCounter+p.ID, view.Message{
				ID: "at_counter", Data: map[string]string{"Place": p.Shelf}, Text: cmp.Or(p.Shelf, "counter"),
			})
		}
	}
}

// nextLeaving opens the door after the one that was opened last.
func nextLeaving(t *visit.Turn) error {
	all, n := leavingDoors(t.State, t.Policy), noteOf(t.Visit)
	if len(all) == 0 {
		return stale()
	}
	last := n.at().Text
	next := slices.IndexFunc(all, func(p parcel.Parcel) bool { return p.Compartment == last }) + 1
	if next == 0 && n.at().Count > 0 { // it is empty now: go on with what has come in its place
		next = n.at().Count - 1
	}
	next %= len(all)
	p := all[next]
	at := &n.Trail[len(n.Trail)-1]
	at.Door, at.Text, at.Count = p.Compartment, p.Compartment, next+1
	n.Said, n.Op, n.Parcel, n.Reason = nil, view.OpLeavingNext, p.ID, "expired"
	if p.Leaving != nil {
		n.Reason = p.Leaving.Why
	}
	n.Second, n.Since = "", time.Time{}
	if !n.Round.good(t) {
		question(t, view.StepStaffSecond, n)
		return nil
	}
	n.Second, n.Since = n.Round.By, n.Round.Since
	t.Keep(n)
	return open(t, people.Doer{ID: n.Second})
}

// showShelf lists the free places of the shelf.
func showShelf(s *ledger.State, v visit.Visit, env visit.Env, out *view.View) {
	for _, where := range parcel.FreePlaces(s, env.Policy) {
		out.Staff.Items = append(out.Staff.Items, view.StaffItem{Value: where, Kind: "shelf", Title: *text(where)})
	}
	showAbout(s, v, out)
}

// pickShelf puts a parcel on one of them.
func pickShelf(t *visit.Turn, where string) error {
	id := noteOf(t.Visit).Parcel
	if !slices.Contains(parcel.FreePlaces(t.State, t.Policy), where) {
		return stale()
	}
	ok, err := do(t, parcel.Shelve{By: who(t.Visit), Parcel: id, Place: where})
	if ok {
		p, _ := parcel.Parcels.Get(t.State, id)
		say(t, said(view.OpShelve, map[string]string{"Parcel": p.ShortRef(), "Place": where}))
	}
	return err
}
