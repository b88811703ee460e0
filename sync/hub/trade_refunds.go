package hub

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"

	"cubby/locker/ledger"
	"cubby/locker/plain"
	"cubby/locker/returns"
	"cubby/sync/db"
	"cubby/sync/protocol"
)

// A Settling is who says at the hub what has become of a refund.
type Settling string

// The ways in which refunds are settled.
const (
	ByHand    Settling = "by hand"   // a person, or another system by its key; the usual one
	Automatic Settling = "automatic" // each is paid at once, as far as the hub is concerned
)

// Refunds reads a page of refunds, the newest first.
func (h *Hub) Refunds(ctx context.Context, f RefundFilter) (list []Refund, next string, err error) {
	where, args := "n < ?", []any{before(f.After)}
	where, args = both(where, args, "station", f.Station)
	where, args = both(where, args, "order_id", f.Order)
	if f.State == "waiting" {
		where += " AND waiting = 1"
	} else {
		where, args = both(where, args, "state", f.State)
	}
	limit := page(f.Limit)
	r, err := h.db.Query(ctx, "SELECT station, n, doc FROM refunds WHERE "+where+" ORDER BY n DESC LIMIT ?",
		append(args, limit+1)...)
	all, err := rows(r, err, scanRefund)
	if err != nil {
		return nil, "", err
	}
	for i, one := range all {
		if i == limit {
			return list, strconv.FormatInt(all[i-1].n, 10), nil
		}
		list = append(list, one.shown())
	}
	return list, "", nil
}

// heardOfRefund keeps a refund as its station has it now, and settles it where the hub does
// that by itself.
func (h *Hub) heardOfRefund(tx *db.Tx, station string, r returns.Refund, known []*keptRefund) (err error) {
	i := slices.IndexFunc(known, func(k *keptRefund) bool { return k.Refund.ID == r.ID })
	if i >= 0 {
		k := known[i]
		again := k.Refund.State == returns.Failed && r.Waits()
		if k.Refund = r; again { // staff want it tried once more
			k.Told, k.By, k.Refused = "", "", ""
		}
		return h.saveRefund(tx, k)
	}
	k := &keptRefund{station: station, Refund: r}
	if k.n, err = tx.Next("refunds"); err != nil {
		return err
	}
	if k.Over, err = h.paidTooMuch(tx, r); err != nil {
		return err
	}
	if h.refunds == Automatic && r.State == returns.Pending && !k.Over {
		pays, err := h.paysItself(tx, station)
		if err != nil {
			return err
		}
		if !pays {
			return h.tellRefund(tx, k, "rule", "completed", "")
		}
	}
	return h.saveRefund(tx, k)
}

// paidTooMuch reports whether with a refund more goes back on its tender than was paid with
// it, over all stations.
func (h *Hub) paidTooMuch(tx *db.Tx, r returns.Refund) (bool, error) {
	b, err := h.loadOrder(tx, r.Order)
	if err != nil || b == nil || r.Tender == "" {
		return false, err
	}
	var o struct {
		Tenders []struct {
			ID                string
			Amount            int64
			RefundedElsewhere int64 `json:"refunded_elsewhere"`
		}
	}
	if err := json.Unmarshal(b.body, &o); err != nil {
		return false, err
	}
	all, err := h.loadRefunds(tx, "order_id = ?", r.Order)
	if err != nil {
		return false, err
	}
	sum := r.Amount
	for _, k := range all {
		if k.Refund.ID != r.ID && k.Refund.Tender == r.Tender && k.Refund.Counts() {
			sum += k.Refund.Amount
		}
	}
	for _, t := range o.Tenders {
		if t.ID == r.Tender {
			return sum > t.Amount-t.RefundedElsewhere, nil
		}
	}
	return true, nil // it was not paid with that at all
}

// paysItself reports whether a station has a provider of its own that pays refunds.
func (h *Hub) paysItself(tx *db.Tx, station string) (bool, error) {
	var n int
	err := tx.QueryRow("SELECT count(*) FROM devices WHERE station = ? AND name LIKE 'refunds %'", station).Scan(&n)
	return n > 0, err
}

// tellRefund tells a refund's station what has become of it.
func (h *Hub) tellRefund(tx *db.Tx, k *keptRefund, by, state, reference string) error {
	k.Told, k.By, k.Refused = state, by, ""
	doc := protocol.RefundDoc{State: state, Amount: k.Refund.Amount, Currency: k.Refund.Currency, Reference: reference}
	if state == "failed" {
		doc.Reference, doc.Detail = "", reference
	}
	if err := h.tellAgain(tx, k.station, protocol.Refunds, k.Refund.ID, doc); err != nil {
		return err
	}
	return h.saveRefund(tx, k)
}

// SettleRefund says what has become of a refund: approved, completed or failed. reference
// is whoever paid's own; of a failed one, why.
func (h *Hub) SettleRefund(ctx context.Context, by, station, id, state, reference string) error {
	if !slices.Contains([]string{"approved", "completed", "failed"}, state) {
		return ledger.Refuse(ledger.Invalid, "state", "must be approved, completed or failed").At("/state")
	}
	if !plain.Text(reference, 0, 100) || state == "failed" && reference == "" {
		return ledger.Refuse(ledger.Invalid, "reference", "must be 1 to 100 characters of text "+plain.Says).
			At("/reference")
	}
	err := h.act(ctx, by, "refund "+state, "refunds/"+id, "at "+station, func(tx *db.Tx) error {
		all, err := h.loadRefunds(tx, "station = ? AND id = ?", station, id)
		if err != nil {
			return err
		}
		if len(all) == 0 {
			return refuseUnknown("refund")
		}
		k := all[0]
		switch {
		case k.Told == state && k.Refused == "" && k.waits() == (state == "approved"):
			return nil // said already
		case k.Refund.State == returns.Completed, k.Refund.State == returns.Replaced, k.Told == "completed":
			return ledger.Refuse(ledger.Conflict, "refund-final",
				"the refund is %s already; nothing that is said later changes it", k.Refund.State)
		}
		return h.tellRefund(tx, k, by, state, reference)
	})
	if err == nil {
		h.told.happen()
	}
	return err
}

// refundRefused notes that a station has not taken what it was told of a refund.
func (h *Hub) refundRefused(tx *db.Tx, station, id, reason string) error {
	all, err := h.loadRefunds(tx, "station = ? AND id = ?", station, id)
	if err != nil || len(all) == 0 {
		return err
	}
	all[0].Refused, all[0].Told = reason, ""
	return h.saveRefund(tx, all[0])
}
