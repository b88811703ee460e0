package orders_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"cubby/sync/api/apitest"
	"cubby/sync/problem"
)

// whole is an order with every member that can be put.
const whole = `{"shop":"acme","currency":"EUR","channel":"online","contract":"distance","country":"DE",
	"ordered":"2026-02-20T09:00:00+01:00","delivered":"2026-02-24T15:30:00Z","language":"zh-Hans","informed":true,
	"tax":{"per":"order","rounding":"half_even","inclusive":false},"shipping":{"standard":495,"paid":495},
	"gift_receipt":"G-1","receipt":"R-1","customer_ref":"C-881","postcode":"10115","phone":"+49 30 123456",
	"lines":[{"id":"1","sku":"TS-M","gtin":"4006381333931","title":"T-shirt 👕","supplier":"Mill","category":"fashion",
	"class":"textile","quantity":2,"unit_price":1000,"discount":100,"tax_rate":190000,"serials":["SN-1","SN-2"],
	"returnable_until":"2026-06-01T00:00:00Z","final_sale":true,"bundle":"B","bundle_whole":true,"gift":true,
	"free":true,"of":"2","no_return_ticked":true,"weight_g":180,"dimensions_mm":{"length":300,"width":200,"height":20},
	"delivered":"2026-02-25T10:00:00Z","returned_elsewhere":1,"lease":{"site":"test","until":"2026-03-10T00:00:00Z"}},
	{"id":"2","sku":"B","title":"حذاء","quantity":1,"unit_price":0}],
	"tenders":[{"id":"t1","kind":"card","amount":2256,"reference":"pi_1","refunded_elsewhere":5,"closed":true},
	{"id":"t2","kind":"points","amount":500}]}`

func TestAnOrderIsPutAndReadBack(t *testing.T) {
	b := apitest.New(t)
	put := b.Do("PUT", "/v1/orders/SO-1", whole, "If-None-Match", "*")
	body := apitest.Want(t, put, 201, "")
	if put.Header.Get("Location") != "/v1/orders/SO-1" || put.Header.Get("ETag") != `"1"` {
		t.Errorf("the head is %v", put.Header)
	}
	read := apitest.Want(t, b.Do("GET", "/v1/orders/SO-1", ""), 200, "")
	if read != body {
		t.Errorf("put\n%s\nread\n%s", body, read)
	}
	var sent, got map[string]any
	if json.Unmarshal([]byte(whole), &sent) != nil || json.Unmarshal([]byte(read), &got) != nil {
		t.Fatal("no JSON")
	}
	for name, value := range sent {
		switch name {
		case "postcode", "phone", "ordered":
			continue
		}
		if fmt.Sprint(got[name]) != fmt.Sprint(value) && name != "lines" && name != "tenders" {
			t.Errorf("%s is %v, want %v", name, got[name], value)
		}
	}
	line, sentLine := got["lines"].([]any)[0].(map[string]any), sent["lines"].([]any)[0].(map[string]any)
	for name, value := range sentLine {
		if fmt.Sprint(line[name]) != fmt.Sprint(value) {
			t.Errorf("line: %s is %v, want %v", name, line[name], value)
		}
	}
	if got["total"] != 2756.0 || got["ordered"] != "2026-02-20T08:00:00Z" {
		t.Errorf("total %v, ordered %v", got["total"], got["ordered"])
	}
	if strings.Contains(read, "10115") || strings.Contains(read, "3456") || strings.Contains(read, "hash") {
		t.Errorf("tells what proves the order: %s", read)
	}
	if again := b.Do("PUT", "/v1/orders/SO-1", whole); again.Header.Get("ETag") != `"1"` {
		t.Errorf("the same again: %s %s", again.Header.Get("ETag"), apitest.Text(t, again))
	}
	apitest.Want(t, b.Do("PUT", "/v1/orders/SO-1", whole, "If-Match", `"2"`), 412, "changed-meanwhile")
	apitest.Want(t, b.Do("PUT", "/v1/orders/SO-1", whole, "If-None-Match", "*"), 412, "exists-already")
	apitest.Want(t, b.Do("GET", "/v1/orders/SO-1", "", "If-None-Match", `"1"`), 304, "")
	apitest.Want(t, b.Do("PUT", "/v1/orders/a%20b", whole), 400, "order-id")
	for _, id := range []string{"none", "a%20b", "%00", strings.Repeat("x", 65)} {
		apitest.Want(t, b.Do("GET", "/v1/orders/"+id, ""), 404, "no-such-order")
		apitest.Want(t, b.Do("POST", "/v1/orders/"+id+"/cancel", ""), 404, "no-such-order")
		apitest.Want(t, b.Do("DELETE", "/v1/orders/"+id, ""), 404, "no-such-order")
	}
}

