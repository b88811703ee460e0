package people

import (
	"slices"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/plain"
	"cubby/locker/visit"
)

// An Employee is somebody of the store's staff. Badge and PIN are kept as hashes only.
type Employee struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Role    Role      `json:"role"`
	Created time.Time `json:"created"`
	Removed bool      `json:"removed"`
	Centre  bool      `json:"centre,omitempty"` // made by the centre, which alone changes it
}

// An EmployeeRecord is an employee with the hashes that identify one.
type EmployeeRecord struct {
	Employee
	BadgeHash string `json:"badge_hash"`
	PINHash   string `json:"pin_hash"`
	CardHash  string `json:"card_hash,omitempty"` // empty: there is none
}

// EmployeeSecrets are shown once, when the account is made.
type EmployeeSecrets struct {
	Employee
	Badge string `json:"badge"` // what the badge's QR code says
	PIN   string `json:"pin"`   // 8 digits
}

// Actor is how facts name what an employee has done.
func (e Employee) Actor() string { return Doer{e.ID}.Actor() }

type (
	// AddEmployee makes an account.
	AddEmployee struct {
		By     Doer
		Record EmployeeRecord
	}
	// RemoveEmployee ends one. It is never given to anybody else.
	RemoveEmployee struct {
		By Doer
		ID string
	}

	// EmployeeAdded: somebody belongs to the staff from now on.
	EmployeeAdded struct {
		ID     string         `json:"staff_id"`
		Name   string         `json:"name"`
		Role   Role           `json:"role"`
		At     time.Time      `json:"at"`
		By     string         `json:"by,omitempty"` // id of who of the staff it was
		Hashes EmployeeHashes `json:"-"`
	}
	// EmployeeHashes identify a badge, PIN and card.
	EmployeeHashes struct {
		Badge string `json:"badge"`
		PIN   string `json:"pin"`
		Card  string `json:"card,omitempty"`
	}
	// EmployeeRemoved: somebody does not any more.
	EmployeeRemoved struct {
		ID string `json:"staff_id"`
		By string `json:"by,omitempty"`
	}
)

func (EmployeeAdded) Type() string      { return "staff.added" }
func (f EmployeeAdded) Subject() string { return "staff/" + f.ID }
func (EmployeeAdded) Published() bool   { return false }
func (f *EmployeeAdded) Private() any   { return &f.Hashes }

func (f *EmployeeAdded) Apply(s *ledger.State, _ time.Time) {
	e := Employee{ID: f.ID, Name: f.Name, Role: f.Role, Created: f.At, Centre: madeByCentre(f.By)}
	Staff.Put(s, f.ID, EmployeeRecord{e, f.Hashes.Badge, f.Hashes.PIN, f.Hashes.Card})
}

func (EmployeeRemoved) Type() string      { return "staff.removed" }
func (f EmployeeRemoved) Subject() string { return "staff/" + f.ID }
func (EmployeeRemoved) Published() bool   { return false }

func (f *EmployeeRemoved) Apply(s *ledger.State, _ time.Time) {
	Staff.Change(s, f.ID, func(e *EmployeeRecord) { e.Removed = true })
}

func (c AddEmployee) Decide(t *visit.Turn) error {
	if err := c.By.Must(t.State, ManageStaff); err != nil {
		return err
	}
	if c.By != Tools && !slices.ContainsFunc(Staff.All(t.State), EmployeeRecord.active) {
		return ledger.Refuse(ledger.NotAllowed, "first-account",
			"the first account of the staff is made on the station itself, with cubbyctl staff add")
	}
	if err := plain.Check(c.Record.Name, 100, "staff-name", "/name"); err != nil {
		return err
	}
	if !c.Record.Role.Valid() {
		return ledger.Refuse(ledger.Invalid, "role", "a role is one of %s", RoleNames()).At("/role")
	}
	if err := cardFree(t.State, c.Record.CardHash); err != nil {
		return err
	}
	t.Emit(&EmployeeAdded{
		ID: c.Record.ID, Name: c.Record.Name, Role: c.Record.Role, At: t.Now, By: c.By.ID,
		Hashes: EmployeeHashes{c.Record.BadgeHash, c.Record.PINHash, c.Record.CardHash},
	})
	return nil
}

func (c RemoveEmployee) Decide(t *visit.Turn) error {
	if err := c.By.Must(t.State, ManageStaff); err != nil {
		return err
	}
	e, ok := Staff.Get(t.State, c.ID)
	switch {
	case !ok:
		return ledger.Refuse(ledger.NotFound, "no-such-staff", "there is no account with this id")
	case e.Removed:
		return nil
	case c.By.mayChange(e.Centre) != nil:
		return c.By.mayChange(e.Centre)
	case c.By.ID == c.ID:
		return ledger.Refuse(ledger.Conflict, "own-account",
			"nobody removes their own account; ask another manager")
	case c.By != Tools && c.By != Centre && e.Role == Manager && managers(t.State) == 1:
		return ledger.Refuse(ledger.Conflict, "last-manager",
			"this is the only manager; make another one first, or remove it with cubbyctl on the "+
				"station itself")
	}
	t.Emit(&EmployeeRemoved{ID: c.ID, By: c.By.ID})
	return nil
}

func (e EmployeeRecord) active() bool { return !e.Removed }

func managers(s *ledger.State) (n int) {
	for _, e := range Staff.All(s) {
		if e.active() && e.Role == Manager {
			n++
		}
	}
	return n
}

// cardFree refuses a card that somebody has already.
func cardFree(s *ledger.State, hash string) error {
	who := ""
	if c, taken := CourierWith(s, hash); taken {
		who = "courier " + c.ID
	} else if e, taken := EmployeeWith(s, hash); taken {
		who = "account " + e.ID + " of the staff"
	}
	if who == "" {
		return nil
	}
	return ledger.Refuse(ledger.Conflict, "card-in-use",
		"this card belongs to %s; remove that one first, or take another card", who).At("/card")
}

// EmployeeWith finds whose badge, card or PIN this is; nobody's who was removed.
func EmployeeWith(s *ledger.State, hash string) (found EmployeeRecord, ok bool) {
	if hash == "" {
		return found, false
	}
	for _, e := range staffByHash.Find(s, hash) {
		if !e.Removed {
			return e, true
		}
	}
	return found, false
}
