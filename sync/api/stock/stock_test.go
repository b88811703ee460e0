package stock_test

import (
	"encoding/json"
	"strings"
	"testing"

	"cubby/sync/api/apitest"
)

func TestStockIsMovedCountedAndPlanned(t *testing.T) {
	b := apitest.New(t)
	const one = "/v1/stock/TS-M"
	says := func(method, path, body string, status int, want string) {
		t.Helper()
		if got := apitest.Want(t, b.Do(method, path, body), status, ""); !strings.Contains(got, want) {
			t.Errorf("%s %s %s: %s", method, path, body, got)
		}
	}
	says("POST", one+"/moves", `{"to":"shelf","quantity":2,"cause":"received"}`, 200, `"on_hand":3`)
	apitest.Want(t, b.Do("POST", one+"/moves", `{"from":"warehouse","quantity":2,"cause":"x"}`), 409,
		"not-there")
	apitest.Want(t, b.Do("POST", one+"/moves", `{"quantity":2}`), 422, "missing-member")
	apitest.Want(t, b.Do("POST", "/v1/stock/%00/moves", `{"to":"shelf","quantity":2,"cause":"x"}`), 404,
		"no-such-article")
	says("POST", one+"/counts", `{"place":"shelf","counted":2}`, 200, `"book":3,"difference":-1`)
	says("PUT", one+"/plan", `{"safety":1,"low":2}`, 200, `"available":2`)
	says("PUT", one+"/expected/D-1", `{"quantity":4,"at":"2026-03-10T00:00:00Z"}`, 200, `"sku":"TS-M"`)
	apitest.Want(t, b.Do("PUT", one+"/expected/D-1", `{"quantity":4}`), 422, "at")
	says("GET", one+"/promises", "", 200, `"available_to_promise":2`)
	says("GET", one+"/promises", "", 200, `"quantity":1,"afar":2`)
	apitest.Want(t, b.Do("GET", "/v1/stock/NONE/promises", ""), 404, "no-such-article")
	says("GET", "/v1/stock-work", "", 200, `"kind":"count","sku":"TS-M","door":"14"`)
	apitest.Want(t, b.Do("POST", "/v1/stock-work/counts/c-1", `{"discard":true}`), 204, "")
	apitest.Want(t, b.Do("POST", "/v1/stock-work/counts/c-2", `{}`), 404, "no-such-count")
}

func TestStockIsReadByArticleAndInPages(t *testing.T) {
	b := apitest.New(t)
	read := b.Do("GET", "/v1/stock/TS-M", "")
	body := apitest.Want(t, read, 200, "")
	if !strings.Contains(body, `"available":3,"on_hand":3,"quarantine":1`) ||
		read.Header.Get("ETag") != `"4"` {
		t.Errorf("read %s, %s", read.Header.Get("ETag"), body)
	}
	apitest.Want(t, b.Do("GET", "/v1/stock/TS-M", "", "If-None-Match", `"4"`), 304, "")
	for _, sku := range []string{"NONE", "%00", strings.Repeat("x", 65)} {
		apitest.Want(t, b.Do("GET", "/v1/stock/"+sku, ""), 404, "no-such-article")
	}
	var seen []string
	for target := "/v1/stock?limit=1"; target != ""; {
		var page struct {
			Stock []struct{ SKU string }
			Next  string `json:"next_page_token"`
		}
		if err := json.Unmarshal([]byte(apitest.Want(t, b.Do("GET", target, ""), 200, "")),
			&page); err != nil {
			t.Fatal(err)
		}
		for _, l := range page.Stock {
			seen = append(seen, l.SKU)
		}
		if target = ""; page.Next != "" {
			target = "/v1/stock?limit=1&page_token=" + page.Next
		}
		if len(seen) > 2 {
			t.Fatal("the list does not end")
		}
	}
	if strings.Join(seen, ", ") != "TS-M, TS/XL 2" {
		t.Errorf("listed %v", seen)
	}
	for _, bad := range []string{"limit=0", "limit=101", "page_token=TS-M", "sku=TS-M"} {
		apitest.Want(t, b.Do("GET", "/v1/stock?"+bad, ""), 400, "")
	}
}
