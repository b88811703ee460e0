package api

import (
	"context"
	_ "embed"
	"net/http"
	"time"

	"cubby/locker/care"
	"cubby/locker/ledger"
	"cubby/sync/hub"
	"cubby/sync/rest"
	"cubby/sync/strict"
)

//go:embed cases.json
var casesFragment []byte

// Cases reads what went wrong for customers at doors.
type Cases interface {
	Cases(ctx context.Context, f hub.CaseFilter) (page []hub.Case, next string, err error)
	OneCase(ctx context.Context, station, number string) (hub.Case, error)
}

type casesFamily struct{ hub Cases }

// cases is the family of cases over all stations.
func cases(h Cases) rest.Family {
	f := casesFamily{h}
	return rest.Family{Name: "cases", Fragment: casesFragment, Routes: []rest.Route{
		{Method: "GET", Path: at + "/cases/{id}", Scope: readParcels, Run: rest.Plain(f.get)},
		{Method: "GET", Path: "/v1/cases", Scope: readParcels, Run: rest.Plain(f.list),
			Query: []string{"station", "parcel", "state", "limit", "page_token"}},
	}}
}

var noSuchCase = ledger.Refuse(ledger.NotFound, "no-such-case", "there is no case with this number here")

// A case as readers get it.
type caseBody struct {
	Station string     `json:"station"`
	Number  string     `json:"number"`
	Kind    string     `json:"kind"`
	State   care.State `json:"state"`
	Parcel  string     `json:"parcel_id"`
	OrderID string     `json:"order_id,omitempty"`
	Door    string     `json:"door"`
	Opened  time.Time  `json:"opened"`
	Closed  *time.Time `json:"closed,omitempty"`
	Note    string     `json:"note,omitempty"`
}

func caseAs(c hub.Case) caseBody {
	state := care.Open
	if c.Closed != nil {
		state = care.Closed
	}
	return caseBody{c.Station, c.Number, c.Kind, state, c.Parcel, c.OrderID, c.Door, c.Opened, c.Closed, c.Note}
}

func (f casesFamily) get(x *rest.Exchange) error {
	names, err := named(x, noSuchCase, "station", "id")
	if err != nil {
		return err
	}
	c, err := f.hub.OneCase(x.Context(), names["station"], names["id"])
	if err != nil {
		return sameNotFound(err, noSuchCase)
	}
	return x.Encode(http.StatusOK, caseAs(c))
}

// list answers with a page of cases, the newest first.
func (f casesFamily) list(x *rest.Exchange) (err error) {
	var filter hub.CaseFilter
	if filter.Limit, filter.After, err = paged(x.Query()); err != nil {
		return err
	}
	if err := words(x.Query(), map[string]*string{
		"station": &filter.Station, "parcel": &filter.Parcel, "state": &filter.State,
	}); err != nil {
		return err
	}
	if filter.Station != "" && !strict.ValidID(filter.Station) {
		return noSuchStation
	}
	all, next, err := f.hub.Cases(x.Context(), filter)
	if err != nil {
		return err
	}
	page := []caseBody{}
	for _, c := range all {
		page = append(page, caseAs(c))
	}
	return x.Encode(http.StatusOK, list("cases", page, next))
}
