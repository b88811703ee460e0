package desk

import (
	"cmp"
	"time"

	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// startSigning shows where the badge is shown or the PIN typed.
func startSigning(t *visit.Turn) {
	t.Begin(Kind)
	t.Show(view.StepStaffEnter, view.ReasonNone)
}

// arrive answers a scan on a page on which somebody may come: a badge of the staff
// signs in. Where staff sign in a courier and a customer are served too, and everything
// else is refused.
func arrive(t *visit.Turn, c visit.Present) (known bool, err error) {
	if e, ok := people.EmployeeWith(t.State, c.BadgeHash); ok {
		signIn(t, e, "badge")
		return true, nil
	}
	if t.Visit.Step != view.StepStaffEnter && t.Visit.Step != view.StepStaffRefused {
		return false, nil
	}
	_, courier := people.CourierWith(t.State, c.BadgeHash)
	if _, bearer := parcel.Shown(t, c); courier || bearer {
		return false, nil
	}
	if t.RefusedAlready(view.StepStaffRefused, view.ReasonNotValid) {
		t.Heard = view.HeardNotValid
		if t.ToldEnough() {
			return true, nil
		}
	}
	t.Emit(&Refused{c.Presented, terminalOf(t.Visit)})
	t.Refused(view.StepStaffRefused, view.ReasonNotValid)
	return true, nil
}

// enterPIN takes the PIN of somebody of the staff. Wrong ones have to wait; badges never do.
func enterPIN(c visit.TypePIN, t *visit.Turn) error {
	return people.OfStaff.Try(t, func() (bool, error) {
		if e, ok := people.EmployeeWith(t.State, c.StaffHash); ok {
			signIn(t, e, "pin")
			return true, nil
		}
		t.Emit(&Refused{"pin", terminalOf(t.Visit)})
		t.Refused(view.StepStaffRefused, view.ReasonNotValid)
		return false, nil
	}, func(until time.Time, _ bool) {
		t.Show(view.StepStaffRefused, view.ReasonWait)
		t.Visit.RetryAt = until
	})
}

// signIn begins a visit of its own: nothing stays of whoever was here before.
func signIn(t *visit.Turn, e people.EmployeeRecord, with string) {
	language := ""
	if t.Visit.Kind == Kind && who(t.Visit).ID == "" {
		language = t.Visit.Language // chosen where one signs in
	}
	signedOut(t, "other")
	t.BeginAnew(Kind)
	t.Visit.Actor, t.Visit.Language = e.Actor(), language
	t.Emit(&SignedIn{e.ID, terminalOf(t.Visit), with})
	t.Keep(note{Trail: []place{{Step: view.StepStaffMenu}}})
	t.Show(view.StepStaffMenu, view.ReasonNone)
}

// signedOut tells that whoever was signed in here is not any more.
func signedOut(t *visit.Turn, why string) {
	if by := who(t.Visit); by.ID != "" {
		abandonLook(t)
		t.Emit(&SignedOut{by.ID, terminalOf(t.Visit), why})
		t.Visit.Actor = visit.Somebody
	}
}

// signOut ends the visit. An open door is left to staff.
func signOut(t *visit.Turn, why string) {
	actor := t.Visit.Actor
	signedOut(t, why)
	t.Visit.Actor = actor
	outcome := "finished"
	if why == "timed_out" {
		outcome = why
	}
	t.Leave(outcome)
}

func leave(t *visit.Turn) { signOut(t, "left") }

// scanned answers a scan of somebody who is signed in: the own badge signs out, that of
// another signs that person in, and everything else is looked for.
func scanned(c visit.Present, t *visit.Turn) error {
	if e, ok := people.EmployeeWith(t.State, c.BadgeHash); ok {
		if e.ID == who(t.Visit).ID {
			signOut(t, "badge")
			return nil
		}
		signIn(t, e, "badge")
		return nil
	}
	return findScanned(t, c)
}

// atDoor answers a scan while a door is open or about to be: first things first.
func atDoor(_ visit.Present, t *visit.Turn) error {
	t.Heard = view.HeardFirst
	return nil
}

// dismiss signs out whose account is gone, in the middle of a page too.
func dismiss(t *visit.Turn) {
	if by := who(t.Visit); by.ID != "" {
		if _, ok := by.Employee(t.State); !ok {
			signOut(t, "removed")
		}
	}
}

// restarted signs everybody out: a screen that went away, and came back, shows nothing.
func restarted(t *visit.Turn, _ bool) {
	t.EveryVisit(func() {
		if t.Visit.Kind == Kind {
			signOut(t, "restarted")
		}
	})
}

func terminalOf(v visit.Visit) string { return cmp.Or(v.Terminal, visit.Kiosk) }
