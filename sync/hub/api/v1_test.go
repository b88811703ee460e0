package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/returns"
	"cubby/sync/api/apitest"
	"cubby/sync/db/dbtest"
	"cubby/sync/hub/api"
	"cubby/sync/openapi/proof"
	"cubby/sync/protocol"
)

// everything is all that a key of a client may do.
func everything(b *bench) (scopes []string) {
	for _, s := range b.server.Scopes() {
		if s != "line" {
			scopes = append(scopes, s)
		}
	}
	return scopes
}

// A town is a hub with a station where something of everything is.
type town struct {
	*bench
	station, stationKey string
}

const (
	someReturn = "R-AAAA-BBBB"
	marker     = "MARKER-of-a-person"
)

func newTown(t *testing.T, at string) *town {
	t.Helper()
	b := open(t, at)
	b.token = b.key("all", everything(b)...)
	w := &town{bench: b}
	w.station, w.stationKey = b.join("one")
	_, err := b.offers.Stage("mug.png", bytes.NewReader(apitest.SomePNG()))
	b.must(err)
	_, err = b.offers.Import(t.Context(), strings.NewReader(apitest.SomeCatalogue), time.Now(), false)
	b.must(err)
	st := "/v1/stations/" + w.station
	b.do(201, "", "PUT", st+"/parcels/P-1", `{"order_id":"SO-1","recipient":{"name":"`+marker+`","email":"`+
		marker+`@example.org"}}`)
	b.do(201, "", "PUT", "/v1/orders/SO-1?stations="+w.station, strings.Replace(apitest.SomeOrder, "{",
		`{"customer_ref":"`+marker+`","postcode":"10115",`, 1))
	b.do(200, "", "PUT", "/v1/pool/TS-M", `{"on_hand":3}`)
	// Of an order that is not known: somebody has to answer.
	of := returns.OfCase{Case: someReturn, Order: "SO-9", Shop: "acme"}
	facts := []string{
		ofParcel(1, "announced", "P-1", "order_id", "SO-1"),
		ofParcel(2, "stored", "P-1", "order_id", "SO-1", "compartment", "14", "size", "M",
			"code", marker, "pin", "9182736450", "rotating_secret", marker, "deadline", "2026-03-04T09:00:00Z"),
		fact(3, "stock.moved", "stock/TS-M",
			map[string]any{"sku": "TS-M", "to": "on_hand", "quantity": 4, "on_hand": 4}),
		ofRoom(4, "returns/"+someReturn, &returns.CaseRequested{
			OfCase: of, Channel: returns.AtLocker, State: returns.Requested, Conditional: true, Currency: "EUR",
			Items: []returns.Item{
				{N: 1, Line: "1", SKU: "TS-M", Title: "T-shirt", Quantity: 3, Reason: "too_small"},
			},
		}),
		ofRoom(5, "refunds/rf-1", &returns.RefundOrdered{
			OfRefund: returns.OfRefund{Refund: "rf-1", Case: someReturn, Order: "SO-9", Shop: "acme"},
			Items:    []int{1}, Tender: "t1", Kind: "card", Amount: 1700, Currency: "EUR",
		}),
		`{"id":"e-6","sequence":"00000000000000000006","type":"parcel.stored","data":{"code":"` + marker + `"}}`,
		ofParcel(7, "announced", "P-2"),
	}
	for _, r := range b.push(w.station, w.stationKey, 0, facts...).Results {
		if want := r.ID == "e-6"; want != (r.Status == protocol.Quarantined) {
			t.Errorf("%+v", r)
		}
	}
	return w
}

// ofRoom is a fact of a room as its station publishes it.
func ofRoom(sequence int64, subject string, f ledger.Fact) string {
	text, err := json.Marshal(f)
	if err != nil {
		panic(err)
	}
	var data map[string]any
	if err := json.Unmarshal(text, &data); err != nil {
		panic(err)
	}
	return fact(sequence, f.Type(), subject, data)
}

