package desk

import (
	"time"

	"cubby/locker/people"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// vouching answers a scan while a second person is asked for.
func vouching(c visit.Present, t *visit.Turn) error {
	if c.BadgeHash == "" {
		t.Heard = view.HeardFirst
		return nil
	}
	return vouch(t, c.BadgeHash, c.Presented)
}

// vouchPIN takes the PIN of the second person.
func vouchPIN(c visit.TypePIN, t *visit.Turn) error {
	return people.OfStaff.Try(t, func() (bool, error) {
		_, right := people.EmployeeWith(t.State, c.StaffHash)
		return right, vouch(t, c.StaffHash, "pin")
	}, func(until time.Time, _ bool) {
		t.Show(view.StepStaffSecond, view.ReasonWait)
		t.Visit.RetryAt = until
	})
}

// vouch opens the door when a second person has shown who that is: never the first.
func vouch(t *visit.Turn, hash, presented string) error {
	e, ok := people.EmployeeWith(t.State, hash)
	why := view.ReasonNone
	switch {
	case !ok:
		why = view.ReasonNotValid
		if presented != "pin" && t.RefusedAlready(view.StepStaffSecond, why) {
			t.Heard = view.HeardNotValid // the page looks the same
		}
		t.Emit(&Refused{presented, terminalOf(t.Visit)})
	case e.ID == who(t.Visit).ID:
		why = view.ReasonSamePerson
	case !e.Role.May(people.BeSecond):
		why = view.ReasonMayNot
	default:
		return open(t, people.Doer{ID: e.ID})
	}
	t.Show(view.StepStaffSecond, why)
	return nil
}
