package station

import (
	"context"
	"time"

	"cubby/locker/customers"
	"cubby/locker/ledger"
	"cubby/locker/orders"
	"cubby/locker/parcel"
)

// eraseEvery is how often the station looks for recipients whose time is over.
const eraseEvery = time.Hour

// foldErased is how soon erased personal data is gone from the write-ahead log as well;
// later only while somebody is at the station or reads.
const foldErased = time.Second

// EraseRecipient erases what is kept of a parcel's recipient; repeating it changes nothing.
func (s *Station) EraseRecipient(ctx context.Context, id string, cond ledger.Condition,
	actor string) (parcel.Parcel, error) {
	c := parcel.EraseRecipient{ID: id, Condition: cond, Now: new(parcel.Parcel)}
	if err := s.ask(ctx, c, actor, causeErasure, false); err != nil {
		return parcel.Parcel{}, err
	}
	return *c.Now, nil
}

// overdue asks for the recipients whose parcels have ended, and for orders. What cannot be read now is
// erased later.
func (s *Station) overdue(ctx context.Context) []*request {
	ids, err := s.cfg.Store.EndedWithRecipient(ctx)
	if err != nil {
		s.cfg.Log.Warn("recipients whose time is over could not be looked for", "error", err)
	}
	all := s.endedOrders(ctx)
	codes, err := s.cfg.Store.EndedWithCodes(ctx, parcel.ExplainedSince(s.cfg.Policy, time.Now()))
	if err != nil {
		s.cfg.Log.Warn("codes that are over could not be looked for", "error", err)
	}
	if len(codes) > 0 {
		all = append(all, &request{
			command: parcel.ForgetCodes{Parcels: codes}, actor: "clock", cause: causeErasure,
		})
	}
	if len(ids) > 0 {
		all = append(all, &request{command: parcel.EraseEnded{Parcels: ids}, actor: "clock", cause: causeErasure})
	}
	return all
}

// erases reports whether facts make personal data go away that was in the file.
func erases(facts []ledger.Fact) bool {
	for _, f := range facts {
		switch f := f.(type) {
		case *parcel.RecipientErased, *orders.CustomerErased, *orders.Forgotten, *customers.Erased,
			*customers.Preferred:
			return true
		case *orders.Accepted:
			if f.Changed && f.Customer != nil {
				return true
			}
		case *parcel.ParcelAnnounced:
			if f.Changed && f.Recipient != nil { // by others, or by none
				return true
			}
		}
	}
	return false
}
