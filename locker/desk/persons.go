package desk

import (
	"slices"
	"strings"

	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/plain"
	"cubby/locker/shop"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// typedName takes the name of a courier or an account that is to be made.
func typedName(t *visit.Turn, value string) error {
	name, err := typed(value, 300)
	if err != nil {
		return err
	}
	if err := plain.Check(name, 100, "name", "/value"); err != nil {
		return err
	}
	n := noteOf(t.Visit)
	n.Name = name
	if n.at().Step == view.StepStaffAccounts {
		question(t, view.StepStaffRole, n)
		return nil
	}
	return makeSomebody(t, n, "courier", "")
}

// pickRole makes the account with the role that was picked.
func pickRole(t *visit.Turn, value string) error {
	if !people.Role(value).Valid() {
		return ledger.Refuse(ledger.Invalid, "role", "a role is one of %s", people.RoleNames()).At("/value")
	}
	return makeSomebody(t, noteOf(t.Visit), "account", people.Role(value))
}

func makeSomebody(t *visit.Turn, n note, kind string, role people.Role) error {
	t.Order(Make{terminalOf(t.Visit), t.Visit.ID, who(t.Visit), kind, n.Name, role})
	goTo(t, place{Step: view.StepStaffSecret})
	return nil
}

// confirmed does what was asked about once more.
func confirmed(t *visit.Turn) {
	if err := carryOut(t); err != nil {
		say(t, view.Message{ID: "refused", Text: err.Error()})
	}
}

// pick goes to what was picked on a list, or on the wall.
func pick(t *visit.Turn, value string) error {
	if terminal, asked := strings.CutPrefix(value, helpAt); asked && t.Visit.Step == view.StepStaffQueue {
		return answerHelp(t, terminal)
	}
	n := noteOf(t.Visit)
	to, ok := destination(t, n, value)
	if !ok {
		return ledger.Refuse(ledger.Invalid, "value", "pick one of the lines of the page").At("/value")
	}
	if to.Step == view.StepStaffPractice {
		e, _ := who(t.Visit).Employee(t.State)
		t.Order(Practise{terminalOf(t.Visit), t.Visit.ID, e, t.Visit.Language})
	}
	goTo(t, to)
	return nil
}

// destination is where a line leads.
func destination(t *visit.Turn, n note, value string) (to place, ok bool) {
	v := t.Visit
	switch v.Step {
	case view.StepStaffMenu:
		i := slices.IndexFunc(menu, func(m entry) bool { return m.value == value })
		e, _ := who(v).Employee(t.State)
		if i < 0 || !e.Role.May(menu[i].needs) {
			return to, false
		}
		return place{Step: menu[i].step}, true
	case view.StepStaffWall:
		return doorPlace(t, value)
	case view.StepStaffLeaving:
		if id, ok := strings.CutPrefix(value, atCounter); ok {
			_, ok = parcel.Parcels.Get(t.State, id)
			return place{Step: view.StepStaffParcel, Parcel: id}, ok
		}
		return doorPlace(t, value)
	case view.StepStaffQueue:
		if value == toRound {
			return place{Step: view.StepStaffLeaving}, true
		}
		if len(value) > 7 && value[:7] == "device " {
			return place{Step: view.StepStaffDevice, Device: value[7:]}, true
		}
		if value == toPicking {
			return place{Step: view.StepStaffPicking}, true
		}
		if number, ok := strings.CutPrefix(value, saleValue); ok {
			_, ok = shop.Sales.Get(t.State, number)
			return place{Step: view.StepStaffSale, Sale: number}, ok
		}
		if number, ok := strings.CutPrefix(value, caseValue); ok {
			return casePlace(t, number)
		}
		return doorPlace(t, value)
	case view.StepStaffFound:
		return place{Step: view.StepStaffParcel, Parcel: value}, slices.Contains(n.Found, value)
	case view.StepStaffDevices:
		return place{Step: view.StepStaffDevice, Device: value}, len(value) <= 100
	case view.StepStaffCouriers:
		_, ok = people.Couriers.Get(t.State, value)
		return place{Step: view.StepStaffPerson, Person: value, People: "courier"}, ok
	case view.StepStaffAccounts:
		_, ok = people.Staff.Get(t.State, value)
		return place{Step: view.StepStaffPerson, Person: value, People: "account"}, ok
	}
	return to, false
}

func doorPlace(t *visit.Turn, number string) (place, bool) {
	_, ok := wall.Compartments.Get(t.State, number)
	return place{Step: view.StepStaffDoor, Door: number}, ok
}

// An entry of the menu is a page with the right that one needs for it.
type entry struct {
	value string
	step  view.Step
	needs people.Action
}

var menu = []entry{
	{"queue", view.StepStaffQueue, people.SeeWall},
	{"find", view.StepStaffFind, people.FindParcel},
	{"counter", view.StepStaffCounter, people.HandOver},
	{toPicking, view.StepStaffPicking, people.TakeToCounter},
	{"returns", view.StepStaffReturns, people.TakeReturns},
	{"wall", view.StepStaffWall, people.SeeWall},
	{"devices", view.StepStaffDevices, people.SeeWall},
	{"couriers", view.StepStaffCouriers, people.ManageCourier},
	{"accounts", view.StepStaffAccounts, people.ManageStaff},
	{"practice", view.StepStaffPractice, people.Practise},
}
