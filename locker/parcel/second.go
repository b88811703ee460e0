package parcel

import (
	"cmp"
	"slices"

	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// PadDigits is how many digits the pad takes for a PIN, with those of a phone where they
// are typed behind it.
func PadDigits(p visit.Policy) int {
	if settings(p).SixDigits {
		return ShortPIN + TailDigits
	}
	return people.PINDigits
}

// notLive are the reasons why a code that changes gives no right. Who shows such a code has
// the code, and is told what is missing.
var notLive = map[string]bool{"static": true, "tail_wrong": true, "tail_used": true, "clock_doubted": true}

// live tells why the code of a parcel that demands a tail gives no right with this one;
// empty: it does, and the tail is good no more. Without a clock that is believed nobody can
// say, and it gives none: the PIN does.
func live(t *visit.Turn, p Parcel, by CredentialKind, k *visit.Tail) (why string) {
	if !p.Rotating || by != ByCode {
		return ""
	}
	x, _ := Factors.Get(t.State, p.ID)
	step, why := t.WhyNotTail(k, x.Step)
	if why == "" {
		t.Emit(&TailUsed{of(p), step})
	}
	return why
}

// liveOnly keeps a parcel that demands a live code closed to the code of another parcel and
// to a customer's own: both can be photographed. Its own was judged when it was shown.
func liveOnly(t *visit.Turn, p Parcel, r Right) bool {
	own := r.Member == "" && (r.Shown == "" || r.Shown == p.ID)
	if !p.Rotating || own || r.Live {
		return false
	}
	refuseBearer(t, p, r.By, view.ReasonNotLive)
	return true
}

// withTail judges what was typed behind a PIN of six digits. Whoever has not typed the
// digits of the phone is nobody, and learns of no parcel.
func withTail(t *visit.Turn, c visit.TypePIN, p Parcel, why string) (_ Parcel, _ string, second bool) {
	x, _ := Factors.Get(t.State, p.ID)
	switch {
	case p.ID == "" || x.Form == EightDigits && c.Tail == "":
		return p, why, false
	case x.Form == EightDigits:
		return Parcel{}, "unknown", false
	}
	if wrong := showTail(t, p, ByPIN, c.Tail); wrong != "" {
		return p, wrong, false
	}
	return p, why, true
}

// secondFactor asks the bearer of a valuable parcel for the last digits of its recipient's
// phone.
func secondFactor(t *visit.Turn, p Parcel, r Right) bool {
	if !p.Valuable || r.Second {
		return false
	}
	if x, _ := Factors.Get(t.State, p.ID); x.Tail == "" || x.locked(t, r.By) {
		refuseBearer(t, p, r.By, view.ReasonLocked)
		return true
	}
	inList := slices.Contains(listOf(t.Visit).List, p.ID)
	if v := t.Visit; !inList && (v.Step == view.StepPickupDone || v.Step == view.StepPickupLeft) {
		t.BeginAnew(PickupVisit)
	}
	t.Begin(PickupVisit)
	t.Visit.Actor = "bearer"
	t.Visit.Parcel, t.Visit.Compartment = p.ID, ""
	t.KeepAs(secondAs, r)
	t.Show(view.StepPickupSecond, view.ReasonNone)
	return true
}

// secondAs is the name of the right that was shown, among what the visit keeps.
const secondAs = "second"

// leaveSecond goes on with the others of the list where there is one.
func leaveSecond(t *visit.Turn) {
	if len(listOf(t.Visit).List) > 0 {
		passOver(t, visit.DataAs[Right](t.Visit, secondAs).Parcel)
		return
	}
	t.Finish()
}

// secondTyped takes the last digits of the recipient's phone. Wrong ones count for this
// parcel alone: no PIN waits for them, and they wait for no PIN.
func secondTyped(c visit.TypePIN, t *visit.Turn) error {
	if len(c.Tail) != TailDigits {
		return ledger.Refuse(ledger.Invalid, "phone-tail",
			"type the last four digits of the recipient's phone").At("/value")
	}
	r := visit.DataAs[Right](t.Visit, secondAs)
	p, _ := Parcels.Get(t.State, r.Parcel)
	p, why := here(t, p)
	if why != "" {
		if !refusedInList(t, p, r.By, cmp.Or(p.whyNotHere(), view.ReasonExpired)) {
			refusePickup(t, string(r.By), why, p.ID)
		}
		return nil
	}
	switch why := showTail(t, p, r.By, c.Tail); {
	case why == "":
		r.Second = true
		LetIn(t, r)
	case !locked(t, p, r.By):
		t.Refused(view.StepPickupSecond, view.ReasonNotValid)
	default:
		refuseBearer(t, p, r.By, view.ReasonLocked)
	}
	return nil
}

func locked(t *visit.Turn, p Parcel, by CredentialKind) bool {
	x, _ := Factors.Get(t.State, p.ID)
	return x.locked(t, by)
}
