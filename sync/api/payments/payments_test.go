package payments_test

import (
	"io"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"cubby/sync/api/apitest"
	"cubby/sync/api/payments"
	"cubby/sync/webhook"
)

func TestANoticeOfAPaymentIsTakenByItsSignatureAlone(t *testing.T) {
	taken := new(apitest.Notices)
	b := apitest.New(t, func(c *apitest.Setup) { c.Notices = taken }).With("")
	post := func(secret, body string) (int, string) {
		r := httptest.NewRequest("POST", payments.Notices, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		now := time.Now()
		signature, err := webhook.Sign(secret, "msg_1", now, []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set(webhook.HeaderID, "msg_1")
		r.Header.Set(webhook.HeaderTimestamp, strconv.FormatInt(now.Unix(), 10))
		r.Header.Set(webhook.HeaderSignature, signature)
		answer := b.Send(r, body)
		text, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer.StatusCode, string(text)
	}
	const nothing = `{"data":{}}`
	const body = `{"type":"payment.paid","data":{"reference":"attempt-0000000001","status":"paid"}}`
	if code, text := post(apitest.NoticeSecret, body); code != 204 || text != "" {
		t.Errorf("%d %s", code, text)
	}
	if code, text := post(webhook.NewSecret(), body); code != 403 || !strings.Contains(text, "notice-refused") {
		t.Errorf("%d %s", code, text)
	}
	if code, text := post(apitest.NoticeSecret, nothing); code != 422 || !strings.Contains(text, "/data/ref") {
		t.Errorf("%d %s", code, text)
	}
	if !slices.Equal(taken.Taken, []string{"attempt-0000000001"}) {
		t.Errorf("taken were %v", taken.Taken)
	}
	b = apitest.New(t, func(c *apitest.Setup) { c.Notices = nil }).With("")
	if code, text := post(apitest.NoticeSecret, body); code != 404 || !strings.Contains(text, "[shop.payment]") {
		t.Errorf("%d %s", code, text)
	}
	b = apitest.New(t, func(c *apitest.Setup) { c.Notices = taken }).With("")
	for range 100 { // whoever guesses is made to wait
		if code, _ := post(webhook.NewSecret(), body); code == 429 {
			return
		}
	}
	t.Error("nobody who guesses is made to wait")
}
