package returns

import (
	"slices"
	"strconv"

	"cubby/locker/ledger"
	"cubby/locker/orders"
	"cubby/locker/parcel"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// layIn opens a door for what comes back, or says that none is needed.
func layIn(t *visit.Turn, n note) error {
	c, _ := Cases.Get(t.State, n.Case)
	if !c.awaited() { // staff have taken it over the counter meanwhile, or it was called off
		t.Refused(view.StepReturnRefused, view.ReasonOver)
		return nil
	}
	if !slices.ContainsFunc(c.Items, func(i Item) bool { return !i.Keep }) {
		t.Emit(&AllDropped{OfCase: c.of()})
		show(t, n, view.StepReturnDone, view.ReasonNone)
		return nil
	}
	box, why, blocked := doorFor(t, n)
	switch {
	case blocked != "":
		t.Keep(n)
		t.WaitFor(view.StepReturnOffer, blocked)
	case why != view.ReasonNone:
		show(t, n, view.StepReturnCounter, why)
	default:
		t.Keep(n)
		bag(t, box, nextBag(t.State, c), c.ID, c.Order)
	}
	return nil
}

// bag announces a bag, books its door, and opens it.
func bag(t *visit.Turn, box wall.Compartment, id, number, order string) {
	of := parcel.OfParcel{ParcelID: id, OrderID: order, Label: id}
	t.Emit(&parcel.ParcelAnnounced{
		OfParcel: of, Direction: parcel.BroughtBack, Case: number, PickupHours: t.Policy.PickupHours,
	})
	t.Emit(&parcel.ParcelBooked{OfParcel: of, Compartment: box.Number})
	t.Visit.Retake = view.ReasonNone
	t.Intend(wall.ForReturn, box.Number, id, 1)
}

// nextBag is the code of the next bag of a case: each that was ever begun has one of its own.
func nextBag(s *ledger.State, c Case) string {
	for i := 1; ; i++ {
		id := c.ID + "-" + strconv.Itoa(i)
		if _, known := parcel.Parcels.Get(s, id); !known {
			return id
		}
	}
}

// lyingIn reports whether a bag of the case is about to be laid in.
func lyingIn(t *visit.Turn, c Case) bool {
	for i := 1; ; i++ {
		p, known := parcel.Parcels.Get(t.State, c.ID+"-"+strconv.Itoa(i))
		if !known {
			return false
		}
		if p.Case != c.ID { // somebody has announced a parcel by the same name
			continue
		}
		if p.State == parcel.Announced || p.State == parcel.Booked || p.State == parcel.Depositing {
			return true
		}
	}
}

// low reports whether nothing but a door within reach will do: it was chosen here, or the
// member who is here needs one.
func low(v visit.Visit) bool { return noteOf(v).Low || v.Reach == "needs" }

// doorFor chooses the smallest free door that all of it fits into.
func doorFor(t *visit.Turn, n note) (box wall.Compartment, why view.Reason, blocked string) {
	wish := wall.Wish{Accessible: low(t.Visit), Reach: t.Visit.Reach != "",
		KeptFree: t.Policy.AccessibleKeptFree,
		Above:    n.Above, Except: n.Tried}
	var volume int64
	for _, l := range n.goods(t.State) {
		d := l.Dimensions
		if d == nil {
			continue
		}
		one := int64(d.Length) * int64(d.Width) * int64(d.Height)
		volume += one * int64(l.Quantity)
		if wish.Dimensions == nil || one > volumeOf(*wish.Dimensions) {
			wish.Dimensions = d
		}
	}
	all := wall.Compartments.All(t.State)
	whole := wish
	whole.Above = max(wish.Above, volume-1)
	box, ok := wall.Choose(all, whole)
	if !ok { // not into one: the largest takes what it can, and the rest goes into another
		box, ok = wall.Choose(all, wish)
	}
	if !ok { // what is left free for others is no reason to call it too large
		anyone := wish
		anyone.KeptFree = 0
		_, kept := wall.Choose(all, anyone)
		if kept {
			return box, view.ReasonNoDoor, ""
		}
	}
	if t.Full || !ok && !slices.ContainsFunc(all, wall.Compartment.Offerable) {
		return box, view.ReasonNoDoor, ""
	}
	if !ok {
		return box, view.ReasonTooLargeHere, ""
	}
	if other, busy := t.OtherOpenDoor(box.Number); busy {
		return box, view.ReasonNone, other
	}
	return box, view.ReasonNone, ""
}

func volumeOf(d wall.Dimensions) int64 { return int64(d.Length) * int64(d.Width) * int64(d.Height) }

// goods are the lines that come back, each with how many of it.
func (n note) goods(s *ledger.State) (all []orders.Line) {
	o, _ := orders.Get(s, n.Order)
	add := func(line string, units int) {
		if l, ok := o.Line(line); ok {
			l.Quantity = units
			all = append(all, l)
		}
	}
	if c, ok := Cases.Get(s, n.Case); ok {
		for _, i := range c.Items {
			add(i.Line, i.Quantity)
		}
		return all
	}
	for _, a := range n.Asks {
		add(a.Line, a.Quantity)
	}
	return all
}
