package bearer

import (
	"maps"

	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// Room is the pages of bearers.
var Room = visit.Room{Module: ledger.Module{Name: "bearer"}, Steps: steps(), Adds: adds, After: after}

// shown is what the visit keeps: the right by which somebody is here, and to which parcels
// it leads.
type shown struct {
	Right   parcel.Right `json:"right"`
	Parcels []string     `json:"parcels"` // ids, of which that of the right is the first
}

func steps() map[view.Step]visit.Step {
	back := visit.Act{Name: view.ActBack, Do: back}
	all := map[view.Step]visit.Step{
		view.StepIdle: {Acts: []visit.Act{{Name: view.ActStartBearer, Do: start, When: atKiosk}}},
		view.StepBearerEnter: {
			Acts:  []visit.Act{{Name: view.ActPIN}, back},
			Keeps: func(c visit.Present, _ visit.Visit) bool { return c.CodeHash == "" },
			Scan:  scanned,
			PIN: func(c visit.TypePIN, t *visit.Turn) error {
				return parcel.Typed(t, c, known)
			},
			Draws: func(_ *ledger.State, _ visit.Visit, env visit.Env, out *view.View) {
				out.Bearer.PINDigits = parcel.PadDigits(env.Policy)
			},
		},
		view.StepBearerList: {Acts: []visit.Act{{Name: view.ActPick, With: pick}, back}},
		view.StepBearerParcel: {
			Acts: append(acts(), back),
		},
	}
	maps.Copy(all, delegateSteps())
	maps.Copy(all, extendSteps())
	maps.Copy(all, elsewhereSteps())
	return all
}

func atKiosk(_ *ledger.State, _ visit.Visit, env visit.Env) bool { return !env.AtDesk() }

func start(t *visit.Turn) {
	t.Begin(parcel.PickupVisit)
	t.Show(view.StepBearerEnter, view.ReasonNone)
}

// back goes to the list where there is one, else the visit ends.
func back(t *visit.Turn) {
	if t.Visit.Step == view.StepBearerParcel && len(visit.DataOf[shown](t.Visit).Parcels) > 1 {
		t.Visit.Parcel, t.Visit.Compartment = "", ""
		t.Show(view.StepBearerList, view.ReasonNone)
		return
	}
	t.Finish()
}

// scanned shows the parcel of a code, instead of opening its door.
func scanned(c visit.Present, t *visit.Turn) error {
	if c.BadgeHash != "" || c.Presented == "member" { // who has a page of their own
		return t.Pass(c)
	}
	r, why := parcel.Identify(t, c)
	if why != "" {
		return t.Pass(c) // refused as everywhere
	}
	known(t, r)
	return nil
}

// known shows whoever has a right what it leads to.
func known(t *visit.Turn, r parcel.Right) {
	t.Begin(parcel.PickupVisit)
	t.Visit.Actor = "bearer"
	all := []string{r.Parcel}
	if !r.Narrow {
		all = parcel.Siblings(t.State, t.Policy, r.Parcel)
	}
	t.Keep(shown{r, all})
	if len(all) > 1 {
		t.Show(view.StepBearerList, view.ReasonNone)
		return
	}
	choose(t, r.Parcel)
}

func pick(t *visit.Turn, id string) error {
	for _, one := range visit.DataOf[shown](t.Visit).Parcels {
		if _, ok := parcel.Waiting(t.State, one); ok && one == id {
			choose(t, id)
			return nil
		}
	}
	return ledger.Refuse(ledger.Stale, "stale-page",
		"this parcel is no longer in the list; act on the current view")
}

// choose shows one parcel.
func choose(t *visit.Turn, id string) {
	p, _ := parcel.Waiting(t.State, id)
	t.Visit.Parcel, t.Visit.Compartment = p.ID, p.Compartment
	t.Show(view.StepBearerParcel, view.ReasonNone)
}

// chosen is the parcel that the page is about, and the right to it.
func chosen(s *ledger.State, v visit.Visit) (p parcel.Parcel, r parcel.Right, ok bool) {
	r = visit.DataOf[shown](v).Right
	p, ok = parcel.Waiting(s, v.Parcel)
	if !r.Narrow {
		r = r.For(p.ID)
	}
	return p, r, ok && v.Actor == "bearer" && r.Parcel == p.ID
}

// after leaves pages about a parcel that is not here any more.
func after(t *visit.Turn) {
	t.EveryVisit(func() {
		if about, ours := pageOf[t.Visit.Step]; !ours || !about {
			return
		}
		if _, _, ok := chosen(t.State, t.Visit); !ok {
			t.Visit.Parcel, t.Visit.Compartment = "", ""
			t.Keep(shown{})
			t.Show(view.StepBearerEnter, view.ReasonNone)
		}
	})
}

func adds(s *ledger.State, v visit.Visit, out *view.View) {
	if _, ours := pageOf[out.Step]; !ours {
		return
	}
	out.Kind, out.Bearer = view.KindBearer, &view.Bearer{
		AtDoor: view.AtDoor{Door: v.Compartment, OpenDoor: v.OpenDoor, LeftOpen: v.LeftOpen},
	}
	if v.Actor != "bearer" {
		return
	}
	if p, _, ok := chosen(s, v); ok {
		one := of(s, p)
		out.Bearer.Parcel, out.Bearer.Chosen = one.Ref, &one
	}
	if out.Step != view.StepBearerList {
		return
	}
	for _, id := range visit.DataOf[shown](v).Parcels {
		if p, ok := parcel.Waiting(s, id); ok {
			out.Bearer.Parcels = append(out.Bearer.Parcels, of(s, p))
		}
	}
}

// pageOf are the steps whose payload is the bearer's; true: they are about one parcel, and
// left when that is not here any more.
var pageOf = map[view.Step]bool{
	view.StepBearerEnter: false, view.StepBearerList: false, view.StepBearerParcel: true,
	view.StepBearerDelegate: true, view.StepBearerExtend: true,
	view.StepBearerElsewhere: true, view.StepBearerMove: true, view.StepBearerMoved: true,
}

// of is a parcel as its bearer may know it.
func of(s *ledger.State, p parcel.Parcel) view.BearerParcel {
	one := view.BearerParcel{
		Value: p.ID, Ref: p.ShortRef(), State: string(p.State), Door: p.Compartment, Deadline: p.Deadline,
		Held: p.OnHold != nil,
	}
	if p.State == parcel.Expired {
		one.RescueUntil = p.RescueUntil
	}
	if l := p.Leaving; l != nil {
		one.Leaving = l.Why
		if l.Why == parcel.ToElsewhere {
			to := placeOf(l.To, l.Name)
			one.To = &to
		}
	}
	if p.Paused != nil {
		one.Paused = p.Paused.Reason
	}
	if d, ok := parcel.Delegations.Get(s, p.ID); ok {
		one.Delegate, one.DelegateUntil = true, d.Until
	}
	if c, ok := wall.Compartments.Get(s, p.Compartment); ok {
		one.Size = c.Size
	}
	return one
}
