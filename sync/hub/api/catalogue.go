package api

import (
	"cubby/locker/ledger"
	offers "cubby/sync/api/catalogue"
	"cubby/sync/catalogue"
	"cubby/sync/rest"
)

// offersRoutes are where a station fetches the catalogue of the hub and its pictures.
func (f lineFamily) offersRoutes(at string) []rest.Route {
	return []rest.Route{
		{Method: "GET", Path: at + "/catalogue", Scope: mayJoin, Run: rest.Plain(f.catalogue)},
		{Method: "GET", Path: at + "/catalogue/pictures/{hash}", Scope: mayJoin, Run: rest.Plain(f.picture)},
	}
}

var noCatalogue = ledger.Refuse(ledger.NotFound, "no-catalogue", "the hub has no catalogue")

func (f lineFamily) catalogue(x *rest.Exchange) error {
	if _, err := f.station(x); err != nil {
		return err
	}
	if f.offers == nil {
		return noCatalogue
	}
	return offers.Send(x, f.offers)
}

func (f lineFamily) picture(x *rest.Exchange) error {
	if _, err := f.station(x); err != nil {
		return err
	}
	if f.offers == nil {
		return noCatalogue
	}
	return offers.SendPicture(x, f.offers, catalogue.Large)
}
