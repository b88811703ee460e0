package hub

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"cubby/locker/ledger"
	"cubby/sync/db"
	"cubby/sync/problem"
	"cubby/sync/protocol"
)

// GapError refuses a push that does not go on where the hub is: HTTP 409, with the mark
// from which it does. Slugs: gap, history-differs, another-epoch.
type GapError struct {
	Slug, Detail string
	Mark         protocol.Mark
}

func (e *GapError) Error() string { return e.Detail }

// A line is how far a station's facts are here.
type line struct {
	station, epoch, lastID string
	through                int64
	throughAt              int64 // when the newest fact happened, milliseconds
}

func (h *Hub) line(tx *db.Tx, station string) (l line, err error) {
	l.station = station
	err = tx.QueryRow("SELECT epoch, last_id, through, through_at FROM stations WHERE id = ? AND removed = 0",
		station).Scan(&l.epoch, &l.lastID, &l.through, &l.throughAt)
	if isNone(err) {
		return l, refuseUnknown("station")
	}
	return l, err
}

func (h *Hub) mark(l line) protocol.Mark {
	return protocol.Mark{Epoch: l.epoch, Through: l.through, LastID: l.lastID, Now: h.now().UTC()}
}

// errPoisoned: a projection refuses a fact of a batch.
var errPoisoned = errors.New("a projection refuses a fact")

// Push takes in a batch of a station's facts in their order; after is the sequence of the
// published fact before its first. What it answers is stored, and what was stored before
// is a duplicate. A fact that cannot be taken in goes to quarantine and holds up nothing.
func (h *Hub) Push(
	ctx context.Context, station, epoch string, after int64, batch []json.RawMessage,
) (protocol.Pushed, error) {
	if len(batch) > protocol.MaxBatch {
		return protocol.Pushed{}, ledger.Refuse(ledger.Invalid, "too-many",
			"at most %d facts are taken at once", protocol.MaxBatch)
	}
	if epoch == "" || len(epoch) > maxEpoch || !clean(epoch) || after < 0 {
		return protocol.Pushed{}, ledger.Refuse(ledger.Invalid, "where",
			"say in which epoch and after which sequence the facts come")
	}
	arrivals := make([]arrival, len(batch))
	for i, raw := range batch {
		arrivals[i] = read(raw)
	}
	// Facts that a projection refuses are rare: only then each is taken in by itself.
	pushed, err := h.push(ctx, station, epoch, after, arrivals, false)
	if errors.Is(err, errPoisoned) {
		pushed, err = h.push(ctx, station, epoch, after, arrivals, true)
	}
	if ctx.Err() == nil {
		h.wrote.push(err, h.now())
	}
	if err != nil {
		return protocol.Pushed{}, err
	}
	stored := false
	for i, r := range pushed.Results {
		stored = stored || r.Status != protocol.Duplicate
		if a := arrivals[i]; r.Status == protocol.Quarantined {
			h.log.Warn("fact in quarantine", "station", station, "sequence", a.Sequence, "type", a.Type)
		}
	}
	if stored {
		h.heard.happen()
		h.webhooks.Wake()
		if h.toldMore(ctx) { // what follows from facts may be for stations
			h.told.happen()
		}
	}
	return pushed, nil
}

// toldMore reports whether stations have been told something since it was asked last.
// Each of them waits for that: a push that tells nobody anything must wake none.
func (h *Hub) toldMore(ctx context.Context) bool {
	n, err := newest(func(query string, args ...any) *sql.Row { return h.db.QueryRow(ctx, query, args...) })
	return err != nil || h.newestTold.Swap(n) != n
}

func (h *Hub) push(
	ctx context.Context, station, epoch string, after int64, arrivals []arrival, careful bool,
) (pushed protocol.Pushed, err error) {
	err = h.db.Write(ctx, func(tx *db.Tx) error {
		l, err := h.line(tx, station)
		if err != nil {
			return err
		}
		if l.epoch == "" && after == 0 { // its very first facts
			l.epoch = epoch
			if err := h.noteEpoch(tx, l); err != nil {
				return err
			}
		}
		if l.epoch != epoch {
			return &GapError{
				"another-epoch",
				"the station's facts are of another epoch here; begin one",
				h.mark(l),
			}
		}
		if after > l.through {
			return &GapError{
				"gap",
				fmt.Sprintf("facts behind %d are missing; go on from there", l.through),
				h.mark(l),
			}
		}
		first, err := tx.Take("facts", int64(len(arrivals)))
		if err != nil {
			return err
		}
		results := make([]protocol.Result, 0, len(arrivals))
		var taken []*arrival
		before := after
		for i := range arrivals {
			a := &arrivals[i]
			a.N, a.Station, a.Epoch, a.Received = first+int64(i), station, epoch, h.now().UTC()
			if a.Sequence != 0 && a.Sequence <= before {
				return ledger.Refuse(ledger.Invalid, "not-in-order",
					"the facts are not in the order of their sequences at item %d", i+1)
			}
			r, err := h.take(tx, &l, a, before, careful)
			if err != nil {
				return err
			}
			if r.Status == protocol.Stored {
				taken = append(taken, a)
			}
			results = append(results, r)
			before = max(before, a.Sequence)
		}
		if err := h.post(tx, taken); err != nil {
			return err
		}
		pushed = protocol.Pushed{Mark: h.mark(l), Results: results}
		return h.advance(tx, l)
	})
	return pushed, err
}

