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

// Units of the centre are promised by stations from leases. Of every unit that may be
// promised at most one station has the lease: what is offered, leased or promised anywhere
// is not in the pool, and comes back only when its station has told so. An offer that no
// station has answered was never used, and comes back when its time is over.

// offerMargin is how long after its end an offer that nobody has answered comes back: clocks
// differ.
const offerMargin = 10 * time.Minute

const (
	defaultLease = 24 * time.Hour
	mostLease    = 30 * 24 * time.Hour
	mostUnits    = 100_000 // of one offer
)

// A Pool is what the centre itself has of an article.
type Pool struct {
	SKU    string
	OnHand int64         // units at the centre
	Safety int64         // of them, promised to nobody
	Lease  time.Duration // how long a lease lasts

	Sold   int64 // bought at stations, and not sent yet
	Leased int64 // with stations: offered, leased, or promised and not bought yet
}

// ATP is what may be promised by anybody: at stations from their leases, or from the pool.
func (p Pool) ATP() int64 { return p.OnHand - p.Safety - p.Sold }

// Free is what no station has a lease of. Below zero, somebody has counted less.
func (p Pool) Free() int64 { return p.ATP() - p.Leased }

// A StationLease is what a station may promise of an article, as it has told last.
type StationLease struct {
	Station, SKU         string
	Target               int64 // filled up to this without being asked; 0: only when asked
	Left, Promised, Sold int64
	Sent                 int64 // of Sold, those that the centre has sent
	Until                time.Time
	Offered              int64 // on its way to the station
	OfferUntil           time.Time
	Confirmed            bool // the station has answered the offer

	number, settled, wanted int64
}

// out is what the station may have, or come to have, promised or not.
func (l StationLease) out() int64 { return l.Left + l.Promised + l.Offered }

// poolSchema is what the centre has and who may promise it.
var poolSchema = db.Schema{Part: "pool", Steps: []string{
	`CREATE TABLE pool (
		sku TEXT PRIMARY KEY,
		on_hand BIGINT NOT NULL,
		safety BIGINT NOT NULL,
		lease BIGINT NOT NULL)`,
	`CREATE TABLE stock_leases (
		sku TEXT NOT NULL,
		station TEXT NOT NULL,
		target BIGINT NOT NULL DEFAULT 0,
		left_units BIGINT NOT NULL DEFAULT 0,
		promised BIGINT NOT NULL DEFAULT 0,
		sold BIGINT NOT NULL DEFAULT 0,
		sent BIGINT NOT NULL DEFAULT 0,
		until BIGINT NOT NULL DEFAULT 0,
		number BIGINT NOT NULL DEFAULT 0,
		settled BIGINT NOT NULL DEFAULT 0,
		wanted BIGINT NOT NULL DEFAULT 0,
		offered BIGINT NOT NULL DEFAULT 0,
		offer_until BIGINT NOT NULL DEFAULT 0,
		confirmed BIGINT NOT NULL DEFAULT 0,
		PRIMARY KEY (sku, station))`,
	"CREATE INDEX stock_leases_offered ON stock_leases (offer_until) WHERE offered > 0 AND confirmed = 0",
}}

const leaseColumns = "sku, station, target, left_units, promised, sold, sent, until, number, settled, " +
	"wanted, offered, offer_until, confirmed"

func scanLease(r *sql.Rows) (l StationLease, err error) {
	var until, offerUntil, confirmed int64
	err = r.Scan(&l.SKU, &l.Station, &l.Target, &l.Left, &l.Promised, &l.Sold, &l.Sent, &until, &l.number,
		&l.settled, &l.wanted, &l.Offered, &offerUntil, &confirmed)
	l.Until, l.OfferUntil, l.Confirmed = moment(until), moment(offerUntil), confirmed != 0
	return l, err
}

// leases reads those of an article, by station.
func leases(tx *db.Tx, sku string) ([]StationLease, error) {
	r, err := tx.Query("SELECT "+leaseColumns+" FROM stock_leases WHERE sku = ? ORDER BY station", sku)
	return rows(r, err, scanLease)
}

