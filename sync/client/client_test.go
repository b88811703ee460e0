package client

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"cubby/locker"
	"cubby/locker/view"
	"cubby/sync/problem"
	"cubby/sync/rest"
	"cubby/sync/sse"
)

// core is as much of a station as these tests ask for; the rest would panic.
type core struct {
	rest.Station
	rest.Reader

	mu      sync.Mutex // guards what follows
	view    view.View
	viewers []chan view.View
	acts    []view.Action
	parcel  locker.Parcel
	cond    locker.Condition
}

func (c *core) Views(ctx context.Context) <-chan view.View {
	c.mu.Lock()
	defer c.mu.Unlock()
	ch := make(chan view.View, 8)
	ch <- c.view
	c.viewers = append(c.viewers, ch)
	context.AfterFunc(ctx, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.viewers = slices.DeleteFunc(c.viewers, func(one chan view.View) bool { return one == ch })
		close(ch)
	})
	return ch
}

func (c *core) show(v view.View) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.view = v
	for _, ch := range c.viewers {
		ch <- v
	}
}

func (c *core) View() view.View { return c.view }

func (c *core) Act(_ context.Context, a view.Action) error {
	if a.Visit != "v1" {
		return locker.Refuse(locker.Stale, "stale-page", "this page is no longer shown")
	}
	c.acts = append(c.acts, a)
	return nil
}

func (c *core) Announce(_ context.Context, id string, a locker.Announcement, cond locker.Condition, _ string) (locker.Parcel, locker.Outcome, error) {
	c.cond = cond
	c.parcel = locker.Parcel{ID: id, State: locker.Announced, Label: a.Label, AnnouncedAt: time.Unix(0, 0).UTC(), Rev: 1}
	return c.parcel, locker.Created, nil
}

func (c *core) Parcel(_ context.Context, id string) (locker.Parcel, *locker.Recipient, error) {
	if id != c.parcel.ID {
		return locker.Parcel{}, nil, locker.Refuse(locker.NotFound, "no-such-parcel", "there is no parcel with this id here")
	}
	return c.parcel, &locker.Recipient{Name: "Ana"}, nil
}

func (c *core) Parcels(_ context.Context, f locker.ParcelFilter) ([]locker.Parcel, string, error) {
	if f.After == "" {
		return []locker.Parcel{{ID: "A", Label: f.Label}}, "A", nil
	}
	return []locker.Parcel{{ID: "B", Label: f.Label}}, "", nil
}

func (c *core) Cancel(_ context.Context, id string, cond locker.Condition, _ string) (locker.Parcel, error) {
	c.cond = cond
	c.parcel.State = locker.Cancelled
	return c.parcel, nil
}

func (c *core) Feed(_ context.Context, after int64, _ int, _ bool) (locker.FeedPage, error) {
	if after > 0 {
		return locker.FeedPage{Last: after}, nil
	}
	return locker.FeedPage{Events: []byte(`{"id":"1"},{"id":"2"}`), Count: 2, Last: 2}, nil
}
func (c *core) FeedHead() int64              { return 2 }
func (c *core) FeedChanged() <-chan struct{} { return nil }
func (c *core) Epoch() string                { return "e" }

func (c *core) Compartments() []locker.Compartment {
	return []locker.Compartment{{Number: "1", Size: "M", Allocation: locker.Quarantine}}
}
func (c *core) Restore(_ context.Context, number, _, _ string) (locker.Compartment, error) {
	return locker.Compartment{Number: number, Allocation: locker.Free}, nil
}
func (c *core) OutOfService(_ context.Context, number, reason, _ string) (locker.Compartment, error) {
	return locker.Compartment{Number: number, Allocation: locker.OutOfService, Reason: reason}, nil
}
func (c *core) AddKey(_ context.Context, name string, _ []string) (string, error) {
	return "token-" + name, nil
}
func (c *core) Keys(context.Context) ([]locker.Key, error) {
	return []locker.Key{{Name: "shop", Scopes: []string{"operate"}}}, nil
}
func (c *core) RevokeKey(context.Context, string) error { return nil }
func (c *core) AddCourier(_ context.Context, name string) (locker.CourierSecrets, error) {
	return locker.CourierSecrets{Courier: locker.Courier{ID: "c1", Name: name}, Badge: "B", PIN: "12345678"}, nil
}
func (c *core) Couriers(context.Context) ([]locker.Courier, error) {
	return []locker.Courier{{ID: "c1"}}, nil
}
func (c *core) RemoveCourier(context.Context, string) error { return nil }
func (c *core) Ready() error                                { return errors.New("the store is being checked") }

