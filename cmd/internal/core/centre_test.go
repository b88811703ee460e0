package core

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"cubby/cmd/internal/config"
	"cubby/locker/centre"
	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/sync/client"
	"cubby/sync/hub"
	"cubby/sync/hub/api"
)

// A hubAt is a hub with an endpoint over TLS.
type hubAt struct {
	*hub.Hub
	server *httptest.Server
}

func newHub(t *testing.T) hubAt {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	server.StartTLS()
	pin := sha256.Sum256(server.Certificate().RawSubjectPublicKeyInfo)
	h, err := hub.Open(t.Context(), hub.Config{
		At: t.TempDir() + "/hub.db", Key: make([]byte, 32), Name: "Hub", PublicURL: server.URL, Log: quiet,
		Pin: base64.RawURLEncoding.EncodeToString(pin[:]),
	})
	if err != nil {
		t.Fatal(err)
	}
	endpoint, err := api.New(h, api.Config{Name: "Hub", Log: quiet})
	if err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = endpoint.Handler()
	t.Cleanup(func() {
		endpoint.Close()
		server.Close()
		h.Close()
	})
	return hubAt{h, server}
}

// serves opens a core, which may be closed and opened again.
func serves(t *testing.T, cfg *config.Config) (*Core, *client.Client) {
	t.Helper()
	c, err := Open(t.Context(), cfg, quiet)
	if err != nil {
		t.Fatal(err)
	}
	staff, err := client.New("unix:"+cfg.Rest.Socket, "")
	if err != nil {
		t.Fatal(err)
	}
	waitUntilReady(t, staff)
	return c, staff
}

