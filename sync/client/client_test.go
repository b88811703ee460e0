package client

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/view"
	"cubby/locker/wall"
	"cubby/sync/problem"
)

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
	p, created, err := c.Announce(
		ctx, "P:1", parcel.Announcement{Label: "L"}, ledger.Condition{IfMatch: &rev})
	check("announce", err, created && p.ID == "P:1" && core.cond.IfMatch != nil && *core.cond.IfMatch == 4)
	p, who, err := c.Parcel(ctx, "P:1")
	check("parcel", err, p.Label == "L" && who == nil) // each look at a recipient is a fact
	page, next, err := c.Parcels(ctx, ParcelQuery{Label: "L", Limit: 1})
	check("first page", err, len(page) == 1 && page[0].ID == "A" && page[0].Label == "L" && next != "")
	page, next, err = c.Parcels(ctx, ParcelQuery{Page: next})
	check("last page", err, len(page) == 1 && page[0].ID == "B" && next == "")
	p, err = c.Cancel(ctx, "P:1", ledger.Condition{})
	check("cancel", err, p.State == parcel.Cancelled && core.cond.IfMatch == nil)
	p, err = c.EraseRecipient(ctx, "P:1")
	check("erase recipient", err, p.ID == "P:1" && p.Rev == 7)
	_, _, err = c.Announce(ctx, "P:2", parcel.Announcement{}, ledger.Condition{IfNoneMatchAny: true})
	check("announce new", err, core.cond.IfNoneMatchAny)

	events, next, err := c.Events(ctx, "", 10, 0)
	check("events", err, len(events) == 2 && next != "")
	events, _, err = c.Events(ctx, next, 10, 0)
	check("no more events", err, len(events) == 0)

	doors, err := c.Compartments(ctx)
	check("compartments", err, len(doors) == 1 && doors[0].Allocation == wall.Quarantine)
	door, err := c.Restore(ctx, "1", "looked into it")
	check("restore", err, door.Allocation == wall.Free)
	door, err = c.OutOfService(ctx, "1", "hinge")
	check("out of service", err, door.Reason == "hinge")
	n, err := c.Capacity(ctx)
	check("capacity", err, n.All.Total == 1 && n.Sizes[0].OutOfUse == 1)

	token, err := c.AddKey(ctx, people.Key{
		Name: "shop", Scopes: []string{"events:read", "codes:read"}, ReadsOnly: true,
	})
	check("add key", err, token == "token-shop")
	keys, err := c.Keys(ctx)
	check("keys", err, len(keys) == 1 && keys[0].Name == "shop" && keys[0].ReadsOnly)
	token, err = c.RotateKey(ctx, "shop", 24)
	check("rotate key", err, token == "token-shop-24h0m0s")
	check("revoke key", c.RevokeKey(ctx, "shop"), true)
	made, err := c.AddCourier(ctx, "North tour", "0006547886")
	check("add courier", err, made.PIN == "12345678" && made.ID == "c1")
	couriers, err := c.Couriers(ctx)
	check("couriers", err, len(couriers) == 1)
	check("remove courier", c.RemoveCourier(ctx, "c1"), true)
	png, err := c.QR(ctx, "HELLO")
	check("qr", err, strings.HasPrefix(string(png), "\x89PNG"))

	var p9457 *problem.Problem
	if err := c.Act(ctx, view.Action{Visit: "old", Name: view.ActFinish}); !errors.As(err, &p9457) ||
		p9457.Slug() != "stale-page" ||
		p9457.Error() != "this page is no longer shown" {
		t.Errorf("a stale touch gave %v", err)
	}
	if _, _, err := c.Parcel(ctx, "P/../x"); !errors.As(err, &p9457) || p9457.Status != 404 {
		t.Errorf("a strange id gave %v", err)
	}
	if err := c.Ready(ctx); err == nil || err.Error() != "the store is being checked" {
		t.Errorf("ready: %v", err)
	}
}

func TestWhatStaffDoNamesThem(t *testing.T) {
	core := &core{view: view.View{Step: view.StepIdle}}
	path := socketPath(t)
	defer core.serve(t, path)()
	c, err := New("unix:"+path, "")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	await(t, c.Views(t.Context()), view.StepIdle)
	ctx, one := t.Context(), c.As("B:1")
	const code = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	said := func(what, got string, err error, want string) {
		t.Helper()
		if err != nil || got != want {
			t.Errorf("%s: %q, %v, want %q", what, got, err, want)
		}
	}
	all, err := one.Queue(ctx)
	if err != nil || len(all) != 1 || all[0].Kind != "forced" || all[0].Compartment != "1" ||
		all[0].ToDo != "look" {
		t.Errorf("the queue is %+v, %v", all, err)
	}
	opening, err := one.OpenDoor(ctx, "1", "why", "B:2")
	said("open", opening, err, "B:1 B:2 1 why")
	opening, err = c.OpenDoor(ctx, "1", "why", "")
	said("open by the tools", opening, err, "tools  1 why")
	box, err := one.EndAlarm(ctx, "1", "why")
	said("end the alarm", box.Reason, err, "B:1 why")
	p, err := one.TakeToCounter(ctx, "p", "why")
	said("to the counter", p.ID+p.Label, err, "pB:1 why")
	p, err = one.HandOver(ctx, "", code, "", "")
	said("hand over", p.ID+p.Label, err, "B:1 "+code)
	p, err = one.HandOver(ctx, "p", code, "4567", "")
	said("hand over one", p.ID+p.Label, err, "pB:1 "+code+"4567")
	p, err = one.HandOver(ctx, "p", "", "", "why")
	said("hand over without a code", p.ID+p.Label, err, "pB:1 why")
	p, err = one.WriteOff(ctx, "p", "why")
	said("write off", p.ID+p.Label, err, "pB:1 why")
	p, err = one.SayStillThere(ctx, "p")
	said("still there", p.ID+p.Label, err, "pB:1")
	who, err := one.SeeRecipient(ctx, "p")
	said("recipient", who.Name, err, "B:1 p")
	var no *problem.Problem
	if _, err := c.As("nobody").Queue(ctx); !errors.As(err, &no) || no.Slug() != "unknown-badge" {
		t.Errorf("a badge of nobody: %v", err)
	}
	if _, err := one.Keys(ctx); err != nil { // nobody is named there
		t.Error(err)
	}
}

func TestAnswersThatAreNotAStations(t *testing.T) {
	for name, handler := range map[string]http.HandlerFunc{
		"a proxy's page": func(w http.ResponseWriter,
			_ *http.Request) {
			http.Error(w, "<html>", http.StatusBadGateway)
		},
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
		"unix:": false, "127.0.0.1:8480": false, "ftp://x": false, "http://": false, "http://x/v1": false,
		"http://a:b@x": false, "": false,
	} {
		if _, err := New(address, ""); (err == nil) != ok {
			t.Errorf("%q: %v", address, err)
		}
	}
}
