package returns

import (
	"slices"
	"strings"

	"cubby/locker/door"
	"cubby/locker/parcel"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// laying opens a door for what a customer brings back.
type laying struct{}

func (laying) Pages() visit.DoorPages {
	return visit.DoorPages{Opening: view.StepReturnOpening, NotOpened: view.StepReturnNoOpen}
}

// Resumed: the customer stands before the open door that was given up a moment ago.
func (laying) Resumed(t *visit.Turn, o wall.Opening) {
	p, ok := parcel.Parcels.Get(t.State, o.Parcel)
	box, _ := wall.Compartments.Get(t.State, o.Compartment)
	if ok && p.State == parcel.DepositFailed && box.Allocation == wall.Quarantine && box.Parcel == "" {
		t.Emit(&parcel.ParcelBooked{OfParcel: parcel.Of(p), Compartment: o.Compartment})
	}
}

func (laying) Opened(t *visit.Turn, o wall.Opening) {
	if p, ok := parcel.Parcels.Get(t.State, o.Parcel); ok && p.Compartment == o.Compartment &&
		p.State == parcel.Booked {
		t.Emit(&parcel.DepositStarted{OfParcel: parcel.Of(p), Compartment: o.Compartment})
	}
}

func (laying) StillMeant(t *visit.Turn, o wall.Opening) bool {
	p, _ := parcel.Parcels.Get(t.State, o.Parcel)
	return p.Compartment == o.Compartment && p.State == parcel.Depositing
}

func (laying) ShowOpen(t *visit.Turn) { t.Show(view.StepReturnOpen, view.ReasonNone) }

func (laying) Closed(t *visit.Turn, o wall.Opening, seen door.Seen, here bool) {
	p, _ := parcel.Parcels.Get(t.State, o.Parcel)
	switch {
	case p.Compartment != o.Compartment || p.State != parcel.Depositing:
	case here && t.Visit.Step == view.StepReturnRetake:
		takenBack(t, p, seen.Presence)
	case here && seen.Presence == door.Empty:
		t.Show(view.StepReturnCheck, view.ReasonNone)
	case here && seen.Presence == door.Present:
		stored(t, p, wall.BySensor)
	case here && o.Flickered(seen.At):
		t.Show(view.StepReturnCheck, view.ReasonNotSeen)
	case here:
		stored(t, p, wall.ByInference)
	case seen.Presence == door.Empty:
		abandon(t, p, "timeout")
		unattended(t, p.Case)
	default: // the customer had gone while the door stood open: staff look before anything follows
		store(t, p, wall.ByInference)
		t.Emit(&parcel.ParcelToCheck{
			OfParcel: parcel.Of(p), Compartment: o.Compartment, Reason: "left_open",
		})
		allIn(t, p.Case)
	}
}

func (laying) NotOpened(t *visit.Turn, o wall.Opening, why view.Reason, here bool) {
	if !here {
		endAt(t, o, string(why))
		p, _ := parcel.Parcels.Get(t.State, o.Parcel)
		unattended(t, p.Case)
	}
}

func (laying) Interrupted(t *visit.Turn, o wall.Opening) {
	if p, _ := parcel.Parcels.Get(t.State, o.Parcel); p.Compartment == o.Compartment {
		abandon(t, p, "interrupted")
		unattended(t, p.Case)
	}
}

func (laying) ShowInterrupted(t *visit.Turn) { t.Show(view.StepReturnNoOpen, view.ReasonUnknown) }

// store notes that a bag is behind its door.
func store(t *visit.Turn, p parcel.Parcel, evidence wall.Evidence) {
	t.KeepCalendar()
	box, _ := wall.Compartments.Get(t.State, p.Compartment)
	t.Emit(&parcel.BagStored{
		OfParcel: parcel.Of(p), Case: p.Case, Compartment: box.Number, Size: box.Size, Evidence: evidence,
	})
	if c, ok := Cases.Get(t.State, p.Case); ok {
		t.Emit(&BagDropped{OfCase: c.of(), Bag: Bag{Parcel: p.ID, Door: box.Number}})
	}
}

// stored goes on when a bag is in.
func stored(t *visit.Turn, p parcel.Parcel, evidence wall.Evidence) {
	n := noteOf(t.Visit)
	store(t, p, evidence)
	if n.Packing != "" {
		packed(t, n, p)
		return
	}
	c, _ := Cases.Get(t.State, p.Case)
	n.Tried, n.Above = nil, 0
	switch {
	case n.Again:
		n.Again = false
		t.Keep(n)
		_ = layIn(t, n) // refuses nothing
	case len(c.Items) > 1 || c.Items[0].Quantity > 1:
		show(t, n, view.StepReturnMore, view.ReasonNone)
	default:
		finished(t, n)
	}
}

// finished: everything is in.
func finished(t *visit.Turn, n note) {
	allIn(t, n.Case)
	show(t, n, view.StepReturnDone, view.ReasonNone)
}

// allIn ends the laying in of a case, if there is something of it here.
func allIn(t *visit.Turn, id string) { ended(t, id) }

// someIn does so when the customer has begun to lay in more, and has not done it.
func someIn(t *visit.Turn, id string) { ended(t, id, partly) }

func ended(t *visit.Turn, id string, signals ...string) {
	c, ok := Cases.Get(t.State, id)
	if !ok || len(c.Bags) == 0 || c.State != Authorised && c.State != Requested {
		return
	}
	if slices.ContainsFunc(c.Bags, func(b Bag) bool {
		box, _ := wall.Compartments.Get(t.State, b.Door)
		return box.Parcel == b.Parcel && box.Evidence == wall.ByHuman
	}) {
		signals = append(signals, notSeen)
	}
	t.Emit(&AllDropped{OfCase: c.of(), Signals: signals})
}

// unattended ends the laying in of a case of which something is in, and whose customer has gone.
func unattended(t *visit.Turn, id string) {
	if !slices.ContainsFunc(visit.Visits.All(t.State), func(v visit.Visit) bool {
		return v.Kind == Kind && noteOf(v).Case == id
	}) {
		allIn(t, id)
	}
}

// abandon ends a laying in of which nobody knows whether something is in.
func abandon(t *visit.Turn, p parcel.Parcel, why string) {
	failed(t, p, why)
	t.Emit(&wall.CompartmentQuarantined{
		OfDoor: wall.OfDoor{Compartment: p.Compartment}, Contents: wall.ContentsUnknown,
		Reason: "a return ended without an answer whether it is in",
	})
}

// failed takes the bag off its door; a new one gets a new code.
func failed(t *visit.Turn, p parcel.Parcel, why string) {
	t.Emit(&parcel.DepositFailure{OfParcel: parcel.Of(p), Compartment: p.Compartment, Reason: why})
	t.Emit(&parcel.ParcelCancelled{OfParcel: parcel.Of(p)})
}

// endAt ends an opening for a bag as it stands.
func endAt(t *visit.Turn, o wall.Opening, why string) {
	p, ok := parcel.Parcels.Get(t.State, o.Parcel)
	if !ok || p.Compartment != o.Compartment {
		return
	}
	switch p.State {
	case parcel.Depositing:
		abandon(t, p, why)
	case parcel.Booked:
		box, _ := wall.Compartments.Get(t.State, o.Compartment)
		failed(t, p, why)
		switch {
		case box.Allocation == wall.Reserved && why == string(view.ReasonUnknown):
			t.Unseen(o.Compartment)
		case box.Allocation == wall.Reserved: // a jammed lock keeps it from being offered
			t.Emit(&wall.CompartmentFreed{
				OfDoor: wall.OfDoor{Compartment: o.Compartment}, Evidence: wall.ByInference,
			})
		}
	}
}

// giveUp ends what is under way at the door of this visit.
func giveUp(t *visit.Turn, why string) {
	if t.Visit.Reason == view.ReasonUnknown {
		why = string(view.ReasonUnknown)
	}
	if o, ok := wall.Openings.Get(t.State, t.Visit.Opening); ok && o.Purpose == wall.ForReturn {
		endAt(t, o, why)
	}
}

// retake asks to take it out again; nothing follows before the door has closed.
func retake(t *visit.Turn, why view.Reason) {
	t.Visit.Retake = why
	t.ShowAtDoor(view.StepReturnRetake, why)
}

func putIn(t *visit.Turn) {
	t.Visit.Retake = view.ReasonNone
	t.ShowAtDoor(view.StepReturnOpen, view.ReasonNone)
}

// takenBack goes on when the door has closed after that.
func takenBack(t *visit.Turn, p parcel.Parcel, sensor door.Presence) {
	why, n := t.Visit.Retake, noteOf(t.Visit)
	t.Visit.Retake = view.ReasonNone
	box, _ := wall.Compartments.Get(t.State, p.Compartment)
	failed(t, p, string(why))
	switch {
	case why == view.ReasonOccupied:
		t.Emit(&wall.CompartmentQuarantined{
			OfDoor: wall.OfDoor{Compartment: box.Number}, Reason: "found occupied by a customer",
			Contents: wall.ContentsPresent,
		})
	case sensor == door.Present:
		t.Emit(&wall.CompartmentQuarantined{
			OfDoor:   wall.OfDoor{Compartment: box.Number},
			Reason:   "the sensor sees something after a return was taken back",
			Contents: wall.ContentsUnknown,
		})
	default:
		t.Emit(&wall.CompartmentFreed{OfDoor: wall.OfDoor{Compartment: box.Number}, Evidence: wall.ByHuman})
	}
	if why == view.ReasonUndo {
		changedMind(t, n)
		return
	}
	n.Tried = append(n.Tried, box.Number)
	if why == view.ReasonTooBig {
		n.Above = max(n.Above, box.Inner.Volume())
	}
	onward(t, n)
}

// onward opens another door.
func onward(t *visit.Turn, n note) {
	t.Keep(n)
	if n.Packing != "" {
		_ = pickPacking(t, n.Packing)
		return
	}
	_ = layIn(t, n) // refuses nothing
}

// changedMind ends a return of which nothing is in; what is in stays.
func changedMind(t *visit.Turn, n note) {
	c, ok := Cases.Get(t.State, n.Case)
	switch {
	case ok && len(c.Bags) > 0:
		someIn(t, n.Case)
		show(t, n, view.StepReturnDone, view.ReasonNone)
	case ok && n.Own && c.awaited():
		t.Emit(&CaseEnded{OfCase: c.of(), State: Cancelled, Reason: "changed_mind"})
		t.Finish()
	default:
		t.Finish()
	}
}

// notInside: the door was closed and nothing put in.
func notInside(t *visit.Turn) {
	p, _ := parcel.Parcels.Get(t.State, t.Visit.Parcel)
	n := noteOf(t.Visit)
	at := p.Compartment
	failed(t, p, string(view.ReasonUndo))
	t.Emit(&wall.CompartmentFreed{OfDoor: wall.OfDoor{Compartment: at}, Evidence: wall.ByHuman})
	changedMind(t, n)
}

func inside(t *visit.Turn) {
	p, _ := parcel.Parcels.Get(t.State, t.Visit.Parcel)
	stored(t, p, wall.ByHuman)
}

func otherDoor(t *visit.Turn) {
	n := noteOf(t.Visit)
	n.Tried = append(n.Tried, t.Visit.Compartment)
	giveUp(t, string(t.Visit.Reason))
	onward(t, n)
}

// leaveAtDoor gives the door up, and with it the return, if nothing of it is in.
func leaveAtDoor(t *visit.Turn) {
	n := noteOf(t.Visit)
	giveUp(t, string(t.Visit.Reason))
	changedMind(t, n)
}

// tryAgain opens the same door once more.
func tryAgain(t *visit.Turn) {
	t.OpenAgain(wall.ForReturn, t.Visit.Compartment, t.Visit.Parcel)
}

func mayTryAgain(s stateOf, v visit.Visit, env visit.Env) bool {
	p, _ := parcel.Parcels.Get(s, v.Parcel)
	return !v.Waits(env) && p.Compartment == v.Compartment && v.Reason != view.ReasonUnknown &&
		!p.State.Final()
}

// swapOf is the new item of an exchange that waits behind a door for this customer.
func swapOf(s stateOf, v visit.Visit) (parcel.Parcel, bool) {
	c, ok := Cases.Get(s, noteOf(v).Case)
	if !ok || c.Swap == nil || c.Swap.Parcel == "" || awaitsReturn(s, c.ID) {
		return parcel.Parcel{}, false
	}
	p, ok := parcel.Parcels.Get(s, c.Swap.Parcel)
	return p, ok && p.State == parcel.Stored && p.OnHold == nil
}

// takeSwap opens the door with the new item of an exchange: the old one is in.
func takeSwap(t *visit.Turn) {
	if p, ok := swapOf(t.State, t.Visit); ok {
		parcel.Give(t, p)
	}
}

// scanPacking takes the code of a reusable tote; whoever shows a code of a parcel is somebody
// else.
func scanPacking(c visit.Present, t *visit.Turn) error {
	if c.CodeHash != "" || c.BadgeHash != "" {
		return t.Pass(c)
	}
	if SettingsOf(t.Env).Points["tote"] == 0 || c.Text == "" || len(c.Text) > 64 {
		t.Heard = view.HeardNotValid
		return nil
	}
	n := noteOf(t.Visit)
	n.Code = c.Text
	t.Keep(n)
	return pickPacking(t, "tote")
}

// pickPacking opens a door for boxes, bags or totes.
func pickPacking(t *visit.Turn, kind string) error {
	n := noteOf(t.Visit)
	if _, ok := SettingsOf(t.Env).Points[kind]; !ok {
		return stale()
	}
	n.Packing = kind
	box, why, blocked := doorFor(t, n)
	switch {
	case blocked != "":
		t.WaitFor(view.StepPackaging, blocked)
		return nil
	case why != view.ReasonNone:
		show(t, note{}, view.StepReturnCounter, why)
		return nil
	}
	t.Keep(n)
	bag(t, box, "P"+strings.TrimPrefix(newNumber(t), "R"), "", "")
	return nil
}

// packed tells the points of what has come back.
func packed(t *visit.Turn, n note, p parcel.Parcel) {
	n.Points = SettingsOf(t.Env).Points[n.Packing]
	t.Emit(&PackagingTaken{
		ID: p.ID, Packing: n.Packing, Code: orText(n.Code, p.Label), Quantity: 1, Points: n.Points, Channel: AtLocker,
		Door: t.Visit.Compartment,
	})
	show(t, n, view.StepPackagingDone, view.ReasonNone)
}
