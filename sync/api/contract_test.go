package api_test

import (
	"slices"
	"testing"

	"cubby/sync/api/apitest"
	"cubby/sync/openapi/proof"
	"cubby/sync/rest"
)

func TestTheContractIsValidWithItsExamples(t *testing.T) {
	doc, err := apitest.Document()
	if err != nil {
		t.Fatal(err)
	}
	proof.Valid(t, doc)
}

func TestRoutesAndContractAreTheSame(t *testing.T) {
	b := apitest.New(t)
	proof.SameRoutes(t, b.Endpoint(), false, apitest.Concrete)
	proof.SameRoutes(t, b.Staff().Endpoint(), true, apitest.Concrete)
}

// routes are all routes of all families.
func routes(t *testing.T) []rest.Route { return apitest.New(t).Server.Routes() }

func TestTheContractNamesTheScopeAndTheParametersOfEveryRoute(t *testing.T) {
	doc, err := apitest.Document()
	if err != nil {
		t.Fatal(err)
	}
	proof.SameScopes(t, doc, routes(t))
	proof.SameQuery(t, doc, routes(t))
	proof.SameRepeats(t, doc, routes(t))
}

// TestMadeUpInputFindsAnAnswer sends what a contract would not think of, at both doors.
func TestMadeUpInputFindsAnAnswer(t *testing.T) {
	b := apitest.New(t)
	b.Do("PUT", "/v1/parcels/P1", "{}")
	for _, b := range []*apitest.Bench{b, b.Staff()} {
		proof.Generator{Seed: 14, Times: 20, Sign: b.Sign, Ids: map[string][]string{
			"id": {"P1"}, "number": {"1"}, "sku": {"TS-M"}, "return": {apitest.SomeReturn}, "item": {"1"},
			"refund": {"rf-1"}, "photo": {"ph-1"}, "product": {"mug"}, "gtin": {"4006381333931"},
			"hash": {apitest.SomePicture()}, "file": {"mug.png"},
		}, Skip: func(_, path string) bool { return path == "/screen/v1/views" }}.Run(t, b.Endpoint())
	}
}

// TestTheContractNamesThePersonWhereARouteDoes holds the header of the staff against the
// routes, both ways.
func TestTheContractNamesThePersonWhereARouteDoes(t *testing.T) {
	doc, err := apitest.Document()
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range routes(t) {
		var told []string
		for _, p := range doc.Paths.Value(e.Path).GetOperation(e.Method).Parameters {
			if p.Value.Name == rest.StaffHeader {
				told = append(told, p.Ref)
			}
		}
		want := map[rest.Naming][]string{
			rest.MayBeNamed: {"#/components/parameters/Staff"},
			rest.IsNamed:    {"#/components/parameters/StaffNeeded"},
		}[e.Naming]
		if !slices.Equal(told, want) {
			t.Errorf("%s %s: the contract says %v, the route %v", e.Method, e.Path, told, want)
		}
	}
}
