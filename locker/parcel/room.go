package parcel

import (
	"maps"

	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// Room is parcels and what opens their doors.
var Room = visit.Room{
	Module: ledger.Module{
		Name: "parcel",
		Facts: []ledger.Fact{
			&ParcelAnnounced{}, &ParcelAnnounced{Changed: true}, &DeadlineMoved{}, &ParcelCancelled{}, &ParcelBooked{},
			&DepositStarted{}, &ParcelStored{}, &DepositFailure{}, &PickupAuthorised{}, &PickupAborted{},
			&ParcelCollected{},
			&ParcelExpired{}, &ParcelToCheck{}, &ParcelCounterHeld{}, &PickupRefused{}, &ReceiptOrdered{},
			&ReceiptEnded{},
			&ParcelHeld{}, &ParcelReleased{}, &RecipientErased{}, &CourierRefused{}, &LabelRefused{},
		},
		Tables: []*ledger.Spec{Parcels.Spec, Recipients.Spec, Credentials.Spec},
	},
	Steps: pages(),
	Purposes: map[wall.Purpose]visit.DoorPurpose{
		wall.ForDeposit: depositing{}, wall.ForPickup: collecting{}, wall.ForUndo: undoing{},
		wall.ForReopen: reopening{},
	},
	Arrive: arrive, Barred: courierRemoved, Doubt: doubt, Restore: restore,
	Tick: expire, Next: nextDeadline, Corrected: moveDeadlines,
	After: func(t *visit.Turn) {
		t.EveryVisit(func() { dismiss(t) })
		eraseAtOnce(t)
	},
	Adds: addParcel,
}

// The kinds of visits about parcels.
const (
	PickupVisit  visit.Kind = "pickup"  // collects
	CourierVisit visit.Kind = "courier" // deposits
)

// pages are the pages of both kinds of visit, and their buttons on the idle page.
func pages() map[view.Step]visit.Step {
	all := map[view.Step]visit.Step{view.StepIdle: {Acts: []visit.Act{
		{Name: view.ActStartPickup, Do: startPickup}, {Name: view.ActStartCourier, Do: startCourier},
	}}}
	maps.Copy(all, pickupSteps)
	maps.Copy(all, courierSteps)
	return all
}

func startPickup(t *visit.Turn) {
	t.Begin(PickupVisit)
	t.Show(view.StepPickupEnter, view.ReasonNone)
}

func startCourier(t *visit.Turn) {
	t.Begin(CourierVisit)
	t.Show(view.StepCourierEnter, view.ReasonNone)
}

// showPad says how many digits a PIN has.
func showPad(_ *ledger.State, _ visit.Visit, out *view.View) { out.PINDigits = people.PINDigits }

// showNoDoor leaves out the door of the page before.
func showNoDoor(_ *ledger.State, _ visit.Visit, out *view.View) { out.Door = "" }

// addParcel names the parcel that the visit is about, to whoever has proved to be
// somebody.
func addParcel(s *ledger.State, v visit.Visit, out *view.View) {
	p, ok := Parcels.Get(s, v.Parcel)
	switch {
	case !ok || v.Actor == visit.Somebody:
	case v.Kind == CourierVisit:
		out.Parcel = p.courierRef()
	default:
		out.Parcel = p.ShortRef()
	}
}
