package visit

import (
	"strings"

	"cubby/locker/door"
	"cubby/locker/ledger"
	"cubby/locker/view"
)

// A Command is something that came in: a touch, a scan, a door that moved, a
// REST call, the passing of time.
type Command interface {
	// Decide emits what follows, or refuses with a *ledger.Refusal.
	Decide(t *Turn) error
}

// StaffActor begins the actor of visits of the staff. What they do is done by name.
const StaffActor = "staff:"

// Decide works out what a command leads to. It changes nothing: the caller
// commits the Decision and then carries out its effects, or drops it. The error
// is a *ledger.Refusal.
func (r *Rules) Decide(source ledger.Source, c Command, env Env) (Decision, error) {
	t := r.newTurn(source, env)
	before := t.Visit.Actor
	if err := c.Decide(t); err != nil {
		return Decision{}, err
	}
	t.VisitID = t.Visit.ID
	for _, actor := range []string{t.Visit.Actor, before} {
		if strings.HasPrefix(actor, StaffActor) {
			t.Actor = actor
		}
	}
	for _, room := range r.rooms {
		if room.After != nil {
			room.After(t)
		}
	}
	return t.finish(), nil
}

type (
	// Present is a scan. Exactly what was scanned is not known here: only the
	// hashes it would have as a code and as a badge or card, and its text if it
	// could be a label (empty otherwise). Text is what else may name an order or a thing;
	// it is empty for what is secret, and for numbers of payment cards (CardNumber).
	Present struct {
		CodeHash, BadgeHash string // empty: it cannot be one
		Label, Text         string
		CardNumber          bool
		// "code", "token", "badge", "card", "label", "misread", "unreadable": for the log
		Presented string
		Token     *Token // what a token says, its CodeHash made of its id; nil: it is none
		Rotating  *Tail  // what stood behind a code that changes; nil: nothing
	}
	// TypePIN is a PIN from the pad, as the hashes it would have as a customer's, as a
	// courier's and as one of the staff's.
	TypePIN struct {
		Visit                           string
		Step                            view.Step // of the page it was typed on; empty: whichever is shown
		PINHash, CourierHash, StaffHash string
		Tail                            string // the last digits of a phone that were typed; in no log
	}
	// Do is any other action of the screen.
	Do struct{ view.Action }

	// SeeDoor is a reading of a door sensor.
	SeeDoor struct{ door.Seen }
	// EndOpening is the outcome of an order.
	EndOpening struct{ door.Ended }
	// ChangeDevice is a device whose condition changed.
	ChangeDevice struct{ Device, Condition, Detail, Kind, Severity string }

	// Tick is the passing of time; see NextTick.
	Tick struct{}
	// Start begins a run of the core.
	Start struct{ Boot, Version string }

	// AcceptClock is staff vouching for the machine's clock, which is not believed.
	AcceptClock struct{}
)

// Decide notes how the device does now.
func (c ChangeDevice) Decide(t *Turn) error {
	t.Emit(&DeviceChanged{
		Device: c.Device, Condition: c.Condition, Detail: c.Detail, Kind: c.Kind, Severity: c.Severity,
	})
	return nil
}
