package policies_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"cubby/locker/returns/policy"
	"cubby/sync/api/apitest"
)

func TestAnOrderIsExplainedLineByLine(t *testing.T) {
	b := apitest.New(t)
	read := func(query string) policy.Told {
		t.Helper()
		var told struct {
			Order string
			Lines []policy.Told
		}
		answer := apitest.Want(t, b.Do("GET", "/v1/orders/P1/policy"+query, ""), 200, "")
		if err := json.Unmarshal([]byte(answer), &told); err != nil {
			t.Fatal(err)
		}
		if told.Order != "P1" || len(told.Lines) != 1 {
			t.Fatalf("%s: %+v", query, told)
		}
		return told.Lines[0]
	}
	all := read("")
	if !all.Eligible || all.Refund != 3998 || all.Quantity != 2 || all.Reason != "changed_mind" ||
		!all.Until.Equal(time.Date(2026, 3, 23, 0, 0, 0, 0, time.UTC)) && all.Ground == "shop" || len(all.Because) < 2 {
		t.Errorf("%+v", all)
	}
	if one := read("?line=1&quantity=1&reason=faulty&back=counter&condition=damaged"); one.Refund != 1999 ||
		one.Reason != "faulty" || one.Because[0].Rule == "" || one.Because[0].Word == "" {
		t.Errorf("%+v", one)
	}
	if many := read("?quantity=3"); many.Eligible || many.Refused != "already_back" {
		t.Errorf("%+v", many)
	}
	for _, bad := range []string{
		"?line=", "?line=a%20b", "?condition=dirty", "?back=drone", "?quantity=0", "?quantity=x", "?since=1",
	} {
		apitest.Want(t, b.Do("GET", "/v1/orders/P1/policy"+bad, ""), 400, "")
	}
	apitest.Want(t, b.Do("GET", "/v1/orders/P2/policy", ""), 404, "no-such-order")
	apitest.Want(t, b.Do("GET", "/v1/orders/a%20b/policy", ""), 404, "no-such-order")
	apitest.Want(t, b.Do("GET", "/v1/orders/P1/policy?line=2", ""), 404, "no-such-line")
}

func TestWhereTheRulesOfAShopAreFromIsTold(t *testing.T) {
	b := apitest.New(t)
	got := apitest.Want(t, b.Do("GET", "/v1/policies", ""), 200, "")
	want := `{"policies":[{"shop":"acme","from":"centre","rev":7,"since":"2026-02-25T06:13:20Z"},` +
		`{"shop":"globex","from":"file"}]}`
	if strings.TrimSpace(got) != want {
		t.Errorf("told as %s", got)
	}
	apitest.Want(t, b.Do("GET", "/v1/policies?shop=acme", ""), 400, "bad-parameter")
	apitest.Want(t, b.With(b.Core.Grant("writer", "parcels:write")).Do("GET", "/v1/policies", ""), 403, "scope-missing")
}
