package returns_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"cubby/locker/returns"
	"cubby/sync/api/apitest"
	"cubby/sync/rest"
)

const sold = `{"shop":"acme","currency":"EUR","channel":"online","country":"DE","ordered":"2026-02-20T09:00:00Z",
	"delivered":"2026-02-24T09:00:00Z","lines":[
	{"id":"1","sku":"TS-M","title":"T-shirt","quantity":2,"unit_price":20000},
	{"id":"2","sku":"SH-42","title":"Shoes","quantity":1,"unit_price":60000}],
	"tenders":[{"id":"t1","kind":"card","amount":75000,"reference":"pi_1"},
	{"id":"t2","kind":"gift_card","amount":25000}]}`

// at is a return that was asked for of the order above.
func at(t *testing.T, b *apitest.Bench, items string) string {
	t.Helper()
	b.Do("PUT", "/v1/orders/SO-1", sold)
	asked := b.Do("POST", "/v1/returns", `{"order_id":"SO-1","items":[`+items+`]}`)
	apitest.Want(t, asked, 201, "")
	place := asked.Header.Get("Location")
	if !strings.HasPrefix(place, "/v1/returns/R-") {
		t.Fatalf("is at %s", place)
	}
	return place
}

func read[T any](t *testing.T, body string) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// Asked for by the centre, taken over the counter, graded, decided, paid, closed.
func TestAReturnGoesItsWayOverREST(t *testing.T) {
	b := apitest.New(t)
	place := at(
		t,
		b,
		`{"line":"1","quantity":2,"reason":"faulty","text":"has a hole"},{"line":"2","quantity":1,
		"reason":"faulty","text":"the sole is off"}`,
	)
	do := func(what, body string, status int, slug string) returns.Case {
		t.Helper()
		answered := apitest.Want(t, b.Do("POST", place+what, body), status, slug)
		if status != 200 {
			return returns.Case{}
		}
		return read[returns.Case](t, answered)
	}
	got := read[struct {
		returns.Case
		Texts []string
	}](t, apitest.Want(t, b.Do("GET", place, ""), 200, ""))
	if got.State != returns.Authorised || got.Channel != returns.Asked || len(got.Items) != 2 ||
		got.Texts[1] != "the sole is off" || got.Items[0].Share != 40000 {
		t.Errorf("asked for as %+v", got)
	}
	lower := strings.ToLower(place[len("/v1/returns/"):])
	apitest.Want(t, b.Do("GET", "/v1/returns/"+lower, "", "If-None-Match", `"1"`), 304, "")
	do("/items/1/grade", `{"result":"like_new"}`, 409, "wrong-state")
	do("/drop", "", 200, "")
	do("/items/1/decide", `{"decision":"refund_original"}`, 409, "not-graded")
	do("/items/1/grade", `{"result":"used"}`, 422, "note")
	do("/items/9/grade", `{"result":"like_new"}`, 404, "no-such-item")
	do("/items/x/grade", `{"result":"like_new"}`, 404, "no-such-item")
	do("/items/1/grade", `{"result":"like_new","quantity":3}`, 422, "quantity")
	if c := do("/items/1/grade", `{"result":"like_new","quantity":1}`, 200, ""); len(c.Items) != 3 ||
		c.Items[2].N != 3 || c.State != returns.Inspecting {
		t.Errorf("graded one of two: %+v", c)
	}
	do("/items/3/grade", `{"result":"missing","note":"one only"}`, 200, "")
	do("/items/2/grade", `{"result":"damaged","note":"the sole is off"}`, 200, "")
	do("/items/1/decide", `{"decision":"give_it_away"}`, 422, "decision")
	do("/items/1/decide", `{"decision":"refund_original","amount":20001}`, 409, "above-paid")
	do("/items/1/decide", `{"decision":"refund_original"}`, 200, "")
	do("/items/3/decide", `{"decision":"reject_and_give_back"}`, 200, "")
	do("/close", "", 409, "wrong-state")
	c := do("/items/2/decide", `{"decision":"refund_original","disposition":"to_vendor"}`, 200, "")
	if c.State != returns.Settling || c.Items[1].Disposition != returns.ToVendor {
		t.Fatalf("decided: %+v", c)
	}
	page := read[struct{ Refunds []returns.Refund }](t, apitest.Want(t,
		b.Do("GET", "/v1/refunds?return="+c.ID+"&state=pending", ""), 200, ""))
	sum := map[string]int64{}
	for _, r := range page.Refunds {
		sum[r.Tender] += r.Amount
	}
	if sum["t1"] != 60000 || sum["t2"] != 20000 { // 800.00 of 1000.00, as they were paid
		t.Errorf("goes back as %v", sum)
	}
	for i, r := range page.Refunds {
		pay := "/v1/refunds/" + r.ID
		apitest.Want(t, b.Do("GET", pay, ""), 200, "")
		if i == 0 {
			apitest.Want(
				t,
				b.Do("POST", pay, fmt.Sprintf(`{"state":"completed","amount":%d}`, r.Amount-1)),
				200,
				"",
			)
			if now, _ := b.Core.Refund(t.Context(), r.ID); now.State != returns.Failed {
				t.Errorf("another amount was taken as %s", now.State)
			}
			apitest.Want(t, b.Do("POST", pay+"/retry", ""), 200, "")
		}
		for range 2 {
			body := fmt.Sprintf(
				`{"state":"completed","reference":"re_%d","amount":%d,"currency":"EUR"}`,
				i,
				r.Amount,
			)
			apitest.Want(t, b.Do("POST", pay, body), 200, "")
		}
		apitest.Want(t, b.Do("POST", pay, `{"state":"failed","detail":"late"}`), 409, "refund-final")
		apitest.Want(t, b.Do("POST", pay+"/redirect", `{"kind":"cash"}`), 409, "not-failed")
	}
	if c := do("/close", `{"reason":"all paid"}`, 200, ""); c.State != returns.Closed {
		t.Errorf("in the end it is %+v", c)
	}
	do("/close", "{}", 200, "")
	do("/cancel", "", 409, "wrong-state")
}

