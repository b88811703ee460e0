package hub

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/returns"
	"cubby/locker/returns/policy"
	"cubby/locker/visit"
	"cubby/locker/wall"
	"cubby/sync/db/dbtest"
)

// emits is a command by which something simply happens at a station.
type emits []ledger.Fact

func (all emits) Decide(t *visit.Turn) error {
	for _, f := range all {
		t.Emit(f)
	}
	return nil
}

// A race is one row of Races, played: what the centre does, and what happens at station a.
// Whatever comes first is known at the station before the other.
type race struct {
	t *testing.T
	*shop
	a           *outlet
	centreFirst bool
}

// both plays the two sides in their order; here may be refused where the centre was first.
func (r *race) both(centre, here func() error) (refused string) {
	r.t.Helper()
	if r.centreFirst {
		must(r.t, centre())
		must(r.t, r.meet("a"))
		refused = slug(here())
	} else {
		must(r.t, here()) // and the hub has not heard of it
		must(r.t, centre())
	}
	must(r.t, r.meet("a"))
	return refused
}

// is compares a thing, as both sides have it or as one does.
func (r *race) is(what string, got, want any) {
	r.t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		r.t.Errorf("%s: %v; want %v", what, got, want)
	}
}

// either is one of two, by what came first.
func (r *race) either(centreFirst, hereFirst any) any {
	if r.centreFirst {
		return centreFirst
	}
	return hereFirst
}

// parcel is how a parcel stands at the station and at the hub, and what was refused.
func (r *race) parcel() (station, hub, refused string) {
	r.t.Helper()
	p, _ := parcel.Parcels.Get(r.a.state(), "P-1")
	h, err := r.Parcel(r.ctx, "a", "P-1")
	must(r.t, err)
	return string(p.State), h.State, h.Refused
}

func (r *race) announce(more string) error {
	return r.Announce(r.ctx, "user:x", "a", "P-1", json.RawMessage(`{"label":"L-1"`+more+`}`))
}

func (r *race) stored() error {
	return r.a.try(emits{&parcel.ParcelStored{
		OfParcel: parcel.OfParcel{ParcelID: "P-1", Label: "L-1"}, Compartment: "1", Size: "m",
		Deadline: r.now.Add(72 * time.Hour), Evidence: wall.BySensor,
	}})
}

func (r *race) collected() error {
	return r.a.try(emits{&parcel.ParcelCollected{
		OfParcel: parcel.OfParcel{ParcelID: "P-1", Label: "L-1"}, Compartment: "1", Evidence: wall.BySensor,
	}})
}

func (r *race) begin(stored bool) {
	must(r.t, r.announce(""))
	must(r.t, r.meet("a"))
	if stored {
		must(r.t, r.stored())
		must(r.t, r.meet("a"))
	}
}

// order puts an order at a alone or at both stations, without a lease.
func (r *race) order(quantity int, stations ...string) {
	must(r.t, r.PutOrder(r.ctx, "user:x", "SO-1", orderOf(quantity), stations))
	must(r.t, r.GrantLease(r.ctx, "user:x", "SO-1", "1", ""))
	must(r.t, r.meet(stations...))
	must(r.t, r.meet(stations...))
}

func (r *race) brought(n int) (c returns.Case, err error) { return r.a.back("SO-1", "1", n) }

func (r *race) ordered() Order {
	r.t.Helper()
	o, err := r.Order(r.ctx, "SO-1")
	must(r.t, err)
	return o
}

