package desk_test

import (
	"slices"
	"strings"
	"testing"

	"cubby/sync/api/apitest"
	"cubby/sync/rest"
)

func TestTheQueueIsListed(t *testing.T) {
	b := apitest.New(t)
	body := apitest.Want(t, b.Do("GET", "/v1/queue", ""), 200, "")
	for _, want := range []string{
		`"kind":"forced","harm":"alarm","also":["to_check"],"compartment":"1","parcel_id":"P1"`,
		`"since":"2026-03-01T10:00:00Z","what_to_do":"Look inside."`,
		`{"kind":"device","harm":"warning","device":"line main","what_to_do":"Look at its plug."}`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("%s has no %s", body, want)
		}
	}
	for _, role := range []string{"associate", "technician", "supervisor", "manager"} {
		apitest.Want(t, b.Do("GET", "/v1/queue", "", rest.StaffHeader, "badge of "+role), 200, "")
	}
}

func TestADoorIsOpenedByNameAndForAReason(t *testing.T) {
	b := apitest.New(t)
	by := []string{rest.StaffHeader, "badge of supervisor"}
	const at = "/v1/compartments/1/open"
	apitest.Want(t, b.Do("POST", at, `{"reason":"a look"}`), 403, "name-a-person")
	if body := apitest.Want(t, b.Do("POST", at, `{"reason":"a look"}`, by...), 202, ""); !strings.Contains(
		body, `"opening":"o-1"`) {
		t.Errorf("answered %s", body)
	}
	apitest.Want(t, b.Do("POST", at, `{"reason":"a look","second":"B:X"}`, by...), 202, "")
	apitest.Want(t, b.Staff().Do("POST", at, `{"reason":"a look","second":""}`), 202, "")
	if want := []string{"supervisor ", "supervisor B:X", "tools "}; !slices.Equal(b.Core.Doers, want) {
		t.Errorf("opened by %q, want %q", b.Core.Doers, want)
	}
	for body, slug := range map[string]string{
		`{}`: "reason", `{"reason":"a\u202eb"}`: "reason", `{"reason":"x","second":7}`: "wrong-type",
		`{"reason":"x","third":"B"}`: "unknown-member",
	} {
		apitest.Want(t, b.Do("POST", at, body, by...), 422, slug)
	}
	apitest.Want(t, b.Do("POST", "/v1/compartments/99/open", `{"reason":"x"}`, by...), 404,
		"no-such-compartment")
}
