package hub

import (
	"context"
	"database/sql"

	"cubby/locker/parcel"
	"cubby/sync/db"
)

// A box is what the hub keeps of a door.
type box struct {
	Door
	contents         string
	forced, leftOpen bool
}

// doorTypes are the facts that say something of a door, with what they change. What each
// means is package wall's, room for room the same.
var doorTypes = map[string]func(b *box, e Event, d doorData){
	"opening.intended": func(b *box, e Event, d doorData) {
		b.Lock = "pulsing"
		switch {
		case d.Purpose == "reopen":
			b.Allocation, b.Reason = "reserved", "looked into again after a pickup"
		case d.Purpose == "inspection" && b.Allocation == "free":
			b.Allocation, b.Reason = "reserved", "staff look into it"
		case d.Purpose == "remote" && b.Allocation == "free":
			b.Allocation, b.Reason = "reserved", "the centre has it opened"
		}
	},
	"opening.ended": func(b *box, e Event, d doorData) {
		switch d.Result {
		case "confirmed_open":
			b.Lock = "fired"
		case "stuck":
			b.Lock = "jammed"
		case "refused":
			b.Lock = "idle"
		default:
			b.Lock = "unreachable"
		}
	},
	"opening.adopted":  func(b *box, e Event, d doorData) { b.Lock = "fired" },
	"opening.to_check": func(b *box, e Event, d doorData) { b.Lock = "idle" },
	"door.opened":      func(b *box, e Event, d doorData) { b.is("open") },
	"door.closed":      func(b *box, e Event, d doorData) { b.is("closed") },
	"door.forced_open": func(b *box, e Event, d doorData) { b.is("open"); b.forced = true },
	"door.alarm_cleared": func(b *box, e Event, d doorData) {
		b.forced = false
	},
	"door.unknown":   func(b *box, e Event, d doorData) { b.Door.Door = "unknown" },
	"door.left_open": func(b *box, e Event, d doorData) { b.leftOpen = true },
	"door.out_of_service": func(b *box, e Event, d doorData) {
		b.Allocation, b.Reason = "out_of_service", d.Reason
	},
	"door.restored": func(b *box, e Event, d doorData) {
		b.Allocation, b.Reason, b.Parcel, b.forced, b.Lock, b.contents = "free", "", "", false, "idle", "empty"
	},
	"stock.door_stocked": func(b *box, e Event, d doorData) {
		b.Allocation, b.Reason, b.contents = "for_sale", "", "present"
	},
	"compartment.freed": func(b *box, e Event, d doorData) {
		b.Allocation, b.Reason, b.Parcel, b.contents = "free", "", "", "empty"
	},
	"compartment.quarantined": func(b *box, e Event, d doorData) {
		b.Allocation, b.Reason, b.contents = "quarantine", d.Reason, d.Contents
	},

	"parcel.booked": func(b *box, e Event, d doorData) {
		b.Allocation, b.Reason, b.Parcel = "reserved", "", d.Parcel
	},
	"parcel.stored":     stored,
	"parcel.bag_stored": stored,
	"parcel.disputed": func(b *box, e Event, d doorData) { // it was not collected after all
		stored(b, e, d)
		b.contents = "unknown"
	},
	"parcel.deposit_failed": unbound, "parcel.collected": unbound,
	"parcel.counter_held": unbound, "parcel.written_off": unbound, "parcel.removed": unbound,
}

func stored(b *box, e Event, d doorData) {
	b.Allocation, b.Reason, b.Parcel, b.contents = "occupied", "", d.Parcel, "present"
}

func unbound(b *box, e Event, d doorData) {
	if b.Parcel == d.Parcel {
		b.Parcel = ""
	}
}

// is notes where a door was read.
func (b *box) is(state string) {
	b.Door.Door = state
	if state == "closed" {
		b.leftOpen = false
	}
	if b.Lock == "unreachable" {
		b.Lock = "idle"
	}
}

type doorData struct {
	Compartment string
	Parcel      string `json:"parcel_id"`
	Purpose     string
	Result      string
	Reason      string
	Contents    string
	State       string
}

