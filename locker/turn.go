package locker

import (
	"cmp"
	"time"

	"cubby/locker/calendar"
	"cubby/locker/ledger"
	"cubby/locker/view"
)

// Env is what a decision may use of the outside: values, no I/O.
type Env struct {
	Now    time.Time        // with its monotonic reading
	Clock  calendar.Reading // what the calendar follows; announcing and cancelling do without
	Policy Policy
	// Terminal is where the command was given; empty: at the kiosk, or nowhere.
	Terminal string
	Fresh    *Secret       // for a deposit that completes; used at most once
	NewID    func() string // unguessable ids: visits, openings

	CanPrint bool // a printer works, and there is a receipt to print
}

// turn is one command being decided. Every fact is applied as soon as it is
// emitted, so that later rules of the same command see it; nothing reaches the
// source below until the caller merges the Decision.
type turn struct {
	World
	Env
	Decision
	terminal string // whose visit is attended to
	visit    Visit  // working copy of it; ID empty when nobody is here
	before   Visit
}

func newTurn(source ledger.Source, env Env) *turn {
	t := &turn{World: NewWorld(source), Env: env}
	t.takeUp(cmp.Or(env.Terminal, Kiosk))
	return t
}

// emit records a fact and applies it.
func (t *turn) emit(f Fact) {
	t.Facts = append(t.Facts, f)
	f.Apply(t.state, t.Now)
}

// finish writes down where the visit is now, and hands over what was decided.
func (t *turn) finish() Decision {
	t.putDown()
	t.Decision.Changes = t.state.Changes()
	return t.Decision
}

// underWay returns the opening of a compartment that still waits for something.
func (t *turn) underWay(compartment string) (Opening, bool) {
	for _, o := range t.OpeningsOf(compartment) {
		if o.UnderWay() {
			return o, true
		}
	}
	return Opening{}, false
}

// begin makes sure that there is a visit of this kind.
func (t *turn) begin(kind VisitKind) {
	switch {
	case t.visit.ID == "" || t.visit.Kind != kind && t.visit.Kind != Arrived:
		t.beginAnew(kind)
	case t.visit.Kind != kind:
		t.visit.Kind = kind
		t.emit(&VisitStarted{Visit: t.visit.ID, Kind: kind})
	}
}

// beginAnew begins another visit. Nothing stays of the one before, not even the
// language: whoever comes next need not be able to read it.
func (t *turn) beginAnew(kind VisitKind) {
	t.end("finished")
	t.visit = Visit{ID: t.NewID(), Kind: kind, Actor: "somebody", Started: t.Now}
	if t.terminal != Kiosk {
		t.visit.Terminal = t.terminal
	}
	t.emit(&VisitStarted{Visit: t.visit.ID, Kind: kind})
}

// end closes the visit; the next view is the idle page.
func (t *turn) end(outcome string) {
	if t.visit.ID == "" {
		return
	}
	if t.visit.Step == view.StepPickupLeft {
		outcome = "left_open"
		t.leaveOpen()
	}
	t.emit(&VisitEnded{Visit: t.visit.ID, Kind: t.visit.Kind, Step: t.visit.Step, Outcome: outcome})
	t.visit = Visit{}
}