func TestParcelsOfStationsAtTheHub(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, at string) {
		b := newTown(t, at)
		st := "/v1/stations/" + b.station
		p := read[map[string]any](b.bench, b.do(200, "", "GET", st+"/parcels/P-1", ""))
		if p["state"] != "stored" || p["door"] != "14" || p["order_id"] != "SO-1" || p["contact"] != true {
			t.Errorf("the parcel is %v", p)
		}
		b.do(200, "", "PUT", st+"/parcels/P-1", "\ufeff"+`{"order_id":"SO-1","recipient":null}`)
		held := read[map[string]any](b.bench, b.do(200, "", "POST", st+"/parcels/P-1/hold", `{"reason":"stolen card"}`))
		if held["held"] != true && held["state"] != "stored" {
			t.Errorf("held: %v", held)
		}
		b.do(200, "", "POST", st+"/parcels/P-1/hold", "")
		b.do(200, "", "POST", st+"/parcels/P-1/release", "")
		b.do(409, "inside-already", "POST", st+"/parcels/P-1/cancel", "")
		b.do(422, "unknown-member", "PUT", st+"/parcels/P-3", `{"colour":"red"}`)
		b.do(400, "parcel-id", "PUT", st+"/parcels/a%20b", `{}`)
		b.do(404, "no-such-station", "PUT", "/v1/stations/nowhere/parcels/P-3", `{}`)
		b.do(400, "bad-parameter", "PUT", st+"/parcels/P-3", `{}`, "If-None-Match", "*")
		b.do(201, "", "PUT", st+"/parcels/P-3", `{}`)
		b.do(200, "", "POST", st+"/parcels/P-3/cancel", "{}")
		answer := b.Send(b.request("GET", st+"/parcels/P-1", ""), "")
		b.do(304, "", "GET", st+"/parcels/P-1", "", "If-None-Match", answer.Header.Get("Etag"))
		var ids []string
		token := ""
		for {
			page := read[struct {
				Parcels []struct{ ID string }
				Next    string `json:"next_page_token"`
			}](b.bench, b.do(200, "", "GET", st+"/parcels?limit=2&page_token="+token, ""))
			for _, one := range page.Parcels {
				ids = append(ids, one.ID)
			}
			if token = page.Next; token == "" {
				break
			}
		}
		if !slices.Equal(ids, []string{"P-1", "P-2", "P-3"}) {
			t.Errorf("pages of %v", ids)
		}
		if text := b.do(200, "", "GET", "/v1/parcels?text=so-1&state=stored", ""); strings.Count(text, `"id"`) != 1 {
			t.Errorf("found %s", text)
		}
		for _, bad := range []string{"limit=0", "page_token=x", "state=", "text=%00", "colour=red"} {
			b.do(400, "bad-parameter", "GET", st+"/parcels?"+bad, "")
		}
	})
}

func TestOrdersReturnsAndRefundsAtTheHub(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, at string) {
		b := newTown(t, at)
		st := "/v1/stations/" + b.station
		o := read[map[string]any](b.bench, b.do(200, "", "GET", "/v1/orders/SO-1", ""))
		if o["total"] != 3998.0 || len(o["lines"].([]any)) != 1 || len(o["stations"].([]any)) != 1 {
			t.Errorf("the order is %v", o)
		}
		b.do(200, "", "PUT", "/v1/orders/SO-1", apitest.SomeOrder)
		b.do(201, "", "PUT", "/v1/orders/SO-2", apitest.SomeOrder)
		b.do(400, "bad-parameter", "PUT", "/v1/orders/SO-3?stations=nowhere", apitest.SomeOrder)
		b.do(422, "", "PUT", "/v1/orders/SO-3", `{}`)
		b.do(200, "", "POST", "/v1/orders/SO-2/cancel", "")
		page := b.do(200, "", "GET", "/v1/orders?text=SO-&limit=1", "")
		if !strings.Contains(page, `"next_page_token"`) {
			t.Errorf("listed %s", page)
		}
		b.do(200, "", "GET", "/v1/returns?waiting=true&station="+b.station+"&order=SO-9", "")
		b.do(400, "bad-parameter", "GET", "/v1/returns?waiting=perhaps", "")
		r := st + "/returns/" + someReturn
		b.do(200, "", "GET", r, "")
		b.do(422, "reason", "POST", r+"/decline", `{}`)
		b.do(200, "", "POST", r+"/decline", `{"reason":"not bought here"}`)
		b.do(409, "wrong-state", "POST", r+"/authorise", "")
		b.do(200, "", "GET", "/v1/refunds?state=waiting", "")
		b.do(422, "detail", "POST", st+"/refunds/rf-1/settle", `{"state":"failed"}`)
		b.do(204, "", "POST", st+"/refunds/rf-1/settle", `{"state":"completed","reference":"PAY-1"}`)
		b.do(409, "refund-final", "POST", st+"/refunds/rf-1/settle", `{"state":"failed","detail":"no"}`)
	})
}

