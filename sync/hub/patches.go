package hub

import (
	"context"
	"strings"

	"cubby/locker/ledger"
	"cubby/locker/orders"
	"cubby/locker/parcel"
	api "cubby/sync/api/orders"
	"cubby/sync/db"
	"cubby/sync/protocol"
)

// A Merge merges a patch into a document: as it is checked, in which members that go are
// null, and as it is kept.
type Merge func(document []byte) (checked, kept []byte, err error)

// PatchParcel announces a parcel anew, as it was announced here last and with a patch. All
// of it is one transaction: nothing that others say at the same moment is lost.
func (h *Hub) PatchParcel(
	ctx context.Context, by, station, id string, merge Merge, cond ledger.Condition,
) error {
	err := h.act(ctx, by, "parcel.announced", "stations/"+station+"/parcels/"+id, "", func(tx *db.Tx) error {
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
		if err := cond.Check("parcel", c.Rev, true); err != nil {
			return err
		}
		if parcel.State(c.State).Final() {
			return ledger.Refuse(ledger.Conflict, c.State+"-already", "the parcel is %s already", c.State)
		}
		var sealed []byte
		err = tx.QueryRow("SELECT sealed FROM announcements WHERE station = ? AND id = ?", station,
			id).Scan(&sealed)
		if isNone(err) || err == nil && sealed == nil {
			return ledger.Refuse(ledger.Conflict, "not-announced-here",
				"the parcel was announced at the station itself; change it there")
		}
		if err != nil {
			return err
		}
		document, err := h.vault.unseal(sealed)
		if err != nil {
			return err
		}
		checked, kept, err := merge(document)
		if err != nil {
			return err
		}
		a, err := readAnnouncement(id, checked)
		if err != nil {
			return err
		}
		return h.announce(tx, &c, by, a, kept)
	})
	return h.toldIf(err)
}

// userPrefix begins the names by which users of the console do things.
const userPrefix = "user:"

// announce tells a station of a parcel, and keeps whether it is held, and who has announced
// it. Where several have, it is nobody's: its code opens no other parcel's door then.
func (h *Hub) announce(tx *db.Tx, c *custody, by string, a parcel.Announcement, text []byte) error {
	if strings.HasPrefix(by, userPrefix) {
		by = userPrefix // all who sit at the console are one client
	}
	c.Contact = a.Recipient != nil && (a.Recipient.Email != "" || a.Recipient.Phone != "")
	doc, err := h.docOf(tx, c.Station, c.ID)
	switch known := len(doc.Announcement) > 0; {
	case err != nil:
		return err
	case !known:
		doc.Client = by
	case doc.Client != by:
		doc.Client = ""
	}
	doc.Announcement = text
	if err := h.keepContact(tx, c.Station, c.ID, a); err != nil {
		return err
	}
	return h.tellParcel(tx, c, doc, false, false)
}

// PatchOrder puts an order anew, as it was put last and with a patch, in one transaction.
func (h *Hub) PatchOrder(ctx context.Context, by, id string, merge Merge, cond ledger.Condition) error {
	err := h.act(ctx, by, "order put", "orders/"+id, "", func(tx *db.Tx) error {
		b, err := h.loadOrder(tx, id)
		if err != nil {
			return err
		}
		if b == nil || !orders.ValidID(id) {
			return refuseUnknown("order")
		}
		if err := cond.Check("order", b.Rev, true); err != nil {
			return err
		}
		checked, kept, err := merge(b.body)
		if err != nil {
			return err
		}
		o, _, err := api.ReadOrder(checked)
		if err != nil {
			return err
		}
		o.ID = id
		return h.putOrder(tx, o, kept, nil)
	})
	return h.toldIf(err)
}

// ChangeStation renames a station, or says where it is; nil leaves what is.
func (h *Hub) ChangeStation(ctx context.Context, by, station string, name, address *string) error {
	detail := ""
	if name != nil {
		if err := checkText(*name, "name", 1, maxStationName); err != nil {
			return err
		}
		detail = *name
	}
	if address != nil {
		if err := checkText(*address, "address", 0, maxAddress); err != nil {
			return err
		}
	}
	err := h.act(ctx, by, "station.changed", "stations/"+station, detail, func(tx *db.Tx) error {
		if err := h.mustStation(tx, station); err != nil {
			return err
		}
		if address != nil {
			if _, err := tx.Exec("UPDATE stations SET address = ? WHERE id = ?", *address, station); err != nil {
				return err
			}
		}
		if name == nil {
			return nil
		}
		if _, err := tx.Exec("UPDATE stations SET name = ? WHERE id = ?", *name, station); err != nil {
			return err
		}
		_, err := h.Tell(tx, station, protocol.Settings, "station", protocol.SettingsDoc{Name: *name})
		return err
	})
	return h.toldIf(err)
}
