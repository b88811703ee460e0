package hub

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/wall"
	"cubby/sync/db/dbtest"
)

// A reroute is a shop of two stations with parcel P-1 announced at one of them.
type reroute struct {
	*shop
	t    *testing.T
	a, b *outlet
}

const clerk = "user:x"

func newReroute(t *testing.T, at string, stored bool) *reroute {
	r := &reroute{shop: openShop(t, at, "a", "b"), t: t}
	r.a, r.b = r.at["a"], r.at["b"]
	must(t, r.announce(""))
	r.talk()
	if stored {
		r.stored(r.a)
	}
	return r
}

func (r *reroute) announce(more string) error {
	return r.Announce(r.ctx, clerk, "a", "P-1", json.RawMessage(
		`{"label":"L-1","recipient":{"email":"ann@example.org"}`+more+`}`))
}

func (r *reroute) stored(o *outlet) {
	r.t.Helper()
	must(r.t, o.try(emits{&parcel.ParcelStored{
		OfParcel: parcel.OfParcel{ParcelID: "P-1", Label: "L-1"}, Compartment: "1", Size: "m",
		Deadline: r.now.Add(72 * time.Hour), Evidence: wall.BySensor,
	}}))
	r.talk()
}

func (r *reroute) talk() {
	r.t.Helper()
	must(r.t, r.meet("a", "b"))
}

// does has the hub do something that is not refused, and the stations hear of it.
func (r *reroute) does(err error) {
	r.t.Helper()
	must(r.t, err)
	r.talk()
	for _, id := range []string{"a", "b"} {
		if p, err := r.Parcel(r.ctx, id, "P-1"); err == nil && p.Refused != "" {
			r.t.Errorf("station %s refuses: %s", id, p.Refused)
		}
	}
}

func (r *reroute) at1(o *outlet) parcel.Parcel {
	p, _ := parcel.Parcels.Get(o.state(), "P-1")
	return p
}

// states says how the parcel stands at both stations and at the hub.
func (r *reroute) states(a, b string) {
	r.t.Helper()
	for o, want := range map[*outlet]string{r.a: a, r.b: b} {
		is, _ := r.Parcel(r.ctx, o.id, "P-1")
		if got := r.at1(o); string(got.State) != want || is.State != want {
			r.t.Errorf("at %s it is %q, and %q at the hub; want %q", o.id, got.State, is.State, want)
		}
	}
}

// What is redirected is announced at the other station, and only there it is taken in.
func TestAParcelRedirectedToAnotherStationCanBeDepositedThere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, at string) {
		r := newReroute(t, at, true)
		r.does(r.RedirectParcel(r.ctx, clerk, "a", "P-1", "b", "flooded"))
		r.states("stored", "announced")
		l := r.at1(r.a).Leaving
		if l == nil || l.Why != parcel.ToElsewhere || l.To != "b" || l.Name != "b" || l.Reason != "flooded" ||
			!l.Centre {
			t.Fatalf("at its station it is to leave as %+v", l)
		}
		there, err := r.Parcel(r.ctx, "b", "P-1")
		must(t, err)
		here, err := r.Parcel(r.ctx, "a", "P-1")
		must(t, err)
		if there.Ways.From != "a" || !there.Contact || here.Ways.Leaving == nil || here.Ways.Leaving.To != "b" {
			t.Errorf("the hub has %+v and %+v", here, there)
		}
		r.does(r.announce(`,"pickup_hours":200`)) // told anew, it leaves all the same
		r.does(r.RedirectParcel(r.ctx, clerk, "a", "P-1", "b", "flooded"))
		r.states("stored", "announced")

		r.does(r.StayParcel(r.ctx, clerk, "a", "P-1", parcel.ToElsewhere))
		r.states("stored", "cancelled")
		if l := r.at1(r.a).Leaving; l != nil {
			t.Errorf("it stays, and is to leave as %+v", l)
		}
		if err := r.RedirectParcel(r.ctx, clerk, "a", "P-1", "b", ""); slug(err) != "there-already" {
			t.Errorf("once more to where it was called off: %v", err)
		}
	})
}

func TestAParcelThatWasSentOnIsTakenInAtTheOtherStation(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, at string) {
		r := newReroute(t, at, true)
		r.does(r.RedirectParcel(r.ctx, clerk, "a", "P-1", "b", ""))
		must(t, r.a.try(parcel.Remove{By: people.Tools, Parcel: "P-1"}))
		r.talk()
		r.states("redirected", "announced")
		if here, err := r.Parcel(r.ctx, "a", "P-1"); err != nil || here.Contact {
			t.Errorf("where it was its recipient is kept: %v", err)
		}
		r.stored(r.b)
		r.states("redirected", "stored")
	})
}

