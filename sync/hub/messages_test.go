package hub

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"cubby/sync/db/dbtest"
	"cubby/sync/notify"
	"cubby/sync/notify/notifytest"
)

// writing opens a hub that writes e-mail to a mail server, at once and at any hour.
func writing(t *testing.T, at string, p *notifytest.Post) *world {
	w := &world{t: t, time: time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC), at: at}
	m := &Messaging{Config: notify.Usual(), Help: "+49 30 555"}
	m.Merge, m.Quiet = 0, notify.Quiet{}
	m.Email = &notify.SMTP{Server: p.Addr, TLS: "none", From: "Parcels <parcels@shop.example>"}
	h, err := Open(t.Context(), Config{
		At: at, Key: bytes.Repeat([]byte{7}, 32), Name: "The centre", PublicURL: "https://hub.example", Pin: "PIN",
		Log: slog.New(slog.NewTextHandler(io.MultiWriter(&w.log), nil)), Now: func() time.Time { return w.time },
		Messages: m,
	})
	w.must(err)
	w.Hub = h
	t.Cleanup(func() { w.Close() })
	return w
}

// sends has the hub send what is due until it has sent so many.
func (w *world) sends(p *notifytest.Post, want int) []notifytest.Received {
	w.t.Helper()
	ctx, cancel := context.WithCancel(w.t.Context())
	done := make(chan error, 1)
	go func() { done <- w.RunMessages(ctx) }()
	defer func() {
		cancel()
		w.must(<-done)
	}()
	deadline := time.After(20 * time.Second)
	for {
		got := p.All()
		all, _, err := w.Messages(w.t.Context(), MessageFilter{})
		w.must(err)
		busy := false
		for _, m := range all {
			busy = busy || m.State == notify.Sending || m.State == notify.Waiting && !m.Due.After(w.time)
		}
		if len(got) >= want && !busy {
			return got
		}
		select {
		case <-deadline:
			w.t.Fatalf("%d e-mails were sent, not %d: %+v", len(got), want, all)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func TestTheHubWritesToTheCustomerItWasToldOf(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, at string) {
		p := notifytest.NewPost(t, nil, nil)
		w := writing(t, at, p)
		s := w.join("Main street")
		w.must(w.Announce(t.Context(), by, s, "P-1", json.RawMessage(
			`{"order_id":"SO-1","recipient":{"name":"Zebedee","email":"zebedee@example.org","language":"zh-CN"}}`)))
		w.push(s, "one", 0, ofParcel(4, "announced", "P-1", "order_id", "SO-1"),
			ofParcel(9, "stored", "P-1", "compartment", "14", "deadline", "2026-03-04T09:00:00Z", "order_id", "SO-1",
				"code", "ABCDEFGHIJKLMNOPQRSTUVWX23", "pin", "12345678"))
		mail := notifytest.Open(t, w.sends(p, 1)[0].Text)
		if !strings.Contains(mail.Subject, "您的包裹已到") || !strings.Contains(mail.Text, "1234 5678") ||
			len(mail.Images) != 1 || !strings.Contains(mail.Text, "Main street") {
			t.Errorf("it says %s\n%s", mail.Subject, mail.Text)
		}
		w.push(s, "one", 9, ofParcel(10, "collected", "P-1", "compartment", "14", "order_id", "SO-1"))
		w.push(s, "one", 10, fact(11, "return.dropped_off", "returns/R-1",
			map[string]any{"case_id": "R-1", "order_id": "SO-1", "shop": "acme"}))
		if both := notifytest.Open(t, w.sends(p, 2)[1].Text); !strings.Contains(both.Text, "已在Main street取走") ||
			!strings.Contains(both.Text, "您的退货") {
			t.Errorf("of what came together it says\n%s", both.Text)
		}
		if parcel, err := w.Parcel(t.Context(), s, "P-1"); err != nil || parcel.Message != "sent" {
			t.Errorf("the parcel's message: %+v %v", parcel, err)
		}
		all, next, err := w.Messages(t.Context(), MessageFilter{Station: s, Limit: 4})
		if err != nil || len(all) != 4 || next == "" || all[0].Kind != notify.Came || all[0].State != notify.Sent {
			t.Fatalf("messages: %+v %q %v", all, next, err)
		}
		rest, next, err := w.Messages(t.Context(), MessageFilter{Station: s, Limit: 4, After: next})
		if err != nil || len(rest) != 1 || next != "" || rest[0].Kind != notify.Stored {
			t.Fatalf("messages: %+v %q %v", rest, next, err)
		}
		for _, marker := range []string{"Zebedee", "zebedee", "12345678", "ABCDEFGH"} {
			if strings.Contains(w.log.String(), marker) {
				t.Errorf("the log has %q", marker)
			}
		}
	})
}

func TestAMessageThatFailsIsATroubleUntilItsParcelIsCollected(t *testing.T) {
	p := notifytest.NewPost(t, nil, nil)
	p.Behave(func(string) error { return notifytest.Refuse(550) }, nil)
	w := writing(t, dbtest.SQLite(t), p)
	s := w.join("Main street")
	w.must(w.Announce(t.Context(), by, s, "P-1", json.RawMessage(`{"recipient":{"email":"nobody@example.org"}}`)))
	w.push(s, "one", 0, ofParcel(4, "announced", "P-1"), ofParcel(9, "stored", "P-1", "compartment", "14",
		"deadline", "2026-03-04T09:00:00Z", "code", "ABCDEFGHIJKLMNOPQRSTUVWX23", "pin", "12345678"))
	w.sends(p, 0)
	failed := func() (all []Trouble) {
		found, err := w.Troubles(t.Context(), s)
		w.must(err)
		for _, t := range found {
			if t.Kind == "message_failed" {
				all = append(all, t)
			}
		}
		return all
	}
	if all := failed(); len(all) != 1 || all[0].Subject != "parcels/P-1" ||
		strings.Contains(all[0].Title, "nobody@") {
		t.Fatalf("troubles: %+v", all)
	}
	w.push(s, "one", 9, ofParcel(10, "collected", "P-1", "compartment", "14"))
	if all := failed(); len(all) != 0 {
		t.Errorf("troubles of a parcel that is gone: %+v", all)
	}
}

func TestAHubThatBeginsToWriteKnowsTheContactsOfBefore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, at string) {
		p := notifytest.NewPost(t, nil, nil)
		silent := &world{t: t, time: time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC), at: at}
		silent.begin()
		s := silent.join("Main street")
		silent.must(silent.Announce(t.Context(), by, s, "P-1",
			json.RawMessage(`{"recipient":{"email":"ann@example.org","language":"en"}}`)))
		silent.push(s, "one", 0, ofParcel(4, "announced", "P-1"))
		silent.must(silent.Close())
		w := writing(t, at, p)
		w.push(s, "one", 4, ofParcel(9, "stored", "P-1", "compartment", "14", "deadline", "2026-03-04T09:00:00Z",
			"code", "ABCDEFGHIJKLMNOPQRSTUVWX23", "pin", "12345678"))
		if mail := notifytest.Open(t, w.sends(p, 1)[0].Text); !strings.Contains(mail.Text, "1234 5678") {
			t.Errorf("it says\n%s", mail.Text)
		}
	})
}