func TestNothingComesBackTwiceOverREST(t *testing.T) {
	b := apitest.New(t)
	place := at(t, b, `{"line":"1","quantity":2,"reason":"too_small"}`)
	again := `{"order_id":"SO-1","items":[{"line":"1","quantity":1,"reason":"too_small"}]}`
	body := apitest.Want(t, b.Do("POST", "/v1/returns", again), 409, "back-already")
	if !strings.Contains(body, `"pointer":"/items/0/quantity"`) {
		t.Errorf("names %s", body)
	}
	less := strings.NewReplacer(`"quantity":2`, `"quantity":1`, `75000`, `55000`).Replace(sold)
	apitest.Want(t, b.Do("PUT", "/v1/orders/SO-1", less), 409, "quantity-claimed")
	apitest.Want(t, b.Do("POST", "/v1/orders/SO-1/returned-elsewhere", `{"line":"1","quantity":1}`), 409,
		"quantity-claimed")
	apitest.Want(t, b.Do("POST", "/v1/orders/SO-1/cancel", ""), 409, "case-open")
	apitest.Want(t, b.Do("POST", place+"/cancel", `{"reason":"keeps them"}`), 200, "")
	apitest.Want(t, b.Do("POST", "/v1/returns", again), 201, "")
}

func TestWhatIsAskedWronglyIsRefusedWithItsPlace(t *testing.T) {
	b := apitest.New(t)
	at(t, b, `{"line":"2","quantity":1,"reason":"faulty","text":"the sole is off"}`)
	for body, c := range map[string]struct {
		status int
		slug   string
	}{
		`{"order_id":"SO-1","items":[]}`:                                                {422, "missing-member"},
		`{"order_id":"SO-1","items":[{"line":"1","quantity":0,"reason":"too_small"}]}`:  {422, "out-of-range"},
		`{"order_id":"SO-1","items":[{"line":"1","quantity":-1,"reason":"too_small"}]}`: {422, "out-of-range"},
		`{"order_id":"SO-1","items":[{"line":"1","quantity":3,"reason":"too_small"}]}`:  {409, "back-already"},
		`{"order_id":"SO-1","items":[{"line":"7","quantity":1,"reason":"too_small"}]}`:  {422, "no-such-line"},
		`{"order_id":"SO-1","items":[{"line":"1","quantity":1,"reason":"moon"}]}`:       {422, "reason"},
		`{"order_id":"SO-1","items":[{"line":"1","quantity":1,"reason":"other","text":"4111 1111 1111 1111"}]}`: {
			422, "card-number"},
		`{"order_id":"SO-1","items":[{"line":"1","quantity":1,"reason":"other","text":"a\u202eb"}]}`: {422, "text"},
		`{"order_id":"SO-1","prefer":"gold","items":[{"line":"1","quantity":1,"reason":"too_small"}]}`: {
			422, "out-of-bounds"},
		`{"order_id":"none","items":[{"line":"1","quantity":1,"reason":"too_small"}]}`: {404, "no-such-order"},
		`{"items":[{"title":"a hat","quantity":1,"amount":100}]}`:                      {422, "unknown-currency"},
		`{"shop":"acme","currency":"EUR","items":[{"title":"a hat","quantity":1}]}`:    {422, "missing-member"},
	} {
		apitest.Want(t, b.Do("POST", "/v1/returns", body), c.status, c.slug)
	}
	for _, id := range []string{"none", "R-0000-000U", "%00", "R-9999-9999"} {
		apitest.Want(t, b.Do("GET", "/v1/returns/"+id, ""), 404, "no-such-return")
		apitest.Want(t, b.Do("POST", "/v1/returns/"+id+"/authorise", ""), 404, "no-such-return")
	}
	apitest.Want(t, b.Do("GET", "/v1/refunds/none", ""), 404, "no-such-refund")
	apitest.Want(t, b.Do("POST", "/v1/refunds/none", `{"state":"completed"}`), 404, "no-such-refund")
	apitest.Want(t, b.Do("POST", "/v1/refunds/none", `{"state":"paid"}`), 422, "")
	apitest.Want(
		t,
		b.Do("POST", "/v1/refunds/none", `{"state":"completed","reference":"4111111111111111"}`),
		422,
		"card-number",
	)
}

