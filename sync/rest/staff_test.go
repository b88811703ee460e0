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
		"the tools act":            {true, "POST", act, nil, 200, "", "tools", "staff:tools"},
		"somebody at the socket":   {true, "POST", act, []string{header, associate}, 200, "", "associate", "staff:associate"},
		"a key alone":              {false, "POST", act, nil, 403, "name-a-person", "", ""},
		"a key and a person":       {false, "POST", act, []string{header, manager}, 200, "", "manager", "staff:manager"},
		"a badge of nobody":        {false, "POST", act, []string{header, "badge of x"}, 401, "unknown-badge", "", ""},
		"an empty badge":           {true, "POST", act, []string{header, " "}, 401, "unknown-badge", "", ""},
		"two badges":               {true, "POST", act, []string{header, manager, header, manager}, 400, "bad-parameter", "", ""},
		"a badge where none is":    {true, "GET", "/v1/keys", []string{header, manager}, 400, "bad-parameter", "", ""},
		"a badge without a key":    {false, "POST", act, []string{header, manager, "Authorization", ""}, 401, "no-key", "", ""},
		"who may not look":         {false, "GET", look, []string{header, "badge of technician"}, 403, "not-permitted", "", ""},
		"who may":                  {false, "GET", look, []string{header, "badge of associate"}, 200, "", "", ""},
		"a key that may hold":      {false, "POST", look + "/hold", nil, 200, "", "", "key:all"},
		"a key and who holds then": {false, "POST", look + "/hold", []string{header, manager}, 200, "", "manager", "staff:manager"},
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
