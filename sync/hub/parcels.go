package hub

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strings"

	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/sync/db"
	"cubby/sync/protocol"
)

// Sent is the state of a parcel that a station was told of and has not taken yet.
const Sent = "sent"

// ParcelFilter selects parcels; empty members do not restrict. Text is a part of the id,
// the order's id or a label. After is what the page before gave as next.
type ParcelFilter struct {
	Station, State, Text, After string
	Paused                      bool // those whose clock stands still
	Limit                       int
}

// shownColumns are custodyColumns with what has become of the newest message that was
// tried, or waits to be; reminders of later days come last.
var shownColumns = strings.Replace(custodyColumns, "message", "coalesce((SELECT m.state FROM messages m "+
	"WHERE m.station = parcels.station AND m.subject = 'parcels/' || parcels.id AND m.state <> 'dropped' "+
	"ORDER BY CASE WHEN m.done > 0 OR m.attempts > 0 THEN 0 ELSE 1 END, m.n DESC LIMIT 1), '')", 1)

// like is a text as a pattern of LIKE, for any spelling; the escape is "!".
func like(text string) string {
	return "%" + strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(strings.ToLower(text)) + "%"
}

// Parcels reads a page of parcels by station and id.
func (h *Hub) Parcels(ctx context.Context, f ParcelFilter) (all []Parcel, next string, err error) {
	where, args := []string{"1 = 1"}, []any{}
	and := func(condition string, values ...any) {
		where, args = append(where, condition), append(args, values...)
	}
	if f.Station != "" {
		and("station = ?", f.Station)
	}
	if f.State != "" {
		and("state = ?", f.State)
	}
	if f.Paused {
		and("paused <> ''")
	}
	if f.Text != "" {
		if !clean(f.Text) {
			return nil, "", nil
		}
		p := like(f.Text)
		and(
			"(lower(id) LIKE ? ESCAPE '!' OR lower(order_id) LIKE ? ESCAPE '!' OR lower(labels) LIKE ? ESCAPE '!')",
			p,
			p,
			p,
		)
	}
	if f.After != "" {
		station, id, ok := strings.Cut(f.After, "/")
		if !ok || !clean(f.After) {
			return nil, "", ledger.Refuse(
				ledger.Invalid,
				"after",
				"go on behind what a page before gave as next",
			)
		}
		and("(station > ? OR station = ? AND id > ?)", station, station, id)
	}
	limit := page(f.Limit)
	r, err := h.db.Query(ctx, "SELECT "+shownColumns+", station, id FROM parcels WHERE "+
		strings.Join(where, " AND ")+" ORDER BY station, id LIMIT ?", append(args, limit+1)...)
	all, err = rows(r, err, func(r *sql.Rows) (Parcel, error) {
		var c custody
		err := c.scan(r, &c.Station, &c.ID)
		return c.parcel(), err
	})
	if err == nil && len(all) > limit {
		all = all[:limit]
		next = all[limit-1].Station + "/" + all[limit-1].ID
	}
	return all, next, err
}

// Parcel reads one.
func (h *Hub) Parcel(ctx context.Context, station, id string) (Parcel, error) {
	var c custody
	err := c.scan(
		h.db.QueryRow(ctx, "SELECT "+shownColumns+", station, id FROM parcels WHERE station = ? AND id = ?",
			station, id),
		&c.Station,
		&c.ID,
	)
	if isNone(err) || !clean(station) || !clean(id) {
		return Parcel{}, refuseUnknown("parcel")
	}
	return c.parcel(), err
}

// Announce tells a station of a parcel, or tells it anew. The announcement is the body of
// PUT /v1/parcels/{id} at the station.
func (h *Hub) Announce(ctx context.Context, by, station, id string, announcement json.RawMessage) error {
	a, err := readAnnouncement(id, announcement)
	if err != nil {
		return err
	}
	err = h.act(ctx, by, "parcel.announced", "stations/"+station+"/parcels/"+id, "", func(tx *db.Tx) error {
		if err := h.mustStation(tx, station); err != nil {
			return err
		}
		c, err := custodyOf(tx, station, id)
		if err != nil && !isNone(err) {
			return err
		}
		if parcel.State(c.State).Final() && c.State != string(parcel.Cancelled) {
			return ledger.Refuse(
				ledger.Conflict,
				"ended-already",
				"the parcel was %s; announce another id",
				c.State,
			)
		}
		if c.State == "" || c.State == string(parcel.Cancelled) {
			c.State, c.ended, c.announced = Sent, 0, 0
			c.now = millis(h.now())
			c.says(parcelData{OrderID: a.OrderID, Label: label(id, a), Labels: a.Labels})
		}
		return h.announce(tx, &c, by, a, announcement)
	})
	return h.toldIf(err)
}

func label(id string, a parcel.Announcement) string {
	if a.Label == "" {
		return id
	}
	return a.Label
}

