package hub

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"cubby/locker/ledger"
	"cubby/sync/db"
	"cubby/sync/protocol"
)

// A StockLevel is how many of an article are where at a station.
type StockLevel struct {
	Station, SKU                             string
	OnHand, Quarantine, InTransit, Elsewhere int64 // Elsewhere: to be mended, recycled, or with the supplier
	Changed                                  time.Time
}

// StockFilter selects stock; empty members do not restrict. After is what the page before
// gave as next.
type StockFilter struct {
	Station, SKU, After string
	Limit               int
}

// Stock reads a page of stock by station and article.
func (h *Hub) Stock(ctx context.Context, f StockFilter) (all []StockLevel, next string, err error) {
	where, args := []string{"1 = 1"}, []any{}
	if !clean(f.Station + f.SKU + f.After) {
		return nil, "", nil
	}
	if f.Station != "" {
		where, args = append(where, "station = ?"), append(args, f.Station)
	}
	if f.SKU != "" {
		where, args = append(where, "sku = ?"), append(args, f.SKU)
	}
	if f.After != "" {
		station, sku, ok := strings.Cut(f.After, "/")
		if !ok {
			return nil, "", ledger.Refuse(
				ledger.Invalid,
				"after",
				"go on behind what a page before gave as next",
			)
		}
		where, args = append(
			where,
			"(station > ? OR station = ? AND sku > ?)",
		), append(
			args,
			station,
			station,
			sku,
		)
	}
	limit := page(f.Limit)
	r, err := h.db.Query(
		ctx,
		"SELECT station, sku, on_hand, quarantine, in_transit, elsewhere, changed FROM stock WHERE "+
			strings.Join(where, " AND ")+" ORDER BY station, sku LIMIT ?",
		append(args, limit+1)...)
	all, err = rows(r, err, func(r *sql.Rows) (s StockLevel, err error) {
		var changed int64
		err = r.Scan(&s.Station, &s.SKU, &s.OnHand, &s.Quarantine, &s.InTransit, &s.Elsewhere, &changed)
		s.Changed = moment(changed)
		return s, err
	})
	if err == nil && len(all) > limit {
		all = all[:limit]
		next = all[limit-1].Station + "/" + all[limit-1].SKU
	}
	return all, next, err
}

// mostOnHand bounds a level.
const mostOnHand = 1_000_000_000

// SetStock tells a station how many of an article are on hand there. What the hub shows
// changes when the station has said so.
func (h *Hub) SetStock(ctx context.Context, by, station, sku string, onHand int) error {
	if !usable(sku, 64) {
		return ledger.Refuse(ledger.Invalid, "sku", "say which article it is, in 1 to 64 characters")
	}
	if onHand < 0 || onHand > mostOnHand {
		return ledger.Refuse(ledger.Invalid, "out-of-range", "0 to %d are on hand", mostOnHand).At("/on_hand")
	}
	return h.toldIf(h.act(ctx, by, "stock.set", "stations/"+station+"/stock/"+sku, "", func(tx *db.Tx) error {
		if err := h.mustStation(tx, station); err != nil {
			return err
		}
		_, err := h.tell(tx, station, protocol.Stock, sku, protocol.StockDoc{OnHand: onHand}, true)
		return err
	}))
}