func TestReturnsAndRefundsAreListed(t *testing.T) {
	b := apitest.New(t)
	place := at(t, b, `{"line":"1","quantity":1,"reason":"too_small"}`)
	list := func(target string) string { return apitest.Want(t, b.Do("GET", target, ""), 200, "") }
	for query, want := range map[string]int{
		"": 2, "?order=SO-1": 1, "?state=dropped_off": 1, "?state=closed": 0, "?open=true": 2, "?shop=other": 0,
		"?limit=1": 1,
	} {
		if got := strings.Count(list("/v1/returns"+query), `"requested":`); got != want {
			t.Errorf("%s lists %d, want %d", query, got, want)
		}
	}
	first := read[struct {
		Next string `json:"next_page_token"`
	}](t, list("/v1/returns?limit=1"))
	if !strings.Contains(list("/v1/returns?limit=1&page_token="+first.Next), place[len("/v1/returns/"):]) {
		t.Error("the second page lacks the second return")
	}
	if got := list("/v1/refunds?order=P1"); strings.Count(got, `"rf-1"`) != 1 {
		t.Errorf("refunds are %s", got)
	}
	for _, bad := range []string{"returns?state=lost", "returns?open=maybe", "returns?order=", "returns?limit=101",
		"refunds?state=lost", "refunds?return=", "refunds?page_token=x", "refunds?who=me"} {
		apitest.Want(t, b.Do("GET", "/v1/"+bad, ""), 400, "")
	}
}

// What staff do is done by name and by what their role allows; the centre asks, and agrees.
func TestReturnsAreDoneByName(t *testing.T) {
	b := apitest.New(t)
	b.Do("PUT", "/v1/orders/SO-1", sold)
	apitest.Want(t, b.Do("POST", "/v1/returns/"+apitest.SomeReturn+"/drop", "", rest.StaffHeader,
		"badge of supervisor"), 200, "")
	if last := b.Core.Actors[len(b.Core.Actors)-1]; last != "staff:supervisor" {
		t.Errorf("done by %s", last)
	}
	apitest.Want(t, b.Do("POST", "/v1/returns/"+apitest.SomeReturn+"/drop", ""), 200, "")
	if last := b.Core.Actors[len(b.Core.Actors)-1]; last != "key:all" {
		t.Errorf("done by %s", last)
	}
}
