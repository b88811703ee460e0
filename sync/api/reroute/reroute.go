// Package reroute is the resource family of parcels that go another way: redirected,
// recalled, given away, and kept on the shelf at the counter.
package reroute

import (
	"context"
	_ "embed"
	"net/http"

	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/sync/rest"
	"cubby/sync/strict"
)

//go:embed fragment.json
var fragment []byte

// Station has parcels go another way. Its methods answer after the commit, and none is an
// error when repeated; what the rules refuse comes back as a *ledger.Refusal. by is who of
// the staff does it; nobody when a client with a key does.
type Station interface {
	// Redirect has a parcel collected at another station, or at the counter.
	Redirect(ctx context.Context, by people.Doer, id, to, name, reason string, cond ledger.Condition,
		actor string) (parcel.Parcel, error)
	// Recall has a parcel taken out and given back.
	Recall(ctx context.Context, by people.Doer, id, reason string, cond ledger.Condition, actor string) (
		parcel.Parcel, error)
	// Stay ends a redirection or a recall.
	Stay(ctx context.Context, by people.Doer, id, why string, cond ledger.Condition, actor string) (
		parcel.Parcel, error)
	// Remove notes that a parcel was given away.
	Remove(ctx context.Context, by people.Doer, id, reason, actor string) (parcel.Parcel, error)
	// Shelve puts a parcel on a place of the shelf.
	Shelve(ctx context.Context, by people.Doer, id, place, actor string) (parcel.Parcel, error)
	// Leaving lists what has to leave.
	Leaving(ctx context.Context) ([]parcel.Parcel, error)
	// Shelf lists the places at the counter.
	Shelf(ctx context.Context) ([]parcel.OnShelf, error)
}

// Reader reads what is committed.
type Reader interface {
	Parcel(ctx context.Context, id string) (parcel.Parcel, *parcel.Recipient, error)
}

// The rights that these routes need.
const (
	mayRead  = "parcels:read"
	mayWrite = "parcels:write"
	mayAct   = "staff:act"
)

type family struct {
	station Station
	reader  Reader
}

// Family is the family over a station.
func Family(st Station, r Reader) rest.Family {
	f := family{st, r}
	const one = "/v1/parcels/{id}"
	return rest.Family{Name: "reroute", Fragment: fragment, Routes: []rest.Route{
		{Method: "POST", Path: one + "/redirection", Repeat: rest.Again, Scope: mayWrite,
			Run: rest.Reads(f.redirect), Naming: rest.MayBeNamed},
		{Method: "DELETE", Path: one + "/redirection", Scope: mayWrite, Run: rest.Empty(f.endRedirection),
			Naming: rest.MayBeNamed},
		{Method: "POST", Path: one + "/recall", Repeat: rest.Again, Scope: mayWrite, Run: rest.MayRead(f.recall),
			Naming: rest.MayBeNamed},
		{Method: "DELETE", Path: one + "/recall", Scope: mayWrite, Run: rest.Empty(f.endRecall),
			Naming: rest.MayBeNamed},
		{Method: "POST", Path: one + "/removal", Repeat: rest.Again, Scope: mayAct, Run: rest.MayRead(f.remove),
			Naming: rest.IsNamed},
		{Method: "PUT", Path: one + "/shelf", Scope: mayAct, Run: rest.Reads(f.shelve), Naming: rest.IsNamed},
		{Method: "GET", Path: "/v1/leaving", Scope: mayRead, Run: rest.Plain(f.leaving),
			Naming: rest.MayBeNamed, Does: string(people.FindParcel)},
		{Method: "GET", Path: "/v1/shelf", Scope: mayRead, Run: rest.Plain(f.shelf),
			Naming: rest.MayBeNamed, Does: string(people.FindParcel)},
	}}
}

// redirection is where a parcel is collected instead, and why.
type redirection struct {
	To     string `json:"to"     check:"required,text=1..64"   slug:"place"`
	Name   string `json:"name"   check:"text=1..100"           slug:"name"`
	Reason string `json:"reason" check:"text=1..200"           slug:"reason"`
}

