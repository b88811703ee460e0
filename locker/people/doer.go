package people

import (
	"strings"

	"cubby/locker/ledger"
	"cubby/locker/visit"
)

// A Doer is the person of the staff who does something, on a page, through the
// endpoint or by the command line. The zero value is no person: a client of the
// endpoint whose key has the scope for what it does.
type Doer struct{ ID string }

// Tools is the account of the tools on the socket: whoever may open it has the
// rights of a manager, and is no second person.
var Tools = Doer{"tools"}

// Centre is the account of the centre that the station has joined: it has the rights of a
// manager, and alone changes the accounts that it has made.
var Centre = Doer{"centre"}

// Actor is how facts name what was done.
func (d Doer) Actor() string { return visit.StaffActor + d.ID }

// Employee is the account of who does something. It is read anew each time: an account
// that was removed may nothing, in the middle of a page too.
func (d Doer) Employee(s *ledger.State) (Employee, bool) {
	if d == Tools {
		return Employee{ID: Tools.ID, Name: "Command line", Role: Manager}, true
	}
	if d == Centre {
		return Employee{ID: Centre.ID, Name: "Centre", Role: Manager}, true
	}
	e, ok := Staff.Get(s, d.ID)
	return e.Employee, ok && !e.Removed
}

// Must refuses what the role of who does it does not allow.
func (d Doer) Must(s *ledger.State, a Action) error {
	if d == (Doer{}) {
		return nil
	}
	e, ok := d.Employee(s)
	if !ok {
		return ledger.Refuse(ledger.NotAllowed, "signed-out",
			"this account does not exist any more; sign in anew")
	}
	return e.Role.Must(a)
}

// Must refuses what the role does not allow.
func (r Role) Must(a Action) error {
	if r.May(a) {
		return nil
	}
	var may []string
	for _, other := range Permissions[a] {
		may = append(may, string(other))
	}
	return ledger.Refuse(ledger.NotAllowed, "not-permitted",
		"the role %s does not allow %s; ask somebody who is %s",
		r, a, strings.Join(may, " or "))
}
