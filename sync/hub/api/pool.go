package api

import (
	"context"
	_ "embed"
	"net/http"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/plain"
	"cubby/sync/hub"
	"cubby/sync/rest"
)

//go:embed pool.json
var poolFragment []byte

// Pool keeps what the centre itself has, and which stations may promise it.
type Pool interface {
	Pool(ctx context.Context, sku string) (hub.Pool, []hub.StationLease, error)
	SetPool(ctx context.Context, by string, p hub.Pool) error
	SetLeaseTarget(ctx context.Context, by, station, sku string, target int64) error
	Send(ctx context.Context, by, station, sku string, units int64) error
	ForgetLease(ctx context.Context, by, station, sku string) error
}

type poolFamily struct{ hub Pool }

// pool is the family of the centre's own units and of their leases.
func pool(h Pool) rest.Family {
	f := poolFamily{h}
	const one, lease = "/v1/pool/{sku}", at + "/leases/{sku}"
	return rest.Family{Name: "pool", Fragment: poolFragment, Routes: []rest.Route{
		{Method: "GET", Path: one, Scope: readStock, Run: rest.Plain(f.get)},
		{Method: "PUT", Path: one, Scope: writeStock, Run: rest.Reads(f.put)},
		{Method: "PUT", Path: lease, Scope: writeStock, Run: rest.Reads(f.target)},
		{Method: "DELETE", Path: lease, Scope: writeStock, Run: rest.Empty(f.forget)},
		{Method: "POST", Path: lease + "/sent", Repeat: rest.Once, Scope: writeStock,
			Run: rest.Reads(f.sent)},
	}}
}

var (
	noSuchArticle = ledger.Refuse(ledger.NotFound, "no-such-article",
		"the centre has no stock of this article")
	noSuchLease = ledger.Refuse(ledger.NotFound, "no-such-lease",
		"this station has no lease of this article")
)

type poolBody struct {
	SKU          string         `json:"sku"`
	OnHand       int64          `json:"on_hand"`
	Safety       int64          `json:"safety"`
	LeaseMinutes int64          `json:"lease_minutes"`
	Sold         int64          `json:"sold"`
	Leased       int64          `json:"leased"`
	Promisable   int64          `json:"available_to_promise"`
	Free         int64          `json:"free"`
	Leases       []stationLease `json:"leases"`
}

type stationLease struct {
	Station  string     `json:"station"`
	Target   int64      `json:"target"`
	Left     int64      `json:"left"`
	Promised int64      `json:"promised"`
	Sold     int64      `json:"sold"`
	Sent     int64      `json:"sent"`
	Offered  int64      `json:"offered"`
	Until    *time.Time `json:"until,omitempty"`
}

func (f poolFamily) answer(x *rest.Exchange, sku string) error {
	p, all, err := f.hub.Pool(x.Context(), sku)
	if err != nil {
		return sameNotFound(err, noSuchArticle)
	}
	body := poolBody{
		SKU: sku, OnHand: p.OnHand, Safety: p.Safety, LeaseMinutes: int64(p.Lease / time.Minute), Sold: p.Sold,
		Leased: p.Leased, Promisable: p.ATP(), Free: p.Free(), Leases: []stationLease{},
	}
	for _, l := range all {
		one := stationLease{
			Station: l.Station, Target: l.Target, Left: l.Left, Promised: l.Promised, Sold: l.Sold, Sent: l.Sent,
			Offered: l.Offered,
		}
		if until := l.Until.UTC(); l.Until.Unix() > 0 {
			one.Until = &until
		}
		body.Leases = append(body.Leases, one)
	}
	return x.Encode(http.StatusOK, body)
}

func (f poolFamily) get(x *rest.Exchange) error {
	if !plain.Text(x.Var("sku"), 1, 64) {
		return noSuchArticle
	}
	return f.answer(x, x.Var("sku"))
}

type poolSet struct {
	OnHand       *int64 `json:"on_hand"       check:"required,range=0..1000000000"`
	Safety       int64  `json:"safety"        check:"range=0..1000000000"`
	LeaseMinutes int64  `json:"lease_minutes" check:"range=1..43200"`
}

func (f poolFamily) put(x *rest.Exchange, b poolSet) error {
	sku := x.Var("sku")
	if !plain.Text(sku, 1, 64) {
		return noSuchArticle
	}
	p := hub.Pool{
		SKU: sku, OnHand: *b.OnHand, Safety: b.Safety, Lease: time.Duration(b.LeaseMinutes) * time.Minute,
	}
	if err := f.hub.SetPool(x.Context(), x.Client(), p); err != nil {
		return err
	}
	return f.answer(x, sku)
}

type leaseTarget struct {
	Target *int64 `json:"target" check:"required,range=0..100000"`
}

func (f poolFamily) target(x *rest.Exchange, b leaseTarget) error {
	station, sku, err := article(x)
	if err != nil {
		return noSuchStation
	}
	if err := f.hub.SetLeaseTarget(x.Context(), x.Client(), station, sku, *b.Target); err != nil {
		return sameNotFound(err, noSuchStation)
	}
	return f.answer(x, sku)
}

type leaseSent struct {
	Units int64 `json:"units" check:"required,range=1..1000000000"`
}

func (f poolFamily) sent(x *rest.Exchange, b leaseSent) error {
	station, sku, err := article(x)
	if err != nil {
		return noSuchLease
	}
	if err := f.hub.Send(x.Context(), x.Client(), station, sku, b.Units); err != nil {
		return sameNotFound(err, noSuchLease)
	}
	return f.answer(x, sku)
}

func (f poolFamily) forget(x *rest.Exchange) error {
	station, sku, err := article(x)
	if err != nil {
		return noSuchLease
	}
	if err := f.hub.ForgetLease(x.Context(), x.Client(), station, sku); err != nil {
		return sameNotFound(err, noSuchLease)
	}
	return x.Nothing()
}
