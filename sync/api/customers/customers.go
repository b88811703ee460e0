// Package customers is the resource family of the records of people who collect: kept
// where they have asked for it, found by a contact, consents, and what is known of them.
package customers

import (
	"context"
	_ "embed"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"time"

	"cubby/locker/customers"
	"cubby/locker/ledger"
	"cubby/sync/problem"
	"cubby/sync/rest"
)

//go:embed fragment.json
var fragment []byte

// Station keeps records. Its methods answer after the commit; what the rules refuse comes
// back as a *ledger.Refusal.
type Station interface {
	// KeepCustomer begins a record. known: one with this id was there, and stays as it is.
	KeepCustomer(ctx context.Context, id string, n customers.New, asked customers.Asked, actor string) (
		r customers.Record, known bool, err error)
	// ReplaceCustomer has the person of a record be told anew.
	ReplaceCustomer(ctx context.Context, id string, n customers.New, cond ledger.Condition, actor string) (
		customers.Record, error)
	// ConsentCustomer notes a consent. Repeating it is no error.
	ConsentCustomer(ctx context.Context, id string, asked customers.Asked, cond ledger.Condition, actor string) (
		customers.Record, error)
	// WithdrawConsent ends a consent. Repeating it is no error.
	WithdrawConsent(ctx context.Context, id, purpose, through, actor string) error
	// PreferCustomer changes what a customer wants; what is not told stays.
	PreferCustomer(ctx context.Context, wanted customers.Prefer, actor string) (customers.Record, error)
	// MakeCustomerQR gives a customer another QR code and returns what it says. The one
	// before ends. EndCustomerQR ends it; repeating that is no error.
	MakeCustomerQR(ctx context.Context, id, through string, cond ledger.Condition, actor string) (
		r customers.Record, text string, err error)
	EndCustomerQR(ctx context.Context, id, through, actor string) error
	// NameNeighbour has somebody collect for somebody else, and EndNeighbour ends that. Repeating
	// either is no error.
	NameNeighbour(ctx context.Context, c customers.NameNeighbour, actor string) (customers.Neighbour, error)
	EndNeighbour(ctx context.Context, c customers.EndNeighbour, actor string) error
	// CustomerNeighbours reads the agreements that a customer is part of.
	CustomerNeighbours(ctx context.Context, id string) ([]customers.Neighbour, error)
	// EraseCustomer erases a record.
	EraseCustomer(ctx context.Context, id string, cond ledger.Condition, actor string) error
	// Customer reads a record, and FindCustomer the one with a contact. One that is not
	// here is refused as NotFound.
	Customer(ctx context.Context, id string) (customers.Record, error)
	FindCustomer(ctx context.Context, c customers.Contact) (customers.Record, error)
	// CustomerEverything reads what the station knows of somebody.
	CustomerEverything(ctx context.Context, id string) (customers.Everything, error)
}

// The rights that these routes need.
const (
	mayRead  = "customers:read"
	mayWrite = "customers:write"
)

type family struct{ station Station }

// Family is the family over a station.
func Family(st Station) rest.Family {
	f := family{st}
	const all, one = "/v1/customers", "/v1/customers/{id}"
	return rest.Family{Name: "customers", Fragment: fragment, Routes: []rest.Route{
		{Method: "POST", Path: all, Repeat: rest.Again, Scope: mayWrite, Run: rest.Reads(f.keep)},
		{Method: "POST", Path: all + "/find", Repeat: rest.Again, Scope: mayRead, Run: rest.Reads(f.find)},
		{Method: "PUT", Path: one, Scope: mayWrite, Run: rest.Reads(f.put)},
		{Method: "GET", Path: one, Scope: mayRead, Run: rest.Plain(f.get)},
		{Method: "DELETE", Path: one, Scope: mayWrite, Run: rest.Empty(f.erase)},
		{Method: "GET", Path: one + "/everything", Scope: mayRead, Run: rest.Plain(f.everything)},
		{
			Method: "POST", Path: one + "/preferences", Repeat: rest.Again, Scope: mayWrite, Run: rest.Reads(f.prefer),
		},
		{Method: "POST", Path: one + "/qr", Repeat: rest.OnceSecret, Scope: mayWrite, Run: rest.Empty(f.makeQR),
			Query: []string{"through"}},
		{
			Method: "DELETE", Path: one + "/qr", Scope: mayWrite, Run: rest.Empty(f.endQR), Query: []string{"through"},
		},
		{
			Method: "POST", Path: one + "/neighbours", Repeat: rest.Again, Scope: mayWrite,
			Run: rest.Reads(f.nameNeighbour),
		},
		{Method: "GET", Path: one + "/neighbours", Scope: mayRead, Run: rest.Plain(f.neighbours)},
		{Method: "DELETE", Path: one + "/neighbours/{neighbour}", Scope: mayWrite, Run: rest.Empty(f.endNeighbour),
			Query: []string{"through"}},
		{Method: "POST", Path: one + "/consents", Repeat: rest.Again, Scope: mayWrite, Run: rest.Reads(f.consent)},
		{Method: "DELETE", Path: one + "/consents/{purpose}", Scope: mayWrite, Run: rest.Empty(f.withdraw),
			Query: []string{"through"}},
	}}
}

