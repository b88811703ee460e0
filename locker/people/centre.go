package people

import (
	"cubby/locker/ledger"
	"cubby/locker/plain"
	"cubby/locker/visit"
)

// Accounts of the centre. Their ids begin with CentrePrefix, which no id made at a station
// does. Only Centre changes and removes them, and it changes no others.

// CentrePrefix begins the ids of accounts that the centre has made.
const CentrePrefix = "centre-"

type (
	// SetCourier makes a courier of the centre, or tells anew of one.
	SetCourier struct{ Record CourierRecord }
	// SetEmployee makes an account of the centre, or tells anew of one.
	SetEmployee struct{ Record EmployeeRecord }
	// LeaveCentre removes all accounts that the centre has made: the station has left it.
	LeaveCentre struct{}
)

// Decide changes nothing when all is as it was.
func (c SetCourier) Decide(t *visit.Turn) error {
	r := c.Record
	if err := plain.Check(r.Name, 100, "courier-name", "/name"); err != nil {
		return err
	}
	r.Courier = Courier{ID: r.ID, Name: r.Name, Created: t.Now, Centre: true}
	was, known := Couriers.Get(t.State, r.ID)
	if known {
		r.Created = was.Created
	}
	if !known || r != was {
		t.Emit(&CourierAdded{
			ID: r.ID, Name: r.Name, At: r.Created, By: Centre.ID,
			Hashes: CourierHashes{Badge: r.BadgeHash, PIN: r.PINHash},
		})
	}
	return nil
}

// Decide changes nothing when all is as it was.
func (c SetEmployee) Decide(t *visit.Turn) error {
	r := c.Record
	if err := plain.Check(r.Name, 100, "staff-name", "/name"); err != nil {
		return err
	}
	if !r.Role.Valid() {
		return ledger.Refuse(ledger.Invalid, "role", "a role is one of %s", RoleNames()).At("/role")
	}
	r.Employee = Employee{ID: r.ID, Name: r.Name, Role: r.Role, Created: t.Now, Centre: true}
	was, known := Staff.Get(t.State, r.ID)
	if known {
		r.Created = was.Created
	}
	if !known || r != was {
		t.Emit(&EmployeeAdded{
			ID: r.ID, Name: r.Name, Role: r.Role, At: r.Created, By: Centre.ID,
			Hashes: EmployeeHashes{Badge: r.BadgeHash, PIN: r.PINHash},
		})
	}
	return nil
}

// Decide leaves the station's own accounts.
func (LeaveCentre) Decide(t *visit.Turn) error {
	for _, c := range Couriers.All(t.State) {
		if c.Centre && !c.Removed {
			t.Emit(&CourierRemoved{ID: c.ID, By: Centre.ID})
		}
	}
	for _, e := range Staff.All(t.State) {
		if e.Centre && !e.Removed {
			t.Emit(&EmployeeRemoved{ID: e.ID, By: Centre.ID})
		}
	}
	return nil
}

// mayChange refuses whoever an account does not belong to.
func (d Doer) mayChange(centres bool) error {
	switch {
	case centres && d != Centre:
		return ledger.Refuse(ledger.Conflict, "account-of-centre",
			"this account was made by the centre; it is changed and removed there only")
	case !centres && d == Centre:
		return ledger.Refuse(ledger.Conflict, "account-of-station",
			"this account was made at the station; it is changed and removed there only")
	}
	return nil
}

// madeByCentre reports whether a fact tells of an account of the centre.
func madeByCentre(by string) bool { return by == Centre.ID }
