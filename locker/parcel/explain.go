package parcel

import (
	"time"

	"cubby/locker/label"
	"cubby/locker/ledger"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// A refusal is explained to whoever shows what is or was a right: a code or PIN of a parcel
// here, also one that is over, or a token whose signature is the centre's. Everybody else
// gets the one answer of refusePickup, whatever is behind the doors.

// explained tells why no door opens; false: what was shown proves nothing.
func explained(t *visit.Turn, presented, why string, r Right) bool {
	p, known := Parcels.Get(t.State, r.Parcel)
	reason, told := view.ReasonNone, view.Told{}
	switch {
	case r.Token != nil:
		reason, told = ofToken(t, r.Token, why, p)
	case known:
		reason, told = ofEnded(p, why)
	}
	if reason == view.ReasonNone {
		return false
	}
	tell(t, &PickupRefused{Presented: presented, Why: why, Parcel: p.ID}, reason, told)
	return true
}

// ofEnded says why the code of a parcel opens no door any more.
func ofEnded(p Parcel, why string) (view.Reason, view.Told) {
	switch why {
	case string(Used):
		return view.ReasonCollected, view.Told{At: p.EndedAt}
	case "expired":
		return view.ReasonExpired, view.Told{At: p.Deadline}
	case string(Revoked), "unknown", "over":
		if reason := p.whyNotHere(); reason != view.ReasonNone {
			return reason, view.Told{}
		}
		if why != "unknown" { // of a delegate too, whose time is over
			return view.ReasonReplaced, view.Told{}
		}
	}
	return view.ReasonNone, view.Told{}
}

// whyNotHere says why a parcel cannot be collected here, going by where it is alone.
func (p Parcel) whyNotHere() view.Reason {
	switch p.State {
	case Announced, Booked, Depositing, DepositFailed:
		return view.ReasonNotHere
	case Cancelled:
		return view.ReasonCancelled
	case Missing:
		return view.ReasonMissing
	case Redirected:
		return view.ReasonRedirected
	case Returned:
		if p.Leaving == nil {
			return view.ReasonGoneBack
		}
		return view.ReasonRecalled
	}
	return view.ReasonNone
}

// ofToken says why a token opens no door. Nothing is said of one that no centre has made.
func ofToken(t *visit.Turn, k *visit.Token, why string, p Parcel) (view.Reason, view.Told) {
	switch why {
	case "foreign":
		return view.ReasonElsewhere, view.Told{Station: k.Station}
	case "denied":
		return view.ReasonReplaced, view.Told{}
	case "invalid":
		return view.ReasonNone, view.Told{}
	case "early":
		return view.ReasonEarly, view.Told{At: &k.NotBefore}
	case "clock":
		return view.ReasonClock, view.Told{}
	case "key_over":
		return view.ReasonCodeOver, view.Told{}
	case "ambiguous":
		return view.ReasonAmbiguous, view.Told{}
	case "expired":
		if p.State == Expired && p.RescueUntil == nil {
			return ofEnded(p, why)
		}
		return view.ReasonCodeOver, view.Told{At: &k.Expires}
	}
	if p.ID != "" {
		if reason, told := ofEnded(p, why); reason != view.ReasonNone {
			return reason, told
		}
		return view.ReasonNotHere, view.Told{}
	}
	if why == string(Used) {
		return view.ReasonCollected, view.Told{}
	}
	for _, c := range ByLabel(t.State, label.Keys(k.Label)) {
		if reason := c.whyNotHere(); c.Direction == LastMile && reason != view.ReasonNone {
			return reason, view.Told{}
		}
	}
	return view.ReasonNotHere, view.Told{}
}

// tell shows the bearer of a right why no door opens.
func tell(t *visit.Turn, f *PickupRefused, reason view.Reason, told view.Told) {
	same := t.RefusedAlready(view.StepPickupRefused, reason) && told.Same(t.Visit.Told)
	if same && t.ToldEnough() {
		return
	}
	t.Emit(f)
	if t.Visit.Actor == "bearer" || t.RefusedAlready(view.StepPickupRefused, reason) && !same {
		t.BeginAnew(PickupVisit) // whoever this is sees nothing of the one before
	} else {
		t.Begin(PickupVisit)
	}
	t.Refused(view.StepPickupRefused, reason)
	t.Visit.Told = told
}

// CodesForgotten: the codes of these parcels, which are over, are not kept any more.
type CodesForgotten struct {
	Parcels []string `json:"parcel_ids"`
}

// Type is the fact's name; Subject and Published as for every fact.
func (CodesForgotten) Type() string    { return "parcel.codes_forgotten" }
func (CodesForgotten) Subject() string { return "station" }
func (CodesForgotten) Published() bool { return false }

// Apply deletes them. Tokens have a time of their own.
func (f *CodesForgotten) Apply(s *ledger.State, _ time.Time) {
	for _, id := range f.Parcels {
		for _, c := range credentialsOf.Find(s, id) {
			if c.State != Live && c.Kind != ByToken {
				Credentials.Delete(s, c.Hash)
			}
		}
	}
}

// ForgetCodes forgets what opened the doors of those of the parcels named whose end is so
// long ago that nothing of it is explained any more.
type ForgetCodes struct{ Parcels []string }

// Decide emits what follows.
func (c ForgetCodes) Decide(t *visit.Turn) error {
	var f CodesForgotten
	for _, id := range c.Parcels {
		p, ok := Parcels.Get(t.State, id)
		if end := p.over(settings(t.Policy).explainDays()); ok && p.State != CounterHeld && end != nil &&
			!t.Now.Before(*end) {
			f.Parcels = append(f.Parcels, id)
		}
	}
	if len(f.Parcels) > 0 {
		t.Emit(&f)
	}
	return nil
}

// ExplainedSince is since when parcels have ended whose codes are explained still.
func ExplainedSince(p visit.Policy, now time.Time) time.Time {
	return now.AddDate(0, 0, -settings(p).explainDays())
}

// explainDays is how long codes that are over are explained.
func (s Settings) explainDays() int {
	if s.ExplainDays == 0 {
		return 30
	}
	return s.ExplainDays
}
