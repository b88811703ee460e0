package hub

import (
	"encoding/json"

	"cubby/locker/parcel"
	"cubby/sync/db"
)

// renameParcel follows a parcel that a courier had brought and that goes on under the id
// it was announced by: what is known of it moves, and there is one of it. Whoever is to be
// told of it is told now, since nobody knew whose it was when it was stored.
func (h *Hub) renameParcel(tx *db.Tx, e Event, d parcelData) error {
	if !usable(d.Was, maxID) || d.Was == d.ID {
		return badData(e, "was")
	}
	was, err := custodyOf(tx, e.Station, d.Was)
	if err != nil && !isNone(err) {
		return err
	}
	is, err := custodyOf(tx, e.Station, d.ID)
	if err != nil && !isNone(err) {
		return err
	}
	if was.State != "" {
		was.Contact, was.Message, was.told, was.Refused = is.Contact, is.Message, is.told, is.Refused
		was.Rev, was.ID = max(was.Rev, is.Rev), d.ID
		is = was
	}
	d.Labels = nil
	is.says(d)
	is.now = millis(e.Happened)
	if err := is.save(tx); err != nil {
		return err
	}
	for _, q := range []struct {
		query string
		args  []any
	}{
		// two have codes only where a station says what cannot be; the renamed one's is kept
		{
			"DELETE FROM codes WHERE station = ? AND parcel = ? AND EXISTS (SELECT 1 FROM codes c " +
				"WHERE c.station = ? AND c.parcel = ?)", []any{e.Station, d.ID, e.Station, d.Was},
		},
		{"UPDATE codes SET parcel = ? WHERE station = ? AND parcel = ?", []any{d.ID, e.Station, d.Was}},
		{"UPDATE doors SET parcel = ? WHERE station = ? AND parcel = ?", []any{d.ID, e.Station, d.Was}},
		{"UPDATE tokens SET used_for = ? WHERE station = ? AND used_for = ?", []any{d.ID, e.Station, d.Was}},
		{"DELETE FROM parcels WHERE station = ? AND id = ?", []any{e.Station, d.Was}},
	} {
		if _, err := tx.Exec(q.query, q.args...); err != nil {
			return err
		}
	}
	if parcel.State(is.State).Final() {
		ended := e
		ended.Type = "parcel.collected" // some time ago
		return h.forgetEnded(tx, ended)
	}
	if is.State != string(parcel.Stored) {
		return nil
	}
	return h.tellStored(tx, e, is)
}

// tellStored tells the recipient of a parcel that is behind a door, as if it had been
// stored now.
func (h *Hub) tellStored(tx *db.Tx, e Event, c custody) error {
	code, pin, err := h.codeOf(tx, c.Station, c.ID)
	if err != nil || code == "" {
		return err
	}
	told := map[string]any{
		"parcel_id": c.ID, "order_id": c.OrderID, "compartment": c.Door, "deadline": moment(c.deadline),
	}
	if len(pin) == parcel.ShortPIN {
		told["pin_form"] = parcel.SixDigitsAndPhone
	}
	data, err := json.Marshal(told)
	if err != nil {
		return err
	}
	e.Type, e.Data, e.Code, e.PIN = "parcel.stored", data, code, pin
	return projectMessages(h, tx, e)
}