var races = map[string]func(r *race){
	"cancelled-collected": func(r *race) {
		r.begin(false)
		must(r.t, r.stored()) // which the hub has not heard of
		r.both(func() error { return r.CancelParcel(r.ctx, "user:x", "a", "P-1") }, r.collected)
		station, hub, refused := r.parcel()
		r.is("station", station, "collected")
		r.is("hub", hub, "collected")
		r.is("why", strings.Contains(refused, r.either("stored at door 1", "collected at").(string)), true)
	},
	"cancelled-deposited": func(r *race) {
		r.begin(false)
		here := r.stored
		if r.centreFirst { // nothing is known of it any more that a deposit could go by
			here = func() error { p, _, _ := r.parcel(); r.is("station", p, "cancelled"); return nil }
		}
		r.both(func() error { return r.CancelParcel(r.ctx, "user:x", "a", "P-1") }, here)
		station, hub, refused := r.parcel()
		r.is("station", station, r.either("cancelled", "stored"))
		r.is("hub", hub, station)
		r.is("refused", refused != "", !r.centreFirst)
	},
	"held-collected": func(r *race) {
		r.begin(true)
		here := r.collected
		if r.centreFirst {
			here = func() error {
				p, _ := parcel.Parcels.Get(r.a.state(), "P-1")
				r.is("held", p.OnHold != nil && p.OnHold.Centre, true)
				return nil
			}
		}
		r.both(func() error { return r.HoldParcel(r.ctx, "user:x", "a", "P-1", "", "unpaid") }, here)
		station, hub, refused := r.parcel()
		r.is("station", station, r.either("stored", "collected"))
		r.is("hub", hub, station)
		r.is("refused", refused != "", !r.centreFirst)
	},
	"announced-stored": func(r *race) {
		r.begin(false)
		r.both(func() error { return r.announce(`,"dimensions_mm":{"length":10,"width":10,"height":10}`) }, r.stored)
		station, hub, refused := r.parcel()
		r.is("station", station, "stored")
		r.is("hub", hub, "stored")
		r.is("refused", refused != "", !r.centreFirst)
		must(r.t, r.announce(`,"pickup_hours":200`)) // more time is given all the same
		must(r.t, r.meet("a"))
		_, _, refused = r.parcel()
		r.is("more time refused", refused != "", r.centreFirst) // what it went by was left out
	},
	"code-reissued": func(r *race) {
		r.begin(false)
		kept := func() string {
			got, _, err := r.ShowCode(r.ctx, "user:x", "a", "P-1", "asked by telephone")
			if err != nil {
				return "none"
			}
			return got
		}
		must(r.t, r.stored())
		e := &r.a.log[len(r.a.log)-1]
		*e = json.RawMessage(strings.Replace(string(*e), `"data":{`, `"data":{"code":"C:OLD","pin":"4711",`, 1))
		must(r.t, r.meet("a"))
		r.is("code", kept(), "C:OLD")
		r.both(func() error { return r.ReissueCode(r.ctx, "user:x", "a", "P-1", "it was lost") },
			func() error {
				if r.centreFirst { // the station has made another one before it is collected
					h, err := r.Parcel(r.ctx, "a", "P-1")
					must(r.t, err)
					r.is("code", kept()+h.Code, "C:NEWrenewed")
				}
				return r.collected()
			})
		if !r.centreFirst { // it is told late, once more: nothing is kept of it
			_, err := r.Push(r.ctx, "a", "e-a", 0, r.a.log[:2])
			must(r.t, err)
		}
		r.is("code", kept(), "none")
		station, hub, _ := r.parcel()
		r.is("both", station+hub, "collectedcollected")
	},
	"changed-return": func(r *race) {
		r.order(2, "a")
		refused := r.both(func() error { return r.PutOrder(r.ctx, "user:x", "SO-1", orderOf(1), nil) },
			func() error { _, err := r.brought(2); return err })
		r.is("the return", refused, r.either("back-already", ""))
		o := r.ordered()
		r.is("why", strings.Contains(o.Stations[0].Refused, "claimed here"), !r.centreFirst)
		r.is("over", o.Lines[0].Over, 0) // on condition, and declined by the newest order
		r.is("returns", len(o.Returns), r.either(0, 1))
	},
	"cancelled-return": func(r *race) {
		r.order(1, "a")
		refused := r.both(func() error { return r.CancelOrder(r.ctx, "user:x", "SO-1") },
			func() error { _, err := r.brought(1); return err })
		r.is("the return", refused, r.either("order-cancelled", ""))
		o := r.ordered()
		for _, one := range o.Returns {
			r.is("the return", one.State, returns.Declined)
		}
		r.is("cancelled there", o.Stations[0].Taken != nil && o.Stations[0].Refused == "", true)
		_, err := r.brought(1)
		r.is("another", slug(err), "order-cancelled")
	},
	"one-right": func(r *race) {
		r.order(1, "a", "b")
		b := r.at["b"]
		first, err := r.brought(1) // both without the network
		must(r.t, err)
		second, err := b.back("SO-1", "1", 1)
		must(r.t, err)
		if r.centreFirst { // the hub hears of the later one before
			must(r.t, r.meet("b"))
			must(r.t, r.meet("a"))
		} else {
			must(r.t, r.meet("a"))
			must(r.t, r.meet("b"))
		}
		r.is("at a", r.a.returned(first.ID).State, r.either(returns.Declined, returns.Authorised))
		r.is("at b", b.returned(second.ID).State, r.either(returns.Authorised, returns.Declined))
		r.is("too much", r.tooMuch("SO-1", 1), "")
	},
	"lease-moved": func(r *race) {
		r.order(1, "a", "b")
		b := r.at["b"]
		must(r.t, r.GrantLease(r.ctx, "user:x", "SO-1", "1", "a"))
		must(r.t, r.meet("a"))
		must(r.t, r.meet("b"))
		r.a.online = false
		if r.centreFirst { // nobody has used it
			must(r.t, r.GrantLease(r.ctx, "user:x", "SO-1", "1", "b"))
			must(r.t, r.meet("a"))
			must(r.t, r.meet("b"))
			r.a.online = false
			_, err := r.brought(1)
			r.is("at a", slug(err), "leased-elsewhere")
			c, err := b.back("SO-1", "1", 1)
			must(r.t, err)
			r.is("at b on condition", c.Conditional, false)
			return
		}
		c, err := r.brought(1)
		must(r.t, err)
		r.is("on condition", c.Conditional, false)
		must(r.t, r.GrantLease(r.ctx, "user:x", "SO-1", "1", "b"))
		must(r.t, r.meet("b"))
		l := r.ordered().Lines[0].Lease
		r.is("lease", fmt.Sprint(l.Station, l.Ending, " ", l.Next), "atrue b")
		d, err := b.back("SO-1", "1", 1)
		must(r.t, err)
		r.is("at b on condition", d.Conditional, true)
		must(r.t, r.meet("b"))
		waits, err := r.Return(r.ctx, "b", d.ID)
		must(r.t, err)
		r.is("waits for", waits.Why+" "+waits.For, "lease a")
		r.is("agreed by hand", slug(r.AnswerReturn(r.ctx, "user:x", "b", d.ID, true, "")), "leased-elsewhere")
		must(r.t, r.meet("a"))
		must(r.t, r.meet("b"))
		r.is("at b", b.returned(d.ID).State, returns.Declined)
		r.is("too much", r.tooMuch("SO-1", 1), "")
	},
	"policy-return": func(r *race) {
		// The law gives no second thoughts where something was bought in a store.
		inStore := strings.Replace(string(orderOf(1)), `"online"`, `"store"`, 1)
		must(r.t, r.PutOrder(r.ctx, "user:x", "SO-1", json.RawMessage(inStore), []string{"a"}))
		must(r.t, r.meet("a"))
		rules := policy.Default()
		rules.Windows[0].Days = 1
		var c returns.Case
		refused := r.both(func() error { r.a.rules = map[string]policy.Rules{"acme": rules}; return nil },
			func() (err error) { c, err = r.a.unwanted("SO-1"); return err })
		if r.centreFirst {
			r.is("the return", refused, "not-returnable")
			return
		}
		must(r.t, r.a.take(c.ID))
		must(r.t, r.meet("a"))
		got, err := r.Return(r.ctx, "a", c.ID)
		must(r.t, err)
		r.is("refund", got.Case.Items[0].Amount, 10000)
	},
	"account-used": func(r *race) {
		r.order(1, "a")
		id, _, _, err := r.AddStaff(r.ctx, "user:x", "Ann", "supervisor", "a")
		must(r.t, err)
		must(r.t, r.meet("a"))
		by := people.Doer{ID: people.CentrePrefix + id}
		refused := r.both(func() error { return r.RemoveStaff(r.ctx, "user:x", id) }, func() error {
			return r.a.try(returns.Request{
				By: by, Channel: returns.AtCounter, Order: "SO-1",
				Items: []returns.Ask{{Line: "1", Quantity: 1, Reason: "faulty", Text: "broken"}},
			})
		})
		r.is("the return", refused, r.either("signed-out", ""))
		r.is("returns", len(r.ordered().Returns), r.either(0, 1))
		r.is("afterwards", slug(by.Must(r.a.state(), people.TakeReturns)), "signed-out")
	},
	"refund-settled": func(r *race) {
		r.order(1, "a")
		c, err := r.brought(1)
		must(r.t, err)
		must(r.t, r.meet("a"))
		must(r.t, r.a.take(c.ID))
		must(r.t, r.meet("a"))
		id := r.ordered().Refunds[0].ID
		must(r.t, r.SettleRefund(r.ctx, "user:x", "a", id, "failed", "the card is closed"))
		must(r.t, r.meet("a"))
		refused := r.both(func() error { return r.SettleRefund(r.ctx, "user:x", "a", id, "completed", "ref") },
			func() error { return r.a.try(returns.RedirectRefund{By: people.Tools, ID: id, Kind: "cash"}) })
		r.is("paid another way", refused, r.either("not-failed", ""))
		got, err := r.Return(r.ctx, "a", c.ID)
		must(r.t, err)
		r.is("signals", got.Case.Signals, r.either("[]", "[paid_twice]"))
		r.is("state", got.State, r.either(returns.Closed, returns.Settling))
		r.is("once more", slug(r.SettleRefund(r.ctx, "user:x", "a", id, "failed", "no")), "refund-final")
	},
	"answer-grown": func(r *race) {
		r.order(2, "a", "b")
		c, err := r.brought(1)
		must(r.t, err)
		must(r.t, r.a.try(returns.Drop{By: people.Tools, Case: c.ID}))
		must(r.t, r.a.push(100)) // the hub agrees to one
		other, err := r.at["b"].back("SO-1", "1", 1)
		must(r.t, err)
		must(r.t, r.meet("b"))
		if r.centreFirst {
			must(r.t, r.meet("a"))
		}
		grown := slug(r.a.try(returns.Request{
			By: people.Tools, Channel: returns.AtCounter, Order: "SO-1", Into: c.ID,
			Items: []returns.Ask{{Line: "1", Quantity: 1, Reason: "faulty", Text: "broken"}},
		}))
		r.is("it grows", grown, r.either("wrong-state", "<nil>"))
		must(r.t, r.meet("a", "b"))
		r.is("too much", r.tooMuch("SO-1", 2), "")
		now := r.a.returned(c.ID)
		r.is("at a", fmt.Sprint(now.State, now.Conditional), r.either("dropped_offfalse", "decidedfalse"))
		r.is("at b", r.at["b"].returned(other.ID).State, returns.Authorised)
	},
	"answer-over": func(r *race) {
		r.order(1, "a", "b")
		c, err := r.brought(1)
		must(r.t, err)
		must(r.t, r.a.push(100))
		end := returns.End{By: people.Tools, Case: c.ID, State: returns.Cancelled, Reason: "keeps it"}
		if r.centreFirst {
			must(r.t, r.meet("a"))
		}
		must(r.t, r.a.try(end))
		must(r.t, r.meet("a"))
		got, err := r.Return(r.ctx, "a", c.ID)
		must(r.t, err)
		r.is("hub", fmt.Sprint(got.State, got.Refused != ""), r.either("cancelledfalse", "cancelledtrue"))
		no := returns.Answer{By: people.Centre, Case: c.ID, Reason: "no"}
		r.is("declined", slug(r.a.try(no)), "wrong-state")
		d, err := r.at["b"].back("SO-1", "1", 1)
		must(r.t, err)
		must(r.t, r.meet("b"))
		r.is("at b", r.at["b"].returned(d.ID).State, returns.Authorised)
	},
	"removed-late": func(r *race) {
		r.order(1, "a", "b")
		must(r.t, r.GrantLease(r.ctx, "user:x", "SO-1", "1", "a"))
		must(r.t, r.meet("a"))
		_, err := r.brought(1)
		must(r.t, err)
		if !r.centreFirst {
			must(r.t, r.meet("a"))
		}
		must(r.t, r.Remove(r.ctx, "user:x", "a"))
		if r.centreFirst {
			r.is("pushed", slug(r.a.push(100)), "no-such-station")
			r.is("kept", len(r.a.log) > r.a.pushed, true)
		}
		b := r.at["b"]
		c, err := b.back("SO-1", "1", 1)
		must(r.t, err)
		must(r.t, r.meet("b"))
		waits, err := r.Return(r.ctx, "b", c.ID)
		must(r.t, err)
		if !r.centreFirst {
			r.is("at b", waits.Answer, declined)
			return
		}
		r.is("at b", waits.Why, WaitsForLease)
		r.now = r.now.Add(leaseLasts + leaseMargin + time.Hour)
		must(r.t, r.Tidy(r.ctx))
		must(r.t, r.meet("b"))
		waits, err = r.Return(r.ctx, "b", c.ID)
		must(r.t, err)
		r.is("at b", waits.Answer, agreed)
	},
}

