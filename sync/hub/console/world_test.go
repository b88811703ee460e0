package console

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"cubby/locker/view"
	"cubby/sync/hub"
	"cubby/sync/protocol"
)

const (
	password = "open sesame 42"
	tester   = "user:admin"
)

// A world is a real hub with a few stations.
type world struct {
	*hub.Hub
	t   *testing.T
	ids map[string]string // of stations, by name

	mu  sync.Mutex
	seq map[string]int64
}

// North is the station at which things happen in these tests.
const north = "North Gate"

// first is a world that was made once; the others begin with a copy of its database.
var first struct {
	once sync.Once
	db   []byte
	ids  map[string]string
}

// newWorld makes a hub with a few stations, and a user for each role, named by it.
func newWorld(t *testing.T) *world {
	t.Helper()
	first.once.Do(func() {
		at := filepath.Join(t.TempDir(), "hub.db")
		w := openWorld(t, at)
		for _, role := range hub.Roles {
			w.must(w.AddUser(t.Context(), tester, string(role), role, password))
		}
		deg := func(v float64) *float64 { return &v }
		w.join(north, "1 Example Road", deg(52.52), deg(13.40))
		w.join("Old Harbour", "2 Pier Street", deg(53.55), deg(9.99))
		w.join("Market Hall", "3 Square", deg(48.14), deg(11.58))
		w.join("Museum", "", deg(48.15), deg(11.57))
		w.join("Somewhere", "", nil, nil)
		w.must(w.Close())
		text, err := os.ReadFile(at)
		w.must(err)
		first.db, first.ids = text, w.ids
	})
	at := filepath.Join(t.TempDir(), "hub.db")
	if err := os.WriteFile(at, first.db, 0o600); err != nil {
		t.Fatal(err)
	}
	w := openWorld(t, at)
	w.ids = first.ids
	for _, id := range w.ids {
		w.Seen(id)
	}
	t.Cleanup(func() { w.Close() })
	return w
}