// tellParcel tells a station of a parcel as it is meant to be now, and keeps it.
func (h *Hub) tellParcel(tx *db.Tx, c *custody, doc protocol.ParcelDoc, cancelled, anew bool) error {
	var sealed []byte
	if len(doc.Announcement) > 0 {
		sealed = h.vault.seal(doc.Announcement)
	}
	leaving, err := leavingText(doc.Leaving)
	if err != nil {
		return err
	}
	if _, err := tx.Exec("INSERT INTO announcements (station, id, sealed, held, kind, reason, client, leaving, "+
		"cancelled) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (station, id) DO UPDATE SET "+
		"sealed = excluded.sealed, held = excluded.held, kind = excluded.kind, reason = excluded.reason, "+
		"client = excluded.client, leaving = excluded.leaving, cancelled = excluded.cancelled",
		c.Station, c.ID, sealed, flag(doc.Held), doc.Kind, doc.Reason, doc.Client, leaving,
		flag(cancelled)); err != nil {
		return err
	}
	var what any = doc
	if cancelled {
		what = nil
	}
	rev, err := h.tell(tx, c.Station, protocol.Parcels, c.ID, what, anew)
	if err != nil {
		return err
	}
	if rev != c.told {
		c.told, c.Refused = rev, ""
	}
	return c.save(tx)
}

// changeParcel tells a station of a parcel that is known here, changed.
func (h *Hub) changeParcel(
	ctx context.Context, by, what, station, id, detail string,
	change func(tx *db.Tx, c *custody, doc *protocol.ParcelDoc) (cancel bool, err error),
) error {
	err := h.act(ctx, by, what, "stations/"+station+"/parcels/"+id, detail, func(tx *db.Tx) error {
		if err := h.mustStation(tx, station); err != nil {
			return err
		}
		c, err := custodyOf(tx, station, id)
		if isNone(err) {
			return refuseUnknown("parcel")
		}
		if err != nil {
			return err
		}
		if parcel.State(c.State).Final() {
			return ledger.Refuse(ledger.Conflict, c.State+"-already", "the parcel is %s already", c.State)
		}
		doc, err := h.docOf(tx, station, id)
		if err != nil {
			return err
		}
		if doc.Announcement == nil {
			return ledger.Refuse(ledger.Conflict, "not-announced-here",
				"the parcel was announced at the station itself; change it there")
		}
		cancel, err := change(tx, &c, &doc)
		if err != nil {
			return err
		}
		if cancel {
			if err := h.endContact(tx, station, id); err != nil {
				return err
			}
			if err := h.denyTokensOf(tx, station, id); err != nil {
				return err
			}
		}
		return h.tellParcel(tx, &c, doc, cancel, true)
	})
	return h.toldIf(err)
}

// CancelParcel tells a station that a parcel will not come.
func (h *Hub) CancelParcel(ctx context.Context, by, station, id string) error {
	return h.changeParcel(ctx, by, "parcel.cancelled", station, id, "",
		func(_ *db.Tx, c *custody, doc *protocol.ParcelDoc) (bool, error) {
			if parcel.State(c.State).Inside() || c.State == string(parcel.Booked) {
				return false, ledger.Refuse(
					ledger.Conflict,
					"inside-already",
					"the parcel is %s at door %s; it cannot be cancelled before it has been taken out",
					c.State,
					c.Door,
				)
			}
			if c.State == Sent {
				c.State, c.ended = string(parcel.Cancelled), millis(h.now())
			}
			return true, nil
		})
}

// maxReason bounds a reason, in characters.
const maxReason = 200

// HoldParcel tells a station to keep a parcel from its bearer until it is released. The kind
// is one of parcel.HoldKinds; empty: the shop's own.
func (h *Hub) HoldParcel(ctx context.Context, by, station, id, kind, reason string) error {
	if err := checkText(reason, "reason", 0, maxReason); err != nil {
		return err
	}
	if kind != "" && !slices.Contains(parcel.HoldKinds, kind) {
		return ledger.Refuse(ledger.Invalid, "hold-kind", "the kind is one of %s",
			strings.Join(parcel.HoldKinds, ", ")).At("/kind")
	}
	return h.changeParcel(ctx, by, "parcel.held", station, id, reason,
		func(_ *db.Tx, _ *custody, doc *protocol.ParcelDoc) (bool, error) {
			doc.Held, doc.Kind, doc.Reason = true, kind, reason
			return false, nil
		})
}

// ReleaseParcel ends a hold.
func (h *Hub) ReleaseParcel(ctx context.Context, by, station, id string) error {
	return h.changeParcel(ctx, by, "parcel.released", station, id, "",
		func(_ *db.Tx, _ *custody, doc *protocol.ParcelDoc) (bool, error) {
			doc.Held, doc.Kind, doc.Reason = false, "", ""
			return false, nil
		})
}
