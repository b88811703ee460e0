package hub

import (
	"cubby/sync/db"
	"cubby/sync/protocol"
)

// tellName has all stations know the name and the address of one, so that they can send
// whoever shows a code of it there. They know those that codes were made for: unless it is the
// first time, it is told only where they have heard of it.
func (h *Hub) tellName(tx *db.Tx, station string, first bool) error {
	if !first {
		var n int
		if err := tx.QueryRow("SELECT count(*) FROM changes WHERE station = ? AND collection = ? AND id = ? AND "+
			"deleted = 0", Everywhere, protocol.Stations, station).Scan(&n); err != nil || n == 0 {
			return err
		}
	}
	var doc protocol.StationDoc
	if err := tx.QueryRow("SELECT name, address FROM stations WHERE id = ?", station).
		Scan(&doc.Name, &doc.Address); err != nil {
		return err
	}
	_, err := h.Tell(tx, Everywhere, protocol.Stations, station, doc)
	return err
}
