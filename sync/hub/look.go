package hub

import (
	"context"

	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/sync/db"
)

var noContact = ledger.Refuse(ledger.NotFound, "no-contact", "no contact of this parcel is kept here")

// ShowContact is the one look at who gets a parcel that somebody may take; it is noted.
func (h *Hub) ShowContact(ctx context.Context, by, station, id, reason string) (who parcel.Recipient, err error) {
	if err := checkText(reason, "reason", 1, maxReason); err != nil {
		return who, err
	}
	subject := "stations/" + station + "/parcels/" + id
	err = h.act(ctx, by, "parcel.contact_shown", subject, reason, func(tx *db.Tx) error {
		a, err := h.announcementOf(tx, station, id)
		if err != nil {
			return err
		}
		if a == nil || a.Recipient == nil {
			return noContact
		}
		who = *a.Recipient
		return nil
	})
	return who, err
}
