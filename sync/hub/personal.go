package hub

import (
	"context"
	"encoding/json"
	"strings"

	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/sync/db"
	"cubby/sync/protocol"
)

// announcementOf reads what the hub was told of a parcel's recipient, nil when nothing is
// kept.
func (h *Hub) announcementOf(tx *db.Tx, station, id string) (*parcel.Announcement, error) {
	var sealed []byte
	err := tx.QueryRow("SELECT sealed FROM announcements WHERE station = ? AND id = ?", station, id).
		Scan(&sealed)
	if isNone(err) || err == nil && sealed == nil {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	text, err := h.vault.unseal(sealed)
	if err != nil {
		return nil, err
	}
	a := new(parcel.Announcement)
	return a, json.Unmarshal(text, a)
}

// codeOf reads the pickup code of a parcel that waits; empty when there is none.
func (h *Hub) codeOf(tx *db.Tx, station, id string) (code, pin string, err error) {
	var sealed []byte
	err = tx.QueryRow("SELECT sealed FROM codes WHERE station = ? AND parcel = ?", station, id).Scan(&sealed)
	if isNone(err) {
		return "", "", nil
	}
	if err != nil {
		return "", "", err
	}
	text, err := h.vault.unseal(sealed)
	if err != nil {
		return "", "", err
	}
	var both [2]string
	err = json.Unmarshal(text, &both)
	return both[0], both[1], err
}

// ShowCode is the one look at a parcel's pickup code that somebody may take; it is noted.
func (h *Hub) ShowCode(ctx context.Context, by, station, id, reason string) (code, pin string, err error) {
	if err := checkText(reason, "reason", 1, maxReason); err != nil {
		return "", "", err
	}
	err = h.act(
		ctx,
		by,
		"parcel.code_shown",
		"stations/"+station+"/parcels/"+id,
		reason,
		func(tx *db.Tx) (err error) {
			code, pin, err = h.codeOf(tx, station, id)
			if err == nil && code == "" {
				return ledger.Refuse(ledger.NotFound, "no-code", "no code of this parcel is kept here")
			}
			return err
		},
	)
	return code, pin, err
}

// forgetEnded erases the code and the recipient of a parcel that has ended, or whose
// recipient the station was asked to erase. The change that told of it keeps its place,
// empty, so that its revisions go on.
func (h *Hub) forgetEnded(tx *db.Tx, e Event) error {
	id, is := strings.CutPrefix(e.Subject, "parcels/")
	if !is {
		return nil
	}
	switch e.Type {
	case "parcel.collected",
		"parcel.cancelled",
		"parcel.handed_over",
		"parcel.written_off",
		"parcel.removed",
		"parcel.bag_received",
		"parcel.recipient_erased",
		"parcel.deposit_failed",
		"parcel.counter_held":
	default:
		return nil
	}
	if e.Type != "parcel.recipient_erased" && e.Type != "parcel.counter_held" {
		if _, err := tx.Exec("DELETE FROM codes WHERE station = ? AND parcel = ?", e.Station, id); err != nil {
			return err
		}
	}
	if e.Type == "parcel.deposit_failed" || e.Type == "parcel.counter_held" {
		return nil
	}
	if e.Type == "parcel.recipient_erased" {
		return h.eraseRecipient(tx, e.Station, id)
	}
	for _, query := range []string{
		"DELETE FROM announcements WHERE station = ? AND id = ?",
		"UPDATE parcels SET contact = 0 WHERE station = ? AND id = ?",
		"UPDATE changes SET deleted = 1, sealed = NULL WHERE station = ? AND collection IN ('parcels', 'codes') " +
			"AND id = ?",
	} {
		if _, err := tx.Exec(query, e.Station, id); err != nil {
			return err
		}
	}
	return nil
}

// eraseRecipient takes the recipient out of what is kept of a parcel. The station is not
// told anew: it has erased them itself.
func (h *Hub) eraseRecipient(tx *db.Tx, station, id string) error {
	var sealed []byte
	err := tx.QueryRow("SELECT sealed FROM announcements WHERE station = ? AND id = ?", station, id).
		Scan(&sealed)
	if isNone(err) || err == nil && sealed == nil {
		return nil
	}
	if err != nil {
		return err
	}
	text, err := h.vault.unseal(sealed)
	if err != nil {
		return err
	}
	if text, err = withoutRecipient(text); err != nil {
		return err
	}
	var held int64
	doc := protocol.ParcelDoc{Announcement: text}
	if err := tx.QueryRow("UPDATE announcements SET sealed = ? WHERE station = ? AND id = ? "+
		"RETURNING held, reason, client",
		h.vault.seal(text), station, id).Scan(&held, &doc.Reason, &doc.Client); err != nil {
		return err
	}
	doc.Held = held != 0
	changed, err := json.Marshal(doc)
	if err != nil {
		return err
	}
	if _, err := tx.Exec("UPDATE changes SET sealed = ? WHERE station = ? AND collection = 'parcels' "+
		"AND id = ? "+
		"AND deleted = 0", h.vault.seal(changed), station, id); err != nil {
		return err
	}
	_, err = tx.Exec("UPDATE parcels SET contact = 0 WHERE station = ? AND id = ?", station, id)
	return err
}

func withoutRecipient(announcement []byte) ([]byte, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(announcement, &members); err != nil {
		return nil, err
	}
	delete(members, "recipient")
	return json.Marshal(members)
}
