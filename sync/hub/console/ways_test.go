package console

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"cubby/sync/hub"
)

// wayward has parcels go other ways, so that pages have something to show.
func (w *world) wayward() {
	w.t.Helper()
	s := w.ids[north]
	stored := func(id, door string) {
		w.must(w.Announce(w.t.Context(), tester, s, id, json.RawMessage(`{"label":"L-`+id+`"}`)))
		w.ofParcel(north, "announced", id)
		w.ofParcel(north, "stored", id, "compartment", door, "size", "M", "deadline",
			time.Now().Add(48*time.Hour).UTC().Format(time.RFC3339))
	}
	now := time.Now().UTC().Format(time.RFC3339)
	stored("W-1", "5")
	w.ofParcel(north, "clock_paused", "W-1", "compartment", "5", "reason", "lock_jammed", "since", now)
	w.happen(north, "case.opened", "cases/C-0000-0001", "case", "C-0000-0001", "kind", "stuck", "parcel_id",
		"W-1",
		"compartment", "5")
	stored("W-2", "6")
	w.ofParcel(north, "redirected", "W-2", "compartment", "6", "to", w.ids["Museum"], "to_name", "Museum")
	stored("W-3", "7")
	w.ofParcel(north, "delegated", "W-3", "delegate_id", "d", "through", "kiosk")
	w.ofParcel(north, "pickup_authorised", "W-3", "compartment", "7", "credential", "delegate")
	w.ofParcel(north, "collected", "W-3", "compartment", "7", "evidence", "human", "by", "delegate")
	stored("W-4", "8")
	w.ofParcel(north, "held", "W-4", "compartment", "8", "kind", "customs", "by", "centre")
}

// What has become of parcels on other ways is shown, in both languages.
func TestWaysOfParcelsAndCasesAreShown(t *testing.T) {
	w := newWorld(t)
	w.wayward()
	c := consoleOf(t, w, Options{})
	at, there := "/stations/"+w.ids[north]+"/parcels/", "/stations/"+w.ids["Museum"]+"/parcels/"
	for language, pages := range map[string]map[string][]string{
		"en": {
			at + "W-1": {"time stands still:", "its door does not open", "C-0000-0001", "the door did not open"},
			at + "W-2": {"redirected", "to Museum"}, there + "W-2": {"Redirected from", north, "told to the station"},
			at + "W-3": {"Collected by", "somebody whom its customer has sent"}, at + "W-4": {"held by customs"},
			"/cases": {"C-0000-0001", "Parcel W-1", "open"}, "/cases?state=closed": {"There is no case."},
			"/parcels?paused=1": {"W-1"},
			"/troubles":         {"Door 5 did not open for its customer (C-0000-0001)", "/cases?station="},
			"/events":           {"A case was opened at a door: C-0000-0001"},
		},
		"zh-CN": {
			at + "W-1": {"计时暂停", "柜门打不开"}, at + "W-3": {"收件人委托的人"}, "/cases": {"案件", "未结"},
		},
	} {
		b := newClient(t, c)
		b.is(hub.Viewer)
		for page, says := range pages {
			got := text(b.send("GET", page, nil, func(r *http.Request) { r.Header.Set("Accept-Language", language) }))
			for _, word := range says {
				if !strings.Contains(got, word) {
					t.Errorf("%s in %s does not say %q", page, language, word)
				}
			}
			if page == "/parcels?paused=1" && strings.Contains(got, "W-2") {
				t.Error("of those whose time stands still, others are shown")
			}
			if strings.Contains(got, "/redirect\"") || strings.Contains(got, "/recall\"") {
				t.Errorf("%s offers a viewer to send a parcel away", page)
			}
		}
	}
}

// The buttons do what they say, and only for who may.
func TestParcelsAreSentOtherWaysFromTheConsole(t *testing.T) {
	w := newWorld(t)
	w.wayward()
	b := newClient(t, consoleOf(t, w, Options{}))
	b.is(hub.Operator)
	at := "/stations/" + w.ids[north] + "/parcels/W-1"
	page := text(b.send("GET", at, nil))
	for _, offers := range []string{at + "/redirect\" data-ask=", at + "/recall\" data-ask=", "held by customs",
		"Museum"} {
		if !strings.Contains(page, offers) {
			t.Errorf("the page does not have %q", offers)
		}
	}
	for _, c := range []struct {
		what   string
		fields url.Values
		says   string
	}{
		{"redirect", url.Values{"to": {w.ids["Museum"]}, "reason": {"flooded"}}, "Parcel W-1 is redirected"},
		{"stay", url.Values{"why": {"redirected"}}, "Parcel W-1 is to stay"},
		{"recall", url.Values{"reason": {"sold twice"}}, "Parcel W-1 is recalled"},
		{"hold", url.Values{"kind": {"fee"}}, "Parcel W-1 is put on hold"},
	} {
		if answer := b.send("POST", at+"/"+c.what, c.fields); answer.StatusCode != http.StatusSeeOther {
			t.Errorf("%s: %d %s", c.what, answer.StatusCode, text(answer))
			continue
		}
		if page := text(b.send("GET", at, nil)); !strings.Contains(page, c.says) {
			t.Errorf("after %s the page does not say %q", c.what, c.says)
		}
	}
	if answer := b.send("POST", at+"/redirect", url.Values{"to": {"nowhere"}}); answer.StatusCode < 400 {
		t.Errorf("to nowhere: %d", answer.StatusCode)
	}
}
