package hub

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"cubby/locker/ledger"
	"cubby/locker/view"
	"cubby/sync/db"
	"cubby/sync/protocol"
)

// LineScope is the scope of a station's key; no person's key may have it.
const LineScope = "line"

// invitedFor is how long an invitation is good for, once.
const invitedFor = 24 * time.Hour

// stationColumns are what scanStation reads.
const stationColumns = `s.id, s.name, s.site, s.address, s.latitude, s.longitude, s.version, s.zone, s.languages,
	s.wall, s.joined, s.seen, s.removed, s.epoch, s.through, s.through_at, s.waiting, s.oldest,
	(SELECT count(*) FROM doors d WHERE d.station = s.id),
	(SELECT count(*) FROM doors d WHERE d.station = s.id AND d.allocation = 'free'),
	(SELECT count(*) FROM doors d WHERE d.station = s.id AND d.allocation IN ('reserved', 'soft_reserved')),
	(SELECT count(*) FROM doors d WHERE d.station = s.id AND d.allocation IN ('occupied', 'for_sale')),
	(SELECT count(*) FROM doors d WHERE d.station = s.id AND d.allocation IN ('quarantine', 'out_of_service')),
	(SELECT count(*) FROM parcels p WHERE p.station = s.id AND p.door <> '')`

func scanStation(r interface{ Scan(...any) error }) (s Station, err error) {
	var latitude, longitude sql.NullFloat64
	var languages string
	var wall []byte
	var joined, seen, removed, throughAt, oldest int64
	d := &s.Doors
	if err = r.Scan(&s.ID, &s.Name, &s.Site, &s.Address, &latitude, &longitude, &s.Version, &s.Zone, &languages,
		&wall, &joined, &seen, &removed, &s.Epoch, &s.Through, &throughAt, &s.Waiting, &oldest,
		&d.Total, &d.Free, &d.Reserved, &d.Occupied, &d.Blocked, &s.Parcels); err != nil {
		return s, err
	}
	if latitude.Valid && longitude.Valid {
		s.Latitude, s.Longitude = &latitude.Float64, &longitude.Float64
	}
	if languages != "" {
		s.Languages = strings.Split(languages, ",")
	}
	if len(wall) > 0 {
		s.Wall = new(view.Wall)
		if err := json.Unmarshal(wall, s.Wall); err != nil {
			return s, err
		}
	}
	s.Joined, s.LastSeen, s.SeenUpTo = moment(joined), moment(seen), moment(throughAt)
	s.Removed, s.OldestWaiting = removed != 0, maybe(oldest)
	return s, nil
}

// Stations reads all stations by their names; those removed come last.
func (h *Hub) Stations(ctx context.Context) ([]Station, error) {
	r, err := h.db.Query(ctx, "SELECT "+stationColumns+" FROM stations s ORDER BY s.removed, s.name, s.id")
	all, err := rows(r, err, func(r *sql.Rows) (Station, error) { return scanStation(r) })
	if err != nil {
		return nil, err
	}
	troubles, err := h.Troubles(ctx, "")
	for _, t := range troubles {
		for i := range all {
			if all[i].ID == t.Station {
				all[i].Troubles++
			}
		}
	}
	return all, err
}

// Station reads one.
func (h *Hub) Station(ctx context.Context, id string) (Station, error) {
	s, err := scanStation(h.db.QueryRow(ctx, "SELECT "+stationColumns+" FROM stations s WHERE s.id = ?", id))
	if isNone(err) {
		return s, refuseUnknown("station")
	}
	if err != nil {
		return s, err
	}
	troubles, err := h.Troubles(ctx, id)
	s.Troubles = len(troubles)
	return s, err
}

// mustStation refuses when there is no such station, or it was removed.
func (h *Hub) mustStation(tx *db.Tx, id string) error {
	_, err := h.line(tx, id)
	return err
}

// Longest texts, in characters.
const (
	maxStationName = 60
	maxAddress     = 200
)

func checkText(text, member string, least, most int) error {
	if n := utf8.RuneCountInString(text); n < least || n > most || !clean(text) {
		return ledger.Refuse(ledger.Invalid, "bad-text", "the %s has %d characters: %d to %d, all printable",
			member, n, least, most).At("/" + member)
	}
	return nil
}

func checkPlace(latitude, longitude *float64) error {
	if (latitude == nil) != (longitude == nil) {
		return ledger.Refuse(ledger.Invalid, "half-a-place", "give latitude and longitude, or neither").
			At("/latitude")
	}
	if latitude != nil && !(*latitude >= -90 && *latitude <= 90 && *longitude >= -180 && *longitude <= 180) {
		return ledger.Refuse(ledger.Invalid, "no-such-place",
			"the latitude is -90 to 90 degrees, the longitude -180 to 180").At("/latitude")
	}
	return nil
}

