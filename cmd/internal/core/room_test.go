package core

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"cubby/locker/door"
	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/secret"
	"cubby/locker/station"
	"cubby/locker/store"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
	"cubby/sync/api"
	"cubby/sync/rest"
)

// What follows up to umbrellaFamily is all there is to a new room: people leave an
// umbrella behind a door. A real one is a package, its fragment a file beside it.

type umbrella struct {
	Door   string    `json:"door"`
	Colour string    `json:"colour"`
	Left   time.Time `json:"left"`
}

// note is what a visit keeps.
type note struct{ Colour string }

var umbrellas = ledger.NewTable("umbrellas", "door", ledger.InMemory[umbrella]())

type umbrellaLeft struct {
	Door   string `json:"door"`
	Colour string `json:"colour"`
}

func (umbrellaLeft) Type() string      { return "umbrella.left" }
func (f umbrellaLeft) Subject() string { return "umbrellas/" + f.Door }
func (umbrellaLeft) Published() bool   { return true }

func (f *umbrellaLeft) Apply(s *ledger.State, at time.Time) {
	umbrellas.Put(s, f.Door, umbrella{f.Door, f.Colour, at})
	wall.Change(s, f.Door, func(c *wall.Compartment) { c.Allocation, c.Reason = wall.Reserved, "an umbrella" })
}

// leaving opens a door for an umbrella.
type leaving struct{}

func (leaving) Pages() visit.DoorPages {
	return visit.DoorPages{Opening: "umbrella_opening", NotOpened: "umbrella_failed"}
}
func (leaving) Opened(*visit.Turn, wall.Opening)          {}
func (leaving) Resumed(*visit.Turn, wall.Opening)         {}
func (leaving) StillMeant(*visit.Turn, wall.Opening) bool { return true }
func (leaving) ShowOpen(t *visit.Turn)                    { t.Show("umbrella_open", view.ReasonNone) }
func (leaving) Closed(t *visit.Turn, o wall.Opening, _ door.Seen, here bool) {
	t.Emit(&umbrellaLeft{Door: o.Compartment, Colour: visit.DataOf[note](t.Visit).Colour})
	if here {
		t.Show("umbrella_done", view.ReasonNone)
	}
}
func (leaving) NotOpened(*visit.Turn, wall.Opening, view.Reason, bool) {}
func (leaving) Interrupted(*visit.Turn, wall.Opening)                  {}
func (leaving) ShowInterrupted(t *visit.Turn)                          { t.Show("umbrella_failed", view.ReasonUnknown) }

func leaveUmbrella(t *visit.Turn) {
	if c, ok := wall.Choose(wall.Compartments.All(t.State), wall.Wish{}); ok {
		t.Begin("umbrella")
		t.Keep(note{Colour: "red"})
		t.Intend("umbrella", c.Number, "", 1)
	}
}

var umbrellaRoom = visit.Room{
	Module: ledger.Module{
		Name: "umbrella", Facts: []ledger.Fact{&umbrellaLeft{}}, Tables: []*ledger.Spec{umbrellas.Spec},
	},
	Steps: map[view.Step]visit.Step{
		view.StepIdle:      {Acts: []visit.Act{{Name: "leave_umbrella", Do: leaveUmbrella}}},
		"umbrella_opening": {Clock: visit.WaitDoor},
		"umbrella_open":    {Clock: visit.WaitDoor, Reminds: true},
		"umbrella_failed":  {Acts: []visit.Act{{Name: view.ActBack, Do: (*visit.Turn).Finish}}, NotOpened: true},
		"umbrella_done": {
			Acts: []visit.Act{{Name: view.ActFinish, Do: (*visit.Turn).Finish}}, Clock: visit.WaitThanks, Thanks: true,
		},
	},
	Purposes: map[wall.Purpose]visit.DoorPurpose{"umbrella": leaving{}},
}

func umbrellaFamily(s *store.Store) rest.Family {
	return rest.Family{Name: "umbrellas", Fragment: []byte(umbrellaFragment), Routes: []rest.Route{
		{Method: "GET", Path: "/v1/umbrellas", Scope: "umbrellas:read", Run: rest.Plain(func(x *rest.Exchange) error {
			all, err := store.All(x.Context(), s, umbrellas)
			if err != nil {
				return err
			}
			return x.Encode(http.StatusOK, map[string]any{"umbrellas": all})
		})},
	}}
}

const umbrellaFragment = `{"paths": {"/v1/umbrellas": {"get": {
 "operationId": "listUmbrellas", "summary": "List umbrellas", "tags": ["Umbrellas"],
 "responses": {"200": {"description": "All.",
  "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Umbrellas"}}}}}}}},
 "schemas": {"Umbrellas": {"type": "object", "properties": {
  "umbrellas": {"type": "array", "items": {"type": "object"}}}}}}`

// umbrellaStation is a station with one room more.
type umbrellaStation struct {
	*station.Station
	store  *store.Store
	orders chan door.Order
	http   *http.Client
	end    func()
}

func (u *umbrellaStation) Order(o door.Order) { u.orders <- o }

