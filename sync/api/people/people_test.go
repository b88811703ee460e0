package people_test

import (
	"encoding/json"
	"strings"
	"testing"

	"cubby/locker/people"
	"cubby/sync/api/apitest"
)

func TestKeysAndCouriersAreMadeListedAndEnded(t *testing.T) {
	b := apitest.New(t).Staff()
	var made struct{ Token string }
	if err := json.Unmarshal([]byte(apitest.Want(t,
		b.Do("POST", "/v1/keys", `{"name":"shop","scopes":["parcels:read"]}`), 201, "")), &made); err != nil ||
		made.Token == "" {
		t.Fatal(err, made)
	}
	tcp := *b
	tcp.Socket, tcp.Token = false, made.Token
	apitest.Want(t, tcp.Do("GET", "/v1/parcels", ""), 200, "")
	apitest.Want(t, b.Do("POST", "/v1/keys", `{"name":"shop","scopes":["parcels:read"]}`), 409, "key-exists")
	if body := apitest.Want(t, b.Do("GET", "/v1/keys", ""), 200, ""); !strings.Contains(body,
		`"name":"shop"`) ||
		strings.Contains(body, made.Token) {
		t.Errorf("listed %s", body)
	}
	rotated := apitest.Want(t, b.Do("POST", "/v1/keys/shop/rotate", `{"overlap_hours":1}`), 200, "")
	old := tcp
	if err := json.Unmarshal([]byte(rotated), &made); err != nil || made.Token == old.Token {
		t.Fatal(err, rotated)
	}
	tcp.Token = made.Token
	apitest.Want(t, tcp.Do("GET", "/v1/parcels", ""), 200, "")
	apitest.Want(t, old.Do("GET", "/v1/parcels", ""), 200, "")
	if body := apitest.Want(t, b.Do("GET", "/v1/keys", ""), 200, ""); strings.Count(body,
		`"name":"shop"`) != 1 ||
		strings.Count(body, `"last_used":`) != 2 || !strings.Contains(body, `"old_token":{"until":`) ||
		strings.Index(body, `"shop"`) > strings.Index(body, `"all"`) {
		t.Errorf("listed %s", body) // the one that was used before the one that never was
	}
	apitest.Want(t, b.Do("POST", "/v1/keys/shop/rotate", ""), 200, "") // at once
	for _, ended := range []apitest.Bench{old, tcp} {
		apitest.Want(t, ended.Do("GET", "/v1/parcels", ""), 401, "bad-key")
	}
	apitest.Want(t, b.Do("POST", "/v1/keys/nobody/rotate", ""), 404, "no-such-key")
	for _, bad := range []string{`{"overlap_hours":-1}`, `{"overlap_hours":169}`, `{"overlap_hours":"1"}`} {
		apitest.Want(t, b.Do("POST", "/v1/keys/shop/rotate", bad), 422, "")
	}
	apitest.Want(t, b.Do("DELETE", "/v1/keys/shop", ""), 204, "")
	apitest.Want(t, b.Do("POST", "/v1/keys", `{"name":"slow","scopes":["operate"],"per_minute":60}`), 201, "")
	for _, bad := range []string{"0", "-1", "10000001"} {
		apitest.Want(t, b.Do("POST", "/v1/keys", `{"name":"x","scopes":["operate"],"per_minute":`+bad+`}`), 422, "")
	}
	apitest.Want(t, b.Do("DELETE", "/v1/keys/nobody", ""), 404, "no-such-key")
	for _, bad := range []string{`{"name":"","scopes":["operate"]}`, `{"name":"a b","scopes":["operate"]}`,
		`{"name":"a"}`, `{"name":"a","scopes":[]}`,
		`{"name":"a","scopes":["root"]}`, `{"name":"a","scopes":["operate","operate"]}`} {
		apitest.Want(t, b.Do("POST", "/v1/keys", bad), 422, "")
	}
	apitest.Want(t,
		b.Do("POST", "/v1/keys", `{"name":"till","scopes":["events:read","codes:read"],"reads_only":true}`),
		201, "")
	apitest.Want(t,
		b.Do("POST", "/v1/keys", `{"name":"mail","scopes":["events:read","codes:read"],"reads_only":false}`),
		201, "")
	apitest.Want(t, b.Do("POST", "/v1/keys", `{"name":"a","scopes":["events:read"],"reads_only":true}`),
		422, "key-reads-only")
	apitest.Want(t,
		b.Do("POST", "/v1/keys", `{"name":"a","scopes":["events:read","codes:read"],"reads_only":"yes"}`),
		422, "")
	var list struct{ Keys []people.Key }
	if err := json.Unmarshal([]byte(apitest.Want(t, b.Do("GET", "/v1/keys", ""), 200, "")), &list); err != nil {
		t.Fatal(err)
	}
	for _, k := range list.Keys {
		if k.ReadsOnly != (k.Name == "till") {
			t.Errorf("listed %+v", k)
		}
	}

	if body := apitest.Want(t, b.Do("POST", "/v1/couriers", `{"name":"North tour"}`), 201,
		""); !strings.Contains(
		body, `"pin":"20481632"`) {
		t.Errorf("made %s", body)
	}
	if body := apitest.Want(t, b.Do("GET", "/v1/couriers", ""), 200, ""); !strings.Contains(
		body, "North tour") ||
		strings.Contains(body, "20481632") {
		t.Errorf("listed %s", body)
	}
	apitest.Want(t, b.Do("DELETE", "/v1/couriers/c-1", ""), 204, "")
	apitest.Want(t, b.Do("DELETE", "/v1/couriers/c-9", ""), 404, "no-such-courier")
	apitest.Want(t, b.Do("POST", "/v1/couriers", `{"name":""}`), 422, "courier-name")
}
