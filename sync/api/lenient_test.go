package api_test

import (
	"cubby/sync/api/apitest"
	"cubby/sync/rest"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestWhatOrdinaryClientsSendIsTaken holds what libraries and shops send that means
// what it says, though it is written another way than in the contract's examples.
func TestWhatOrdinaryClientsSendIsTaken(t *testing.T) {
	for name, contentType := range map[string]string{
		"without the hyphen":          "application/json;charset=utf8",
		"with a hyphen":               "application/json; charset=utf-8",
		"capitals":                    "Application/JSON; Charset=UTF8",
		"quotes":                      `application/json; charset="utf-8"`,
		"single quotes":               `application/json; charset='utf-8'`,
		"an old name":                 "application/json; charset=unicode-1-1-utf-8",
		"a name of one database":      "application/json; charset=UTF_8",
		"nothing said":                "application/json; charset=",
		"a semicolon more":            "application/json;",
		"a parameter without a value": "application/json; charset",
		"a parameter of OData":        "application/json;odata.metadata=minimal;IEEE754Compatible=true",
		"a profile":                   `application/json; profile="https://example.org/x"; charset=utf-8`,
		"twice the same":              "application/json; charset=utf-8; charset=utf-8",
		"spaces":                      " application/json ; charset = utf-8 ",
	} {
		b := apitest.New(t)
		if answer := b.Do("PUT", "/v1/parcels/P-1", "{}", "Content-Type", "", "Content-Type",
			contentType); answer.StatusCode != 201 {
			t.Errorf("%s (%s): %d", name, contentType, answer.StatusCode)
		}
	}
	for _, contentType := range []string{"application/json; charset=utf-16",
		"application/json;charset=utf-8;charset=latin1",
		"application/json; charset=windows-1252", "application/jsonp", "text/json; charset=utf-8",
		"application/json, application/json"} {
		b := apitest.New(t)
		apitest.Want(
			t, b.Do("PUT", "/v1/parcels/P-1", "{}", "Content-Type", "", "Content-Type", contentType), 415,
			"not-json")
	}
}

// plainly sends a request that the contract's reader cannot take, and leaves the
// contract out of it.
func plainly(b *apitest.Bench, method, target, body string, length int64) *http.Response {
	r := httptest.NewRequest(method, target, io.NopCloser(strings.NewReader(body)))
	r.ContentLength = length
	r.Header.Set("Content-Type", "application/json")
	b.Sign(r)
	w := httptest.NewRecorder()
	b.Door().ServeHTTP(w, r)
	return w.Result()
}

func TestAByteOrderMarkIsPassedOver(t *testing.T) {
	b := apitest.New(t)
	for _, e := range b.Server.Routes() {
		body := apitest.BodyFor(e)
		if e.Entry != rest.Key || body == "" || strings.HasPrefix(e.Media, "image/") {
			continue // what has no key is signed, or has no body
		}
		body = "\ufeff" + body
		b.Do("PUT", "/v1/parcels/P1", "{}")
		if answer := plainly(b, e.Method, apitest.Concrete(e.Path), body,
			int64(len(body))); answer.StatusCode >= 300 {
			t.Errorf("%s %s: %d %s", e.Method, e.Path, answer.StatusCode, apitest.Text(t, answer))
		}
	}
}

func TestNullSaysAsMuchAsAbsent(t *testing.T) {
	b := apitest.New(t)
	for _, body := range []string{`{"order_id": null}`, `{"recipient": {"phone": null}}`,
		`{"recipient": null}`, `{"dimensions_mm": null}`,
		`{"label": null, "weight_g": null, "keep_upright": null, "accessible": null, "pickup_hours": ` +
			`null, "labels": null}`,
		`{"recipient": {"name": null, "phone": null, "email": null, "language": null}}`} {
		answer := b.Do("PUT", "/v1/parcels/P-1", body)
		if answer.StatusCode >= 300 {
			t.Errorf("%s: %d %s", body, answer.StatusCode, apitest.Text(t, answer))
		}
		if p := b.Core.Announced["P-1"]; p.Label != "P-1" || p.OrderID != "" || p.Dimensions != nil {
			t.Errorf("%s: became %+v", body, p)
		}
	}
	apitest.Want(t,
		b.Do("PUT", "/v1/parcels/P-1", `{"dimensions_mm": {"length": null, "width": 1, "height": 1}}`), 422,
		"")
	apitest.Want(t, b.Do("POST", "/v1/compartments/1/restore", `{"reason": null}`), 422, "reason")
	apitest.Want(t, b.Do("POST", "/v1/qr", `{"text": null}`), 422, "qr-text")
	s := b.Staff()
	apitest.Want(t, s.Do("POST", "/v1/couriers", `{"name": "North", "card": null}`), 201, "")
	apitest.Want(t, s.Do("POST", "/v1/couriers", `{"name": null}`), 422, "courier-name")
	apitest.Want(t, s.Do("POST", "/v1/keys", `{"name": "x", "scopes": null}`), 422, "key-scopes")
	apitest.Want(t,
		s.Do("POST", "/screen/v1/actions", `{"visit": null, "name": "start_pickup", "value": null}`), 204,
		"")
}

func TestAnIdWithASlashIsToldWhatAnIdMayHold(t *testing.T) {
	b := apitest.New(t)
	for _, path := range []string{"WH%2FOUT%2F00012", "WH%2fOUT", "%2F", "a%2F%2Fb", "a%2Fb%20c"} {
		body := apitest.Want(t, b.Do("PUT", "/v1/parcels/"+path, "{}"), 400, "parcel-id")
		if !strings.Contains(body, "A-Z a-z 0-9 . _ : -") {
			t.Errorf("%s: told %s", path, body)
		}
	}
	apitest.Want(t, b.With("").Do("PUT", "/v1/parcels/a%2Fb", "{}"), 401, "no-key")
	for _, path := range []string{"/v1/parcels/a%2Fb", "/v1/compartments/a%2Fb/restore",
		"/v1/parcels/a%2Fb/cancel"} {
		if body := apitest.Want(t, b.Do("POST", path, "{}"), 404, "no-such-route"); !strings.Contains(
			body, "slash") {
			t.Errorf("%s: told %s", path, body)
		}
	}
}

func TestBoundsAreCharacters(t *testing.T) {
	b := apitest.New(t)
	s := b.Staff()
	characters := func(n int) string { return strings.Repeat("字", n) }
	for name, c := range map[string]struct {
		b                  *apitest.Bench
		method, path, body string
		status             int
	}{
		"a name of 67": {b, "PUT", "/v1/parcels/P-1", `{"recipient": {"name": "` + characters(67) + `"}}`,
			201},
		"a name of 200": {b, "PUT", "/v1/parcels/P-2", `{"recipient": {"name": "` + characters(200) + `"}}`,
			201},
		"an order of 64": {b, "PUT", "/v1/parcels/P-3", `{"order_id": "` + characters(64) + `"}`, 201},
		"a phone of 100": {b, "PUT", "/v1/parcels/P-4", `{"recipient": {"phone": "` +
			strings.Repeat("7 ", 50) + `"}}`, 201},
		"a reason of 200": {b, "POST", "/v1/compartments/1/out-of-service", `{"reason": "` +
			characters(200) + `"}`, 200},
		"a reason of 201": {b, "POST", "/v1/compartments/1/out-of-service", `{"reason": "` +
			characters(201) + `"}`, 422},
		"a text of 512":    {b, "POST", "/v1/qr", `{"text": "` + strings.Repeat("📦", 512) + `"}`, 200},
		"a text of 513":    {b, "POST", "/v1/qr", `{"text": "` + characters(513) + `"}`, 422},
		"a courier of 100": {s, "POST", "/v1/couriers", `{"name": "` + characters(100) + `"}`, 201},
		"a courier of 101": {s, "POST", "/v1/couriers", `{"name": "` + characters(101) + `"}`, 422},
		"a filter of 64":   {b, "GET", "/v1/parcels?order_id=" + strings.Repeat("%E5%AD%97", 64), "", 200},
		"a filter of 65":   {b, "GET", "/v1/parcels?order_id=" + strings.Repeat("%E5%AD%97", 65), "", 400},
	} {
		if answer := c.b.Do(c.method, c.path, c.body); answer.StatusCode != c.status {
			t.Errorf("%s: %d %s", name, answer.StatusCode, apitest.Text(t, answer))
		}
	}
}

// TestABodyThatIsAnnouncedAndEmptyIsNone plays the clients that send their POST in
// chunks, the last of which is the first.
func TestABodyThatIsAnnouncedAndEmptyIsNone(t *testing.T) {
	for _, e := range routes(t) {
		if e.Method != "POST" || e.Entry == rest.Staff || apitest.BodyFor(e) != "" {
			continue
		}
		b := apitest.New(t)
		b.Do("PUT", "/v1/parcels/P1", "{}")
		r := httptest.NewRequest(e.Method, apitest.Concrete(e.Path), io.NopCloser(strings.NewReader("")))
		r.ContentLength = -1
		b.Sign(r)
		if answer := b.Send(r, ""); answer.StatusCode >= 300 {
			t.Errorf("%s %s: %d %s", e.Method, e.Path, answer.StatusCode, apitest.Text(t, answer))
		}
		for _, blank := range []string{"\n", " \r\n\t", "\ufeff", "\ufeff\n"} {
			if answer := plainly(b, e.Method, apitest.Concrete(e.Path), blank,
				-1); answer.StatusCode == 400 ||
				answer.StatusCode == 415 {
				t.Errorf("%s %s with %q: %d %s", e.Method, e.Path, blank, answer.StatusCode,
					apitest.Text(t, answer))
			}
		}
		answer := plainly(b, e.Method, apitest.Concrete(e.Path), "[]", -1)
		apitest.Want(t, answer, 400, "malformed-json")
	}
}

func TestAnAddressWithoutParametersSaysSo(t *testing.T) {
	b := apitest.New(t)
	body := apitest.Want(t, b.Do("GET", "/v1/compartments?limit=3", ""), 400, "bad-parameter")
	if !strings.Contains(body, "takes no parameters") {
		t.Errorf("told %s", body)
	}
}

func TestAnEmptyPageTokenIsTheFirstPage(t *testing.T) {
	b := apitest.New(t)
	b.Do("PUT", "/v1/parcels/P-1", "{}")
	first := apitest.Want(t, b.Do("GET", "/v1/parcels", ""), 200, "")
	if got := apitest.Want(t, b.Do("GET", "/v1/parcels?page_token=", ""), 200, ""); got != first {
		t.Errorf("got %s, want %s", got, first)
	}
	b.Core.Happen(3)
	if got := len(apitest.IDs(t, apitest.Want(t, b.Do("GET", "/v1/events?cursor=", ""), 200, ""))); got != 4 {
		t.Errorf("cursor= gives %d events", got)
	}
}

// TestTextsWithInvisibleCharactersAreRefused goes through every text that staff and
// shops can send.
func TestTextsWithInvisibleCharactersAreRefused(t *testing.T) {
	b := apitest.New(t)
	s := b.Staff()
	for _, bad := range []string{
		`a\u0085b`, `a\u009bb`, `a\u202eb`, `a\u2066b`, `a\u200fb`, `a\u0000b`, `a\ufeffb`,
	} {
		apitest.Want(t, b.Do("POST", "/v1/compartments/1/restore", `{"reason": "`+bad+`"}`), 422, "reason")
		apitest.Want(t, b.Do("POST", "/v1/compartments/1/out-of-service", `{"reason": "`+bad+`"}`), 422,
			"reason")
		apitest.Want(t, s.Do("POST", "/v1/couriers", `{"name": "`+bad+`"}`), 422, "courier-name")
		apitest.Want(t, s.Do("POST", "/v1/couriers", `{"name": "x", "card": "`+bad+`"}`), 422, "card")
		apitest.Want(t, s.Do("POST", "/v1/keys", `{"name": "`+bad+`", "scopes": ["operate"]}`), 422,
			"key-name")
		apitest.Want(t, s.Do("POST", "/screen/v1/actions", `{"name": "language", "value": "`+bad+`"}`), 422,
			"action-value")
	}
	for _, c := range [][3]string{{"POST", "/v1/compartments/1/restore",
		`{"reason": "paid 4111 1111 1111 1111"}`},
		{"POST", "/v1/compartments/1/out-of-service", `{"reason": "378282246310005"}`}} {
		apitest.Want(t, b.Do(c[0], c[1], c[2]), 422, "card-number")
	}
	apitest.Want(t, s.Do("POST", "/v1/couriers", `{"name": "5555555555554444"}`), 422, "card-number")
}
