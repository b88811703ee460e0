package hub

import (
	"encoding/json"
	"time"

	"cubby/locker/parcel"
)

// Ways are what is said of a parcel beside where it is.
type Ways struct {
	HoldKind string   `json:"hold_kind,omitempty"` // "customs", "fee", "identity"; empty: the shop's own
	Paused   *Pause   `json:"paused,omitempty"`    // the time to collect it stands still
	Leaving  *Leaving `json:"leaving,omitempty"`   // it is to leave, or has left
	Shelf    string   `json:"shelf,omitempty"`     // the place at the counter where it lies
	// Rescue is until when its code is still good, though it has expired.
	Rescue *time.Time `json:"rescue_until,omitempty"`
	// By is who collects it, or has, where it is not its own bearer: "delegate", "neighbour".
	By string `json:"by,omitempty"`
	// Delegated: there is a code by which somebody else may collect it.
	Delegated bool `json:"delegated,omitempty"`
	// From is the station that it was redirected from.
	From string `json:"from,omitempty"`
}

// A Pause is the time in which the clock of a parcel stands still. Until is when it ends by
// itself at the latest; nil: with its reason.
type Pause struct {
	Since  time.Time  `json:"since"`
	Reason string     `json:"reason"`
	Until  *time.Time `json:"until,omitempty"`
}

// moved is a pause that began later by so much: the station's calendar was corrected.
func (p *Pause) moved(by time.Duration) *Pause {
	if p == nil {
		return nil
	}
	later := *p
	later.Since = p.Since.Add(by)
	if p.Until != nil {
		until := p.Until.Add(by)
		later.Until = &until
	}
	return &later
}

// A Leaving says that a parcel is to leave its station. To is "counter" or the id of another
// station; empty: it goes back to its sender.
type Leaving struct {
	Since time.Time `json:"since"`
	Why   string    `json:"why"` // parcel.ToElsewhere, parcel.ToSender
	To    string    `json:"to,omitempty"`
	Name  string    `json:"to_name,omitempty"`
}

type waysData struct {
	Kind       string     `json:"kind"`
	Since      time.Time  `json:"since"`
	Until      *time.Time `json:"until"`
	Rescue     *time.Time `json:"rescue_until"`
	To         string     `json:"to"`
	Name       string     `json:"to_name"`
	Place      string     `json:"place"`
	Credential string     `json:"credential"`
}

// follow changes what is said of a parcel by a fact of it. State and held are as they are
// afterwards.
func (w *Ways) follow(kind string, d parcelData, at time.Time, state parcel.State, held bool) {
	switch kind {
	case "parcel.announced":
		*w = Ways{From: w.From}
	case "parcel.held":
		w.HoldKind = short(d.Kind)
	case "parcel.clock_paused":
		w.Paused = &Pause{d.Since, short(d.Reason), d.Until}
	case "parcel.clock_resumed":
		w.Paused = nil
	case "parcel.expired":
		w.Rescue = d.Rescue
	case "parcel.rescue_ended":
		w.Rescue = nil
	case "parcel.redirected":
		w.leave(Leaving{at, parcel.ToElsewhere, short(d.To), short(d.Name)})
	case "parcel.recalled":
		w.leave(Leaving{Since: at, Why: parcel.ToSender})
	case "parcel.stays":
		w.Leaving = nil
	case "parcel.shelved":
		if w.Shelf = short(d.Place); d.Arrived {
			w.Leaving = nil
		}
	case "parcel.counter_held":
		if w.Leaving != nil && w.Leaving.To == parcel.Counter {
			w.Leaving = nil
		}
		w.Delegated = w.Delegated && d.KeepsCode
	case "parcel.delegated":
		w.Delegated = true
	case "parcel.delegation_ended", codeReissued, codeRevoked, "parcel.collected", "parcel.deposit_failed",
		"parcel.written_off", "parcel.removed":
		w.Delegated = false
	case "parcel.pickup_authorised":
		if by, told := whose(d.Credential); told {
			w.By = by
		}
	case "parcel.handed_over":
		w.By, _ = whose(d.Credential)
		w.Delegated = false
	}
	w.settle(state, held)
}

// settle ends what cannot go on in a state.
func (w *Ways) settle(state parcel.State, held bool) {
	if state != parcel.Stored && state != parcel.Collecting {
		w.Paused = nil
	}
	if state != parcel.CounterHeld {
		w.Shelf = ""
	}
	if state != parcel.Expired && state != parcel.Collecting && state != parcel.Stored {
		w.Rescue = nil
	}
	if !held {
		w.HoldKind = ""
	}
}

// leave notes that it is to leave; told anew, since when stays.
func (w *Ways) leave(l Leaving) {
	if was := w.Leaving; was != nil && was.Why == l.Why {
		l.Since = was.Since
	}
	w.Leaving = &l
}

// whose says for whom somebody collects by what they have shown; empty: for themselves.
// told: it says so.
func whose(shown string) (by string, told bool) {
	switch parcel.CredentialKind(shown) {
	case parcel.ByDelegate, parcel.ByDelegatePIN:
		return parcel.Delegate, true
	case parcel.ByNeighbour:
		return parcel.Neighbour, true
	case parcel.ByCode, parcel.ByPIN, parcel.ByToken, parcel.ByMember:
		return "", true
	}
	return "", false
}

// text is how it is kept; empty where nothing is said.
func (w *Ways) text() string {
	if *w == (Ways{}) {
		return ""
	}
	text, err := json.Marshal(w)
	if err != nil {
		return ""
	}
	return string(text)
}

func (w *Ways) read(text string) {
	*w = Ways{}
	if text != "" {
		_ = json.Unmarshal([]byte(text), w) // we wrote it
	}
}

// pausedFor is why the clock of a parcel stands still; empty: it does not.
func (w *Ways) pausedFor() string {
	if w.Paused == nil {
		return ""
	}
	return w.Paused.Reason
}
