package notify

import (
	"strings"
	"testing"
	"time"

	"cubby/sync/db/dbtest"
	"cubby/sync/notify/notifytest"
)

func TestAStoredParcelIsToldByEmailWithItsCode(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, at string) {
		p := notifytest.NewPost(t, nil, nil)
		w := newWorld(t, at, mailTo(p))
		w.hear(w.stored("C1001", code1, pin1), ann)
		w.deliver(5 * time.Minute)
		if got := p.All(); len(got) != 0 {
			t.Fatalf("%d e-mails went out before others could have come", len(got))
		}
		w.deliver(5 * time.Minute)
		got := p.All()
		if len(got) != 1 || got[0].From != "parcels@shop.example" || len(got[0].To) != 1 || got[0].To[0] != ann.Email {
			t.Fatalf("the server has %+v", got)
		}
		o := notifytest.Open(t, got[0].Text)
		for _, want := range []string{"Hello Ann Example", "Station Hall, 1 Main Street", "C1001", "1234 5678",
			"Fri 4 Dec, 12:00", "+49 30 555"} {
			if !strings.Contains(o.Text, want) {
				t.Errorf("the text does not say %q:\n%s", want, o.Text)
			}
		}
		for name, want := range map[string]string{"To": "<ann@example.org>", "Cc": "", "Bcc": "",
			"From": `"Parcels" <parcels@shop.example>`, "Auto-Submitted": "auto-generated", "User-Agent": ""} {
			if got := o.Header.Get(name); got != want {
				t.Errorf("the header %s is %q", name, got)
			}
		}
		if len(o.Images) != 1 {
			t.Fatalf("it has %d images", len(o.Images))
		}
		for cid, picture := range o.Images {
			if says := readQR(t, picture); says != code1 {
				t.Errorf("the QR code says %q", says)
			}
			if !strings.Contains(o.HTML, `src="cid:`+cid+`"`) {
				t.Errorf("the HTML does not show the image %s:\n%s", cid, o.HTML)
			}
		}
		if strings.Contains(o.Text+o.HTML+o.Subject, code1) {
			t.Error("the code is in the text, where it is of no use")
		}
	})
}