func TestAnOrderHasWhatIsUsualWhereItSaysNothing(t *testing.T) {
	b := apitest.New(t)
	body := apitest.Want(t, b.Do("PUT", "/v1/orders/SO-2", apitest.SomeOrder), 201, "")
	for _, want := range []string{
		`"tax":{"per":"line","rounding":"half_up","inclusive":true}`, `"contract":"distance"`, `"total":3998`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("lacks %s: %s", want, body)
		}
	}
}

func TestAllMistakesOfAnOrderAreNamedAtOnce(t *testing.T) {
	b := apitest.New(t)
	body := apitest.Want(t, b.Do("PUT", "/v1/orders/SO-1", `{"shop":"acme","currency":"EUX","channel":"tv",
		"ordered":"2126-01-01T00:00:00Z","colour":"red","lines":[
		{"id":"1","sku":"A","title":"a\u202eb","quantity":0,"unit_price":-1},
		{"id":"1","sku":"B","title":"4111 1111 1111 1111","quantity":1.5,"unit_price":"9"},
		{"id":"3","sku":"C","title":"c","quantity":2,"unit_price":10,"of":"7","serials":["a","a"]}],
		"tenders":[{"id":"t","kind":"card","amount":1},{"id":"t","kind":"gold","amount":1}]}`), 422, "unknown-member")
	var p problem.Problem
	if err := json.Unmarshal([]byte(body), &p); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range p.Errors {
		got = append(got, m.Pointer)
	}
	if slices.Contains(got, "/tenders") {
		t.Error("the sum of what could not be read is wrong")
	}
	for _, want := range []string{
		"/colour", "/currency", "/channel", "/ordered", "/lines/0/title", "/lines/0/quantity", "/lines/0/unit_price",
		"/lines/1/id", "/lines/1/title", "/lines/1/quantity", "/lines/1/unit_price", "/lines/2/of",
		"/lines/2/serials/1", "/tenders/1/id", "/tenders/1/kind",
	} {
		if !slices.Contains(got, want) {
			t.Errorf("does not name %s", want)
		}
	}
	apitest.Want(t, b.Do("GET", "/v1/orders/SO-1", ""), 404, "no-such-order")
}

// lines is an order of so many lines, of nothing to pay.
func lines(n, titled int) string {
	one := make([]string, n)
	for i := range one {
		one[i] = fmt.Sprintf(`{"id":"%d","sku":"A","title":"%s","quantity":1,"unit_price":0}`, i+1,
			strings.Repeat("x", titled))
	}
	return `{"shop":"acme","currency":"JPY","channel":"store","ordered":"2026-02-20T09:00:00Z","lines":[` +
		strings.Join(one, ",") + `]}`
}

func TestAThousandLinesAndOneMebibyteAreTakenAndNoMore(t *testing.T) {
	b := apitest.New(t)
	body := apitest.Want(t, b.Do("PUT", "/v1/orders/SO-1", lines(1000, 200)), 201, "")
	if strings.Count(body, `"sku"`) != 1000 {
		t.Error("lines are missing")
	}
	body = apitest.Want(t, b.Do("PUT", "/v1/orders/SO-2", lines(1001, 1)), 422, "too-many")
	if !strings.Contains(body, `"pointer":"/lines"`) {
		t.Errorf("names %s", body)
	}
	full := apitest.SomeOrder + strings.Repeat(" ", 1<<20-len(apitest.SomeOrder))
	apitest.Want(t, b.Do("PUT", "/v1/orders/SO-3", full), 201, "")
	apitest.Want(t, b.Do("PUT", "/v1/orders/SO-3", full+" "), 413, "body-too-large")
	small := `{"line":"1","quantity":1}` + strings.Repeat(" ", 64<<10)
	apitest.Want(t, b.Do("POST", "/v1/orders/SO-3/returned-elsewhere", small), 413, "body-too-large")
	// However many mistakes there are, a hundred are told.
	wrong := strings.ReplaceAll(lines(1000, 1), `"quantity":1`, `"quantity":-1`)
	body = apitest.Want(t, b.Do("PUT", "/v1/orders/SO-4", wrong), 422, "out-of-range")
	if n := strings.Count(body, `"pointer":"/lines/`); n != 101 {
		t.Errorf("tells of %d mistakes", n)
	}
}

