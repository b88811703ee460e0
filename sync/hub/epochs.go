package hub

import (
	"context"
	"fmt"

	"cubby/locker/ledger"
	"cubby/sync/db"
	"cubby/sync/protocol"
)

// noteEpoch keeps that an epoch began.
func (h *Hub) noteEpoch(tx *db.Tx, l line) error {
	_, err := tx.Exec("INSERT INTO epochs (station, epoch, through, begun) VALUES (?, ?, ?, ?) "+
		"ON CONFLICT (station, epoch) DO NOTHING", l.station, l.epoch, l.through, millis(h.now()))
	return err
}

// BeginEpoch begins another run of a station's sequences behind the last fact that both
// have. What the hub has behind that stays: it did happen, and the station has lost it
// with its database. An epoch that was left before and comes back is a sign of two
// stations with one key.
func (h *Hub) BeginEpoch(
	ctx context.Context,
	station string,
	e protocol.Epoch,
) (mark protocol.Mark, err error) {
	if e.Epoch == "" || len(e.Epoch) > maxEpoch || !clean(e.Epoch) || e.After < 0 {
		return mark, ledger.Refuse(
			ledger.Invalid,
			"epoch",
			"name the epoch, and the last fact that both have",
		)
	}
	err = h.db.Write(ctx, func(tx *db.Tx) error {
		l, err := h.line(tx, station)
		if err != nil {
			return err
		}
		if l.epoch == e.Epoch && l.through == e.After {
			mark = h.mark(l) // it is what was asked for before
			return nil
		}
		most, before := l.through, int64(0)
		err = tx.QueryRow("SELECT through FROM epochs WHERE station = ? AND epoch = ?", station, e.Epoch).
			Scan(&before)
		back := err == nil && l.epoch != e.Epoch
		if err != nil && !isNone(err) {
			return err
		}
		if most = max(most, before); e.After > most && l.epoch != "" {
			return &GapError{
				"gap",
				fmt.Sprintf("the hub has no fact behind %d; begin at or before it", most),
				h.mark(l),
			}
		}
		var lost int64
		if err := tx.QueryRow("SELECT count(*) FROM facts WHERE station = ? AND epoch = ? AND sequence > ?",
			station, l.epoch, e.After).Scan(&lost); err != nil {
			return err
		}
		now := millis(h.now())
		if back {
			if _, err := tx.Exec("UPDATE stations SET flips = flips + 1, flipped = ? WHERE id = ?", now, station); err != nil {
				return err
			}
		}
		if lost > 0 {
			if _, err := tx.Exec("UPDATE stations SET lost = ?, lost_at = ? WHERE id = ?", lost, now, station); err != nil {
				return err
			}
		}
		h.log.Warn(
			"a station begins another epoch",
			"station",
			station,
			"after",
			e.After,
			"lost",
			lost,
			"again",
			back,
		)
		l.epoch, l.through, l.lastID = e.Epoch, e.After, ""
		err = tx.QueryRow("SELECT id FROM facts WHERE station = ? AND sequence = ? ORDER BY n DESC LIMIT 1",
			station, e.After).Scan(&l.lastID)
		if err != nil && !isNone(err) {
			return err
		}
		if err := h.noteEpoch(tx, l); err != nil {
			return err
		}
		mark = h.mark(l)
		return h.advance(tx, l)
	})
	return mark, err
}
