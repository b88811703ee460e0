package core

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"cubby/hardware"
	"cubby/hardware/badge"
	"cubby/locker/label"
	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/locker/secret"
	"cubby/locker/station"
)

// scanned hands over what a reader has read. That a symbol holds GS1 elements, or
// characters of its own, is known to the reader alone, so it is told with them; a
// pickup code has no such symbol and is handed over bare.
func scanned(s *station.Station, scan hardware.Scan) {
	if scan.Zeros && !scan.Card && secret.IsSecret(scan.Data) {
		// which makes it another text; in a label zero bytes are noise
		scan.Data = append(slices.Clip(scan.Data), 0)
	}
	switch {
	case scan.Card:
		s.CardShown(scan.Terminal, scan.Data)
	case label.Matters(scan.Symbology):
		s.Scanned(scan.Terminal, slices.Concat([]byte(scan.Symbology), scan.Data))
	default:
		s.Scanned(scan.Terminal, scan.Data)
	}
}

// AddCourier reads the card's number as the badge readers will.
func (s staff) AddCourier(ctx context.Context, by people.Doer,
	name, card string) (people.CourierSecrets, error) {
	uid, err := s.card(card)
	if err != nil {
		return people.CourierSecrets{}, err
	}
	return s.Station.AddCourier(ctx, by, name, uid, by.Actor())
}

// AddEmployee reads the card's number as AddCourier does.
func (s staff) AddEmployee(ctx context.Context, by people.Doer, name string, role people.Role,
	card string) (people.EmployeeSecrets, error) {
	uid, err := s.card(card)
	if err != nil {
		return people.EmployeeSecrets{}, err
	}
	return s.Station.AddEmployee(ctx, by, name, role, uid, by.Actor())
}

// card reads a card's number as a person types it; empty: there is none.
func (s staff) card(number string) (uid []byte, err error) {
	if number == "" {
		return nil, nil
	}
	if len(s.badges) == 0 {
		return nil, ledger.Refuse(ledger.Invalid, "no-badge-reader",
			"this station has no badge reader; describe it under [badge] in its configuration first").
			At("/card")
	}
	if uid, err = readCard(s.badges, number); err != nil {
		return nil, ledger.Refuse(ledger.Invalid, "card", "%v", err).At("/card")
	}
	return uid, nil
}

// readCard reads a card's number. A card has to be the same one at every reader.
func readCard(readers []badge.Config, card string) (uid []byte, err error) {
	for i, reader := range readers {
		read, err := reader.Card(card)
		if err != nil {
			return nil, err
		}
		if i > 0 && !bytes.Equal(read, uid) {
			return nil, errors.New("the station's badge readers tell this card differently: give " +
				"them the same " +
				"format and spelling, " +
				"or type its UID with hex: in front")
		}
		uid = read
	}
	return uid, nil
}
