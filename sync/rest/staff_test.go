package rest_test

import (
	"strings"
	"testing"

	"cubby/locker/people"
	"cubby/sync/api/apitest"
	"cubby/sync/rest"
)

func TestWhoOfTheStaffIsNamed(t *testing.T) {
	if rest.Tools != people.Tools.ID {
		t.Fatalf("the tools are %q and %q", rest.Tools, people.Tools.ID)
	}
	const header, manager, associate = rest.StaffHeader, "badge of manager", "badge of associate"
	act, look := "/v1/parcels/P1/still-there", "/v1/parcels/P1"
	for name, c := range map[string]struct {
		socket       bool
		method, path string
		header       []string
		status       int
		slug         string
		doer, actor  string
	}{
		"the tools act": {socket: true, method: "POST", path: act, status: 200,
			doer: "tools", actor: "staff:tools"},
		"somebody at the socket": {socket: true, method: "POST", path: act, header: []string{header, associate},
			status: 200, doer: "associate", actor: "staff:associate"},
		"a key alone": {method: "POST", path: act, status: 403, slug: "name-a-person"},
		"a key and a person": {method: "POST", path: act, header: []string{header, manager},
			status: 200, doer: "manager", actor: "staff:manager"},
		"a badge of nobody": {method: "POST", path: act, header: []string{header, "badge of x"},
			status: 401, slug: "unknown-badge"},
		"an empty badge": {socket: true, method: "POST", path: act, header: []string{header, " "},
			status: 401, slug: "unknown-badge"},
		"two badges": {socket: true, method: "POST", path: act, header: []string{header, manager, header, manager},
			status: 400, slug: "bad-parameter"},
		"a badge where none is": {socket: true, method: "GET", path: "/v1/keys", header: []string{header, manager},
			status: 400, slug: "bad-parameter"},
		"a badge without a key": {method: "POST", path: act, header: []string{header, manager, "Authorization", ""},
			status: 401, slug: "no-key"},
		"who may not look": {method: "GET", path: look, header: []string{header, "badge of technician"},
			status: 403, slug: "not-permitted"},
		"who may":             {method: "GET", path: look, header: []string{header, associate}, status: 200},
		"a key that may hold": {method: "POST", path: look + "/hold", status: 200, actor: "key:all"},
		"a key and who holds then": {method: "POST", path: look + "/hold", header: []string{header, manager},
			status: 200, doer: "manager", actor: "staff:manager"},
	} {
		t.Run(name, func(t *testing.T) {
			b := apitest.New(t)
			b.Do("PUT", "/v1/parcels/P1", `{"recipient":{"name":"Ana"}}`)
			b.Core.Actors, b.Core.Doers = nil, nil
			if c.socket {
				b = b.Staff()
			}
			body := apitest.Want(t, b.Do(c.method, c.path, "", c.header...), c.status, c.slug)
			if doers := strings.Join(b.Core.Doers, " "); doers != c.doer {
				t.Errorf("done by %q", doers)
			}
			if actors := strings.Join(b.Core.Actors, " "); actors != c.actor {
				t.Errorf("told of %q", actors)
			}
			if strings.Contains(body, "Ana") {
				t.Errorf("staff are told a recipient without a fact: %s", body)
			}
		})
	}
}

// A wrong badge counts against nobody's address.
func TestAWrongBadgeKeepsNobodyOut(t *testing.T) {
	b := apitest.New(t)
	b.Do("PUT", "/v1/parcels/P1", "{}")
	for range rest.FailuresAtOnce + 5 {
		apitest.Want(t, b.Do("GET", "/v1/parcels/P1", "", rest.StaffHeader, "B:XX"), 401, "unknown-badge")
	}
	apitest.Want(t, b.With("0123456789abcdef-unknown").Do("GET", "/v1/parcels/P1", ""), 401, "bad-key")
}