func TestWhatStationsAreTold(t *testing.T) {
	b := newTown(t, dbtest.SQLite(t))
	st := "/v1/stations/" + b.station
	if text := b.do(200, "", "GET", st+"/stock/TS-M", ""); !strings.Contains(text, `"on_hand":4`) {
		t.Errorf("stock is %s", text)
	}
	b.do(202, "", "PUT", st+"/stock/TS-M", `{"on_hand":0}`)
	b.do(422, "", "PUT", st+"/stock/TS-M", `{}`)
	b.do(404, "no-such-stock", "GET", st+"/stock/TS-X", "")
	b.do(404, "no-such-station", "PUT", "/v1/stations/nowhere/stock/TS-M", `{"on_hand":3}`)

	b.do(404, "no-such-article", "GET", "/v1/pool/TS-X", "")
	b.do(200, "", "PUT", "/v1/pool/TS-M", `{"on_hand":5,"safety":1,"lease_minutes":60}`)
	b.do(422, "", "PUT", "/v1/pool/TS-M", `{"on_hand":-1}`)
	b.do(404, "no-such-station", "PUT", "/v1/stations/nowhere/leases/TS-M", `{"target":3}`)
	if text := b.do(200, "", "PUT", st+"/leases/TS-M", `{"target":3}`); !strings.Contains(text,
		`"available_to_promise":4,"free":1`) || !strings.Contains(text, `"offered":3`) {
		t.Errorf("the pool is %s", text)
	}
	b.do(409, "not-sold", "POST", st+"/leases/TS-M/sent", `{"units":1}`)
	b.do(204, "", "DELETE", st+"/leases/TS-M", "")
	b.do(404, "no-such-lease", "DELETE", st+"/leases/TS-M", "")
	if text := b.do(200, "", "GET", "/v1/pool/TS-M", ""); !strings.Contains(text, `"free":4`) {
		t.Errorf("the pool is %s", text)
	}

	b.do(404, "no-such-policy", "GET", "/v1/policies/acme", "")
	b.do(404, "no-such-policy", "DELETE", "/v1/policies/acme", "")
	b.do(404, "no-such-text", "DELETE", "/v1/texts/greeting", "")
	b.do(200, "", "PUT", "/v1/texts/greeting", `{"text":{"en":"Hello","zh-Hans":"你好"}}`)
	b.do(422, "no-text", "PUT", "/v1/texts/greeting", `{"text":null}`)
	b.do(422, "no-language", "PUT", "/v1/texts/greeting", `{"text":{"not a tag":"x"}}`)
	b.do(422, "unknown-member", "PUT", "/v1/texts/greeting", `{"words":{}}`)
	b.do(200, "", "GET", "/v1/texts/greeting", "")
	b.do(204, "", "DELETE", "/v1/texts/greeting", "")
	b.do(404, "no-such-text", "GET", "/v1/texts/greeting", "")

	b.do(200, "", "GET", "/v1/messages?state=sent", "")
	b.do(200, "", "GET", "/v1/stations", "")
	b.do(200, "", "GET", st+"/doors", "")
	b.do(200, "", "GET", st+"/devices", "")
	b.do(404, "no-such-station", "GET", "/v1/stations/nowhere/doors", "")
	if text := b.do(200, "", "GET", "/v1/troubles?station="+b.station, ""); !strings.Contains(text, `"quarantined"`) {
		t.Errorf("troubles are %s", text)
	}
}

