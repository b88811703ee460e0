package hub

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"cubby/locker/care"
	"cubby/locker/ledger"
	"cubby/sync/db"
)

// A Case is something that went wrong for a customer at a door, as its station tells of it.
type Case struct {
	Station, Number string
	Kind            string // of package care: not_mine, damaged, empty, stuck
	Parcel, OrderID string // OrderID empty: none
	Door            string
	Opened          time.Time
	Closed          *time.Time // nil: it is open
	Note            string     // of whoever has closed it
}

// A CaseFilter selects cases; empty members do not restrict. After is what the page before
// gave as next.
type CaseFilter struct {
	Station, Parcel, State, After string // State: care.Open, care.Closed
	Limit                         int
}

const caseColumns = "station, number, kind, parcel, order_id, door, opened, closed, note"

func scanCase(row interface{ Scan(...any) error }) (c Case, err error) {
	var opened, closed int64
	err = row.Scan(&c.Station, &c.Number, &c.Kind, &c.Parcel, &c.OrderID, &c.Door, &opened, &closed, &c.Note)
	c.Opened, c.Closed = moment(opened), maybe(closed)
	return c, err
}

// Cases reads a page of cases, the newest first.
func (h *Hub) Cases(ctx context.Context, f CaseFilter) (all []Case, next string, err error) {
	where, args := []string{"1 = 1"}, []any{}
	and := func(condition string, values ...any) {
		where, args = append(where, condition), append(args, values...)
	}
	for column, value := range map[string]string{"station": f.Station, "parcel": f.Parcel} {
		if !clean(value) {
			return nil, "", nil
		}
		if value != "" {
			and(column+" = ?", value)
		}
	}
	switch care.State(f.State) {
	case "":
	case care.Open:
		and("closed = 0")
	case care.Closed:
		and("closed <> 0")
	default:
		return nil, "", ledger.Refuse(ledger.Invalid, "state", "a case is open or closed").At("/state")
	}
	if f.After != "" {
		station, number, ok := strings.Cut(f.After, "/")
		last, err := h.OneCase(ctx, station, number)
		if !ok || err != nil {
			return nil, "", ledger.Refuse(ledger.Invalid, "after", "go on behind what a page before gave as next")
		}
		at := millis(last.Opened)
		and("(opened < ? OR opened = ? AND (station > ? OR station = ? AND number > ?))",
			at, at, station, station, number)
	}
	limit := page(f.Limit)
	r, err := h.db.Query(ctx, "SELECT "+caseColumns+" FROM cases WHERE "+strings.Join(where, " AND ")+
		" ORDER BY opened DESC, station, number LIMIT ?", append(args, limit+1)...)
	all, err = rows(r, err, func(r *sql.Rows) (Case, error) { return scanCase(r) })
	if err == nil && len(all) > limit {
		all = all[:limit]
		next = all[limit-1].Station + "/" + all[limit-1].Number
	}
	return all, next, err
}

// OneCase reads one.
func (h *Hub) OneCase(ctx context.Context, station, number string) (Case, error) {
	if !clean(station) || !clean(number) {
		return Case{}, refuseUnknown("case")
	}
	c, err := scanCase(h.db.QueryRow(ctx, "SELECT "+caseColumns+" FROM cases WHERE station = ? AND number = ?",
		station, number))
	if isNone(err) {
		return Case{}, refuseUnknown("case")
	}
	return c, err
}

// projectCases follows cases of customers.
func projectCases(_ *Hub, tx *db.Tx, e Event) error {
	if e.Type != "case.opened" && e.Type != "case.closed" {
		return nil
	}
	var d struct {
		Case   string `json:"case"`
		Kind   string `json:"kind"`
		Parcel string `json:"parcel_id"`
		Order  string `json:"order_id"`
		Door   string `json:"compartment"`
		Note   string `json:"note"`
	}
	if err := readData(e, &d); err != nil {
		return err
	}
	if !usable(d.Case, maxID) || e.Subject != "cases/"+d.Case {
		return badData(e, "case")
	}
	opened, closed := millis(e.Happened), int64(0)
	if e.Type == "case.closed" { // one that was opened before the station joined begins here
		closed = opened
	}
	_, err := tx.Exec("INSERT INTO cases (station, number, kind, parcel, order_id, door, opened, closed, note) "+
		"VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (station, number) DO UPDATE SET closed = excluded.closed, "+
		"note = excluded.note", e.Station, d.Case, short(d.Kind), short(d.Parcel), short(d.Order), short(d.Door),
		opened, closed, short(d.Note))
	return err
}

// caseTroubles are cases that are open.
func caseTroubles(h *Hub, ctx context.Context, station string) ([]Trouble, error) {
	where, args := of("station", station)
	r, err := h.db.Query(ctx, "SELECT "+caseColumns+" FROM cases WHERE closed = 0"+where, args...)
	return rows(r, err, func(r *sql.Rows) (t Trouble, err error) {
		c, err := scanCase(r)
		t = Trouble{
			Station: c.Station, Kind: "case", Subject: "cases/" + c.Number, Door: c.Door, Harm: harmWaits,
			Since: c.Opened, WhatToDo: "Have staff look behind the door, settle it with the customer, and close " +
				"the case at the station.",
		}
		said := map[care.Kind]string{
			care.NotMine: "what lay behind door " + c.Door + " is not theirs",
			care.Damaged: "parcel " + c.Parcel + " is damaged",
			care.Empty:   "nothing lay behind door " + c.Door,
		}[care.Kind(c.Kind)]
		t.Title = "A customer says that " + said + " (" + c.Number + ")"
		if slices.Contains([]care.Kind{care.Empty, care.NotMine}, care.Kind(c.Kind)) {
			t.Harm = harmGoods
		}
		if said == "" {
			t.Harm, t.Title = harmService, "Door "+c.Door+" did not open for its customer ("+c.Number+")"
		}
		return t, err
	})
}
