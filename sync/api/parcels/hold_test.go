package parcels_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"cubby/locker/parcel"
	"cubby/sync/api/apitest"
)

func TestHoldingAndReleasingAParcel(t *testing.T) {
	b := apitest.New(t)
	b.Do("PUT", "/v1/parcels/P-1", "{}")
	held := func(body string) *parcel.Hold {
		var p parcel.Parcel
		if err := json.Unmarshal([]byte(body), &p); err != nil {
			t.Fatal(err)
		}
		return p.OnHold
	}
	for _, body := range []string{`{"reason":"the order was refunded"}`, "", "{}", `{"reason":null}`,
		`{"reason":""}`} {
		answer := b.Do("POST", "/v1/parcels/P-1/hold", body)
		if h := held(apitest.Want(t, answer, 200, "")); h == nil || h.Reason != "the order was refunded" ||
			h.Since.IsZero() {
			t.Errorf("hold with %q: %+v", body, h)
		}
		if got := answer.Header.Get("ETag"); got != `"2"` {
			t.Errorf("hold with %q: the revision is %s", body, got)
		}
	}
	if body := apitest.Want(t, b.Do("GET", "/v1/parcels/P-1", ""), 200, ""); held(body) == nil {
		t.Errorf("read as %s", body)
	}
	if body := apitest.Want(t, b.Do("GET", "/v1/parcels", ""), 200, ""); !strings.Contains(body,
		`"on_hold":{"since":"2026-02-25T06:13:20Z","reason":"the order was refunded"}`) {
		t.Errorf("listed as %s", body)
	}
	apitest.Want(t, b.Do("POST", "/v1/parcels/P-1/release", "", "If-Match", `"1"`), 412, "changed-meanwhile")
	apitest.Want(
		t, b.Do("POST", "/v1/parcels/P-1/release", "", "If-None-Match", "*"), 412, "changed-meanwhile")
	apitest.Want(t, b.Do("POST", "/v1/parcels/P-1/release", `{"reason":"paid again"}`, "If-Match", `"2"`),
		200, "")
	if h := held(apitest.Want(t, b.Do("POST", "/v1/parcels/P-1/release", ""), 200, "")); h != nil {
		t.Errorf("released: %+v", h)
	}
	if !slices.Contains(b.Core.Actors, "key:all") {
		t.Errorf("done by %v", b.Core.Actors)
	}
	for _, what := range []string{"hold", "release"} {
		target := "/v1/parcels/P-1/" + what
		apitest.Want(t, b.Do("POST", target, `{"why":"x"}`), 422, "unknown-member")
		apitest.Want(t, b.Do("POST", target, `{"reason":7}`), 422, "wrong-type")
		apitest.Want(t, b.Do("POST", target, `{"reason":"`+strings.Repeat("x", 201)+`"}`), 422, "reason")
		apitest.Want(t, b.Do("POST", target, `{"reason":"a\u202eb"}`), 422, "reason")
		apitest.Want(t, b.Do("POST", target, `{"reason":"4111 1111 1111 1111"}`), 422, "card-number")
		apitest.Want(
			t,
			b.Do("POST", target, "reason=x", "Content-Type", "", "Content-Type",
				"application/x-www-form-urlencoded"),
			415,
			"not-json",
		)
		apitest.Want(t, b.Do("POST", target+"?why=x", ""), 400, "bad-parameter")
		apitest.Want(t, b.Do("POST", "/v1/parcels/nobody/"+what, ""), 404, "no-such-parcel")
		apitest.Want(t, b.Do("POST", "/v1/parcels/no%20body/"+what, ""), 404, "no-such-parcel")
		apitest.Want(
			t, b.Do("POST", "/v1/parcels/nobody/"+what, "", "If-Match", "*"), 412, "changed-meanwhile")
	}
	p := b.Core.Announced["P-1"]
	p.State = parcel.Collecting
	b.Core.Announced["P-1"] = p
	apitest.Want(t, b.Do("POST", "/v1/parcels/P-1/hold", ""), 409, "door-in-use")
}

func TestALabelInUseSaysNothingOfTheOtherToWhomeverMayNotReadIt(t *testing.T) {
	b := apitest.New(t)
	b.Do("PUT", "/v1/parcels/THE-OTHER", `{"label":"L-1"}`)
	if body := apitest.Want(t, b.Do("PUT", "/v1/parcels/P-1", `{"label":"L-1"}`), 409,
		"label-in-use"); !strings.Contains(
		body, "THE-OTHER") {
		t.Errorf("a reader is told %s", body)
	}
	writer := b.With(b.Core.Grant("writer", "parcels:write"))
	body := apitest.Want(t, writer.Do("PUT", "/v1/parcels/P-1", `{"label":"L-1"}`), 409, "label-in-use")
	if strings.Contains(body, "THE-OTHER") || strings.Contains(body, string(parcel.Announced)) ||
		!strings.Contains(body, `"pointer":"/label"`) {
		t.Errorf("a writer is told %s", body)
	}
}
