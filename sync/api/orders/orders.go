// Package orders is the resource family of what customers have bought: orders put by the
// centre, read, listed, told what came back elsewhere, leased to a site, cancelled.
package orders

import (
	"context"
	_ "embed"
	"net/http"
	"time"
	"unicode/utf8"

	"cubby/locker/ledger"
	"cubby/locker/orders"
	"cubby/locker/people"
	"cubby/sync/problem"
	"cubby/sync/rest"
)

//go:embed fragment.json
var fragment []byte

// Station changes orders. Its methods answer after the commit; what the rules refuse comes
// back as a *ledger.Refusal.
type Station interface {
	// PutOrder creates or replaces an order. proof is kept as hashes.
	PutOrder(ctx context.Context, id string, o orders.Order, proof orders.Proof, cond ledger.Condition,
		actor string) (orders.Order, orders.Outcome, error)
	// ReturnedElsewhere tells how many units of a line have come back at other places, in
	// total. Repeating it is no error.
	ReturnedElsewhere(ctx context.Context, order, line string, quantity int, cond ledger.Condition,
		actor string) (orders.Order, error)
	// GrantLease gives a site the right to take a line back while the centre cannot be asked.
	GrantLease(ctx context.Context, order, line string, lease orders.Lease, cond ledger.Condition,
		actor string) (orders.Order, error)
	// CancelOrder ends an order. Repeating it is no error.
	CancelOrder(ctx context.Context, order string, cond ledger.Condition, actor string) (orders.Order, error)
	// ForgetOrder removes an order and what is known of its customer.
	ForgetOrder(ctx context.Context, order string, cond ledger.Condition, actor string) error
}

// Reader reads what is committed.
type Reader interface {
	// Order reads one order. An id that is not here is refused as NotFound.
	Order(ctx context.Context, id string) (orders.Order, error)
	// Orders reads a page ordered by id. next is the After of the following page, empty on
	// the last.
	Orders(ctx context.Context, f orders.Filter) (page []orders.Outline, next string, err error)
}

// The rights that these routes need.
const (
	mayRead  = "orders:read"
	mayWrite = "orders:write"
)

// mostBody bounds an order, in bytes.
const mostBody = 1 << 20

type family struct {
	station Station
	reader  Reader
}

// Family is the family over a station.
func Family(st Station, r Reader) rest.Family {
	f := family{st, r}
	const one = "/v1/orders/{id}"
	return rest.Family{Name: "orders", Fragment: fragment, Routes: []rest.Route{
		{Method: "PUT", Path: one, Scope: mayWrite, Run: rest.Reads(f.put), MaxBody: mostBody},
		{Method: "PATCH", Path: one, Scope: mayWrite, Run: rest.Plain(f.patch), MaxBody: mostBody,
			Media: rest.MergePatch},
		{Method: "GET", Path: one, Scope: mayRead, Run: rest.Plain(f.get),
			Naming: rest.MayBeNamed, Does: string(people.FindParcel)},
		{Method: "DELETE", Path: one, Scope: mayWrite, Run: rest.Empty(f.forget)},
		{Method: "GET", Path: "/v1/orders", Scope: mayRead, Run: rest.Plain(f.list),
			Query:  []string{"shop", "scan", "limit", "page_token"},
			Naming: rest.MayBeNamed, Does: string(people.FindParcel)},
		{Method: "POST", Path: one + "/returned-elsewhere", Repeat: rest.Again, Scope: mayWrite,
			Run: rest.Reads(f.elsewhere)},
		{Method: "POST", Path: one + "/leases", Repeat: rest.Again, Scope: mayWrite,
			Run: rest.Reads(f.lease)},
		{Method: "POST", Path: one + "/cancel", Repeat: rest.Again, Scope: mayWrite,
			Run: rest.Empty(f.cancel)},
	}}
}

var noSuchOrder = ledger.Refuse(ledger.NotFound, "no-such-order", "there is no order with this id here")

// put creates an order or replaces it.
func (f family) put(x *rest.Exchange, b body) error {
	id := x.Var("id")
	if !orders.ValidID(id) {
		return orders.BadOrderID()
	}
	cond, err := f.condition(x, id)
	if err != nil {
		return err
	}
	o, outcome, err := f.station.PutOrder(x.Context(), id, b.order(), b.proof(), cond, x.Actor())
	if err != nil {
		return err
	}
	if outcome == orders.Created {
		x.Header()["Location"] = []string{"/v1/orders/" + id}
		return answer(x, http.StatusCreated, o)
	}
	return answer(x, http.StatusOK, o)
}