// advance notes how far a line is.
func (h *Hub) advance(tx *db.Tx, l line) error {
	if _, err := tx.Exec("UPDATE stations SET epoch = ?, through = ?, last_id = ?, through_at = ? WHERE id = ?",
		l.epoch, l.through, l.lastID, l.throughAt, l.station); err != nil {
		return err
	}
	_, err := tx.Exec("UPDATE epochs SET through = ? WHERE station = ? AND epoch = ? AND through < ?",
		l.through, l.station, l.epoch, l.through)
	return err
}

// take takes one fact in. before is the sequence of the fact before it at the station.
func (h *Hub) take(
	tx *db.Tx, l *line, a *arrival, before int64, careful bool,
) (protocol.Result, error) {
	r := protocol.Result{ID: a.ID, Sequence: a.Sequence, Status: protocol.Stored}
	behind := a.Sequence == 0 || a.Sequence > l.through
	if a.Sequence != 0 && behind && before != l.through {
		return r, h.differs(*l, "there are other facts here in its place")
	}
	inserted := int64(0)
	if behind {
		done, err := tx.Exec(
			"INSERT INTO facts (n, station, epoch, sequence, id, type, subject, happened, "+
				"received, actor, cause, event) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "+
				"ON CONFLICT (station, id) DO NOTHING",
			a.N,
			a.Station,
			a.Epoch,
			a.Sequence,
			a.ID,
			a.Type,
			a.Subject,
			millis(a.Happened),
			millis(a.Received),
			a.Actor,
			a.Cause,
			[]byte(a.Fact.Event),
		)
		if err != nil {
			return r, err
		}
		if inserted, err = done.RowsAffected(); err != nil {
			return r, err
		}
	}
	if a.Sequence > l.through {
		l.through, l.lastID, l.throughAt = a.Sequence, a.ID, millis(a.Happened)
	}
	if inserted == 0 {
		return r, h.again(tx, *l, a, behind, &r)
	}
	problem, err := a.problem, error(nil)
	if problem == nil {
		problem, err = h.follow(tx, a, careful)
	}
	if err != nil || problem == nil {
		return r, err
	}
	r.Status, r.Problem = protocol.Quarantined, problemOf(problem)
	_, err = tx.Exec("INSERT INTO quarantine (n, problem, slug, verbatim) VALUES (?, ?, ?, ?)",
		a.N, problem.Message, problem.Slug, h.vault.seal(a.raw))
	return r, err
}

// follow has the projections follow a fact. When one refuses it, nothing of any is kept:
// with care here, otherwise by giving up the transaction.
func (h *Hub) follow(tx *db.Tx, a *arrival, careful bool) (*ledger.Refusal, error) {
	if careful {
		if _, err := tx.Exec("SAVEPOINT fact"); err != nil {
			return nil, err
		}
	}
	err := h.project(tx, a.event())
	refused, ok := errors.AsType[*ledger.Refusal](err)
	switch {
	case ok && !careful:
		return nil, errPoisoned
	case !careful:
		return nil, err
	case ok:
		if _, err := tx.Exec("ROLLBACK TO SAVEPOINT fact"); err != nil {
			return nil, err
		}
	case err != nil:
		return nil, err
	}
	_, err = tx.Exec("RELEASE SAVEPOINT fact")
	return refused, err
}

// again answers about a fact that is not new.
func (h *Hub) again(tx *db.Tx, l line, a *arrival, behind bool, r *protocol.Result) error {
	r.Status = protocol.Duplicate
	var sequence int64
	var epoch, slug, why string
	err := tx.QueryRow("SELECT f.epoch, f.sequence, coalesce(q.slug, ''), coalesce(q.problem, '') FROM facts f "+
		"LEFT JOIN quarantine q ON q.n = f.n WHERE f.station = ? AND f.id = ?", a.Station, a.ID).
		Scan(&epoch, &sequence, &slug, &why)
	if isNone(err) {
		return h.differs(l, fmt.Sprintf("another fact has sequence %d here", a.Sequence))
	}
	if err != nil {
		return err
	}
	if !behind && epoch == l.epoch && sequence != a.Sequence {
		return h.differs(l, fmt.Sprintf("that fact has sequence %d here, not %d", sequence, a.Sequence))
	}
	if behind && epoch != l.epoch { // it has that one still
		if _, err := tx.Exec("UPDATE stations SET lost = lost - 1 WHERE id = ? AND lost > 0", l.station); err != nil {
			return err
		}
	}
	if slug != "" {
		r.Status = protocol.Quarantined
		r.Problem = problemOf(&ledger.Refusal{Code: ledger.Invalid, Slug: slug, Message: why})
	}
	return nil
}

func (h *Hub) differs(l line, detail string) error {
	return &GapError{"history-differs", "the station's history is not the one it has told before: " + detail +
		"; begin another epoch", h.mark(l)}
}

func problemOf(r *ledger.Refusal) json.RawMessage {
	p, _ := problem.Of(r)
	text, err := json.Marshal(p)
	if err != nil {
		return nil
	}
	return text
}

// project has every projection follow a fact.
func (h *Hub) project(tx *db.Tx, e Event) (err error) {
	defer func() {
		if p := recover(); p != nil { // it must not hold up what comes behind
			h.log.Error("projection panicked", "station", e.Station, "type", e.Type, "panic", fmt.Sprint(p))
			err = ledger.Refuse(ledger.Invalid, "not-understood", "the hub cannot take in this fact")
		}
	}()
	for _, p := range projections {
		if err := p(h, tx, e); err != nil {
			return err
		}
	}
	return h.forgetEnded(tx, e)
}
