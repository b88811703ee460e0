package hub

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"cubby/locker/health"
	"cubby/locker/ledger"
	"cubby/locker/view"
	"cubby/sync/db"
	"cubby/sync/protocol"
)

// Mark is how far the hub has a station's facts.
func (h *Hub) Mark(ctx context.Context, station string) (protocol.Mark, error) {
	l := line{station: station}
	err := h.db.QueryRow(ctx, "SELECT epoch, last_id, through FROM stations WHERE id = ? AND removed = 0",
		station).Scan(&l.epoch, &l.lastID, &l.through)
	if isNone(err) {
		return protocol.Mark{}, refuseUnknown("station")
	}
	return h.mark(l), err
}

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
func (h *Hub) BeginEpoch(ctx context.Context, station string, e protocol.Epoch) (mark protocol.Mark, err error) {
	if e.Epoch == "" || len(e.Epoch) > maxEpoch || !clean(e.Epoch) || e.After < 0 {
		return mark, ledger.Refuse(ledger.Invalid, "epoch", "name the epoch, and the last fact that both have")
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
		err = tx.QueryRow("SELECT through FROM epochs WHERE station = ? AND epoch = ?", station, e.Epoch).Scan(&before)
		back := err == nil && l.epoch != e.Epoch
		if err != nil && !isNone(err) {
			return err
		}
		if most = max(most, before); e.After > most && l.epoch != "" {
			return &GapError{"gap", fmt.Sprintf("the hub has no fact behind %d; begin at or before it", most), h.mark(l)}
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
		h.log.Warn("a station begins another epoch", "station", station, "after", e.After, "lost", lost, "again", back)
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

// Everything a cursor is made of: the database, the run of a hub in which it was given
// out, and how far it was.
const cursorParts = 4

func (h *Hub) cursor(run string, seq int64) string {
	text := h.id + "." + run + "." + strconv.FormatInt(seq, 10)
	return base64.RawURLEncoding.EncodeToString([]byte(text + "." + h.vault.hash("cursor", text)[:16]))
}

// newest is the sequence of the newest change.
func newest(read func(string, ...any) *sql.Row) (seq int64, err error) {
	err = read("SELECT value FROM counters WHERE name = 'changes'").Scan(&seq)
	if isNone(err) {
		err = nil
	}
	return seq, err
}

// A head is where the changes are: the run that goes on, the newest one, and the newest
// tombstone that is kept no longer.
type head struct {
	run           string
	newest, since int64
	dropped       int64
}

func (h *Hub) head(ctx context.Context) (at head, err error) {
	read := func(query string, args ...any) *sql.Row { return h.db.QueryRow(ctx, query, args...) }
	if err = read("SELECT dropped FROM hub").Scan(&at.dropped); err != nil {
		return at, err
	}
	if err = read("SELECT id, since FROM runs ORDER BY n DESC LIMIT 1").Scan(&at.run, &at.since); err != nil {
		return at, err
	}
	at.newest, err = newest(read)
	return at, err
}

var takeSnapshot = ledger.Refuse(ledger.Gone, "take-a-snapshot",
	"the changes from there on are not kept any more; take a snapshot and go on behind it")

// position reads a cursor; an empty one is before the first change.
func (h *Hub) position(ctx context.Context, cursor string, at head) (seq int64, err error) {
	if cursor != "" {
		text, err := base64.RawURLEncoding.DecodeString(cursor)
		parts := strings.Split(string(text), ".")
		if err != nil || len(parts) != cursorParts || parts[0] != h.id ||
			h.vault.hash("cursor", strings.Join(parts[:3], "."))[:16] != parts[3] {
			return 0, takeSnapshot
		}
		if seq, err = strconv.ParseInt(parts[2], 10, 64); err != nil || seq > at.newest {
			return 0, takeSnapshot
		}
		// How far the cursor's run went here: to where the next one began.
		var n int64
		err = h.db.QueryRow(ctx, "SELECT n FROM runs WHERE id = ?", parts[1]).Scan(&n)
		if isNone(err) {
			return 0, takeSnapshot
		}
		if err != nil {
			return 0, err
		}
		var ended int64
		err = h.db.QueryRow(ctx, "SELECT since FROM runs WHERE n > ? ORDER BY n LIMIT 1", n).Scan(&ended)
		if err != nil && !isNone(err) {
			return 0, err
		}
		if err == nil && seq > ended {
			return 0, takeSnapshot
		}
	}
	if seq < at.dropped {
		return 0, takeSnapshot
	}
	return seq, nil
}

// Changes reads what changed for a station behind a cursor, the oldest first.
func (h *Hub) Changes(ctx context.Context, station, cursor string, limit int) (p protocol.Page, err error) {
	if p.Mark, err = h.Mark(ctx, station); err != nil {
		return p, err
	}
	at, err := h.head(ctx)
	if err != nil {
		return p, err
	}
	seq, err := h.position(ctx, cursor, at)
	if err != nil {
		return p, err
	}
	if limit <= 0 || limit > protocol.MaxChanges {
		limit = protocol.MaxChanges
	}
	all, err := h.changesBehind(ctx, station, seq, limit+1)
	if err != nil {
		return p, err
	}
	last := at.newest
	if p.More = len(all) > limit; p.More {
		all = all[:limit]
		last = all[limit-1].seq
	} else if len(all) > 0 {
		last = max(last, all[len(all)-1].seq)
	}
	p.Changes = make([]protocol.Change, len(all))
	for i, c := range all {
		p.Changes[i] = c.Change
	}
	p.Next = h.cursor(at.run, last)
	if at, err = h.head(ctx); err == nil && seq < at.dropped { // while they were read
		err = takeSnapshot
	}
	return p, err
}

type told struct {
	seq int64
	protocol.Change
}

func (h *Hub) changesBehind(ctx context.Context, station string, seq int64, limit int) ([]told, error) {
	r, err := h.db.Query(ctx, "SELECT seq, collection, id, rev, deleted, sealed FROM changes "+
		"WHERE station IN ('', ?) AND seq > ? ORDER BY seq LIMIT ?", station, seq, limit)
	return rows(r, err, func(r *sql.Rows) (t told, err error) {
		var collection, id string
		var rev, deleted int64
		var sealed []byte
		if err := r.Scan(&t.seq, &collection, &id, &rev, &deleted, &sealed); err != nil {
			return t, err
		}
		t.Change, err = h.change(collection, id, rev, deleted, sealed)
		return t, err
	})
}

// Digest compares what both believe to be behind a station's doors. What differs is a
// trouble until a later one agrees.
func (h *Hub) Digest(ctx context.Context, station string, d protocol.Digest) (answer protocol.Digested, err error) {
	var custody []protocol.Custody
	err = h.db.Write(ctx, func(tx *db.Tx) error {
		l, err := h.line(tx, station)
		if err != nil {
			return err
		}
		if d.Through != l.through {
			return ledger.Refuse(ledger.Conflict, "not-at-that-fact",
				"the hub has the station's facts up to %d, not %d: push what is waiting, then compare", l.through, d.Through)
		}
		r, err := tx.Query("SELECT id, state, door FROM parcels WHERE station = ? AND door <> '' AND state IN ("+
			quoted(protocol.OpenStates)+")", station)
		custody, err = rows(r, err, func(r *sql.Rows) (c protocol.Custody, err error) {
			err = r.Scan(&c.ID, &c.State, &c.Door)
			return c, err
		})
		if err != nil {
			return err
		}
		answer.Count, answer.SHA256 = protocol.Sum(custody)
		answer.Agrees = answer.Count == d.Count && answer.SHA256 == strings.ToLower(d.SHA256)
		drift, at := "", int64(0)
		if !answer.Agrees {
			drift, at = fmt.Sprintf("the station counts %d parcels behind its doors, the centre %d", d.Count,
				answer.Count), millis(h.now())
			if d.Count == answer.Count {
				drift = fmt.Sprintf("station and centre both count %d parcels behind its doors, but not the same", d.Count)
			}
		}
		_, err = tx.Exec("UPDATE stations SET drift = ?, agreed = CASE WHEN ? = 1 THEN ? ELSE agreed END, "+
			"drift_at = CASE WHEN ? = 1 THEN 0 WHEN drift_at = 0 THEN ? ELSE drift_at END WHERE id = ?",
			drift, flag(answer.Agrees), millis(h.now()), flag(answer.Agrees), at, station)
		return err
	})
	if err == nil && !answer.Agrees {
		h.log.Warn("a station and the hub differ", "station", station, "there", d.Count, "here", answer.Count)
		answer.Custody = custody
	}
	return answer, err
}

// quoted writes words of ours for an IN.
func quoted(words []string) string { return "'" + strings.Join(words, "', '") + "'" }

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
		return ledger.Refuse(ledger.Invalid, "health", "the status of the devices cannot be read").At("/health")
	}
	for _, text := range append([]string{a.ID, a.Name, a.Version, a.Zone}, a.Languages...) {
		if len(text) > maxName || !clean(text) {
			return ledger.Refuse(ledger.Invalid, "about", "what the station says of itself is too long, or no text")
		}
	}
	return h.db.Write(ctx, func(tx *db.Tx) error { return h.about(tx, station, a, wall, told, devices.Devices) })
}

func (h *Hub) about(
	tx *db.Tx, station string, a protocol.About, wall *view.Wall, told bool, devices []health.Device,
) error {
	if _, err := h.line(tx, station); err != nil {
		return err
	}
	languages := strings.Join(a.Languages, ",")
	if _, err := tx.Exec("UPDATE stations SET site = ?, version = ?, zone = ?, languages = ?, waiting = ?, oldest = ?, "+
		"seen = ? WHERE id = ?", a.ID, a.Version, a.Zone, languages, a.Outbox.Waiting, millisOf(a.Outbox.Oldest),
		millis(h.now()), station); err != nil {
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
	r, err := tx.Query("SELECT number FROM doors WHERE station = ? AND allocation = 'free' AND parcel = ''", station)
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
	_, err := tx.Exec("INSERT INTO devices (station, name, kind, state, severity, detail, title, to_do, since) "+
		"VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (station, name) DO UPDATE SET kind = excluded.kind, "+
		"state = excluded.state, severity = excluded.severity, detail = excluded.detail, title = excluded.title, "+
		"to_do = excluded.to_do, since = CASE WHEN devices.state = excluded.state THEN devices.since ELSE "+
		"excluded.since END",
		station, d.Name, d.Kind, d.State, string(d.Severity), d.Detail, d.Title, d.ToDo, millis(d.Since))
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

// seenEvery is how often it is written down that a station was heard of.
const seenEvery = 15 * time.Second

// Seen notes that a request of a station came in.
func (h *Hub) Seen(station string) {
	now := h.now()
	if !h.seen.due(station, now) {
		return
	}
	err := h.db.Write(context.Background(), func(tx *db.Tx) error {
		_, err := tx.Exec("UPDATE stations SET seen = ? WHERE id = ?", millis(now), station)
		return err
	})
	if err != nil {
		h.log.Error("note that a station was seen", "station", station, "err", err)
	}
}

func sha(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
