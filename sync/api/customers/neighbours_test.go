package customers_test

import (
	"strings"
	"testing"

	"cubby/sync/api/apitest"
)

func TestANeighbourIsNamedListedAndEndedByEither(t *testing.T) {
	b := apitest.New(t)
	const both = `"asked":{"through":"shop","text":"v1"},"by_asked":{"through":"desk","text":"v1"}}`
	name := `{"by":"P2",` + both
	for range 2 {
		apitest.Want(t, b.Do("POST", "/v1/customers/P1/neighbours", name), 200, "")
	}
	for _, who := range []string{"P1", "P2"} {
		listed := apitest.Want(t, b.Do("GET", "/v1/customers/"+who+"/neighbours", ""), 200, "")
		if strings.Count(listed, `"id"`) != 1 || !strings.Contains(listed, `"of":"P1","by":"P2"`) {
			t.Errorf("listed is %s", listed)
		}
		c := read(t, apitest.Want(t, b.Do("GET", "/v1/customers/"+who, ""), 200, ""))
		if last := c.Consents[len(c.Consents)-1]; last.Purpose != "neighbour" || !last.Given {
			t.Errorf("%s has said %+v", who, c.Consents)
		}
	}
	apitest.Want(t, b.Do("POST", "/v1/customers/P1/neighbours", `{"by":"P1",`+both), 422, "same-person")
	apitest.Want(t, b.Do("POST", "/v1/customers/P1/neighbours", `{"by":"P3",`+both), 404, "no-such-customer")
	apitest.Want(t, b.Do("POST", "/v1/customers/P1/neighbours", `{"by":"P2"}`), 422, "")
	for range 2 {
		apitest.Want(t, b.Do("DELETE", "/v1/customers/P2/neighbours/N1?through=phone", ""), 204, "")
	}
	for _, who := range []string{"P1", "P2"} {
		if listed := apitest.Want(t, b.Do("GET", "/v1/customers/"+who+"/neighbours", ""), 200, ""); listed !=
			`{"neighbours":[]}` {
			t.Errorf("listed is %s", listed)
		}
	}
	apitest.Want(t, b.Do("POST", "/v1/customers/P1/neighbours", name), 200, "")
	apitest.Want(t, b.Do("DELETE", "/v1/customers/P2/consents/neighbour", ""), 204, "")
	if listed := apitest.Want(t, b.Do("GET", "/v1/customers/P1/neighbours", ""), 200,
		""); listed != `{"neighbours":[]}` {
		t.Errorf("without a consent is listed %s", listed)
	}
}
