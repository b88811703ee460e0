package parcel

import (
	"cmp"
	"reflect"
	"slices"
	"strconv"

	"cubby/locker/label"
	"cubby/locker/ledger"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

type (
	// Announce tells of a parcel, or tells it anew.
	Announce struct {
		ID           string
		Announcement Announcement
		Client       string // who announces it; empty: nobody whose parcels belong together
		Condition    ledger.Condition
		Outcome      *Outcome // set when not nil
		Now          *Parcel  // set to the parcel as it is afterwards when not nil
	}
	// Cancel ends a parcel that is not inside.
	Cancel struct {
		ID        string
		Condition ledger.Condition
		Now       *Parcel // set to the parcel as it is afterwards when not nil
	}
)

func (c Announce) Decide(t *visit.Turn) error {
	a := c.Announcement
	if err := a.check(c.ID); err != nil {
		return err
	}
	if a.Label == "" {
		a.Label = c.ID
	}
	if a.PickupHours == 0 {
		a.PickupHours = t.Policy.PickupHours
	}
	if a.Recipient != nil && *a.Recipient == (Recipient{}) {
		a.Recipient = nil
	}
	known, others := KnownAs(t.State, c.ID, label.Keys(a.Label))
	exists := known != nil
	var p Parcel
	if exists {
		p = *known
	}
	if err := c.Condition.Check("parcel", p.Rev, exists); err != nil {
		return err
	}
	if p.Direction == BroughtBack {
		return bagOfReturn(p)
	}
	brought := false
	if !exists {
		others, brought = takeOver(t, c.ID, &a, others)
	}
	if brought {
		p, _ = Parcels.Get(t.State, c.ID)
		exists = true
	}
	told := &ParcelAnnounced{OfParcel: OfParcel{
		ParcelID: c.ID, OrderID: a.OrderID, Label: a.Label,
	}, Changed: exists,
		Labels:     furtherLabels(a.Label, a.Labels),
		Dimensions: a.Dimensions, KeepUpright: a.KeepUpright, WeightG: a.WeightG, Accessible: a.Accessible,
		PickupHours: a.PickupHours, ExchangeOf: a.ExchangeOf, AnnouncedBy: c.Client,
		Valuable: a.Valuable, Rotating: a.Rotating}
	if err := checkFactors(t, p, a, told); err != nil {
		return err
	}
	outcome := Created
	if exists {
		outcome = Changed
		sameRecipient, erase := recipientDiffers(recipientOf(t.State, c.ID), a.Recipient)
		if sameRecipient && samePublic(p, told) {
			outcome = Unchanged
		} else if err := mayChange(p, told); err != nil && !brought {
			return err
		}
		if !sameRecipient {
			told.Recipient = a.Recipient
			if erase {
				told.Recipient = &Recipient{}
			}
		}
		if !brought {
			told.AnnouncedBy = announcedBy(p, c.Client, sameRecipient && p.OrderID == told.OrderID)
		}
		if p.State == Stored && told.PickupHours > p.PickupHours {
			d := settings(t.Policy).Hours.Add(*p.Deadline, hours(told.PickupHours-p.PickupHours))
			told.Deadline = &d
		}
	} else {
		told.Recipient = a.Recipient
	}
	if brought {
		outcome, exists = Created, false
	}
	if c.Outcome != nil {
		*c.Outcome = outcome
	}
	if outcome == Unchanged {
		setNow(t, c.ID, c.Now)
		return nil
	}
	if err := inUse(c.ID, a.Label, "/label", others); err != nil {
		return err
	}
	for i, text := range a.Labels {
		if err := inUse(c.ID, text, "/labels/"+strconv.Itoa(i),
			ByLabel(t.State, label.Keys(text))); err != nil {
			return err
		}
	}
	switch {
	case told.ExchangeOf == p.ExchangeOf:
	case exists:
		return ledger.Refuse(ledger.Conflict, "exchange-settled",
			"what a parcel is exchanged for is said with its first announcement; cancel it, and announce "+
				"another").At("/exchange_of")
	case !t.HasCase(told.ExchangeOf):
		return ledger.Refuse(ledger.Conflict, "no-such-return",
			"there is no open return %s here whose exchange this could be, or its exchange is under way",
			told.ExchangeOf).At("/exchange_of")
	}
	if !brought && (!exists || !sameShape(p, told)) { // it lies where it lies
		if err := fitsSomewhere(t, a); err != nil {
			return err
		}
	}
	t.Emit(told)
	if told.ExchangeOf != "" && !exists {
		t.Emit(&ParcelHeld{OfParcel: told.OfParcel, Reason: ForExchange})
	}
	setNow(t, c.ID, c.Now)
	return nil
}

// announcedBy is whose a parcel stays that is announced anew. Where another client says
// whom it is for, it is nobody's from then on: neither may let it be collected together
// with parcels of its own.
func announcedBy(p Parcel, client string, sameWhom bool) string {
	if sameWhom || client == p.AnnouncedBy {
		return p.AnnouncedBy
	}
	return ""
}

// ForExchange is why the new item of an exchange is held: the old one is not back.
const ForExchange = "exchange"

// bagOfReturn refuses what is done with parcels that go to customers.
func bagOfReturn(p Parcel) *ledger.Refusal {
	return ledger.Refuse(ledger.Conflict, "bag-of-return",
		"this is a bag of return %s; grade it there", p.Case)
}

// inUse refuses a label that may mean one of these parcels as well.
func inUse(id, text, pointer string, parcels []Parcel) error {
	for _, other := range parcels {
		if other.ID != id && !other.State.Final() {
			return ledger.Refuse(ledger.Conflict, "label-in-use",
				"label %s belongs to parcel %s, which is %s; every parcel here needs its own label",
				text, other.ID, other.State).At(pointer)
		}
	}
	return nil
}

// fitsSomewhere refuses a parcel that no door of this wall can ever take, in
// whatever state they are: its sender must know before a courier carries it here.
func fitsSomewhere(t *visit.Turn, a Announcement) error {
	wish := wall.Wish{Dimensions: a.Dimensions, KeepUpright: a.KeepUpright, Accessible: a.Accessible}
	for _, n := range wall.Compartments.Keys(t.State) { // most fit the first
		if c, _ := wall.Compartments.Get(t.State, n); wish.Suits(c) {
			return nil
		}
	}
	all := wall.Compartments.All(t.State)
	if wish.Accessible {
		wish.Accessible = false
		if slices.ContainsFunc(all, wish.Suits) {
			return ledger.Refuse(ledger.Invalid, "fits-no-door",
				"no door within reach of everybody takes it here, only others do").At("/accessible")
		}
	}
	if len(all) == 0 || wish.Dimensions == nil {
		return nil
	}
	largest := slices.MaxFunc(all, func(a, b wall.Compartment) int {
		return cmp.Compare(a.Inner.Volume(), b.Inner.Volume())
	}).Inner
	return ledger.Refuse(ledger.Invalid, "fits-no-door",
		"no door takes it here; the largest is %d mm wide, %d high and %d deep inside",
		largest.Width, largest.Height, largest.Depth).At("/dimensions_mm")
}

// setNow hands the parcel back to the caller who asked for the change.
func setNow(t *visit.Turn, id string, now *Parcel) {
	if now != nil {
		*now, _ = Parcels.Get(t.State, id)
	}
}

// recipientDiffers compares what is kept with what is told now.
func recipientDiffers(kept, told *Recipient) (same, erase bool) {
	if kept == nil {
		kept = &Recipient{}
	}
	if told == nil {
		return *kept == Recipient{}, true
	}
	return *kept == *told, false
}

func samePublic(p Parcel, f *ParcelAnnounced) bool {
	return p.Label == f.Label && slices.Equal(p.Labels, f.Labels) && p.OrderID == f.OrderID &&
		sameShape(p, f) &&
		p.WeightG == f.WeightG && p.PickupHours == f.PickupHours && p.ExchangeOf == f.ExchangeOf &&
		p.Valuable == f.Valuable && p.Rotating == f.Rotating
}

// sameShape compares what a parcel asks of a compartment.
func sameShape(p Parcel, f *ParcelAnnounced) bool {
	return reflect.DeepEqual(p.Dimensions, f.Dimensions) && p.KeepUpright == f.KeepUpright &&
		p.Accessible == f.Accessible
}

// mayChange refuses changes that come too late for where the parcel is.
func mayChange(p Parcel, f *ParcelAnnounced) error {
	switch p.State {
	case Announced, DepositFailed:
		return nil
	case Stored:
		keep := *f
		keep.PickupHours, keep.OrderID = p.PickupHours, p.OrderID
		if label.Key(f.Label) == label.Key(p.Label) {
			keep.Label = p.Label // the same label, spelled another way
		}
		if sameLabels(f.Labels, p.Labels) {
			keep.Labels = p.Labels
		}
		if !samePublic(p, &keep) {
			return ledger.Refuse(ledger.Conflict, "stored-already",
				"the parcel is behind door %s; only recipient, order_id and a longer pickup_hours can "+
					"still change",
				p.Compartment)
		}
		if f.PickupHours < p.PickupHours {
			return ledger.Refuse(ledger.Conflict, "deadline-never-earlier",
				"the recipient has been promised %d hours; pickup_hours cannot become less",
				p.PickupHours).At("/pickup_hours")
		}
		return nil
	}
	return ledger.Refuse(ledger.Conflict, "too-late-to-change",
		"the parcel is %s; its announcement cannot change any more", p.State)
}

// Outcome says what an announcement did.
type Outcome string

const (
	Created   Outcome = "created"
	Changed   Outcome = "changed"
	Unchanged Outcome = "unchanged" // nothing was written and nothing is told
)
