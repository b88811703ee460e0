package pay

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/money"
	"cubby/locker/shop/payment"
	"cubby/sync/webhook"
)

// answering is a provider that gives one answer to everything.
func answering(t *testing.T, code int, body string) *Hosted {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+testKey {
			t.Errorf("the key is %q", r.Header.Get("Authorization"))
		}
		if code == http.StatusTooManyRequests {
			w.Header().Set("Retry-After", "7")
		}
		w.WriteHeader(code)
		w.Write([]byte(body))
	}))
	t.Cleanup(s.Close)
	key := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(key, []byte(testKey), 0o600); err != nil {
		t.Fatal(err)
	}
	h, err := NewHosted(HostedConfig{URL: s.URL, KeyFile: key})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func errand() payment.Errand {
	return payment.Errand{Order: "order-1", Attempt: payment.Attempt{
		ID: "attempt-0000000001", Tender: payment.Phone, Amount: money.Of(2500, "EUR"), State: payment.Created,
		Expires: time.Now().Add(life),
	}}
}

// written is an answer of a provider, changed by pairs of member and value.
func written(pairs ...any) string {
	o := map[string]any{
		"object": "payment", "id": "pay_1", "reference": "attempt-0000000001", "status": "open", "amount": 2500,
		"currency": "EUR", "page": "https://pay.example/p/1?lang=en",
	}
	for i := 0; i < len(pairs); i += 2 {
		o[pairs[i].(string)] = pairs[i+1]
	}
	text, err := json.Marshal(o)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func TestOnlyAnObjectThatFitsSaysAnything(t *testing.T) {
	const no = `{"error":{"type":"invalid_request","message":"no"}}`
	for name, c := range map[string]struct {
		code          int
		body          string
		create, later payment.Status // empty: nothing is known
	}{
		"open":                {200, written(), payment.AtOpen, payment.AtOpen},
		"made":                {201, written(), payment.AtOpen, payment.AtOpen},
		"processing":          {200, written("status", "processing"), payment.AtProcessing, payment.AtProcessing},
		"paid":                {200, written("status", "paid", "captured", 2500), payment.AtPaid, payment.AtPaid},
		"another amount paid": {200, written("status", "paid", "amount", 1, "captured", 1), payment.AtPaid, "paid"},
		"another amount":      {200, written("amount", 2501), "", ""},
		"another currency":    {200, written("currency", "USD"), "", ""},
		"another payment":     {200, written("reference", "attempt-0000000002"), "", ""},
		"no amount":           {200, written("amount", nil), "", ""},
		"no id":               {200, written("id", ""), "", ""},
		"another state":       {200, written("status", "fulfilled"), "", ""},
		"less than nothing":   {200, written("status", "paid", "captured", -1), "", ""},
		"back more than came": {200, written("status", "paid", "captured", 1, "refunded", 2), "", ""},
		"a page in the clear": {200, written("page", "http://pay.example/p/1"), "", ""},
		"a page of a script":  {200, written("page", "javascript:alert(1)"), "", ""},
		"no page":             {200, written("page", ""), "", ""},
		"a long page":         {200, written("page", "https://pay.example/"+strings.Repeat("a", 512)), "", ""},
		"something else":      {200, written("object", "refund"), "", ""},
		"half":                {200, written()[:40], "", ""},
		"a hotel":             {200, "<html>Welcome</html>", "", ""},
		"huge":                {200, written() + strings.Repeat(" ", answerBytes), "", ""},
		"refused":             {400, no, payment.AtDeclined, ""},
		"absent":              {404, no, payment.AtDeclined, payment.AtAbsent},
		"absent by a proxy":   {404, "<html>not here</html>", "", ""},
		"other parameters":    {400, strings.Replace(no, "invalid_request", "idempotency_error", 1), "", ""},
		"at the same time":    {409, no, "", ""},
		"too many":            {429, no, "", ""},
		"the key":             {401, no, "", ""},
		"out of order":        {503, no, "", ""},
		"elsewhere":           {307, "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			h, ctx := answering(t, c.code, c.body), context.Background()
			for _, one := range []struct {
				ask  func(context.Context, payment.Errand) (payment.Said, error)
				want payment.Status
			}{{h.Create, c.create}, {h.Get, c.later}, {h.Close, c.later}} {
				said, err := one.ask(ctx, errand())
				if said.Status != one.want || (err != nil) != (one.want == "") {
					t.Errorf("%q, %v, want %q", said.Status, err, one.want)
				}
				var f *Failure
				if errors.As(err, &f) &&
					(strings.Contains(f.Detail, testKey) || strings.Contains(f.Detail, "0000000001")) {
					t.Errorf("secrets are in %q", f.Detail)
				}
				if c.code == 429 && (f == nil || f.After != 7*time.Second || f.Trouble != Unreachable) {
					t.Errorf("%+v", f)
				}
				if c.code == 401 && (f == nil || f.Trouble != KeyRefused) {
					t.Errorf("%+v", f)
				}
			}
		})
	}
}

