package station

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"cubby/locker/calendar"
	"cubby/locker/door"
	"cubby/locker/health"
	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/secret"
	"cubby/locker/upkeep"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// Announce tells of a parcel or tells it anew; repeating it changes nothing.
func (s *Station) Announce(ctx context.Context, id string, a parcel.Announcement, cond ledger.Condition,
	actor string) (parcel.Parcel, parcel.Outcome, error) {
	c := parcel.Announce{
		ID: id, Announcement: a, Client: actor, Condition: cond, Outcome: new(parcel.Outcome),
		Now: new(parcel.Parcel),
	}
	if err := s.ask(ctx, c, actor, causeAnnouncement, false); err != nil {
		return parcel.Parcel{}, "", err // and leaves the writer what it may still write to
	}
	s.customerExpects(ctx, a.Recipient)
	return *c.Now, *c.Outcome, nil
}

// Cancel ends a parcel that is not inside; repeating it changes nothing.
func (s *Station) Cancel(ctx context.Context, id string, cond ledger.Condition,
	actor string) (parcel.Parcel, error) {
	c := parcel.Cancel{ID: id, Condition: cond, Now: new(parcel.Parcel)}
	if err := s.ask(ctx, c, actor, causeCancellation, false); err != nil {
		return parcel.Parcel{}, err
	}
	return *c.Now, nil
}

// Hold keeps a parcel from its bearer; repeating it changes nothing.
func (s *Station) Hold(ctx context.Context, by people.Doer, id, kind, reason string, cond ledger.Condition,
	actor string) (parcel.Parcel, error) {
	c := parcel.HoldParcel{By: by, ID: id, Kind: kind, Reason: reason, Condition: cond, Now: new(parcel.Parcel)}
	if err := s.ask(ctx, c, actor, causeHold, false); err != nil {
		return parcel.Parcel{}, err
	}
	return *c.Now, nil
}

// Release ends a hold; repeating it changes nothing.
func (s *Station) Release(ctx context.Context, by people.Doer, id, reason string, cond ledger.Condition,
	actor string) (parcel.Parcel, error) {
	c := parcel.ReleaseParcel{By: by, ID: id, Reason: reason, Condition: cond, Now: new(parcel.Parcel)}
	if err := s.ask(ctx, c, actor, causeRelease, false); err != nil {
		return parcel.Parcel{}, err
	}
	return *c.Now, nil
}

// ReissueCode gives a parcel another code and PIN, and ends those it had. The new ones are
// told by the feed alone, to keys that may have them.
func (s *Station) ReissueCode(ctx context.Context, by people.Doer, id, reason string, cond ledger.Condition,
	actor string) (parcel.Parcel, error) {
	c := parcel.ReissueCode{By: by, ID: id, Reason: reason, Condition: cond, Now: new(parcel.Parcel)}
	for tries := 1; ; tries++ {
		var err error
		if c.Fresh, err = s.anotherSecret(ctx); err != nil {
			return parcel.Parcel{}, err
		}
		err = s.ask(ctx, c, actor, causeCode, false)
		if err == nil {
			return *c.Now, nil
		}
		if r, ok := errors.AsType[*ledger.Refusal](err); !ok || r.Slug != parcel.PINTaken || tries == 3 {
			return parcel.Parcel{}, err
		}
	}
}

// RevokeCode ends the code and the PIN of a parcel; repeating it changes nothing.
func (s *Station) RevokeCode(ctx context.Context, by people.Doer, id, reason string, cond ledger.Condition,
	actor string) (parcel.Parcel, error) {
	c := parcel.RevokeCode{By: by, ID: id, Reason: reason, Condition: cond, Now: new(parcel.Parcel)}
	if err := s.ask(ctx, c, actor, causeCode, false); err != nil {
		return parcel.Parcel{}, err
	}
	return *c.Now, nil
}

// Restore returns a compartment to use after somebody has looked into it.
func (s *Station) Restore(ctx context.Context, by people.Doer, compartment, reason,
	actor string) (wall.Compartment, error) {
	return s.compartment(ctx, compartment, upkeep.RestoreDoor{
		By: by, Compartment: compartment, Reason: reason,
	}, actor)
}

// OutOfService withdraws a compartment from deposits.
func (s *Station) OutOfService(ctx context.Context, by people.Doer, compartment, reason,
	actor string) (wall.Compartment, error) {
	return s.compartment(ctx, compartment,
		upkeep.TakeOutOfService{By: by, Compartment: compartment, Reason: reason}, actor)
}

// EndAlarm ends the alarm of a door that was forced, and nothing else.
func (s *Station) EndAlarm(ctx context.Context, by people.Doer, compartment, reason,
	actor string) (wall.Compartment, error) {
	return s.compartment(ctx, compartment, upkeep.EndAlarm{
		By: by, Compartment: compartment, Reason: reason,
	}, actor)
}

func (s *Station) compartment(ctx context.Context, number string, c visit.Command,
	actor string) (wall.Compartment, error) {
	if err := s.ask(ctx, c, actor, causeStaff, true); err != nil {
		return wall.Compartment{}, err
	}
	all := s.Compartments()
	i := slices.IndexFunc(all, func(c wall.Compartment) bool { return c.Number == number })
	return all[i], nil // the command was accepted, so it exists
}

