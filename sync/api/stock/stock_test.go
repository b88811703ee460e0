package stock_test

import (
	"encoding/json"
	"strings"
	"testing"

	"cubby/sync/api/apitest"
)

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
		if err := json.Unmarshal([]byte(apitest.Want(t, b.Do("GET", target, ""), 200, "")), &page); err != nil {
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