// Its bearer can have it sent on at the kiosk: the hub follows, as where it has ordered it.
func TestWhatAStationRedirectsIsAnnouncedElsewhereToo(t *testing.T) {
	r := newReroute(t, dbtest.SQLite(t), false)
	must(t, r.a.try(parcel.Redirect{By: people.Tools, ID: "P-1", To: "b", Name: "B"}))
	r.talk()
	r.states("redirected", "announced") // it had not come: nothing more follows at its station
	if here, err := r.Parcel(r.ctx, "a", "P-1"); err != nil || here.Contact {
		t.Errorf("where it was its recipient is kept: %v", err)
	}
	r.talk()
	r.states("redirected", "announced")

	r = newReroute(t, dbtest.SQLite(t), true)
	must(t, r.a.try(parcel.Redirect{By: people.Tools, ID: "P-1", To: "nowhere"}))
	r.talk()
	if _, err := r.Parcel(r.ctx, "nowhere", "P-1"); slug(err) != "no-such-parcel" {
		t.Errorf("a station that is none: %v", err)
	}
	if err := r.StayParcel(r.ctx, clerk, "a", "P-1", parcel.ToElsewhere); slug(err) != "not-by-centre" {
		t.Errorf("ended by the hub, which has not ordered it: %v", err)
	}
	r.does(r.announce(`,"pickup_hours":200`))
	if r.at1(r.a).Leaving == nil {
		t.Error("what the station has redirected stays, for the hub has told it anew")
	}
}

func TestAParcelGoesToTheCounterOrBackByOrderOfTheHub(t *testing.T) {
	r := newReroute(t, dbtest.SQLite(t), true)
	r.does(r.RecallParcel(r.ctx, clerk, "a", "P-1", "sold twice"))
	if l := r.at1(r.a).Leaving; l == nil || l.Why != parcel.ToSender || l.Reason != "sold twice" {
		t.Fatalf("it is to leave as %+v", l)
	}
	r.does(r.RedirectParcel(r.ctx, clerk, "a", "P-1", parcel.Counter, "")) // one follows the other
	if l := r.at1(r.a).Leaving; !l.ToCounter() {
		t.Fatalf("it is to leave as %+v", l)
	}
	must(t, r.a.try(parcel.TakeToCounter{By: people.Tools, Parcel: "P-1", Reason: "asked for"}))
	r.talk()
	is, err := r.Parcel(r.ctx, "a", "P-1")
	must(t, err)
	if is.State != "counter_held" || is.Ways.Leaving != nil || r.at1(r.a).Leaving != nil {
		t.Errorf("the hub has %+v", is)
	}
	r.does(r.RecallParcel(r.ctx, clerk, "a", "P-1", ""))
	must(t, r.a.try(parcel.Remove{By: people.Tools, Parcel: "P-1"}))
	r.talk()
	if is, err := r.Parcel(r.ctx, "a", "P-1"); err != nil || is.State != "returned" || is.Ended == nil {
		t.Errorf("given back, the hub has %+v: %v", is, err)
	}
}

func TestWhatIsHeldForCustomsIsReleasedByTheHubAlone(t *testing.T) {
	r := newReroute(t, dbtest.SQLite(t), true)
	r.does(r.HoldParcel(r.ctx, clerk, "a", "P-1", parcel.ForCustoms, "papers"))
	h := r.at1(r.a).OnHold
	is, err := r.Parcel(r.ctx, "a", "P-1")
	must(t, err)
	if h == nil || h.Kind != parcel.ForCustoms || !h.Centre || !is.Held ||
		is.Ways.HoldKind != parcel.ForCustoms {
		t.Fatalf("it is held as %+v, at the hub %+v", h, is)
	}
	must(t, r.a.try(emits{&people.EmployeeAdded{ID: "e-1", Name: "E", Role: people.Manager}}))
	release := parcel.ReleaseParcel{By: people.Doer{ID: "e-1"}, ID: "P-1"}
	if err := r.a.try(release); slug(err) != "not-paid" {
		t.Errorf("released by staff: %v", err)
	}
	r.does(r.RedirectParcel(r.ctx, clerk, "a", "P-1", "b", ""))
	if h := r.at1(r.b).OnHold; h == nil || h.Kind != parcel.ForCustoms {
		t.Errorf("at the other station it is held as %+v", h)
	}
	r.does(r.ReleaseParcel(r.ctx, clerk, "a", "P-1"))
	is, err = r.Parcel(r.ctx, "a", "P-1")
	must(t, err)
	if r.at1(r.a).OnHold != nil || is.Held || is.Ways.HoldKind != "" {
		t.Errorf("released, the hub has %+v", is)
	}
}

