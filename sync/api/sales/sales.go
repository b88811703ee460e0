// Package sales is the resource family of what the station's own shop has sold.
package sales

import (
	"context"
	_ "embed"
	"net/http"
	"slices"
	"time"

	"cubby/locker/people"
	"cubby/locker/plain"
	"cubby/locker/shop"
	"cubby/sync/problem"
	"cubby/sync/rest"
)

//go:embed fragment.json
var fragment []byte

// Station notes what customers say of their sales. It answers after the commit; what the
// rules refuse comes back as a *ledger.Refusal.
type Station interface {
	// CustomerHere says that the customer waits at a bay. Repeating it is no error.
	CustomerHere(ctx context.Context, by people.Doer, sale, bay, actor string) (shop.Sale, error)
}

// Reader reads what is committed. What is not here is refused as NotFound.
type Reader interface {
	Sale(ctx context.Context, id string) (shop.Sale, error)
	// SalePage reads a page ordered by number. next is the After of the following page, empty
	// on the last.
	SalePage(ctx context.Context, f shop.Filter) (page []shop.Sale, next string, err error)
}

type family struct {
	station Station
	reader  Reader
}

// Family is the family over a station.
func Family(st Station, r Reader) rest.Family {
	f := family{st, r}
	const all, one = "/v1/sales", "/v1/sales/{sale}"
	reads, hands := string(people.FindParcel), string(people.HandOver)
	return rest.Family{Name: "sales", Fragment: fragment, Routes: []rest.Route{
		{Method: "GET", Path: all, Scope: "orders:read", Run: rest.Plain(f.list), Naming: rest.MayBeNamed,
			Does: reads, Query: []string{"state", "limit", "page_token"}},
		{Method: "GET", Path: one, Scope: "orders:read", Run: rest.Plain(f.get), Naming: rest.MayBeNamed,
			Does: reads},
		{Method: "POST", Path: one + "/here", Scope: "orders:write", Run: rest.Reads(f.here),
			Repeat: rest.Again, Naming: rest.MayBeNamed, Does: hands},
	}}
}

// body is a sale as its readers get it: without its code, and without where it is paid.
type body struct {
	ID       string     `json:"id"`
	Shop     string     `json:"shop"`
	State    shop.State `json:"state"`
	Channel  string     `json:"channel"`
	Currency string     `json:"currency"`
	Total    int64      `json:"total"`
	Tax      int64      `json:"tax"`
	Paid     int64      `json:"paid"`
	Prices   string     `json:"prices"`
	Place    shop.Place `json:"place"`
	Bay      string     `json:"bay,omitempty"`
	Age      int        `json:"age,omitempty"`
	Gift     bool       `json:"gift,omitempty"`
	Reason   string     `json:"reason,omitempty"`
	Ordered  time.Time  `json:"ordered_at"`
	PaidAt   *time.Time `json:"paid_at,omitempty"`
	ReadyAt  *time.Time `json:"ready_at,omitempty"`
	EndedAt  *time.Time `json:"ended_at,omitempty"`
	Lines    []line     `json:"lines"`
	Rev      int64      `json:"rev"`
}

type line struct {
	ID       string         `json:"id"`
	SKU      string         `json:"sku"`
	Title    string         `json:"title"`
	Quantity int            `json:"quantity"`
	Unit     int64          `json:"unit"`
	Total    int64          `json:"total"`
	State    shop.LineState `json:"state"`
	Parcels  []string       `json:"parcels,omitempty"`
}

func as(s shop.Sale) body {
	b := body{
		ID: s.ID, Shop: s.Shop, State: s.State, Channel: s.Channel, Currency: s.Currency, Total: s.Total,
		Tax: s.Tax, Paid: s.Payment.Paid(), Prices: s.Version, Place: s.Place, Bay: s.Bay, Age: s.Age,
		Gift: s.Gift, Reason: s.Reason, Ordered: s.Ordered.UTC(), PaidAt: s.PaidAt, ReadyAt: s.ReadyAt,
		EndedAt: s.EndedAt, Lines: []line{}, Rev: s.Rev,
	}
	for _, l := range s.Lines {
		b.Lines = append(b.Lines, line{l.ID, l.SKU, l.Title, l.Quantity, l.Unit, l.Total, l.State, l.Parcels})
	}
	return b
}

func (f family) list(x *rest.Exchange) (err error) {
	q, filter := x.Query(), shop.Filter{}
	if filter.Limit, err = rest.Number(q, "limit", 1, 100, 100); err != nil {
		return err
	}
	if q.Has("state") {
		filter.State = shop.State(q.Get("state"))
		if !slices.Contains(shop.States, filter.State) {
			return problem.BadParameter("state",
				"must be one of placed, paid, picking, ready, handed_over, cancelled")
		}
	}
	if token := q.Get("page_token"); token != "" {
		if filter.After, err = rest.ParsePageToken(token); err != nil {
			return err
		}
	}
	page, next, err := f.reader.SalePage(x.Context(), filter)
	if err != nil {
		return err
	}
	all := []body{}
	for _, s := range page {
		all = append(all, as(s))
	}
	answer := map[string]any{"sales": all}
	if next != "" {
		answer["next_page_token"] = rest.PageToken(next)
	}
	return x.Encode(http.StatusOK, answer)
}

func (f family) get(x *rest.Exchange) error {
	if !plain.Text(x.Var("sale"), 1, 64) {
		return shop.NoSuchSale()
	}
	s, err := f.reader.Sale(x.Context(), x.Var("sale"))
	if err != nil {
		return err
	}
	if done, err := x.Unchanged(rest.Tag(s.Rev)); done || err != nil {
		return err
	}
	return send(x, s)
}

// waiting is where a customer waits.
type waiting struct {
	Bay string `json:"bay" check:"required,text=1..20" slug:"bay"`
}

func (f family) here(x *rest.Exchange, b waiting) error {
	by := people.Doer{ID: x.Person()}
	actor := x.Actor()
	if by != (people.Doer{}) {
		actor = by.Actor()
	}
	if !plain.Text(x.Var("sale"), 1, 64) {
		return shop.NoSuchSale()
	}
	s, err := f.station.CustomerHere(x.Context(), by, x.Var("sale"), b.Bay, actor)
	if err != nil {
		return err
	}
	return send(x, s)
}

func send(x *rest.Exchange, s shop.Sale) error {
	x.Tagged(rest.Tag(s.Rev))
	return x.Encode(http.StatusOK, as(s))
}
