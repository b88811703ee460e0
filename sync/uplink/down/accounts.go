package down

import (
	"cubby/locker/ledger"
	"cubby/locker/orders"
	"cubby/locker/people"
	"cubby/locker/secret"
	"cubby/locker/visit"
	"cubby/sync/protocol"
	"cubby/sync/strict"
)

type accountDoc struct {
	Name  string `json:"name"  check:"required,text=1..100"`
	Role  string `json:"role"  check:"one=associate|technician|supervisor|manager"`
	Badge string `json:"badge" check:"required,chars=1..64"`
	PIN   string `json:"pin"   check:"required,chars=4..8"`
}

var accountForm = strict.Declare[accountDoc]()

// accountID is the id that an account of the centre has here.
func accountID(id string) (string, error) {
	const longest = 48 // with the prefix an id still fits everywhere
	if len(id) > longest || !orders.ValidID(id) {
		return "", ledger.Refuse(ledger.Invalid, "id",
			"the id must have 1 to %d of A-Z a-z 0-9 . _ : -", longest).At("/id")
	}
	return people.CentrePrefix + id, nil
}

// account reads an account and hashes what is secret of it.
func (d *Down) account(c protocol.Change) (id string, doc accountDoc, badge string, pins secret.PINHashes,
	err error) {
	if id, err = accountID(c.ID); err != nil {
		return id, doc, badge, pins, err
	}
	if doc, err = read[accountDoc](accountForm, c); err != nil {
		return id, doc, badge, pins, err
	}
	for _, digit := range doc.PIN {
		if digit < '0' || digit > '9' {
			return id, doc, badge, pins, ledger.Refuse(ledger.Invalid, "pin", "a PIN has 4 to 8 digits").At("/pin")
		}
	}
	badge, pins, ok := d.cfg.Keys.Account(doc.Badge, doc.PIN)
	if !ok {
		err = ledger.Refuse(ledger.Invalid, "badge",
			"a badge says B: and 26 characters of A-Z and 2-7").At("/badge")
	}
	return id, doc, badge, pins, err
}

func courierChanged(d *Down, c protocol.Change) (visit.Command, error) {
	id, doc, badge, pins, err := d.account(c)
	return people.SetCourier{Record: people.CourierRecord{
		Courier: people.Courier{ID: id, Name: doc.Name}, BadgeHash: badge, PINHash: pins.Courier,
	}}, err
}

func courierDeleted(_ *Down, id string) visit.Command {
	return known{people.RemoveCourier{By: people.Centre, ID: people.CentrePrefix + id}}
}

func employeeChanged(d *Down, c protocol.Change) (visit.Command, error) {
	id, doc, badge, pins, err := d.account(c)
	if err == nil && doc.Role == "" {
		err = ledger.Refuse(ledger.Invalid, "missing-member", "say what the account may do").At("/role")
	}
	return people.SetEmployee{Record: people.EmployeeRecord{
		Employee:  people.Employee{ID: id, Name: doc.Name, Role: people.Role(doc.Role)},
		BadgeHash: badge, PINHash: pins.Staff,
	}}, err
}

func employeeDeleted(_ *Down, id string) visit.Command {
	return known{people.RemoveEmployee{By: people.Centre, ID: people.CentrePrefix + id}}
}
