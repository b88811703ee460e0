package e2e

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cubby/locker/parcel"
	"cubby/locker/view"
	"cubby/sync/notify/notifytest"
)

// withMessages has a station write e-mail to a mail server, at once and at any hour.
func withMessages(p *notifytest.Post) change {
	return change{"[policy]\n", "[messages]\nsend = true\nfrom = \"Parcels <parcels@shop.example>\"\n" +
		"mail_server = \"" + p.Addr + "\"\nmail_tls = \"none\"\nmerge_minutes = 0\nquiet_from = 0\nquiet_to = 0\n" +
		"help = \"+49 30 555\"\n\n[policy]\n"}
}

// A customer who knows nothing but an e-mail gets the parcel, and no word of it is
// anywhere else.
func TestTheQRCodeOfTheEmailOpensTheDoor(t *testing.T) {
	t.Parallel()
	post := notifytest.NewPost(t, nil, nil)
	s := newStation(t, withMessages(post))
	curious := strings.TrimSpace(s.ctl("", "key", "add", "curious", "events:read,parcels:read,compartments:read"))
	status, answer, _ := s.call("PUT", "/v1/parcels/p-1", `{"label":"P-1","order_id":"SO-p-1",
		"dimensions_mm":{"length":180,"width":90,"height":60},"recipient":{"name":"Zebedee Marker",
		"phone":"+49 170 5550123","email":"zebedee.marker@example.org","language":"en-GB"}}`)
	if status != 201 {
		t.Fatalf("PUT: %d %s", status, answer)
	}
	e := s.deposit("p-1")
	s.leave()

	eventually(t, "the e-mail arrives", func() (bool, string) { return len(post.All()) > 0, s.core.tail() })
	got := post.All()[0]
	if !slices.Equal(got.To, []string{"zebedee.marker@example.org"}) {
		t.Fatalf("it went to %q", got.To)
	}
	mail := notifytest.Open(t, got.Text)
	if len(mail.Images) != 1 {
		t.Fatalf("it has %d images", len(mail.Images))
	}
	picture := filepath.Join(s.dir, "received.png")
	for _, image := range mail.Images {
		if err := os.WriteFile(picture, image, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if read := strings.TrimSpace(do(t, "", "zbarimg", "--quiet", "--raw", picture)); read != e.Data.Code {
		t.Errorf("the QR code says %q", read)
	}
	s.scanPicture(picture)
	v := s.step(view.StepPickupOpen)
	if v.Door() != e.Data.Compartment {
		t.Fatalf("it opens door %s, the parcel is behind %s", v.Door(), e.Data.Compartment)
	}
	s.opens(v.Door())
	s.take(v.Door())
	s.step(view.StepPickupDone)
	s.isParcel("p-1", parcel.Collected, "")
	eventually(t, "the customer is told of the pickup", func() (bool, string) {
		return len(post.All()) == 2, s.core.tail()
	})
	if again := notifytest.Open(t, post.All()[1].Text); !strings.Contains(again.Text, "Not") &&
		!strings.Contains(again.Text, "not you") {
		t.Errorf("the second e-mail says\n%s", again.Text)
	}

	// What somebody else might see has nothing of it.
	_, _, feed := s.page(curious, "", 0)
	_, metrics, _ := s.callAs(curious, "GET", "/metrics", "")
	_, about, _ := s.callAs(curious, "GET", "/v1/parcels/p-1", "")
	if !strings.Contains(string(metrics), `cubby_messages{kind="stored",state="sent"} 1`) {
		t.Errorf("the metrics do not count it:\n%s", metrics)
	}
	seen := map[string]string{
		"the log": s.core.said(), "the feed of another key": feed, "the metrics": string(metrics),
		"the parcel as another key sees it": string(about),
	}
	s.core.stop(t)
	for _, name := range []string{"messages.db", "messages.db-wal", "station.db", "station.db-wal"} {
		all, err := os.ReadFile(filepath.Join(s.dir, "data", name))
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		seen[name] = string(all)
	}
	noneOf(t, seen, e)
	if seen["messages.db"] == "" || seen["station.db"] == "" {
		t.Error("the databases are not where they were looked for")
	}
}

// noneOf looks for what only the customer may see.
func noneOf(t *testing.T, seen map[string]string, e event) {
	t.Helper()
	code, pin := e.Data.Code, e.Data.PIN
	if len(code) != 26 || len(pin) != 8 {
		t.Fatalf("the markers are none: %q, %q", code, pin)
	}
	for where, text := range seen {
		for _, marker := range []string{code, pin, pin[:4] + " " + pin[4:], "Zebedee", "zebedee", "5550123"} {
			if strings.Contains(text, marker) {
				t.Errorf("%s has %q", where, marker)
			}
		}
	}
}