func closed(t *testing.T, c *Core) {
	t.Helper()
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

// published are the ids of what a station has published.
func published(t *testing.T, c *Core) (ids []string) {
	t.Helper()
	for after := int64(0); ; {
		page, err := c.store.Feed(t.Context(), after, 100, false)
		if err != nil {
			t.Fatal(err)
		}
		if page.Count == 0 {
			return ids
		}
		var events []struct{ ID string }
		if err := json.Unmarshal([]byte("["+string(page.Events)+"]"), &events); err != nil {
			t.Fatal(err)
		}
		for _, e := range events {
			ids = append(ids, e.ID)
		}
		after = page.Last
	}
}

func arrived(t *testing.T, h hubAt, station string) (ids []string) {
	t.Helper()
	for after := int64(0); ; {
		page, err := h.Facts(t.Context(), hub.FactFilter{Station: station, After: after, Ascending: true, Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			return ids
		}
		for _, f := range page {
			ids = append(ids, f.ID)
			after = f.N
		}
	}
}

func TestAStationJoinsAHubAndBothTellEachOther(t *testing.T) {
	h := newHub(t)
	cfg := demo(t)
	c, staff := serves(t, cfg)
	defer func() { closed(t, c) }()
	if l, err := staff.Centre(t.Context()); err != nil || l.Joined {
		t.Fatalf("before it has joined: %+v, %v", l, err)
	}
	if _, err := staff.HurryCentre(t.Context()); err == nil {
		t.Error("a line that is not there was hurried")
	}
	s, invitation, err := h.Invite(t.Context(), "user:test", "Station 1", "", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	address, _, _ := strings.Cut(invitation, "/#")
	other := base64.RawURLEncoding.EncodeToString(make([]byte, 32))
	code := strings.SplitN(strings.SplitN(invitation, "code=", 2)[1], "&", 2)[0]
	for _, wrong := range []string{
		"", "hello", address, address + "/#pin=x", "http://hub.example/#code=" + code,
		address + "/#code=" + code + "&pin=" + other, // another hub answers there
		address + "/#code=" + code,                   // its certificate is nobody's the machine knows
		strings.Replace(invitation, code, "AAAA-AAAA-AAAA", 1),
	} {
		if _, err := staff.JoinCentre(t.Context(), wrong); err == nil {
			t.Errorf("it joined by %q", wrong)
		}
	}
	l, err := staff.JoinCentre(t.Context(), invitation)
	if err != nil || !l.Joined || l.Station != s.ID || l.Centre != "Hub" {
		t.Fatalf("joined: %+v, %v", l, err)
	}
	if _, err := staff.JoinCentre(t.Context(), invitation); err == nil {
		t.Error("it joined twice")
	}
	if _, another, err := h.Invite(t.Context(), "user:test", "Station 2", "", nil, nil); err != nil {
		t.Fatal(err)
	} else if _, err := staff.JoinCentre(t.Context(), another); err == nil {
		t.Error("it took the key of another station")
	}
	before, err := os.ReadFile(c.line.file())
	if err != nil {
		t.Fatal(err)
	}
	if another, err := h.Rekey(t.Context(), "user:test", s.ID); err != nil {
		t.Fatal(err)
	} else if _, err := staff.JoinCentre(t.Context(), another); err != nil {
		t.Errorf("it did not take another key: %v", err)
	}
	if after, err := os.ReadFile(c.line.file()); err != nil || string(after) == string(before) {
		t.Errorf("the credential has the old key: %v", err)
	}
	info, err := os.Stat(c.line.file())
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the credential: %v, %v", info, err)
	}

	announce := func(id string) {
		t.Helper()
		if err := h.Announce(t.Context(), "user:test", s.ID, id, json.RawMessage(`{"label":"`+id+`-L"}`)); err != nil {
			t.Fatal(err)
		}
	}
	announce("P-1")
	here := func(id string) func() bool {
		return func() bool {
			_, _, err := staff.Parcel(t.Context(), id)
			return err == nil
		}
	}
	until(t, "the parcel of the hub is announced at the station", here("P-1"))
	agree := func() bool {
		return strings.Join(published(t, c), " ") == strings.Join(arrived(t, h, s.ID), " ")
	}
	until(t, "the hub has all facts, in their order", agree)
	until(t, "the station knows that", func() bool {
		l, err := staff.Centre(t.Context())
		return err == nil && l.Waiting == 0 && l.State == "working" && l.SeenTo != nil
	})
	if c.desk.line().ID != "seen" {
		t.Error("staff are not told what the centre has seen")
	}

	// A core that was away goes on.
	closed(t, c)
	announce("P-2")
	c, staff = serves(t, cfg)
	until(t, "what was announced meanwhile is there", here("P-2"))
	until(t, "the hub has all facts of the new start", agree)

	if _, err := staff.LeaveCentre(t.Context()); err != nil {
		t.Fatal(err)
	}
	if l, err := staff.Centre(t.Context()); err != nil || l.Joined {
		t.Errorf("after it has left: %+v, %v", l, err)
	}
	if another, err := h.Rekey(t.Context(), "user:test", s.ID); err != nil {
		t.Fatal(err)
	} else if _, err := staff.JoinCentre(t.Context(), another); err != nil {
		t.Fatal(err)
	}
	until(t, "it has told everything anew, and lost nothing", func() bool {
		m, err := h.Mark(t.Context(), s.ID)
		if err != nil || m.Epoch != c.station.Line().Epoch || !agree() {
			return false
		}
		all, err := h.Troubles(t.Context(), s.ID)
		return err == nil && !slices.ContainsFunc(all, func(t hub.Trouble) bool {
			return strings.Contains(t.Title, "lost")
		})
	})
	if _, err := staff.LeaveCentre(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(c.line.file()); err == nil {
		t.Error("the credential is there still")
	}
	if strings.Contains(dump(t, c), "cubby_") {
		t.Error("a token is in the log")
	}
}

// dump is the whole log as text.
func dump(t *testing.T, c *Core) string {
	t.Helper()
	var all strings.Builder
	for after := int64(0); ; {
		page, err := c.store.Feed(t.Context(), after, 100, true)
		if err != nil {
			t.Fatal(err)
		}
		if page.Count == 0 {
			return all.String()
		}
		all.Write(page.Events)
		after = page.Last
	}
}

func TestAStationWhoseOutboxIsFullRefusesDepositsAndSaysSo(t *testing.T) {
	h := newHub(t)
	cfg := demo(t, "[returns]", "[centre]\nmost_waiting = 1000\n\n[returns]")
	c, staff := serves(t, cfg)
	defer func() { closed(t, c) }()
	_, invitation, err := h.Invite(t.Context(), "user:test", "Station 1", "", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := staff.JoinCentre(t.Context(), invitation); err != nil {
		t.Fatal(err)
	}
	until(t, "the hub has all", func() bool {
		l, err := staff.Centre(t.Context())
		return err == nil && l.Waiting == 0 && l.State == "working"
	})
	h.server.CloseClientConnections()
	h.server.Listener.Close()
	token, err := staff.AddKey(t.Context(), people.Key{
		Name: "shop", Scopes: []string{"parcels:write"},
	})
	if err != nil {
		t.Fatal(err)
	}
	shop, err := client.New("http://"+c.Address(), token)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 1000 {
		id := fmt.Sprint("F-", i)
		if _, _, err := shop.Announce(t.Context(), id, parcel.Announcement{}, ledger.Condition{}); err != nil {
			t.Fatal(err)
		}
	}
	var l centre.Told
	until(t, "the outbox is full", func() bool {
		if _, err := staff.HurryCentre(t.Context()); err != nil {
			t.Fatal(err)
		}
		l, err = staff.Centre(t.Context())
		return err == nil && l.Full && l.State == "full"
	})
	if l.Waiting != 1000 || l.Oldest == nil {
		t.Errorf("the line is %+v", l)
	}
	devices, err := staff.Devices(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	told := false
	for _, d := range devices {
		told = told || d.Name == "centre" && d.State == "full" && d.Severity == "alarm"
	}
	if !told {
		t.Errorf("health does not say so: %+v", devices)
	}
}

// A station whose database is an older copy of itself tells what it does from then on, and
// the hub keeps what the lost part of the log had told it.
func TestAStationThatGoesOnFromACopyOfItsDatabaseTellsTheHub(t *testing.T) {
	h := newHub(t)
	cfg := demo(t)
	c, staff := serves(t, cfg)
	s, invitation, err := h.Invite(t.Context(), "user:test", "Station 1", "", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := staff.JoinCentre(t.Context(), invitation); err != nil {
		t.Fatal(err)
	}
	drained := func() {
		t.Helper()
		until(t, "the hub has all", func() bool {
			ids := strings.Join(arrived(t, h, s.ID), " ")
			for _, id := range published(t, c) {
				if !strings.Contains(ids, id) {
					return false
				}
			}
			return true
		})
	}
	drained()
	closed(t, c)
	copied := t.TempDir()
	if err := os.CopyFS(copied, os.DirFS(cfg.Station.DataDir)); err != nil {
		t.Fatal(err)
	}

	c, _ = serves(t, cfg)
	drained()
	lost := published(t, c)
	closed(t, c)
	if err := os.RemoveAll(cfg.Station.DataDir); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(cfg.Station.DataDir, os.DirFS(copied)); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(KeyFile(cfg), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(c.line.file(), 0o600); err != nil {
		t.Fatal(err)
	}

	c, _ = serves(t, cfg)
	defer func() { closed(t, c) }()
	drained()
	until(t, "another epoch has begun", func() bool {
		m, err := h.Mark(t.Context(), s.ID)
		return err == nil && m.Epoch == c.station.Line().Epoch && c.station.Line().Begun > 0
	})
	have := map[string]int{}
	for _, id := range arrived(t, h, s.ID) {
		have[id]++
	}
	for _, id := range append(lost, published(t, c)...) {
		if have[id] != 1 {
			t.Errorf("fact %s is there %d times", id, have[id])
		}
	}
}