// projectDoors follows what happens to doors.
func projectDoors(h *Hub, tx *db.Tx, e Event) error {
	if e.Type == "station.started" { // doors are unknown until they are read
		_, err := tx.Exec(
			"UPDATE doors SET door = 'unknown', lock = CASE WHEN lock IN ('pulsing', 'unreachable') "+
				"THEN 'idle' ELSE lock END WHERE station = ?",
			e.Station,
		)
		return err
	}
	change, ok := doorTypes[e.Type]
	if !ok {
		return nil
	}
	var d doorData
	if err := readData(e, &d); err != nil {
		return err
	}
	if d.Compartment == "" && (e.Type == "parcel.deposit_failed" || e.Type == "parcel.counter_held" ||
		e.Type == "parcel.written_off" || e.Type == "parcel.removed") {
		return nil // it was behind no door
	}
	if !usable(d.Compartment, maxID) {
		return badData(e, "compartment")
	}
	if e.Type == "parcel.disputed" {
		c, err := custodyOf(tx, e.Station, d.Parcel)
		if err != nil && !isNone(err) || c.State != string(parcel.Collected) || d.State != string(parcel.Stored) {
			if isNone(err) {
				err = nil
			}
			return err // its door is as it was
		}
	}
	d.Reason, d.Contents, d.Parcel = short(d.Reason), short(d.Contents), short(d.Parcel)
	var b box
	var forced, leftOpen int64
	err := tx.QueryRow("SELECT door, lock, allocation, reason, parcel, contents, forced, left_open FROM doors "+
		"WHERE station = ? AND number = ?", e.Station, d.Compartment).
		Scan(&b.Door.Door, &b.Lock, &b.Allocation, &b.Reason, &b.Parcel, &b.contents, &forced, &leftOpen)
	if isNone(err) {
		b.Door.Door, b.Lock, b.Allocation, b.contents, err = "unknown", "idle", "free", "empty", nil
	}
	if err != nil {
		return err
	}
	b.forced, b.leftOpen = forced != 0, leftOpen != 0
	change(&b, e, d)
	_, err = tx.Exec(
		"INSERT INTO doors (station, number, door, lock, allocation, reason, parcel, contents, forced, "+
			"left_open, changed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (station, number) DO "+
			"UPDATE SET "+
			"door = excluded.door, lock = excluded.lock, allocation = excluded.allocation, reason = excluded.reason, "+
			"parcel = excluded.parcel, contents = excluded.contents, forced = excluded.forced, "+
			"left_open = excluded.left_open, changed = excluded.changed",
		e.Station,
		d.Compartment,
		b.Door.Door,
		b.Lock,
		b.Allocation,
		b.Reason,
		b.Parcel,
		b.contents,
		flag(b.forced),
		flag(b.leftOpen),
		millis(e.Happened),
	)
	return err
}

// Doors reads a station's doors, in the order of their numbers.
func (h *Hub) Doors(ctx context.Context, station string) ([]Door, error) {
	if _, err := h.Station(ctx, station); err != nil {
		return nil, err
	}
	r, err := h.db.Query(
		ctx,
		"SELECT number, door, lock, allocation, reason, parcel, forced, left_open, changed "+
			"FROM doors WHERE station = ? ORDER BY length(number), number",
		station,
	)
	return rows(r, err, func(r *sql.Rows) (d Door, err error) {
		d.Station = station
		var forced, leftOpen, changed int64
		err = r.Scan(
			&d.Number,
			&d.Door,
			&d.Lock,
			&d.Allocation,
			&d.Reason,
			&d.Parcel,
			&forced,
			&leftOpen,
			&changed,
		)
		d.Changed = moment(changed)
		switch {
		case forced != 0:
			d.Trouble = "forced"
		case leftOpen != 0:
			d.Trouble = "left_open"
		case d.Lock == "jammed" || d.Lock == "unreachable":
			d.Trouble = d.Lock
		case d.Allocation == "quarantine":
			d.Trouble = "quarantine"
		}
		return d, err
	})
}
