package vendure

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/sync/hub"
)

// advance takes the next steps of an order, and says when it is to be looked at again; 0:
// when something is heard of it.
func (k *Connector) advance(ctx context.Context, r *row) (time.Duration, error) {
	if r.Step == Ended || r.Step == Apart {
		return 0, nil
	}
	o, err := k.client.order(ctx, r.ID)
	if err != nil {
		return 0, err
	}
	if o == nil {
		return 0, fmt.Errorf("the shop does not have this order any more")
	}
	r.State = o.State
	if r.Step == Waits {
		return 0, k.accept(ctx, r, o)
	}
	p, err := k.Hub.Parcel(ctx, r.Station, r.Code)
	if err != nil {
		return 0, err
	}
	if r.Step.open() {
		if o.State == cancelled && r.Told == toldBack && o.said(notCollected(r)) {
			err = k.takeBack(ctx, r, o) // by this connector, which was ended then
		} else if o.State == cancelled {
			err = k.cancelledThere(ctx, r, o, p)
		} else {
			err = k.follow(ctx, r, o, p)
		}
		if err != nil {
			return 0, err
		}
	}
	switch r.Step {
	case Delivered:
		return k.comeBack(ctx, r, o)
	case TakenBack:
		return k.payBack(ctx, r, o)
	case Ready:
		return k.untilTakeBack(p), nil
	}
	return 0, nil
}

// accept puts an order at the hub that is paid, and announces its parcel.
func (k *Connector) accept(ctx context.Context, r *row, o *order) error {
	switch {
	case o.State == paid:
	case slices.Contains(unpaid, o.State):
		return nil // looked at again when its state is another
	default:
		r.Step, r.Reason = Ended, "the shop has dealt with it: "+o.State
		return nil
	}
	at := k.place(o)
	if at == nil {
		r.Step, r.Reason = Ended, "it is not picked up at a station any more"
		return nil
	}
	r.Station = at.Station
	if err := k.put(ctx, r, o); err != nil {
		return err
	}
	r.Step = Accepted
	// One that is known was announced by a run that ended here, and may have ended since.
	if _, err := k.Hub.Parcel(ctx, r.Station, r.Code); ledger.CodeOf(err) != ledger.NotFound {
		return err
	}
	a, err := announcement(k.language, o)
	if err == nil {
		err = k.Hub.Announce(ctx, k.by(), r.Station, r.Code, a)
	}
	if err != nil {
		r.Step = Waits
		return fmt.Errorf("announce its parcel: %w", err)
	}
	return nil
}

// put tells the hub of an order, or of its newest form.
func (k *Connector) put(ctx context.Context, r *row, o *order) error {
	var collected time.Time
	if r.collected > 0 {
		collected = time.UnixMilli(r.collected)
	}
	text, err := body(k.Shop, k.language, o, collected)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(text)
	if hash := hex.EncodeToString(sum[:8]); hash != r.Body {
		was, err := k.Hub.Order(ctx, r.Code)
		if err == nil && was.Shop != k.Shop {
			return fmt.Errorf("the hub has an order of another shop with this number")
		}
		if err := k.Hub.PutOrder(ctx, k.by(), r.Code, text, []string{r.Station}); err != nil {
			return fmt.Errorf("put it at the hub: %w", err)
		}
		r.Body = hash
	}
	return nil
}

// follow tells the shop what has become of the parcel of an order that it has not cancelled.
func (k *Connector) follow(ctx context.Context, r *row, o *order, p hub.Parcel) error {
	switch state := parcel.State(p.State); {
	case state == parcel.Collected:
		if err := k.fulfil(ctx, r, o, delivered); err != nil {
			return err
		}
		if err := k.delivered(ctx, r); err != nil {
			return err
		}
		r.Step = Delivered
	case state == parcel.Cancelled:
		return k.apart(ctx, r, o, "The parcel was called off at the pickup station's centre; the order "+
			"goes on here.")
	case state == parcel.Missing:
		return k.client.note(ctx, o, "Cubby: the parcel is gone from station "+r.Station+"; its staff "+
			"have written it off.")
	case state == parcel.CounterHeld && p.Held && r.Told == toldBack:
		return k.takeBack(ctx, r, o)
	case state.Inside() && state != parcel.Depositing, state == parcel.CounterHeld:
		if err := k.fulfil(ctx, r, o, shipped); err != nil {
			return err
		}
		r.Step = Ready
		if state == parcel.CounterHeld && k.untilTakeBack(p) == 0 && p.Deadline != nil && r.Told == "" {
			if err := k.Hub.HoldParcel(ctx, k.by(), r.Station, r.Code, "",
				"not collected in time: goes back to the shop"); err != nil {
				return err
			}
			r.Told = toldBack
		}
	case o.State == paid: // it is on its way; what the shop changes is told until it is there
		if at := k.place(o); at == nil || at.Station != r.Station {
			return fmt.Errorf("it is to be picked up at another place now: cancel it at the shop and " +
				"order it anew")
		}
		return k.put(ctx, r, o)
	}
	return nil
}

// untilTakeBack is how long a parcel that was not collected waits yet; 0: no longer, or
// nobody knows.
func (k *Connector) untilTakeBack(p hub.Parcel) time.Duration {
	if p.Deadline == nil || parcel.State(p.State) != parcel.CounterHeld {
		return 0
	}
	return max(0, p.Deadline.Add(k.TakeBack).Sub(k.Now()))
}