func (f family) get(x *rest.Exchange) error {
	id := x.Var("id")
	if !orders.ValidID(id) {
		return noSuchOrder
	}
	o, err := f.reader.Order(x.Context(), id)
	if err != nil {
		return sameNotFound(err)
	}
	if done, err := x.Unchanged(rest.Tag(o.Rev)); done || err != nil {
		return err
	}
	if x.Person() != "" {
		o.CustomerRef = "" // which staff have no need of
	}
	return answer(x, http.StatusOK, o)
}

// elsewhereBody is how many of a line have come back at other places.
type elsewhereBody struct {
	Line     string `json:"line"     check:"required,id"`
	Quantity int    `json:"quantity" check:"range=0..100000"`
}

func (f family) elsewhere(x *rest.Exchange, b elsewhereBody) error {
	return f.set(x, func(id string, cond ledger.Condition) (orders.Order, error) {
		return f.station.ReturnedElsewhere(x.Context(), id, b.Line, b.Quantity, cond, x.Actor())
	})
}

// grant is a line that only one site takes back while the centre cannot be asked.
type grant struct {
	Line  string    `json:"line"  check:"required,id"`
	Site  string    `json:"site"  check:"required,text=1..64"`
	Until time.Time `json:"until" check:"required"`
}

func (f family) lease(x *rest.Exchange, g grant) error {
	return f.set(x, func(id string, cond ledger.Condition) (orders.Order, error) {
		lease := orders.Lease{Site: g.Site, Until: g.Until}
		return f.station.GrantLease(x.Context(), id, g.Line, lease, cond, x.Actor())
	})
}

func (f family) cancel(x *rest.Exchange) error {
	return f.set(x, func(id string, cond ledger.Condition) (orders.Order, error) {
		return f.station.CancelOrder(x.Context(), id, cond, x.Actor())
	})
}

func (f family) forget(x *rest.Exchange) error {
	id := x.Var("id")
	if !orders.ValidID(id) {
		return noSuchOrder
	}
	cond, err := f.condition(x, id)
	if err == nil {
		err = f.station.ForgetOrder(x.Context(), id, cond, x.Actor())
	}
	if err != nil {
		return sameNotFound(err)
	}
	return x.Nothing()
}

// set does something with the order that is named, and answers with it.
func (f family) set(x *rest.Exchange, do func(id string, cond ledger.Condition) (orders.Order, error)) error {
	id := x.Var("id")
	if !orders.ValidID(id) {
		return noSuchOrder
	}
	cond, err := f.condition(x, id)
	if err != nil {
		return err
	}
	o, err := do(id, cond)
	if err != nil {
		return sameNotFound(err)
	}
	return answer(x, http.StatusOK, o)
}

// condition reads the preconditions of a write.
func (f family) condition(x *rest.Exchange, id string) (ledger.Condition, error) {
	return x.Condition(func() (int64, error) {
		o, err := f.reader.Order(x.Context(), id)
		return o.Rev, err
	})
}

// sameNotFound gives one answer for everything that is not here.
func sameNotFound(err error) error {
	if err != nil && ledger.CodeOf(err) == ledger.NotFound {
		return noSuchOrder
	}
	return err
}

// list answers with a page of orders ordered by id.
func (f family) list(x *rest.Exchange) (err error) {
	q, filter := x.Query(), orders.Filter{}
	if filter.Limit, err = rest.Number(q, "limit", 1, 100, 100); err != nil {
		return err
	}
	for name, into := range map[string]*string{"shop": &filter.Shop, "scan": &filter.Scan} {
		if !q.Has(name) {
			continue
		}
		*into = q.Get(name)
		if n := utf8.RuneCountInString(*into); n < 1 || n > 256 {
			return problem.BadParameter(name, "must have 1 to 256 characters")
		}
	}
	if q.Get("page_token") != "" { // "page_token=" is how a loop asks before it has one
		if filter.After, err = rest.ParsePageToken(q.Get("page_token")); err != nil {
			return err
		}
	}
	page, next, err := f.reader.Orders(x.Context(), filter)
	if err != nil {
		return err
	}
	if page == nil {
		page = []orders.Outline{}
	}
	body := map[string]any{"orders": page}
	if next != "" {
		body["next_page_token"] = rest.PageToken(next)
	}
	return x.Encode(http.StatusOK, body)
}
