package locker

import (
	"slices"
	"time"

	"cubby/locker/door"
	"cubby/locker/ledger"
	"cubby/locker/view"
)

// pinDigits is the length of PINs, customers' and couriers' alike.
const pinDigits = 8

// ViewOf works out what the screen shows now. The caller adds what only it
// knows: Rev, Station, Wall, and the code of a receipt.
func ViewOf(source ledger.Source, env Env) view.View {
	w := NewWorld(source)
	v, _ := w.Visit(env.Terminal)
	out := view.View{
		Terminal: env.Terminal, Visit: v.ID, Step: v.Step, Reason: v.Reason, Language: v.Language,
		Languages: env.Policy.Languages,
		Actions:   allowedActions(w, v, env),
		Door:      v.Compartment, OpenDoor: v.OpenDoor, LeftOpen: v.LeftOpen,
		Count:       v.Count,
		TimeoutInMs: millis(v.TimeoutAt, env.Now),
		WarnInMs:    millis(v.WarnAt, env.Now),
		RetryInMs:   millis(v.RetryAt, env.Now),
		Print:       v.Print,
		Extensions:  env.Policy.MaxExtensions - v.Extensions,
	}
	if out.Step == "" {
		out.Step = view.StepIdle
	}
	if out.Language == "" {
		out.Language = env.Policy.Languages[0]
	}
	if row := v.row(); row.shows != nil {
		row.shows(w, v, &out)
	}
	if p, ok := w.Parcel(v.Parcel); ok && v.Actor != "somebody" {
		out.Parcel = p.ShortRef()
		if v.Kind == CourierVisit {
			out.Parcel = p.courierRef()
		}
	}
	return out
}

func millis(at, now time.Time) int64 {
	if at.IsZero() {
		return 0
	}
	return max(1, at.Sub(now).Milliseconds())
}

// notices tells people on the idle page what does not work.
func notices(w World) (n []view.Notice, openDoor string) {
	unknown, depositable := 0, false
	for _, number := range w.Numbers() {
		c, _ := w.Compartment(number)
		if c.Door == door.Unknown {
			unknown++
		}
		depositable = depositable || c.Offerable()
		if c.Door == door.Open && c.LeftOpen && openDoor == "" {
			openDoor = number
		}
	}
	if unknown > 0 {
		n = append(n, view.NoticeSomeDoors)
	}
	if !depositable {
		n = append(n, view.NoticeNoDeposits)
	}
	if openDoor != "" {
		n = append(n, view.NoticeCloseTheDoor)
	}
	return slices.Clip(n), openDoor
}
