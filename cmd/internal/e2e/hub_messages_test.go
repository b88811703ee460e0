package e2e

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cubby/locker/parcel"
	"cubby/locker/view"
	"cubby/sync/notify/notifytest"
)

// An order placed at the centre: the parcel is announced there, arrives at the station,
// the customer gets its code from the centre by e-mail, and the door opens to it. Nobody
// else sees any of it.
func TestTheQRCodeOfTheCentresEmailOpensTheDoor(t *testing.T) {
	t.Parallel()
	post := notifytest.NewPost(t, nil, nil)
	s := newStation(t)
	dir := t.TempDir()
	config, listen, plain := filepath.Join(dir, "cubbyhub.toml"), unused(t), unused(t)
	if err := os.WriteFile(config, []byte(fmt.Sprintf(`[hub]
name = "Acme"
data_dir = "data"
listen = %q
plain = %q

[messages]
send = true
from = "Parcels <parcels@shop.example>"
mail_server = %q
mail_tls = "none"
quiet_from = 0
quiet_to = 0
merge_minutes = 0
`, listen, plain, post.Addr)), 0o600); err != nil {
		t.Fatal(err)
	}
	ctl := func(args ...string) string {
		t.Helper()
		return strings.TrimSpace(do(t, "", filepath.Join(programs, "cubbyhub"),
			append([]string{"--config", config}, args...)...))
	}
	hub := start(t, dir, "hub.log", nil, filepath.Join(programs, "cubbyhub"), "--config", config)
	ask := func(token, method, path, body string) (int, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, "http://"+plain+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
		if body != "" {
			r.Header.Set("Content-Type", "application/json")
		}
		a, err := http.DefaultClient.Do(r)
		if err != nil {
			return 0, err.Error()
		}
		defer a.Body.Close()
		answer, err := io.ReadAll(a.Body)
		if err != nil {
			t.Fatal(err)
		}
		return a.StatusCode, string(answer)
	}
	eventually(t, "the hub comes up", func() (bool, string) {
		status, _ := ask("", "GET", "/readyz", "")
		return status == http.StatusOK, hub.tail()
	})
	shop, curious := ctl("key", "add", "shop", "parcels:write"), ctl("key", "add", "curious",
		"events:read", "parcels:read", "stations:read", "messages:read")
	s.ctl("", "enrol", lastField(ctl("station", "invite", "Main street", "--address", "1 Main Street")))
	id := strings.Fields(ctl("station", "list"))[0]

	status, said := ask(shop, "PUT", "/v1/stations/"+id+"/parcels/p-1", `{"label":"P-1","order_id":"SO-p-1",
		"dimensions_mm":{"length":180,"width":90,"height":60},"recipient":{"name":"Zebedee Marker",
		"phone":"+49 170 5550123","email":"zebedee.marker@example.org","language":"zh"}}`)
	if status != http.StatusCreated {
		t.Fatalf("announced at the hub: %d %s", status, said)
	}
	eventually(t, "the station knows of it", func() (bool, string) {
		status, answer, _ := s.call("GET", "/v1/parcels/p-1", "")
		return status == http.StatusOK, string(answer)
	})
	e := s.deposit("p-1")
	s.leave()
	eventually(t, "the e-mail arrives", func() (bool, string) { return len(post.All()) > 0, hub.tail() })
	mail := notifytest.Open(t, post.All()[0].Text)
	if !strings.Contains(mail.Text, "Main street，1 Main Street") || len(mail.Images) != 1 {
		t.Fatalf("it says\n%s", mail.Text)
	}
	picture := filepath.Join(s.dir, "received.png")
	for _, image := range mail.Images {
		if err := os.WriteFile(picture, image, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s.scanPicture(picture)
	v := s.step(view.StepPickupOpen)
	if v.Door() != e.Data.Compartment {
		t.Fatalf("it opens door %s, the parcel is behind %s", v.Door(), e.Data.Compartment)
	}
	s.take(v.Door())
	s.step(view.StepPickupDone)
	s.isParcel("p-1", parcel.Collected, "")
	eventually(t, "the customer is told of the pickup", func() (bool, string) {
		return len(post.All()) == 2, hub.tail()
	})

	seen := map[string]string{"the station's log": s.core.said(), "the hub's log": hub.said()}
	for _, path := range []string{"/v1/events", "/metrics", "/v1/stations/" + id + "/parcels/p-1", "/v1/messages",
		"/v1/stations"} {
		status, answer := ask(curious, "GET", path, "")
		if status != http.StatusOK {
			t.Errorf("GET %s: %d %s", path, status, answer)
		}
		seen["GET "+path] = answer
	}
	if !strings.Contains(seen["GET /v1/events"], "parcel.stored") {
		t.Errorf("the hub's feed does not tell of the deposit: %s", seen["GET /v1/events"])
	}
	hub.stop(t)
	files, err := filepath.Glob(filepath.Join(dir, "data", "hub.db*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("the hub's database is not where it was looked for: %v", err)
	}
	for _, name := range files {
		all, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		seen[filepath.Base(name)] = string(all)
	}
	noneOf(t, seen, e)
}

// unused is an address of this machine that nobody listens at.
func unused(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func lastField(s string) string {
	all := strings.Fields(s)
	return all[len(all)-1]
}
