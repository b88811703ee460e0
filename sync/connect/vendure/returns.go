package vendure

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/returns"
	"cubby/sync/hub"
)

// again is how often a refund is looked at that somebody has to settle at the shop.
const again = time.Minute

// takeBack ends an order at the shop that was not collected: its goods go back into stock.
func (k *Connector) takeBack(ctx context.Context, r *row, o *order) error {
	for _, f := range o.live() {
		if f.State != delivered {
			if err := k.move(ctx, o, f.ID, cancelled); err != nil {
				return err
			}
		}
	}
	if o.State != cancelled {
		err := k.client.cancel(ctx, o.ID, nil, notCollected(r))
		if err != nil && !refusedAs(err, "EMPTY_ORDER_LINE_SELECTION_ERROR") {
			return err
		}
		if err := k.read(ctx, o); err != nil {
			return err
		}
		if o.State != cancelled {
			return fmt.Errorf("the shop did not cancel the order that was not collected: it is %s", o.State)
		}
	}
	if err := k.Hub.CancelOrder(ctx, k.by(), r.Code); err != nil {
		return fmt.Errorf("cancel it at the hub: %w", err)
	}
	r.Step, r.State = TakenBack, o.State
	return nil
}

func notCollected(r *row) string { return "Cubby: not collected at station " + r.Station }

// payBack pays all back that was paid for an order that was not collected.
func (k *Connector) payBack(ctx context.Context, r *row, o *order) (time.Duration, error) {
	for _, p := range o.Payments {
		if p.State != settled {
			continue
		}
		_, err := k.refundOnce(ctx, p, p.left(), notCollected(r), r.Code)
		if err != nil {
			return 0, err
		}
	}
	return 0, nil
}

// refundOnce has an amount go back over a payment, once for each reason. One of them that
// has failed is tried anew.
func (k *Connector) refundOnce(ctx context.Context, p payment, amount int64, reason, reference string) (
	made refund, err error) {
	i := slices.IndexFunc(p.Refunds, func(f refund) bool { return f.Reason == reason && f.State != failed })
	switch {
	case i >= 0:
		made = p.Refunds[i]
	case amount <= 0:
		return refund{State: settled}, nil
	default:
		if made, err = k.client.refund(ctx, p.ID, amount, reason); err != nil {
			return made, err
		}
	}
	if made.State == "Pending" && k.SettlePending {
		if err := k.client.settle(ctx, made.ID, reference); err != nil {
			return made, err
		}
		made.State = settled
	}
	return made, nil
}

// comeBack does at the shop what was decided about what came back of an order.
func (k *Connector) comeBack(ctx context.Context, r *row, o *order) (next time.Duration, _ error) {
	known, err := k.Hub.Order(ctx, r.Code)
	if err != nil {
		return 0, err
	}
	for _, back := range known.Returns {
		for _, i := range back.Case.Items {
			if err := k.item(ctx, r, o, back, i); err != nil {
				return 0, fmt.Errorf("return %s: %w", back.ID, err)
			}
		}
	}
	for _, f := range known.Refunds {
		waits, err := k.refund(ctx, o, f)
		if err != nil {
			return 0, fmt.Errorf("refund %s: %w", f.ID, err)
		}
		if waits {
			next = again
		}
	}
	return next, nil
}

// item takes goods back into the shop's stock that are fit for sale; of others it says what
// came back.
func (k *Connector) item(ctx context.Context, r *row, o *order, back hub.Return, i returns.Item) error {
	j := slices.IndexFunc(o.Lines, func(l orderLine) bool { return l.ID == i.Line })
	if j < 0 || i.Result == "" || i.Disposition == "" || i.Disposition == returns.BackTo ||
		!back.Case.Claims(i) {
		return nil
	}
	name := "Cubby: return " + back.ID + ", item " + strconv.Itoa(i.N)
	sku := o.Lines[j].ProductVariant.SKU
	if i.Disposition != returns.RestockHere && i.Disposition != returns.RestockOther ||
		i.Result == returns.WrongItem {
		return k.client.note(ctx, o, fmt.Sprintf("%s: %d of %s came back at station %s as %s and is not "+
			"in stock: %s",
			name, i.Quantity, sku, r.Station, i.Result, i.Disposition))
	}
	short := fmt.Sprintf("%s: %d of %s came back fit for sale; the order here has fewer left, so stock "+
		"is as it was",
		name, i.Quantity, sku)
	if o.said(name) || o.said(short) {
		return nil
	}
	err := k.client.cancel(ctx, o.ID, []lineInput{{i.Line, i.Quantity}}, name)
	if refusedAs(err, "QUANTITY_TOO_GREAT_ERROR") { // somebody has taken it back at the shop
		return k.client.note(ctx, o, short)
	}
	if err != nil {
		return err
	}
	return k.read(ctx, o)
}

// refund pays back at the shop what a station has ordered, and tells the hub what became
// of it. What does not go over a payment of the shop is left to a person at the hub.
func (k *Connector) refund(ctx context.Context, o *order, f hub.Refund) (waits bool, _ error) {
	j := slices.IndexFunc(o.Payments, func(p payment) bool { return p.ID == f.Tender })
	if !f.Waiting || !f.Waits() || f.Over || j < 0 {
		return false, nil
	}
	p, reason := o.Payments[j], "Cubby refund "+f.ID
	tell := func(state, reference string) error {
		err := k.Hub.SettleRefund(ctx, k.by(), f.Station, f.ID, state, reference)
		if ledger.CodeOf(err) == ledger.Conflict { // it is final already
			return nil
		}
		return err
	}
	begun := slices.ContainsFunc(p.Refunds, func(r refund) bool {
		return r.Reason == reason && r.State != failed
	})
	if !begun && f.Amount > p.left() {
		return false, tell("failed", fmt.Sprintf("the shop has %d left of this payment, less than the "+
			"refund", p.left()))
	}
	made, err := k.refundOnce(ctx, p, f.Amount, reason, f.ID)
	switch {
	case refusedAs(err, "REFUND_AMOUNT_ERROR", "ALREADY_REFUNDED_ERROR", "NOTHING_TO_REFUND_ERROR"):
		return false, tell("failed", "the shop refuses: more than is left of this payment")
	case err != nil:
		return false, err
	case made.State == settled:
		return false, tell("completed", "vendure-refund-"+made.ID)
	case made.State == failed:
		return false, tell("failed", "the shop's payment provider has refused it (refund "+made.ID+")")
	case f.Told == "":
		return true, tell("approved", "vendure-refund-"+made.ID)
	}
	return true, nil
}
