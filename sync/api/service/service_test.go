package service_test

import (
	"encoding/json"
	"image/png"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"cubby/locker/ledger"
	"cubby/sync/api/apitest"
)

func TestTheContractIsServedAndCached(t *testing.T) {
	b := apitest.New(t).With("")
	answer := b.Do("GET", "/v1/openapi.json", "")
	if body := apitest.Want(t, answer, 200, ""); body != string(b.Server.Document()) {
		t.Error("another document was served")
	}
	apitest.Want(t, b.Do("GET", "/v1/openapi.json", "", "If-None-Match", answer.Header.Get("ETag")), 304, "")
}

func TestHealthAndReadinessAreTwoThings(t *testing.T) {
	b := apitest.New(t).With("")
	apitest.Want(t, b.Do("GET", "/readyz", ""), 200, "")
	b.Core.NotReady = ledger.Refuse(ledger.Unavailable, "store", "the store cannot be written")
	apitest.Want(t, b.Do("GET", "/healthz", ""), 200, "")
	answer := b.Do("GET", "/readyz", "")
	if body := apitest.Want(t, answer, 503, "not-ready"); !strings.Contains(
		body, "the store cannot be written") ||
		answer.Header.Get("Retry-After") == "" {
		t.Errorf("not ready: %s", body)
	}
}

func TestAStationThatIsNotReadyIsLoggedOncePerChange(t *testing.T) {
	b := apitest.New(t).With("")
	starting := ledger.Refuse(ledger.Unavailable, "starting", "the station is starting")
	faulty := ledger.Refuse(ledger.Unavailable, "store", "the store cannot be written")
	for _, why := range []*ledger.Refusal{nil, starting, nil, faulty, starting, nil} {
		b.Core.NotReady = nil
		if why != nil {
			b.Core.NotReady = why
		}
		for range 5 {
			b.Do("GET", "/readyz", "")
		}
	}
	var lines []string
	for line := range strings.Lines(b.Logged.String()) {
		var l struct{ Level, Msg, Why string }
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatal(err)
		}
		if l.Level != "DEBUG" {
			lines = append(lines, strings.TrimSpace(l.Level+" "+l.Msg+" "+l.Why))
		}
	}
	if got, want := strings.Join(lines, "\n"), `WARN the station is not ready the station is starting
INFO the station is ready again
WARN the station is not ready the store cannot be written
WARN the station is not ready the station is starting
INFO the station is ready again`; got != want {
		t.Errorf("logged\n%s\nwant\n%s", got, want)
	}
}

func TestADrawnCodeReadsBack(t *testing.T) {
	b := apitest.New(t)
	for _, text := range []string{"K7Q2M4ZPK7Q2M4ZPK7Q2M4ZPK7", "https://example.org/ü?x=1",
		strings.Repeat("x", 512)} {
		body, _ := json.Marshal(map[string]string{"text": text})
		answer := b.Do("POST", "/v1/qr", string(body))
		if answer.StatusCode != 200 || answer.Header.Get("Content-Type") != "image/png" {
			t.Fatalf("%q: %d", text, answer.StatusCode)
		}
		picture, err := png.Decode(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		bits, err := gozxing.NewBinaryBitmapFromImage(picture)
		if err != nil {
			t.Fatal(err)
		}
		got, err := qrcode.NewQRCodeReader().
			Decode(bits, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_PURE_BARCODE: true,
				gozxing.DecodeHintType_CHARACTER_SET: "UTF-8"})
		if err != nil || got.GetText() != text {
			t.Errorf("%q reads as %v, %v", text, got, err)
		}
	}
	apitest.Want(t, b.Do("POST", "/v1/qr", `{"text":""}`), 422, "qr-text")
	apitest.Want(t, b.Do("POST", "/v1/qr", `{"text":"`+strings.Repeat("x", 513)+`"}`), 422, "qr-text")
}
