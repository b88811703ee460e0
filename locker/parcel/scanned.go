package parcel

import (
	"cubby/locker/label"
	"cubby/locker/people"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// arrive answers a scan on a page on which somebody may come: to collect, or
// to deposit.
func arrive(t *visit.Turn, c visit.Present) (known bool, err error) {
	if courier, ok := people.CourierWith(t.State, c.BadgeHash); ok {
		return true, courierArrives(t, courier)
	}
	row := t.Page()
	r, why := Identify(t, c)
	switch {
	case why == "":
		authorise(t, r)
	case why == string(Used) && (t.Visit.Kind != CourierVisit || row.Thanks) && reopen(t, r):
	case row.Keeps != nil && row.Keeps(c, t.Visit):
		turnAway(c, t, why)
	case explained(t, c.Presented, why, r):
	case t.Visit.Kind == CourierVisit && !row.Thanks:
		return true, courierRefused(t, c.Presented)
	default:
		refusePickup(t, c.Presented, why, r.Parcel)
	}
	return true, nil
}

// atDoor answers a scan while a door is open, about to open, or asked about:
// first things first. What belongs to this very door is read and changes
// nothing; everything else gets one answer, so that it tells nobody whether a
// code is good.
func atDoor(c visit.Present, t *visit.Turn) error {
	t.Heard = view.HeardFirst
	if t.Visit.Kind != CourierVisit {
		if own, ok := Credentials.Get(t.State, c.CodeHash); ok && c.CodeHash != "" && !own.shownAs(ByPIN) &&
			own.Parcel == t.Visit.Parcel {
			t.Heard = view.HeardRead
		}
		return nil
	}
	p, announced, _ := parcelWith(t, c.Label)
	r, known := people.CourierWith(t.State, c.BadgeHash)
	switch {
	case announced && p.ID == t.Visit.Parcel, known && t.Visit.Actor == "courier:"+r.ID:
		t.Heard = view.HeardRead
	case c.CodeHash != "" && !announced:
		t.Heard = view.HeardLater
	}
	return nil
}

// atWork answers a scan while a courier is between doors. A customer's code is
// never taken for a label, and nothing but the next parcel's label, or a
// colleague's badge, takes the parcel away whose door did not open.
func atWork(c visit.Present, t *visit.Turn) error {
	if courier, ok := people.CourierWith(t.State, c.BadgeHash); ok {
		return courierAgain(t, courier)
	}
	noOpen := t.Visit.Step == view.StepCourierNoOpen
	if r, why := Identify(t, c); why == "" {
		if noOpen {
			t.Heard = view.HeardLater
			return nil
		}
		t.BeginAnew(PickupVisit) // a customer has come, and the courier has not said goodbye
		authorise(t, r)
		return nil
	}
	p, announced, alike := parcelWith(t, c.Label)
	switch {
	case noOpen && announced && p.ID == t.Visit.Parcel && p.State != DepositFailed: // the visit has it still
		t.Heard = view.HeardRead
	case noOpen && announced && (p.State == Announced || p.State == DepositFailed):
		return scanLabel(t, c)
	case noOpen && c.CodeHash != "":
		t.Heard = view.HeardLater
	case noOpen:
		t.Heard = view.HeardFirst
	case announced, len(alike) > 0, label.IsMisread(c.Label):
		return scanLabel(t, c)
	case t.Visit.Step == view.StepCourierReceipt:
		t.Heard = view.HeardNotValid
	case c.BadgeHash != "": // a badge or a card of nobody
		t.Show(view.StepCourierReady, view.ReasonNotLabel)
	default:
		return scanLabel(t, c)
	}
	return nil
}

// turnAway answers a foreign scan on the page that is shown. It is told as
// often as any other refusal, see toldEnough.
func turnAway(c visit.Present, t *visit.Turn, why string) {
	v := &t.Visit
	t.Heard = view.HeardNotValid
	if v.Step == view.StepCourierDone {
		t.Heard = view.HeardBadge
		return
	}
	if t.ToldEnough() {
		return
	}
	if v.Kind == CourierVisit {
		t.Emit(&CourierRefused{Presented: c.Presented})
	} else {
		t.Emit(&PickupRefused{Presented: c.Presented, Why: why})
	}
	v.Refusals++
	v.RefusedAt = t.Now
	if v.Step == view.StepPickupEnter || v.Step == view.StepCourierEnter {
		t.StartClock() // somebody is here
	}
}