// serve puts the core on a socket and returns how to end it.
func (c *core) serve(t *testing.T, path string) (end func()) {
	t.Helper()
	s, err := rest.New(rest.Config{Station: c, Reader: c, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.ServeUnix(ctx, path) }()
	return sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the server ended with %v", err)
		}
	})
}

func socketPath(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "cubby")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return filepath.Join(dir, "s")
}

// await reads views until one has the step.
func await(t *testing.T, views <-chan view.View, step view.Step) view.View {
	t.Helper()
	deadline := time.After(30 * time.Second)
	for {
		select {
		case v, more := <-views:
			if !more {
				t.Fatalf("the views ended before %s", step)
			}
			if v.Step == step {
				return v
			}
		case <-deadline:
			t.Fatalf("%s does not come", step)
		}
	}
}

func TestAScreenOutlivesItsCore(t *testing.T) {
	path := socketPath(t)
	c, err := New("unix:"+path, "")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	views := c.Views(ctx)
	if v := await(t, views, view.StepUnavailable); v.Reason != view.ReasonCoreMissing {
		t.Errorf("without a core: %+v", v)
	}

	first := &core{view: view.View{Rev: 9, Station: "Main street", Step: view.StepIdle, Language: "de"}}
	end := first.serve(t, path)
	await(t, views, view.StepIdle)
	first.show(view.View{Rev: 10, Station: "Main street", Step: view.StepPickupEnter, Visit: "v1", Language: "de"})
	await(t, views, view.StepPickupEnter)
	end()
	if v := await(t, views, view.StepUnavailable); v.Language != "de" || v.Station != "Main street" || v.Visit != "" {
		t.Errorf("when the core has gone: %+v", v)
	}

	second := &core{view: view.View{Rev: 1, Step: view.StepToCheck, Language: "de"}}
	end = second.serve(t, path)
	defer end()
	await(t, views, view.StepToCheck) // although its revision is lower
	cancel()
	for range views { // closed
	}
}

// TestASilentStreamIsDropped talks to a server that says nothing after its
// first view, over pipes, so that time can be turned.
func TestASilentStreamIsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dials := 0
		server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", sse.ContentType)
			w.Write(sse.Message{Event: "news", Data: []byte(`{"step":"open"}`)}.Append(nil))
			w.Write(sse.Message{Event: "view", Data: []byte(`{"step":"idle"}`)}.Append(nil))
			http.NewResponseController(w).Flush()
			<-r.Context().Done()
		})}
		pipes := make(pipeListener)
		go server.Serve(pipes)
		c, err := New("http://station.example:80", "")
		if err != nil {
			t.Fatal(err)
		}
		c.http.Transport = &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
			dials++
			near, far := net.Pipe()
			pipes <- far
			return near, nil
		}}
		ctx, cancel := context.WithCancel(t.Context())
		views := c.Views(ctx)
		began := time.Now()
		if v := <-views; v.Step != view.StepIdle {
			t.Errorf("first came %s", v.Step)
		}
		if v := <-views; v.Reason != view.ReasonCoreMissing || time.Since(began) != silence {
			t.Errorf("then came %s after %v", v.Reason, time.Since(began))
		}
		if v := <-views; v.Step != view.StepIdle || dials != 2 || time.Since(began) > silence+longestPause {
			t.Errorf("then came %s by connection %d after %v", v.Step, dials, time.Since(began))
		}
		cancel()
		for range views {
		}
		c.Close()
		server.Close()
	})
}

// pipeListener accepts the connections sent to it.
type pipeListener chan net.Conn

func (l pipeListener) Accept() (net.Conn, error) {
	if c, ok := <-l; ok {
		return c, nil
	}
	return nil, net.ErrClosed
}
func (l pipeListener) Close() error   { close(l); return nil }
func (l pipeListener) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "unix"} }

func TestTheLatestViewWins(t *testing.T) {
	out := make(chan view.View, 1)
	for rev := range uint64(5) {
		latest(out, view.View{Rev: rev})
	}
	if v := <-out; v.Rev != 4 || len(out) != 0 {
		t.Errorf("taken %d, %d more wait", v.Rev, len(out))
	}
}

