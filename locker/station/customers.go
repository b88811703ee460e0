package station

import (
	"context"

	"cubby/locker/customers"
	"cubby/locker/ledger"
	"cubby/locker/orders"
	"cubby/locker/parcel"
	"cubby/locker/returns"
	"cubby/locker/secret"
	"cubby/locker/visit"
)

// KeepCustomer begins a record under an id made of randomness. known: it was there already.
func (s *Station) KeepCustomer(ctx context.Context, id string, n customers.New, asked customers.Asked,
	actor string) (r customers.Record, known bool, err error) {
	c := customers.Keep{ID: id, New: n, Asked: asked, Now: new(customers.Record), Known: new(bool)}
	r, err = s.ofCustomer(ctx, c.Now, c, actor)
	return r, err == nil && *c.Known, err
}

// ReplaceCustomer has the person of a record be told anew.
func (s *Station) ReplaceCustomer(ctx context.Context, id string, n customers.New, cond ledger.Condition,
	actor string) (customers.Record, error) {
	now := new(customers.Record)
	return s.ofCustomer(ctx, now, customers.Replace{ID: id, New: n, Condition: cond, Now: now}, actor)
}

// ConsentCustomer notes a consent; repeating it changes nothing.
func (s *Station) ConsentCustomer(ctx context.Context, id string, asked customers.Asked,
	cond ledger.Condition,
	actor string) (customers.Record, error) {
	now := new(customers.Record)
	return s.ofCustomer(ctx, now, customers.Consent{ID: id, Asked: asked, Condition: cond, Now: now}, actor)
}

// WithdrawConsent ends a consent; repeating it changes nothing.
func (s *Station) WithdrawConsent(ctx context.Context, id, purpose, through, actor string) error {
	return s.ask(ctx, customers.Withdraw{
		ID: id, Purpose: purpose, Through: through,
	}, actor, causeCustomer, false)
}

// MakeCustomerQR gives a customer another QR code, and returns what it says. It is told
// here, and never again.
func (s *Station) MakeCustomerQR(ctx context.Context, id, through string, cond ledger.Condition,
	actor string) (r customers.Record, text string, err error) {
	fresh, err := s.anotherSecret(ctx)
	if err != nil {
		return r, "", err
	}
	now := new(customers.Record)
	r, err = s.ofCustomer(ctx, now, customers.MakeQR{
		ID: id, Through: through, Fresh: fresh, Condition: cond, Now: now}, actor)
	return r, secret.MemberPrefix + fresh.Code, err
}

// EndCustomerQR ends the QR code of a customer; repeating it changes nothing.
func (s *Station) EndCustomerQR(ctx context.Context, id, through, actor string) error {
	return s.ask(ctx, customers.EndQR{ID: id, Through: through}, actor, causeCustomer, false)
}

// PreferCustomer changes what a customer wants; nil members of what is wanted stay.
func (s *Station) PreferCustomer(ctx context.Context, wanted customers.Prefer, actor string) (
	customers.Record, error) {
	now := new(customers.Record)
	wanted.Now = now
	return s.ofCustomer(ctx, now, wanted, actor)
}

// EraseCustomer erases all that is kept of somebody in the record.
func (s *Station) EraseCustomer(ctx context.Context, id string, cond ledger.Condition, actor string) error {
	return s.ask(ctx, customers.Erase{ID: id, Condition: cond}, actor, causeCustomer, false)
}

func (s *Station) ofCustomer(ctx context.Context, now *customers.Record, c visit.Command,
	actor string) (customers.Record, error) {
	if err := s.ask(ctx, c, actor, causeCustomer, false); err != nil {
		return customers.Record{}, err // and leaves the writer what it may still write to
	}
	return *now, nil
}

// Customer reads a record.
func (s *Station) Customer(ctx context.Context, id string) (customers.Record, error) {
	return s.cfg.Store.Customer(ctx, id)
}

// FindCustomer reads the record with a contact.
func (s *Station) FindCustomer(ctx context.Context, c customers.Contact) (customers.Record, error) {
	country := customers.SettingsOf(s.cfg.Policy).Country
	if all := c.Mistakes(country, "/contact"); len(all) > 0 {
		return customers.Record{}, all[0].And(all[1:]...)
	}
	return s.cfg.Store.CustomerBy(ctx, c.Of(s.cfg.Keys.Mark, country))
}