// lease reads that of a station; an empty one where there is none.
func lease(tx *db.Tx, station, sku string) (StationLease, error) {
	r, err := tx.Query("SELECT "+leaseColumns+" FROM stock_leases WHERE sku = ? AND station = ?", sku,
		station)
	all, err := rows(r, err, scanLease)
	if err != nil || len(all) == 0 {
		return StationLease{Station: station, SKU: sku}, err
	}
	return all[0], nil
}

func saveLease(tx *db.Tx, l StationLease) error {
	_, err := tx.Exec("INSERT INTO stock_leases ("+leaseColumns+") "+
		"VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (sku, station) DO UPDATE SET "+
		"target = excluded.target, left_units = excluded.left_units, promised = excluded.promised, "+
		"sold = excluded.sold, sent = excluded.sent, until = excluded.until, "+
		"number = excluded.number, settled = excluded.settled, wanted = excluded.wanted, "+
		"offered = excluded.offered, offer_until = excluded.offer_until, confirmed = excluded.confirmed",
		l.SKU, l.Station, l.Target, l.Left, l.Promised, l.Sold, l.Sent, millis(l.Until), l.number, l.settled,
		l.wanted, l.Offered, millis(l.OfferUntil), flag(l.Confirmed))
	return err
}

// pool reads what the centre has of an article.
func (h *Hub) pool(tx *db.Tx, sku string) (p Pool, known bool, err error) {
	p = Pool{SKU: sku, Lease: defaultLease}
	var lasts int64
	err = tx.QueryRow("SELECT on_hand, safety, lease FROM pool WHERE sku = ?", sku).
		Scan(&p.OnHand, &p.Safety, &lasts)
	switch {
	case isNone(err):
	case err != nil:
		return p, false, err
	default:
		known, p.Lease = true, time.Duration(lasts)*time.Second
	}
	all, err := leases(tx, sku)
	for _, l := range all {
		p.Sold += l.Sold - l.Sent
		p.Leased += l.out()
	}
	return p, known, err
}

// Pool reads what the centre has of an article, and the leases of stations.
func (h *Hub) Pool(ctx context.Context, sku string) (p Pool, all []StationLease, err error) {
	if !usable(sku, 64) {
		return p, nil, refuseUnknown("article")
	}
	known := false
	err = h.db.Write(ctx, func(tx *db.Tx) (err error) {
		if p, known, err = h.pool(tx, sku); err == nil {
			all, err = leases(tx, sku)
		}
		return err
	})
	if err == nil && !known && len(all) == 0 {
		err = refuseUnknown("article")
	}
	return p, all, err
}

// SetPool says what the centre itself has of an article, as somebody has counted it. A Lease
// of zero is a day.
func (h *Hub) SetPool(ctx context.Context, by string, p Pool) error {
	if p.Lease == 0 {
		p.Lease = defaultLease
	}
	switch {
	case !usable(p.SKU, 64):
		return ledger.Refuse(ledger.Invalid, "sku", "say which article it is, in 1 to 64 characters")
	case p.OnHand < 0 || p.OnHand > mostOnHand:
		return ledger.Refuse(ledger.Invalid, "out-of-range", "0 to %d are on hand", mostOnHand).At("/on_hand")
	case p.Safety < 0 || p.Safety > mostOnHand:
		return ledger.Refuse(ledger.Invalid, "out-of-range", "0 to %d are kept", mostOnHand).At("/safety")
	case p.Lease < time.Minute || p.Lease > mostLease:
		return ledger.Refuse(ledger.Invalid, "out-of-range", "a lease lasts %s to %s", time.Minute,
			mostLease).
			At("/lease_minutes")
	}
	return h.toldIf(h.act(ctx, by, "pool.set", "pool/"+p.SKU, "", func(tx *db.Tx) error {
		if _, err := tx.Exec("INSERT INTO pool (sku, on_hand, safety, lease) VALUES (?, ?, ?, ?) "+
			"ON CONFLICT (sku) DO UPDATE SET on_hand = excluded.on_hand, safety = excluded.safety, "+
			"lease = excluded.lease",
			p.SKU, p.OnHand, p.Safety, int64(p.Lease/time.Second)); err != nil {
			return err
		}
		return h.fillAll(tx, p.SKU, "")
	}))
}