func openUmbrellas(t *testing.T, dir string) *umbrellaStation {
	t.Helper()
	keys, err := secret.Derive(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	rules := visit.NewRules(people.Room, parcel.Room, umbrellaRoom)
	u := &umbrellaStation{orders: make(chan door.Order, 1)}
	u.store, err = store.OpenAs(t.Context(), dir, "test", keys, store.Opening{Ledger: rules.Ledger, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	u.Station, err = station.New(t.Context(), station.Config{
		Rules: rules, Store: u.store, Keys: keys, Doors: u, Log: log,
		Policy: visit.Policy{
			Languages: []string{"en"}, PageTimeout: time.Hour, DoorTimeout: time.Hour, Thanks: time.Hour,
		},
		Compartments: []wall.Compartment{{Number: "1", Size: "S", Bank: "main", Inner: wall.Box{
			Width: 400, Height: 100, Depth: 500,
		}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- u.Run(ctx) }()
	committed := reader{u.store, u.Station}
	server, err := rest.New(rest.Config{Families: append(api.Families(api.Site{Name: "test", Reader: committed}),
		umbrellaFamily(u.store)),
		Keys: committed, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	socket, err := net.Listen("unix", filepath.Join(dir, "s"))
	if err != nil {
		t.Fatal(err)
	}
	go server.ServeUnix(ctx, socket)
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", filepath.Join(dir, "s"))
	}
	u.http = &http.Client{Transport: &http.Transport{DialContext: dial}}
	u.end = func() {
		u.http.CloseIdleConnections()
		server.Close()
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		u.store.Close()
	}
	return u
}

func (u *umbrellaStation) get(t *testing.T, path string) string {
	t.Helper()
	answer, err := u.http.Get("http://localhost" + path)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %s %v", path, answer.StatusCode, body, err)
	}
	return string(body)
}

func (u *umbrellaStation) until(t *testing.T, step view.Step) view.View {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	var last view.View
	for v := range u.Views(ctx, "") {
		if last = v; v.Step == step {
			return v
		}
	}
	t.Fatalf("the screen never came to %s; it is on %s", step, last.Step)
	return last
}

// A room that nobody else knows of has its facts in the log and its rows in a table of
// its own, opens doors, is shown and served, and is in the contract. It is named in
// two places: where the rules are put together, and in the list of families.
func TestANewRoomNeedsNothingButItself(t *testing.T) {
	dir := t.TempDir()
	u := openUmbrellas(t, dir)
	u.DoorSeen(door.Seen{Compartment: "1", State: door.Closed, At: time.Now()})
	u.until(t, view.StepIdle)
	if !slices.Contains(u.View("").Actions, "leave_umbrella") {
		t.Fatalf("the idle page offers %v", u.View("").Actions)
	}
	if err := u.Act(t.Context(), view.Action{Name: "leave_umbrella"}); err != nil {
		t.Fatal(err)
	}
	o := <-u.orders
	u.until(t, "umbrella_opening")
	u.DoorSeen(door.Seen{Compartment: o.Compartment, State: door.Open, At: time.Now()})
	u.OpeningEnded(door.Ended{
		Opening: o.Opening, Compartment: o.Compartment, Result: door.ConfirmedOpen, Pulsed: true, At: time.Now(),
	})
	if v := u.until(t, "umbrella_open"); v.Kind == "" || v.Plain == nil || v.Door() != o.Compartment {
		t.Errorf("the view of kind %q is about door %q, want %q", v.Kind, v.Door(), o.Compartment)
	}
	u.DoorSeen(door.Seen{Compartment: o.Compartment, State: door.Closed, At: time.Now()})
	v := u.until(t, "umbrella_done")
	if err := u.Act(t.Context(), view.Action{Visit: v.Visit, Name: view.ActFinish}); err != nil {
		t.Fatal(err)
	}
	u.until(t, view.StepIdle)
	served := u.get(t, "/v1/umbrellas")
	if !strings.Contains(served, `"door":"1","colour":"red"`) {
		t.Errorf("served: %s", served)
	}
	if feed := u.get(t, "/v1/events?limit=100"); !strings.Contains(feed, "umbrella.left") {
		t.Errorf("the feed tells %s", feed)
	}
	var contract struct {
		Paths map[string]any `json:"paths"`
	}
	if err := json.Unmarshal([]byte(u.get(t, "/v1/openapi.json")), &contract); err != nil ||
		contract.Paths["/v1/umbrellas"] == nil {
		t.Errorf("it is not in the contract (%v)", err)
	}
	u.end()

	again := openUmbrellas(t, dir)
	defer again.end()
	if got := again.get(t, "/v1/umbrellas"); got != served {
		t.Errorf("after a restart: %s, before: %s", got, served)
	}
	if err := again.store.Replay(t.Context()); err != nil {
		t.Errorf("the log does not give the tables: %v", err)
	}
	umbrella, err := store.All(t.Context(), again.store, umbrellas)
	if err != nil || len(umbrella) != 1 {
		t.Errorf("%v %v", umbrella, err)
	}
}
