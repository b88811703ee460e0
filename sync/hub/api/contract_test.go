package api_test

import (
	"strings"
	"testing"

	"cubby/sync/db/dbtest"
	"cubby/sync/openapi/proof"
)

// concrete fills the template of a route.
func concrete(path string) string {
	return strings.NewReplacer("{station}", "st", "{id}", "P-1", "{sku}", "TS-M", "{shop}", "usual",
		"{name}", "greeting", "{webhook}", "w-1", "{product}", "mug", "{gtin}", "4006381333931",
		"{hash}", strings.Repeat("0", 64), "{file}", "mug.png").Replace(path)
}

func TestTheContractIsWhatTheEndpointIs(t *testing.T) {
	b := open(t, dbtest.SQLite(t))
	proof.Valid(t, b.Doc)
	proof.SameRoutes(t, b.Endpoint, false, concrete)
	proof.SameScopes(t, b.Doc, b.server.Routes())
	proof.SameQuery(t, b.Doc, b.server.Routes())
	proof.SameRepeats(t, b.Doc, b.server.Routes())
	const line = "/sync/v1/stations/{station}"
	proof.SameBodies(t, b.Doc, b.server.Routes(), // those read by hand: as a station reads them, or leniently
		"PUT /v1/stations/{station}/parcels/{id}", "PUT /v1/orders/{id}", "PUT /v1/texts/{name}",
		"PATCH /v1/stations/{station}/parcels/{id}", "PATCH /v1/orders/{id}", "PATCH /v1/stations/{station}",
		"PATCH /v1/stations/{station}/stock/{sku}",
		"POST /sync/v1/enrol", "POST "+line+"/events", "POST "+line+"/epochs", "POST "+line+"/digest",
		"PUT "+line+"/about", "PATCH /v1/webhooks/{webhook}")
}
