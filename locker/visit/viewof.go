package visit

import (
	"cmp"
	"slices"
	"time"

	"cubby/locker/door"
	"cubby/locker/ledger"
	"cubby/locker/view"
	"cubby/locker/wall"
)

// ViewOf works out what the screen shows now. The caller adds what only it
// knows: Rev, Station, Wall, and the code of a receipt.
func (r *Rules) ViewOf(source ledger.Source, env Env) view.View {
	s := ledger.NewState(source)
	v, _ := Visits.Get(s, cmp.Or(env.Terminal, Kiosk))
	out := view.View{
		Terminal: env.Terminal, Visit: v.ID, Step: v.Step, Reason: v.Reason, Language: v.Language,
		Languages:   env.Policy.Languages,
		Actions:     r.offered(s, v, env),
		TimeoutInMs: millis(v.TimeoutAt, env.Now),
		WarnInMs:    millis(v.WarnAt, env.Now),
		RetryInMs:   millis(v.RetryAt, env.Now),
		GoesOnInMs:  millis(v.GoesOnAt, env.Now),
		Extensions:  env.Policy.MaxExtensions - v.Extensions,
		LargeText:   v.Large,
	}
	if out.Step == "" {
		out.Step = view.StepIdle
	}
	if out.Language == "" {
		out.Language = env.Policy.Languages[0]
	}
	for _, room := range r.rooms {
		if room.Adds != nil {
			room.Adds(s, v, &out)
		}
	}
	row := r.Page(v)
	if row.Shows != nil {
		row.Shows(s, v, &out)
	}
	if row.Draws != nil {
		row.Draws(s, v, env, &out)
	}
	if out.Idle != nil {
		out.Idle.Desk = env.AtDesk()
	}
	showHelp(s, v, env, &out)
	if out.Kind == "" { // a room without a payload of its own
		out.Kind = view.Kind(v.Kind)
		out.Plain = &view.AtDoor{Door: v.Compartment, OpenDoor: v.OpenDoor, LeftOpen: v.LeftOpen}
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
func notices(s *ledger.State) (n []view.Notice, openDoor string) {
	unknown, depositable := 0, false
	for _, c := range wall.Compartments.All(s) {
		if c.Door == door.Unknown {
			unknown++
		}
		depositable = depositable || c.Offerable()
		if c.Door == door.Open && c.LeftOpen && openDoor == "" {
			openDoor = c.Number
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