// fulfil brings an order to a state of its fulfilments: all of it is in them, and none is
// behind that state. Repeats are refused by the shop, so it is read again, and what is there
// already counts as done.
func (k *Connector) fulfil(ctx context.Context, r *row, o *order, state string) error {
	rest := o.unfulfilled()
	if len(rest) > 0 {
		tracking := r.Station
		if r.Door != "" {
			tracking += "/" + r.Door
		}
		err := k.client.fulfil(ctx, rest, "Cubby "+r.Station, tracking)
		if err != nil && !refusedAs(err, "ITEMS_ALREADY_FULFILLED_ERROR") {
			return fmt.Errorf("fulfil it: %w", err)
		}
		if err := k.read(ctx, o); err != nil {
			return err
		}
		if left := o.unfulfilled(); len(left) > 0 {
			return fmt.Errorf("fulfil it: %d of its lines are in no fulfilment", len(left))
		}
	}
	way := []string{shipped, delivered}
	way = way[:slices.Index(way, state)+1]
	for _, f := range o.live() {
		for _, to := range way[slices.Index(way, f.State)+1:] {
			if f.State == delivered {
				break
			}
			if err := k.move(ctx, o, f.ID, to); err != nil {
				return err
			}
		}
	}
	r.State = o.State
	return nil
}

// move brings a fulfilment into a state, unless it is there.
func (k *Connector) move(ctx context.Context, o *order, id, to string) error {
	refused := k.client.move(ctx, id, to)
	if refused != nil && !refusedAs(refused, "FULFILLMENT_STATE_TRANSITION_ERROR") {
		return refused
	}
	if err := k.read(ctx, o); err != nil {
		return err
	}
	i := slices.IndexFunc(o.Fulfillments, func(f fulfilment) bool { return f.ID == id })
	if i >= 0 && (o.Fulfillments[i].State == to || o.Fulfillments[i].State == delivered) {
		return nil
	}
	if refused == nil {
		refused = fmt.Errorf("fulfilment %s is not %s", id, to)
	}
	return refused
}

// read reads an order again.
func (k *Connector) read(ctx context.Context, o *order) error {
	now, err := k.client.order(ctx, o.ID)
	if err == nil && now == nil {
		err = fmt.Errorf("the shop does not have this order any more")
	}
	if err == nil {
		*o = *now
	}
	return err
}

// delivered tells the hub when the order was collected: from then on the days count in which
// it may come back.
func (k *Connector) delivered(ctx context.Context, r *row) error {
	if r.collected == 0 {
		return nil
	}
	was, err := k.Hub.Order(ctx, r.Code)
	if err != nil {
		return err
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(was.Body, &members); err != nil {
		return err
	}
	if _, told := members["delivered"]; told {
		return nil
	}
	o, err := k.client.order(ctx, r.ID)
	if err == nil && o != nil {
		err = k.put(ctx, r, o)
	}
	return err
}

// cancelledThere carries the shop's cancellation to the station. Whoever has the parcel wins.
func (k *Connector) cancelledThere(ctx context.Context, r *row, o *order, p hub.Parcel) error {
	switch state := parcel.State(p.State); {
	case state == parcel.Collected:
		return k.apart(ctx, r, o, "The order was cancelled here, and its parcel was collected at station "+
			r.Station+
			" before the station knew: the customer has it. Look at its money and its stock.")
	case state == parcel.Missing:
		return k.apart(ctx, r, o, "The order was cancelled here, and its parcel is gone from station "+
			r.Station+".")
	case state == parcel.Cancelled, state == parcel.CounterHeld && p.Held:
		if err := k.Hub.CancelOrder(ctx, k.by(), r.Code); err != nil {
			return fmt.Errorf("cancel it at the hub: %w", err)
		}
		r.Step, r.Reason = Ended, "cancelled at the shop"
		return nil
	case state.Inside(), state == parcel.Booked, state == parcel.CounterHeld:
		if r.Told != toldHold {
			err := k.Hub.HoldParcel(ctx, k.by(), r.Station, r.Code, "", "cancelled at the shop: take it out")
			if err != nil {
				return fmt.Errorf("hold its parcel: %w", err)
			}
			r.Told = toldHold
		}
		return k.client.note(ctx, o, "Cubby: the order was cancelled here while its parcel lies at station "+
			r.Station+". It is held there; its staff take it out.")
	case r.Told == "":
		if err := k.Hub.CancelParcel(ctx, k.by(), r.Station, r.Code); err != nil &&
			ledger.CodeOf(err) != ledger.Conflict {
			return fmt.Errorf("cancel its parcel: %w", err)
		}
		r.Told = toldCancel
		if p, err := k.Hub.Parcel(ctx, r.Station, r.Code); err == nil &&
			parcel.State(p.State) == parcel.Cancelled {
			return k.cancelledThere(ctx, r, o, p) // the station had not taken it yet
		}
	}
	return nil
}

// apart says at the shop that it and the station do not agree; the hub shows it as a
// trouble until somebody has dealt with it.
func (k *Connector) apart(ctx context.Context, r *row, o *order, why string) error {
	if err := k.client.note(ctx, o, "Cubby: "+why); err != nil {
		return err
	}
	r.Step, r.Reason, r.since = Apart, why, k.Now().UnixMilli()
	return nil
}