// reason is why, if it is said.
type reason struct {
	Reason string `json:"reason" check:"text=1..200" slug:"reason"`
}

// place is one of the shelf.
type place struct {
	Place string `json:"place" check:"required,text=1..32" slug:"no-such-place"`
}

func doer(x *rest.Exchange) people.Doer { return people.Doer{ID: x.Person()} }

func (f family) redirect(x *rest.Exchange, r redirection) error {
	return f.change(x, func(id string, cond ledger.Condition) (parcel.Parcel, error) {
		return f.station.Redirect(x.Context(), doer(x), id, r.To, r.Name, r.Reason, cond, x.Actor())
	})
}

func (f family) endRedirection(x *rest.Exchange) error { return f.stay(x, parcel.ToElsewhere) }

func (f family) recall(x *rest.Exchange, why reason) error {
	return f.change(x, func(id string, cond ledger.Condition) (parcel.Parcel, error) {
		return f.station.Recall(x.Context(), doer(x), id, why.Reason, cond, x.Actor())
	})
}

func (f family) endRecall(x *rest.Exchange) error { return f.stay(x, parcel.ToSender) }

func (f family) stay(x *rest.Exchange, why string) error {
	return f.change(x, func(id string, cond ledger.Condition) (parcel.Parcel, error) {
		return f.station.Stay(x.Context(), doer(x), id, why, cond, x.Actor())
	})
}

func (f family) remove(x *rest.Exchange, why reason) error {
	return f.one(x, func(id string) (parcel.Parcel, error) {
		return f.station.Remove(x.Context(), doer(x), id, why.Reason, x.Actor())
	})
}

func (f family) shelve(x *rest.Exchange, p place) error {
	return f.one(x, func(id string) (parcel.Parcel, error) {
		return f.station.Shelve(x.Context(), doer(x), id, p.Place, x.Actor())
	})
}

// change does something with the parcel that is named, under a condition.
func (f family) change(x *rest.Exchange,
	do func(id string, cond ledger.Condition) (parcel.Parcel, error)) error {
	return f.one(x, func(id string) (parcel.Parcel, error) {
		cond, err := x.Condition(func() (int64, error) {
			p, _, err := f.reader.Parcel(x.Context(), id)
			return p.Rev, err
		})
		if err != nil {
			return parcel.Parcel{}, err
		}
		return do(id, cond)
	})
}

// one does something with the parcel that is named, and answers with it.
func (f family) one(x *rest.Exchange, do func(id string) (parcel.Parcel, error)) error {
	id := x.Var("id")
	if !strict.ValidID(id) {
		return noSuchParcel
	}
	p, err := do(id)
	if ledger.CodeOf(err) == ledger.NotFound {
		err = noSuchParcel
	}
	if err != nil {
		return err
	}
	x.Tagged(rest.Tag(p.Rev))
	return x.Answer(http.StatusOK, p.AppendJSON(make([]byte, 0, 512)))
}

var noSuchParcel = ledger.Refuse(ledger.NotFound, "no-such-parcel", "there is no parcel with this id here")

// leaving answers with what staff are to take out or give away.
func (f family) leaving(x *rest.Exchange) error {
	all, err := f.station.Leaving(x.Context())
	if err != nil {
		return err
	}
	body := append(make([]byte, 0, 64+512*len(all)), `{"parcels":[`...)
	for i := range all {
		if i > 0 {
			body = append(body, ',')
		}
		body = all[i].AppendJSON(body)
	}
	return x.Answer(http.StatusOK, append(body, `]}`...))
}

// onShelf is one place of the shelf.
type onShelf struct {
	Place  string `json:"place"`
	Parcel string `json:"parcel_id,omitempty"` // absent: it is free
}

// shelf answers with the places at the counter.
func (f family) shelf(x *rest.Exchange) error {
	all, err := f.station.Shelf(x.Context())
	if err != nil {
		return err
	}
	list := []onShelf{}
	for _, on := range all {
		list = append(list, onShelf(on))
	}
	return x.Encode(http.StatusOK, map[string]any{"places": list})
}