func degrees(f *float64) any {
	if f == nil {
		return nil
	}
	return *f
}

// Invite makes a station that is to join, and the invitation with which it does.
func (h *Hub) Invite(
	ctx context.Context, by, name, address string, latitude, longitude *float64,
) (s Station, invitation string, err error) {
	for _, err := range []error{
		checkText(name, "name", 1, maxStationName), checkText(address, "address", 0, maxAddress),
		checkPlace(latitude, longitude),
	} {
		if err != nil {
			return s, "", err
		}
	}
	var b [5]byte
	rand.Read(b[:])
	s.ID = "s-" + strings.ToLower(letters.EncodeToString(b[:]))
	code := newInvitation()
	err = h.act(ctx, by, "station.invited", "stations/"+s.ID, name, func(tx *db.Tx) error {
		_, err := tx.Exec(
			"INSERT INTO stations (id, name, address, latitude, longitude, invitation, invited_until) "+
				"VALUES (?, ?, ?, ?, ?, ?, ?)",
			s.ID,
			name,
			address,
			degrees(latitude),
			degrees(longitude),
			h.vault.hash("invitation", plainCode(code)),
			millis(h.now().Add(invitedFor)),
		)
		return err
	})
	if err != nil {
		return s, "", err
	}
	s, err = h.Station(ctx, s.ID)
	return s, h.invitation(code), err
}

// Rekey invites a station that has joined to do so again. Its key goes on working until
// then.
func (h *Hub) Rekey(ctx context.Context, by, station string) (invitation string, err error) {
	code := newInvitation()
	err = h.act(ctx, by, "station.rekeyed", "stations/"+station, "", func(tx *db.Tx) error {
		if err := h.mustStation(tx, station); err != nil {
			return err
		}
		_, err := tx.Exec("UPDATE stations SET invitation = ?, invited_until = ? WHERE id = ?",
			h.vault.hash("invitation", plainCode(code)), millis(h.now().Add(invitedFor)), station)
		return err
	})
	return h.invitation(code), err
}

// Rename gives a station another name; it shows it as soon as it is told.
func (h *Hub) Rename(ctx context.Context, by, station, name string) error {
	if err := checkText(name, "name", 1, maxStationName); err != nil {
		return err
	}
	err := h.act(ctx, by, "station.renamed", "stations/"+station, name, func(tx *db.Tx) error {
		if err := h.mustStation(tx, station); err != nil {
			return err
		}
		if _, err := tx.Exec("UPDATE stations SET name = ? WHERE id = ?", name, station); err != nil {
			return err
		}
		if _, err := h.Tell(tx, station, protocol.Settings, "station",
			protocol.SettingsDoc{Name: name}); err != nil {
			return err
		}
		return h.tellName(tx, station, false)
	})
	return h.toldIf(err)
}

// toldIf wakes the stations when what they are told was committed.
func (h *Hub) toldIf(err error) error {
	if err == nil {
		h.told.happen()
	}
	return err
}

// Place says where a station is.
func (h *Hub) Place(ctx context.Context, by, station, address string, latitude, longitude *float64) error {
	if err := checkText(address, "address", 0, maxAddress); err != nil {
		return err
	}
	if err := checkPlace(latitude, longitude); err != nil {
		return err
	}
	return h.toldIf(h.act(ctx, by, "station.placed", "stations/"+station, address, func(tx *db.Tx) error {
		if err := h.mustStation(tx, station); err != nil {
			return err
		}
		_, err := tx.Exec("UPDATE stations SET address = ?, latitude = ?, longitude = ? WHERE id = ?",
			address, degrees(latitude), degrees(longitude), station)
		if err != nil {
			return err
		}
		return h.tellName(tx, station, false)
	}))
}

// Remove ends a station's part in the centre: its key is refused from now on. What it has
// told stays readable.
func (h *Hub) Remove(ctx context.Context, by, station string) error {
	return h.toldIf(h.act(ctx, by, "station.removed", "stations/"+station, "", func(tx *db.Tx) error {
		if err := h.mustStation(tx, station); err != nil {
			return err
		}
		now := millis(h.now())
		if _, err := tx.Exec("UPDATE keys SET revoked = ? WHERE station = ? AND revoked = 0", now,
			station); err != nil {
			return err
		}
		if _, err := h.Tell(tx, Everywhere, protocol.Stations, station, nil); err != nil {
			return err
		}
		for _, query := range []string{
			"DELETE FROM changes WHERE station = ?", "DELETE FROM codes WHERE station = ?",
			"DELETE FROM announcements WHERE station = ?",
			"UPDATE parcels SET contact = 0 WHERE station = ?",
			"UPDATE stations SET removed = 1, invitation = '' WHERE id = ?",
		} {
			if _, err := tx.Exec(query, station); err != nil {
				return err
			}
		}
		return nil
	}))
}
