package locker

import (
	"cubby/locker/door"
	"cubby/locker/ledger"
	"cubby/locker/view"
)

// A Command is something that came in: a touch, a scan, a door that moved, a
// REST call, the passing of time.
type Command interface{ decide(t *turn) error }

// Decide works out what a command leads to. It changes nothing: the caller
// commits the Decision and then carries out its Orders, or drops it. The error
// is a *Refusal.
func Decide(source ledger.Source, c Command, env Env) (Decision, error) {
	t := newTurn(source, env)
	if err := c.decide(t); err != nil {
		return Decision{}, err
	}
	t.VisitID = t.visit.ID
	t.everyVisit(t.dismiss)
	t.eraseAtOnce()
	return t.finish(), nil
}

type (
	// Announce tells of a parcel, or tells it anew.
	Announce struct {
		ID           string
		Announcement Announcement
		Condition    Condition
		Outcome      *Outcome // set when not nil
		Now          *Parcel  // set to the parcel as it is afterwards when not nil
	}
	// Cancel ends a parcel that is not inside.
	Cancel struct {
		ID        string
		Condition Condition
		Now       *Parcel // set to the parcel as it is afterwards when not nil
	}
	// RestoreDoor returns a compartment to use: somebody has looked, it is empty
	// and sound. An expired parcel that was in it is with staff from then on.
	RestoreDoor struct{ Compartment, Reason string }
	// TakeOutOfService withdraws a compartment from deposits.
	TakeOutOfService struct{ Compartment, Reason string }

	// Present is a scan. Exactly what was scanned is not known here: only the
	// hashes it would have as a code and as a badge or card, and its text if it
	// could be a label (empty otherwise).
	Present struct {
		CodeHash, BadgeHash string // empty: it has not the form of one
		Label               string
		Presented           string // "code", "badge", "card", "label", "misread", "unreadable": for the log
	}
	// TypePIN is a PIN from the pad, as the hashes it would have as a
	// customer's and as a courier's.
	TypePIN struct {
		Visit                string
		Step                 view.Step // of the page it was typed on; empty: whichever is shown
		PINHash, CourierHash string
	}
	// Do is any other action of the screen.
	Do struct{ view.Action }

	// SeeDoor is a reading of a door sensor.
	SeeDoor struct{ door.Seen }
	// EndOpening is the outcome of an order.
	EndOpening struct{ door.Ended }
	// ChangeDevice is a device whose condition changed.
	ChangeDevice struct{ Device, Condition, Detail, Kind, Severity string }
	// EndPrint is the outcome of a PrintOrder.
	EndPrint struct {
		Job, Parcel string
		Result      PrintResult
	}

	// Tick is the passing of time; see NextTick.
	Tick struct{}
	// Start begins a run of the core.
	Start struct{ Boot, Version string }

	// AcceptClock is staff vouching for the machine's clock, which is not believed.
	AcceptClock struct{}

	// AddCourier and the following manage who may come in.
	AddCourier    struct{ Record CourierRecord }
	RemoveCourier struct{ ID string }
	AddKey        struct{ Record KeyRecord }
	RevokeKey     struct{ Name string }
)

func (c ChangeDevice) decide(t *turn) error {
	t.emit(&DeviceChanged{Device: c.Device, Condition: c.Condition, Detail: c.Detail, Kind: c.Kind, Severity: c.Severity})
	return nil
}

func (c AddCourier) decide(t *turn) error {
	if err := CheckText(c.Record.Name, 100, "courier-name", "/name"); err != nil {
		return err
	}
	if other, taken := t.courier(c.Record.CardHash); taken {
		return Refuse(Conflict, "card-in-use", "this card belongs to courier %s; remove him first, or take another card", other.ID).At("/card")
	}
	t.emit(&CourierAdded{ID: c.Record.ID, Name: c.Record.Name, At: t.Now, Hashes: CourierHashes{c.Record.BadgeHash, c.Record.PINHash, c.Record.CardHash}})
	return nil
}

func (c RemoveCourier) decide(t *turn) error {
	r, ok := t.Courier(c.ID)
	if !ok {
		return Refuse(NotFound, "no-such-courier", "there is no courier with this id")
	}
	if !r.Removed {
		t.emit(&CourierRemoved{ID: c.ID})
	}
	return nil
}

func (c AddKey) decide(t *turn) error {
	if k, ok := t.Key(c.Record.Name); ok && !k.Revoked {
		return Refuse(Conflict, "key-exists", "a key named %q exists; revoke it first or choose another name", c.Record.Name).At("/name")
	}
	t.emit(&KeyAdded{Name: c.Record.Name, Scopes: c.Record.Scopes, ReadsOnly: c.Record.ReadsOnly, At: t.Now, Hash: KeyHash{c.Record.SHA256}})
	return nil
}

func (c RevokeKey) decide(t *turn) error {
	k, ok := t.Key(c.Name)
	if !ok {
		return Refuse(NotFound, "no-such-key", "there is no key named %q", c.Name)
	}
	if !k.Revoked {
		t.emit(&KeyRevoked{Name: c.Name})
	}
	return nil
}
