package reroute_test

import (
	"net/http"
	"strings"
	"testing"

	"cubby/sync/api/apitest"
	"cubby/sync/rest"
)

func TestAParcelIsSentElsewhereAndStays(t *testing.T) {
	b := apitest.New(t)
	b.Do("PUT", "/v1/parcels/P-1", "{}")
	const where = "/v1/parcels/P-1/redirection"
	body := apitest.Want(t, b.Do("POST", where, `{"to":"north-gate","name":"North Gate"}`, "If-Match", `"1"`), 200, "")
	if !strings.Contains(body, `"leaving":{"since":"2026-02-25T06:13:20Z","why":"redirected","to":"north-gate",`+
		`"to_name":"North Gate"}`) {
		t.Errorf("answered %s", body)
	}
	if body := apitest.Want(t, b.Do("GET", "/v1/leaving", ""), 200, ""); !strings.Contains(body, `"id":"P-1"`) {
		t.Errorf("listed as %s", body)
	}
	apitest.Want(t, b.Do("DELETE", where, "", "If-Match", `"1"`), 412, "changed-meanwhile")
	if body := apitest.Want(t, b.Do("DELETE", where, ""), 200, ""); strings.Contains(body, "leaving") {
		t.Errorf("answered %s", body)
	}
	for body, slug := range map[string]string{
		`{}`: "place", `{"to":""}`: "place", `{"to":7}`: "wrong-type",
		`{"to":"a","why":"x"}`:                                 "unknown-member",
		`{"to":"a","name":"` + strings.Repeat("x", 101) + `"}`: "name",
	} {
		apitest.Want(t, b.Do("POST", where, body), 422, slug)
	}
	apitest.Want(t, b.Do("POST", "/v1/parcels/P-2/redirection", `{"to":"a"}`), 404, "no-such-parcel")
}

func TestAParcelIsRecalledAndGivenAway(t *testing.T) {
	b := apitest.New(t)
	b.Do("PUT", "/v1/parcels/P-1", "{}")
	for _, body := range []string{"", "{}", `{"reason":"sold twice"}`} {
		if body := apitest.Want(t, b.Do("POST", "/v1/parcels/P-1/recall", body), 200, ""); !strings.Contains(body,
			`"why":"recalled"`) {
			t.Errorf("answered %s", body)
		}
	}
	apitest.Want(t, b.Do("DELETE", "/v1/parcels/P-1/recall", ""), 200, "")
	apitest.Want(t, b.Do("POST", "/v1/parcels/P-1/removal", "", rest.StaffHeader, "badge of supervisor"), 200, "")
}

func TestAParcelLiesOnAPlaceOfTheShelf(t *testing.T) {
	b := apitest.New(t)
	b.Do("PUT", "/v1/parcels/P-1", "{}")
	shelve := func(body string) *http.Response {
		return b.Do("PUT", "/v1/parcels/P-1/shelf", body, rest.StaffHeader, "badge of supervisor")
	}
	body := apitest.Want(t, shelve(`{"place":"B1"}`), 200, "")
	if !strings.Contains(body, `"shelf":"B1"`) {
		t.Errorf("answered %s", body)
	}
	apitest.Want(t, shelve(`{"place":"Z"}`), 422, "no-such-place")
	apitest.Want(t, shelve(`{}`), 422, "no-such-place")
	if body := apitest.Want(t, b.Do("GET", "/v1/shelf", ""), 200, ""); body !=
		`{"places":[{"place":"B1","parcel_id":"P1"},{"place":"B2"}]}` {
		t.Errorf("read as %s", body)
	}
}