// contactBody is how somebody is reached, in clear.
type contactBody struct {
	Email string `json:"email" check:"bytes=0..254"`
	Phone string `json:"phone" check:"bytes=0..100"`
}

func (c contactBody) contact() customers.Contact {
	return customers.Contact{Email: c.Email, Phone: c.Phone}
}

// askedBody is how somebody has asked for a record.
type askedBody struct {
	Through string `json:"through" check:"required"`
	Text    string `json:"text"    check:"required"`
}

// putBody is a record as it is told anew. Values are bounded by the rules of customers.
type putBody struct {
	Contact  contactBody `json:"contact"  check:"required"`
	Language string      `json:"language"`
	Channel  string      `json:"channel"  check:"required"`
	Wishes   []string    `json:"wishes"   check:"most=16"`
	Receipt  bool        `json:"receipt"`
	Name     string      `json:"name"`
}

func (b putBody) customer() customers.New {
	return customers.New{
		Contact: b.Contact.contact(), Language: b.Language, Channel: customers.Channel(b.Channel), Wishes: b.Wishes,
		Receipt: b.Receipt, Name: b.Name,
	}
}

// keepBody begins a record.
type keepBody struct {
	Contact  contactBody `json:"contact"  check:"required"`
	Language string      `json:"language"`
	Channel  string      `json:"channel"  check:"required"`
	Wishes   []string    `json:"wishes"   check:"most=16"`
	Receipt  bool        `json:"receipt"`
	Name     string      `json:"name"`
	Asked    askedBody   `json:"asked"    check:"required"`
}

// keep begins a record under a random id.
func (f family) keep(x *rest.Exchange, b keepBody) error {
	random := x.NewID("customer")
	n := putBody{b.Contact, b.Language, b.Channel, b.Wishes, b.Receipt, b.Name}.customer()
	asked := customers.Asked{Through: b.Asked.Through, Text: b.Asked.Text}
	r, known, err := f.station.KeepCustomer(x.Context(), hex.EncodeToString(random[:]), n, asked, x.Actor())
	if err != nil {
		return err
	}
	x.Header()["Location"] = []string{"/v1/customers/" + r.ID}
	if known {
		return answer(x, http.StatusOK, r)
	}
	return answer(x, http.StatusCreated, r)
}

// findBody is what somebody is looked for by. It is no part of an address, which is logged.
type findBody struct {
	Contact contactBody `json:"contact" check:"required"`
}

func (f family) find(x *rest.Exchange, b findBody) error {
	r, err := f.station.FindCustomer(x.Context(), b.Contact.contact())
	if err != nil {
		return sameNotFound(err)
	}
	return answer(x, http.StatusOK, r)
}

func (f family) put(x *rest.Exchange, b putBody) error {
	cond, err := f.condition(x)
	if err != nil {
		return err
	}
	r, err := f.station.ReplaceCustomer(x.Context(), x.Var("id"), b.customer(), cond, x.Actor())
	if err != nil {
		return sameNotFound(err)
	}
	return answer(x, http.StatusOK, r)
}

func (f family) get(x *rest.Exchange) error {
	r, err := f.station.Customer(x.Context(), x.Var("id"))
	if err != nil {
		return sameNotFound(err)
	}
	if done, err := x.Unchanged(rest.Tag(r.Rev)); done || err != nil {
		return err
	}
	return answer(x, http.StatusOK, r)
}

func (f family) erase(x *rest.Exchange) error {
	cond, err := f.condition(x)
	if err == nil {
		err = f.station.EraseCustomer(x.Context(), x.Var("id"), cond, x.Actor())
	}
	if err != nil {
		return sameNotFound(err)
	}
	return x.Nothing()
}

