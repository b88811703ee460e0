package notify

import (
	"slices"
	"strings"
	"testing"
	"time"

	"cubby/sync/db/dbtest"
	"cubby/sync/notify/notifytest"
)

func TestADelegateIsWrittenToAndTheRecipientToldWhoCollected(t *testing.T) {
	p := notifytest.NewPost(t, nil, nil)
	w := newWorld(t, dbtest.SQLite(t), mailTo(p))
	made := func() Event {
		e := w.event("parcel.delegated", "P-1", map[string]any{"deadline": w.clock().Add(24 * time.Hour)})
		e.Code, e.PIN = code2, pin2
		return e
	}
	w.hear(w.stored("P-1", code1, pin1), ann)
	w.deliver(10 * time.Minute)
	w.hear(made(), Person{}) // made at the kiosk, or its contact is gone: never to the recipient
	w.deliver(10 * time.Minute)
	if got := p.All(); len(got) != 1 {
		t.Fatalf("%d e-mails were sent", len(got))
	}
	w.hear(made(), Person{Email: "ben@example.org"})
	w.hear(w.event("parcel.delegation_ended", "P-1", nil), Person{})
	w.deliver(10 * time.Minute)
	if got := p.All(); len(got) != 1 {
		t.Fatalf("%d e-mails were sent for a code that has ended", len(got))
	}
	w.hear(made(), Person{Email: "ben@example.org"})
	w.deliver(10 * time.Minute)
	got := p.All()
	if len(got) != 2 || got[1].To[0] != "ben@example.org" {
		t.Fatalf("sent are %+v", got)
	}
	mail := notifytest.Open(t, got[1].Text)
	for _, picture := range mail.Images {
		if code := readQR(t, picture); code != code2 {
			t.Errorf("its picture says %s", code)
		}
	}
	if len(mail.Images) != 1 || !strings.Contains(mail.Text, "8765 4321") ||
		strings.Contains(mail.Text, "1234 5678") {
		t.Errorf("it says %s\n%s", mail.Subject, mail.Text)
	}
	w.hear(w.event("parcel.collected", "P-1", map[string]any{"by": "delegate"}), ann)
	w.deliver(10 * time.Minute)
	got = p.All()
	if mail := notifytest.Open(t, got[len(got)-1].Text); !slices.Contains(got[len(got)-1].To, ann.Email) ||
		!strings.Contains(mail.Text, "by somebody you had sent") {
		t.Errorf("the recipient is told %s", mail.Text)
	}
}
