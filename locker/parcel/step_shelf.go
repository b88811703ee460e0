package parcel

import (
	"slices"

	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// offered is what a courier's visit keeps while the counter is offered for a parcel.
type offered struct {
	Place string `json:"place"`           // proposed
	Label string `json:"label,omitempty"` // of a parcel that nobody has announced
	ID    string `json:"id,omitempty"`    // and the id that it would have
	// why no door takes it; empty: it is meant for the counter
	Why view.Reason `json:"why,omitempty"`
	To  string      `json:"to,omitempty"` // courier_elsewhere: where it belongs
}

// offerShelf offers the counter for a parcel that no door takes. Staff who stand there show
// their badge, so that it is offered to nobody where nobody is.
func offerShelf(t *visit.Turn, p Parcel, why view.Reason) bool {
	free := FreePlaces(t.State, t.Policy)
	if len(free) == 0 {
		return false
	}
	o := offered{Place: free[0], Why: why}
	if p.isNew() {
		o.Label, o.ID = p.Label, p.ID
	}
	t.Keep(o)
	t.Show(view.StepCourierShelf, why)
	t.Visit.Parcel = p.ID
	return true
}

// elsewhere tells a courier where a parcel belongs that was redirected before it came.
func elsewhere(t *visit.Turn, p Parcel) {
	t.Show(view.StepCourierElsewhere, view.ReasonRedirected)
	t.Visit.Parcel = p.ID
}

// offeredParcel is the parcel that the counter is offered for, as it is now: somebody may have
// announced it meanwhile, or have it on the shelf already.
func offeredParcel(t *visit.Turn) (Parcel, offered) {
	o := visit.DataOf[offered](t.Visit)
	if o.ID != "" {
		if p, known, alike := parcelWith(t, o.Label); known || len(alike) > 0 {
			return p, o
		}
		return Parcel{
			ID: o.ID, Label: o.Label, State: Announced, Unannounced: true, PickupHours: t.Policy.PickupHours,
		}, o
	}
	p, _ := Parcels.Get(t.State, t.Visit.Parcel)
	return p, o
}

// keepsParcel is for a courier who keeps the parcel that no door takes.
func keepsParcel(t *visit.Turn) {
	p, o := offeredParcel(t)
	t.Visit.Parcel = ""
	t.Show(view.StepCourierReady, o.Why)
	tellTurnedAway(t, p)
}

// otherPlace proposes the next free place of the shelf.
func otherPlace(t *visit.Turn) {
	_, o := offeredParcel(t)
	free := FreePlaces(t.State, t.Policy)
	if len(free) == 0 {
		keepsParcel(t)
		return
	}
	o.Place = free[(slices.Index(free, o.Place)+1)%len(free)]
	t.Keep(o)
	t.ShowAtDoor(view.StepCourierShelf, t.Visit.Reason)
}

// atShelf answers a scan while the counter is offered: a place chooses it, the badge of
// somebody of the staff confirms, and all else does what it does between doors.
func atShelf(c visit.Present, t *visit.Turn) error {
	p, o := offeredParcel(t)
	if place, ok := PlaceOf(t.Policy, c.Label); ok {
		if occupied(t.State, place) {
			t.Heard = view.HeardNotValid
			return nil
		}
		o.Place = place
		t.Keep(o)
		t.ShowAtDoor(view.StepCourierShelf, t.Visit.Reason)
		return nil
	}
	e, staff := people.EmployeeWith(t.State, c.BadgeHash)
	if !staff {
		keepsParcel(t)
		return atWork(c, t)
	}
	by := people.Doer{ID: e.ID}
	if by.Must(t.State, people.TakeToCounter) != nil {
		t.Heard = view.HeardNotValid
		return nil
	}
	if occupied(t.State, o.Place) || p.State != Announced && p.State != DepositFailed {
		keepsParcel(t) // something has changed meanwhile
		return nil
	}
	if err := shelve(t, p, o.Place, by.ID, nil); err != nil {
		return err
	}
	t.Visit.Count++
	t.Visit.Last, t.Visit.LastDoor, t.Visit.Parcel = p.ID, "", ""
	t.Show(view.StepCourierReady, view.ReasonNone)
	return nil
}

// shelfSteps are the pages of a courier whose parcel goes to no door.
var shelfSteps = map[view.Step]visit.Step{
	view.StepCourierShelf: {
		Acts: []visit.Act{
			{Name: view.ActBack, Do: keepsParcel},
			{Name: view.ActOtherPlace, Do: otherPlace, When: func(s *ledger.State, _ visit.Visit, env visit.Env) bool {
				return len(FreePlaces(s, env.Policy)) > 1
			}},
		},
		Scan: atShelf, Clock: visit.WaitCourier,
		TimeOut: func(t *visit.Turn) {
			p, o := offeredParcel(t)
			t.Visit.Step, t.Visit.Reason = view.StepCourierReady, o.Why
			tellTurnedAway(t, p)
		},
		Shows: func(_ *ledger.State, v visit.Visit, out *view.View) {
			o := visit.DataOf[offered](v)
			out.Courier.Shelf = o.Place
			if o.ID != "" {
				p := Parcel{ID: o.ID, Label: o.Label}
				out.Courier.Parcel, out.Courier.Unannounced = p.courierRef(), true
			}
		},
	},
	view.StepCourierElsewhere: {
		Acts: []visit.Act{{Name: view.ActBack, Do: backToReady}, {Name: view.ActFinish, Do: courierLeaves}},
		Scan: atWork, Clock: visit.WaitCourier,
		Shows: func(s *ledger.State, v visit.Visit, out *view.View) {
			p, _ := Parcels.Get(s, v.Parcel)
			out.Courier.Door, out.Courier.Place = "", p.placeName()
		},
	},
}

// placeName is what people call the place where a parcel belongs.
func (p Parcel) placeName() string {
	switch l := p.Leaving; {
	case l == nil:
		return ""
	case l.Name != "":
		return l.Name
	default:
		return l.To
	}
}
