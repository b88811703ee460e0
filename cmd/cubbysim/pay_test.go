package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"cubby/locker/money"
	"cubby/locker/shop/payment"
	"cubby/sync/pay"
)

// paying starts the simulated payment provider, and says where it and its terminal are.
func paying(t *testing.T, key string) (provider, terminal string) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	ready, said := io.Pipe()
	go func() {
		err := command(ctx, []string{"pay", "--listen", "127.0.0.1:0", "--terminal", "127.0.0.1:0", "--key-file",
			key},
			said)
		said.Close()
		ended <- err
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	lines := bufio.NewScanner(ready)
	lines.Scan()
	provider = regexp.MustCompile(`http://[^/]+`).FindString(lines.Text())
	lines.Scan()
	terminal = regexp.MustCompile(`127[^,]+`).FindString(lines.Text())
	if provider == "" || terminal == "" {
		t.Fatalf("it is at %q and %q", provider, terminal)
	}
	go io.Copy(io.Discard, ready)
	return provider, terminal
}

func fetch(t *testing.T, method, address, kind, body string) (int, string) {
	t.Helper()
	r, err := http.NewRequest(method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", kind)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

const form = "application/x-www-form-urlencoded"

func TestAPaymentIsPaidOnItsPageAndAtTheTerminal(t *testing.T) {
	key := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(key, []byte("sk_sim_1234567890\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	at, device := paying(t, key)
	hosted, err := pay.NewHosted(pay.HostedConfig{URL: at, KeyFile: key, Shop: "Corner <shop>"})
	if err != nil {
		t.Fatal(err)
	}
	terminal, err := pay.NewTerminal(pay.TerminalConfig{Address: device})
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	e := func(id string) payment.Errand {
		return payment.Errand{Order: "order-7", Attempt: payment.Attempt{
			ID: id, Amount: money.Of(2590, "EUR"), Expires: time.Now().Add(time.Minute),
		}}
	}
	first := e("attempt-0000000001")
	said, err := hosted.Create(ctx, first)
	if err != nil || said.Status != payment.AtOpen {
		t.Fatalf("%+v, %v", said, err)
	}
	if code, page := fetch(t, "GET", said.Page, "", ""); code != 200 || !strings.Contains(page, "25.90 EUR") ||
		!strings.Contains(page, "Corner &lt;shop&gt;") || !strings.Contains(page, "order-7") {
		t.Errorf("%d: %s", code, page)
	}
	fetch(t, "POST", said.Page, form, url.Values{"do": {"leave"}}.Encode())
	if said, err := hosted.Get(ctx, first); err != nil || said.Status != payment.AtOpen {
		t.Errorf("whoever goes away leaves it %+v, %v", said, err)
	}
	if _, page := fetch(t, "POST", said.Page, form, "do=pay"); !strings.Contains(page, "Paid.") {
		t.Errorf("%s", page)
	}
	if said, err := hosted.Close(ctx, first); err != nil || said.Status != payment.AtPaid ||
		said.Captured != 2590 {
		t.Errorf("%+v, %v", said, err)
	}

	second := e("attempt-0000000002")
	if said, err := terminal.Create(ctx, second); err != nil || said.Status != payment.AtOpen {
		t.Fatalf("%+v, %v", said, err)
	}
	if _, err := terminal.Create(ctx, e("attempt-0000000003")); err == nil {
		t.Error("two amounts are on one terminal")
	}
	faults := `[{"on":"pay","kind":"twice","times":1}]`
	if code, text := fetch(t, "PUT", at+"/sim/faults", "application/json", faults); code != 204 {
		t.Fatalf("%d: %s", code, text)
	}
	for _, bad := range []string{`[{"on":"moon","kind":"late"}]`, `[{"on":"pay","kind":"lost"}]`, `{`,
		`[{"on":"pay","kind":"late","rate":2}]`} {
		if code, text := fetch(t, "PUT", at+"/sim/faults", "application/json", bad); code != 400 {
			t.Errorf("%s is answered %d: %s", bad, code, text)
		}
	}
	fetch(t, "POST", at+"/terminal", form, "do=pay")
	said, err = terminal.Get(ctx, second)
	if err != nil || said.Status != payment.AtPaid || said.Captured != 5180 || said.Captures != 2 {
		t.Errorf("%+v, %v", said, err)
	}
	second.Attempt.Got = money.Of(5180, "EUR")
	second.Attempt.Refund = payment.Refund{ID: second.Attempt.ID + "-r1", Amount: 2590}
	for range 2 {
		if back, err := terminal.Refund(ctx, second); err != nil || back.Status != payment.BackDone {
			t.Errorf("%+v, %v", back, err)
		}
	}
	if said, err := terminal.Get(ctx, second); err != nil || said.Refunded != 2590 {
		t.Errorf("%+v, %v", said, err)
	}
	if said, err := terminal.Get(ctx, e("attempt-0000000009")); err != nil || said.Status != payment.AtAbsent {
		t.Errorf("%+v, %v", said, err)
	}
}

func TestASimulatedProviderIsForThisMachineAlone(t *testing.T) {
	for _, args := range [][]string{
		{"pay", "--listen", "0.0.0.0:0"}, {"pay", "--listen", "127.0.0.1:0", "--terminal", ":0"}, {"pay", "word"},
		{"pay", "--listen", "127.0.0.1:0", "--notify", "http://127.0.0.1:1/"}, {"pay", "--key-file", "not-there"},
	} {
		if err := command(context.Background(), args, io.Discard); err == nil {
			t.Errorf("%v is taken", args)
		}
	}
}
