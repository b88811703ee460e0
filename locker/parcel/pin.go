package parcel

import (
	"time"

	"cubby/locker/people"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// customerPIN takes the PIN of a parcel.
func customerPIN(c visit.TypePIN, t *visit.Turn) error {
	return people.OfCustomers.Try(t, func() (bool, error) {
		p, why := bearerOf(t, c.PINHash, ByPIN)
		if why == "" {
			authorise(t, p, ByPIN, nil)
			return true, nil
		}
		refusePickup(t, "pin", why, p.ID)
		return false, nil
	}, func(until time.Time, tried bool) {
		if !tried {
			t.Emit(&PickupRefused{Presented: "pin", Why: "wait"})
		}
		t.Show(view.StepPickupRefused, view.ReasonWait)
		t.Visit.RetryAt = until
	})
}

// courierPIN takes the PIN of a courier.
func courierPIN(c visit.TypePIN, t *visit.Turn) error {
	return people.OfCouriers.Try(t, func() (bool, error) {
		if r, ok := people.CourierWith(t.State, c.CourierHash); ok {
			return true, courierArrives(t, r)
		}
		return false, courierRefused(t, "pin")
	}, func(until time.Time, _ bool) {
		t.Show(view.StepCourierRefused, view.ReasonWait)
		t.Visit.RetryAt = until
	})
}
