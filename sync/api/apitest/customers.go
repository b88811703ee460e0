package apitest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	"cubby/locker"
	"cubby/locker/calendar"
	"cubby/locker/customers"
	"cubby/locker/ledger"
	"cubby/locker/visit"
)

// SomeCustomer is a body that PUT takes.
const SomeCustomer = `{"contact":{"email":"p1@example.org"},"channel":"email","language":"de","wishes":["low_door"]}`

// markOf stands for the station's key.
func markOf(kind, text string) string {
	sum := sha256.Sum256([]byte(kind + text))
	return hex.EncodeToString(sum[:])
}

// newKnown begins with the customers P1 and P2 at a station that keeps those who ask.
func newKnown() *ledger.Memory {
	m := ledger.NewMemory(nil)
	for id, email := range map[string]string{"P1": "p1@example.org", "P2": "p2@example.org"} {
		err := decideCustomer(m, customers.Keep{ID: id, Asked: customers.Asked{Through: "desk", Text: "v1"},
			New: customers.New{Contact: customers.Contact{Email: email}, Channel: customers.ByEmail}})
		if err != nil {
			panic(err)
		}
	}
	return m
}

func decideCustomer(m *ledger.Memory, c visit.Command) error {
	d, err := locker.Station.Decide(m, c, visit.Env{
		Now: soldAt, Clock: calendar.Reading{Wall: soldAt}, Mark: markOf, NewID: func() string { return "N1" },
		Policy: visit.Policy{Rooms: map[string]any{"customers": customers.Settings{Asked: true, Neighbours: true}}},
	})
	if err == nil {
		m.Merge(d.Changes)
	}
	return err
}

func (c *Core) ofCustomer(command visit.Command, actor string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Actors = append(c.Actors, actor)
	return decideCustomer(c.known, command)
}

// KeepCustomer begins a record.
func (c *Core) KeepCustomer(_ context.Context, id string, n customers.New, asked customers.Asked,
	actor string) (
	now customers.Record, known bool, err error) {
	err = c.ofCustomer(customers.Keep{ID: id, New: n, Asked: asked, Now: &now, Known: &known}, actor)
	return now, known, err
}

// ReplaceCustomer replaces the person.
func (c *Core) ReplaceCustomer(_ context.Context, id string, n customers.New, cond ledger.Condition,
	actor string) (now customers.Record, err error) {
	err = c.ofCustomer(customers.Replace{ID: id, New: n, Condition: cond, Now: &now}, actor)
	return now, err
}

// ConsentCustomer notes a consent.
func (c *Core) ConsentCustomer(_ context.Context, id string, asked customers.Asked, cond ledger.Condition,
	actor string) (now customers.Record, err error) {
	err = c.ofCustomer(customers.Consent{ID: id, Asked: asked, Condition: cond, Now: &now}, actor)
	return now, err
}

// WithdrawConsent ends one.
func (c *Core) WithdrawConsent(_ context.Context, id, purpose, through, actor string) error {
	return c.ofCustomer(customers.Withdraw{ID: id, Purpose: purpose, Through: through}, actor)
}

// PreferCustomer changes what somebody wants.
func (c *Core) PreferCustomer(_ context.Context, wanted customers.Prefer, actor string) (
	now customers.Record, err error) {
	wanted.Now = &now
	err = c.ofCustomer(wanted, actor)
	return now, err
}

// MakeCustomerQR makes the same one each time.
func (c *Core) MakeCustomerQR(_ context.Context, id, through string, cond ledger.Condition, actor string) (
	now customers.Record, text string, err error) {
	fresh := &visit.Secret{Code: "ABCDEFGHIJKLMNOPQRSTUVWXYZ", CodeHash: "5a"}
	err = c.ofCustomer(customers.MakeQR{
		ID: id, Through: through, Fresh: fresh, Condition: cond, Now: &now,
	}, actor)
	return now, "M:" + fresh.Code, err
}

// EndCustomerQR ends it.
func (c *Core) EndCustomerQR(_ context.Context, id, through, actor string) error {
	return c.ofCustomer(customers.EndQR{ID: id, Through: through}, actor)
}

// EraseCustomer erases a record.
func (c *Core) EraseCustomer(_ context.Context, id string, cond ledger.Condition, actor string) error {
	return c.ofCustomer(customers.Erase{ID: id, Condition: cond}, actor)
}

// Customer finds one.
func (c *Core) Customer(_ context.Context, id string) (customers.Record, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	r, ok := customers.Get(ledger.NewState(c.known), id)
	if !ok {
		return r, ledger.Refuse(ledger.NotFound, "one-more-slug", "there is no customer %s", id)
	}
	return r, nil
}

// FindCustomer finds one by a contact.
func (c *Core) FindCustomer(_ context.Context, contact customers.Contact) (customers.Record, error) {
	if all := contact.Mistakes("+49", "/contact"); len(all) > 0 {
		return customers.Record{}, all[0].And(all[1:]...)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	r, ok := customers.Find(ledger.NewState(c.known), contact.Of(markOf, "+49"))
	if !ok {
		return r, ledger.Refuse(ledger.NotFound, "one-more-slug", "nobody has this contact")
	}
	return r, nil
}

// CustomerEverything has one of everything.
func (c *Core) CustomerEverything(ctx context.Context, id string) (all customers.Everything, err error) {
	if all.Record, err = c.Customer(ctx, id); err != nil {
		return all, err
	}
	all.Parcels = []customers.ParcelOf{{ID: "P1", State: "stored", OrderID: "SO-1", Announced: soldAt,
		Stored: &soldAt, Deadline: &soldAt, Ended: &soldAt, Name: "N", Email: "p1@example.org", Phone: "+49 30 1",
		Language: "de"}}
	all.Orders = []customers.OrderOf{{ID: "SO-1", Shop: "acme", Ordered: soldAt, Total: 100, Currency: "EUR",
		Lines: []string{"T-shirt"}}}
	all.Returns = []customers.ReturnOf{{ID: SomeReturn, OrderID: "SO-1", State: "closed", Requested: soldAt,
		Items: []string{"T-shirt"}}}
	all.Messages = []customers.MessageOf{{Subject: "parcels/P1", Kind: "stored", Channel: "email", State: "sent",
		Queued: soldAt, Done: &soldAt}}
	return all, nil
}

// NameNeighbour has somebody collect for somebody else.
func (c *Core) NameNeighbour(_ context.Context, n customers.NameNeighbour, actor string) (
	made customers.Neighbour, err error) {
	n.Made = &made
	return made, c.ofCustomer(n, actor)
}

// EndNeighbour ends that.
func (c *Core) EndNeighbour(_ context.Context, e customers.EndNeighbour, actor string) error {
	return c.ofCustomer(e, actor)
}

// CustomerNeighbours reads the agreements that a customer is part of.
func (c *Core) CustomerNeighbours(_ context.Context, id string) ([]customers.Neighbour, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := ledger.NewState(c.known)
	if _, ok := customers.Get(s, id); !ok {
		return nil, customers.NoSuchCustomer()
	}
	return customers.NeighboursOf(s, id), nil
}
