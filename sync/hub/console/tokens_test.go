package console

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"cubby/locker/secret/token"
	"cubby/sync/hub"
)

// makes a code by a form, and gives the page behind it.
func (b *client) makes(form url.Values, station string) (where, page string) {
	b.t.Helper()
	answer := b.send("POST", "/stations/"+station+"/tokens", form)
	where = answer.Header.Get("Location")
	if answer.StatusCode != http.StatusSeeOther {
		b.t.Fatalf("%v: %d %s", form, answer.StatusCode, text(answer))
	}
	return where, text(b.send("GET", where, nil))
}

func TestACodeMadeAheadIsDrawnOnceAndTakenBack(t *testing.T) {
	w := newWorld(t)
	w.live()
	s := w.ids[north]
	b := newClient(t, consoleOf(t, w, Options{}))
	b.is(hub.Operator)
	where, page := b.makes(url.Values{"label": {"340123450000000017"}, "days": {"7"}}, s)
	code := regexp.MustCompile(`<code>(C1[^<]+)</code>`).FindStringSubmatch(page)
	if where != "/stations/"+s+"/tokens" || code == nil || !token.Looks(html.UnescapeString(code[1])) ||
		!strings.Contains(page, `<div class="qr"><svg `) || !strings.Contains(page, "not used yet") {
		t.Fatalf("at %s: %s", where, page)
	}
	again := text(b.send("GET", where, nil))
	if strings.Contains(again, code[1]) || strings.Contains(again, `class="qr"`) {
		t.Error("it is drawn again")
	}
	made, _, err := w.Tokens(t.Context(), hub.TokenFilter{Station: s})
	w.must(err)
	viewer := newClient(t, b.c)
	viewer.is(hub.Viewer)
	seen := text(viewer.send("GET", where, nil))
	if !strings.Contains(seen, "340123450000000017") || strings.Contains(seen, "take-back") ||
		strings.Contains(seen, "Make a code") {
		t.Errorf("a viewer sees %s", seen)
	}
	back := "/stations/" + s + "/tokens/" + made[0].ID + "/take-back"
	if answer := viewer.send("POST", back, nil); answer.StatusCode != http.StatusForbidden {
		t.Errorf("a viewer takes it back: %d", answer.StatusCode)
	}
	if answer := b.send("POST", back, nil); answer.Header.Get("Location") != where {
		t.Errorf("taken back: %d %s", answer.StatusCode, text(answer))
	}
	if page := text(b.send("GET", where, nil)); !strings.Contains(page, `a-taken_back`) ||
		strings.Contains(page, back) {
		t.Errorf("taken back, it says %s", page)
	}
	for _, bad := range []url.Values{
		{"label": {"two words"}, "days": {"7"}}, {"label": {"L-TYPED"}, "days": {"31"}},
		{"label": {"L-TYPED"}, "days": {"-99999999999"}}, {"label": {"L-TYPED"}, "days": {"x"}}, {"days": {"7"}},
	} {
		answer := b.send("POST", "/stations/"+s+"/tokens", bad)
		if page := text(answer); answer.StatusCode != http.StatusUnprocessableEntity ||
			!strings.Contains(page, `role="alert"`) || !strings.Contains(page, bad.Get("label")) {
			t.Errorf("%v: %d %s", bad, answer.StatusCode, page)
		}
	}
	admin := newClient(t, b.c)
	admin.is(hub.Admin)
	if page := text(admin.send("GET", "/actions", nil)); !strings.Contains(page, "made a code ahead") ||
		!strings.Contains(page, "took a code back") {
		t.Errorf("the actions are %s", page)
	}
}

func TestACodeIsMadeOnThePageOfItsParcel(t *testing.T) {
	w := newWorld(t)
	s := w.ids[north]
	w.must(w.Announce(t.Context(), tester, s, "P-7", []byte(`{"label":"L-7"}`)))
	b := newClient(t, consoleOf(t, w, Options{}))
	b.is(hub.Operator)
	where, page := b.makes(url.Values{"parcel": {"P-7"}, "days": {"14"}}, s)
	if where != "/stations/"+s+"/parcels/P-7" || !strings.Contains(page, `<div class="qr"><svg `) ||
		!strings.Contains(page, "take-back") {
		t.Fatalf("at %s: %s", where, page)
	}
	made, _, err := w.Tokens(t.Context(), hub.TokenFilter{Station: s, Parcel: "P-7"})
	w.must(err)
	if len(made) != 1 || made[0].Label != "L-7" {
		t.Fatalf("made %+v", made)
	}
	w.happen(north, "parcel.token_used", "parcels/P-7", "parcel_id", "P-7", "token_id", made[0].ID)
	if page := text(b.send("GET", where, nil)); !strings.Contains(page, `a-used`) {
		t.Errorf("used, it says %s", page)
	}
	answer := b.send("POST", "/stations/"+s+"/tokens/"+made[0].ID+"/take-back", url.Values{"parcel": {"P-7"}})
	if answer.Header.Get("Location") != where {
		t.Errorf("taken back: %d %s", answer.StatusCode, text(answer))
	}
	answer = b.send("POST", "/stations/"+s+"/tokens", url.Values{"parcel": {"none"}, "days": {"14"}})
	if answer.StatusCode != http.StatusNotFound {
		t.Errorf("for a parcel that is not here: %d", answer.StatusCode)
	}
}
