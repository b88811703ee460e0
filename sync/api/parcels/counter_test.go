package parcels_test

import (
	"strings"
	"testing"

	"cubby/locker/parcel"
	"cubby/sync/api/apitest"
	"cubby/sync/rest"
)

func TestStaffHandleParcelsByName(t *testing.T) {
	b := apitest.New(t)
	b.Do("PUT", "/v1/parcels/P1", `{"recipient":{"name":"Ana","phone":"+1"}}`)
	b.Do("PUT", "/v1/parcels/P2", `{}`)
	by := func(method, path, body string) string {
		t.Helper()
		return apitest.Want(t, b.Do(method, path, body, rest.StaffHeader, "badge of supervisor"), 200, "")
	}
	state := func(body string, want parcel.State) {
		t.Helper()
		if !strings.Contains(body, `"state":"`+string(want)+`"`) {
			t.Errorf("it is %s, want %s", body, want)
		}
	}
	state(by("POST", "/v1/parcels/P1/counter", `{"reason":"nobody came"}`), parcel.CounterHeld)
	if body := by("GET", "/v1/parcels/P1", ""); !strings.Contains(body, `"counter_at":"2026-02-25T`) {
		t.Errorf("read as %s", body)
	}
	by("POST", "/v1/parcels/P1/still-there", "")
	state(by("POST", "/v1/parcels/P1/hand-over", `{"code":"ABCDEFGHIJKLMNOPQRSTUVWXYZ"}`), parcel.Collected)
	state(by("POST", "/v1/parcels/P1/hand-over", `{"reason":"knows it"}`), parcel.Collected)
	state(by("POST", "/v1/hand-over", `{"code":"ABCDEFGHIJKLMNOPQRSTUVWXYZ"}`), parcel.Collected)
	state(by("POST", "/v1/parcels/P1/write-off", `{"reason":"gone"}`), parcel.Missing)
	if body := by("GET", "/v1/parcels/P1/recipient", ""); body != `{"name":"Ana","phone":"+1"}`+"\n" &&
		body != `{"name":"Ana","phone":"+1"}` {
		t.Errorf("a recipient is shown as %s", body)
	}
	if body := by("GET", "/v1/parcels/P2/recipient", ""); strings.TrimSpace(body) != "{}" {
		t.Errorf("nobody is shown as %s", body)
	}
	for _, doer := range b.Core.Doers {
		if doer != "supervisor" {
			t.Errorf("done by %v", b.Core.Doers)
		}
	}
	for at, bodies := range map[string]map[string]string{
		"/v1/parcels/P1/counter":   {`{}`: "reason", `{"reason":""}`: "reason", `{"why":"x"}`: "unknown-member"},
		"/v1/parcels/P1/write-off": {`{"reason":"` + strings.Repeat("x", 201) + `"}`: "reason"},
		"/v1/parcels/P1/hand-over": {
			`{}`: "reason", `{"code":"SHORT"}`: "code",
			`{"code":"ABCDEFGHIJKLMNOPQRSTUVWXYZ","reason":"x"}`: "code-or-reason",
		},
		"/v1/hand-over": {`{}`: "code", `{"reason":"x"}`: "unknown-member"},
	} {
		for body, slug := range bodies {
			apitest.Want(t, b.Do("POST", at, body, rest.StaffHeader, "badge of supervisor"), 422, slug)
		}
	}
	for _, what := range []string{"counter", "write-off", "hand-over"} {
		for _, id := range []string{"nobody", "no%20body"} {
			answer := b.Do("POST", "/v1/parcels/"+id+"/"+what, `{"reason":"x"}`, rest.StaffHeader, "badge of manager")
			apitest.Want(t, answer, 404, "no-such-parcel")
		}
	}
}