// CustomerOf reads the record of whoever has one of the contacts. What cannot be read as an
// address or a number is passed over.
func (s *Station) CustomerOf(ctx context.Context, c customers.Contact) (customers.Record, error) {
	k := c.Of(s.cfg.Keys.Mark, customers.SettingsOf(s.cfg.Policy).Country)
	if k == (customers.Keys{}) {
		return customers.Record{}, customers.NoSuchCustomer()
	}
	return s.cfg.Store.CustomerBy(ctx, k)
}

// wishes are the customers of whom a decision says what they want.
func wishes(all []ledger.Fact) (ids []string) {
	for _, f := range all {
		switch f := f.(type) {
		case *customers.Kept:
			ids = append(ids, f.CustomerID)
		case *customers.Preferred:
			ids = append(ids, f.CustomerID)
		case *customers.Consented:
			ids = append(ids, f.CustomerID)
		case *customers.Withdrew:
			ids = append(ids, f.CustomerID)
		}
	}
	return ids
}

// customerExpects notes that a customer is still about, who has a parcel announced. That
// the parcel is announced does not depend on it.
func (s *Station) customerExpects(ctx context.Context, r *parcel.Recipient) {
	set := customers.SettingsOf(s.cfg.Policy)
	if r == nil || !set.Asked {
		return
	}
	if k := contactOf(*r).Of(s.cfg.Keys.Mark, set.Country); k != (customers.Keys{}) {
		if err := s.ask(ctx, customers.Use{Keys: k}, "clock", causeCustomer, false); err != nil {
			s.cfg.Log.Warn("that a customer is still about could not be noted", "error", err)
		}
	}
}

func contactOf(r parcel.Recipient) customers.Contact {
	return customers.Contact{Email: r.Email, Phone: r.Phone}
}

// CustomerEverything reads what the station knows of somebody: the record, the parcels
// whose recipient has its contact, and the orders and returns that those belong to.
func (s *Station) CustomerEverything(ctx context.Context, id string) (all customers.Everything, err error) {
	if all.Record, err = s.cfg.Store.Customer(ctx, id); err != nil {
		return all, err
	}
	country := customers.SettingsOf(s.cfg.Policy).Country
	ids, err := s.cfg.Store.RecipientsWho(ctx, func(r parcel.Recipient) bool {
		return contactOf(r).Of(s.cfg.Keys.Mark, country).Meet(all.Person.Keys)
	})
	if err != nil {
		return all, err
	}
	seen := map[string]bool{"": true}
	for _, id := range ids {
		p, r, err := s.cfg.Store.Parcel(ctx, id)
		if r == nil || err != nil { // erased meanwhile
			if err == nil || ledger.CodeOf(err) == ledger.NotFound {
				continue
			}
			return all, err
		}
		all.Parcels = append(all.Parcels, customers.ParcelOf{
			ID: p.ID, State: string(p.State), OrderID: p.OrderID, Announced: p.AnnouncedAt, Stored: p.StoredAt,
			Deadline: p.Deadline, Ended: p.EndedAt, Name: r.Name, Email: r.Email, Phone: r.Phone, Language: r.Language,
		})
		if !seen[p.OrderID] {
			seen[p.OrderID] = true
			if err := s.addOrder(ctx, &all, p.OrderID); err != nil {
				return all, err
			}
		}
	}
	return all, nil
}

// addOrder adds an order and what comes back of it, where the station knows of it.
func (s *Station) addOrder(ctx context.Context, all *customers.Everything, id string) error {
	o, err := s.cfg.Store.Order(ctx, id)
	switch {
	case err == nil:
		all.Orders = append(all.Orders, orderOf(o))
	case ledger.CodeOf(err) != ledger.NotFound:
		return err
	}
	f := returns.Filter{Order: id, Limit: 100}
	for {
		page, next, err := s.cfg.Store.Returns(ctx, f)
		if err != nil {
			return err
		}
		for _, c := range page {
			all.Returns = append(all.Returns, returnOf(c))
		}
		if next == "" {
			return nil
		}
		f.After = next
	}
}

func orderOf(o orders.Order) customers.OrderOf {
	of := customers.OrderOf{
		ID: o.ID, Shop: o.Shop, Ordered: o.Ordered, Total: o.Total(), Currency: o.Currency, Lines: []string{},
	}
	for _, l := range o.Lines {
		of.Lines = append(of.Lines, l.Title)
	}
	return of
}

func returnOf(c returns.Case) customers.ReturnOf {
	of := customers.ReturnOf{
		ID: c.ID, OrderID: c.Order, State: string(c.State), Requested: c.Requested, Items: []string{},
	}
	for _, i := range c.Items {
		of.Items = append(of.Items, i.Title)
	}
	return of
}
