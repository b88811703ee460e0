package core

import (
	"context"

	"cubby/locker/customers"
	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/sync/db"
	"cubby/sync/notify"
)

// messagesPurpose is the consent to messages. Who has withdrawn it gets none.
const messagesPurpose = "messages"

// wanted is whom to write to about a parcel: its recipient, as whoever has a record here
// wants it. nobody: they want no messages.
func (m *messages) wanted(ctx context.Context, r parcel.Recipient) (who notify.Person,
	nobody bool, err error) {
	who = notify.Person{Name: r.Name, Email: r.Email, Phone: r.Phone, Language: r.Language}
	known, err := m.station.CustomerOf(ctx, customers.Contact{Email: r.Email, Phone: r.Phone})
	if ledger.CodeOf(err) == ledger.NotFound {
		return who, false, nil
	}
	if err != nil {
		return who, false, err
	}
	p := known.Person
	if p.Language != "" {
		who.Language = p.Language
	}
	switch p.Channel {
	case customers.ByEmail:
		who.Email, who.Phone = p.Email, ""
	case customers.BySMS:
		who.Email, who.Phone = "", p.Phone
	default:
		return who, true, nil
	}
	return who, known.Withdrawn(messagesPurpose), nil
}

// follow has what waits to be sent go where a customer wants it from now on.
func (m *messages) follow(ctx context.Context, id string) {
	if m.notifier == nil {
		return
	}
	all, err := m.station.CustomerEverything(ctx, id)
	for _, p := range all.Parcels {
		who, nobody := notify.Person{}, false
		if err == nil {
			who, nobody, err = m.wanted(ctx, parcel.Recipient{Name: p.Name, Email: p.Email, Phone: p.Phone,
				Language: p.Language})
		}
		if err != nil {
			break
		}
		err = m.db.Write(ctx, func(tx *db.Tx) error {
			if nobody {
				return m.notifier.Forget(tx, m.cfg.Station.ID, p.ID)
			}
			return m.notifier.Keep(tx, m.cfg.Station.ID, p.ID, p.OrderID, who)
		})
	}
	if err != nil && ctx.Err() == nil && ledger.CodeOf(err) != ledger.NotFound { // which was erased
		m.log.Error("messages do not follow what a customer wants", "error", err)
	}
}

// followWishes has messages go where a customer wants them from now on, beside the station's
// own work.
func (c *Core) followWishes(customer string) {
	c.desk.begin(func(ctx context.Context) {
		if c.messages != nil {
			c.messages.follow(ctx, customer)
		}
	})
}
