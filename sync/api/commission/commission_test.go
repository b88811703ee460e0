package commission_test

import (
	"cubby/sync/api/apitest"
	"strings"
	"testing"
)

func TestCommissioningIsAConversationOnTheSocket(t *testing.T) {
	b := apitest.New(t)
	apitest.Want(t, b.Do("GET", "/v1/commission", ""), 404, "no-such-route")
	s := b.Staff()
	apitest.Want(t, s.Do("GET", "/v1/commission", ""), 404, "not-commissioning")
	apitest.Want(t, s.Do("POST", "/v1/commission/answers", `{"number":1,"answer":"ok"}`), 404,
		"not-commissioning")
	if body := apitest.Want(t, s.Do("POST", "/v1/commission", `{"parcels_inside":["14"],"complete":true}`),
		202, ""); !strings.Contains(
		body, `"notes":["14"]`) {
		t.Errorf("what was said at the start did not arrive: %s", body)
	}
	apitest.Want(t, s.Do("POST", "/v1/commission", `{}`), 409, "commissioning")
	apitest.Want(t, s.Do("GET", "/v1/commission?wait=8", ""), 200, "")
	apitest.Want(t, s.Do("GET", "/v1/commission?wait=9", ""), 400, "bad-parameter")
	apitest.Want(t, s.Do("POST", "/v1/commission/answers", `{"number":7,"answer":"ok"}`), 409,
		"other-question")
	apitest.Want(t, s.Do("POST", "/v1/commission/answers", `{"number":1,"answer":""}`), 422,
		"commission-answer")
	apitest.Want(t, s.Do("POST", "/v1/commission/answers", `{"number":1,"words":"ok"}`), 422,
		"unknown-member")
	if body := apitest.Want(t, s.Do("POST", "/v1/commission/answers", `{"number":1,"answer":"ok"}`), 200,
		""); !strings.Contains(
		body, `"written":true`) {
		t.Errorf("the end: %s", body)
	}
	apitest.Want(t, s.Do("DELETE", "/v1/commission", ""), 204, "")
	apitest.Want(t, s.Do("DELETE", "/v1/commission", ""), 404, "not-commissioning")
}

func TestAStationThatIsCommissionedServesNothingElse(t *testing.T) {
	b := apitest.New(t, func(c *apitest.Setup) { c.Closed = "the station is being commissioned" }).Staff()
	for _, target := range []string{"/v1/parcels", "/v1/compartments", "/v1/keys", "/metrics", "/v1/events"} {
		apitest.Want(t, b.Do("GET", target, ""), 503, "closed")
	}
	apitest.Want(t, b.Do("PUT", "/v1/parcels/p", `{"label":"x"}`), 503, "closed")
	for _, target := range []string{"/healthz", "/screen/v1/view", "/v1/openapi.json"} {
		apitest.Want(t, b.Do("GET", target, ""), 200, "")
	}
	apitest.Want(t, b.Do("POST", "/v1/commission", `{}`), 202, "")
}

func TestAnEndpointWithoutCommissioningSaysSo(t *testing.T) {
	b := apitest.New(t, func(c *apitest.Setup) { c.Commission = nil }).Staff()
	apitest.Want(t, b.Do("GET", "/v1/commission", ""), 503, "no-commissioning")
}
