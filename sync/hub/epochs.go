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
// with its database. An epoch that was left before is over, and asking for it is a sign of
// an older copy, or of two stations with one key. Asking again for the one that is changes
// nothing.
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
	over := false
	err = h.db.Write(ctx, func(tx *db.Tx) error {
		l, err := h.line(tx, station)
		if err != nil {
			return err
		}
		mark = h.mark(l)
		if l.epoch == e.Epoch {
			return nil // it was asked for before
		}
		now := millis(h.now())
		var before int64
		err = tx.QueryRow("SELECT through FROM epochs WHERE station = ? AND epoch = ?", station, e.Epoch).
			Scan(&before)
		if over = err == nil; over {
			_, err := tx.Exec("UPDATE stations SET flips = flips + 1, flipped = ? WHERE id = ?", now, station)
			return err
		}
		if !isNone(err) {
			return err
		}
		if e.After > l.through && l.epoch != "" {
			return &GapError{
				"gap",
				fmt.Sprintf("the hub has no fact behind %d; begin at or before it", l.through),
				mark,
			}
		}
		var lost int64
		if err := tx.QueryRow("SELECT count(*) FROM facts WHERE station = ? AND epoch = ? AND sequence > ?",
			station, l.epoch, e.After).Scan(&lost); err != nil {
			return err
		}
		if lost > 0 {
			if _, err := tx.Exec("UPDATE stations SET lost = ?, lost_at = ? WHERE id = ?", lost, now,
				station); err != nil {
				return err
			}
		}
		if l.epoch != "" {
			h.log.Warn("a station begins another epoch", "station", station, "after", e.After, "lost", lost)
		}
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
	if err == nil && over {
		return mark, &GapError{"epoch-over", "this epoch is over here; begin another one", mark}
	}
	return mark, err
}
