package console

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"cubby/sync/hub"
)

// What is planted in a parcel's contact and code.
var planted = []string{"Planted", "bo@planted.example", "+49 30 9990001", "PLANTEDCODE", "87654321"}

func plant(w *world) {
	w.t.Helper()
	ctx, s := w.t.Context(), w.ids[north]
	w.must(w.Announce(ctx, tester, s,
		"P-1", json.RawMessage(`{"label":"<i>L1</i>","order_id":"SO-1","recipient":`+
			`{"name":"Bo Planted","email":"bo@planted.example","phone":"+49 30 9990001"}}`)))
	w.ofParcel(north, "announced", "P-1")
	w.ofParcel(north, "booked", "P-1", "compartment", "4")
	w.ofParcel(north, "stored", "P-1", "compartment", "4", "code", "PLANTEDCODE", "pin", "87654321",
		"deadline", time.Now().Add(time.Hour).UTC().Format(time.RFC3339))
	w.must(w.PutOrder(ctx, tester, "SO-1", json.RawMessage(`{"shop":"demo","currency":"EUR","channel":"online",`+
		`"ordered":"2026-03-01T10:00:00Z","delivered":"2026-03-02T10:00:00Z","phone":"+49 30 9990001",`+
		`"lines":[{"id":"1","sku":"MUG-1","title":"<b>Mug</b>","quantity":2,"unit_price":1990}],`+
		`"tenders":[{"id":"t1","kind":"card","amount":3980}]}`), nil))
}

// Nobody sees who a customer is by looking at pages, whatever the role; nor does the log.
func TestPagesHaveNoPersonalDataAndNoCode(t *testing.T) {
	w := newWorld(t)
	plant(w)
	var log bytes.Buffer
	c := consoleOf(t, w, Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
	for _, role := range hub.Roles {
		b := newClient(t, c)
		b.is(role)
		for _, rt := range routes {
			method, path := filled(rt.pattern, w.ids[north])
			if method != http.MethodGet || rt.live {
				continue
			}
			path = strings.Replace(path, "/orders/P-1", "/orders/SO-1", 1)
			page := text(b.send("GET", path, nil))
			for _, marker := range planted {
				if strings.Contains(page, marker) {
					t.Errorf("%s shows %q to a %s", path, marker, role)
				}
			}
			if strings.Contains(page, "<i>L1") || strings.Contains(page, "<b>Mug") {
				t.Errorf("%s does not escape what comes from outside", path)
			}
		}
	}
	for _, marker := range planted {
		if strings.Contains(log.String(), marker) {
			t.Errorf("the log has %q", marker)
		}
	}
}

// Whoever looks at a contact says why, sees it once, and is written down.
func TestALookAtAContactIsWrittenDown(t *testing.T) {
	w := newWorld(t)
	plant(w)
	b := newClient(t, consoleOf(t, w, Options{}))
	b.is(hub.Operator)
	page := at("stations", w.ids[north], "parcels", "P-1")
	if answer := b.send("POST", page+"/look/contact", nil); answer.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("without a reason: %d", answer.StatusCode)
	}
	for what, marker := range map[string]string{"contact": "bo@planted.example", "code": "PLANTEDCODE"} {
		b.send("POST", page+"/look/"+what, url.Values{"reason": {"the customer calls"}})
		if !strings.Contains(text(b.send("GET", page, nil)), marker) {
			t.Errorf("the %s is not shown", what)
		}
		if strings.Contains(text(b.send("GET", page, nil)), marker) {
			t.Errorf("the %s is shown again", what)
		}
	}
	b.is(hub.Admin)
	actions := text(b.send("GET", "/actions", nil))
	for _, want := range []string{
		"looked at a contact", "looked at a code", "the customer calls", "user:operator",
	} {
		if !strings.Contains(actions, want) {
			t.Errorf("the actions do not tell of %q", want)
		}
	}
}