// consentBody is a consent as it is given.
type consentBody struct {
	Purpose string `json:"purpose" check:"required"`
	Through string `json:"through" check:"required"`
	Text    string `json:"text"    check:"required"`
}

func (f family) consent(x *rest.Exchange, b consentBody) error {
	cond, err := f.condition(x)
	if err != nil {
		return err
	}
	r, err := f.station.ConsentCustomer(x.Context(), x.Var("id"), customers.Asked(b), cond, x.Actor())
	if err != nil {
		return sameNotFound(err)
	}
	return answer(x, http.StatusOK, r)
}

// through is where somebody has asked for what is done: at the shop, if nothing else is said.
func through(x *rest.Exchange) (string, error) {
	q := x.Query()
	if !q.Has("through") {
		return "shop", nil
	}
	way := q.Get("through")
	if !slices.Contains(customers.Ways, way) {
		return "", problem.BadParameter("through", "must be one of "+strings.Join(customers.Ways, ", "))
	}
	return way, nil
}

func (f family) withdraw(x *rest.Exchange) error {
	through, err := through(x)
	if err != nil {
		return err
	}
	err = f.station.WithdrawConsent(x.Context(), x.Var("id"), x.Var("purpose"), through, x.Actor())
	if err != nil {
		return sameNotFound(err)
	}
	return x.Nothing()
}

func (f family) everything(x *rest.Exchange) error {
	e, err := f.station.CustomerEverything(x.Context(), x.Var("id"))
	if err != nil {
		return sameNotFound(err)
	}
	return x.Encode(http.StatusOK, struct {
		Customer told                  `json:"customer"`
		Parcels  []customers.ParcelOf  `json:"parcels"`
		Orders   []customers.OrderOf   `json:"orders"`
		Returns  []customers.ReturnOf  `json:"returns"`
		Messages []customers.MessageOf `json:"messages"`
	}{toldOf(e.Record), orNone(e.Parcels), orNone(e.Orders), orNone(e.Returns), orNone(e.Messages)})
}

// orNone is a list that is written as one when it is empty.
func orNone[T any](all []T) []T {
	if all == nil {
		return []T{}
	}
	return all
}

// told lists what is told of a customer. Keys are not: they say nothing to anybody.
type told struct {
	ID       string           `json:"id"`
	KnownBy  []string         `json:"known_by"` // email, phone
	Language string           `json:"language,omitempty"`
	Channel  string           `json:"channel"`
	Wishes   []string         `json:"wishes"`
	Receipt  bool             `json:"receipt"`
	Name     string           `json:"name,omitempty"`
	Email    string           `json:"email,omitempty"`
	Phone    string           `json:"phone,omitempty"`
	Consents []customers.Said `json:"consents"`
	Created  time.Time        `json:"created"`
	Used     time.Time        `json:"used"`
	Rev      int64            `json:"rev"`
	QRMade   *time.Time       `json:"qr_made,omitempty"` // of the QR code that is good now
}

func toldOf(r customers.Record) told {
	p := r.Person
	t := told{
		r.ID, []string{}, p.Language, string(p.Channel), orNone(p.Wishes), p.Receipt, p.Name, p.Email, p.Phone,
		orNone(r.Consents), r.Created.UTC(), r.Used.UTC(), r.Rev, nil,
	}
	if r.QR != nil {
		t.QRMade = &r.QR.Made
	}
	if p.Keys.Email != "" {
		t.KnownBy = append(t.KnownBy, "email")
	}
	if p.Keys.Phone != "" {
		t.KnownBy = append(t.KnownBy, "phone")
	}
	return t
}

func answer(x *rest.Exchange, status int, r customers.Record) error {
	x.Tagged(rest.Tag(r.Rev))
	return x.Encode(status, toldOf(r))
}

// condition reads the preconditions of a write.
func (f family) condition(x *rest.Exchange) (ledger.Condition, error) {
	return x.Condition(func() (int64, error) {
		r, err := f.station.Customer(x.Context(), x.Var("id"))
		return r.Rev, err
	})
}

// sameNotFound gives one answer for everything that is not here.
func sameNotFound(err error) error {
	if ledger.CodeOf(err) == ledger.NotFound {
		return customers.NoSuchCustomer()
	}
	return err
}