func TestEveryRaceEndsByItsRule(t *testing.T) {
	for _, row := range Races {
		play := races[row.Name]
		if play == nil {
			t.Errorf("nobody plays %s", row.Name)
			continue
		}
		for name, centreFirst := range map[string]bool{"centre first": true, "station first": false} {
			t.Run(row.Name+"/"+name, func(t *testing.T) {
				s := openShop(t, dbtest.SQLite(t), "a", "b")
				play(&race{t, s, s.at["a"], centreFirst})
			})
		}
	}
	if len(races) != len(Races) {
		t.Errorf("%d races are played, and %d have a rule", len(races), len(Races))
	}
}

// The table for people is the one of the program.
func TestTheTableOfRacesIsTheOneInTheDocument(t *testing.T) {
	text, err := os.ReadFile("../../docs/races.md")
	must(t, err)
	var got []string
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "| ") && !strings.HasPrefix(line, "| The centre |") {
			got = append(got, strings.TrimSpace(line))
		}
	}
	var want []string
	for _, r := range Races {
		want = append(want, "| "+strings.Join([]string{r.Centre, r.Here, r.Station, r.Hub, r.Says}, " | ")+" |")
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("docs/races.md has not the rows of Races; they are:\n%s", strings.Join(want, "\n"))
	}
}
