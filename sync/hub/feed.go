package hub

import (
	"context"

	"cubby/locker/ledger"
)

// A FedFact is a fact with the cursor behind it.
type FedFact struct {
	Fact
	Cursor string
}

// A Feed is a page of what stations have pushed, in the order of arrival, without what is
// in quarantine. Next is behind all that was looked at, also when nothing of it is shown.
type Feed struct {
	Facts []FedFact
	Next  string
}

var feedGone = ledger.Refuse(ledger.Gone, "cursor-gone",
	"this cursor is not of this hub's events: the hub was restored from a copy, or it is none; take a new one with "+
		"cursor=now first, then read all parcels, then go on with the new one; or read from the beginning, without "+
		"a cursor")

// FeedNow is the cursor behind the newest fact.
func (h *Hub) FeedNow(ctx context.Context) (string, error) {
	at, err := h.head(ctx)
	if err != nil {
		return "", err
	}
	n, err := h.FactsHead(ctx)
	return h.cursorOf("feed", at.run, n), err
}

// Feed reads up to limit facts behind a cursor; an empty one is before the first. With a
// station, those of it alone. A cursor that cannot be gone on from is refused as Gone.
func (h *Hub) Feed(ctx context.Context, cursor, station string, limit int) (f Feed, err error) {
	at, err := h.head(ctx)
	if err != nil {
		return f, err
	}
	newest, err := h.FactsHead(ctx)
	if err != nil {
		return f, err
	}
	var after int64
	if cursor != "" {
		var ok bool
		if after, ok, err = h.reached(ctx, "feed", cursor, "facts", newest); err != nil {
			return f, err
		}
		if !ok {
			return f, feedGone
		}
	}
	for {
		all, err := h.Facts(ctx, FactFilter{Station: station, After: after, Limit: limit, Ascending: true})
		if err != nil {
			return f, err
		}
		for _, one := range all {
			after = one.N
			if !one.Quarantined {
				f.Facts = append(f.Facts, FedFact{one, h.cursorOf("feed", at.run, one.N)})
			}
		}
		if len(f.Facts) > 0 || len(all) < limit {
			f.Next = h.cursorOf("feed", at.run, after)
			return f, nil
		}
	}
}

// Quarantined counts the facts that could not be taken in and nobody has looked at.
func (h *Hub) Quarantined(ctx context.Context) (n int, err error) {
	err = h.db.QueryRow(ctx, "SELECT count(*) FROM quarantine WHERE looked = 0").Scan(&n)
	return n, err
}
