package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"cubby/cmd/internal/config"
	"cubby/cmd/internal/core"
	"cubby/sync/client"
)

// served starts a core of the demo's configuration, and gives how its tool is called.
func served(t *testing.T) (call func(words ...string) (string, error), socket *client.Client) {
	t.Helper()
	text, err := os.ReadFile("../../packaging/demo/cubby.toml")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "cubby.toml")
	if err := os.WriteFile(path, bytes.ReplaceAll(text, []byte("127.0.0.1:8470"), []byte("127.0.0.1:0")),
		0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	c, err := core.Open(t.Context(), cfg, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	if socket, err = client.New("unix:"+cfg.Rest.Socket, ""); err != nil {
		t.Fatal(err)
	}
	call = func(words ...string) (string, error) {
		var out bytes.Buffer
		err := (&tool{in: strings.NewReader(""), out: &out}).main(context.Background(),
			append([]string{"--config", path}, words...))
		return out.String(), err
	}
	for until := time.Now().Add(2 * time.Minute); ; {
		if _, err := call("status"); err == nil {
			return call, socket
		} else if time.Now().After(until) {
			t.Fatal(err)
		}
	}
}

func TestOrdersAndReturnsAreHandledFromTheCommandLine(t *testing.T) {
	call, socket := served(t)
	says := func(want string, words ...string) string {
		t.Helper()
		out, err := call(words...)
		if err != nil || !strings.Contains(out, want) {
			t.Fatalf("%s says %s, %v; want %s", strings.Join(words, " "), out, err, want)
		}
		return out
	}
	fails := func(want string, words ...string) {
		t.Helper()
		if out, err := call(words...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s says %s, %v; want %s", strings.Join(words, " "), out, err, want)
		}
	}
	now := time.Now().UTC().AddDate(0, 0, -3).Format(time.RFC3339)
	order := `{"shop":"acme","currency":"JPY","channel":"online","country":"DE","ordered":"` + now + `",
		"delivered":"` + now + `","lines":[{"id":"1","sku":"A-1","title":"a lamp","quantity":2,"unit_price":20000}],
		"tenders":[{"id":"t1","kind":"card","amount":40000}]}`
	folder := t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	file := write("SO-1.json", order)
	says("order SO-1 is new", "order", "put", file)
	says("order SO-1 is known: 1 lines, ¥40,000", "order", "put", file)
	says("order SO-2 is new", "order", "put", file, "SO-2")
	wrong := strings.NewReplacer(`"quantity":2`, `"quantity":0`, `"kind":"card"`, `"kind":"gold"`).
		Replace(order)
	fails(
		"/lines/0/quantity: must be a whole number from 1 to 100000",
		"order",
		"put",
		write("bad.json", wrong),
	)
	fails("/tenders/0/kind: must be one of card", "order", "put", filepath.Join(folder, "bad.json"))
	fails("is not JSON", "order", "put", write("half.json", "{"))
	fails("no such file", "order", "put", filepath.Join(folder, "none.json"))
	fails("there is no order", "order", "show", "SO-9")
	fails("usage:", "order", "lost")
	says("a lamp  2         ¥40,000", "order", "show", "SO-1")
	if out := says("SO-1", "order", "list", "order:SO-1"); strings.Contains(out, "SO-2") {
		t.Errorf("a scan of one order lists %s", out)
	}
	says("SO-2", "order", "list", "a-1")

	r, err := socket.RequestReturn(t.Context(), map[string]any{"order_id": "SO-1", "items": []map[string]any{
		{"line": "1", "quantity": 1, "reason": "faulty", "text": "it flickers"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	says("waits for the centre", "return", "list", "SO-1") // without a lease
	fails("there is nothing to grade", "return", "grade", r.ID, "1", "like_new")
	fails("usage:", "return", "decline", r.ID)
	says("is authorised", "return", "authorise", r.ID)
	if _, err := socket.DoReturn(t.Context(), r.ID, "drop", nil); err != nil {
		t.Fatal(err)
	}
	fails("needs a note", "return", "grade", r.ID, "1", "damaged")
	says("is inspecting", "return", "grade", r.ID, "1", "damaged", "--note", "it flickers")
	fails("cannot be closed", "return", "close", r.ID)
	out := says("¥20,000 of ¥20,000", "return", "decide", r.ID, "1", "refund_original")
	refund := regexp.MustCompile(`rf-[0-9a-f]+`).FindString(out)
	says(refund, "refund", "list", "pending")
	says("is failed", "refund", "answer", refund, "failed", "--detail", "the card is closed")
	says("is pending", "refund", "retry", refund)
	says(
		"refund "+refund+" of ¥20,000 is completed",
		"refund",
		"answer",
		refund,
		"completed",
		"--reference",
		"re_1",
	)
	says("is closed", "return", "show", r.ID)
	says("is closed", "return", "close", r.ID)
	fails("there is no return", "return", "show", "R-0000-0000")
	fails(
		"not a whole number of minor units",
		"return",
		"override",
		"R-0000-0000",
		"1",
		"12.50",
		"--reason",
		"x",
	)
	fails("usage:", "return", "override", "R-0000-0000", "1", "1250")
	fails("usage:", "refund", "answer", "rf-1")
	fails("there is no refund", "refund", "answer", "rf-1", "completed")
}
