package hub

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"cubby/sync/db"
)

// FactFilter selects facts; empty members do not restrict. After gives those behind a
// number, the oldest first; Before, or neither, the newest first.
type FactFilter struct {
	Station, Subject, Type string
	After, Before          int64
	Limit                  int
	Quarantined            bool // those alone
	Ascending              bool // from the beginning, also with After 0
}

// Facts reads what stations have pushed.
func (h *Hub) Facts(ctx context.Context, f FactFilter) ([]Fact, error) {
	where, args := []string{"1 = 1"}, []any{}
	and := func(condition string, value any) { where, args = append(where, condition), append(args, value) }
	for column, value := range map[string]string{"f.station": f.Station, "f.subject": f.Subject, "f.type": f.Type} {
		if !clean(value) {
			return nil, nil
		}
		if value != "" {
			and(column+" = ?", value)
		}
	}
	order := "DESC"
	if f.After > 0 || f.Ascending {
		and("f.n > ?", f.After)
		order = "ASC"
	}
	if f.Before > 0 {
		and("f.n < ?", f.Before)
	}
	join := "LEFT JOIN"
	if f.Quarantined {
		join = "JOIN"
	}
	r, err := h.db.Query(
		ctx,
		"SELECT f.n, f.station, f.epoch, f.sequence, f.id, f.type, f.subject, f.happened, "+
			"f.received, f.actor, f.cause, f.event, q.problem FROM facts f "+join+" quarantine q ON q.n = f.n WHERE "+
			strings.Join(where, " AND ")+" ORDER BY f.n "+order+" LIMIT ?",
		append(args, page(f.Limit))...)
	return rows(r, err, func(r *sql.Rows) (a Fact, err error) {
		var happened, received int64
		var event []byte
		var why sql.NullString
		err = r.Scan(
			&a.N,
			&a.Station,
			&a.Epoch,
			&a.Sequence,
			&a.ID,
			&a.Type,
			&a.Subject,
			&happened,
			&received,
			&a.Actor,
			&a.Cause,
			&event,
			&why,
		)
		a.Happened, a.Received, a.Event = moment(happened), moment(received), slices.Clone(event)
		a.Quarantined, a.Problem = why.Valid, why.String
		return a, err
	})
}

// FactsHead is the number of the newest fact, 0 when there is none.
func (h *Hub) FactsHead(ctx context.Context) (n int64, err error) {
	err = h.db.QueryRow(ctx, "SELECT coalesce(max(n), 0) FROM facts").Scan(&n)
	return n, err
}

// LookedAt notes that somebody has looked at a fact in quarantine: it is no trouble any
// more. The fact stays.
func (h *Hub) LookedAt(ctx context.Context, by string, n int64) error {
	return h.act(ctx, by, "fact.looked_at", "facts", "", func(tx *db.Tx) error {
		done, err := tx.Exec("UPDATE quarantine SET looked = 1 WHERE n = ?", n)
		if err != nil {
			return err
		}
		if count, err := done.RowsAffected(); err != nil || count == 0 {
			if err == nil {
				err = refuseUnknown("fact")
			}
			return err
		}
		return nil
	})
}
