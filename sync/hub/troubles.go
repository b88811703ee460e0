package hub

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"cubby/locker/health"
	"cubby/sync/protocol"
)

// When a station is in trouble by what it does not say.
const (
	SilentAfter = 15 * time.Minute // nothing came from it
	OutboxAfter = time.Hour        // its oldest fact waits for longer
	FlippedFor  = 24 * time.Hour   // since an epoch that was left came back
	LostFor     = 7 * 24 * time.Hour
)

// How much harm is done, see Trouble.
const (
	harmDanger  = 5 // somebody may be hurt, or goods are gone
	harmGoods   = 4 // goods may be gone, or the centre does not know
	harmService = 3 // customers cannot be served
	harmWaits   = 2 // somebody waits
	harmLittle  = 1
)

// A troubleSource finds troubles of one kind; station "" is all.
type troubleSource func(h *Hub, ctx context.Context, station string) ([]Trouble, error)

// troubleSources are all. Other parts add theirs.
var troubleSources = []troubleSource{
	doorTroubles, parcelTroubles, stationTroubles, deviceTroubles, quarantineTroubles, refusalTroubles,
	messageTroubles, tradeTroubles, caseTroubles,
}

// Troubled knows of troubles; station "" is all.
type Troubled func(ctx context.Context, station string) ([]Trouble, error)

// AddTroubles has the hub show the troubles of what works with it. It is called before the
// hub serves.
func (h *Hub) AddTroubles(of Troubled) { h.others = append(h.others, of) }