// Act carries out what a person did on a screen.
func (s *Station) Act(ctx context.Context, a view.Action) error {
	if !s.HasTerminal(a.Terminal) {
		return ledger.Refuse(ledger.NotFound, "no-such-terminal", "there is no terminal %q here",
			a.Terminal).At("/terminal")
	}
	if len(a.Value) > 512 {
		return ledger.Refuse(ledger.Invalid, "value", "value has at most 512 bytes").At("/value")
	}
	if a.Name != view.ActPIN {
		return s.askAt(ctx, a.Terminal, visit.Do{Action: a}, "screen", causeTouch)
	}
	// A PIN is hashed here, outside the writer, because that is slow on purpose;
	// not at all when the page would not take it.
	now := s.View(a.Terminal)
	if now.Visit != a.Visit || !a.Meant(now) || !now.Allows(view.ActPIN) {
		return ledger.Refuse(ledger.Stale, "stale-page",
			"this page is no longer shown; act on the current view")
	}
	if most := max(8, now.PINDigits()); len(a.Value) < 4 || len(a.Value) > most ||
		strings.Trim(a.Value, "0123456789") != "" {
		return ledger.Refuse(ledger.Invalid, "pin", "a PIN has 4 to %d digits", most).At("/value")
	}
	digits, tail := a.Value, ""
	switch len(digits) {
	case parcel.TailDigits: // of a phone, behind a code that was shown
		tail = digits
	case parcel.ShortPIN: // without its phone, which proves nothing, also of a parcel that has gone
		tail = "-"
	case parcel.ShortPIN + parcel.TailDigits:
		digits, tail = digits[:parcel.ShortPIN], digits[parcel.ShortPIN:]
	}
	pin := s.cfg.Keys.HashPIN(digits)
	return s.askAt(ctx, a.Terminal, visit.TypePIN{
		Visit: a.Visit, Step: a.Step, PINHash: pin.Customer, CourierHash: pin.Courier, StaffHash: pin.Staff,
		Tail: tail,
	}, "screen", causePIN)
}

// Scanned takes what the scanner of a terminal read; nil data stands for a scan
// too long to be anything of ours. The empty name is the kiosk.
func (s *Station) Scanned(terminal string, data []byte) {
	s.tellAt(terminal, s.recognise(data), "scanner", causeScan)
}

// CardShown takes the UID of a card that was held before the badge reader of a terminal.
func (s *Station) CardShown(terminal string, uid []byte) {
	s.tellAt(terminal, visit.Present{
		BadgeHash: s.cfg.Keys.HashCard(uid), Presented: "card",
	}, "badge reader", causeCard)
}

// DoorSeen takes a reading of a door sensor.
func (s *Station) DoorSeen(seen door.Seen) { s.tell(visit.SeeDoor{Seen: seen}, "hardware", "door") }

// OpeningEnded takes the outcome of an order.
func (s *Station) OpeningEnded(e door.Ended) {
	s.tell(visit.EndOpening{Ended: e}, "hardware", "opening")
}

// DeviceChanged takes the status of a device.
func (s *Station) DeviceChanged(d health.Device) {
	s.tell(visit.ChangeDevice{
		Device: d.Name, Condition: d.State, Detail: d.Detail, Kind: d.Kind, Severity: string(d.Severity),
	}, "hardware", "device")
}

// AcceptClock has deadlines follow the machine's clock again, because staff say
// that it is right. It is refused when that is not doubted.
func (s *Station) AcceptClock(ctx context.Context, actor string) (calendar.Standing, error) {
	if err := s.ask(ctx, visit.AcceptClock{}, actor, causeStaff, true); err != nil {
		return calendar.Standing{}, err
	}
	return s.Clock(), nil
}

// Clock is how the machine's clock and the station's calendar stand to each other.
func (s *Station) Clock() calendar.Standing { return s.calendar.Load().Standing(s.cfg.Clocks()) }

// AddKey makes an API key. The token is shown here and never again. No code waits for
// a client that only reads.
func (s *Station) AddKey(ctx context.Context, k people.Key, actor string) (token string, err error) {
	token, hash := secret.NewToken()
	record := people.KeyRecord{Key: k, SHA256: hash}
	return token, s.ask(ctx, people.AddKey{Record: record}, actor, causeStaff, false)
}

// RotateKey gives a key another token, which is shown here and never again. The one before
// counts on for overlap.
func (s *Station) RotateKey(ctx context.Context, name string, overlap time.Duration,
	actor string) (token string, err error) {
	token, hash := secret.NewToken()
	return token, s.ask(ctx, people.RotateKey{Name: name, SHA256: hash, Overlap: overlap}, actor,
		causeStaff, false)
}

// RevokeKey ends a key; repeating it changes nothing.
func (s *Station) RevokeKey(ctx context.Context, name, actor string) error {
	return s.ask(ctx, people.RevokeKey{Name: name}, actor, causeStaff, false)
}

// Note commits one command of a station that is not run: its site is being
// commissioned. After an error the store has to be opened again.
func (s *Station) Note(ctx context.Context, c visit.Command, actor string) error {
	r := &request{command: c, actor: actor, cause: causeCommissioning}
	if err := s.commit(ctx, []*request{r}); err != nil {
		return err
	}
	return r.err
}
