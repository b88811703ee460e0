package hub

import (
	"context"
	"database/sql"
	"encoding/json"

	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/sync/db"
	"cubby/sync/protocol"
)

// RedirectParcel has a parcel collected at another place: parcel.Counter is the counter of
// its station, else to is the id of another station. That station is told of it when its own
// says that it goes there.
func (h *Hub) RedirectParcel(ctx context.Context, by, station, id, to, reason string) error {
	if err := checkText(reason, "reason", 0, maxReason); err != nil {
		return err
	}
	return h.changeParcel(ctx, by, "parcel.redirected", station, id, to,
		func(tx *db.Tx, c *custody, doc *protocol.ParcelDoc) (bool, error) {
			leaving := protocol.LeavingDoc{Why: parcel.ToElsewhere, To: to, Reason: reason}
			if to == parcel.Counter {
				if c.State == string(parcel.CounterHeld) {
					return false, ledger.Refuse(ledger.Conflict, "at-counter-already",
						"the parcel is at the counter already; nothing is to be done")
				}
				doc.Leaving = &leaving
				return false, noBag(c)
			}
			there, name, err := stationCalled(tx, to)
			if err != nil {
				return false, err
			}
			switch {
			case there == "":
				return false, ledger.Refuse(ledger.Invalid, "place",
					`say where it is collected instead: "counter", or the id of a station that has joined`).At("/to")
			case there == station:
				return false, ledger.Refuse(ledger.Conflict, "same-place",
					`the parcel is at this station already; redirect it to another, or to "counter"`).At("/to")
			}
			is, err := custodyOf(tx, there, id)
			if err != nil && !isNone(err) {
				return false, err
			}
			if is.State != "" && (is.Ways.From != station || parcel.State(is.State).Final()) {
				return false, ledger.Refuse(ledger.Conflict, "there-already",
					"that station knows a parcel with this id already, and it is %s; redirect it to another, or "+
						`to "counter"`, is.State).At("/to")
			}
			leaving.To, leaving.Name = there, name
			doc.Leaving = &leaving
			return false, noBag(c)
		})
}

// RecallParcel has a parcel that is at its station taken out and given back.
func (h *Hub) RecallParcel(ctx context.Context, by, station, id, reason string) error {
	if err := checkText(reason, "reason", 0, maxReason); err != nil {
		return err
	}
	return h.changeParcel(ctx, by, "parcel.recalled", station, id, reason,
		func(_ *db.Tx, c *custody, doc *protocol.ParcelDoc) (bool, error) {
			switch parcel.State(c.State) {
			case Sent, parcel.Announced, parcel.DepositFailed:
				return false, ledger.Refuse(ledger.Conflict, "not-here-yet",
					"the parcel is %s and was not brought yet; cancel it instead", c.State)
			}
			doc.Leaving = &protocol.LeavingDoc{Why: parcel.ToSender, Reason: reason}
			return false, noBag(c)
		})
}

// StayParcel ends a redirection (parcel.ToElsewhere) or a recall (parcel.ToSender) that the
// hub has ordered. Where there is none, nothing changes.
func (h *Hub) StayParcel(ctx context.Context, by, station, id, why string) error {
	return h.changeParcel(ctx, by, "parcel.stays", station, id, why,
		func(_ *db.Tx, c *custody, doc *protocol.ParcelDoc) (bool, error) {
			if l := c.Ways.Leaving; doc.Leaving == nil && l != nil && l.Why == why {
				return false, ledger.Refuse(ledger.Conflict, "not-by-centre",
					"this was ordered at the station; end it there")
			}
			if doc.Leaving != nil && doc.Leaving.Why == why {
				doc.Leaving = nil
			}
			return false, nil
		})
}

// noBag refuses bags of returns: they go to where they are graded.
func noBag(c *custody) error {
	if c.Direction == string(parcel.BroughtBack) {
		return ledger.Refuse(ledger.Conflict, "bag-of-return",
			"this is a bag of a return; its case says where it goes")
	}
	return nil
}

// stationCalled finds a station that has joined by its id here, else by the one that it has
// given itself, if no other has the same; "" where there is none.
func stationCalled(tx *db.Tx, id string) (station, name string, err error) {
	if !usable(id, maxName) {
		return "", "", nil
	}
	type found struct{ id, name string }
	r, err := tx.Query("SELECT id, name FROM stations WHERE joined <> 0 AND removed = 0 AND (id = ? OR site = ?) "+
		"ORDER BY CASE WHEN id = ? THEN 0 ELSE 1 END, id LIMIT 2", id, id, id)
	all, err := rows(r, err, func(r *sql.Rows) (f found, err error) { return f, r.Scan(&f.id, &f.name) })
	if err != nil || len(all) == 0 || len(all) > 1 && all[0].id != id {
		return "", "", err
	}
	return all[0].id, all[0].name, nil
}

