package extensions_test

import (
	"strings"
	"testing"

	"cubby/locker/parcel"
	"cubby/sync/api/apitest"
)

func TestMoreTimeIsOfferedAndGivenForItsPrice(t *testing.T) {
	b := apitest.New(t)
	b.Do("PUT", "/v1/parcels/P-1", "{}")
	const at = "/v1/parcels/P-1/extensions"
	offer := apitest.Want(t, b.Do("GET", at, ""), 200, "")
	if strings.TrimSpace(offer) != `{"possible":true,"hours":24,"deadline":"2026-02-26T10:00:00Z","left":1,`+
		`"amount":150,"currency":"EUR"}` {
		t.Errorf("offered as %s", offer)
	}
	apitest.Want(t, b.Do("POST", at, ""), 409, parcel.PriceDiffers)
	apitest.Want(t, b.Do("POST", at, `{"amount":100,"currency":"EUR"}`), 409, parcel.PriceDiffers)
	apitest.Want(t, b.Do("POST", at, `{"amount":-1,"currency":"EUR"}`), 422, "out-of-range")
	apitest.Want(t, b.Do("POST", at, `{"hours":1000}`), 422, "unknown-member")
	answer := b.Do("POST", at, `{"amount":150,"currency":"EUR"}`)
	if body := apitest.Want(t, answer, 200, ""); !strings.Contains(body, `"extensions":1,"extended_hours":24`) ||
		!strings.Contains(body, `"deadline":"2026-02-26T10:00:00Z"`) || answer.Header.Get("ETag") != `"2"` {
		t.Errorf("extended as %s", body)
	}
	if body := apitest.Want(t, b.Do("GET", at, ""), 200, ""); strings.TrimSpace(body) !=
		`{"possible":false,"why":"extended-enough","detail":"collect it"}` {
		t.Errorf("refused as %s", body)
	}
	apitest.Want(t, b.Do("POST", at, `{"amount":150,"currency":"EUR"}`), 409, parcel.NoMoreTime)
	if body := apitest.Want(t, b.Do("POST", "/v1/parcels/P-1/notice", ""), 200, ""); !strings.Contains(body,
		`"noticed_at":"2026-02-25T06:13:20Z"`) {
		t.Errorf("noted as %s", body)
	}
	for _, id := range []string{"nobody", "no%20body"} {
		apitest.Want(t, b.Do("GET", "/v1/parcels/"+id+"/extensions", ""), 404, "no-such-parcel")
		apitest.Want(t, b.Do("POST", "/v1/parcels/"+id+"/extensions", ""), 404, "no-such-parcel")
		apitest.Want(t, b.Do("POST", "/v1/parcels/"+id+"/notice", ""), 404, "no-such-parcel")
	}
}
