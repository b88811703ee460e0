package parcel

import (
	"cmp"
	"time"

	"cubby/locker/people"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// A Right is what somebody has shown, and the parcel it leads to.
type Right struct {
	Parcel string         `json:"parcel"` // its id
	By     CredentialKind `json:"by"`     // how it was shown
	// Narrow: it is for this parcel alone, and for nothing but taking it.
	Narrow bool         `json:"narrow,omitempty"`
	Token  *visit.Token `json:"token,omitempty"` // what a centre has made; nil: it was something else
	// id of the customer whose own code was shown; empty: it was another
	Member string `json:"member,omitempty"`
	// the parcel whose code was shown, where another is collected with it; else empty
	Shown  string `json:"shown,omitempty"`
	Second bool   `json:"second,omitempty"` // the last digits of the recipient's phone were given with it
	Live   bool   `json:"live,omitempty"`   // it was a code that changes, as it is now
}

// Identify finds the right that a scanned code or token gives now, or says why there is
// none. The parcel is named wherever the scan is of one, also when it gives no right.
func Identify(t *visit.Turn, c visit.Present) (r Right, why string) {
	if c.Presented == "member" {
		return rightOfMember(t, c.CodeHash)
	}
	p, kind := Parcel{}, ByCode
	if c.Token != nil {
		kind = ByToken
		p, why = bearerOfToken(t, c.Token)
	} else {
		p, kind, why = bearerOf(t, c.CodeHash, kind)
	}
	if why == "" {
		why = live(t, p, kind, c.Rotating)
	}
	return Right{Parcel: p.ID, By: kind, Narrow: kind == ByDelegate, Token: c.Token,
		Live: p.Rotating && kind == ByCode && why == ""}, why
}

// Typed has a PIN tried that may be of a parcel; follow does what its bearer came for.
// Wrong ones are answered here.
func Typed(t *visit.Turn, c visit.TypePIN, follow func(*visit.Turn, Right)) error {
	return people.OfCustomers.Try(t, func() (bool, error) {
		p, kind, why := bearerOf(t, c.PINHash, ByPIN)
		second := false
		if kind != ByDelegatePIN || c.Tail != "" { // a delegate's has eight digits and is typed alone
			p, why, second = withTail(t, c, p, why)
		}
		if why == "" {
			follow(t, Right{Parcel: p.ID, By: kind, Narrow: kind == ByDelegatePIN, Second: second})
			return true, nil
		}
		if why == string(Used) && t.Visit.Step == view.StepPickupEnter &&
			reopen(t, Right{Parcel: p.ID, By: ByPIN}) {
			return true, nil
		}
		if !explained(t, "pin", why, Right{Parcel: p.ID, By: ByPIN}) {
			refusePickup(t, "pin", why, p.ID)
		}
		return false, nil
	}, func(until time.Time, tried bool) {
		if !tried {
			t.Emit(&PickupRefused{Presented: "pin", Why: "wait"})
		}
		t.Show(view.StepPickupRefused, view.ReasonWait)
		t.Visit.RetryAt = until
	})
}

// A gate stops whoever has a right before the door opens, and shows what follows instead.
type gate func(t *visit.Turn, p Parcel, r Right) (stopped bool)

// gates are asked in this order; the first that stops is the last that is asked.
func gates() []gate { return []gate{onHold, disputed, leaving, atCounter, liveOnly, secondFactor} }

// authorise shows whoever has a right what it leads to, where that is more than one parcel.
// Else it lets them in, unless a gate stops them.
func authorise(t *visit.Turn, r Right) {
	if several(t, r) {
		return
	}
	if foreign(t.Visit, r) {
		t.BeginAnew(PickupVisit) // whoever this is sees nothing of the one before
	}
	LetIn(t, r)
}

// LetIn lets whoever has a right to a parcel in, unless a gate stops them.
func LetIn(t *visit.Turn, r Right) {
	p, _ := Parcels.Get(t.State, r.Parcel)
	if p, why := here(t, p); why != "" { // its time has just ended
		if refusedInList(t, p, r.By, cmp.Or(p.whyNotHere(), view.ReasonExpired)) {
			return
		}
		if !explained(t, string(r.By), why, r) {
			refusePickup(t, string(r.By), why, p.ID)
		}
		return
	}
	for _, stops := range gates() {
		if stops(t, p, r) {
			return
		}
	}
	open(t, p, r)
}

func onHold(t *visit.Turn, p Parcel, r Right) bool {
	if p.OnHold == nil {
		return false
	}
	refuseBearer(t, p, r.By, p.holdReason())
	return true
}

func atCounter(t *visit.Turn, p Parcel, r Right) bool {
	if p.State != CounterHeld {
		return false
	}
	refuseBearer(t, p, r.By, view.ReasonAtCounter)
	return true
}

// open opens the door for whoever has passed the gates.
func open(t *visit.Turn, p Parcel, r Right) {
	switch v := t.Visit; {
	case v.Step == view.StepPickupDone, v.Step == view.StepPickupLeft && v.Compartment != p.Compartment:
		t.BeginAnew(PickupVisit) // the same person's next parcel is a visit of its own
	}
	o, moving := t.UnderWay(p.Compartment)
	if moving && !t.Elsewhere(o) {
		t.Begin(PickupVisit)
		noteToken(t, p, r.Token)
		rejoin(t, p, o)
		return
	}
	other, busy := t.OtherOpenDoor(p.Compartment)
	if moving || askedElsewhere(t, p) {
		other, busy = p.Compartment, true
	}
	if busy {
		t.Emit(&PickupRefused{Presented: string(r.By), Why: "door_open", Parcel: p.ID})
		t.Begin(PickupVisit)
		t.WaitFor(view.StepPickupRefused, other)
		return
	}
	t.Begin(PickupVisit)
	t.Visit.Actor = "bearer"
	t.Visit.Parcel, t.Visit.Compartment = p.ID, p.Compartment
	noteToken(t, p, r.Token)
	letInAfterAll(t, p.ID)
	t.Emit(&PickupAuthorised{OfParcel: of(p), Compartment: p.Compartment, Credential: kindFor(t, p, r),
		Shown: r.shownFor(p)})
	t.Intend(wall.ForPickup, p.Compartment, p.ID, 1)
}
