package api_test

import (
	"strings"
	"testing"

	"cubby/sync/db/dbtest"
	"cubby/sync/rest"
)

func TestWhatIsToldOfAParcelIsPatched(t *testing.T) {
	b := newTown(t, dbtest.SQLite(t))
	at := "/v1/stations/" + b.station + "/parcels/P-77"
	merge := []string{"Content-Type", rest.MergePatch}
	b.do(201, "", "PUT", at,
		`{"label":"L-77","weight_g":900,"recipient":{"name":"Ana","email":"a@example.org"}}`)
	told := b.do(200, "", "PATCH", at, `{"order_id":"SO-77","weight_g":null}`, merge...)
	if strings.Contains(told, "Ana") || !strings.Contains(told, `"contact":true`) {
		t.Errorf("answered %s", told)
	}
	who, err := b.hub.ShowContact(t.Context(), "user:x", b.station, "P-77", "test")
	if err != nil || who.Name != "Ana" || who.Email != "a@example.org" {
		t.Errorf("its recipient is %+v, %v", who, err)
	}
	b.do(200, "", "PATCH", at, `{"recipient":{"email":null}}`, merge...)
	if who, err := b.hub.ShowContact(t.Context(), "user:x", b.station, "P-77", "test"); err != nil ||
		who.Email != "" ||
		who.Name != "Ana" {
		t.Errorf("its recipient is %+v, %v", who, err)
	}
	b.do(422, "fixed-member", "PATCH", at, `{"state":"collected"}`, merge...)
	b.do(422, "unknown-member", "PATCH", at, `{"recipeint":null}`, merge...)
	b.do(422, "weight", "PATCH", at, `{"weight_g":-1}`, merge...)
	b.do(412, "changed-meanwhile", "PATCH", at, `{}`, append(merge, "If-Match", `"99"`)...)
	b.do(415, "not-json", "PATCH", at, `{}`)
	b.do(404, "no-such-parcel", "PATCH", at+"9", `{}`, merge...)
}

func TestOrdersStationsAndStockArePatched(t *testing.T) {
	b := newTown(t, dbtest.SQLite(t))
	merge := []string{"Content-Type", rest.MergePatch}
	b.do(200, "", "PATCH", "/v1/orders/SO-1", `{"language":"fr"}`, merge...)
	if o := b.do(200, "", "GET", "/v1/orders/SO-1", ""); !strings.Contains(o, `"language":"fr"`) ||
		strings.Contains(o, "null") {
		t.Errorf("the order is %s", o)
	}
	b.do(422, "fixed-member", "PATCH", "/v1/orders/SO-1", `{"total":1}`, merge...)
	b.do(422, "", "PATCH", "/v1/orders/SO-1", `{"lines":null}`, merge...)
	b.do(404, "no-such-order", "PATCH", "/v1/orders/SO-99", `{}`, merge...)

	at := "/v1/stations/" + b.station
	s := b.do(200, "", "PATCH", at, `{"name":"Side Street","address":"Side Street 1"}`, merge...)
	if !strings.Contains(s, `"name":"Side Street"`) || !strings.Contains(s, `"address":"Side Street 1"`) {
		t.Errorf("the station is %s", s)
	}
	if s := b.do(200, "", "PATCH", at, `{"address":null}`, merge...); strings.Contains(s, `"address"`) {
		t.Errorf("the station is %s", s)
	}
	b.do(422, "", "PATCH", at, `{"name":null}`, merge...)
	b.do(422, "fixed-member", "PATCH", at, `{"zone":"UTC"}`, merge...)
	b.do(404, "no-such-station", "PATCH", "/v1/stations/nowhere", `{}`, merge...)
	b.do(202, "", "PATCH", at+"/stock/TS-M", `{"on_hand":3}`, merge...)
	b.do(422, "", "PATCH", at+"/stock/TS-M", `{"on_hand":null}`, merge...)
	b.do(404, "no-such-stock", "PATCH", at+"/stock/none", `{"on_hand":3}`, merge...)
}