func TestAnAddressInTheClearIsNoProvider(t *testing.T) {
	for _, url := range []string{"", "http://pay.example", "ftp://pay.example", "https://me:pw@pay.example"} {
		if _, err := NewHosted(HostedConfig{URL: url}); err == nil {
			t.Errorf("%q is taken", url)
		}
	}
	for _, address := range []string{"", "10.0.0.1", ":1", "terminal:"} {
		if _, err := NewTerminal(TerminalConfig{Address: address}); err == nil {
			t.Errorf("%q is taken", address)
		}
	}
}

func TestANoticeIsAHintOnceAndOnlyWithItsSignature(t *testing.T) {
	now := time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)
	var hints []string
	n := &Notices{Secret: testSecret, Hint: func(id string) { hints = append(hints, id) },
		Now: func() time.Time { return now }}
	post := func(id, secret, body string, at time.Time) ledger.Code {
		h := http.Header{}
		h.Set(webhook.HeaderID, id)
		h.Set(webhook.HeaderTimestamp, strconv.FormatInt(at.Unix(), 10))
		signature, err := webhook.Sign(secret, id, at, []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		h.Set(webhook.HeaderSignature, "v1,AAAA "+signature)
		if err := n.Take(h, []byte(body)); err != nil {
			return ledger.CodeOf(err)
		}
		return ""
	}
	const body = `{"type":"payment.paid","data":{"reference":"attempt-0000000001"}}`
	other := "whsec_" + strings.Repeat("QUJD", 8)
	for _, c := range []struct {
		id, secret, body string
		at               time.Time
		code             ledger.Code
		hints            int
	}{
		{"m1", testSecret, body, now, "", 1}, {"m1", testSecret, body, now, "", 1},
		{"m2", testSecret, body, now.Add(-5 * time.Minute), "", 2},
		{"m3", testSecret, body, now.Add(-5*time.Minute - time.Second), ledger.NotAllowed, 2},
		{"m4", testSecret, body, now.Add(5*time.Minute + time.Second), ledger.NotAllowed, 2},
		{"m5", other, body, now, ledger.NotAllowed, 2}, {"", testSecret, body, now, ledger.NotAllowed, 2},
		{"m6", testSecret, `{"data":{}}`, now, ledger.Invalid, 2}, {"m7", testSecret, `[`, now, ledger.Invalid, 2},
	} {
		if code := post(c.id, c.secret, c.body, c.at); code != c.code || len(hints) != c.hints {
			t.Errorf("notice %s: %q and %d hints, want %q and %d", c.id, code, len(hints), c.code, c.hints)
		}
	}
	for i := range mostSeen + 1 {
		post("more"+strconv.Itoa(i), testSecret, body, now)
	}
	if len(n.seen) > mostSeen {
		t.Errorf("%d notices are kept in mind", len(n.seen))
	}
}

// out is a provider that is out of order until mended.
type out struct {
	asked  atomic.Int32
	mended time.Time
}

func (o *out) ask() (payment.Said, error) {
	o.asked.Add(1)
	if time.Now().Before(o.mended) {
		return payment.Said{}, unreachable("out of order")
	}
	return payment.Said{Status: payment.AtClosed, Remote: "r"}, nil
}

func (o *out) Create(context.Context, payment.Errand) (payment.Said, error) { return o.ask() }
func (o *out) Get(context.Context, payment.Errand) (payment.Said, error)    { return o.ask() }
func (o *out) Close(context.Context, payment.Errand) (payment.Said, error)  { return o.ask() }
func (o *out) Refund(context.Context, payment.Errand) (payment.RefundSaid, error) {
	_, err := o.ask()
	return payment.RefundSaid{}, err
}

// A provider that is out of order is asked ever more seldom, whatever number of payments
// waits, and is in trouble until it answers.
func TestAProviderThatIsOutOfOrderIsLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &out{mended: time.Now().Add(10 * time.Minute)}
		var troubles []Trouble
		var told atomic.Int32
		w := NewWorker(Config{
			Providers: map[payment.Tender]Provider{payment.Phone: o},
			Tell: func(_ context.Context, c Command) error {
				if told.Add(1) == 1 {
					return errors.New("the writer is closed")
				}
				return nil
			},
			Trouble: func(_ payment.Tender, now Trouble, _ string) { troubles = append(troubles, now) },
		})
		var all []payment.Errand
		for i := range 20 {
			e := errand()
			e.Attempt.ID, e.Attempt.State, e.Do = "attempt-"+strconv.Itoa(i), payment.Unknown, payment.DoGet
			all = append(all, e)
		}
		w.Set("order-1", all)
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan struct{})
		go func() { w.Run(ctx); close(done) }()
		time.Sleep(10*time.Minute - time.Second)
		if n := o.asked.Load(); n < 10 || n > 40 {
			t.Errorf("it was asked %d times in ten minutes", n)
		}
		if s := w.State(payment.Phone); s != Unreachable || w.State(payment.Terminal) != Unreachable {
			t.Errorf("after ten minutes it is %s", s)
		}
		time.Sleep(3 * time.Minute)
		if s := w.State(payment.Phone); s != Working {
			t.Errorf("mended it is %s", s)
		}
		cancel()
		<-done
		if !slices.Equal(troubles, []Trouble{Unreachable, Working}) {
			t.Errorf("its troubles were %v", troubles)
		}
		if n := told.Load(); n < 21 {
			t.Errorf("%d things were told of 20 payments, one of them twice", n)
		}
	})
}
