package hub

import (
	"time"

	"cubby/locker/ledger"
	"cubby/sync/db"
	"cubby/sync/protocol"
)

// fillAll fills up all stations' leases of an article, one of them after all others.
func (h *Hub) fillAll(tx *db.Tx, sku, last string) error {
	all, err := leases(tx, sku)
	for _, l := range all {
		if err == nil && l.Station != last {
			err = h.fill(tx, l.Station, sku)
		}
	}
	if err == nil && last != "" {
		err = h.fill(tx, last, sku)
	}
	return err
}

// fill offers a station what it has asked for, or what it is to have without asking, as far
// as the pool has it. There is one offer at a time.
func (h *Hub) fill(tx *db.Tx, station, sku string) error {
	l, err := lease(tx, station, sku)
	if err != nil || l.Offered > 0 || l.wanted == 0 && l.Left*2 > l.Target {
		return err
	}
	p, known, err := h.pool(tx, sku)
	units := min(max(l.wanted, l.Target)-l.Left, p.Free(), mostUnits)
	if err != nil || !known || units < 1 {
		return err
	}
	if err := h.mustStation(tx, station); err != nil {
		if ledger.CodeOf(err) == ledger.NotFound {
			return nil // it was removed
		}
		return err
	}
	l.number++
	l.wanted, l.Offered, l.Confirmed = 0, units, false
	l.OfferUntil = h.now().Add(p.Lease).UTC().Truncate(time.Second)
	if err := saveLease(tx, l); err != nil {
		return err
	}
	return h.tellOffer(tx, l)
}

func (h *Hub) tellOffer(tx *db.Tx, l StationLease) error {
	_, err := h.tell(tx, l.Station, protocol.StockLeases, l.SKU, protocol.StockLeaseDoc{
		Number: l.number, Units: l.Offered, Until: l.OfferUntil, Confirmed: l.Confirmed,
	}, true)
	return err
}

// projectLeases follows what stations do with their leases.
func projectLeases(h *Hub, tx *db.Tx, e Event) error {
	if e.Type != "stock.lease_changed" && e.Type != "stock.lease_wanted" {
		return nil
	}
	var d struct {
		SKU                                    string
		Number, Left, Promised, Sold, Quantity int64
		Until                                  time.Time
		Offer                                  *struct{ Number int64 }
		Why                                    string
	}
	if err := readData(e, &d); err != nil {
		return err
	}
	if !usable(d.SKU, 64) {
		return badData(e, "article")
	}
	for _, n := range []int64{d.Number, d.Left, d.Promised, d.Sold, d.Quantity} {
		if n < 0 || n > mostOnHand {
			return badData(e, "quantity")
		}
	}
	l, err := lease(tx, e.Station, d.SKU)
	if err != nil {
		return err
	}
	if e.Type == "stock.lease_wanted" {
		// a reservation has to be for all that is wanted at once
		l.wanted = min(max(l.wanted, d.Quantity), mostUnits)
		if err := saveLease(tx, l); err != nil {
			return err
		}
		return h.answerWanted(tx, l)
	}
	l.Left, l.Promised, l.Sold, l.Until = d.Left, d.Promised, d.Sold, d.Until
	answered := d.Offer != nil && l.Offered > 0 && d.Offer.Number == l.number
	switch {
	case answered:
		l.Confirmed = true
	case l.Offered > 0 && l.Confirmed && d.Number >= l.number:
		l.Offered, l.Confirmed = 0, false
	}
	l.settled = max(l.settled, d.Number)
	if err := saveLease(tx, l); err != nil {
		return err
	}
	if answered && d.Why == "offered" {
		return h.tellOffer(tx, l)
	}
	if err := h.fill(tx, e.Station, d.SKU); err != nil {
		return err
	}
	return h.fillAll(tx, d.SKU, "")
}

// answerWanted offers what was asked for. What cannot be offered now is not remembered: the
// station asks again when somebody wants it again.
func (h *Hub) answerWanted(tx *db.Tx, l StationLease) error {
	if err := h.fill(tx, l.Station, l.SKU); err != nil || l.Offered > 0 {
		return err
	}
	_, err := tx.Exec("UPDATE stock_leases SET wanted = 0 WHERE sku = ? AND station = ?", l.SKU, l.Station)
	return err
}

// withdrawOffers takes back what no station has answered in time.
func (h *Hub) withdrawOffers(tx *db.Tx) error {
	r, err := tx.Query("SELECT "+leaseColumns+" FROM stock_leases WHERE offered > 0 AND confirmed = 0 AND "+
		"offer_until < ?", millis(h.now().Add(-offerMargin)))
	over, err := rows(r, err, scanLease)
	for _, l := range over {
		if err != nil {
			return err
		}
		l.Offered = 0
		if err = saveLease(tx, l); err != nil {
			return err
		}
		if _, err = h.Tell(tx, l.Station, protocol.StockLeases, l.SKU, nil); err == nil {
			err = h.fillAll(tx, l.SKU, l.Station) // the others first: it is silent
		}
	}
	return err
}
