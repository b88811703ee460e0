package notify

import (
	"strings"
	"testing"
	"time"

	"cubby/sync/db/dbtest"
)

func TestAStoredParcelIsToldByEmailWithItsCode(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, at string) {
		p := newPost(t, nil, nil)
		w := newWorld(t, at, mailTo(p))
		w.hear(w.stored("C1001", code1, pin1), ann)
		w.deliver(5 * time.Minute)
		if got := p.all(); len(got) != 0 {
			t.Fatalf("%d e-mails went out before others could have come", len(got))
		}
		w.deliver(5 * time.Minute)
		got := p.all()
		if len(got) != 1 || got[0].from != "parcels@shop.example" || len(got[0].to) != 1 || got[0].to[0] != ann.Email {
			t.Fatalf("the server has %+v", got)
		}
		o := open(t, got[0].text)
		for _, want := range []string{"Hello Ann Example", "Station Hall, 1 Main Street", "C1001", "1234 5678",
			"Fri 4 Dec, 12:00", "+49 30 555"} {
			if !strings.Contains(o.text, want) {
				t.Errorf("the text does not say %q:\n%s", want, o.text)
			}
		}
		if len(o.codes) != 1 {
			t.Fatalf("it has %d images", len(o.codes))
		}
		for cid, says := range o.codes {
			if says != code1 {
				t.Errorf("the QR code says %q", says)
			}
			if !strings.Contains(o.html, `src="cid:`+cid+`"`) {
				t.Errorf("the HTML does not show the image %s:\n%s", cid, o.html)
			}
		}
		if strings.Contains(o.text+o.html+o.subject, code1) {
			t.Error("the code is in the text, where it is of no use")
		}
	})
}
