package api_test

import (
	"testing"

	"cubby/sync/api/apitest"
	"cubby/sync/openapi/proof"
)

// TestDeclaredBodiesAreThoseOfTheContract leaves out announcements, which are read by hand
// and held against their schema elsewhere, patches, which are merged before, notices, which
// are signed as they came, and prices, which are read as files are.
func TestDeclaredBodiesAreThoseOfTheContract(t *testing.T) {
	doc, err := apitest.Document()
	if err != nil {
		t.Fatal(err)
	}
	proof.SameBodies(t, doc, routes(t), "PUT /v1/parcels/{id}", "PATCH /v1/parcels/{id}",
		"PATCH /v1/orders/{id}",
		"PATCH /v1/webhooks/{webhook}", "POST /v1/payments/notices", "PUT /v1/prices")
}
