package api_test

import (
	"net/http"
	"strings"
	"testing"

	"cubby/sync/db/dbtest"
	"cubby/sync/openapi/proof"
)

// concrete fills the template of a route.
func concrete(path string) string {
	return strings.NewReplacer("{station}", "st", "{id}", "P-1", "{sku}", "TS-M", "{shop}", "usual",
		"{name}", "greeting").Replace(path)
}

func TestTheContractIsWhatTheEndpointIs(t *testing.T) {
	b := open(t, dbtest.SQLite(t))
	proof.Valid(t, b.Doc)
	proof.SameRoutes(t, b.Endpoint, false, concrete)
	proof.SameScopes(t, b.Doc, b.server.Routes())
	proof.SameQuery(t, b.Doc, b.server.Routes())
}

func TestMadeUpInputFindsAnAnswer(t *testing.T) {
	b := open(t, dbtest.SQLite(t))
	id, key := b.join("one")
	proof.Generator{Seed: 14, Times: 30, Ids: map[string][]string{"station": {id}},
		Sign: func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+key) },
	}.Run(t, b.Endpoint)
}