func TestCallsReachTheStationAndItsRefusalsComeBack(t *testing.T) {
	core := &core{view: view.View{Step: view.StepIdle, Visit: "v1"}}
	path := socketPath(t)
	defer core.serve(t, path)()
	c, err := New("unix:"+path, "")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ctx := t.Context()
	await(t, c.Views(ctx), view.StepIdle) // the socket is there

	check := func(what string, err error, ok bool) {
		t.Helper()
		if err != nil || !ok {
			t.Errorf("%s: %v, as expected %v", what, err, ok)
		}
	}
	v, err := c.View(ctx)
	check("view", err, v.Visit == "v1")
	check("act", c.Act(ctx, view.Action{Visit: "v1", Name: view.ActFinish}), len(core.acts) == 1)

	rev := int64(4)
	p, created, err := c.Announce(ctx, "P:1", locker.Announcement{Label: "L"}, locker.Condition{IfMatch: &rev})
	check("announce", err, created && p.ID == "P:1" && core.cond.IfMatch != nil && *core.cond.IfMatch == 4)
	p, who, err := c.Parcel(ctx, "P:1")
	check("parcel", err, p.Label == "L" && who.Name == "Ana")
	page, next, err := c.Parcels(ctx, ParcelQuery{Label: "L", Limit: 1})
	check("first page", err, len(page) == 1 && page[0].ID == "A" && page[0].Label == "L" && next != "")
	page, next, err = c.Parcels(ctx, ParcelQuery{Page: next})
	check("last page", err, len(page) == 1 && page[0].ID == "B" && next == "")
	p, err = c.Cancel(ctx, "P:1", locker.Condition{})
	check("cancel", err, p.State == locker.Cancelled && core.cond.IfMatch == nil)
	_, _, err = c.Announce(ctx, "P:2", locker.Announcement{}, locker.Condition{IfNoneMatchAny: true})
	check("announce new", err, core.cond.IfNoneMatchAny)

	events, next, err := c.Events(ctx, "", 10, 0)
	check("events", err, len(events) == 2 && next != "")
	events, _, err = c.Events(ctx, next, 10, 0)
	check("no more events", err, len(events) == 0)

	doors, err := c.Compartments(ctx)
	check("compartments", err, len(doors) == 1 && doors[0].Allocation == locker.Quarantine)
	door, err := c.Restore(ctx, "1", "looked into it")
	check("restore", err, door.Allocation == locker.Free)
	door, err = c.OutOfService(ctx, "1", "hinge")
	check("out of service", err, door.Reason == "hinge")
	n, err := c.Capacity(ctx)
	check("capacity", err, n.All.Total == 1 && n.Sizes[0].OutOfUse == 1)

	token, err := c.AddKey(ctx, "shop", []string{"operate"})
	check("add key", err, token == "token-shop")
	keys, err := c.Keys(ctx)
	check("keys", err, len(keys) == 1 && keys[0].Name == "shop")
	check("revoke key", c.RevokeKey(ctx, "shop"), true)
	made, err := c.AddCourier(ctx, "North tour")
	check("add courier", err, made.PIN == "12345678" && made.ID == "c1")
	couriers, err := c.Couriers(ctx)
	check("couriers", err, len(couriers) == 1)
	check("remove courier", c.RemoveCourier(ctx, "c1"), true)
	png, err := c.QR(ctx, "HELLO")
	check("qr", err, strings.HasPrefix(string(png), "\x89PNG"))

	var p9457 *problem.Problem
	if err := c.Act(ctx, view.Action{Visit: "old", Name: view.ActFinish}); !errors.As(err, &p9457) || p9457.Slug() != "stale-page" || p9457.Error() != "this page is no longer shown" {
		t.Errorf("a stale touch gave %v", err)
	}
	if _, _, err := c.Parcel(ctx, "P/../x"); !errors.As(err, &p9457) || p9457.Status != 404 {
		t.Errorf("a strange id gave %v", err)
	}
	if err := c.Ready(ctx); err == nil || err.Error() != "the store is being checked" {
		t.Errorf("ready: %v", err)
	}
}

func TestAnswersThatAreNotAStations(t *testing.T) {
	for name, handler := range map[string]http.HandlerFunc{
		"a proxy's page": func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "<html>", http.StatusBadGateway) },
		"a way elsewhere": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1/", http.StatusFound)
		},
		"no JSON":      func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("hello")) },
		"too much":     func(w http.ResponseWriter, _ *http.Request) { w.Write(make([]byte, mostAnswer+1)) },
		"a broken end": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	} {
		t.Run(name, func(t *testing.T) {
			s := httptest.NewServer(handler)
			defer s.Close()
			c, err := New(s.URL, "0123456789abcdef")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := c.View(t.Context()); err == nil {
				t.Error("taken for a view")
			}
		})
	}
}

func TestAddresses(t *testing.T) {
	for address, ok := range map[string]bool{
		"unix:/run/cubby/core.sock": true, "http://127.0.0.1:8480": true, "https://station.example/": true,
		"unix:": false, "127.0.0.1:8480": false, "ftp://x": false, "http://": false, "http://x/v1": false, "http://a:b@x": false, "": false,
	} {
		if _, err := New(address, ""); (err == nil) != ok {
			t.Errorf("%q: %v", address, err)
		}
	}
}