// SetLeaseTarget says up to how many units of an article a station is leased without asking.
func (h *Hub) SetLeaseTarget(ctx context.Context, by, station, sku string, target int64) error {
	if !usable(sku, 64) {
		return ledger.Refuse(ledger.Invalid, "sku", "say which article it is, in 1 to 64 characters")
	}
	if target < 0 || target > mostUnits {
		return ledger.Refuse(ledger.Invalid, "out-of-range", "0 to %d units are leased",
			mostUnits).At("/target")
	}
	return h.toldIf(h.act(ctx, by, "lease.target", "stations/"+station+"/stock/"+sku, "",
		func(tx *db.Tx) error {
			if err := h.mustStation(tx, station); err != nil {
				return err
			}
			l, err := lease(tx, station, sku)
			if err != nil {
				return err
			}
			l.Target = target
			if err := saveLease(tx, l); err != nil {
				return err
			}
			return h.fill(tx, station, sku)
		}))
}

// Send notes that the centre has sent units that were bought at a station from its lease:
// they are not on hand any more.
func (h *Hub) Send(ctx context.Context, by, station, sku string, units int64) error {
	return h.act(ctx, by, "pool.sent", "stations/"+station+"/stock/"+sku, "", func(tx *db.Tx) error {
		l, err := lease(tx, station, sku)
		if err != nil {
			return err
		}
		if l.Target == 0 && l.number == 0 {
			return refuseUnknown("lease")
		}
		if units < 1 || units > l.Sold-l.Sent {
			return ledger.Refuse(ledger.Conflict, "not-sold", "%d of %s wait to be sent for this station",
				max(0, l.Sold-l.Sent), sku).At("/units")
		}
		l.Sent += units
		if err := saveLease(tx, l); err != nil {
			return err
		}
		_, err = tx.Exec("UPDATE pool SET on_hand = on_hand - ? WHERE sku = ?", units, sku)
		return err
	})
}

// ForgetLease takes back what a station has that will never tell again, because it was lost.
// What it has promised and not told may be sold twice then: that is for a person to decide.
func (h *Hub) ForgetLease(ctx context.Context, by, station, sku string) error {
	return h.toldIf(h.act(ctx, by, "lease.forgotten", "stations/"+station+"/stock/"+sku, "",
		func(tx *db.Tx) error {
			l, err := lease(tx, station, sku)
			if err != nil {
				return err
			}
			if l.out() == 0 {
				return refuseUnknown("lease")
			}
			l.Left, l.Promised, l.Offered, l.Confirmed, l.Target = 0, 0, 0, false, 0
			if err := saveLease(tx, l); err != nil {
				return err
			}
			if _, err := h.Tell(tx, station, protocol.StockLeases, sku, nil); err != nil {
				return err
			}
			return h.fillAll(tx, sku, "")
		}))
}

// Leases reads a page of what stations may promise, by article and station. After is what
// the page before gave as next.
func (h *Hub) Leases(ctx context.Context, station, after string, limit int) (all []StationLease, next string,
	err error) {
	if !clean(station + after) {
		return nil, "", nil
	}
	where, args := "1 = 1", []any{}
	if station != "" {
		where, args = "station = ?", append(args, station)
	}
	if after != "" {
		at, sku, ok := strings.Cut(after, "/")
		if !ok {
			return nil, "", ledger.Refuse(ledger.Invalid, "after",
				"go on behind what a page before gave as next")
		}
		where, args = where+" AND (sku > ? OR sku = ? AND station > ?)", append(args, sku, sku, at)
	}
	n := page(limit)
	r, err := h.db.Query(ctx, "SELECT "+leaseColumns+" FROM stock_leases WHERE "+where+
		" ORDER BY sku, station LIMIT ?", append(args, n+1)...)
	all, err = rows(r, err, scanLease)
	if err == nil && len(all) > n {
		all = all[:n]
		next = all[n-1].Station + "/" + all[n-1].SKU
	}
	return all, next, err
}
