package hub

import (
	"context"
	"errors"
	"sync"
	"time"

	"cubby/locker/ledger"
	"cubby/sync/db"
)

// writeEvery is how often Ping is worth a write: anybody may ask for it.
const writeEvery = 10 * time.Second

// pushesAgain is how long a push that could not be stored counts: its station has tried
// again by then.
const pushesAgain = 2 * time.Minute

// wrote is what became of the last write of Ping, and of the last push. On a full disk
// little may find room that much does not.
type wrote struct {
	mu           sync.Mutex
	at, pushedAt time.Time
	err, pushed  error
}

// push notes what became of one.
func (w *wrote) push(err error, now time.Time) {
	if _, refused := errors.AsType[*ledger.Refusal](err); refused {
		return
	}
	if _, gap := errors.AsType[*GapError](err); gap {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pushedAt, w.pushed = now, err
}

// Ping reports whether the database answers and can be written: on a full disk it is read
// as ever, and nothing is taken in.
func (h *Hub) Ping(ctx context.Context) error {
	var n int
	if err := h.db.QueryRow(ctx, "SELECT 1").Scan(&n); err != nil {
		return err
	}
	h.wrote.mu.Lock()
	defer h.wrote.mu.Unlock()
	if since := h.now().Sub(h.wrote.at); since < 0 || since >= writeEvery {
		err := h.db.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec("UPDATE hub SET dropped = dropped")
			return err
		})
		if ctx.Err() != nil {
			return err // whoever asked went away: that says nothing of the disk
		}
		h.wrote.at, h.wrote.err = h.now(), err
	}
	if since := h.now().Sub(h.wrote.pushedAt); h.wrote.pushed != nil && since >= 0 && since < pushesAgain {
		return h.wrote.pushed
	}
	return h.wrote.err
}
