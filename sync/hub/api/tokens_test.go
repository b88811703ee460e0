package api_test

import (
	"bytes"
	"image/png"
	"strings"
	"testing"
	"time"

	"cubby/locker/secret/token"
	"cubby/sync/db/dbtest"
)

func TestCodesMadeAheadByTheEndpoint(t *testing.T) {
	b := newTown(t, dbtest.SQLite(t)).bench
	id, key := b.join("two")
	at := "/v1/stations/" + id + "/tokens"
	answer := b.do(201, "", "POST", at, `{"label":"L-1"}`)
	made := read[struct {
		ID, State, Label, Token string
		SVG                     string    `json:"qr_svg"`
		PNG                     []byte    `json:"qr_png"`
		Until                   time.Time `json:"valid_until"`
	}](b, answer)
	if !token.Looks(made.Token) || made.State != "waits" || made.Label != "L-1" || made.Until.IsZero() ||
		!strings.HasPrefix(made.SVG, "<svg ") {
		t.Fatalf("made %s", answer)
	}
	if _, err := png.Decode(bytes.NewReader(made.PNG)); err != nil {
		t.Errorf("the picture: %v", err)
	}
	for _, path := range []string{at, at + "/" + made.ID, at + "?parcel=P-7"} {
		text := b.do(200, "", "GET", path, "")
		if strings.Contains(text, made.Token) || strings.Contains(text, "qr_") ||
			strings.Contains(text, made.ID) == strings.Contains(path, "P-7") {
			t.Errorf("%s says %s", path, text)
		}
	}
	b.push(id, key, 0, ofParcel(1, "token_used", "P-7", "token_id", made.ID))
	if text := b.do(200, "", "GET", at+"?parcel=P-7", ""); !strings.Contains(text, `"state":"used"`) ||
		!strings.Contains(text, `"used_for":"P-7"`) {
		t.Errorf("used: %s", text)
	}
	b.do(204, "", "DELETE", at+"/"+made.ID, "")
	b.do(204, "", "DELETE", at+"/"+made.ID, "{}")
	if text := b.do(200, "", "GET", at+"/"+made.ID, ""); !strings.Contains(text, `"state":"taken_back"`) {
		t.Errorf("taken back: %s", text)
	}
	for body, slug := range map[string]string{
		`{}`: "label", `{"label":"two words"}`: "label", `{"label":"` + strings.Repeat("x", 65) + `"}`: "label",
		`{"label":"L","valid_until":"2001-01-01T00:00:00Z"}`: "until", `{"label":"L","door":"1"}`: "unknown-member",
	} {
		b.do(422, slug, "POST", at, body)
	}
	b.do(404, "no-such-parcel", "POST", at, `{"parcel_id":"P-9"}`)
	b.do(404, "no-such-station", "POST", "/v1/stations/nowhere/tokens", `{"label":"L"}`)
	b.do(404, "no-such-station", "GET", "/v1/stations/nowhere/tokens", "")
	for _, path := range []string{at + "/none", "/v1/stations/nowhere/tokens/" + made.ID} {
		b.do(404, "no-such-token", "GET", path, "")
		b.do(404, "no-such-token", "DELETE", path, "")
	}
	b.do(403, "", "GET", at, "", "Authorization", "Bearer "+b.key("shop", "parcels:read", "parcels:write"))
	if strings.Contains(b.logged.String(), made.Token) {
		t.Error("the log has the code")
	}
}