// TestNoAnswerNamesAPersonOrACode reads everything there is with a key that may do
// everything, of a parcel and an order with planted names, addresses and codes.
func TestNoAnswerNamesAPersonOrACode(t *testing.T) {
	b := newTown(t, dbtest.SQLite(t))
	b.do(200, "", "PUT", "/v1/stations/"+b.station+"/parcels/P-1", `{"recipient":{"name":"`+marker+`","phone":"`+
		"+49 30 5550001"+`"}}`)
	b.do(422, "", "PUT", "/v1/stations/"+b.station+"/parcels/P-1", `{"recipient":{"name":"`+marker+`","`+
		marker+`":1}}`)
	b.do(422, "", "PUT", "/v1/orders/SO-1", `{"customer_ref":"`+marker+`"}`)
	read := 0
	for _, e := range b.server.Routes() {
		if e.Method != "GET" || e.Scope == "line" || e.Path == "/v1/openapi.json" { // which has examples
			continue
		}
		read++
		answer := b.Send(b.request("GET", b.fill(e.Path), ""), "")
		text, err := io.ReadAll(answer.Body)
		b.must(err)
		for _, word := range []string{marker, "5550001", "10115", "9182736450", b.token, b.stationKey} {
			if strings.Contains(string(text), word) {
				t.Errorf("%s says %s: %.500s", e.Path, word, text)
			}
		}
	}
	for _, word := range []string{marker, "5550001", "10115", b.token, b.stationKey} {
		if strings.Contains(b.logged.String(), word) {
			t.Errorf("the log says %s", word)
		}
	}
	if read < 15 {
		t.Errorf("%d addresses were read", read)
	}
}

// TestATimeThatNoAnswerCanHave comes from clocks that are wrong beyond all bounds: JSON
// has no year 10000.
func TestATimeThatNoAnswerCanHave(t *testing.T) {
	b := newTown(t, dbtest.SQLite(t))
	const late, early = "9999-12-31T23:59:59-12:00", "0000-01-01T00:00:00+14:00"
	st := b.with(b.stationKey)
	for i, at := range []string{late, early} {
		text := strings.Replace(ofParcel(int64(20+i), "announced", fmt.Sprint("L-", i)), "2026-03-01T09:00:"+
			fmt.Sprint(20+i)+"Z", at, 1)
		b.push(b.station, b.stationKey, int64(7+13*i), text)
		st.do(204, "", "PUT", "/sync/v1/stations/"+b.station+"/about",
			`{"id":"demo","outbox":{"waiting":1,"oldest":"`+at+`"},"at":"`+at+`","health":{"devices":[{"name":"x",`+
				`"kind":"printer","state":"working","severity":"ok","since":"`+at+`"}]}}`)
		order := strings.Replace(apitest.SomeOrder, "2026-02-20T09:00:00Z", at, 1)
		if answer := b.Send(b.request("PUT", fmt.Sprint("/v1/orders/L-", i), order), order); answer.StatusCode >= 500 {
			t.Errorf("an order of %s: %d", at, answer.StatusCode)
		}
		for _, e := range b.server.Routes() {
			if e.Method == "GET" && e.Scope != "line" && !strings.Contains(e.Path, "{shop}") &&
				!strings.Contains(e.Path, "{name}") && !strings.Contains(e.Path, "{webhook}") &&
				!strings.Contains(e.Path, "/tokens/{") && !strings.Contains(e.Path, "/commands/{") &&
				!strings.Contains(e.Path, "/cases/{") {
				b.do(200, "", "GET", b.fill(e.Path), "")
			}
		}
	}
}

// TestEveryRouteAsksForItsScopeAndNoOther leaves out what is open.
func TestEveryRouteAsksForItsScopeAndNoOther(t *testing.T) {
	b := newTown(t, dbtest.SQLite(t))
	all := everything(b.bench)
	if !slices.Equal(all, api.Scopes()) {
		t.Errorf("keys can have %v, and the routes ask for %v", api.Scopes(), all)
	}
	for i, e := range b.server.Routes() {
		if e.Scope == "" || e.Scope == "line" {
			continue
		}
		target := b.fill(e.Path)
		keyless := b.with("").request(e.Method, target, "")
		keyless.RemoteAddr = fmt.Sprintf("192.0.2.%d:1", i) // ten from one address would have to wait
		if answer := b.Send(keyless, ""); answer.StatusCode != 401 {
			t.Errorf("%s %s without a key: %d", e.Method, target, answer.StatusCode)
		}
		others := slices.DeleteFunc(slices.Clone(all), func(s string) bool { return s == e.Scope })
		b.with(b.key(fmt.Sprint("wrong", i), others...)).do(403, "scope-missing", e.Method, target, "")
		b.with(b.stationKey).do(403, "scope-missing", e.Method, target, "")
	}
}