func TestOrdersAreToldOfMeanwhile(t *testing.T) {
	b := apitest.New(t)
	at := "/v1/orders/P1"
	if body := apitest.Want(t, b.Do("POST", at+"/returned-elsewhere", `{"line":"1","quantity":2}`), 200, ""); !strings.
		Contains(
			body,
			`"returned_elsewhere":2`,
		) {
		t.Errorf("answers %s", body)
	}
	apitest.Want(t, b.Do("POST", at+"/returned-elsewhere", `{"line":"1","quantity":3}`), 422, "out-of-range")
	apitest.Want(t, b.Do("POST", at+"/returned-elsewhere", `{"line":"1","quantity":1}`), 409, "never-less")
	apitest.Want(t, b.Do("POST", at+"/returned-elsewhere", `{"line":"9","quantity":1}`), 422, "unknown-line")
	apitest.Want(t, b.Do("POST", at+"/returned-elsewhere", `{"line":"1","quantity":-1}`), 422, "out-of-range")
	apitest.Want(t, b.Do("POST", at+"/returned-elsewhere", `{"quantity":1}`), 422, "")
	lease := `{"line":"1","site":"berlin-01","until":"2026-03-10T00:00:00Z"}`
	if body := apitest.Want(t, b.Do("POST", at+"/leases", lease, "If-Match", `"2"`), 200, ""); !strings.
		Contains(body, `"lease":{"site":"berlin-01","until":"2026-03-10T00:00:00Z"}`) {
		t.Errorf("answers %s", body)
	}
	apitest.Want(t, b.Do("POST", at+"/leases", lease, "If-Match", `"2"`), 412, "changed-meanwhile")
	apitest.Want(t, b.Do("POST", at+"/leases", `{"line":"1","site":"x","until":"soon"}`), 422, "wrong-type")
	for range 2 {
		if body := apitest.Want(t, b.Do("POST", at+"/cancel", ""), 200, ""); !strings.Contains(
			body,
			`"cancelled":true`,
		) {
			t.Errorf("answers %s", body)
		}
	}
	apitest.Want(t, b.Do("DELETE", at, "", "If-Match", `"1"`), 412, "changed-meanwhile")
	apitest.Want(t, b.Do("DELETE", at, ""), 204, "")
	apitest.Want(t, b.Do("GET", at, ""), 404, "no-such-order")
}

func TestOrdersAreListed(t *testing.T) {
	b := apitest.New(t)
	for i := range 3 {
		apitest.Want(t, b.Do("PUT", fmt.Sprintf("/v1/orders/SO-%d", i), apitest.SomeOrder), 201, "")
	}
	list := func(query string) (ids []string) {
		t.Helper()
		for token, pages := "", 0; pages < 9; pages++ {
			var page struct {
				Orders []struct{ ID string }
				Next   string `json:"next_page_token"`
			}
			body := apitest.Want(t, b.Do("GET", "/v1/orders?limit=2"+query+"&page_token="+token, ""), 200, "")
			if err := json.Unmarshal([]byte(body), &page); err != nil {
				t.Fatal(err)
			}
			for _, o := range page.Orders {
				ids = append(ids, o.ID)
			}
			if token = page.Next; token == "" {
				break
			}
		}
		return ids
	}
	for query, want := range map[string]string{
		"": "P1 SO-0 SO-1 SO-2", "&shop=acme": "P1 SO-0 SO-1 SO-2", "&shop=other": "", "&scan=order:SO-1": "SO-1",
		"&scan=ts-m": "P1 SO-0 SO-1 SO-2",
	} {
		if got := strings.Join(list(query), " "); got != want {
			t.Errorf("%s lists %q, want %q", query, got, want)
		}
	}
	for _, bad := range []string{"limit=0", "limit=101", "scan=", "shop=" + strings.Repeat("x", 257), "page_token=SO-1",
		"state=open"} {
		apitest.Want(t, b.Do("GET", "/v1/orders?"+bad, ""), 400, "")
	}
}