// followWay does here what follows from a parcel that goes another way.
func (h *Hub) followWay(tx *db.Tx, e Event, d parcelData) error {
	switch e.Type {
	case "parcel.redirected":
		if d.To != parcel.Counter {
			if err := h.announceElsewhere(tx, e.Station, d.ID, d.To); err != nil {
				return err
			}
		}
		if !d.Final {
			return nil
		}
		if err := h.denyTokensOf(tx, e.Station, d.ID); err != nil {
			return err
		}
		e.Type = "parcel.removed" // nothing of it follows at that station
		return h.forgetEnded(tx, e)
	case "parcel.removed":
		return h.denyTokensOf(tx, e.Station, d.ID)
	case "parcel.stays":
		if d.Why == parcel.ToElsewhere {
			if err := h.cancelElsewhere(tx, e.Station, d.ID); err != nil {
				return err
			}
		}
	case "parcel.counter_held": // it is where it was to go
		var text string
		err := tx.QueryRow("SELECT leaving FROM announcements WHERE station = ? AND id = ?", e.Station, d.ID).
			Scan(&text)
		if l := readLeaving(text); err != nil || l == nil || l.To != parcel.Counter {
			if isNone(err) {
				err = nil
			}
			return err
		}
	default:
		return nil
	}
	_, err := tx.Exec("UPDATE announcements SET leaving = '' WHERE station = ? AND id = ?", e.Station, d.ID)
	return err
}

// announceElsewhere tells the station that a parcel is redirected to of it, so that it can
// be deposited there. What was announced at its station alone, the hub does not know.
func (h *Hub) announceElsewhere(tx *db.Tx, from, id, to string) error {
	there, _, err := stationCalled(tx, to)
	if err != nil || there == "" || there == from {
		return err
	}
	doc, err := h.docOf(tx, from, id)
	if err != nil || len(doc.Announcement) == 0 {
		return err
	}
	c, err := custodyOf(tx, there, id)
	if err != nil && !isNone(err) {
		return err
	}
	if c.State != "" {
		return nil // it is told of already, or was there before: a station takes no id twice
	}
	a, err := readAnnouncement(id, doc.Announcement)
	if err != nil {
		return nil // it was taken by rules that have changed since; the shop announces it anew
	}
	c.State, c.now = Sent, millis(h.now())
	c.says(parcelData{OrderID: a.OrderID, Label: label(id, a), Labels: a.Labels})
	c.Contact = a.Recipient != nil && (a.Recipient.Email != "" || a.Recipient.Phone != "")
	c.Ways = Ways{From: from}
	doc.Leaving = nil
	if err := h.keepContact(tx, there, id, a); err != nil {
		return err
	}
	return h.tellParcel(tx, &c, doc, false, true)
}

// cancelElsewhere takes back what was told of a parcel at the stations that it was redirected
// to, where it has not been brought.
func (h *Hub) cancelElsewhere(tx *db.Tx, from, id string) error {
	r, err := tx.Query("SELECT station FROM parcels WHERE id = ? AND station <> ? AND state IN (?, ?)", id,
		from, Sent,
		string(parcel.Announced))
	stations, err := rows(r, err, func(r *sql.Rows) (s string, err error) { return s, r.Scan(&s) })
	if err != nil {
		return err
	}
	for _, there := range stations {
		c, err := custodyOf(tx, there, id)
		if err != nil {
			return err
		}
		if c.Ways.From != from {
			continue
		}
		doc, err := h.docOf(tx, there, id)
		if err != nil {
			return err
		}
		if c.State == Sent {
			c.State, c.ended = string(parcel.Cancelled), millis(h.now())
		}
		if err := h.endContact(tx, there, id); err != nil {
			return err
		}
		if err := h.tellParcel(tx, &c, doc, true, true); err != nil {
			return err
		}
	}
	return nil
}

// docOf is what a station was told of a parcel last; without an announcement it was told
// nothing.
func (h *Hub) docOf(tx *db.Tx, station, id string) (doc protocol.ParcelDoc, err error) {
	var sealed []byte
	var held int64
	var leaving string
	err = tx.QueryRow("SELECT sealed, held, kind, reason, client, leaving FROM announcements WHERE station = ? AND "+
		"id = ?", station, id).Scan(&sealed, &held, &doc.Kind, &doc.Reason, &doc.Client, &leaving)
	if isNone(err) {
		return doc, nil
	}
	if err == nil && sealed != nil {
		doc.Announcement, err = h.vault.unseal(sealed)
	}
	doc.Held, doc.Leaving = held != 0, readLeaving(leaving)
	return doc, err
}

// readLeaving reads how an announcement keeps where it is to go; nil: it stays.
func readLeaving(text string) (l *protocol.LeavingDoc) {
	if text != "" {
		_ = json.Unmarshal([]byte(text), &l) // we wrote it
	}
	return l
}

func leavingText(l *protocol.LeavingDoc) (string, error) {
	if l == nil {
		return "", nil
	}
	text, err := json.Marshal(l)
	return string(text), err
}