func openWorld(t *testing.T, at string) *world {
	t.Helper()
	h, err := hub.Open(t.Context(), hub.Config{At: at, Key: bytes.Repeat([]byte{7}, 32), Name: "Example Centre",
		PublicURL: "https://hub.example", Log: slog.New(slog.DiscardHandler), PrivateWebhooks: true})
	if err != nil {
		t.Fatal(err)
	}
	return &world{Hub: h, t: t, ids: map[string]string{}, seq: map[string]int64{}}
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// join makes a station that has joined and told of its wall of 30 doors.
func (w *world) join(name, address string, lat, lon *float64) {
	w.t.Helper()
	ctx := w.t.Context()
	s, invitation, err := w.Invite(ctx, tester, name, address, lat, lon)
	w.must(err)
	u, err := url.Parse(invitation)
	w.must(err)
	q, err := url.ParseQuery(u.Fragment)
	w.must(err)
	wall := view.Wall{WidthMM: 400 * 6, HeightMM: 1800}
	for i := range 30 {
		wall.Doors = append(
			wall.Doors,
			view.Door{Number: fmt.Sprint(i + 1), Column: i / 5, LeftMM: i / 5 * 400,
				WidthMM: 400, TopMM: i % 5 * 360, HeightMM: 360},
		)
	}
	drawn, err := json.Marshal(wall)
	w.must(err)
	about := protocol.About{
		ID:        strings.ToLower(strings.ReplaceAll(name, " ", "-")),
		Name:      name,
		Version:   "1.0",
		Zone:      "Europe/Berlin",
		Wall:      drawn,
		At:        time.Now(),
		Languages: []string{"en"},
		Health: json.RawMessage(
			`{"devices":[{"name":"scanner","kind":"scanner","state":"silent","severity":"warning",` +
				`"title":"The code reader does not answer","what_to_do":"Check its cable.",` +
				`"since":"2026-03-01T10:00:00Z"}]}`,
		),
	}
	_, err = w.Enrol(ctx, protocol.Enrol{Code: q.Get("code"), About: about})
	w.must(err)
	w.must(w.About(ctx, s.ID, about))
	_, err = w.BeginEpoch(ctx, s.ID, protocol.Epoch{Epoch: "log"})
	w.must(err)
	w.Seen(s.ID)
	w.ids[name] = s.ID
}

// happen has a station push a fact; data is name, value, ...
func (w *world) happen(station, kind, subject string, data ...any) {
	w.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	all := map[string]any{}
	for i := 0; i < len(data); i += 2 {
		all[data[i].(string)] = data[i+1]
	}
	after := w.seq[station]
	w.seq[station]++
	text, err := json.Marshal(map[string]any{"specversion": "1.0", "id": fmt.Sprintf("e-%d", after+1),
		"source": "/stations/demo", "type": kind, "subject": subject, "time": time.Now().UTC().Format(time.RFC3339),
		"datacontenttype": "application/json", "sequence": fmt.Sprintf("%020d", after+1), "epoch": "log",
		"actor": "hardware", "cause": "door", "data": all})
	w.must(err)
	p, err := w.Push(w.t.Context(), w.ids[station], "log", after, []json.RawMessage{text})
	w.must(err)
	if p.Results[0].Status != protocol.Stored {
		w.t.Fatalf("%s: %s %s", kind, p.Results[0].Status, p.Results[0].Problem)
	}
}

// ofParcel has a fact of a parcel happen.
func (w *world) ofParcel(station, kind, id string, more ...any) {
	w.t.Helper()
	w.happen(
		station,
		"parcel."+kind,
		"parcels/"+id,
		append([]any{"parcel_id", id, "label", "L-" + id}, more...)...)
}

// live has a few parcels come and go, so that pages have something to show.
func (w *world) live() {
	w.t.Helper()
	ctx, s := w.t.Context(), w.ids[north]
	w.must(w.Announce(ctx, tester, s, "P-1", json.RawMessage(
		`{"label":"L-P-1","order_id":"SO-1","recipient":{"name":"Bo <b>Planted</b>","email":"bo@example.org"}}`,
	)))
	w.ofParcel(north, "announced", "P-1", "order_id", "SO-1", "direction", "outbound")
	w.ofParcel(north, "booked", "P-1", "order_id", "SO-1", "compartment", "4")
	w.happen(north, "door.opened", "compartments/4", "compartment", "4")
	w.happen(north, "door.closed", "compartments/4", "compartment", "4", "presence", "full")
	w.ofParcel(
		north,
		"stored",
		"P-1",
		"order_id",
		"SO-1",
		"compartment",
		"4",
		"size",
		"M",
		"deadline",
		time.Now().Add(48*time.Hour).UTC().Format(time.RFC3339),
		"code",
		"SECRETCODE",
		"pin",
		"12345678",
	)
	w.must(w.HoldParcel(ctx, tester, s, "P-1", "", "the shop asks"))
	w.must(w.Announce(ctx, tester, s, "P-2", json.RawMessage(`{"label":"L-P-2"}`)))
	w.ofParcel(north, "announced", "P-3")
	w.must(w.PutOrder(ctx, tester, "SO-1", json.RawMessage(`{"shop":"demo","currency":"EUR","channel":"online",`+
		`"ordered":"2026-03-01T10:00:00Z","delivered":"2026-03-02T10:00:00Z","lines":[{"id":"1","sku":"MUG-1",`+
		`"title":"Mug","quantity":2,"unit_price":1990}],"tenders":[{"id":"t1","kind":"card","amount":3980}]}`), nil))
	w.happen(north, "door.forced_open", "compartments/10", "compartment", "10")
	w.happen(
		north,
		"door.out_of_service",
		"compartments/12",
		"compartment",
		"12",
		"reason",
		"a hinge is bent",
	)
}

func newConsole(t *testing.T, o Options) *Console {
	t.Helper()
	return consoleOf(t, newWorld(t), o)
}

func consoleOf(t *testing.T, w *world, o Options) *Console {
	t.Helper()
	c, err := New(w.Hub, o)
	w.must(err)
	return c
}

// site serves a console of a world.
func site(t *testing.T) (*httptest.Server, *world) {
	t.Helper()
	w := newWorld(t)
	s := httptest.NewServer(consoleOf(t, w, Options{Name: "Example Centre"}))
	t.Cleanup(s.Close)
	return s, w
}
