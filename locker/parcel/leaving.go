package parcel

import (
	"cmp"
	"time"

	"cubby/locker/door"
	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/locker/plain"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// Counter is the place to which a parcel goes that is to be handed over by staff here. Any
// other place is the id of a station.
const Counter = "counter"

// A Place is somewhere else to collect a parcel: Counter, or the id of a station.
type Place struct{ ID, Name string }

// Elsewhere are the places to which the bearer of a parcel may have it sent at the kiosk.
func Elsewhere(policy visit.Policy) []Place { return settings(policy).Elsewhere }

// Why a parcel is to leave.
const (
	ToElsewhere = "redirected" // its customer collects it at another place
	ToSender    = "recalled"   // the shop wants it back
)

// A Leaving says that a parcel is to leave its door, or will not come to one. Meanwhile its
// code opens nothing, and the clock of its deadline stands still.
type Leaving struct {
	Since  time.Time `json:"since"`
	Why    string    `json:"why"`               // "redirected", "recalled"
	To     string    `json:"to,omitempty"`      // redirected: "counter", or the id of a station
	Name   string    `json:"to_name,omitempty"` // what people call that station
	Reason string    `json:"reason,omitempty"`  // for staff; at most 200 characters
	Centre bool      `json:"centre,omitempty"`  // the centre wants it
}

// ToCounter reports whether the parcel goes to the counter here.
func (l *Leaving) ToCounter() bool { return l != nil && l.To == Counter }

type (
	// Redirect has a parcel collected at another place: at another station, or at the
	// counter here. What has not come yet is not taken in any more, unless it is for the
	// counter.
	Redirect struct {
		By               people.Doer
		ID               string
		To, Name, Reason string // the name and the reason may be empty
		Bearer           bool   // its bearer asks for it, at the kiosk
		Condition        ledger.Condition
		Now              *Parcel // set to the parcel as it is afterwards when not nil
	}
	// Recall has a parcel that is here taken out and given back.
	Recall struct {
		By         people.Doer
		ID, Reason string
		Condition  ledger.Condition
		Now        *Parcel
	}
	// Stay ends a redirection or a recall of a parcel that is still here.
	Stay struct {
		By        people.Doer
		ID, Why   string // which of both
		Reason    string
		ByCentre  bool // only what the centre wanted
		Condition ledger.Condition
		Now       *Parcel
	}
	// Remove: staff have given a parcel away that was to leave, or whose time is over.
	Remove struct {
		By             people.Doer
		Parcel, Reason string
		Now            *Parcel
	}
)

// Decide checks the place before the parcel.
func (c Redirect) Decide(t *visit.Turn) error {
	p, err := movable(t, c.By, c.ID, c.Reason, c.Condition)
	if err != nil {
		return err
	}
	if err := c.place(t); err != nil {
		return err
	}
	defer setNow(t, c.ID, c.Now)
	if l := p.Leaving; l != nil && !p.State.Final() && l.Why == ToElsewhere && l.To == c.To &&
		l.Name == c.Name &&
		(l.Centre || c.By != people.Centre) {
		return nil // as it is already
	}
	switch p.State {
	case Announced, DepositFailed:
		if c.To == Counter && len(settings(t.Policy).Shelf) == 0 {
			return ledger.Refuse(ledger.Conflict, "no-shelf",
				"there is no shelf at the counter here that a courier could bring it to; it can be redirected "+
					"once it was deposited, or to another station").At("/to")
		}
	case Stored, Expired:
	case CounterHeld:
		if c.To == Counter {
			return ledger.Refuse(ledger.Conflict, "at-counter-already",
				"the parcel is at the counter already; nothing is to be done")
		}
	case Redirected, Returned, Cancelled:
		return goneAlready(p)
	case Booked, Depositing, Collecting:
		return doorAtRest(t, p)
	default:
		return notHere(p)
	}
	if err := doorAtRest(t, p); err != nil {
		return err
	}
	t.Emit(&ParcelRedirected{
		OfParcel: of(p), Compartment: p.Compartment, To: c.To, Name: c.Name, Reason: c.Reason,
		By: c.By.ID, Bearer: c.Bearer, Final: p.Compartment == "" && p.State != CounterHeld && c.To != Counter,
	})
	turnAwayBearers(t, p)
	return nil
}

// place refuses a place that is none, or this one.
func (c Redirect) place(t *visit.Turn) error {
	set := settings(t.Policy)
	switch {
	case !validID(c.To):
		return ledger.Refuse(ledger.Invalid, "place",
			`say where it is collected instead: "counter", or the id of a station, which has 1 to 64 of `+
				"A-Z a-z 0-9 . _ : -").At("/to")
	case c.To == set.Station:
		return ledger.Refuse(ledger.Conflict, "same-place",
			`the parcel is at this station already; redirect it to another, or to "counter"`).At("/to")
	case c.Name != "":
		return plain.Check(c.Name, maxPlaceName, "name", "/name")
	}
	return nil
}

// maxPlaceName bounds what people call a station, in characters.
const maxPlaceName = 100

func (c Recall) Decide(t *visit.Turn) error {
	p, err := movable(t, c.By, c.ID, c.Reason, c.Condition)
	if err != nil {
		return err
	}
	defer setNow(t, c.ID, c.Now)
	if l := p.Leaving; l != nil && !p.State.Final() && l.Why == ToSender &&
		cmp.Or(c.Reason, l.Reason) == l.Reason &&
		(l.Centre || c.By != people.Centre) {
		return nil
	}
	switch p.State {
	case Announced, DepositFailed:
		return ledger.Refuse(ledger.Conflict, "not-here-yet",
			"the parcel is %s and was not brought yet; cancel it instead", p.State)
	case Redirected, Returned, Cancelled:
		return goneAlready(p)
	case Stored, Expired, CounterHeld:
	case Booked, Depositing, Collecting:
		return doorAtRest(t, p)
	default:
		return notHere(p)
	}
	if err := doorAtRest(t, p); err != nil {
		return err
	}
	t.Emit(&ParcelRecalled{OfParcel: of(p), Compartment: p.Compartment, Reason: c.Reason, By: c.By.ID})
	turnAwayBearers(t, p)
	return nil
}

func (c Stay) Decide(t *visit.Turn) error {
	p, err := movable(t, c.By, c.ID, c.Reason, c.Condition)
	if err != nil {
		return err
	}
	defer setNow(t, c.ID, c.Now)
	l := p.Leaving
	switch {
	case p.State == Redirected || p.State == Returned:
		return goneAlready(p)
	case l == nil || l.Why != c.Why || c.ByCentre && !l.Centre:
		return nil
	}
	if err := doorAtRest(t, p); err != nil {
		return err
	}
	t.Emit(&ParcelStays{of(p), p.Compartment, l.Why, c.Reason, c.By.ID})
	return nil
}

func (c Remove) Decide(t *visit.Turn) error {
	p, err := lookedAfter(t, c.By, people.TakeToCounter, c.Parcel)
	if err != nil {
		return err
	}
	defer setNow(t, c.Parcel, c.Now)
	if p.State == Redirected || p.State == Returned {
		return nil // it has gone already
	}
	if c.Reason != "" {
		if err := checkReason(c.Reason); err != nil {
			return err
		}
	}
	if err := doorAtRest(t, p); err != nil {
		return err
	}
	switch {
	case p.Direction == BroughtBack:
		return bagOfReturn(p)
	case p.State != Stored && p.State != Expired && p.State != CounterHeld:
		return notHere(p)
	case p.Leaving.ToCounter() && p.State != CounterHeld:
		return ledger.Refuse(ledger.Conflict, "for-the-counter",
			"its customer collects it at the counter here; take it there")
	case p.Leaving == nil && p.State == Stored, p.Leaving == nil && inRescue(t, p):
		return ledger.Refuse(ledger.Conflict, "still-waits",
			"its customer can still collect it; recall or redirect it first")
	}
	remove(t, p, c.Reason, c.By.ID)
	return nil
}

// MayRemove reports whether staff may give a parcel away as it is: one that is to leave, or
// whose time is over and its rescue too, and whatever is at the counter.
func MayRemove(p Parcel) bool {
	switch {
	case p.Direction == BroughtBack:
		return false
	case p.State == CounterHeld:
		return true
	case p.State == Stored && p.Leaving == nil, p.Leaving.ToCounter():
		return false
	}
	return p.State == Stored || p.State == Expired && (p.Leaving != nil || p.RescueUntil == nil)
}

// remove notes that a parcel has been given away, and frees its door.
func remove(t *visit.Turn, p Parcel, reason, by string) {
	box, _ := wall.Compartments.Get(t.State, p.Compartment)
	f := &ParcelRemoved{OfParcel: of(p), Compartment: p.Compartment, Why: expiredOver, Reason: reason, By: by}
	if p.Leaving != nil {
		f.Why, f.To, f.Name = p.Leaving.Why, p.Leaving.To, p.Leaving.Name
	}
	t.Emit(f)
	giveBack(t, box, reason, by, "its parcel was taken away")
}

// movable reads the parcel that is to go another way.
func movable(t *visit.Turn, by people.Doer, id, reason string, cond ledger.Condition) (Parcel, error) {
	p, err := holdable(t, by, id, reason, cond)
	if err == nil && p.Direction == BroughtBack {
		err = bagOfReturn(p)
	}
	return p, err
}

// goneAlready refuses what is not possible with a parcel that is at no place here any more.
func goneAlready(p Parcel) *ledger.Refusal {
	switch {
	case p.State == Cancelled:
		return ledger.Refuse(ledger.Conflict, "cancelled-already", "the parcel is cancelled; it will not come")
	case p.Leaving != nil && p.State == Redirected:
		return ledger.Refuse(ledger.Conflict, "redirected-already",
			"the parcel goes to %s since %s; it is not here any more",
			cmp.Or(p.Leaving.Name, p.Leaving.To), p.EndedAt.Format(time.RFC3339))
	}
	return ledger.Refuse(ledger.Conflict, "returned-already",
		"the parcel was given back at %s; it is not here any more", p.EndedAt.Format(time.RFC3339))
}

// isLeaving refuses what makes no sense with a parcel that is to leave.
func isLeaving(p Parcel) *ledger.Refusal {
	return ledger.Refuse(ledger.Conflict, "leaving",
		"the parcel is %s and is to leave; end that first, or give it away", p.Leaving.Why)
}

// giveBack puts a door back in use whose parcel was taken out, or has it looked into.
func giveBack(t *visit.Turn, box wall.Compartment, reason, by, why string) {
	switch {
	case box.Allocation != wall.Occupied: // it had none, or is kept from use for a reason of its own
	case box.Door == door.Closed && box.Lock != wall.LockJammed && !box.Forced:
		t.Emit(&wall.DoorRestored{OfDoor: wall.OfDoor{Compartment: box.Number}, Reason: reason, By: by})
	default:
		quarantine(t, box, why)
	}
}

// reason is what its bearer is told.
func (l *Leaving) reason() view.Reason {
	if l.Why == ToSender {
		return view.ReasonRecalled
	}
	return view.ReasonRedirected
}

// leaving stops whoever comes for a parcel that is to leave, or was sent elsewhere.
func leaving(t *visit.Turn, p Parcel, r Right) bool {
	if p.Leaving == nil {
		return false
	}
	refuseBearer(t, p, r.By, p.Leaving.reason())
	return true
}
