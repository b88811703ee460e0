package api_test

import (
	"maps"
	"slices"
	"testing"

	"cubby/sync/api/apitest"
)

// TestDeclaredBodiesAreThoseOfTheContract holds the members of each body that is read by
// declaration against its schema. Announcements are read by hand, and held against
// theirs elsewhere.
func TestDeclaredBodiesAreThoseOfTheContract(t *testing.T) {
	doc, err := apitest.Document()
	if err != nil {
		t.Fatal(err)
	}
	declared := 0
	for _, e := range routes(t) {
		at := e.Method + " " + e.Path
		body := doc.Paths.Value(e.Path).GetOperation(e.Method).RequestBody
		form := e.Run.Body()
		if form == nil {
			if body != nil && at != "PUT /v1/parcels/{id}" &&
				len(body.Value.Content.Get("application/json").Schema.Value.Properties) > 0 {
				t.Errorf("%s reads no declared body, and the contract has one", at)
			}
			continue
		}
		declared++
		if body == nil {
			t.Errorf("%s reads a body, and the contract has none", at)
			continue
		}
		schema := body.Value.Content.Get("application/json").Schema.Value
		if has := slices.Sorted(maps.Keys(schema.Properties)); !slices.Equal(has, form.Members()) {
			t.Errorf("%s reads %v, and the contract has %v", at, form.Members(), has)
		}
		for _, name := range form.Required() {
			if !slices.Contains(schema.Required, name) {
				t.Errorf("%s must have %s, and the contract does not say so", at, name)
			}
		}
	}
	if declared < 10 {
		t.Errorf("%d bodies are declared", declared)
	}
}
