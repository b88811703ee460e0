package prices_test

import (
	"encoding/json"
	"strings"
	"testing"

	"cubby/sync/api/apitest"
)

func TestPricesAreReplacedWholeOrNotAtAll(t *testing.T) {
	b := apitest.New(t)
	version := func(text string) (s struct {
		Version, Hash      string
		Good               bool
		Prices, Promotions int
	}) {
		t.Helper()
		if err := json.Unmarshal([]byte(text), &s); err != nil {
			t.Fatal(err)
		}
		return s
	}
	first := version(apitest.Want(t, b.Do("GET", "/v1/prices", ""), 200, ""))
	if first.Version != "1" || first.Prices != 1 || !first.Good || len(first.Hash) != 64 {
		t.Errorf("%+v", first)
	}
	next := strings.Replace(apitest.SomePrices, `"version":"1"`, `"version":"2"`, 1)
	if s := version(apitest.Want(t, b.Do("PUT", "/v1/prices?check=true", next), 200, "")); s.Version != "2" {
		t.Errorf("%+v", s)
	}
	if s := version(apitest.Want(t, b.Do("GET", "/v1/prices", ""), 200, "")); s != first {
		t.Errorf("a check has changed them: %+v", s)
	}
	bad := strings.Replace(strings.Replace(next, `"minor":1990`, `"minor":-1`, 1), `"currency":"EUR"`,
		`"currency":"euro"`, 1)
	told := apitest.Want(t, b.Do("PUT", "/v1/prices", bad), 422, "bad-prices")
	if !strings.Contains(told, "/prices/0/minor") || !strings.Contains(told, "/currency") {
		t.Errorf("%s", told)
	}
	apitest.Want(t, b.Do("PUT", "/v1/prices", `{"prices":1}`), 400, "bad-prices")
	apitest.Want(t, b.Do("PUT", "/v1/prices?check=maybe", next), 400, "bad-parameter")
	if s := version(apitest.Want(t, b.Do("GET", "/v1/prices", ""), 200, "")); s != first {
		t.Errorf("what is refused has changed them: %+v", s)
	}
	second := version(apitest.Want(t, b.Do("PUT", "/v1/prices", next), 200, ""))
	if second.Version != "2" || second.Hash == first.Hash {
		t.Errorf("%+v", second)
	}
	whole := apitest.Want(t, b.Do("GET", "/v1/prices/file", ""), 200, "")
	if s := version(apitest.Want(t, b.Do("PUT", "/v1/prices", whole), 200, "")); s != second {
		t.Errorf("what was read is not what is written: %+v", s)
	}
}

func TestWhereThereAreNoPricesItIsSaid(t *testing.T) {
	b := apitest.New(t, func(s *apitest.Setup) { s.Prices = new(apitest.Prices) })
	for _, path := range []string{"/v1/prices", "/v1/prices/file"} {
		apitest.Want(t, b.Do("GET", path, ""), 404, "no-prices")
	}
	apitest.Want(t, b.Do("PUT", "/v1/prices", apitest.SomePrices), 200, "")
	apitest.Want(t, b.Do("GET", "/v1/prices", ""), 200, "")
	b = apitest.New(t, func(s *apitest.Setup) { s.Prices = nil })
	apitest.Want(t, b.Do("GET", "/v1/prices", ""), 404, "no-shop")
	apitest.Want(t, b.Do("PUT", "/v1/prices", apitest.SomePrices), 404, "no-shop")
}
