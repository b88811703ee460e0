package parcel

import (
	"strings"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// A Pause is the time in which the clock of a parcel stands still.
type Pause struct {
	Since  time.Time `json:"since"`  // by the calendar
	Reason string    `json:"reason"` // see ClockPaused
	// it ends by itself then, at the latest; nil: with its reason
	Until *time.Time `json:"until,omitempty"`
}

// Why a clock stands still, beside what wall.Compartment.Fault says.
const (
	StationOff = "station_off" // the core did not run
	HeldBack   = "on_hold"     // it may not be collected for now; or ToElsewhere, ToSender
	NotTold    = "not_told"    // its recipient does not know yet that it is here
)

type (
	// ClockPaused: the time to collect it stands still, because nobody could collect it.
	// Reasons: door_unknown, lock_jammed, lock_unreachable, station_off, on_hold, disputed,
	// redirected, recalled; or because nobody has told its recipient: not_told. It ends with
	// ClockResumed, or with the parcel's time behind its door.
	ClockPaused struct {
		OfParcel
		Compartment string    `json:"compartment"`
		Reason      string    `json:"reason"`
		Since       time.Time `json:"since"`
		// it ends by itself then, at the latest; nil: with its reason
		Until *time.Time `json:"until,omitempty"`
	}
	// ClockResumed: the time to collect it goes on. Its deadline has moved by the time paused
	// at least.
	ClockResumed struct {
		OfParcel
		Reason   string    `json:"reason"` // of the pause
		Minutes  int64     `json:"paused_minutes"`
		Deadline time.Time `json:"deadline"` // the new one
	}
)

func (ClockPaused) Type() string { return "parcel.clock_paused" }

func (f *ClockPaused) Apply(s *ledger.State, _ time.Time) {
	changeParcel(s, f.ParcelID, func(p *Parcel) { p.Paused = &Pause{f.Since, f.Reason, f.Until} })
}

func (ClockResumed) Type() string { return "parcel.clock_resumed" }

func (f *ClockResumed) Apply(s *ledger.State, _ time.Time) {
	changeParcel(s, f.ParcelID, func(p *Parcel) { p.Paused, p.Deadline = nil, &f.Deadline })
}

func settings(p visit.Policy) Settings { return SettingsOf(p) }

// SettingsOf are the settings of the room in a policy.
func SettingsOf(p visit.Policy) Settings {
	s, _ := p.Rooms["parcel"].(Settings)
	return s
}

// canPause reports whether the clock of a parcel runs.
func (p Parcel) canPause() bool { return p.State == Stored && p.Deadline != nil && p.Paused == nil }

// review pauses the clock of the parcel behind a door, or lets it go on.
func review(t *visit.Turn, c wall.Compartment) {
	p, ok := Parcels.Get(t.State, c.Parcel)
	if !ok || p.Compartment != c.Number {
		return
	}
	set := settings(t.Policy)
	why, since := c.Fault()
	held := p.OnHold != nil && set.HoldPauses
	heldFor := HeldBack
	if p.Disputed != nil && set.PauseAfter > 0 {
		held, heldFor = true, disputedPause
	} else if p.Leaving != nil {
		held, heldFor = true, p.Leaving.Why
	}
	switch {
	case p.canPause() && why != "" && set.PauseAfter > 0:
		lasts := max(0, t.Now.Sub(since))
		began := t.Today().Add(-lasts)
		if lasts >= set.PauseAfter || isOver(t, p) && began.Before(*p.Deadline) {
			pause(t, p, why, began)
		}
	case p.canPause() && held:
		if !isOver(t, p) {
			pause(t, p, heldFor, t.Today())
		}
	case p.Paused == nil || p.awaitsNotice() && t.Today().Before(*p.Paused.Until):
	case p.Paused.Until != nil: // its time begins, and stands still at once where nobody can collect it
		resume(t, p)
		if p, _ = Parcels.Get(t.State, p.ID); why == "" && held {
			why = heldFor
		}
		if why != "" {
			pause(t, p, why, t.Today())
		}
	case why != "" || held:
	case p.Paused.Reason == StationOff && visit.CalendarNow.Read(t.State).Lost:
		// how long the station was off is known when the clock is believed again
	default:
		resume(t, p)
	}
}

func pause(t *visit.Turn, p Parcel, why string, since time.Time) {
	t.Emit(&ClockPaused{of(p), p.Compartment, why, since.Round(0).UTC(), nil})
}

// resume moves the deadline by the time paused, in whole minutes begun, and leaves the
// bearer some time in any case.
func resume(t *visit.Turn, p Parcel) {
	paused := max(0, t.Today().Sub(p.Paused.Since))
	minutes := int64((paused + time.Minute - 1) / time.Minute)
	deadline := p.Deadline.Add(time.Duration(minutes) * time.Minute)
	set := settings(t.Policy)
	least := t.Today().Add(set.ResumeGrace)
	if p.Paused.Reason == NotTold {
		least = deadline // nothing was taken from anybody
	}
	if !set.Hours.Always() { // as much open time is left as there was
		left := set.Hours.Add(t.Today(), set.Hours.Between(p.Paused.Since, *p.Deadline))
		least = latest(least, left)
	}
	deadline = latest(deadline, least).Round(0).UTC()
	t.Emit(&ClockResumed{of(p), p.Paused.Reason, minutes, deadline})
}

func latest(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// reviewAll reviews all doors.
func reviewAll(t *visit.Turn) {
	for _, n := range wall.Compartments.Keys(t.State) {
		if c, _ := wall.Compartments.Get(t.State, n); c.Parcel != "" {
			review(t, c)
		}
	}
}

// reviewTouched reviews the doors that a command was about.
func reviewTouched(t *visit.Turn) {
	for _, f := range t.Facts { // those that review adds change nothing about doors and holds
		number, ofDoor := strings.CutPrefix(f.Subject(), "compartments/")
		switch f := f.(type) {
		case *ParcelHeld:
			number, ofDoor = f.Compartment, true
		case *ParcelRedirected:
			number, ofDoor = f.Compartment, true
		case *ParcelRecalled:
			number, ofDoor = f.Compartment, true
		case *ParcelStays:
			number, ofDoor = f.Compartment, true
		case *ParcelReleased:
			number, ofDoor = f.Compartment, true
		case *ParcelStored:
			beginTime(t, f.ParcelID)
			number, ofDoor = f.Compartment, true
		case *RecipientNotified:
			number, ofDoor = f.Compartment, true
		case *PickupAborted:
			number, ofDoor = f.Compartment, true
		case *ParcelDisputed:
			number, ofDoor = f.Compartment, true
		case *DisputeEnded:
			number, ofDoor = f.Compartment, true
		}
		if !ofDoor {
			continue
		}
		if c, ok := wall.Compartments.Get(t.State, number); ok && c.Parcel != "" {
			review(t, c)
		}
	}
}

// nextPause is when a fault has lasted so long that it counts.
func nextPause(s *ledger.State, env visit.Env) (next time.Time) {
	after := settings(env.Policy).PauseAfter
	if after <= 0 {
		return next
	}
	for _, c := range wall.Faults.Until(s, env.Now) { // the longest first
		if p, ok := Parcels.Get(s, c.Parcel); ok && p.Compartment == c.Number && p.canPause() {
			_, since := c.Fault()
			return since.Add(after)
		}
	}
	return next
}

// stoodStill pauses the clocks of what was behind doors while the core did not run. The
// doors' first readings let them go on. Where the clock was lost over a boot, nobody knows
// yet how long that was.
func stoodStill(t *visit.Turn, _ bool) {
	after, was, now := settings(t.Policy).PauseAfter, t.Kept, visit.CalendarNow.Read(t.State)
	unknown := now.Lost && was.Boot != now.Boot
	if after <= 0 || was.At.IsZero() || !unknown && t.Today().Sub(was.At) < after {
		return
	}
	moved := map[string]bool{} // a corrected calendar has given them that time
	for _, f := range t.Facts {
		if f, ok := f.(*DeadlineMoved); ok {
			moved[f.ParcelID] = true
		}
	}
	for _, n := range wall.Compartments.Keys(t.State) {
		c, _ := wall.Compartments.Get(t.State, n)
		p, ok := Parcels.Get(t.State, c.Parcel)
		if ok && p.canPause() && !moved[p.ID] && was.At.Before(*p.Deadline) {
			pause(t, p, StationOff, was.At)
		}
	}
}
