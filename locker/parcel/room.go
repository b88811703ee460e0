package parcel

import (
	"maps"

	"cubby/locker/ledger"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// Room is parcels and what opens their doors.
var Room = visit.Room{
	Module: ledger.Module{
		Name: "parcel",
		Facts: []ledger.Fact{
			&ParcelAnnounced{}, &ParcelAnnounced{Changed: true}, &DeadlineMoved{}, &ClockPaused{}, &ClockResumed{},
			&ParcelCancelled{},
			&ParcelBooked{},
			&DepositStarted{}, &ParcelStored{}, &DepositFailure{}, &PickupAuthorised{}, &PickupAborted{},
			&ParcelCollected{},
			&ParcelExpired{}, &ParcelToCheck{}, &ParcelStillThere{}, &ParcelCounterHeld{},
			&ParcelHandedOver{},
			&ParcelWrittenOff{}, &RecipientSeen{}, &PickupRefused{}, &ReceiptOrdered{},
			&ReceiptEnded{},
			&ParcelHeld{}, &ParcelReleased{}, &BagStored{}, &BagReceived{}, &CodePromised{}, &RecipientErased{},
			&CourierRefused{}, &LabelRefused{}, &CodeReissued{}, &CodeRevoked{},
			&ParcelRenamed{}, &TokenUsed{}, &TokensForgotten{}, &CodesForgotten{}, &FactorTried{}, &FactorShown{},
			&TailUsed{},
			&Delegated{}, &DelegationEnded{},
			&DoorStuck{}, &ParcelDisputed{}, &DisputeEnded{}, &Reopened{},
			&ParcelRedirected{}, &ParcelRecalled{}, &ParcelStays{}, &ParcelRemoved{}, &ParcelShelved{},
			&RescueEnded{}, &ParcelExtended{}, &RecipientNotified{},
		},
		Tables: []*ledger.Spec{Parcels.Spec, Recipients.Spec, Credentials.Spec, Tokens.Spec, Factors.Spec,
			Delegations.Spec, Shelf.Spec},
	},
	Steps: pages(),
	Purposes: map[wall.Purpose]visit.DoorPurpose{
		wall.ForDeposit: depositing{}, wall.ForPickup: collecting{}, wall.ForUndo: undoing{},
		wall.ForReopen: reopening{},
	},
	Arrive: arrive, Barred: courierRemoved, Doubt: doubt, Restore: restore,
	Start: func(t *visit.Turn, believed bool) {
		standStill(t)
		start(t, believed)
	},
	Tick: func(t *visit.Turn) {
		goOn(t)
		expire(t)
	},
	Next: nextDeadline, Corrected: moveDeadlines,
	After: func(t *visit.Turn) {
		t.EveryVisit(func() {
			dismiss(t)
			answered(t)
			restBy(t)
		})
		reviewTouched(t)
		eraseAtOnce(t)
		toldAnew(t)
	},
	Adds: addPayload,
}

// start takes up what an earlier run of the core left behind.
func start(t *visit.Turn, believed bool) {
	stoodStill(t, believed)
	nobodyInTurn(t)
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
	maps.Copy(all, shelfSteps)
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

// addPayload gives the views of both kinds of visits their payload. It names the
// parcel to whoever has proved to be somebody.
func addPayload(s *ledger.State, v visit.Visit, out *view.View) {
	at := view.AtDoor{Door: v.Compartment, OpenDoor: v.OpenDoor, LeftOpen: v.LeftOpen}
	p, known := Parcels.Get(s, v.Parcel)
	known = known && v.Actor != visit.Somebody
	if _, collects := pickupSteps[out.Step]; collects {
		out.Kind, out.Pickup = view.KindPickup, &view.Pickup{AtDoor: at}
		if known {
			out.Pickup.Parcel = p.ShortRef()
		}
		addProgress(s, v, out.Pickup)
		if told := v.Told; out.Step == view.StepPickupRefused && told != (view.Told{}) {
			out.Pickup.Told = &told
		}
	}
	_, deposits := courierSteps[out.Step]
	if _, atCounter := shelfSteps[out.Step]; deposits || atCounter {
		out.Kind, out.Courier = view.KindCourier, &view.Courier{AtDoor: at, Count: v.Count, Print: v.Print}
		if known {
			out.Courier.Parcel, out.Courier.Unannounced = p.courierRef(), p.Unannounced
		}
	}
}
