// Package api lists the resource families of the endpoint. Each has a package of its own
// below, with its routes, its fragment of the contract and the few methods it needs.
package api

import (
	"time"

	"cubby/sync/api/cases"
	offers "cubby/sync/api/catalogue"
	"cubby/sync/api/centre"
	"cubby/sync/api/commission"
	"cubby/sync/api/compartments"
	"cubby/sync/api/configuration"
	"cubby/sync/api/customers"
	"cubby/sync/api/delegates"
	"cubby/sync/api/desk"
	"cubby/sync/api/devices"
	"cubby/sync/api/events"
	"cubby/sync/api/extensions"
	"cubby/sync/api/figures"
	"cubby/sync/api/orders"
	"cubby/sync/api/parcels"
	"cubby/sync/api/payments"
	"cubby/sync/api/people"
	"cubby/sync/api/photos"
	"cubby/sync/api/policies"
	"cubby/sync/api/prices"
	"cubby/sync/api/print"
	"cubby/sync/api/reroute"
	"cubby/sync/api/returns"
	"cubby/sync/api/sales"
	"cubby/sync/api/screen"
	"cubby/sync/api/service"
	"cubby/sync/api/stock"
	"cubby/sync/api/stories"
	"cubby/sync/api/webhooks"
	"cubby/sync/catalogue"
	"cubby/sync/rest"
)

// Station is all that the families need of the one writer.
type Station interface {
	cases.Station
	centre.Station
	compartments.Station
	customers.Station
	delegates.Station
	desk.Station
	devices.Station
	extensions.Station
	orders.Station
	parcels.Station
	people.Station
	photos.Station
	policies.Station
	print.Station
	reroute.Station
	returns.Station
	sales.Station
	screen.Station
	service.Station
	stock.Station
}

// Reader is all that they need of what is committed.
type Reader interface {
	cases.Reader
	events.Reader
	figures.Reader
	orders.Reader
	parcels.Reader
	returns.Reader
	sales.Reader
	stock.Reader
	stories.Reader
}

// A Site is what the families are made over.
type Site struct {
	Name     string // the station's random id
	Station  Station
	Reader   Reader
	Webhooks webhooks.Sender
	Notices  payments.Taker // of payment providers; nil: none are taken
	// Configuration tells what the station goes by; nil: nothing does now.
	Configuration configuration.Teller
	Commission    commission.Commissioner // nil: the site cannot be commissioned through the endpoint
	Zone          *time.Location          // of the station's days; nil: UTC
	Catalogue     *catalogue.Store        // what its shop offers; nil: it has no shop
	Prices        prices.List             // by which it sells; nil: it has no shop
	CursorKey     []byte                  // proves that the station has given out a cursor; empty: it believes
}

// Families are the families in the order in which the contract has them, one line each.
func Families(s Site) []rest.Family {
	return []rest.Family{
		cases.Family(s.Station, s.Reader),
		offers.Family(s.Catalogue),
		centre.Family(s.Station),
		commission.Family(s.Commission),
		compartments.Family(s.Station),
		configuration.Family(s.Configuration),
		customers.Family(s.Station),
		delegates.Family(s.Station),
		desk.Family(s.Station),
		devices.Family(s.Station),
		events.Family(s.Reader, s.CursorKey),
		extensions.Family(s.Station),
		figures.Family(s.Reader, s.Zone),
		orders.Family(s.Station, s.Reader),
		parcels.Family(s.Station, s.Reader),
		payments.Family(s.Notices),
		people.Family(s.Station),
		photos.Family(s.Station),
		policies.Family(s.Station),
		prices.Family(s.Prices),
		print.Family(s.Station),
		reroute.Family(s.Station, s.Reader),
		returns.Family(s.Station, s.Reader),
		sales.Family(s.Station, s.Reader),
		screen.Family(s.Station),
		service.Family(s.Station, s.Name),
		stock.Family(s.Station, s.Reader),
		stories.Family(s.Reader),
		webhooks.Family(s.Webhooks),
	}
}
