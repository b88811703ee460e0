package hub

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"cubby/locker/returns"
)

// leaseLate is how long a return may wait for a station that has a lease before somebody
// should see to it.
const leaseLate = 24 * time.Hour

// refundLate is how long a refund may wait for whoever pays.
const refundLate = 24 * time.Hour

// tradeTroubles are returns and refunds that somebody has to look at.
func tradeTroubles(h *Hub, ctx context.Context, station string) (all []Trouble, err error) {
	where, args := of("station", station)
	r, err := h.db.Query(ctx, "SELECT "+returnColumns+" FROM returns WHERE waiting = 1"+where, args...)
	waiting, err := rows(r, err, scanReturn)
	if err != nil {
		return nil, err
	}
	for _, k := range waiting {
		t := Trouble{
			Station: k.station, Subject: "returns/" + k.Case.ID, Harm: harmWaits, Since: k.Case.Requested.UTC(),
			Title: "Return " + k.Case.ID + " waits for an answer",
		}
		switch {
		case k.Why == WaitsForPerson:
			t.Kind = "return_waits"
			t.WhatToDo = "Look whether its order was sold, and agree or decline: the hub does not know the order."
		case h.now().Sub(k.Case.Requested) > leaseLate:
			t.Kind = "lease_waits"
			t.WhatToDo = "Bring station " + k.For + " back, which has the lease; or remove it from the hub, or decline."
		default:
			continue
		}
		all = append(all, t)
	}
	r, err = h.db.Query(ctx, "SELECT station, n, doc FROM refunds WHERE waiting = 1"+where, args...)
	refunds, err := rows(r, err, scanRefund)
	if err != nil {
		return nil, err
	}
	for _, k := range refunds {
		t := Trouble{
			Station: k.station, Subject: "returns/" + k.Refund.Case, Since: k.Changed.UTC(), Harm: harmWaits,
		}
		switch {
		case k.Over:
			t.Kind, t.Harm = "refund_over", harmGoods
			t.Title = "Refund " + k.Refund.ID + " is more than is left of what was paid"
			t.WhatToDo = "Compare the refunds of order " + k.Refund.Order + " before this one is settled."
		case k.Refund.State == returns.Failed:
			t.Kind = "refund_failed"
			t.Title = "Refund " + k.Refund.ID + " has failed: " + k.Refund.Detail
			t.WhatToDo = "Have staff try it again or pay it another way."
		case h.now().Sub(k.Refund.Ordered) > refundLate:
			t.Kind = "refund_waits"
			t.Title = "Refund " + k.Refund.ID + " has been waiting for more than a day"
			t.WhatToDo = "Pay it, and say so at the refunds."
		default:
			continue
		}
		all = append(all, t)
	}
	over, err := h.overTroubles(ctx, where, args)
	return append(all, over...), err
}

// overTroubles are orders of which more came back than was bought, at the station of their
// newest return.
func (h *Hub) overTroubles(ctx context.Context, where string, args []any) ([]Trouble, error) {
	r, err := h.db.Query(ctx, "SELECT station, returns.id, orders.id, too_much, orders.changed FROM orders "+
		"JOIN returns ON returns.n = (SELECT max(n) FROM returns WHERE order_id = orders.id) WHERE too_much > 0"+where,
		args...)
	return rows(r, err, func(r *sql.Rows) (t Trouble, err error) {
		var id, order string
		var n, at int64
		err = r.Scan(&t.Station, &id, &order, &n, &at)
		t.Kind, t.Subject, t.Harm, t.Since = "returned_twice", "returns/"+id, harmDanger, moment(at)
		t.Title = fmt.Sprintf("Of order %s, %d more than was bought comes back", order, n)
		t.WhatToDo = "Look at its returns: a station takes back unasked (sole_site), or began anew from a copy."
		return t, err
	})
}
