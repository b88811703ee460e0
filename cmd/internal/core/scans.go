package core

import (
	"context"
	"slices"

	"cubby/hardware"
	"cubby/locker"
	"cubby/locker/label"
	"cubby/locker/secret"
	"cubby/locker/station"
)

// scanned hands over what a reader has read. That a symbol holds GS1 elements, or
// characters of its own, is known to the reader alone, so it is told with them; a
// pickup code has no such symbol and is handed over bare.
func scanned(s *station.Station, scan hardware.Scan) {
	if scan.Zeros && !scan.Card && secret.IsSecret(scan.Data) {
		scan.Data = append(slices.Clip(scan.Data), 0) // which makes it another text; in a label zero bytes are noise
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

// AddCourier reads the card's number as the badge reader will.
func (s staff) AddCourier(ctx context.Context, name, card string) (locker.CourierSecrets, error) {
	var uid []byte
	if card != "" {
		if s.badge.Port == "" {
			return locker.CourierSecrets{}, locker.Refuse(locker.Invalid, "no-badge-reader", "this station has no badge reader; describe it under [badge] in its configuration first").At("/card")
		}
		var err error
		if uid, err = s.badge.Card(card); err != nil {
			return locker.CourierSecrets{}, locker.Refuse(locker.Invalid, "card", "%v", err).At("/card")
		}
	}
	return s.Station.AddCourier(ctx, name, uid, socketActor)
}