// Troubles reads what somebody has to do something about, the most harmful first, and the
// oldest of those. "" is all stations.
func (h *Hub) Troubles(ctx context.Context, station string) (all []Trouble, err error) {
	if !clean(station) {
		return nil, nil
	}
	for _, find := range troubleSources {
		found, err := find(h, ctx, station)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	for _, find := range h.others {
		found, err := find(ctx, station)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	slices.SortStableFunc(all, func(a, b Trouble) int {
		return cmp.Or(
			cmp.Compare(b.Harm, a.Harm),
			a.Since.Compare(b.Since),
			cmp.Compare(a.Station, b.Station),
			cmp.Compare(a.Subject, b.Subject),
		)
	})
	return all, nil
}

// of restricts a query to a station, and to those that are not removed.
func of(column, station string) (string, []any) {
	where := " AND " + column + " IN (SELECT id FROM stations WHERE removed = 0)"
	if station == "" {
		return where, nil
	}
	return where + " AND " + column + " = ?", []any{station}
}

func doorTroubles(h *Hub, ctx context.Context, station string) ([]Trouble, error) {
	where, args := of("station", station)
	r, err := h.db.Query(
		ctx,
		"SELECT station, number, lock, allocation, reason, parcel, forced, left_open, changed "+
			"FROM doors WHERE (forced = 1 OR left_open = 1 OR lock IN ('jammed', 'unreachable') OR "+
			"allocation = 'quarantine')"+where,
		args...)
	return rows(r, err, func(r *sql.Rows) (t Trouble, err error) {
		var lock, allocation, reason, parcel string
		var forced, leftOpen, changed int64
		err = r.Scan(&t.Station, &t.Door, &lock, &allocation, &reason, &parcel, &forced, &leftOpen, &changed)
		t.Subject, t.Since = "compartments/"+t.Door, moment(changed)
		switch {
		case forced != 0:
			t.Kind, t.Harm = "forced", harmDanger
			t.Title = "Door " + t.Door + " was forced open"
			t.WhatToDo = "Send somebody to look at the door and at what lies behind it, then end its alarm there."
		case leftOpen != 0:
			t.Kind, t.Harm = "left_open", harmLittle+1
			if parcel != "" {
				t.Harm = harmGoods
			}
			t.Title = "Door " + t.Door + " stands open"
			t.WhatToDo = "Ask somebody at the station to close it; look whether its parcel is still there."
		case lock == "jammed":
			t.Kind, t.Harm = "jammed", harmService
			t.Title = "Door " + t.Door + " does not open"
			t.WhatToDo = "Send a technician; the lock was driven and the door stayed closed."
		case lock == "unreachable":
			t.Kind, t.Harm = "unreachable", harmService
			t.Title = "The board of door " + t.Door + " did not answer an opening"
			t.WhatToDo = "Look at the devices of the station: supply and line of its lock boards."
		default:
			t.Kind, t.Harm = "quarantine", harmLittle
			t.Title = "Door " + t.Door + " is kept from use: " + reason
			t.WhatToDo = "Have staff look into it and give it back to use."
		}
		return t, err
	})
}

func parcelTroubles(h *Hub, ctx context.Context, station string) ([]Trouble, error) {
	where, args := of("station", station)
	r, err := h.db.Query(
		ctx,
		"SELECT station, id, state, door, to_check, changed, ended, deadline FROM parcels "+
			"WHERE (state IN ('missing', 'expired') OR to_check = 1)"+where,
		args...)
	return rows(r, err, func(r *sql.Rows) (t Trouble, err error) {
		var id, state string
		var check, changed, ended, deadline int64
		err = r.Scan(&t.Station, &id, &state, &t.Door, &check, &changed, &ended, &deadline)
		t.Subject, t.Since = "parcels/"+id, moment(changed)
		switch {
		case state == "missing":
			t.Kind, t.Harm, t.Since = "missing", harmDanger, moment(ended)
			t.Title = "Parcel " + id + " is gone"
			t.WhatToDo = "Tell its shop and its customer; write it off, or mark it as found at the station."
		case check != 0:
			t.Kind, t.Harm = "to_check", harmGoods
			t.Title = "Nobody can say whether parcel " + id + " is still behind door " + t.Door
			t.WhatToDo = "Have staff look behind the door and say what they found."
		default:
			t.Kind, t.Harm, t.Since = "expired", harmWaits, moment(deadline)
			t.Title = "Parcel " + id + " was not collected in time"
			t.WhatToDo = "Have staff take it out of door " + t.Door + "; it goes back, or waits at the counter."
		}
		return t, err
	})
}

func stationTroubles(h *Hub, ctx context.Context, station string) (all []Trouble, err error) {
	where, args := of("id", station)
	r, err := h.db.Query(
		ctx,
		"SELECT id, name, joined, seen, waiting, oldest, flips, flipped, lost, lost_at, drift, "+
			"drift_at FROM stations WHERE joined <> 0"+where,
		args...)
	_, err = rows(r, err, func(r *sql.Rows) (none struct{}, err error) {
		var id, name, drift string
		var joined, seen, waiting, oldest, flips, flipped, lost, lostAt, driftAt int64
		if err := r.Scan(&id, &name, &joined, &seen, &waiting, &oldest, &flips, &flipped, &lost, &lostAt, &drift,
			&driftAt); err != nil {
			return none, err
		}
		now := h.now()
		add := func(kind string, harm int, since time.Time, title, todo string) {
			all = append(
				all,
				Trouble{Station: id, Kind: kind, Subject: "stations/" + id, Harm: harm, Since: since,
					Title: title, WhatToDo: todo},
			)
		}
		if last := moment(seen); now.Sub(last) > SilentAfter {
			add(
				"silent",
				harmGoods,
				last,
				name+" has not been heard of",
				"Look at its network and its power; it goes "+
					"on by itself meanwhile, and tells everything when it is back.",
			)
		} else if first := moment(oldest); waiting > 0 && now.Sub(first) > OutboxAfter {
			add("old_outbox", harmService, first, fmt.Sprintf("%s has %d facts that are not here", name, waiting),
				"It is connected and does not get on; look at the hub's log and at the station's health.")
		}
		if at := moment(flipped); flips > 0 && now.Sub(at) < FlippedFor {
			add("two_stations", harmGoods, at, "Two stations seem to use the key of "+name,
				"Find out which is the real one, end the other, and make another invitation for this one.")
		}
		if at := moment(lostAt); lost > 0 && now.Sub(at) < LostFor {
			add(
				"restored",
				harmGoods,
				at,
				fmt.Sprintf("%s was restored from a copy and has lost %d facts", name, lost),
				"Compare its doors with the parcels here, and have staff check those that differ.",
			)
		}
		if drift != "" {
			add("drift", harmGoods, moment(driftAt), name+" and the centre do not agree: "+drift,
				"Compare the parcels here with those at the station, and have staff check those that differ.")
		}
		return none, nil
	})
	return all, err
}

func deviceTroubles(h *Hub, ctx context.Context, station string) ([]Trouble, error) {
	where, args := of("station", station)
	r, err := h.db.Query(ctx, "SELECT station, name, severity, title, to_do, since FROM devices "+
		"WHERE severity IN ('warning', 'alarm')"+where, args...)
	return rows(r, err, func(r *sql.Rows) (t Trouble, err error) {
		var name, severity string
		var since int64
		err = r.Scan(&t.Station, &name, &severity, &t.Title, &t.WhatToDo, &since)
		t.Kind, t.Subject, t.Since, t.Harm = "device", "devices/"+name, moment(since), harmWaits
		if severity == string(health.Alarm) {
			t.Harm = harmGoods
		}
		if t.Title == "" {
			t.Title = name + " does not work"
		}
		return t, err
	})
}

func quarantineTroubles(h *Hub, ctx context.Context, station string) ([]Trouble, error) {
	where, args := of("f.station", station)
	r, err := h.db.Query(
		ctx,
		"SELECT f.station, f.n, f.subject, f.type, f.received, q.problem FROM quarantine q "+
			"JOIN facts f ON f.n = q.n WHERE q.looked = 0"+where+" ORDER BY q.n DESC LIMIT "+strconv.Itoa(mostPage),
		args...)
	return rows(r, err, func(r *sql.Rows) (t Trouble, err error) {
		var n, received int64
		var kind, why string
		err = r.Scan(&t.Station, &n, &t.Subject, &kind, &received, &why)
		t.Kind, t.Harm, t.Since = "quarantined", harmService, moment(received)
		if t.Subject == "" {
			t.Subject = "stations/" + t.Station
		}
		t.Title = fmt.Sprintf("A fact could not be taken in (%d, %s): %s", n, cmp.Or(kind, "no type"), why)
		t.WhatToDo = "What is shown of its subject may be wrong. Read the fact, then mark it as looked at."
		return t, err
	})
}

func refusalTroubles(h *Hub, ctx context.Context, station string) ([]Trouble, error) {
	where, args := of("station", station)
	r, err := h.db.Query(
		ctx,
		"SELECT station, collection, id, reason, at FROM refusals WHERE 1 = 1"+where,
		args...)
	return rows(r, err, func(r *sql.Rows) (t Trouble, err error) {
		var collection, id, reason string
		var at int64
		err = r.Scan(&t.Station, &collection, &id, &reason, &at)
		t.Kind, t.Subject, t.Harm, t.Since = "refused", collection+"/"+id, harmWaits, moment(at)
		t.Title = "The station did not take a change of " + strings.TrimSuffix(collection, "s") + " " + id +
			": " + reason
		if collection == protocol.Policies {
			t.Title = "The station did not take the policy of " + id + ": " + reason
		}
		t.WhatToDo = "See how it is at the station; then change it here so that it fits, or withdraw it."
		return t, err
	})
}