func TestTheHubRefusesWaysThatAreNone(t *testing.T) {
	r := newReroute(t, dbtest.SQLite(t), false)
	must(t, r.Announce(r.ctx, clerk, "b", "P-2", json.RawMessage(`{"label":"L-2"}`)))
	must(t, r.Announce(r.ctx, clerk, "a", "P-2", json.RawMessage(`{"label":"L-2"}`)))
	for name, c := range map[string]struct {
		err  error
		slug string
	}{
		"to itself":            {r.RedirectParcel(r.ctx, clerk, "a", "P-1", "a", ""), "same-place"},
		"to nowhere":           {r.RedirectParcel(r.ctx, clerk, "a", "P-1", "nowhere", ""), "place"},
		"to no place":          {r.RedirectParcel(r.ctx, clerk, "a", "P-1", "", ""), "place"},
		"where it is known":    {r.RedirectParcel(r.ctx, clerk, "a", "P-2", "b", ""), "there-already"},
		"back before it came":  {r.RecallParcel(r.ctx, clerk, "a", "P-1", ""), "not-here-yet"},
		"a parcel that is not": {r.RecallParcel(r.ctx, clerk, "a", "P-9", ""), "no-such-parcel"},
		"held as what is not":  {r.HoldParcel(r.ctx, clerk, "a", "P-1", "mood", ""), "hold-kind"},
	} {
		if got := slug(c.err); got != c.slug {
			t.Errorf("%s: %s, want %s", name, got, c.slug)
		}
	}
	must(t, r.StayParcel(r.ctx, clerk, "a", "P-1", parcel.ToSender)) // there is none, and nothing changes
}

// Cases are followed from the beginning to the end, and open ones are troubles.
func TestCasesAreFollowedAndListed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, at string) {
		w := open(t, at)
		s := w.join("Main street")
		of := func(seq int64, kind, number string, more ...any) json.RawMessage {
			data := map[string]any{"case": number, "parcel_id": "P-1"}
			for i := 0; i < len(more); i += 2 {
				data[more[i].(string)] = more[i+1]
			}
			return fact(seq, "case."+kind, "cases/"+number, data)
		}
		w.push(s, "one", 0,
			of(1, "opened", "C-0000-0001", "kind", "empty", "compartment", "4", "order_id", "SO-1"),
			of(2, "opened", "C-0000-0002", "kind", "stuck", "compartment", "5"),
			of(3, "closed", "C-0000-0001", "note", "it was at the counter"),
			of(4, "opened", "C-0000-0003", "kind", "damaged", "compartment", "4"),
		)
		numbers := func(f CaseFilter) (all []string) {
			for {
				page, next, err := w.Cases(context.Background(), f)
				w.must(err)
				for _, c := range page {
					all = append(all, c.Number)
				}
				if f.After = next; next == "" {
					return all
				}
			}
		}
		for name, c := range map[string]struct {
			f    CaseFilter
			want int
		}{
			"all": {CaseFilter{Limit: 1}, 3}, "open": {CaseFilter{State: "open"}, 2},
			"closed": {CaseFilter{State: "closed", Station: s}, 1}, "of a parcel": {CaseFilter{Parcel: "P-1"}, 3},
			"of another": {CaseFilter{Parcel: "P-2"}, 0}, "elsewhere": {CaseFilter{Station: "x"}, 0},
		} {
			if got := numbers(c.f); len(got) != c.want {
				t.Errorf("%s: %q", name, got)
			}
		}
		c, err := w.OneCase(t.Context(), s, "C-0000-0001")
		w.must(err)
		if c.Closed == nil || c.Note != "it was at the counter" || c.Door != "4" || c.OrderID != "SO-1" ||
			c.Kind != "empty" {
			t.Errorf("it is %+v", c)
		}
		troubles, err := w.Troubles(t.Context(), s)
		w.must(err)
		open := 0
		for _, x := range troubles {
			if x.Kind == "case" {
				open++
			}
		}
		if open != 2 {
			t.Errorf("troubles are %+v", troubles)
		}
		if _, _, err := w.Cases(t.Context(), CaseFilter{State: "lost"}); slug(err) != "state" {
			t.Errorf("a state that is none: %v", err)
		}
	})
}
