package parcels_test

import (
	"cmp"
	"strings"
	"sync"
	"testing"

	"cubby/locker/parcel"
	"cubby/sync/api/apitest"
	"cubby/sync/rest"
)

func patch(b *apitest.Bench, id, body string, headers ...string) string {
	b.T.Helper()
	answer := b.Do("PATCH", "/v1/parcels/"+id, body,
		append([]string{"Content-Type", "", "Content-Type", rest.MergePatch}, headers...)...)
	return apitest.Want(b.T, answer, 200, "")
}

func TestAPatchChangesWhatItNames(t *testing.T) {
	b := apitest.New(t)
	apitest.Want(t, b.Do("PUT", "/v1/parcels/P-1", whole), 201, "")
	before := apitest.Want(t, b.Do("GET", "/v1/parcels/P-1", ""), 200, "")
	patch(b, "P-1", `{"pickup_hours":7,"dimensions_mm":{"height":31},"recipient":{"phone":null}}`)
	after := apitest.Want(t, b.Do("GET", "/v1/parcels/P-1", ""), 200, "")
	if !strings.Contains(after, `"pickup_hours":7`) || !strings.Contains(after, `"height":31`) ||
		strings.Contains(after, `"phone"`) || !strings.Contains(after, "Ana") {
		t.Errorf("%s\nbecame %s", before, after)
	}
	patch(b, "P-1", `{"recipient":null}`)
	if after := apitest.Want(t, b.Do("GET", "/v1/parcels/P-1", ""), 200, ""); strings.Contains(after, "Ana") {
		t.Errorf("still there: %s", after)
	}
}

// A key that may write and not read changes nothing of what it cannot see, and is told
// nothing of it.
func TestAPatchKeepsARecipientThatItsKeyMayNotRead(t *testing.T) {
	b := apitest.New(t)
	apitest.Want(t, b.Do("PUT", "/v1/parcels/P-1", whole), 201, "")
	writer := b.With(b.Core.Grant("writer", "parcels:write"))
	apitest.Want(t, writer.Do("GET", "/v1/parcels/P-1", ""), 403, "scope-missing")
	if told := patch(writer, "P-1", `{"weight_g":17}`); strings.Contains(told, "Ana") {
		t.Errorf("told %s", told)
	}
	after := apitest.Want(t, b.Do("GET", "/v1/parcels/P-1", ""), 200, "")
	if !strings.Contains(after, `"weight_g":17`) || !strings.Contains(after, "Ana") {
		t.Errorf("became %s", after)
	}
}

func TestPatchesThatAreRefused(t *testing.T) {
	b := apitest.New(t)
	apitest.Want(t, b.Do("PUT", "/v1/parcels/P-1", whole), 201, "")
	for _, c := range []struct {
		body, media       string
		status            int
		slug, pointer     string
		header, condition string
	}{
		{`{"state":"collected"}`, rest.MergePatch, 422, "fixed-member", "/state", "", ""},
		{`{"rev":null,"id":"P-2"}`, rest.MergePatch, 422, "fixed-member", "/rev", "", ""},
		{`{"recipeint":null}`, rest.MergePatch, 422, "unknown-member", "/recipeint", "", ""},
		{`{"recipient":{"nick":1}}`, rest.MergePatch, 422, "unknown-member", "/recipient/nick", "", ""},
		{`{"weight_g":-1}`, rest.MergePatch, 422, "bounds", "/label", "", ""},
		{`{"weight_g":"1"}`, rest.MergePatch, 422, "wrong-type", "/weight_g", "", ""},
		{`{"a":1,"a":1}`, rest.MergePatch, 422, "duplicate-member", "/a", "", ""},
		{`[]`, rest.MergePatch, 400, "malformed-json", "", "", ""},
		{`{}`, "application/json", 415, "not-json", "", "", ""},
		{`{}`, "application/json-patch+json", 415, "not-json", "", "", ""},
		{`{}`, rest.MergePatch, 412, "changed-meanwhile", "", "If-Match", `"9"`},
		{`{}`, rest.MergePatch, 412, "changed-meanwhile", "", "If-None-Match", `*`},
		{`{}`, rest.MergePatch, 412, "changed-meanwhile", "", "If-None-Match", `"1"`},
		{`{}`, rest.MergePatch, 200, "", "", "If-Match", `"1"`},
	} {
		answer := b.Do("PATCH", "/v1/parcels/P-1", c.body, "Content-Type", "", "Content-Type", c.media,
			cmp.Or(c.header, "X-None"), c.condition)
		body := apitest.Want(t, answer, c.status, c.slug)
		if !strings.Contains(body, `"pointer":"`+c.pointer+`"`) && c.pointer != "" {
			t.Errorf("%s points elsewhere: %s", c.body, body)
		}
		if takes := answer.Header.Get("Accept-Patch"); (takes == rest.MergePatch) != (c.status == 415) {
			t.Errorf("%s %s says that it takes %q", c.media, c.body, takes)
		}
	}
	apitest.Want(t, b.Do("PATCH", "/v1/parcels/P-9", `{}`, "Content-Type", "", "Content-Type", rest.MergePatch),
		404, "no-such-parcel")
}

// Everybody writes a member of their own at the same moment, and none is lost.
func TestPatchesAtTheSameMomentAreAllKept(t *testing.T) {
	b := apitest.New(t)
	apitest.Want(t, b.Do("PUT", "/v1/parcels/P-1", `{}`), 201, "")
	var all sync.WaitGroup
	for _, body := range []string{
		`{"weight_g":17}`, `{"order_id":"SO-1"}`, `{"pickup_hours":7}`, `{"accessible":true}`,
	} {
		all.Go(func() { patch(b, "P-1", body) })
	}
	all.Wait()
	p := b.Core.Announced["P-1"]
	if p.WeightG != 17 || p.OrderID != "SO-1" || p.PickupHours != 7 || !p.Accessible ||
		p.State != parcel.Announced {
		t.Errorf("it is %+v", p)
	}
}
