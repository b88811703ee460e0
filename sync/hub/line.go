package hub

import (
	"context"
	"database/sql"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"cubby/locker/ledger"
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

// Everything a cursor is made of: the database, the run of a hub in which it was given
// out, and how far it was.
const cursorParts = 4

func (h *Hub) cursor(run string, seq int64) string { return h.cursorOf("cursor", run, seq) }

func (h *Hub) cursorOf(kind, run string, seq int64) string {
	text := h.id + "." + run + "." + strconv.FormatInt(seq, 10)
	return base64.RawURLEncoding.EncodeToString([]byte(text + "." + h.vault.hash(kind, text)[:16]))
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
		var ok bool
		if seq, ok, err = h.reached(ctx, "cursor", cursor, "since", at.newest); err != nil {
			return 0, err
		}
		if !ok {
			return 0, takeSnapshot
		}
	}
	if seq < at.dropped {
		return 0, takeSnapshot
	}
	return seq, nil
}

// reached reads a cursor of a kind. It is one that can be gone on from when its run got so
// far in this database. began is the column of runs that says where one began.
func (h *Hub) reached(ctx context.Context, kind, cursor, began string, newest int64) (seq int64, ok bool, err error) {
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	parts := strings.Split(string(text), ".")
	if err != nil || len(parts) != cursorParts || parts[0] != h.id ||
		h.vault.hash(kind, strings.Join(parts[:3], "."))[:16] != parts[3] {
		return 0, false, nil
	}
	if seq, err = strconv.ParseInt(parts[2], 10, 64); err != nil || seq > newest {
		return 0, false, nil
	}
	// How far the cursor's run went here: to where the next one began.
	var n, ended int64
	err = h.db.QueryRow(ctx, "SELECT n FROM runs WHERE id = ?", parts[1]).Scan(&n)
	if isNone(err) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, err
	}
	err = h.db.QueryRow(ctx, "SELECT "+began+" FROM runs WHERE n > ? ORDER BY n LIMIT 1", n).Scan(&ended)
	if isNone(err) {
		return seq, true, nil
	}
	return seq, err == nil && seq <= ended, err
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
func (h *Hub) Digest(
	ctx context.Context,
	station string,
	d protocol.Digest,
) (answer protocol.Digested, err error) {
	var custody []protocol.Custody
	err = h.db.Write(ctx, func(tx *db.Tx) error {
		l, err := h.line(tx, station)
		if err != nil {
			return err
		}
		if d.Through != l.through {
			return ledger.Refuse(
				ledger.Conflict,
				"not-at-that-fact",
				"the hub has the station's facts up to %d, not %d: push what is waiting, then compare",
				l.through,
				d.Through,
			)
		}
		r, err := tx.Query(
			"SELECT id, state, door FROM parcels WHERE station = ? AND state <> 'collected' AND "+
				"(door <> '' OR state = 'counter_held')",
			station,
		)
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
				drift = fmt.Sprintf(
					"station and centre both count %d parcels behind its doors, but not the same",
					d.Count,
				)
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
