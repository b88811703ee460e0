package catalogue_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"cubby/sync/api"
	"cubby/sync/api/apitest"
)

func TestProductsAreSearchedAndRead(t *testing.T) {
	b := apitest.New(t)
	for path, want := range map[string]string{
		"/v1/products": `"total":1`,
		"/v1/products?text=t-sh&limit=6&offset=0":                `"id":"mug"`,
		"/v1/products?text=4006381333931":                        `"id":"mug"`,
		"/v1/products?category=shirts&facets=true":               `"total":1`,
		"/v1/products?text=hat":                                  `{"products":[],"total":0}`,
		"/v1/products?attribute=size:m,colour:b":                 `"total":0`,
		"/v1/products?offset=1":                                  `{"products":[],"total":1}`,
		"/v1/products/mug":                                       `{"product":{"id":"mug"`,
		"/v1/variants/TS-M":                                      `{"sku":"TS-M","product":{"id":"mug"`,
		"/v1/gtins/%2801%2904006381333931":                       `{"sku":"TS-M","product":{"id":"mug"`,
		"/v1/products?text=https://id.gs1.org/01/04006381333931": `"id":"mug"`,
		"/v1/categories":                                         `"count":1}]}`,
		"/v1/catalogue":                                          `"number":1`,
		"/v1/pictures/" + apitest.SomePicture():                  "JFIF",
		"/v1/pictures/" + apitest.SomePicture() + "?size=320":    "JFIF",
	} {
		answer := b.Do("GET", path, "")
		if got := apitest.Text(t, answer); answer.StatusCode != 200 || !strings.Contains(got, want) &&
			!(want == "JFIF" && strings.HasPrefix(got, "\xff\xd8\xff")) {
			t.Errorf("%s: %d %.300s", path, answer.StatusCode, got)
		}
	}
	for path, slug := range map[string]string{
		"/v1/products/hat": "no-such-product", "/v1/products/a%20b": "no-such-product",
		"/v1/variants/TS-L": "no-such-product", "/v1/gtins/96385074": "no-such-product",
		"/v1/gtins/4006381333932": "no-such-product", "/v1/pictures/x": "no-such-picture",
	} {
		apitest.Want(t, b.Do("GET", path, ""), 404, slug)
	}
	for _, bad := range []string{
		"limit=0", "limit=101", "offset=-1", "facets=yes", "attribute=size", "attribute=:m", "category=a%20b",
		"text=" + strings.Repeat("x", 101), "text=%ff", "price=1",
	} {
		apitest.Want(t, b.Do("GET", "/v1/products?"+bad, ""), 400, "bad-parameter")
	}
	apitest.Want(t, b.Do("GET", "/v1/pictures/"+apitest.SomePicture()+"?size=500", ""), 400, "bad-parameter")
}

func TestACatalogueIsReplacedWholeOrNotAtAll(t *testing.T) {
	b := apitest.New(t)
	state := func(text string) (s struct {
		Number int
		Hash   string
		Import struct {
			State    string
			Check    bool
			Mistakes int
		}
	}) {
		t.Helper()
		if err := json.Unmarshal([]byte(text), &s); err != nil {
			t.Fatal(err)
		}
		return s
	}
	cup := strings.Replace(apitest.SomeCatalogue, "T-shirt", "Cup", 1)
	if s := state(apitest.Want(t, b.Do("PUT", "/v1/catalogue?check=true", cup), 200, "")); s.Number != 1 ||
		s.Import.State != "imported" || !s.Import.Check {
		t.Errorf("%+v", s)
	}
	bad := strings.Replace(strings.Replace(cup, "Cup", "<b>Cup</b>", 1), "4006381333931", "1234", 1)
	told := apitest.Want(t, b.Do("PUT", "/v1/catalogue", bad), 422, "bad-catalogue")
	if !strings.Contains(told, "/products/0/title/en") || !strings.Contains(told, "HTML") ||
		!strings.Contains(told, "/products/0/variants/0/gtins/0") {
		t.Errorf("%s", told)
	}
	if s := state(apitest.Want(t, b.Do("GET", "/v1/catalogue", ""), 200, "")); s.Number != 1 ||
		s.Import.State != "refused" || s.Import.Mistakes != 2 {
		t.Errorf("%+v", s)
	}
	s := state(apitest.Want(t, b.Do("PUT", "/v1/catalogue", cup), 200, ""))
	if s.Number != 2 || s.Import.State != "imported" || s.Import.Check {
		t.Errorf("%+v", s)
	}
	answer := b.Do("GET", "/v1/catalogue/file", "")
	file := apitest.Want(t, answer, 200, "")
	sum := sha256.Sum256([]byte(file))
	if hex.EncodeToString(sum[:]) != s.Hash || answer.Header.Get("ETag") != `"`+s.Hash+`"` {
		t.Errorf("%s: %v", file, answer.Header)
	}
	if got := b.Do("GET", "/v1/catalogue/file", "", "If-None-Match", `"`+s.Hash+`"`).StatusCode; got != 304 {
		t.Errorf("%d", got)
	}
	if again := state(apitest.Want(t, b.Do("PUT", "/v1/catalogue", file), 200, "")); again.Number != 2 {
		t.Errorf("%+v", again)
	}
}

func TestPicturesAreKeptForAnImport(t *testing.T) {
	b := apitest.New(t)
	put := func(name, body string) *http.Response {
		r := httptest.NewRequest("PUT", "/v1/catalogue/pictures/"+name, strings.NewReader(body))
		r.Header.Set("Content-Type", "image/png")
		b.Sign(r)
		return b.Send(r, body)
	}
	if told := apitest.Want(t, put("a%20cup.png", string(apitest.SomePNG())), 200, ""); !strings.Contains(told,
		apitest.SomePicture()) {
		t.Errorf("%s", told)
	}
	with := strings.Replace(apitest.SomeCatalogue, "mug.png", "a cup.png", 1)
	apitest.Want(t, b.Do("PUT", "/v1/catalogue", with), 200, "")
	apitest.Want(t, b.Do("PUT", "/v1/catalogue", strings.Replace(with, "a cup", "no cup", 1)), 422,
		"bad-catalogue")
	for name, body := range map[string]string{"a.png": "<svg>", "b.png": "",
		"d.gif": string(apitest.SomePNG())} {
		apitest.Want(t, put(name, body), 400, "bad-picture")
	}
	large := bytes.Repeat([]byte{0}, 20<<20+1)
	apitest.Want(t, put("e.png", string(large)), 413, "body-too-large")
}

func TestWhereThereIsNoShopNothingIsSold(t *testing.T) {
	b := apitest.New(t, func(s *apitest.Setup) { s.Catalogue = nil })
	for _, path := range []string{"/v1/products", "/v1/catalogue", "/v1/categories", "/v1/variants/TS-M"} {
		apitest.Want(t, b.Do("GET", path, ""), 404, "no-shop")
	}
	if len(api.Families(api.Site{})) == 0 {
		t.Error("there is no family")
	}
}