// fill fills the template of a route with what is there.
func (w *town) fill(path string) string {
	id := "P-1"
	switch {
	case strings.Contains(path, "/orders/"):
		id = "SO-1"
	case strings.Contains(path, "/returns/"):
		id = someReturn
	case strings.Contains(path, "/refunds/"):
		id = "rf-1"
	}
	return strings.NewReplacer("{station}", w.station, "{id}", id, "{sku}", "TS-M", "{shop}", "acme",
		"{name}", "greeting", "{product}", "mug", "{gtin}", "4006381333931", "{hash}", apitest.SomePicture()).
		Replace(path)
}

// TestWhatIsElsewhereIsWhatIsNotThere asks for things of one station at another, at one
// that is not there, and for things that are nowhere: no byte of the answers differs but
// the occurrence.
func TestWhatIsElsewhereIsWhatIsNotThere(t *testing.T) {
	b := newTown(t, dbtest.SQLite(t))
	other, _ := b.join("two")
	checked := 0
	for _, e := range b.server.Routes() {
		parts := strings.Count(e.Path, "{")
		if e.Scope == "line" || !strings.Contains(e.Path, "{station}") || parts < 2 || e.Method == "PUT" {
			continue
		}
		checked++
		here := b.fill(e.Path)
		body := map[bool]string{true: `{"reason":"x"}`}[strings.HasSuffix(e.Path, "/decline")]
		if strings.HasSuffix(e.Path, "/settle") {
			body = `{"state":"completed"}`
		}
		if strings.HasSuffix(e.Path, "/sent") {
			body = `{"units":1}`
		}
		if e.Method == "POST" && strings.HasSuffix(e.Path, "/redirection") {
			body = `{"to":"counter"}`
		}
		media := []string{}
		if e.Method == "PATCH" {
			body, media = `{}`, []string{"Content-Type", e.Media}
		}
		var first string
		for _, target := range []string{
			strings.Replace(here, b.station, other, 1),
			strings.Replace(here, b.station, "nowhere", 1),
			strings.Replace(here, b.station, "no%20id", 1),
			strings.Replace(strings.NewReplacer("P-1", "none", someReturn, "none", "rf-1", "none", "TS-M",
				"none").Replace(here), "SO-1", "none", 1),
		} {
			got, _, _ := strings.Cut(b.do(404, "", e.Method, target, body, media...), `"instance"`)
			if first == "" {
				first = got
			}
			if got != first {
				t.Errorf("%s %s answers %s, and another that is not there %s", e.Method, target, got, first)
			}
		}
	}
	if checked < 6 {
		t.Errorf("%d routes were asked", checked)
	}
}

func TestMadeUpInputFindsAnAnswer(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, at string) {
		b := newTown(t, at)
		proof.Generator{
			Seed: 14, Times: 25,
			Ids: map[string][]string{
				"station": {b.station}, "id": {"P-1", "SO-1", someReturn, "rf-1"}, "sku": {"TS-M"}, "shop": {"acme"},
			},
			Sign: func(r *http.Request) {
				token := b.token
				if strings.HasPrefix(r.URL.Path, "/sync/") {
					token = b.stationKey
				}
				r.Header.Set("Authorization", "Bearer "+token)
			},
		}.Run(t, b.Endpoint)
		if strings.Contains(b.logged.String(), marker) {
			t.Error("the log names a person, or a code")
		}
		w := httptest.NewRecorder()
		b.Door.ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
		if text := w.Body.String(); strings.Contains(text, marker) || strings.Contains(text, "P-1") ||
			!strings.Contains(text, `cubby_hub_station_waiting_facts{station="`+b.station+`"}`) ||
			!strings.Contains(text, "cubby_hub_quarantined_facts 1") {
			t.Errorf("metrics: %s", text)
		}
	})
}
