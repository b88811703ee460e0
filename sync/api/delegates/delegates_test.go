package delegates_test

import (
	"encoding/json"
	"strings"
	"testing"

	"cubby/locker/parcel"
	"cubby/sync/api/apitest"
)

type made struct {
	ID   string `json:"id"`
	Told bool   `json:"told"`
	Code string `json:"code"`
	PIN  string `json:"pin"`
}

func TestADelegateIsMadeListedReplacedAndEnded(t *testing.T) {
	b := apitest.New(t)
	b.Core.Announced["P-1"] = parcel.Parcel{ID: "P-1", State: parcel.Stored, Label: "x", Rev: 1}
	const at = "/v1/parcels/P-1/delegates"
	answer := b.Do("POST", at, "")
	var first, second made
	body := apitest.Want(t, answer, 201, "")
	if err := json.Unmarshal([]byte(body), &first); err != nil || len(first.Code) != 26 || len(first.PIN) != 8 ||
		first.Told || answer.Header.Get("Location") != at+"/"+first.ID {
		t.Errorf("made is %s with %v", body, answer.Header)
	}
	body = apitest.Want(t, b.Do("POST", at, `{"contact":{"email":"ben@example.org","language":"de"}}`), 201, "")
	if err := json.Unmarshal([]byte(body), &second); err != nil || !second.Told || second.ID == first.ID {
		t.Errorf("made is %s", body)
	}
	listed := apitest.Want(t, b.Do("GET", at, ""), 200, "")
	if !strings.Contains(listed, second.ID) || strings.Contains(listed, first.ID) || strings.Contains(listed, "code") ||
		strings.Contains(listed, "ben@") {
		t.Errorf("listed is %s", listed)
	}
	for range 2 {
		apitest.Want(t, b.Do("DELETE", at+"/"+second.ID, ""), 204, "")
	}
	if listed := apitest.Want(t, b.Do("GET", at, ""), 200, ""); listed != `{"delegates":[]}` {
		t.Errorf("listed is %q", listed)
	}
}

func TestWhoMayNotMakeADelegate(t *testing.T) {
	b := apitest.New(t)
	b.Core.Announced["P-1"] = parcel.Parcel{ID: "P-1", State: parcel.Stored, Label: "x", Rev: 1}
	writes := b.With(b.Core.Grant("shop", "parcels:read", "parcels:write"))
	apitest.Want(t, writes.Do("POST", "/v1/parcels/P-1/delegates", ""), 409, "nobody-told")
	if body := apitest.Want(t, writes.Do("POST", "/v1/parcels/P-1/delegates", `{"contact":{"phone":"+49 30 123456"}}`),
		201, ""); strings.Contains(body, "code") || strings.Contains(body, "pin") {
		t.Errorf("a key that may not have codes is told %s", body)
	}
	apitest.Want(t, writes.Do("GET", "/v1/parcels/P-1/delegates", ""), 200, "")
	reads := b.With(b.Core.Grant("reader", "parcels:read", "codes:read"))
	apitest.Want(t, reads.Do("POST", "/v1/parcels/P-1/delegates", ""), 403, "scope-missing")
	apitest.Want(t, reads.Do("DELETE", "/v1/parcels/P-1/delegates/D1", ""), 403, "scope-missing")
	for _, body := range []string{`{"contact":{"email":7}}`, `{"who":"Ben"}`, `{"contact":{"name":"Ben"}}`} {
		if status := b.Do("POST", "/v1/parcels/P-1/delegates", body).StatusCode; status != 400 && status != 422 {
			t.Errorf("%s is answered %d", body, status)
		}
	}
	for _, ask := range [][2]string{{"POST", ""}, {"GET", ""}, {"DELETE", "/D1"}} {
		apitest.Want(t, b.Do(ask[0], "/v1/parcels/P-2/delegates"+ask[1], ""), 404, "no-such-parcel")
	}
}
