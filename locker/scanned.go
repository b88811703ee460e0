package locker

import (
	"cubby/locker/label"
	"cubby/locker/view"
)

// A scan means what the page it arrives on makes of it. It is never silent:
// where it leads to no other page, the view says that it was heard and why
// nothing followed.
func (c Present) decide(t *turn) error {
	before := t.visit
	if err := c.mean(t); err != nil {
		return err
	}
	if t.Heard == "" && looksAlike(before, t.visit) {
		t.Heard = view.HeardRead
	}
	return nil
}

func (c Present) mean(t *turn) error {
	if scan := t.visit.row().scan; scan != nil {
		return scan(c, t)
	}
	return c.arriving(t)
}

// arriving answers a scan on a page on which somebody may come: to collect, or
// to deposit.
func (c Present) arriving(t *turn) error {
	if courier, ok := t.courier(c.BadgeHash); ok {
		return t.courierArrives(courier)
	}
	row := t.visit.row()
	p, why := t.bearerOf(c.CodeHash, ByCode)
	switch {
	case why == "":
		t.authorise(p, ByCode)
	case row.keeps != nil && row.keeps(c, t.visit):
		c.turnAway(t, why)
	case t.visit.Kind == CourierVisit && !row.thanks:
		return t.courierRefused(c.Presented)
	default:
		t.refusePickup(c.Presented, why, p.ID)
	}
	return nil
}

// looksAlike reports whether two states of a visit give pages that a person
// could not tell apart.
func looksAlike(a, b Visit) bool {
	return a.Step == b.Step && a.Reason == b.Reason && a.Compartment == b.Compartment && a.Parcel == b.Parcel &&
		a.OpenDoor == b.OpenDoor && a.Count == b.Count && a.Last == b.Last && a.Language == b.Language
}

// atDoor answers a scan while a door is open, about to open, or asked about:
// first things first. What belongs to this very door is read and changes
// nothing; everything else gets one answer, so that it tells nobody whether a
// code is good.
func (c Present) atDoor(t *turn) error {
	t.Heard = view.HeardFirst
	if t.visit.Kind != CourierVisit {
		if own, ok := t.Credential(c.CodeHash); ok && c.CodeHash != "" && own.Kind == ByCode && own.Parcel == t.visit.Parcel {
			t.Heard = view.HeardRead
		}
		return nil
	}
	p, announced, _ := t.parcelWith(c.Label)
	r, known := t.courier(c.BadgeHash)
	switch {
	case announced && p.ID == t.visit.Parcel, known && t.visit.Actor == "courier:"+r.ID:
		t.Heard = view.HeardRead
	case c.CodeHash != "" && !announced:
		t.Heard = view.HeardLater
	}
	return nil
}

// atWork answers a scan while a courier is between doors. A customer's code is
// never taken for a label, and nothing but the next parcel's label, or a
// colleague's badge, takes the parcel away whose door did not open.
func (c Present) atWork(t *turn) error {
	if courier, ok := t.courier(c.BadgeHash); ok {
		return t.courierAgain(courier)
	}
	noOpen := t.visit.Step == view.StepCourierNoOpen
	if p, why := t.bearerOf(c.CodeHash, ByCode); why == "" {
		if noOpen {
			t.Heard = view.HeardLater
			return nil
		}
		t.beginAnew(PickupVisit) // a customer has come, and the courier has not said goodbye
		t.authorise(p, ByCode)
		return nil
	}
	p, announced, alike := t.parcelWith(c.Label)
	switch {
	case noOpen && announced && p.ID == t.visit.Parcel && p.State != DepositFailed: // the visit has it still
		t.Heard = view.HeardRead
	case noOpen && announced && (p.State == Announced || p.State == DepositFailed):
		return t.scanLabel(c.Label)
	case noOpen && c.CodeHash != "":
		t.Heard = view.HeardLater
	case noOpen:
		t.Heard = view.HeardFirst
	case announced, len(alike) > 0, label.IsMisread(c.Label):
		return t.scanLabel(c.Label)
	case t.visit.Step == view.StepCourierReceipt:
		t.Heard = view.HeardNotValid
	case c.BadgeHash != "": // a badge or a card of nobody
		t.step(view.StepCourierReady, view.ReasonNotLabel)
	default:
		return t.scanLabel(c.Label)
	}
	return nil
}

// turnAway answers a foreign scan on the page that is shown. It is told as
// often as any other refusal, see toldEnough.
func (c Present) turnAway(t *turn, why string) {
	v := &t.visit
	t.Heard = view.HeardNotValid
	if v.Step == view.StepCourierDone {
		t.Heard = view.HeardBadge
		return
	}
	if t.toldEnough() {
		return
	}
	if v.Kind == CourierVisit {
		t.emit(&CourierRefused{Presented: c.Presented})
	} else {
		t.emit(&PickupRefused{Presented: c.Presented, Why: why})
	}
	v.Refusals++
	v.RefusedAt = t.Now
	if v.Step == view.StepPickupEnter || v.Step == view.StepCourierEnter {
		t.startClock() // somebody is here
	}
}