// A key, a badge or an invitation is shown on one page, once.
func TestSecretsAreShownOnce(t *testing.T) {
	w := newWorld(t)
	b := newClient(t, consoleOf(t, w, Options{}))
	b.is(hub.Admin)
	if _, err := w.AddKey(t.Context(), "admin", "old", []string{"parcels:read"}); err != nil {
		t.Fatal(err)
	}
	for path, c := range map[string]struct {
		form url.Values
		want string
	}{
		"/keys/old/rotate": {url.Values{"overlap": {"24"}}, `class="secrets"`},
		"/keys": {url.Values{"name": {"shop"}, "scopes": {"parcels:read, events:read"}},
			`class="secrets"`},
		"/people":   {url.Values{"name": {"Courier 7"}, "role": {"courier"}}, "PIN"},
		"/webhooks": {url.Values{"url": {"https://shop.example/hook"}}, "whsec_"},
		"/invite":   {url.Values{"name": {"New Station"}, "lat": {"52.1"}, "lon": {"13.2"}}, "cubbyctl enrol"},
	} {
		answer := b.send("POST", path, c.form)
		to := answer.Header.Get("Location")
		if answer.StatusCode != http.StatusSeeOther {
			t.Errorf("%s: %d %s", path, answer.StatusCode, text(answer))
			continue
		}
		page := text(b.send("GET", to, nil))
		if !strings.Contains(page, c.want) || !strings.Contains(page, "not shown again") {
			t.Errorf("%s does not show what it has made", path)
		}
		if strings.Contains(text(b.send("GET", to, nil)), `class="secrets"`) {
			t.Errorf("%s shows it again", path)
		}
	}
}

// What is wrong with a form is said beside what was typed.
func TestAFormThatIsRefusedKeepsWhatWasTyped(t *testing.T) {
	w := newWorld(t)
	b := newClient(t, consoleOf(t, w, Options{}))
	b.is(hub.Admin)
	for path, form := range map[string]url.Values{
		"/announce": {"station": {w.ids[north]}, "id": {"a b"}, "label": {"KEPT"}},
		"/orders":   {"id": {"KEPT"}, "currency": {"EUR"}, "price": {"a lot"}, "quantity": {"1"}},
		"/invite":   {"name": {"KEPT"}, "lat": {"north"}},
		"/webhooks": {"url": {"ftp://kept.example"}},
		"/users":    {"name": {"kept"}, "role": {"viewer"}, "password": {"short"}},
		"/policies": {"shop": {"KEPT!"}, "toml": {"x = 1"}},
		"/texts":    {"name": {"notice"}, "text-en": {"KEPT" + strings.Repeat("x", 2000)}},
	} {
		answer := b.send("POST", path, form)
		page := text(answer)
		if answer.StatusCode != http.StatusUnprocessableEntity ||
			!strings.Contains(strings.ToLower(page), "kept") ||
			!strings.Contains(page, `role="alert"`) {
			t.Errorf("%s: %d, want what is wrong and what was typed", path, answer.StatusCode)
		}
		if strings.Contains(page, "short") && path == "/users" {
			t.Errorf("%s writes a password into the page", path)
		}
	}
}

// A user who is removed or gets another password is out at once.
func TestWhoIsRemovedIsOut(t *testing.T) {
	w := newWorld(t)
	c := consoleOf(t, w, Options{})
	admin, viewer, operator, other := newClient(t, c), newClient(t, c), newClient(t, c), newClient(t, c)
	other.is(hub.Admin)
	admin.is(hub.Admin)
	viewer.is(hub.Viewer)
	operator.is(hub.Operator)
	admin.send("POST", "/users/viewer/password", url.Values{"password": {"another one 42"}})
	admin.send("POST", "/account", url.Values{"old": {password}, "password": {"a third one 42"}})
	if answer := admin.send("GET", "/", nil); answer.StatusCode != http.StatusOK {
		t.Errorf("whoever changes the own password is out: %d", answer.StatusCode)
	}
	w.must(w.RemoveUser(t.Context(), tester, "operator")) // by the command line
	for name, b := range map[string]*client{"whose password was changed": viewer, "who was removed": operator,
		"who sits at another machine": other} {
		if answer := b.send("GET", "/", nil); answer.StatusCode != http.StatusSeeOther {
			t.Errorf("the user %s is still in: %d", name, answer.StatusCode)
		}
	}
	w.must(w.SetPassword(t.Context(), tester, "admin", "the fourth one 42")) // likewise
	if answer := admin.send("GET", "/", nil); answer.StatusCode != http.StatusSeeOther {
		t.Errorf("a password of the command line signs nobody out: %d", answer.StatusCode)
	}
}
