package desk

import (
	"errors"
	"slices"

	"cubby/locker/care"
	"cubby/locker/customers"
	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/upkeep"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// An operation is what can be done from a page.
type operation struct {
	name    string
	needs   people.Action
	asks    bool // for a reason
	confirm bool // asks once more, before it is done
}

// operations are in the order in which pages offer them, the likeliest first: a door is
// looked behind before anybody says what is there.
var operations = []operation{
	{name: view.OpOpen, asks: true}, // what it needs depends on the door
	{name: view.OpStillThere, needs: people.RestoreDoor},
	{name: view.OpDoor, needs: people.SeeWall},
	{name: view.OpLeavingNext, needs: people.OpenOccupied},
	{name: view.OpToCounter, needs: people.TakeToCounter, asks: true},
	{name: view.OpRestore, needs: people.RestoreDoor, asks: true},
	{name: view.OpHandOver, needs: people.HandOver},
	{name: view.OpGiveAway, needs: people.TakeToCounter, confirm: true},
	{name: view.OpShelve, needs: people.TakeToCounter},
	{name: view.OpHandKnown, needs: people.HandOverKnown, asks: true, confirm: true},
	{name: view.OpEndAlarm, needs: people.EndAlarm, asks: true},
	{name: view.OpParcel, needs: people.FindParcel},
	{name: view.OpStory},
	{name: view.OpCustomer, needs: people.SeeCustomer},
	{name: view.OpRecord, needs: people.SeeCustomer},
	{name: view.OpEraseRecord, needs: people.SeeCustomer, confirm: true},
	{name: view.OpNewCode, needs: people.RenewCodes, asks: true, confirm: true},
	{name: view.OpRelease, needs: people.HoldParcels, asks: true},
	{name: view.OpCloseCase, needs: people.SettleCases, asks: true},
	{name: view.OpHold, needs: people.HoldParcels, asks: true},
	{name: view.OpOutOfService, needs: people.WithdrawDoor, asks: true},
	{name: view.OpWriteOff, needs: people.WriteOff, asks: true, confirm: true},
	{name: view.OpAdd},
	{name: view.OpRemove, confirm: true},
	{name: view.OpNothing},
}

func operationOf(name string) (operation, bool) {
	i := slices.IndexFunc(operations, func(o operation) bool { return o.name == name })
	if i < 0 {
		return operation{}, false
	}
	return operations[i], true
}

// opsOf lists what the person who is signed in can do on a page now.
func opsOf(s *ledger.State, v visit.Visit, policy visit.Policy) (all []string) {
	p := noteOf(v).at()
	fits := map[string]people.Action{}
	switch v.Step {
	case view.StepStaffDoor:
		fits = opsOfDoor(s, p.Door)
	case view.StepStaffCase:
		fits = opsOfCase(s, p.Case)
	case view.StepStaffParcel:
		fits = opsOfParcel(s, p.Parcel)
		if it, ok := parcel.Parcels.Get(s, p.Parcel); ok && it.State == parcel.CounterHeld &&
			len(parcel.FreePlaces(s, policy)) > 0 {
			fits[view.OpShelve] = ""
		}
	case view.StepStaffLeaving:
		if len(leavingDoors(s, policy)) > 0 {
			fits[view.OpLeavingNext] = ""
		}
	case view.StepStaffCustomer:
		if p.Person != "" {
			fits[view.OpRecord] = ""
		}
	case view.StepStaffMember:
		if _, ok := customers.Get(s, p.Person); ok {
			fits[view.OpEraseRecord] = ""
		}
	case view.StepStaffLooked:
		fits = answersAt(s, v.Compartment)
		if inRound(s, v) {
			fits = answersInRound()
		}
	case view.StepStaffCouriers:
		fits[view.OpAdd] = people.ManageCourier
	case view.StepStaffAccounts:
		fits[view.OpAdd] = people.ManageStaff
	case view.StepStaffPerson:
		fits = opsOfPerson(s, v, p)
	}
	e, _ := who(v).Employee(s)
	for _, o := range operations {
		needs, ok := fits[o.name]
		if needs == "" {
			needs = o.needs
		}
		if ok && (needs == "" || e.Role.May(needs)) {
			all = append(all, o.name)
		}
	}
	return all
}

func opsOfDoor(s *ledger.State, number string) map[string]people.Action {
	c, ok := wall.Compartments.Get(s, number)
	fits := map[string]people.Action{}
	if !ok {
		return fits
	}
	fits[view.OpStory] = people.SeeWall
	inUse := slices.ContainsFunc(wall.OpeningsOf(s, number), func(o wall.Opening) bool {
		return o.UnderWay() && !o.Abandoned
	})
	if inUse {
		return fits
	}
	fits[view.OpOpen] = opening(c)
	if holds(c) {
		fits[view.OpParcel] = ""
		copyOps(fits, opsOfParcel(s, c.Parcel), view.OpStillThere, view.OpToCounter, view.OpGiveAway,
			view.OpWriteOff)
	} else if c.Allocation != wall.Free || c.Forced || c.Lock == wall.LockJammed {
		fits[view.OpRestore] = ""
	}
	if c.Forced {
		fits[view.OpEndAlarm] = ""
	}
	if c.Allocation == wall.Free || c.Allocation == wall.Quarantine {
		fits[view.OpOutOfService] = ""
	}
	return fits
}

func opsOfParcel(s *ledger.State, id string) map[string]people.Action {
	p, ok := parcel.Parcels.Get(s, id)
	fits := map[string]people.Action{}
	if !ok {
		return fits
	}
	fits[view.OpStory], fits[view.OpCustomer] = people.FindParcel, ""
	if p.Compartment != "" {
		fits[view.OpDoor] = ""
	}
	switch p.State {
	case parcel.Stored, parcel.Expired:
		fits[view.OpToCounter], fits[view.OpWriteOff] = "", ""
		if p.ToCheck {
			fits[view.OpStillThere] = ""
		}
	case parcel.CounterHeld:
		fits[view.OpHandOver], fits[view.OpHandKnown], fits[view.OpWriteOff] = "", "", ""
	case parcel.Missing:
		fits[view.OpToCounter] = ""
	}
	if parcel.MayRemove(p) {
		fits[view.OpGiveAway] = ""
	}
	if (p.State == parcel.Stored || p.State == parcel.CounterHeld) && p.Direction == parcel.LastMile {
		fits[view.OpNewCode] = ""
	}
	switch {
	case p.OnHold != nil:
		fits[view.OpRelease] = ""
	case !p.State.Final() && p.State != parcel.CounterHeld && p.State != parcel.Missing:
		fits[view.OpHold] = ""
	}
	return fits
}

func copyOps(to, from map[string]people.Action, names ...string) {
	for _, name := range names {
		if needs, ok := from[name]; ok {
			to[name] = needs
		}
	}
}

// answersAt are the answers to what was behind a door that staff have looked behind.
func answersAt(s *ledger.State, number string) map[string]people.Action {
	c, _ := wall.Compartments.Get(s, number)
	fits := map[string]people.Action{view.OpNothing: ""}
	if holds(c) {
		fits[view.OpStillThere] = ""
		its := opsOfParcel(s, c.Parcel)
		copyOps(fits, its, view.OpToCounter, view.OpGiveAway)
		if _, leaves := its[view.OpGiveAway]; !leaves {
			copyOps(fits, its, view.OpWriteOff)
		}
	} else {
		fits[view.OpRestore], fits[view.OpOutOfService] = "", ""
	}
	return fits
}

func opsOfPerson(s *ledger.State, v visit.Visit, p place) map[string]people.Action {
	if p.People == "courier" {
		if c, ok := people.Couriers.Get(s, p.Person); ok && !c.Removed && !c.Centre {
			return map[string]people.Action{view.OpRemove: people.ManageCourier}
		}
		return nil
	}
	if e, ok := people.Staff.Get(s, p.Person); ok && !e.Removed && !e.Centre && e.ID != who(v).ID {
		return map[string]people.Action{view.OpRemove: people.ManageStaff}
	}
	return nil
}

// operate begins an operation that the page offers.
func operate(t *visit.Turn, name string) error {
	o, ok := operationOf(name)
	if !ok || !slices.Contains(opsOf(t.State, t.Visit, t.Policy), name) {
		return ledger.Refuse(ledger.Stale, "stale-page", "this page does not offer that any more")
	}
	if done, err := answerRound(t, name); done || err != nil {
		return err
	}
	n := noteOf(t.Visit)
	p := n.at()
	switch name {
	case view.OpStory:
		goTo(t, place{Step: view.StepStaffStory, Door: p.Door, Parcel: p.Parcel})
		return nil
	case view.OpParcel:
		c, _ := wall.Compartments.Get(t.State, p.Door)
		goTo(t, place{Step: view.StepStaffParcel, Parcel: c.Parcel})
		return nil
	case view.OpDoor:
		it, _ := parcel.Parcels.Get(t.State, p.Parcel)
		goTo(t, place{Step: view.StepStaffDoor, Door: it.Compartment})
		return nil
	case view.OpCustomer:
		look := parcel.SeeRecipient{By: who(t.Visit), Parcel: p.Parcel, Who: new(*parcel.Recipient)}
		if err := look.Decide(t); err != nil {
			return refused(t, err)
		}
		r, _ := recordOf(t, p.Parcel)
		goTo(t, place{Step: view.StepStaffCustomer, Parcel: p.Parcel, Person: r.ID, People: "member"})
		return nil
	case view.OpRecord:
		showRecord(t, p.Person)
		return nil
	case view.OpLeavingNext:
		return nextLeaving(t)
	case view.OpShelve:
		n.Op, n.Parcel = name, p.Parcel
		question(t, view.StepStaffShelf, n)
		return nil
	case view.OpHandOver: // where the code is shown
		goTo(t, place{Step: view.StepStaffCounter, Parcel: p.Parcel})
		return nil
	case view.OpAdd:
		n.Op = name
		question(t, view.StepStaffNew, n)
		return nil
	case view.OpNothing:
		say(t, view.Message{ID: "nothing_said", Data: map[string]string{"Door": t.Visit.Compartment}})
		return nil
	}
	n.Op = name
	if !owesAnswer(t.Visit) {
		n.Reason, n.Parcel = "", parcelNow(t.State, t.Visit)
	}
	switch {
	case o.asks && n.Reason == "":
		question(t, view.StepStaffReason, n)
	case o.confirm && (name != view.OpGiveAway || !owesAnswer(t.Visit)):
		question(t, view.StepStaffConfirm, n)
	default:
		t.Keep(n)
		return carryOut(t)
	}
	return nil
}

// withReason goes on with an operation whose reason is known.
func withReason(t *visit.Turn, n note, reason string) error {
	n.Reason = reason
	o, _ := operationOf(n.Op)
	if n.Op == view.OpOpen {
		if c, _ := wall.Compartments.Get(t.State, n.at().Door); c.MayHoldParcel() {
			question(t, view.StepStaffSecond, n)
			return nil
		}
	}
	if o.confirm {
		question(t, view.StepStaffConfirm, n)
		return nil
	}
	t.Keep(n)
	return carryOut(t)
}

// carryOut does what was asked about. What the rules refuse is said on the page.
func carryOut(t *visit.Turn) error {
	n, by := noteOf(t.Visit), who(t.Visit)
	p := n.at()
	number, id := subject(t.State, t.Visit)
	var command visit.Command
	if isAnother(t.State, number, id) {
		return refused(t, behindItNow())
	}
	switch n.Op {
	case view.OpOpen:
		return open(t, people.Doer{})
	case view.OpRestore:
		command = upkeep.RestoreDoor{By: by, Compartment: number, Reason: n.Reason}
	case view.OpOutOfService:
		if c, _ := wall.Compartments.Get(t.State, number); c.Allocation == wall.Reserved && !holds(c) {
			unsaid(t, number, "") // it was free before the look, and is withdrawn from there
		}
		command = upkeep.TakeOutOfService{By: by, Compartment: number, Reason: n.Reason}
	case view.OpEndAlarm:
		command = upkeep.EndAlarm{By: by, Compartment: number, Reason: n.Reason}
	case view.OpToCounter:
		command = parcel.TakeToCounter{By: by, Parcel: id, Reason: n.Reason}
	case view.OpGiveAway:
		command = parcel.Remove{By: by, Parcel: id, Reason: n.Reason}
	case view.OpStillThere:
		command = parcel.SayStillThere{By: by, Parcel: id, Looked: owesAnswer(t.Visit)}
	case view.OpWriteOff:
		command = parcel.WriteOff{By: by, Parcel: id, Reason: n.Reason}
	case view.OpHandKnown:
		command = parcel.HandOver{By: by, Parcel: id, Reason: n.Reason}
	case view.OpNewCode:
		command = parcel.ReissueCode{By: by, ID: id, Reason: n.Reason, Print: t.Prints}
	case view.OpHold:
		command = parcel.HoldParcel{By: by, ID: id, Reason: n.Reason}
	case view.OpCloseCase:
		command = care.CloseCase{By: by, Number: p.Case, Note: n.Reason}
	case view.OpRelease:
		command = parcel.ReleaseParcel{By: by, ID: id, Reason: n.Reason}
	case view.OpEraseRecord:
		command = customers.Erase{ID: p.Person}
	case view.OpRemove:
		if p.People == "courier" {
			command = people.RemoveCourier{By: by, ID: p.Person}
		} else {
			command = people.RemoveEmployee{By: by, ID: p.Person}
		}
	default:
		return ledger.Refuse(ledger.Stale, "stale-page", "this page does not offer that any more")
	}
	if err := command.Decide(t); err != nil {
		return refused(t, err)
	}
	t.Visit.Compartment = "" // nothing is left to say of it
	it, _ := parcel.Parcels.Get(t.State, id)
	say(t, view.Message{ID: n.Op, Data: map[string]string{"Door": number, "Parcel": it.ShortRef()}})
	return nil
}

// refused says on the page why the rules did not allow it.
func refused(t *visit.Turn, err error) error {
	var r *ledger.Refusal
	if !errors.As(err, &r) {
		return err
	}
	number, _ := subject(t.State, t.Visit)
	say(t, *whyRefused(r, number))
	t.Visit.Reason = view.ReasonRefused
	return nil
}
