// Package extensions is the resource family of more time to collect a parcel: what it would
// mean, giving it, and when the time begins.
package extensions

import (
	"context"
	_ "embed"
	"errors"
	"net/http"

	"cubby/locker/ledger"
	"cubby/locker/money"
	"cubby/locker/parcel"
	"cubby/sync/rest"
	"cubby/sync/strict"
)

//go:embed fragment.json
var fragment []byte

// Station gives parcels more time. Its methods answer after the commit; what the rules
// refuse comes back as a *ledger.Refusal.
type Station interface {
	// OfferExtension tells what more time would mean for a parcel.
	OfferExtension(ctx context.Context, id string) (parcel.Extension, error)
	// Extend gives more time for a price that whoever asks agrees to; zero: free.
	Extend(ctx context.Context, id string, price money.Amount, actor string) (parcel.Parcel, error)
	// Notice says that the recipient was told of the parcel. Repeating it is no error.
	Notice(ctx context.Context, id string, actor string) (parcel.Parcel, error)
}

// The rights that these routes need.
const (
	mayRead  = "parcels:read"
	mayWrite = "parcels:write"
)

type family struct{ station Station }

// Family is the family over a station.
func Family(st Station) rest.Family {
	f := family{st}
	const all = "/v1/parcels/{id}/extensions"
	return rest.Family{Name: "extensions", Fragment: fragment, Routes: []rest.Route{
		{Method: "GET", Path: all, Scope: mayRead, Run: rest.Plain(f.offer)},
		{Method: "POST", Path: all, Repeat: rest.Once, Scope: mayWrite, Run: rest.MayRead(f.extend)},
		{Method: "POST", Path: "/v1/parcels/{id}/notice", Repeat: rest.Again, Scope: mayWrite,
			Run: rest.Empty(f.notice)},
	}}
}

var noSuchParcel = ledger.Refuse(ledger.NotFound, "no-such-parcel", "there is no parcel with this id here")

func (f family) offer(x *rest.Exchange) error {
	id := x.Var("id")
	if !strict.ValidID(id) {
		return noSuchParcel
	}
	answer := told{Possible: true}
	offer, err := f.station.OfferExtension(x.Context(), id)
	var refused *ledger.Refusal
	switch {
	case err == nil:
		answer.Extension = &offer
	case errors.As(err, &refused) && refused.Code == ledger.Conflict:
		answer = told{Why: refused.Slug, Detail: refused.Message}
	default:
		return sameNotFound(err)
	}
	return x.Encode(http.StatusOK, answer)
}

// told is what more time would mean, or why there is none.
type told struct {
	Possible bool   `json:"possible"`
	Why      string `json:"why,omitempty"`
	Detail   string `json:"detail,omitempty"`
	*parcel.Extension
}

// price is what whoever asks agrees to pay. The rules say what it has to be.
type price struct {
	Amount   int    `json:"amount"   check:"range=0..1000000000"`
	Currency string `json:"currency" check:"bytes=0..3"`
}

func (f family) extend(x *rest.Exchange, p price) error {
	return f.set(x, func(id string) (parcel.Parcel, error) {
		return f.station.Extend(x.Context(), id, money.Of(int64(p.Amount), p.Currency), x.Actor())
	})
}

func (f family) notice(x *rest.Exchange) error {
	return f.set(x, func(id string) (parcel.Parcel, error) {
		return f.station.Notice(x.Context(), id, x.Actor())
	})
}

// set does something with the parcel that is named, and answers with it.
func (f family) set(x *rest.Exchange, do func(id string) (parcel.Parcel, error)) error {
	id := x.Var("id")
	if !strict.ValidID(id) {
		return noSuchParcel
	}
	p, err := do(id)
	if err != nil {
		return sameNotFound(err)
	}
	x.Tagged(rest.Tag(p.Rev))
	return x.Answer(http.StatusOK, p.AppendJSON(nil))
}

// sameNotFound gives one answer for everything that is not here.
func sameNotFound(err error) error {
	if ledger.CodeOf(err) == ledger.NotFound {
		return noSuchParcel
	}
	return err
}
