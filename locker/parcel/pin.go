package parcel

import (
	"time"

	"cubby/locker/people"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// customerPIN takes the PIN of a parcel.
func customerPIN(c visit.TypePIN, t *visit.Turn) error { return Typed(t, c, authorise) }

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
