package visit

import (
	"cmp"
	"slices"
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

	// Mark is a keyed hash of a text of some kind; nil where nothing is decided.
	Mark func(kind, text string) string
	// Centre reports whether somebody reads the feed for the centre.
	Centre bool
	// FromCentre reports whether the centre that the station has joined has told it of a
	// thing: then that centre alone can agree for it. nil: it has joined none.
	FromCentre func(s *ledger.State, collection, id string) bool
	// Full: no deposit begins, because what the centre has not seen has no room for more.
	Full bool

	Prints   bool // a printer works at the terminal
	CanPrint bool // a printer works, and there is a receipt to print
}

// AtDesk reports whether the command was given at a desk.
func (e Env) AtDesk() bool { return slices.Contains(e.Policy.Desks, e.Terminal) }

// A Secret is a code with its PIN, made before it is needed so that deciding stays
// pure. Code and PINs are in clear and must not be kept.
type Secret struct {
	Code, PIN         string
	CodeHash, PINHash string // hexadecimal

	Short, ShortHash string // a PIN of six digits; empty where the policy gives none
	Rotating         string // base32: the key of the tails of the code
}

// A Decision is what a command leads to.
type Decision struct {
	Facts   []ledger.Fact
	Effects []ledger.Effect // to be carried out after the commit, never before
	// Heard is how the page answers a scan for some seconds; empty: there was none, or
	// another page is the answer.
	Heard   view.Heard
	Changes ledger.Changes
	VisitID string // of who is here afterwards; empty when nobody is
	Actor   string // who was there by name, before or afterwards; empty: nobody who is named
}

// EffectsOf picks the effects of one kind.
func EffectsOf[E ledger.Effect](d Decision) (all []E) {
	for _, e := range d.Effects {
		if e, ok := e.(E); ok {
			all = append(all, e)
		}
	}
	return all
}

// A Turn is one command being decided. Every fact is applied as soon as it is
// emitted, so that later rules of the same command see it; nothing reaches the
// source below until the caller merges the Decision.
type Turn struct {
	*ledger.State // what is committed, and what this and the commands before it have decided
	Env
	Decision
	Visit Visit // working copy of the visit attended to; ID empty when nobody is there

	Kept calendar.Calendar // in Start: as an earlier run of the core has last kept it

	rules    *Rules
	terminal string // whose visit is attended to
	before   Visit
}

func (r *Rules) newTurn(source ledger.Source, env Env) *Turn {
	t := &Turn{State: ledger.NewState(source), Env: env, rules: r}
	t.takeUp(cmp.Or(env.Terminal, Kiosk))
	return t
}

// Emit records a fact and applies it.
func (t *Turn) Emit(f ledger.Fact) {
	t.Facts = append(t.Facts, f)
	f.Apply(t.State, t.Now)
}

// Order asks for something to be done after the commit.
func (t *Turn) Order(e ledger.Effect) { t.Effects = append(t.Effects, e) }

// finish writes down where the visit is now, and hands over what was decided.
func (t *Turn) finish() Decision {
	t.putDown()
	t.Decision.Changes = t.State.Changes()
	return t.Decision
}

// Begin makes sure that there is a visit of this kind.
func (t *Turn) Begin(kind Kind) {
	switch {
	case t.Visit.ID == "" || t.Visit.Kind != kind && t.Visit.Kind != Arrived:
		t.BeginAnew(kind)
	case t.Visit.Kind != kind:
		t.Visit.Kind = kind
		t.Emit(&Started{Visit: t.Visit.ID, Kind: kind})
	}
}

// BeginAnew begins another visit. Nothing stays of the one before, not even the
// language: whoever comes next need not be able to read it.
func (t *Turn) BeginAnew(kind Kind) {
	t.End("finished")
	t.Visit = Visit{ID: t.NewID(), Kind: kind, Actor: Somebody, Started: t.Now}
	if t.terminal != Kiosk {
		t.Visit.Terminal = t.terminal
	}
	t.Emit(&Started{Visit: t.Visit.ID, Kind: kind})
}

// End closes the visit; the next view is the idle page.
func (t *Turn) End(outcome string) {
	if t.Visit.ID == "" {
		return
	}
	if t.Page().LeavesOpen {
		outcome = "left_open"
		t.leaveOpen()
	}
	t.Emit(&Ended{Visit: t.Visit.ID, Kind: t.Visit.Kind, Step: t.Visit.Step, Outcome: outcome})
	t.Visit = Visit{}
}

// Leave closes the visit of somebody who goes away, wherever the visit is. An open door
// is left to staff.
func (t *Turn) Leave(outcome string) {
	t.leaveOpen()
	t.End(outcome)
}

// Finish closes a visit that is complete, or that its person has ended.
func (t *Turn) Finish() { t.End("finished") }
