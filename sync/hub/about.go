package hub

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strings"

	"cubby/locker/health"
	"cubby/locker/ledger"
	"cubby/locker/view"
	"cubby/sync/db"
	"cubby/sync/protocol"
)

// maxWall and maxHealth bound what a station says of itself, in bytes.
const (
	maxWall   = 256 << 10
	maxHealth = 512 << 10
)

// About takes in what a station says of itself.
func (h *Hub) About(ctx context.Context, station string, a protocol.About) error {
	var wall *view.Wall
	if len(a.Wall) > 0 && string(a.Wall) != "null" {
		if len(a.Wall) > maxWall || json.Unmarshal(a.Wall, &wall) != nil {
			return ledger.Refuse(ledger.Invalid, "wall", "the drawing of the wall cannot be read").At("/wall")
		}
	}
	var devices struct {
		Devices []health.Device `json:"devices"`
	}
	told := len(a.Health) > 0 && string(a.Health) != "null"
	if told && (len(a.Health) > maxHealth || json.Unmarshal(a.Health, &devices) != nil) {
		return ledger.Refuse(ledger.Invalid, "health", "the status of the devices cannot be read").
			At("/health")
	}
	for _, text := range append([]string{a.ID, a.Name, a.Version, a.Zone}, a.Languages...) {
		if len(text) > maxName || !clean(text) {
			return ledger.Refuse(
				ledger.Invalid,
				"about",
				"what the station says of itself is too long, or no text",
			)
		}
	}
	return h.toldIf(h.db.Write(ctx, func(tx *db.Tx) error {
		return h.about(tx, station, a, wall, told, devices.Devices)
	}))
}

func (h *Hub) about(
	tx *db.Tx, station string, a protocol.About, wall *view.Wall, told bool, devices []health.Device,
) error {
	if _, err := h.line(tx, station); err != nil {
		return err
	}
	var version string
	if err := tx.QueryRow("SELECT version FROM stations WHERE id = ?", station).Scan(&version); err != nil {
		return err
	}
	if version != a.Version {
		if err := h.tellUnknown(tx, station); err != nil {
			return err
		}
	}
	languages := strings.Join(a.Languages, ",")
	if _, err := tx.Exec("UPDATE stations SET site = ?, version = ?, zone = ?, languages = ?, waiting = ?, "+
		"oldest = ?, seen = ? WHERE id = ?", a.ID, a.Version, a.Zone, languages, a.Outbox.Waiting,
		millisOf(a.Outbox.Oldest), millis(h.now()), station); err != nil {
		return err
	}
	if wall != nil {
		if _, err := tx.Exec("UPDATE stations SET wall = ? WHERE id = ?", []byte(a.Wall), station); err != nil {
			return err
		}
		for _, d := range wall.Doors {
			if d.Number == "" || len(d.Number) > maxID || !clean(d.Number) {
				continue
			}
			if _, err := tx.Exec("INSERT INTO doors (station, number, changed) VALUES (?, ?, ?) "+
				"ON CONFLICT (station, number) DO NOTHING", station, d.Number, millis(h.now())); err != nil {
				return err
			}
		}
		if err := h.dropDoors(tx, station, wall); err != nil {
			return err
		}
	}
	if told {
		return h.noteDevices(tx, station, devices)
	}
	return nil
}

// dropDoors forgets doors that are not on the wall any more and hold nothing.
func (h *Hub) dropDoors(tx *db.Tx, station string, wall *view.Wall) error {
	r, err := tx.Query(
		"SELECT number FROM doors WHERE station = ? AND allocation = 'free' AND parcel = ''",
		station,
	)
	numbers, err := rows(r, err, func(r *sql.Rows) (n string, err error) { err = r.Scan(&n); return n, err })
	if err != nil || len(wall.Doors) == 0 {
		return err
	}
	for _, n := range numbers {
		if !slices.ContainsFunc(wall.Doors, func(d view.Door) bool { return d.Number == n }) {
			if _, err := tx.Exec("DELETE FROM doors WHERE station = ? AND number = ?", station, n); err != nil {
				return err
			}
		}
	}
	return nil
}

// noteDevices replaces what is known of a station's devices. Doors are among them: one
// that works and has not moved since the station's start is closed, which no fact says.
func (h *Hub) noteDevices(tx *db.Tx, station string, devices []health.Device) error {
	if _, err := tx.Exec("DELETE FROM devices WHERE station = ?", station); err != nil {
		return err
	}
	for _, d := range devices {
		if number, is := strings.CutPrefix(d.Name, "door "); is && d.Kind == health.Door {
			if d.State == "working" {
				if _, err := tx.Exec("UPDATE doors SET door = 'closed' WHERE station = ? AND number = ? AND "+
					"door = 'unknown'", station, number); err != nil {
					return err
				}
			}
			continue
		}
		if err := h.noteDevice(tx, station, d); err != nil {
			return err
		}
	}
	return nil
}

func (h *Hub) noteDevice(tx *db.Tx, station string, d health.Device) error {
	for _, text := range []string{d.Name, d.Kind, d.State, string(d.Severity)} {
		if len(text) > maxName || !clean(text) {
			return nil
		}
	}
	d.Detail, d.Title, d.ToDo = short(d.Detail), short(d.Title), short(d.ToDo)
	_, err := tx.Exec(
		"INSERT INTO devices (station, name, kind, state, severity, detail, title, to_do, since) "+
			"VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (station, name) DO UPDATE SET kind = excluded.kind, "+
			"state = excluded.state, severity = excluded.severity, detail = excluded.detail, title = excluded.title, "+
			"to_do = excluded.to_do, since = CASE WHEN devices.state = excluded.state THEN devices.since ELSE "+
			"excluded.since END",
		station,
		d.Name,
		d.Kind,
		d.State,
		string(d.Severity),
		d.Detail,
		d.Title,
		d.ToDo,
		millis(d.Since),
	)
	return err
}

// maxSentence bounds a sentence of a station, in bytes.
const maxSentence = 500

// short is a text as it is shown: without what no text has, and not too long.
func short(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	if len(s) > maxSentence {
		s = strings.ToValidUTF8(s[:maxSentence], "")
	}
	return s
}

// Devices reads the status of a station's devices, what does not work first.
func (h *Hub) Devices(ctx context.Context, station string) ([]Device, error) {
	if _, err := h.Station(ctx, station); err != nil {
		return nil, err
	}
	r, err := h.db.Query(ctx, "SELECT name, state, severity, detail, title, to_do, since FROM devices "+
		"WHERE station = ? ORDER BY CASE severity WHEN 'alarm' THEN 0 WHEN 'warning' THEN 1 WHEN 'notice' THEN 2 "+
		"ELSE 3 END, name", station)
	return rows(r, err, func(r *sql.Rows) (d Device, err error) {
		d.Station = station
		var since int64
		err = r.Scan(&d.Name, &d.State, &d.Severity, &d.Detail, &d.Title, &d.WhatToDo, &since)
		d.Since = moment(since)
		return d, err
	})
}
